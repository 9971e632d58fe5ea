/* Clusters by place: a k-d tree over their centres, in which the nearest one in Ward's
 * sense is found without looking at those that are certainly farther.
 *
 * Leaves hold 32 clusters, coordinate by coordinate, so that a processor compares several
 * at once. A node knows the box of its centres and the least of its weights: Ward's
 * distance 2·wa·wb/(wa + wb)·d² grows with wb and with d, so that the box and that weight
 * bound it from below. Distances are computed in one order, without fused operations: the
 * same doubles whatever the instructions. */
#ifndef IRMINON_MULTIVARIATE_WARD_INDEX_H
#define IRMINON_MULTIVARIATE_WARD_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"

enum { WARD_LANES = 32 };
#define WARD_NONE UINT32_MAX

/* Clusters go by their first individual. */
typedef struct ward_clusters {
    size_t n, p, stride; /* `stride`: p up to a multiple of 4, with zeros */
    double *centers;     /* n × stride */
    double *weights;     /* n */
} ward_clusters;
size_t ward_stride(size_t p);
static inline double *ward_center(const ward_clusters *clusters, uint32_t cluster) {
    return clusters->centers + cluster * clusters->stride;
}

/* A neighbour and Ward's distance to it: height² of R's ward.D2. Of two at one distance,
 * the nearer is the one of smaller number. */
typedef struct ward_neighbor {
    double distance;
    uint32_t cluster;
} ward_neighbor;

typedef struct ward_index {
    size_t p, padded;
    size_t count; /* of clusters that it was built on */
    size_t n_leaves;
    double *centers;    /* leaves × p × LANES */
    double *reciprocal; /* 1/(2 w), leaves × LANES */
    uint32_t *clusters; /* leaves × LANES, WARD_NONE where there is none */
    double *boxes;      /* nodes in preorder × (lower, upper) × padded */
    double *least;      /* least weight of each node */
    uint32_t *leaves;   /* leaves under each node */
    uint32_t *place;    /* of each cluster, leaf × LANES + lane */
    void *scratch;
} ward_index;

/* Room for `capacity` clusters out of n, of p coordinates. */
irm_status ward_index_init(ward_index *index, size_t n, size_t capacity, size_t p,
                           irm_error *error);
void ward_index_clear(ward_index *index);
/* Begins again with `count` of the clusters. */
void ward_index_build(ward_index *index, const ward_clusters *clusters,
                      const uint32_t *members, size_t count);
/* `kept` has absorbed `gone`: takes its new centre and weight. Bounds stay true. */
void ward_index_merge(ward_index *index, const ward_clusters *clusters, uint32_t kept,
                      uint32_t gone);

/* The nearest of the others to `cluster`, no farther than `start` (a neighbour already
 * known, or INFINITY and WARD_NONE). */
ward_neighbor ward_index_nearest(const ward_index *index, const ward_clusters *clusters,
                                 uint32_t cluster, ward_neighbor start);

/* Ward's distance between two clusters: the same both ways. */
double ward_distance(const ward_clusters *clusters, uint32_t a, uint32_t b);

static inline bool ward_nearer(ward_neighbor a, ward_neighbor b) {
    return a.distance < b.distance || (a.distance == b.distance && a.cluster < b.cluster);
}

#endif
