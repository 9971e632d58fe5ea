/* Clusters by place: boxes of boxes of centres, in which the nearest one in Ward's sense
 * is found without looking at those that are certainly farther.
 *
 * Sixteen centres near each other make a leaf, sixteen leaves a group, sixteen groups a
 * block. Ward's distance 2·wa·wb/(wa + wb)·d² is d²/(ra + rb), where r = 1/(2w): a box
 * and the largest r of what it holds bound it from below. The sixteen are looked at
 * together, as single-precision numbers, with a margin for their rounding: that only
 * chooses whom to compare. Distances that decide are in double precision, in one order of
 * operations: the same tree whatever the instructions of the processor. */
#ifndef IRMINON_MULTIVARIATE_WARD_INDEX_H
#define IRMINON_MULTIVARIATE_WARD_INDEX_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"

enum { WARD_LANES = 16 };
#define WARD_NONE UINT32_MAX

/* Clusters go by their first individual. */
typedef struct ward_clusters {
    size_t n, p;
    double *centers; /* n × p */
    double *weights; /* n */
} ward_clusters;

static inline double *ward_center(const ward_clusters *clusters, uint32_t cluster) {
    return clusters->centers + cluster * clusters->p;
}

/* A neighbour and Ward's distance to it: height² of R's ward.D2. Of two at one distance,
 * the nearer is the one of smaller number. */
typedef struct ward_neighbor {
    double distance;
    uint32_t cluster;
} ward_neighbor;
#define WARD_NOBODY ((ward_neighbor){INFINITY, WARD_NONE})

static inline bool ward_nearer(ward_neighbor a, ward_neighbor b) {
    return a.distance < b.distance || (a.distance == b.distance && a.cluster < b.cluster);
}

/* Sixteen boxes or centres side by side, in scaled coordinates: p rows of `lower`, p of
 * `upper` (centres: none), then a row of r. */
typedef struct ward_shelf {
    size_t stride; /* floats from one to the next */
    float *data;
    void *base; /* what `data` was allocated in, before alignment */
} ward_shelf;

typedef struct ward_index {
    size_t p;
    size_t count; /* of clusters that it was built on */
    size_t n_leaves, n_groups, n_blocks;
    double origin, scale; /* scaled coordinates: (x - origin)·scale, within -1 … 1 */
    float widen, margin;  /* of a squared distance in floats: factor, and sum */
    ward_shelf leaves;    /* of centres */
    ward_shelf groups;    /* of boxes of leaves */
    ward_shelf blocks;    /* of boxes of groups */
    uint32_t *clusters;   /* leaves × LANES, WARD_NONE where there is none */
    uint32_t *place;      /* of each cluster, leaf × LANES + lane */
    void *scratch;
} ward_index;

/* What a shelf keeps of a coordinate, and of a weight: over 1e20, where squares of floats
 * are not to be trusted, r counts as infinite and excludes nobody. */
static inline float ward_scaled(const ward_index *index, double coordinate) {
    return (float)((coordinate - index->origin) * index->scale);
}
static inline float ward_reciprocal(double weight) {
    double r = 0.5 / weight;
    return r <= 1e20 ? (float)r : INFINITY;
}

/* Room for `capacity` of the clusters, none of which will leave the box of all. */
irm_status ward_index_init(ward_index *index, const ward_clusters *clusters,
                           size_t capacity, irm_error *error);
void ward_index_clear(ward_index *index);
/* Begins again with `count` of the clusters. */
void ward_index_build(ward_index *index, const ward_clusters *clusters,
                      const uint32_t *members, size_t count);
/* `kept` has absorbed `gone`: takes its new centre and weight. Bounds stay true. */
void ward_index_merge(ward_index *index, const ward_clusters *clusters, uint32_t kept,
                      uint32_t gone);

/* Searches of one thread: p floats of its own. */
typedef struct ward_search {
    const ward_index *index;
    const ward_clusters *clusters;
    float *center;
} ward_search;

/* The nearest of the others to `cluster`, no farther than `start` (a neighbour already
 * known, or WARD_NOBODY). */
typedef ward_neighbor ward_kernel(const ward_search *search, uint32_t cluster,
                                  ward_neighbor start);
/* One that takes that many floats at a time (1, 4, 8, 16; 0: the most that the processor
 * can), or NULL if it cannot. All find the same. */
ward_kernel *ward_search_kernel(size_t floats);

/* Ward's distance between two clusters: the same both ways. */
double ward_distance(const ward_clusters *clusters, uint32_t a, uint32_t b);

#endif
