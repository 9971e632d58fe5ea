/* Space: who neighbours whom, and what statistics make of it, with the definitions of
 * spdep.
 *
 * Units are numbered 0 … n - 1, and from 1 in messages; the engine has never heard of what
 * they are. What is computed does not depend on the number of threads (0: one a
 * processor). On failure outputs are left empty. */
#ifndef IRMINON_SPATIAL_H
#define IRMINON_SPATIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/geometry.h"
#include "irminon/matrix.h"
#include "irminon/status.h"
#include "irminon/tree.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Neighbours by row, sorted; `weights` as made (1 for contiguity). Owned. */
typedef struct irm_neighbours {
    size_t n;
    size_t *start;   /* n + 1 */
    uint32_t *index; /* start[n] */
    double *weights; /* start[n] */
} irm_neighbours;
IRM_API void irm_neighbours_clear(irm_neighbours *neighbours);

typedef enum irm_contiguity {
    IRM_CONTIGUITY_QUEEN = 0,
    IRM_CONTIGUITY_ROOK
} irm_contiguity;

/* Contiguity of polygons (islands, exclaves and holes as they are): queen, a shared
 * point; rook, a shared boundary of positive length. What is within `snap` (units of the
 * coordinates; 0: equal only) is taken as touching; a vertex on the other's edge counts.
 * With shared vertices, what spdep's poly2nb(snap=) finds; it compares vertices only, and
 * calls rook any two shared vertices. A border made of edges shorter than `snap` is not
 * seen as a length. Shapes without rings have no neighbours. About linear in points.
 * DATA where coordinates are not finite. */
IRM_API irm_status irm_neighbours_contiguous(const irm_shapes *shapes,
                                             irm_contiguity kind, double snap,
                                             size_t threads, irm_neighbours *neighbours,
                                             irm_error *error);
/* What a unit is made of beside its largest part: detached parts that border other units
 * (exclaves, enclaves of others) and detached parts that border none (islets). */
typedef struct irm_parts {
    uint32_t parts, exclaves, islets;
} irm_parts;
/* One irm_parts a shape; touching as in irm_neighbours_contiguous. Islands, units without
 * neighbours, are the empty rows of irm_neighbours. */
IRM_API irm_status irm_parts_count(const irm_shapes *shapes, double snap, size_t threads,
                                   irm_parts *units, irm_error *error);
/* The k nearest points (x, y), ties to the smaller number; weights are 1. */
IRM_API irm_status irm_neighbours_nearest(const double *x, const double *y, size_t n,
                                          size_t k, irm_neighbours *neighbours,
                                          irm_error *error);
/* All points at no more than `distance`. */
IRM_API irm_status irm_neighbours_within(const double *x, const double *y, size_t n,
                                         double distance, irm_neighbours *neighbours,
                                         irm_error *error);
/* From pairs (both directions are made), such as a file of neighbours. */
IRM_API irm_status irm_neighbours_pairs(const uint32_t *a, const uint32_t *b,
                                        size_t count, size_t n,
                                        irm_neighbours *neighbours, irm_error *error);
/* Joins what has no neighbour, and each component, to the nearest by distance (x, y), so
 * that the graph is connected; *added pairs. What ClustGeo and SKATER users must do by
 * hand. */
IRM_API irm_status irm_neighbours_connect(irm_neighbours *neighbours, const double *x,
                                          const double *y, size_t *added,
                                          irm_error *error);
/* Connected components: of each unit (n), and how many. */
IRM_API irm_status irm_neighbours_components(const irm_neighbours *neighbours,
                                             int32_t *of, size_t *count,
                                             irm_error *error);
/* Rows of sum 1 (spdep's style "W"); a unit without neighbours keeps none. */
IRM_API void irm_neighbours_standardise(irm_neighbours *neighbours);

/* Moran's I with its moments under randomisation, as spdep's moran.test (units without
 * neighbours are left out of n, zero.policy = TRUE). pseudo_p is that of permutations of
 * the values among all units: (1 + as far out) / (1 + permutations). DATA where a value is
 * not finite, all are equal, nobody has a neighbour, or fewer than 4 have. */
typedef struct irm_autocorrelation {
    double statistic, expectation, variance, z, p_value; /* one-sided, greater */
    double pseudo_p;                                     /* permutations; NaN without */
} irm_autocorrelation;
IRM_API irm_status irm_moran(const double *x, const irm_neighbours *weights,
                             size_t permutations, uint64_t seed, size_t threads,
                             irm_autocorrelation *moran, irm_error *error);
/* Geary's C, as spdep's geary.test (z and p for C under its expectation of 1; like values
 * nearby make C small and z large). Where units have no neighbours, n is that of the others
 * throughout, in the variance too. */
IRM_API irm_status irm_geary(const double *x, const irm_neighbours *weights,
                             size_t permutations, uint64_t seed, size_t threads,
                             irm_autocorrelation *geary, irm_error *error);

/* Quadrants of a Moran scatter plot. */
typedef enum irm_quadrant {
    IRM_QUADRANT_NONE = 0,
    IRM_QUADRANT_HIGH_HIGH,
    IRM_QUADRANT_LOW_LOW,
    IRM_QUADRANT_HIGH_LOW,
    IRM_QUADRANT_LOW_HIGH
} irm_quadrant;

/* One unit of a local statistic. z and p (two-sided) by the conditional moments of Sokal,
 * Oden and Thomson 1998 (spdep's localmoran), pseudo_p by conditional permutations: draws
 * without replacement among the other units, a stream of its own for each, the smaller tail
 * counted with the observed value ("folded", from 1/(permutations + 1) to about 1/2; ties
 * are in both tails). adjusted_p is that of Benjamini and Hochberg's false discovery rate
 * over the units that have neighbours, from pseudo_p, or from p_value without permutations.
 * What cannot be had is NaN: all p of a unit without neighbours. */
typedef struct irm_local {
    double statistic, expectation, variance, z, p_value, pseudo_p, adjusted_p;
    irm_quadrant quadrant;
} irm_local;
/* Local Moran (Anselin 1995): n results; 0 for a unit without neighbours. The quadrant is
 * that of the deviation of the unit and of its neighbours, whatever p is. DATA where a value
 * is not finite, all are equal or nobody has a neighbour. */
IRM_API irm_status irm_local_moran(const double *x, const irm_neighbours *weights,
                                   size_t permutations, uint64_t seed, size_t threads,
                                   irm_local *local, irm_error *error);
/* Getis–Ord G* (star: the unit counts among its neighbours, with the mean weight of its row
 * where the row does not hold it) or G, standardised, as spdep's localG: the statistic is
 * its z, quadrant HIGH_HIGH where it is positive, LOW_LOW where not. */
IRM_API irm_status irm_local_g(const double *x, const irm_neighbours *weights, bool star,
                               size_t permutations, uint64_t seed, size_t threads,
                               irm_local *local, irm_error *error);

/* --- clustering that minds space; trees and classes as elsewhere --- */

/* Ward with a mixing parameter (Chavent, Kuentz-Simonet, Labenne, Saracco 2018): the tree
 * of ClustGeo's hclustgeo(D0, D1, alpha, scale, wt), where d0 (data) and d1 (space) are
 * the squares of D0 and D1, condensed: n(n-1)/2 numbers in the order of R's dist. alpha is
 * from 0 (data only) to 1 (space only); with `scale` both are divided by their largest.
 * Weights (NULL: equal) are taken to a sum of 1: the gains of the merges are ClustGeo's
 * heights then. In O(n²) time, and one more matrix of that size. DATA where a
 * dissimilarity is negative or not finite, or a weight is not over 0. */
IRM_API irm_status irm_clustgeo(const double *d0, const double *d1, size_t n,
                                double alpha, bool scale, const double *weights,
                                irm_tree *tree, irm_error *error);
/* The choice of alpha: share of pseudo-inertia explained in each of d0 and d1 (squares)
 * by the cut in k for each alpha (q0, q1: count numbers), NaN where there is none. */
IRM_API irm_status irm_clustgeo_choice(const double *d0, const double *d1, size_t n,
                                       const double *alphas, size_t count, size_t k,
                                       const double *weights, double *q0, double *q1,
                                       irm_error *error);
/* Ward where only neighbours merge, each time the two that lose the least inertia; links
 * go both ways. Separate parts merge last, by Ward without a constraint. Heights may go
 * down (reversals), and merges are kept in the order they were made, which is how
 * irm_tree_cut takes them: every class of a cut into no fewer classes than there are
 * parts is contiguous. Heights and gains as in irm_tree_ward. */
IRM_API irm_status irm_tree_contiguous(const irm_matrix *x, const double *weights,
                                       const irm_neighbours *neighbours, irm_tree *tree,
                                       irm_error *error);
/* SKATER (Assunção, Neves, Câmara, Costa Freitas 2006): minimum spanning tree of the
 * graph by Euclidean dissimilarity, pruned k - 1 times where it takes most from the
 * dispersion within; classes with at least `floor` of `population` (NULL: units) each,
 * numbered by their first unit. Needs one component (DATA); USAGE where the floor does not
 * leave k classes. In O(n·p) a cut. */
IRM_API irm_status irm_skater(const irm_matrix *x, const irm_neighbours *neighbours,
                              size_t k, const double *population, double floor,
                              int32_t *classes, irm_error *error);
/* Dispersion within a class: the sum of squared distances to its mean, as in the paper,
 * GeoDa and PySAL; or the sum of distances, the default of spdep's skater, in O(n²·p) a
 * cut. */
typedef enum irm_dispersion {
    IRM_DISPERSION_SQUARES = 0,
    IRM_DISPERSION_DISTANCES
} irm_dispersion;
/* The same, with a choice of dispersion (irm_skater: SQUARES). */
IRM_API irm_status irm_skater_by(const irm_matrix *x, const irm_neighbours *neighbours,
                                 size_t k, const double *population, double floor,
                                 irm_dispersion dispersion, size_t threads,
                                 int32_t *classes, irm_error *error);
/* max-p regions (Duque, Anselin, Rey 2012): as many contiguous classes as can each reach
 * `floor` of `population` (NULL: units), the most over `starts` random growths, then the
 * least within sum of squares by moving units between neighbouring classes: a seeded
 * heuristic, k is not proved to be the most. Classes are numbered by their first unit. DATA
 * where units, with all they are joined to, do not reach the floor. */
IRM_API irm_status irm_max_p(const irm_matrix *x, const irm_neighbours *neighbours,
                             const double *population, double floor, size_t starts,
                             uint64_t seed, size_t threads, int32_t *classes, size_t *k,
                             irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
