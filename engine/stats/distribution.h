/* Tails of the usual distributions, and the test values made of them (GSL). */
#ifndef IRMINON_STATS_DISTRIBUTION_H
#define IRMINON_STATS_DISTRIBUTION_H

#include <stddef.h>

/* P(|Z| > |z|), Z standard normal; 1 for NaN. */
double normal_two_sided(double z);
/* The v ≥ 0 for which P(|Z| > v) = exp(log_p): finite where p itself is too small for a
 * double. */
double normal_test_value(double log_p);
/* P(F > f) with df1 and df2 degrees of freedom; P(X² > x) with df. */
double fisher_upper(double f, double df1, double df2);
double chi2_upper(double x, double df);
/* Logarithm of the two-sided mid p-value of k marked ones among `drawn` drawn without
 * replacement from `all`, of which `marked` are: min(2 P(K < k), 2 P(K > k)) + P(K = k).
 */
double hypergeometric_log_p(size_t k, size_t marked, size_t all, size_t drawn);

#endif
