/* Private to engine/tabulate/: where a table in the order of the first axis can be cut,
 * so that what comes before has none of the groups of what comes after, or one at most.
 */
#ifndef IRMINON_TABULATE_PARTS_H
#define IRMINON_TABULATE_PARTS_H

#include "tabulate/cells.h"

/* Blocks first … last - 1: all rows of keys under `end` are in them or before. */
typedef struct table_part {
    size_t first, last;
    uint64_t end;
} table_part;

/* Parts of `blocks` blocks or more, as the table tells of its blocks without reading
 * them: one where it tells nothing, or is in no such order. The caller frees *parts. */
irm_status parts_find(const cell_plan *plan, size_t blocks, table_part **parts,
                      size_t *count, irm_error *error);

#endif
