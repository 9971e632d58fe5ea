/* Figures: plots and maps in one house style, drawn through PLplot.
 *
 * A figure is a title, a unit, its data, and the notes that make it readable by whoever it
 * is put before: Lecture (how to read one value), Champ (population covered), Note, Source.
 * The structs here are borrowed by the drawing functions and own nothing. */
#ifndef IRMINON_FIGURE_H
#define IRMINON_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/geometry.h"
#include "irminon/status.h"
#include "irminon/text.h"
#include "irminon/tree.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Words around a figure; any may be NULL. `lang` is "fr" (default) or "en". `unit` is a
 * noun ("%", "habitants par km²"): "en …" is put before it. */
typedef struct irm_caption {
    const char *title, *subtitle, *unit, *lecture, *champ, *note, *source, *lang;
} irm_caption;

/* Where to draw: the extension decides (.svg, .png, .pdf). Sizes in CSS pixels at 96 dpi;
 * 0 takes the kind's default (480 wide when bare: half of a page's width). `scale` 2 gives
 * a PNG twice as dense (0: 2). `bare` leaves out margins, title and notes (a page prints
 * them itself), not the unit. From 440 pixels wide every kind is laid out to be read at
 * that size: ask for the width it will be shown at rather than let a page shrink its text.
 * Figures are drawn one at a time in a process. */
typedef struct irm_canvas {
    const char *path;
    double width, height, scale;
    bool bare;
} irm_canvas;

/* Age pyramid of a territory, over the outline of a reference's, both in percent of their
 * own total so that sizes compare. Bands from young to old. */
typedef struct irm_pyramid {
    irm_caption caption;
    size_t n_bands;
    const char *const *bands;        /* "0–4", "5–9"… */
    const double *men, *women;       /* counts; NaN unknown */
    const double *reference_men, *reference_women; /* counts, or NULL */
    const char *name, *reference_name;
} irm_pyramid;
IRM_API irm_status irm_draw_pyramid(const irm_pyramid *figure, const irm_canvas *canvas,
                                    irm_error *error);

/* Horizontal bars: groups (categories) × series (territories). NaN: "nd" is written. */
typedef struct irm_bars {
    irm_caption caption;
    size_t n_groups, n_series;
    const char *const *groups;
    const char *const *series;
    const double *values;            /* n_groups × n_series, by group */
    const double *lower, *upper;     /* same shape, certain bounds; or NULL */
    int decimals;
} irm_bars;
IRM_API irm_status irm_draw_bars(const irm_bars *figure, const irm_canvas *canvas,
                                 irm_error *error);

/* Lines over years: one a series, points marked, labelled at their end. */
typedef struct irm_evolution {
    irm_caption caption;
    size_t n_years, n_series;
    const double *years;
    const char *const *series;
    const double *values;            /* n_series × n_years, by series; NaN a gap */
    int decimals;
    bool from_zero;
} irm_evolution;
IRM_API irm_status irm_draw_evolution(const irm_evolution *figure, const irm_canvas *canvas,
                                      irm_error *error);

typedef enum irm_breaks_method {
    IRM_BREAKS_QUANTILE = 0,
    IRM_BREAKS_JENKS, /* Fisher–Jenks optimal breaks */
    IRM_BREAKS_EQUAL,
    IRM_BREAKS_GIVEN
} irm_breaks_method;

/* A map. In an SVG, a pointer over a shape shows its label and values. Ratios are colours, counts are circles whose area is proportional. A shape without
 * a value is drawn hatched and named in the legend: 's' (secret) or 'nd' (unavailable). */
typedef struct irm_map {
    irm_caption caption;
    const irm_shapes *shapes;        /* plane coordinates */
    const double *colour;            /* a ratio by shape, NaN for none; NULL: no colours */
    const bool *secret;              /* of the NaN ones, which are secret; or NULL */
    const double *circle;            /* a count by shape, NaN for none; NULL: no circles */
    const char *circle_unit;
    const irm_shapes *outlines;      /* boundaries drawn over (EPCI, départements); or NULL */
    const irm_shapes *context;       /* greyed surroundings; or NULL */
    const char *const *labels;       /* name by shape, NULL for none; or NULL */
    irm_breaks_method method;
    size_t n_classes;                /* 0: 5, fewer when values are fewer */
    const double *breaks;            /* n_classes + 1, for IRM_BREAKS_GIVEN */
    bool diverging;                  /* palette around `middle` */
    double middle;
    int decimals;
    const char *const *names; /* categories: `colour` holds 0 … n_classes - 1, each with its
                                 name and its own hue (another value: grey, unnamed);
                                 NULL: numbers */
    bool quiet;                      /* names in what a pointer shows only */
    bool no_legend;
} irm_map;
IRM_API irm_status irm_draw_map(const irm_map *figure, const irm_canvas *canvas,
                                irm_error *error);

/* Bars along an axis of ranks: eigenvalues, gains of inertia. */
typedef struct irm_scree {
    irm_caption caption;
    size_t n;
    const double *values;
    const char *const *names; /* under each bar; NULL: 1, 2, 3… */
    size_t kept;              /* the first ones, in full colour; the others paler */
    size_t marked;            /* one that stands out, from 1; 0: none */
    const double *cumulative; /* percent, written over each bar; or NULL */
    int decimals;
    const char *axis;         /* what the ranks are */
} irm_scree;
IRM_API irm_status irm_draw_scree(const irm_scree *figure, const irm_canvas *canvas,
                                  irm_error *error);

/* Circle of correlations: arrows from the middle, supplementary ones dashed. */
typedef struct irm_correlations {
    irm_caption caption;
    size_t n;
    const char *const *names;
    const double *x, *y;       /* -1 to 1 */
    const bool *supplementary; /* or NULL */
    const char *x_title, *y_title;
} irm_correlations;
IRM_API irm_status irm_draw_correlations(const irm_correlations *figure,
                                         const irm_canvas *canvas, irm_error *error);

/* Units on two axes, coloured by class; some have their name written. Where points are too
 * many to be told apart, one stands for those of its class at the same place. */
typedef struct irm_plane {
    irm_caption caption;
    size_t n;
    const double *x, *y;
    const int32_t *classes;    /* from 0; NULL: one colour */
    size_t k;
    const char *const *class_names; /* k; or NULL */
    const char *const *labels; /* by point, NULL for none; or NULL */
    const double *center_x, *center_y; /* k; or NULL */
    const char *x_title, *y_title;
    bool line;                 /* the least squares line */
    bool map;                  /* x and y are places: one scale for both, no axes */
} irm_plane;
IRM_API irm_status irm_draw_plane(const irm_plane *figure, const irm_canvas *canvas,
                                  irm_error *error);

/* A tree, from its root at the left to at most `leaves` branches, with the cut. */
typedef struct irm_dendrogram {
    irm_caption caption;
    const irm_tree *tree;
    const int32_t *classes;   /* of the cut, from 0: n of them */
    size_t k;
    const char *const *names; /* of the individuals; or NULL */
    size_t leaves;            /* 0: 30 */
} irm_dendrogram;
IRM_API irm_status irm_draw_dendrogram(const irm_dendrogram *figure,
                                       const irm_canvas *canvas, irm_error *error);

/* Cells coloured around zero: v-tests of variables (rows) in classes (columns). Beyond
 * `limit` a colour says no more; within `faint` it is left white. */
typedef struct irm_heatmap {
    irm_caption caption;
    size_t n_rows, n_columns;
    const char *const *rows;
    const char *const *columns;
    const double *values;       /* by row; NaN none */
    double limit, faint;
    int decimals;
    const char *low, *high;     /* what each end means, for the key */
} irm_heatmap;
IRM_API irm_status irm_draw_heatmap(const irm_heatmap *figure, const irm_canvas *canvas,
                                    irm_error *error);

/* Silhouettes: each class a block, its units by decreasing width. NaN are left out. */
typedef struct irm_silhouettes {
    irm_caption caption;
    size_t n, k;
    const double *values;
    const int32_t *classes;
    const char *const *class_names;
} irm_silhouettes;
IRM_API irm_status irm_draw_silhouettes(const irm_silhouettes *figure,
                                        const irm_canvas *canvas, irm_error *error);

/* Curves over numbers, with one value of x marked. */
typedef struct irm_curves {
    irm_caption caption;
    size_t n, n_series;
    const double *x;
    const double *values; /* n_series × n */
    const char *const *series;
    double marked;        /* NaN: none */
    const char *axis;
    int decimals;
} irm_curves;
IRM_API irm_status irm_draw_curves(const irm_curves *figure, const irm_canvas *canvas,
                                   irm_error *error);

/* Class limits of `values` (NaN left out): n_classes + 1 ascending numbers into `breaks`;
 * *n_classes is lowered when distinct values are fewer. */
IRM_API irm_status irm_breaks(const double *values, size_t n, irm_breaks_method method,
                              size_t *n_classes, double *breaks, irm_error *error);

/* Text as French typography has it ("fr"): the curved apostrophe, no-break spaces before
 * double punctuation and %; other languages as it is. Appended. */
IRM_API void irm_typography(irm_buffer *buffer, const char *text, const char *lang);

/* A number as French (or English) typography writes it: "12 345,6" with narrow no-break
 * spaces, a true minus; into `text`. */
IRM_API void irm_number_text(double value, int decimals, const char *lang, char *text,
                             size_t size);

#ifdef __cplusplus
}
#endif
#endif
