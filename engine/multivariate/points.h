/* Points of a factor analysis, and the planes that rows are projected on. */
#ifndef IRMINON_MULTIVARIATE_POINTS_H
#define IRMINON_MULTIVARIATE_POINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/factor.h"
#include "irminon/matrix.h"
#include "irminon/status.h"

/* Zeroed matrices for `count` points on `axes` axes. Clear `points` even on failure. */
irm_status points_init(irm_points *points, size_t count, size_t axes, bool contribution,
                       irm_error *error);

/* cos2, and the contribution where there is room for it, of the point `row` from its
 * coordinates, its weight and the square of its distance to the origin. A point no
 * farther than rounding puts it has a cos2 of 0. */
void points_qualify(irm_points *points, size_t row, double weight, double squared_norm,
                    const double *eigenvalues, double inertia);

/* Squared chi-squared distance to the centre of a modality of that frequency: 1/f - 1, 0
 * where all or nobody have it, up to rounding. */
double points_modality_distance(double frequency);

/* Signs the axes, columns of `loadings` (p × axes): the largest becomes positive, the
 * first of those that are as large up to rounding. */
void points_sign(irm_matrix *loadings);

/* REFUSED under 2 individuals or 1 variable. */
irm_status factors_check_size(size_t n, size_t p, irm_error *error);
/* Allocates what `factors` holds from its n, p, axes and multiple; copies the eigenvalues
 * that are kept out of `values`. */
irm_status factors_init(irm_factors *factors, const double *values, irm_error *error);

#endif
