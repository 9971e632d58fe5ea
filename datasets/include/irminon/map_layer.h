/* A map layer: the shapes of a set of territories, ready to be drawn, from the geometry
 * tables of a store.
 *
 * Shapes published for the level are taken as they are; otherwise they are dissolved from
 * those of communes. Coordinates are plane metres: the legal projection where every
 * territory is in one, Lambert-93 otherwise. A layer meant for drawing only (overseas
 * moved beside the mainland) gives no area. */
#ifndef IRMINON_MAP_LAYER_H
#define IRMINON_MAP_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/geography.h"
#include "irminon/geometry.h"
#include "irminon/progress.h"
#include "irminon/status.h"
#include "irminon/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_map_layer irm_map_layer;

/* The shapes of `items` (indices in `level`, `count` of them), in that order. NOT_FOUND when
 * the store has no geometry that covers any of them, with what to ingest. Territories
 * without a shape are warned of once, and have a shape without rings. */
IRM_API irm_status irm_map_layer_new(const irm_store *store, const irm_geography *geography,
                                     const irm_level *level, const int32_t *items,
                                     size_t count, const irm_reporter *reporter,
                                     irm_map_layer **layer, irm_error *error);
IRM_API void irm_map_layer_free(irm_map_layer *layer);
/* Borrowed until the layer is freed. */
IRM_API const irm_shapes *irm_map_layer_shapes(const irm_map_layer *layer);
/* The neighbours to draw in grey around them (communes, or départements, whose extent meets
 * theirs), or NULL. */
IRM_API const irm_shapes *irm_map_layer_context(const irm_map_layer *layer);
/* Table the shapes came from, for the Source line. */
IRM_API const char *irm_map_layer_table(const irm_map_layer *layer);
/* Name of the shapes' coordinates ("EPSG:2154"). */
IRM_API const char *irm_map_layer_projection(const irm_map_layer *layer);
/* True for a layer that is for drawing only: its overseas départements are not where they
 * seem. */
IRM_API bool irm_map_layer_moved(const irm_map_layer *layer);
/* How many territories have no shape. */
IRM_API size_t irm_map_layer_missing(const irm_map_layer *layer);
/* Area of the index-th territory in km², in its legal projection; NaN when the layer is for
 * drawing only or has no shape for it. */
IRM_API double irm_map_layer_area(const irm_map_layer *layer, size_t index);

#ifdef __cplusplus
}
#endif
#endif
