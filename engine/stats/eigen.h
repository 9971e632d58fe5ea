/* Eigenvalues of symmetric matrices (GSL). */
#ifndef IRMINON_STATS_EIGEN_H
#define IRMINON_STATS_EIGEN_H

#include <stddef.h>

#include "irminon/status.h"

/* Eigenvalues of a symmetric matrix (order × order, finite, both halves filled; it is
 * destroyed), decreasing, into `values` (order); `vectors` (order × order, by row) has
 * the unit eigenvector of values[k] in its column k, of arbitrary sign. O(order³). */
irm_status eigen_symmetric(double *matrix, size_t order, double *values, double *vectors,
                           irm_error *error);

/* How many of the decreasing `values` of a matrix of that order are not null: greater
 * than what rounding leaves of the first one. */
size_t eigen_rank(const double *values, size_t order);

#endif
