#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "verbs.h"

static const cli_option options[] = {
    {"theme", 0, "T", "of one theme"},
    {"level", 0, "LEVEL", "availability at this level (default: com)"},
    {0},
};

static const char *label_of(const irm_indicator *indicator, const char *lang) {
    return strcmp(lang, "en") == 0 ? indicator->label_en : indicator->label_fr;
}

static const char *unit_of(const irm_indicator *indicator, const char *lang) {
    bool french = strcmp(lang, "en") != 0 && indicator->unit_fr != NULL;
    return french ? indicator->unit_fr : indicator->unit;
}

/* With a store: the years each indicator can be computed for, or why it cannot. */
static irm_status print_available(const cli_session *session, size_t i,
                                  const irm_level *level, irm_error *error) {
    int *years = NULL;
    size_t count = 0;
    IRM_TRY(irm_evaluator_years(session->evaluator, i, level, &years, &count, error));
    if (count > 0) {
        fputs("\t", stdout);
        for (size_t k = 0; k < count; k++) {
            printf("%s%d", k > 0 ? " " : "", years[k]);
        }
        irm_free(years);
        return IRM_OK;
    }
    irm_free(years);
    irm_evaluation evaluation = {0};
    IRM_TRY(irm_evaluate(session->evaluator, i, level, 0, &evaluation, error));
    printf("\t- %s", evaluation.unavailable != NULL ? evaluation.unavailable : "");
    irm_evaluation_clear(&evaluation);
    return IRM_OK;
}

static irm_status print_catalogue(cli_context *context, const cli_session *session,
                                  const irm_level *level, irm_error *error) {
    const char *theme = cli_get(context, "theme");
    if (theme != NULL) {
        IRM_TRY(cli_check_theme(session->catalogue, theme, error));
    }
    for (size_t i = 0; i < irm_catalogue_count(session->catalogue); i++) {
        const irm_indicator *indicator = irm_catalogue_get(session->catalogue, i);
        if (theme != NULL && strcmp(theme, indicator->theme) != 0) {
            continue;
        }
        printf("%s\t%s\t%s\t%s", indicator->theme, indicator->id,
               label_of(indicator, session->lang), unit_of(indicator, session->lang));
        if (level != NULL) {
            IRM_TRY(print_available(session, i, level, error));
        }
        putchar('\n');
    }
    return IRM_OK;
}

static irm_status run(cli_context *context, irm_error *error) {
    bool with_store = cli_word(context, 0) != NULL;
    cli_session session;
    irm_status status = cli_session_open(
        context, with_store ? CLI_WITH_EVALUATOR : CLI_WITH_CATALOGUE, &session, error);
    const irm_level *level = NULL;
    if (status == IRM_OK && with_store) {
        const char *wanted = cli_get(context, "level");
        status = irm_geography_need_level(session.geography,
                                          wanted != NULL ? wanted : "com", &level, error);
    }
    if (status == IRM_OK) {
        status = print_catalogue(context, &session, level, error);
    }
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_catalogue = {
    .name = "catalogue",
    .words = "[STORE]",
    .min_words = 0,
    .max_words = 1,
    .summary = "the indicators; with a store, which it can compute and for what years",
    .details = "Tab-separated: theme, id, label, unit, and with a store the years or what\n"
               "is missing.",
    .options = options,
    .session = true,
    .run = run,
};
