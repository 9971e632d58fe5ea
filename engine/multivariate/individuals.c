#include "multivariate/individuals.h"

#include <math.h>

#include "irminon/sum.h"

/* Sums of squares of differences of such values stay finite up to a million columns. */
#define LARGEST 1e150

irm_status individuals_check_weights(size_t n, const double *weights, irm_error *error) {
    for (size_t i = 0; weights != NULL && i < n; i++) {
        if (!isfinite(weights[i]) || weights[i] <= 0 || weights[i] > LARGEST ||
            weights[i] < 1 / LARGEST) {
            return irm_fail(error, IRM_STATUS_REFUSED,
                            "the weight of individual %zu is %g: weights are positive "
                            "numbers, leave out individuals that have none",
                            i + 1, weights[i]);
        }
    }
    return IRM_OK;
}

irm_status individuals_check(const irm_matrix *x, const double *weights,
                             irm_error *error) {
    if (x->rows == 0 || x->columns == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "no individual or no variable (%zu × %zu)", x->rows, x->columns);
    }
    if (x->rows > INT32_MAX) {
        return irm_fail(error, IRM_STATUS_REFUSED, "%zu individuals: at most %d", x->rows,
                        INT32_MAX);
    }
    for (size_t i = 0; i < x->rows; i++) {
        const double *row = irm_matrix_row(x, i);
        for (size_t j = 0; j < x->columns; j++) {
            if (!(fabs(row[j]) <= LARGEST)) {
                return irm_fail(error, IRM_STATUS_REFUSED,
                                "individual %zu, variable %zu: %g is not a number that "
                                "distances can be computed from",
                                i + 1, j + 1, row[j]);
            }
        }
    }
    return individuals_check_weights(x->rows, weights, error);
}

void individuals_weigh(size_t n, const double *weights, double total, double *into) {
    if (weights == NULL) {
        for (size_t i = 0; i < n; i++) {
            into[i] = total / (double)n;
        }
        return;
    }
    irm_sum sum = {0};
    for (size_t i = 0; i < n; i++) {
        irm_sum_add(&sum, weights[i]);
    }
    double all = irm_sum_round(&sum);
    for (size_t i = 0; i < n; i++) {
        into[i] = weights[i] / all * total;
    }
}
