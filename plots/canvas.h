/* The canvas: ink on a page, in CSS pixels from the top left corner, y downwards.
 *
 * The one place that knows how figures reach a file. Drawing calls cannot fail for the
 * caller: the first failure is kept and told by canvas_close, so that a figure reads as a
 * list of what it draws. PLplot has global state: canvases of one process take turns. */
#ifndef IRMINON_PLOTS_CANVAS_H
#define IRMINON_PLOTS_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/figure.h"

/* A colour: 0xRRGGBBAA. */
typedef uint32_t ink;
#define INK(rgb) ((ink)(((uint32_t)(rgb) << 8) | 0xFFu))
/* The same colour at an opacity of 0 to 1. */
ink ink_fade(ink colour, double alpha);

typedef enum anchor { ANCHOR_START = 0, ANCHOR_MIDDLE, ANCHOR_END } anchor;

/* How text looks. `size` is in CSS pixels; `halo` surrounds it with white, over a map. */
typedef struct font {
    double size;
    bool bold;
    bool halo;
    ink colour;
} font;

/* A stroke of `width` CSS pixels; `dash` and `gap` lengths, 0 for a plain line. */
typedef struct pen {
    ink colour;
    double width;
    double dash, gap;
} pen;

typedef struct canvas canvas;

/* Opens a page of width × height CSS pixels for request->path, whose extension decides
 * the device. `title` and `description` (may be NULL) are what a screen reader says of an
 * SVG. Errors: USAGE for an extension that is not .svg, .png or .pdf, or a size that
 * means nothing. */
irm_status canvas_open(canvas **page, const irm_canvas *request, double width,
                       double height, const char *title, const char *description,
                       irm_error *error);
/* Finishes the drawing and writes the file, whole or not at all; frees the canvas. */
irm_status canvas_close(canvas *page, irm_error *error);

double canvas_width(const canvas *page);
double canvas_height(const canvas *page);
/* The smallest distance worth drawing on this device, in CSS pixels. */
double canvas_grain(const canvas *page);

/* A polygon, closed by itself. `edge` pixels of stroke in its own colour hide the seam
 * between neighbours; 0 for none. */
void canvas_fill(canvas *page, ink colour, double edge, size_t n, const double *x,
                 const double *y);
void canvas_rectangle(canvas *page, ink colour, double left, double top, double right,
                      double bottom);
void canvas_line(canvas *page, pen stroke, size_t n, const double *x, const double *y);
void canvas_segment(canvas *page, pen stroke, double x1, double y1, double x2, double y2);
/* A disc and its outline; a width of 0 leaves the outline out. */
void canvas_circle(canvas *page, ink fill, pen outline, double x, double y,
                   double radius);
/* One line of text whose baseline passes at y. */
void canvas_text(canvas *page, double x, double y, anchor place, font face,
                 const char *text);
/* What a pointer over the next fills shows, where a device can (SVG); NULL for nothing.
 */
void canvas_tip(canvas *page, const char *text);
/* Notes a failure of the caller's (an allocation), told by canvas_close. */
void canvas_failed(canvas *page, irm_status status);

#endif
