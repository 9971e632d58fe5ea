/* The other linkages: single by the minimum spanning tree of Prim (1957), without
 * distances kept; the others by a chain of nearest neighbours on condensed distances,
 * updated by the formulas of Lance and Williams (1967). All are reducible (Bruynooghe
 * 1978). */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "irminon/tree.h"
#include "multivariate/individuals.h"
#include "multivariate/merging.h"
#include "multivariate/partitions.h"

#define MEMORY_BY_DEFAULT ((size_t)2 << 30)

/* Place of the distance between i < j among n(n-1)/2. */
static size_t place_of(size_t n, size_t i, size_t j) {
    return n * i - i * (i + 1) / 2 + j - i - 1;
}

typedef struct links {
    double *distances; /* squared for Ward */
    size_t n, left;
    double *weights;
    bool *gone;
    uint32_t *chain;
    merging *merges;
    size_t n_merges;
    irm_linkage linkage;
} links;

static double *between(const links *self, size_t i, size_t j) {
    return &self->distances[i < j ? place_of(self->n, i, j) : place_of(self->n, j, i)];
}

/* Distance of c to what a and b become. */
static double combined(const links *self, size_t a, size_t b, size_t c) {
    double to_a = *between(self, a, c), to_b = *between(self, b, c);
    double wa = self->weights[a], wb = self->weights[b], wc = self->weights[c];
    switch (self->linkage) {
        case IRM_LINKAGE_SINGLE:
            return fmin(to_a, to_b);
        case IRM_LINKAGE_COMPLETE:
            return fmax(to_a, to_b);
        case IRM_LINKAGE_AVERAGE:
            return (wa * to_a + wb * to_b) / (wa + wb);
        case IRM_LINKAGE_WARD:
            break;
    }
    double apart = *between(self, a, b);
    return ((wa + wc) * to_a + (wb + wc) * to_b - wc * apart) / (wa + wb + wc);
}

static void merge(links *self, uint32_t one, uint32_t other) {
    uint32_t a = one < other ? one : other, b = one < other ? other : one;
    double height = *between(self, a, b);
    for (size_t c = 0; c < self->n; c++) {
        if (!self->gone[c] && c != a && c != b) {
            *between(self, a, c) = combined(self, a, b, c);
        }
    }
    self->weights[a] += self->weights[b];
    self->gone[b] = true;
    self->left--;
    bool squared = self->linkage == IRM_LINKAGE_WARD;
    self->merges[self->n_merges++] =
        (merging){a, b, squared ? sqrt(fmax(height, 0)) : height};
}

/* The nearest of the others, `former` (may be n) before any at the same distance. */
static uint32_t nearest_of(const links *self, uint32_t top, size_t former) {
    size_t best = former;
    double least = former < self->n ? *between(self, top, former) : INFINITY;
    for (size_t c = 0; c < self->n; c++) {
        if (!self->gone[c] && c != top) {
            double distance = *between(self, top, c);
            if (distance < least || best == self->n) {
                least = distance;
                best = c;
            }
        }
    }
    return (uint32_t)best;
}

static void merge_by_chain(links *self) {
    size_t length = 0;
    while (self->left > 1) {
        if (length == 0) {
            self->chain[length++] = 0;
        }
        uint32_t top = self->chain[length - 1];
        size_t former = length > 1 ? self->chain[length - 2] : self->n;
        uint32_t next = nearest_of(self, top, former);
        if (next == former) {
            merge(self, top, next);
            length -= 2;
        } else {
            self->chain[length++] = next;
        }
    }
}

/* Takes over `distances`. */
static irm_status link_distances(double *distances, size_t n, const double *weights,
                                 irm_linkage linkage, irm_tree *tree, irm_error *error) {
    links self = {.distances = distances,
                  .n = n,
                  .left = n,
                  .weights = irm_calloc(n, sizeof *self.weights),
                  .gone = irm_calloc(n, sizeof *self.gone),
                  .chain = irm_calloc(n, sizeof *self.chain),
                  .merges = irm_calloc(n, sizeof *self.merges),
                  .linkage = linkage};
    irm_status status;
    if (self.weights == NULL || self.gone == NULL || self.chain == NULL ||
        self.merges == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    individuals_weigh(n, weights, (double)n, self.weights);
    if (linkage == IRM_LINKAGE_WARD) {
        for (size_t i = 0; i + 1 < n; i++) {
            for (size_t j = i + 1; j < n; j++) {
                double wa = self.weights[i], wb = self.weights[j];
                double *distance = between(&self, i, j);
                *distance *= *distance * (2 * wa * wb / (wa + wb));
            }
        }
    }
    merge_by_chain(&self);
    status = merging_finish(self.merges, n, linkage, tree, error);
cleanup:
    irm_free(self.distances);
    irm_free(self.weights);
    irm_free(self.gone);
    irm_free(self.chain);
    irm_free(self.merges);
    return status;
}

irm_status irm_tree_from_distances(const double *distances, size_t n,
                                   const double *weights, irm_linkage linkage,
                                   irm_tree *tree, irm_error *error) {
    if (n == 0 || n > INT32_MAX) {
        return irm_fail(error, IRM_STATUS_REFUSED, "distances between %zu individuals",
                        n);
    }
    IRM_TRY(individuals_check_weights(n, weights, error));
    size_t count = n * (n - 1) / 2;
    double *copy = irm_calloc(count, sizeof *copy);
    if (copy == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t d = 0; d < count; d++) {
        if (!(distances[d] >= 0 && distances[d] <= 1e150)) {
            irm_free(copy);
            return irm_fail(error, IRM_STATUS_REFUSED,
                            "distance %zu is %g: distances are numbers that are not "
                            "negative",
                            d + 1, distances[d]);
        }
        copy[d] = distances[d];
    }
    return link_distances(copy, n, weights, linkage, tree, error);
}

typedef struct measuring {
    const irm_matrix *x;
    double *distances;
} measuring;

static irm_status measure_range(void *context, size_t first, size_t last, size_t worker,
                                irm_error *error) {
    const measuring *self = context;
    size_t n = self->x->rows;
    (void)worker;
    (void)error;
    for (size_t i = first; i < last; i++) {
        for (size_t j = i + 1; j < n; j++) {
            self->distances[place_of(n, i, j)] =
                sqrt(partition_squares(irm_matrix_row(self->x, i),
                                       irm_matrix_row(self->x, j), self->x->columns));
        }
    }
    return IRM_OK;
}

static irm_status link_measured(const irm_matrix *x, const double *weights,
                                irm_linkage linkage, size_t memory, size_t threads,
                                irm_tree *tree, irm_error *error) {
    size_t n = x->rows, most = memory > 0 ? memory : MEMORY_BY_DEFAULT;
    if (n > 1 && n - 1 > most / sizeof(double) * 2 / n) {
        return irm_fail(
            error, IRM_STATUS_REFUSED,
            "%s linkage keeps the distances of %zu individuals two by two, %.1f "
            "gigabytes: more than the %.1f allowed; Ward's criterion needs none",
            irm_linkage_name(linkage), n, (double)n * (double)(n - 1) * 4 / 1e9,
            (double)most / 1e9);
    }
    double *distances = irm_calloc(n * (n - 1) / 2, sizeof *distances);
    if (distances == NULL) {
        return irm_fail_memory(error);
    }
    measuring work = {x, distances};
    irm_status status =
        irm_parallel_for(n, 16, threads, measure_range, &work, error);
    if (status != IRM_OK) {
        irm_free(distances);
        return status;
    }
    return link_distances(distances, n, weights, linkage, tree, error);
}

static int compare_merges(const void *first, const void *second) {
    const merging *x = first, *y = second;
    if (x->height != y->height) {
        return x->height < y->height ? -1 : 1;
    }
    if (x->a != y->a) {
        return x->a < y->a ? -1 : 1;
    }
    return (x->b > y->b) - (x->b < y->b);
}

/* Edges of the spanning tree into `edges` (n - 1): from individual 0, the nearest next.
 */
static void span(const irm_matrix *x, merging *edges, double *least, uint32_t *from) {
    size_t n = x->rows;
    uint32_t next = 0;
    for (size_t i = 0; i < n; i++) {
        least[i] = INFINITY;
    }
    least[0] = -1; /* already in the tree */
    for (size_t e = 0; e + 1 < n; e++) {
        uint32_t last = next;
        double nearest = INFINITY;
        for (uint32_t i = 1; i < n; i++) {
            if (least[i] < 0) {
                continue;
            }
            double squares = partition_squares(irm_matrix_row(x, i),
                                               irm_matrix_row(x, last), x->columns);
            if (squares < least[i]) {
                least[i] = squares;
                from[i] = last;
            }
            if (least[i] < nearest) {
                nearest = least[i];
                next = i;
            }
        }
        uint32_t other = from[next];
        edges[e] = (merging){next < other ? next : other, next < other ? other : next,
                             sqrt(nearest)};
        least[next] = -1;
    }
}

static uint32_t first_of(uint32_t *up, uint32_t cluster) {
    while (up[cluster] != cluster) {
        up[cluster] = up[up[cluster]];
        cluster = up[cluster];
    }
    return cluster;
}

static irm_status link_singly(const irm_matrix *x, irm_tree *tree, irm_error *error) {
    size_t n = x->rows;
    merging *edges = irm_calloc(n, sizeof *edges);
    double *least = irm_calloc(n, sizeof *least);
    uint32_t *up = irm_calloc(n, sizeof *up);
    irm_status status;
    if (edges == NULL || least == NULL || up == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    span(x, edges, least, up);
    qsort(edges, n - 1, sizeof *edges, compare_merges);
    for (uint32_t i = 0; i < n; i++) {
        up[i] = i;
    }
    for (size_t e = 0; e + 1 < n; e++) {
        uint32_t a = first_of(up, edges[e].a), b = first_of(up, edges[e].b);
        edges[e].a = a < b ? a : b;
        edges[e].b = a < b ? b : a;
        up[edges[e].b] = edges[e].a;
    }
    status = merging_finish(edges, n, IRM_LINKAGE_SINGLE, tree, error);
cleanup:
    irm_free(edges);
    irm_free(least);
    irm_free(up);
    return status;
}

irm_status irm_tree_link(const irm_matrix *x, const double *weights, irm_linkage linkage,
                         size_t memory, size_t threads, irm_tree *tree,
                         irm_error *error) {
    IRM_TRY(individuals_check(x, weights, error));
    switch (linkage) {
        case IRM_LINKAGE_WARD:
            return irm_tree_ward(x, weights, threads, tree, error);
        case IRM_LINKAGE_SINGLE:
            return link_singly(x, tree, error);
        case IRM_LINKAGE_COMPLETE:
        case IRM_LINKAGE_AVERAGE:
            break;
    }
    return link_measured(x, weights, linkage, memory, threads, tree, error);
}
