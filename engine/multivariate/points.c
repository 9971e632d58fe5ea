#include "multivariate/points.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"

irm_status points_init(irm_points *points, size_t count, size_t axes, bool contribution,
                       irm_error *error) {
    IRM_TRY(irm_matrix_init(&points->coordinates, count, axes, error));
    IRM_TRY(irm_matrix_init(&points->cos2, count, axes, error));
    return contribution ? irm_matrix_init(&points->contribution, count, axes, error)
                        : IRM_OK;
}

void irm_points_clear(irm_points *points) {
    irm_matrix_clear(&points->coordinates);
    irm_matrix_clear(&points->contribution);
    irm_matrix_clear(&points->cos2);
}

void points_qualify(irm_points *points, size_t row, double weight, double squared_norm,
                    const double *eigenvalues, double inertia) {
    const double *coordinates = irm_matrix_row(&points->coordinates, row);
    double *cos2 = irm_matrix_row(&points->cos2, row);
    size_t axes = points->coordinates.columns;
    bool at_origin = !(squared_norm > 1e-28 * inertia);
    for (size_t k = 0; k < axes; k++) {
        double square = coordinates[k] * coordinates[k];
        cos2[k] = at_origin ? 0 : square / squared_norm;
    }
    if (points->contribution.rows > 0) {
        double *contribution = irm_matrix_row(&points->contribution, row);
        for (size_t k = 0; k < axes; k++) {
            double square = coordinates[k] * coordinates[k];
            contribution[k] = 100 * weight * square / eigenvalues[k];
        }
    }
}

double points_modality_distance(double frequency) {
    return frequency > 0 && frequency < 1 - 1e-12 ? 1 / frequency - 1 : 0;
}

/* Two loadings that rounding alone tells apart must not decide by it. */
static double sign_of_axis(const irm_matrix *loadings, size_t axis) {
    double largest = 0;
    for (size_t j = 0; j < loadings->rows; j++) {
        largest = fmax(largest, fabs(irm_matrix_row(loadings, j)[axis]));
    }
    for (size_t j = 0; j < loadings->rows; j++) {
        double loading = irm_matrix_row(loadings, j)[axis];
        if (fabs(loading) >= largest * (1 - 1e-9)) {
            return loading < 0 ? -1 : 1;
        }
    }
    return 1;
}

void points_sign(irm_matrix *loadings) {
    for (size_t k = 0; k < loadings->columns; k++) {
        double sign = sign_of_axis(loadings, k);
        for (size_t j = 0; j < loadings->rows; j++) {
            irm_matrix_row(loadings, j)[k] *= sign;
        }
    }
}

irm_status factors_check_size(size_t n, size_t p, irm_error *error) {
    if (n < 2) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "a factor analysis needs at least 2 individuals; there %s %zu",
                        n == 1 ? "is" : "are", n);
    }
    if (p < 1) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "a factor analysis needs at least 1 variable; there are 0");
    }
    return IRM_OK;
}

irm_status factors_init(irm_factors *factors, const double *values, irm_error *error) {
    size_t kept = factors->n_eigenvalues;
    if (kept == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "the individuals are all alike: there is no axis to find");
    }
    factors->axes = factors->axes == 0 || factors->axes > kept ? kept : factors->axes;
    factors->eigenvalues = irm_calloc(kept, sizeof *factors->eigenvalues);
    if (factors->eigenvalues == NULL) {
        return irm_fail_memory(error);
    }
    memcpy(factors->eigenvalues, values, kept * sizeof *values);
    factors->inertia = 0;
    for (size_t k = 0; k < kept; k++) {
        factors->inertia += values[k];
    }
    IRM_TRY(points_init(&factors->individuals, factors->n, factors->axes, true, error));
    return points_init(&factors->variables, factors->p, factors->axes, true, error);
}

void irm_factors_clear(irm_factors *factors) {
    irm_free(factors->eigenvalues);
    irm_free(factors->weights);
    irm_free(factors->center);
    irm_free(factors->scale);
    irm_free(factors->variable_of);
    irm_points_clear(&factors->individuals);
    irm_points_clear(&factors->variables);
    irm_matrix_clear(&factors->eta2);
    *factors = (irm_factors){0};
}
