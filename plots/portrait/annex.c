#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "portrait/words.h"

static const char *attribute(const irm_table *table, const char *name) {
    const char *value = irm_attributes_get(&table->attributes, name);
    return value != NULL ? value : "";
}

/* The dataset that would give a row: the first its indicator names that the store lacks, or
 * NULL when the store has one of them all. */
static const char *lacking_dataset(const irm_portrait *portrait, const irm_portrait_row *row) {
    const irm_indicator *indicator = row->indicator;
    for (size_t i = 0; i < indicator->n_sources; i++) {
        const char *id = indicator->sources[i].dataset;
        bool held = false;
        for (size_t t = 0; t < irm_store_count(portrait->store); t++) {
            const irm_table *table = irm_store_schema(portrait->store, t);
            held = held || strcmp(attribute(table, "dataset"), id) == 0;
        }
        if (!held) {
            return id;
        }
    }
    return NULL;
}

/* Whether two rows lack the same dataset. */
static bool same_lack(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

typedef struct lack {
    const irm_portrait_row *row;
    const char *dataset;
    bool told;
} lack;

static void lack_title(const portrait_words *w, const char *id, char *text, size_t size) {
    const irm_descriptor *family =
        id != NULL ? irm_registry_find(w->portrait->registry, id) : NULL;
    if (id == NULL) {
        snprintf(text, size, "%s",
                 words_pick(w, "Non publiés à ce niveau, ou absents des fichiers lus",
                            "Not published for this level, or absent from the files read"));
    } else if (family == NULL) {
        snprintf(text, size, "%s", id);
    } else {
        snprintf(text, size, "%s (%s)",
                 irm_descriptor_title(family, w->french ? "fr" : "en"),
                 irm_descriptor_producer(family));
    }
}

/* One row a dataset: what it would add. */
static void lack_row(irm_page *page, const portrait_words *w, lack *lacks, size_t count,
                     size_t first) {
    char title[WORDS];
    irm_buffer labels = {0};
    for (size_t i = first; i < count; i++) {
        if (same_lack(lacks[i].dataset, lacks[first].dataset)) {
            irm_buffer_text(&labels, labels.size > 0 ? " ; " : "");
            irm_buffer_text(&labels, words_label(w, lacks[i].row->indicator));
            lacks[i].told = true;
        }
    }
    page->html.failed = page->html.failed || labels.failed;
    lack_title(w, lacks[first].dataset, title, sizeof title);
    irm_page_begin_row(page, NULL);
    irm_page_cell(page, "", title, lacks[first].dataset);
    irm_page_cell(page, "", labels.data, NULL);
    irm_page_end_row(page);
    irm_buffer_clear(&labels);
}

static size_t list_lacks(const irm_portrait *portrait, lack *lacks) {
    size_t count = 0;
    for (size_t t = 0; t < portrait->n_themes; t++) {
        for (size_t i = 0; i < portrait->themes[t].n_rows; i++) {
            const irm_portrait_row *row = &portrait->themes[t].rows[i];
            if (row->unavailable != NULL) {
                lacks[count++] = (lack){row, lacking_dataset(portrait, row), false};
            }
        }
    }
    return count;
}

static irm_status missing_section(irm_page *page, const portrait_words *w,
                                  irm_error *error) {
    size_t all = 0;
    for (size_t t = 0; t < w->portrait->n_themes; t++) {
        all += w->portrait->themes[t].n_rows;
    }
    lack *lacks = irm_calloc(all, sizeof *lacks);
    if (lacks == NULL) {
        return irm_fail_memory(error);
    }
    size_t count = list_lacks(w->portrait, lacks);
    if (count > 0) {
        irm_page_section(page, "manques",
                         words_pick(w, "Ce qui compléterait ce portrait",
                                    "What would complete this portrait"));
        const char *headers[] = {words_pick(w, "Jeu de données à ajouter", "Dataset to add"),
                                 words_pick(w, "Indicateurs qu’il donnerait",
                                            "Indicators it would give")};
        const char *classes[] = {"", ""};
        irm_page_begin_table(page, NULL, headers, classes, 2);
        for (size_t i = 0; i < count; i++) {
            if (!lacks[i].told) {
                lack_row(page, w, lacks, count, i);
            }
        }
        irm_page_end_table(page);
        irm_page_end_section(page);
    }
    irm_free(lacks);
    return IRM_OK;
}

static irm_status sources_section(irm_page *page, const portrait_words *w,
                                  irm_error *error) {
    const irm_table **tables;
    size_t count;
    IRM_TRY(irm_portrait_tables(w->portrait, &tables, &count, error));
    irm_page_section(page, "sources", "Sources");
    const char *headers[] = {words_pick(w, "Jeu de données", "Dataset"),
                             words_pick(w, "Producteur, licence", "Producer, licence"),
                             words_pick(w, "Millésime", "Vintage"),
                             words_pick(w, "Géographie", "Geography"),
                             words_pick(w, "Fichier lu", "File read"), "SHA-256"};
    const char *classes[] = {"", "", "n", "n", "", ""};
    irm_page_begin_table(page, NULL, headers, classes, 6);
    for (size_t i = 0; i < count; i++) {
        char text[WORDS];
        irm_page_begin_row(page, NULL);
        irm_page_cell(page, "", attribute(tables[i], w->french ? "title_fr" : "title_en"),
                      tables[i]->name);
        snprintf(text, sizeof text, "%s, %s", attribute(tables[i], "producer"),
                 attribute(tables[i], "licence"));
        irm_page_cell(page, "", text, attribute(tables[i], "url"));
        irm_page_cell(page, "n", attribute(tables[i], "vintage"), NULL);
        irm_page_cell(page, "n", attribute(tables[i], "geography"), NULL);
        irm_page_cell(page, "", attribute(tables[i], "source_file"), NULL);
        snprintf(text, sizeof text, "%.12s…", attribute(tables[i], "source_sha256"));
        irm_page_cell(page, "", text, attribute(tables[i], "source_sha256"));
        irm_page_end_row(page);
    }
    irm_page_end_table(page);
    irm_page_end_section(page);
    irm_free(tables);
    return IRM_OK;
}

/* How a figure is computed: the formula of the source used. */
static void definition(const portrait_words *w, const irm_portrait_row *row, char *text,
                       size_t size) {
    const irm_source *source = row->source;
    char formula[WORDS] = "";
    if (source != NULL && source->denominator != NULL) {
        snprintf(formula, sizeof formula, "%s%.6g × (%s) / (%s)%s", "", source->scale,
                 source->numerator, source->denominator, ".");
    } else if (source != NULL) {
        snprintf(formula, sizeof formula, "%s.",
                 source->formula != NULL ? source->formula : source->numerator);
    }
    const char *note = w->french ? row->indicator->note_fr : row->indicator->note_en;
    snprintf(text, size, "%s%s. %s%s %s%s%s", words_pick(w, "Champ : ", "Coverage: "),
             w->french ? row->indicator->champ_fr : row->indicator->champ_en,
             words_pick(w, "Calcul : ", "Formula: "), formula,
             row->indicator->reference != NULL ? row->indicator->reference : "",
             note != NULL ? ". " : "", note != NULL ? note : "");
}

static void definitions_section(irm_page *page, const portrait_words *w) {
    irm_page_section(page, "methodes",
                     words_pick(w, "Définitions et calculs", "Definitions and formulas"));
    for (size_t t = 0; t < w->portrait->n_themes; t++) {
        const irm_portrait_theme *theme = &w->portrait->themes[t];
        if (theme->n_available == 0) {
            continue;
        }
        irm_page_heading(page, w->french ? theme->theme->label_fr : theme->theme->label_en);
        for (size_t i = 0; i < theme->n_rows; i++) {
            const irm_portrait_row *row = &theme->rows[i];
            if (row->unavailable == NULL) {
                char text[4 * WORDS];
                definition(w, row, text, sizeof text);
                const char *term[] = {words_label(w, row->indicator)};
                const char *meaning[] = {text};
                irm_page_terms(page, term, meaning, 1);
            }
        }
    }
    irm_page_end_section(page);
}

static void glossary_section(irm_page *page, const portrait_words *w) {
    static const char *const terms_fr[] = {
        "s", "nd", "–", "[a ; b]", "ns", "Rang", "Exploitation complémentaire", "Foyer allocataire",
        "Ménage", "Millésime du recensement", "Niveau de vie médian"};
    static const char *const meanings_fr[] = {
        "Secret statistique : le producteur masque la valeur.",
        "Non disponible : la valeur n’est pas publiée, ou pas pour ce territoire.",
        "Sans objet.",
        "Encadrement certain : la valeur exacte est entre ces deux bornes. Il vient des "
        "arrondis et des valeurs masquées, non d’un sondage.",
        "Écart non significatif : le hasard du sondage, ou le petit nombre de naissances ou de "
        "décès, suffit à l’expliquer au seuil de 5 %. Le territoire est comparé à ce qui reste "
        "de la référence sans lui.",
        "Du plus élevé (1er) au plus faible, parmi les territoires comparables nommés en tête "
        "du portrait.",
        "Variables du recensement codées sur une partie des ménages seulement (un quart "
        "environ dans les petites communes).",
        "Personne seule, couple ou famille qui reçoit au moins une prestation d’une Caf. Ce "
        "n’est pas un ménage au sens de l’Insee ; le régime agricole est compté à part.",
        "Ensemble des occupants d’une même résidence principale.",
        "Le recensement de l’année N regroupe les enquêtes de N − 2 à N + 2 : deux millésimes "
        "se comparent à cinq ans d’écart au moins.",
        "Revenu disponible par unité de consommation tel que la moitié des personnes ont "
        "moins et l’autre moitié plus. Une médiane ne s’additionne pas : elle n’est donnée "
        "que là où le producteur la publie."};
    static const char *const terms_en[] = {"s", "nd", "–", "[a ; b]", "ns", "Rank",
                                           "Complementary exploitation", "Beneficiary household",
                                           "Household", "Census vintage",
                                           "Median standard of living"};
    static const char *const meanings_en[] = {
        "Statistical secrecy: the producer hides the value.",
        "Not available: not published, or not for this territory.",
        "Not applicable.",
        "Certain bounds: the exact value lies between them. They come from rounding and hidden "
        "cells, not from sampling.",
        "Difference not significant: the chance of the sample, or the small number of births or "
        "deaths, can explain it at the 5% level. The territory is compared with what is left of "
        "the reference without it.",
        "From the highest (1st) to the lowest, among the comparable territories named at the "
        "head of the portrait.",
        "Census variables coded for part of the households only (about a quarter in small "
        "communes).",
        "A person, couple or family that receives at least one benefit of a CAF. Not an INSEE "
        "household; the agricultural scheme is counted elsewhere.",
        "All who live in the same main residence.",
        "Census N pools the surveys of N − 2 to N + 2: compare vintages at least five years "
        "apart.",
        "Disposable income per consumption unit that splits people in two halves. A median "
        "cannot be added: it is given only where the producer publishes it."};
    irm_page_section(page, "glossaire", words_pick(w, "Glossaire", "Glossary"));
    irm_page_terms(page, w->french ? terms_fr : terms_en,
                   w->french ? meanings_fr : meanings_en,
                   sizeof terms_fr / sizeof *terms_fr);
    irm_page_end_section(page);
}

irm_status portrait_annexes(irm_page *page, const portrait_words *w, irm_error *error) {
    IRM_TRY(missing_section(page, w, error));
    IRM_TRY(sources_section(page, w, error));
    definitions_section(page, w);
    glossary_section(page, w);
    return IRM_OK;
}
