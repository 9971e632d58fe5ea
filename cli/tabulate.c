#include "irminon/tabulate.h"

#include <string.h>

#include "irminon/memory.h"
#include "irminon/write.h"
#include "verbs.h"

static const cli_option options[] = {
    {"by", 'b', "A,B,...", "columns that make the groups"},
    {"weight", 'w', "COLUMN", "add up this weight instead of counting rows"},
    {"sum", 's', "A,B,...", "add up these columns"},
    {"where", 0, "EXPR", "only the rows where this holds"},
    {"output", 'o', "FILE", ".csv, .json, .xlsx or .h5 (default: CSV on standard output)"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {0},
};

typedef struct tabulate_job {
    cli_context *context;
    cli_session session;
    const char **by, **sums;
    size_t n_by, n_sums;
    irm_where *where;
    const char **columns; /* all that must be read */
    size_t n_columns;
} tabulate_job;

static void need(tabulate_job *job, const char *name) {
    for (size_t i = 0; i < job->n_columns; i++) {
        if (strcmp(job->columns[i], name) == 0) {
            return;
        }
    }
    job->columns[job->n_columns++] = name;
}

/* The columns to read: only those. */
static irm_status list_columns(tabulate_job *job, irm_error *error) {
    size_t n_where = 0;
    const char *const *of_where =
        job->where != NULL ? irm_where_columns(job->where, &n_where) : NULL;
    job->columns = irm_calloc(job->n_by + job->n_sums + n_where + 1, sizeof *job->columns);
    if (job->columns == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < job->n_by; i++) {
        need(job, job->by[i]);
    }
    for (size_t i = 0; i < job->n_sums; i++) {
        need(job, job->sums[i]);
    }
    for (size_t i = 0; i < n_where; i++) {
        need(job, of_where[i]);
    }
    if (cli_get(job->context, "weight") != NULL) {
        need(job, cli_get(job->context, "weight"));
    }
    return IRM_OK;
}

/* Medians, ratios and indices do not add up. */
static irm_status check_sums(const tabulate_job *job, const irm_table *schema,
                             irm_error *error) {
    for (size_t i = 0; i < job->n_sums; i++) {
        const irm_column *column = irm_table_column(schema, job->sums[i]);
        const char *declared = irm_attributes_get(&column->attributes, "kind");
        irm_kind kind = irm_column_kind(column);
        if (declared != NULL && !irm_kind_additive(kind) && kind != IRM_KIND_WEIGHT) {
            return irm_fail(error, IRM_STATUS_REFUSED,
                            "%s is of kind %s: it does not add up", column->name, declared);
        }
    }
    return IRM_OK;
}

static irm_status check_columns(const tabulate_job *job, const irm_table *schema,
                                irm_error *error) {
    irm_column *unused;
    for (size_t i = 0; i < job->n_columns; i++) {
        IRM_TRY(irm_table_need(schema, job->columns[i], &unused, error));
    }
    IRM_TRY(check_sums(job, schema, error));
    if (irm_attributes_get(&schema->attributes, "confidential") != NULL) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "%s is confidential: its cells are not published as they are",
                        schema->name);
    }
    return IRM_OK;
}

static irm_status tabulate(tabulate_job *job, irm_error *error) {
    const char *name = cli_word(job->context, 1);
    const irm_table *schema;
    IRM_TRY(irm_store_need(job->session.store, name, &schema, error));
    IRM_TRY(list_columns(job, error));
    IRM_TRY(check_columns(job, schema, error));
    irm_table result = {0};
    irm_tabulation tabulation = {.by = job->by,
                                 .n_by = job->n_by,
                                 .weight = cli_get(job->context, "weight"),
                                 .sums = job->sums,
                                 .n_sums = job->n_sums,
                                 .where = job->where};
    irm_status status =
        irm_tabulate_stored(job->session.store, name, &tabulation,
                            irm_store_threads(job->session.store), &result, error);
    if (status == IRM_OK) {
        const char *output = cli_get(job->context, "output");
        status = irm_table_write(&result, output != NULL ? output : "-",
                                 cli_get(job->context, "locale"), error);
    }
    irm_table_clear(&result);
    return status;
}

static irm_status read_options(tabulate_job *job, irm_error *error) {
    const char *by = cli_get(job->context, "by"), *sums = cli_get(job->context, "sum");
    const char *where = cli_get(job->context, "where");
    if (sums != NULL && cli_has(job->context, "weight")) {
        return cli_usage_error(error, job->context->verb, "--sum or --weight, not both");
    }
    if (by != NULL) {
        IRM_TRY(cli_split(by, &job->by, &job->n_by, error));
    }
    if (sums != NULL) {
        IRM_TRY(cli_split(sums, &job->sums, &job->n_sums, error));
    }
    return where == NULL ? IRM_OK : irm_where_parse(where, &job->where, error);
}

static irm_status run(cli_context *context, irm_error *error) {
    tabulate_job job = {.context = context};
    irm_status status = read_options(&job, error);
    if (status == IRM_OK) {
        status = cli_session_open(context, CLI_WITH_STORE, &job.session, error);
    }
    if (status == IRM_OK) {
        status = tabulate(&job, error);
    }
    irm_where_free(job.where);
    irm_free(job.by);
    irm_free(job.sums);
    irm_free(job.columns);
    cli_session_clear(&job.session);
    return status;
}

const cli_verb cli_verb_tabulate = {
    .name = "tabulate",
    .words = "STORE TABLE",
    .min_words = 2,
    .max_words = 2,
    .summary = "counts and sums by groups",
    .details =
        "Columns: those of --by, `rows` (records of the cell), `value` (weighted or summed;\n"
        "equal to rows without either), then any further sum. Sums are exact: the same\n"
        "whatever the order of the rows. Hidden cells are not added, and are counted in a\n"
        "column `hidden` when there are any.\n\n"
        "EXPR compares columns: AGED >= 18 and SEXE = 2, CATL in (1, 2), TYPL in 1..3,\n"
        "not (…), or. Categories compare as text.\n\n"
        "Example:\n"
        "  irminon tabulate store detail-logemt@2021 --by CATL --weight IPONDL",
    .options = options,
    .run = run,
};
