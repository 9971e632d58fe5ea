#include "irminon/inequality.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "irminon/memory.h"
#include "irminon/sum.h"

static bool countable(double value) { return isfinite(value) && value >= 0; }

static double total_of(const double *values, size_t n) {
    irm_sum sum = {0};
    for (size_t i = 0; i < n; i++) {
        if (!countable(values[i])) {
            return NAN;
        }
        irm_sum_add(&sum, values[i]);
    }
    return irm_sum_round(&sum);
}

/* ---- Gini ------------------------------------------------------------------------- */

typedef struct part {
    double value, weight;
} part;

static int by_value(const void *left, const void *right) {
    const part *a = left, *b = right;
    if (a->value != b->value) {
        return a->value < b->value ? -1 : 1;
    }
    return (a->weight > b->weight) - (a->weight < b->weight);
}

/* One minus twice the area under the Lorenz curve: trapezes between parts. */
static double lorenz(const part *parts, size_t n, double weight) {
    irm_sum area = {0}, amount = {0};
    for (size_t i = 0; i < n; i++) {
        double before = irm_sum_round(&amount);
        irm_sum_add(&amount, parts[i].weight * parts[i].value);
        irm_sum_add(&area, parts[i].weight * (before + irm_sum_round(&amount)));
    }
    double total = irm_sum_round(&amount);
    return total > 0 ? 1 - irm_sum_round(&area) / (weight * total) : NAN;
}

irm_status irm_gini(const double *values, const double *weights, size_t n, double *gini,
                    irm_error *error) {
    *gini = NAN;
    double weight = weights != NULL ? total_of(weights, n) : (double)n;
    if (!(weight > 0) || isnan(total_of(values, n))) {
        return IRM_OK;
    }
    part *parts = irm_calloc(n, sizeof *parts);
    if (parts == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        parts[i] = (part){values[i], weights != NULL ? weights[i] : 1};
    }
    qsort(parts, n, sizeof *parts, by_value);
    *gini = lorenz(parts, n, weight);
    irm_free(parts);
    return IRM_OK;
}

/* ---- Theil ------------------------------------------------------------------------ */

/* Weight and amount of each group, and of all. */
typedef struct mass {
    irm_sum weight, amount;
} mass;

static double log_term(double share, double ratio) {
    return share > 0 && ratio > 0 ? share * log(ratio) : 0;
}

static void add_mass(mass *to, double weight, double value) {
    irm_sum_add(&to->weight, weight);
    irm_sum_add(&to->amount, weight * value);
}

static void decompose(const mass *groups, size_t n_groups, const mass *all,
                      irm_theil *theil) {
    double weight = irm_sum_round(&all->weight), amount = irm_sum_round(&all->amount);
    irm_sum between = {0};
    for (size_t g = 0; g < n_groups; g++) {
        double portion = irm_sum_round(&groups[g].amount) / amount;
        double share = irm_sum_round(&groups[g].weight) / weight;
        irm_sum_add(&between, share > 0 ? log_term(portion, portion / share) : 0);
    }
    theil->between = irm_sum_round(&between);
    theil->within = theil->total - theil->between;
}

irm_status irm_theil_index(const double *values, const double *weights,
                           const int32_t *groups, size_t n_groups, size_t n,
                           irm_theil *theil, irm_error *error) {
    *theil = (irm_theil){NAN, NAN, NAN};
    bool usable =
        !isnan(total_of(values, n)) && (weights == NULL || !isnan(total_of(weights, n)));
    size_t count = groups != NULL ? n_groups : 1;
    mass *masses = irm_calloc(count + 1, sizeof *masses), *all = masses + count;
    if (masses == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; usable && i < n; i++) {
        size_t g = groups != NULL ? (size_t)groups[i] : 0;
        usable = g < count;
        if (usable) {
            add_mass(&masses[g], weights != NULL ? weights[i] : 1, values[i]);
            add_mass(all, weights != NULL ? weights[i] : 1, values[i]);
        }
    }
    double weight = irm_sum_round(&all->weight), amount = irm_sum_round(&all->amount);
    if (usable && weight > 0 && amount > 0) {
        irm_sum total = {0};
        for (size_t i = 0; i < n; i++) {
            double portion = (weights != NULL ? weights[i] : 1) * values[i] / amount;
            irm_sum_add(&total, log_term(portion, values[i] * weight / amount));
        }
        theil->total = irm_sum_round(&total);
        decompose(masses, count, all, theil);
    }
    irm_free(masses);
    return IRM_OK;
}

/* ---- segregation, diversity ------------------------------------------------------- */

double irm_dissimilarity(const double *a, const double *b, size_t n) {
    double total_a = total_of(a, n), total_b = total_of(b, n);
    irm_sum sum = {0};
    if (!(total_a > 0) || !(total_b > 0)) {
        return NAN;
    }
    for (size_t i = 0; i < n; i++) {
        irm_sum_add(&sum, fabs(a[i] / total_a - b[i] / total_b));
    }
    return irm_sum_round(&sum) / 2;
}

double irm_isolation(const double *group, const double *total, size_t n) {
    double all = total_of(group, n);
    irm_sum sum = {0};
    if (!(all > 0) || isnan(total_of(total, n))) {
        return NAN;
    }
    for (size_t i = 0; i < n; i++) {
        if (group[i] > total[i]) {
            return NAN;
        }
        if (group[i] > 0) {
            irm_sum_add(&sum, group[i] / all * (group[i] / total[i]));
        }
    }
    return irm_sum_round(&sum);
}

double irm_entropy(const double *counts, size_t n, int normalised) {
    double total = total_of(counts, n);
    irm_sum sum = {0};
    if (!(total > 0) || (normalised != 0 && n < 2)) {
        return NAN;
    }
    for (size_t i = 0; i < n; i++) {
        irm_sum_add(&sum, -log_term(counts[i] / total, counts[i] / total));
    }
    return irm_sum_round(&sum) / (normalised != 0 ? log((double)n) : 1);
}

double irm_location_quotient(double a, double total, double reference,
                             double reference_total) {
    bool usable = countable(a) && countable(reference) && total > 0 &&
                  reference_total > 0 && reference > 0;
    return usable ? a / total / (reference / reference_total) : NAN;
}
