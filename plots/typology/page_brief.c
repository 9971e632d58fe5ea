/* What the page says first: how many, in what classes, with what caution. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/sections.h"

enum { WORDS = 2048 };

static void brief_cards(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    char text[64], other[WORDS];
    irm_page_begin_cards(page);
    typology_number(d, (double)t->n, 0, text, sizeof text);
    typology_number(d, (double)t->units.n_absent, 0, other, sizeof other);
    char absent[WORDS + 64] = "";
    if (t->units.n_absent > 0) {
        snprintf(absent, sizeof absent,
                 typology_pick(d, "%s hors typologie", "%s left out"), other);
    }
    irm_page_card(page, text, "", typology_units_word(d), absent);
    typology_number(d, (double)t->k, 0, text, sizeof text);
    other[0] = '\0';
    if (t->proposed > 0 && t->proposed != t->k) {
        snprintf(
            other, sizeof other,
            typology_pick(d, "%zu proposées par l’arbre", "%zu proposed by the tree"),
            t->proposed);
    }
    irm_page_card(page, text, "", typology_pick(d, "classes", "classes"), other);
    typology_number(d, 100 * (1 - t->partition.within / t->partition.total), 1, text,
                    sizeof text);
    irm_page_card(page, text, "%",
                  typology_pick(d, "des différences expliquées par les classes",
                                "of the differences explained by the classes"),
                  typology_pick(d, "part de l’inertie entre classes",
                                "between-class share of inertia"));
    if (isfinite(t->rand)) {
        typology_number(d, t->rand, 2, text, sizeof text);
        snprintf(other, sizeof other,
                 typology_pick(
                     d, "indice de Rand ajusté moyen sur %zu tirages ; 1 : identiques",
                     "mean adjusted Rand index over %zu draws; 1: identical"),
                 t->draws);
        irm_page_card(
            page, text, "",
            typology_pick(d, "d’accord quand on recommence sur un tirage au sort",
                          "of agreement when done again on a random draw"),
            other);
    }
    irm_page_end_cards(page);
}

static void brief_table(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    bool people = t->units.population != NULL;
    const char *headers[] = {typology_pick(d, "Classe", "Class"),
                             typology_units_word(d),
                             typology_pick(d, "part", "share"),
                             people
                                 ? typology_pick(d, "habitants", "inhabitants")
                                 : typology_pick(d, "part du poids", "share of weight"),
                             typology_pick(d, "stabilité", "stability"),
                             typology_pick(d, "les plus typiques", "most typical")};
    const char *classes[] = {"", "n", "n", "n", "", ""};
    irm_page_begin_table(page, NULL, headers, classes, 6);
    for (size_t c = 0; c < t->k; c++) {
        const irm_typology_class *class = &t->classes[c];
        char text[64];
        irm_buffer names = {0};
        irm_page_begin_row(page, NULL);
        irm_page_cell(page, "own", d->labels[c], NULL);
        typology_number(d, (double)class->size, 0, text, sizeof text);
        irm_page_cell(page, "n", text, NULL);
        typology_number(d, 100 * (double)class->size / (double)t->n, 1, text,
                        sizeof text);
        strcat(text, " %");
        irm_page_cell(page, "n", text, NULL);
        if (people) {
            typology_number(d, class->population, 0, text, sizeof text);
        } else {
            typology_number(d, 100 * class->weight_share, 1, text, sizeof text);
            strcat(text, " %");
        }
        irm_page_cell(page, "n", text, NULL);
        irm_page_cell(page, "", typology_reading_words(d, class->jaccard), NULL);
        for (size_t i = 0; i < class->n_parangons && i < 3; i++) {
            irm_buffer_format(&names, "%s%s", i > 0 ? ", " : "",
                              t->units.names[class->parangons[i]]);
        }
        page->html.failed = page->html.failed || names.failed;
        irm_page_cell(page, "", names.data != NULL ? names.data : "", NULL);
        irm_buffer_clear(&names);
        irm_page_end_row(page);
    }
    irm_page_end_table(page);
}

static void warnings(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    const char **notes = irm_calloc(t->n_notes + t->k + 2, sizeof *notes);
    char(*unstable)[WORDS] = irm_calloc(t->k + 1, sizeof *unstable);
    size_t n = 0;
    for (size_t i = 0; notes != NULL && unstable != NULL && i < t->n_notes; i++) {
        notes[n++] = d->french ? t->notes[i].fr : t->notes[i].en;
    }
    for (size_t c = 0; notes != NULL && unstable != NULL && c < t->k; c++) {
        double jaccard = t->classes[c].jaccard;
        if (isnan(jaccard) || jaccard >= 0.75) {
            continue;
        }
        char text[48];
        typology_number(d, jaccard, 2, text, sizeof text);
        snprintf(
            unstable[c], WORDS,
            typology_pick(d,
                          "La classe %zu est %s (Jaccard moyen : %s) : ses contours "
                          "changeraient avec d’autres données.",
                          "Class %zu is %s (mean Jaccard: %s): its limits would change "
                          "with other data."),
            c + 1, typology_reading_words(d, jaccard), text);
        notes[n++] = unstable[c];
    }
    page->html.failed = page->html.failed || notes == NULL || unstable == NULL;
    irm_page_list(page, "warnings", notes, n);
    irm_free(notes);
    irm_free(unstable);
}

irm_status typology_page_brief(irm_page *page, const typology_drawing *d,
                               irm_error *error) {
    const irm_typology *t = d->typology;
    char text[WORDS], n[48];
    irm_page_section(page, "essentiel", typology_pick(d, "L’essentiel", "In brief"));
    typology_number(d, (double)t->n, 0, n, sizeof n);
    snprintf(text, sizeof text,
             typology_pick(
                 d,
                 "Cette typologie range %s %s en %zu classes : dans une classe, on se "
                 "ressemble autant que possible sur les indicateurs retenus ; d’une "
                 "classe à l’autre, on diffère autant que possible. Le nom d’une "
                 "classe est une proposition, tirée de ce qui la distingue le plus : "
                 "il peut être changé.",
                 "%s %s are put in %zu classes: within a class, as alike as can be on "
                 "the indicators taken; from one class to another, as different. The "
                 "name of a class is a proposal, made of what tells it apart most."),
             n, typology_units_word(d), t->k);
    irm_page_paragraph(page, NULL, text);
    brief_cards(page, d);
    brief_table(page, d);
    warnings(page, d);
    IRM_TRY(typology_put_figures(page, d, "map", error));
    irm_page_end_section(page);
    return IRM_OK;
}
