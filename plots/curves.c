#include <math.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "text.h"

enum { NUMBER_TEXT = 64 };
static const double TICK_ROOM = 44, FOOT = 38;

typedef struct layout {
    axis x, y;
    double left, right, top, bottom;
} layout;

static bool range_of(const double *values, size_t n, double *low, double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (axis_shows(values[i])) {
            *low = fmin(*low, values[i]);
            *high = fmax(*high, values[i]);
        }
    }
    return *low <= *high;
}

static void draw_axes(const irm_curves *of, const frame *around, const layout *at) {
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < at->x.n; i++) {
        double x = axis_place(&at->x, at->x.tick[i], at->left, at->right);
        irm_number_text(at->x.tick[i], at->x.decimals, frame_lang(around), text,
                        sizeof text);
        canvas_text(around->page, x, at->bottom + 15, ANCHOR_MIDDLE, style_value(), text);
    }
    for (size_t i = 0; i < at->y.n; i++) {
        double y = axis_place(&at->y, at->y.tick[i], at->bottom, at->top);
        canvas_segment(around->page, style_grid(), at->left, y, at->right, y);
        irm_number_text(at->y.tick[i], at->y.decimals, frame_lang(around), text,
                        sizeof text);
        canvas_text(around->page, at->left - 8, y + 4, ANCHOR_END, style_value(), text);
    }
    canvas_text(around->page, (at->left + at->right) / 2, at->bottom + 32, ANCHOR_MIDDLE,
                style_note(), of->axis);
    if (axis_shows(of->marked)) {
        double x = axis_place(&at->x, of->marked, at->left, at->right);
        canvas_segment(around->page,
                       (pen){.colour = INK(0xC2453C), .width = 1.4, .dash = 6, .gap = 4},
                       x, at->top, x, at->bottom);
    }
}

static void draw_series(const irm_curves *of, const frame *around, const layout *at,
                        size_t s) {
    double before_x = NAN, before_y = NAN;
    for (size_t i = 0; i < of->n; i++) {
        double value = of->values[s * of->n + i];
        double x = axis_place(&at->x, of->x[i], at->left, at->right);
        double y =
            axis_shows(value) ? axis_place(&at->y, value, at->bottom, at->top) : NAN;
        if (!isnan(before_y) && !isnan(y)) {
            canvas_segment(around->page, (pen){.colour = style_series(s), .width = 2},
                           before_x, before_y, x, y);
        }
        before_x = x;
        before_y = y;
        if (!isnan(y)) {
            canvas_circle(around->page, style_series(s),
                          (pen){.colour = INK_WHITE, .width = 1}, x, y, 3.4);
        }
    }
}

irm_status irm_draw_curves(const irm_curves *of, const irm_canvas *request,
                           irm_error *error) {
    frame around;
    double low, high, left, right;
    IRM_TRY(frame_open(&around, &of->caption, request, 720, 330, error));
    if (of->n_series > STYLE_SERIES || !range_of(of->x, of->n, &left, &right) ||
        !range_of(of->values, of->n * of->n_series, &low, &high)) {
        frame_message(&around, frame_no_data(&around));
        return frame_close(&around, error);
    }
    ink colours[STYLE_SERIES];
    for (size_t s = 0; s < of->n_series; s++) {
        colours[s] = style_series(s);
    }
    frame_key(&around, of->n_series, of->series, colours);
    layout at = {.x = axis_over(left, right, 8),
                 .y = axis_over(fmin(low, 0), high, 5),
                 .left = around.left + TICK_ROOM,
                 .right = around.right - 10,
                 .top = around.top + 6,
                 .bottom = around.bottom - FOOT};
    draw_axes(of, &around, &at);
    for (size_t s = 0; s < of->n_series; s++) {
        draw_series(of, &around, &at, s);
    }
    return frame_close(&around, error);
}
