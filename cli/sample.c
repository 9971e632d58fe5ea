#include "irminon/sample.h"

#include "verbs.h"

static const cli_option options[] = {
    {"seed", 0, "N", "seed of the imaginary world (default: 825)"},
    {0},
};

static irm_status run(cli_context *context, irm_error *error) {
    long seed;
    IRM_TRY(cli_get_integer(context, "seed", 0, 2147483647, 825, &seed, error));
    return irm_sample_generate(cli_word(context, 0), (uint64_t)seed, &context->reporter,
                               error);
}

const cli_verb cli_verb_sample = {
    .name = "sample",
    .words = "FOLDER",
    .min_words = 1,
    .max_words = 1,
    .summary = "write the files of a fictional département, in the published layouts",
    .details = "Census cubes and wide tables, detail files, incomes, CAF tables, facilities,\n"
               "the official code and geometries of a place that does not exist: to try\n"
               "Irminon, to teach, and to test. The same seed gives the same bytes.",
    .options = options,
    .run = run,
};
