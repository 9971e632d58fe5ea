#include <math.h>
#include <string.h>

#include "irminon/factor.h"
#include "irminon/memory.h"
#include "irminon/threads.h"
#include "multivariate/moments.h"
#include "multivariate/points.h"
#include "stats/eigen.h"

enum { ROWS_AT_ONCE = 1024 };

/* Individuals as their modalities: column `first[j] + code` of the indicator matrix. */
typedef struct indicator {
    const int32_t *codes; /* rows × q */
    size_t q;
    const size_t *first;        /* q: modalities before those of a variable */
    const double *weights;      /* of sum 1; NULL for supplementary individuals */
    const irm_factors *factors; /* p, and the frequencies of the modalities */
    const irm_matrix *shares;   /* p × axes: what a modality adds to a coordinate */
    irm_points *points;         /* of the individuals */
} indicator;

static size_t modality(const indicator *self, size_t i, size_t j) {
    return self->first[j] + (size_t)self->codes[i * self->q + j];
}

static irm_status check_codes(const int32_t *codes, size_t n, size_t q,
                              const size_t *n_modalities, irm_error *error) {
    for (size_t i = 0; i < n * q; i++) {
        if (codes[i] < 0 || (size_t)codes[i] >= n_modalities[i % q]) {
            return irm_fail_at(error, IRM_STATUS_DATA, NULL, i / q + 1, i % q + 1, NULL,
                               "individual %zu, variable %zu: the code %d is not one of "
                               "the %zu modalities",
                               i / q + 1, i % q + 1, codes[i], n_modalities[i % q]);
        }
    }
    return IRM_OK;
}

/* Burt's table: weighted counts of each pair of modalities, lower half. */
static void add_pairs(const void *context, size_t first, size_t last, double *partial) {
    const indicator *self = context;
    size_t p = self->factors->p;
    for (size_t i = first; i < last; i++) {
        double weight = self->weights[i];
        for (size_t j = 0; j < self->q; j++) {
            double *row = partial + modality(self, i, j) * p;
            for (size_t k = 0; k <= j; k++) {
                row[modality(self, i, k)] += weight;
            }
        }
    }
}

/* From Burt's table to what is decomposed, TᵀT with t_ij = √w_i (z_ij/q - c_j)/√c_j and
 * c_j = f_j/q: the correspondence analysis of the indicator matrix z. */
static void center_burt(double *burt, size_t p, size_t q, double *frequencies) {
    for (size_t j = 0; j < p; j++) {
        frequencies[j] = burt[j * p + j];
    }
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k <= j; k++) {
            double product = frequencies[j] * frequencies[k];
            double value = product > 0
                               ? (burt[j * p + k] - product) / ((double)q * sqrt(product))
                               : 0;
            burt[j * p + k] = burt[k * p + j] = value;
        }
    }
}

/* Modalities on the axes; a squared distance to the centre is 1/f - 1. */
static void fill_modalities(const irm_matrix *loadings, irm_factors *factors) {
    for (size_t j = 0; j < factors->p; j++) {
        double frequency = factors->center[j];
        double mass = frequency / (double)factors->n_variables;
        double *coordinates = irm_matrix_row(&factors->variables.coordinates, j);
        for (size_t k = 0; k < factors->axes && frequency > 0; k++) {
            coordinates[k] =
                irm_matrix_row(loadings, j)[k] * sqrt(factors->eigenvalues[k] / mass);
        }
        points_qualify(&factors->variables, j, mass, points_modality_distance(frequency),
                       factors->eigenvalues, factors->inertia);
    }
}

/* The share of a variable's modalities in the inertia of an axis, times q: its squared
 * correlation ratio. */
static void fill_eta2(irm_factors *factors) {
    for (size_t j = 0; j < factors->p; j++) {
        double *eta2 = irm_matrix_row(&factors->eta2, factors->variable_of[j]);
        for (size_t k = 0; k < factors->axes; k++) {
            double share = irm_matrix_row(&factors->variables.contribution, j)[k] / 100;
            eta2[k] += share * factors->eigenvalues[k] * (double)factors->n_variables;
        }
    }
}

/* Adds what its modalities put in an individual's coordinates; the square of its distance
 * to the centre comes back. A modality that no active individual has adds nothing. */
static double place_individual(const indicator *self, size_t i) {
    double *coordinates = irm_matrix_row(&self->points->coordinates, i);
    double squared_norm = -1;
    for (size_t j = 0; j < self->q; j++) {
        size_t column = modality(self, i, j);
        double frequency = self->factors->center[column];
        squared_norm += frequency > 0 ? 1 / (frequency * (double)self->q) : 0;
        for (size_t k = 0; k < self->factors->axes; k++) {
            coordinates[k] += irm_matrix_row(self->shares, column)[k];
        }
    }
    return squared_norm > 1e-12 ? squared_norm : 0; /* what sums of 1 leave by rounding */
}

static irm_status place_individuals(void *context, size_t first, size_t last,
                                    size_t worker, irm_error *error) {
    (void)worker;
    (void)error;
    const indicator *self = context;
    for (size_t i = first; i < last; i++) {
        double squared_norm = place_individual(self, i);
        points_qualify(self->points, i, self->weights == NULL ? 0 : self->weights[i],
                       squared_norm, self->factors->eigenvalues, self->factors->inertia);
    }
    return IRM_OK;
}

/* Transition formula: an individual is the mean of its modalities, over √λ. */
static irm_status place_all(indicator *self, size_t n, size_t threads, irm_error *error) {
    const irm_factors *factors = self->factors;
    irm_matrix shares = {0};
    irm_status status = irm_matrix_init(&shares, factors->p, factors->axes, error);
    for (size_t i = 0; status == IRM_OK && i < factors->p * factors->axes; i++) {
        shares.data[i] = factors->variables.coordinates.data[i] /
                         sqrt(factors->eigenvalues[i % factors->axes]) /
                         (double)factors->n_variables;
    }
    self->shares = &shares;
    if (status == IRM_OK) {
        status =
            irm_parallel_for(n, ROWS_AT_ONCE, threads, place_individuals, self, error);
    }
    irm_matrix_clear(&shares);
    return status;
}

/* At most p - q of them: fewer where a modality has nobody, or everybody. */
static irm_status find_axes(double *burt, irm_factors *factors, irm_error *error) {
    size_t p = factors->p;
    irm_matrix vectors = {0}, loadings = {0};
    double *values = irm_calloc(p, sizeof *values);
    irm_status status =
        values == NULL ? irm_fail_memory(error) : irm_matrix_init(&vectors, p, p, error);
    if (status == IRM_OK) {
        status = eigen_symmetric(burt, p, values, vectors.data, error);
    }
    if (status == IRM_OK) {
        factors->n_eigenvalues = eigen_rank(values, p);
        status = factors_init(factors, values, error);
    }
    if (status == IRM_OK) {
        status = irm_matrix_init(&loadings, p, factors->axes, error);
    }
    if (status == IRM_OK) {
        for (size_t j = 0; j < p; j++) {
            memcpy(irm_matrix_row(&loadings, j), irm_matrix_row(&vectors, j),
                   factors->axes * sizeof(double));
        }
        fill_modalities(&loadings, factors);
    }
    irm_free(values);
    irm_matrix_clear(&vectors);
    irm_matrix_clear(&loadings);
    return status;
}

static irm_status analyse(indicator *self, const irm_mca_options *options, double *burt,
                          irm_factors *factors, irm_error *error) {
    size_t p = factors->p;
    IRM_TRY(
        weights_normalise(options->weights, factors->n, factors->weights, NULL, error));
    IRM_TRY(moments_reduce(factors->n, p * p, options->threads, add_pairs, self, burt,
                           error));
    center_burt(burt, p, self->q, factors->center);
    IRM_TRY(find_axes(burt, factors, error));
    /* By coordinates, not loadings: masses change which modality is the farthest. */
    points_sign(&factors->variables.coordinates);
    IRM_TRY(irm_matrix_init(&factors->eta2, self->q, factors->axes, error));
    fill_eta2(factors);
    self->points = &factors->individuals;
    return place_all(self, factors->n, options->threads, error);
}

/* First modality of each variable, from the variable of each modality. */
static size_t *find_firsts(const irm_factors *factors) {
    size_t *first = irm_calloc(factors->n_variables, sizeof *first);
    for (size_t j = factors->p; first != NULL && j > 0; j--) {
        first[factors->variable_of[j - 1]] = j - 1;
    }
    return first;
}

static irm_status allocate(irm_factors *factors, const size_t *n_modalities,
                           irm_error *error) {
    size_t p = 0;
    for (size_t j = 0; j < factors->n_variables; j++) {
        if (n_modalities[j] == 0) {
            return irm_fail_at(error, IRM_STATUS_REFUSED, NULL, 0, j + 1, NULL,
                               "variable %zu has no modality", j + 1);
        }
        p += n_modalities[j];
    }
    factors->p = p;
    factors->weights = irm_calloc(factors->n, sizeof *factors->weights);
    factors->center = irm_calloc(p, sizeof *factors->center);
    factors->scale = irm_calloc(p, sizeof *factors->scale);
    factors->variable_of = irm_calloc(p, sizeof *factors->variable_of);
    if (factors->weights == NULL || factors->center == NULL || factors->scale == NULL ||
        factors->variable_of == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t j = 0, column = 0; j < factors->n_variables; j++) {
        for (size_t m = 0; m < n_modalities[j]; m++, column++) {
            factors->variable_of[column] = j;
            factors->scale[column] = 1;
        }
    }
    return IRM_OK;
}

static irm_status prepare_and_analyse(const int32_t *codes, const size_t *n_modalities,
                                      const irm_mca_options *options,
                                      irm_factors *factors, irm_error *error) {
    IRM_TRY(allocate(factors, n_modalities, error));
    IRM_TRY(check_codes(codes, factors->n, factors->n_variables, n_modalities, error));
    size_t *first = find_firsts(factors);
    double *burt = irm_calloc(factors->p, factors->p * sizeof *burt);
    indicator self = {.codes = codes,
                      .q = factors->n_variables,
                      .first = first,
                      .weights = factors->weights,
                      .factors = factors};
    irm_status status = first == NULL || burt == NULL
                            ? irm_fail_memory(error)
                            : analyse(&self, options, burt, factors, error);
    irm_free(first);
    irm_free(burt);
    return status;
}

irm_status irm_mca(const int32_t *codes, size_t n, size_t q, const size_t *n_modalities,
                   const irm_mca_options *options, irm_factors *factors,
                   irm_error *error) {
    *factors =
        (irm_factors){.n = n, .n_variables = q, .axes = options->axes, .multiple = true};
    IRM_TRY(factors_check_size(n, q, error));
    irm_status status = prepare_and_analyse(codes, n_modalities, options, factors, error);
    if (status != IRM_OK) {
        irm_factors_clear(factors);
    }
    return status;
}

irm_status irm_mca_project(const irm_factors *factors, const int32_t *codes, size_t m,
                           irm_points *points, irm_error *error) {
    *points = (irm_points){0};
    if (!factors->multiple) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "categories cannot be projected on the axes of numbers");
    }
    size_t q = factors->n_variables;
    size_t *first = find_firsts(factors), *n_modalities = irm_calloc(q, sizeof *first);
    irm_status status =
        first == NULL || n_modalities == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t j = 0; status == IRM_OK && j < factors->p; j++) {
        n_modalities[factors->variable_of[j]]++;
    }
    if (status == IRM_OK) {
        status = check_codes(codes, m, q, n_modalities, error);
    }
    if (status == IRM_OK) {
        status = points_init(points, m, factors->axes, false, error);
    }
    if (status == IRM_OK) {
        indicator self = {codes, q, first, NULL, factors, NULL, points};
        status = place_all(&self, m, 0, error);
    }
    irm_free(first);
    irm_free(n_modalities);
    if (status != IRM_OK) {
        irm_points_clear(points);
    }
    return status;
}
