#include "spatial/boundary.h"

#include <math.h>

#include "irminon/memory.h"

typedef struct extent {
    double xmin, ymin, xmax, ymax;
    double length; /* sum over segments */
    size_t segments;
} extent;

static extent measure(const boundary *lines) {
    extent e = {INFINITY, INFINITY, -INFINITY, -INFINITY, 0.0, 0};
    for (size_t ring = 0; ring < lines->ring_of[lines->n]; ring++) {
        for (size_t p = lines->start[ring]; p < lines->start[ring + 1]; p++) {
            e.xmin = fmin(e.xmin, lines->x[p]);
            e.xmax = fmax(e.xmax, lines->x[p]);
            e.ymin = fmin(e.ymin, lines->y[p]);
            e.ymax = fmax(e.ymax, lines->y[p]);
            if (p + 1 < lines->start[ring + 1]) {
                e.length +=
                    hypot(lines->x[p + 1] - lines->x[p], lines->y[p + 1] - lines->y[p]);
                e.segments++;
            }
        }
    }
    return e;
}

/* Squares as wide as a segment is long on average: a segment meets two or three, however
 * uneven the lengths. Never so small that their numbers overflow. */
static double choose_side(const extent *e, double snap) {
    double side = e->segments > 0 ? e->length / (double)e->segments : 0.0;
    side = fmax(side, 2.0 * snap);
    side = fmax(side, fmax(e->xmax - e->xmin, e->ymax - e->ymin) * 0x1p-30);
    return side > 0.0 ? side : 1.0;
}

static size_t bucket_of(const segment_index *index, int64_t column, int64_t row) {
    uint64_t h = (uint64_t)column * UINT64_C(0x9E3779B97F4A7C15) +
                 (uint64_t)row * UINT64_C(0xC2B2AE3D27D4EB4F);
    return (size_t)((h ^ (h >> 29)) & index->mask);
}

typedef struct span {
    double low, high;
} span;

/* Where the segment is, along x, while y is from y_low to y_high. */
static span clip(double x1, double y1, double x2, double y2, double y_low,
                 double y_high) {
    if (y1 > y2) {
        double x = x1;
        double y = y1;
        x1 = x2, y1 = y2;
        x2 = x, y2 = y;
    }
    double slope = y2 > y1 ? (x2 - x1) / (y2 - y1) : 0.0;
    double from = y1 < y_low && y2 > y1 ? x1 + (y_low - y1) * slope : x1;
    double to = y2 > y_high && y2 > y1 ? x1 + (y_high - y1) * slope : x2;
    return (span){fmin(from, to), fmax(from, to)};
}

void segment_index_visit(const segment_index *index, const boundary *lines,
                         size_t segment, double margin, square_visit visit,
                         void *context) {
    double x1 = lines->x[segment] - index->x0;
    double y1 = lines->y[segment] - index->y0;
    double x2 = lines->x[segment + 1] - index->x0;
    double y2 = lines->y[segment + 1] - index->y0;
    double side = index->side;
    double room = margin + 1e-6 * side; /* rounding must not lose a square */
    int64_t first = (int64_t)floor((fmin(y1, y2) - room) / side);
    int64_t last = (int64_t)floor((fmax(y1, y2) + room) / side);
    for (int64_t row = first; row <= last; row++) {
        span s = clip(x1, y1, x2, y2, (double)row * side - room,
                      (double)(row + 1) * side + room);
        int64_t column = (int64_t)floor((s.low - room) / side);
        int64_t end = (int64_t)floor((s.high + room) / side);
        for (; column <= end; column++) {
            visit(context, bucket_of(index, column, row));
        }
    }
}

typedef struct filling {
    segment_index *index;
    uint32_t segment;
} filling;

static void count_square(void *context, size_t bucket) {
    filling *f = context;
    f->index->first[bucket + 2]++;
}

static void fill_square(void *context, size_t bucket) {
    filling *f = context;
    f->index->segment[f->index->first[bucket + 1]++] = f->segment;
}

static void visit_all(segment_index *index, const boundary *lines, square_visit visit) {
    for (size_t owner = 0; owner < lines->n; owner++) {
        for (size_t ring = lines->ring_of[owner]; ring < lines->ring_of[owner + 1];
             ring++) {
            for (size_t p = lines->start[ring]; p + 1 < lines->start[ring + 1]; p++) {
                index->owner[p] = (uint32_t)owner;
                segment_index_visit(index, lines, p, lines->snap, visit,
                                    &(filling){index, (uint32_t)p});
            }
        }
    }
}

irm_status segment_index_build(const boundary *lines, segment_index *index,
                               irm_error *error) {
    extent e = measure(lines);
    size_t points = lines->start[lines->ring_of[lines->n]];
    if (points >= UINT32_MAX) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "boundaries of %zu points are too detailed", points);
    }
    size_t buckets = 16;
    while (buckets < e.segments) {
        buckets *= 2;
    }
    *index = (segment_index){.x0 = e.xmin,
                             .y0 = e.ymin,
                             .side = choose_side(&e, lines->snap),
                             .mask = buckets - 1,
                             .first = irm_calloc(buckets + 2, sizeof *index->first),
                             .owner = irm_calloc(points, sizeof *index->owner)};
    if (index->first == NULL || index->owner == NULL) {
        segment_index_clear(index);
        return irm_fail_memory(error);
    }
    /* Counted two further on: filling then leaves each start in its place. */
    visit_all(index, lines, count_square);
    for (size_t b = 0; b <= buckets; b++) {
        index->first[b + 1] += index->first[b];
    }
    index->segment = irm_calloc(index->first[buckets + 1], sizeof *index->segment);
    if (index->segment == NULL) {
        segment_index_clear(index);
        return irm_fail_memory(error);
    }
    visit_all(index, lines, fill_square);
    return IRM_OK;
}

void segment_index_clear(segment_index *index) {
    irm_free(index->first);
    irm_free(index->segment);
    irm_free(index->owner);
    *index = (segment_index){0};
}

typedef struct point {
    double x, y;
} point;

static double squared(point a, point b) {
    return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

/* Whether p is within snap of the segment from a to b; without a snap, exactly on it. */
static bool on_segment(point p, point a, point b, double snap) {
    double dx = b.x - a.x;
    double dy = b.y - a.y;
    double px = p.x - a.x;
    double py = p.y - a.y;
    double along = px * dx + py * dy;
    double length = dx * dx + dy * dy;
    if (along <= 0.0 || length <= 0.0) {
        return squared(p, a) <= snap * snap;
    }
    if (along >= length) {
        return squared(p, b) <= snap * snap;
    }
    double across = px * dy - py * dx;
    return across * across <= snap * snap * length;
}

/* Ends of either segment that lie on the other, and the greatest distance between two. */
static bool ends_meet(const point ends[4], double snap, irm_contiguity kind) {
    point touching[4];
    size_t count = 0;
    for (size_t i = 0; i < 4; i++) {
        size_t other = i < 2 ? 2 : 0;
        if (on_segment(ends[i], ends[other], ends[other + 1], snap)) {
            if (kind == IRM_CONTIGUITY_QUEEN) {
                return true;
            }
            for (size_t j = 0; j < count; j++) {
                if (squared(touching[j], ends[i]) > snap * snap) {
                    return true;
                }
            }
            touching[count++] = ends[i];
        }
    }
    return false;
}

bool segments_meet(const boundary *lines, size_t a, size_t b, irm_contiguity kind) {
    const double *x = lines->x;
    const double *y = lines->y;
    double snap = lines->snap;
    if (fmax(x[a], x[a + 1]) + snap < fmin(x[b], x[b + 1]) ||
        fmax(x[b], x[b + 1]) + snap < fmin(x[a], x[a + 1]) ||
        fmax(y[a], y[a + 1]) + snap < fmin(y[b], y[b + 1]) ||
        fmax(y[b], y[b + 1]) + snap < fmin(y[a], y[a + 1])) {
        return false;
    }
    point ends[4] = {
        {x[a], y[a]}, {x[a + 1], y[a + 1]}, {x[b], y[b]}, {x[b + 1], y[b + 1]}};
    return ends_meet(ends, snap, kind);
}
