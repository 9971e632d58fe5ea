/* How good a partition is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "multivariate/draw.h"
#include "multivariate/individuals.h"
#include "multivariate/partitions.h"

enum { LIMIT = 20000, LANE = 64 };

/* The individuals looked at, by class, column by column. */
typedef struct silhouette_work {
    const irm_matrix *x;
    const irm_partition *partition;
    size_t m;            /* looked at */
    uint32_t *rows;      /* m, by class */
    double *columns;     /* p × m */
    double *weights;     /* m */
    size_t *starts;      /* k + 1: where each class begins among them */
    double *masses;      /* k */
    double *sums;        /* workers × k: weighted distances to each class */
    double *silhouettes; /* n */
} silhouette_work;

/* Weighted distances from individual `s` of those looked at to each class. */
static void sum_distances(const silhouette_work *self, size_t s, double *sums) {
    size_t p = self->x->columns, m = self->m;
    const double *own = irm_matrix_row(self->x, self->rows[s]);
    for (size_t l = 0; l < self->partition->k; l++) {
        double sum = 0;
        for (size_t from = self->starts[l]; from < self->starts[l + 1]; from += LANE) {
            size_t left = self->starts[l + 1] - from, count = left < LANE ? left : LANE;
            double squares[LANE] = {0};
            for (size_t j = 0; j < p; j++) {
                const double *column = self->columns + j * m + from;
                for (size_t i = 0; i < count; i++) {
                    squares[i] += (column[i] - own[j]) * (column[i] - own[j]);
                }
            }
            for (size_t i = 0; i < count; i++) {
                squares[i] = sqrt(squares[i]) * self->weights[from + i];
            }
            for (size_t i = 0; i < count; i++) {
                sum += squares[i];
            }
        }
        sums[l] = sum;
    }
}

/* Rousseeuw 1987: (b - a)/max(a, b), 0 for one alone in its class. */
static irm_status silhouette_range(void *context, size_t first, size_t last,
                                   size_t worker, irm_error *error) {
    const silhouette_work *self = context;
    (void)error;
    size_t k = self->partition->k;
    double *sums = self->sums + worker * k;
    for (size_t s = first; s < last; s++) {
        size_t own = (size_t)self->partition->classes[self->rows[s]];
        sum_distances(self, s, sums);
        double nearest = INFINITY, silhouette = 0;
        for (size_t l = 0; l < k; l++) {
            if (l != own && self->starts[l + 1] > self->starts[l]) {
                nearest = fmin(nearest, sums[l] / self->masses[l]);
            }
        }
        if (self->starts[own + 1] - self->starts[own] > 1 && isfinite(nearest)) {
            double inside = sums[own] / (self->masses[own] - self->weights[s]);
            double most = fmax(inside, nearest);
            silhouette = most > 0 ? (nearest - inside) / most : 0;
        }
        self->silhouettes[self->rows[s]] = silhouette;
    }
    return IRM_OK;
}

/* m of n, by increasing number (selection sampling: Knuth, algorithm S), counting those
 * of each class in starts[class + 1]. */
static void choose(silhouette_work *self, uint64_t seed, uint8_t *chosen) {
    uint64_t state = random_stream(seed, 0);
    size_t n = self->x->rows, wanted = self->m;
    for (size_t i = 0; i < n; i++) {
        if (draw_unit(&state) * (double)(n - i) < (double)wanted) {
            chosen[i] = 1;
            wanted--;
            self->starts[self->partition->classes[i] + 1]++;
        }
    }
}

static void gather(silhouette_work *self, const double *weights, const uint8_t *chosen) {
    size_t k = self->partition->k, p = self->x->columns;
    for (size_t l = 0; l < k; l++) {
        self->starts[l + 1] += self->starts[l];
    }
    for (size_t i = 0; i < self->x->rows; i++) {
        if (chosen[i] == 0) {
            continue;
        }
        size_t class = (size_t)self->partition->classes[i];
        size_t at = self->starts[class]++;
        self->rows[at] = (uint32_t)i;
        self->weights[at] = weights == NULL ? 1 : weights[i];
        self->masses[class] += self->weights[at];
        for (size_t j = 0; j < p; j++) {
            self->columns[j * self->m + at] = irm_matrix_row(self->x, i)[j];
        }
    }
    memmove(self->starts + 1, self->starts, k * sizeof *self->starts);
    self->starts[0] = 0;
}

static irm_status measure_silhouettes(silhouette_work *self, const double *weights,
                                      uint64_t seed, size_t threads, double *mean,
                                      irm_error *error) {
    size_t n = self->x->rows, k = self->partition->k;
    size_t workers = irm_parallel_workers(self->m, 16, threads);
    uint8_t *chosen = irm_calloc(n, 1);
    self->rows = irm_calloc(self->m, sizeof *self->rows);
    self->columns = irm_calloc(self->m, self->x->columns * sizeof *self->columns);
    self->weights = irm_calloc(self->m, sizeof *self->weights);
    self->starts = irm_calloc(k + 2, sizeof *self->starts);
    self->masses = irm_calloc(k, sizeof *self->masses);
    self->sums = irm_calloc(workers, k * sizeof *self->sums);
    irm_status status = IRM_OK;
    if (chosen == NULL || self->rows == NULL || self->columns == NULL ||
        self->weights == NULL || self->starts == NULL || self->masses == NULL ||
        self->sums == NULL) {
        status = irm_fail_memory(error);
    } else {
        choose(self, seed, chosen);
        gather(self, weights, chosen);
        status = irm_parallel_for(self->m, 16, threads, silhouette_range, self, error);
    }
    double sum = 0, mass = 0;
    for (size_t s = 0; s < self->m && status == IRM_OK; s++) {
        sum += self->weights[s] * self->silhouettes[self->rows[s]];
        mass += self->weights[s];
    }
    *mean = sum / mass;
    irm_free(chosen);
    irm_free(self->rows);
    irm_free(self->columns);
    irm_free(self->weights);
    irm_free(self->starts);
    irm_free(self->masses);
    irm_free(self->sums);
    return status;
}

irm_status irm_partition_quality(const irm_matrix *x, const double *weights,
                                 const irm_partition *partition, size_t limit,
                                 uint64_t seed, size_t threads, double *silhouettes,
                                 irm_quality *quality, irm_error *error) {
    IRM_TRY(individuals_check(x, weights, error));
    if (x->rows != partition->n) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a partition of %zu individuals for a table of %zu", partition->n,
                        x->rows);
    }
    size_t n = x->rows, k = partition->k, most = limit > 0 ? limit : LIMIT;
    double *values = irm_calloc(n, sizeof *values);
    if (values == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = NAN;
    }
    silhouette_work work = {
        .x = x, .partition = partition, .m = n < most ? n : most, .silhouettes = values};
    *quality = (irm_quality){.sampled = n > most};
    irm_status status =
        measure_silhouettes(&work, weights, seed, threads, &quality->silhouette, error);
    if (status == IRM_OK) {
        double between = partition->total - partition->within;
        quality->explained = partition->total > 0 ? between / partition->total : 0;
        quality->calinski_harabasz =
            k > 1 && k < n
                ? (between / (double)(k - 1)) / (partition->within / (double)(n - k))
                : NAN;
        if (k == 1) {
            quality->silhouette = NAN;
        }
        if (silhouettes != NULL) {
            memcpy(silhouettes, values, n * sizeof *values);
        }
    }
    irm_free(values);
    return status;
}
