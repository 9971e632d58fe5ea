#include "irminon/bounds.h"

#include <math.h>
#include <string.h>

#include "bounds/inside.h"
#include "irminon/memory.h"
#include "irminon/threads.h"

irm_status irm_bounds_new(irm_bounds **bounds, irm_error *error) {
    *bounds = irm_calloc(1, sizeof **bounds);
    return *bounds != NULL ? IRM_OK : irm_fail_memory(error);
}

void irm_bounds_free(irm_bounds *bounds) {
    if (bounds != NULL) {
        irm_free(bounds->cells);
        irm_free(bounds->relations);
        irm_free(bounds->terms);
        irm_free(bounds->of_start);
        irm_free(bounds->of);
        irm_free(bounds->queue);
        irm_free(bounds);
    }
}

void irm_bounds_reset(irm_bounds *bounds) {
    bounds->n_cells = bounds->n_relations = bounds->n_terms = 0;
    bounds->indexed = bounds->settled = false;
}

irm_status irm_bounds_cell(irm_bounds *bounds, double lower, double upper, bool whole,
                           size_t *cell, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&bounds->cells, &bounds->cell_capacity,
                        bounds->n_cells + 1, sizeof *bounds->cells, error));
    lower = whole && isfinite(lower) ? bounds_whole_up(lower) : lower;
    upper = whole && isfinite(upper) ? bounds_whole_down(upper) : upper;
    if (cell != NULL) {
        *cell = bounds->n_cells;
    }
    bounds->cells[bounds->n_cells++] =
        (bounds_cell){lower, upper, whole, INFINITY, -INFINITY};
    bounds->indexed = bounds->settled = false;
    return IRM_OK;
}

irm_status irm_bounds_relation(irm_bounds *bounds, const irm_bounds_term *terms,
                               size_t n_terms, double low, double high,
                               irm_error *error) {
    IRM_TRY(irm_reserve((void **)&bounds->relations, &bounds->relation_capacity,
                        bounds->n_relations + 1, sizeof *bounds->relations, error));
    IRM_TRY(irm_reserve((void **)&bounds->terms, &bounds->term_capacity,
                        bounds->n_terms + n_terms, sizeof *bounds->terms, error));
    size_t first = bounds->n_terms;
    for (size_t i = 0; i < n_terms; i++) {
        if (terms[i].cell >= bounds->n_cells) {
            return irm_fail(error, IRM_STATUS_INTERNAL,
                            "a relation names cell %zu of %zu", terms[i].cell,
                            bounds->n_cells);
        }
        if (terms[i].coefficient != 0) {
            bounds->terms[bounds->n_terms++] = terms[i];
        }
    }
    bounds->relations[bounds->n_relations++] =
        (bounds_relation){first, bounds->n_terms - first, low, high, false};
    bounds->indexed = bounds->settled = false;
    return IRM_OK;
}

size_t irm_bounds_cells(const irm_bounds *bounds) { return bounds->n_cells; }

size_t irm_bounds_relations(const irm_bounds *bounds) { return bounds->n_relations; }

double irm_bounds_lower(const irm_bounds *bounds, size_t cell) {
    return bounds->cells[cell].lower;
}

double irm_bounds_upper(const irm_bounds *bounds, size_t cell) {
    return bounds->cells[cell].upper;
}

bool irm_bounds_reached(const irm_bounds *bounds, size_t cell, double *lower,
                        double *upper) {
    *lower = bounds->cells[cell].low;
    *upper = bounds->cells[cell].high;
    return *lower <= *upper;
}

double bounds_slack(double size) { return 1e-9 * (1 + fabs(size)); }

double bounds_whole_up(double value) {
    double near = round(value);
    return fabs(value - near) <= 1e-6 * (1 + fabs(near) * 1e-3) ? near : ceil(value);
}

double bounds_whole_down(double value) { return -bounds_whole_up(-value); }

/* ---- parts ------------------------------------------------------------------------ */

static size_t root_of(size_t *parent, size_t i) {
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

static void join(size_t *parent, size_t a, size_t b) {
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b) {
        parent[b] = a;
    } else {
        parent[a] = b;
    }
}

static size_t open_terms(const irm_bounds *bounds, const bounds_relation *relation,
                         size_t *some) {
    size_t count = 0;
    for (size_t t = relation->first; t < relation->first + relation->count; t++) {
        if (bounds_open(&bounds->cells[bounds->terms[t].cell])) {
            count++;
            *some = bounds->terms[t].cell;
        }
    }
    return count;
}

/* Joins the open cells of a relation. */
static void join_relation(const irm_bounds *bounds, const bounds_relation *relation,
                          size_t *parent, size_t some) {
    for (size_t t = relation->first; t < relation->first + relation->count; t++) {
        size_t cell = bounds->terms[t].cell;
        if (bounds_open(&bounds->cells[cell])) {
            join(parent, cell, some);
        }
    }
}

typedef struct partition {
    size_t *parent, *number; /* by cell */
    size_t *edges;           /* by part: open terms of its relations */
    bool *units;             /* by part: all coefficients are 1 or -1, so that whole
                                numbers stay whole */
} partition;

static void partition_clear(partition *p) {
    irm_free(p->parent);
    irm_free(p->number);
    irm_free(p->edges);
    irm_free(p->units);
}

/* Numbers the parts in the order of their first cell, and counts cells. */
static irm_status number_cells(const irm_bounds *bounds, partition *p,
                               bounds_part **parts, size_t *count, irm_error *error) {
    size_t n = 0;
    for (size_t c = 0; c < bounds->n_cells; c++) {
        if (bounds_open(&bounds->cells[c]) && root_of(p->parent, c) == c) {
            p->number[c] = n++;
        }
    }
    *parts = irm_calloc(n, sizeof **parts);
    p->edges = irm_calloc(n, sizeof *p->edges);
    p->units = irm_calloc(n, sizeof *p->units);
    if (*parts == NULL || p->edges == NULL || p->units == NULL) {
        return irm_fail_memory(error);
    }
    *count = n;
    for (size_t c = 0; c < bounds->n_cells; c++) {
        if (bounds_open(&bounds->cells[c])) {
            (*parts)[p->number[root_of(p->parent, c)]].n_cells++;
        }
    }
    return IRM_OK;
}

static irm_status fill_parts(const irm_bounds *bounds, partition *p, bounds_part *parts,
                             size_t count, irm_error *error) {
    for (size_t i = 0; i < count; i++) {
        parts[i].cells = irm_calloc(parts[i].n_cells, sizeof *parts[i].cells);
        parts[i].relations = irm_calloc(parts[i].n_relations, sizeof *parts[i].relations);
        if (parts[i].cells == NULL || parts[i].relations == NULL) {
            return irm_fail_memory(error);
        }
        /* No cycle: as many links as nodes, less one. */
        parts[i].exact = bounds->settled && p->units[i] &&
                         p->edges[i] + 1 == parts[i].n_cells + parts[i].n_relations;
        parts[i].n_cells = parts[i].n_relations = 0;
    }
    for (size_t c = 0; c < bounds->n_cells; c++) {
        if (bounds_open(&bounds->cells[c])) {
            bounds_part *part = &parts[p->number[root_of(p->parent, c)]];
            part->cells[part->n_cells++] = c;
        }
    }
    for (size_t r = 0; r < bounds->n_relations; r++) {
        size_t some = 0;
        if (open_terms(bounds, &bounds->relations[r], &some) > 0) {
            bounds_part *part = &parts[p->number[root_of(p->parent, some)]];
            part->relations[part->n_relations++] = r;
        }
    }
    return IRM_OK;
}

static void count_relations(const irm_bounds *bounds, partition *p, bounds_part *parts) {
    for (size_t r = 0; r < bounds->n_relations; r++) {
        const bounds_relation *relation = &bounds->relations[r];
        size_t some = 0, open = open_terms(bounds, relation, &some);
        if (open == 0) {
            continue;
        }
        size_t number = p->number[root_of(p->parent, some)];
        if (parts[number].n_relations++ == 0) {
            p->units[number] = true;
        }
        p->edges[number] += open;
        for (size_t t = relation->first; t < relation->first + relation->count; t++) {
            p->units[number] &= fabs(bounds->terms[t].coefficient) == 1;
        }
    }
}

irm_status bounds_parts(const irm_bounds *bounds, bounds_part **parts, size_t *count,
                        irm_error *error) {
    partition p = {.parent = irm_calloc(bounds->n_cells, sizeof *p.parent),
                   .number = irm_calloc(bounds->n_cells, sizeof *p.number)};
    *parts = NULL;
    *count = 0;
    if (p.parent == NULL || p.number == NULL) {
        partition_clear(&p);
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < bounds->n_cells; c++) {
        p.parent[c] = c;
    }
    for (size_t r = 0; r < bounds->n_relations; r++) {
        size_t some = 0;
        if (open_terms(bounds, &bounds->relations[r], &some) > 1) {
            join_relation(bounds, &bounds->relations[r], p.parent, some);
        }
    }
    irm_status status = number_cells(bounds, &p, parts, count, error);
    if (status == IRM_OK) {
        count_relations(bounds, &p, *parts);
        status = fill_parts(bounds, &p, *parts, *count, error);
    }
    partition_clear(&p);
    if (status != IRM_OK) {
        bounds_parts_free(*parts, *count);
        *parts = NULL;
        *count = 0;
    }
    return status;
}

void bounds_parts_free(bounds_part *parts, size_t count) {
    for (size_t i = 0; parts != NULL && i < count; i++) {
        irm_free(parts[i].cells);
        irm_free(parts[i].relations);
    }
    irm_free(parts);
}

/* ---- tightening ------------------------------------------------------------------- */

typedef struct shared_work {
    irm_bounds *bounds;
    const bounds_part *parts;
    irm_bounds_conflict *conflicts; /* by part */
} shared_work;

/* Where propagation is exact, some solution takes each end. */
static void reach_ends(irm_bounds *bounds, const bounds_part *part) {
    for (size_t i = 0; i < part->n_cells; i++) {
        bounds_cell *cell = &bounds->cells[part->cells[i]];
        cell->low = cell->lower;
        cell->high = cell->upper;
    }
}

/* The cells of a part are written by the worker that has it, and by no other. */
static irm_status solve_range(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    shared_work *work = context;
    irm_status status = IRM_OK;
    for (size_t i = first; status == IRM_OK && i < last; i++) {
        size_t most = work->bounds->most_cells;
        bool small = most == 0 || work->parts[i].n_cells <= most;
        if (small && !work->parts[i].exact && work->parts[i].n_relations > 0) {
            status = bounds_solve_part(work->bounds, &work->parts[i], &work->conflicts[i],
                                       error);
        } else if (work->parts[i].exact) {
            reach_ends(work->bounds, &work->parts[i]);
        }
    }
    if (worker > 0) {
        bounds_leave_thread();
    }
    return status;
}

void irm_bounds_limit(irm_bounds *bounds, size_t most_cells) {
    bounds->most_cells = most_cells;
}

irm_status irm_bounds_tighten(irm_bounds *bounds, size_t threads,
                              irm_bounds_conflict *conflict, irm_error *error) {
    bounds_part *parts = NULL;
    size_t count = 0;
    IRM_TRY(irm_bounds_propagate(bounds, conflict, error));
    IRM_TRY(bounds_parts(bounds, &parts, &count, error));
    shared_work work = {bounds, parts, irm_calloc(count, sizeof *work.conflicts)};
    irm_status status = work.conflicts != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = irm_parallel_for(count, 8, threads, solve_range, &work, error);
    }
    for (size_t i = 0; status == IRM_STATUS_DATA && conflict != NULL && i < count; i++) {
        if (work.conflicts[i].found) {
            *conflict = work.conflicts[i];
            break;
        }
    }
    irm_free(work.conflicts);
    bounds_parts_free(parts, count);
    return status;
}
