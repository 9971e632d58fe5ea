#include "typology/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"

enum {
    HALF = 540,
    FULL = 860,
    MOST_SHAPES = 4000,  /* drawn one by one in an SVG */
    CLASS_SHAPES = 1500, /* drawn for each class; beyond, a dot each */
    GAINS = 14,
    CIRCLE_MOST = 45,
    LABELS_EACH = 2 /* parangons named on the plane, by class */
};
static const double V_LIMIT = 12, V_FAINT = 1.96;

typedef irm_status draw_function(const void *data, const irm_canvas *canvas,
                                 irm_error *error);

const char *typology_pick(const typology_drawing *d, const char *fr, const char *en) {
    return d->french ? fr : en;
}

const char *typology_label(const typology_drawing *d, size_t variable) {
    const irm_typology_variable *of = &d->typology->units.variables[variable];
    return d->french ? of->label_fr : of->label_en;
}

void typology_drawing_clear(typology_drawing *d) {
    irm_free(d->labels);
    irm_free(d->label_list);
}

irm_status typology_drawing_init(typology_drawing *d, const irm_typology *typology,
                                 const char *folder,
                                 const irm_typology_page_options *options,
                                 irm_error *error) {
    *d = (typology_drawing){.typology = typology, .options = options, .folder = folder};
    d->french = options->lang == NULL || strcmp(options->lang, "en") != 0;
    d->labels = irm_calloc(typology->k, sizeof *d->labels);
    d->label_list = irm_calloc(typology->k, sizeof *d->label_list);
    if (d->labels == NULL || d->label_list == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < typology->k; c++) {
        const irm_typology_class *class = &typology->classes[c];
        snprintf(d->labels[c], CLASS_LABEL, "%zu · %s", c + 1,
                 d->french ? class->name_fr : class->name_en);
        d->label_list[c] = d->labels[c];
    }
    return IRM_OK;
}

static typology_figure *new_figure(typology_drawing *d, const char *section) {
    typology_figure *made =
        &d->figures[d->n_figures < FIGURES_MOST - 1 ? d->n_figures++ : FIGURES_MOST - 1];
    *made = (typology_figure){.section = section};
    return made;
}

static void polish(const typology_drawing *d, char *text) {
    irm_buffer polished = {0};
    irm_typography(&polished, text, d->french ? "fr" : "en");
    if (polished.data != NULL && !polished.failed) {
        snprintf(text, FIGURE_WORDS, "%s", polished.data);
    }
    irm_buffer_clear(&polished);
}

static irm_caption caption_of(const typology_drawing *d, typology_figure *figure) {
    polish(d, figure->title);
    polish(d, figure->lecture);
    polish(d, figure->note);
    return (irm_caption){.title = figure->title,
                         .lecture = figure->lecture,
                         .note = figure->note,
                         .source = d->options->source,
                         .lang = d->french ? "fr" : "en"};
}

/* As SVG for the page and PNG for a slide; as PNG alone where the SVG would be too heavy.
 */
static irm_status draw_twins(const typology_drawing *d, typology_figure *figure,
                             const char *stem, double width, bool heavy,
                             draw_function *draw, const void *data, irm_error *error) {
    static const char *const extensions[] = {".svg", ".png"};
    snprintf(figure->path, sizeof figure->path, "figures/%s%s", stem,
             heavy ? ".png" : ".svg");
    for (size_t i = heavy ? 1 : 0; i < (d->options->no_png && !heavy ? 1 : 2); i++) {
        irm_buffer path = {0};
        irm_buffer_format(&path, "%s/figures/%s%s", d->folder, stem, extensions[i]);
        if (path.failed) {
            irm_buffer_clear(&path);
            return irm_fail_memory(error);
        }
        irm_canvas canvas = {.path = path.data,
                             .width = width,
                             .bare = i == 0 || heavy,
                             .scale = heavy ? 2 : 0};
        irm_status status = draw(data, &canvas, error);
        irm_buffer_clear(&path);
        IRM_TRY(status);
    }
    return IRM_OK;
}

static irm_status draw_scree(const void *data, const irm_canvas *canvas,
                             irm_error *error) {
    return irm_draw_scree(data, canvas, error);
}
static irm_status draw_correlations(const void *data, const irm_canvas *canvas,
                                    irm_error *error) {
    return irm_draw_correlations(data, canvas, error);
}
static irm_status draw_plane(const void *data, const irm_canvas *canvas,
                             irm_error *error) {
    return irm_draw_plane(data, canvas, error);
}
static irm_status draw_dendrogram(const void *data, const irm_canvas *canvas,
                                  irm_error *error) {
    return irm_draw_dendrogram(data, canvas, error);
}
static irm_status draw_heatmap(const void *data, const irm_canvas *canvas,
                               irm_error *error) {
    return irm_draw_heatmap(data, canvas, error);
}
static irm_status draw_silhouettes(const void *data, const irm_canvas *canvas,
                                   irm_error *error) {
    return irm_draw_silhouettes(data, canvas, error);
}
static irm_status draw_curves(const void *data, const irm_canvas *canvas,
                              irm_error *error) {
    return irm_draw_curves(data, canvas, error);
}
static irm_status draw_map(const void *data, const irm_canvas *canvas, irm_error *error) {
    return irm_draw_map(data, canvas, error);
}

static void number(const typology_drawing *d, double value, int decimals, char *text,
                   size_t size) {
    irm_number_text(value, decimals, d->french ? "fr" : "en", text, size);
}

/* ---- maps ---- */

static double *class_values(const irm_typology *t) {
    double *values = irm_calloc(t->n, sizeof *values);
    for (size_t i = 0; values != NULL && i < t->n; i++) {
        values[i] = t->partition.classes[i];
    }
    return values;
}

static irm_status class_map(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->units.shapes == NULL || t->k > 30) {
        return IRM_OK;
    }
    typology_figure *figure = new_figure(d, "map");
    double *values = class_values(t);
    if (values == NULL) {
        return irm_fail_memory(error);
    }
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Carte des classes", "Map of the classes"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(d, "%s est dans la classe %d.", "%s is in class %d."),
             t->units.names[t->classes[0].parangons[0]], 1);
    irm_map map = {.caption = caption_of(d, figure),
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
    irm_status status = draw_twins(d, figure, "classes-map", FULL, t->n > MOST_SHAPES,
                                   draw_map, &map, error);
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

static irm_status locate_class(typology_drawing *d, size_t c, const double *x,
                               const double *y, int32_t *own, irm_error *error) {
    const irm_typology *t = d->typology;
    typology_figure *figure = new_figure(d, "class");
    char stem[32];
    figure->class_index = c;
    snprintf(figure->title, FIGURE_WORDS,
             typology_pick(d, "Où est la classe %zu", "Where class %zu is"), c + 1);
    snprintf(stem, sizeof stem, "class-%zu-map", c + 1);
    for (size_t i = 0; i < t->n; i++) {
        own[i] = (size_t)t->partition.classes[i] == c ? (int32_t)c : -1;
    }
    irm_plane places = {.caption = caption_of(d, figure),
                        .n = t->n,
                        .x = x,
                        .y = y,
                        .classes = own,
                        .k = t->k,
                        .map = true};
    return draw_twins(d, figure, stem, 420, false, draw_plane, &places, error);
}

static irm_status locate_by_shapes(typology_drawing *d, size_t c, double *values,
                                   irm_error *error) {
    const irm_typology *t = d->typology;
    typology_figure *figure = new_figure(d, "class");
    char stem[32];
    figure->class_index = c;
    snprintf(figure->title, FIGURE_WORDS,
             typology_pick(d, "Où est la classe %zu", "Where class %zu is"), c + 1);
    snprintf(stem, sizeof stem, "class-%zu-map", c + 1);
    for (size_t i = 0; i < t->n; i++) {
        values[i] = (size_t)t->partition.classes[i] == c ? (double)c : -1;
    }
    irm_map map = {.caption = caption_of(d, figure),
                   .shapes = t->units.shapes,
                   .colour = values,
                   .names = d->label_list,
                   .n_classes = t->k,
                   .context = d->options->context,
                   .labels = (const char *const *)t->units.names,
                   .quiet = true,
                   .no_legend = true};
    return draw_twins(d, figure, stem, 420, false, draw_map, &map, error);
}

static irm_status class_places(typology_drawing *d, irm_error *error) {
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

/* ---- profiles ---- */

static irm_status number_heatmap(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    size_t m = t->units.n_variables;
    const char **rows = irm_calloc(m, sizeof *rows);
    double *values = irm_calloc(m * t->k, sizeof *values);
    char(*heads)[80] = irm_calloc(t->k, sizeof *heads);
    const char **columns = irm_calloc(t->k, sizeof *columns);
    irm_status status = IRM_OK;
    if (rows == NULL || values == NULL || heads == NULL || columns == NULL) {
        status = irm_fail_memory(error);
    }
    for (size_t v = 0; status == IRM_OK && v < m; v++) {
        rows[v] = typology_label(d, v);
        for (size_t c = 0; c < t->k; c++) {
            values[v * t->k + c] = t->profiles[c * m + v].v_test;
        }
    }
    double limit = V_LIMIT;
    for (size_t i = 0; status == IRM_OK && i < m * t->k; i++) {
        limit = isfinite(values[i]) ? fmax(limit, 0.6 * fabs(values[i])) : limit;
    }
    for (size_t c = 0; status == IRM_OK && c < t->k; c++) {
        char size[48];
        number(d, (double)t->classes[c].size, 0, size, sizeof size);
        snprintf(heads[c], sizeof heads[c],
                 typology_pick(d, "Classe %zu (%s)", "Class %zu (%s)"), c + 1, size);
        columns[c] = heads[c];
    }
    if (status == IRM_OK) {
        typology_figure *figure = new_figure(d, "profiles");
        snprintf(figure->title, FIGURE_WORDS, "%s",
                 typology_pick(d, "Ce qui distingue chaque classe : valeurs-tests",
                               "What tells each class apart: v-tests"));
        snprintf(
            figure->lecture, FIGURE_WORDS, "%s",
            typology_pick(d,
                          "au-delà de 1,96 en valeur absolue, la moyenne de la classe "
                          "s'écarte de la moyenne d'ensemble plus que le hasard ne le "
                          "ferait (au seuil de 5 %) ; en blanc, l'écart ne se distingue "
                          "pas du hasard.",
                          "beyond 1.96 in absolute value, the mean of the class is "
                          "farther from the overall mean than chance would have it (at "
                          "5%); white cells do not differ from chance."));
        irm_heatmap map = {
            .caption = caption_of(d, figure),
            .n_rows = m,
            .n_columns = t->k,
            .rows = rows,
            .columns = columns,
            .values = values,
            .limit = limit,
            .faint = V_FAINT,
            .decimals = 1,
            .low = typology_pick(d, "au-dessous de la moyenne", "below average"),
            .high = typology_pick(d, "au-dessus de la moyenne", "above average")};
        status =
            draw_twins(d, figure, "profiles", FULL, false, draw_heatmap, &map, error);
    }
    irm_free(rows);
    irm_free(values);
    irm_free(heads);
    irm_free(columns);
    return status;
}

/* ---- axes ---- */

static irm_status eigenvalue_figure(typology_drawing *d, irm_error *error) {
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
    typology_figure *figure = new_figure(d, "method");
    char first[48], two[48];
    number(d, percent[0], 1, first, sizeof first);
    number(d, percent[n + (n > 1 ? 1 : 0)], 1, two, sizeof two);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Part de l'information portée par chaque axe",
                           "Share of the information carried by each axis"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(
                 d, "le premier axe porte %s %% de l'inertie, les deux premiers %s %%.",
                 "the first axis carries %s%% of the inertia, the first two %s%%."),
             first, two);
    irm_scree scree = {.caption = caption_of(d, figure),
                       .n = n,
                       .values = percent,
                       .kept = t->axes_used > 0 ? t->axes_used : n,
                       .decimals = 1,
                       .axis = typology_pick(d, "axes", "axes")};
    scree.caption.unit = typology_pick(d, "% de l'inertie", "% of the inertia");
    irm_status status =
        draw_twins(d, figure, "eigenvalues", HALF, false, draw_scree, &scree, error);
    irm_free(percent);
    return status;
}

static void axis_titles(const typology_drawing *d, char *x, char *y, size_t size) {
    const irm_factors *f = &d->typology->factors;
    char percent[48];
    char *texts[] = {x, y};
    for (size_t a = 0; a < 2 && a < f->n_eigenvalues; a++) {
        number(d, 100 * f->eigenvalues[a] / f->inertia, 1, percent, sizeof percent);
        snprintf(texts[a], size,
                 typology_pick(d, "axe %zu (%s\u00a0%%)", "axis %zu (%s%%)"), a + 1,
                 percent);
    }
}

static irm_status circle_figure(typology_drawing *d, irm_error *error) {
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
        typology_figure *figure = new_figure(d, "method");
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
        irm_correlations circle = {.caption = caption_of(d, figure),
                                   .n = m,
                                   .names = names,
                                   .x = x,
                                   .y = y,
                                   .supplementary = extra,
                                   .x_title = x_title,
                                   .y_title = y_title};
        status = draw_twins(d, figure, "correlations", FULL, false, draw_correlations,
                            &circle, error);
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

static irm_status plane_figure(typology_drawing *d, irm_error *error) {
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
    typology_figure *figure = new_figure(d, "profiles");
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
    irm_plane plane = {.caption = caption_of(d, figure),
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
    irm_status status =
        draw_twins(d, figure, "plane", FULL, false, draw_plane, &plane, error);
    irm_free(places);
    irm_free(labels);
    return status;
}

/* ---- tree ---- */

static bool is_ward(const irm_typology *t) {
    return t->tree.n > 2 && t->tree.linkage == IRM_LINKAGE_WARD &&
           t->options.space == IRM_SPACE_NONE;
}

static irm_status gain_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    size_t n = t->tree.n - 1 < GAINS ? t->tree.n - 1 : GAINS;
    double percent[GAINS];
    char texts[GAINS][8];
    const char *names[GAINS];
    for (size_t i = 0; i < n; i++) {
        percent[i] = 100 * t->tree.merges[t->tree.n - 2 - i].gain / t->partition.total;
        snprintf(texts[i], sizeof texts[i], "%zu", i + 2);
        names[i] = texts[i];
    }
    typology_figure *figure = new_figure(d, "method");
    char gain[48];
    size_t at = t->k >= 2 && t->k - 2 < n ? t->k - 2 : 0;
    number(d, percent[at], 1, gain, sizeof gain);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Ce que chaque classe de plus explique",
                           "What each class more explains"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(
                 d, "passer de %zu à %zu classes explique %s %% de l'inertie de plus.",
                 "going from %zu to %zu classes explains %s%% more of the inertia."),
             at + 1, at + 2, gain);
    irm_scree scree = {
        .caption = caption_of(d, figure),
        .n = n,
        .values = percent,
        .names = names,
        .kept = t->k > 1 ? t->k - 1 : 0,
        .marked = t->k > 1 ? t->k - 1 : 0,
        .decimals = 1,
        .axis = typology_pick(d, "nombre de classes", "number of classes")};
    scree.caption.unit = typology_pick(d, "% de l'inertie", "% of the inertia");
    return draw_twins(d, figure, "gains", HALF, false, draw_scree, &scree, error);
}

static irm_status tree_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->tree.n < 3 || t->tree_class == NULL) {
        return IRM_OK;
    }
    if (is_ward(t)) {
        IRM_TRY(gain_figure(d, error));
    }
    typology_figure *figure = new_figure(d, "method");
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Arbre des regroupements et sa coupure",
                           "Tree of the merges, and its cut"));
    snprintf(
        figure->lecture, FIGURE_WORDS, "%s",
        typology_pick(d,
                      "plus deux branches se rejoignent à gauche, moins elles se "
                      "ressemblent ; le trait rouge coupe l'arbre en classes, de la "
                      "couleur qu'elles ont partout.",
                      "the further left two branches meet, the less they are alike; the "
                      "red line cuts the tree into classes, coloured as everywhere."));
    irm_dendrogram tree = {.caption = caption_of(d, figure),
                           .tree = &t->tree,
                           .classes = t->tree_class,
                           .k = t->k,
                           .names = (const char *const *)t->units.names,
                           .leaves = t->n <= 45 ? t->n : 30};
    return draw_twins(d, figure, "tree", FULL, false, draw_dendrogram, &tree, error);
}

/* ---- quality ---- */

static irm_status silhouette_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (!isfinite(t->quality.silhouette) || t->k > 30) {
        return IRM_OK;
    }
    typology_figure *figure = new_figure(d, "quality");
    char mean[48];
    number(d, t->quality.silhouette, 2, mean, sizeof mean);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Silhouettes : chacun est-il bien dans sa classe ?",
                           "Silhouettes: is each well in its class?"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(
                 d,
                 "1 : très près de sa classe et loin des autres ; 0 : à la limite de "
                 "deux classes ; au-dessous : plus près d'une autre. Moyenne : %s.",
                 "1: very near its class and far from others; 0: between two; below: "
                 "nearer to another. Mean: %s."),
             mean);
    if (t->quality.sampled) {
        snprintf(figure->note, FIGURE_WORDS, "%s",
                 typology_pick(d, "calculées exactement sur un échantillon tiré au sort.",
                               "computed exactly on a random sample."));
    }
    irm_silhouettes of = {.caption = caption_of(d, figure),
                          .n = t->n,
                          .k = t->k,
                          .values = t->silhouettes,
                          .classes = t->partition.classes,
                          .class_names = d->label_list};
    return draw_twins(d, figure, "silhouettes", FULL, false, draw_silhouettes, &of,
                      error);
}

/* ---- space ---- */

static irm_status alpha_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->n_alphas == 0) {
        return IRM_OK;
    }
    double *values = irm_calloc(2 * t->n_alphas, sizeof *values);
    if (values == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < t->n_alphas; i++) {
        values[i] = 100 * t->q0[i];
        values[t->n_alphas + i] = 100 * t->q1[i];
    }
    const char *series[] = {
        typology_pick(d, "homogénéité des classes", "likeness within classes"),
        typology_pick(d, "cohésion géographique", "geographical cohesion")};
    typology_figure *figure = new_figure(d, "space");
    char alpha[48];
    number(d, t->alpha, 2, alpha, sizeof alpha);
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Le choix d'alpha : ce que l'on perd, ce que l'on gagne",
                           "The choice of alpha: what is lost, what is gained"));
    snprintf(figure->lecture, FIGURE_WORDS,
             typology_pick(
                 d,
                 "alpha va de 0 (les données seules) à 1 (la géographie seule) ; "
                 "le trait rouge est celui retenu : %s.",
                 "alpha goes from 0 (data alone) to 1 (geography alone); the red line "
                 "is the one taken: %s."),
             alpha);
    irm_curves curves = {.caption = caption_of(d, figure),
                         .n = t->n_alphas,
                         .n_series = 2,
                         .x = t->alphas,
                         .values = values,
                         .series = series,
                         .marked = t->alpha,
                         .axis = "alpha"};
    curves.caption.unit =
        typology_pick(d, "% d'inertie expliquée", "% of inertia explained");
    irm_status status =
        draw_twins(d, figure, "alpha", HALF, false, draw_curves, &curves, error);
    irm_free(values);
    return status;
}

/* The first axis against its neighbours' mean: Moran's scatter. */
static irm_status moran_figure(typology_drawing *d, irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->neighbours.n == 0) {
        return IRM_OK;
    }
    double *places = irm_calloc(2 * t->n, sizeof *places);
    if (places == NULL) {
        return irm_fail_memory(error);
    }
    double *x = places, *lag = places + t->n;
    double scale = sqrt(t->factors.eigenvalues[0]);
    for (size_t i = 0; i < t->n; i++) {
        x[i] = irm_matrix_row(&t->factors.individuals.coordinates, i)[0] / scale;
    }
    for (size_t i = 0; i < t->n; i++) {
        size_t from = t->neighbours.start[i], to = t->neighbours.start[i + 1];
        lag[i] = from == to ? NAN : 0;
        for (size_t e = from; e < to; e++) {
            lag[i] += x[t->neighbours.index[e]] / (double)(to - from);
        }
    }
    typology_figure *figure = new_figure(d, "space");
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Ressemble-t-on à ses voisins ? (premier axe)",
                           "Are neighbours alike? (first axis)"));
    snprintf(
        figure->lecture, FIGURE_WORDS, "%s",
        typology_pick(d,
                      "en haut à droite et en bas à gauche, les unités dont les voisins "
                      "leur ressemblent ; la pente du trait est l'indice de Moran.",
                      "top right and bottom left, units whose neighbours are like them; "
                      "the slope of the line is Moran's I."));
    irm_plane plane = {
        .caption = caption_of(d, figure),
        .n = t->n,
        .x = x,
        .y = lag,
        .classes = t->partition.classes,
        .k = t->k,
        .line = true,
        .x_title = typology_pick(d, "coordonnée sur le premier axe (réduite)",
                                 "coordinate on the first axis (standardised)"),
        .y_title = typology_pick(d, "moyenne des voisins", "mean of neighbours")};
    irm_status status =
        draw_twins(d, figure, "moran", HALF, false, draw_plane, &plane, error);
    irm_free(places);
    return status;
}

/* Where neighbours are alike, beyond chance: the quadrants of the local Moran. */
static irm_status cluster_map(typology_drawing *d, irm_error *error) {
    static const size_t places[] = {4, 0, 1, 2, 3}; /* by quadrant; 4: none */
    enum { ACCEPTED_PERCENT = 5 };
    const irm_typology *t = d->typology;
    if (t->local == NULL || t->units.shapes == NULL) {
        return IRM_OK;
    }
    const char *names[] = {
        typology_pick(d, "haut, entouré de haut", "high among high"),
        typology_pick(d, "bas, entouré de bas", "low among low"),
        typology_pick(d, "haut, entouré de bas", "high among low"),
        typology_pick(d, "bas, entouré de haut", "low among high"),
    };
    double *values = irm_calloc(t->n, sizeof *values);
    if (values == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < t->n; i++) {
        bool clear = t->local[i].adjusted_p * 100 < ACCEPTED_PERCENT;
        size_t place = clear ? places[t->local[i].quadrant] : 4;
        values[i] = place < 4 ? (double)place : -1;
    }
    typology_figure *figure = new_figure(d, "space");
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Regroupements locaux sur le premier axe",
                           "Local clusters on the first axis"));
    snprintf(
        figure->lecture, FIGURE_WORDS, "%s",
        typology_pick(d,
                      "en couleur, les unités dont les voisins leur ressemblent (ou s'en "
                      "distinguent) plus que le hasard ne le ferait.",
                      "coloured, units whose neighbours are like them (or unlike) beyond "
                      "chance."));
    snprintf(figure->note, FIGURE_WORDS, "%s",
             typology_pick(
                 d,
                 "indice de Moran local, 999 permutations, taux de fausses "
                 "découvertes à 5 % ; en gris, rien ne se distingue du hasard.",
                 "local Moran's I, 999 permutations, false discovery rate of 5%; grey: "
                 "nothing beyond chance."));
    irm_map map = {
        .caption = caption_of(d, figure),
        .shapes = t->units.shapes,
        .colour = values,
        .names = names,
        .n_classes = 4,
        .context = d->options->context,
        .labels = t->n <= MOST_SHAPES ? (const char *const *)t->units.names : NULL,
        .quiet = true};
    irm_status status = draw_twins(d, figure, "clusters-map", HALF, t->n > MOST_SHAPES,
                                   draw_map, &map, error);
    irm_free(values);
    return status;
}

/* The modalities that most tell the classes apart. */
static irm_status modality_heatmap(typology_drawing *d, irm_error *error) {
    enum { SHOWN = 30, NAME = 160 };
    const irm_typology *t = d->typology;
    char(*names)[NAME] = irm_calloc(SHOWN, sizeof *names);
    char(*heads)[64] = irm_calloc(t->k, sizeof *heads);
    double *values = irm_calloc(SHOWN * t->k, sizeof *values);
    const char **columns = irm_calloc(t->k, sizeof *columns);
    const char *rows[SHOWN];
    size_t n = 0;
    if (names == NULL || heads == NULL || values == NULL || columns == NULL) {
        irm_free(names);
        irm_free(heads);
        irm_free(values);
        irm_free(columns);
        return irm_fail_memory(error);
    }
    for (size_t q = 0; q < t->units.n_categories; q++) {
        const irm_typology_category *category = &t->units.categories[q];
        size_t m = irm_dict_count(category->labels);
        for (size_t j = 0; j < m && n < SHOWN; j++, n++) {
            snprintf(names[n], NAME, "%s = %s", category->id,
                     irm_dict_text(category->labels, (int32_t)j));
            rows[n] = names[n];
            for (size_t c = 0; c < t->k; c++) {
                values[n * t->k + c] = t->modality_profiles[q][c * m + j].v_test;
            }
        }
    }
    for (size_t c = 0; c < t->k; c++) {
        char size[32];
        number(d, (double)t->classes[c].size, 0, size, sizeof size);
        snprintf(heads[c], sizeof heads[c],
                 typology_pick(d, "Classe %zu (%s)", "Class %zu (%s)"), c + 1, size);
        columns[c] = heads[c];
    }
    typology_figure *figure = new_figure(d, "profiles");
    snprintf(figure->title, FIGURE_WORDS, "%s",
             typology_pick(d, "Modalités de chaque classe : valeurs-tests",
                           "Modalities of each class: v-tests"));
    snprintf(figure->lecture, FIGURE_WORDS, "%s",
             typology_pick(
                 d,
                 "au-delà de 1,96, la modalité est plus fréquente dans la classe que "
                 "le hasard ne le ferait ; au-dessous de −1,96, plus rare.",
                 "over 1.96, the modality is more frequent in the class than chance "
                 "would have it; under −1.96, rarer."));
    irm_heatmap map = {.caption = caption_of(d, figure),
                       .n_rows = n,
                       .n_columns = t->k,
                       .rows = rows,
                       .columns = columns,
                       .values = values,
                       .limit = V_LIMIT,
                       .faint = V_FAINT,
                       .decimals = 1,
                       .low = typology_pick(d, "plus rare", "rarer"),
                       .high = typology_pick(d, "plus fréquente", "more frequent")};
    irm_status status =
        draw_twins(d, figure, "modalities", FULL, false, draw_heatmap, &map, error);
    irm_free(names);
    irm_free(heads);
    irm_free(values);
    irm_free(columns);
    return status;
}

irm_status typology_figures_draw(typology_drawing *d, irm_error *error) {
    irm_buffer folder = {0};
    irm_buffer_format(&folder, "%s/figures", d->folder);
    irm_status status =
        folder.failed ? irm_fail_memory(error) : irm_make_directory(folder.data, error);
    irm_buffer_clear(&folder);
    IRM_TRY(status);
    IRM_TRY(class_map(d, error));
    if (d->typology->units.n_variables > 0) {
        IRM_TRY(number_heatmap(d, error));
    }
    if (d->typology->units.n_categories > 0) {
        IRM_TRY(modality_heatmap(d, error));
    }
    IRM_TRY(plane_figure(d, error));
    IRM_TRY(eigenvalue_figure(d, error));
    IRM_TRY(circle_figure(d, error));
    IRM_TRY(tree_figure(d, error));
    IRM_TRY(silhouette_figure(d, error));
    IRM_TRY(alpha_figure(d, error));
    IRM_TRY(moran_figure(d, error));
    IRM_TRY(cluster_map(d, error));
    return class_places(d, error);
}
