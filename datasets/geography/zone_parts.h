/* The parts of communes that the lines of a zoning give to its zones. */
#ifndef IRMINON_GEOGRAPHY_ZONE_PARTS_H
#define IRMINON_GEOGRAPHY_ZONE_PARTS_H

#include "irminon/geography.h"

/* `amount`: a share of the commune (all of them at most 1) or the inhabitants of the
 * part; `zone` -1: in none. */
typedef struct zone_part {
    int32_t commune, zone;
    double amount;
    size_t line;
} zone_part;

typedef struct zone_parts {
    zone_part *items;
    size_t count, capacity;
} zone_parts;

irm_status zone_parts_add(zone_parts *parts, zone_part part, irm_error *error);
/* Where each commune goes: the whole of it to `of_commune`, the parts of one that is cut
 * to `cuts`, in the order of the communes; `of_commune` then has the zone of most of it.
 * Where the file gives shares, what is left of 1 is in no zone. DATA at the line of
 * shares that pass 1, and of a commune whose parts have no inhabitants. */
irm_status zone_parts_settle(zone_parts *parts, const irm_level *communes,
                             const char *path, int32_t *of_commune, irm_cut **cuts,
                             size_t *n_cuts, irm_error *error);

#endif
