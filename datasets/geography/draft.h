/* A geography while it is assembled: codes in order of first appearance, names where one
 * was met, and of each commune its place in every level. */
#ifndef IRMINON_GEOGRAPHY_DRAFT_H
#define IRMINON_GEOGRAPHY_DRAFT_H

#include "geography/inside.h"

typedef struct draft_level {
    char *id;
    irm_dict *codes;
    char **names; /* by number in `codes`; NULL where none was met */
    size_t names_capacity;
    int32_t *of; /* by commune, -1 for none; NULL: not made of communes */
    size_t n_of, of_capacity;
} draft_level;

/* levels[0] is that of communes. */
typedef struct geography_draft {
    draft_level **levels;
    size_t n_levels, capacity;
} geography_draft;

irm_status draft_init(geography_draft *draft, irm_error *error);
void draft_clear(geography_draft *draft);
/* NULL when absent. */
draft_level *draft_find(const geography_draft *draft, const char *id);
/* The level of that id, begun when absent. */
irm_status draft_need(geography_draft *draft, const char *id, draft_level **level, irm_error *error);
irm_status draft_add(draft_level *level, const char *code, int32_t *number,
                     irm_error *error);
/* Gives a name to a code that has none yet; an empty name is none. */
irm_status draft_name(draft_level *level, int32_t number, const char *name,
                      irm_error *error);
/* Puts a commune in a territory, unless it is in one already. */
irm_status draft_member(draft_level *level, int32_t commune, int32_t number,
                        irm_error *error);
/* Adds fr, frm and, where no table gave them, départements by the commune's code. */
irm_status draft_complete(geography_draft *draft, irm_error *error);
/* The levels in their usual order, each in the order of its codes. */
irm_status draft_finish(const geography_draft *draft, irm_geography *geography, irm_error *error);

#endif
