/* Starts of k-means, for others too. */
#ifndef IRMINON_MULTIVARIATE_KMEANS_H
#define IRMINON_MULTIVARIATE_KMEANS_H

#include <stdint.h>

#include "irminon/matrix.h"

/* K-means++ (D. Arthur, S. Vassilvitskii 2007): rows of x drawn in proportion of their
 * weight and of their squared distance to those drawn before, into centers (k × p) and
 * `chosen` (k, may be NULL); `nearest` is room for n numbers. With fewer distinct places
 * than k, the last rows are drawn again. */
void kmeans_seed(const irm_matrix *x, const double *weights, uint64_t *state,
                 double *nearest, irm_matrix *centers, uint32_t *chosen);

#endif
