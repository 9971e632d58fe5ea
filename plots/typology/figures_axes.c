/* The factor analysis: eigenvalues, circle of correlations, plane. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/figures.h"

enum { CIRCLE_MOST = 45, LABELS_EACH = 2 /* parangons named on the plane, by class */ };

irm_status typology_eigenvalue_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    size_t n = t->factors.n_eigenvalues;
    double *percent = irm_calloc(2 * n + 1, sizeof *percent), sum = 0;
    if (percent == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        percent[i] = 100 * t->factors.eigenvalues[i] / t->factors.inertia;
        sum += percent[i];
        percent[n + i] = sum;
    }
    typology_figure *figure = typology_figure_add(d, "method");
    char first[48], two[48];
    typology_number(d, percent[0], 1, first, sizeof first);
    typology_number(d, percent[n + (n > 1 ? 1 : 0)], 1, two, sizeof two);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Part de l'information portée par chaque axe",
                           "Share of the information carried by each axis"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(
                 d, "le premier axe porte %s %% de l'inertie, les deux premiers %s %%.",
                 "the first axis carries %s%% of the inertia, the first two %s%%."),
             first, two);
    irm_scree scree = {.caption = typology_caption(d, figure),
                       .n = n,
                       .values = percent,
                       .kept = t->axes_used > 0 ? t->axes_used : n,
                       .decimals = 1,
                       .axis = typology_pick(d, "axes", "axes")};
    scree.caption.unit = typology_pick(d, "% de l'inertie", "% of the inertia");
    irm_status status = typology_draw_twins(d, figure, "eigenvalues", HALF, false,
                                            typology_draw_scree, &scree, error);
    irm_free(percent);
    return status;
}

static void axis_titles(const typology_drawing *d, char *x, char *y, size_t size) {
    const irm_factors *f = &d->typology->factors;
    char percent[48];
    char *texts[] = {x, y};
    for (size_t a = 0; a < 2 && a < f->n_eigenvalues; a++) {
        typology_number(d, 100 * f->eigenvalues[a] / f->inertia, 1, percent,
                        sizeof percent);
        snprintf(texts[a], size,
                 typology_pick(d, "axe %zu (%s\u00a0%%)", "axis %zu (%s%%)"), a + 1,
                 percent);
    }
}

irm_status typology_circle_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    size_t m = t->units.n_variables, first = 0, next = t->p;
    if (t->multiple || t->factors.axes < 2 || m > CIRCLE_MOST ||
        t->options.no_reduction) {
        return IRM_OK;
    }
    const char **names = irm_calloc(m, sizeof *names);
    double *x = irm_calloc(m, sizeof *x), *y = irm_calloc(m, sizeof *y);
    bool *extra = irm_calloc(m, sizeof *extra);
    irm_status status = IRM_OK;
    if (names == NULL || x == NULL || y == NULL || extra == NULL) {
        status = irm_fail_memory(error);
    }
    for (size_t v = 0; status == IRM_OK && v < m; v++) {
        bool active = t->units.variables[v].active;
        size_t at = active ? first++ : next++;
        const double *row =
            active ? irm_matrix_row(&t->factors.variables.coordinates, at)
                   : irm_matrix_row(&t->supplementary.coordinates, at - t->p);
        names[at] = typology_label(d, v);
        x[at] = row[0];
        y[at] = row[1];
        extra[at] = !active;
    }
    if (status == IRM_OK) {
        typology_figure *figure = typology_figure_add(d, "method");
        char x_title[64] = "", y_title[64] = "";
        axis_titles(d, x_title, y_title, sizeof x_title);
        snprintf(figure->title, FIGURE_WORDS, "%s",
                 typology_pick(d, "Cercle des corrélations", "Circle of correlations"));
        snprintf(
            figure->lecture, FIGURE_WORDS, "%s",
            typology_pick(d,
                          "deux flèches qui vont dans le même sens montent ensemble ; "
                          "opposées, l'une monte quand l'autre descend ; plus une flèche "
                          "est longue, mieux les deux axes la représentent.",
                          "two arrows in the same direction rise together; opposite, one "
                          "rises when the other falls; the longer, the better the two "
                          "axes show it."));
        irm_correlations circle = {.caption = typology_caption(d, figure),
                                   .n = m,
                                   .names = names,
                                   .x = x,
                                   .y = y,
                                   .supplementary = extra,
                                   .x_title = x_title,
                                   .y_title = y_title};
        status = typology_draw_twins(d, figure, "correlations", FULL, false,
                                     typology_draw_correlations, &circle, error);
    }
    irm_free(names);
    irm_free(x);
    irm_free(y);
    irm_free(extra);
    return status;
}

static void mean_places(const irm_typology *t, const double *x, const double *y,
                        double *center_x, double *center_y) {
    for (size_t i = 0; i < t->n; i++) {
        size_t c = (size_t)t->partition.classes[i];
        center_x[c] += x[i] / (double)t->classes[c].size;
        center_y[c] += y[i] / (double)t->classes[c].size;
    }
}

irm_status typology_plane_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->factors.axes < 2) {
        return IRM_OK;
    }
    double *places = irm_calloc(2 * t->n + 2 * t->k, sizeof *places);
    const char **labels = irm_calloc(t->n, sizeof *labels);
    if (places == NULL || labels == NULL) {
        irm_free(places);
        irm_free(labels);
        return irm_fail_memory(error);
    }
    double *x = places, *y = places + t->n, *cx = y + t->n, *cy = cx + t->k;
    for (size_t i = 0; i < t->n; i++) {
        const double *row = irm_matrix_row(&t->factors.individuals.coordinates, i);
        x[i] = row[0];
        y[i] = row[1];
        labels[i] = t->n <= 60 ? t->units.names[i] : NULL;
    }
    for (size_t c = 0; c < t->k; c++) {
        for (size_t i = 0; i < t->classes[c].n_parangons && i < LABELS_EACH; i++) {
            uint32_t unit = t->classes[c].parangons[i];
            labels[unit] = t->units.names[unit];
        }
    }
    mean_places(t, x, y, cx, cy);
    typology_figure *figure = typology_figure_add(d, "profiles");
    char x_title[64] = "", y_title[64] = "";
    axis_titles(d, x_title, y_title, sizeof x_title);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Plan factoriel, classes et parangons",
                           "Factor plane, classes and parangons"));
    snprintf(figure->lecture, FIGURE_WORDS, "%s",
             typology_pick(
                 d,
                 "chaque point est une unité, placée près de celles qui lui "
                 "ressemblent ; le numéro est au centre de la classe ; les noms sont "
                 "ceux des plus typiques.",
                 "each point is a unit, placed near those like it; the number is at "
                 "the centre of the class; names are those of the most typical."));
    irm_plane plane = {.caption = typology_caption(d, figure),
                       .n = t->n,
                       .x = x,
                       .y = y,
                       .classes = t->partition.classes,
                       .k = t->k,
                       .class_names = d->label_list,
                       .labels = labels,
                       .center_x = cx,
                       .center_y = cy,
                       .x_title = x_title,
                       .y_title = y_title};
    irm_status status = typology_draw_twins(d, figure, "plane", FULL, false,
                                            typology_draw_plane, &plane, error);
    irm_free(places);
    irm_free(labels);
    return status;
}
