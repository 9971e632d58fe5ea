#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity */
#endif
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "cli.h"
#include "irminon/text.h"

static const cli_verb *find_verb(const char *name, irm_error *error) {
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; cli_verbs[i] != NULL; i++) {
        if (strcmp(cli_verbs[i]->name, name) == 0) {
            return cli_verbs[i];
        }
        names[count++] = cli_verbs[i]->name;
    }
    const char *near = irm_text_suggest(name, names, count);
    irm_fail(error, IRM_STATUS_USAGE, "irminon has no command '%s'%s%s%s", name,
             near != NULL ? "; did you mean '" : "; see irminon --help",
             near != NULL ? near : "", near != NULL ? "'?" : "");
    return NULL;
}

/* Words that are not verbs. True when the program is done. */
static bool answer_directly(int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        cli_print_help();
    } else if (strcmp(argv[1], "--version") == 0) {
        puts("irminon " IRMINON_VERSION);
    } else if (strcmp(argv[1], "help") == 0) {
        irm_error error;
        const cli_verb *verb = argc > 2 ? find_verb(argv[2], &error) : NULL;
        if (verb != NULL) {
            cli_print_verb_help(verb);
        } else {
            cli_print_help();
        }
    } else if (strcmp(argv[1], "--man") == 0) {
        cli_print_manual();
    } else if (strcmp(argv[1], "--bash-completion") == 0) {
        cli_print_completion();
    } else {
        return false;
    }
    return true;
}

/* --threads N: the process keeps to the first N processors it may run on, which is how
 * many threads the engine then starts. */
static irm_status limit_threads(cli_context *context, irm_error *error) {
    long wanted;
    IRM_TRY(cli_get_integer(context, "threads", 1, 4096, 0, &wanted, error));
    cpu_set_t allowed, kept;
    if (wanted == 0 || sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return IRM_OK;
    }
    CPU_ZERO(&kept);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&kept) < wanted; cpu++) {
        if (CPU_ISSET(cpu, &allowed)) {
            CPU_SET(cpu, &kept);
        }
    }
    sched_setaffinity(0, sizeof kept, &kept);
    return IRM_OK;
}

static int exit_code(irm_status status) {
    return status == IRM_OK ? 0 : status == IRM_STATUS_USAGE ? 2 : 1;
}

/* Blocks of a megabyte or less are asked for and given back by the thousand, in threads:
 * the C library keeps them, rather than have the system clear the same pages each time.
 */
static void keep_memory(void) {
#if defined(__GLIBC__)
    enum { KEPT = 32 << 20, SPARE = 256 << 20 }; /* bytes of one block; of what is free */
    mallopt(M_MMAP_THRESHOLD, KEPT);
    mallopt(M_TRIM_THRESHOLD, SPARE);
#endif
}

int main(int argc, char **argv) {
    if (answer_directly(argc, argv)) {
        return argc < 2 ? 2 : fflush(stdout) == 0 ? 0 : 1;
    }
    keep_memory();
    irm_error error = {0};
    cli_context context = {0};
    context.terminal = isatty(STDERR_FILENO) != 0;
    context.verb = find_verb(argv[1], &error);
    irm_status status = context.verb == NULL ? IRM_STATUS_USAGE
                                             : cli_parse(context.verb, argc - 2, argv + 2,
                                                         &context.arguments, &error);
    context.quiet = cli_has(&context, "quiet");
    context.json = cli_has(&context, "json");
    if (status == IRM_OK && cli_has(&context, "help")) {
        cli_print_verb_help(context.verb);
    } else if (status == IRM_OK) {
        cli_reporter_start(&context);
        status = limit_threads(&context, &error);
        if (status == IRM_OK) {
            status = context.verb->run(&context, &error);
        }
        cli_reporter_finish(&context);
    }
    if (status == IRM_OK && fflush(stdout) != 0) {
        status = irm_fail(&error, IRM_STATUS_IO, "cannot write to standard output");
    }
    if (status != IRM_OK) {
        cli_print_error(&context, &error);
    }
    cli_arguments_clear(&context.arguments);
    return exit_code(status);
}
