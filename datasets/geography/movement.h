/* The movements of communes that the official geographic code lists: mergers, splits,
 * changes of code. */
#ifndef IRMINON_GEOGRAPHY_MOVEMENT_H
#define IRMINON_GEOGRAPHY_MOVEMENT_H

#include "irminon/geography.h"
#include "irminon/store.h"

typedef struct movement {
    const char *date;  /* ISO 8601; borrowed, as the codes */
    const char *before, *after;
} movement;

typedef struct movements {
    irm_table table; /* lends the texts */
    movement *by_before, *by_after; /* the same, sorted by code, then by date */
    size_t count;
} movements;

/* True for a table that has the columns of the list. */
bool movements_in(const irm_table *schema);
irm_status movements_read(const irm_store *store, const irm_table *schema,
                          movements *movements, irm_error *error);
void movements_clear(movements *movements);

/* The commune of `level` that `code` became; -1 when its movements lead to none. */
int32_t movements_forward(const movements *movements, const irm_level *level,
                          const char *code);
/* The commune that `code`, created after `date`, came from; -1 when none. */
int32_t movements_backward(const movements *movements, const irm_level *level,
                           const char *code, const char *date);

#endif
