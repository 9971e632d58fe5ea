#include <string.h>

#include "irminon/memory.h"
#include "tabulate/worker.h"

static size_t width_of(const axis_window *at) { return (size_t)(at->high - at->low) + 1; }

/* What each place of an axis' window adds to a key. */
static void fill_keys(const cell_axis *axis, const axis_window *at, uint64_t *keys) {
    for (size_t place = 0; place < width_of(at); place++) {
        size_t index = (size_t)at->low + (at->order != NULL ? at->order[place] : place);
        keys[place] = axis->group[index] * axis->stride;
    }
}

/* The cells of a window are gone through by rows of a few thousand: the last axes, whose
 * keys are in a table, under each combination of the first ones. */
typedef struct window_rows {
    size_t n_outer;       /* axes */
    size_t width;         /* cells of a row */
    uint64_t *keys;       /* width of them */
    uint64_t *outer_keys; /* of the first axes, one after the other */
    size_t *places;       /* of each first axis, from 0 */
} window_rows;

enum { ROW_MOST = 4096 };

static bool lay_rows(const cell_plan *plan, const worker *w, window_rows *rows) {
    size_t k = plan->n_axes, outer = 0;
    rows->width = 1;
    while (k > 0 && (k == plan->n_axes ||
                     rows->width * width_of(&w->windows[k - 1]) <= ROW_MOST)) {
        rows->width *= width_of(&w->windows[--k]);
    }
    rows->n_outer = k;
    for (size_t i = 0; i < k; i++) {
        outer += width_of(&w->windows[i]);
    }
    rows->keys = irm_calloc(2 * rows->width, sizeof *rows->keys);
    rows->outer_keys = irm_calloc(outer, sizeof *rows->outer_keys);
    rows->places = irm_calloc(k, sizeof *rows->places);
    if (rows->keys == NULL || rows->outer_keys == NULL || rows->places == NULL) {
        return false;
    }
    for (size_t i = 0, at = 0; i < k; at += width_of(&w->windows[i++])) {
        fill_keys(&plan->axes[i], &w->windows[i], rows->outer_keys + at);
    }
    uint64_t *one = rows->keys + rows->width;
    for (size_t i = k; i < plan->n_axes; i++) {
        size_t width = width_of(&w->windows[i]), stride = w->windows[i].stride;
        fill_keys(&plan->axes[i], &w->windows[i], one);
        for (size_t c = 0; c < rows->width; c++) {
            rows->keys[c] += one[c / stride % width];
        }
    }
    return true;
}

static void free_rows(window_rows *rows) {
    irm_free(rows->keys);
    irm_free(rows->outer_keys);
    irm_free(rows->places);
}

/* The entry listed last where it is of this key, else one more, not zeroed. */
static cell_entry *next_entry(worker *w, uint64_t key, bool *made) {
    size_t run = w->runs[w->n_runs - 1];
    cell_entry *before = w->out.count > run ? cell_at(&w->out, w->out.count - 1) : NULL;
    *made = before == NULL || before->key != key;
    if (!*made) {
        return before;
    }
    w->unsorted = w->unsorted || (before != NULL && before->key > key);
    cell_entry *entry = cell_at(&w->out, w->out.count++);
    entry->key = key;
    return entry;
}

cell_entry *worker_entry(worker *w, uint64_t key) {
    bool made;
    cell_entry *entry = next_entry(w, key, &made);
    if (made) {
        memset(entry, 0, w->out.stride);
        entry->key = key;
    }
    return entry;
}

/* Moves a cell of the window to the list. */
static void emit_cell(const cell_plan *plan, worker *w, uint64_t key, size_t at) {
    bool made;
    cell_entry *entry = next_entry(w, key, &made);
    entry->rows = w->rows[at] + (made ? 0 : entry->rows);
    entry->hidden = w->hidden[at] + (made ? 0 : entry->hidden);
    w->rows[at] = w->hidden[at] = 0;
    for (size_t m = 0; m < plan->n_measures; m++) {
        wide_int *sum = &w->sums[m * w->room + at];
        entry->sums[m] = *sum + (made ? 0 : entry->sums[m]);
        *sum = 0;
    }
}

/* Most cells of a row are empty: eight are looked at together. */
static bool emit_row(const cell_plan *plan, worker *w, const window_rows *rows,
                     uint64_t base, size_t first) {
    const uint32_t *counts = w->rows + first;
    if (!cell_reserve(&w->out, rows->width)) {
        return false;
    }
    for (size_t i = 0; i < rows->width;) {
        uint32_t any = 1;
        if (rows->width - i >= 8) {
            any = 0;
            for (size_t j = 0; j < 8; j++) {
                any |= counts[i + j];
            }
        }
        size_t end = rows->width - i >= 8 ? i + 8 : rows->width;
        for (; any != 0 && i < end; i++) {
            if (counts[i] != 0) {
                emit_cell(plan, w, base + rows->keys[i], first + i);
            }
        }
        i = end;
    }
    return true;
}

static bool emit_window(const cell_plan *plan, worker *w, window_rows *rows) {
    for (size_t first = 0; first < w->window; first += rows->width) {
        uint64_t base = 0;
        for (size_t k = 0, at = 0; k < rows->n_outer; at += width_of(&w->windows[k++])) {
            base += rows->outer_keys[at + rows->places[k]];
        }
        if (!emit_row(plan, w, rows, base, first)) {
            return false;
        }
        for (size_t k = rows->n_outer; k-- > 0;) {
            if (++rows->places[k] < width_of(&w->windows[k])) {
                break;
            }
            rows->places[k] = 0;
        }
    }
    return true;
}

irm_status worker_begin_run(worker *w, irm_error *error) {
    if (w->out.capacity == 0 && !cell_reserve(&w->out, w->listed_first)) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_reserve((void **)&w->runs, &w->runs_room, w->n_runs + 1, sizeof *w->runs,
                        error));
    w->runs[w->n_runs++] = w->out.count;
    return IRM_OK;
}

static irm_status make_one_run(const cell_plan *plan, worker *w, irm_error *error) {
    IRM_TRY(cell_list_sort(&w->out, plan->n_measures, error));
    w->n_runs = w->out.count > 0; /* from 0 */
    w->unsorted = false;
    return IRM_OK;
}

irm_status worker_sort_list(const cell_plan *plan, worker *w, irm_error *error) {
    return w->unsorted ? make_one_run(plan, w, error) : IRM_OK;
}

static irm_status put_aside(const cell_plan *plan, worker *w, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&w->spilled, &w->spilled_room, w->n_spilled + 1,
                        sizeof *w->spilled, error));
    irm_status status = spill_write(w->spill, &w->out, w->exponents, plan->n_measures,
                                    &w->spilled[w->n_spilled++], error);
    w->out.count = w->n_runs = 0;
    return status;
}

irm_status worker_compact(const cell_plan *plan, worker *w, irm_error *error) {
    if (w->out.count < w->listed_most) {
        return IRM_OK;
    }
    IRM_TRY(make_one_run(plan, w, error));
    size_t twice = 2 * w->out.count;
    if (w->spill != NULL && twice > w->listed_least) {
        IRM_TRY(put_aside(plan, w, error));
        twice = 0;
    }
    w->listed_most = twice > w->listed_least ? twice : w->listed_least;
    return IRM_OK;
}

irm_status worker_list_window(const cell_plan *plan, worker *w, irm_error *error) {
    if (w->window == 0) {
        return IRM_OK;
    }
    window_rows rows = {0};
    bool done = lay_rows(plan, w, &rows) && emit_window(plan, w, &rows);
    free_rows(&rows);
    w->window = 0;
    return done ? worker_compact(plan, w, error) : irm_fail_memory(error);
}

irm_status worker_list_hashed(const cell_plan *plan, worker *w, irm_error *error) {
    if (w->hashed.count == 0) {
        return IRM_OK;
    }
    IRM_TRY(worker_begin_run(w, error));
    if (!cell_reserve(&w->out, w->hashed.count)) {
        return irm_fail_memory(error);
    }
    memcpy(w->out.bytes + w->out.count * w->out.stride, w->hashed.bytes,
           w->hashed.count * w->hashed.stride);
    w->out.count += w->hashed.count;
    w->unsorted = true;
    memset(w->slots, 0, SLOTS * sizeof *w->slots);
    w->hashed.count = 0;
    return worker_compact(plan, w, error);
}
