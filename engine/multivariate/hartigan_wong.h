/* K-means of Hartigan and Wong (1979), "Algorithm AS 136", Applied Statistics 28. */
#ifndef IRMINON_MULTIVARIATE_HARTIGAN_WONG_H
#define IRMINON_MULTIVARIATE_HARTIGAN_WONG_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/matrix.h"
#include "irminon/status.h"

/* From the centres given (k × p, modified), classes of the rows of x into `classes` (n),
 * none empty; at most `most` passes, *passes made. `weights` may be NULL. Asks 1 ≤ k ≤ n.
 */
irm_status hartigan_wong(const irm_matrix *x, const double *weights, irm_matrix *centers,
                         size_t most, int32_t *classes, size_t *passes, irm_error *error);

#endif
