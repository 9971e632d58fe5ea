/* What marks the classes: v-tests of numbers and of modalities. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/figures.h"

static const double V_LIMIT = 12, V_FAINT = 1.96;

irm_status typology_number_heatmap(typology_drawing *d, irm_error *error) {
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
        typology_number(d, (double)t->classes[c].size, 0, size, sizeof size);
        snprintf(heads[c], sizeof heads[c],
                 typology_pick(d, "Classe %zu (%s)", "Class %zu (%s)"), c + 1, size);
        columns[c] = heads[c];
    }
    if (status == IRM_OK) {
        typology_figure *figure = typology_figure_add(d, "profiles");
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
            .caption = typology_caption(d, figure),
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
        status = typology_draw_twins(d, figure, "profiles", FULL, false,
                                     typology_draw_heatmap, &map, error);
    }
    irm_free(rows);
    irm_free(values);
    irm_free(heads);
    irm_free(columns);
    return status;
}

/* The modalities that most tell the classes apart. */
irm_status typology_modality_heatmap(typology_drawing *d, irm_error *error) {
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
        typology_number(d, (double)t->classes[c].size, 0, size, sizeof size);
        snprintf(heads[c], sizeof heads[c],
                 typology_pick(d, "Classe %zu (%s)", "Class %zu (%s)"), c + 1, size);
        columns[c] = heads[c];
    }
    typology_figure *figure = typology_figure_add(d, "profiles");
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
    irm_heatmap map = {.caption = typology_caption(d, figure),
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
    irm_status status = typology_draw_twins(d, figure, "modalities", FULL, false,
                                            typology_draw_heatmap, &map, error);
    irm_free(names);
    irm_free(heads);
    irm_free(values);
    irm_free(columns);
    return status;
}
