#include "geography/place.h"

#include <stdio.h>
#include <string.h>

#include "geography/movement.h"
#include "irminon/memory.h"

static irm_status fold(irm_geography *geography, const irm_level *communes, int first,
                       int last, const char *commune, irm_error *error) {
    int32_t index = irm_level_find(communes, commune);
    for (int code = first; code <= last && index >= 0; code++) {
        char text[8];
        snprintf(text, sizeof text, "%05d", code);
        IRM_TRY(geography_set_place(geography, text, index, IRM_PLACED_FOLDED, error));
    }
    return IRM_OK;
}

irm_status place_own(irm_geography *geography, irm_error *error) {
    const irm_level *communes = irm_geography_level(geography, "com");
    for (size_t i = 0; i < communes->count; i++) {
        IRM_TRY(geography_set_place(geography, communes->items[i].code, (int32_t)i,
                                    IRM_PLACED_SAME, error));
    }
    IRM_TRY(fold(geography, communes, 75101, 75120, "75056", error));
    IRM_TRY(fold(geography, communes, 69381, 69389, "69123", error));
    return fold(geography, communes, 13201, 13216, "13055", error);
}

/* Delegated and associated communes keep a code of their own under their parent's. */
static irm_status place_parents(irm_geography *geography, const irm_store *store,
                                const irm_table *schema, irm_error *error) {
    const irm_column *key = source_key(schema);
    const irm_column *parent = source_variable(schema, "COMPARENT");
    const char *columns[] = {key->name, parent->name};
    irm_table table = {0};
    IRM_TRY(irm_store_read(store, schema->name, columns, 2, &table, error));
    irm_column *codes = NULL, *parents = NULL;
    irm_status status = irm_table_need(&table, columns[0], &codes, error);
    if (status == IRM_OK) {
        status = irm_table_need(&table, columns[1], &parents, error);
    }
    for (size_t row = 0; row < table.n_rows && status == IRM_OK; row++) {
        int32_t commune = irm_geography_place(geography, irm_column_label(parents, row),
                                              NULL);
        if (commune >= 0) {
            status = geography_set_place(geography, irm_column_label(codes, row), commune,
                                         IRM_PLACED_MERGED, error);
        }
    }
    irm_table_clear(&table);
    return status;
}

static irm_status place_all_parents(irm_geography *geography, const irm_store *store,
                                    const zoning_sources *sources, bool same_year,
                                    irm_error *error) {
    for (size_t i = 0; i < sources->count; i++) {
        const zoning_source *source = &sources->items[i];
        if (strcmp(source->level, "com") == 0 &&
            source_variable(source->schema, "COMPARENT") != NULL &&
            (source->year == geography->year) == same_year) {
            IRM_TRY(place_parents(geography, store, source->schema, error));
        }
    }
    return IRM_OK;
}

static irm_status place_moved(irm_geography *geography, const irm_store *store,
                              const irm_table *schema, irm_error *error) {
    const irm_level *communes = irm_geography_level(geography, "com");
    movements moves;
    IRM_TRY(movements_read(store, schema, &moves, error));
    irm_status status = IRM_OK;
    char date[16];
    snprintf(date, sizeof date, "%04d-01-01", geography->year);
    for (size_t i = 0; i < moves.count && status == IRM_OK; i++) {
        const char *code = moves.by_before[i].before;
        int32_t commune = movements_forward(&moves, communes, code);
        if (commune >= 0) {
            status = geography_set_place(geography, code, commune, IRM_PLACED_MERGED, error);
        }
    }
    for (size_t i = 0; i < moves.count && status == IRM_OK; i++) {
        const char *code = moves.by_after[i].after;
        int32_t commune = movements_backward(&moves, communes, code, date);
        if (commune >= 0) {
            status = geography_set_place(geography, code, commune, IRM_PLACED_MERGED, error);
        }
    }
    movements_clear(&moves);
    return status;
}

irm_status place_others(irm_geography *geography, const irm_store *store,
                        const zoning_sources *sources, irm_error *error) {
    IRM_TRY(place_all_parents(geography, store, sources, true, error));
    for (size_t i = 0; i < irm_store_count(store); i++) {
        const irm_table *schema = irm_store_schema(store, i);
        if (movements_in(schema)) {
            IRM_TRY(place_moved(geography, store, schema, error));
        }
    }
    return place_all_parents(geography, store, sources, false, error);
}
