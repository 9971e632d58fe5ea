/* The inside of an irm_geography. */
#ifndef IRMINON_GEOGRAPHY_INSIDE_H
#define IRMINON_GEOGRAPHY_INSIDE_H

#include "irminon/dict.h"
#include "irminon/geography.h"

struct irm_geography {
    int year;
    irm_level **levels; /* pointers, so that those lent out survive an addition */
    size_t n_levels, levels_capacity;
    /* Every commune code of any year that leads somewhere. */
    irm_dict *codes;
    int32_t *commune;   /* by number in `codes`: index of the commune */
    unsigned char *how; /* irm_placement */
    size_t commune_capacity, how_capacity;
};

/* What is known beforehand of levels: their order, labels. NULL for a custom zoning. */
typedef struct level_kind {
    const char *id, *label_fr, *label_en;
} level_kind;
const level_kind *level_kind_of(const char *id);
/* Place in the usual order; custom zonings come last. */
int level_rank(const char *id);

/* An empty level at the end of the geography, which owns it. */
irm_status geography_new_level(irm_geography *geography, const char *id, size_t count,
                               irm_level **level, irm_error *error);
/* Takes the last level out. */
void geography_drop_level(irm_geography *geography);
/* Where a commune code leads; a code already known keeps its place. */
irm_status geography_set_place(irm_geography *geography, const char *code, int32_t commune,
                               irm_placement how, irm_error *error);
/* The sort key of a name: folded, without a leading article. Allocated, NULL without
 * memory. */
char *sort_key(const char *name);

#endif
