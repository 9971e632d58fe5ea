#include "clip.h"

#include <math.h>

bool box_meets(box a, box b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

box path_box(const path *of) {
    box around = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < of->n; i++) {
        around.left = fmin(around.left, of->x[i]);
        around.right = fmax(around.right, of->x[i]);
        around.top = fmin(around.top, of->y[i]);
        around.bottom = fmax(around.bottom, of->y[i]);
    }
    return around;
}

/* Signed depth inside one side of the box. */
static double depth(box within, int side, double x, double y) {
    switch (side) {
        case 0:
            return x - within.left;
        case 1:
            return within.right - x;
        case 2:
            return y - within.top;
        default:
            return within.bottom - y;
    }
}

static irm_status clip_side(path *into, const path *of, box within, int side) {
    into->n = 0;
    for (size_t i = 0; i + 1 < of->n; i++) {
        double x1 = of->x[i], y1 = of->y[i], x2 = of->x[i + 1], y2 = of->y[i + 1];
        double d1 = depth(within, side, x1, y1), d2 = depth(within, side, x2, y2);
        if (d1 >= 0) {
            IRM_TRY(path_add(into, x1, y1));
        }
        if ((d1 >= 0) != (d2 >= 0)) {
            double t = d1 / (d1 - d2);
            IRM_TRY(path_add(into, x1 + t * (x2 - x1), y1 + t * (y2 - y1)));
        }
    }
    return into->n > 0 ? path_add(into, into->x[0], into->y[0]) : IRM_OK;
}

irm_status clip_polygon(path *into, path *of, box within) {
    for (int side = 0; side < 4; side += 2) {
        IRM_TRY(clip_side(into, of, within, side));
        IRM_TRY(clip_side(of, into, within, side + 1));
    }
    path done = *of; /* the result is in `of`: swap */
    *of = *into;
    *into = done;
    return IRM_OK;
}

/* The part of a segment inside the box (Y.-D. Liang & B. Barsky, ACM TOG 3, 1984). */
static bool clip_segment(box within, const double from[2], const double to[2], double *t0,
                         double *t1) {
    *t0 = 0;
    *t1 = 1;
    for (int side = 0; side < 4; side++) {
        double d1 = depth(within, side, from[0], from[1]);
        double d2 = depth(within, side, to[0], to[1]);
        if (d1 < 0 && d2 < 0) {
            return false;
        }
        if (d1 < 0) {
            *t0 = fmax(*t0, d1 / (d1 - d2));
        } else if (d2 < 0) {
            *t1 = fmin(*t1, d1 / (d1 - d2));
        }
    }
    return *t0 < *t1;
}

irm_status clip_line(canvas *page, pen stroke, const path *of, box within) {
    path run = {0};
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i + 1 < of->n; i++) {
        const double from[] = {of->x[i], of->y[i]}, to[] = {of->x[i + 1], of->y[i + 1]};
        double t0, t1;
        if (!clip_segment(within, from, to, &t0, &t1)) {
            continue;
        }
        if (t0 > 0 || run.n == 0) {
            canvas_line(page, stroke, run.n, run.x, run.y);
            run.n = 0;
            status = path_add(&run, from[0] + t0 * (to[0] - from[0]),
                              from[1] + t0 * (to[1] - from[1]));
        }
        if (status == IRM_OK) {
            status = path_add(&run, from[0] + t1 * (to[0] - from[0]),
                              from[1] + t1 * (to[1] - from[1]));
        }
        if (t1 < 1) {
            canvas_line(page, stroke, run.n, run.x, run.y);
            run.n = 0;
        }
    }
    canvas_line(page, stroke, run.n, run.x, run.y);
    path_clear(&run);
    return status;
}
