/* Which région a département is in: no cube says so, the store's geography may. */
#include <stdio.h>
#include <string.h>

#include "ingest/totals.h"
#include "irminon/geography.h"
#include "irminon/memory.h"

/* Every département by one of its communes. */
static irm_status read_departments(totals *of, const irm_geography *geography,
                                   irm_error *error) {
    const irm_level *communes = irm_geography_level(geography, "com");
    const irm_level *regions = irm_geography_level(geography, "reg");
    if (communes == NULL || regions == NULL || regions->of_commune == NULL) {
        return IRM_OK;
    }
    IRM_TRY(irm_dict_new(&of->departments, error));
    IRM_TRY(irm_dict_new(&of->regions, error));
    size_t capacity = 0;
    for (size_t i = 0; i < communes->count; i++) {
        char department[4], region[64];
        int32_t at, in = regions->of_commune[i];
        size_t known = irm_dict_count(of->departments);
        irm_code_department(communes->items[i].code, department);
        IRM_TRY(irm_reserve((void **)&of->region_of, &capacity, known + 1,
                            sizeof *of->region_of, error));
        IRM_TRY(irm_dict_add(of->departments, irm_view_of(department), &at, error));
        if ((size_t)at == known) {
            of->region_of[at] = -1;
        }
        if (in >= 0 && of->region_of[at] < 0) {
            snprintf(region, sizeof region, "R%.60s", regions->items[in].code);
            IRM_TRY(irm_dict_add(of->regions, irm_view_of(region), &of->region_of[at],
                                 error));
        }
    }
    return IRM_OK;
}

irm_status totals_read_regions(totals *of, const irm_store *store, irm_error *error) {
    irm_geography *geography = NULL;
    int year = (int)irm_attributes_integer(&of->table->attributes, "geography", 0);
    if (store == NULL || (irm_geography_load(store, year, &geography, NULL) != IRM_OK &&
                          irm_geography_load(store, 0, &geography, NULL) != IRM_OK)) {
        return IRM_OK;
    }
    irm_status status = read_departments(of, geography, error);
    irm_geography_free(geography);
    return status;
}

int32_t totals_region(const totals *of, irm_view department) {
    int32_t at =
        of->departments != NULL ? irm_dict_find(of->departments, department) : -1;
    return at >= 0 && of->region_of[at] >= 0
               ? irm_dict_find(of->territories,
                               irm_view_of(irm_dict_text(of->regions, of->region_of[at])))
               : -1;
}
