#include "multivariate/ward_index.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"

typedef struct keyed {
    double key;
    uint32_t cluster;
} keyed;

size_t ward_stride(size_t p) { return (p + 3) / 4 * 4; }

irm_status ward_index_init(ward_index *index, size_t n, size_t capacity, size_t p,
                           irm_error *error) {
    size_t leaves = capacity / WARD_LANES + 1, nodes = 2 * leaves;
    size_t lanes = leaves * WARD_LANES;
    *index = (ward_index){.p = p, .padded = ward_stride(p)};
    index->centers = irm_calloc(lanes, p * sizeof *index->centers);
    index->reciprocal = irm_calloc(lanes, sizeof *index->reciprocal);
    index->clusters = irm_calloc(lanes, sizeof *index->clusters);
    index->boxes = irm_calloc(nodes, 2 * index->padded * sizeof *index->boxes);
    index->least = irm_calloc(nodes, sizeof *index->least);
    index->leaves = irm_calloc(nodes, sizeof *index->leaves);
    index->place = irm_calloc(n, sizeof *index->place);
    index->scratch = irm_calloc(capacity, sizeof(keyed));
    if (index->centers == NULL || index->reciprocal == NULL || index->clusters == NULL ||
        index->boxes == NULL || index->least == NULL || index->leaves == NULL ||
        index->place == NULL || index->scratch == NULL) {
        ward_index_clear(index);
        return irm_fail_memory(error);
    }
    return IRM_OK;
}

void ward_index_clear(ward_index *index) {
    irm_free(index->centers);
    irm_free(index->reciprocal);
    irm_free(index->clusters);
    irm_free(index->boxes);
    irm_free(index->least);
    irm_free(index->leaves);
    irm_free(index->place);
    irm_free(index->scratch);
    *index = (ward_index){0};
}

static double *lower_of(const ward_index *index, size_t node) {
    return index->boxes + node * 2 * index->padded;
}

static void widen(const ward_index *index, size_t node, const double *center) {
    double *lower = lower_of(index, node), *upper = lower + index->padded;
    for (size_t j = 0; j < index->p; j++) {
        lower[j] = center[j] < lower[j] ? center[j] : lower[j];
        upper[j] = center[j] > upper[j] ? center[j] : upper[j];
    }
}

/* The box and least weight of items[0 … count - 1]. */
static void bound(ward_index *index, size_t node, const ward_clusters *clusters,
                  const keyed *items, size_t count) {
    double *lower = lower_of(index, node), *upper = lower + index->padded;
    const double *first = ward_center(clusters, items[0].cluster);
    memcpy(lower, first, index->p * sizeof *lower);
    memcpy(upper, first, index->p * sizeof *upper);
    index->least[node] = INFINITY;
    for (size_t i = 0; i < count; i++) {
        widen(index, node, ward_center(clusters, items[i].cluster));
        double weight = clusters->weights[items[i].cluster];
        index->least[node] = weight < index->least[node] ? weight : index->least[node];
    }
}

static size_t widest(const ward_index *index, size_t node) {
    const double *lower = lower_of(index, node), *upper = lower + index->padded;
    size_t best = 0;
    for (size_t j = 1; j < index->p; j++) {
        if (upper[j] - lower[j] > upper[best] - lower[best]) {
            best = j;
        }
    }
    return best;
}

static double middle(double a, double b, double c) {
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* Puts the `rank` least keys first (Hoare's selection). */
static void select_least(keyed *items, size_t count, size_t rank) {
    size_t first = 0, last = count - 1;
    while (first < last) {
        double pivot = middle(items[first].key, items[first + (last - first) / 2].key,
                              items[last].key);
        size_t i = first, j = last;
        for (;;) {
            while (items[i].key < pivot) {
                i++;
            }
            while (items[j].key > pivot) {
                j--;
            }
            if (i >= j) {
                break;
            }
            keyed swapped = items[i];
            items[i++] = items[j];
            items[j--] = swapped;
        }
        /* Keys up to j are at most the pivot, those after it at least. */
        if (rank <= j) {
            last = j;
        } else {
            first = j + 1;
        }
    }
}

static void fill_leaf(ward_index *index, size_t leaf, const ward_clusters *clusters,
                      const keyed *items, size_t count) {
    double *centers = index->centers + leaf * index->p * WARD_LANES;
    for (size_t lane = 0; lane < WARD_LANES; lane++) {
        size_t at = leaf * WARD_LANES + lane;
        index->clusters[at] = lane < count ? items[lane].cluster : WARD_NONE;
        index->reciprocal[at] = 0;
        if (lane < count) {
            index->place[items[lane].cluster] = (uint32_t)at;
            index->reciprocal[at] = 0.5 / clusters->weights[items[lane].cluster];
        }
        for (size_t j = 0; j < index->p; j++) {
            centers[j * WARD_LANES + lane] =
                lane < count ? ward_center(clusters, items[lane].cluster)[j] : INFINITY;
        }
    }
}

/* A node over items[0 … count - 1], which take the leaves from `leaf` on. Depth is the
 * logarithm of their number. */
static void build_node(ward_index *index, size_t node, size_t leaf, size_t leaves,
                       const ward_clusters *clusters, keyed *items, size_t count) {
    bound(index, node, clusters, items, count);
    index->leaves[node] = (uint32_t)leaves;
    if (leaves == 1) {
        fill_leaf(index, leaf, clusters, items, count);
        return;
    }
    size_t axis = widest(index, node);
    for (size_t i = 0; i < count; i++) {
        items[i].key = ward_center(clusters, items[i].cluster)[axis];
    }
    size_t on_left = leaves / 2, below = on_left * WARD_LANES;
    select_least(items, count, below);
    build_node(index, node + 1, leaf, on_left, clusters, items, below);
    build_node(index, node + 2 * on_left, leaf + on_left, leaves - on_left, clusters,
               items + below, count - below);
}

void ward_index_build(ward_index *index, const ward_clusters *clusters,
                      const uint32_t *members, size_t count) {
    keyed *items = index->scratch;
    for (size_t i = 0; i < count; i++) {
        items[i].cluster = members[i];
    }
    index->count = count;
    index->n_leaves = (count + WARD_LANES - 1) / WARD_LANES;
    build_node(index, 0, 0, index->n_leaves, clusters, items, count);
}

static void empty_lane(ward_index *index, size_t place) {
    size_t leaf = place / WARD_LANES, lane = place % WARD_LANES;
    index->clusters[place] = WARD_NONE;
    for (size_t j = 0; j < index->p; j++) {
        index->centers[(leaf * index->p + j) * WARD_LANES + lane] = INFINITY;
    }
}

void ward_index_merge(ward_index *index, const ward_clusters *clusters, uint32_t kept,
                      uint32_t gone) {
    empty_lane(index, index->place[gone]);
    size_t place = index->place[kept], leaf = place / WARD_LANES;
    const double *center = ward_center(clusters, kept);
    index->reciprocal[place] = 0.5 / clusters->weights[kept];
    for (size_t j = 0; j < index->p; j++) {
        index->centers[(leaf * index->p + j) * WARD_LANES + place % WARD_LANES] =
            center[j];
    }
    size_t node = 0, first = 0;
    for (;;) {
        widen(index, node, center);
        size_t leaves = index->leaves[node];
        if (leaves == 1) {
            return;
        }
        bool right = leaf >= first + leaves / 2;
        first += right ? leaves / 2 : 0;
        node += right ? 2 * (leaves / 2) : 1;
    }
}
