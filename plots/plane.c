#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "places.h"
#include "text.h"

enum { NUMBER_TEXT = 64, NAMES_MOST = 60, MANY = 1500 };
static const double TICK_ROOM = 40, FOOT = 38;

typedef struct layout {
    axis x, y;
    double left, right, top, bottom;
} layout;

static double place_x(const layout *at, double x) {
    return axis_place(&at->x, x, at->left, at->right);
}
static double place_y(const layout *at, double y) {
    return axis_place(&at->y, y, at->bottom, at->top);
}

static bool shows(const irm_plane *of, size_t i) {
    return axis_shows(of->x[i]) && axis_shows(of->y[i]);
}

static bool range_of(const irm_plane *of, double *low, double *high) {
    low[0] = low[1] = INFINITY;
    high[0] = high[1] = -INFINITY;
    for (size_t i = 0; i < of->n; i++) {
        if (shows(of, i)) {
            low[0] = fmin(low[0], of->x[i]);
            high[0] = fmax(high[0], of->x[i]);
            low[1] = fmin(low[1], of->y[i]);
            high[1] = fmax(high[1], of->y[i]);
        }
    }
    return low[0] <= high[0];
}

static void draw_axes(const irm_plane *of, const frame *around, const layout *at) {
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < at->x.n; i++) {
        double x = place_x(at, at->x.tick[i]);
        bool zero = fabs(at->x.tick[i]) < at->x.step / 1000;
        canvas_segment(around->page, zero ? style_axis() : style_grid(), x, at->top, x,
                       at->bottom);
        irm_number_text(at->x.tick[i], at->x.decimals, frame_lang(around), text,
                        sizeof text);
        canvas_text(around->page, x, at->bottom + 15, ANCHOR_MIDDLE, style_value(), text);
    }
    for (size_t i = 0; i < at->y.n; i++) {
        double y = place_y(at, at->y.tick[i]);
        bool zero = fabs(at->y.tick[i]) < at->y.step / 1000;
        canvas_segment(around->page, zero ? style_axis() : style_grid(), at->left, y,
                       at->right, y);
        irm_number_text(at->y.tick[i], at->y.decimals, frame_lang(around), text,
                        sizeof text);
        canvas_text(around->page, at->left - 6, y + 4, ANCHOR_END, style_value(), text);
    }
    canvas_text(around->page, (at->left + at->right) / 2, at->bottom + 32, ANCHOR_MIDDLE,
                style_note(), of->x_title);
    canvas_text(around->page, around->left, at->top - 12, ANCHOR_START, style_note(),
                of->y_title);
}

static ink colour_of(const irm_plane *of, size_t i) {
    return of->classes == NULL  ? style_series(0)
           : of->classes[i] < 0 ? INK(0xD3DAE1)
                                : style_category((size_t)of->classes[i]);
}

/* A small diamond: four points, where a cloud has thousands. */
static void draw_point(const frame *around, ink colour, double x, double y, double size) {
    const double px[] = {x - size, x, x + size, x}, py[] = {y, y - size, y, y + size};
    canvas_fill(around->page, colour, 0, 4, px, py);
}

/* Points in an order that mixes the classes, so that none covers the others; in a crowd
 * one for each cell of a fine grid and each class. */
static void draw_points(const irm_plane *of, const frame *around, const layout *at) {
    bool many = of->n > MANY;
    double cell = many ? 2.6 : 0, size = many ? 1.7 : of->n > 300 ? 2.6 : 3.4;
    size_t across = many ? (size_t)((at->right - at->left) / cell) + 2 : 1;
    size_t down = many ? (size_t)((at->bottom - at->top) / cell) + 2 : 1;
    uint32_t *taken = irm_calloc(across * down, sizeof *taken);
    if (taken == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        return;
    }
    size_t stride = of->n > 7 ? 7 : 1;
    for (size_t start = 0; start < stride; start++) {
        for (size_t i = start; i < of->n; i += stride) {
            if (!shows(of, i)) {
                continue;
            }
            double x = place_x(at, of->x[i]), y = place_y(at, of->y[i]);
            if (many) {
                size_t place = (size_t)((y - at->top) / cell) * across +
                               (size_t)((x - at->left) / cell);
                uint32_t bit = of->classes != NULL && of->classes[i] >= 0
                                   ? 1u << (of->classes[i] % 32)
                                   : 1u;
                if ((taken[place] & bit) != 0) {
                    continue;
                }
                taken[place] |= bit;
            }
            draw_point(around, ink_fade(colour_of(of, i), 0.75), x, y, size);
        }
    }
    irm_free(taken);
}

static void draw_centers(const irm_plane *of, const frame *around, const layout *at) {
    for (size_t c = 0; of->center_x != NULL && c < of->k; c++) {
        char text[24];
        double x = place_x(at, of->center_x[c]), y = place_y(at, of->center_y[c]);
        snprintf(text, sizeof text, "%zu", c + 1);
        canvas_circle(around->page, INK_WHITE,
                      (pen){.colour = style_category(c), .width = 2.4}, x, y, 10);
        canvas_text(around->page, x, y + 4, ANCHOR_MIDDLE, style_bold(style_value()),
                    text);
    }
}

static void draw_names(const irm_plane *of, const frame *around, const layout *at) {
    place_name *names = irm_calloc(of->n, sizeof *names);
    size_t n = 0;
    if (names == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        return;
    }
    for (size_t i = 0; of->labels != NULL && i < of->n; i++) {
        if (of->labels[i] != NULL && shows(of, i)) {
            names[n++] = (place_name){.name = of->labels[i],
                                      .x = place_x(at, of->x[i]),
                                      .y = place_y(at, of->y[i]),
                                      .radius = of->center_x != NULL ? 11 : 3,
                                      .weight = 1};
        }
    }
    box area = {at->left, at->top, at->right, at->bottom};
    irm_status status = places_draw(around->page, names, n, area, NAMES_MOST);
    if (status != IRM_OK) {
        canvas_failed(around->page, status);
    }
    irm_free(names);
}

/* The slope of y on x, through the means: Moran's I, where y is the lag of a standardised
 * x. */
static void draw_line(const irm_plane *of, const frame *around, const layout *at) {
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (size_t i = 0; i < of->n; i++) {
        if (shows(of, i)) {
            n++;
            sx += of->x[i];
            sy += of->y[i];
            sxx += of->x[i] * of->x[i];
            sxy += of->x[i] * of->y[i];
        }
    }
    double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
    if (!isfinite(slope)) {
        return;
    }
    double mx = sx / n, my = sy / n, a = at->x.low, b = at->x.high;
    double ya = my + slope * (a - mx), yb = my + slope * (b - mx);
    if (ya >= at->y.low && ya <= at->y.high && yb >= at->y.low && yb <= at->y.high) {
        canvas_segment(around->page, (pen){.colour = INK_WOMEN, .width = 2},
                       place_x(at, a), place_y(at, ya), place_x(at, b), place_y(at, yb));
    }
}

static void draw_key(frame *around, const irm_plane *of) {
    ink colours[64];
    size_t n = of->k < 64 ? of->k : 64;
    for (size_t c = 0; c < n; c++) {
        colours[c] = style_category(c);
    }
    if (of->class_names != NULL && of->classes != NULL && n > 1) {
        frame_key(around, n, of->class_names, colours);
    }
}

/* One scale for both, centred in the frame. */
static layout lay_out_map(const frame *around, const double *low, const double *high) {
    double width = around->right - around->left, height = around->bottom - around->top;
    double across = fmax(high[0] - low[0], 1e-9), down = fmax(high[1] - low[1], 1e-9);
    double scale = fmin((width - 8) / across, (height - 8) / down);
    layout at = {.x = {.low = low[0], .high = low[0] + across},
                 .y = {.low = low[1], .high = low[1] + down}};
    at.left = around->left + (width - scale * across) / 2;
    at.right = at.left + scale * across;
    at.top = around->top + (height - scale * down) / 2;
    at.bottom = at.top + scale * down;
    return at;
}

static irm_status draw_places(const irm_plane *of, const irm_canvas *request,
                              irm_error *error) {
    frame around;
    double low[2] = {0}, high[2] = {0}, width = frame_width(request, 420);
    bool some = range_of(of, low, high);
    double ratio = some ? (high[1] - low[1]) / fmax(high[0] - low[0], 1e-9) : 0.5;
    double height = fmin(fmax(ratio, 0.5), 1.3) * width;
    IRM_TRY(frame_open(&around, &of->caption, request, 420, height, error));
    if (!some) {
        frame_message(&around, frame_no_data(&around));
        return frame_close(&around, error);
    }
    layout at = lay_out_map(&around, low, high);
    draw_points(of, &around, &at);
    draw_names(of, &around, &at);
    return frame_close(&around, error);
}

irm_status irm_draw_plane(const irm_plane *of, const irm_canvas *request,
                          irm_error *error) {
    frame around;
    if (of->map) {
        return draw_places(of, request, error);
    }
    double low[2], high[2], width = frame_width(request, 760);
    double key = of->class_names != NULL ? 18 * (double)of->k * 0.6 : 0;
    IRM_TRY(frame_open(&around, &of->caption, request, 760, 0.66 * width + key, error));
    if (!range_of(of, low, high)) {
        frame_message(&around, frame_no_data(&around));
        return frame_close(&around, error);
    }
    draw_key(&around, of);
    layout at = {.x = axis_over(low[0], high[0], 7),
                 .y = axis_over(low[1], high[1], 6),
                 .left = around.left + TICK_ROOM,
                 .right = around.right - 8,
                 .top = around.top + 24,
                 .bottom = around.bottom - FOOT};
    draw_axes(of, &around, &at);
    draw_points(of, &around, &at);
    if (of->line) {
        draw_line(of, &around, &at);
    }
    draw_centers(of, &around, &at);
    draw_names(of, &around, &at);
    return frame_close(&around, error);
}
