/* What `tabulate --by` asks for: columns, bands of them, recodes, levels of the
 * geography.
 */
#ifndef IRMINON_CLI_GROUPING_H
#define IRMINON_CLI_GROUPING_H

#include "cli.h"
#include "irminon/tabulate.h"

/* Zero-initialise. */
typedef struct cli_grouping {
    const char **by; /* columns of the table */
    size_t n_by;
    irm_regroup *regroups;
    size_t n_regroups;
    const char **items; /* of --by, cut in place */
    char **texts;       /* owned: modalities, groups and names that regroups borrow */
    size_t n_texts, texts_capacity;
} cli_grouping;

/* Reads --by and --recode for a table. The geography is loaded only where a level needs
 * it. REFUSED: a level that the table cannot give, with the reason. */
irm_status cli_grouping_read(cli_context *context, cli_session *session,
                             const irm_table *schema, cli_grouping *grouping,
                             irm_error *error);
void cli_grouping_clear(cli_grouping *grouping);

#endif
