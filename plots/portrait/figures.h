/* The figures of a portrait: which are drawn, from which rows, under which words. */
#ifndef IRMINON_PORTRAIT_FIGURES_H
#define IRMINON_PORTRAIT_FIGURES_H

#include "irminon/figure.h"
#include "irminon/map_layer.h"
#include "irminon/portrait.h"
#include "irminon/portrait_page.h"

enum { FIGURE_TEXT = 1024 };

/* A figure drawn: its file (without extension, relative to the portrait's folder) and the
 * words to print under it. */
typedef struct drawn_figure {
    char *stem; /* "figures/population-pyramid" */
    char title[FIGURE_TEXT], lecture[FIGURE_TEXT], champ[FIGURE_TEXT], note[FIGURE_TEXT],
        source[FIGURE_TEXT];
    size_t theme; /* where it goes */
    bool wide;    /* takes a line of its own */
} drawn_figure;

typedef struct figure_list {
    drawn_figure *items;
    size_t count, capacity;
} figure_list;

/* What drawing needs beside the portrait. */
typedef struct figure_job {
    const irm_portrait *portrait;
    const irm_portrait_options *options;
    const char *folder;
    bool french;
    const irm_map_layer *layer; /* shapes of the parts; NULL: no geometry */
    figure_list *list;
} figure_job;

void figure_list_clear(figure_list *list);
/* Every figure of the portrait, in the order of the page. */
irm_status figures_draw(figure_job *job, irm_error *error);

#endif
