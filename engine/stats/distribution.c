#include "stats/distribution.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

double normal_two_sided(double z) { return isnan(z) ? 1 : erfc(fabs(z) * M_SQRT1_2); }

/* Newton's method on log Q(v) = log(p / 2), from the first term of its expansion: log Q
 * is concave and nearly a parabola, so that a few steps reach the last digits. */
static double far_test_value(double log_tail) {
    double v = sqrt(-2 * log_tail);
    for (int step = 0; step < 50; step++) {
        double log_q = gsl_sf_log_erfc(v * M_SQRT1_2) - M_LN2;
        double log_density = -v * v / 2 - log(2 * M_PI) / 2;
        double move = (log_q - log_tail) / exp(log_density - log_q);
        v += move;
        if (fabs(move) <= 4 * DBL_EPSILON * v) {
            break;
        }
    }
    return v;
}

double normal_test_value(double log_p) {
    if (log_p >= 0) {
        return 0;
    }
    double log_tail = log_p - M_LN2;
    return log_tail > -600 ? gsl_cdf_ugaussian_Qinv(exp(log_tail))
                           : far_test_value(log_tail);
}

double fisher_upper(double f, double df1, double df2) {
    return gsl_cdf_fdist_Q(f, df1, df2);
}

double chi2_upper(double x, double df) { return gsl_cdf_chisq_Q(x, df); }

static double log_choose(size_t n, size_t k) {
    double x = (double)n, y = (double)k;
    return gsl_sf_lngamma(x + 1) - gsl_sf_lngamma(y + 1) - gsl_sf_lngamma(x - y + 1);
}

/* Σ P(K = k ± i) / P(K = k), i ≥ 1, going away from the mode: by the ratio of successive
 * terms, until they no longer count. */
static double tail_ratio(double k, double marked, double all, double drawn, int way) {
    double sum = 0, term = 1;
    for (;;) {
        double others = all - marked - drawn;
        term *= way > 0 ? (marked - k) * (drawn - k) / ((k + 1) * (others + k + 1))
                        : k * (others + k) / ((marked - k + 1) * (drawn - k + 1));
        k += way;
        sum += term;
        if (!(term > sum * DBL_EPSILON / 4)) {
            return sum;
        }
    }
}

double hypergeometric_log_p(size_t k, size_t marked, size_t all, size_t drawn) {
    double log_here = log_choose(marked, k) + log_choose(all - marked, drawn - k) -
                      log_choose(all, drawn);
    double mode = ((double)drawn + 1) * ((double)marked + 1) / ((double)all + 2);
    int way = (double)k >= mode ? 1 : -1;
    double tail = tail_ratio((double)k, (double)marked, (double)all, (double)drawn, way);
    double log_p = log_here + log1p(2 * tail);
    /* Both sides' values add up to 2: past the median, the other side is the smaller. */
    return log_p > 0 ? log(fmax(2 - exp(log_p), DBL_MIN)) : log_p;
}
