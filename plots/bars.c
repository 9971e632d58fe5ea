#include <math.h>
#include <stdio.h>
#include <string.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "text.h"

enum { NUMBER_TEXT = 64 };
static const double BAR = 15, BAR_GAP = 2, GROUP_GAP = 14, AXIS_ROOM = 26;

typedef struct layout {
    axis scale;
    double left, right; /* of the bars */
    double zero;
    double bar, group; /* heights */
    double top;
} layout;

static double value_of(const irm_bars *of, size_t group, size_t series) {
    return of->values[group * of->n_series + series];
}

static double bound_of(const double *bounds, const irm_bars *of, size_t group,
                       size_t series) {
    return bounds != NULL ? bounds[group * of->n_series + series] : NAN;
}

static bool bounded(const irm_bars *of, size_t group, size_t series) {
    double low = bound_of(of->lower, of, group, series);
    double high = bound_of(of->upper, of, group, series);
    return axis_shows(low) && axis_shows(high) && high > low;
}

/* False when there is nothing to draw. */
static bool range_of(const irm_bars *of, double *low, double *high) {
    bool some = false;
    *low = *high = 0;
    for (size_t g = 0; g < of->n_groups; g++) {
        for (size_t s = 0; s < of->n_series; s++) {
            double value = value_of(of, g, s);
            if (axis_shows(value)) {
                *low = fmin(*low, value);
                *high = fmax(*high, value);
                some = true;
            }
            if (bounded(of, g, s)) {
                *low = fmin(*low, bound_of(of->lower, of, g, s));
                *high = fmax(*high, bound_of(of->upper, of, g, s));
                some = true;
            }
        }
    }
    return some;
}

/* "12,3", or "entre 0 et 4" where only bounds are known, or "nd". */
static void label_of(const irm_bars *of, const frame *around, size_t group, size_t series,
                     char *text, size_t size) {
    double value = value_of(of, group, series);
    if (axis_shows(value) || !bounded(of, group, series)) {
        irm_number_text(axis_shows(value) ? value : NAN, of->decimals, frame_lang(around),
                        text, size);
        return;
    }
    char low[NUMBER_TEXT], high[NUMBER_TEXT];
    irm_number_text(bound_of(of->lower, of, group, series), of->decimals,
                    frame_lang(around), low, sizeof low);
    irm_number_text(bound_of(of->upper, of, group, series), of->decimals,
                    frame_lang(around), high, sizeof high);
    snprintf(text, size, frame_say(around, "entre %s et %s", "%s to %s"), low, high);
}

/* How far right bars may go, so that every label after its bar stays in the frame. */
static double bars_end(const irm_bars *of, const frame *around, const axis *scale,
                       double left) {
    double end = around->right - 12;
    char text[3 * NUMBER_TEXT];
    for (size_t i = 0; i < of->n_groups * of->n_series; i++) {
        size_t g = i / of->n_series, s = i % of->n_series;
        double value = axis_shows(value_of(of, g, s)) ? value_of(of, g, s) : 0;
        if (bounded(of, g, s)) {
            value = fmax(value, bound_of(of->upper, of, g, s));
        }
        label_of(of, around, g, s, text, sizeof text);
        double part = axis_place(scale, value, 0, 1);
        double room = around->right - left - text_width(text, style_value()) - 8;
        if (part > 0 && value >= 0) {
            end = fmin(end, left + room / part);
        }
    }
    return fmax(end, left + 40);
}

/* Of labels that stand to the left of their bars. */
static double negative_label(const irm_bars *of, const frame *around) {
    double widest = 0;
    char text[3 * NUMBER_TEXT];
    for (size_t i = 0; i < of->n_groups * of->n_series; i++) {
        if (axis_shows(of->values[i]) && of->values[i] < 0) {
            label_of(of, around, i / of->n_series, i % of->n_series, text, sizeof text);
            widest = fmax(widest, text_width(text, style_value()) + 8);
        }
    }
    return widest;
}

static double names_width(const irm_bars *of, const frame *around) {
    double widest = 20, room = 0.4 * (around->right - around->left);
    for (size_t g = 0; g < of->n_groups; g++) {
        widest = fmax(widest, text_width(of->groups[g], style_label()));
    }
    return fmin(widest, room);
}

static layout lay_out(const irm_bars *of, const frame *around, double low, double high) {
    layout at = {.scale = axis_over(low, high, 5), .top = around->top};
    at.left = around->left + names_width(of, around) + 12 + negative_label(of, around);
    at.right = bars_end(of, around, &at.scale, at.left);
    at.zero = axis_place(&at.scale, 0, at.left, at.right);
    double height = around->bottom - around->top - AXIS_ROOM;
    at.group = height / (double)of->n_groups;
    double room = fmax(at.group - GROUP_GAP, at.group * 0.6);
    at.bar = fmin(room / (double)of->n_series, BAR * 1.6);
    return at;
}

static void draw_grid(const frame *around, const layout *at, double bottom) {
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < at->scale.n; i++) {
        double tick = at->scale.tick[i];
        double x = axis_place(&at->scale, tick, at->left, at->right);
        canvas_segment(around->page, style_grid(), x, at->top, x, bottom);
        irm_number_text(tick, at->scale.decimals, frame_lang(around), text, sizeof text);
        canvas_text(around->page, x, bottom + 16, ANCHOR_MIDDLE, style_value(), text);
    }
}

static void draw_name(const frame *around, const layout *at, const char *name,
                      double middle, double width) {
    font face = style_label();
    double leading = face.size * 1.25;
    size_t most = (size_t)fmax(1, floor(at->group / leading));
    lines these = text_wrap(name, face, width, most < 4 ? most : 4);
    if (these.failed) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
    }
    double y = middle + face.size * 0.36 - leading * ((double)these.count - 1) / 2;
    for (size_t i = 0; i < these.count; i++) {
        canvas_text(around->page, around->left, y, ANCHOR_START, face, these.text[i]);
        y += leading;
    }
    lines_clear(&these);
}

static void draw_whisker(const frame *around, const layout *at, double low, double high,
                         double y, double height) {
    double x1 = axis_place(&at->scale, low, at->left, at->right);
    double x2 = axis_place(&at->scale, high, at->left, at->right);
    pen stroke = {.colour = INK_TEXT, .width = 1.2};
    canvas_segment(around->page, stroke, x1, y, x2, y);
    canvas_segment(around->page, stroke, x1, y - height / 4, x1, y + height / 4);
    canvas_segment(around->page, stroke, x2, y - height / 4, x2, y + height / 4);
}

static void draw_bar(const frame *around, const irm_bars *of, const layout *at,
                     size_t group, size_t series, double top) {
    char text[3 * NUMBER_TEXT];
    double value = value_of(of, group, series), bottom = top + at->bar - BAR_GAP;
    double middle = (top + bottom) / 2, end = at->zero;
    bool negative = axis_shows(value) && value < 0;
    if (axis_shows(value)) {
        end = axis_place(&at->scale, value, at->left, at->right);
        canvas_rectangle(around->page, style_series(series), fmin(at->zero, end), top,
                         fmax(at->zero, end), bottom);
    }
    if (bounded(of, group, series)) {
        double low = bound_of(of->lower, of, group, series);
        double high = bound_of(of->upper, of, group, series);
        draw_whisker(around, at, low, high, middle, at->bar);
        double far = axis_place(&at->scale, negative ? low : high, at->left, at->right);
        end = negative ? fmin(end, far) : fmax(end, far);
    }
    label_of(of, around, group, series, text, sizeof text);
    font face = style_value();
    face.size = fmin(face.size, fmax(at->bar - 1, 7));
    face.colour = axis_shows(value) ? INK_TEXT : INK_FAINT;
    canvas_text(around->page, negative ? end - 5 : end + 5, middle + face.size * 0.36,
                negative ? ANCHOR_END : ANCHOR_START, face, text);
}

static void draw_groups(const frame *around, const irm_bars *of, const layout *at) {
    double name_width = names_width(of, around);
    for (size_t g = 0; g < of->n_groups; g++) {
        double middle = at->top + at->group * ((double)g + 0.5);
        double top = middle - at->bar * (double)of->n_series / 2;
        draw_name(around, at, of->groups[g], middle, name_width);
        for (size_t s = 0; s < of->n_series; s++) {
            draw_bar(around, of, at, g, s, top + at->bar * (double)s);
        }
    }
}

static void draw_key(frame *around, const irm_bars *of) {
    ink colours[STYLE_SERIES];
    for (size_t i = 0; i < STYLE_SERIES; i++) {
        colours[i] = style_series(i);
    }
    if (of->n_series > 1 || (of->series != NULL && of->series[0] != NULL)) {
        size_t n = of->n_series < STYLE_SERIES ? of->n_series : STYLE_SERIES;
        frame_key(around, n, of->series, colours);
    }
}

static double wanted_height(const irm_bars *of) {
    double group = fmax((BAR + BAR_GAP) * (double)of->n_series, 18) + GROUP_GAP;
    double key = of->n_series > 1 ? 40 : 28;
    return fmin(fmax(group * (double)of->n_groups, 60), 4000) + AXIS_ROOM + key;
}

irm_status irm_draw_bars(const irm_bars *of, const irm_canvas *request,
                         irm_error *error) {
    frame around;
    if (of->n_series > STYLE_SERIES) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a bar chart of %zu series cannot be read: at most %d",
                        of->n_series, STYLE_SERIES);
    }
    IRM_TRY(frame_open(&around, &of->caption, request, 720, wanted_height(of), error));
    double low, high;
    if (!range_of(of, &low, &high)) {
        frame_message(&around, frame_no_data(&around));
        return frame_close(&around, error);
    }
    draw_key(&around, of);
    layout at = lay_out(of, &around, low, high);
    double bottom = around.bottom - AXIS_ROOM;
    draw_grid(&around, &at, bottom);
    draw_groups(&around, of, &at);
    canvas_segment(around.page, style_axis(), at.zero, at.top, at.zero, bottom);
    return frame_close(&around, error);
}
