#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool output_open(bench_output *output, const char *path) {
    bool standard = path == NULL || strcmp(path, "-") == 0;
    *output = (bench_output){.capacity = (size_t)1 << 20};
    output->file =
        standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    output->buffer = malloc(output->capacity);
    if (output->file < 0 || output->buffer == NULL) {
        fprintf(stderr, "%s: %s\n", standard ? "standard output" : path, strerror(errno));
        return false;
    }
    return true;
}

static void flush(bench_output *output) {
    size_t done = 0;
    while (done < output->used && !output->failed) {
        ssize_t wrote = write(output->file, output->buffer + done, output->used - done);
        if (wrote < 0 && errno != EINTR) {
            fprintf(stderr, "write: %s\n", strerror(errno));
            output->failed = true;
        }
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    output->used = 0;
}

char *output_room(bench_output *output) {
    if (output->capacity - output->used < OUTPUT_ROOM) {
        flush(output);
    }
    return output->buffer + output->used;
}

void output_advance(bench_output *output, const char *end) {
    output->used = (size_t)(end - output->buffer);
}

void output_text(bench_output *output, const char *text) {
    char *room = output_room(output);
    size_t length = strlen(text);
    memcpy(room, text, length);
    output_advance(output, room + length);
}

bool output_close(bench_output *output) {
    flush(output);
    if (output->file != STDOUT_FILENO && close(output->file) != 0 && !output->failed) {
        fprintf(stderr, "close: %s\n", strerror(errno));
        output->failed = true;
    }
    free(output->buffer);
    return !output->failed;
}
