#include <math.h>
#include <string.h>

#include "bounds/inside.h"
#include "irminon/memory.h"

/* Rounds of the queue after which what is left goes to the linear programs: chains of
 * relations that narrow each other by ever smaller steps have no end. */
enum { MOST_VISITS = 64 };

static irm_status index_relations(irm_bounds *b, irm_error *error) {
    if (b->indexed) {
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&b->of_start, &b->of_start_capacity, b->n_cells + 2,
                        sizeof *b->of_start, error));
    IRM_TRY(irm_reserve((void **)&b->of, &b->of_capacity, b->n_terms + 1, sizeof *b->of,
                        error));
    IRM_TRY(irm_reserve((void **)&b->queue, &b->queue_capacity, b->n_relations + 1,
                        sizeof *b->queue, error));
    memset(b->of_start, 0, (b->n_cells + 2) * sizeof *b->of_start);
    for (size_t t = 0; t < b->n_terms; t++) {
        b->of_start[b->terms[t].cell + 2]++;
    }
    for (size_t c = 2; c < b->n_cells + 2; c++) {
        b->of_start[c] += b->of_start[c - 1];
    }
    for (size_t r = 0; r < b->n_relations; r++) {
        const bounds_relation *relation = &b->relations[r];
        for (size_t t = relation->first; t < relation->first + relation->count; t++) {
            b->of[b->of_start[b->terms[t].cell + 1]++] = r;
        }
    }
    b->indexed = true;
    return IRM_OK;
}

/* A sum one of whose terms may be infinite, and taken out again. */
typedef struct extent {
    double finite;
    size_t infinite;
} extent;

static void extent_add(extent *sum, double value) {
    if (isinf(value)) {
        sum->infinite++;
    } else {
        sum->finite += value;
    }
}

static double extent_total(const extent *sum, double infinity) {
    return sum->infinite > 0 ? infinity : sum->finite;
}

static double extent_without(const extent *sum, double value, double infinity) {
    size_t others = sum->infinite - (isinf(value) ? 1 : 0);
    return others > 0 ? infinity : isinf(value) ? sum->finite : sum->finite - value;
}

static double term_least(const bounds_cell *cell, double k) {
    return k > 0 ? k * cell->lower : k * cell->upper;
}

static double term_most(const bounds_cell *cell, double k) {
    return k > 0 ? k * cell->upper : k * cell->lower;
}

/* Narrows one cell to [lower, upper]; true where that told something new. Small errors of
 * sums of decimals may not cut into what is true: bounds are let out by them. */
static bool narrow(bounds_cell *cell, double lower, double upper, bool *empty) {
    bool news = false;
    if (cell->whole) {
        lower = isfinite(lower) ? bounds_whole_up(lower) : lower;
        upper = isfinite(upper) ? bounds_whole_down(upper) : upper;
    } else {
        lower -= isfinite(lower) && lower != round(lower) ? bounds_slack(lower) : 0;
        upper += isfinite(upper) && upper != round(upper) ? bounds_slack(upper) : 0;
    }
    double step = cell->whole ? 0 : 2 * bounds_slack(fmax(fabs(lower), fabs(upper)));
    step = isfinite(step) ? step : 0;
    if (lower > cell->lower + step || (lower > cell->lower && isinf(cell->lower))) {
        cell->lower = lower;
        news = true;
    }
    if (upper < cell->upper - step || (upper < cell->upper && isinf(cell->upper))) {
        cell->upper = upper;
        news = true;
    }
    if (cell->lower > cell->upper) {
        *empty = cell->whole || cell->lower > cell->upper + 4 * bounds_slack(cell->upper);
        cell->lower = cell->upper =
            *empty ? cell->upper : 0.5 * (cell->lower + cell->upper);
    }
    return news;
}

static bool conflict_at(irm_bounds_conflict *conflict, size_t relation, size_t cell) {
    if (conflict != NULL) {
        *conflict = (irm_bounds_conflict){true, relation, cell};
    }
    return false;
}

static void enqueue_of(irm_bounds *b, size_t cell, size_t *head, size_t *length) {
    for (size_t i = b->of_start[cell]; i < b->of_start[cell + 1]; i++) {
        size_t r = b->of[i];
        if (!b->relations[r].queued) {
            b->relations[r].queued = true;
            b->queue[(*head + (*length)++) % b->n_relations] = r;
        }
    }
}

/* Solves a relation for each of its cells; false where it cannot hold. */
static bool visit(irm_bounds *b, size_t r, size_t *head, size_t *length,
                  irm_bounds_conflict *conflict) {
    const bounds_relation *relation = &b->relations[r];
    const irm_bounds_term *terms = b->terms + relation->first;
    extent least = {0}, most = {0};
    double size = 0;
    for (size_t t = 0; t < relation->count; t++) {
        const bounds_cell *cell = &b->cells[terms[t].cell];
        double low = term_least(cell, terms[t].coefficient);
        double high = term_most(cell, terms[t].coefficient);
        extent_add(&least, low);
        extent_add(&most, high);
        size = fmax(size, fmax(isinf(low) ? 0 : fabs(low), isinf(high) ? 0 : fabs(high)));
    }
    double slack = 4 * bounds_slack(size);
    if (relation->count == 0 ||
        extent_total(&least, -INFINITY) > relation->high + slack ||
        extent_total(&most, INFINITY) < relation->low - slack) {
        bool holds = relation->count == 0 && relation->low <= 0 && relation->high >= 0;
        return holds || conflict_at(conflict, r, relation->count > 0 ? terms[0].cell : 0);
    }
    for (size_t t = 0; t < relation->count; t++) {
        bounds_cell *cell = &b->cells[terms[t].cell];
        double k = terms[t].coefficient;
        if (!bounds_open(cell)) {
            continue;
        }
        double high =
            relation->high - extent_without(&least, term_least(cell, k), -INFINITY);
        double low = relation->low - extent_without(&most, term_most(cell, k), INFINITY);
        bool empty = false;
        if (narrow(cell, (k > 0 ? low : high) / k, (k > 0 ? high : low) / k, &empty)) {
            enqueue_of(b, terms[t].cell, head, length);
        }
        if (empty) {
            return conflict_at(conflict, r, terms[t].cell);
        }
    }
    return true;
}

irm_status irm_bounds_propagate(irm_bounds *bounds, irm_bounds_conflict *conflict,
                                irm_error *error) {
    if (conflict != NULL) {
        *conflict = (irm_bounds_conflict){0};
    }
    IRM_TRY(index_relations(bounds, error));
    size_t head = 0, length = 0, visits = 0, n = bounds->n_relations;
    for (size_t c = 0; c < bounds->n_cells; c++) {
        if (bounds->cells[c].lower > bounds->cells[c].upper) {
            conflict_at(conflict,
                        bounds->of_start[c] < bounds->of_start[c + 1]
                            ? bounds->of[bounds->of_start[c]]
                            : 0,
                        c);
            return irm_fail(error, IRM_STATUS_DATA, "cell %zu: no value lies in [%g, %g]",
                            c, bounds->cells[c].lower, bounds->cells[c].upper);
        }
    }
    for (size_t r = 0; r < n; r++) {
        bounds->relations[r].queued = true;
        bounds->queue[length++] = r;
    }
    while (length > 0 && visits++ < MOST_VISITS * (n + 1)) {
        size_t r = bounds->queue[head];
        head = (head + 1) % n;
        length--;
        bounds->relations[r].queued = false;
        if (!visit(bounds, r, &head, &length, conflict)) {
            return irm_fail(error, IRM_STATUS_DATA,
                            "relation %zu cannot hold within the bounds of its cells", r);
        }
    }
    bounds->settled = length == 0;
    return IRM_OK;
}
