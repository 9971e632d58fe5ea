/* The command line: one file a verb; dispatch, help, manual page and completion all come
 * from the tables of verbs and options. */
#ifndef IRMINON_CLI_H
#define IRMINON_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/catalogue.h"
#include "irminon/descriptor.h"
#include "irminon/evaluate.h"
#include "irminon/geography.h"
#include "irminon/progress.h"
#include "irminon/status.h"
#include "irminon/store.h"

/* An option: `argument` names its value in the help, NULL for a switch. */
typedef struct cli_option {
    const char *name;
    char letter; /* 0: none */
    const char *argument;
    const char *help;
} cli_option;

enum { CLI_MAX_OPTIONS = 32 };

/* A command line as read: positional words and the values of options. */
typedef struct cli_arguments {
    const char **words;
    size_t n_words;
    struct {
        const cli_option *option;
        const char *value;
    } given[CLI_MAX_OPTIONS];
    size_t n_given;
} cli_arguments;

/* What a verb runs with. */
typedef struct cli_context {
    const struct cli_verb *verb;
    cli_arguments arguments;
    irm_reporter reporter;
    bool quiet, json, terminal;
    struct {
        bool shown; /* a progress line is on the terminal */
        double start, last; /* seconds */
        char what[128];
    } progress;
    size_t n_warnings;
} cli_context;

typedef struct cli_verb {
    const char *name;
    const char *words;   /* positional words, as the help shows them */
    size_t min_words, max_words;
    const char *summary; /* one line */
    const char *details; /* paragraphs; examples last */
    const cli_option *options; /* ends with a NULL name */
    bool session;        /* takes the options of cli_session_options too */
    irm_status (*run)(cli_context *context, irm_error *error);
} cli_verb;

extern const cli_verb *const cli_verbs[]; /* ends with NULL */
extern const cli_option cli_common_options[];
extern const cli_option cli_session_options[];

/* --- reading a command line --- */
irm_status cli_parse(const cli_verb *verb, int argc, char **argv, cli_arguments *arguments,
                     irm_error *error);
void cli_arguments_clear(cli_arguments *arguments);
/* Value of the last such option ("" for a switch), or NULL. */
const char *cli_get(const cli_context *context, const char *option);
/* Value of the index-th such option (they may be repeated), or NULL. */
const char *cli_get_nth(const cli_context *context, const char *option, size_t index);
bool cli_has(const cli_context *context, const char *option);
const char *cli_word(const cli_context *context, size_t index);
irm_status cli_get_integer(const cli_context *context, const char *option, long minimum,
                           long maximum, long otherwise, long *value, irm_error *error);
/* Bytes: "300M", "2G" (K, M, G, T: powers of 1,024); *bytes is left alone without the option. */
irm_status cli_get_size(const cli_context *context, const char *option, size_t *bytes,
                        irm_error *error);
/* Splits "a,b,c" into a NULL-terminated allocated list (one block with its texts). */
irm_status cli_split(const char *list, const char ***items, size_t *count, irm_error *error);
irm_status cli_usage_error(irm_error *error, const cli_verb *verb, const char *format, ...)
    IRM_PRINTF(3, 4);

/* --- help --- */
void cli_print_help(void);
void cli_print_verb_help(const cli_verb *verb);
void cli_print_manual(void);
void cli_print_completion(void);

/* --- talking to the person --- */
void cli_reporter_start(cli_context *context);
void cli_reporter_finish(cli_context *context);
void cli_note(cli_context *context, const char *format, ...) IRM_PRINTF(2, 3);
void cli_print_error(cli_context *context, const irm_error *error);

/* --- a folder of results that appears whole --- */
typedef struct cli_folder {
    char *path;
    char *temporary; /* where to write */
} cli_folder;
irm_status cli_folder_begin(cli_folder *folder, const char *path, irm_error *error);
/* Where `status` is OK, moves what was written into the folder, over files of the same names;
 * else takes it away. Returns `status`, or why the move failed. */
irm_status cli_folder_end(cli_folder *folder, irm_status status, irm_error *error);

/* --- what most verbs open --- */
typedef struct cli_session {
    irm_store *store;
    irm_registry *registry;
    irm_catalogue *catalogue;
    irm_geography *geography;
    irm_evaluator *evaluator;
    const char *lang; /* "fr" or "en" */
} cli_session;

enum {
    CLI_WITH_STORE = 1,
    CLI_WITH_REGISTRY = 2,
    CLI_WITH_CATALOGUE = 4,
    CLI_WITH_GEOGRAPHY = 8, /* needs the store */
    CLI_WITH_EVALUATOR = 31 /* all of them */
};
/* Opens the store at the first word's path, warning of each table that cannot be read. */
irm_status cli_store_open(cli_context *context, bool create, irm_store **store,
                          irm_error *error);
/* The first word is the store's path. Clear the session whatever the status. */
irm_status cli_session_open(cli_context *context, unsigned with, cli_session *session,
                            irm_error *error);
void cli_session_clear(cli_session *session);
/* REFUSED for a table under convention, whose cells may not be shown as they are. */
irm_status cli_refuse_confidential(const irm_table *schema, irm_error *error);
/* NOT_FOUND, with the nearest name, for a theme that the catalogue has not. */
irm_status cli_check_theme(const irm_catalogue *catalogue, const char *id, irm_error *error);

/* A territory by its code or name, or a union of several ("epci:A+epci:B"). */
irm_status cli_territory(const cli_session *session, const char *text,
                         const irm_level **level, int32_t *index, irm_error *error);
/* A level by its id, or the one made of a union. */
irm_status cli_level(const cli_session *session, const char *text, const irm_level **level,
                     irm_error *error);

/* The territories of `level` (from --level) within --within: a mask over the level's items
 * (allocated) and how many are in. */
irm_status cli_within(const cli_session *session, const irm_level *level,
                      const char *within, bool **mask, size_t *count, irm_error *error);

#endif
