#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "irminon/memory.h"
#include "irminon/text.h"

const cli_option cli_common_options[] = {
    {"help", 'h', NULL, "show this help"},
    {"quiet", 'q', NULL, "no warnings, no progress"},
    {"threads", 0, "N", "use at most so many processors (default: all)"},
    {"json", 0, NULL, "errors and warnings as JSON lines on standard error"},
    {0},
};

const cli_option cli_session_options[] = {
    {"lang", 0, "fr|en", "language of labels and reports (default: fr)"},
    {"geography", 0, "YEAR", "year of the official geography (default: the newest known)"},
    {"force-comparison", 0, NULL,
     "compare vintages that share survey years, or whose definitions differ (flagged)"},
    {"zones", 0, "NAME=FILE", "a zoning of yours: CSV of commune code, zone, and share where it cuts"},
    {"catalogue", 0, "FILE", "indicators of yours, added to the catalogue"},
    {"descriptor", 0, "FILE", "a descriptor of yours, added to those known"},
    {0},
};

irm_status cli_usage_error(irm_error *error, const cli_verb *verb, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return irm_fail(error, IRM_STATUS_USAGE,
                    "%s\nusage: irminon %s %s\nSee 'irminon %s --help'.", message,
                    verb->name, verb->words, verb->name);
}

static const cli_option *search(const cli_option *options, const char *name, size_t size,
                                char letter) {
    for (; options != NULL && options->name != NULL; options++) {
        bool long_one = name != NULL && strlen(options->name) == size &&
                        strncmp(options->name, name, size) == 0;
        if (long_one || (letter != 0 && options->letter == letter)) {
            return options;
        }
    }
    return NULL;
}

static const cli_option *find_option(const cli_verb *verb, const char *name, size_t size,
                                     char letter) {
    const cli_option *found = search(verb->options, name, size, letter);
    if (found == NULL && verb->session) {
        found = search(cli_session_options, name, size, letter);
    }
    return found != NULL ? found : search(cli_common_options, name, size, letter);
}

static const char *suggest_option(const cli_verb *verb, const char *name) {
    const char *names[64];
    size_t count = 0;
    const cli_option *lists[] = {verb->options,
                                 verb->session ? cli_session_options : NULL,
                                 cli_common_options};
    for (size_t i = 0; i < 3; i++) {
        for (const cli_option *o = lists[i]; o != NULL && o->name != NULL; o++) {
            names[count++] = o->name;
        }
    }
    return irm_text_suggest(name, names, count);
}

static irm_status unknown_option(const cli_verb *verb, const char *word, irm_error *error) {
    const char *near = suggest_option(verb, word + 2);
    return cli_usage_error(error, verb, "unknown option '%s'%s%s%s", word,
                           near != NULL ? "; did you mean '--" : "",
                           near != NULL ? near : "", near != NULL ? "'?" : "");
}

static irm_status add_option(const cli_verb *verb, cli_arguments *arguments,
                             const cli_option *option, const char *value, irm_error *error) {
    if (arguments->n_given == CLI_MAX_OPTIONS) {
        return cli_usage_error(error, verb, "more than %d options", CLI_MAX_OPTIONS);
    }
    arguments->given[arguments->n_given].option = option;
    arguments->given[arguments->n_given++].value = value;
    return IRM_OK;
}

/* Reads the option at argv[*i], and its value, which may be the next word. */
static irm_status read_option(const cli_verb *verb, int argc, char **argv, int *i,
                              cli_arguments *arguments, irm_error *error) {
    const char *word = argv[*i];
    bool long_form = word[1] == '-';
    const char *equals = long_form ? strchr(word, '=') : NULL;
    size_t size = equals != NULL ? (size_t)(equals - word - 2) : strlen(word) - 1 - long_form;
    const cli_option *option =
        long_form ? find_option(verb, word + 2, size, 0)
                  : (size == 1 ? find_option(verb, NULL, 0, word[1]) : NULL);
    if (option == NULL) {
        return unknown_option(verb, word, error);
    }
    if (option->argument == NULL) {
        return equals != NULL
                   ? cli_usage_error(error, verb, "--%s takes no value", option->name)
                   : add_option(verb, arguments, option, "", error);
    }
    const char *value = equals != NULL ? equals + 1 : NULL;
    if (value == NULL && *i + 1 < argc) {
        value = argv[++*i];
    }
    if (value == NULL) {
        return cli_usage_error(error, verb, "--%s wants a value (%s)", option->name,
                               option->argument);
    }
    return add_option(verb, arguments, option, value, error);
}

irm_status cli_parse(const cli_verb *verb, int argc, char **argv, cli_arguments *arguments,
                     irm_error *error) {
    *arguments = (cli_arguments){0};
    arguments->words = irm_calloc((size_t)argc + 1, sizeof *arguments->words);
    if (arguments->words == NULL) {
        return irm_fail_memory(error);
    }
    bool only_words = false;
    bool help = false;
    for (int i = 0; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
            arguments->words[arguments->n_words++] = argv[i];
        } else {
            IRM_TRY(read_option(verb, argc, argv, &i, arguments, error));
            help |= strcmp(arguments->given[arguments->n_given - 1].option->name, "help") == 0;
        }
    }
    if (!help && arguments->n_words < verb->min_words) {
        return cli_usage_error(error, verb, "too few words after '%s'", verb->name);
    }
    if (!help && arguments->n_words > verb->max_words) {
        return cli_usage_error(error, verb, "one word too many: '%s'",
                               arguments->words[verb->max_words]);
    }
    return IRM_OK;
}

void cli_arguments_clear(cli_arguments *arguments) { irm_free(arguments->words); }

const char *cli_get_nth(const cli_context *context, const char *option, size_t index) {
    const cli_arguments *arguments = &context->arguments;
    for (size_t i = 0; i < arguments->n_given; i++) {
        if (strcmp(arguments->given[i].option->name, option) == 0 && index-- == 0) {
            return arguments->given[i].value;
        }
    }
    return NULL;
}

const char *cli_get(const cli_context *context, const char *option) {
    const char *last = NULL;
    for (size_t i = 0;; i++) {
        const char *value = cli_get_nth(context, option, i);
        if (value == NULL) {
            return last;
        }
        last = value;
    }
}

bool cli_has(const cli_context *context, const char *option) {
    return cli_get(context, option) != NULL;
}

const char *cli_word(const cli_context *context, size_t index) {
    return index < context->arguments.n_words ? context->arguments.words[index] : NULL;
}

irm_status cli_get_integer(const cli_context *context, const char *option, long minimum,
                           long maximum, long otherwise, long *value, irm_error *error) {
    const char *text = cli_get(context, option);
    *value = otherwise;
    if (text == NULL) {
        return IRM_OK;
    }
    long long number;
    if (!irm_text_integer(irm_view_of(text), &number) || number < minimum ||
        number > maximum) {
        return cli_usage_error(error, context->verb,
                               "--%s wants a whole number from %ld to %ld, not '%s'", option,
                               minimum, maximum, text);
    }
    *value = (long)number;
    return IRM_OK;
}

irm_status cli_get_size(const cli_context *context, const char *option, size_t *bytes,
                        irm_error *error) {
    static const char units[] = "KMGT";
    const char *text = cli_get(context, option);
    if (text == NULL) {
        return IRM_OK;
    }
    size_t digits = strspn(text, "0123456789");
    const char *unit = text[digits] != '\0' ? strchr(units, text[digits]) : NULL;
    unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    long long number;
    if (!irm_text_integer((irm_view){text, digits}, &number) || number < 1 ||
        number > LLONG_MAX >> shift || strlen(text) != digits + (unit != NULL)) {
        return cli_usage_error(error, context->verb,
                               "--%s wants a size such as 300M or 2G, not '%s'", option,
                               text);
    }
    *bytes = (size_t)number << shift;
    return IRM_OK;
}

irm_status cli_split(const char *list, const char ***items, size_t *count,
                     irm_error *error) {
    size_t n = 1;
    for (const char *p = list; *p != '\0'; p++) {
        n += *p == ',';
    }
    char **block = irm_calloc(1, (n + 1) * sizeof *block + strlen(list) + 1);
    if (block == NULL) {
        return irm_fail_memory(error);
    }
    char *text = (char *)(block + n + 1);
    strcpy(text, list);
    *count = 0;
    for (char *next = text; next != NULL;) {
        char *comma = strchr(next, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        if (*next != '\0') {
            block[(*count)++] = next;
        }
        next = comma != NULL ? comma + 1 : NULL;
    }
    *items = (const char **)block;
    return IRM_OK;
}
