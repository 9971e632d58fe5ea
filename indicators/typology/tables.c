#include "typology/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/inside.h"

static double weight_of(const irm_typology *t, size_t unit) {
    return t->units.weights != NULL ? t->units.weights[unit] : 1;
}

static const char *rank_among(const uint32_t *units, size_t n, size_t unit) {
    static const char *const ranks[] = {"1", "2", "3", "4", "5"};
    for (size_t i = 0; i < n && i < 5; i++) {
        if (units[i] == unit) {
            return ranks[i];
        }
    }
    return NULL;
}

static irm_status classes_table(const irm_typology *t, table_list *list,
                                irm_error *error) {
    static const char *const names[] = {
        "id",       "name",     "#weight",     "#class",     "#tree_class", "#distance",
        "parangon", "specific", "#silhouette", "class_name", "#imputed",    NULL};
    irm_table *table;
    IRM_TRY(table_list_add(list, "classes", t->n, names, &table, error));
    for (size_t i = 0; i < t->n; i++) {
        size_t c = (size_t)t->partition.classes[i];
        const irm_typology_class *class = &t->classes[c];
        size_t filled = 0;
        for (size_t j = 0; j < t->p && !t->multiple; j++) {
            filled += t->units.variables[t->active[j]].states[i] == IRM_STATE_IMPUTED;
        }
        IRM_TRY(table_put_text(table, 0, i, t->units.ids[i], error));
        IRM_TRY(table_put_text(table, 1, i, t->units.names[i], error));
        table_put_number(table, 2, i, weight_of(t, i));
        table_put_number(table, 3, i, (double)(c + 1));
        table_put_number(table, 4, i,
                         t->tree_class != NULL ? t->tree_class[i] + 1.0 : NAN);
        table_put_number(table, 5, i, t->distances[i]);
        IRM_TRY(table_put_text(
            table, 6, i, rank_among(class->parangons, class->n_parangons, i), error));
        IRM_TRY(table_put_text(table, 7, i,
                               rank_among(class->specific, class->n_specific, i), error));
        table_put_number(table, 8, i, t->silhouettes[i]);
        IRM_TRY(
            table_put_text(table, 9, i,
                           t->options.lang != NULL && strcmp(t->options.lang, "en") == 0
                               ? class->name_en
                               : class->name_fr,
                           error));
        table_put_number(table, 10, i, (double)filled);
    }
    return IRM_OK;
}

static size_t count_modalities(const irm_typology *t) {
    size_t m = 0;
    for (size_t c = 0; c < t->units.n_categories; c++) {
        m += irm_dict_count(t->units.categories[c].labels);
    }
    return m;
}

static irm_status profile_table(const irm_typology *t, table_list *list,
                                irm_error *error) {
    static const char *const names[] = {
        "#class",  "variable", "#mean", "#overall_mean", "#sd",  "#overall_sd",
        "#v_test", "#p_value", "role",  "label",         "unit", NULL};
    irm_table *table;
    size_t m = t->units.n_variables;
    bool english = t->options.lang != NULL && strcmp(t->options.lang, "en") == 0;
    if (m == 0) {
        return IRM_OK;
    }
    IRM_TRY(table_list_add(list, "profile", t->k * m, names, &table, error));
    for (size_t row = 0; row < t->k * m; row++) {
        const irm_profile_number *p = &t->profiles[row];
        const irm_typology_variable *v = &t->units.variables[row % m];
        const double numbers[] = {p->mean,       p->overall_mean, p->sd,
                                  p->overall_sd, p->v_test,       p->p_value};
        table_put_number(table, 0, row, (double)(row / m + 1));
        IRM_TRY(table_put_text(table, 1, row, v->id, error));
        for (size_t j = 0; j < 6; j++) {
            table_put_number(table, 2 + j, row, numbers[j]);
        }
        IRM_TRY(
            table_put_text(table, 8, row, v->active ? "active" : "supplementary", error));
        IRM_TRY(
            table_put_text(table, 9, row, english ? v->label_en : v->label_fr, error));
        IRM_TRY(table_put_text(table, 10, row, english ? v->unit_en : v->unit_fr, error));
    }
    return IRM_OK;
}

static irm_status modalities_table(const irm_typology *t, table_list *list,
                                   irm_error *error) {
    static const char *const names[] = {"#class",
                                        "variable",
                                        "modality",
                                        "#class_in_modality",
                                        "#modality_in_class",
                                        "#overall",
                                        "#v_test",
                                        "#p_value",
                                        "role",
                                        NULL};
    irm_table *table;
    if (t->units.n_categories == 0) {
        return IRM_OK;
    }
    IRM_TRY(table_list_add(list, "modalities", t->k * count_modalities(t), names, &table,
                           error));
    size_t row = 0;
    for (size_t k = 0; k < t->k; k++) {
        for (size_t c = 0; c < t->units.n_categories; c++) {
            const irm_typology_category *category = &t->units.categories[c];
            size_t m = irm_dict_count(category->labels);
            for (size_t j = 0; j < m; j++, row++) {
                const irm_profile_modality *p = &t->modality_profiles[c][k * m + j];
                const double numbers[] = {p->class_in_modality, p->modality_in_class,
                                          p->overall, p->v_test, p->p_value};
                table_put_number(table, 0, row, (double)(k + 1));
                IRM_TRY(table_put_text(table, 1, row, category->id, error));
                IRM_TRY(table_put_text(
                    table, 2, row, irm_dict_text(category->labels, (int32_t)j), error));
                for (size_t x = 0; x < 5; x++) {
                    table_put_number(table, 3 + x, row, numbers[x]);
                }
                IRM_TRY(table_put_text(
                    table, 8, row, category->active ? "active" : "supplementary", error));
            }
        }
    }
    return IRM_OK;
}

static irm_status tree_table(const irm_typology *t, table_list *list, irm_error *error) {
    static const char *const names[] = {"#step",         "#left", "#right", "#height",
                                        "#inertia_gain", "#size", NULL};
    irm_table *table;
    if (t->tree.n == 0) {
        return IRM_OK;
    }
    IRM_TRY(table_list_add(list, "tree", t->tree.n - 1, names, &table, error));
    for (size_t i = 0; i + 1 < t->tree.n; i++) {
        const irm_merge *merge = &t->tree.merges[i];
        const double numbers[] = {(double)(i + 1), merge->left, merge->right,
                                  merge->height,   merge->gain, merge->size};
        for (size_t j = 0; j < 6; j++) {
            table_put_number(table, j, i, numbers[j]);
        }
    }
    return IRM_OK;
}

static irm_status axes_table(const irm_typology *t, table_list *list, irm_error *error) {
    static const char *const names[] = {"#axis", "#eigenvalue", "#percent", "#cumulative",
                                        NULL};
    irm_table *table;
    double sum = 0;
    IRM_TRY(table_list_add(list, "axes", t->factors.n_eigenvalues, names, &table, error));
    for (size_t i = 0; i < t->factors.n_eigenvalues; i++) {
        sum += t->factors.eigenvalues[i];
        table_put_number(table, 0, i, (double)(i + 1));
        table_put_number(table, 1, i, t->factors.eigenvalues[i]);
        table_put_number(table, 2, i,
                         100 * t->factors.eigenvalues[i] / t->factors.inertia);
        table_put_number(table, 3, i, fmin(100 * sum / t->factors.inertia, 100));
    }
    return IRM_OK;
}

/* A column an axis, for each of three measures: "axis_1", "contribution_1", "cos2_1". */
static irm_status add_axes(irm_table *table, size_t first_row, const irm_points *points,
                           size_t axes, irm_error *error) {
    const irm_matrix *of[] = {&points->coordinates, &points->contribution, &points->cos2};
    static const char *const names[] = {"axis", "contribution", "cos2"};
    for (size_t m = 0; m < 3; m++) {
        for (size_t a = 0; a < axes; a++) {
            char name[48];
            snprintf(name, sizeof name, "%s_%zu", names[m], a + 1);
            irm_column *column = irm_table_column(table, name);
            if (column == NULL) {
                IRM_TRY(table_add_number(table, name, &column, error));
            }
            for (size_t i = 0; a < of[m]->columns && i < of[m]->rows; i++) {
                column->values[first_row + i] = irm_matrix_row(of[m], i)[a];
            }
        }
    }
    return IRM_OK;
}

static size_t axes_shown(const irm_typology *t) {
    size_t axes = t->axes_used > 0 ? t->axes_used : 5;
    return axes < t->factors.axes ? axes : t->factors.axes;
}

static irm_status coordinates_table(const irm_typology *t, table_list *list,
                                    irm_error *error) {
    static const char *const names[] = {"id", "name", "#class", NULL};
    irm_table *table;
    IRM_TRY(table_list_add(list, "coordinates", t->n, names, &table, error));
    for (size_t i = 0; i < t->n; i++) {
        IRM_TRY(table_put_text(table, 0, i, t->units.ids[i], error));
        IRM_TRY(table_put_text(table, 1, i, t->units.names[i], error));
        table_put_number(table, 2, i, t->partition.classes[i] + 1.0);
    }
    return add_axes(table, 0, &t->factors.individuals, axes_shown(t), error);
}

/* In an MCA, modalities in the order of their variables. */
static irm_status name_modalities(const irm_typology *t, irm_table *table,
                                  irm_error *error) {
    size_t row = 0;
    for (size_t c = 0; c < t->units.n_categories; c++) {
        const irm_typology_category *category = &t->units.categories[c];
        for (size_t j = 0; category->active && j < irm_dict_count(category->labels);
             j++) {
            IRM_TRY(table_put_text(table, 0, row, category->id, error));
            IRM_TRY(table_put_text(table, 1, row,
                                   irm_dict_text(category->labels, (int32_t)j), error));
            IRM_TRY(table_put_text(table, 2, row++, "active", error));
        }
    }
    return IRM_OK;
}

static irm_status describe_variable(const irm_typology *t, irm_table *table, size_t row,
                                    size_t v, irm_error *error) {
    const irm_typology_variable *variable = &t->units.variables[v];
    bool english = t->options.lang != NULL && strcmp(t->options.lang, "en") == 0;
    IRM_TRY(table_put_text(table, 0, row, variable->id, error));
    IRM_TRY(table_put_text(table, 2, row, variable->active ? "active" : "supplementary",
                           error));
    IRM_TRY(table_put_text(table, 3, row,
                           english ? variable->label_en : variable->label_fr, error));
    const double numbers[] = {variable->year > 0 ? (double)variable->year : (double)NAN,
                              (double)variable->n_secret,
                              (double)variable->n_missing,
                              (double)variable->n_bounded,
                              (double)variable->n_filled,
                              t->eta2[v],
                              t->eta2_p[v]};
    for (size_t j = 0; j < 7; j++) {
        table_put_number(table, 4 + j, row, numbers[j]);
    }
    return IRM_OK;
}

static irm_status variables_table(const irm_typology *t, table_list *list,
                                  irm_error *error) {
    static const char *const names[] = {
        "variable", "modality", "role",     "label", "#year",         "#secret",
        "#missing", "#bounded", "#imputed", "#eta2", "#eta2_p_value", NULL};
    irm_table *table;
    size_t active = t->factors.variables.coordinates.rows;
    size_t extra = t->multiple ? t->units.n_variables : t->units.n_variables - t->p;
    IRM_TRY(table_list_add(list, "variables", active + extra, names, &table, error));
    size_t first = 0, next = active;
    if (t->multiple) {
        IRM_TRY(name_modalities(t, table, error));
    }
    for (size_t v = 0; v < t->units.n_variables; v++) {
        bool is_active = t->units.variables[v].active;
        IRM_TRY(describe_variable(t, table, is_active ? first : next, v, error));
        first += is_active;
        next += !is_active;
    }
    IRM_TRY(add_axes(table, 0, &t->factors.variables, axes_shown(t), error));
    return t->supplementary.coordinates.rows > 0
               ? add_axes(table, active, &t->supplementary, axes_shown(t), error)
               : IRM_OK;
}

static irm_status stability_table(const irm_typology *t, table_list *list,
                                  irm_error *error) {
    static const char *const names[] = {
        "#class",   "name",    "#units",      "#weight_share", "#population",
        "#jaccard", "reading", "#silhouette", "#within_share", NULL};
    irm_table *table;
    bool english = t->options.lang != NULL && strcmp(t->options.lang, "en") == 0;
    IRM_TRY(table_list_add(list, "stability", t->k, names, &table, error));
    for (size_t c = 0; c < t->k; c++) {
        const irm_typology_class *class = &t->classes[c];
        table_put_number(table, 0, c, (double)(c + 1));
        IRM_TRY(table_put_text(table, 1, c, english ? class->name_en : class->name_fr,
                               error));
        table_put_number(table, 2, c, (double)class->size);
        table_put_number(table, 3, c, class->weight_share);
        table_put_number(table, 4, c, class->population);
        table_put_number(table, 5, c, class->jaccard);
        const char *reading = irm_typology_reading(class->jaccard);
        IRM_TRY(table_put_text(table, 6, c, *reading != '\0' ? reading : NULL, error));
        table_put_number(table, 7, c, class->silhouette);
        table_put_number(table, 8, c, class->within);
    }
    return IRM_OK;
}

static irm_status quality_table(const irm_typology *t, table_list *list,
                                irm_error *error) {
    static const char *const names[] = {"measure", "#value", NULL};
    const struct {
        const char *name;
        double value;
    } rows[] = {
        {"units", (double)t->n},
        {"excluded", (double)t->units.n_absent},
        {"variables", (double)t->p},
        {"imputed_values", (double)t->n_filled},
        {"classes", (double)t->k},
        {"classes_proposed", t->proposed > 0 ? (double)t->proposed : NAN},
        {"total_inertia", t->partition.total},
        {"explained_by_tree_classes",
         t->tree_class != NULL ? 1 - t->cut_within / t->partition.total : NAN},
        {"explained", 1 - t->partition.within / t->partition.total},
        {"moved_by_consolidation", t->tree_class != NULL ? (double)t->n_moved : NAN},
        {"silhouette", t->quality.silhouette},
        {"silhouette_sampled", t->quality.sampled ? 1 : 0},
        {"calinski_harabasz", t->quality.calinski_harabasz},
        {"bootstrap_draws", (double)t->draws},
        {"adjusted_rand", t->rand},
        {"gap_references", (double)t->gap_references},
        {"gap", t->n_gaps >= t->k ? t->gaps[t->k - 1] : NAN},
        {"gap_standard_error", t->n_gaps >= t->k ? t->gap_errors[t->k - 1] : NAN},
        {"gap_classes", t->gap_classes > 0 ? (double)t->gap_classes : NAN},
        {"bic", t->options.method == IRM_TYPOLOGY_MIXTURE ? t->partition.bic : NAN},
    };
    irm_table *table;
    size_t n = sizeof rows / sizeof *rows;
    IRM_TRY(table_list_add(list, "quality", n, names, &table, error));
    for (size_t i = 0; i < n; i++) {
        IRM_TRY(table_put_text(table, 0, i, rows[i].name, error));
        table_put_number(table, 1, i, rows[i].value);
    }
    return IRM_OK;
}

static irm_status gap_table(const irm_typology *t, table_list *list, irm_error *error) {
    static const char *const names[] = {"#classes", "#gap", "#standard_error", NULL};
    irm_table *table;
    if (t->n_gaps == 0) {
        return IRM_OK;
    }
    IRM_TRY(table_list_add(list, "gap", t->n_gaps, names, &table, error));
    for (size_t i = 0; i < t->n_gaps; i++) {
        table_put_number(table, 0, i, (double)(i + 1));
        table_put_number(table, 1, i, t->gaps[i]);
        table_put_number(table, 2, i, t->gap_errors[i]);
    }
    return IRM_OK;
}

static irm_status space_table(const irm_typology *t, table_list *list, irm_error *error) {
    static const char *const names[] = {"measure",    "variable",     "#alpha",
                                        "#statistic", "#expectation", "#variance",
                                        "#z",         "#p_value",     NULL};
    irm_table *table;
    size_t p = t->moran != NULL ? t->units.n_variables : 0, row = 0, m = 0;
    for (size_t v = 0; v < p; v++) {
        m += t->units.variables[v].active;
    }
    bool contiguous = t->neighbours.n > 0;
    size_t n = m + 2 * t->n_alphas + (contiguous ? 1 : 0);
    if (n == 0) {
        return IRM_OK;
    }
    IRM_TRY(table_list_add(list, "space", n, names, &table, error));
    for (size_t v = 0; v < p; v++) {
        if (t->units.variables[v].active) {
            const irm_autocorrelation *a = &t->moran[v];
            const double numbers[] = {a->statistic, a->expectation, a->variance, a->z,
                                      a->p_value};
            IRM_TRY(table_put_text(table, 0, row, "moran", error));
            IRM_TRY(table_put_text(table, 1, row, t->units.variables[v].id, error));
            for (size_t j = 0; j < 5; j++) {
                table_put_number(table, 3 + j, row, numbers[j]);
            }
            row++;
        }
    }
    for (size_t i = 0; i < 2 * t->n_alphas; i++, row++) {
        bool data = i < t->n_alphas;
        size_t a = i % t->n_alphas;
        IRM_TRY(table_put_text(table, 0, row,
                               data ? "explained_in_data" : "explained_in_space", error));
        table_put_number(table, 2, row, t->alphas[a]);
        table_put_number(table, 3, row, data ? t->q0[a] : t->q1[a]);
    }
    if (contiguous) {
        IRM_TRY(table_put_text(table, 0, row, "neighbours_in_same_class", error));
        table_put_number(table, 3, row, t->class_contiguity);
    }
    return IRM_OK;
}

static irm_status local_table(const irm_typology *t, table_list *list, irm_error *error) {
    static const char *const names[] = {"id",          "name",     "#class",
                                        "#statistic",  "#z",       "#pseudo_p",
                                        "#adjusted_p", "quadrant", NULL};
    static const char *const quadrants[] = {NULL, "high_high", "low_low", "high_low",
                                            "low_high"};
    irm_table *table;
    if (t->local == NULL) {
        return IRM_OK;
    }
    IRM_TRY(table_list_add(list, "local", t->n, names, &table, error));
    for (size_t i = 0; i < t->n; i++) {
        const irm_local *of = &t->local[i];
        IRM_TRY(table_put_text(table, 0, i, t->units.ids[i], error));
        IRM_TRY(table_put_text(table, 1, i, t->units.names[i], error));
        table_put_number(table, 2, i, t->partition.classes[i] + 1.0);
        table_put_number(table, 3, i, of->statistic);
        table_put_number(table, 4, i, of->z);
        table_put_number(table, 5, i, of->pseudo_p);
        table_put_number(table, 6, i, of->adjusted_p);
        IRM_TRY(table_put_text(table, 7, i, quadrants[of->quadrant], error));
    }
    return IRM_OK;
}

irm_status typology_excluded_table(const irm_typology_units *units, table_list *list,
                                   irm_error *error) {
    static const char *const names[] = {"id", "name", "reason", NULL};
    irm_table *table;
    if (units->n_absent == 0) {
        return IRM_OK;
    }
    IRM_TRY(table_list_add(list, "excluded", units->n_absent, names, &table, error));
    for (size_t i = 0; i < units->n_absent; i++) {
        IRM_TRY(table_put_text(table, 0, i, units->absent[i].id, error));
        IRM_TRY(table_put_text(table, 1, i, units->absent[i].name, error));
        IRM_TRY(table_put_text(table, 2, i, units->absent[i].reason, error));
    }
    return IRM_OK;
}

irm_status typology_tables(const irm_typology *t, table_list *list, irm_error *error) {
    IRM_TRY(classes_table(t, list, error));
    IRM_TRY(profile_table(t, list, error));
    IRM_TRY(modalities_table(t, list, error));
    IRM_TRY(tree_table(t, list, error));
    IRM_TRY(axes_table(t, list, error));
    IRM_TRY(coordinates_table(t, list, error));
    IRM_TRY(variables_table(t, list, error));
    IRM_TRY(stability_table(t, list, error));
    IRM_TRY(quality_table(t, list, error));
    IRM_TRY(gap_table(t, list, error));
    IRM_TRY(space_table(t, list, error));
    IRM_TRY(local_table(t, list, error));
    return typology_excluded_table(&t->units, list, error);
}
