#include "irminon/describe.h"

#include "irminon/write.h"
#include "verbs.h"

static const cli_option options[] = {
    {"weight", 'w', "COLUMN", "weigh each row by this column"},
    {"output", 'o', "FILE", ".csv, .json, .xlsx or .h5 (default: CSV on standard output)"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {0},
};

static irm_status run(cli_context *context, irm_error *error) {
    const char *asked = cli_get(context, "output");
    IRM_TRY(irm_write_check(asked != NULL ? asked : "-", cli_get(context, "locale"), error));
    cli_session session;
    irm_table described = {0};
    const irm_table *schema = NULL;
    irm_status status = cli_session_open(context, CLI_WITH_STORE, &session, error);
    if (status == IRM_OK) {
        status = irm_store_need(session.store, cli_word(context, 1), &schema, error);
    }
    if (status == IRM_OK) {
        status = cli_refuse_confidential(schema, error); /* extremes are cells */
    }
    if (status == IRM_OK) {
        status = irm_describe_stored(session.store, cli_word(context, 1),
                                     cli_get(context, "weight"), &described, error);
    }
    if (status == IRM_OK) {
        const char *output = cli_get(context, "output");
        status = irm_table_write(&described, output != NULL ? output : "-",
                                 cli_get(context, "locale"), error);
    }
    irm_table_clear(&described);
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_describe = {
    .name = "describe",
    .words = "STORE TABLE",
    .min_words = 2,
    .max_words = 2,
    .summary = "each column of a table: counts, moments, quantiles, top categories",
    .details = "Standard deviations have n - 1, quantiles are of R's type 7; weighted\n"
               "definitions are in docs/methods.md.\n\n"
               "Example:\n  irminon describe store detail-logemt@2021 --weight IPONDL",
    .options = options,
    .run = run,
};
