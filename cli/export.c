#include "irminon/labels.h"
#include "irminon/write.h"
#include "verbs.h"

static const cli_option options[] = {
    {"output", 'o', "FILE", ".csv, .json, .xlsx or .h5; - for CSV on standard output"},
    {"labels", 0, NULL, "beside each column of codes, their labels"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {0},
};

static irm_status add_labels(const irm_store *store, irm_table *table, irm_error *error) {
    const irm_table *schema;
    irm_labels *labels = NULL;
    IRM_TRY(irm_store_need(store, table->name, &schema, error));
    IRM_TRY(irm_labels_open(store, schema, &labels, error));
    irm_status status = irm_labels_add(labels, table, NULL, 0, error);
    irm_labels_free(labels);
    return status;
}

static irm_status run(cli_context *context, irm_error *error) {
    cli_session session;
    irm_table table = {0};
    const char *output = cli_get(context, "output");
    if (output == NULL) {
        return cli_usage_error(error, context->verb, "where to write? (-o FILE, or -o -)");
    }
    IRM_TRY(irm_write_check(output, cli_get(context, "locale"), error));
    irm_status status = cli_session_open(context, CLI_WITH_STORE, &session, error);
    const irm_table *schema = NULL;
    if (status == IRM_OK) {
        status = irm_store_need(session.store, cli_word(context, 1), &schema, error);
    }
    if (status == IRM_OK) {
        status = cli_refuse_confidential(schema, error);
    }
    if (status == IRM_OK) {
        status = irm_store_read(session.store, cli_word(context, 1), NULL, 0, &table, error);
    }
    if (status == IRM_OK && cli_has(context, "labels")) {
        status = add_labels(session.store, &table, error);
    }
    if (status == IRM_OK) {
        status = irm_table_write(&table, output, cli_get(context, "locale"), error);
    }
    irm_table_clear(&table);
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_export = {
    .name = "export",
    .words = "STORE TABLE",
    .min_words = 2,
    .max_words = 2,
    .summary = "a whole table, as it was ingested",
    .details = "Cells that were hidden by the producer come back as the text it published.\n\n"
               "Example:\n  irminon export store rp-comparateur@2018 -o comparateur.csv",
    .options = options,
    .run = run,
};
