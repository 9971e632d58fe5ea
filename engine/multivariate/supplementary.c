#include <math.h>

#include "irminon/factor.h"
#include "irminon/memory.h"
#include "multivariate/points.h"

/* Weighted sums over the individuals with a value, for one variable and all axes. */
typedef struct variable_sums {
    double weight, mean, squares; /* of the variable */
    double *means, *axis_squares; /* of the axes, over the same individuals */
    double *products;
} variable_sums;

static void find_means(const irm_factors *factors, const irm_matrix *x, size_t j,
                       variable_sums *sums) {
    sums->weight = sums->mean = sums->squares = 0;
    for (size_t k = 0; k < factors->axes; k++) {
        sums->means[k] = sums->axis_squares[k] = sums->products[k] = 0;
    }
    for (size_t i = 0; i < x->rows; i++) {
        double value = irm_matrix_row(x, i)[j], weight = factors->weights[i];
        if (isnan(value) || weight == 0) {
            continue;
        }
        sums->weight += weight;
        sums->mean += weight * (value - sums->mean) / sums->weight;
        const double *f = irm_matrix_row(&factors->individuals.coordinates, i);
        for (size_t k = 0; k < factors->axes; k++) {
            sums->means[k] += weight * f[k];
        }
    }
    for (size_t k = 0; k < factors->axes && sums->weight > 0; k++) {
        sums->means[k] /= sums->weight;
    }
}

static void find_products(const irm_factors *factors, const irm_matrix *x, size_t j,
                          variable_sums *sums) {
    for (size_t i = 0; i < x->rows; i++) {
        double deviation = irm_matrix_row(x, i)[j] - sums->mean;
        double weight = factors->weights[i];
        if (isnan(deviation) || weight == 0) {
            continue;
        }
        const double *f = irm_matrix_row(&factors->individuals.coordinates, i);
        sums->squares += weight * deviation * deviation;
        for (size_t k = 0; k < factors->axes; k++) {
            double along = f[k] - sums->means[k];
            sums->axis_squares[k] += weight * along * along;
            sums->products[k] += weight * along * deviation;
        }
    }
}

/* Correlations; a variable that does not vary beyond rounding has none. */
static void place_variable(const irm_factors *factors, const variable_sums *sums,
                           size_t j, irm_points *points) {
    double noise = 1e-14 * fabs(sums->mean);
    double variance = sums->squares / sums->weight;
    if (!(variance > noise * noise)) {
        return;
    }
    for (size_t k = 0; k < factors->axes; k++) {
        double squares = sums->squares * sums->axis_squares[k];
        double correlation = squares > 0 ? sums->products[k] / sqrt(squares) : 0;
        bool covariance = !factors->multiple && !factors->reduced;
        irm_matrix_row(&points->coordinates, j)[k] =
            correlation * (covariance ? sqrt(variance) : 1);
        irm_matrix_row(&points->cos2, j)[k] = correlation * correlation;
    }
}

static irm_status check_infinite(const irm_matrix *x, irm_error *error) {
    for (size_t i = 0; i < x->rows * x->columns; i++) {
        if (isinf(x->data[i])) {
            return irm_fail_at(error, IRM_STATUS_DATA, NULL, i / x->columns + 1,
                               i % x->columns + 1, NULL,
                               "individual %zu, supplementary variable %zu: the value is "
                               "infinite",
                               i / x->columns + 1, i % x->columns + 1);
        }
    }
    return IRM_OK;
}

irm_status irm_pca_supplementary(const irm_factors *factors, const irm_matrix *x,
                                 irm_points *points, irm_error *error) {
    *points = (irm_points){0};
    if (x->rows != factors->n) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%zu values of supplementary variables for %zu individuals",
                        x->rows, factors->n);
    }
    IRM_TRY(check_infinite(x, error));
    size_t axes = factors->axes;
    double *room = irm_calloc(axes, 3 * sizeof *room);
    irm_status status = room == NULL
                            ? irm_fail_memory(error)
                            : points_init(points, x->columns, axes, false, error);
    if (status == IRM_OK) {
        variable_sums sums = {
            .means = room, .axis_squares = room + axes, .products = room + 2 * axes};
        for (size_t j = 0; j < x->columns; j++) {
            find_means(factors, x, j, &sums);
            find_products(factors, x, j, &sums);
            place_variable(factors, &sums, j, points);
        }
    } else {
        irm_points_clear(points);
    }
    irm_free(room);
    return status;
}

/* Barycentres, and the weight of each modality (of sum 1 at most). */
static irm_status find_barycentres(const irm_factors *factors, const int32_t *codes,
                                   size_t n_modalities, irm_matrix *barycentres,
                                   double *weights, irm_error *error) {
    size_t axes = factors->axes;
    for (size_t i = 0; i < factors->n; i++) {
        if (codes[i] < 0) {
            continue;
        }
        if ((size_t)codes[i] >= n_modalities) {
            return irm_fail_at(error, IRM_STATUS_USAGE, NULL, i + 1, 0, NULL,
                               "individual %zu: the code %d is not one of the %zu "
                               "modalities",
                               i + 1, codes[i], n_modalities);
        }
        const double *f = irm_matrix_row(&factors->individuals.coordinates, i);
        double *own = irm_matrix_row(barycentres, (size_t)codes[i]);
        weights[codes[i]] += factors->weights[i];
        for (size_t k = 0; k < axes; k++) {
            own[k] += factors->weights[i] * f[k];
        }
    }
    for (size_t m = 0; m < n_modalities; m++) {
        for (size_t k = 0; k < axes && weights[m] > 0; k++) {
            irm_matrix_row(barycentres, m)[k] /= weights[m];
        }
    }
    return IRM_OK;
}

static size_t count_weighted(const irm_factors *factors) {
    size_t count = 0;
    for (size_t i = 0; i < factors->n; i++) {
        count += factors->weights[i] > 0;
    }
    return count;
}

/* v-test: the barycentre of n_m individuals drawn without replacement among n. */
static void test_modality(const irm_factors *factors, double n, double n_m,
                          const double *barycentre, double *v_test) {
    bool apart = n_m > 0 && n - n_m > 1e-9 * n;
    for (size_t k = 0; k < factors->axes; k++) {
        double variance = factors->eigenvalues[k] * (n - n_m) / (n - 1) / n_m;
        v_test[k] = apart ? barycentre[k] / sqrt(variance) : NAN;
    }
}

/* Where the whole distance to the centre is known: 1/f - 1 in an MCA (chi-squared
 * distance of a modality), the sum of the squares on all axes in a PCA. */
static double squared_distance(const irm_factors *factors, double frequency,
                               const double *coordinates) {
    if (factors->multiple) {
        return points_modality_distance(frequency);
    }
    double sum = 0;
    for (size_t k = 0; k < factors->axes; k++) {
        sum += coordinates[k] * coordinates[k];
    }
    return sum;
}

static void place_modality(const irm_factors *factors, double n, double frequency,
                           size_t m, irm_points *points, irm_matrix *v_test) {
    double *coordinates = irm_matrix_row(&points->coordinates, m);
    test_modality(factors, n, n * frequency, coordinates, irm_matrix_row(v_test, m));
    for (size_t k = 0; k < factors->axes && factors->multiple; k++) {
        coordinates[k] /= sqrt(factors->eigenvalues[k]);
    }
    if (points->cos2.rows > 0 && frequency > 0) {
        points_qualify(points, m, 0, squared_distance(factors, frequency, coordinates),
                       factors->eigenvalues, factors->inertia);
    }
}

irm_status irm_factors_category(const irm_factors *factors, const int32_t *codes,
                                size_t n_modalities, irm_points *points,
                                irm_matrix *v_test, irm_error *error) {
    *points = (irm_points){0};
    *v_test = (irm_matrix){0};
    double *weights = irm_calloc(n_modalities, sizeof *weights);
    irm_status status =
        weights == NULL ? irm_fail_memory(error)
                        : points_init(points, n_modalities, factors->axes, false, error);
    if (status == IRM_OK) {
        status = irm_matrix_init(v_test, n_modalities, factors->axes, error);
    }
    if (status == IRM_OK) {
        status = find_barycentres(factors, codes, n_modalities, &points->coordinates,
                                  weights, error);
    }
    if (status == IRM_OK) {
        if (!factors->multiple && factors->axes < factors->n_eigenvalues) {
            irm_matrix_clear(&points->cos2);
        }
        double n = (double)count_weighted(factors);
        for (size_t m = 0; m < n_modalities; m++) {
            place_modality(factors, n, weights[m], m, points, v_test);
        }
    } else {
        irm_points_clear(points);
        irm_matrix_clear(v_test);
    }
    irm_free(weights);
    return status;
}
