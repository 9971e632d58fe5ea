#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "text.h"

enum { NUMBER_TEXT = 64, LABEL_LINES = 3 };
static const double LEAST_SPAN = 0.12;

typedef struct layout {
    axis scale;
    double left, right, top, bottom;
    double first, last; /* years */
} layout;

/* Where a series' label wants to be, then where it is. */
typedef struct label {
    size_t series;
    double wanted, y, height;
    lines words;
} label;

static double value_of(const irm_evolution *of, size_t series, size_t year) {
    return of->values[series * of->n_years + year];
}

static bool range_of(const irm_evolution *of, double *low, double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t s = 0; s < of->n_series; s++) {
        for (size_t y = 0; y < of->n_years; y++) {
            double value = value_of(of, s, y);
            if (axis_shows(value) && axis_shows(of->years[y])) {
                *low = fmin(*low, value);
                *high = fmax(*high, value);
            }
        }
    }
    return *low <= *high;
}

static double place_year(const layout *at, double year) {
    if (at->last <= at->first) {
        return (at->left + at->right) / 2;
    }
    return at->left +
           (year - at->first) / (at->last - at->first) * (at->right - at->left);
}

static double place_value(const layout *at, double value) {
    return axis_place(&at->scale, value, at->bottom, at->top);
}

/* Index of the last year a series is known at; n_years when never. */
static size_t last_known(const irm_evolution *of, size_t series) {
    for (size_t y = of->n_years; y-- > 0;) {
        if (axis_shows(value_of(of, series, y))) {
            return y;
        }
    }
    return of->n_years;
}

/* Changes that are small beside the values must look small: an axis that does not start
 * from zero still covers a tenth of what it shows. */
static axis scale_of(const irm_evolution *of, double low, double high) {
    double size = fmax(fabs(low), fabs(high)), lack = LEAST_SPAN * size - (high - low);
    if (of->from_zero) {
        low = fmin(low, 0);
        high = fmax(high, 0);
    } else if (lack > 0 && size > 0) {
        bool positive = low >= 0;
        low -= lack / 2;
        high += lack / 2;
        low = positive ? fmax(low, 0) : low;
    }
    return axis_over(low, high, 5);
}

static layout lay_out(const irm_evolution *of, const frame *around, const axis *scale) {
    layout at = {.scale = *scale, .first = INFINITY, .last = -INFINITY};
    for (size_t y = 0; y < of->n_years; y++) {
        if (axis_shows(of->years[y])) {
            at.first = fmin(at.first, of->years[y]);
            at.last = fmax(at.last, of->years[y]);
        }
    }
    char text[NUMBER_TEXT];
    double ticks = 0, names = 40;
    for (size_t i = 0; i < at.scale.n; i++) {
        irm_number_text(at.scale.tick[i], at.scale.decimals, frame_lang(around), text,
                        sizeof text);
        ticks = fmax(ticks, text_width(text, style_value()));
    }
    for (size_t s = 0; s < of->n_series; s++) {
        const char *name = of->series[s] != NULL ? of->series[s] : "";
        names = fmax(names, text_width(name, style_bold(style_label())));
    }
    double width = around->right - around->left;
    at.left = around->left + ticks + 18;
    at.right = around->right - fmin(names + 18, 0.3 * width);
    at.top = around->top + 10;
    at.bottom = around->bottom - 26;
    return at;
}

static void draw_grid(const frame *around, const layout *at) {
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < at->scale.n; i++) {
        double tick = at->scale.tick[i], y = place_value(at, tick);
        bool zero = fabs(tick) < at->scale.step / 1000;
        canvas_segment(around->page, zero ? style_axis() : style_grid(), at->left - 8, y,
                       at->right + 8, y);
        irm_number_text(tick, at->scale.decimals, frame_lang(around), text, sizeof text);
        canvas_text(around->page, at->left - 14, y + 4, ANCHOR_END, style_value(), text);
    }
}

/* Years as they are (not grouped by thousands), as many as can be read; the first and the
 * last of the data always. */
static void draw_years(const frame *around, const irm_evolution *of, const layout *at) {
    double done = -INFINITY, end = place_year(at, at->last);
    for (size_t y = 0; y < of->n_years; y++) {
        if (!axis_shows(of->years[y])) {
            continue;
        }
        char text[NUMBER_TEXT];
        snprintf(text, sizeof text, "%.0f", of->years[y]);
        double x = place_year(at, of->years[y]),
               half = text_width(text, style_value()) / 2;
        canvas_segment(around->page, style_axis(), x, at->bottom, x, at->bottom + 4);
        bool last = x >= end;
        if (x - half < done + 8 || (!last && x + 3 * half + 8 > end)) {
            continue;
        }
        canvas_text(around->page, x, at->bottom + 18, ANCHOR_MIDDLE, style_value(), text);
        done = x + half;
    }
}

static void draw_series(const frame *around, const irm_evolution *of, const layout *at,
                        size_t series) {
    double *x = irm_calloc(of->n_years, sizeof *x),
           *y = irm_calloc(of->n_years, sizeof *y);
    pen stroke = {.colour = style_series(series), .width = series == 0 ? 2.6 : 1.9};
    size_t run = 0;
    if (x == NULL || y == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        goto cleanup;
    }
    for (size_t i = 0; i <= of->n_years; i++) {
        bool known = i < of->n_years && axis_shows(value_of(of, series, i)) &&
                     axis_shows(of->years[i]);
        if (known) {
            x[run] = place_year(at, of->years[i]);
            y[run] = place_value(at, value_of(of, series, i));
            run++;
            continue;
        }
        canvas_line(around->page, stroke, run, x, y);
        double radius = of->n_years > 30 ? 2.2 : series == 0 ? 4 : 3.4;
        for (size_t k = 0; k < run; k++) {
            canvas_circle(around->page, stroke.colour,
                          (pen){.colour = INK_WHITE, .width = 1.2}, x[k], y[k], radius);
        }
        run = 0;
    }
cleanup:
    irm_free(x);
    irm_free(y);
}

static int by_wanted(const void *a, const void *b) {
    const label *p = a, *q = b;
    if (p->wanted != q->wanted) {
        return p->wanted < q->wanted ? -1 : 1;
    }
    return p->series < q->series ? -1 : p->series > q->series;
}

/* Labels keep their order and move as little as keeps them apart: downwards first, then
 * back up from the bottom. */
static void spread_labels(label *labels, size_t n, double top, double bottom) {
    qsort(labels, n, sizeof *labels, by_wanted);
    double free_from = top;
    for (size_t i = 0; i < n; i++) {
        labels[i].y = fmax(labels[i].wanted - labels[i].height / 2, free_from);
        free_from = labels[i].y + labels[i].height;
    }
    double free_to = bottom;
    for (size_t i = n; i-- > 0;) {
        labels[i].y = fmin(labels[i].y, free_to - labels[i].height);
        free_to = labels[i].y;
    }
}

static void make_label(const frame *around, const irm_evolution *of, const layout *at,
                       size_t series, label *into) {
    size_t year = last_known(of, series);
    font face = style_bold(style_label());
    double value = value_of(of, series, year);
    into->series = series;
    into->wanted = place_value(at, value);
    into->words =
        text_wrap(of->series[series], face, around->right - at->right - 16, LABEL_LINES);
    if (into->words.failed) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
    }
    into->height = 15 * (double)(into->words.count + 1) + 4;
}

static void draw_label(const frame *around, const irm_evolution *of, const layout *at,
                       const label *this) {
    char text[NUMBER_TEXT];
    size_t year = last_known(of, this->series);
    ink colour = style_series(this->series);
    double x = at->right + 16, y = this->y + 12;
    for (size_t i = 0; i < this->words.count; i++) {
        canvas_text(around->page, x, y, ANCHOR_START,
                    style_colour(style_bold(style_label()), colour), this->words.text[i]);
        y += 15;
    }
    irm_number_text(value_of(of, this->series, year), of->decimals, frame_lang(around),
                    text, sizeof text);
    double width = text_width(text, style_label());
    canvas_text(around->page, x, y, ANCHOR_START, style_label(), text);
    if (of->years[year] < at->last) { /* not the year that labels stand beside */
        snprintf(text, sizeof text, "(%.0f)", of->years[year]);
        canvas_text(around->page, x + width + 5, y, ANCHOR_START, style_value(), text);
    }
    double moved = this->y + this->height / 2 - this->wanted;
    if (fabs(moved) > 6) { /* a thread back to its line */
        canvas_segment(around->page, (pen){.colour = ink_fade(colour, 0.6), .width = 1},
                       place_year(at, of->years[year]) + 6, this->wanted, x - 3,
                       this->y + this->height / 2);
    }
}

static void draw_labels(const frame *around, const irm_evolution *of, const layout *at) {
    label *labels = irm_calloc(of->n_series, sizeof *labels);
    size_t n = 0;
    if (labels == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        return;
    }
    for (size_t s = 0; s < of->n_series; s++) {
        if (last_known(of, s) < of->n_years) {
            make_label(around, of, at, s, &labels[n++]);
        }
    }
    spread_labels(labels, n, around->top, around->bottom);
    for (size_t i = 0; i < n; i++) {
        draw_label(around, of, at, &labels[i]);
        lines_clear(&labels[i].words);
    }
    irm_free(labels);
}

/* The values of a lone line, where they can be read; its last one stands in its label. */
static void draw_values(const irm_evolution *of, const frame *around, const layout *at) {
    font face = style_value();
    double done = -INFINITY, end = place_year(at, of->years[last_known(of, 0)]);
    face.halo = true;
    for (size_t i = 0; i < of->n_years; i++) {
        double value = value_of(of, 0, i);
        if (!axis_shows(value) || !axis_shows(of->years[i])) {
            continue;
        }
        char text[NUMBER_TEXT];
        irm_number_text(value, of->decimals, frame_lang(around), text, sizeof text);
        double x = place_year(at, of->years[i]), half = text_width(text, face) / 2;
        if (x - half > done && x + half < end - 8) {
            canvas_text(around->page, x, place_value(at, value) - 9, ANCHOR_MIDDLE, face,
                        text);
            done = x + half + 6;
        }
    }
}

/* Adds to the unit that the axis does not start from zero. */
static void warn_of_axis(irm_caption *caption, irm_buffer *unit) {
    bool english = caption->lang != NULL && strcmp(caption->lang, "en") == 0;
    if (caption->unit == NULL || caption->unit[0] == '\0') {
        return;
    }
    irm_buffer_text(unit, caption->unit);
    irm_buffer_text(unit, english ? " (the axis does not start from zero)"
                                  : " (l’axe ne part pas de zéro)");
    if (!unit->failed) {
        caption->unit = unit->data;
    }
}

static void draw_plot(const irm_evolution *of, const frame *around, const axis *scale) {
    layout at = lay_out(of, around, scale);
    draw_grid(around, &at);
    draw_years(around, of, &at);
    for (size_t s = of->n_series; s-- > 0;) { /* the territory's own on top */
        draw_series(around, of, &at, s);
    }
    if (of->n_series == 1) {
        draw_values(of, around, &at);
    }
    draw_labels(around, of, &at);
}

irm_status irm_draw_evolution(const irm_evolution *of, const irm_canvas *request,
                              irm_error *error) {
    frame around;
    if (of->n_series > STYLE_SERIES) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a chart of %zu lines cannot be read: at most %d", of->n_series,
                        STYLE_SERIES);
    }
    double low, high;
    bool some = range_of(of, &low, &high);
    axis scale = some ? scale_of(of, low, high) : (axis){0};
    irm_buffer unit = {0};
    irm_caption caption = of->caption;
    if (some && (scale.low > 0 || scale.high < 0)) {
        warn_of_axis(&caption, &unit);
    }
    irm_status status = frame_open(&around, &caption, request, 720, 340, error);
    if (status == IRM_OK && some) {
        draw_plot(of, &around, &scale);
    } else if (status == IRM_OK) {
        frame_message(&around, frame_no_data(&around));
    }
    status = status == IRM_OK ? frame_close(&around, error) : status;
    irm_buffer_clear(&unit);
    return status;
}
