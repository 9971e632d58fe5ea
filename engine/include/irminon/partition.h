/* Partitions: individuals in k classes; ways to make one, to judge it, to compare two. */
#ifndef IRMINON_PARTITION_H
#define IRMINON_PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/matrix.h"
#include "irminon/status.h"
#include "irminon/tree.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Owned: clear with irm_partition_clear. Classes are 0 … k - 1, none empty. */
typedef struct irm_partition {
    size_t n, k;
    int32_t *classes;      /* n */
    irm_matrix centers;    /* k × p: weighted means (k-medoids: the medoids) */
    uint32_t *medoids;     /* k, k-medoids only, else NULL */
    irm_matrix membership; /* mixtures only: n × k posterior probabilities */
    double within, total;  /* inertias about the centres, weights of sum 1 */
    size_t iterations;
    bool sampled; /* k-medoids: those of the best of some samples */
    /* Mixtures only, else NaN; bic = 2·log L - parameters·log n: the greater the better.
     */
    double log_likelihood, bic;
} irm_partition;
IRM_API void irm_partition_clear(irm_partition *partition);

/* Centres, within and total inertia of given classes. */
IRM_API irm_status irm_partition_of(const irm_matrix *x, const double *weights,
                                    const int32_t *classes, size_t k,
                                    irm_partition *partition, irm_error *error);

/* Consolidation: k-means of Hartigan & Wong (1979, AS 136) started from the centres of
 * `start` (k × p), at most `iterations` (0: 10, as HCPC). With weights, a transfer
 * weighs w·n_w/(n_w ± w); FactoMineR consolidates without weights. */
IRM_API irm_status irm_kmeans_from(const irm_matrix *x, const double *weights,
                                   const irm_matrix *start, size_t iterations,
                                   irm_partition *partition, irm_error *error);
/* k-means++ starts (Arthur & Vassilvitskii 2007), `starts` of them (0: 25), the best
 * kept; the same seed gives the same partition whatever the threads. */
IRM_API irm_status irm_kmeans(const irm_matrix *x, const double *weights, size_t k,
                              size_t starts, uint64_t seed, size_t threads,
                              irm_partition *partition, irm_error *error);
/* k-medoids: FasterPAM (Schubert & Rousseeuw 2021) from a BUILD or seeded start,
 * Euclidean distances computed as needed: n² of them for each pass. Over
 * IRM_KMEDOIDS_WHOLE individuals and for 60 classes at most, the medoids are those of
 * the best of five seeded samples of 3,000 (CLARA, Kaufman & Rousseeuw 1990), and
 * `sampled` is told. */
enum { IRM_KMEDOIDS_WHOLE = 10000 };
IRM_API irm_status irm_kmedoids(const irm_matrix *x, const double *weights, size_t k,
                                uint64_t seed, size_t threads, irm_partition *partition,
                                irm_error *error);
/* Gaussian mixture by EM from k-means; `full` covariances, else diagonal. A covariance
 * that degenerates is regularised, and told by *regularised. */
IRM_API irm_status irm_mixture(const irm_matrix *x, const double *weights, size_t k,
                               bool full, uint64_t seed, size_t threads,
                               irm_partition *partition, size_t *regularised,
                               irm_error *error);

/* Renumbers classes by increasing coordinate of their centres on column `axis` of
 * `coordinates` (n × …): class 1 is at the negative end of the first axis. */
IRM_API irm_status irm_partition_order(irm_partition *partition,
                                       const irm_matrix *coordinates, size_t axis,
                                       const double *weights, irm_error *error);

/* How good: silhouette of each individual (n, may be NULL; NaN out of a sample) and its
 * mean (exact, O(n²·p), in threads; over `limit` individuals (0: 20,000) by a seeded
 * sample of that size within which it is exact: *sampled), Calinski–Harabasz, share of
 * inertia explained. */
typedef struct irm_quality {
    double silhouette, calinski_harabasz, explained;
    bool sampled;
} irm_quality;
IRM_API irm_status irm_partition_quality(const irm_matrix *x, const double *weights,
                                         const irm_partition *partition, size_t limit,
                                         uint64_t seed, size_t threads,
                                         double *silhouettes, irm_quality *quality,
                                         irm_error *error);
/* Gap statistic (Tibshirani, Walther, Hastie 2001) for k = 1 … most < n: gap and its
 * standard error (arrays of `most`), from `references` uniform draws in the principal
 * box; the classes are those of Ward's tree. */
IRM_API irm_status irm_gap(const irm_matrix *x, const double *weights, size_t most,
                           size_t references, uint64_t seed, size_t threads, double *gap,
                           double *error_of_gap, irm_error *error);

/* Adjusted Rand index (Hubert & Arabie 1985) of two labellings of n individuals; negative
 * labels are left out. 1 where both are trivial and equal. */
IRM_API irm_status irm_adjusted_rand(const int32_t *a, const int32_t *b, size_t n,
                                     double *index, irm_error *error);

/* Stability (Hennig 2007): the whole procedure again (Ward, cut in k, consolidation when
 * `consolidate`) on `draws` bootstrap samples (0: 100); for each class the mean of the
 * largest Jaccard index with a class of the draw (k numbers), and the mean adjusted Rand
 * index between the partition and the draw's (individuals left out are given to the
 * nearest centre). */
IRM_API irm_status irm_stability(const irm_matrix *x, const double *weights,
                                 const irm_partition *partition, bool consolidate,
                                 size_t draws, uint64_t seed, size_t threads,
                                 double *jaccard, double *rand, irm_error *error);

/* Class of each row of x (m × p): that of the nearest centre; ties to the smaller number.
 * Distances (m, may be NULL). */
IRM_API irm_status irm_partition_assign(const irm_partition *partition,
                                        const irm_matrix *x, size_t threads,
                                        int32_t *classes, double *distances,
                                        irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
