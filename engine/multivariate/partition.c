#include "irminon/partition.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "multivariate/individuals.h"
#include "multivariate/partitions.h"

void irm_partition_clear(irm_partition *partition) {
    irm_free(partition->classes);
    irm_free(partition->medoids);
    irm_matrix_clear(&partition->centers);
    irm_matrix_clear(&partition->membership);
    *partition = (irm_partition){0};
}

irm_status partition_check_k(size_t k, size_t n, irm_error *error) {
    return k >= 1 && k <= n
               ? IRM_OK
               : irm_fail(error, IRM_STATUS_USAGE,
                          "%zu classes of %zu individuals: ask for 1 to %zu", k, n, n);
}

irm_status partition_init(irm_partition *partition, size_t n, size_t k, size_t p,
                          irm_error *error) {
    *partition = (irm_partition){.n = n, .k = k, .log_likelihood = NAN, .bic = NAN};
    IRM_TRY(irm_matrix_init(&partition->centers, k, p, error));
    partition->classes = irm_calloc(n, sizeof *partition->classes);
    if (partition->classes == NULL) {
        irm_partition_clear(partition);
        return irm_fail_memory(error);
    }
    return IRM_OK;
}

double partition_squares(const double *a, const double *b, size_t p) {
    double sum = 0;
    for (size_t j = 0; j < p; j++) {
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sum;
}

/* Means of the classes, and of all (k + 1 rows; masses likewise). */
static irm_status find_means(const irm_matrix *x, const double *weights,
                             const int32_t *classes, irm_matrix *means, double *masses,
                             irm_error *error) {
    size_t k = means->rows - 1, p = x->columns;
    for (size_t i = 0; i < x->rows; i++) {
        if (classes[i] < 0 || (size_t)classes[i] >= k) {
            return irm_fail(error, IRM_STATUS_USAGE,
                            "individual %zu is in class %d: classes go from 0 to %zu",
                            i + 1, classes[i], k - 1);
        }
        size_t rows[2] = {(size_t)classes[i], k};
        for (size_t r = 0; r < 2; r++) {
            double *mean = irm_matrix_row(means, rows[r]);
            for (size_t j = 0; j < p; j++) {
                mean[j] += weights[i] * irm_matrix_row(x, i)[j];
            }
            masses[rows[r]] += weights[i];
        }
    }
    for (size_t l = 0; l <= k; l++) {
        if (masses[l] <= 0) {
            return irm_fail(error, IRM_STATUS_USAGE, "class %zu is empty", l);
        }
        for (size_t j = 0; j < p; j++) {
            irm_matrix_row(means, l)[j] /= masses[l];
        }
    }
    return IRM_OK;
}

irm_status partition_measure(const irm_matrix *x, const double *weights,
                             irm_partition *partition, irm_error *error) {
    size_t k = partition->k, p = x->columns;
    irm_matrix means;
    IRM_TRY(irm_matrix_init(&means, k + 1, p, error));
    double *normal = irm_calloc(x->rows, sizeof *normal);
    double *masses = irm_calloc(k + 1, sizeof *masses);
    irm_status status = IRM_OK;
    if (normal == NULL || masses == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    individuals_weigh(x->rows, weights, 1, normal);
    status = find_means(x, normal, partition->classes, &means, masses, error);
    if (status != IRM_OK) {
        goto cleanup;
    }
    partition->within = partition->total = 0;
    for (size_t i = 0; i < x->rows; i++) {
        const double *row = irm_matrix_row(x, i);
        size_t own = (size_t)partition->classes[i];
        partition->within +=
            normal[i] * partition_squares(row, irm_matrix_row(&means, own), p);
        partition->total +=
            normal[i] * partition_squares(row, irm_matrix_row(&means, k), p);
    }
    memcpy(partition->centers.data, means.data, k * p * sizeof(double));
cleanup:
    irm_matrix_clear(&means);
    irm_free(normal);
    irm_free(masses);
    return status;
}

irm_status irm_partition_of(const irm_matrix *x, const double *weights,
                            const int32_t *classes, size_t k, irm_partition *partition,
                            irm_error *error) {
    IRM_TRY(individuals_check(x, weights, error));
    IRM_TRY(partition_check_k(k, x->rows, error));
    IRM_TRY(partition_init(partition, x->rows, k, x->columns, error));
    memcpy(partition->classes, classes, x->rows * sizeof *classes);
    irm_status status = partition_measure(x, weights, partition, error);
    if (status != IRM_OK) {
        irm_partition_clear(partition);
    }
    return status;
}

typedef struct assignment {
    const irm_partition *partition;
    const irm_matrix *x;
    int32_t *classes;
    double *distances;
} assignment;

static irm_status assign_range(void *context, size_t first, size_t last, size_t worker,
                               irm_error *error) {
    const assignment *self = context;
    const irm_matrix *centers = &self->partition->centers;
    (void)worker;
    (void)error;
    for (size_t i = first; i < last; i++) {
        double least = INFINITY;
        for (size_t l = 0; l < centers->rows; l++) {
            double squares = partition_squares(
                irm_matrix_row(self->x, i), irm_matrix_row(centers, l), centers->columns);
            if (squares < least) {
                least = squares;
                self->classes[i] = (int32_t)l;
            }
        }
        if (self->distances != NULL) {
            self->distances[i] = sqrt(least);
        }
    }
    return IRM_OK;
}

irm_status irm_partition_assign(const irm_partition *partition, const irm_matrix *x,
                                size_t threads, int32_t *classes, double *distances,
                                irm_error *error) {
    if (x->columns != partition->centers.columns) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "individuals have %zu variables, the classes %zu", x->columns,
                        partition->centers.columns);
    }
    if (x->rows == 0) {
        return IRM_OK;
    }
    IRM_TRY(individuals_check(x, NULL, error));
    assignment self = {partition, x, classes, distances};
    return irm_parallel_for(x->rows, 4096, threads, assign_range, &self, error);
}
