/* What `protect` reads: a table of groups and values, and zonings of its first group. */
#ifndef IRMINON_CLI_PROTECTING_H
#define IRMINON_CLI_PROTECTING_H

#include "cli.h"
#include "irminon/publication.h"

typedef struct cli_protecting {
    irm_table table;
    cli_session session;
    irm_zones *zonings;
    char **names;     /* of the zonings, owned */
    irm_dict **zones; /* likewise */
    int32_t **of_code;
    size_t n_zonings;
} cli_protecting;

/* What --value names: nothing, a column, or a total and its parts (TOTAL=PART+PART…). */
typedef struct cli_parts {
    const char **names; /* in `text`: the column; or the total, then the parts */
    size_t n;
    char *text;
} cli_parts;

/* The column of the values of parts, once unfolded. */
#define CLI_PARTS_VALUE "(value)"

/* Clear whatever the status. `value` may be NULL. */
irm_status cli_parts_read(const char *value, cli_parts *parts, irm_error *error);
void cli_parts_clear(cli_parts *parts);
static inline bool cli_parts_several(const cli_parts *parts) { return parts->n > 1; }
/* Turns a table whose last columns are a total and its parts into one with a row a part:
 * a group called as the total, whose labels are the parts, and a number called `value`.
 * DATA, with the row, where a total is not the sum of its parts. */
irm_status cli_parts_unfold(const cli_parts *parts, const char *value, irm_table *table,
                            irm_error *error);

/* `by` and `values` (none, one, or a total and its parts) name columns of the CSV file or
 * of the stored table that the words give; `wanted` are items of --zonings: a column, a
 * level of the geography (with a store), or NAME=FILE. Clear whatever the status. */
irm_status cli_protecting_read(cli_context *context, const char *const *by, size_t n_by,
                               const cli_parts *values, const char *const *wanted,
                               size_t n_wanted, cli_protecting *to, irm_error *error);
void cli_protecting_clear(cli_protecting *of);

#endif
