/* Proportional circles: areas in the ratio of the counts. */
#ifndef IRMINON_PLOTS_CIRCLES_H
#define IRMINON_PLOTS_CIRCLES_H

#include "canvas.h"

enum { CIRCLES_IN_LEGEND = 3 };

typedef struct circles {
    double per_root; /* radius in CSS pixels of the square root of a unit */
    double largest;  /* count; 0 when there is none */
    size_t missing;
    size_t n_legend;
    double legend[CIRCLES_IN_LEGEND]; /* round counts, from the largest */
} circles;

/* Sizes for a map of width × height pixels. */
circles circles_make(const double *counts, size_t n, double width, double height);
double circles_radius(const circles *of, double count);

/* Draws one circle for each place, large ones first. x and y are page coordinates.
 * `tips` are what a pointer shows, by place (may be NULL). `on_colours`: over a
 * choropleth, they let it show. */
irm_status circles_draw(canvas *page, const circles *of, const double *counts,
                        const double *x, const double *y, size_t n,
                        const char *const *tips, bool on_colours);

/* The nested legend; its height, and its drawing with its top left corner at (x, y). */
double circles_legend_height(const circles *of);
double circles_legend_width(const circles *of, const char *lang);
void circles_legend(canvas *page, const circles *of, const char *lang, double x,
                    double y);

#endif
