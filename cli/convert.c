#include "convert.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/write.h"
#include "verbs.h"

static const cli_option options[] = {
    {"output", 'o', "FILE", ".csv, .json, .xlsx or .h5; - for CSV on standard output"},
    {"geography", 'g', "YEAR", "the communes of 1 January of that year"},
    {"from", 0, "YEAR", "those of the table, when it does not tell (else: detected)"},
    {"detect", 0, NULL, "only tell the year of the table's communes, with scores"},
    {"id", 0, "COL", "column of the commune codes, when the table does not tell"},
    {"counts", 0, "A,B|all", "columns that add up, when no descriptor tells"},
    {"medians", 0, "A,B", "medians, means and ratios that nothing recomputes"},
    {"ratio", 0, "R=100*A/B", "a ratio recomputed from counts; may be repeated"},
    {"categories", 0, "A:RULE,…", "majority, absorbing or mixed; RULE alone is for all"},
    {"mixed-value", 0, "TEXT", "the word for mixed categories (default: mixed)"},
    {"population", 0, "TABLE:COL",
     "what splits are shared by (default: the nearest known)"},
    {"equal-shares", 0, NULL, "share alike where no population tells"},
    {"arrondissements", 0, "fold|keep", "of Paris, Lyon and Marseille (default: fold)"},
    {"report", 0, "FILE", "the conservation report (default: beside FILE)"},
    {"replace", 0, NULL, "replace the converted table that is in the store already"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {"descriptor", 0, "FILE", "a descriptor of yours, added to those known"},
    {0},
};

/* All that a conversion needs. */
typedef struct conversion_work {
    irm_store *store;
    irm_registry *registry;
    irm_history *history;
    irm_populations *populations;
    irm_table table;
    bool from_file;
    convert_columns columns;
    irm_convert_options options;
    irm_conversion result;
} conversion_work;

static void clear_work(conversion_work *w) {
    irm_conversion_clear(&w->result);
    convert_columns_clear(&w->columns);
    irm_table_clear(&w->table);
    irm_populations_free(w->populations);
    irm_history_free(w->history);
    irm_registry_free(w->registry);
    irm_store_free(w->store);
}

/* ---- the table -------------------------------------------------------------------- */

static irm_status read_file(cli_context *context, conversion_work *w, const char *path,
                            irm_error *error) {
    char name[128];
    IRM_TRY(irm_registry_new(&w->registry, error));
    const char *descriptor;
    for (size_t i = 0; (descriptor = cli_get_nth(context, "descriptor", i)) != NULL;
         i++) {
        IRM_TRY(irm_registry_add_file(w->registry, descriptor, error));
    }
    irm_ingest_options ingest = {0};
    irm_error unknown = {0};
    irm_status status = irm_ingest_file(w->registry, path, &ingest, &context->reporter,
                                        &w->table, &unknown);
    if (status == IRM_STATUS_NOT_FOUND) { /* no descriptor: read by inference */
        convert_file_dataset(path, name, sizeof name);
        ingest.dataset = name;
        irm_reporter silent = context->reporter;
        silent.warn = NULL;
        return irm_ingest_file(w->registry, path, &ingest, &silent, &w->table, error);
    }
    if (status != IRM_OK && error != NULL) {
        *error = unknown;
    }
    return status;
}

static irm_status read_table(cli_context *context, conversion_work *w, irm_error *error) {
    const char *name = cli_word(context, 1);
    const irm_table *schema = irm_store_find(w->store, name);
    if (schema == NULL && irm_path_exists(name)) {
        w->from_file = true;
        return read_file(context, w, name, error);
    }
    IRM_TRY(irm_store_need(w->store, name, &schema, error));
    if (cli_has(context, "output") &&
        irm_attributes_get(&schema->attributes, "confidential") != NULL) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "%s is confidential: its cells are not published as they are",
                        name);
    }
    return irm_store_read(w->store, name, NULL, 0, &w->table, error);
}

/* ---- its year --------------------------------------------------------------------- */

static irm_status print_detection(const conversion_work *w, irm_error *error) {
    irm_candidate *found = NULL;
    size_t n = 0;
    IRM_TRY(irm_history_detect_table(w->history, &w->table, w->options.key, &found, &n,
                                     error));
    puts("year,score,matched,strange,absent");
    for (size_t i = 0; i < n; i++) {
        printf("%d,%.6f,%zu,%zu,%zu\n", found[i].year, found[i].score, found[i].matched,
               found[i].strange, found[i].absent);
    }
    irm_free(found);
    return IRM_OK;
}

static irm_status find_year(cli_context *context, conversion_work *w, irm_error *error) {
    long year;
    IRM_TRY(cli_get_integer(context, "from", 1943, 2100, 0, &year, error));
    if (year == 0) {
        year = (long)irm_attributes_integer(&w->table.attributes, "geography", 0);
    }
    w->options.from = (int)year;
    return year != 0 ? IRM_OK
                     : irm_history_date(w->history, &w->table, w->options.key,
                                        &context->reporter, &w->options.from, error);
}

/* ---- options ---------------------------------------------------------------------- */

static irm_status read_options(cli_context *context, conversion_work *w,
                               irm_error *error) {
    long year;
    IRM_TRY(cli_get_integer(context, "geography", 1943, 2100, 0, &year, error));
    const char *fold = cli_get(context, "arrondissements");
    if (fold != NULL && strcmp(fold, "fold") != 0 && strcmp(fold, "keep") != 0) {
        return cli_usage_error(error, context->verb,
                               "--arrondissements is fold or keep, not '%s'", fold);
    }
    if (year == 0 && !cli_has(context, "detect")) {
        return cli_usage_error(error, context->verb,
                               "to which year? (--geography YEAR, or --detect)");
    }
    w->options.to = (int)year;
    w->options.key = cli_get(context, "id");
    w->options.keep_arrondissements = fold != NULL && strcmp(fold, "keep") == 0;
    w->options.unknown =
        cli_has(context, "equal-shares") ? IRM_SHARE_EQUAL : IRM_SHARE_UNKNOWN;
    w->options.mixed = cli_get(context, "mixed-value");
    return IRM_OK;
}

/* ---- results ---------------------------------------------------------------------- */

static irm_status write_accounts(cli_context *context, const conversion_work *w,
                                 const char *output, irm_error *error) {
    char *report = NULL, *changes = NULL;
    irm_table table = {0};
    const char *asked = cli_get(context, "report");
    irm_status status = convert_account_paths(asked, output, &report, &changes, error);
    if (status == IRM_OK) {
        status = irm_conversion_report(&w->result, &table, error);
    }
    if (status == IRM_OK) {
        status = irm_table_write(&table, report, cli_get(context, "locale"), error);
    }
    irm_table_clear(&table);
    if (status == IRM_OK && changes != NULL) {
        status = irm_conversion_changes(&w->result, &table, error);
    }
    if (status == IRM_OK && changes != NULL) {
        status = irm_table_write(&table, changes, cli_get(context, "locale"), error);
    }
    irm_table_clear(&table);
    irm_free(report);
    irm_free(changes);
    return status;
}

/* "id@2014" converted to 2017 is "id-geo2017@2014": another family, so that no
 * computation takes both. */
static irm_status put_in_store(cli_context *context, conversion_work *w,
                               irm_error *error) {
    irm_table *table = &w->result.table;
    irm_buffer name = {0}, dataset = {0};
    const char *at = strrchr(table->name, '@');
    size_t head = at != NULL ? (size_t)(at - table->name) : strlen(table->name);
    irm_buffer_format(&dataset, "%.*s-geo%d", (int)head, table->name, w->options.to);
    irm_buffer_format(&name, "%s%s", dataset.data != NULL ? dataset.data : "",
                      at != NULL ? at : "");
    irm_status status = name.failed || dataset.failed ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        status = irm_attributes_set(&table->attributes, "dataset", dataset.data, error);
    }
    if (status == IRM_OK) {
        irm_free(table->name);
        table->name = irm_buffer_take(&name);
        status = irm_store_put(w->store, table, cli_has(context, "replace"), error);
    }
    if (status == IRM_OK) {
        cli_note(context, "%s: %zu rows in the geography of %d", table->name,
                 table->n_rows, w->options.to);
    }
    irm_buffer_clear(&name);
    irm_buffer_clear(&dataset);
    return status;
}

static irm_status deliver(cli_context *context, conversion_work *w, irm_error *error) {
    const char *output = cli_get(context, "output");
    if (output == NULL) {
        IRM_TRY(put_in_store(context, w, error));
    } else {
        IRM_TRY(
            irm_table_write(&w->result.table, output, cli_get(context, "locale"), error));
    }
    cli_note(context, "%d to %d: %zu codes merged, %zu split, %zu unmatched",
             w->options.from, w->options.to, w->result.merged, w->result.split,
             w->result.unmatched);
    bool to_screen = output != NULL && strcmp(output, "-") == 0;
    return to_screen && cli_get(context, "report") == NULL
               ? IRM_OK
               : write_accounts(context, w, output, error);
}

static irm_status work(cli_context *context, conversion_work *w, irm_error *error) {
    IRM_TRY(read_options(context, w, error));
    IRM_TRY(cli_store_open(context, false, &w->store, error));
    IRM_TRY(read_table(context, w, error));
    IRM_TRY(irm_history_load(w->store, &w->history, error));
    if (cli_has(context, "detect")) {
        return print_detection(w, error);
    }
    IRM_TRY(find_year(context, w, error));
    IRM_TRY(irm_populations_load(w->store, cli_get(context, "population"),
                                 &w->populations, error));
    IRM_TRY(convert_columns_read(context, &w->table, &w->columns, error));
    w->options.columns = w->columns.items;
    w->options.n_columns = w->columns.count;
    w->options.rule = w->columns.rule;
    IRM_TRY(irm_convert_table(&w->table, w->history, w->populations, &w->options,
                              &context->reporter, &w->result, error));
    return deliver(context, w, error);
}

static irm_status run(cli_context *context, irm_error *error) {
    const char *output = cli_get(context, "output");
    if (output != NULL) {
        IRM_TRY(irm_write_check(output, cli_get(context, "locale"), error));
    }
    conversion_work w = {0};
    irm_status status = work(context, &w, error);
    clear_work(&w);
    return status;
}

const cli_verb cli_verb_convert = {
    .name = "convert",
    .words = "STORE TABLE|FILE.csv",
    .min_words = 2,
    .max_words = 2,
    .summary = "move a table to the communes of another year",
    .details =
        "From 1968 on, both ways, by the movements of the official geographic code that "
        "the\n"
        "store holds (v_mvtcommune, with v_commune_depuis_1943; past its last year, "
        "passage\n"
        "tables). Counts add up where communes merge; where one is split they are shared "
        "in\n"
        "proportion to a population after the split, and marked estimated. Ratios and\n"
        "medians are recomputed (--ratio), or hidden within bounds; categories follow "
        "their\n"
        "rule. Without -o the result goes into the store, as TABLE-geoYEAR.\n\n"
        "Beside FILE.csv go FILE.report.csv (totals before and after, of each column) "
        "and\n"
        "FILE.changes.csv (each code merged, split, unmatched).\n\n"
        "Examples:\n"
        "  irminon convert store rp-comparateur@2018 --geography 2014 -o "
        "comparateur.csv\n"
        "  irminon convert store mine.csv --id CODGEO --counts all -g 2023 -o "
        "mine2023.csv\n"
        "  irminon convert store mine.csv --detect",
    .options = options,
    .run = run,
};
