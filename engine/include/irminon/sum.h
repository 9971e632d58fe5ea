/* Exact sums of doubles: the same result whatever the order, the blocks or the threads,
 * correctly rounded once at the end.
 *
 * Method: a small superaccumulator (R. M. Neal, "Fast exact summation using small and large
 * superaccumulators", arXiv:1505.05571, 2015). */
#ifndef IRMINON_SUM_H
#define IRMINON_SUM_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zero-initialise. Partial sums merge, in any order. */
typedef struct irm_sum {
    int64_t chunk[67]; /* 32 bits of the value each, with room for carries */
    uint64_t pending;  /* additions since carries were last propagated */
    uint64_t positive_infinities, negative_infinities, nans;
} irm_sum;

IRM_API void irm_sum_add(irm_sum *sum, double value);
IRM_API void irm_sum_merge(irm_sum *into, const irm_sum *from);
IRM_API double irm_sum_round(const irm_sum *sum);

#ifdef __cplusplus
}
#endif
#endif
