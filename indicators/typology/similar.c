#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/inside.h"

/* Values of the active variables, centred and reduced over all the units that know them.
 */
static irm_status standardise(const irm_typology_units *units, irm_matrix *z,
                              irm_error *error) {
    size_t *active = NULL;
    IRM_TRY(typology_matrix(units, z, &active, error));
    irm_free(active);
    for (size_t j = 0; j < z->columns; j++) {
        double n = 0, sum = 0, squares = 0;
        for (size_t i = 0; i < z->rows; i++) {
            double value = irm_matrix_row(z, i)[j];
            n += !isnan(value);
            sum += isnan(value) ? 0 : value;
        }
        double mean = sum / n;
        for (size_t i = 0; i < z->rows; i++) {
            double gap = irm_matrix_row(z, i)[j] - mean;
            squares += isnan(gap) ? 0 : gap * gap;
        }
        double sd = sqrt(squares / n);
        for (size_t i = 0; i < z->rows; i++) {
            double *cell = &irm_matrix_row(z, i)[j];
            *cell = sd > 0 ? (*cell - mean) / sd : NAN;
        }
    }
    return IRM_OK;
}

/* The first principal components, missing values filled in for them alone. */
static irm_status components(const irm_matrix *z, size_t axes, irm_matrix *points,
                             irm_error *error) {
    irm_matrix filled = {0};
    irm_factors factors = {0};
    size_t n_filled = 0, chosen = 0;
    IRM_TRY(irm_matrix_init(&filled, z->rows, z->columns, error));
    memcpy(filled.data, z->data, z->rows * z->columns * sizeof *z->data);
    irm_pca_options options = {.reduce = true, .axes = axes};
    irm_status status = irm_impute_pca(&filled, NULL, true, 0, &n_filled, &chosen, error);
    if (status == IRM_OK) {
        status = irm_pca(&filled, &options, &factors, error);
    }
    if (status == IRM_OK) {
        *points = factors.individuals.coordinates;
        factors.individuals.coordinates = (irm_matrix){0};
    }
    irm_factors_clear(&factors);
    irm_matrix_clear(&filled);
    return status;
}

/* Root mean squared gap over what both know; NaN where that is less than half. */
static double distance_between(const irm_matrix *points, size_t a, size_t b) {
    const double *x = irm_matrix_row(points, a), *y = irm_matrix_row(points, b);
    double sum = 0;
    size_t known = 0;
    for (size_t j = 0; j < points->columns; j++) {
        double gap = x[j] - y[j];
        if (!isnan(gap)) {
            sum += gap * gap;
            known++;
        }
    }
    return 2 * known >= points->columns && known > 0 ? sqrt(sum / (double)known) : NAN;
}

typedef struct candidate {
    double distance;
    size_t unit;
} candidate;

static int by_distance(const void *a, const void *b) {
    const candidate *p = a, *q = b;
    if (p->distance != q->distance) {
        return p->distance < q->distance ? -1 : 1;
    }
    return p->unit < q->unit ? -1 : p->unit > q->unit;
}

static irm_status take(const irm_matrix *z, size_t of, const candidate *nearest, size_t n,
                       irm_similar **list, irm_error *error) {
    irm_similar *made = irm_calloc(n, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        made[i] = (irm_similar){.unit = nearest[i].unit,
                                .distance = nearest[i].distance,
                                .gaps = irm_calloc(z->columns, sizeof *made->gaps)};
        if (made[i].gaps == NULL) {
            irm_similar_free(made, n);
            return irm_fail_memory(error);
        }
        for (size_t j = 0; j < z->columns; j++) {
            made[i].gaps[j] =
                irm_matrix_row(z, made[i].unit)[j] - irm_matrix_row(z, of)[j];
        }
    }
    *list = made;
    return IRM_OK;
}

static irm_status search(const irm_matrix *z, const irm_matrix *points, size_t of,
                         const bool *mask, size_t count, irm_similar **list,
                         size_t *found, irm_error *error) {
    candidate *all = irm_calloc(z->rows, sizeof *all);
    if (all == NULL) {
        return irm_fail_memory(error);
    }
    size_t n = 0;
    for (size_t i = 0; i < z->rows; i++) {
        double distance = distance_between(points, of, i);
        if (i != of && (mask == NULL || mask[i]) && !isnan(distance)) {
            all[n++] = (candidate){distance, i};
        }
    }
    qsort(all, n, sizeof *all, by_distance);
    *found = n < count ? n : count;
    irm_status status = take(z, of, all, *found, list, error);
    irm_free(all);
    return status;
}

irm_status irm_similar_find(const irm_typology_units *units, size_t of, const bool *mask,
                            size_t count, size_t axes, irm_similar **list, size_t *found,
                            irm_error *error) {
    irm_matrix z = {0}, reduced = {0};
    *list = NULL;
    *found = 0;
    irm_status status = standardise(units, &z, error);
    size_t known = 0;
    for (size_t j = 0; status == IRM_OK && j < z.columns; j++) {
        known += isnan(irm_matrix_row(&z, of)[j]) ? 0 : 1;
    }
    if (status == IRM_OK && (known == 0 || 2 * known < z.columns)) {
        status = irm_fail(error, IRM_STATUS_REFUSED,
                          "%s has a value for %zu of the %zu indicators: too few to look "
                          "for those like it",
                          units->names[of], known, z.columns);
    }
    if (status == IRM_OK && axes > 0) {
        status = components(&z, axes, &reduced, error);
    }
    if (status == IRM_OK) {
        status =
            search(&z, axes > 0 ? &reduced : &z, of, mask, count, list, found, error);
    }
    irm_matrix_clear(&z);
    irm_matrix_clear(&reduced);
    return status;
}

void irm_similar_free(irm_similar *list, size_t count) {
    for (size_t i = 0; list != NULL && i < count; i++) {
        irm_free(list[i].gaps);
    }
    irm_free(list);
}
