/* Gaussian mixtures by expectation and maximisation (A. P. Dempster, N. M. Laird, D. B.
 * Rubin, JRSS B 39, 1977), from the classes of k-means. */
#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "multivariate/individuals.h"
#include "multivariate/partitions.h"

enum { STARTS = 10, PASSES = 1000 };

/* Steps go on while the log-likelihood gains this share of itself. */
#define PRECISION 1e-12
/* A component thinner than this share of the data's own variances is thickened to it. */
#define THINNEST 1e-9

typedef struct mixture {
    const irm_matrix *x;
    const double *weights; /* of sum n */
    size_t n, p, k;
    bool full;
    double *masses;     /* k */
    irm_matrix means;   /* k × p */
    irm_matrix factors; /* k × p²: Cholesky factors, lower; diagonal: on the diagonal */
    double *constants;  /* k: log of the share and of the density's constant */
    double *thinnest;   /* p */
    irm_matrix *posterior; /* n × k */
    double *logs;          /* n: log-density of each individual */
    double *scratch;       /* workers × p */
    bool *thickened;       /* k */
} mixture;

/* False when the matrix is not certainly positive. */
static bool factorise(double *matrix, size_t p, const double *thinnest) {
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = matrix[i * p + j];
            for (size_t c = 0; c < j; c++) {
                sum -= matrix[i * p + c] * matrix[j * p + c];
            }
            if (i == j) {
                if (!(sum > thinnest[i])) {
                    return false;
                }
                matrix[i * p + i] = sqrt(sum);
            } else {
                matrix[i * p + j] = sum / matrix[j * p + j];
            }
        }
    }
    return true;
}

static void estimate_mean(mixture *self, size_t l) {
    double *mean = irm_matrix_row(&self->means, l), mass = 0;
    memset(mean, 0, self->p * sizeof *mean);
    for (size_t i = 0; i < self->n; i++) {
        double share = self->weights[i] * irm_matrix_row(self->posterior, i)[l];
        const double *x = irm_matrix_row(self->x, i);
        mass += share;
        for (size_t j = 0; j < self->p; j++) {
            mean[j] += share * x[j];
        }
    }
    for (size_t j = 0; j < self->p && mass > 0; j++) {
        mean[j] /= mass;
    }
    self->masses[l] = mass;
}

static void estimate_covariance(const mixture *self, size_t l, double *covariance) {
    size_t p = self->p;
    const double *mean = irm_matrix_row(&self->means, l);
    memset(covariance, 0, p * p * sizeof *covariance);
    for (size_t i = 0; i < self->n; i++) {
        double share = self->weights[i] * irm_matrix_row(self->posterior, i)[l];
        const double *x = irm_matrix_row(self->x, i);
        for (size_t a = 0; a < p; a++) {
            double left = share * (x[a] - mean[a]);
            for (size_t b = self->full ? 0 : a; b <= a; b++) {
                covariance[a * p + b] += left * (x[b] - mean[b]);
            }
        }
    }
    for (size_t c = 0; c < p * p && self->masses[l] > 0; c++) {
        covariance[c] /= self->masses[l];
    }
}

/* Thickens by growing amounts until there is a factor. */
static void thicken(mixture *self, size_t l, double *covariance) {
    size_t p = self->p;
    self->thickened[l] = true;
    double times = 2;
    do {
        estimate_covariance(self, l, covariance);
        for (size_t j = 0; j < p; j++) {
            covariance[j * p + j] += times * self->thinnest[j];
        }
        times *= 10;
    } while (!factorise(covariance, p, self->thinnest) && times < 1e12);
}

static irm_status maximise(void *context, size_t first, size_t last, size_t worker,
                           irm_error *error) {
    mixture *self = context;
    size_t p = self->p;
    (void)worker;
    (void)error;
    for (size_t l = first; l < last; l++) {
        double *factor = irm_matrix_row(&self->factors, l);
        estimate_mean(self, l);
        estimate_covariance(self, l, factor);
        self->thickened[l] = false;
        if (!factorise(factor, p, self->thinnest)) {
            thicken(self, l, factor);
        }
        double constant =
            log(self->masses[l] / (double)self->n) - (double)p / 2 * log(2 * acos(-1.0));
        for (size_t j = 0; j < p; j++) {
            constant -= log(factor[j * p + j]);
        }
        self->constants[l] = constant;
    }
    return IRM_OK;
}

static double log_density(const mixture *self, size_t i, size_t l, double *solved) {
    const double *x = irm_matrix_row(self->x, i), *mean = irm_matrix_row(&self->means, l);
    const double *factor = irm_matrix_row(&self->factors, l);
    double squares = 0;
    for (size_t a = 0; a < self->p; a++) {
        double sum = x[a] - mean[a];
        for (size_t b = 0; b < a && self->full; b++) {
            sum -= factor[a * self->p + b] * solved[b];
        }
        solved[a] = sum / factor[a * self->p + a];
        squares += solved[a] * solved[a];
    }
    return self->constants[l] - squares / 2;
}

static irm_status expect(void *context, size_t first, size_t last, size_t worker,
                         irm_error *error) {
    const mixture *self = context;
    (void)error;
    for (size_t i = first; i < last; i++) {
        double *row = irm_matrix_row(self->posterior, i), most = -INFINITY, sum = 0;
        for (size_t l = 0; l < self->k; l++) {
            row[l] = log_density(self, i, l, self->scratch + worker * self->p);
            most = fmax(most, row[l]);
        }
        for (size_t l = 0; l < self->k; l++) {
            row[l] = exp(row[l] - most);
            sum += row[l];
        }
        for (size_t l = 0; l < self->k; l++) {
            row[l] /= sum;
        }
        self->logs[i] = most + log(sum);
    }
    return IRM_OK;
}

static irm_status iterate(mixture *self, size_t threads, irm_partition *partition,
                          irm_error *error) {
    double former = -INFINITY;
    for (partition->iterations = 1; partition->iterations < PASSES;
         partition->iterations++) {
        IRM_TRY(irm_parallel_for(self->k, 1, threads, maximise, self, error));
        IRM_TRY(irm_parallel_for(self->n, 1024, threads, expect, self, error));
        double sum = 0;
        for (size_t i = 0; i < self->n; i++) {
            sum += self->weights[i] * self->logs[i];
        }
        partition->log_likelihood = sum;
        if (sum - former <= PRECISION * fabs(sum)) {
            break;
        }
        former = sum;
    }
    return IRM_OK;
}

/* Variances of all, and how thin a component may be. */
static void find_thinnest(mixture *self) {
    for (size_t j = 0; j < self->p; j++) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < self->n; i++) {
            mean += self->weights[i] * irm_matrix_row(self->x, i)[j] / (double)self->n;
        }
        for (size_t i = 0; i < self->n; i++) {
            double apart = irm_matrix_row(self->x, i)[j] - mean;
            variance += self->weights[i] * apart * apart / (double)self->n;
        }
        self->thinnest[j] = variance > 0 ? THINNEST * variance : THINNEST;
    }
}

/* Classes by the largest probability, the first of two; a component that is nobody's
 * first takes the individual that is most its own, so that no class is empty. */
static void classify(const mixture *self, irm_partition *partition, size_t *members) {
    memset(members, 0, self->k * sizeof *members);
    for (size_t i = 0; i < self->n; i++) {
        const double *row = irm_matrix_row(self->posterior, i);
        size_t best = 0;
        for (size_t l = 1; l < self->k; l++) {
            best = row[l] > row[best] ? l : best;
        }
        partition->classes[i] = (int32_t)best;
        members[best]++;
    }
    for (size_t l = 0; l < self->k; l++) {
        size_t most = self->n;
        for (size_t i = 0; i < self->n && members[l] == 0; i++) {
            if (members[partition->classes[i]] > 1 &&
                (most == self->n || irm_matrix_row(self->posterior, i)[l] >
                                        irm_matrix_row(self->posterior, most)[l])) {
                most = i;
            }
        }
        if (most < self->n) {
            members[partition->classes[most]]--;
            partition->classes[most] = (int32_t)l;
            members[l] = 1;
        }
    }
}

static irm_status mixture_init(mixture *self, size_t workers, irm_error *error) {
    size_t p = self->p, k = self->k;
    IRM_TRY(irm_matrix_init(&self->means, k, p, error));
    IRM_TRY(irm_matrix_init(&self->factors, k, p * p, error));
    self->masses = irm_calloc(k, sizeof(double));
    self->constants = irm_calloc(k, sizeof(double));
    self->thinnest = irm_calloc(p, sizeof(double));
    self->logs = irm_calloc(self->n, sizeof(double));
    self->scratch = irm_calloc(workers, p * sizeof(double));
    self->thickened = irm_calloc(k, sizeof(bool));
    return self->masses != NULL && self->constants != NULL && self->thinnest != NULL &&
                   self->logs != NULL && self->scratch != NULL && self->thickened != NULL
               ? IRM_OK
               : irm_fail_memory(error);
}

static void mixture_clear(mixture *self) {
    irm_matrix_clear(&self->means);
    irm_matrix_clear(&self->factors);
    irm_free(self->masses);
    irm_free(self->constants);
    irm_free(self->thinnest);
    irm_free(self->logs);
    irm_free(self->scratch);
    irm_free(self->thickened);
}

static irm_status fit(mixture *self, const double *weights, size_t threads,
                      irm_partition *partition, size_t *regularised, irm_error *error) {
    for (size_t i = 0; i < self->n; i++) {
        irm_matrix_row(self->posterior, i)[partition->classes[i]] = 1;
    }
    find_thinnest(self);
    IRM_TRY(iterate(self, threads, partition, error));
    size_t *members = irm_calloc(self->k, sizeof *members);
    if (members == NULL) {
        return irm_fail_memory(error);
    }
    classify(self, partition, members);
    irm_free(members);
    IRM_TRY(partition_measure(self->x, weights, partition, error));
    *regularised = 0;
    for (size_t l = 0; l < self->k; l++) {
        *regularised += self->thickened[l];
    }
    double p = (double)self->p, k = (double)self->k;
    double parameters = k - 1 + k * p + k * (self->full ? p * (p + 1) / 2 : p);
    partition->bic = 2 * partition->log_likelihood - parameters * log((double)self->n);
    return IRM_OK;
}

irm_status irm_mixture(const irm_matrix *x, const double *weights, size_t k, bool full,
                       uint64_t seed, size_t threads, irm_partition *partition,
                       size_t *regularised, irm_error *error) {
    IRM_TRY(irm_kmeans(x, weights, k, STARTS, seed, threads, partition, error));
    size_t n = x->rows, p = x->columns;
    double *normal = irm_calloc(n, sizeof *normal);
    mixture self = {.x = x,
                    .weights = normal,
                    .n = n,
                    .p = p,
                    .k = k,
                    .full = full,
                    .posterior = &partition->membership};
    irm_status status = normal == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        individuals_weigh(n, weights, (double)n, normal);
        if ((status = irm_matrix_init(&partition->membership, n, k, error)) == IRM_OK &&
            (status = mixture_init(&self, irm_parallel_workers(n, 1024, threads),
                                   error)) == IRM_OK) {
            status = fit(&self, weights, threads, partition, regularised, error);
        }
    }
    irm_free(normal);
    mixture_clear(&self);
    if (status != IRM_OK) {
        irm_partition_clear(partition);
    }
    return status;
}
