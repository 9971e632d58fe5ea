#include <math.h>
#include <string.h>

#include "irminon/factor.h"
#include "irminon/memory.h"
#include "irminon/threads.h"
#include "multivariate/moments.h"
#include "multivariate/points.h"
#include "stats/eigen.h"

enum { ROWS_AT_ONCE = 1024 };

/* What the steps of an analysis share. */
typedef struct analysis {
    const irm_matrix *x;
    size_t threads;
    double *variances;   /* p, of the columns once centred and reduced */
    double *values;      /* eigenvalues, decreasing */
    irm_matrix vectors;  /* order × order */
    irm_matrix loadings; /* p × axes: unit vectors */
} analysis;

static void analysis_clear(analysis *self) {
    irm_free(self->variances);
    irm_free(self->values);
    irm_matrix_clear(&self->vectors);
    irm_matrix_clear(&self->loadings);
}

static bool varies(const irm_matrix *x, const double *weights, size_t column) {
    const double *first = NULL;
    for (size_t i = 0; i < x->rows; i++) {
        const double *value = irm_matrix_row(x, i) + column;
        if (weights[i] > 0 && first == NULL) {
            first = value;
        } else if (weights[i] > 0 && *value != *first) {
            return true;
        }
    }
    return false;
}

/* Standard deviations into `scale`, 1 where not reducing. A column is constant by its
 * values, not by a variance that rounding keeps from being null. */
static irm_status find_scale(const irm_matrix *x, bool reduce, irm_factors *factors,
                             double *variances, irm_error *error) {
    for (size_t j = 0; j < x->columns; j++) {
        double variance = variances[j];
        if (!isfinite(variance)) {
            return irm_fail_at(error, IRM_STATUS_REFUSED, NULL, 0, j + 1, NULL,
                               "variable %zu spreads too widely for its variance to be "
                               "a number",
                               j + 1);
        }
        bool constant = !isnormal(variance) || !varies(x, factors->weights, j);
        if (reduce && constant) {
            return irm_fail_at(error, IRM_STATUS_REFUSED, NULL, 0, j + 1, NULL,
                               "variable %zu is constant: it cannot be reduced, leave it "
                               "out",
                               j + 1);
        }
        factors->scale[j] = reduce ? sqrt(variance) : 1;
        variances[j] = constant ? 0 : reduce ? 1 : variance;
    }
    return IRM_OK;
}

/* p ≤ n: eigenvectors of the covariances (correlations when reduced) are the loadings. */
static irm_status decompose_columns(analysis *self, double *covariance,
                                    irm_factors *factors, irm_error *error) {
    size_t p = factors->p;
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k < p; k++) {
            covariance[j * p + k] /= factors->scale[j] * factors->scale[k];
        }
        covariance[j * p + j] = self->variances[j];
    }
    IRM_TRY(irm_matrix_init(&self->vectors, p, p, error));
    IRM_TRY(eigen_symmetric(covariance, p, self->values, self->vectors.data, error));
    factors->n_eigenvalues = eigen_rank(self->values, p);
    return IRM_OK;
}

/* Row i of the table as analysed, times the root of its weight. */
static void weighted_row(const irm_matrix *x, const irm_factors *factors, size_t i,
                         double *row) {
    const double *from = irm_matrix_row(x, i);
    double root = sqrt(factors->weights[i]);
    for (size_t j = 0; j < factors->p; j++) {
        row[j] = root * (from[j] - factors->center[j]) / factors->scale[j];
    }
}

/* p > n: the n × n products of the rows have the same eigenvalues. */
static irm_status decompose_rows(analysis *self, irm_matrix *table, irm_matrix *products,
                                 irm_factors *factors, irm_error *error) {
    size_t n = factors->n, p = factors->p;
    IRM_TRY(irm_matrix_init(table, n, p, error));
    IRM_TRY(irm_matrix_init(products, n, n, error));
    for (size_t i = 0; i < n; i++) {
        weighted_row(self->x, factors, i, irm_matrix_row(table, i));
        for (size_t k = 0; k <= i; k++) {
            double sum = 0;
            for (size_t j = 0; j < p; j++) {
                sum += irm_matrix_row(table, i)[j] * irm_matrix_row(table, k)[j];
            }
            irm_matrix_row(products, i)[k] = irm_matrix_row(products, k)[i] = sum;
        }
    }
    IRM_TRY(irm_matrix_init(&self->vectors, n, n, error));
    IRM_TRY(eigen_symmetric(products->data, n, self->values, self->vectors.data, error));
    factors->n_eigenvalues = eigen_rank(self->values, n);
    return IRM_OK;
}

/* Loadings from the vectors of the rows: Zᵀ u / √λ. */
static void carry_to_columns(analysis *self, const irm_matrix *table, size_t axes) {
    for (size_t i = 0; i < table->rows; i++) {
        for (size_t j = 0; j < table->columns; j++) {
            double value = irm_matrix_row(table, i)[j];
            for (size_t k = 0; k < axes; k++) {
                irm_matrix_row(&self->loadings, j)[k] +=
                    value * irm_matrix_row(&self->vectors, i)[k] / sqrt(self->values[k]);
            }
        }
    }
}

static irm_status find_axes(analysis *self, double *covariance, irm_factors *factors,
                            irm_error *error) {
    size_t p = factors->p;
    irm_matrix table = {0}, products = {0};
    bool by_rows = p > factors->n;
    irm_status status = by_rows ? decompose_rows(self, &table, &products, factors, error)
                                : decompose_columns(self, covariance, factors, error);
    if (status == IRM_OK) {
        status = factors_init(factors, self->values, error);
    }
    if (status == IRM_OK) {
        status = irm_matrix_init(&self->loadings, p, factors->axes, error);
    }
    if (status == IRM_OK && by_rows) {
        carry_to_columns(self, &table, factors->axes);
    } else if (status == IRM_OK) {
        for (size_t j = 0; j < p; j++) {
            memcpy(irm_matrix_row(&self->loadings, j), irm_matrix_row(&self->vectors, j),
                   factors->axes * sizeof(double));
        }
    }
    irm_matrix_clear(&table);
    irm_matrix_clear(&products);
    return status;
}

static void fill_variables(const analysis *self, irm_factors *factors) {
    for (size_t j = 0; j < factors->p; j++) {
        const double *loading = irm_matrix_row(&self->loadings, j);
        double *coordinates = irm_matrix_row(&factors->variables.coordinates, j);
        for (size_t k = 0; k < factors->axes; k++) {
            coordinates[k] = loading[k] * sqrt(factors->eigenvalues[k]);
        }
        points_qualify(&factors->variables, j, 1, self->variances[j],
                       factors->eigenvalues, factors->inertia);
    }
}

/* Rows to project on axes, and where to. */
typedef struct projection {
    const irm_matrix *x, *loadings;
    const irm_factors *factors;
    const double *weights; /* of the rows, or NULL for supplementary ones */
    irm_points *points;
} projection;

static double project_row(const projection *self, size_t i) {
    const irm_factors *factors = self->factors;
    const double *row = irm_matrix_row(self->x, i);
    double *coordinates = irm_matrix_row(&self->points->coordinates, i);
    size_t axes = factors->axes;
    double squared_norm = 0;
    for (size_t j = 0; j < factors->p; j++) {
        double value = (row[j] - factors->center[j]) / factors->scale[j];
        const double *loading = irm_matrix_row(self->loadings, j);
        squared_norm += value * value;
        for (size_t k = 0; k < axes; k++) {
            coordinates[k] += value * loading[k];
        }
    }
    return squared_norm;
}

static irm_status project_rows(void *context, size_t first, size_t last, size_t worker,
                               irm_error *error) {
    (void)worker;
    (void)error;
    const projection *self = context;
    for (size_t i = first; i < last; i++) {
        double squared_norm = project_row(self, i);
        points_qualify(self->points, i, self->weights == NULL ? 0 : self->weights[i],
                       squared_norm, self->factors->eigenvalues, self->factors->inertia);
    }
    return IRM_OK;
}

/* Covariances only where they are what is decomposed. */
static irm_status find_variances(analysis *self, double *covariance,
                                 const irm_factors *factors, irm_error *error) {
    size_t p = factors->p;
    if (p > factors->n) {
        return moments_variances(self->x, factors->weights, factors->center,
                                 self->threads, self->variances, error);
    }
    IRM_TRY(moments_covariance(self->x, factors->weights, factors->center, self->threads,
                               covariance, error));
    for (size_t j = 0; j < p; j++) {
        self->variances[j] = covariance[j * p + j];
    }
    return IRM_OK;
}

static irm_status analyse(analysis *self, const irm_pca_options *options,
                          double *covariance, irm_factors *factors, irm_error *error) {
    const irm_matrix *x = self->x;
    IRM_TRY(
        weights_normalise(options->weights, factors->n, factors->weights, NULL, error));
    IRM_TRY(moments_center(x, factors->weights, self->threads, factors->center, error));
    IRM_TRY(find_variances(self, covariance, factors, error));
    IRM_TRY(find_scale(x, options->reduce, factors, self->variances, error));
    IRM_TRY(find_axes(self, covariance, factors, error));
    points_sign(&self->loadings);
    fill_variables(self, factors);
    projection active = {x, &self->loadings, factors, factors->weights,
                         &factors->individuals};
    return irm_parallel_for(factors->n, ROWS_AT_ONCE, self->threads, project_rows,
                            &active, error);
}

static bool allocate(analysis *self, double **covariance, irm_factors *factors) {
    size_t n = factors->n, p = factors->p;
    self->variances = irm_calloc(p, sizeof *self->variances);
    self->values = irm_calloc(p < n ? p : n, sizeof *self->values);
    *covariance = irm_calloc(p > n ? 0 : p, p * sizeof **covariance);
    factors->weights = irm_calloc(n, sizeof *factors->weights);
    factors->center = irm_calloc(p, sizeof *factors->center);
    factors->scale = irm_calloc(p, sizeof *factors->scale);
    return self->variances != NULL && self->values != NULL && *covariance != NULL &&
           factors->weights != NULL && factors->center != NULL && factors->scale != NULL;
}

irm_status irm_pca(const irm_matrix *x, const irm_pca_options *options,
                   irm_factors *factors, irm_error *error) {
    *factors = (irm_factors){
        .n = x->rows, .p = x->columns, .axes = options->axes, .reduced = options->reduce};
    IRM_TRY(factors_check_size(x->rows, x->columns, error));
    IRM_TRY(moments_check_finite(x, error));
    analysis self = {.x = x, .threads = options->threads};
    double *covariance = NULL;
    irm_status status = allocate(&self, &covariance, factors)
                            ? analyse(&self, options, covariance, factors, error)
                            : irm_fail_memory(error);
    irm_free(covariance);
    analysis_clear(&self);
    if (status != IRM_OK) {
        irm_factors_clear(factors);
    }
    return status;
}

irm_status irm_pca_project(const irm_factors *factors, const irm_matrix *x,
                           irm_points *points, irm_error *error) {
    *points = (irm_points){0};
    if (factors->multiple || x->columns != factors->p) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%zu variables cannot be projected on the axes of a %s of %zu",
                        x->columns, factors->multiple ? "multiple analysis" : "analysis",
                        factors->p);
    }
    IRM_TRY(moments_check_finite(x, error));
    irm_matrix loadings = {0};
    irm_status status = irm_matrix_init(&loadings, factors->p, factors->axes, error);
    for (size_t i = 0; status == IRM_OK && i < factors->p * factors->axes; i++) {
        loadings.data[i] = factors->variables.coordinates.data[i] /
                           sqrt(factors->eigenvalues[i % factors->axes]);
    }
    if (status == IRM_OK) {
        status = points_init(points, x->rows, factors->axes, false, error);
    }
    if (status == IRM_OK) {
        projection rows = {x, &loadings, factors, NULL, points};
        status = irm_parallel_for(x->rows, ROWS_AT_ONCE, 0, project_rows, &rows, error);
    }
    irm_matrix_clear(&loadings);
    if (status != IRM_OK) {
        irm_points_clear(points);
    }
    return status;
}
