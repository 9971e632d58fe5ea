/* Gap statistic: R. Tibshirani, G. Walther, T. Hastie, "Estimating the number of clusters
 * in a data set via the gap statistic", JRSS B 63, 2001. Classes are those of Ward's
 * tree, one for all k; references are uniform in the box of the data along its principal
 * axes. */
#include <math.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "irminon/tree.h"
#include "multivariate/draw.h"
#include "multivariate/individuals.h"
#include "multivariate/moments.h"
#include "multivariate/partitions.h"
#include "stats/eigen.h"

typedef struct gap_work {
    const irm_matrix *x;
    const double *weights;
    size_t most;
    uint64_t seed;
    double *vectors;       /* p × p, an axis a column */
    double *lower, *upper; /* p, of the coordinates along the axes */
    double *logs;          /* references × most */
} gap_work;

/* log W(k), k = 1 … most, W the inertia within the classes of Ward's tree. */
static irm_status log_within(const irm_matrix *x, const double *weights, size_t most,
                             size_t threads, double *logs, irm_error *error) {
    irm_tree tree;
    IRM_TRY(irm_tree_ward(x, weights, threads, &tree, error));
    size_t n = x->rows;
    double within = 0;
    for (size_t s = 0; s < n - most; s++) {
        within += tree.merges[s].gain;
    }
    for (size_t k = most; k >= 1; k--) {
        logs[k - 1] = log(within);
        if (k > 1) {
            within += tree.merges[n - k].gain;
        }
    }
    irm_tree_clear(&tree);
    return IRM_OK;
}

static irm_status find_box(gap_work *self, size_t threads, irm_error *error) {
    size_t n = self->x->rows, p = self->x->columns;
    double *normal = irm_calloc(n, sizeof *normal);
    double *center = irm_calloc(p, sizeof *center);
    double *covariance = irm_calloc(p, p * sizeof *covariance);
    double *values = irm_calloc(p, sizeof *values);
    irm_status status;
    if (normal == NULL || center == NULL || covariance == NULL || values == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    individuals_weigh(n, self->weights, 1, normal);
    if ((status = moments_center(self->x, normal, threads, center, error)) != IRM_OK ||
        (status = moments_covariance(self->x, normal, center, threads, covariance,
                                     error)) != IRM_OK ||
        (status = eigen_symmetric(covariance, p, values, self->vectors, error)) !=
            IRM_OK) {
        goto cleanup;
    }
    for (size_t a = 0; a < p; a++) {
        self->lower[a] = INFINITY;
        self->upper[a] = -INFINITY;
        for (size_t i = 0; i < n; i++) {
            double coordinate = 0;
            for (size_t j = 0; j < p; j++) {
                coordinate += (irm_matrix_row(self->x, i)[j] - center[j]) *
                              self->vectors[j * p + a];
            }
            self->lower[a] = fmin(self->lower[a], coordinate);
            self->upper[a] = fmax(self->upper[a], coordinate);
        }
    }
cleanup:
    irm_free(normal);
    irm_free(center);
    irm_free(covariance);
    irm_free(values);
    return status;
}

/* Distances do not depend on the axes: the reference stays along the principal ones. */
static irm_status refer(void *context, size_t first, size_t last, size_t worker,
                        irm_error *error) {
    const gap_work *self = context;
    size_t n = self->x->rows, p = self->x->columns;
    (void)worker;
    irm_matrix drawn;
    IRM_TRY(irm_matrix_init(&drawn, n, p, error));
    irm_status status = IRM_OK;
    for (size_t r = first; r < last && status == IRM_OK; r++) {
        uint64_t state = random_stream(self->seed, r);
        for (size_t i = 0; i < n; i++) {
            for (size_t a = 0; a < p; a++) {
                irm_matrix_row(&drawn, i)[a] =
                    self->lower[a] +
                    draw_unit(&state) * (self->upper[a] - self->lower[a]);
            }
        }
        status = log_within(&drawn, self->weights, self->most, 1,
                            self->logs + r * self->most, error);
    }
    irm_matrix_clear(&drawn);
    return status;
}

static void compare(const gap_work *self, size_t references, const double *own,
                    double *gap, double *error_of_gap) {
    for (size_t k = 0; k < self->most; k++) {
        double mean = 0, squares = 0;
        for (size_t r = 0; r < references; r++) {
            mean += self->logs[r * self->most + k] / (double)references;
        }
        for (size_t r = 0; r < references; r++) {
            squares += pow(self->logs[r * self->most + k] - mean, 2) / (double)references;
        }
        gap[k] = mean - own[k];
        error_of_gap[k] = sqrt(squares * (1 + 1 / (double)references));
    }
}

irm_status irm_gap(const irm_matrix *x, const double *weights, size_t most,
                   size_t references, uint64_t seed, size_t threads, double *gap,
                   double *error_of_gap, irm_error *error) {
    IRM_TRY(individuals_check(x, weights, error));
    if (most == 0 || most >= x->rows || references == 0) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "gap of up to %zu classes of %zu individuals, %zu references: ask "
            "for fewer classes than individuals, and a reference or more",
            most, x->rows, references);
    }
    size_t p = x->columns;
    gap_work self = {.x = x, .weights = weights, .most = most, .seed = seed};
    self.vectors = irm_calloc(p, p * sizeof(double));
    self.lower = irm_calloc(p, sizeof(double));
    self.upper = irm_calloc(p, sizeof(double));
    self.logs = irm_calloc(references, most * sizeof(double));
    double *own = irm_calloc(most, sizeof *own);
    irm_status status;
    if (self.vectors == NULL || self.lower == NULL || self.upper == NULL ||
        self.logs == NULL || own == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    if ((status = find_box(&self, threads, error)) != IRM_OK ||
        (status = log_within(x, weights, most, threads, own, error)) != IRM_OK ||
        (status = irm_parallel_for(references, 1, threads, refer, &self, error)) !=
            IRM_OK) {
        goto cleanup;
    }
    if (isinf(own[most - 1])) {
        status =
            irm_fail(error, IRM_STATUS_REFUSED,
                     "fewer than %zu distinct individuals: no gap to measure", most + 1);
        goto cleanup;
    }
    compare(&self, references, own, gap, error_of_gap);
cleanup:
    irm_free(self.vectors);
    irm_free(self.lower);
    irm_free(self.upper);
    irm_free(self.logs);
    irm_free(own);
    return status;
}
