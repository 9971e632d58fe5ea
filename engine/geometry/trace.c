#include "geometry/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"

typedef struct edge {
    uint32_t from, to;
} edge;

struct trace {
    double *x, *y; /* distinct points */
    size_t n_points, x_capacity, y_capacity;
    uint32_t *slots; /* point + 1, open addressing; a power of two */
    size_t n_slots;
    edge *edges;
    size_t n_edges, edge_capacity;
    /* Of the boundary, once edges have vanished. */
    size_t *leaving; /* n_points + 1 offsets into edges, which are sorted by `from` */
    bool *used;
    uint32_t *path;
    size_t leaving_capacity, used_capacity, path_capacity;
};

irm_status trace_new(trace **made, irm_error *error) {
    *made = irm_calloc(1, sizeof **made);
    return *made == NULL ? irm_fail_memory(error) : IRM_OK;
}

void trace_free(trace *t) {
    if (t == NULL) {
        return;
    }
    irm_free(t->x);
    irm_free(t->y);
    irm_free(t->slots);
    irm_free(t->edges);
    irm_free(t->leaving);
    irm_free(t->used);
    irm_free(t->path);
    irm_free(t);
}

void trace_reset(trace *t) {
    t->n_points = t->n_edges = 0;
    if (t->n_slots > 0) {
        memset(t->slots, 0, t->n_slots * sizeof *t->slots);
    }
}

static uint64_t hash(double x, double y) {
    uint64_t a, b;
    memcpy(&a, &x, sizeof a);
    memcpy(&b, &y, sizeof b);
    uint64_t h = a * UINT64_C(0x9E3779B97F4A7C15) ^ (b + (b << 31));
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    return h ^ (h >> 32);
}

static size_t slot_of(const trace *t, double x, double y) {
    size_t slot = (size_t)hash(x, y) & (t->n_slots - 1);
    while (t->slots[slot] != 0) {
        uint32_t point = t->slots[slot] - 1;
        if (t->x[point] == x && t->y[point] == y) {
            break;
        }
        slot = (slot + 1) & (t->n_slots - 1);
    }
    return slot;
}

static irm_status grow(trace *t, irm_error *error) {
    size_t wanted = t->n_slots == 0 ? 1024 : t->n_slots * 2;
    uint32_t *slots = irm_calloc(wanted, sizeof *slots);
    if (slots == NULL) {
        return irm_fail_memory(error);
    }
    irm_free(t->slots);
    t->slots = slots;
    t->n_slots = wanted;
    for (size_t i = 0; i < t->n_points; i++) {
        t->slots[slot_of(t, t->x[i], t->y[i])] = (uint32_t)i + 1;
    }
    return IRM_OK;
}

static irm_status point_of(trace *t, double x, double y, uint32_t *point,
                           irm_error *error) {
    x += 0.0; /* -0 and 0 are one point */
    y += 0.0;
    if (2 * (t->n_points + 1) > t->n_slots) {
        IRM_TRY(grow(t, error));
    }
    size_t slot = slot_of(t, x, y);
    if (t->slots[slot] == 0) {
        if (t->n_points >= UINT32_MAX - 1) {
            return irm_fail(error, IRM_STATUS_DATA, "over four billion points to merge");
        }
        IRM_TRY(irm_reserve((void **)&t->x, &t->x_capacity, t->n_points + 1, sizeof *t->x,
                            error));
        IRM_TRY(irm_reserve((void **)&t->y, &t->y_capacity, t->n_points + 1, sizeof *t->y,
                            error));
        t->x[t->n_points] = x;
        t->y[t->n_points] = y;
        t->slots[slot] = (uint32_t)++t->n_points;
    }
    *point = t->slots[slot] - 1;
    return IRM_OK;
}

/* Twice the signed area: positive when the ring turns counterclockwise. */
static double turn_of(const double *x, const double *y, size_t n) {
    double twice = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        twice += (x[i] - x[0]) * (y[i + 1] - y[0]) - (x[i + 1] - x[0]) * (y[i] - y[0]);
    }
    return twice;
}

irm_status trace_add(trace *t, bool hole, const double *x, const double *y, size_t n,
                     irm_error *error) {
    bool reversed = (turn_of(x, y, n) < 0) != hole;
    IRM_TRY(irm_reserve((void **)&t->edges, &t->edge_capacity, t->n_edges + n,
                        sizeof *t->edges, error));
    uint32_t before = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t point;
        IRM_TRY(point_of(t, x[i], y[i], &point, error));
        if (i > 0) {
            t->edges[t->n_edges++] =
                reversed ? (edge){point, before} : (edge){before, point};
        }
        before = point;
    }
    return IRM_OK;
}

static uint32_t low(const edge *e) { return e->from < e->to ? e->from : e->to; }
static uint32_t high(const edge *e) { return e->from < e->to ? e->to : e->from; }

static int by_pair(const void *a, const void *b) {
    const edge *x = a, *y = b;
    uint32_t low_x = low(x), low_y = low(y), high_x = high(x), high_y = high(y);
    if (low_x != low_y) {
        return low_x < low_y ? -1 : 1;
    }
    return (high_x > high_y) - (high_x < high_y);
}

static int by_start(const void *a, const void *b) {
    const edge *x = a, *y = b;
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return (x->to > y->to) - (x->to < y->to);
}

/* Keeps the edges met once; false when one is met in a way that no coverage has. */
static bool cancel(trace *t) {
    size_t kept = 0;
    qsort(t->edges, t->n_edges, sizeof *t->edges, by_pair);
    for (size_t i = 0; i < t->n_edges;) {
        size_t end = i + 1;
        while (end < t->n_edges && by_pair(&t->edges[i], &t->edges[end]) == 0) {
            end++;
        }
        if (end - i > 2 || (end - i == 2 && t->edges[i].from == t->edges[i + 1].from)) {
            return false;
        }
        if (end - i == 1) {
            t->edges[kept++] = t->edges[i];
        }
        i = end;
    }
    t->n_edges = kept;
    return true;
}

static irm_status index_edges(trace *t, irm_error *error) {
    qsort(t->edges, t->n_edges, sizeof *t->edges, by_start);
    IRM_TRY(irm_reserve((void **)&t->leaving, &t->leaving_capacity, t->n_points + 1,
                        sizeof *t->leaving, error));
    IRM_TRY(irm_reserve((void **)&t->used, &t->used_capacity, t->n_edges + 1,
                        sizeof *t->used, error));
    IRM_TRY(irm_reserve((void **)&t->path, &t->path_capacity, t->n_edges + 1,
                        sizeof *t->path, error));
    memset(t->used, 0, t->n_edges * sizeof *t->used);
    size_t at = 0;
    for (size_t point = 0; point <= t->n_points; point++) {
        while (at < t->n_edges && t->edges[at].from < point) {
            at++;
        }
        t->leaving[point] = at;
    }
    return IRM_OK;
}

/* Angle turned clockwise from direction (ax, ay) to (bx, by), in ]0, 2π]. */
static double clockwise(double ax, double ay, double bx, double by) {
    double angle = atan2(ax * by - ay * bx, ax * bx + ay * by);
    return angle >= 0 ? 2 * acos(-1) - angle : -angle;
}

/* The edge that goes on from `last`: where several leave, the first met clockwise from the
 * way back, so that polygons that touch at a point stay apart. */
static size_t next_edge(const trace *t, size_t last) {
    uint32_t from = t->edges[last].from, at = t->edges[last].to;
    size_t first = t->leaving[at], end = t->leaving[at + 1];
    size_t best = t->n_edges;
    double best_angle = INFINITY;
    for (size_t i = first; i < end; i++) {
        uint32_t to = t->edges[i].to;
        if (t->used[i]) {
            continue;
        }
        double angle = end - first == 1
                           ? 0
                           : clockwise(t->x[from] - t->x[at], t->y[from] - t->y[at],
                                       t->x[to] - t->x[at], t->y[to] - t->y[at]);
        if (angle < best_angle) {
            best_angle = angle;
            best = i;
        }
    }
    return best;
}

/* Follows the boundary from an edge until it closes, into `path`; 0 when it does not. */
static size_t walk(trace *t, size_t start) {
    size_t n = 0;
    for (size_t at = start; at < t->n_edges; at = next_edge(t, at)) {
        t->used[at] = true;
        t->path[n++] = t->edges[at].from;
        if (t->edges[at].to == t->edges[start].from) {
            return n;
        }
    }
    return 0;
}

static irm_status add_path(const trace *t, size_t n, irm_shapes *rings, irm_error *error) {
    double *x, *y;
    IRM_TRY(shapes_add_ring(rings, false, n + 1, &x, &y, error));
    for (size_t i = 0; i <= n; i++) {
        x[i] = t->x[t->path[i % n]];
        y[i] = t->y[t->path[i % n]];
    }
    rings->hole[rings->n_rings - 1] = turn_of(x, y, n + 1) < 0;
    return shapes_end(rings, error);
}

/* Even-odd rule, at a point of the hole. */
static bool surrounds(const irm_shapes *rings, size_t outer, double px, double py) {
    bool inside = false;
    for (size_t i = rings->ring_start[outer]; i + 1 < rings->ring_start[outer + 1]; i++) {
        double ax = rings->x[i], ay = rings->y[i], bx = rings->x[i + 1], by = rings->y[i + 1];
        if ((ay <= py) != (by <= py) && px < ax + (py - ay) / (by - ay) * (bx - ax)) {
            inside = !inside;
        }
    }
    return inside;
}

static double size_of(const irm_shapes *rings, size_t ring) {
    size_t first = rings->ring_start[ring];
    return fabs(turn_of(rings->x + first, rings->y + first,
                        rings->ring_start[ring + 1] - first));
}

/* The smallest outer ring around a hole, or n_rings. The middle of an edge is tried: holes
 * may touch their outer ring at a vertex. */
static size_t outer_of(const irm_shapes *rings, size_t hole) {
    size_t first = rings->ring_start[hole], best = rings->n_rings;
    double px = (rings->x[first] + rings->x[first + 1]) / 2;
    double py = (rings->y[first] + rings->y[first + 1]) / 2;
    for (size_t ring = 0; ring < rings->n_rings; ring++) {
        if (!rings->hole[ring] && surrounds(rings, ring, px, py) &&
            (best == rings->n_rings || size_of(rings, ring) < size_of(rings, best))) {
            best = ring;
        }
    }
    return best;
}

/* Each ring of `rings` is a shape of its own: outer rings go to `merged`, with their holes. */
static irm_status assemble(const irm_shapes *rings, irm_shapes *merged, bool *clean,
                           irm_error *error) {
    size_t *outer = irm_calloc(rings->n_rings, sizeof *outer);
    irm_status status = outer == NULL ? irm_fail_memory(error) : IRM_OK;
    bool holes = false;
    for (size_t ring = 0; ring < rings->n_rings && status == IRM_OK; ring++) {
        outer[ring] = rings->hole[ring] ? outer_of(rings, ring) : ring;
        *clean = *clean && outer[ring] < rings->n_rings;
        holes = holes || rings->hole[ring];
    }
    for (size_t ring = 0; ring < rings->n_rings && status == IRM_OK && *clean; ring++) {
        if (rings->hole[ring]) {
            continue;
        }
        status = shapes_add_copy(merged, rings, ring, error);
        for (size_t hole = 0; holes && hole < rings->n_rings && status == IRM_OK; hole++) {
            if (rings->hole[hole] && outer[hole] == ring) {
                status = shapes_add_copy(merged, rings, hole, error);
            }
        }
    }
    irm_free(outer);
    return status;
}

irm_status trace_finish(trace *t, irm_shapes *merged, bool *clean, irm_error *error) {
    irm_shapes *rings = NULL;
    *clean = cancel(t);
    if (!*clean) {
        return IRM_OK;
    }
    IRM_TRY(index_edges(t, error));
    IRM_TRY(shapes_make(&rings, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; i < t->n_edges && status == IRM_OK; i++) {
        if (!t->used[i]) {
            size_t n = walk(t, i);
            *clean = *clean && n >= 3;
            status = n >= 3 ? add_path(t, n, rings, error) : IRM_OK;
        }
    }
    if (status == IRM_OK && *clean) {
        status = assemble(rings, merged, clean, error);
    }
    irm_shapes_free(rings);
    return status;
}
