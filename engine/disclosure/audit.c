/* The audit: what anyone can compute of each hidden cell, told from both sides. Ends of
 * an interval that a table reaches are never outside what is possible, so that protection
 * is never overstated; ends that relations prove are never inside it. */
#include <math.h>

#include "disclosure/search.h"
#include "disclosure/witness.h"
#include "irminon/bounds.h"
#include "irminon/memory.h"
#include "irminon/threads.h"

/* Hidden cells of a connected part that linear programs go through, two each. */
enum { MOST_OPEN = 400 };

/* Cells that one thread takes at a time. */
enum { GRAIN = 256 };

typedef struct auditor {
    const irm_release *release;
    const release_network *network;
    const irm_reporter *reporter;
    irm_release_interval *of;
    unsigned char *known; /* by node */
    unsigned char *sure;  /* by cell: no table goes beyond what was reached */
    release_search *searches;
    double **balances; /* by thread */
} auditor;

static void start_at_value(const irm_release *release, irm_release_interval *of) {
    for (size_t c = 0; c < release->n_cells; c++) {
        double value = release->cells[c].value;
        of[c] = (irm_release_interval){value, value, value, value};
    }
}

/* ---- by routes through the network ------------------------------------------------ */

/* One side of one cell; what is not a table after all reaches nothing. */
static irm_status reach_side(auditor *a, release_search *search, double *balance,
                             size_t cell, bool upward, bool *exact, irm_error *error) {
    double far = 0;
    IRM_TRY(release_search_farthest(search, cell, upward, a->known, &far, exact, error));
    bool table = release_check(a->release, search->touched, search->n_touched,
                               search->moved, balance);
    double value = a->release->cells[cell].value;
    *exact = *exact && table;
    if (table && upward) {
        a->of[cell].upper = far >= SEARCH_FAR ? INFINITY : value + far;
    } else if (table) {
        a->of[cell].lower = value - far;
    }
    return IRM_OK;
}

static irm_status reach_range(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    auditor *a = context;
    release_search *search = &a->searches[worker];
    if (worker == 0) {
        irm_progress(a->reporter, "auditing", first, a->release->n_cells, first);
        IRM_TRY(irm_check_stop(a->reporter, error));
    }
    for (size_t c = first; c < last; c++) {
        bool below = false, above = false;
        if (a->release->cells[c].hiding == IRM_SHOWN) {
            a->sure[c] = 1;
            continue;
        }
        IRM_TRY(reach_side(a, search, a->balances[worker], c, false, &below, error));
        IRM_TRY(reach_side(a, search, a->balances[worker], c, true, &above, error));
        a->sure[c] = below && above;
    }
    return IRM_OK;
}

static irm_status reach_all(auditor *a, size_t threads, irm_error *error) {
    size_t n = a->release->n_cells, workers = irm_parallel_workers(n, GRAIN, threads);
    a->searches = irm_calloc(workers, sizeof *a->searches);
    a->balances = irm_calloc(workers, sizeof *a->balances);
    irm_status status =
        a->searches != NULL && a->balances != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t w = 0; status == IRM_OK && w < workers; w++) {
        a->balances[w] = irm_calloc(a->release->n_sums, sizeof **a->balances);
        status = a->balances[w] == NULL ? irm_fail_memory(error)
                                        : release_search_init(&a->searches[w], a->release,
                                                              a->network, error);
    }
    if (status == IRM_OK) {
        status = irm_parallel_for(n, GRAIN, threads, reach_range, a, error);
    }
    for (size_t w = 0; w < workers; w++) {
        if (a->searches != NULL) {
            release_search_clear(&a->searches[w]);
        }
        if (a->balances != NULL) {
            irm_free(a->balances[w]);
        }
    }
    irm_free(a->searches);
    irm_free(a->balances);
    return status;
}

/* ---- by the witnesses of the protection ------------------------------------------- */

/* Each is checked again, against what is hidden in the end. */
static irm_status reach_by_witnesses(auditor *a, irm_error *error) {
    const release_witnesses *proofs = a->release->proofs;
    size_t n = a->release->n_cells;
    double *moved = irm_calloc(n, sizeof *moved);
    size_t *cells = irm_calloc(n, sizeof *cells);
    irm_status status = moved != NULL && cells != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t w = 0; status == IRM_OK && proofs != NULL && w < proofs->n; w++) {
        const witness *one = &proofs->list[w];
        for (size_t i = 0; i < one->count; i++) {
            const witness_move *move = &proofs->moves[one->first + i];
            cells[i] = move->cell;
            moved[move->cell] = move->amount;
        }
        bool table = release_check(a->release, cells, one->count, moved, proofs->balance);
        for (size_t i = 0; i < one->count; i++) {
            irm_release_interval *of = &a->of[cells[i]];
            double there = a->release->cells[cells[i]].value + moved[cells[i]];
            of->lower = table ? fmin(of->lower, there) : of->lower;
            of->upper = table ? fmax(of->upper, there) : of->upper;
            moved[cells[i]] = 0;
        }
    }
    irm_free(moved);
    irm_free(cells);
    return status;
}

/* ---- by relations ----------------------------------------------------------------- */

static irm_status add_sum(const irm_release *release, const release_sum *sum,
                          irm_bounds *bounds, irm_bounds_term **terms, size_t *capacity,
                          irm_error *error) {
    IRM_TRY(irm_reserve((void **)terms, capacity, sum->count + 1, sizeof **terms, error));
    for (size_t p = 0; p < sum->count; p++) {
        (*terms)[p] = (irm_bounds_term){release->parts[sum->first + p], 1};
    }
    (*terms)[sum->count] = (irm_bounds_term){sum->total, -1};
    return irm_bounds_relation(bounds, *terms, sum->count + 1, 0, 0, error);
}

/* Cells whose interval is known are given it, so that it need not be found again. */
static irm_status make_bounds(const auditor *a, irm_bounds *bounds, irm_error *error) {
    const irm_release *release = a->release;
    irm_bounds_term *terms = NULL;
    size_t capacity = 0;
    irm_status status = IRM_OK;
    for (size_t c = 0; status == IRM_OK && c < release->n_cells; c++) {
        const release_cell *cell = &release->cells[c];
        bool shown = cell->hiding == IRM_SHOWN, sure = a->sure[c] != 0;
        double lower = shown ? cell->value : sure ? a->of[c].lower : cell->floor;
        double upper = shown ? cell->value : sure ? a->of[c].upper : INFINITY;
        status = irm_bounds_cell(bounds, lower, upper, release->whole, NULL, error);
    }
    for (size_t s = 0; status == IRM_OK && s < release->n_sums; s++) {
        status = add_sum(release, &release->sums[s], bounds, &terms, &capacity, error);
    }
    irm_free(terms);
    return status;
}

static void take_bounds(const auditor *a, const irm_bounds *bounds) {
    for (size_t c = 0; c < a->release->n_cells; c++) {
        irm_release_interval *of = &a->of[c];
        double low, high;
        if (a->release->cells[c].hiding == IRM_SHOWN) {
            continue;
        }
        if (irm_bounds_reached(bounds, c, &low, &high)) {
            of->lower = fmin(of->lower, low);
            of->upper = fmax(of->upper, high);
        }
        of->least = fmin(of->lower, irm_bounds_lower(bounds, c));
        of->most = fmax(of->upper, irm_bounds_upper(bounds, c));
    }
}

static irm_status prove_bounds(auditor *a, size_t threads, irm_error *error) {
    bool all = true;
    for (size_t c = 0; c < a->release->n_cells; c++) {
        all = all && a->sure[c];
        a->of[c].least = a->of[c].lower;
        a->of[c].most = a->of[c].upper;
    }
    if (all) {
        return IRM_OK;
    }
    irm_bounds *bounds;
    IRM_TRY(irm_bounds_new(&bounds, error));
    irm_bounds_limit(bounds, MOST_OPEN);
    irm_status status = make_bounds(a, bounds, error);
    if (status == IRM_OK) {
        status = irm_bounds_tighten(bounds, threads, NULL, error);
    }
    if (status == IRM_OK) {
        take_bounds(a, bounds);
    }
    irm_bounds_free(bounds);
    return status;
}

irm_status irm_release_audit(irm_release *release, size_t threads,
                             const irm_reporter *reporter, irm_release_interval *of,
                             irm_error *error) {
    IRM_TRY(release_index(release, error));
    release_network network;
    IRM_TRY(release_network_open(&network, release, error));
    auditor a = {.release = release,
                 .network = &network,
                 .reporter = reporter,
                 .of = of,
                 .known = irm_calloc(network.n_nodes, 1),
                 .sure = irm_calloc(release->n_cells, 1)};
    irm_status status =
        a.known != NULL && a.sure != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        start_at_value(release, of);
        status = release_network_exact(&network, release, a.known, error);
    }
    if (status == IRM_OK) {
        status = reach_all(&a, threads, error);
    }
    if (status == IRM_OK) {
        status = reach_by_witnesses(&a, error);
    }
    if (status == IRM_OK) {
        status = prove_bounds(&a, threads, error);
    }
    release_network_close(&network);
    irm_free(a.known);
    irm_free(a.sure);
    return status;
}

bool irm_release_protected(const irm_release *release, size_t cell,
                           const irm_release_interval *of) {
    const release_cell *one = &release->cells[cell];
    double slack = 1e-6 * (1 + one->value);
    if (one->hiding == IRM_HIDDEN_SENSITIVE) {
        double below = fmin(one->below, one->value - one->floor);
        return of->lower <= one->value - below + slack &&
               of->upper >= one->value + one->above - slack &&
               of->upper - of->lower > slack;
    }
    return one->hiding == IRM_SHOWN || of->upper - of->lower > slack;
}
