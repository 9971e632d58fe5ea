#include <math.h>
#include <stdlib.h>

#include "axis.h"
#include "frame.h"
#include "irminon/memory.h"
#include "text.h"

enum { CIRCLE_POINTS = 120 };
/* Labels stand in two columns at the sides, each tied to its arrow. */
static const double SIDE_MOST = 0.27, ROW = 15;

typedef struct layout {
    double x, y, radius; /* of the circle */
    double left, right;  /* where the columns of labels start and end */
    double top, bottom;
} layout;

typedef struct label {
    size_t variable;
    double wanted, y;
} label;

static int by_wanted(const void *a, const void *b) {
    const label *p = a, *q = b;
    if (p->wanted != q->wanted) {
        return p->wanted < q->wanted ? -1 : 1;
    }
    return p->variable < q->variable ? -1 : p->variable > q->variable;
}

static void draw_circle(const frame *around, const layout *at) {
    double x[CIRCLE_POINTS + 1], y[CIRCLE_POINTS + 1];
    for (int i = 0; i <= CIRCLE_POINTS; i++) {
        double angle = 2 * M_PI * i / CIRCLE_POINTS;
        x[i] = at->x + at->radius * cos(angle);
        y[i] = at->y + at->radius * sin(angle);
    }
    canvas_segment(around->page, style_grid(), at->x - at->radius, at->y,
                   at->x + at->radius, at->y);
    canvas_segment(around->page, style_grid(), at->x, at->y - at->radius, at->x,
                   at->y + at->radius);
    canvas_line(around->page, style_axis(), CIRCLE_POINTS + 1, x, y);
}

static bool dashed(const irm_correlations *of, size_t i) {
    return of->supplementary != NULL && of->supplementary[i];
}

static void draw_arrow(const irm_correlations *of, const frame *around, const layout *at,
                       size_t i) {
    double x = at->x + at->radius * of->x[i], y = at->y - at->radius * of->y[i];
    ink colour = dashed(of, i) ? INK_WOMEN : style_series(0);
    pen stroke = {.colour = colour, .width = 1.6};
    if (dashed(of, i)) {
        stroke.dash = 5;
        stroke.gap = 3;
    }
    canvas_segment(around->page, stroke, at->x, at->y, x, y);
    double length = hypot(x - at->x, y - at->y);
    if (length > 8) {
        double ux = (x - at->x) / length, uy = (y - at->y) / length;
        const double px[] = {x, x - 7 * ux - 3 * uy, x - 7 * ux + 3 * uy};
        const double py[] = {y, y - 7 * uy + 3 * ux, y - 7 * uy - 3 * ux};
        canvas_fill(around->page, colour, 0, 3, px, py);
    }
}

static void draw_label(const irm_correlations *of, const frame *around, const layout *at,
                       const label *this, bool right) {
    size_t i = this->variable;
    double tip_x = at->x + at->radius * of->x[i], tip_y = at->y - at->radius * of->y[i];
    double edge = right ? at->right : at->left;
    double room = right ? around->right - edge : edge - around->left;
    ink colour = dashed(of, i) ? INK(0x8A5200) : INK_TEXT;
    font face = style_colour(style_value(), colour);
    char *text = text_fit(of->names[i], face, room);
    if (text == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        return;
    }
    canvas_segment(around->page,
                   (pen){.colour = INK(0xC4CCD4), .width = 0.7, .dash = 2, .gap = 2},
                   tip_x, tip_y, right ? edge - 4 : edge + 4, this->y - 4);
    canvas_text(around->page, edge, this->y, right ? ANCHOR_START : ANCHOR_END, face,
                text);
    irm_free(text);
}

/* One side's labels, in the order of their arrows, apart from each other. */
static void draw_side(const irm_correlations *of, const frame *around, const layout *at,
                      bool right) {
    label *labels = irm_calloc(of->n, sizeof *labels);
    size_t n = 0;
    if (labels == NULL) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        return;
    }
    for (size_t i = 0; i < of->n; i++) {
        if (axis_shows(of->x[i]) && axis_shows(of->y[i]) && (of->x[i] >= 0) == right) {
            labels[n++] =
                (label){.variable = i, .wanted = at->y - at->radius * of->y[i] + 4};
        }
    }
    qsort(labels, n, sizeof *labels, by_wanted);
    double free_from = at->top + 10;
    for (size_t i = 0; i < n; i++) {
        labels[i].y = fmax(labels[i].wanted, free_from);
        free_from = labels[i].y + ROW;
    }
    double free_to = at->bottom;
    for (size_t i = n; i-- > 0;) {
        labels[i].y = fmin(labels[i].y, free_to);
        free_to = labels[i].y - ROW;
        draw_label(of, around, at, &labels[i], right);
    }
    irm_free(labels);
}

irm_status irm_draw_correlations(const irm_correlations *of, const irm_canvas *request,
                                 irm_error *error) {
    frame around;
    double width = frame_width(request, 760);
    double height = fmax(0.46 * width + 40, ROW * (double)of->n * 0.62 + 40);
    IRM_TRY(frame_open(&around, &of->caption, request, 760, height, error));
    double room = around.right - around.left, side = SIDE_MOST * room;
    layout at = {.x = (around.left + around.right) / 2,
                 .left = around.left + side,
                 .right = around.right - side,
                 .top = around.top,
                 .bottom = around.bottom - 24};
    at.radius = fmin((at.right - at.left) / 2 - 14, (at.bottom - at.top) / 2 - 4);
    at.y = (at.top + at.bottom) / 2;
    draw_circle(&around, &at);
    draw_side(of, &around, &at, false);
    draw_side(of, &around, &at, true);
    for (size_t i = 0; i < of->n; i++) {
        if (axis_shows(of->x[i]) && axis_shows(of->y[i])) {
            draw_arrow(of, &around, &at, i);
        }
    }
    canvas_text(around.page, at.x, around.bottom - 4, ANCHOR_MIDDLE, style_note(),
                of->x_title);
    canvas_text(around.page, around.left, around.top + 10, ANCHOR_START, style_note(),
                of->y_title);
    return frame_close(&around, error);
}
