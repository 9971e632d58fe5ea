#include "circles.h"

#include <math.h>
#include <stdlib.h>

#include "axis.h"
#include "irminon/memory.h"
#include "style.h"
#include "text.h"

static const double LARGEST_PART = 0.075; /* of the smaller side: the largest radius */
static const double COVER = 0.16;         /* of the map: all circles together */
static const ink FILL = INK(0xC2453C), FILL_ON_COLOURS = INK(0xFFFFFF);

static bool counts_one(double count) { return axis_shows(count) && count > 0; }

double circles_radius(const circles *of, double count) {
    return counts_one(count) ? of->per_root * sqrt(count) : 0;
}

static void choose_legend(circles *of) {
    static const double parts[CIRCLES_IN_LEGEND] = {1, 0.25, 0.04};
    for (size_t i = 0; i < CIRCLES_IN_LEGEND && of->largest > 0; i++) {
        double round = axis_round_below(of->largest * parts[i]);
        if (round < 1 && of->largest >= 1) {
            round = 1;
        }
        bool new_one = of->n_legend == 0 || round < of->legend[of->n_legend - 1];
        if (new_one && circles_radius(of, round) > 1.5) {
            of->legend[of->n_legend++] = round;
        }
    }
}

circles circles_make(const double *counts, size_t n, double width, double height) {
    circles of = {0};
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        if (counts_one(counts[i])) {
            of.largest = fmax(of.largest, counts[i]);
            total += counts[i];
        }
        of.missing += !axis_shows(counts[i]);
    }
    if (of.largest > 0) {
        double radius = fmin(fmax(LARGEST_PART * fmin(width, height), 8), 46);
        double by_size = radius / sqrt(of.largest);
        double by_cover = sqrt(COVER * width * height / (M_PI * total));
        of.per_root = fmin(by_size, by_cover);
    }
    choose_legend(&of);
    return of;
}

typedef struct place {
    double count;
    size_t index;
} place;

static int large_first(const void *a, const void *b) {
    const place *p = a, *q = b;
    if (p->count != q->count) {
        return p->count > q->count ? -1 : 1;
    }
    return p->index < q->index ? -1 : p->index > q->index;
}

irm_status circles_draw(canvas *page, const circles *of, const double *counts,
                        const double *x, const double *y, size_t n,
                        const char *const *tips, bool on_colours) {
    place *order = irm_calloc(n, sizeof *order);
    size_t some = 0;
    if (order == NULL) {
        return IRM_STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        if (counts_one(counts[i]) && isfinite(x[i]) && isfinite(y[i])) {
            order[some++] = (place){.count = counts[i], .index = i};
        }
    }
    qsort(order, some, sizeof *order, large_first);
    ink fill = on_colours ? ink_fade(FILL_ON_COLOURS, 0.3) : ink_fade(FILL, 0.62);
    pen outline = {.colour = on_colours ? INK(0x2B3440) : INK_WHITE,
                   .width = on_colours ? 1.3 : 0.9};
    for (size_t i = 0; i < some; i++) {
        size_t k = order[i].index;
        canvas_tip(page, tips != NULL ? tips[k] : NULL);
        canvas_circle(page, fill, outline, x[k], y[k],
                      circles_radius(of, order[i].count));
    }
    canvas_tip(page, NULL);
    irm_free(order);
    return IRM_OK;
}

double circles_legend_height(const circles *of) {
    double radius = of->n_legend > 0 ? circles_radius(of, of->legend[0]) : 0;
    return fmax(2 * radius + 10, 16.0 * (double)of->n_legend);
}

static double text_offset(const circles *of) {
    return 2 * circles_radius(of, of->legend[0]) + 26;
}

double circles_legend_width(const circles *of, const char *lang) {
    char text[64];
    double widest = 0;
    for (size_t i = 0; i < of->n_legend; i++) {
        irm_number_text(of->legend[i], of->legend[i] < 1 ? 2 : 0, lang, text,
                        sizeof text);
        widest = fmax(widest, text_width(text, style_value()));
    }
    return of->n_legend > 0 ? text_offset(of) + widest : 0;
}

void circles_legend(canvas *page, const circles *of, const char *lang, double x,
                    double y) {
    char text[64];
    pen outline = {.colour = INK_SOFT, .width = 1};
    double largest = of->n_legend > 0 ? circles_radius(of, of->legend[0]) : 0;
    double bottom = y + circles_legend_height(of) - 4, lowest = -INFINITY;
    for (size_t i = 0; i < of->n_legend; i++) {
        double radius = circles_radius(of, of->legend[i]);
        double top = bottom - 2 * radius;
        double line = fmax(top, lowest + 13); /* names keep apart */
        canvas_circle(page, ink_fade(INK_WHITE, 0), outline, x + largest, bottom - radius,
                      radius);
        const double lx[] = {x + largest, x + 2 * largest + 8, x + 2 * largest + 20};
        const double ly[] = {top, top, line};
        canvas_line(page, (pen){.colour = INK_AXIS, .width = 0.8}, 3, lx, ly);
        irm_number_text(of->legend[i], of->legend[i] < 1 ? 2 : 0, lang, text,
                        sizeof text);
        canvas_text(page, x + text_offset(of), line + 4, ANCHOR_START, style_value(),
                    text);
        lowest = line;
    }
}
