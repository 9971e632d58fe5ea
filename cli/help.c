#include <stdio.h>
#include <string.h>

#include "cli.h"

void cli_print_help(void) {
    puts("Irminon: statistical engine for profiling French territories.\n\n"
         "usage: irminon COMMAND [WORDS] [OPTIONS]\n\nCommands:");
    for (size_t i = 0; cli_verbs[i] != NULL; i++) {
        printf("  %-11s %s\n", cli_verbs[i]->name, cli_verbs[i]->summary);
    }
    puts("\n'irminon COMMAND --help' tells more of one; 'irminon --version' the version.\n"
         "Results go to standard output, everything else to standard error.\n"
         "Exit codes: 0 done, 1 bad data or a failed computation, 2 bad usage.\n\n"
         "A first look, on the fictional sample:\n"
         "  irminon sample files/ && irminon ingest store files/*\n"
         "  irminon find store vallons\n"
         "  irminon portrait store epci:209900001 -o portrait/");
}

static void print_options(const char *title, const cli_option *options) {
    if (options == NULL || options->name == NULL) {
        return;
    }
    printf("\n%s:\n", title);
    for (; options->name != NULL; options++) {
        char left[64];
        char letter[6] = "    ";
        if (options->letter != 0) {
            snprintf(letter, sizeof letter, "-%c, ", options->letter);
        }
        snprintf(left, sizeof left, "%s--%s%s%s", letter, options->name,
                 options->argument != NULL ? " " : "",
                 options->argument != NULL ? options->argument : "");
        printf("  %-34s %s\n", left, options->help);
    }
}

void cli_print_verb_help(const cli_verb *verb) {
    printf("irminon %s: %s\n\nusage: irminon %s %s [OPTIONS]\n", verb->name, verb->summary,
           verb->name, verb->words);
    if (verb->details != NULL) {
        printf("\n%s\n", verb->details);
    }
    print_options("Options", verb->options);
    if (verb->session) {
        print_options("Geography, catalogue, language", cli_session_options);
    }
    print_options("Common options", cli_common_options);
}

/* Text for troff: a dot or quote at the start of a line, and backslashes and hyphens. */
static void print_roff(const char *text) {
    bool start = true;
    for (const char *p = text; *p != '\0'; p++) {
        if (start && (*p == '.' || *p == '\'')) {
            fputs("\\&", stdout);
        }
        if (*p == '\\' || *p == '-') {
            putchar('\\');
        }
        putchar(*p);
        start = *p == '\n';
    }
}

static void manual_options(const cli_option *options) {
    for (; options != NULL && options->name != NULL; options++) {
        fputs(".TP\n\\fB", stdout);
        if (options->letter != 0) {
            printf("\\-%c\\fR, \\fB", options->letter);
        }
        fputs("\\-\\-", stdout);
        print_roff(options->name);
        printf("\\fR %s\n", options->argument != NULL ? options->argument : "");
        print_roff(options->help);
        putchar('\n');
    }
}

void cli_print_manual(void) {
    printf(".TH IRMINON 1 \"\" \"irminon %s\" \"User Commands\"\n", IRMINON_VERSION);
    puts(".SH NAME\nirminon \\- statistical engine for profiling French territories\n"
         ".SH SYNOPSIS\n.B irminon\n.I COMMAND\n[words] [options]\n.SH DESCRIPTION\n"
         "Ingests the tables that INSEE and the CAF publish into a store of compressed HDF5\n"
         "columns, computes indicators whose every figure can be defended, and writes\n"
         "portraits, maps and tables of territories.\n.SH COMMANDS");
    for (size_t i = 0; cli_verbs[i] != NULL; i++) {
        const cli_verb *verb = cli_verbs[i];
        fputs(".SS irminon ", stdout);
        printf("%s ", verb->name);
        print_roff(verb->words);
        putchar('\n');
        print_roff(verb->summary);
        fputs(".\n", stdout);
        if (verb->details != NULL) {
            puts(".PP\n.nf");
            print_roff(verb->details);
            puts("\n.fi");
        }
        manual_options(verb->options);
    }
    puts(".SH OPTIONS\nOf every command:");
    manual_options(cli_common_options);
    puts(".PP\nOf the commands that read a geography or a catalogue:");
    manual_options(cli_session_options);
    puts(".SH EXIT STATUS\n0 done, 1 bad data or a failed computation, 2 bad usage.\n"
         ".SH SEE ALSO\nThe guide, in docs/guide.fr.md, and the methods, in docs/methods.md.");
}

static void completion_words(const cli_option *options) {
    for (; options != NULL && options->name != NULL; options++) {
        printf(" --%s", options->name);
    }
}

void cli_print_completion(void) {
    puts("# Bash completion of irminon, generated from its table of commands.\n"
         "_irminon() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} options=\n"
         "    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    fputs("        COMPREPLY=($(compgen -W \"", stdout);
    for (size_t i = 0; cli_verbs[i] != NULL; i++) {
        printf("%s%s", i > 0 ? " " : "", cli_verbs[i]->name);
    }
    puts(" --help --version\" -- \"$word\"))\n        return\n    fi\n    case $verb in");
    for (size_t i = 0; cli_verbs[i] != NULL; i++) {
        printf("        %s) options=\"", cli_verbs[i]->name);
        completion_words(cli_verbs[i]->options);
        if (cli_verbs[i]->session) {
            completion_words(cli_session_options);
        }
        completion_words(cli_common_options);
        puts("\" ;;");
    }
    puts("    esac\n"
         "    case $word in\n"
         "        -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
         "        *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
         "    esac\n}\ncomplete -o filenames -F _irminon irminon");
}
