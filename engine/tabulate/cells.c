#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "tabulate/cells.h"
#include "tabulate/where.h"

/* Cells of a block that fit here are accumulated in place (dense); else by hashing. */
enum { DENSE_MOST = 1 << 18 };
/* Hashed cells of a worker before they are listed, and listed ones before they are added up
 * (twice the distinct ones, once that is more). */
enum { HASHED_MOST = 1 << 20, LISTED_MOST = 1 << 22 };

/* The part of an axis that a block, or all of them, has. */
typedef struct axis_window {
    const void *cells; /* values (I8, I16, I32), or indices (I32) where `indexed` */
    irm_cell_type type;
    int64_t offset;    /* to be added to a cell for its index */
    int64_t low, high; /* indices */
    size_t stride;
} axis_window;

typedef struct worker {
    irm_cursor_buffer *buffer;
    irm_cell_block *cells; /* one a column */
    axis_window *windows;  /* one an axis */
    int32_t **indices;     /* one an axis, made when needed */
    measured *measured;
    uint32_t *keys;        /* of the rows, in the window */
    uint64_t *wide_keys;
    uint8_t *selected;
    uint32_t *picks;       /* selected rows */
    size_t n_picks;
    irm_table view;        /* the columns of `where`, as a table */
    size_t window;         /* its cells; 0: hashing */
    uint32_t *rows, *hidden;
    wide_int *sums;        /* measure after measure, DENSE_MOST each */
    uint32_t *slots;       /* of the hash: entry + 1 in `hashed` */
    cell_list hashed, out;
    size_t listed_most;
    int *exponents, *highs;
    bool *started;
    bool unfit;
} worker;

typedef struct cells_job {
    const cell_plan *plan;
    worker *workers;
    size_t window; /* of all blocks, when it is small; 0: one a block */
} cells_job;

enum { SLOTS = 1 << 22 };

/* --- where --- */

static void view_column(const irm_cell_block *block, irm_column *column) {
    if (column->type == IRM_COLUMN_NUMBER) {
        block_doubles(block, column->values);
        return;
    }
    for (size_t i = 0; i < block->n; i++) {
        column->codes[i] = block->type == IRM_CELL_I8 ? ((const int8_t *)block->cells)[i]
                           : block->type == IRM_CELL_I16
                               ? ((const int16_t *)block->cells)[i]
                               : ((const int32_t *)block->cells)[i];
    }
}

/* Reads the columns of the expression and lists the rows where it holds. */
static irm_status select_rows(const cell_plan *plan, worker *w, size_t block,
                              irm_error *error) {
    for (size_t i = 0; i < plan->n_where; i++) {
        size_t c = plan->where_columns[i];
        IRM_TRY(irm_cursor_read(plan->cursor, block, c, w->buffer, &w->cells[c], error));
        view_column(&w->cells[c], &w->view.columns[c]);
        w->view.n_rows = w->cells[c].n;
    }
    where_run(plan->where, &w->view, w->selected);
    w->n_picks = 0;
    for (size_t i = 0; i < w->view.n_rows; i++) {
        w->picks[w->n_picks] = (uint32_t)i;
        w->n_picks += w->selected[i];
    }
    return IRM_OK;
}

static irm_status read_others(const cell_plan *plan, worker *w, size_t block,
                              irm_error *error) {
    size_t n = irm_cursor_schema(plan->cursor)->n_columns;
    for (size_t c = 0; c < n; c++) {
        bool done = false;
        for (size_t i = 0; i < plan->n_where; i++) {
            done = done || plan->where_columns[i] == c;
        }
        if (!done) {
            IRM_TRY(
                irm_cursor_read(plan->cursor, block, c, w->buffer, &w->cells[c], error));
        }
    }
    return IRM_OK;
}

/* --- keys --- */

/* Indices of numbers that are not small integers. */
static irm_status index_numbers(const cell_axis *axis, const irm_cell_block *block,
                                size_t room, double *values, int32_t **indices,
                                axis_window *window, irm_error *error) {
    if (*indices == NULL) {
        *indices = irm_calloc(room, sizeof **indices);
    }
    if (*indices == NULL) {
        return irm_fail_memory(error);
    }
    block_doubles(block, values);
    int32_t low = INT32_MAX, high = 0;
    for (size_t i = 0; i < block->n; i++) {
        double v = values[i];
        int32_t index = v == v ? (int32_t)((int64_t)v - axis->low + 1) : 0;
        (*indices)[i] = index;
        low = index < low ? index : low;
        high = index > high ? index : high;
    }
    *window = (axis_window){
        .cells = *indices, .type = IRM_CELL_I32, .low = low, .high = high};
    return IRM_OK;
}

static irm_status set_window(const cell_plan *plan, worker *w, size_t k,
                             irm_error *error) {
    const cell_axis *axis = &plan->axes[k];
    const irm_cell_block *block = &w->cells[axis->column];
    if (block->type > IRM_CELL_I32) {
        return index_numbers(axis, block, irm_cursor_block_rows(plan->cursor),
                             w->measured[0].values, &w->indices[k], &w->windows[k], error);
    }
    int64_t offset = 1 - axis->low;
    w->windows[k] = (axis_window){.cells = block->cells,
                                  .type = block->type,
                                  .offset = offset,
                                  .low = block->low + offset,
                                  .high = block->high + offset};
    return IRM_OK;
}

#define ADD_KEYS(type, key_type, add, factor)                        \
    do {                                                             \
        const type *cell_ = at->cells;                               \
        for (size_t i_ = 0; i_ < n; i_++) {                          \
            keys[i_] += ((key_type)cell_[i_] + (add)) * (factor);    \
        }                                                            \
    } while (0)

static void add_keys(const axis_window *at, size_t n, uint32_t *keys) {
    uint32_t add = (uint32_t)(at->offset - at->low), factor = (uint32_t)at->stride;
    if (at->type == IRM_CELL_I8) {
        ADD_KEYS(int8_t, uint32_t, add, factor);
    } else if (at->type == IRM_CELL_I16) {
        ADD_KEYS(int16_t, uint32_t, add, factor);
    } else {
        ADD_KEYS(int32_t, uint32_t, add, factor);
    }
}

static size_t index_at(const axis_window *at, size_t i) {
    int64_t cell = at->type == IRM_CELL_I8    ? ((const int8_t *)at->cells)[i]
                   : at->type == IRM_CELL_I16 ? ((const int16_t *)at->cells)[i]
                                              : ((const int32_t *)at->cells)[i];
    return (size_t)(cell + at->offset);
}

static void set_wide_keys(const cell_plan *plan, worker *w, size_t n) {
    memset(w->wide_keys, 0, n * sizeof *w->wide_keys);
    for (size_t k = 0; k < plan->n_axes; k++) {
        const cell_axis *axis = &plan->axes[k];
        for (size_t i = 0; i < n; i++) {
            w->wide_keys[i] += axis->group[index_at(&w->windows[k], i)] * axis->stride;
        }
    }
}

/* The window's strides, and how many cells it has; 0: more than DENSE_MOST. */
static size_t lay_window(axis_window *windows, size_t n_axes) {
    size_t cells = 1;
    for (size_t k = n_axes; k-- > 0;) {
        windows[k].stride = cells;
        size_t width = (size_t)(windows[k].high - windows[k].low) + 1;
        if (width > DENSE_MOST / cells) {
            return 0;
        }
        cells *= width;
    }
    return cells;
}

/* --- accumulating --- */

static void accumulate(const cell_plan *plan, worker *w, const uint32_t *keys,
                       const uint32_t *picks, size_t n) {
    for (size_t i = 0; i < n; i++) {
        w->rows[keys[i]]++;
    }
    for (size_t m = 0; m < plan->n_measures; m++) {
        const measured *at = &w->measured[m];
        wide_int *sums = w->sums + m * DENSE_MOST;
        if (!at->empty && at->is_wide) {
            for (size_t i = 0; i < n; i++) {
                sums[keys[i]] += at->wide[picks != NULL ? picks[i] : i];
            }
        } else if (!at->empty && picks == NULL) {
            for (size_t i = 0; i < n; i++) {
                sums[keys[i]] += at->narrow[i];
            }
        } else if (!at->empty) {
            for (size_t i = 0; i < n; i++) {
                sums[keys[i]] += at->narrow[picks[i]];
            }
        }
        for (size_t i = 0; plan->measures[m].counts_hidden && at->any_hidden && i < n;
             i++) {
            w->hidden[keys[i]] += at->hidden[picks != NULL ? picks[i] : i];
        }
    }
}

/* The entry of a key among the hashed ones, made when new. */
static cell_entry *hashed_entry(const cell_plan *plan, worker *w, uint64_t key) {
    size_t slot = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 42);
    while (w->slots[slot] != 0) {
        cell_entry *entry = cell_at(&w->hashed, w->slots[slot] - 1);
        if (entry->key == key) {
            return entry;
        }
        slot = (slot + 1) & (SLOTS - 1);
    }
    cell_entry *entry = cell_add(&w->hashed);
    if (entry != NULL) {
        w->slots[slot] = (uint32_t)w->hashed.count;
        memset(entry, 0, sizeof *entry + plan->n_measures * sizeof *entry->sums);
        entry->key = key;
    }
    return entry;
}

static irm_status accumulate_hashed(const cell_plan *plan, worker *w,
                                    const uint32_t *picks, size_t n, irm_error *error) {
    for (size_t i = 0; i < n; i++) {
        size_t row = picks != NULL ? picks[i] : i;
        cell_entry *entry = hashed_entry(plan, w, w->wide_keys[row]);
        if (entry == NULL) {
            return irm_fail_memory(error);
        }
        entry->rows++;
        for (size_t m = 0; m < plan->n_measures; m++) {
            const measured *at = &w->measured[m];
            entry->sums[m] += at->empty     ? 0
                              : at->is_wide ? at->wide[row]
                                            : (wide_int)at->narrow[row];
            if (plan->measures[m].counts_hidden && at->any_hidden) {
                entry->hidden += at->hidden[row];
            }
        }
    }
    return IRM_OK;
}

/* --- listing cells --- */

/* What each index of an axis' window adds to a key. */
static void fill_keys(const cell_axis *axis, const axis_window *at, uint64_t *keys) {
    for (int64_t i = at->low; i <= at->high; i++) {
        keys[i - at->low] = axis->group[i] * axis->stride;
    }
}

static size_t width_of(const axis_window *at) {
    return (size_t)(at->high - at->low) + 1;
}

/* The cells of a window are gone through by rows of a few thousand: the last axes, whose
 * keys are in a table, under each combination of the first ones. */
typedef struct window_rows {
    size_t n_outer;        /* axes */
    size_t width;          /* cells of a row */
    uint64_t *keys;        /* width of them */
    uint64_t *outer_keys;  /* of the first axes, one after the other */
    size_t *places;        /* of each first axis, from 0 */
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

static bool emit_cell(const cell_plan *plan, worker *w, uint64_t key, size_t at) {
    cell_entry *entry = cell_add(&w->out);
    if (entry == NULL) {
        return false;
    }
    entry->key = key;
    entry->rows = w->rows[at];
    entry->hidden = w->hidden[at];
    w->rows[at] = w->hidden[at] = 0;
    for (size_t m = 0; m < plan->n_measures; m++) {
        entry->sums[m] = w->sums[m * DENSE_MOST + at];
        w->sums[m * DENSE_MOST + at] = 0;
    }
    return true;
}

/* Most cells of a row are empty: eight are looked at together. */
static bool emit_row(const cell_plan *plan, worker *w, const window_rows *rows,
                     uint64_t base, size_t first) {
    const uint32_t *counts = w->rows + first;
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
            if (counts[i] != 0 && !emit_cell(plan, w, base + rows->keys[i], first + i)) {
                return false;
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

/* Adds up the listed cells once they are many: memory goes with the distinct ones. */
static irm_status compact(const cell_plan *plan, worker *w, irm_error *error) {
    if (w->out.count < w->listed_most) {
        return IRM_OK;
    }
    IRM_TRY(cell_lists_merge(&w->out, 1, plan->n_measures, &w->out, error));
    size_t twice = 2 * w->out.count;
    w->listed_most = twice > LISTED_MOST ? twice : LISTED_MOST;
    return IRM_OK;
}

static irm_status list_window(const cell_plan *plan, worker *w, irm_error *error) {
    if (w->window == 0) {
        return IRM_OK;
    }
    window_rows rows = {0};
    bool done = lay_rows(plan, w, &rows) && emit_window(plan, w, &rows);
    free_rows(&rows);
    w->window = 0;
    return done ? compact(plan, w, error) : irm_fail_memory(error);
}

static irm_status list_hashed(const cell_plan *plan, worker *w, irm_error *error) {
    for (size_t i = 0; i < w->hashed.count; i++) {
        cell_entry *entry = cell_add(&w->out);
        if (entry == NULL) {
            return irm_fail_memory(error);
        }
        memcpy(entry, cell_at(&w->hashed, i), w->hashed.stride);
    }
    if (w->hashed.count > 0) {
        memset(w->slots, 0, SLOTS * sizeof *w->slots);
    }
    w->hashed.count = 0;
    return compact(plan, w, error);
}

/* --- exponents --- */

static void shift_list(cell_list *list, size_t m, int by) {
    for (size_t i = 0; i < list->count; i++) {
        cell_at(list, i)->sums[m] *= (wide_int)1 << by;
    }
}

/* Sums are of under 2^32 values: 127 bits must hold them. */
static bool fits(int low, int high) { return high - low <= 94; }

/* Makes the unit of a measure small enough for the block's values. */
static void lower_unit(worker *w, size_t m, size_t window) {
    const measured *at = &w->measured[m];
    if (at->empty) {
        return;
    }
    int low = w->started[m] && w->exponents[m] < at->low ? w->exponents[m] : at->low;
    int high = w->started[m] && w->highs[m] > at->high ? w->highs[m] : at->high;
    if (!fits(low, high)) {
        w->unfit = true;
        return;
    }
    int by = w->started[m] ? w->exponents[m] - low : 0;
    if (by > 0) {
        shift_list(&w->out, m, by);
        shift_list(&w->hashed, m, by);
        for (size_t i = 0; i < window; i++) {
            w->sums[m * DENSE_MOST + i] *= (wide_int)1 << by;
        }
    }
    w->started[m] = true;
    w->exponents[m] = low;
    w->highs[m] = high;
}

static irm_status measure_block(const cell_plan *plan, worker *w, size_t block,
                                irm_error *error) {
    const irm_table *schema = irm_cursor_schema(plan->cursor);
    size_t first = block * irm_cursor_block_rows(plan->cursor);
    for (size_t m = 0; m < plan->n_measures && !w->unfit; m++) {
        const measure *of = &plan->measures[m];
        IRM_TRY(measured_read(of, w->cells, schema, first, &w->measured[m], &w->unfit,
                              error));
        lower_unit(w, m, w->window);
        if (!w->unfit) {
            IRM_TRY(measured_scale(&w->measured[m], w->cells[of->column].n,
                                   w->exponents[m], error));
        }
    }
    return IRM_OK;
}

/* --- blocks --- */

static irm_status add_dense(const cells_job *job, worker *w, size_t n, irm_error *error) {
    const cell_plan *plan = job->plan;
    memset(w->keys, 0, n * sizeof *w->keys);
    for (size_t k = 0; k < plan->n_axes; k++) {
        add_keys(&w->windows[k], n, w->keys);
    }
    size_t count = n;
    if (plan->where != NULL) {
        count = w->n_picks;
        for (size_t i = 0; i < count; i++) {
            w->keys[i] = w->keys[w->picks[i]]; /* picks ascend: none is overwritten early */
        }
    }
    accumulate(plan, w, w->keys, plan->where != NULL ? w->picks : NULL, count);
    return job->window > 0 ? IRM_OK : list_window(plan, w, error);
}

static irm_status add_hashed(const cell_plan *plan, worker *w, size_t n,
                             irm_error *error) {
    if (w->slots == NULL) {
        w->slots = irm_calloc(SLOTS, sizeof *w->slots);
        if (w->slots == NULL) {
            return irm_fail_memory(error);
        }
    }
    set_wide_keys(plan, w, n);
    bool picked = plan->where != NULL;
    IRM_TRY(accumulate_hashed(plan, w, picked ? w->picks : NULL, picked ? w->n_picks : n,
                              error));
    return w->hashed.count > HASHED_MOST ? list_hashed(plan, w, error) : IRM_OK;
}

/* The same window for every block. */
static void whole_window(const cell_plan *plan, worker *w) {
    for (size_t k = 0; k < plan->n_axes; k++) {
        w->windows[k].low = 0;
        w->windows[k].high = (int64_t)plan->axes[k].n_indices - 1;
    }
}

static size_t rows_of(const cell_plan *plan, size_t block) {
    size_t rows = irm_cursor_block_rows(plan->cursor);
    size_t left = irm_cursor_rows(plan->cursor) - block * rows;
    return left < rows ? left : rows;
}

static irm_status add_block(const cells_job *job, worker *w, size_t block,
                            irm_error *error) {
    const cell_plan *plan = job->plan;
    if (plan->where != NULL) {
        IRM_TRY(select_rows(plan, w, block, error));
        if (w->n_picks == 0) {
            return IRM_OK;
        }
    }
    size_t n = rows_of(plan, block);
    IRM_TRY(read_others(plan, w, block, error));
    for (size_t k = 0; k < plan->n_axes; k++) {
        IRM_TRY(set_window(plan, w, k, error));
    }
    if (job->window > 0) {
        whole_window(plan, w);
    }
    size_t window = lay_window(w->windows, plan->n_axes);
    IRM_TRY(measure_block(plan, w, block, error));
    if (w->unfit) {
        return IRM_OK;
    }
    w->window = window;
    return window > 0 ? add_dense(job, w, n, error) : add_hashed(plan, w, n, error);
}

static irm_status add_blocks(void *context, size_t first, size_t last, size_t number,
                             irm_error *error) {
    cells_job *job = context;
    worker *w = &job->workers[number];
    for (size_t block = first; block < last && !w->unfit; block++) {
        IRM_TRY(add_block(job, w, block, error));
    }
    return IRM_OK;
}

/* --- workers --- */

static irm_status view_init(const cell_plan *plan, worker *w, irm_error *error) {
    const irm_table *schema = irm_cursor_schema(plan->cursor);
    size_t rows = irm_cursor_block_rows(plan->cursor);
    w->view = (irm_table){.n_columns = schema->n_columns};
    w->view.columns = irm_calloc(schema->n_columns, sizeof *w->view.columns);
    w->selected = irm_calloc(rows, sizeof *w->selected);
    w->picks = irm_calloc(rows + 1, sizeof *w->picks);
    if (w->view.columns == NULL || w->selected == NULL || w->picks == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < plan->n_where; i++) {
        size_t c = plan->where_columns[i];
        irm_column *column = &w->view.columns[c];
        column->type = schema->columns[c].type;
        if (column->type == IRM_COLUMN_NUMBER) {
            column->values = irm_calloc(rows, sizeof *column->values);
        } else {
            column->codes = irm_calloc(rows, sizeof *column->codes);
        }
        if (column->values == NULL && column->codes == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static irm_status worker_init(const cell_plan *plan, worker *w, irm_error *error) {
    size_t rows = irm_cursor_block_rows(plan->cursor), m = plan->n_measures;
    w->out.stride = w->hashed.stride = sizeof(cell_entry) + m * sizeof(wide_int);
    w->listed_most = LISTED_MOST;
    IRM_TRY(irm_cursor_buffer_new(plan->cursor, &w->buffer, error));
    w->cells = irm_calloc(irm_cursor_schema(plan->cursor)->n_columns, sizeof *w->cells);
    w->windows = irm_calloc(plan->n_axes, sizeof *w->windows);
    w->indices = irm_calloc(plan->n_axes, sizeof *w->indices);
    w->measured = irm_calloc(m + 1, sizeof *w->measured);
    w->keys = irm_calloc(rows, sizeof *w->keys);
    w->wide_keys = irm_calloc(rows, sizeof *w->wide_keys);
    w->rows = irm_calloc(DENSE_MOST, sizeof *w->rows);
    w->hidden = irm_calloc(DENSE_MOST, sizeof *w->hidden);
    w->sums = irm_calloc(DENSE_MOST, (m > 0 ? m : 1) * sizeof *w->sums);
    w->exponents = irm_calloc(m, sizeof *w->exponents);
    w->highs = irm_calloc(m, sizeof *w->highs);
    w->started = irm_calloc(m, sizeof *w->started);
    if (w->cells == NULL || w->windows == NULL || w->indices == NULL ||
        w->measured == NULL || w->keys == NULL || w->wide_keys == NULL ||
        w->rows == NULL || w->hidden == NULL || w->sums == NULL || w->exponents == NULL ||
        w->highs == NULL || w->started == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i <= m; i++) { /* one more, for indices */
        if (i < m || m == 0) {
            IRM_TRY(measured_init(&w->measured[i], rows, error));
        }
    }
    return plan->where != NULL ? view_init(plan, w, error) : IRM_OK;
}

static void worker_clear(const cell_plan *plan, worker *w) {
    irm_cursor_buffer_free(w->buffer);
    for (size_t i = 0; w->measured != NULL && i <= plan->n_measures; i++) {
        measured_clear(&w->measured[i]);
    }
    for (size_t k = 0; w->indices != NULL && k < plan->n_axes; k++) {
        irm_free(w->indices[k]);
    }
    for (size_t c = 0; w->view.columns != NULL && c < w->view.n_columns; c++) {
        irm_free(w->view.columns[c].values);
        irm_free(w->view.columns[c].codes);
    }
    irm_free(w->view.columns);
    irm_free(w->cells);
    irm_free(w->windows);
    irm_free(w->indices);
    irm_free(w->measured);
    irm_free(w->keys);
    irm_free(w->wide_keys);
    irm_free(w->selected);
    irm_free(w->picks);
    irm_free(w->rows);
    irm_free(w->hidden);
    irm_free(w->sums);
    irm_free(w->slots);
    irm_free(w->exponents);
    irm_free(w->highs);
    irm_free(w->started);
    cell_list_clear(&w->hashed);
    cell_list_clear(&w->out);
}

/* --- the whole --- */

/* The units that all workers' sums can be told in; false where 128 bits do not hold them. */
static bool common_units(const cells_job *job, size_t n_workers, int *exponents) {
    for (size_t m = 0; m < job->plan->n_measures; m++) {
        int low = INT_MAX, high = INT_MIN;
        for (size_t i = 0; i < n_workers; i++) {
            const worker *w = &job->workers[i];
            if (w->unfit) {
                return false;
            }
            if (w->started[m]) {
                low = w->exponents[m] < low ? w->exponents[m] : low;
                high = w->highs[m] > high ? w->highs[m] : high;
            }
        }
        exponents[m] = low == INT_MAX ? 0 : low;
        if (low != INT_MAX && !fits(low, high)) {
            return false;
        }
    }
    return true;
}

static irm_status gather(const cells_job *job, size_t n_workers, cell_result *result,
                         irm_error *error) {
    const cell_plan *plan = job->plan;
    cell_list *lists = irm_calloc(n_workers, sizeof *lists);
    irm_status status = lists == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < n_workers; i++) {
        worker *w = &job->workers[i];
        status = list_window(plan, w, error);
        if (status == IRM_OK) {
            status = list_hashed(plan, w, error);
        }
        for (size_t m = 0; m < plan->n_measures; m++) {
            if (w->started[m] && w->exponents[m] > result->exponents[m]) {
                shift_list(&w->out, m, w->exponents[m] - result->exponents[m]);
            }
        }
        lists[i] = w->out;
    }
    if (status == IRM_OK) {
        status = cell_lists_merge(lists, n_workers, plan->n_measures, &result->list, error);
        for (size_t i = 0; i < n_workers; i++) {
            job->workers[i].out = lists[i];
        }
    }
    irm_free(lists);
    return status;
}

/* One window for all blocks, when that is small enough to be listed once. */
static size_t common_window(const cell_plan *plan) {
    size_t cells = 1;
    for (size_t k = 0; k < plan->n_axes; k++) {
        if (plan->axes[k].n_indices > (DENSE_MOST / 4) / cells) {
            return 0;
        }
        cells *= plan->axes[k].n_indices;
    }
    return cells;
}

irm_status cells_run(const cell_plan *plan, cell_result *result, irm_error *error) {
    *result = (cell_result){
        .list.stride = sizeof(cell_entry) + plan->n_measures * sizeof(wide_int)};
    size_t blocks = irm_cursor_blocks(plan->cursor);
    size_t n_workers = irm_parallel_workers(blocks, 1, plan->threads);
    cells_job job = {.plan = plan, .window = common_window(plan)};
    job.workers = irm_calloc(n_workers, sizeof *job.workers);
    result->exponents = irm_calloc(plan->n_measures, sizeof *result->exponents);
    irm_status status = job.workers == NULL || result->exponents == NULL
                            ? irm_fail_memory(error)
                            : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < n_workers; i++) {
        status = worker_init(plan, &job.workers[i], error);
    }
    if (status == IRM_OK) {
        status = irm_parallel_for(blocks, 1, n_workers, add_blocks, &job, error);
    }
    if (status == IRM_OK) {
        result->unfit = !common_units(&job, n_workers, result->exponents);
    }
    if (status == IRM_OK && !result->unfit) {
        status = gather(&job, n_workers, result, error);
    }
    for (size_t i = 0; job.workers != NULL && i < n_workers; i++) {
        worker_clear(plan, &job.workers[i]);
    }
    irm_free(job.workers);
    return status;
}

void cell_result_clear(cell_result *result) {
    cell_list_clear(&result->list);
    irm_free(result->exponents);
    *result = (cell_result){0};
}
