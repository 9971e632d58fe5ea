#include "irminon/tabulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cross.h"
#include "grouping.h"
#include "irminon/labels.h"
#include "irminon/memory.h"
#include "irminon/write.h"
#include "verbs.h"

static const cli_option options[] = {
    {"by", 'b', "A,B:5,...",
     "columns (in bands of 5), or levels (com, dep, reg, epci, fr)"},
    {"recode", 0, "COLUMN=FILE",
     "group its modalities: CSV of modality,group; repeatable"},
    {"cross", 0, "C", "one more column of --by, whose modalities make columns"},
    {"weight", 'w', "COLUMN", "add up this weight instead of counting rows"},
    {"sum", 's', "A,B,...", "add up these columns"},
    {"mean", 0, "A,B,...", "means of these columns, weighted by --weight"},
    {"quantile", 0, "A=0.5,...", "quantiles of columns, weighted by --weight"},
    {"where", 0, "EXPR", "only the rows where this holds"},
    {"totals", 0, NULL, "totals and sub-totals too"},
    {"precision", 0, NULL, "flags, design effect and approximate interval of each count"},
    {"labels", 0, NULL, "beside each code of --by, its label"},
    {"output", 'o', "FILE",
     ".csv, .json, .xlsx or .h5 (default: CSV on standard output)"},
    {"memory", 0, "SIZE", "bytes that cells may take: 300M, 2G (default: 1G)"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {0},
};

typedef struct tabulate_job {
    cli_context *context;
    cli_session session;
    cli_grouping grouping;
    const char **sums, **means, **quantile_items;
    size_t n_sums, n_means, n_quantiles;
    irm_quantile_of *quantiles;
    char **quantile_texts; /* owned: columns and names */
    irm_where *where;
} tabulate_job;

/* Medians, ratios and indices do not add up. */
static irm_status check_sums(const tabulate_job *job, const irm_table *schema,
                             irm_error *error) {
    for (size_t i = 0; i < job->n_sums; i++) {
        irm_column *column;
        IRM_TRY(irm_table_need(schema, job->sums[i], &column, error));
        const char *declared = irm_attributes_get(&column->attributes, "kind");
        irm_kind kind = irm_column_kind(column);
        if (declared != NULL && !irm_kind_additive(kind) && kind != IRM_KIND_WEIGHT) {
            return irm_fail(error, IRM_STATUS_REFUSED,
                            "%s is of kind %s: it does not add up", column->name, declared);
        }
    }
    return IRM_OK;
}

static irm_status check_table(const tabulate_job *job, const irm_table *schema,
                              irm_error *error) {
    IRM_TRY(check_sums(job, schema, error));
    return cli_refuse_confidential(schema, error);
}

/* --labels: of the columns that are counted as they are, not in groups. */
static irm_status add_labels(const tabulate_job *job, const irm_table *schema,
                             irm_table *result, irm_error *error) {
    const cli_grouping *grouping = &job->grouping;
    const char *crossed = cli_get(job->context, "cross");
    const char **names = irm_calloc(grouping->n_by, sizeof *names);
    irm_labels *labels = NULL;
    size_t n = 0;
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < grouping->n_by; i++) {
        bool plain = crossed == NULL || strcmp(crossed, grouping->by[i]) != 0;
        for (size_t k = 0; k < grouping->n_regroups && plain; k++) {
            plain = strcmp(grouping->regroups[k].column, grouping->by[i]) != 0;
        }
        names[n] = grouping->by[i];
        n += plain;
    }
    irm_status status = irm_labels_open(job->session.store, schema, &labels, error);
    if (status == IRM_OK) {
        status = irm_labels_add(labels, result, names, n, error);
    }
    irm_labels_free(labels);
    irm_free(names);
    return status;
}

static irm_status write(const tabulate_job *job, const irm_table *schema,
                        size_t memory, irm_table *result, irm_error *error) {
    const char *output = cli_get(job->context, "output");
    irm_table crossed = {0}, *shown = result;
    irm_status status = IRM_OK;
    if (cli_has(job->context, "cross")) {
        status = cli_cross(result, job->grouping.n_by, memory, &crossed, error);
        shown = &crossed;
    }
    if (status == IRM_OK && cli_has(job->context, "labels")) {
        status = add_labels(job, schema, shown, error);
    }
    if (status == IRM_OK) {
        status = irm_table_write_in(shown, output != NULL ? output : "-",
                                    cli_get(job->context, "locale"),
                                    irm_store_threads(job->session.store), error);
    }
    irm_table_clear(&crossed);
    return status;
}

/* Rows are written as they are made, unless all are needed first. */
static bool can_flow(const tabulate_job *job) {
    const char *output = cli_get(job->context, "output");
    return irm_row_writer_can(output != NULL ? output : "-") && job->n_quantiles == 0 &&
           !cli_has(job->context, "cross") && !cli_has(job->context, "totals") &&
           !cli_has(job->context, "labels");
}

static irm_status tabulate_rows(const tabulate_job *job, const char *name,
                                const irm_tabulation *tabulation, irm_error *error) {
    const char *output = cli_get(job->context, "output");
    irm_row_writer *writer;
    IRM_TRY(irm_row_writer_open(output != NULL ? output : "-",
                                cli_get(job->context, "locale"), &writer, error));
    irm_row_sink sink = irm_row_writer_sink(writer);
    irm_status status = irm_tabulate_rows(job->session.store, name, tabulation,
                                          irm_store_threads(job->session.store), &sink,
                                          error);
    return irm_row_writer_close(writer, status, error);
}

static irm_status tabulate(tabulate_job *job, irm_error *error) {
    const char *name = cli_word(job->context, 1);
    const irm_table *schema;
    IRM_TRY(irm_store_need(job->session.store, name, &schema, error));
    IRM_TRY(check_table(job, schema, error));
    IRM_TRY(cli_grouping_read(job->context, &job->session, schema, &job->grouping, error));
    irm_tabulation tabulation = {.by = job->grouping.by,
                                 .n_by = job->grouping.n_by,
                                 .weight = cli_get(job->context, "weight"),
                                 .sums = job->sums,
                                 .n_sums = job->n_sums,
                                 .where = job->where,
                                 .regroups = job->grouping.regroups,
                                 .n_regroups = job->grouping.n_regroups,
                                 .means = job->means,
                                 .n_means = job->n_means,
                                 .quantiles = job->quantiles,
                                 .n_quantiles = job->n_quantiles,
                                 .totals = cli_has(job->context, "totals"),
                                 .precision = cli_has(job->context, "precision")};
    tabulation.memory = IRM_TABULATION_MEMORY;
    IRM_TRY(cli_get_size(job->context, "memory", &tabulation.memory, error));
    if (can_flow(job)) {
        return tabulate_rows(job, name, &tabulation, error);
    }
    irm_table result = {0};
    irm_status status =
        irm_tabulate_stored(job->session.store, name, &tabulation,
                            irm_store_threads(job->session.store), &result, error);
    if (status == IRM_OK) {
        status = write(job, schema, tabulation.memory, &result, error);
    }
    irm_table_clear(&result);
    return status;
}

/* "COLUMN=0.5": the quantile of COLUMN, named quantile_COLUMN_0.5. */
static irm_status read_quantile(tabulate_job *job, size_t i, irm_error *error) {
    const char *item = job->quantile_items[i], *equals = strrchr(item, '=');
    char *end = NULL;
    double p = equals != NULL ? strtod(equals + 1, &end) : -1;
    if (equals == item || end == NULL || *end != '\0' || end == equals + 1 ||
        !(p >= 0 && p <= 1)) {
        return cli_usage_error(error, job->context->verb,
                               "--quantile %s: expected COLUMN=P, with P from 0 to 1", item);
    }
    irm_buffer name = {0};
    irm_buffer_format(&name, "quantile_%.*s_%s", (int)(equals - item), item, equals + 1);
    job->quantile_texts[2 * i] = irm_strndup(item, (size_t)(equals - item));
    job->quantile_texts[2 * i + 1] = irm_buffer_take(&name);
    job->quantiles[i] =
        (irm_quantile_of){job->quantile_texts[2 * i], p, job->quantile_texts[2 * i + 1]};
    return job->quantile_texts[2 * i] != NULL && job->quantile_texts[2 * i + 1] != NULL
               ? IRM_OK
               : irm_fail_memory(error);
}

static irm_status read_quantiles(tabulate_job *job, const char *list, irm_error *error) {
    IRM_TRY(cli_split(list, &job->quantile_items, &job->n_quantiles, error));
    job->quantiles = irm_calloc(job->n_quantiles, sizeof *job->quantiles);
    job->quantile_texts = irm_calloc(job->n_quantiles, 2 * sizeof *job->quantile_texts);
    if (job->quantiles == NULL || job->quantile_texts == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < job->n_quantiles; i++) {
        IRM_TRY(read_quantile(job, i, error));
    }
    return IRM_OK;
}

static irm_status check_options(const tabulate_job *job, irm_error *error) {
    const cli_context *context = job->context;
    if (cli_has(context, "sum") && cli_has(context, "weight")) {
        return cli_usage_error(error, context->verb, "--sum or --weight, not both");
    }
    if (cli_has(context, "cross") &&
        (job->n_means > 0 || job->n_quantiles > 0 || job->n_sums > 1 ||
         cli_has(context, "precision"))) {
        return cli_usage_error(error, context->verb,
                               "--cross shows one value a cell: leave out --mean, "
                               "--quantile, --precision and further sums");
    }
    return IRM_OK;
}

static irm_status read_options(tabulate_job *job, irm_error *error) {
    const char *sums = cli_get(job->context, "sum"), *means = cli_get(job->context, "mean");
    const char *where = cli_get(job->context, "where");
    const char *quantiles = cli_get(job->context, "quantile");
    if (sums != NULL) {
        IRM_TRY(cli_split(sums, &job->sums, &job->n_sums, error));
    }
    if (means != NULL) {
        IRM_TRY(cli_split(means, &job->means, &job->n_means, error));
    }
    if (quantiles != NULL) {
        IRM_TRY(read_quantiles(job, quantiles, error));
    }
    IRM_TRY(check_options(job, error));
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
    for (size_t i = 0; job.quantile_texts != NULL && i < 2 * job.n_quantiles; i++) {
        irm_free(job.quantile_texts[i]);
    }
    irm_free(job.quantile_texts);
    irm_free(job.quantiles);
    irm_free(job.quantile_items);
    irm_where_free(job.where);
    irm_free(job.sums);
    irm_free(job.means);
    cli_grouping_clear(&job.grouping);
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
        "column `hidden` when there are any. Means, quantiles and precision come after; what\n"
        "they are is in docs/methods.md.\n\n"
        "Rows are written as they are made: memory does not go with their number, but for\n"
        "--cross, --totals, --quantile, --labels, .xlsx and .h5, which hold all cells and are\n"
        "refused beyond --memory.\n\n"
        "EXPR compares columns: AGED >= 18 and SEXE = 2, CATL in (1, 2), TYPL in 1..3,\n"
        "not (…), or. Categories compare as text.\n\n"
        "Example:\n"
        "  irminon tabulate store detail-logemt@2021 --by CATL --weight IPONDL\n"
        "  irminon tabulate store detail-migcom@2021 --by COMMUNE,AGED:5 --cross SEXE \\\n"
        "      --weight IPONDI --where \"COMMUNE = 77288\" --totals",
    .options = options,
    .run = run,
};
