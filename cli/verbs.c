#include "verbs.h"

#include "cli.h"

const cli_verb *const cli_verbs[] = {
    &cli_verb_sample,     &cli_verb_fetch,    &cli_verb_ingest,   &cli_verb_list,
    &cli_verb_find,       &cli_verb_describe, &cli_verb_tabulate, &cli_verb_protect,
    &cli_verb_export,     &cli_verb_remove,   &cli_verb_convert,  &cli_verb_catalogue,
    &cli_verb_indicators, &cli_verb_explain,  &cli_verb_portrait, &cli_verb_map,
    &cli_verb_typology,   &cli_verb_similar,  &cli_verb_check,    NULL,
};
