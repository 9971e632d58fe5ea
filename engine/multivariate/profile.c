#include "irminon/profile.h"

#include <math.h>
#include <stdbool.h>

#include "irminon/memory.h"
#include "multivariate/moments.h"
#include "stats/distribution.h"

/* What a class has of a variable, and the whole: weights, then moments. Missing values
 * and individuals out of all classes are left out. */
typedef struct class_moments {
    double weight, mean, squares; /* squares: weighted, about the mean */
} class_moments;

typedef struct variable_moments {
    class_moments *classes; /* k */
    class_moments overall;
    size_t n;      /* individuals with a value and a weight over zero */
    double origin; /* the first value: sums are of what differs from it */
    bool varies;   /* by its values, not by what rounding makes of them */
} variable_moments;

static irm_status check_classes(const int32_t *classes, size_t n, size_t k,
                                irm_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (classes[i] >= 0 && (size_t)classes[i] >= k) {
            return irm_fail_at(error, IRM_STATUS_USAGE, NULL, i + 1, 0, NULL,
                               "individual %zu is in class %d of %zu", i + 1,
                               classes[i] + 1, k);
        }
    }
    return IRM_OK;
}

/* True when individual i counts for column j; its value and class come with it. */
static bool counts(const irm_matrix *x, const double *weights, const int32_t *classes,
                   size_t i, size_t j, double *value) {
    *value = irm_matrix_row(x, i)[j];
    return classes[i] >= 0 && weights[i] > 0 && !isnan(*value);
}

/* From the first value on, so that a large common part costs no digits. The mean of a
 * class that nobody is in is NaN. */
static void find_means(const irm_matrix *x, const double *weights, const int32_t *classes,
                       size_t k, size_t j, variable_moments *moments) {
    class_moments *overall = &moments->overall;
    double value;
    for (size_t i = 0; i < x->rows; i++) {
        if (!counts(x, weights, classes, i, j, &value)) {
            continue;
        }
        moments->origin = moments->n++ == 0 ? value : moments->origin;
        moments->varies |= value != moments->origin;
        double weighted = weights[i] * (value - moments->origin);
        class_moments *own = &moments->classes[classes[i]];
        own->weight += weights[i];
        own->mean += weighted;
        overall->weight += weights[i];
        overall->mean += weighted;
    }
    overall->mean = moments->origin + overall->mean / overall->weight;
    for (size_t c = 0; c < k; c++) {
        class_moments *own = &moments->classes[c];
        own->mean = moments->origin + own->mean / own->weight;
    }
}

static void find_squares(const irm_matrix *x, const double *weights,
                         const int32_t *classes, size_t j, variable_moments *moments) {
    double value;
    for (size_t i = 0; i < x->rows; i++) {
        if (counts(x, weights, classes, i, j, &value)) {
            class_moments *own = &moments->classes[classes[i]];
            double within = value - own->mean, overall = value - moments->overall.mean;
            own->squares += weights[i] * within * within;
            moments->overall.squares += weights[i] * overall * overall;
        }
    }
}

/* Moments of column j, in two passes. */
static void find_moments(const irm_matrix *x, const double *weights,
                         const int32_t *classes, size_t k, size_t j,
                         variable_moments *moments) {
    *moments = (variable_moments){.classes = moments->classes};
    for (size_t c = 0; c < k; c++) {
        moments->classes[c] = (class_moments){0};
    }
    find_means(x, weights, classes, k, j, moments);
    find_squares(x, weights, classes, j, moments);
}

/* Lebart, Morineau & Piron: the mean of n_class individuals drawn without replacement
 * from n has the variance (n - n_class) / (n - 1) × s² / n_class. */
static irm_profile_number profile_number(const variable_moments *moments, size_t class) {
    const class_moments *own = &moments->classes[class], *overall = &moments->overall;
    irm_profile_number profile = {
        .mean = own->mean,
        .overall_mean = overall->mean,
        .sd = sqrt(own->squares / own->weight),
        .overall_sd = sqrt(overall->squares / overall->weight),
        .v_test = NAN,
        .p_value = 1,
    };
    double n = (double)moments->n, n_class = n * (own->weight / overall->weight);
    bool apart = n_class > 0 && n - n_class > 1e-9 * n;
    if (moments->varies && profile.overall_sd > 0 && apart) {
        double variance = (n - n_class) / (n - 1) / n_class;
        profile.v_test =
            (own->mean - overall->mean) / (profile.overall_sd * sqrt(variance));
        profile.p_value = normal_two_sided(profile.v_test);
    }
    return profile;
}

/* Room for normalised weights and for the moments of a variable. */
static irm_status prepare(const irm_matrix *x, const double *weights,
                          const int32_t *classes, size_t k, double **normalised,
                          variable_moments *moments, irm_error *error) {
    if (k == 0) {
        return irm_fail(error, IRM_STATUS_USAGE, "there are no classes to describe");
    }
    IRM_TRY(check_classes(classes, x->rows, k, error));
    *normalised = irm_calloc(x->rows, sizeof **normalised);
    moments->classes = irm_calloc(k, sizeof *moments->classes);
    if (*normalised == NULL || moments->classes == NULL) {
        return irm_fail_memory(error);
    }
    return weights_normalise(weights, x->rows, *normalised, NULL, error);
}

irm_status irm_profile_numbers(const irm_matrix *x, const double *weights,
                               const int32_t *classes, size_t k,
                               irm_profile_number *profiles, irm_error *error) {
    double *normalised = NULL;
    variable_moments moments = {0};
    irm_status status = prepare(x, weights, classes, k, &normalised, &moments, error);
    for (size_t j = 0; status == IRM_OK && j < x->columns; j++) {
        find_moments(x, normalised, classes, k, j, &moments);
        for (size_t c = 0; c < k; c++) {
            profiles[c * x->columns + j] = profile_number(&moments, c);
        }
    }
    irm_free(normalised);
    irm_free(moments.classes);
    return status;
}

/* One-way analysis of variance: share of the squares that is between the classes. */
static void find_eta2(const variable_moments *moments, size_t k, double *eta2,
                      double *p_value) {
    double within = 0;
    size_t present = 0;
    for (size_t c = 0; c < k; c++) {
        within += moments->classes[c].squares;
        present += moments->classes[c].weight > 0;
    }
    double total = moments->overall.squares;
    *eta2 = NAN;
    *p_value = 1;
    if (!moments->varies || !(total > 0)) {
        return;
    }
    double between = fmax(total - within, 0);
    *eta2 = between / total;
    if (present > 1 && moments->n > present) {
        double df1 = (double)(present - 1), df2 = (double)(moments->n - present);
        *p_value =
            within > 0 ? fisher_upper((between / df1) / (within / df2), df1, df2) : 0;
    }
}

irm_status irm_profile_eta2(const irm_matrix *x, const double *weights,
                            const int32_t *classes, size_t k, double *eta2,
                            double *p_values, irm_error *error) {
    double *normalised = NULL;
    variable_moments moments = {0};
    irm_status status = prepare(x, weights, classes, k, &normalised, &moments, error);
    for (size_t j = 0; status == IRM_OK && j < x->columns; j++) {
        find_moments(x, normalised, classes, k, j, &moments);
        find_eta2(&moments, k, &eta2[j], &p_values[j]);
    }
    irm_free(normalised);
    irm_free(moments.classes);
    return status;
}
