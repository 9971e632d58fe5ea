/* Classes and variables in space. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "typology/sections.h"

enum { WORDS = 2048 };

static void moran_table(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    if (t->moran == NULL) {
        return;
    }
    const char *headers[] = {typology_pick(d, "Indicateur", "Indicator"),
                             typology_pick(d, "I de Moran", "Moran's I"), "z",
                             typology_pick(d, "lecture", "reading")};
    const char *classes[] = {"", "n", "n", ""};
    irm_page_begin_table(page, NULL, headers, classes, 4);
    for (size_t v = 0; v < t->units.n_variables; v++) {
        const irm_autocorrelation *moran = &t->moran[v];
        char text[64];
        if (!t->units.variables[v].active) {
            continue;
        }
        irm_page_begin_row(page, NULL);
        irm_page_cell(page, "", typology_label(d, v), NULL);
        typology_number(d, moran->statistic, 2, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        typology_number(d, moran->z, 1, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        const char *reading =
            moran->p_value >= 0.05
                ? typology_pick(d, "pas de structure géographique nette",
                                "no clear pattern")
            : moran->statistic >= 0.4
                ? typology_pick(d, "voisins très semblables", "neighbours much alike")
                : typology_pick(d, "voisins assez semblables",
                                "neighbours somewhat alike");
        irm_page_cell(page, "", reading, NULL);
        irm_page_end_row(page);
    }
    irm_page_end_table(page);
}

irm_status typology_page_space(irm_page *page, const typology_drawing *d,
                               irm_error *error) {
    const irm_typology *t = d->typology;
    if (t->neighbours.n == 0 && t->n_alphas == 0) {
        return IRM_OK;
    }
    irm_page_section(page, "espace", typology_pick(d, "Dans l’espace", "In space"));
    if (!isnan(t->class_contiguity)) {
        char text[WORDS], share[48];
        typology_number(d, 100 * t->class_contiguity, 1, share, sizeof share);
        snprintf(
            text, sizeof text,
            typology_pick(d, "%s %% des couples de voisins sont dans la même classe.",
                          "%s%% of the pairs of neighbours are in the same class."),
            share);
        irm_page_paragraph(page, NULL, text);
    }
    moran_table(page, d);
    irm_page_begin_figures(page);
    IRM_TRY(typology_put_figures(page, d, "space", error));
    irm_page_end_figures(page);
    irm_page_end_section(page);
    return IRM_OK;
}
