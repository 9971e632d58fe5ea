/* Rates over events (births, deaths) and shares of a sample: how far chance can have
 * moved them, and how to compare them between populations that are not of the same age.
 *
 * These are sampling or event intervals, of a level such as 0.95; certain bounds are
 * another thing (irminon/quantity.h) and never share a column with them. */
#ifndef IRMINON_RATES_H
#define IRMINON_RATES_H

#include <stddef.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both NaN where the question means nothing (negative counts, a level not in (0, 1)). */
typedef struct irm_interval {
    double lower, upper;
} irm_interval;

/* How many standard deviations either side hold `level` of a normal law: 1.96 for 0.95. */
IRM_API double irm_normal_quantile(double level);

/* Exact interval of a Poisson mean from `events` counted (Garwood 1936), by the quantiles
 * of chi-squared; `events` need not be whole. */
IRM_API irm_interval irm_poisson_interval(double events, double level);
/* Byar's approximation of the same (Rothman & Boice 1979; Breslow & Day 1987, vol. II,
 * p. 69). */
IRM_API irm_interval irm_byar_interval(double events, double level);
/* Wilson's score interval (1927) of a share p in [0, 1] seen on a sample of effective
 * size n (records over their design effect). */
IRM_API irm_interval irm_wilson_interval(double share, double n, double level);

/* A rate with its interval; `per` scales all but the variance (1000 for ‰). */
typedef struct irm_rate {
    double value;
    double variance; /* of the rate before scaling */
    irm_interval interval;
} irm_rate;

/* Events per inhabitant, exact Poisson interval. NaN without inhabitants. */
IRM_API irm_rate irm_rate_crude(double events, double population, double per,
                                double level);
/* Directly standardised rate: that of `standard` (weights by age, any scale) if it had
 * the rates of this population; interval by gamma distribution (Fay & Feuer 1997), exact
 * where all weights are equal. DATA where an age of positive standard weight has no
 * inhabitants. */
IRM_API irm_status irm_rate_direct(const double *events, const double *population,
                                   const double *standard, size_t n, double per,
                                   double level, irm_rate *rate, irm_error *error);
/* Standardised ratio (SMR for deaths): `events` observed over those that the reference's
 * rates (n, per inhabitant) would give; exact Poisson interval. NaN where none is
 * expected. */
IRM_API irm_rate irm_ratio_indirect(double events, const double *population,
                                    const double *reference_rates, size_t n,
                                    double level);

/* A difference tested. */
typedef struct irm_difference {
    double value, z, p_value; /* two-sided, normal */
} irm_difference;

/* Two independent estimates and their variances: a territory, and a reference without it.
 * z is NaN where both variances are 0. */
IRM_API irm_difference irm_difference_test(double a, double variance_a, double b,
                                           double variance_b);
/* Two counts over two populations: exact conditional test of the equality of two Poisson
 * rates (Przyborowski & Wilenski 1940; the two-sided p of R's poisson.test); `value` is
 * the difference of the rates, z of the p-value's sign and size. */
IRM_API irm_difference irm_poisson_test(double events_a, double population_a,
                                        double events_b, double population_b);

#ifdef __cplusplus
}
#endif
#endif
