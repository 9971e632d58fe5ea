/* Which rows of a table make each row of the converted one. */
#ifndef IRMINON_CONVERSION_ROWS_H
#define IRMINON_CONVERSION_ROWS_H

#include "irminon/conversion.h"
#include "irminon/dict.h"

/* Where the codes of the key lead: links of code k are first[k] … first[k + 1] - 1. */
typedef struct code_links {
    size_t *first;
    int32_t *target; /* numbers in `targets` */
    double *share;
    size_t count, target_capacity, share_capacity;
    irm_dict *targets;
} code_links;

void code_links_clear(code_links *links);

/* Row r of the result is made of parts start[r] … start[r + 1] - 1. */
typedef struct row_parts {
    size_t n_rows;
    int32_t *target; /* by row of the result */
    size_t *start;   /* n_rows + 1 */
    uint32_t *row;   /* by part: row of the table */
    double *share;   /* by part: 1 for all of it */
} row_parts;

/* Rows of the result: one a target and set of values of the columns that tell rows apart
 * (period, dimensions, measure); in a detail table, one a row and target. `kept` (by row,
 * NULL for all) leaves some out. In the order of the codes where they alone tell rows
 * apart, of first appearance elsewhere. */
irm_status row_parts_find(const irm_table *table, const irm_column *key,
                          const code_links *links, const bool *kept, bool detail,
                          row_parts *parts, irm_error *error);
void row_parts_clear(row_parts *parts);

#endif
