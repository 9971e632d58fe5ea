#include "disclosure/witness.h"

#include <math.h>

#include "irminon/memory.h"

irm_status release_witnesses_init(release_witnesses *of, const irm_release *release,
                                  irm_error *error) {
    *of =
        (release_witnesses){.of_cell = irm_calloc(release->n_cells, sizeof *of->of_cell),
                            .balance = irm_calloc(release->n_sums, sizeof *of->balance)};
    bool room = of->of_cell != NULL && of->balance != NULL;
    return room ? IRM_OK : irm_fail_memory(error);
}

void release_witnesses_clear(release_witnesses *of) {
    irm_free(of->list);
    irm_free(of->moves);
    irm_free(of->of_cell);
    irm_free(of->balance);
    *of = (release_witnesses){0};
}

irm_status release_witness_add(release_witnesses *of, size_t cell, double amount,
                               irm_error *error) {
    IRM_TRY(irm_reserve((void **)&of->list, &of->capacity, of->n + 1, sizeof *of->list,
                        error));
    of->list[of->n++] = (witness){.cell = cell, .amount = amount};
    return IRM_OK;
}

irm_status release_witness_set(release_witnesses *of, size_t number, const size_t *cells,
                               const double *moved, size_t count, bool by_program,
                               irm_error *error) {
    witness *one = &of->list[number];
    IRM_TRY(irm_reserve((void **)&of->moves, &of->move_capacity, of->n_moves + count,
                        sizeof *of->moves, error));
    one->first = (uint32_t)of->n_moves;
    one->by_program = by_program;
    for (size_t i = 0; i < count; i++) {
        size_t c = cells[i];
        if (moved[c] != 0) {
            of->moves[of->n_moves++] =
                (witness_move){c, moved[c], (uint32_t)number, of->of_cell[c]};
            of->of_cell[c] = (uint32_t)of->n_moves;
        }
    }
    one->count = (uint32_t)of->n_moves - one->first;
    return IRM_OK;
}

bool release_witness_current(const release_witnesses *of, size_t move) {
    const witness *one = &of->list[of->moves[move].of];
    return move >= one->first && move < (size_t)one->first + one->count;
}

/* ---- the check -------------------------------------------------------------------- */

static bool may_move(const irm_release *release, size_t c, double amount) {
    const release_cell *cell = &release->cells[c];
    double slack = release->whole ? 0 : 1e-9 * (1 + cell->value);
    return amount == 0 ||
           (cell->hiding != IRM_SHOWN && cell->value + amount >= cell->floor - slack &&
            (!release->whole || amount == floor(amount)));
}

/* Adds to the balance of each sum of the cells; with 0, clears it. */
static void add_moves(const irm_release *release, const size_t *cells, size_t count,
                      const double *moved, double *balance, double times) {
    for (size_t i = 0; i < count; i++) {
        size_t c = cells[i];
        for (size_t k = release->of_start[c]; k < release->of_start[c + 1]; k++) {
            size_t sum = release->of[k];
            double sign = release->sums[sum].total == c ? -1 : 1;
            balance[sum] = times == 0 ? 0 : balance[sum] + sign * moved[c];
        }
    }
}

static bool all_hold(const irm_release *release, const size_t *cells, size_t count,
                     const double *balance) {
    for (size_t i = 0; i < count; i++) {
        size_t c = cells[i];
        for (size_t k = release->of_start[c]; k < release->of_start[c + 1]; k++) {
            size_t sum = release->of[k];
            double size = release->cells[release->sums[sum].total].value;
            double slack = release->whole ? 0 : 1e-9 * (1 + size);
            if (!(fabs(balance[sum]) <= slack)) {
                return false;
            }
        }
    }
    return true;
}

bool release_check(const irm_release *release, const size_t *cells, size_t count,
                   const double *moved, double *balance) {
    for (size_t i = 0; i < count; i++) {
        if (!may_move(release, cells[i], moved[cells[i]])) {
            return false;
        }
    }
    add_moves(release, cells, count, moved, balance, 1);
    bool holds = all_hold(release, cells, count, balance);
    add_moves(release, cells, count, moved, balance, 0);
    return holds;
}
