#include <float.h>
#include <math.h>

#include "irminon/memory.h"
#include "irminon/profile.h"
#include "multivariate/moments.h"
#include "stats/distribution.h"

/* A contingency table of classes and modalities, with its margins. */
typedef struct crossing {
    size_t k, n_modalities;
    double *cells;      /* k × n_modalities */
    double *classes;    /* k */
    double *modalities; /* n_modalities */
    double total;
} crossing;

static irm_status crossing_init(crossing *self, size_t k, size_t n_modalities,
                                irm_error *error) {
    *self = (crossing){.k = k, .n_modalities = n_modalities};
    if (k == 0 || n_modalities == 0) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "there are no classes or no modalities to describe");
    }
    self->cells = irm_calloc(k, n_modalities * sizeof *self->cells);
    self->classes = irm_calloc(k, sizeof *self->classes);
    self->modalities = irm_calloc(n_modalities, sizeof *self->modalities);
    return self->cells == NULL || self->classes == NULL || self->modalities == NULL
               ? irm_fail_memory(error)
               : IRM_OK;
}

static void crossing_clear(crossing *self) {
    irm_free(self->cells);
    irm_free(self->classes);
    irm_free(self->modalities);
}

/* Weights already normalised to a sum of 1, or NULL: each individual counts for one. */
static irm_status crossing_fill(crossing *self, const int32_t *codes, size_t n,
                                const double *weights, const int32_t *classes,
                                irm_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (codes[i] < 0 || classes[i] < 0) {
            continue;
        }
        size_t code = (size_t)codes[i], class = (size_t)classes[i];
        if (code >= self->n_modalities || class >= self->k) {
            return irm_fail_at(
                error, IRM_STATUS_USAGE, NULL, i + 1, 0, NULL,
                "individual %zu has modality %zu of %zu in class %zu of %zu", i + 1,
                code + 1, self->n_modalities, class + 1, self->k);
        }
        double weight = weights == NULL ? 1 : weights[i];
        self->cells[class * self->n_modalities + code] += weight;
        self->classes[class] += weight;
        self->modalities[code] += weight;
        self->total += weight;
    }
    return IRM_OK;
}

/* Percents, and the test on weights rounded to whole individuals, as catdes has it. */
static irm_profile_modality profile_modality(const crossing *self, size_t class,
                                             size_t code) {
    double cell = self->cells[class * self->n_modalities + code];
    double in_class = self->classes[class], in_modality = self->modalities[code];
    irm_profile_modality profile = {
        .class_in_modality = 100 * cell / in_modality,
        .modality_in_class = 100 * cell / in_class,
        .overall = 100 * in_modality / self->total,
        .v_test = NAN,
        .p_value = 1,
    };
    double whole = rint(self->total);
    /* Rounded apart, a cell may exceed its margins or leave others too little room. */
    double drawn = fmin(rint(in_class), whole), marked = fmin(rint(in_modality), whole);
    double found = fmin(rint(cell), fmin(drawn, marked));
    found = fmax(found, drawn + marked - whole);
    if (drawn > 0 && drawn < whole && marked > 0 && marked < whole) {
        double log_p = hypergeometric_log_p((size_t)found, (size_t)drawn, (size_t)whole,
                                            (size_t)marked);
        double sign = profile.modality_in_class > profile.overall ? 1 : -1;
        profile.p_value = exp(log_p);
        profile.v_test = sign * normal_test_value(log_p);
    }
    return profile;
}

/* Weights of sum 1 to sums of as many individuals as count. */
static void scale_to_individuals(crossing *self, const int32_t *codes, size_t n,
                                 const double *weights, const int32_t *classes) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        count += codes[i] >= 0 && classes[i] >= 0 && (weights == NULL || weights[i] > 0);
    }
    double scale = self->total > 0 ? (double)count / self->total : 0;
    for (size_t i = 0; i < self->k * self->n_modalities; i++) {
        self->cells[i] *= scale;
    }
    for (size_t c = 0; c < self->k; c++) {
        self->classes[c] *= scale;
    }
    for (size_t m = 0; m < self->n_modalities; m++) {
        self->modalities[m] *= scale;
    }
    self->total *= scale;
}

irm_status irm_profile_categories(const int32_t *codes, size_t n, size_t n_modalities,
                                  const double *weights, const int32_t *classes, size_t k,
                                  irm_profile_modality *profiles, irm_error *error) {
    crossing table;
    double *normalised = weights == NULL ? NULL : irm_calloc(n, sizeof *normalised);
    irm_status status = crossing_init(&table, k, n_modalities, error);
    if (status == IRM_OK && weights != NULL) {
        status = normalised == NULL
                     ? irm_fail_memory(error)
                     : weights_normalise(weights, n, normalised, NULL, error);
    }
    if (status == IRM_OK) {
        status = crossing_fill(&table, codes, n, normalised, classes, error);
    }
    if (status == IRM_OK) {
        scale_to_individuals(&table, codes, n, weights, classes);
        for (size_t i = 0; i < k * n_modalities; i++) {
            profiles[i] = profile_modality(&table, i / n_modalities, i % n_modalities);
        }
    }
    irm_free(normalised);
    crossing_clear(&table);
    return status;
}

static size_t count_present(const double *margin, size_t size) {
    size_t present = 0;
    for (size_t i = 0; i < size; i++) {
        present += margin[i] > 0;
    }
    return present;
}

static double chi2(const crossing *self) {
    double sum = 0;
    for (size_t c = 0; c < self->k; c++) {
        for (size_t m = 0; m < self->n_modalities; m++) {
            double expected = self->classes[c] * self->modalities[m] / self->total;
            double difference = self->cells[c * self->n_modalities + m] - expected;
            sum += expected > 0 ? difference * difference / expected : 0;
        }
    }
    return sum;
}

irm_status irm_profile_chi2(const int32_t *codes, size_t n, size_t n_modalities,
                            const int32_t *classes, size_t k, double *statistic,
                            size_t *df, double *p_value, irm_error *error) {
    crossing table;
    irm_status status = crossing_init(&table, k, n_modalities, error);
    if (status == IRM_OK) {
        status = crossing_fill(&table, codes, n, NULL, classes, error);
    }
    if (status == IRM_OK) {
        size_t rows = count_present(table.classes, k);
        size_t columns = count_present(table.modalities, n_modalities);
        *df = rows > 0 && columns > 0 ? (rows - 1) * (columns - 1) : 0;
        *statistic = *df > 0 ? chi2(&table) : 0;
        *p_value = *df > 0 ? chi2_upper(*statistic, (double)*df) : 1;
    }
    crossing_clear(&table);
    return status;
}
