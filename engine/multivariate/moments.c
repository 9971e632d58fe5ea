#include "multivariate/moments.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/sum.h"
#include "irminon/threads.h"

/* Blocks depend on the number of rows only: enough for the threads of a machine, few
 * enough that partial sums stay small beside the data. */
enum { LEAST_ROWS = 512, MOST_BLOCKS = 32 };

irm_status weights_normalise(const double *weights, size_t n, double *normalised,
                             size_t *n_used, irm_error *error) {
    irm_sum exact = {0};
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        double weight = weights == NULL ? 1 : weights[i];
        if (!(weight >= 0) || isinf(weight)) {
            return irm_fail_at(
                error, IRM_STATUS_DATA, NULL, i + 1, 0, NULL,
                "the weight of individual %zu is %s; expected a number of at least 0",
                i + 1, isnan(weight) ? "missing" : "negative or infinite");
        }
        used += weight > 0;
        irm_sum_add(&exact, weight);
    }
    double total = irm_sum_round(&exact);
    if (!(total > 0) || isinf(total)) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "the weights of the %zu individuals add up to %g; expected a sum "
                        "over zero",
                        n, total);
    }
    for (size_t i = 0; i < n; i++) {
        normalised[i] = (weights == NULL ? 1 : weights[i]) / total;
    }
    if (n_used != NULL) {
        *n_used = used;
    }
    return IRM_OK;
}

irm_status moments_check_finite(const irm_matrix *x, irm_error *error) {
    for (size_t i = 0; i < x->rows; i++) {
        const double *row = irm_matrix_row(x, i);
        for (size_t j = 0; j < x->columns; j++) {
            if (!isfinite(row[j])) {
                return irm_fail_at(error, IRM_STATUS_DATA, NULL, i + 1, j + 1, NULL,
                                   "individual %zu, variable %zu: the value is %s; "
                                   "expected a finite number",
                                   i + 1, j + 1, isnan(row[j]) ? "missing" : "infinite");
            }
        }
    }
    return IRM_OK;
}

typedef struct reduction {
    size_t n, size, blocks;
    moments_add add;
    const void *context;
    double *partial; /* blocks × size */
} reduction;

static irm_status add_blocks(void *context, size_t first, size_t last, size_t worker,
                             irm_error *error) {
    (void)worker;
    (void)error;
    const reduction *shared = context;
    size_t rows = (shared->n + shared->blocks - 1) / shared->blocks;
    for (size_t block = first; block < last; block++) {
        size_t begin = block * rows, end = begin + rows;
        if (begin < shared->n) {
            shared->add(shared->context, begin, end < shared->n ? end : shared->n,
                        shared->partial + block * shared->size);
        }
    }
    return IRM_OK;
}

irm_status moments_reduce(size_t n, size_t size, size_t threads, moments_add add,
                          const void *context, double *sum, irm_error *error) {
    size_t blocks = n / LEAST_ROWS + 1;
    blocks = blocks < MOST_BLOCKS ? blocks : MOST_BLOCKS;
    reduction shared = {n, size, blocks, add, context, NULL};
    shared.partial = irm_calloc(blocks * size, sizeof *shared.partial);
    if (shared.partial == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_parallel_for(blocks, 1, threads, add_blocks, &shared, error);
    memset(sum, 0, size * sizeof *sum);
    for (size_t k = 0; status == IRM_OK && k < blocks * size; k++) {
        sum[k % size] += shared.partial[k];
    }
    irm_free(shared.partial);
    return status;
}

typedef struct weighted_rows {
    const irm_matrix *x;
    const double *weights, *center;
} weighted_rows;

/* Deviations from the first row, so that a large common part costs no digits. */
static void add_means(const void *context, size_t first, size_t last, double *partial) {
    const weighted_rows *rows = context;
    size_t p = rows->x->columns;
    const double *origin = rows->x->data;
    for (size_t i = first; i < last; i++) {
        const double *row = irm_matrix_row(rows->x, i);
        double weight = rows->weights[i];
        for (size_t j = 0; j < p; j++) {
            partial[j] += weight * (row[j] - origin[j]);
        }
    }
}

irm_status moments_center(const irm_matrix *x, const double *weights, size_t threads,
                          double *center, irm_error *error) {
    weighted_rows rows = {x, weights, NULL};
    IRM_TRY(
        moments_reduce(x->rows, x->columns, threads, add_means, &rows, center, error));
    for (size_t j = 0; j < x->columns; j++) {
        center[j] += x->data[j];
    }
    return IRM_OK;
}

/* The lower half, and the row being added behind it. */
static void add_products(const void *context, size_t first, size_t last,
                         double *partial) {
    const weighted_rows *rows = context;
    size_t p = rows->x->columns;
    double *deviation = partial + p * p;
    for (size_t i = first; i < last; i++) {
        const double *row = irm_matrix_row(rows->x, i);
        for (size_t j = 0; j < p; j++) {
            deviation[j] = row[j] - rows->center[j];
        }
        for (size_t j = 0; j < p; j++) {
            double weighted = rows->weights[i] * deviation[j];
            double *products = partial + j * p;
            for (size_t k = 0; k <= j; k++) {
                products[k] += weighted * deviation[k];
            }
        }
    }
}

irm_status moments_covariance(const irm_matrix *x, const double *weights,
                              const double *center, size_t threads, double *covariance,
                              irm_error *error) {
    size_t p = x->columns, size = p * p + p;
    weighted_rows rows = {x, weights, center};
    double *sum = irm_calloc(size, sizeof *sum);
    if (sum == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status =
        moments_reduce(x->rows, size, threads, add_products, &rows, sum, error);
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k <= j; k++) {
            covariance[j * p + k] = covariance[k * p + j] = sum[j * p + k];
        }
    }
    irm_free(sum);
    return status;
}

static void add_squares(const void *context, size_t first, size_t last, double *partial) {
    const weighted_rows *rows = context;
    for (size_t i = first; i < last; i++) {
        const double *row = irm_matrix_row(rows->x, i);
        for (size_t j = 0; j < rows->x->columns; j++) {
            double deviation = row[j] - rows->center[j];
            partial[j] += rows->weights[i] * deviation * deviation;
        }
    }
}

irm_status moments_variances(const irm_matrix *x, const double *weights,
                             const double *center, size_t threads, double *variances,
                             irm_error *error) {
    weighted_rows rows = {x, weights, center};
    return moments_reduce(x->rows, x->columns, threads, add_squares, &rows, variances,
                          error);
}
