/* SKATER: a minimum spanning tree of the graph, cut where it pays most. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "spatial/neighbours.h"
#include "spatial/units.h"

typedef struct edge {
    double length;
    uint32_t a, b; /* a < b */
} edge;

static int by_length(const void *left, const void *right) {
    const edge *x = left;
    const edge *y = right;
    if (x->length < y->length || x->length > y->length) {
        return x->length < y->length ? -1 : 1;
    }
    if (x->a != y->a) {
        return x->a < y->a ? -1 : 1;
    }
    return (x->b > y->b) - (x->b < y->b);
}

static double distance(const double *x, const double *y, size_t columns) {
    double squared = 0.0;
    for (size_t j = 0; j < columns; j++) {
        squared += (x[j] - y[j]) * (x[j] - y[j]);
    }
    return sqrt(squared);
}

/* Kruskal's, as a graph of its own; ties to the smaller numbers. */
static irm_status spanning_tree(const irm_matrix *x, const irm_neighbours *graph,
                                irm_neighbours *tree, irm_error *error) {
    size_t n = graph->n;
    size_t count = 0;
    size_t kept = 0;
    irm_status status = IRM_OK;
    edge *edges = irm_calloc(graph->start[n] / 2, sizeof *edges);
    uint32_t *parent = sets_new(n);
    uint32_t *ends = irm_calloc(2 * n, sizeof *ends);
    if (edges == NULL || parent == NULL || ends == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t at = graph->start[i]; at < graph->start[i + 1]; at++) {
            uint32_t j = graph->index[at];
            if (j > i) {
                double length =
                    distance(irm_matrix_row(x, i), irm_matrix_row(x, j), x->columns);
                edges[count++] = (edge){length, (uint32_t)i, j};
            }
        }
    }
    qsort(edges, count, sizeof *edges, by_length);
    for (size_t e = 0; e < count; e++) {
        if (sets_join(parent, edges[e].a, edges[e].b)) {
            ends[kept] = edges[e].a;
            ends[n + kept++] = edges[e].b;
        }
    }
    status = irm_neighbours_pairs(ends, ends + n, kept, n, tree, error);
cleanup:
    irm_free(edges);
    irm_free(parent);
    irm_free(ends);
    return status;
}

/* A class: the units order[first] … order[last - 1], depth first from a root, so that
 * what hangs from a unit comes right after it. */
typedef struct group {
    size_t first, last;
    double gain;   /* of its best cut; -INFINITY where none is allowed */
    size_t cut_at; /* what hangs from this place is cut off */
} group;

typedef struct pruner {
    const irm_matrix *x; /* centred */
    const irm_neighbours *tree;
    const double *population;
    double floor;
    irm_dispersion dispersion;
    size_t threads;
    uint32_t *order;
    size_t *size;     /* by place: how many hang from it, itself counted */
    size_t *up;       /* by place: that of its parent */
    double *people;   /* by place: population of what hangs from it */
    irm_matrix sums;  /* by place: of what hangs from it */
    double *gain;     /* by place */
    int32_t *classes; /* by unit: its group */
} pruner;

static double people_of(const pruner *p, uint32_t unit) {
    return p->population == NULL ? 1.0 : p->population[unit];
}

/* Lays out what is reached from `root` within group `number`; the place after the last.
 */
static size_t lay_out(pruner *p, uint32_t root, int32_t number, size_t first) {
    /* `size` serves as the next link to follow until it is counted. */
    size_t place = first;
    size_t next = first + 1;
    p->order[first] = root;
    p->up[first] = SIZE_MAX;
    p->size[first] = p->tree->start[root];
    while (place != SIZE_MAX) {
        uint32_t unit = p->order[place];
        if (p->size[place] == p->tree->start[unit + 1]) {
            place = p->up[place];
            continue;
        }
        uint32_t child = p->tree->index[p->size[place]++];
        bool back = p->up[place] != SIZE_MAX && p->order[p->up[place]] == child;
        if (!back && p->classes[child] == number) {
            p->order[next] = child;
            p->up[next] = place;
            p->size[next] = p->tree->start[child];
            place = next++;
        }
    }
    return next;
}

static void add_up(pruner *p, const group *g) {
    size_t columns = p->x->columns;
    for (size_t at = g->first; at < g->last; at++) {
        p->size[at] = 1;
        p->people[at] = people_of(p, p->order[at]);
        memcpy(irm_matrix_row(&p->sums, at), irm_matrix_row(p->x, p->order[at]),
               columns * sizeof *p->sums.data);
    }
    for (size_t at = g->last; at-- > g->first + 1;) {
        size_t up = p->up[at];
        p->size[up] += p->size[at];
        p->people[up] += p->people[at];
        for (size_t j = 0; j < columns; j++) {
            irm_matrix_row(&p->sums, up)[j] += irm_matrix_row(&p->sums, at)[j];
        }
    }
}

/* Sum of the distances to the mean of the units at two ranges of places. */
static double spread(const pruner *p, size_t first, size_t middle, size_t again,
                     size_t last, double *mean) {
    size_t columns = p->x->columns;
    double count = (double)(middle - first + last - again);
    for (size_t j = 0; j < columns; j++) {
        mean[j] = 0.0;
    }
    for (size_t at = first; at < last; at = at + 1 == middle ? again : at + 1) {
        const double *row = irm_matrix_row(p->x, p->order[at]);
        for (size_t j = 0; j < columns; j++) {
            mean[j] += row[j];
        }
    }
    for (size_t j = 0; j < columns; j++) {
        mean[j] /= count;
    }
    double sum = 0.0;
    for (size_t at = first; at < last; at = at + 1 == middle ? again : at + 1) {
        sum += distance(irm_matrix_row(p->x, p->order[at]), mean, columns);
    }
    return sum;
}

typedef struct weighing {
    pruner *p;
    const group *g;
    double whole;
} weighing;

/* Within sum of squares that cutting at `at` takes off: between the two sides. */
static double squares_gain(const pruner *p, const group *g, size_t at) {
    double below = (double)p->size[at];
    double rest = (double)(g->last - g->first) - below;
    const double *all = irm_matrix_row(&p->sums, g->first);
    const double *part = irm_matrix_row(&p->sums, at);
    double squared = 0.0;
    for (size_t j = 0; j < p->x->columns; j++) {
        double difference = part[j] / below - (all[j] - part[j]) / rest;
        squared += difference * difference;
    }
    return below * rest / (below + rest) * squared;
}

static irm_status weigh_cuts(void *context, size_t first, size_t last, size_t worker,
                             irm_error *error) {
    (void)worker;
    weighing *w = context;
    pruner *p = w->p;
    const group *g = w->g;
    double *mean = irm_calloc(p->x->columns, sizeof *mean);
    if (mean == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = first; i < last; i++) {
        size_t at = g->first + 1 + i;
        size_t end = at + p->size[at];
        double rest = p->people[g->first] - p->people[at];
        if (p->people[at] < p->floor || rest < p->floor) {
            p->gain[at] = -INFINITY;
        } else if (p->dispersion == IRM_DISPERSION_SQUARES) {
            p->gain[at] = squares_gain(p, g, at);
        } else {
            p->gain[at] = w->whole - spread(p, at, end, end, end, mean) -
                          spread(p, g->first, at, end, g->last, mean);
        }
    }
    irm_free(mean);
    return IRM_OK;
}

static irm_status find_cut(pruner *p, group *g, irm_error *error) {
    g->gain = -INFINITY;
    add_up(p, g);
    weighing w = {.p = p, .g = g};
    if (p->dispersion == IRM_DISPERSION_DISTANCES) {
        double *mean = irm_calloc(p->x->columns, sizeof *mean);
        if (mean == NULL) {
            return irm_fail_memory(error);
        }
        w.whole = spread(p, g->first, g->last, g->last, g->last, mean);
        irm_free(mean);
    }
    IRM_TRY(
        irm_parallel_for(g->last - g->first - 1, 256, p->threads, weigh_cuts, &w, error));
    for (size_t at = g->first + 1; at < g->last; at++) {
        if (p->gain[at] > g->gain) {
            g->gain = p->gain[at];
            g->cut_at = at;
        }
    }
    return IRM_OK;
}

static irm_status cut(pruner *p, group *groups, size_t which, size_t count,
                      irm_error *error) {
    group *old = &groups[which];
    uint32_t below = p->order[old->cut_at];
    uint32_t root = p->order[old->first];
    size_t first = old->first;
    size_t end = old->cut_at + p->size[old->cut_at];
    for (size_t at = old->cut_at; at < end; at++) {
        p->classes[p->order[at]] = (int32_t)count;
    }
    size_t middle = lay_out(p, root, (int32_t)which, first);
    groups[count] =
        (group){.first = middle, .last = lay_out(p, below, (int32_t)count, middle)};
    old->last = middle;
    IRM_TRY(find_cut(p, old, error));
    return find_cut(p, &groups[count], error);
}

static irm_status prune(pruner *p, group *groups, size_t k, irm_error *error) {
    groups[0] = (group){.last = lay_out(p, 0, 0, 0)};
    IRM_TRY(find_cut(p, &groups[0], error));
    for (size_t count = 1; count < k; count++) {
        size_t best = 0;
        for (size_t g = 1; g < count; g++) {
            best = groups[g].gain > groups[best].gain ? g : best;
        }
        if (isinf(groups[best].gain)) {
            return irm_fail(error, IRM_STATUS_USAGE,
                            "%zu classes with a floor of %g: only %zu can be cut so; ask "
                            "for fewer, or lower the floor",
                            k, p->floor, count);
        }
        IRM_TRY(cut(p, groups, best, count, error));
    }
    return IRM_OK;
}

static irm_status pruner_init(pruner *p, size_t n, size_t columns, irm_error *error) {
    p->order = irm_calloc(n, sizeof *p->order);
    p->size = irm_calloc(n, sizeof *p->size);
    p->up = irm_calloc(n, sizeof *p->up);
    p->people = irm_calloc(n, sizeof *p->people);
    p->gain = irm_calloc(n, sizeof *p->gain);
    if (!p->order || !p->size || !p->up || !p->people || !p->gain) {
        return irm_fail_memory(error);
    }
    return irm_matrix_init(&p->sums, n, columns, error);
}

static void pruner_clear(pruner *p) {
    irm_free(p->order);
    irm_free(p->size);
    irm_free(p->up);
    irm_free(p->people);
    irm_free(p->gain);
    irm_matrix_clear(&p->sums);
}

/* Means taken off, so that sums keep their digits. */
static irm_status centre(const irm_matrix *x, irm_matrix *centred, irm_error *error) {
    IRM_TRY(irm_matrix_init(centred, x->rows, x->columns, error));
    for (size_t j = 0; j < x->columns; j++) {
        double mean = 0.0;
        for (size_t i = 0; i < x->rows; i++) {
            mean += irm_matrix_row(x, i)[j] / (double)x->rows;
        }
        for (size_t i = 0; i < x->rows; i++) {
            irm_matrix_row(centred, i)[j] = irm_matrix_row(x, i)[j] - mean;
        }
    }
    return IRM_OK;
}

static irm_status check_skater(const irm_matrix *x, const irm_neighbours *neighbours,
                               size_t k, const double *population, double floor,
                               irm_error *error) {
    IRM_TRY(units_check_matrix(x, neighbours->n, error));
    IRM_TRY(units_check_population(population, neighbours->n, error));
    if (k == 0 || k > neighbours->n) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%zu classes of %zu units: expected 1 to %zu", k, neighbours->n,
                        neighbours->n);
    }
    if (isnan(floor)) {
        return irm_fail(error, IRM_STATUS_USAGE, "the floor is not a number");
    }
    return neighbours_need_connected(neighbours, "SKATER", error);
}

irm_status irm_skater_by(const irm_matrix *x, const irm_neighbours *neighbours, size_t k,
                         const double *population, double floor,
                         irm_dispersion dispersion, size_t threads, int32_t *classes,
                         irm_error *error) {
    IRM_TRY(check_skater(x, neighbours, k, population, floor, error));
    size_t n = neighbours->n;
    irm_matrix centred = {0};
    irm_neighbours graph = {0};
    irm_neighbours tree = {0};
    pruner p = {.x = &centred,
                .tree = &tree,
                .population = population,
                .floor = floor,
                .dispersion = dispersion,
                .threads = threads,
                .classes = classes};
    group *groups = irm_calloc(k, sizeof *groups);
    memset(classes, 0, n * sizeof *classes);
    irm_status status = groups == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        status = centre(x, &centred, error);
    }
    if (status == IRM_OK) {
        status = neighbours_both_ways(neighbours, &graph, error);
    }
    if (status == IRM_OK) {
        status = spanning_tree(&centred, &graph, &tree, error);
    }
    if (status == IRM_OK) {
        status = pruner_init(&p, n, x->columns, error);
    }
    if (status == IRM_OK) {
        status = prune(&p, groups, k, error);
    }
    if (status == IRM_OK) {
        status = units_number_classes(classes, n, k, error);
    }
    pruner_clear(&p);
    irm_free(groups);
    irm_matrix_clear(&centred);
    irm_neighbours_clear(&graph);
    irm_neighbours_clear(&tree);
    return status;
}

irm_status irm_skater(const irm_matrix *x, const irm_neighbours *neighbours, size_t k,
                      const double *population, double floor, int32_t *classes,
                      irm_error *error) {
    return irm_skater_by(x, neighbours, k, population, floor, IRM_DISPERSION_SQUARES, 0,
                         classes, error);
}
