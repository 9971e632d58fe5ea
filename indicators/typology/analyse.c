#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/inside.h"

static irm_status run_pca(irm_typology *t, irm_error *error) {
    irm_pca_options options = {.reduce = !t->options.no_reduction,
                               .weights = t->units.weights,
                               .threads = t->options.threads};
    return irm_pca(&t->x, &options, &t->factors, error);
}

/* Active categories side by side: n × q codes. */
static irm_status gather_codes(const irm_typology *t, int32_t **codes,
                               size_t **n_modalities, size_t *q, irm_error *error) {
    const irm_typology_units *units = &t->units;
    int32_t *made = irm_calloc(units->n * units->n_categories, sizeof *made);
    size_t *sizes = irm_calloc(units->n_categories, sizeof *sizes);
    if (made == NULL || sizes == NULL) {
        irm_free(made);
        irm_free(sizes);
        return irm_fail_memory(error);
    }
    *q = 0;
    for (size_t c = 0; c < units->n_categories; c++) {
        *q += units->categories[c].active ? 1 : 0;
    }
    for (size_t c = 0, j = 0; c < units->n_categories; c++) {
        if (!units->categories[c].active) {
            continue;
        }
        sizes[j] = irm_dict_count(units->categories[c].labels);
        for (size_t i = 0; i < units->n; i++) {
            made[i * *q + j] = units->categories[c].codes[i];
        }
        j++;
    }
    *codes = made;
    *n_modalities = sizes;
    return IRM_OK;
}

static irm_status run_mca(irm_typology *t, irm_error *error) {
    int32_t *codes = NULL;
    size_t *n_modalities = NULL, q = 0;
    IRM_TRY(gather_codes(t, &codes, &n_modalities, &q, error));
    irm_mca_options options = {.weights = t->units.weights,
                               .threads = t->options.threads};
    irm_status status =
        irm_mca(codes, t->n, q, n_modalities, &options, &t->factors, error);
    t->p = t->factors.p;
    irm_free(codes);
    irm_free(n_modalities);
    return status;
}

/* The first `axes` coordinates of the individuals. */
static irm_status take_axes(irm_typology *t, size_t axes, irm_error *error) {
    const irm_matrix *from = &t->factors.individuals.coordinates;
    axes = axes < from->columns ? axes : from->columns;
    IRM_TRY(irm_matrix_init(&t->points, t->n, axes, error));
    for (size_t i = 0; i < t->n; i++) {
        memcpy(irm_matrix_row(&t->points, i), irm_matrix_row(from, i),
               axes * sizeof(double));
    }
    t->axes_used = axes;
    return IRM_OK;
}

static irm_status take_variables(irm_typology *t, irm_error *error) {
    IRM_TRY(irm_matrix_init(&t->points, t->n, t->p, error));
    for (size_t i = 0; i < t->n; i++) {
        for (size_t j = 0; j < t->p; j++) {
            irm_matrix_row(&t->points, i)[j] =
                (irm_matrix_row(&t->x, i)[j] - t->factors.center[j]) /
                t->factors.scale[j];
        }
    }
    t->axes_used = 0;
    return IRM_OK;
}

static double mean_of(const irm_typology_variable *variable, const double *weights,
                      size_t n) {
    double sum = 0, weight = 0;
    for (size_t i = 0; i < n; i++) {
        double w = weights != NULL ? weights[i] : 1;
        if (!isnan(variable->values[i])) {
            sum += w * variable->values[i];
            weight += w;
        }
    }
    return weight > 0 ? sum / weight : NAN;
}

/* Supplementary numbers on the axes; where one is missing it weighs nothing: its mean. */
static irm_status place_supplementary(irm_typology *t, irm_error *error) {
    const irm_typology_units *units = &t->units;
    size_t m = units->n_variables - (t->multiple ? 0 : t->p), j = 0;
    if (m == 0 || t->multiple) {
        return IRM_OK;
    }
    irm_matrix x = {0};
    IRM_TRY(irm_matrix_init(&x, t->n, m, error));
    for (size_t v = 0; v < units->n_variables; v++) {
        const irm_typology_variable *variable = &units->variables[v];
        if (variable->active) {
            continue;
        }
        double mean = mean_of(variable, units->weights, t->n);
        for (size_t i = 0; i < t->n; i++) {
            double value = variable->values[i];
            irm_matrix_row(&x, i)[j] = isnan(value) ? mean : value;
        }
        j++;
    }
    irm_status status = irm_pca_supplementary(&t->factors, &x, &t->supplementary, error);
    irm_matrix_clear(&x);
    return status;
}

irm_status typology_analyse(irm_typology *t, irm_error *error) {
    IRM_TRY(t->multiple ? run_mca(t, error) : run_pca(t, error));
    if (t->factors.axes == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "the units do not differ: there is nothing to classify them by");
    }
    IRM_TRY(place_supplementary(t, error));
    if (t->options.axes == IRM_AXES_NONE && !t->multiple) {
        return take_variables(t, error);
    }
    size_t axes = t->options.axes > 0 ? (size_t)t->options.axes : t->factors.axes;
    return take_axes(t, axes, error);
}
