#include <string.h>

#include "irminon/memory.h"
#include "irminon/precision.h"
#include "irminon/write.h"
#include "verbs.h"

static const cli_option options[] = {
    {"level", 0, "LEVEL", "com, epci, dep, reg, fr… (required)"},
    {"within", 0, "TERRITORY", "only the territories within this one"},
    {"theme", 0, "T,...", "only these themes"},
    {"indicator", 0, "I,...", "only these indicators"},
    {"year", 0, "YEAR|all", "year (default: the newest of each indicator)"},
    {"confidence", 0, "LEVEL|none", "level of the intervals ci_lower, ci_upper (0.95)"},
    {"wide", 0, NULL, "one line a territory, one column an indicator"},
    {"output", 'o', "FILE", ".csv, .json, .xlsx or .h5; - for CSV on standard output (required)"},
    {"locale", 0, "fr", "CSV with semicolons and decimal commas"},
    {0},
};

typedef struct indicators_job {
    cli_context *context;
    cli_session session;
    const irm_level *level;
    bool *mask;
    size_t n_in;
    bool *wanted; /* by indicator of the catalogue */
    bool asked_by_name;
    bool all_years;
    int year;
    double confidence; /* 0: no intervals */
    irm_evaluation **evaluations;
    size_t n_evaluations, capacity;
    size_t n_unavailable;
} indicators_job;

static irm_status want_themes(indicators_job *job, const char *list, irm_error *error) {
    const char **items;
    size_t count;
    const irm_catalogue *catalogue = job->session.catalogue;
    IRM_TRY(cli_split(list, &items, &count, error));
    irm_status status = IRM_OK;
    for (size_t k = 0; status == IRM_OK && k < count; k++) {
        status = cli_check_theme(catalogue, items[k], error);
        for (size_t i = 0; status == IRM_OK && i < irm_catalogue_count(catalogue); i++) {
            if (strcmp(irm_catalogue_get(catalogue, i)->theme, items[k]) == 0) {
                job->wanted[i] = true;
            }
        }
    }
    irm_free(items);
    return status;
}

static irm_status want_indicators(indicators_job *job, const char *list, irm_error *error) {
    const char **items;
    size_t count;
    IRM_TRY(cli_split(list, &items, &count, error));
    irm_status status = IRM_OK;
    for (size_t k = 0; status == IRM_OK && k < count; k++) {
        size_t index;
        status = irm_catalogue_need(job->session.catalogue, items[k], &index, error);
        if (status == IRM_OK) {
            job->wanted[index] = true;
        }
    }
    job->asked_by_name = true;
    irm_free(items);
    return status;
}

static irm_status read_confidence(indicators_job *job, irm_error *error) {
    const char *text = cli_get(job->context, "confidence");
    job->confidence = cli_has(job->context, "wide") ? 0 : 0.95; /* no column for it */
    if (text == NULL) {
        return IRM_OK;
    }
    bool none = strcmp(text, "none") == 0;
    job->confidence = 0;
    if (!none && (!irm_text_number(irm_view_of(text), '.', &job->confidence, NULL) ||
                  !(job->confidence > 0 && job->confidence < 1))) {
        return cli_usage_error(error, job->context->verb,
                               "--confidence takes a level between 0 and 1, or none: not "
                               "\"%s\"",
                               text);
    }
    return IRM_OK;
}

static irm_status read_wishes(indicators_job *job, irm_error *error) {
    const char *themes = cli_get(job->context, "theme");
    const char *indicators = cli_get(job->context, "indicator");
    const char *year = cli_get(job->context, "year");
    size_t n = irm_catalogue_count(job->session.catalogue);
    job->wanted = irm_calloc(n, sizeof *job->wanted);
    if (job->wanted == NULL) {
        return irm_fail_memory(error);
    }
    if (themes == NULL && indicators == NULL) {
        memset(job->wanted, 1, n);
    }
    if (themes != NULL) {
        IRM_TRY(want_themes(job, themes, error));
    }
    if (indicators != NULL) {
        IRM_TRY(want_indicators(job, indicators, error));
    }
    job->all_years = year != NULL && strcmp(year, "all") == 0;
    long number = 0;
    if (!job->all_years) {
        IRM_TRY(cli_get_integer(job->context, "year", 1900, 2100, 0, &number, error));
    }
    job->year = (int)number;
    return IRM_OK;
}

static irm_status evaluate_one(indicators_job *job, size_t indicator, int year,
                               irm_error *error) {
    IRM_TRY(irm_reserve((void **)&job->evaluations, &job->capacity, job->n_evaluations + 1,
                        sizeof *job->evaluations, error));
    irm_evaluation *evaluation = irm_calloc(1, sizeof *evaluation);
    if (evaluation == NULL) {
        return irm_fail_memory(error);
    }
    job->evaluations[job->n_evaluations++] = evaluation;
    irm_evaluator *evaluator = job->session.evaluator;
    IRM_TRY(year == 0 ? irm_evaluate_widely(evaluator, indicator, job->level, job->mask,
                                            evaluation, error)
                      : irm_evaluate(evaluator, indicator, job->level, year, evaluation,
                                     error));
    evaluation->indicator = indicator;
    if (job->confidence > 0) {
        IRM_TRY(irm_evaluate_precision(job->session.evaluator, evaluation, job->confidence,
                                       error));
    }
    if (evaluation->unavailable != NULL) {
        job->n_unavailable++;
        if (job->asked_by_name) {
            irm_warn(&job->context->reporter, "%s is not available: %s",
                     irm_catalogue_get(job->session.catalogue, indicator)->id,
                     evaluation->unavailable);
        }
    }
    return irm_check_stop(&job->context->reporter, error);
}

/* Says where a definition changed between two of the years asked. */
static void warn_breaks(indicators_job *job, size_t first) {
    for (size_t i = first + 1; i < job->n_evaluations; i++) {
        const irm_evaluation *older = job->evaluations[i - 1], *newer = job->evaluations[i];
        irm_break change;
        if (older->source != NULL && newer->source != NULL &&
            irm_evaluator_break(job->session.evaluator, newer->source, older->year,
                                newer->year, &change)) {
            irm_warn(&job->context->reporter, "%s: %d and %d do not compare: %s",
                     irm_catalogue_get(job->session.catalogue, newer->indicator)->id,
                     newer->year, older->year, change.en);
        }
    }
}

static irm_status evaluate_years(indicators_job *job, size_t indicator, irm_error *error) {
    int *years = NULL;
    size_t count = 0, first = job->n_evaluations;
    IRM_TRY(irm_evaluator_years(job->session.evaluator, indicator, job->level, &years, &count,
                                error));
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        status = evaluate_one(job, indicator, years[i], error);
    }
    if (status == IRM_OK && count == 0) {
        status = evaluate_one(job, indicator, 0, error);
    }
    if (status == IRM_OK) {
        warn_breaks(job, first);
    }
    irm_free(years);
    return status;
}

static irm_status evaluate_wanted(indicators_job *job, irm_error *error) {
    for (size_t i = 0; i < irm_catalogue_count(job->session.catalogue); i++) {
        if (job->wanted[i]) {
            IRM_TRY(job->all_years ? evaluate_years(job, i, error)
                                   : evaluate_one(job, i, job->year, error));
        }
    }
    return IRM_OK;
}

static irm_status write_results(indicators_job *job, irm_error *error) {
    size_t most = (job->n_evaluations - job->n_unavailable) * job->n_in, n = 0;
    if (most == 0) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "the store can compute none of these indicators at level %s; "
                        "'irminon catalogue STORE --level %s' tells what is missing",
                        job->level->id, job->level->id);
    }
    irm_result *results = irm_calloc(most, sizeof *results);
    if (results == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t k = 0; k < job->n_evaluations; k++) {
        const irm_evaluation *evaluation = job->evaluations[k];
        const irm_indicator *indicator =
            irm_catalogue_get(job->session.catalogue, evaluation->indicator);
        for (size_t i = 0; evaluation->unavailable == NULL && i < job->level->count; i++) {
            if (job->mask[i]) {
                results[n++] = (irm_result){indicator, evaluation, (int32_t)i};
            }
        }
    }
    const char *path = cli_get(job->context, "output");
    const char *locale = cli_get(job->context, "locale");
    irm_status status = cli_has(job->context, "wide")
                            ? irm_results_write_wide(results, n, path, locale, error)
                            : irm_results_write(results, n, path, locale, error);
    irm_free(results);
    return status;
}

static irm_status compute(indicators_job *job, irm_error *error) {
    IRM_TRY(cli_session_open(job->context, CLI_WITH_EVALUATOR, &job->session, error));
    IRM_TRY(read_confidence(job, error));
    IRM_TRY(read_wishes(job, error));
    IRM_TRY(cli_level(&job->session, cli_get(job->context, "level"), &job->level, error));
    IRM_TRY(cli_within(&job->session, job->level, cli_get(job->context, "within"),
                       &job->mask, &job->n_in, error));
    if (job->n_in == 0) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "no territory of level %s is there",
                        job->level->id);
    }
    IRM_TRY(evaluate_wanted(job, error));
    IRM_TRY(write_results(job, error));
    if (job->n_unavailable > 0) {
        cli_note(job->context,
                 "%zu indicators written, %zu not available ('irminon catalogue STORE' tells "
                 "why)",
                 job->n_evaluations - job->n_unavailable, job->n_unavailable);
    }
    return IRM_OK;
}

static irm_status run(cli_context *context, irm_error *error) {
    if (!cli_has(context, "level")) {
        return cli_usage_error(error, context->verb, "which --level? (com, epci, dep, reg, fr)");
    }
    if (!cli_has(context, "output")) {
        return cli_usage_error(error, context->verb, "where to write? (-o FILE, or -o -)");
    }
    IRM_TRY(irm_write_check(cli_get(context, "output"), cli_get(context, "locale"), error));
    indicators_job job = {.context = context};
    irm_status status = compute(&job, error);
    for (size_t i = 0; i < job.n_evaluations; i++) {
        irm_evaluation_clear(job.evaluations[i]);
        irm_free(job.evaluations[i]);
    }
    irm_free(job.evaluations);
    irm_free(job.wanted);
    irm_free(job.mask);
    cli_session_clear(&job.session);
    return status;
}

const cli_verb cli_verb_indicators = {
    .name = "indicators",
    .words = "STORE",
    .min_words = 1,
    .max_words = 1,
    .summary = "indicators of every territory of a level",
    .details =
        "Columns: level, territory, name, indicator, year, value, lower, upper, state,\n"
        "flags, numerator, denominator, unit, ci_lower, ci_upper, ci_level, source,\n"
        "geography. A value that is secret, missing or only bounded is empty, and `state`\n"
        "says which; `lower` and `upper` are certain bounds. `ci_lower` and `ci_upper` tell\n"
        "how far chance can have moved a census estimate or a rate of births or deaths.\n"
        "With --wide, an indicator's column is followed by those of its states and bounds\n"
        "where it has any; intervals are left out.\n\n"
        "Examples:\n"
        "  irminon indicators store --level epci --within dep:43 -o epci.csv\n"
        "  irminon indicators store --level com --indicator density --year all -o -",
    .options = options,
    .session = true,
    .run = run,
};
