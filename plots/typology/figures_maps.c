/* Where the classes are: one map of all, and one of each. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/figures.h"

enum { CLASS_SHAPES = 1500 /* drawn for each class; beyond, a dot each */ };

static double *class_values(const irm_typology *t) {
    double *values = irm_calloc(t->n, sizeof *values);
    for (size_t i = 0; values != NULL && i < t->n; i++) {
        values[i] = t->partition.classes[i];
    }
    return values;
}

irm_status typology_class_map(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->units.shapes == NULL || t->k > 30) {
        return IRM_OK;
    }
    typology_figure *figure = typology_figure_add(d, "map");
    double *values = class_values(t);
    if (values == NULL) {
        return irm_fail_memory(error);
    }
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Carte des classes", "Map of the classes"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(d, "%s est dans la classe %d.", "%s is in class %d."),
             t->units.names[t->classes[0].parangons[0]], 1);
    irm_map map = {.caption = typology_caption(d, figure),
                   .shapes = t->units.shapes,
                   .colour = values,
                   .names = d->label_list,
                   .n_classes = t->k,
                   .context = d->options->context,
                   .outlines = d->options->outlines,
                   .labels = t->n <= 4000 ? (const char *const *)t->units.names : NULL};
    if (t->n > 60) { /* names would hide the map: they stay in what a pointer shows */
        map.quiet = true;
    }
    irm_status status =
        typology_draw_twins(d, figure, "classes-map", FULL, t->n > MOST_SHAPES,
                            typology_draw_map, &map, error);
    irm_free(values);
    return status;
}

/* Where one class is, the others in grey: shapes while they are few, then a dot each. */
static irm_status place_units(const irm_typology *t, double **x, double **y,
                              irm_error *error) {
    *x = irm_calloc(t->n, sizeof **x);
    *y = irm_calloc(t->n, sizeof **y);
    if (*x == NULL || *y == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < t->n; i++) {
        irm_shape shape = irm_shapes_get(t->units.shapes, i);
        (*x)[i] = (*y)[i] = NAN;
        if (shape.n_rings > 0) {
            double x0, y0, x1, y1;
            irm_shape_bounds(shape, &x0, &y0, &x1, &y1);
            (*x)[i] = (x0 + x1) / 2;
            (*y)[i] = (y0 + y1) / 2;
        }
    }
    return IRM_OK;
}

enum { CLASS_STEM = 32 };

/* Begins the figure that tells where a class is; `stem` is of its file. */
static typology_figure *class_figure(typology_drawing *d, size_t c, char *stem) {
    typology_figure *figure = typology_figure_add(d, "class");
    figure->class_index = c;
    snprintf(figure->title, FIGURE_WORDS,
             typology_pick(d, "Où est la classe %zu", "Where class %zu is"), c + 1);
    snprintf(stem, CLASS_STEM, "class-%zu-map", c + 1);
    return figure;
}

static irm_status locate_class(typology_drawing *d, size_t c, const double *x,
                               const double *y, int32_t *own, irm_error *error) {
    const irm_typology *t = d->typology;
    char stem[CLASS_STEM];
    typology_figure *figure = class_figure(d, c, stem);
    for (size_t i = 0; i < t->n; i++) {
        own[i] = (size_t)t->partition.classes[i] == c ? (int32_t)c : -1;
    }
    irm_plane places = {.caption = typology_caption(d, figure),
                        .n = t->n,
                        .x = x,
                        .y = y,
                        .classes = own,
                        .k = t->k,
                        .map = true};
    return typology_draw_twins(d, figure, stem, 420, false, typology_draw_plane, &places,
                               error);
}

static irm_status locate_by_shapes(typology_drawing *d, size_t c, double *values,
                                   irm_error *error) {
    const irm_typology *t = d->typology;
    char stem[CLASS_STEM];
    typology_figure *figure = class_figure(d, c, stem);
    for (size_t i = 0; i < t->n; i++) {
        values[i] = (size_t)t->partition.classes[i] == c ? (double)c : -1;
    }
    irm_map map = {.caption = typology_caption(d, figure),
                   .shapes = t->units.shapes,
                   .colour = values,
                   .names = d->label_list,
                   .n_classes = t->k,
                   .context = d->options->context,
                   .labels = (const char *const *)t->units.names,
                   .quiet = true,
                   .no_legend = true};
    return typology_draw_twins(d, figure, stem, 420, false, typology_draw_map, &map,
                               error);
}

irm_status typology_class_places(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->units.shapes == NULL || t->k > 30) {
        return IRM_OK;
    }
    double *x = NULL, *y = NULL, *values = irm_calloc(t->n, sizeof *values);
    int32_t *own = irm_calloc(t->n, sizeof *own);
    irm_status status = own == NULL || values == NULL ? irm_fail_memory(error)
                                                      : place_units(t, &x, &y, error);
    for (size_t c = 0; status == IRM_OK && c < t->k; c++) {
        status = t->n > CLASS_SHAPES ? locate_class(d, c, x, y, own, error)
                                     : locate_by_shapes(d, c, values, error);
    }
    irm_free(x);
    irm_free(y);
    irm_free(values);
    irm_free(own);
    return status;
}
