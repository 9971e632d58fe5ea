#include <math.h>
#include <stdio.h>
#include <string.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "text.h"

enum { NUMBER_TEXT = 64 };

/* Where things are: two plots back to back around a gutter of ages. */
typedef struct layout {
    axis scale;         /* percent */
    double left, right; /* outer ends of the two halves */
    double men, women;  /* inner ends, where 0 is */
    double top, band;   /* of the oldest band; height of one */
    double bottom;
} layout;

/* A population in percent of its own total, both sexes together. */
static double total_of(const double *men, const double *women, size_t n) {
    double total = 0;
    for (size_t i = 0; men != NULL && women != NULL && i < n; i++) {
        total += axis_shows(men[i]) && men[i] > 0 ? men[i] : 0;
        total += axis_shows(women[i]) && women[i] > 0 ? women[i] : 0;
    }
    return total;
}

static double share(const double *counts, size_t i, double total) {
    return axis_shows(counts[i]) && counts[i] > 0 && total > 0 ? 100 * counts[i] / total
                                                               : 0;
}

static double widest_share(const irm_pyramid *of, double total, double reference_total) {
    double widest = 0;
    for (size_t i = 0; i < of->n_bands; i++) {
        widest = fmax(widest, fmax(share(of->men, i, total), share(of->women, i, total)));
        if (reference_total > 0) {
            widest = fmax(widest, share(of->reference_men, i, reference_total));
            widest = fmax(widest, share(of->reference_women, i, reference_total));
        }
    }
    return widest;
}

static double place_men(const layout *at, double percent) {
    return axis_place(&at->scale, percent, at->men, at->left);
}

static double place_women(const layout *at, double percent) {
    return axis_place(&at->scale, percent, at->women, at->right);
}

static layout lay_out(const irm_pyramid *of, const frame *around, double widest) {
    layout at = {.scale = axis_over(0, fmax(widest, 0.1), 4)};
    double gutter = 30;
    for (size_t i = 0; i < of->n_bands; i++) {
        gutter = fmax(gutter, text_width(of->bands[i], style_value()) + 14);
    }
    gutter = fmin(gutter, (around->right - around->left) / 3);
    double middle = (around->left + around->right) / 2;
    at.left = around->left + 17; /* half of its last graduation */
    at.right = around->right - 17;
    at.men = middle - gutter / 2;
    at.women = middle + gutter / 2;
    at.top = around->top + 24;
    at.bottom = around->bottom - 22;
    at.band = (at.bottom - at.top) / (double)of->n_bands;
    return at;
}

static void draw_grid(const frame *around, const layout *at) {
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < at->scale.n; i++) {
        double tick = at->scale.tick[i];
        double men = place_men(at, tick), women = place_women(at, tick);
        pen stroke = i == 0 ? style_axis() : style_grid();
        canvas_segment(around->page, stroke, men, at->top, men, at->bottom);
        canvas_segment(around->page, stroke, women, at->top, women, at->bottom);
        irm_number_text(tick, at->scale.decimals, frame_lang(around), text, sizeof text);
        if (i + 1 == at->scale.n) {
            char unit[NUMBER_TEXT + 8];
            snprintf(unit, sizeof unit, "%s%s", text, around->french ? "\u202f%" : "%");
            canvas_text(around->page, men, at->bottom + 16, ANCHOR_MIDDLE, style_value(),
                        unit);
            canvas_text(around->page, women, at->bottom + 16, ANCHOR_MIDDLE,
                        style_value(), unit);
        } else {
            canvas_text(around->page, men, at->bottom + 16, ANCHOR_MIDDLE, style_value(),
                        text);
            canvas_text(around->page, women, at->bottom + 16, ANCHOR_MIDDLE,
                        style_value(), text);
        }
    }
}

static void draw_unknown(const frame *around, double x, double y, anchor place) {
    font face = style_colour(style_value(), INK_FAINT);
    canvas_text(around->page, x, y, place, face, frame_say(around, "nd", "n/a"));
}

/* As many ages as can be read, at round distances. */
static size_t label_step(double band) {
    static const size_t steps[] = {1, 2, 5, 10, 20, 50};
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof *steps && (double)steps[i] * band < 12.5) {
        i++;
    }
    return steps[i];
}

static void draw_bands(const frame *around, const irm_pyramid *of, const layout *at,
                       double total) {
    double gap = at->band > 6 ? 1.5 : at->band > 2 ? 0.5 : 0;
    size_t every = label_step(at->band);
    for (size_t i = 0; i < of->n_bands; i++) {
        double bottom = at->bottom - at->band * (double)i, top = bottom - at->band + gap;
        double middle = bottom - at->band / 2 + 4;
        canvas_rectangle(around->page, INK_MEN, place_men(at, share(of->men, i, total)),
                         top, at->men, bottom);
        canvas_rectangle(around->page, INK_WOMEN, at->women, top,
                         place_women(at, share(of->women, i, total)), bottom);
        if (!axis_shows(of->men[i]) && at->band > 9) {
            draw_unknown(around, at->men - 4, middle, ANCHOR_END);
        }
        if (!axis_shows(of->women[i]) && at->band > 9) {
            draw_unknown(around, at->women + 4, middle, ANCHOR_START);
        }
        if (i % every == 0) {
            canvas_text(around->page, (at->men + at->women) / 2, middle, ANCHOR_MIDDLE,
                        style_value(), of->bands[i]);
        }
    }
}

/* The reference's outline climbs like stairs, so that each step is read against its bar.
 */
static void draw_outline(const frame *around, const irm_pyramid *of, const layout *at,
                         double total, bool women) {
    const double *counts = women ? of->reference_women : of->reference_men;
    double *x = irm_calloc(2 * of->n_bands + 2, sizeof *x);
    double *y = irm_calloc(2 * of->n_bands + 2, sizeof *y);
    if (x == NULL || y == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        goto cleanup;
    }
    size_t n = 0;
    for (size_t i = 0; i < of->n_bands; i++) {
        double percent = share(counts, i, total);
        double place = women ? place_women(at, percent) : place_men(at, percent);
        x[n] = x[n + 1] = place;
        y[n] = at->bottom - at->band * (double)i;
        y[n + 1] = y[n] - at->band;
        n += 2;
    }
    x[n] = women ? at->women : at->men;
    y[n] = y[n - 1];
    n++;
    canvas_line(around->page, (pen){.colour = INK_WHITE, .width = 3.2}, n, x, y);
    canvas_line(around->page, (pen){.colour = INK_TEXT, .width = 1.5}, n, x, y);
cleanup:
    irm_free(x);
    irm_free(y);
}

static void draw_sexes(const frame *around, const layout *at) {
    font face = style_bold(style_label());
    canvas_text(around->page, at->men - 6, at->top - 8, ANCHOR_END,
                style_colour(face, INK(0x245A8D)), frame_say(around, "Hommes", "Men"));
    canvas_text(around->page, at->women + 6, at->top - 8, ANCHOR_START,
                style_colour(face, INK(0xA8620E)), frame_say(around, "Femmes", "Women"));
}

/* Bars for the territory, a stair for its reference. */
static void draw_key(frame *around, const irm_pyramid *of, bool reference) {
    font face = style_label();
    double x = around->left, y = around->top + 13;
    double room = around->right - around->left;
    char *name = text_fit(of->name != NULL ? of->name : "", face, room - 40);
    char *other =
        text_fit(of->reference_name != NULL ? of->reference_name : "", face, room - 40);
    if (name == NULL || other == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        goto cleanup;
    }
    if (name[0] != '\0') {
        canvas_rectangle(around->page, INK_MEN, x, y - 9, x + 9, y + 1);
        canvas_rectangle(around->page, INK_WOMEN, x + 10, y - 9, x + 19, y + 1);
        canvas_text(around->page, x + 26, y, ANCHOR_START, face, name);
        x += 26 + text_width(name, face) + 24;
    }
    if (reference && other[0] != '\0') {
        if (x + 26 + text_width(other, face) > around->right) {
            x = around->left;
            y += 18;
        }
        const double sx[] = {x, x + 8, x + 8, x + 19}, sy[] = {y, y, y - 8, y - 8};
        canvas_line(around->page, (pen){.colour = INK_TEXT, .width = 1.5}, 4, sx, sy);
        canvas_text(around->page, x + 26, y, ANCHOR_START, face, other);
    }
    around->top = y + 8;
cleanup:
    irm_free(name);
    irm_free(other);
}

/* What shares are of: a band that is not known is in no total. */
static const char *unit_of(const irm_pyramid *of) {
    bool english = of->caption.lang != NULL && strcmp(of->caption.lang, "en") == 0;
    bool whole = true;
    for (size_t i = 0; i < of->n_bands; i++) {
        whole = whole && axis_shows(of->men[i]) && axis_shows(of->women[i]);
    }
    if (whole) {
        return english ? "% of the total population" : "% de la population totale";
    }
    return english ? "% of the ages that are known"
                   : "% de la population des âges connus";
}

irm_status irm_draw_pyramid(const irm_pyramid *of, const irm_canvas *request,
                            irm_error *error) {
    frame around;
    irm_caption caption = of->caption;
    double wanted = fmin(fmax(80 + 19.0 * (double)of->n_bands, 300), 560);
    if (caption.unit == NULL) {
        caption.unit = unit_of(of);
    }
    IRM_TRY(frame_open(&around, &caption, request, 720, wanted, error));
    double total = total_of(of->men, of->women, of->n_bands);
    double reference = total_of(of->reference_men, of->reference_women, of->n_bands);
    if (total <= 0) {
        frame_message(&around, frame_no_data(&around));
        return frame_close(&around, error);
    }
    draw_key(&around, of, reference > 0);
    layout at = lay_out(of, &around, widest_share(of, total, reference));
    draw_grid(&around, &at);
    draw_sexes(&around, &at);
    draw_bands(&around, of, &at, total);
    if (reference > 0) {
        draw_outline(&around, of, &at, reference, false);
        draw_outline(&around, of, &at, reference, true);
    }
    return frame_close(&around, error);
}
