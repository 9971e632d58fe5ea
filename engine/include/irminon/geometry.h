/* Geometries: polygons and points in plane or geographic coordinates, through GDAL/OGR and
 * GEOS. The engine stores them as WKB in a bytes column; it has never heard of a commune. */
#ifndef IRMINON_GEOMETRY_H
#define IRMINON_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A multipolygon, flat: rings are closed (first point repeated), outer rings first within
 * a part, holes after. Owned by an irm_shapes. */
typedef struct irm_shape {
    size_t n_rings;
    const size_t *ring_start; /* n_rings + 1 offsets into x and y */
    const bool *hole;         /* n_rings */
    const double *x, *y;
} irm_shape;

typedef struct irm_shapes irm_shapes;

/* True when the path's extension is one that GDAL reads here (.geojson, .json, .gpkg, .shp,
 * and .geojson or .json under .gz, .xz or in a .zip). */
IRM_API bool irm_geometry_recognised(const char *path);

/* Reads a layer (NULL: the only or first one) into a table named `name`: one row a feature,
 * its fields as columns (numbers, categories) and a bytes column "geometry" of WKB in the
 * layer's own coordinates; table attributes "crs" ("EPSG:2154", or the WKT when no
 * authority code is known, or "" when the file states none) and "layer". */
IRM_API irm_status irm_geometry_read(const char *path, const char *layer, const char *name,
                                     irm_table *table, irm_error *error);

/* Decodes the WKB rows of a bytes column. Rows that are empty or not polygonal give shapes
 * without rings. */
IRM_API irm_status irm_shapes_new(const irm_column *geometry, size_t n_rows,
                                  irm_shapes **shapes, irm_error *error);
IRM_API void irm_shapes_free(irm_shapes *shapes);
IRM_API size_t irm_shapes_count(const irm_shapes *shapes);
IRM_API irm_shape irm_shapes_get(const irm_shapes *shapes, size_t index);
/* Copies: the shapes of `indices`, in that order; the shapes of several, one after the
 * other. */
IRM_API irm_status irm_shapes_select(const irm_shapes *shapes, const size_t *indices,
                                     size_t count, irm_shapes **selected,
                                     irm_error *error);
IRM_API irm_status irm_shapes_join(const irm_shapes *const *parts, size_t count,
                                   irm_shapes **joined, irm_error *error);
/* Reprojects every coordinate, by names PROJ knows ("EPSG:4326"). */
IRM_API irm_status irm_shapes_project(irm_shapes *shapes, const char *from, const char *to,
                                      irm_error *error);
/* Merges shapes by group: group[i] in 0 … n_groups - 1, or -1 to leave shape i out. Shared
 * boundaries vanish; holes, exclaves and islands stay. */
IRM_API irm_status irm_shapes_dissolve(const irm_shapes *shapes, const int32_t *group,
                                       size_t n_groups, irm_shapes **merged,
                                       irm_error *error);
/* Area in squared units of the coordinates (plane), holes taken out. */
IRM_API double irm_shape_area(irm_shape shape);
/* A point inside the largest part, where a label or a circle is put. */
IRM_API void irm_shape_point(irm_shape shape, double *x, double *y);
IRM_API void irm_shape_bounds(irm_shape shape, double *xmin, double *ymin, double *xmax,
                              double *ymax);


/* True for .geojson and .gpkg. */
IRM_API bool irm_geometry_writable(const char *path);
/* Writes one feature a row: the numbers and categories of `table`, and the shape of the same
 * index, in the coordinates named `crs` ("EPSG:2154"; GeoJSON is read as EPSG:4326, so give it
 * that). The file appears whole or not at all, and holds no clock. */
IRM_API irm_status irm_geometry_write(const irm_table *table, const irm_shapes *shapes,
                                      const char *crs, const char *path, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
