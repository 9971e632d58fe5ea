#include "spatial/boundary.h"

#include <math.h>
#include <stdatomic.h>

#include "irminon/memory.h"
#include "irminon/threads.h"

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
                double dx = lines->x[p + 1] - lines->x[p];
                double dy = lines->y[p + 1] - lines->y[p];
                e.length += sqrt(dx * dx + dy * dy);
                e.segments++;
            }
        }
    }
    return e;
}

/* Squares as wide as a segment is long on average: a segment meets two or three, however
 * uneven the lengths. Never so small that their numbers overflow. */
static double choose_side(const extent *e, double snap) {
    double range = fmax(e->xmax - e->xmin, e->ymax - e->ymin);
    double side = e->segments > 0 ? e->length / (double)e->segments : 0.0;
    side = fmin(fmax(side, range * 0x1p-30), range);
    side = fmax(side, 2.0 * snap);
    return side > 0.0 ? side : 1.0;
}

/* Blocks of 4 x 4 squares are scattered, the squares of a block are not: what is near on
 * the ground is mostly near in memory. */
static size_t bucket_of(const segment_index *index, int64_t column, int64_t row) {
    uint64_t h = (uint64_t)(column >> 2) * UINT64_C(0x9E3779B97F4A7C15) +
                 (uint64_t)(row >> 2) * UINT64_C(0xC2B2AE3D27D4EB4F);
    uint64_t within = (uint64_t)(row & 3) << 2 | (uint64_t)(column & 3);
    return (size_t)(((h ^ (h >> 29)) << 4 | within) & index->mask);
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
    const boundary *lines;
    square_visit visit;
    square_entry entry; /* what is being filed */
} filling;

static void count_square(void *context, size_t bucket) {
    filling *f = context;
    atomic_fetch_add_explicit(&f->index->first[bucket + 2], 1, memory_order_relaxed);
}

static void fill_square(void *context, size_t bucket) {
    filling *f = context;
    uint32_t at =
        atomic_fetch_add_explicit(&f->index->first[bucket + 1], 1, memory_order_relaxed);
    f->index->entries[at] = f->entry;
}

static irm_status file_owners(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    (void)worker;
    (void)error;
    filling f = *(const filling *)context;
    const boundary *lines = f.lines;
    for (size_t owner = first; owner < last; owner++) {
        f.entry.owner = (uint32_t)owner;
        for (size_t ring = lines->ring_of[owner]; ring < lines->ring_of[owner + 1];
             ring++) {
            for (size_t p = lines->start[ring]; p + 1 < lines->start[ring + 1]; p++) {
                f.entry.segment = (uint32_t)p;
                segment_index_visit(f.index, lines, p, lines->snap, f.visit, &f);
            }
        }
    }
    return IRM_OK;
}

/* Counts become starts; the number of entries. */
static uint64_t add_counts(segment_index *index) {
    uint64_t total = 0;
    for (size_t b = 0; b <= index->mask; b++) {
        total += atomic_load_explicit(&index->first[b + 2], memory_order_relaxed);
        atomic_store_explicit(&index->first[b + 2], (uint32_t)total,
                              memory_order_relaxed);
    }
    return total;
}

enum { OWNERS_AT_A_TIME = 64 };

/* Counted two buckets further on: filling then leaves each start in its place. */
static irm_status file_all(segment_index *index, const boundary *lines, size_t threads,
                           irm_error *error) {
    filling f = {.index = index, .lines = lines, .visit = count_square};
    IRM_TRY(
        irm_parallel_for(lines->n, OWNERS_AT_A_TIME, threads, file_owners, &f, error));
    uint64_t total = add_counts(index);
    if (total > UINT32_MAX) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a snap distance of %g is too large for boundaries so detailed",
                        lines->snap);
    }
    index->entries = irm_calloc((size_t)total, sizeof *index->entries);
    if (index->entries == NULL) {
        return irm_fail_memory(error);
    }
    f.visit = fill_square;
    return irm_parallel_for(lines->n, OWNERS_AT_A_TIME, threads, file_owners, &f, error);
}

irm_status segment_index_build(const boundary *lines, size_t threads,
                               segment_index *index, irm_error *error) {
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
                             .first = irm_calloc(buckets + 2, sizeof *index->first)};
    irm_status status = index->first == NULL ? irm_fail_memory(error)
                                             : file_all(index, lines, threads, error);
    if (status != IRM_OK) {
        segment_index_clear(index);
    }
    return status;
}

void segment_index_clear(segment_index *index) {
    irm_free((void *)index->first);
    irm_free(index->entries);
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
