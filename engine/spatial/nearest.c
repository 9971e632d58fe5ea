/* Neighbours by distance between points. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "spatial/neighbours.h"
#include "spatial/point_tree.h"
#include "spatial/units.h"

static irm_status check_points(const double *x, const double *y, size_t n,
                               irm_error *error) {
    IRM_TRY(units_check_count(n, error));
    IRM_TRY(units_check_finite(x, n, "x coordinates", error));
    return units_check_finite(y, n, "y coordinates", error);
}

static int by_number(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

irm_status irm_neighbours_nearest(const double *x, const double *y, size_t n, size_t k,
                                  irm_neighbours *neighbours, irm_error *error) {
    *neighbours = (irm_neighbours){0};
    IRM_TRY(check_points(x, y, n, error));
    if (k == 0 || k >= n) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "%zu nearest neighbours asked for of %zu units: expected 1 to %zu", k, n,
            n - 1);
    }
    if (n > SIZE_MAX / k) {
        return irm_fail_memory(error);
    }
    point_tree tree = {0};
    near_point *near = irm_calloc(k, sizeof *near);
    irm_status status =
        near == NULL ? irm_fail_memory(error) : point_tree_build(x, y, n, &tree, error);
    if (status == IRM_OK) {
        status = neighbours_make(neighbours, n, n * k, error);
    }
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        point_query query = {.self = (uint32_t)i, .k = k, .squared = INFINITY};
        point_tree_nearest(&tree, &query, near);
        for (size_t j = 0; j < k; j++) {
            neighbours->index[i * k + j] = near[j].point;
        }
        qsort(neighbours->index + i * k, k, sizeof *neighbours->index, by_number);
        neighbours->start[i + 1] = (i + 1) * k;
    }
    point_tree_clear(&tree);
    irm_free(near);
    return status;
}

typedef struct partners {
    uint32_t self;
    uint32_t *partner;
    size_t count, capacity;
} partners;

static irm_status keep_larger(void *context, uint32_t point, irm_error *error) {
    partners *p = context;
    if (point <= p->self) {
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&p->partner, &p->capacity, p->count + 1,
                        sizeof *p->partner, error));
    p->partner[p->count++] = point;
    return IRM_OK;
}

irm_status irm_neighbours_within(const double *x, const double *y, size_t n,
                                 double distance, irm_neighbours *neighbours,
                                 irm_error *error) {
    *neighbours = (irm_neighbours){0};
    IRM_TRY(check_points(x, y, n, error));
    if (!(distance >= 0.0) || isinf(distance)) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a distance of %g: expected a finite number, 0 or more",
                        distance);
    }
    point_tree tree = {0};
    partners found = {0};
    size_t *start = irm_calloc(n + 1, sizeof *start);
    irm_status status =
        start == NULL ? irm_fail_memory(error) : point_tree_build(x, y, n, &tree, error);
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        found.self = (uint32_t)i;
        status = point_tree_within(&tree, (uint32_t)i, distance * distance, keep_larger,
                                   &found, error);
        start[i + 1] = found.count;
        if (start[i + 1] > start[i]) {
            qsort(found.partner + start[i], start[i + 1] - start[i],
                  sizeof *found.partner, by_number);
        }
    }
    if (status == IRM_OK) {
        pair_rows rows = {n, start, found.partner};
        status = neighbours_from_rows(&rows, neighbours, error);
    }
    point_tree_clear(&tree);
    irm_free(found.partner);
    irm_free(start);
    return status;
}

/* --- joining the separate parts of a graph --- */

typedef struct bridge {
    uint32_t from;
    near_point to;
} bridge;

typedef struct joiner {
    size_t n;
    point_tree tree;
    uint32_t *parent; /* sets */
    int32_t *group;   /* set of each unit, as its first unit */
    int32_t *only;    /* by node */
    uint32_t *size;   /* by first unit */
    bridge *best;     /* by first unit: the shortest way out */
    uint32_t *a, *b;  /* pairs: those of the graph, then those added */
    size_t pairs, capacity_a, capacity_b;
} joiner;

static void joiner_clear(joiner *j) {
    point_tree_clear(&j->tree);
    irm_free(j->parent);
    irm_free(j->group);
    irm_free(j->only);
    irm_free(j->size);
    irm_free(j->best);
    irm_free(j->a);
    irm_free(j->b);
}

static irm_status add_pair(joiner *j, uint32_t a, uint32_t b, irm_error *error) {
    IRM_TRY(
        irm_reserve((void **)&j->a, &j->capacity_a, j->pairs + 1, sizeof *j->a, error));
    IRM_TRY(
        irm_reserve((void **)&j->b, &j->capacity_b, j->pairs + 1, sizeof *j->b, error));
    j->a[j->pairs] = a;
    j->b[j->pairs++] = b;
    return IRM_OK;
}

/* Groups as they stand; the number of the largest, and how many there are. */
static size_t regroup(joiner *j, int32_t *largest) {
    size_t count = 0;
    memset(j->size, 0, j->n * sizeof *j->size);
    for (size_t i = 0; i < j->n; i++) {
        j->group[i] = (int32_t)sets_find(j->parent, (uint32_t)i);
        count += j->size[j->group[i]]++ == 0;
        j->best[i].to.squared = INFINITY;
    }
    *largest = 0;
    for (size_t i = 0; i < j->n; i++) {
        *largest = j->size[i] > j->size[*largest] ? (int32_t)i : *largest;
    }
    point_tree_groups(&j->tree, j->group, j->only);
    return count;
}

/* Each group's shortest way out, but for the largest: the others come to it. One round of
 * Borůvka's minimum spanning tree, ties to the smaller numbers. */
static irm_status join_round(joiner *j, int32_t largest, irm_error *error) {
    for (size_t i = 0; i < j->n; i++) {
        bridge *best = &j->best[j->group[i]];
        near_point near;
        point_query query = {(uint32_t)i, 1, best->to.squared, j->group, j->only};
        if (j->group[i] == largest || point_tree_nearest(&j->tree, &query, &near) == 0) {
            continue;
        }
        if (near.squared < best->to.squared || isinf(best->to.squared)) {
            *best = (bridge){(uint32_t)i, near};
        }
    }
    for (size_t i = 0; i < j->n; i++) {
        if (j->group[i] == (int32_t)i && (int32_t)i != largest &&
            sets_join(j->parent, j->best[i].from, j->best[i].to.point)) {
            IRM_TRY(add_pair(j, j->best[i].from, j->best[i].to.point, error));
        }
    }
    return IRM_OK;
}

static irm_status joiner_init(joiner *j, const irm_neighbours *neighbours,
                              const double *x, const double *y, irm_error *error) {
    j->n = neighbours->n;
    IRM_TRY(point_tree_build(x, y, j->n, &j->tree, error));
    j->parent = sets_new(j->n);
    j->group = irm_calloc(j->n, sizeof *j->group);
    j->only = irm_calloc(j->tree.nodes, sizeof *j->only);
    j->size = irm_calloc(j->n, sizeof *j->size);
    j->best = irm_calloc(j->n, sizeof *j->best);
    if (!j->parent || !j->group || !j->only || !j->size || !j->best) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < j->n; i++) {
        for (size_t at = neighbours->start[i]; at < neighbours->start[i + 1]; at++) {
            sets_join(j->parent, (uint32_t)i, neighbours->index[at]);
        }
    }
    return IRM_OK;
}

/* The rows of `neighbours` with the added pairs in both directions, of weight 1. */
static irm_status with_pairs(const irm_neighbours *neighbours, const joiner *j,
                             irm_neighbours *joined, irm_error *error) {
    irm_neighbours extra = {0};
    IRM_TRY(irm_neighbours_pairs(j->a, j->b, j->pairs, j->n, &extra, error));
    size_t total = neighbours->start[j->n] + extra.start[j->n];
    irm_status status = neighbours_make(joined, j->n, total, error);
    size_t used = 0;
    for (size_t i = 0; status == IRM_OK && i < j->n; i++) {
        size_t old = neighbours->start[i];
        size_t new = extra.start[i];
        while (old < neighbours->start[i + 1] || new < extra.start[i + 1]) {
            bool from_old =
                new == extra.start[i + 1] || (old < neighbours->start[i + 1] &&
                                              neighbours->index[old] < extra.index[new]);
            joined->index[used] = from_old ? neighbours->index[old] : extra.index[new];
            joined->weights[used++] = from_old ? neighbours->weights[old] : 1.0;
            old += from_old;
            new += !from_old;
        }
        joined->start[i + 1] = used;
    }
    irm_neighbours_clear(&extra);
    return status;
}

irm_status irm_neighbours_connect(irm_neighbours *neighbours, const double *x,
                                  const double *y, size_t *added, irm_error *error) {
    *added = 0;
    IRM_TRY(check_points(x, y, neighbours->n, error));
    joiner j = {0};
    irm_neighbours joined = {0};
    int32_t largest = 0;
    irm_status status = joiner_init(&j, neighbours, x, y, error);
    while (status == IRM_OK && regroup(&j, &largest) > 1) {
        status = join_round(&j, largest, error);
    }
    if (status == IRM_OK && j.pairs > 0) {
        status = with_pairs(neighbours, &j, &joined, error);
    }
    if (status == IRM_OK && j.pairs > 0) {
        irm_neighbours_clear(neighbours);
        *neighbours = joined;
        *added = j.pairs;
    }
    joiner_clear(&j);
    return status;
}
