#include "rings.h"

#include <math.h>
#include <stdlib.h>

#include "irminon/memory.h"

void path_clear(path *of) {
    irm_free(of->x);
    irm_free(of->y);
    *of = (path){0};
}

static irm_status make_room(path *of, size_t n) {
    IRM_TRY(irm_reserve((void **)&of->x, &of->x_capacity, n, sizeof *of->x, NULL));
    return irm_reserve((void **)&of->y, &of->y_capacity, n, sizeof *of->y, NULL);
}

irm_status path_add(path *of, double x, double y) {
    IRM_TRY(make_room(of, of->n + 1));
    of->x[of->n] = x;
    of->y[of->n++] = y;
    return IRM_OK;
}

irm_status path_ring(path *into, const irm_shape *shape, size_t ring,
                     const projection *by) {
    size_t start = shape->ring_start[ring], end = shape->ring_start[ring + 1];
    into->n = 0;
    IRM_TRY(make_room(into, end - start + 1));
    for (size_t i = start; i < end; i++) {
        double x = by->grain * round((shape->x[i] * by->kx + by->ox) / by->grain);
        double y = by->grain * round((by->oy - shape->y[i] * by->ky) / by->grain);
        if (!isfinite(x) || !isfinite(y) || fabs(x) > 1e6 || fabs(y) > 1e6) {
            continue;
        }
        if (into->n == 0 || into->x[into->n - 1] != x || into->y[into->n - 1] != y) {
            into->x[into->n] = x;
            into->y[into->n++] = y;
        }
    }
    bool open = into->n > 1 && (into->x[0] != into->x[into->n - 1] ||
                                into->y[0] != into->y[into->n - 1]);
    return open ? path_add(into, into->x[0], into->y[0]) : IRM_OK;
}

/* Twice the signed area. */
static double turn_of(const path *ring) {
    double sum = 0;
    for (size_t i = 0; i + 1 < ring->n; i++) {
        sum += ring->x[i] * ring->y[i + 1] - ring->x[i + 1] * ring->y[i];
    }
    return sum;
}

static void reverse(path *ring) {
    for (size_t i = 0, j = ring->n; i + 1 < j; i++) {
        j--;
        double x = ring->x[i], y = ring->y[i];
        ring->x[i] = ring->x[j];
        ring->y[i] = ring->y[j];
        ring->x[j] = x;
        ring->y[j] = y;
    }
}

static size_t leftmost(const path *ring) {
    size_t best = 0;
    for (size_t i = 1; i < ring->n; i++) {
        if (ring->x[i] < ring->x[best]) {
            best = i;
        }
    }
    return best;
}

/* The edge of `around` that a ray to the left of (x, y) meets first, and where. */
static size_t edge_on_the_left(const path *around, double x, double y, double *at) {
    size_t found = 0;
    *at = -INFINITY;
    for (size_t i = 0; i + 1 < around->n; i++) {
        double y1 = around->y[i], y2 = around->y[i + 1];
        if ((y1 <= y) == (y2 <= y)) {
            continue;
        }
        double cross =
            around->x[i] + (y - y1) / (y2 - y1) * (around->x[i + 1] - around->x[i]);
        if (cross <= x && cross > *at) {
            *at = cross;
            found = i;
        }
    }
    return found;
}

/* Opens `around` after an edge's start and walks: to the cut, along it, round the hole,
 * back, and on. */
static irm_status join_hole(path *around, const path *hole) {
    size_t first = leftmost(hole);
    double cut = 0;
    size_t edge = edge_on_the_left(around, hole->x[first], hole->y[first], &cut);
    if (isinf(cut)) {
        cut = around->x[0];
    }
    size_t added = hole->n + 2, old = around->n;
    IRM_TRY(make_room(around, old + added));
    for (size_t i = old; i-- > edge + 1;) {
        around->x[i + added] = around->x[i];
        around->y[i + added] = around->y[i];
    }
    size_t at = edge + 1;
    around->x[at] = around->x[at + added - 1] = cut;
    around->y[at] = around->y[at + added - 1] = hole->y[first];
    for (size_t i = 0; i < hole->n; i++) {
        size_t from = (first + i) % (hole->n - 1); /* its last point repeats its first */
        around->x[at + 1 + i] = hole->x[from];
        around->y[at + 1 + i] = hole->y[from];
    }
    around->n = old + added;
    return IRM_OK;
}

/* A hole and its leftmost point: cuts go left, so holes are joined from the left. */
typedef struct hole_order {
    double left;
    size_t ring;
} hole_order;

static int by_left(const void *a, const void *b) {
    const hole_order *p = a, *q = b;
    if (p->left != q->left) {
        return p->left < q->left ? -1 : 1;
    }
    return p->ring < q->ring ? -1 : p->ring > q->ring;
}

static double left_of(const irm_shape *shape, size_t ring) {
    double left = INFINITY;
    for (size_t i = shape->ring_start[ring]; i < shape->ring_start[ring + 1]; i++) {
        left = fmin(left, shape->x[i]);
    }
    return left;
}

static irm_status join_holes(path *into, path *scratch, const irm_shape *shape,
                             size_t first, size_t end, const projection *by) {
    hole_order *order = irm_calloc(end - first, sizeof *order);
    if (order == NULL) {
        return IRM_STATUS_NO_MEMORY;
    }
    for (size_t i = first; i < end; i++) {
        order[i - first] = (hole_order){.left = left_of(shape, i), .ring = i};
    }
    qsort(order, end - first, sizeof *order, by_left);
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < end - first; i++) {
        status = path_ring(scratch, shape, order[i].ring, by);
        if (status == IRM_OK && scratch->n >= 4) {
            if (turn_of(scratch) > 0) {
                reverse(scratch);
            }
            status = join_hole(into, scratch);
        }
    }
    irm_free(order);
    return status;
}

irm_status path_part(path *into, path *scratch, const irm_shape *shape, size_t ring,
                     size_t *next, const projection *by) {
    size_t end = ring + 1;
    while (end < shape->n_rings && shape->hole[end]) {
        end++;
    }
    *next = end;
    IRM_TRY(path_ring(into, shape, ring, by));
    if (turn_of(into) < 0) {
        reverse(into);
    }
    if (end > ring + 1 && into->n >= 4) {
        return join_holes(into, scratch, shape, ring + 1, end, by);
    }
    return IRM_OK;
}
