/* The figures of a typology: which are drawn, and the words under them. */
#ifndef IRMINON_TYPOLOGY_FIGURES_H
#define IRMINON_TYPOLOGY_FIGURES_H

#include "irminon/figure.h"
#include "irminon/typology_page.h"

enum { FIGURE_WORDS = 1024, FIGURES_MOST = 64, CLASS_LABEL = 320 };

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
/* Every figure, in the order of the page. */
irm_status typology_figures_draw(typology_drawing *drawing, irm_error *error);

const char *typology_pick(const typology_drawing *drawing, const char *fr,
                          const char *en);
const char *typology_label(const typology_drawing *drawing, size_t variable);

#endif
