/* Conditional permutations: a unit keeps its value, its neighbours take values of others.
 */
#ifndef IRMINON_SPATIAL_CONDITIONAL_H
#define IRMINON_SPATIAL_CONDITIONAL_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/spatial.h"

/* For each unit, how many of `permutations` draws give its neighbours (itself left out) a
 * weighted sum of `values` at least, and at most, the observed one. Each unit draws
 * its own stream, without replacement among the n - 1 others (Anselin 1995, §3). */
typedef struct tail_counts {
    uint32_t at_least, at_most;
} tail_counts;
irm_status conditional_counts(const double *values, const irm_neighbours *weights,
                              size_t permutations, uint64_t seed, size_t threads,
                              tail_counts *counts, irm_error *error);

#endif
