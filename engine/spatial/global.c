/* One number for a whole graph: Moran's I and Geary's C. */
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "irminon/memory.h"
#include "irminon/threads.h"
#include "spatial/neighbours.h"
#include "spatial/units.h"

/* Sums over the weights (Cliff and Ord 1981, §2.3; spdep's spweights.constants), n being
 * the units that have neighbours. */
typedef struct constants {
    double n, s0, s1, s2;
} constants;

static irm_status sum_weights(const irm_neighbours *w, constants *c, irm_error *error) {
    double *sums = irm_calloc(w->n, sizeof *sums); /* row and column of each unit */
    if (sums == NULL) {
        return irm_fail_memory(error);
    }
    *c = (constants){0};
    for (size_t i = 0; i < w->n; i++) {
        c->n += w->start[i + 1] > w->start[i];
        for (size_t at = w->start[i]; at < w->start[i + 1]; at++) {
            double wij = w->weights[at];
            double wji = neighbours_weight(w, w->index[at], (uint32_t)i);
            sums[i] += wij;
            sums[w->index[at]] += wij;
            c->s0 += wij;
            c->s1 += wij * wij + wij * wji;
        }
    }
    for (size_t i = 0; i < w->n; i++) {
        c->s2 += sums[i] * sums[i];
    }
    irm_free(sums);
    return IRM_OK;
}

/* Deviations from the mean, and their power sums over all units. */
typedef struct deviations {
    double *z;
    double squares, fourths, largest;
} deviations;

static irm_status deviate(const double *x, size_t n, deviations *d, irm_error *error) {
    *d = (deviations){.z = irm_calloc(n, sizeof *d->z)};
    if (d->z == NULL) {
        return irm_fail_memory(error);
    }
    double mean = units_mean(x, n);
    for (size_t i = 0; i < n; i++) {
        double z = x[i] - mean;
        d->z[i] = z;
        d->squares += z * z;
        d->fourths += z * z * z * z;
        d->largest = fmax(d->largest, fabs(z));
    }
    return IRM_OK;
}

/* What a permutation changes. */
typedef double (*cross_product)(const double *z, const irm_neighbours *w);

static double moran_cross(const double *z, const irm_neighbours *w) {
    double sum = 0.0;
    for (size_t i = 0; i < w->n; i++) {
        double lag = 0.0;
        for (size_t at = w->start[i]; at < w->start[i + 1]; at++) {
            lag += w->weights[at] * z[w->index[at]];
        }
        sum += z[i] * lag;
    }
    return sum;
}

static double geary_cross(const double *z, const irm_neighbours *w) {
    double sum = 0.0;
    for (size_t i = 0; i < w->n; i++) {
        for (size_t at = w->start[i]; at < w->start[i + 1]; at++) {
            double difference = z[i] - z[w->index[at]];
            sum += w->weights[at] * difference * difference;
        }
    }
    return sum;
}

typedef struct permuting {
    const double *z;
    const irm_neighbours *weights;
    cross_product cross;
    uint64_t seed;
    double **shuffled; /* by worker */
    double *results;   /* by permutation */
} permuting;

static void shuffle(double *values, size_t n, uint64_t *state) {
    for (size_t i = n - 1; i > 0; i--) {
        size_t j = random_below(state, (uint32_t)i + 1);
        double moved = values[i];
        values[i] = values[j];
        values[j] = moved;
    }
}

static irm_status permute(void *context, size_t first, size_t last, size_t worker,
                          irm_error *error) {
    (void)error;
    permuting *p = context;
    size_t n = p->weights->n;
    for (size_t i = first; i < last; i++) {
        uint64_t state = random_stream(p->seed, i);
        memcpy(p->shuffled[worker], p->z, n * sizeof *p->z);
        shuffle(p->shuffled[worker], n, &state);
        p->results[i] = p->cross(p->shuffled[worker], p->weights);
    }
    return IRM_OK;
}

/* (1 + permutations at least as far out as `observed`) / (1 + permutations); `upward`:
 * far out is large. What differs by rounding only counts as equal. */
static double rank_of(const double *results, size_t count, double observed, double scale,
                      bool upward) {
    double slack = 1e-12 * scale;
    size_t beyond = 0;
    for (size_t i = 0; i < count; i++) {
        beyond +=
            upward ? results[i] >= observed - slack : results[i] <= observed + slack;
    }
    return (double)(beyond + 1) / (double)(count + 1);
}

static irm_status permutation_p(const deviations *d, const irm_neighbours *weights,
                                cross_product cross, bool upward, size_t permutations,
                                uint64_t seed, size_t threads, double *p,
                                irm_error *error) {
    *p = NAN;
    if (permutations == 0) {
        return IRM_OK;
    }
    size_t workers = irm_parallel_workers(permutations, 1, threads);
    permuting all = {.z = d->z,
                     .weights = weights,
                     .cross = cross,
                     .seed = seed,
                     .shuffled = irm_calloc(workers, sizeof *all.shuffled),
                     .results = irm_calloc(permutations, sizeof *all.results)};
    bool ready = all.shuffled != NULL && all.results != NULL;
    for (size_t w = 0; ready && w < workers; w++) {
        all.shuffled[w] = irm_calloc(weights->n, sizeof **all.shuffled);
        ready = all.shuffled[w] != NULL;
    }
    irm_status status =
        ready ? irm_parallel_for(permutations, 1, threads, permute, &all, error)
              : irm_fail_memory(error);
    if (status == IRM_OK) {
        *p = rank_of(all.results, permutations, cross(d->z, weights), d->squares, upward);
    }
    for (size_t w = 0; all.shuffled != NULL && w < workers; w++) {
        irm_free(all.shuffled[w]);
    }
    irm_free(all.shuffled);
    irm_free(all.results);
    return status;
}

static irm_status prepare(const double *x, const irm_neighbours *weights, constants *c,
                          deviations *d, irm_error *error) {
    IRM_TRY(units_check_varied(x, weights->n, error));
    IRM_TRY(units_check_joined(weights, error));
    IRM_TRY(sum_weights(weights, c, error));
    if (c->n < 4.0) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "only %.0f units have neighbours: the variance of an "
                        "autocorrelation needs 4",
                        c->n);
    }
    if (!(c->s0 > 0.0)) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "the weights add up to %g: expected more than 0", c->s0);
    }
    return deviate(x, weights->n, d, error);
}

/* Moments under randomisation: Cliff and Ord 1981, eq. 2.39 for I. */
static double moran_variance(const constants *c, double kurtosis, double expectation) {
    double n = c->n;
    double s02 = c->s0 * c->s0;
    double first = n * (c->s1 * (n * n - 3.0 * n + 3.0) - n * c->s2 + 3.0 * s02);
    double second = kurtosis * (c->s1 * (n * n - n) - 2.0 * n * c->s2 + 6.0 * s02);
    return (first - second) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s02) -
           expectation * expectation;
}

/* The same for C: eq. 2.42. */
static double geary_variance(const constants *c, double kurtosis) {
    double n = c->n;
    double s02 = c->s0 * c->s0;
    double sum = (n - 1.0) * c->s1 * (n * n - 3.0 * n + 3.0 - kurtosis * (n - 1.0)) -
                 0.25 * (n - 1.0) * c->s2 *
                     (n * n + 3.0 * n - 6.0 - kurtosis * (n * n - n + 2.0)) +
                 s02 * (n * n - 3.0 - kurtosis * (n - 1.0) * (n - 1.0));
    return sum / (n * (n - 2.0) * (n - 3.0) * s02);
}

irm_status irm_moran(const double *x, const irm_neighbours *weights, size_t permutations,
                     uint64_t seed, size_t threads, irm_autocorrelation *moran,
                     irm_error *error) {
    constants c;
    deviations d = {0};
    *moran = (irm_autocorrelation){0};
    IRM_TRY(prepare(x, weights, &c, &d, error));
    double kurtosis = (double)weights->n * d.fourths / (d.squares * d.squares);
    moran->statistic = c.n / c.s0 * moran_cross(d.z, weights) / d.squares;
    moran->expectation = -1.0 / (c.n - 1.0);
    moran->variance = moran_variance(&c, kurtosis, moran->expectation);
    moran->z = (moran->statistic - moran->expectation) / sqrt(moran->variance);
    moran->p_value = units_upper_tail(moran->z);
    irm_status status = permutation_p(&d, weights, moran_cross, true, permutations, seed,
                                      threads, &moran->pseudo_p, error);
    irm_free(d.z);
    return status;
}

irm_status irm_geary(const double *x, const irm_neighbours *weights, size_t permutations,
                     uint64_t seed, size_t threads, irm_autocorrelation *geary,
                     irm_error *error) {
    constants c;
    deviations d = {0};
    *geary = (irm_autocorrelation){0};
    IRM_TRY(prepare(x, weights, &c, &d, error));
    double kurtosis = c.n * d.fourths / (d.squares * d.squares);
    geary->statistic = (c.n - 1.0) / (2.0 * c.s0) * geary_cross(d.z, weights) / d.squares;
    geary->expectation = 1.0;
    geary->variance = geary_variance(&c, kurtosis);
    geary->z = (geary->expectation - geary->statistic) / sqrt(geary->variance);
    geary->p_value = units_upper_tail(geary->z);
    irm_status status = permutation_p(&d, weights, geary_cross, false, permutations, seed,
                                      threads, &geary->pseudo_p, error);
    irm_free(d.z);
    return status;
}
