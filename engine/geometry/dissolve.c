/* Merging polygons whose borders touch: by tracing their common boundary where they meet
 * along whole edges, as official layers do, otherwise by the cascaded union of GEOS, which
 * is some fifty times slower. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "geometry/gdal.h"
#include "geometry/quiet.h"
#include "geometry/shapes.h"
#include "geometry/trace.h"
#include "irminon/memory.h"
#include "irminon/threads.h"

typedef struct merger {
    const irm_shapes *shapes;
    double grid; /* side of the grid that points are snapped to, in coordinate units */
    double *x, *y;         /* of one ring, snapped */
    size_t capacity_x, capacity_y;
    unsigned char *wkb;
    size_t wkb_capacity;
    trace *trace;
    quiet_log *log;
    irm_error *error;
} merger;

/* The power of ten at or under a hundred-millionth of the extent: 1 mm on a hundred
 * kilometres. Points that differ by rounding alone become one point. */
static double grid_of(const irm_shapes *shapes) {
    double xmin = INFINITY, xmax = -INFINITY, ymin = INFINITY, ymax = -INFINITY;
    for (size_t i = 0; i < shapes->n_points; i++) {
        xmin = fmin(xmin, shapes->x[i]);
        xmax = fmax(xmax, shapes->x[i]);
        ymin = fmin(ymin, shapes->y[i]);
        ymax = fmax(ymax, shapes->y[i]);
    }
    double extent = fmax(xmax - xmin, ymax - ymin);
    return extent > 0 && isfinite(extent) ? pow(10, floor(log10(extent)) - 8) : 1;
}

static double snap(double value, double grid) { return round(value / grid) * grid; }

/* Ring `ring`, snapped and without repeated points; *n is 0 when nothing is left of it. */
static irm_status snap_ring(merger *m, size_t ring, size_t *n) {
    size_t first = m->shapes->ring_start[ring], end = m->shapes->ring_start[ring + 1];
    IRM_TRY(irm_reserve((void **)&m->x, &m->capacity_x, end - first, sizeof *m->x, m->error));
    IRM_TRY(irm_reserve((void **)&m->y, &m->capacity_y, end - first, sizeof *m->y, m->error));
    size_t kept = 0;
    for (size_t i = first; i < end; i++) {
        double x = snap(m->shapes->x[i], m->grid), y = snap(m->shapes->y[i], m->grid);
        if (kept == 0 || x != m->x[kept - 1] || y != m->y[kept - 1]) {
            m->x[kept] = x;
            m->y[kept++] = y;
        }
    }
    *n = kept >= 4 && kept <= INT_MAX ? kept : 0;
    return IRM_OK;
}

static void add_ring(merger *m, OGRGeometryH polygon, size_t n) {
    OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing);
    OGR_G_SetPoints(ring, (int)n, m->x, sizeof *m->x, m->y, sizeof *m->y, NULL, 0);
    OGR_G_AddGeometryDirectly(polygon, ring);
}

/* Snapping can make a ring touch itself: such polygons are made valid first. */
static void add_polygon(OGRGeometryH all, OGRGeometryH polygon) {
    OGRGeometryH sound = OGR_G_IsValid(polygon) ? NULL : OGR_G_MakeValid(polygon);
    if (sound == NULL) {
        OGR_G_AddGeometryDirectly(all, polygon);
        return;
    }
    OGR_G_DestroyGeometry(polygon);
    if (wkbFlatten(OGR_G_GetGeometryType(sound)) == wkbPolygon) {
        OGR_G_AddGeometryDirectly(all, sound);
        return;
    }
    for (int i = 0; i < OGR_G_GetGeometryCount(sound); i++) {
        OGRGeometryH part = OGR_G_GetGeometryRef(sound, i);
        if (wkbFlatten(OGR_G_GetGeometryType(part)) == wkbPolygon) {
            OGR_G_AddGeometry(all, part);
        } else if (wkbFlatten(OGR_G_GetGeometryType(part)) == wkbMultiPolygon) {
            for (int j = 0; j < OGR_G_GetGeometryCount(part); j++) {
                OGR_G_AddGeometry(all, OGR_G_GetGeometryRef(part, j));
            }
        }
    }
    OGR_G_DestroyGeometry(sound);
}

static irm_status add_shape(merger *m, size_t shape, OGRGeometryH all) {
    size_t ring = m->shapes->first_ring[shape], end = m->shapes->first_ring[shape + 1];
    while (ring < end) {
        size_t n;
        IRM_TRY(snap_ring(m, ring, &n));
        OGRGeometryH polygon = n > 0 ? OGR_G_CreateGeometry(wkbPolygon) : NULL;
        if (polygon != NULL) {
            add_ring(m, polygon, n);
        }
        for (ring++; ring < end && m->shapes->hole[ring]; ring++) {
            irm_status status = snap_ring(m, ring, &n);
            if (status != IRM_OK) {
                OGR_G_DestroyGeometry(polygon);
                return status;
            }
            if (polygon != NULL && n > 0) {
                add_ring(m, polygon, n);
            }
        }
        if (polygon != NULL) {
            add_polygon(all, polygon);
        }
    }
    return IRM_OK;
}

static irm_status append(merger *m, OGRGeometryH geometry, irm_shapes *merged) {
    size_t size = (size_t)OGR_G_WkbSizeEx(geometry);
    IRM_TRY(irm_reserve((void **)&m->wkb, &m->wkb_capacity, size, 1, m->error));
    OGR_G_ExportToIsoWkb(geometry, wkbNDR, m->wkb);
    return wkb_decode(m->wkb, size, merged, m->error);
}

static irm_status trace_members(merger *m, const size_t *members, size_t n,
                                irm_shapes *merged, bool *clean) {
    trace_reset(m->trace);
    for (size_t i = 0; i < n; i++) {
        size_t end = m->shapes->first_ring[members[i] + 1];
        for (size_t ring = m->shapes->first_ring[members[i]]; ring < end; ring++) {
            size_t size;
            IRM_TRY(snap_ring(m, ring, &size));
            if (size > 0) {
                IRM_TRY(trace_add(m->trace, m->shapes->hole[ring], m->x, m->y, size,
                                  m->error));
            }
        }
    }
    return trace_finish(m->trace, merged, clean, m->error);
}

/* Whether traced rings make a valid multipolygon, and so a union. */
static bool is_valid(const irm_shapes *traced) {
    OGRGeometryH all = OGR_G_CreateGeometry(wkbMultiPolygon), polygon = NULL;
    for (size_t r = 0; r < traced->n_rings; r++) {
        size_t first = traced->ring_start[r], n = traced->ring_start[r + 1] - first;
        if (!traced->hole[r] || polygon == NULL) {
            polygon = OGR_G_CreateGeometry(wkbPolygon);
            OGR_G_AddGeometryDirectly(all, polygon);
        }
        OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing);
        OGR_G_SetPoints(ring, (int)n, traced->x + first, sizeof *traced->x,
                        traced->y + first, sizeof *traced->y, NULL, 0);
        OGR_G_AddGeometryDirectly(polygon, ring);
    }
    bool valid = OGR_G_IsValid(all) != 0;
    OGR_G_DestroyGeometry(all);
    return valid;
}

static irm_status unite(merger *m, const size_t *members, size_t n, irm_shapes *merged) {
    OGRGeometryH all = OGR_G_CreateGeometry(wkbMultiPolygon), whole = NULL;
    irm_status status = IRM_OK;
    for (size_t i = 0; i < n && status == IRM_OK; i++) {
        status = add_shape(m, members[i], all);
    }
    if (status == IRM_OK && OGR_G_GetGeometryCount(all) > 0) {
        m->log->message[0] = '\0'; /* what was said of polygons since made valid */
        whole = OGR_G_UnionCascaded(all);
        status = whole != NULL ? append(m, whole, merged)
                               : irm_fail(m->error, IRM_STATUS_DATA,
                                          "polygons could not be merged: %s",
                                          m->log->message);
    }
    OGR_G_DestroyGeometry(whole);
    OGR_G_DestroyGeometry(all);
    return status;
}

/* The union of some shapes, as the only shape of *merged. */
static irm_status merge_group(merger *m, const size_t *members, size_t n,
                              irm_shapes **merged) {
    bool clean = false;
    IRM_TRY(shapes_make(merged, m->error));
    IRM_TRY(trace_members(m, members, n, *merged, &clean));
    if (!clean || !is_valid(*merged)) {
        irm_shapes_free(*merged);
        *merged = NULL;
        IRM_TRY(shapes_make(merged, m->error));
        IRM_TRY(unite(m, members, n, *merged));
    }
    return shapes_end(*merged, m->error);
}

/* Shapes in the order of their groups: start[g] … start[g + 1] - 1 of `members`. */
static irm_status sort_groups(const int32_t *group, size_t n_shapes, size_t n_groups,
                              size_t *start, size_t *members, irm_error *error) {
    for (size_t i = 0; i < n_shapes; i++) {
        if (group[i] >= 0 && (size_t)group[i] >= n_groups) {
            return irm_fail(error, IRM_STATUS_USAGE, "shape %zu is in group %d of %zu", i,
                            (int)group[i], n_groups);
        }
        if (group[i] >= 0) {
            start[group[i] + 1]++;
        }
    }
    for (size_t g = 0; g < n_groups; g++) {
        start[g + 1] += start[g];
    }
    for (size_t i = n_shapes; i-- > 0;) { /* from the end: members[] fills backwards */
        if (group[i] >= 0) {
            members[--start[group[i] + 1]] = i;
        }
    }
    /* Each start[g + 1] is now where group g starts. */
    size_t n_members = 0;
    for (size_t i = 0; i < n_shapes; i++) {
        n_members += group[i] >= 0;
    }
    memmove(start, start + 1, n_groups * sizeof *start);
    start[n_groups] = n_members;
    return IRM_OK;
}

/* The groups of several shapes, merged by whichever thread comes to them. */
typedef struct dissolving {
    const irm_shapes *shapes;
    double grid;
    const size_t *start, *members;
    irm_shapes **merged; /* by group, of one shape; NULL for a group of one or of none */
} dissolving;

static irm_status merge_range(void *context, size_t first, size_t last, size_t worker,
                              irm_error *error) {
    const dissolving *d = context;
    quiet_log log;
    merger m = {.shapes = d->shapes, .grid = d->grid, .log = &log, .error = error};
    (void)worker;
    IRM_TRY(quiet_begin(&log, error)); /* of this thread */
    irm_status status = trace_new(&m.trace, error);
    for (size_t g = first; g < last && status == IRM_OK; g++) {
        size_t n = d->start[g + 1] - d->start[g];
        if (n > 1) {
            status = merge_group(&m, d->members + d->start[g], n, &d->merged[g]);
        }
    }
    quiet_end();
    trace_free(m.trace);
    irm_free(m.x);
    irm_free(m.y);
    irm_free(m.wkb);
    return status;
}

/* One shape a group: merged, or alone in its group and as it was, point for point. */
static irm_status gather(const dissolving *d, size_t n_groups, irm_shapes **merged,
                         irm_error *error) {
    irm_shapes *made = NULL;
    irm_status status = shapes_make(&made, error);
    for (size_t g = 0; g < n_groups && status == IRM_OK; g++) {
        if (d->merged[g] != NULL) {
            status = shapes_add_copy(made, d->merged[g], 0, error);
        } else if (d->start[g + 1] > d->start[g]) {
            status = shapes_add_copy(made, d->shapes, d->members[d->start[g]], error);
        }
        if (status == IRM_OK) {
            status = shapes_end(made, error);
        }
    }
    if (status != IRM_OK) {
        irm_shapes_free(made);
        return status;
    }
    *merged = made;
    return IRM_OK;
}

irm_status irm_shapes_dissolve(const irm_shapes *shapes, const int32_t *group,
                               size_t n_groups, irm_shapes **merged, irm_error *error) {
    *merged = NULL;
    size_t *start = irm_calloc(n_groups + 2, sizeof *start);
    size_t *members = irm_calloc(shapes->count, sizeof *members);
    dissolving d = {.shapes = shapes, .grid = grid_of(shapes), .start = start,
                    .members = members};
    d.merged = irm_calloc(n_groups, sizeof *d.merged);
    irm_status status = IRM_OK;
    if (start == NULL || members == NULL || d.merged == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    status = sort_groups(group, shapes->count, n_groups, start, members, error);
    if (status == IRM_OK) {
        quiet_log log;
        status = quiet_begin(&log, error); /* set up by one thread, before the others */
        if (status == IRM_OK) {
            quiet_end();
            status = irm_parallel_for(n_groups, 4, 0, merge_range, &d, error);
        }
    }
    if (status == IRM_OK) {
        status = gather(&d, n_groups, merged, error);
    }
cleanup:
    for (size_t g = 0; g < n_groups && d.merged != NULL; g++) {
        irm_shapes_free(d.merged[g]);
    }
    irm_free(d.merged);
    irm_free(start);
    irm_free(members);
    return status;
}
