#include <stdlib.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "irminon/write.h"
#include "protecting.h"
#include "verbs.h"

static const cli_option options[] = {
    {"by", 'b', "A,B,...", "columns of groups; the first is what zonings are made of"},
    {"value", 0, "COLUMN",
     "what is added up (default: rows are counted), or TOTAL=PART+PART+..."},
    {"threshold", 0, "N",
     "hide cells from 1 to N - 1 (units, or rows with --contributors)"},
    {"contributors", 0, NULL, "each row is one contributor: the threshold counts rows"},
    {"dominance", 0, "n,k", "hide cells of which n rows make over k %"},
    {"p-percent", 0, "P", "hide cells whose largest row can be known within P %"},
    {"zonings", 0, "A,B,...",
     "also publish by: a column, a level of the store, NAME=FILE"},
    {"keep", 0, "LEVEL,...", "margins always shown: total, a zoning, the first group"},
    {"output", 'o', "FILE", ".csv, .json, .xlsx or .h5; - for CSV on standard output"},
    {"audit", 0, NULL, "write FILE.audit.csv: what can be computed of each hidden cell"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {0},
};

typedef struct protect_job {
    cli_context *context;
    const char **by, **zonings, **keep;
    const char **groups; /* `by`, and a group of parts */
    size_t n_by, n_zonings, n_keep;
    cli_parts values;
    irm_publication wanted;
} protect_job;

static irm_status read_number(const protect_job *job, const char *option,
                              const char *text, double least, double most, double *value,
                              irm_error *error) {
    double read;
    if (!irm_text_number(irm_view_of(text), '.', &read, NULL) || !(read >= least) ||
        !(read <= most)) {
        return cli_usage_error(error, job->context->verb,
                               "--%s wants a number from %g to %g, not '%s'", option,
                               least, most, text);
    }
    *value = read;
    return IRM_OK;
}

/* "n,k" */
static irm_status read_dominance(protect_job *job, const char *text, irm_error *error) {
    const char **items = NULL;
    size_t n = 0;
    double count = 0;
    IRM_TRY(cli_split(text, &items, &n, error));
    irm_status status = IRM_OK;
    if (n != 2) {
        status = cli_usage_error(error, job->context->verb,
                                 "--dominance wants n,k (as 1,85), not '%s'", text);
    }
    if (status == IRM_OK) {
        status = read_number(job, "dominance", items[0], 1, IRM_DISCLOSURE_LARGEST,
                             &count, error);
    }
    if (status == IRM_OK) {
        status = read_number(job, "dominance", items[1], 1, 99.999,
                             &job->wanted.rules.dominance, error);
    }
    job->wanted.rules.dominant = (unsigned)count;
    irm_free(items);
    return status;
}

static irm_status read_rules(protect_job *job, irm_error *error) {
    const cli_context *context = job->context;
    irm_disclosure_rules *rules = &job->wanted.rules;
    const char *threshold = cli_get(context, "threshold");
    const char *dominance = cli_get(context, "dominance");
    const char *percent = cli_get(context, "p-percent");
    if (threshold != NULL) {
        IRM_TRY(
            read_number(job, "threshold", threshold, 2, 1e9, &rules->threshold, error));
    }
    if (dominance != NULL) {
        IRM_TRY(read_dominance(job, dominance, error));
    }
    if (percent != NULL) {
        IRM_TRY(read_number(job, "p-percent", percent, 0.001, 1000, &rules->p_percent,
                            error));
    }
    if (threshold == NULL && dominance == NULL && percent == NULL) {
        return cli_usage_error(error, context->verb,
                               "by what rule? (--threshold, --dominance, --p-percent)");
    }
    bool concentration = dominance != NULL || percent != NULL;
    if (concentration && cli_get(context, "value") == NULL) {
        return cli_usage_error(
            error, context->verb,
            "--dominance and --p-percent are about the amounts of rows: "
            "give them with --value");
    }
    job->wanted.contributors = concentration || cli_has(context, "contributors");
    return IRM_OK;
}

/* The groups of the publication: a total and its parts are one more. */
static irm_status read_groups(protect_job *job, irm_error *error) {
    bool several = cli_parts_several(&job->values);
    job->groups = irm_calloc(job->n_by + 1, sizeof *job->groups);
    if (job->groups == NULL) {
        return irm_fail_memory(error);
    }
    memcpy(job->groups, job->by, job->n_by * sizeof *job->groups);
    if (several) {
        job->groups[job->n_by] = job->values.names[0];
    }
    job->wanted.by = job->groups;
    job->wanted.n_by = job->n_by + several;
    job->wanted.value = several             ? CLI_PARTS_VALUE
                        : job->values.n > 0 ? job->values.names[0]
                                            : NULL;
    return IRM_OK;
}

static irm_status read_options(protect_job *job, irm_error *error) {
    const cli_context *context = job->context;
    const char *by = cli_get(context, "by"), *zonings = cli_get(context, "zonings");
    const char *keep = cli_get(context, "keep"), *output = cli_get(context, "output");
    if (by == NULL) {
        return cli_usage_error(error, context->verb, "by what? (--by COLUMN,...)");
    }
    if (output == NULL) {
        return cli_usage_error(error, context->verb,
                               "where to write? (-o FILE, or -o -)");
    }
    if (strcmp(output, "-") == 0 && cli_has(context, "audit")) {
        return cli_usage_error(error, context->verb, "--audit writes beside -o FILE");
    }
    IRM_TRY(irm_write_check(output, cli_get(context, "locale"), error));
    IRM_TRY(read_rules(job, error));
    IRM_TRY(cli_split(by, &job->by, &job->n_by, error));
    IRM_TRY(cli_parts_read(cli_get(context, "value"), &job->values, error));
    IRM_TRY(read_groups(job, error));
    if (zonings != NULL) {
        IRM_TRY(cli_split(zonings, &job->zonings, &job->n_zonings, error));
    }
    if (keep != NULL) {
        IRM_TRY(cli_split(keep, &job->keep, &job->n_keep, error));
    }
    long threads;
    IRM_TRY(cli_get_integer(context, "threads", 1, 4096, 0, &threads, error));
    job->wanted.keep = job->keep;
    job->wanted.n_keep = job->n_keep;
    job->wanted.threads = (size_t)threads;
    job->wanted.reporter = &context->reporter;
    return IRM_OK;
}

/* "out.csv" gives "out.audit.csv". */
static char *audit_path(const char *output) {
    irm_buffer path = {0};
    size_t stem = strlen(output) - strlen(irm_path_extension(output));
    irm_buffer_format(&path, "%.*s.audit.csv", (int)stem, output);
    return irm_buffer_take(&path);
}

static irm_status write_audit(const protect_job *job, const irm_table *audit,
                              irm_error *error) {
    if (!cli_has(job->context, "audit")) {
        return IRM_OK;
    }
    char *path = audit_path(cli_get(job->context, "output"));
    irm_status status =
        path != NULL
            ? irm_table_write(audit, path, cli_get(job->context, "locale"), error)
            : irm_fail_memory(error);
    irm_free(path);
    return status;
}

/* What was hidden, and what the audit proved of it. */
static void tell(const protect_job *job, const irm_table *released,
                 const irm_table *audit, const irm_protection *protection) {
    cli_note(job->context,
             "%zu cells: %zu sensitive, %zu more hidden so that they are not computed%s",
             released->n_rows, protection->sensitive, protection->beside,
             protection->sensitive == 0 ? ""
             : protection->exact        ? " (the least there is)"
                                        : " (heuristic)");
    if (audit->n_rows > 0) {
        cli_note(job->context,
                 "audit: each sensitive cell is as far as its rule asks in tables that "
                 "agree with all that is released; the interval of %zu of the %zu hidden "
                 "cells is exact, that of the others at least as wide",
                 protection->intervals, audit->n_rows);
    }
}

static irm_status publish(protect_job *job, const irm_table *table, irm_error *error) {
    irm_table released, audit;
    irm_protection protection;
    IRM_TRY(irm_publish(table, &job->wanted, &released, &audit, &protection, error));
    irm_status status = write_audit(job, &audit, error);
    if (status == IRM_OK) {
        status = irm_table_write(&released, cli_get(job->context, "output"),
                                 cli_get(job->context, "locale"), error);
    }
    if (status == IRM_OK) {
        tell(job, &released, &audit, &protection);
    }
    irm_table_clear(&released);
    irm_table_clear(&audit);
    return status;
}

static irm_status run(cli_context *context, irm_error *error) {
    protect_job job = {.context = context};
    cli_protecting data = {0};
    irm_status status = read_options(&job, error);
    if (status == IRM_OK) {
        status = cli_protecting_read(context, job.by, job.n_by, &job.values, job.zonings,
                                     job.n_zonings, &data, error);
    }
    if (status == IRM_OK) {
        job.wanted.zonings = data.zonings;
        job.wanted.n_zonings = data.n_zonings;
        status = publish(&job, &data.table, error);
    }
    cli_protecting_clear(&data);
    cli_parts_clear(&job.values);
    irm_free(job.by);
    irm_free(job.groups);
    irm_free(job.zonings);
    irm_free(job.keep);
    return status;
}

const cli_verb cli_verb_protect = {
    .name = "protect",
    .words = "FILE.csv | STORE TABLE",
    .min_words = 1,
    .max_words = 2,
    .summary = "publish confidential figures without what would disclose them",
    .details =
        "Adds up the table by its groups, with every margin, and over zonings of the "
        "first\n"
        "group, which need not nest. Cells that a rule finds sensitive are hidden, and "
        "others\n"
        "with them, so that no one can compute them too closely from all that is shown: "
        "not\n"
        "under the threshold for sure, not nearer than the rule of concentration asks. "
        "Zeros\n"
        "are shown. The same input gives the same output. What cannot be protected is "
        "told,\n"
        "and nothing is written.\n\n"
        "Columns: `level`, the groups (\"total\" in a margin), `value` (s: hidden), "
        "`state`.\n"
        "The audit: the groups, `released`, `lower`, `upper` (taken by tables that agree "
        "with\n"
        "all that is released; empty: no limit), `protected`, `rule`, `least`, `most` "
        "(beyond\n"
        "which none goes; the same where the interval is exact).\n\n"
        "--value A=AI+AM+... reads a total and its parts side by side: the parts are one "
        "more\n"
        "group, and a row whose total is not their sum is refused.\n\n"
        "Examples:\n"
        "  irminon protect beneficiaries.csv --by commune,benefit --value households \\\n"
        "      --threshold 5 --zonings epci,departement -o published.csv --audit\n"
        "  irminon protect families.csv --by commune --value A=AI+AM+ACSSENF+ACAVENF \\\n"
        "      --threshold 5 --zonings dep,epci -o published.csv --audit\n"
        "  irminon protect store own-data.com@2024 --by CODGEO --value A --threshold 5 "
        "\\\n"
        "      --zonings epci,dep,quartiers=zones.csv -o published.xlsx",
    .options = options,
    .session = true,
    .run = run,
};
