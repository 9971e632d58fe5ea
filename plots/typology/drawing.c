#include "typology/drawing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"

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

typology_figure *typology_figure_add(typology_drawing *d, const char *section) {
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

irm_caption typology_caption(const typology_drawing *d, typology_figure *figure) {
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
irm_status typology_draw_twins(const typology_drawing *d, typology_figure *figure,
                               const char *stem, double width, bool heavy,
                               typology_draw_function *draw, const void *data,
                               irm_error *error) {
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

irm_status typology_draw_scree(const void *data, const irm_canvas *canvas,
                               irm_error *error) {
    return irm_draw_scree(data, canvas, error);
}
irm_status typology_draw_correlations(const void *data, const irm_canvas *canvas,
                                      irm_error *error) {
    return irm_draw_correlations(data, canvas, error);
}
irm_status typology_draw_plane(const void *data, const irm_canvas *canvas,
                               irm_error *error) {
    return irm_draw_plane(data, canvas, error);
}
irm_status typology_draw_dendrogram(const void *data, const irm_canvas *canvas,
                                    irm_error *error) {
    return irm_draw_dendrogram(data, canvas, error);
}
irm_status typology_draw_heatmap(const void *data, const irm_canvas *canvas,
                                 irm_error *error) {
    return irm_draw_heatmap(data, canvas, error);
}
irm_status typology_draw_silhouettes(const void *data, const irm_canvas *canvas,
                                     irm_error *error) {
    return irm_draw_silhouettes(data, canvas, error);
}
irm_status typology_draw_curves(const void *data, const irm_canvas *canvas,
                                irm_error *error) {
    return irm_draw_curves(data, canvas, error);
}
irm_status typology_draw_map(const void *data, const irm_canvas *canvas,
                             irm_error *error) {
    return irm_draw_map(data, canvas, error);
}

void typology_number(const typology_drawing *d, double value, int decimals, char *text,
                     size_t size) {
    irm_number_text(value, decimals, d->french ? "fr" : "en", text, size);
}
