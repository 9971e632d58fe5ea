#include "stats/shares.h"

#include <math.h>

#include "irminon/memory.h"
#include "irminon/sum.h"

/* Weight × value enters as an exact product: its rounded part and what rounding lost. */
static void add_product(irm_sum *sum, double weight, double value) {
    double product = weight * value;
    irm_sum_add(sum, product);
    if (weight != 1 && isfinite(product)) {
        irm_sum_add(sum, fma(weight, value, -product));
    }
}

static void add_share(irm_sum *sum, const value_share *share, double value) {
    add_product(sum, share->weight, value);
    if (share->rest != 0) {
        add_product(sum, share->rest, value);
    }
}

/* Two passes: the mean from exact sums, then the deviations from it, corrected for the
 * rounding of the mean (Chan, Golub & LeVeque, 1983, equation 1.7). */
static void moments(const value_share *shares, size_t count,
                    irm_description *description) {
    irm_sum sum = {0}, deviations = {0}, squares = {0};
    for (size_t i = 0; i < count; i++) {
        add_share(&sum, &shares[i], shares[i].value);
    }
    double total = description->weight, n = (double)description->n;
    double mean = irm_sum_round(&sum) / total;
    for (size_t i = 0; i < count; i++) {
        double deviation = shares[i].value - mean;
        add_share(&deviations, &shares[i], deviation);
        add_share(&squares, &shares[i], deviation * deviation);
    }
    double drift = irm_sum_round(&deviations);
    double spread = (irm_sum_round(&squares) - drift * drift / total) / total;
    spread = spread < 0 ? 0 : spread;
    description->mean = mean;
    /* Weights are scaled to sum to n; with equal weights this is the n − 1 of a sample.
     */
    description->sd = description->n > 1 ? sqrt(spread * n / (n - 1)) : NAN;
}

static const double levels[] = {0.05, 0.25, 0.5, 0.75, 0.95};
enum { N_LEVELS = sizeof levels / sizeof *levels };

/* The value at a position (from 0) among the ordered cells. */
static double value_at(const value_share *shares, size_t count, size_t position) {
    size_t before = 0, i = 0;
    while (i + 1 < count && before + shares[i].rows <= position) {
        before += shares[i++].rows;
    }
    return shares[i].value;
}

/* Type 7: as irm_quantile of the cells. */
static double plain_quantile(const value_share *shares, size_t count, size_t n,
                             double p) {
    double position = p * (double)(n - 1);
    size_t below = (size_t)position;
    double around[] = {value_at(shares, count, below),
                       value_at(shares, count, below + 1 < n ? below + 1 : n - 1)};
    double part = below + 1 < n ? position - (double)below : 0;
    return part > 0 && around[1] > around[0] ? around[0] + part * (around[1] - around[0])
                                             : around[0];
}

static irm_status weighted_quantiles(const value_share *shares, size_t count,
                                     double total, double quantiles[], irm_error *error) {
    irm_weighted *cells = irm_calloc(count, sizeof *cells);
    irm_sum squares = {0};
    if (cells == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        cells[i] = (irm_weighted){shares[i].value, shares[i].weight};
        irm_sum_add(&squares, shares[i].squares);
    }
    for (size_t k = 0; k < N_LEVELS; k++) {
        quantiles[k] =
            quantile_of_weights(cells, count, total, irm_sum_round(&squares), levels[k]);
    }
    irm_free(cells);
    return IRM_OK;
}

irm_status describe_shares(const value_share *shares, size_t count, bool weighted,
                           irm_description *description, irm_error *error) {
    irm_sum total = {0};
    double quantiles[N_LEVELS];
    if (count == 0) {
        return IRM_OK;
    }
    description->n = 0;
    for (size_t i = 0; i < count; i++) {
        irm_sum_add(&total, shares[i].weight);
        irm_sum_add(&total, shares[i].rest);
        description->n += shares[i].rows;
    }
    description->weight = irm_sum_round(&total);
    description->distinct = count;
    description->min = shares[0].value;
    description->max = shares[count - 1].value;
    moments(shares, count, description);
    for (size_t k = 0; k < N_LEVELS && !weighted; k++) {
        quantiles[k] = plain_quantile(shares, count, description->n, levels[k]);
    }
    if (weighted) {
        IRM_TRY(weighted_quantiles(shares, count, description->weight, quantiles, error));
    }
    description->q05 = quantiles[0];
    description->q25 = quantiles[1];
    description->median = quantiles[2];
    description->q75 = quantiles[3];
    description->q95 = quantiles[4];
    return IRM_OK;
}
