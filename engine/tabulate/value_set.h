/* Private to engine/tabulate/: the distinct numbers of a column, whatever they are,
 * ascending: an axis of numbers that are not small integers, as quantiles and
 * descriptions need. */
#ifndef IRMINON_TABULATE_VALUE_SET_H
#define IRMINON_TABULATE_VALUE_SET_H

#include "irminon/store.h"

typedef struct value_set {
    double *values; /* ascending, distinct; -0 is 0 */
    size_t n;
    uint32_t *slots; /* of the hash: place + 1, or 0 */
    size_t mask;     /* slots - 1 */
} value_set;

enum { VALUE_SET_MOST = 1 << 26 };

/* Collects the values of the cells that show one. Memory: 20 to 40 bytes a distinct
 * value.
 * `*unfit` is set, and the set is empty, where there are VALUE_SET_MOST or more. */
irm_status value_set_init(value_set *set, const irm_cursor *cursor, size_t column,
                          size_t threads, bool *unfit, irm_error *error);
void value_set_clear(value_set *set);
/* The place of a value that is in the set. */
size_t value_set_find(const value_set *set, double value);

#endif
