#include "verbs.h"

static irm_status run(cli_context *context, irm_error *error) {
    irm_store *store;
    IRM_TRY(irm_store_open(cli_word(context, 0), false, &store, error));
    irm_status status = irm_store_remove(store, cli_word(context, 1), error);
    if (status == IRM_OK) {
        cli_note(context, "%s removed", cli_word(context, 1));
    }
    irm_store_free(store);
    return status;
}

const cli_verb cli_verb_remove = {
    .name = "remove",
    .words = "STORE TABLE",
    .min_words = 2,
    .max_words = 2,
    .summary = "take a table out of a store",
    .run = run,
};
