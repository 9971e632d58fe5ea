/* A sheet for each class: size, what marks it, who is typical, where it is. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "style.h"
#include "typology/sections.h"

enum { TRAITS_SHOWN = 7 };

static void class_cards(irm_page *page, const typology_drawing *d, size_t c) {
    const irm_typology *t = d->typology;
    const irm_typology_class *class = &t->classes[c];
    char text[64], share[96];
    irm_page_begin_cards(page);
    typology_number(d, (double)class->size, 0, text, sizeof text);
    typology_number(d, 100 * (double)class->size / (double)t->n, 1, share, 32);
    strcat(share, typology_pick(d, " % de l’ensemble", "% of all"));
    irm_page_card(page, text, "", typology_units_word(d), share);
    if (isfinite(class->population)) {
        double all = 0;
        for (size_t k = 0; k < t->k; k++) {
            all += t->classes[k].population;
        }
        typology_number(d, class->population, 0, text, sizeof text);
        typology_number(d, 100 * class->population / all, 1, share, 32);
        strcat(share, typology_pick(d, " % de la population", "% of the population"));
        irm_page_card(page, text, "", typology_pick(d, "habitants", "inhabitants"),
                      share);
    }
    if (!isnan(class->jaccard)) {
        char jaccard[64];
        typology_number(d, class->jaccard, 2, text, sizeof text);
        snprintf(jaccard, sizeof jaccard, "%s",
                 typology_reading_words(d, class->jaccard));
        irm_page_card(page, text, "",
                      typology_pick(d, "stabilité (Jaccard)", "stability (Jaccard)"),
                      jaccard);
    }
    irm_page_end_cards(page);
}

static irm_status class_traits(irm_page *page, const typology_drawing *d, size_t c,
                               irm_error *error) {
    const irm_typology *t = d->typology;
    size_t m = t->units.n_variables;
    size_t *order = irm_calloc(m + 1, sizeof *order);
    char(*texts)[512] = irm_calloc(TRAITS_SHOWN, sizeof *texts);
    const char *list[TRAITS_SHOWN];
    if (order == NULL || texts == NULL) {
        irm_free(order);
        irm_free(texts);
        return irm_fail_memory(error);
    }
    size_t n = irm_typology_ranked(t, c, order);
    n = n < TRAITS_SHOWN ? n : TRAITS_SHOWN;
    for (size_t i = 0; i < n; i++) {
        irm_typology_sentence(t, c, order[i], d->french ? "fr" : "en", texts[i],
                              sizeof texts[i]);
        list[i] = texts[i];
    }
    if (n == 0 && m > 0) {
        irm_page_paragraph(
            page, NULL,
            typology_pick(d,
                          "Aucun indicateur ne s’écarte nettement de la moyenne "
                          ": c’est le profil moyen.",
                          "No indicator stands clear of the average: this is the "
                          "average profile."));
    }
    irm_page_list(page, "traits", list, n);
    irm_free(order);
    irm_free(texts);
    return IRM_OK;
}

/* Modalities over-represented in the class: "3 fois plus souvent…". */
static void class_modalities(irm_page *page, const typology_drawing *d, size_t c) {
    const irm_typology *t = d->typology;
    char texts[TRAITS_SHOWN][512];
    double strength[TRAITS_SHOWN];
    const char *list[TRAITS_SHOWN];
    size_t n = 0;
    for (size_t q = 0; q < t->units.n_categories; q++) {
        const irm_typology_category *category = &t->units.categories[q];
        size_t m = irm_dict_count(category->labels);
        for (size_t j = 0; j < m; j++) {
            const irm_profile_modality *p = &t->modality_profiles[q][c * m + j];
            if (!(p->v_test >= 1.96)) {
                continue;
            }
            size_t at = n < TRAITS_SHOWN ? n++ : TRAITS_SHOWN;
            if (at == TRAITS_SHOWN && strength[TRAITS_SHOWN - 1] >= p->v_test) {
                continue;
            }
            at = at == TRAITS_SHOWN ? TRAITS_SHOWN - 1 : at;
            for (; at > 0 && strength[at - 1] < p->v_test; at--) {
                strength[at] = strength[at - 1];
                memcpy(texts[at], texts[at - 1], sizeof texts[at]);
            }
            char own[48], all[48];
            typology_number(d, p->modality_in_class, 1, own, sizeof own);
            typology_number(d, p->overall, 1, all, sizeof all);
            strength[at] = p->v_test;
            snprintf(texts[at], sizeof texts[at],
                     typology_pick(
                         d, "%s = %s : %s %% de la classe contre %s %% de l’ensemble",
                         "%s = %s: %s%% of the class against %s%% of all"),
                     category->id, irm_dict_text(category->labels, (int32_t)j), own, all);
        }
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = texts[i];
    }
    irm_page_list(page, "traits", list, n);
}

static void name_list(const typology_drawing *d, const uint32_t *units, size_t n,
                      irm_buffer *text) {
    for (size_t i = 0; i < n; i++) {
        irm_buffer_format(text, "%s%s", i > 0 ? ", " : "",
                          d->typology->units.names[units[i]]);
    }
}

static void class_members(irm_page *page, const typology_drawing *d, size_t c) {
    const irm_typology_class *class = &d->typology->classes[c];
    irm_buffer typical = {0}, specific = {0};
    name_list(d, class->parangons, class->n_parangons, &typical);
    name_list(d, class->specific, class->n_specific, &specific);
    const char *terms[] = {typology_pick(d, "Les plus typiques", "Most typical"),
                           typology_pick(d, "Les plus à l’écart des autres classes",
                                         "Farthest from other classes")};
    const char *meanings[] = {typical.data != NULL ? typical.data : "–",
                              specific.data != NULL ? specific.data : "–"};
    page->html.failed = page->html.failed || typical.failed || specific.failed;
    irm_page_terms(page, terms, meanings, 2);
    irm_buffer_clear(&typical);
    irm_buffer_clear(&specific);
}

static const typology_figure *class_map(const typology_drawing *d, size_t c) {
    for (size_t i = 0; i < d->n_figures; i++) {
        const typology_figure *figure = &d->figures[i];
        if (strcmp(figure->section, "class") == 0 && figure->class_index == c) {
            return figure;
        }
    }
    return NULL;
}

static irm_status class_words(irm_page *page, const typology_drawing *d, size_t c,
                              irm_error *error) {
    if (d->typology->units.n_variables > 0) {
        IRM_TRY(class_traits(page, d, c, error));
    }
    if (d->typology->units.n_categories > 0) {
        class_modalities(page, d, c);
    }
    class_members(page, d, c);
    return IRM_OK;
}

/* The map at the right of the words. */
static irm_status class_sheet(irm_page *page, const typology_drawing *d, size_t c,
                              irm_error *error) {
    const typology_figure *map = class_map(d, c);
    class_cards(page, d, c);
    if (map == NULL) {
        return class_words(page, d, c, error);
    }
    irm_page_begin_beside(page);
    IRM_TRY(class_words(page, d, c, error));
    irm_page_beside(page);
    IRM_TRY(typology_put_figure(page, d, map, error));
    irm_page_end_beside(page);
    return IRM_OK;
}

/* A mean of rates is not the rate of the whole: said before anyone reads one. */
static const char *average_words(const typology_drawing *d) {
    return d->typology->units.weight_id != NULL
               ? typology_pick(
                     d,
                     "La moyenne à laquelle une classe est comparée est celle des "
                     "unités, chacune avec son poids.",
                     "The average that a class is compared with is that of the units, "
                     "each with its weight.")
               : typology_pick(
                     d,
                     "La moyenne à laquelle une classe est comparée est celle des "
                     "unités, la plus petite comptant autant que la plus grande : ce "
                     "n’est pas le taux du territoire entier.",
                     "The average that a class is compared with is that of the units, "
                     "the smallest counting as much as the largest: it is not the rate "
                     "of the whole territory.");
}

irm_status typology_page_classes(irm_page *page, const typology_drawing *d,
                                 irm_error *error) {
    const irm_typology *t = d->typology;
    irm_page_section(page, "classes", typology_pick(d, "Les classes", "The classes"));
    irm_page_paragraph(page, "intro", average_words(d));
    for (size_t c = 0; c < t->k; c++) {
        char title[CLASS_LABEL + 32];
        snprintf(title, sizeof title, "%s %s", typology_pick(d, "Classe", "Class"),
                 d->labels[c]);
        irm_page_coloured_heading(page, style_category(c) >> 8, title);
        IRM_TRY(class_sheet(page, d, c, error));
    }
    irm_page_end_section(page);
    return IRM_OK;
}
