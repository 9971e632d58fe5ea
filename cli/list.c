#include <stdio.h>
#include <string.h>

#include "verbs.h"

static const char *attribute(const irm_attributes *attributes, const char *name) {
    const char *value = irm_attributes_get(attributes, name);
    return value != NULL ? value : "";
}

static void list_tables(const irm_store *store) {
    printf("%-44s %-8s %-6s %10s %8s  %s\n", "table", "shape", "level", "rows", "columns",
           "geography");
    for (size_t i = 0; i < irm_store_count(store); i++) {
        const irm_table *table = irm_store_schema(store, i);
        printf("%-44s %-8s %-6s %10zu %8zu  %s\n", table->name,
               attribute(&table->attributes, "shape"), attribute(&table->attributes, "level"),
               table->n_rows, table->n_columns, attribute(&table->attributes, "geography"));
    }
}

static void list_columns(const irm_table *table) {
    static const char *const types[] = {"number", "category", "bytes"};
    printf("%s: %zu rows\n\nLineage\n", table->name, table->n_rows);
    for (size_t i = 0; i < table->attributes.count; i++) {
        const irm_attribute *item = &table->attributes.items[i];
        printf("  %-14s %s\n", item->name, item->value);
    }
    printf("\n%-28s %-9s %-10s %-18s %-5s %s\n", "column", "type", "kind", "variable", "year",
           "label");
    for (size_t i = 0; i < table->n_columns; i++) {
        const irm_column *column = &table->columns[i];
        const irm_attributes *a = &column->attributes;
        printf("%-28s %-9s %-10s %-18s %-5s %s\n", column->name, types[column->type],
               attribute(a, "kind"), attribute(a, "variable"), attribute(a, "year"),
               attribute(a, "label_fr"));
    }
}

static irm_status run(cli_context *context, irm_error *error) {
    cli_session session;
    irm_status status = cli_session_open(context, CLI_WITH_STORE, &session, error);
    const irm_table *table = NULL;
    if (status == IRM_OK && cli_word(context, 1) != NULL) {
        status = irm_store_need(session.store, cli_word(context, 1), &table, error);
    }
    if (status == IRM_OK && table != NULL) {
        list_columns(table);
    } else if (status == IRM_OK) {
        list_tables(session.store);
    }
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_list = {
    .name = "list",
    .words = "STORE [TABLE]",
    .min_words = 1,
    .max_words = 2,
    .summary = "tables of a store; of one table, its columns and lineage",
    .run = run,
};
