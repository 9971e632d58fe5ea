/* Inequality, segregation, diversity: indices over parts (communes of a territory,
 * classes of a population). All are 0 where everything is shared alike.
 *
 * Arrays have `n` items, not negative and finite; what means nothing (no part, a total of
 * zero, a negative or missing item) gives NaN. Sums are exact, so that the order of the
 * parts does not matter. */
#ifndef IRMINON_INEQUALITY_H
#define IRMINON_INEQUALITY_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Gini coefficient of `values` (a mean by part: income per head) weighted by `weights`
 * (NULL: equal): twice the area between the diagonal and the Lorenz curve that straight
 * segments draw between the parts. Not corrected for n. Time n log n. */
IRM_API irm_status irm_gini(const double *values, const double *weights, size_t n,
                            double *gini, irm_error *error);

/* Theil's T (Theil 1967) and its decomposition: total = within + between, exactly up to
 * rounding. */
typedef struct irm_theil {
    double total, within, between;
} irm_theil;
/* `groups` (NULL: one group, all is within) has numbers in 0 … n_groups - 1. A value of 0
 * adds nothing (the limit of x log x). */
IRM_API irm_status irm_theil_index(const double *values, const double *weights,
                                   const int32_t *groups, size_t n_groups, size_t n,
                                   irm_theil *theil, irm_error *error);

/* Dissimilarity of two populations over places (Duncan & Duncan 1955): the share of
 * either that would have to move for both to be spread alike, from 0 to 1. */
IRM_API double irm_dissimilarity(const double *a, const double *b, size_t n);
/* Isolation xPx (Lieberson 1981): share of the group in the place where its average
 * member lives. `total` counts everybody, group included. */
IRM_API double irm_isolation(const double *group, const double *total, size_t n);
/* Shannon's entropy of counts, natural logarithm; divided by log(n) where `normalised`,
 * so that 1 is n equal counts. */
IRM_API double irm_entropy(const double *counts, size_t n, int normalised);
/* Location quotient: the part of `a` in `total`, over that of the reference. */
IRM_API double irm_location_quotient(double a, double total, double reference,
                                     double reference_total);

#ifdef __cplusplus
}
#endif
#endif
