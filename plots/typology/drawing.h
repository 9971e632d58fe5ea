/* What draws the figures of a typology: their list, their files and captions. */
#ifndef IRMINON_TYPOLOGY_DRAWING_H
#define IRMINON_TYPOLOGY_DRAWING_H

#include "irminon/figure.h"
#include "irminon/typology_page.h"

enum {
    FIGURE_WORDS = 1024,
    FIGURES_MOST = 64,
    CLASS_LABEL = 320,
    /* Widths, in pixels of a page. */
    HALF = 540,
    FULL = 860,
    MOST_SHAPES = 4000 /* drawn one by one in an SVG */
};

/* A figure drawn, and where it goes in the page. */
typedef struct typology_figure {
    char path[64]; /* relative to the folder: the file that the page shows */
    char title[FIGURE_WORDS], lecture[FIGURE_WORDS], note[FIGURE_WORDS];
    const char *section; /* "map", "profiles", "method", "quality", "space", "class" */
    size_t class_index;  /* of those of section "class" */
} typology_figure;

typedef struct typology_drawing {
    const irm_typology *typology;
    const irm_typology_page_options *options;
    const char *folder;
    bool french;
    char (*labels)[CLASS_LABEL]; /* "1 · Part de résidences secondaires élevée" */
    const char **label_list;     /* the same, k */
    typology_figure figures[FIGURES_MOST];
    size_t n_figures;
} typology_drawing;

/* Labels of classes; clear when done. */
irm_status typology_drawing_init(typology_drawing *drawing, const irm_typology *typology,
                                 const char *folder,
                                 const irm_typology_page_options *options,
                                 irm_error *error);
void typology_drawing_clear(typology_drawing *drawing);

const char *typology_pick(const typology_drawing *drawing, const char *fr,
                          const char *en);
const char *typology_label(const typology_drawing *drawing, size_t variable);

void typology_number(const typology_drawing *drawing, double value, int decimals,
                     char *text, size_t size);

/* A new figure, empty, of a section of the page; lent. */
typology_figure *typology_figure_add(typology_drawing *drawing, const char *section);
/* Its title, lecture and note in the language's typography, and as a caption. */
irm_caption typology_caption(const typology_drawing *drawing, typology_figure *figure);

typedef irm_status typology_draw_function(const void *data, const irm_canvas *canvas,
                                          irm_error *error);
/* Draws to figures/STEM, as SVG for the page and PNG for a slide; as PNG alone where the
 * SVG would be too heavy. */
irm_status typology_draw_twins(const typology_drawing *drawing, typology_figure *figure,
                               const char *stem, double width, bool heavy,
                               typology_draw_function *draw, const void *data,
                               irm_error *error);
/* The kinds of figure.h, for typology_draw_twins. */
irm_status typology_draw_scree(const void *data, const irm_canvas *canvas,
                               irm_error *error);
irm_status typology_draw_correlations(const void *data, const irm_canvas *canvas,
                                      irm_error *error);
irm_status typology_draw_plane(const void *data, const irm_canvas *canvas,
                               irm_error *error);
irm_status typology_draw_dendrogram(const void *data, const irm_canvas *canvas,
                                    irm_error *error);
irm_status typology_draw_heatmap(const void *data, const irm_canvas *canvas,
                                 irm_error *error);
irm_status typology_draw_silhouettes(const void *data, const irm_canvas *canvas,
                                     irm_error *error);
irm_status typology_draw_curves(const void *data, const irm_canvas *canvas,
                                irm_error *error);
irm_status typology_draw_map(const void *data, const irm_canvas *canvas,
                             irm_error *error);

#endif
