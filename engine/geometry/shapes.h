/* The inside of irm_shapes: every ring of every shape, one after the other. */
#ifndef IRMINON_GEOMETRY_SHAPES_H
#define IRMINON_GEOMETRY_SHAPES_H

#include <stddef.h>

#include "irminon/geometry.h"

struct irm_shapes {
    size_t count;
    size_t *first_ring; /* count + 1 */
    size_t first_capacity;
    size_t n_rings;
    size_t *ring_start; /* n_rings + 1, into x and y */
    bool *hole;         /* n_rings */
    size_t start_capacity, hole_capacity;
    size_t n_points;
    double *x, *y;
    size_t x_capacity, y_capacity;
};

/* No shape yet. Shapes are built in order: rings, then shapes_end for each shape. */
irm_status shapes_make(irm_shapes **shapes, irm_error *error);
/* A ring of `n` points that the caller writes at *x and *y before the next call. */
irm_status shapes_add_ring(irm_shapes *shapes, bool hole, size_t n, double **x, double **y,
                           irm_error *error);
irm_status shapes_end(irm_shapes *shapes, irm_error *error);
/* Adds the rings of a shape of `from` to the shape being built. */
irm_status shapes_add_copy(irm_shapes *shapes, const irm_shapes *from, size_t index,
                           irm_error *error);

/* Adds the rings of a WKB geometry to the shape being built (ISO WKB, either byte order;
 * Z and M are passed over; what is not polygonal has no rings). Every count is checked
 * against the bytes left; a ring that is left open is closed. DATA errors. */
irm_status wkb_decode(const unsigned char *bytes, size_t size, irm_shapes *shapes,
                      irm_error *error);

#endif
