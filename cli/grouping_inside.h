/* What the files of `--by` share. Private to them. */
#ifndef IRMINON_CLI_GROUPING_INSIDE_H
#define IRMINON_CLI_GROUPING_INSIDE_H

#include "grouping.h"
#include "irminon/text.h"

/* Modalities and the groups they are put in, side by side. */
typedef struct recode_list {
    const char **from, **to;
    size_t n, from_capacity, to_capacity;
} recode_list;

/* A copy that lives as long as the grouping; NULL: no memory. */
const char *grouping_own(cli_grouping *to, const char *text, size_t size);
irm_status grouping_add_pair(cli_grouping *grouping, recode_list *list, irm_view from,
                             irm_view to, irm_error *error);
/* One more column that is regrouped; NULL: no memory. */
irm_regroup *grouping_add(cli_grouping *to, const char *column, irm_error *error);
bool grouping_has(const cli_grouping *grouping, const char *column);

/* Whether a word of --by names a level, where no column has that name. */
bool grouping_is_level(const char *text);
/* Groups by a level: by the column of its codes, else by where the codes of a finer
 * column are. Départements and France are read in the codes themselves where the store
 * has no geography. REFUSED with the reason where the table does not tell. */
irm_status grouping_by_level(cli_context *context, cli_session *session,
                             const irm_table *schema, const char *id, cli_grouping *to,
                             irm_error *error);

#endif
