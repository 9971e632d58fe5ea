#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

/* A signal handler has nowhere else to tell. */
static volatile sig_atomic_t interrupted;

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
}

static void wipe_progress(cli_context *context) {
    if (context->progress.shown) {
        fputs("\r\033[K", stderr);
        context->progress.shown = false;
    }
}

static void print_json(json_t *object) {
    char *text = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (text != NULL) {
        fprintf(stderr, "%s\n", text);
        free(text);
    }
    json_decref(object);
}

static void on_warning(void *data, const char *message) {
    cli_context *context = data;
    context->n_warnings++;
    if (context->quiet) {
        return;
    }
    wipe_progress(context);
    if (context->json) {
        print_json(json_pack("{s:s, s:s}", "level", "warning", "message", message));
    } else {
        fprintf(stderr, "irminon: warning: %s\n", message);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void on_progress(void *data, const char *what, uint64_t done, uint64_t total,
                        uint64_t rows) {
    cli_context *context = data;
    double time = now();
    if (strcmp(context->progress.what, what) != 0) {
        context->progress.start = time;
        context->progress.last = 0;
        snprintf(context->progress.what, sizeof context->progress.what, "%s", what);
    }
    if (time - context->progress.last < 0.1) {
        return;
    }
    context->progress.last = time;
    double seconds = time - context->progress.start;
    double speed = seconds > 0 ? (double)done / seconds : 0;
    fprintf(stderr, "\r\033[K%s: ", what);
    if (rows > 0 && rows == done) {
        fprintf(stderr, "%llu of %llu", (unsigned long long)done,
                (unsigned long long)total);
    } else {
        if (rows > 0) {
            fprintf(stderr, "%llu rows, ", (unsigned long long)rows);
        }
        fprintf(stderr, "%.1f MB/s", speed / 1e6);
    }
    if (total > 0 && speed > 0) {
        fprintf(stderr, ", %.0f %%, %.0f s left", 100.0 * (double)done / (double)total,
                (double)(total - (done < total ? done : total)) / speed);
    }
    fflush(stderr);
    context->progress.shown = true;
}

static bool on_stop(void *data) {
    (void)data;
    return interrupted != 0;
}

void cli_reporter_start(cli_context *context) {
    context->reporter.context = context;
    context->reporter.warn = on_warning;
    context->reporter.stop = on_stop;
    if (context->terminal && !context->quiet && !context->json) {
        context->reporter.progress = on_progress;
    }
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A file that may not grow is then a write that fails, told and cleaned up after. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &action, NULL);
}

void cli_reporter_finish(cli_context *context) { wipe_progress(context); }

void cli_note(cli_context *context, const char *format, ...) {
    if (context->quiet || context->json) {
        return;
    }
    wipe_progress(context);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void cli_print_error(cli_context *context, const irm_error *error) {
    wipe_progress(context);
    if (context->json) {
        json_t *object = json_pack("{s:s, s:s, s:s}", "level", "error", "status",
                                   irm_status_name(error->status), "message",
                                   error->message);
        if (error->file[0] != '\0') {
            json_object_set_new(object, "file", json_string(error->file));
        }
        if (error->line > 0) {
            json_object_set_new(object, "line", json_integer((json_int_t)error->line));
        }
        if (error->column > 0) {
            json_object_set_new(object, "column", json_integer((json_int_t)error->column));
        }
        if (error->field[0] != '\0') {
            json_object_set_new(object, "field", json_string(error->field));
        }
        print_json(object);
        return;
    }
    char text[2048];
    irm_error_format(error, text, sizeof text);
    fprintf(stderr, "irminon: error: %s\n", text);
}
