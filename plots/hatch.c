#include "hatch.h"

#include <math.h>
#include <stdlib.h>

#include "irminon/memory.h"

hatch hatch_secret(void) {
    return (hatch){
        .stroke = {.colour = INK(0x5F6B78), .width = 1.0}, .angle = 45, .step = 4};
}

hatch hatch_missing(void) {
    return (hatch){
        .stroke = {.colour = INK(0xB4BDC7), .width = 0.9}, .angle = -45, .step = 7};
}

/* Where a line crosses an edge: which line, and how far along it. */
typedef struct crossing {
    double line, along;
} crossing;

static int in_order(const void *a, const void *b) {
    const crossing *p = a, *q = b;
    if (p->line != q->line) {
        return p->line < q->line ? -1 : 1;
    }
    return p->along < q->along ? -1 : p->along > q->along;
}

typedef struct crossings {
    crossing *at;
    size_t n, capacity;
} crossings;

/* Crossings of the edge between two points, in coordinates turned so that lines are
 * level; half-open, so that a vertex counts once. */
static irm_status cross_edge(crossings *into, double step, double u1, double v1,
                             double u2, double v2) {
    double low = fmin(v1, v2) / step, high = fmax(v1, v2) / step;
    for (double line = ceil(low); line < high; line++) {
        double t = (line * step - v1) / (v2 - v1);
        IRM_TRY(irm_reserve((void **)&into->at, &into->capacity, into->n + 1,
                            sizeof *into->at, NULL));
        into->at[into->n++] = (crossing){.line = line, .along = u1 + t * (u2 - u1)};
    }
    return IRM_OK;
}

irm_status hatch_fill(canvas *page, const hatch *with, const path *of) {
    double c = cos(with->angle * M_PI / 180), s = sin(with->angle * M_PI / 180);
    crossings found = {0};
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i + 1 < of->n; i++) {
        double u1 = of->x[i] * c + of->y[i] * s, v1 = of->y[i] * c - of->x[i] * s;
        double u2 = of->x[i + 1] * c + of->y[i + 1] * s;
        double v2 = of->y[i + 1] * c - of->x[i + 1] * s;
        status = cross_edge(&found, with->step, u1, v1, u2, v2);
    }
    if (found.n > 0) {
        qsort(found.at, found.n, sizeof *found.at, in_order);
    }
    for (size_t i = 0; i + 1 < found.n; i += 2) {
        double v = found.at[i].line * with->step;
        double u1 = found.at[i].along, u2 = found.at[i + 1].along;
        canvas_segment(page, with->stroke, u1 * c - v * s, u1 * s + v * c, u2 * c - v * s,
                       u2 * s + v * c);
    }
    irm_free(found.at);
    return status;
}
