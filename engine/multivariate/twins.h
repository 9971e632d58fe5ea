/* Individuals with the same coordinates. */
#ifndef IRMINON_MULTIVARIATE_TWINS_H
#define IRMINON_MULTIVARIATE_TWINS_H

#include <stdint.h>

#include "irminon/matrix.h"
#include "irminon/status.h"

/* For each row of x, the first row equal to it (itself, mostly), into `first` (rows). */
irm_status twins_find(const irm_matrix *x, uint32_t *first, irm_error *error);

#endif
