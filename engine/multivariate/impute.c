#include <math.h>
#include <string.h>

#include "irminon/factor.h"
#include "irminon/memory.h"
#include "multivariate/moments.h"
#include "stats/eigen.h"

/* As missMDA: convergence of the weighted squares that are left, and its patience. */
static const double THRESHOLD = 1e-6;
enum { LEAST_ITERATIONS = 5, MOST_ITERATIONS = 1000, MOST_AXES = 5 };

/* Only rows with a gap change from one iteration to the next: of the others, moments are
 * enough, also for what the model leaves unexplained. Matrices are p × p. */
typedef struct imputation {
    irm_matrix *x;   /* completed, in its own units */
    double *weights; /* of sum 1 */
    bool reduce;
    size_t n, p;   /* individuals of a weight over zero */
    size_t n_gaps; /* missing cells, and those among them that weigh */
    size_t n_weighing;
    size_t *gaps;     /* their places in x->data, increasing */
    double *proposal; /* n_gaps: what the model puts there */
    double full_weight, *full_mean, *full_products; /* of rows without a gap */
    double known_weight;                            /* Σ of the weights of known cells */
    double *mean, *scale, *values, *covariance, *vectors, *model, *work;
} imputation;

/* From *gap on, the next row that has a gap: its number, and the end of its gaps. */
static bool next_gapped_row(const imputation *self, size_t *gap, size_t *row,
                            size_t *end) {
    if (*gap >= self->n_gaps) {
        return false;
    }
    *row = self->gaps[*gap] / self->p;
    for (*end = *gap; *end < self->n_gaps && self->gaps[*end] / self->p == *row;) {
        ++*end;
    }
    return true;
}

static void find_full_moments(imputation *self) {
    size_t p = self->p, gap = 0, gapped = 0, end = 0;
    bool some = next_gapped_row(self, &gap, &gapped, &end);
    for (size_t i = 0; i < self->x->rows; i++) {
        if (some && i == gapped) {
            gap = end;
            some = next_gapped_row(self, &gap, &gapped, &end);
            continue;
        }
        /* A row at a time (Welford, West), so that means need no pass of their own. */
        const double *row = irm_matrix_row(self->x, i);
        double weight = self->weights[i], before = self->full_weight;
        self->full_weight += weight;
        if (weight == 0) {
            continue;
        }
        double share = weight / self->full_weight;
        for (size_t j = 0; j < p; j++) {
            self->work[j] = row[j] - self->full_mean[j];
            self->full_mean[j] += share * self->work[j];
        }
        for (size_t j = 0; j < p; j++) {
            double scaled = before * share * self->work[j];
            for (size_t k = 0; k <= j; k++) {
                self->full_products[j * p + k] += scaled * self->work[k];
            }
        }
    }
}

/* Products of the full rows about the present mean: lower half. */
static double full_product(const imputation *self, size_t j, size_t k) {
    double dj = self->full_mean[j] - self->mean[j];
    double dk = self->full_mean[k] - self->mean[k];
    return self->full_products[j * self->p + k] + self->full_weight * dj * dk;
}

static void find_mean(imputation *self) {
    size_t p = self->p, gap = 0, row, end;
    for (size_t j = 0; j < p; j++) {
        self->work[j] = 0;
    }
    while (next_gapped_row(self, &gap, &row, &end)) {
        for (size_t j = 0; j < p; j++) {
            self->work[j] += self->weights[row] *
                             (irm_matrix_row(self->x, row)[j] - self->full_mean[j]);
        }
        gap = end;
    }
    for (size_t j = 0; j < p; j++) {
        self->mean[j] = self->full_mean[j] + self->work[j];
    }
}

/* Correlations of the completed table, covariances when not reducing. */
static void find_covariance(imputation *self) {
    size_t p = self->p, gap = 0, row, end;
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k <= j; k++) {
            self->covariance[j * p + k] = full_product(self, j, k);
        }
    }
    while (next_gapped_row(self, &gap, &row, &end)) {
        const double *values = irm_matrix_row(self->x, row);
        for (size_t j = 0; j < p; j++) {
            double weighted = self->weights[row] * (values[j] - self->mean[j]);
            for (size_t k = 0; k <= j; k++) {
                self->covariance[j * p + k] += weighted * (values[k] - self->mean[k]);
            }
        }
        gap = end;
    }
    for (size_t j = 0; j < p; j++) {
        double variance = self->covariance[j * p + j];
        self->scale[j] = self->reduce && variance > 0 ? sqrt(variance) : 1;
    }
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k <= j; k++) {
            self->covariance[j * p + k] /= self->scale[j] * self->scale[k];
            self->covariance[k * p + j] = self->covariance[j * p + k];
        }
    }
}

/* Josse & Husson 2012, equation 10: the variance of the noise, from the axes left out. */
static double find_noise(const imputation *self, size_t axes) {
    double n = (double)self->n, p = (double)self->p, q = (double)axes, left = 0;
    for (size_t k = axes; k < self->p; k++) {
        left += fmax(self->values[k], 0);
    }
    double freedom = (n - 1) * p - (n - 1) * q - p * q + q * q;
    double noise = n * p / fmin(p, n - 1) * left / freedom;
    return fmin(noise, fmax(self->values[axes], 0));
}

/* The p × p matrix that a centred, reduced row is multiplied by to be fitted: projection
 * on the axes, each shrunk by the share of noise in its inertia. */
static irm_status find_model(imputation *self, size_t axes, irm_error *error) {
    size_t p = self->p;
    IRM_TRY(eigen_symmetric(self->covariance, p, self->values, self->vectors, error));
    double noise = find_noise(self, axes);
    memset(self->model, 0, p * p * sizeof *self->model);
    for (size_t k = 0; k < axes && self->values[k] > 0; k++) {
        double shrink = (self->values[k] - noise) / self->values[k];
        for (size_t i = 0; i < p; i++) {
            double left = shrink * self->vectors[i * p + k];
            for (size_t j = 0; j < p; j++) {
                self->model[i * p + j] += left * self->vectors[j * p + k];
            }
        }
    }
    return IRM_OK;
}

/* Weighted squares that the model leaves in the known cells: as analysed, and in the
 * units of the variables. */
typedef struct residuals {
    double analysed, raw;
} residuals;

static void add_residual(const imputation *self, size_t j, double square,
                         residuals *left) {
    left->analysed += square;
    left->raw += square * self->scale[j] * self->scale[j];
}

/* Of the full rows: the diagonal of (I - M)ᵀ S (I - M), S their products. */
static void full_residuals(const imputation *self, residuals *left) {
    size_t p = self->p;
    for (size_t j = 0; j < p; j++) {
        double square = 0;
        for (size_t i = 0; i < p; i++) {
            double a = (i == j) - self->model[i * p + j];
            for (size_t k = 0; k <= i; k++) {
                double b = (k == j) - self->model[k * p + j];
                double product =
                    full_product(self, i, k) / (self->scale[i] * self->scale[k]);
                square += (k < i ? 2 : 1) * a * product * b;
            }
        }
        add_residual(self, j, fmax(square, 0), left);
    }
}

/* Of rows with gaps; what the model puts in the gaps is proposed. */
static void gapped_residuals(imputation *self, residuals *left) {
    size_t p = self->p, gap = 0, row, end;
    double *z = self->work;
    while (next_gapped_row(self, &gap, &row, &end)) {
        const double *values = irm_matrix_row(self->x, row);
        for (size_t j = 0; j < p; j++) {
            z[j] = (values[j] - self->mean[j]) / self->scale[j];
        }
        for (size_t j = 0; j < p; j++) {
            double fitted = 0;
            for (size_t k = 0; k < p; k++) {
                fitted += z[k] * self->model[k * p + j];
            }
            if (gap < end && self->gaps[gap] == row * p + j) {
                self->proposal[gap++] = fitted * self->scale[j] + self->mean[j];
            } else {
                double residual = z[j] - fitted;
                add_residual(self, j, self->weights[row] * residual * residual, left);
            }
        }
    }
}

static void fill_gaps(imputation *self, const double *values) {
    for (size_t g = 0; g < self->n_gaps; g++) {
        self->x->data[self->gaps[g]] = values[g];
    }
}

/* Weighted means of the known values: where every run starts, and what no axis gives.
 * *squares: what they leave in the known cells, in the units of the variables. */
static void fill_with_means(imputation *self, double *squares) {
    size_t p = self->p;
    *squares = 0;
    for (size_t j = 0; j < p; j++) {
        double weight = self->full_weight;
        double mean = self->full_mean[j];
        double products = self->full_products[j * p + j];
        size_t gap = 0, row, end;
        for (; next_gapped_row(self, &gap, &row, &end); gap = end) {
            double value = irm_matrix_row(self->x, row)[j], own = self->weights[row];
            bool known = true;
            for (size_t g = gap; g < end; g++) {
                known &= self->gaps[g] != row * p + j;
            }
            if (known && own > 0) {
                double deviation = value - mean;
                weight += own;
                mean += deviation * own / weight;
                products += own * deviation * (value - mean);
            }
        }
        for (size_t g = 0; g < self->n_gaps; g++) {
            if (self->gaps[g] % p == j) {
                self->x->data[self->gaps[g]] = mean;
            }
        }
        *squares += products;
    }
}

/* One run with that many axes from the means on. */
static irm_status run(imputation *self, size_t axes, residuals *left, irm_error *error) {
    double before = INFINITY, squares;
    fill_with_means(self, &squares);
    *left = (residuals){squares, squares};
    for (int iteration = 1; axes > 0; iteration++) {
        find_mean(self);
        find_covariance(self);
        IRM_TRY(find_model(self, axes, error));
        *left = (residuals){0};
        full_residuals(self, left);
        gapped_residuals(self, left);
        bool still =
            fabs(1 - left->analysed / before) < THRESHOLD || left->analysed < THRESHOLD;
        if ((still && iteration >= LEAST_ITERATIONS) || iteration == MOST_ITERATIONS) {
            break;
        }
        before = left->analysed;
        fill_gaps(self, self->proposal);
    }
    return IRM_OK;
}

/* Generalised cross-validation (Josse & Husson 2012), as estim_ncpPCA has it: the mean
 * square left in the known cells, corrected for the parameters; none are counted for the
 * means alone. */
static double cross_validation(const imputation *self, size_t axes,
                               const residuals *left) {
    double n = (double)self->n, p = (double)self->p, q = (double)axes;
    double mean = left->raw / self->known_weight;
    if (axes == 0) {
        return mean;
    }
    double known = n * p - (double)self->n_weighing;
    double freedom = known - p - q * (n + p - q - 1);
    return freedom > 0 ? mean * (known / freedom) * (known / freedom) : INFINITY;
}

/* More axes as long as that lowers the criterion; the best run's values stay in x. */
static irm_status choose(imputation *self, size_t most, size_t *chosen,
                         irm_error *error) {
    double *best = irm_calloc(self->n_gaps, sizeof *best), least = INFINITY;
    irm_status status = best == NULL ? irm_fail_memory(error) : IRM_OK;
    double before = INFINITY;
    for (size_t axes = 0; status == IRM_OK && axes <= most; axes++) {
        residuals left;
        status = run(self, axes, &left, error);
        double now = cross_validation(self, axes, &left);
        if (status != IRM_OK || now > before) {
            break;
        }
        if (axes == 0 || now < least) {
            least = now;
            *chosen = axes;
            for (size_t g = 0; g < self->n_gaps; g++) {
                best[g] = self->x->data[self->gaps[g]];
            }
        }
        before = now;
    }
    if (status == IRM_OK) {
        fill_gaps(self, best);
    }
    irm_free(best);
    return status;
}

static irm_status check_known(const irm_matrix *x, const double *weights,
                              irm_error *error) {
    for (size_t i = 0; i < x->rows; i++) {
        size_t known = 0;
        for (size_t j = 0; j < x->columns; j++) {
            double value = irm_matrix_row(x, i)[j];
            known += isnan(value) ? 0 : 1;
            if (isinf(value)) {
                return irm_fail_at(error, IRM_STATUS_DATA, NULL, i + 1, j + 1, NULL,
                                   "individual %zu, variable %zu: the value is infinite",
                                   i + 1, j + 1);
            }
        }
        if (known == 0) {
            return irm_fail_at(error, IRM_STATUS_REFUSED, NULL, i + 1, 0, NULL,
                               "individual %zu has no value at all: leave it out", i + 1);
        }
    }
    for (size_t j = 0; j < x->columns; j++) {
        bool known = false;
        for (size_t i = 0; i < x->rows; i++) {
            known |= weights[i] > 0 && !isnan(irm_matrix_row(x, i)[j]);
        }
        if (!known) {
            return irm_fail_at(error, IRM_STATUS_REFUSED, NULL, 0, j + 1, NULL,
                               "variable %zu has no value at all: leave it out", j + 1);
        }
    }
    return IRM_OK;
}

static irm_status find_gaps(imputation *self, irm_error *error) {
    const irm_matrix *x = self->x;
    size_t cells = x->rows * x->columns;
    for (size_t c = 0; c < cells; c++) {
        self->n_gaps += isnan(x->data[c]) ? 1 : 0;
    }
    self->proposal = irm_calloc(self->n_gaps, sizeof *self->proposal);
    self->gaps = irm_calloc(self->n_gaps, sizeof *self->gaps);
    if (self->gaps == NULL || self->proposal == NULL) {
        irm_free(self->gaps);
        self->gaps = NULL;
        return irm_fail_memory(error);
    }
    self->known_weight = (double)self->p;
    for (size_t c = 0, g = 0; c < cells; c++) {
        if (isnan(x->data[c])) {
            self->gaps[g++] = c;
            self->known_weight -= self->weights[c / self->p];
            self->n_weighing += self->weights[c / self->p] > 0;
        }
    }
    return IRM_OK;
}

static irm_status allocate(imputation *self, irm_error *error) {
    size_t p = self->p;
    double *vectors = irm_calloc(p, 5 * sizeof *vectors);
    double *matrices = irm_calloc(p, 4 * p * sizeof *matrices);
    self->full_mean = vectors;
    self->full_products = matrices;
    if (vectors == NULL || matrices == NULL) {
        return irm_fail_memory(error);
    }
    self->mean = vectors + p;
    self->scale = vectors + 2 * p;
    self->values = vectors + 3 * p;
    self->work = vectors + 4 * p;
    self->covariance = matrices + p * p;
    self->vectors = matrices + 2 * p * p;
    self->model = matrices + 3 * p * p;
    return IRM_OK;
}

static irm_status impute(imputation *self, size_t axes, size_t *chosen,
                         irm_error *error) {
    size_t most = self->p - 1;
    most = self->n < 2 + most ? (self->n < 2 ? 0 : self->n - 2) : most;
    if (axes > most) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%zu components are too many to fill %zu individuals × %zu "
                        "variables; expected at most %zu",
                        axes, self->n, self->p, most);
    }
    IRM_TRY(find_gaps(self, error));
    if (self->n_gaps == 0) {
        return IRM_OK;
    }
    IRM_TRY(allocate(self, error));
    find_full_moments(self);
    if (axes == 0) {
        return choose(self, most < MOST_AXES ? most : MOST_AXES, chosen, error);
    }
    residuals left;
    return run(self, axes, &left, error);
}

irm_status irm_impute_pca(irm_matrix *x, const double *weights, bool reduce, size_t axes,
                          size_t *filled, size_t *chosen, irm_error *error) {
    *filled = 0;
    *chosen = axes;
    if (x->rows == 0 || x->columns == 0) {
        return IRM_OK;
    }
    imputation self = {.x = x, .reduce = reduce, .p = x->columns};
    self.weights = irm_calloc(x->rows, sizeof *self.weights);
    irm_status status =
        self.weights == NULL
            ? irm_fail_memory(error)
            : weights_normalise(weights, x->rows, self.weights, &self.n, error);
    if (status == IRM_OK) {
        status = check_known(x, self.weights, error);
    }
    if (status == IRM_OK) {
        status = impute(&self, axes, chosen, error);
    }
    *filled = status == IRM_OK ? self.n_gaps : 0;
    for (size_t g = 0; status != IRM_OK && self.gaps != NULL && g < self.n_gaps; g++) {
        x->data[self.gaps[g]] = NAN;
    }
    irm_free(self.weights);
    irm_free(self.gaps);
    irm_free(self.proposal);
    irm_free(self.full_mean);
    irm_free(self.full_products);
    return status;
}
