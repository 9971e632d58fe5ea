#include "irminon/rates.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>

#include "irminon/sum.h"

static const irm_interval no_interval = {NAN, NAN};

static bool usable(double events, double level) {
    return isfinite(events) && events >= 0 && level > 0 && level < 1;
}

double irm_normal_quantile(double level) {
    return gsl_cdf_ugaussian_Pinv(0.5 + level / 2);
}

/* ---- quantiles of the gamma law ---------------------------------------------------- */

/* The part of the law below x (of above it, where `above`). */
static double gamma_tail(double x, double shape, bool above) {
    return above ? gsl_cdf_gamma_Q(x, shape, 1) : gsl_cdf_gamma_P(x, shape, 1);
}

/* Cornish and Fisher's expansion: its next term is under 1/shape. */
static double gamma_quantile_large(double z, double shape) {
    double root = sqrt(shape), z2 = z * z;
    return shape + root * z + (z2 - 1) / 3 + z * (z2 - 7) / (36 * root) -
           ((3 * z2 + 7) * z2 - 16) / (810 * shape);
}

/* Where the tail is `tail`: Wilson and Hilferty's approximation, then Newton's steps kept
 * in a bracket. GSL's own inverse does not converge for some thousands of events, nor its
 * distribution function from a million on. */
static double gamma_quantile(double tail, double shape, bool above) {
    const double large = 1e5;
    double z = gsl_cdf_ugaussian_Pinv(tail) * (above ? -1 : 1);
    if (shape > large) {
        return gamma_quantile_large(z, shape);
    }
    double root = 1 - 1 / (9 * shape) + z / (3 * sqrt(shape));
    double low = 0, high = shape + 40 * sqrt(shape) + 100;
    double x = root > 0 ? shape * root * root * root : shape / 2;
    for (int i = 0; i < 200; i++) {
        double miss = gamma_tail(x, shape, above) - tail;
        bool too_far = above ? miss < 0 : miss > 0;
        low = too_far ? low : x;
        high = too_far ? x : high;
        double step = miss / gsl_ran_gamma_pdf(x, shape, 1) * (above ? -1 : 1);
        double next = x - step;
        if (!(next > low && next < high)) {
            next = (low + high) / 2;
        }
        if (fabs(next - x) <= 1e-15 * x) {
            return next;
        }
        x = next;
    }
    return x;
}

/* ---- intervals -------------------------------------------------------------------- */

irm_interval irm_poisson_interval(double events, double level) {
    if (!usable(events, level)) {
        return no_interval;
    }
    double tail = (1 - level) / 2;
    return (irm_interval){events > 0 ? gamma_quantile(tail, events, false) : 0,
                          gamma_quantile(tail, events + 1, true)};
}

/* events · (1 - 1/(9·events) ± z/(3·sqrt(events)))³, one event more for the upper limit.
 */
static double byar(double events, double z) {
    double root = 1 - 1 / (9 * events) + z / (3 * sqrt(events));
    return root > 0 ? events * root * root * root : 0;
}

irm_interval irm_byar_interval(double events, double level) {
    if (!usable(events, level)) {
        return no_interval;
    }
    double z = irm_normal_quantile(level);
    return (irm_interval){events > 0 ? byar(events, -z) : 0, byar(events + 1, z)};
}

irm_interval irm_wilson_interval(double share, double n, double level) {
    if (!(share >= 0 && share <= 1 && n > 0 && isfinite(n) && level > 0 && level < 1)) {
        return no_interval;
    }
    double z = irm_normal_quantile(level), z2 = z * z;
    double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
    double half = z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    return (irm_interval){share > 0 ? fmax(0, middle - half) : 0,
                          share < 1 ? fmin(1, middle + half) : 1};
}

/* ---- rates ------------------------------------------------------------------------ */

static irm_rate no_rate(void) { return (irm_rate){NAN, NAN, no_interval}; }

irm_rate irm_rate_crude(double events, double population, double per, double level) {
    if (!usable(events, level) || !(population > 0)) {
        return no_rate();
    }
    irm_interval counts = irm_poisson_interval(events, level);
    return (irm_rate){per * events / population,
                      events / (population * population),
                      {per * counts.lower / population, per * counts.upper / population}};
}

/* Fay & Feuer's gamma interval: w is the largest weight of one event. */
static irm_interval gamma_interval(double rate, double variance, double w, double level) {
    double tail = (1 - level) / 2, above = rate + w, spread = variance + w * w;
    return (irm_interval){
        rate > 0 ? variance / rate * gamma_quantile(tail, rate * rate / variance, false)
                 : 0,
        spread / above * gamma_quantile(tail, above * above / spread, true)};
}

static irm_status check_age(const double *events, const double *population,
                            double standard, size_t i, irm_error *error) {
    if (!(standard >= 0) || !isfinite(standard) || !(events[i] >= 0) ||
        !(population[i] >= 0)) {
        return irm_fail(
            error, IRM_STATUS_DATA,
            "age group %zu: events, inhabitants and standard must be numbers, "
            "not negative",
            i + 1);
    }
    if (standard > 0 && population[i] == 0) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "age group %zu has no inhabitants: its rate is unknown; group it "
                        "with another",
                        i + 1);
    }
    return IRM_OK;
}

irm_status irm_rate_direct(const double *events, const double *population,
                           const double *standard, size_t n, double per, double level,
                           irm_rate *rate, irm_error *error) {
    irm_sum whole = {0}, value = {0}, variance = {0};
    double largest = 0;
    *rate = no_rate();
    for (size_t i = 0; i < n; i++) {
        IRM_TRY(check_age(events, population, standard[i], i, error));
        irm_sum_add(&whole, standard[i]);
    }
    double total = irm_sum_round(&whole);
    if (!(total > 0) || !usable(0, level)) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a standard population and a level between 0 and 1 are needed");
    }
    for (size_t i = 0; i < n; i++) {
        if (standard[i] > 0) {
            double weight = standard[i] / total / population[i];
            irm_sum_add(&value, weight * events[i]);
            irm_sum_add(&variance, weight * weight * events[i]);
            largest = fmax(largest, weight);
        }
    }
    rate->value = per * irm_sum_round(&value);
    rate->variance = irm_sum_round(&variance);
    irm_interval bounds =
        gamma_interval(irm_sum_round(&value), rate->variance, largest, level);
    rate->interval = (irm_interval){per * bounds.lower, per * bounds.upper};
    return IRM_OK;
}

irm_rate irm_ratio_indirect(double events, const double *population,
                            const double *reference_rates, size_t n, double level) {
    irm_sum sum = {0};
    for (size_t i = 0; i < n; i++) {
        irm_sum_add(&sum, population[i] * reference_rates[i]);
    }
    return irm_rate_crude(events, irm_sum_round(&sum), 1, level);
}

/* ---- differences ------------------------------------------------------------------ */

irm_difference irm_difference_test(double a, double variance_a, double b,
                                   double variance_b) {
    irm_difference difference = {a - b, NAN, NAN};
    double variance = variance_a + variance_b;
    if (variance_a >= 0 && variance_b >= 0 && variance > 0 && isfinite(variance)) {
        difference.z = difference.value / sqrt(variance);
        difference.p_value = 2 * gsl_cdf_ugaussian_Q(fabs(difference.z));
    }
    return difference;
}

/* Given their sum, one of two Poisson counts is binomial. The two-sided p adds up every
 * outcome that is no more likely than what was seen (with R's tolerance of 1e-7), walking
 * in from both ends: sums of one tail come from the distribution function. */
static double binomial_p(unsigned seen, unsigned all, double p) {
    const double slack = 1 + 1e-7;
    double likely = gsl_ran_binomial_pdf(seen, p, all) * slack;
    double mode = p * all;
    unsigned low = 0, high = all + 1; /* outcomes <= low - 1 and >= high count */
    if (seen == mode) {
        return 1;
    }
    if (seen < mode) {
        unsigned from = (unsigned)ceil(mode), to = all + 1;
        low = seen + 1;
        while (from < to) { /* the pdf decreases from the mode on */
            unsigned middle = from + (to - from) / 2;
            if (gsl_ran_binomial_pdf(middle, p, all) <= likely) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        high = from;
    } else {
        unsigned from = 0, to = (unsigned)floor(mode) + 1;
        high = seen;
        while (from < to) { /* and increases up to it */
            unsigned middle = from + (to - from) / 2;
            if (gsl_ran_binomial_pdf(middle, p, all) <= likely) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        low = from;
    }
    double below = low > 0 ? gsl_cdf_binomial_P(low - 1, p, all) : 0;
    double above = high <= all ? gsl_cdf_binomial_Q(high - 1, p, all) : 0;
    return fmin(1, below + above);
}

irm_difference irm_poisson_test(double events_a, double population_a, double events_b,
                                double population_b) {
    irm_difference difference = {NAN, NAN, NAN};
    double all = round(events_a) + round(events_b);
    if (!(events_a >= 0 && events_b >= 0 && population_a > 0 && population_b > 0) ||
        !(all < 4e9)) {
        return difference;
    }
    difference.value = events_a / population_a - events_b / population_b;
    if (all == 0) {
        difference.z = 0;
        difference.p_value = 1;
        return difference;
    }
    difference.p_value = binomial_p((unsigned)round(events_a), (unsigned)all,
                                    population_a / (population_a + population_b));
    double size = gsl_cdf_ugaussian_Qinv(difference.p_value / 2);
    difference.z = difference.value < 0 ? -size : size;
    return difference;
}
