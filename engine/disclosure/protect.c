#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "disclosure/search.h"
#include "disclosure/witness.h"
#include "irminon/memory.h"

/* Cells of the widest sum that the first neighbourhood of a cell goes through. */
enum { FIRST_REACH = 30, REACH_GROWS = 8 };

/* Linear programs that showing cells again may take, and witnesses of one cell that are
 * looked for again for its sake. */
enum { MOST_PROGRAMS = 3000, MOST_WITNESSES = 200 };

/* Cells beyond which programs are not used to show any again. */
enum { MOST_TRIMMED = 4000 };

/* Between two reports of progress. */
enum { REPORT_EVERY = 64 };

typedef struct protector {
    irm_release *release;
    release_network network;
    release_search search;
    release_field field;
    size_t programs_left;
    bool whole_seen; /* a program over the whole table found nothing */
    const irm_reporter *reporter;
} protector;

static void protector_clear(protector *p) {
    release_network_close(&p->network);
    release_search_clear(&p->search);
    release_field_clear(&p->field);
}

static irm_status protector_init(protector *p, irm_error *error) {
    release_witnesses *proofs = p->release->proofs;
    if (proofs != NULL) {
        release_witnesses_clear(proofs);
    } else {
        proofs = p->release->proofs = irm_calloc(1, sizeof *proofs);
    }
    if (proofs == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(release_witnesses_init(proofs, p->release, error));
    IRM_TRY(release_network_open(&p->network, p->release, error));
    IRM_TRY(release_search_init(&p->search, p->release, &p->network, error));
    return release_field_init(&p->field, p->release, error);
}

/* ---- one witness ------------------------------------------------------------------ */

/* Hides what moves; back to what it was where that is no table after all. */
static irm_status keep_moves(protector *p, size_t number, const size_t *cells,
                             size_t count, bool by_program, bool *kept,
                             irm_error *error) {
    irm_release *release = p->release;
    size_t hidden = 0;
    size_t *now_hidden = irm_calloc(count, sizeof *now_hidden);
    if (now_hidden == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        release_cell *cell = &release->cells[cells[i]];
        if (p->search.moved[cells[i]] != 0 && cell->hiding == IRM_SHOWN && !cell->kept) {
            cell->hiding = IRM_HIDDEN_BESIDE;
            now_hidden[hidden++] = cells[i];
        }
    }
    irm_status status = IRM_OK;
    *kept =
        release_check(release, cells, count, p->search.moved, release->proofs->balance);
    if (*kept) {
        status = release_witness_set(release->proofs, number, cells, p->search.moved,
                                     count, by_program, error);
    }
    for (size_t i = 0; !*kept && i < hidden; i++) {
        release->cells[now_hidden[i]].hiding = IRM_SHOWN;
    }
    irm_free(now_hidden);
    return status;
}

/* By a linear program over a neighbourhood that grows until something is found, from what
 * is hidden already. */
static irm_status find_by_program(protector *p, size_t number, bool hidden_only,
                                  bool *found, irm_error *error) {
    const witness want = p->release->proofs->list[number];
    *found = false;
    for (size_t reach = 0; !*found;
         reach = reach == 0 ? FIRST_REACH : reach * REACH_GROWS) {
        bool all = release_field_around(&p->field, p->release, want.cell, reach);
        release_search_reset(&p->search);
        IRM_TRY(release_route(p->release, &p->field, want.cell, want.amount,
                              p->search.moved, found, error));
        if (*found) {
            IRM_TRY(keep_moves(p, number, p->field.cells, p->field.n_cells, true, found,
                               error));
        }
        for (size_t i = 0; i < p->field.n_cells; i++) {
            p->search.moved[p->field.cells[i]] = 0;
        }
        if (hidden_only || all || p->field.n_cells >= MOST_FIELD) {
            p->whole_seen = all;
            break;
        }
    }
    return IRM_OK;
}

/* By the network; else by a program, where `programs` allows. */
static irm_status find_witness(protector *p, size_t number, bool hidden_only,
                               bool programs, bool *found, irm_error *error) {
    const witness want = p->release->proofs->list[number];
    *found = want.amount == 0;
    if (*found) {
        return IRM_OK;
    }
    IRM_TRY(release_search_move(&p->search, want.cell, want.amount, hidden_only, found,
                                error));
    if (*found) {
        IRM_TRY(keep_moves(p, number, p->search.touched, p->search.n_touched, false,
                           found, error));
    }
    release_search_reset(&p->search);
    return *found || !programs ? IRM_OK
                               : find_by_program(p, number, hidden_only, found, error);
}

/* ---- one sensitive cell after the other ------------------------------------------- */

typedef struct asked {
    size_t cell;
    double need;
} asked;

/* Those that need most first: what protects them often protects the others. */
static int compare_needs(const void *a, const void *b) {
    const asked *x = a, *y = b;
    if (x->need != y->need) {
        return x->need > y->need ? -1 : 1;
    }
    return (x->cell > y->cell) - (x->cell < y->cell);
}

static irm_status list_cells(const irm_release *release, irm_hiding hiding, asked **list,
                             size_t *count, irm_error *error) {
    *list = irm_calloc(release->n_cells, sizeof **list);
    *count = 0;
    if (*list == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < release->n_cells; c++) {
        const release_cell *cell = &release->cells[c];
        if (cell->hiding == hiding) {
            double need =
                hiding == IRM_HIDDEN_BESIDE ? cell->cost : fmax(cell->below, cell->above);
            (*list)[(*count)++] = (asked){c, need};
        }
    }
    qsort(*list, *count, sizeof **list, compare_needs);
    return IRM_OK;
}

static irm_status protect_cell(protector *p, size_t cell, bool *found, irm_error *error) {
    const release_cell one = p->release->cells[cell];
    double fall = fmin(one.below, one.value - one.floor);
    const double sides[] = {one.above, fall > 0 ? -fall : 0};
    *found = true;
    for (size_t side = 0; *found && side < 2; side++) {
        IRM_TRY(release_witness_add(p->release->proofs, cell, sides[side], error));
        IRM_TRY(find_witness(p, p->release->proofs->n - 1, false, true, found, error));
    }
    return IRM_OK;
}

static irm_status report(const protector *p, const char *what, size_t done, size_t count,
                         irm_error *error) {
    if (done % REPORT_EVERY != 0) {
        return IRM_OK;
    }
    irm_progress(p->reporter, what, done, count, done);
    return irm_check_stop(p->reporter, error);
}

static irm_status protect_each(protector *p, irm_protection *protection,
                               irm_error *error) {
    asked *list = NULL;
    size_t count = 0;
    irm_status status =
        list_cells(p->release, IRM_HIDDEN_SENSITIVE, &list, &count, error);
    for (size_t i = 0; status == IRM_OK && protection->possible && i < count; i++) {
        status = report(p, "protecting sensitive cells", i, count, error);
        if (status == IRM_OK) {
            status = protect_cell(p, list[i].cell, &protection->possible, error);
        }
        protection->cell = list[i].cell;
    }
    irm_free(list);
    return status;
}

/* ---- what was hidden for nothing -------------------------------------------------- */

/* Finds other witnesses where those there are move the cell, which is shown for the time
 * of it; `before` receives those that were. */
static irm_status do_without(protector *p, size_t cell, witness *before, size_t *numbers,
                             size_t *count, bool *able, irm_error *error) {
    release_witnesses *proofs = p->release->proofs;
    bool small = p->release->n_cells <= MOST_TRIMMED;
    *count = 0;
    *able = true;
    for (uint32_t m = proofs->of_cell[cell]; m > 0 && *able;
         m = proofs->moves[m - 1].next) {
        if (!release_witness_current(proofs, m - 1)) {
            continue;
        }
        size_t number = proofs->moves[m - 1].of;
        *able = *count < MOST_WITNESSES;
        if (!*able) {
            break;
        }
        numbers[*count] = number;
        before[(*count)++] = proofs->list[number];
        bool programs = small && p->programs_left > 0;
        p->programs_left -= programs && proofs->list[number].by_program;
        IRM_TRY(find_witness(p, number, true, programs, able, error));
    }
    return IRM_OK;
}

static irm_status try_without(protector *p, size_t cell, irm_error *error) {
    witness before[MOST_WITNESSES];
    size_t numbers[MOST_WITNESSES], count = 0;
    bool able = true;
    p->release->cells[cell].hiding = IRM_SHOWN;
    irm_status status = do_without(p, cell, before, numbers, &count, &able, error);
    for (size_t i = count; !able && i-- > 0;) {
        p->release->proofs->list[numbers[i]] = before[i];
    }
    if (!able || status != IRM_OK) {
        p->release->cells[cell].hiding = IRM_HIDDEN_BESIDE;
    }
    return status;
}

/* Shows again, the dearest first, each cell without which all still have a witness. */
static irm_status trim(protector *p, irm_error *error) {
    asked *list = NULL;
    size_t count = 0;
    irm_status status = list_cells(p->release, IRM_HIDDEN_BESIDE, &list, &count, error);
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        status = report(p, "showing again what can be", i, count, error);
        if (status == IRM_OK) {
            status = try_without(p, list[i].cell, error);
        }
    }
    irm_free(list);
    return status;
}

/* ---- small tables exactly --------------------------------------------------------- */

static double cost_of(const irm_release *release) {
    double cost = 0;
    for (size_t c = 0; c < release->n_cells; c++) {
        cost +=
            release->cells[c].hiding == IRM_HIDDEN_BESIDE ? release->cells[c].cost : 0;
    }
    return cost;
}

/* Finds every witness again among what is hidden now. */
static irm_status prove_again(protector *p, bool *all, irm_error *error) {
    *all = true;
    for (size_t w = 0; *all && w < p->release->proofs->n; w++) {
        IRM_TRY(find_witness(p, w, true, true, all, error));
    }
    return IRM_OK;
}

/* The exact program is kept where it is solved, costs no more and has its witnesses. */
static irm_status try_exactly(protector *p, irm_protection *protection,
                              irm_error *error) {
    irm_release *release = p->release;
    irm_hiding *before = irm_calloc(release->n_cells, sizeof *before);
    witness *proofs = irm_calloc(release->proofs->n, sizeof *proofs);
    bool kept = false;
    irm_status status =
        before != NULL && proofs != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t c = 0; status == IRM_OK && c < release->n_cells; c++) {
        before[c] = release->cells[c].hiding;
    }
    double cost = cost_of(release);
    if (status == IRM_OK) {
        memcpy(proofs, release->proofs->list, release->proofs->n * sizeof *proofs);
        status = release_solve_exactly(release, &kept, error);
    }
    if (status == IRM_OK && kept) {
        status = prove_again(p, &kept, error);
    }
    protection->exact = status == IRM_OK && kept && cost_of(release) <= cost * (1 + 1e-9);
    for (size_t c = 0; before != NULL && !protection->exact && c < release->n_cells;
         c++) {
        release->cells[c].hiding = before[c];
    }
    if (proofs != NULL && !protection->exact) {
        memcpy(release->proofs->list, proofs, release->proofs->n * sizeof *proofs);
    }
    irm_free(before);
    irm_free(proofs);
    return status;
}

/* ---- together --------------------------------------------------------------------- */

/* How far the cell could go with all hidden that may be; *sure where no table goes
 * further. What was hidden is given up. */
static irm_status best_there_is(protector *p, size_t cell, double *lower, double *upper,
                                bool *sure, irm_error *error) {
    irm_release *release = p->release;
    unsigned char *known = irm_calloc(p->network.n_nodes, 1);
    bool below = false, above = false;
    if (known == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < release->n_cells; c++) {
        release_cell *one = &release->cells[c];
        one->hiding = one->kept                  ? IRM_SHOWN
                      : one->hiding == IRM_SHOWN ? IRM_HIDDEN_BESIDE
                                                 : one->hiding;
    }
    irm_status status = release_network_exact(&p->network, release, known, error);
    if (status == IRM_OK) {
        status =
            release_search_farthest(&p->search, cell, false, known, lower, &below, error);
    }
    if (status == IRM_OK) {
        status =
            release_search_farthest(&p->search, cell, true, known, upper, &above, error);
    }
    *lower = release->cells[cell].value - *lower;
    *upper = release->cells[cell].value + *upper;
    *sure = status == IRM_OK && below && above;
    irm_free(known);
    return status;
}

static irm_status impossible(protector *p, size_t cell, irm_error *error) {
    const release_cell one = p->release->cells[cell];
    double lower = 0, upper = 0;
    bool sure = false;
    if (one.kept) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "a sensitive cell is asked to be shown");
    }
    IRM_TRY(best_there_is(p, cell, &lower, &upper, &sure, error));
    if (sure) {
        return irm_fail(
            error, IRM_STATUS_REFUSED,
            "a sensitive cell cannot be protected: zeros, and what is asked to "
            "be shown, prove that it is from %g to %g; its rule asks for %g to "
            "%g",
            lower, upper, fmax(one.value - one.below, one.floor), one.value + one.above);
    }
    return irm_fail(
        error, IRM_STATUS_REFUSED,
        p->whole_seen
            ? "no way to protect a sensitive cell was found in the whole table: all that "
              "shares a sum with it is a zero, is asked to be shown, or moves too little"
            : "no way was found to protect a sensitive cell among the %d cells "
              "nearest to it by the sums that they share",
        MOST_FIELD);
}

static irm_status protect(protector *p, irm_protection *protection, irm_error *error) {
    const irm_release *release = p->release;
    for (size_t c = 0; c < release->n_cells; c++) {
        if (release->cells[c].kept && release->cells[c].hiding == IRM_HIDDEN_SENSITIVE) {
            protection->possible = false;
            protection->cell = c;
            return impossible(p, c, error);
        }
    }
    IRM_TRY(protect_each(p, protection, error));
    if (!protection->possible) {
        return impossible(p, protection->cell, error);
    }
    IRM_TRY(trim(p, error));
    return try_exactly(p, protection, error);
}

irm_status irm_release_protect(irm_release *release, const irm_reporter *reporter,
                               irm_protection *protection, irm_error *error) {
    *protection = (irm_protection){.possible = true};
    protector p = {
        .release = release, .reporter = reporter, .programs_left = MOST_PROGRAMS};
    IRM_TRY(release_index(release, error));
    irm_status status = protector_init(&p, error);
    if (status == IRM_OK) {
        status = protect(&p, protection, error);
    }
    protector_clear(&p);
    for (size_t c = 0; c < release->n_cells; c++) {
        protection->sensitive += release->cells[c].hiding == IRM_HIDDEN_SENSITIVE;
        protection->beside += release->cells[c].hiding == IRM_HIDDEN_BESIDE;
    }
    return status;
}
