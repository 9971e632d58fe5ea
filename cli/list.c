#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/labels.h"
#include "irminon/memory.h"
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

static const char *or_empty(const char *text) { return text != NULL ? text : ""; }

static void list_columns(const irm_table *table, const irm_labels *labels) {
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
               or_empty(irm_labels_column(labels, column->name)));
    }
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The codes that a column has, in alphabetical order, and what they mean. */
static irm_status list_codes(const irm_store *store, const irm_labels *labels,
                             const char *table, const char *name, irm_error *error) {
    irm_table read;
    IRM_TRY(irm_store_read(store, table, &name, 1, &read, error));
    const irm_column *column = &read.columns[0];
    size_t n =
        column->type == IRM_COLUMN_CATEGORY ? irm_dict_count(column->categories) : 0;
    const char **codes = irm_calloc(n, sizeof *codes);
    for (size_t i = 0; codes != NULL && i < n; i++) {
        codes[i] = irm_dict_text(column->categories, (int32_t)i);
    }
    if (codes != NULL) {
        qsort(codes, n, sizeof *codes, by_text);
        printf("%s: %s\n", name, or_empty(irm_labels_column(labels, name)));
    }
    for (size_t i = 0; codes != NULL && i < n; i++) {
        char label[512] = "";
        irm_labels_code(labels, name, codes[i], label, sizeof label);
        printf("  %-14s %s\n", codes[i], label);
    }
    irm_status status = codes != NULL ? IRM_OK : irm_fail_memory(error);
    irm_free(codes);
    irm_table_clear(&read);
    return status;
}

static irm_status list_table(const cli_context *context, const irm_store *store,
                             irm_error *error) {
    const irm_table *table;
    irm_labels *labels = NULL;
    IRM_TRY(irm_store_need(store, cli_word(context, 1), &table, error));
    IRM_TRY(irm_labels_open(store, table, &labels, error));
    irm_status status = IRM_OK;
    if (cli_word(context, 2) != NULL) {
        status = list_codes(store, labels, table->name, cli_word(context, 2), error);
    } else {
        list_columns(table, labels);
    }
    irm_labels_free(labels);
    return status;
}

static irm_status run(cli_context *context, irm_error *error) {
    cli_session session;
    irm_status status = cli_session_open(context, CLI_WITH_STORE, &session, error);
    if (status == IRM_OK && cli_word(context, 1) != NULL) {
        status = list_table(context, session.store, error);
    } else if (status == IRM_OK) {
        list_tables(session.store);
    }
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_list = {
    .name = "list",
    .words = "STORE [TABLE [COLUMN]]",
    .min_words = 1,
    .max_words = 3,
    .summary =
        "tables of a store; of one, its columns and lineage; of a column, its codes",
    .run = run,
};
