/* Private to the engine: the distinct values of a stored column of numbers, with their
 * rows and weights, read by blocks and in threads. */
#ifndef IRMINON_TABULATE_VALUES_H
#define IRMINON_TABULATE_VALUES_H

#include "irminon/store.h"
#include "stats/shares.h"

typedef struct value_list {
    value_share *shares; /* by ascending value */
    size_t count;
    size_t hidden; /* rows that show no value */
} value_list;

/* Rows of weight 0 are left out of the shares. `*unfit` is set where the column cannot be
 * read this way: over 2^26 distinct values, or weights of very unlike sizes. DATA: a
 * weight that is missing or negative. The caller frees `list->shares`. */
irm_status values_of_stored(const irm_store *store, const char *table, const char *column,
                            const char *weight, size_t threads, value_list *list,
                            bool *unfit, irm_error *error);

#endif
