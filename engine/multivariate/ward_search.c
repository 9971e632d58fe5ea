/* The search of a ward_index, compiled for the instructions of common processors. */
#include <math.h>

#include "multivariate/ward_index.h"

/* Of bounds: more than rounding can take from a distance. */
#define SLACK (1 + 1e-12)

enum { DEEPEST = 64, STRIDE = 4 };

#if defined(__GNUC__)
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE static inline
#endif

typedef struct search {
    const ward_index *index;
    const ward_clusters *clusters;
    const double *center; /* of the cluster that looks for a neighbour */
    double weight;
    uint32_t self;
    ward_neighbor best;
} search;

typedef struct visit {
    uint32_t node, leaf;
    double bound;
} visit;

static double ward_of(double squares, double a, double b) {
    return 2 * (a * b) / (a + b) * squares;
}

double ward_distance(const ward_clusters *clusters, uint32_t a, uint32_t b) {
    const double *x = ward_center(clusters, a);
    const double *y = ward_center(clusters, b);
    double squares = 0;
    for (size_t j = 0; j < clusters->p; j++) {
        squares += (x[j] - y[j]) * (x[j] - y[j]);
    }
    return ward_of(squares, clusters->weights[a], clusters->weights[b]);
}

/* At most Ward's distance to any cluster under a node. */
ALWAYS_INLINE double node_bound(const search *self, uint32_t node) {
    const ward_index *index = self->index;
    const double *lower = index->boxes + node * 2 * index->padded;
    const double *upper = lower + index->padded;
    double squares[STRIDE] = {0};
    for (size_t j = 0; j < index->padded; j += STRIDE) {
        for (size_t l = 0; l < STRIDE; l++) {
            double below = lower[j + l] - self->center[j + l];
            double above = self->center[j + l] - upper[j + l];
            double gap = below > above ? below : above;
            gap = gap > 0 ? gap : 0;
            squares[l] += gap * gap;
        }
    }
    double all = (squares[0] + squares[1]) + (squares[2] + squares[3]);
    return ward_of(all, self->weight, index->least[node]);
}

/* Compares a candidate, by the very operations of ward_distance. */
static void consider(search *self, uint32_t cluster, double squares) {
    if (cluster == WARD_NONE || cluster == self->self) {
        return;
    }
    ward_neighbor found = {
        ward_of(squares, self->clusters->weights[cluster], self->weight), cluster};
    if (ward_nearer(found, self->best)) {
        self->best = found;
    }
}

/* Squared distances to a leaf's clusters; no more of them once all are too far. */
ALWAYS_INLINE void search_leaf(search *self, uint32_t leaf) {
    const ward_index *index = self->index;
    const double *restrict centers = index->centers + leaf * index->p * WARD_LANES;
    const double *restrict reciprocal = index->reciprocal + leaf * WARD_LANES;
    double limit[WARD_LANES], squares[WARD_LANES] = {0};
    double own = 0.5 / self->weight, farthest = self->best.distance * SLACK;
    for (size_t i = 0; i < WARD_LANES; i++) {
        limit[i] = farthest * (own + reciprocal[i]);
    }
    for (size_t j = 0; j < index->p;) {
        size_t stop = j + STRIDE < index->p ? j + STRIDE : index->p;
        for (; j < stop; j++) {
            double own_coordinate = self->center[j];
            for (size_t i = 0; i < WARD_LANES; i++) {
                double difference = centers[j * WARD_LANES + i] - own_coordinate;
                squares[i] += difference * difference;
            }
        }
        int near = 0;
        for (size_t i = 0; i < WARD_LANES; i++) {
            near |= squares[i] <= limit[i];
        }
        if (near == 0) {
            return;
        }
    }
    for (size_t i = 0; i < WARD_LANES; i++) {
        if (squares[i] <= limit[i]) {
            consider(self, index->clusters[leaf * WARD_LANES + i], squares[i]);
        }
    }
}

/* Depth first, the nearer half first. */
ALWAYS_INLINE void search_tree(search *self) {
    const ward_index *index = self->index;
    visit stack[DEEPEST];
    size_t depth = 0;
    stack[depth++] = (visit){0, 0, 0};
    while (depth > 0) {
        visit at = stack[--depth];
        if (at.bound > self->best.distance * SLACK) {
            continue;
        }
        uint32_t leaves = index->leaves[at.node];
        if (leaves == 1) {
            search_leaf(self, at.leaf);
            continue;
        }
        visit left = {at.node + 1, at.leaf, 0};
        visit right = {at.node + 2 * (leaves / 2), at.leaf + leaves / 2, 0};
        left.bound = node_bound(self, left.node);
        right.bound = node_bound(self, right.node);
        bool left_first = left.bound <= right.bound;
        stack[depth++] = left_first ? right : left;
        stack[depth++] = left_first ? left : right;
    }
}

static void search_plainly(search *self) { search_tree(self); }

#if defined(__GNUC__) && defined(__x86_64__)
__attribute__((target("avx2"))) static void search_by_fours(search *self) {
    search_tree(self);
}
#define BY_FOURS (__builtin_cpu_supports("avx2") != 0)
#else
#define search_by_fours search_plainly
#define BY_FOURS false
#endif

ward_neighbor ward_index_nearest(const ward_index *index, const ward_clusters *clusters,
                                 uint32_t cluster, ward_neighbor start) {
    search self = {.index = index,
                   .clusters = clusters,
                   .center = ward_center(clusters, cluster),
                   .weight = clusters->weights[cluster],
                   .self = cluster,
                   .best = start};
    if (BY_FOURS) {
        search_by_fours(&self);
    } else {
        search_plainly(&self);
    }
    return self.best;
}
