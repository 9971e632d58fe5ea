/* Private to engine/tabulate/: rows put into ordered groups. */
#ifndef IRMINON_TABULATE_GROUPS_H
#define IRMINON_TABULATE_GROUPS_H

#include "irminon/table.h"

/* The kept rows of a table, listed group after group. Within a group they keep the
 * table's order. Groups are refined one column at a time and stay sorted. */
typedef struct row_groups {
    uint32_t *rows;   /* n_rows kept rows */
    uint32_t *starts; /* n_groups + 1 offsets into rows */
    size_t n_rows, n_groups;
} row_groups;

/* One group of the rows where `selected` is not 0 (NULL: all). */
irm_status row_groups_init(row_groups *groups, size_t n_rows, const uint8_t *selected,
                           irm_error *error);
/* Splits each group by a column: no value first, then labels by byte or numbers by value.
 * DATA: a number with a fraction. */
irm_status row_groups_split(row_groups *groups, const irm_column *column,
                            irm_error *error);
void row_groups_clear(row_groups *groups);

#endif
