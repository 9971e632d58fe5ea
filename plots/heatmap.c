#include <math.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "text.h"

enum { NUMBER_TEXT = 64, STEPS = 8 };
static const double ROW = 22, HEAD = 34, KEY = 40;

/* A light middle, stronger outwards, in eight steps. */
static ink colour_of(const irm_heatmap *of, double value) {
    if (!axis_shows(value) || fabs(value) < of->faint) {
        return INK_WHITE;
    }
    double part = fmin(fabs(value) / of->limit, 1);
    size_t step = (size_t)fmin(floor(part * (STEPS / 2)), STEPS / 2 - 1);
    return value < 0 ? style_diverging(STEPS / 2 - 1 - step, STEPS / 2, STEPS / 2)
                     : style_diverging(STEPS / 2 + step, STEPS / 2, STEPS / 2);
}

static bool dark(const irm_heatmap *of, double value) {
    return axis_shows(value) && fabs(value) >= 0.5 * of->limit;
}

static double names_width(const irm_heatmap *of, const frame *around) {
    double widest = 40;
    for (size_t i = 0; i < of->n_rows; i++) {
        widest = fmax(widest, text_width(of->rows[i], style_label()));
    }
    return fmin(widest + 12, 0.5 * (around->right - around->left));
}

static void draw_columns(const irm_heatmap *of, const frame *around, double left,
                         double width, double bottom) {
    for (size_t c = 0; c < of->n_columns; c++) {
        double x = left + width * ((double)c + 0.5);
        font face = style_bold(style_value());
        lines these = text_wrap(of->columns[c], face, width - 4, 4);
        if (these.failed) {
            canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
            return;
        }
        double y = bottom - 6 - 13 * (double)(these.count - 1);
        for (size_t i = 0; i < these.count; i++, y += 13) {
            canvas_text(around->page, x, y, ANCHOR_MIDDLE, face, these.text[i]);
        }
        lines_clear(&these);
    }
}

static void draw_row(const irm_heatmap *of, const frame *around, size_t row, double left,
                     double width, double top, double height) {
    char number[NUMBER_TEXT];
    char *name = text_fit(of->rows[row], style_label(), left - around->left - 10);
    if (name == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        return;
    }
    canvas_text(around->page, around->left, top + height / 2 + 4, ANCHOR_START,
                style_label(), name);
    irm_free(name);
    for (size_t c = 0; c < of->n_columns; c++) {
        double value = of->values[row * of->n_columns + c];
        double x = left + width * (double)c;
        canvas_rectangle(around->page, colour_of(of, value), x + 0.5, top + 0.5,
                         x + width - 0.5, top + height - 0.5);
        irm_number_text(axis_shows(value) ? value : NAN, of->decimals, frame_lang(around),
                        number, sizeof number);
        font face = style_colour(style_value(), dark(of, value)           ? INK_WHITE
                                                : fabs(value) < of->faint ? INK_FAINT
                                                                          : INK_TEXT);
        canvas_text(around->page, x + width / 2, top + height / 2 + 4, ANCHOR_MIDDLE,
                    face, axis_shows(value) ? number : "–");
    }
}

/* The scale of colours, from one end's words to the other's. */
static void draw_key(const irm_heatmap *of, const frame *around, double top) {
    double step = 26, middle = (around->left + around->right) / 2;
    double x = middle - step * STEPS / 2;
    for (size_t i = 0; i < STEPS; i++) {
        canvas_rectangle(around->page, style_diverging(i, STEPS / 2, STEPS / 2),
                         x + step * (double)i, top, x + step * (double)(i + 1) - 1,
                         top + 11);
    }
    canvas_text(around->page, x - 8, top + 10, ANCHOR_END, style_note(), of->low);
    canvas_text(around->page, x + step * STEPS + 8, top + 10, ANCHOR_START, style_note(),
                of->high);
}

irm_status irm_draw_heatmap(const irm_heatmap *of, const irm_canvas *request,
                            irm_error *error) {
    frame around;
    double wanted = HEAD + ROW * (double)of->n_rows + KEY;
    IRM_TRY(frame_open(&around, &of->caption, request, 860, wanted, error));
    if (of->n_rows == 0 || of->n_columns == 0) {
        frame_message(&around, frame_no_data(&around));
        return frame_close(&around, error);
    }
    double left = around.left + names_width(of, &around);
    double width = fmin((around.right - left) / (double)of->n_columns, 150);
    double top = around.top + HEAD;
    double height = (around.bottom - KEY - top) / (double)of->n_rows;
    draw_columns(of, &around, left, width, top);
    for (size_t r = 0; r < of->n_rows; r++) {
        draw_row(of, &around, r, left, width, top + height * (double)r, height);
    }
    draw_key(of, &around, around.bottom - KEY + 18);
    return frame_close(&around, error);
}
