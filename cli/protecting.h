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

/* `by` and `value` (NULL: none) name columns of the CSV file or of the stored table that
 * the words give; `wanted` are items of --zonings: a column, a level of the geography
 * (with a store), or NAME=FILE. Clear whatever the status. */
irm_status cli_protecting_read(cli_context *context, const char *const *by, size_t n_by,
                               const char *value, const char *const *wanted,
                               size_t n_wanted, cli_protecting *to, irm_error *error);
void cli_protecting_clear(cli_protecting *of);

#endif
