#include <string.h>

#include "irminon/memory.h"
#include "irminon/spatial.h"
#include "units.h"

/* Metres within which two boundaries of one layer are the same. */
static const double SNAP = 0.01;

static irm_status commune_neighbours(const cli_context *context,
                                     const cli_session *session,
                                     const irm_level *communes,
                                     irm_neighbours *neighbours, irm_error *error) {
    int32_t *items = irm_calloc(communes->count, sizeof *items);
    irm_map_layer *layer = NULL;
    irm_reporter silent = context->reporter;
    silent.warn = NULL;
    irm_status status = items == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < communes->count; i++) {
        items[i] = (int32_t)i;
    }
    if (status == IRM_OK) {
        status = irm_map_layer_new(session->store, session->geography, communes, items,
                                   communes->count, &silent, &layer, error);
    }
    if (status == IRM_OK) {
        status =
            irm_neighbours_contiguous(irm_map_layer_shapes(layer), IRM_CONTIGUITY_QUEEN,
                                      SNAP, 0, neighbours, error);
    }
    irm_map_layer_free(layer);
    irm_free(items);
    return status;
}

irm_status cli_zones_around(const cli_context *context, const cli_session *session,
                            const irm_level *zone, int32_t index, bool *around,
                            irm_error *error) {
    irm_neighbours neighbours = {0};
    const irm_level *communes = irm_geography_level(session->geography, "com");
    around[index] = true;
    if (communes == NULL || zone->of_commune == NULL) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "territories of level %s are not made of communes: their neighbours are "
            "not known",
            zone->id);
    }
    IRM_TRY(commune_neighbours(context, session, communes, &neighbours, error));
    for (size_t i = 0; i < communes->count; i++) {
        if (zone->of_commune[i] != index) {
            continue;
        }
        for (size_t e = neighbours.start[i]; e < neighbours.start[i + 1]; e++) {
            int32_t other = zone->of_commune[neighbours.index[e]];
            if (other >= 0) {
                around[other] = true;
            }
        }
    }
    irm_neighbours_clear(&neighbours);
    return IRM_OK;
}
