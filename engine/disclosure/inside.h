/* What the files of this room share. */
#ifndef IRMINON_DISCLOSURE_INSIDE_H
#define IRMINON_DISCLOSURE_INSIDE_H

#include <stdint.h>

#include "irminon/disclosure.h"

typedef struct release_cell {
    double value, cost;
    double below, above; /* asked, of sensitive cells */
    double floor;        /* the least it may be, for who knows that zeros are shown */
    irm_hiding hiding;
    bool kept;
} release_cell;

typedef struct release_sum {
    size_t total, first, count; /* parts */
    size_t axis;
} release_sum;

struct irm_release {
    release_cell *cells;
    size_t n_cells, cell_capacity;
    release_sum *sums;
    size_t n_sums, sum_capacity;
    size_t *parts;
    size_t n_parts, part_capacity;
    bool whole;            /* every value is a whole number */
    size_t *of_start, *of; /* sums that each cell is in, as total or part */
    bool indexed;
    size_t nodes;                     /* of the exact search */
    struct release_witnesses *proofs; /* of the last protection; NULL before */
};

irm_status release_index(irm_release *release, irm_error *error);

/* Cells that one program moves, and the sums that they must keep. */
typedef struct release_field {
    size_t *cells; /* in the order in which they were met */
    size_t n_cells;
    size_t *sums;
    size_t n_sums;
    uint32_t *place; /* by cell of the release: index + 1, 0 outside */
    uint32_t *row;   /* by sum of the release, likewise */
} release_field;

irm_status release_field_init(release_field *field, const irm_release *release,
                              irm_error *error);
void release_field_clear(release_field *field);
/* Cells that a program may move. */
enum { MOST_FIELD = 12000 };

/* The cells within reach of one, by sums of at most `widest` cells, and what is hidden of
 * wider ones; 0: some of what is hidden already. Returns true where these are all that a
 * move of the cell may reach. */
bool release_field_around(release_field *field, const irm_release *release, size_t cell,
                          size_t widest);

/* Moves `cell` by `amount`, and what must move with it, at the least cost that a linear
 * program over the field finds, over whole numbers where all are. `moved`: by cell of the
 * release, written for the cells of the field; *found false where nothing is found. */
irm_status release_route(const irm_release *release, const release_field *field,
                         size_t cell, double amount, double *moved, bool *found,
                         irm_error *error);
/* The least cost there is, for small releases; *solved false where the search is too
 * long. Leaves the release as it was then. */
irm_status release_solve_exactly(irm_release *release, bool *solved, irm_error *error);

#endif
