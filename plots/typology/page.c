#include "irminon/page.h"

#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "typology/figures.h"
#include "typology/sections.h"

enum { WORDS = 2048 };

/* ---- what the sections share ---- */

const char *typology_units_word(const typology_drawing *d) {
    const irm_typology_page_options *o = d->options;
    const char *word = d->french ? o->units_fr : o->units_en;
    return word != NULL ? word : typology_pick(d, "unités", "units");
}

irm_status typology_put_figure(irm_page *page, const typology_drawing *d,
                               const typology_figure *figure, irm_error *error) {
    irm_caption caption = {.title = figure->title,
                           .lecture = figure->lecture,
                           .note = figure->note,
                           .source = d->options->source,
                           .lang = d->french ? "fr" : "en"};
    irm_buffer path = {0};
    irm_buffer_format(&path, "%s/%s", d->folder, figure->path);
    irm_status status = path.failed ? irm_fail_memory(error)
                                    : irm_page_figure(page, path.data, &caption, error);
    irm_buffer_clear(&path);
    return status;
}

irm_status typology_put_figures(irm_page *page, const typology_drawing *d,
                                const char *section, irm_error *error) {
    for (size_t i = 0; i < d->n_figures; i++) {
        if (strcmp(d->figures[i].section, section) == 0) {
            IRM_TRY(typology_put_figure(page, d, &d->figures[i], error));
        }
    }
    return IRM_OK;
}

const char *typology_reading_words(const typology_drawing *d, double jaccard) {
    const char *reading = irm_typology_reading(jaccard);
    if (strcmp(reading, "stable") == 0) {
        return typology_pick(d, "stable", "stable");
    }
    if (strcmp(reading, "care") == 0) {
        return typology_pick(d, "à utiliser avec précaution", "to be used with care");
    }
    return strcmp(reading, "unstable") == 0 ? typology_pick(d, "instable", "unstable")
                                            : "–";
}

/* ---- the page ---- */

static void contents(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    bool spatial = t->neighbours.n > 0 || t->n_alphas > 0;
    const char *ids[] = {"classes", "profils", "methode", spatial ? "espace" : "sources",
                         "sources"};
    const char *titles[] = {
        typology_pick(d, "Les classes, une à une", "The classes, one by one"),
        typology_pick(d, "Les profils côte à côte", "Profiles side by side"),
        typology_pick(d, "La méthode et ses chiffres", "The method, with numbers"),
        spatial ? typology_pick(d, "Dans l’espace", "In space") : "Sources", "Sources"};
    irm_page_contents(page, typology_pick(d, "Sommaire", "Contents"), ids, titles,
                      spatial ? 5 : 4);
}

static void sources(irm_page *page, const typology_drawing *d) {
    const irm_typology *t = d->typology;
    irm_page_section(page, "sources", "Sources");
    irm_page_paragraph(page, NULL,
                       d->options->source != NULL && *d->options->source != '\0'
                           ? d->options->source
                           : t->units.source_file);
    irm_page_paragraph(
        page, "absent",
        typology_pick(
            d,
            "Les mêmes résultats, unité par unité : classes.csv, profile.csv, "
            "tree.csv, axes.csv, coordinates.csv, variables.csv, stability.csv, "
            "quality.csv, et typology.h5 qui les réunit ; paramètres, lignage et "
            "classes figées : typology.json.",
            "The same results, unit by unit: classes.csv, profile.csv, tree.csv, "
            "axes.csv, coordinates.csv, variables.csv, stability.csv, quality.csv, and "
            "typology.h5 that holds them all; parameters, lineage and frozen classes: "
            "typology.json."));
    irm_page_end_section(page);
}

static irm_status write_page(typology_drawing *d, irm_error *error) {
    irm_page page;
    char subtitle[WORDS], n[48];
    typology_number(d, (double)d->typology->n, 0, n, sizeof n);
    snprintf(subtitle, sizeof subtitle,
             typology_pick(d, "%s %s, %zu classes", "%s %s, %zu classes"), n,
             typology_units_word(d), d->typology->k);
    irm_page_begin(&page,
                   d->options->title != NULL ? d->options->title
                                             : typology_pick(d, "Typologie", "Typology"),
                   subtitle, d->french ? "fr" : "en",
                   d->options->fictional
                       ? typology_pick(d, "Territoires et données fictifs",
                                       "Fictional territories and data")
                       : NULL);
    irm_status status = typology_page_brief(&page, d, error);
    contents(&page, d);
    if (status == IRM_OK) {
        status = typology_page_classes(&page, d, error);
    }
    irm_page_section(
        &page, "profils",
        typology_pick(d, "Les profils côte à côte", "Profiles side by side"));
    if (status == IRM_OK) {
        status = typology_put_figures(&page, d, "profiles", error);
    }
    irm_page_end_section(&page);
    if (status == IRM_OK) {
        status = typology_page_method(&page, d, error);
    }
    if (status == IRM_OK) {
        status = typology_page_space(&page, d, error);
    }
    sources(&page, d);
    char *path = irm_path_join(d->folder, "typology.html");
    if (path == NULL && status == IRM_OK) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        status = irm_page_finish(&page, path, error);
    } else {
        irm_page_clear(&page);
    }
    irm_free(path);
    return status;
}

irm_status irm_typology_page_write(const irm_typology *typology, const char *folder,
                                   const irm_typology_page_options *options,
                                   const irm_reporter *reporter, irm_error *error) {
    typology_drawing *drawing = irm_calloc(1, sizeof *drawing);
    if (drawing == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = typology_drawing_init(drawing, typology, folder, options, error);
    if (status == IRM_OK) {
        status = irm_check_stop(reporter, error);
    }
    if (status == IRM_OK) {
        status = typology_figures_draw(drawing, error);
    }
    if (status == IRM_OK) {
        status = write_page(drawing, error);
    }
    typology_drawing_clear(drawing);
    irm_free(drawing);
    return status;
}
