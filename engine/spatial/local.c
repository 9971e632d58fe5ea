/* One number a unit: local Moran, Getis and Ord's G and G*. */
#include <math.h>
#include <stdlib.h>

#include "irminon/memory.h"
#include "spatial/conditional.h"
#include "spatial/units.h"

/* Weights of a row, and what it reads. */
typedef struct row_sums {
    double weights, squares, lag;
    size_t count;
} row_sums;

static row_sums sum_row(const irm_neighbours *w, size_t i, const double *x) {
    row_sums sums = {.count = w->start[i + 1] - w->start[i]};
    for (size_t at = w->start[i]; at < w->start[i + 1]; at++) {
        sums.weights += w->weights[at];
        sums.squares += w->weights[at] * w->weights[at];
        sums.lag += w->weights[at] * x[w->index[at]];
    }
    return sums;
}

typedef struct ranked {
    double p;
    size_t unit;
} ranked;

static int by_p(const void *left, const void *right) {
    const ranked *a = left;
    const ranked *b = right;
    return a->p != b->p ? (a->p > b->p) - (a->p < b->p)
                        : (a->unit > b->unit) - (a->unit < b->unit);
}

/* Benjamini and Hochberg 1995, as R's p.adjust(method = "BH"), among units that have a p:
 * the pseudo one where there are permutations, else the analytical one. */
static irm_status adjust(irm_local *local, size_t n, bool pseudo, irm_error *error) {
    ranked *order = irm_calloc(n, sizeof *order);
    if (order == NULL) {
        return irm_fail_memory(error);
    }
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        double p = pseudo ? local[i].pseudo_p : local[i].p_value;
        local[i].adjusted_p = NAN;
        if (!isnan(p)) {
            order[count++] = (ranked){p, i};
        }
    }
    qsort(order, count, sizeof *order, by_p);
    double least = 1.0;
    for (size_t rank = count; rank > 0; rank--) {
        least = fmin(least, order[rank - 1].p * (double)count / (double)rank);
        local[order[rank - 1].unit].adjusted_p = least;
    }
    irm_free(order);
    return IRM_OK;
}

/* Folded: the smaller tail, the observed value counted in (PySAL, GeoDa, and spdep's
 * "Pr(folded) Sim"). A tie is in both tails. */
static double folded_p(tail_counts counts, size_t permutations) {
    uint32_t tail = counts.at_least < counts.at_most ? counts.at_least : counts.at_most;
    return ((double)tail + 1.0) / ((double)permutations + 1.0);
}

static irm_status add_pseudo(const double *x, const irm_neighbours *weights,
                             size_t permutations, uint64_t seed, size_t threads,
                             irm_local *local, irm_error *error) {
    if (permutations > UINT32_MAX) {
        return irm_fail(error, IRM_STATUS_USAGE, "%zu permutations are too many",
                        permutations);
    }
    tail_counts *counts = irm_calloc(weights->n, sizeof *counts);
    irm_status status = counts == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && permutations > 0) {
        status =
            conditional_counts(x, weights, permutations, seed, threads, counts, error);
    }
    for (size_t i = 0; status == IRM_OK && i < weights->n; i++) {
        bool drawn = permutations > 0 && weights->start[i + 1] > weights->start[i];
        local[i].pseudo_p = drawn ? folded_p(counts[i], permutations) : NAN;
    }
    irm_free(counts);
    return status == IRM_OK ? adjust(local, weights->n, permutations > 0, error) : status;
}

static irm_quadrant quadrant(double z, double lag) {
    if (z > 0.0) {
        return lag > 0.0 ? IRM_QUADRANT_HIGH_HIGH : IRM_QUADRANT_HIGH_LOW;
    }
    return lag > 0.0 ? IRM_QUADRANT_LOW_HIGH : IRM_QUADRANT_LOW_LOW;
}

/* Anselin 1995, eq. 7; conditional moments of Sokal, Oden and Thomson 1998, as spdep's
 * localmoran(conditional = TRUE). m2 is the mean square of the deviations. */
static irm_local moran_of(double z, row_sums sums, double n, double m2) {
    irm_local l = {.z = NAN, .p_value = NAN, .pseudo_p = NAN, .adjusted_p = NAN};
    if (sums.count == 0) {
        return l;
    }
    l.statistic = z / m2 * sums.lag;
    l.expectation = -(z * z * sums.weights) / ((n - 1.0) * m2);
    l.variance = z / m2 * (z / m2) * (n / (n - 2.0)) *
                 (sums.squares - sums.weights * sums.weights / (n - 1.0)) *
                 (m2 - z * z / (n - 1.0));
    l.z = (l.statistic - l.expectation) / sqrt(l.variance);
    l.p_value = 2.0 * units_upper_tail(fabs(l.z));
    l.quadrant = quadrant(z, sums.lag);
    return l;
}

static irm_status check_local(const double *x, const irm_neighbours *weights,
                              irm_error *error) {
    IRM_TRY(units_check_varied(x, weights->n, error));
    if (weights->n < 3) {
        return irm_fail(error, IRM_STATUS_DATA, "%zu units: a local statistic needs 3",
                        weights->n);
    }
    return units_check_joined(weights, error);
}

irm_status irm_local_moran(const double *x, const irm_neighbours *weights,
                           size_t permutations, uint64_t seed, size_t threads,
                           irm_local *local, irm_error *error) {
    IRM_TRY(check_local(x, weights, error));
    size_t n = weights->n;
    double *z = irm_calloc(n, sizeof *z);
    if (z == NULL) {
        return irm_fail_memory(error);
    }
    double mean = units_mean(x, n);
    double m2 = 0.0;
    for (size_t i = 0; i < n; i++) {
        z[i] = x[i] - mean;
        m2 += z[i] * z[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        local[i] = moran_of(z[i], sum_row(weights, i, z), (double)n, m2);
    }
    irm_status status = add_pseudo(z, weights, permutations, seed, threads, local, error);
    irm_free(z);
    return status;
}

/* What G compares with: sums over the other units, or over all for G*. */
typedef struct totals {
    double n, sum, squares;
} totals;

/* Getis and Ord 1992, Ord and Getis 1995; as spdep's localG. */
static double g_of(totals t, double x, row_sums sums, bool star) {
    double others = star ? t.n : t.n - 1.0;
    double mean = (star ? t.sum : t.sum - x) / others;
    double variance = (star ? t.squares : t.squares - x * x) / others - mean * mean;
    double spread =
        (others * sums.squares - sums.weights * sums.weights) / (others - 1.0);
    return (sums.lag - sums.weights * mean) / sqrt(variance * spread);
}

/* The unit among its own neighbours, with the mean weight of its row: the z of G* does
 * not change with the scale of a row, so this is spdep's include.self in styles "W" and
 * "B". */
static row_sums include_self(const irm_neighbours *weights, size_t i, row_sums sums,
                             double x) {
    for (size_t at = weights->start[i]; at < weights->start[i + 1]; at++) {
        if (weights->index[at] == i) {
            return sums;
        }
    }
    double own = sums.count > 0 ? sums.weights / (double)sums.count : 1.0;
    sums.weights += own;
    sums.squares += own * own;
    sums.lag += own * x;
    sums.count++;
    return sums;
}

irm_status irm_local_g(const double *x, const irm_neighbours *weights, bool star,
                       size_t permutations, uint64_t seed, size_t threads,
                       irm_local *local, irm_error *error) {
    IRM_TRY(check_local(x, weights, error));
    size_t n = weights->n;
    double *z = irm_calloc(n, sizeof *z); /* G does not move with the origin of x */
    if (z == NULL) {
        return irm_fail_memory(error);
    }
    double mean = units_mean(x, n);
    totals t = {.n = (double)n};
    for (size_t i = 0; i < n; i++) {
        z[i] = x[i] - mean;
        t.sum += z[i];
        t.squares += z[i] * z[i];
    }
    for (size_t i = 0; i < n; i++) {
        row_sums sums = sum_row(weights, i, z);
        sums = star ? include_self(weights, i, sums, z[i]) : sums;
        double g = sums.count > 0 ? g_of(t, z[i], sums, star) : NAN;
        local[i] = (irm_local){.statistic = g, .variance = 1.0, .z = g, .pseudo_p = NAN};
        local[i].p_value = 2.0 * units_upper_tail(fabs(g));
        if (!isnan(g)) {
            local[i].quadrant = g > 0.0 ? IRM_QUADRANT_HIGH_HIGH : IRM_QUADRANT_LOW_LOW;
        }
    }
    irm_status status = add_pseudo(z, weights, permutations, seed, threads, local, error);
    irm_free(z);
    return status;
}
