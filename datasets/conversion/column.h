/* One column of a converted table. */
#ifndef IRMINON_CONVERSION_COLUMN_H
#define IRMINON_CONVERSION_COLUMN_H

#include "conversion/rows.h"

typedef struct column_work {
    const irm_history *history;
    const irm_populations *populations;
    const irm_convert_options *options;
    const irm_table *table;
    const irm_column *key; /* of `table` */
    const code_links *links;
    const row_parts *parts;
    const irm_kind *measures; /* by code of the measure column; NULL: not a cube */
    const irm_column *measure;
    bool detail; /* a record a row: what describes one is not shared with its weight */
} column_work;

/* Kind of a column: as asked, else as its descriptor tells. */
irm_kind column_kind(const column_work *work, const irm_column *column);
/* What was asked of it, or NULL. */
const irm_convert_column *column_asked(const column_work *work, const char *name);
/* Fills `to` (added, empty) from `from`. */
irm_status column_convert(const column_work *work, const irm_column *from, irm_column *to,
                          irm_error *error);
/* Recomputes a ratio in the rows of `result` that are made of several or of part of one.
 */
irm_status column_recompute(const column_work *work, const irm_convert_column *asked,
                            const irm_table *result, irm_column *to, irm_error *error);

#endif
