/* The frame of a figure: its words above and below, and the space left for its ink. */
#ifndef IRMINON_PLOTS_FRAME_H
#define IRMINON_PLOTS_FRAME_H

#include "canvas.h"
#include "style.h"

typedef struct frame {
    canvas *page;
    const irm_caption *caption;
    bool bare, french;
    double left, top, right, bottom; /* the space for the plot, in CSS pixels */
} frame;

/* Opens the canvas and writes title, subtitle and unit. `plot_height` is what the plot
 * would like; a height in the request comes first, where the words leave enough. */
irm_status frame_open(frame *around, const irm_caption *caption,
                      const irm_canvas *request, double width, double plot_height,
                      irm_error *error);
/* Writes Lecture, Champ, Note and Source, and the file. */
irm_status frame_close(frame *around, irm_error *error);

/* The width that a request and a kind's default come to. */
double frame_width(const irm_canvas *request, double width);
/* Either language's words. */
const char *frame_say(const frame *around, const char *french, const char *english);
const char *frame_lang(const frame *around);
/* A message in place of a plot: there is nothing to draw. */
void frame_message(frame *around, const char *message);
/* "nothing to draw" in the figure's language. */
const char *frame_no_data(const frame *around);

/* A line of swatches and names that wraps within the frame's width; moves the top down.
 */
void frame_key(frame *around, size_t n, const char *const *names, const ink *colours);

#endif
