#include <math.h>

#include "irminon/geometry.h"

/* Shoelace formula, from the ring's first point so that large coordinates lose nothing. */
static double ring_area(const irm_shape *shape, size_t ring) {
    size_t first = shape->ring_start[ring], end = shape->ring_start[ring + 1];
    double x0 = first < end ? shape->x[first] : 0, y0 = first < end ? shape->y[first] : 0;
    double twice = 0;
    for (size_t i = first; i + 1 < end; i++) {
        twice += (shape->x[i] - x0) * (shape->y[i + 1] - y0) -
                 (shape->x[i + 1] - x0) * (shape->y[i] - y0);
    }
    return fabs(twice) / 2;
}

double irm_shape_area(irm_shape shape) {
    double area = 0;
    for (size_t ring = 0; ring < shape.n_rings; ring++) {
        double of_ring = ring_area(&shape, ring);
        area += shape.hole[ring] ? -of_ring : of_ring;
    }
    return area;
}

void irm_shape_bounds(irm_shape shape, double *xmin, double *ymin, double *xmax,
                      double *ymax) {
    *xmin = *ymin = *xmax = *ymax = NAN;
    for (size_t i = shape.ring_start[0]; i < shape.ring_start[shape.n_rings]; i++) {
        *xmin = fmin(*xmin, shape.x[i]); /* fmin and fmax pass over NaN */
        *ymin = fmin(*ymin, shape.y[i]);
        *xmax = fmax(*xmax, shape.x[i]);
        *ymax = fmax(*ymax, shape.y[i]);
    }
}

/* The part (an outer ring and its holes) with the largest area, as a shape. */
static irm_shape largest_part(const irm_shape *shape) {
    irm_shape best = {0};
    double best_area = -1;
    for (size_t ring = 0; ring < shape->n_rings;) {
        size_t next = ring + 1;
        while (next < shape->n_rings && shape->hole[next]) {
            next++;
        }
        irm_shape part = *shape;
        part.n_rings = next - ring;
        part.ring_start += ring;
        part.hole += ring;
        double area = irm_shape_area(part);
        if (area > best_area) {
            best_area = area;
            best = part;
        }
        ring = next;
    }
    return best;
}

static double segment_distance(double px, double py, double ax, double ay, double bx,
                               double by) {
    double dx = bx - ax, dy = by - ay;
    double length = dx * dx + dy * dy;
    double t = length > 0 ? ((px - ax) * dx + (py - ay) * dy) / length : 0;
    t = fmin(fmax(t, 0), 1);
    return hypot(px - ax - t * dx, py - ay - t * dy);
}

static double boundary_distance(const irm_shape *part, double px, double py) {
    double nearest = INFINITY;
    for (size_t ring = 0; ring < part->n_rings; ring++) {
        for (size_t i = part->ring_start[ring]; i + 1 < part->ring_start[ring + 1]; i++) {
            nearest = fmin(nearest, segment_distance(px, py, part->x[i], part->y[i],
                                                     part->x[i + 1], part->y[i + 1]));
        }
    }
    return nearest;
}

/* Where edge i crosses the horizontal line at y; false when it does not. Half-open edges: a
 * vertex on the line counts once. */
static bool crossing(const irm_shape *part, size_t i, double y, double *x) {
    double ay = part->y[i], by = part->y[i + 1];
    if ((ay <= y) == (by <= y)) {
        return false;
    }
    *x = part->x[i] + (y - ay) / (by - ay) * (part->x[i + 1] - part->x[i]);
    return true;
}

/* The nearest crossing of the line at y right of `from`, or INFINITY; *beyond counts them
 * all, so that an odd count says that the stretch from `from` on is inside. */
static double next_crossing(const irm_shape *part, double y, double from, size_t *beyond) {
    double nearest = INFINITY;
    *beyond = 0;
    for (size_t ring = 0; ring < part->n_rings; ring++) {
        for (size_t i = part->ring_start[ring]; i + 1 < part->ring_start[ring + 1]; i++) {
            double x;
            if (crossing(part, i, y, &x) && x > from) {
                nearest = fmin(nearest, x);
                ++*beyond;
            }
        }
    }
    return nearest;
}

/* Sixteen horizontal lines are drawn across the largest part; of the middles of the
 * stretches inside it, the one furthest from the boundary. */
void irm_shape_point(irm_shape shape, double *x, double *y) {
    enum { LINES = 16, STRETCHES = 128 };
    *x = *y = NAN;
    irm_shape part = largest_part(&shape);
    if (part.n_rings == 0) {
        return;
    }
    double xmin, ymin, xmax, ymax, best = -1;
    irm_shape_bounds(part, &xmin, &ymin, &xmax, &ymax);
    *x = xmin + (xmax - xmin) / 2; /* what a part without area is given */
    *y = ymin + (ymax - ymin) / 2;
    for (int line = 0; line < LINES; line++) {
        double at = ymin + (ymax - ymin) * (line + 0.5) / LINES;
        size_t beyond;
        double from = next_crossing(&part, at, -INFINITY, &beyond);
        for (int n = 0; n < STRETCHES && isfinite(from); n++) {
            double to = next_crossing(&part, at, from, &beyond);
            double middle = from + (to - from) / 2;
            double distance = beyond % 2 == 1 ? boundary_distance(&part, middle, at) : -1;
            if (distance > best) {
                best = distance;
                *x = middle;
                *y = at;
            }
            from = to;
        }
    }
}
