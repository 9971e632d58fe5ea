/* What the verb `convert` reads off its options. */
#ifndef IRMINON_CLI_CONVERT_H
#define IRMINON_CLI_CONVERT_H

#include "cli.h"
#include "irminon/conversion.h"

/* What is said of columns; names are owned. */
typedef struct convert_columns {
    irm_convert_column *items;
    size_t count, capacity;
    irm_category_rule rule; /* of the categories not named */
} convert_columns;

/* --counts, --medians, --ratio, --categories; columns must be the table's. */
irm_status convert_columns_read(cli_context *context, const irm_table *table,
                                convert_columns *columns, irm_error *error);
void convert_columns_clear(convert_columns *columns);

/* "my-table@2000" for "dir/My table.csv". */
void convert_file_dataset(const char *path, char *name, size_t size);
/* Where the report and the changes go: beside the output, else on standard output (the
 * report alone: *changes is then NULL). Allocated. */
irm_status convert_account_paths(const char *asked, const char *output, char **report,
                                 char **changes, irm_error *error);

#endif
