#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/page.h"
#include "irminon/typology_page.h"

enum { WORDS = 1024, MOVES_SHOWN = 60 };

typedef struct telling {
    const irm_typology_projection *of;
    const irm_typology_page_options *options;
    bool french;
} telling;

static const char *pick(const telling *t, const char *fr, const char *en) {
    return t->french ? fr : en;
}

static const char *name_of(const telling *t, size_t c) {
    return t->french ? t->of->model->names_fr[c] : t->of->model->names_en[c];
}

static void number(const telling *t, double value, char *text, size_t size) {
    irm_number_text(value, 0, t->french ? "fr" : "en", text, size);
}

static void overview(irm_page *page, const telling *t) {
    const irm_typology_projection *p = t->of;
    const struct {
        double value;
        const char *label;
    } cards[] = {
        {(double)p->units.n, pick(t, "unités classées", "units classed")},
        {(double)p->n_moved, pick(t, "ont changé de classe", "changed class")},
        {(double)p->n_new, pick(t, "nouvelles", "new")},
        {(double)p->n_gone, pick(t, "disparues ou laissées de côté", "gone or left out")},
    };
    irm_page_begin_cards(page);
    for (size_t i = 0; i < sizeof cards / sizeof *cards; i++) {
        char text[48];
        number(t, cards[i].value, text, sizeof text);
        irm_page_card(page, text, "", cards[i].label, NULL);
    }
    irm_page_end_cards(page);
    irm_page_paragraph(
        page, NULL,
        pick(t,
             "Les classes sont figées : leurs centres, leurs moyennes et leurs "
             "écarts-types "
             "sont ceux de la première typologie. Chaque unité va dans la classe dont le "
             "centre "
             "est le plus proche.",
             "Classes are frozen: their centres, means and standard deviations are those "
             "of the "
             "first typology. Each unit goes to the class with the nearest centre."));
}

static void transitions(irm_page *page, const telling *t) {
    size_t k = t->of->model->k;
    const char **headers = irm_calloc(k + 1, sizeof *headers);
    const char **classes = irm_calloc(k + 1, sizeof *classes);
    char(*heads)[24] = irm_calloc(k, sizeof *heads);
    if (headers == NULL || classes == NULL || heads == NULL) {
        page->html.failed = true;
    }
    for (size_t c = 0; !page->html.failed && c <= k; c++) {
        classes[c] = c == 0 ? "" : "n";
        headers[c] = pick(t, "de… à…", "from… to…");
        if (c > 0) {
            snprintf(heads[c - 1], sizeof heads[c - 1], "%zu", c);
            headers[c] = heads[c - 1];
        }
    }
    if (!page->html.failed) {
        irm_page_begin_table(page, NULL, headers, classes, k + 1);
        for (size_t from = 0; from < k; from++) {
            char text[WORDS];
            snprintf(text, sizeof text, "%zu · %s", from + 1, name_of(t, from));
            irm_page_begin_row(page, NULL);
            irm_page_cell(page, "", text, NULL);
            for (size_t to = 0; to < k; to++) {
                number(t, t->of->flows[from * k + to], text, sizeof text);
                irm_page_cell(page, from == to ? "n own" : "n", text, NULL);
            }
            irm_page_end_row(page);
        }
        irm_page_end_table(page);
    }
    irm_free(headers);
    irm_free(classes);
    irm_free(heads);
}

static void moves(irm_page *page, const telling *t) {
    const irm_typology_projection *p = t->of;
    const char *headers[] = {pick(t, "Unité", "Unit"),
                             pick(t, "de la classe", "from class"),
                             pick(t, "à la classe", "to class")};
    const char *classes[] = {"", "", ""};
    size_t shown = 0;
    if (p->n_moved == 0) {
        return;
    }
    irm_page_begin_table(page, pick(t, "Celles qui ont changé", "Those that changed"),
                         headers, classes, 3);
    for (size_t i = 0; i < p->units.n && shown < MOVES_SHOWN; i++) {
        if (p->before[i] < 0 || p->before[i] == p->classes[i]) {
            continue;
        }
        char from[WORDS], to[WORDS];
        snprintf(from, sizeof from, "%d · %s", p->before[i] + 1,
                 name_of(t, (size_t)p->before[i]));
        snprintf(to, sizeof to, "%d · %s", p->classes[i] + 1,
                 name_of(t, (size_t)p->classes[i]));
        irm_page_begin_row(page, NULL);
        irm_page_cell(page, "", p->units.names[i], p->units.ids[i]);
        irm_page_cell(page, "", from, NULL);
        irm_page_cell(page, "", to, NULL);
        irm_page_end_row(page);
        shown++;
    }
    irm_page_end_table(page);
    if (p->n_moved > shown) {
        irm_page_paragraph(
            page, "absent",
            pick(t, "La suite est dans classes.csv.", "The rest is in classes.csv."));
    }
}

irm_status irm_typology_projection_page_write(const irm_typology_projection *projection,
                                              const char *folder,
                                              const irm_typology_page_options *options,
                                              irm_error *error) {
    telling t = {projection, options,
                 options->lang == NULL || strcmp(options->lang, "en") != 0};
    irm_page page;
    irm_page_begin(
        &page,
        options->title != NULL ? options->title
                               : pick(&t, "Classes figées", "Frozen classes"),
        pick(&t, "Classes figées et transitions", "Frozen classes and transitions"),
        t.french ? "fr" : "en",
        options->fictional
            ? pick(&t, "Territoires et données fictifs", "Fictional territories and data")
            : NULL);
    irm_page_section(&page, "transitions", pick(&t, "Qui va où", "Who goes where"));
    overview(&page, &t);
    transitions(&page, &t);
    moves(&page, &t);
    irm_page_end_section(&page);
    irm_page_section(&page, "sources", "Sources");
    irm_page_paragraph(&page, NULL, options->source != NULL ? options->source : "");
    irm_page_end_section(&page);
    char *path = irm_path_join(folder, "typology.html");
    irm_status status =
        path == NULL ? irm_fail_memory(error) : irm_page_finish(&page, path, error);
    if (path == NULL) {
        irm_page_clear(&page);
    }
    irm_free(path);
    return status;
}
