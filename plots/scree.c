#include <math.h>
#include <stdio.h>

#include "axis.h"
#include "frame.h"
#include "text.h"

enum { NUMBER_TEXT = 64, BARS_MOST = 40 };
static const double TICK_ROOM = 44, FOOT = 40;

typedef struct layout {
    axis scale;
    double left, right, top, bottom, step;
} layout;

static double most_of(const irm_scree *of) {
    double most = 0;
    for (size_t i = 0; i < of->n; i++) {
        most = axis_shows(of->values[i]) ? fmax(most, of->values[i]) : most;
    }
    return most;
}

static void draw_grid(const frame *around, const layout *at) {
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < at->scale.n; i++) {
        double y = axis_place(&at->scale, at->scale.tick[i], at->bottom, at->top);
        canvas_segment(around->page, i == 0 ? style_axis() : style_grid(), at->left, y,
                       at->right, y);
        irm_number_text(at->scale.tick[i], at->scale.decimals, frame_lang(around), text,
                        sizeof text);
        canvas_text(around->page, at->left - 8, y + 4, ANCHOR_END, style_value(), text);
    }
}

static void draw_bar(const irm_scree *of, const frame *around, const layout *at,
                     size_t i) {
    char text[NUMBER_TEXT];
    double middle = at->left + at->step * ((double)i + 0.5), half = 0.36 * at->step;
    double top = axis_place(&at->scale, of->values[i], at->bottom, at->top);
    ink colour = i + 1 == of->marked ? INK_WOMEN
                 : i < of->kept      ? style_series(0)
                                     : INK(0xB8C4D0);
    canvas_rectangle(around->page, colour, middle - half, top, middle + half, at->bottom);
    bool roomy = at->step >= 26;
    if (of->names != NULL || roomy || i % 5 == 4 || i == 0) {
        snprintf(text, sizeof text, "%zu", i + 1);
        canvas_text(around->page, middle, at->bottom + 16, ANCHOR_MIDDLE, style_value(),
                    of->names != NULL ? of->names[i] : text);
    }
    if (of->cumulative != NULL && at->step >= 34) {
        irm_number_text(of->cumulative[i], 0, frame_lang(around), text, sizeof text);
        canvas_text(around->page, middle, top - 5, ANCHOR_MIDDLE, style_note(), text);
    } else if (at->step >= 34) {
        irm_number_text(of->values[i], of->decimals, frame_lang(around), text,
                        sizeof text);
        canvas_text(around->page, middle, top - 5, ANCHOR_MIDDLE, style_note(), text);
    }
}

irm_status irm_draw_scree(const irm_scree *of, const irm_canvas *request,
                          irm_error *error) {
    frame around;
    IRM_TRY(frame_open(&around, &of->caption, request, 720, 300, error));
    size_t n = of->n < BARS_MOST ? of->n : BARS_MOST;
    double most = most_of(of);
    if (n == 0 || !(most > 0)) {
        frame_message(&around, frame_no_data(&around));
        return frame_close(&around, error);
    }
    layout at = {.scale = axis_over(0, most * 1.06, 4),
                 .left = around.left + TICK_ROOM,
                 .right = around.right - 6,
                 .top = around.top + 12,
                 .bottom = around.bottom - FOOT};
    at.step = fmin((at.right - at.left) / (double)n, 90);
    draw_grid(&around, &at);
    for (size_t i = 0; i < n; i++) {
        if (axis_shows(of->values[i])) {
            draw_bar(of, &around, &at, i);
        }
    }
    canvas_text(around.page, (at.left + at.right) / 2, at.bottom + 34, ANCHOR_MIDDLE,
                style_note(), of->axis);
    return frame_close(&around, error);
}
