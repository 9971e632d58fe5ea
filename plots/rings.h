/* Shapes brought onto the page: projected, thinned to what the page can show, and holes
 * joined to their ring. */
#ifndef IRMINON_PLOTS_RINGS_H
#define IRMINON_PLOTS_RINGS_H

#include "canvas.h"
#include "irminon/geometry.h"

/* From coordinates to CSS pixels: x_page = x·kx + ox, y_page = oy − y·ky. */
typedef struct projection {
    double kx, ky, ox, oy;
    double
        grain; /* page coordinates are multiples of it, so that neighbours still meet */
} projection;

/* A growing sequence of points on the page. Zero-initialise; clear when done. */
typedef struct path {
    double *x, *y;
    size_t n, x_capacity, y_capacity;
} path;
void path_clear(path *of);
irm_status path_add(path *of, double x, double y);

/* One ring, projected, repeated points dropped, closed by its first point. */
irm_status path_ring(path *into, const irm_shape *shape, size_t ring,
                     const projection *by);

/* A part (an outer ring and the holes that follow) as one closed path that even-odd and
 * non-zero filling both leave unpainted inside holes: PLplot fills single contours, so
 * each hole is joined to its surroundings by a cut of no width, walked both ways. Sets
 * *next to the ring after the part. `scratch` is working space. */
irm_status path_part(path *into, path *scratch, const irm_shape *shape, size_t ring,
                     size_t *next, const projection *by);

#endif
