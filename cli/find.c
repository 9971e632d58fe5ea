#include <stdio.h>

#include "irminon/memory.h"
#include "verbs.h"

static const cli_option options[] = {
    {"limit", 'n', "N", "at most so many (default: 20)"},
    {0},
};

/* Where a territory lies: the département and EPCI of most of it. */
static void print_place(const irm_geography *geography, const irm_match *match) {
    static const char *const around[] = {"epci", "dep", "reg"};
    const char *separator = "";
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        const irm_level *level = irm_geography_level(geography, around[i]);
        if (level == NULL || level == match->level || match->level->of_commune == NULL) {
            continue;
        }
        int32_t index =
            irm_geography_main(geography, match->level, match->index, level, NULL, NULL);
        if (index >= 0 && match->level->count > level->count) {
            printf("%s%s", separator, level->items[index].name);
            separator = ", ";
        }
    }
}

static irm_status run(cli_context *context, irm_error *error) {
    long limit;
    IRM_TRY(cli_get_integer(context, "limit", 1, 100000, 20, &limit, error));
    cli_session session;
    irm_match *matches = NULL;
    size_t count = 0;
    irm_status status =
        cli_session_open(context, CLI_WITH_STORE | CLI_WITH_GEOGRAPHY, &session, error);
    if (status == IRM_OK) {
        status = irm_geography_search(session.geography, cli_word(context, 1), &matches,
                                      &count, error);
    }
    if (status == IRM_OK && count == 0) {
        status = irm_fail(error, IRM_STATUS_NOT_FOUND,
                          "no territory's name or code is like '%s'", cli_word(context, 1));
    }
    for (size_t i = 0; status == IRM_OK && i < count && i < (size_t)limit; i++) {
        const irm_territory *territory = &matches[i].level->items[matches[i].index];
        printf("%s:%s\t%s\t", matches[i].level->id, territory->code, territory->name);
        print_place(session.geography, &matches[i]);
        putchar('\n');
    }
    if (status == IRM_OK && count > (size_t)limit) {
        cli_note(context, "%zu more (see --limit)", count - (size_t)limit);
    }
    irm_free(matches);
    cli_session_clear(&session);
    return status;
}

const cli_verb cli_verb_find = {
    .name = "find",
    .words = "STORE TEXT",
    .min_words = 2,
    .max_words = 2,
    .summary = "territories by name or code",
    .details = "Accents, case and hyphens do not matter.\n\n"
               "Example:\n  irminon find store semene",
    .options = options,
    .session = true,
    .run = run,
};
