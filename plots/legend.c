#include "legend.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "hatch.h"
#include "irminon/memory.h"
#include "style.h"
#include "text.h"

enum { LABEL = 320 };
static const double ROW = 20, SWATCH = 24, SWATCH_HEIGHT = 14, GAP = 8, SECTION = 14,
                    COLUMN_GAP = 34;

static bool english(const legend *of) {
    return of->lang != NULL && strcmp(of->lang, "en") == 0;
}

static const char *secret_words(const legend *of) {
    return english(of) ? "s: confidential" : "s : secret statistique";
}

static const char *missing_words(const legend *of) {
    return english(of) ? "n/a: not available" : "nd : non disponible";
}

static const char *counts_words(const legend *of) {
    return english(of) ? "(n): number of territories" : "(n) : nombre de territoires";
}

static void with_count(const legend *of, const char *label, size_t count, char *text,
                       size_t size) {
    char number[64];
    irm_number_text((double)count, 0, of->lang, number, sizeof number);
    snprintf(text, size, "%s  (%s)", label, number);
}

static double row_width(const legend *of, const char *label, size_t count) {
    char text[LABEL + 80];
    with_count(of, label, count, text, sizeof text);
    return SWATCH + GAP + text_width(text, style_value());
}

static double circle_title_height(const legend *of, double width) {
    lines title = text_wrap(of->map->circle_unit, style_bold(style_value()), width, 3);
    double height = style_leading(style_value()) * (double)title.count;
    lines_clear(&title);
    return height;
}

static bool has_circles(const legend *of) {
    return of->circles != NULL && of->circles->n_legend > 0;
}

/* Width and height of the classes and of the missing values. */
static void measure_rows(legend *of) {
    char text[LABEL];
    size_t rows = 0;
    for (size_t i = 0; i < of->classes->n; i++) {
        classes_label(of->classes, i, of->map->decimals, of->lang, text, sizeof text);
        of->width = fmax(of->width, row_width(of, text, of->classes->count[i]));
        rows++;
    }
    if (of->secret > 0) {
        of->width = fmax(of->width, row_width(of, secret_words(of), of->secret));
        rows++;
    }
    if (of->missing > 0) {
        of->width = fmax(of->width, row_width(of, missing_words(of), of->missing));
        rows++;
    }
    if (rows > 0) {
        of->width = fmax(of->width, text_width(counts_words(of), style_note()));
        of->height = ROW * (double)rows + 18;
    }
}

/* Circles go under the classes in a column, else beside them where there is room. */
static void measure_circles(legend *of, double room, bool column) {
    double width = fmin(fmax(circles_legend_width(of->circles, of->lang), 120), room);
    double beside = of->width + COLUMN_GAP;
    bool rows = of->height > 0;
    if (rows && !column && beside + width <= room) {
        of->circles_x = beside;
        of->circles_width = room - beside;
    } else {
        of->circles_y = rows ? of->height + SECTION : 0;
        of->circles_width = fmax(width, fmin(of->width, room));
    }
    double height = circle_title_height(of, of->circles_width) + 6 +
                    circles_legend_height(of->circles);
    of->height = fmax(of->height, of->circles_y + height);
    of->width = fmax(of->width, of->circles_x + width);
}

legend legend_make(const irm_map *map, const classes *of, const circles *sized,
                   const char *lang, double room, bool column) {
    legend made = {.map = map,
                   .classes = of,
                   .circles = sized,
                   .lang = lang,
                   .secret = of->secret,
                   .missing = of->missing};
    measure_rows(&made);
    if (has_circles(&made)) {
        measure_circles(&made, room, column);
    }
    made.width = fmin(made.width, room);
    return made;
}

/* The label cut to the room, its count after it. */
static void put_fitted(canvas *page, const legend *of, double x, double y,
                       const char *label, size_t count) {
    char text[LABEL + 80];
    font face = style_colour(style_value(), INK_TEXT);
    with_count(of, "", count, text, sizeof text);
    double room = of->width - SWATCH - GAP - text_width(text, face);
    char *cut = text_fit(label, face, room);
    if (cut == NULL) {
        canvas_failed(page, IRM_STATUS_NO_MEMORY);
        return;
    }
    with_count(of, cut, count, text, sizeof text);
    canvas_text(page, x + SWATCH + GAP, y + SWATCH_HEIGHT - 3, ANCHOR_START, face, text);
    irm_free(cut);
}

static void put_label(canvas *page, const legend *of, double x, double y,
                      const char *label, size_t count) {
    char text[LABEL + 80];
    with_count(of, label, count, text, sizeof text);
    if (of->classes->names != NULL) { /* names may be longer than their room */
        put_fitted(page, of, x, y, label, count);
        return;
    }
    canvas_text(page, x + SWATCH + GAP, y + SWATCH_HEIGHT - 3, ANCHOR_START,
                style_colour(style_value(), INK_TEXT), text);
}

static irm_status put_hatch(canvas *page, hatch with, double x, double y) {
    double px[] = {x, x + SWATCH, x + SWATCH, x, x};
    double py[] = {y, y, y + SWATCH_HEIGHT, y + SWATCH_HEIGHT, y};
    const path box = {.x = px, .y = py, .n = 5};
    canvas_fill(page, INK(0xFAFAFA), 0, 4, px, py);
    irm_status status = hatch_fill(page, &with, &box);
    canvas_line(page, (pen){.colour = INK_AXIS, .width = 0.7}, 5, px, py);
    return status;
}

static irm_status draw_circles(canvas *page, const legend *of, double x, double y) {
    font face = style_colour(style_bold(style_value()), INK_TEXT);
    lines title = text_wrap(of->map->circle_unit, face, of->circles_width, 3);
    if (title.failed) {
        return IRM_STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < title.count; i++) {
        y += style_leading(face);
        canvas_text(page, x, y, ANCHOR_START, face, title.text[i]);
    }
    lines_clear(&title);
    circles_legend(page, of->circles, of->lang, x, y + 6);
    return IRM_OK;
}

irm_status legend_draw(canvas *page, const legend *of, double x, double y) {
    char text[LABEL];
    double start = y;
    for (size_t row = 0; row < of->classes->n; row++) {
        /* High on top, as it is said; categories as they are numbered. */
        size_t i = of->classes->names != NULL ? row : of->classes->n - 1 - row;
        classes_label(of->classes, i, of->map->decimals, of->lang, text, sizeof text);
        canvas_rectangle(page, of->classes->colour[i], x, y, x + SWATCH,
                         y + SWATCH_HEIGHT);
        put_label(page, of, x, y, text, of->classes->count[i]);
        y += ROW;
    }
    if (of->secret > 0) {
        IRM_TRY(put_hatch(page, hatch_secret(), x, y));
        put_label(page, of, x, y, secret_words(of), of->secret);
        y += ROW;
    }
    if (of->missing > 0) {
        IRM_TRY(put_hatch(page, hatch_missing(), x, y));
        put_label(page, of, x, y, missing_words(of), of->missing);
        y += ROW;
    }
    if (y > start) {
        canvas_text(page, x, y + 10, ANCHOR_START, style_colour(style_note(), INK_FAINT),
                    counts_words(of));
    }
    return has_circles(of)
               ? draw_circles(page, of, x + of->circles_x, start + of->circles_y)
               : IRM_OK;
}
