#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "text.h"

enum { NUMBER_TEXT = 64, LABEL = 256 };
static const double GAP = 8, FOOT = 34, LEAST_BLOCK = 26;

typedef struct drawing {
    const irm_silhouettes *of;
    frame around;
    axis scale;
    double left, right, top, bottom;
    double *sorted; /* of one class, decreasing */
} drawing;

static int decreasing(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return p > q ? -1 : p < q;
}

static size_t known_of(const irm_silhouettes *of, int32_t class_index, double *into) {
    size_t n = 0;
    for (size_t i = 0; i < of->n; i++) {
        if (axis_shows(of->values[i]) &&
            (class_index < 0 || of->classes[i] == class_index)) {
            if (into != NULL) {
                into[n] = of->values[i];
            }
            n++;
        }
    }
    return n;
}

static void draw_grid(const drawing *d) {
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < d->scale.n; i++) {
        double x = axis_place(&d->scale, d->scale.tick[i], d->left, d->right);
        bool zero = fabs(d->scale.tick[i]) < d->scale.step / 1000;
        canvas_segment(d->around.page, zero ? style_axis() : style_grid(), x, d->top, x,
                       d->bottom);
        irm_number_text(d->scale.tick[i], d->scale.decimals, frame_lang(&d->around), text,
                        sizeof text);
        canvas_text(d->around.page, x, d->bottom + 16, ANCHOR_MIDDLE, style_value(),
                    text);
    }
}

/* The outline of a class's silhouettes, one step for each half pixel at most. */
static void draw_block(const drawing *d, size_t c, size_t n, double top, double height) {
    size_t steps = (size_t)fmin((double)n, ceil(2 * height));
    double *x = irm_calloc(2 * steps + 2, sizeof *x);
    double *y = irm_calloc(2 * steps + 2, sizeof *y);
    if (x == NULL || y == NULL) {
        canvas_failed(d->around.page, IRM_STATUS_NO_MEMORY);
        irm_free(x);
        irm_free(y);
        return;
    }
    double zero = axis_place(&d->scale, 0, d->left, d->right);
    for (size_t s = 0; s < steps; s++) {
        double value = d->sorted[s * n / steps];
        double at = axis_place(&d->scale, value, d->left, d->right);
        x[2 * s] = x[2 * s + 1] = at;
        y[2 * s] = top + height * (double)s / (double)steps;
        y[2 * s + 1] = top + height * (double)(s + 1) / (double)steps;
    }
    x[2 * steps] = x[2 * steps + 1] = zero;
    y[2 * steps] = top + height;
    y[2 * steps + 1] = top;
    canvas_fill(d->around.page, style_category(c), 0, 2 * steps + 2, x, y);
    irm_free(x);
    irm_free(y);
}

static void draw_name(const drawing *d, size_t c, size_t n, double middle) {
    char mean[NUMBER_TEXT], text[LABEL];
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += d->sorted[i];
    }
    irm_number_text(sum / (double)n, 2, frame_lang(&d->around), mean, sizeof mean);
    snprintf(text, sizeof text, "%s  (%s)", d->of->class_names[c], mean);
    char *cut = text_fit(text, style_label(), d->left - d->around.left - 12);
    if (cut == NULL) {
        canvas_failed(d->around.page, IRM_STATUS_NO_MEMORY);
        return;
    }
    canvas_text(d->around.page, d->around.left, middle + 4, ANCHOR_START, style_label(),
                cut);
    irm_free(cut);
}

static void draw_classes(drawing *d, size_t known) {
    size_t k = d->of->k;
    double room = d->bottom - d->top - GAP * (double)k - LEAST_BLOCK * (double)k;
    double y = d->top + GAP / 2;
    for (size_t c = 0; c < k; c++) {
        size_t n = known_of(d->of, (int32_t)c, d->sorted);
        double height = LEAST_BLOCK + fmax(room, 0) * (double)n / (double)known;
        if (n > 0) {
            qsort(d->sorted, n, sizeof *d->sorted, decreasing);
            draw_block(d, c, n, y, height);
            draw_name(d, c, n, y + height / 2);
        }
        y += height + GAP;
    }
}

irm_status irm_draw_silhouettes(const irm_silhouettes *of, const irm_canvas *request,
                                irm_error *error) {
    drawing d = {.of = of};
    double wanted = fmin(60 * (double)of->k + FOOT, 620);
    IRM_TRY(frame_open(&d.around, &of->caption, request, 760, wanted, error));
    size_t known = known_of(of, -1, NULL);
    d.sorted = irm_calloc(known, sizeof *d.sorted);
    if (known == 0 || d.sorted == NULL) {
        frame_message(&d.around, frame_no_data(&d.around));
        irm_free(d.sorted);
        return frame_close(&d.around, error);
    }
    double low = 0, high = 0;
    for (size_t i = 0; i < of->n; i++) {
        if (axis_shows(of->values[i])) {
            low = fmin(low, of->values[i]);
            high = fmax(high, of->values[i]);
        }
    }
    d.scale = axis_over(low, high, 6);
    d.left = d.around.left + 0.38 * (d.around.right - d.around.left);
    d.right = d.around.right - 10;
    d.top = d.around.top + 4;
    d.bottom = d.around.bottom - FOOT;
    draw_grid(&d);
    draw_classes(&d, known);
    canvas_text(d.around.page, (d.left + d.right) / 2, d.bottom + 31, ANCHOR_MIDDLE,
                style_note(),
                frame_say(&d.around, "largeur de silhouette", "silhouette width"));
    irm_free(d.sorted);
    return frame_close(&d.around, error);
}
