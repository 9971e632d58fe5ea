#include "geometry/shapes.h"

#include <string.h>

#include "irminon/memory.h"

irm_status shapes_make(irm_shapes **shapes, irm_error *error) {
    irm_shapes *made = irm_calloc(1, sizeof *made);
    irm_status status = made == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        status = irm_reserve((void **)&made->first_ring, &made->first_capacity, 1,
                             sizeof *made->first_ring, error);
    }
    if (status == IRM_OK) {
        status = irm_reserve((void **)&made->ring_start, &made->start_capacity, 1,
                             sizeof *made->ring_start, error);
    }
    if (status != IRM_OK) {
        irm_shapes_free(made);
        return status;
    }
    made->first_ring[0] = 0;
    made->ring_start[0] = 0;
    *shapes = made;
    return IRM_OK;
}

irm_status shapes_add_ring(irm_shapes *shapes, bool hole, size_t n, double **x, double **y,
                           irm_error *error) {
    size_t points = shapes->n_points + n;
    IRM_TRY(irm_reserve((void **)&shapes->x, &shapes->x_capacity, points,
                        sizeof *shapes->x, error));
    IRM_TRY(irm_reserve((void **)&shapes->y, &shapes->y_capacity, points,
                        sizeof *shapes->y, error));
    IRM_TRY(irm_reserve((void **)&shapes->ring_start, &shapes->start_capacity,
                        shapes->n_rings + 2, sizeof *shapes->ring_start, error));
    IRM_TRY(irm_reserve((void **)&shapes->hole, &shapes->hole_capacity,
                        shapes->n_rings + 1, sizeof *shapes->hole, error));
    *x = shapes->x + shapes->n_points;
    *y = shapes->y + shapes->n_points;
    shapes->hole[shapes->n_rings++] = hole;
    shapes->n_points = points;
    shapes->ring_start[shapes->n_rings] = points;
    return IRM_OK;
}

irm_status shapes_end(irm_shapes *shapes, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&shapes->first_ring, &shapes->first_capacity,
                        shapes->count + 2, sizeof *shapes->first_ring, error));
    shapes->first_ring[++shapes->count] = shapes->n_rings;
    return IRM_OK;
}

irm_status shapes_add_copy(irm_shapes *shapes, const irm_shapes *from, size_t index,
                           irm_error *error) {
    for (size_t ring = from->first_ring[index]; ring < from->first_ring[index + 1]; ring++) {
        size_t first = from->ring_start[ring], n = from->ring_start[ring + 1] - first;
        double *x, *y;
        IRM_TRY(shapes_add_ring(shapes, from->hole[ring], n, &x, &y, error));
        memcpy(x, from->x + first, n * sizeof *x);
        memcpy(y, from->y + first, n * sizeof *y);
    }
    return IRM_OK;
}

irm_status irm_shapes_select(const irm_shapes *shapes, const size_t *indices, size_t count,
                             irm_shapes **selected, irm_error *error) {
    irm_shapes *made = NULL;
    *selected = NULL;
    irm_status status = shapes_make(&made, error);
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        status = shapes_add_copy(made, shapes, indices[i], error);
        if (status == IRM_OK) {
            status = shapes_end(made, error);
        }
    }
    if (status != IRM_OK) {
        irm_shapes_free(made);
        return status;
    }
    *selected = made;
    return IRM_OK;
}

irm_status irm_shapes_join(const irm_shapes *const *parts, size_t count,
                           irm_shapes **joined, irm_error *error) {
    irm_shapes *made = NULL;
    *joined = NULL;
    irm_status status = shapes_make(&made, error);
    for (size_t part = 0; part < count && status == IRM_OK; part++) {
        for (size_t i = 0; i < parts[part]->count && status == IRM_OK; i++) {
            status = shapes_add_copy(made, parts[part], i, error);
            if (status == IRM_OK) {
                status = shapes_end(made, error);
            }
        }
    }
    if (status != IRM_OK) {
        irm_shapes_free(made);
        return status;
    }
    *joined = made;
    return IRM_OK;
}

irm_status irm_shapes_new(const irm_column *geometry, size_t n_rows, irm_shapes **shapes,
                          irm_error *error) {
    *shapes = NULL;
    if (geometry->type != IRM_COLUMN_BYTES || geometry->offsets == NULL) {
        return irm_fail(error, IRM_STATUS_USAGE, "column '%s' holds no geometry",
                        geometry->name);
    }
    irm_shapes *made = NULL;
    IRM_TRY(shapes_make(&made, error));
    irm_status status = IRM_OK;
    for (size_t row = 0; row < n_rows && status == IRM_OK; row++) {
        uint64_t first = geometry->offsets[row], end = geometry->offsets[row + 1];
        if (end < first) {
            status = irm_fail(error, IRM_STATUS_DATA, "its bytes end before they start");
        } else if (end > first) {
            status = wkb_decode(geometry->bytes + first, (size_t)(end - first), made, error);
        }
        if (status == IRM_OK) {
            status = shapes_end(made, error);
        } else {
            irm_error_prefix(error, "geometry of row %zu of column '%s': ", row + 1,
                             geometry->name);
        }
    }
    if (status != IRM_OK) {
        irm_shapes_free(made);
        return status;
    }
    *shapes = made;
    return IRM_OK;
}

void irm_shapes_free(irm_shapes *shapes) {
    if (shapes == NULL) {
        return;
    }
    irm_free(shapes->first_ring);
    irm_free(shapes->ring_start);
    irm_free(shapes->hole);
    irm_free(shapes->x);
    irm_free(shapes->y);
    irm_free(shapes);
}

size_t irm_shapes_count(const irm_shapes *shapes) { return shapes->count; }

irm_shape irm_shapes_get(const irm_shapes *shapes, size_t index) {
    size_t first = shapes->first_ring[index];
    size_t n_rings = shapes->first_ring[index + 1] - first;
    return (irm_shape){
        .n_rings = n_rings,
        .ring_start = shapes->ring_start + first,
        .hole = n_rings > 0 ? shapes->hole + first : NULL,
        .x = shapes->x,
        .y = shapes->y,
    };
}
