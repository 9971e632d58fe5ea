/* Weights, weighted means and covariances of a matrix, by fixed blocks of rows: the same
 * doubles whatever the number of threads. */
#ifndef IRMINON_MULTIVARIATE_MOMENTS_H
#define IRMINON_MULTIVARIATE_MOMENTS_H

#include <stddef.h>

#include "irminon/matrix.h"
#include "irminon/status.h"

/* Weights of sum 1 into `normalised` (n); NULL weights are equal. *n_used (may be NULL)
 * is how many are over zero. DATA for a weight that is negative, missing or infinite, or
 * when none is over zero. */
irm_status weights_normalise(const double *weights, size_t n, double *normalised,
                             size_t *n_used, irm_error *error);

/* DATA, with its row and column, for a number that is not finite. */
irm_status moments_check_finite(const irm_matrix *x, irm_error *error);

/* Means of the columns (p); `weights` of sum 1. */
irm_status moments_center(const irm_matrix *x, const double *weights, size_t threads,
                          double *center, irm_error *error);
/* Covariances about `center` with the divisor of a population (p × p, both halves). */
irm_status moments_covariance(const irm_matrix *x, const double *weights,
                              const double *center, size_t threads, double *covariance,
                              irm_error *error);

/* Their diagonal alone (p). */
irm_status moments_variances(const irm_matrix *x, const double *weights,
                             const double *center, size_t threads, double *variances,
                             irm_error *error);

/* The loop under them: `add` puts rows first … last - 1 into a zeroed partial sum of
 * `size` doubles; the partial sums are added in the order of the rows into `sum`. */
typedef void (*moments_add)(const void *context, size_t first, size_t last,
                            double *partial);
irm_status moments_reduce(size_t n, size_t size, size_t threads, moments_add add,
                          const void *context, double *sum, irm_error *error);

#endif
