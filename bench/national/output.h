/* A buffered file descriptor; the first error is kept and told at the end. */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

enum { OUTPUT_ROOM = 1 << 14 }; /* bytes that output_room promises */

typedef struct bench_output {
    char *buffer;
    size_t used, capacity;
    int file;
    bool failed;
} bench_output;

/* Opens `path`, or standard output for "-" and NULL. False, told on standard error. */
bool output_open(bench_output *output, const char *path);
/* Where at least OUTPUT_ROOM bytes can be written; then output_advance. */
char *output_room(bench_output *output);
void output_advance(bench_output *output, const char *end);
void output_text(bench_output *output, const char *text);
/* Flushes and closes. False, told on standard error, when anything failed. */
bool output_close(bench_output *output);

#endif
