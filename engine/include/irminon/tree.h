/* Hierarchical clustering: who merges with whom, at what height.
 *
 * Ward's criterion goes through nearest-neighbour chains on centroids (Murtagh 1983;
 * Müllner 2013): memory in O(n·p), never a matrix of distances. Ties are broken by the
 * smaller index, of the cluster's first individual; each merge attains the minimum. The
 * tree does not depend on the number of threads. */
#ifndef IRMINON_TREE_H
#define IRMINON_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/matrix.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum irm_linkage {
    IRM_LINKAGE_WARD = 0, /* heights as R's hclust(ward.D2) */
    IRM_LINKAGE_SINGLE,
    IRM_LINKAGE_COMPLETE,
    IRM_LINKAGE_AVERAGE
} irm_linkage;
/* "ward", "single", "complete", "average"; and back: false where no linkage has the name.
 */
IRM_API const char *irm_linkage_name(irm_linkage linkage);
IRM_API bool irm_linkage_parse(const char *name, irm_linkage *linkage);

/* As in R's hclust: a negative number is an individual (-1 is the first), a positive one
 * an earlier step (1 is the first); left is the one with the smaller first individual
 * when both are of the same sign, else the negative one. */
typedef struct irm_merge {
    int32_t left, right;
    double height;
    double gain; /* Ward: inertia lost by merging, on weights of sum 1: height²/(2n) when
                    all weigh the same; NaN for the other linkages */
    uint32_t size; /* individuals in the new cluster */
} irm_merge;

typedef struct irm_tree {
    size_t n;          /* individuals */
    irm_merge *merges; /* n - 1, by increasing height */
    irm_linkage linkage;
} irm_tree;
IRM_API void irm_tree_clear(irm_tree *tree);

/* Ward's tree of the rows of x (n × p, finite), with weights (NULL: equal; individuals of
 * no weight are REFUSED). Heights are sqrt(2 · wa·wb/(wa + wb) · d²), weights normalised
 * to a sum of n: R's ward.D2 where all are equal. n ≥ 1: one individual makes no merge.
 */
IRM_API irm_status irm_tree_ward(const irm_matrix *x, const double *weights,
                                 size_t threads, irm_tree *tree, irm_error *error);
/* Any linkage, Euclidean distances between the rows, in O(n²) time; distances are not
 * stored for SINGLE, and are n(n-1)/2 doubles for COMPLETE and AVERAGE: REFUSED
 * over `memory` bytes (0: 2 GiB). */
IRM_API irm_status irm_tree_link(const irm_matrix *x, const double *weights,
                                 irm_linkage linkage, size_t memory, size_t threads,
                                 irm_tree *tree, irm_error *error);
/* From condensed distances (n(n-1)/2, the order of R's dist), any linkage. */
IRM_API irm_status irm_tree_from_distances(const double *distances, size_t n,
                                           const double *weights, irm_linkage linkage,
                                           irm_tree *tree, irm_error *error);

/* Cuts into k classes (1 ≤ k ≤ n; else USAGE): classes[i] in 0 … k - 1, numbered by their
 * first individual. */
IRM_API irm_status irm_tree_cut(const irm_tree *tree, size_t k, int32_t *classes,
                                irm_error *error);

/* FactoMineR's proposal (HCPC, nb.clust = -1): the k from `least` to `most` (3 and 10; at
 * most n/2, rounded to even) with the least W(k)/W(k-1), W the within-class inertia, the
 * smaller of two; `least` where that leaves none, or n. Ward trees only, else USAGE. */
IRM_API irm_status irm_tree_propose(const irm_tree *tree, size_t least, size_t most,
                                    size_t *k, irm_error *error);
/* Order of the individuals along a dendrogram without crossings: n indices. */
IRM_API irm_status irm_tree_order(const irm_tree *tree, uint32_t *order,
                                  irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
