/* What every method of this room asks of its individuals before it starts. */
#ifndef IRMINON_MULTIVARIATE_INDIVIDUALS_H
#define IRMINON_MULTIVARIATE_INDIVIDUALS_H

#include "irminon/matrix.h"
#include "irminon/status.h"

/* Refuses an empty matrix, a value that is not finite or whose square would overflow, a
 * weight that is not a positive finite number. */
irm_status individuals_check(const irm_matrix *x, const double *weights,
                             irm_error *error);
irm_status individuals_check_weights(size_t n, const double *weights, irm_error *error);

/* Weights of sum `total` (all equal where `weights` is NULL) into `into` (n). */
void individuals_weigh(size_t n, const double *weights, double total, double *into);

#endif
