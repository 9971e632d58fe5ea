#include "tabulate/spill.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "irminon/files.h"
#include "irminon/memory.h"

void spill_init(cell_spill *spill) {
    *spill = (cell_spill){.descriptor = -1};
    pthread_mutex_init(&spill->lock, NULL);
}

void spill_clear(cell_spill *spill) {
    if (spill->descriptor >= 0) {
        close(spill->descriptor);
    }
    pthread_mutex_destroy(&spill->lock);
}

static irm_status failed(irm_error *error, const char *what) {
    return irm_fail(error, IRM_STATUS_IO,
                    "cannot %s the temporary file of a tabulation: %s", what,
                    strerror(errno));
}

/* Room for some bytes at the end of the file. */
static irm_status take_room(cell_spill *spill, size_t bytes, uint64_t *at,
                            irm_error *error) {
    pthread_mutex_lock(&spill->lock);
    irm_status status = IRM_OK;
    if (spill->descriptor < 0) {
        status = irm_temporary_file(&spill->descriptor, error);
    }
    *at = spill->end;
    spill->end += bytes;
    pthread_mutex_unlock(&spill->lock);
    return status;
}

static irm_status write_bytes(const cell_spill *spill, const unsigned char *from,
                              size_t size, uint64_t at, irm_error *error) {
    for (size_t done = 0; done < size;) {
        ssize_t put =
            pwrite(spill->descriptor, from + done, size - done, (off_t)(at + done));
        if (put < 0 && errno != EINTR) {
            return failed(error, "write");
        }
        done += put > 0 ? (size_t)put : 0;
    }
    return IRM_OK;
}

static irm_status read_bytes(const cell_spill *spill, unsigned char *to, size_t size,
                             uint64_t at, irm_error *error) {
    for (size_t done = 0; done < size;) {
        ssize_t got =
            pread(spill->descriptor, to + done, size - done, (off_t)(at + done));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return failed(error, "read");
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return IRM_OK;
}

static size_t n_steps(size_t count) { return (count - 1) / SPILL_STEP + 1; }

irm_status spill_write(cell_spill *spill, const cell_list *list, const int *exponents,
                       size_t n_measures, spilled_run *run, irm_error *error) {
    size_t steps = n_steps(list->count);
    *run = (spilled_run){.in = spill, .count = list->count, .stride = list->stride};
    run->keys = irm_calloc(steps + 1, sizeof *run->keys);
    run->exponents = irm_calloc(n_measures, sizeof *run->exponents);
    if (run->keys == NULL || run->exponents == NULL) {
        return irm_fail_memory(error);
    }
    memcpy(run->exponents, exponents, n_measures * sizeof *exponents);
    for (size_t i = 0; i < steps; i++) {
        run->keys[i] = cell_at(list, i * SPILL_STEP)->key;
    }
    run->keys[steps] = cell_at(list, list->count - 1)->key;
    size_t bytes = list->count * list->stride;
    IRM_TRY(take_room(spill, bytes, &run->at, error));
    return write_bytes(spill, list->bytes, bytes, run->at, error);
}

void spilled_run_clear(spilled_run *run) {
    irm_free(run->keys);
    irm_free(run->exponents);
    *run = (spilled_run){0};
}

/* How many of the first `n` keys are under `bound`. */
static size_t steps_below(const uint64_t *keys, size_t n, uint64_t bound) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (keys[middle] < bound) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

irm_status spilled_run_read(const spilled_run *run, uint64_t low, uint64_t high,
                            const int *exponents, size_t n_measures, cell_list *list,
                            irm_error *error) {
    size_t steps = n_steps(run->count);
    size_t from = steps_below(run->keys, steps, low);
    size_t to = steps_below(run->keys, steps, high);
    size_t first = from > 0 ? (from - 1) * SPILL_STEP : 0;
    size_t end = to < steps ? to * SPILL_STEP : run->count;
    list->count = 0;
    if (end <= first) {
        return IRM_OK;
    }
    if (!cell_reserve(list, end - first)) {
        return irm_fail_memory(error);
    }
    IRM_TRY(read_bytes(run->in, list->bytes, (end - first) * run->stride,
                       run->at + first * run->stride, error));
    list->count = end - first;
    cell_run all = {.list = list, .count = list->count};
    size_t skipped = cell_run_below(&all, low), kept = cell_run_below(&all, high);
    list->count = kept - skipped;
    memmove(list->bytes, list->bytes + skipped * list->stride,
            list->count * list->stride);
    for (size_t m = 0; m < n_measures; m++) {
        cell_list_shift(list, m, run->exponents[m] - exponents[m]);
    }
    return IRM_OK;
}
