#include "spatial/units.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"

enum { SHOWN = 8 };

void unit_list_add(unit_list *list, size_t unit) {
    if (list->count < SHOWN) {
        int written = snprintf(list->text + list->used, sizeof list->text - list->used,
                               "%s%zu", list->count > 0 ? ", " : "", unit + 1);
        list->used += written > 0 ? (size_t)written : 0;
    }
    list->count++;
}

const char *unit_list_text(unit_list *list) {
    const char *noun = list->count == 1 ? "unit " : "units ";
    size_t length = strlen(noun);
    memmove(list->text + length, list->text, list->used + 1);
    memcpy(list->text, noun, length);
    if (list->count > SHOWN) {
        size_t used = length + list->used;
        snprintf(list->text + used, sizeof list->text - used, " and %zu more",
                 list->count - SHOWN);
    }
    return list->text;
}

irm_status units_check_count(size_t n, irm_error *error) {
    if (n == 0) {
        return irm_fail(error, IRM_STATUS_USAGE, "there are no units");
    }
    if (n > INT32_MAX) {
        return irm_fail(error, IRM_STATUS_USAGE, "%zu units are more than the %d allowed",
                        n, INT32_MAX);
    }
    return IRM_OK;
}

irm_status units_check_finite(const double *x, size_t n, const char *what,
                              irm_error *error) {
    unit_list bad = {0};
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) {
            unit_list_add(&bad, i);
        }
    }
    if (bad.count > 0) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "%s: not a finite number for %s; leave them out, or give a value",
                        what, unit_list_text(&bad));
    }
    return IRM_OK;
}

irm_status units_check_varied(const double *x, size_t n, irm_error *error) {
    IRM_TRY(units_check_count(n, error));
    IRM_TRY(units_check_finite(x, n, "values", error));
    for (size_t i = 1; i < n; i++) {
        if (x[i] < x[0] || x[i] > x[0]) {
            return IRM_OK;
        }
    }
    return irm_fail(error, IRM_STATUS_DATA,
                    "all %zu values are %g: autocorrelation needs values that differ", n,
                    x[0]);
}

irm_status units_check_joined(const irm_neighbours *neighbours, irm_error *error) {
    if (neighbours->start[neighbours->n] == 0) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "none of the %zu units has a neighbour: check that their shapes "
                        "touch (or give a snap distance)",
                        neighbours->n);
    }
    return IRM_OK;
}

irm_status units_check_matrix(const irm_matrix *x, size_t n, irm_error *error) {
    IRM_TRY(units_check_count(n, error));
    if (x->rows != n || x->columns == 0) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%zu rows of %zu variables for %zu units", x->rows, x->columns,
                        n);
    }
    unit_list bad = {0};
    for (size_t i = 0; i < n; i++) {
        const double *row = irm_matrix_row(x, i);
        for (size_t j = 0; j < x->columns; j++) {
            if (!isfinite(row[j])) {
                unit_list_add(&bad, i);
                break;
            }
        }
    }
    if (bad.count > 0) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "a variable is not a finite number for %s", unit_list_text(&bad));
    }
    return IRM_OK;
}

irm_status units_check_weights(const double *weights, size_t n, irm_error *error) {
    unit_list bad = {0};
    for (size_t i = 0; weights != NULL && i < n; i++) {
        if (!(weights[i] > 0.0) || isinf(weights[i])) {
            unit_list_add(&bad, i);
        }
    }
    if (bad.count > 0) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "a weight is not a finite number over 0 for %s",
                        unit_list_text(&bad));
    }
    return IRM_OK;
}

irm_status units_check_population(const double *population, size_t n, irm_error *error) {
    unit_list bad = {0};
    for (size_t i = 0; population != NULL && i < n; i++) {
        if (!(population[i] >= 0.0) || isinf(population[i])) {
            unit_list_add(&bad, i);
        }
    }
    if (bad.count > 0) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "a population is not a finite number, 0 or more, for %s",
                        unit_list_text(&bad));
    }
    return IRM_OK;
}

irm_status units_number_classes(int32_t *classes, size_t n, size_t k, irm_error *error) {
    int32_t *number = irm_calloc(k, sizeof *number); /* 0: none yet */
    if (number == NULL) {
        return irm_fail_memory(error);
    }
    int32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (number[classes[i]] == 0) {
            number[classes[i]] = ++count;
        }
        classes[i] = number[classes[i]] - 1;
    }
    irm_free(number);
    return IRM_OK;
}

double units_mean(const double *x, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    double mean = sum / (double)n;
    double left = 0.0;
    for (size_t i = 0; i < n; i++) {
        left += x[i] - mean;
    }
    return mean + left / (double)n;
}

double units_upper_tail(double z) { return 0.5 * erfc(z * 0.70710678118654752440); }
