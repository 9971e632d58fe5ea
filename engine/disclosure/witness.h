/* Witnesses: tables that agree with all that is shown, and in which a sensitive cell is
 * as far from its value as its rule asks. What is claimed to be protected has one.
 * Private to the room. */
#ifndef IRMINON_DISCLOSURE_WITNESS_H
#define IRMINON_DISCLOSURE_WITNESS_H

#include "disclosure/inside.h"

/* How far one cell of a witness is from its value. */
typedef struct witness_move {
    size_t cell;
    double amount;
    uint32_t of, next; /* the witness, and the next move of the same cell (from 1) */
} witness_move;

typedef struct witness {
    size_t cell; /* for which it was found */
    double amount;
    uint32_t first, count; /* moves; none: nothing was asked */
    bool by_program;       /* found by a linear program, not by the network */
} witness;

typedef struct release_witnesses {
    witness *list;
    size_t n, capacity;
    witness_move *moves;
    size_t n_moves, move_capacity;
    uint32_t *of_cell; /* by cell: its last move (from 1) */
    double *balance;   /* by sum, 0 between two checks */
} release_witnesses;

irm_status release_witnesses_init(release_witnesses *of, const irm_release *release,
                                  irm_error *error);
void release_witnesses_clear(release_witnesses *of);
/* Adds a witness without moves. */
irm_status release_witness_add(release_witnesses *of, size_t cell, double amount,
                               irm_error *error);
/* Gives a witness other moves. */
irm_status release_witness_set(release_witnesses *of, size_t witness, const size_t *cells,
                               const double *moved, size_t count, bool by_program,
                               irm_error *error);
/* True when the move belongs to what its witness is now. */
bool release_witness_current(const release_witnesses *of, size_t move);

/* True where the values so moved (`moved` is by cell) are a table that agrees with all
 * that is shown: only hidden cells move, none falls under its floor, whole numbers stay
 * whole, and every sum of the release holds. `balance`: by sum, all 0, and left so. */
bool release_check(const irm_release *release, const size_t *cells, size_t count,
                   const double *moved, double *balance);

#endif
