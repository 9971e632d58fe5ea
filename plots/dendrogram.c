#include <math.h>
#include <stdio.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "text.h"

enum { NUMBER_TEXT = 64, LABEL = 160, DEFAULT_LEAVES = 30 };
static const double ROW = 17, FOOT = 36;

typedef struct drawing {
    const irm_dendrogram *of;
    frame around;
    axis scale;
    size_t first;  /* merges from here on are drawn (0-based) */
    size_t leaves; /* placed so far */
    double left, right, top, row;
} drawing;

static double place(const drawing *d, double height) {
    return axis_place(&d->scale, height, d->right, d->left);
}

/* An individual of a node: a class has one colour. */
static size_t individual_of(const irm_tree *tree, int32_t node) {
    while (node > 0) {
        node = tree->merges[node - 1].left;
    }
    return (size_t)(-node - 1);
}

static ink colour_of(const drawing *d, int32_t node) {
    size_t cut = d->of->tree->n - d->of->k; /* merges under the cut */
    if (node > 0 && (size_t)node > cut) {
        return INK_SOFT;
    }
    return style_category((size_t)d->of->classes[individual_of(d->of->tree, node)]);
}

static void draw_leaf(drawing *d, int32_t node, double x, double y) {
    char text[LABEL], number[NUMBER_TEXT];
    size_t one = individual_of(d->of->tree, node);
    size_t size = node > 0 ? d->of->tree->merges[node - 1].size : 1;
    const char *name = d->of->names != NULL ? d->of->names[one] : "";
    irm_number_text((double)size, 0, frame_lang(&d->around), number, sizeof number);
    if (size == 1) {
        snprintf(text, sizeof text, "%s", name);
    } else {
        snprintf(text, sizeof text, frame_say(&d->around, "%s unités", "%s units"),
                 number);
    }
    font face = style_value();
    face.size = fmin(face.size, d->row);
    char *cut = text_fit(text, face, d->around.right - d->right - 8);
    if (cut == NULL) {
        canvas_failed(d->around.page, IRM_STATUS_NO_MEMORY);
        return;
    }
    canvas_segment(d->around.page, (pen){.colour = colour_of(d, node), .width = 1.6}, x,
                   y, d->right, y);
    canvas_text(d->around.page, d->right + 6, y + 4, ANCHOR_START, face, cut);
    irm_free(cut);
}

/* Draws a node and returns its y; `x` is where its parent stands. */
static double draw_node(drawing *d, int32_t node, double x) {
    const irm_tree *tree = d->of->tree;
    if (node < 0 || (size_t)node <= d->first) {
        double y = d->top + d->row * ((double)d->leaves++ + 0.5);
        draw_leaf(d, node, x, y);
        return y;
    }
    const irm_merge *merge = &tree->merges[node - 1];
    double own = place(d, merge->height);
    double up = draw_node(d, merge->left, own), down = draw_node(d, merge->right, own);
    pen stroke = {.colour = colour_of(d, node), .width = 1.6};
    canvas_segment(d->around.page, stroke, own, up, own, down);
    canvas_segment(d->around.page, stroke, x, (up + down) / 2, own, (up + down) / 2);
    return (up + down) / 2;
}

static void draw_cut(const drawing *d, double bottom) {
    const irm_tree *tree = d->of->tree;
    size_t k = d->of->k;
    if (k < 2 || k >= tree->n) {
        return;
    }
    double height =
        (tree->merges[tree->n - k].height + tree->merges[tree->n - k - 1].height) / 2;
    double x = place(d, height);
    char text[NUMBER_TEXT];
    canvas_segment(d->around.page,
                   (pen){.colour = INK(0xC2453C), .width = 1.4, .dash = 6, .gap = 4}, x,
                   d->top - 4, x, bottom);
    snprintf(text, sizeof text,
             frame_say(&d->around, "coupure en %zu classes", "cut in %zu classes"), k);
    canvas_text(d->around.page, x, d->top - 8, ANCHOR_MIDDLE,
                style_colour(style_note(), INK(0xA03028)), text);
}

static void draw_heights(const drawing *d, double bottom) {
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < d->scale.n; i++) {
        double x = place(d, d->scale.tick[i]);
        canvas_segment(d->around.page, style_grid(), x, d->top, x, bottom);
        irm_number_text(d->scale.tick[i], d->scale.decimals, frame_lang(&d->around), text,
                        sizeof text);
        canvas_text(d->around.page, x, bottom + 15, ANCHOR_MIDDLE, style_value(), text);
    }
    canvas_text(d->around.page, (d->left + d->right) / 2, bottom + 31, ANCHOR_MIDDLE,
                style_note(),
                frame_say(&d->around, "hauteur de fusion", "height of the merge"));
}

static double highest(const irm_tree *tree) {
    double most = 0;
    for (size_t i = 0; i + 1 < tree->n; i++) {
        if (axis_shows(tree->merges[i].height)) {
            most = fmax(most, tree->merges[i].height);
        }
    }
    return most;
}

irm_status irm_draw_dendrogram(const irm_dendrogram *of, const irm_canvas *request,
                               irm_error *error) {
    drawing d = {.of = of};
    size_t leaves = of->leaves > 0 ? of->leaves : DEFAULT_LEAVES;
    leaves = leaves < of->k ? of->k : leaves;
    leaves = leaves < of->tree->n ? leaves : of->tree->n;
    double height = ROW * (double)leaves + FOOT + 22;
    IRM_TRY(frame_open(&d.around, &of->caption, request, 760, height, error));
    double most = of->tree->n > 1 ? highest(of->tree) : 0;
    if (!(most > 0)) {
        frame_message(&d.around, frame_no_data(&d.around));
        return frame_close(&d.around, error);
    }
    d.first = of->tree->n - leaves;
    d.scale = axis_over(0, most, 6);
    d.left = d.around.left + 14;
    d.right = d.around.right - 150;
    d.top = d.around.top + 20;
    d.row = (d.around.bottom - FOOT - d.top) / (double)leaves;
    double bottom = d.around.bottom - FOOT;
    draw_heights(&d, bottom);
    draw_node(&d, (int32_t)(of->tree->n - 1), d.left - 8);
    draw_cut(&d, bottom);
    return frame_close(&d.around, error);
}
