#include <limits.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "tabulate/worker.h"

typedef struct cells_job {
    const cell_plan *plan;
    worker *workers;
    size_t window; /* of all blocks, when it is small; 0: one a block */
} cells_job;

/* --- accumulating --- */

/* Adds values of a span to the sums of its cells. */
#define ADD_SPAN(values)                                               \
    do {                                                               \
        for (size_t i_ = 0; span.picks == NULL && i_ < span.n; i_++) { \
            sums[w->keys[i_]] += (values)[span.first + i_];            \
        }                                                              \
        for (size_t i_ = 0; span.picks != NULL && i_ < span.n; i_++) { \
            sums[w->keys[i_]] += (values)[span.picks[i_]];             \
        }                                                              \
    } while (0)

static void accumulate(const cell_plan *plan, worker *w, row_span span) {
    for (size_t i = 0; i < span.n; i++) {
        w->rows[w->keys[i]]++;
    }
    for (size_t m = 0; m < plan->n_measures; m++) {
        const measured *at = &w->measured[m];
        wide_int *sums = w->sums + m * w->room;
        if (!at->empty && at->is_wide) {
            ADD_SPAN(at->wide);
        } else if (!at->empty) {
            ADD_SPAN(at->narrow);
        }
        for (size_t i = 0;
             plan->measures[m].counts_hidden && at->any_hidden && i < span.n; i++) {
            w->hidden[w->keys[i]] +=
                at->hidden[span.picks != NULL ? span.picks[i] : span.first + i];
        }
    }
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
            w->sums[m * w->room + i] *= (wide_int)1 << by;
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

static irm_status add_dense(const cell_plan *plan, worker *w, row_span span,
                            size_t window, irm_error *error) {
    IRM_TRY(worker_make_room(plan, w, window, error));
    memset(w->keys, 0, span.n * sizeof *w->keys);
    for (size_t k = 0; k < plan->n_axes; k++) {
        IRM_TRY(window_arrange(plan, w, k, error));
        window_add_keys(&w->windows[k], span, w->keys);
    }
    w->window = window;
    accumulate(plan, w, span);
    return IRM_OK;
}

/* The same window for every block, listed at the end. */
static irm_status add_whole(const cell_plan *plan, worker *w, row_span span,
                            irm_error *error) {
    for (size_t k = 0; k < plan->n_axes; k++) {
        w->windows[k].low = 0;
        w->windows[k].high = (int64_t)plan->axes[k].n_indices - 1;
    }
    size_t window = (size_t)window_cells(w->windows, plan->n_axes);
    return add_dense(plan, w, span, window, error);
}

static row_span part_of(row_span span, size_t first, size_t n) {
    n = n < span.n - first ? n : span.n - first;
    return span.picks != NULL ? (row_span){span.picks + first, 0, n}
                              : (row_span){NULL, span.first + first, n};
}

/* Narrows the windows to a span; how many cells they make. */
static uint64_t narrow(const cell_plan *plan, worker *w, row_span span) {
    for (size_t k = 0; k < plan->n_axes; k++) {
        window_narrow(&w->windows[k], span);
    }
    return window_cells(w->windows, plan->n_axes);
}

/* Rows of a tile, judged by the first ones; 0: none will do. */
static size_t tile_rows(const cell_plan *plan, worker *w, row_span span) {
    for (size_t rows = span.n; rows >= TILE_LEAST; rows /= 2) {
        if (narrow(plan, w, part_of(span, 0, rows)) <= TILE_CELLS) {
            return rows;
        }
    }
    return 0;
}

/* Rows of which no tile is dense. They are grouped when a tile has few of the block's
 * cells. */
static irm_status add_sparse(const cell_plan *plan, worker *w, row_span span,
                             irm_error *error) {
    uint64_t some = narrow(plan, w, part_of(span, 0, TILE_LEAST));
    bool grouped = span.n > TILE_LEAST && some < narrow(plan, w, span) / 8;
    memset(w->wide_keys, 0, span.n * sizeof *w->wide_keys);
    for (size_t k = 0; k < plan->n_axes; k++) {
        window_add_wide_keys(&plan->axes[k], &w->windows[k], span, w->wide_keys);
    }
    return grouped ? worker_list_sorted(plan, w, span, error)
                   : worker_hash(plan, w, span, error);
}

static irm_status add_tiles(const cell_plan *plan, worker *w, row_span span,
                            irm_error *error) {
    uint64_t cells = narrow(plan, w, span);
    size_t rows = cells <= TILE_CELLS ? span.n : tile_rows(plan, w, span);
    rows = rows == 0 && cells <= DENSE_MOST ? span.n : rows;
    if (rows == 0) {
        return add_sparse(plan, w, span, error);
    }
    for (size_t first = 0; first < span.n; first += rows) {
        row_span tile = part_of(span, first, rows);
        cells = narrow(plan, w, tile);
        if (cells <= DENSE_MOST) {
            IRM_TRY(add_dense(plan, w, tile, (size_t)cells, error));
            IRM_TRY(worker_begin_run(w, error));
            IRM_TRY(worker_list_window(plan, w, error));
        } else {
            IRM_TRY(add_sparse(plan, w, tile, error));
        }
    }
    return IRM_OK;
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
        IRM_TRY(worker_select(plan, w, block, error));
        if (w->n_picks == 0) {
            return IRM_OK;
        }
    }
    row_span span = {.n = rows_of(plan, block)};
    if (plan->where != NULL) {
        span = (row_span){w->picks, 0, w->n_picks};
    }
    IRM_TRY(worker_read(plan, w, block, error));
    for (size_t k = 0; k < plan->n_axes; k++) {
        IRM_TRY(window_set(plan, w, k, error));
    }
    IRM_TRY(measure_block(plan, w, block, error));
    if (w->unfit) {
        return IRM_OK;
    }
    return job->window > 0 ? add_whole(plan, w, span, error)
                           : add_tiles(plan, w, span, error);
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

/* --- the whole --- */

/* The units that all workers' sums can be told in; false where 128 bits do not hold them.
 */
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

/* Lists all that a worker has, in runs and in the common units. */
static irm_status close_worker(const cells_job *job, worker *w, const int *exponents,
                               irm_error *error) {
    const cell_plan *plan = job->plan;
    if (w->window > 0) {
        IRM_TRY(worker_begin_run(w, error));
        IRM_TRY(worker_list_window(plan, w, error));
    }
    IRM_TRY(worker_list_hashed(plan, w, error));
    IRM_TRY(worker_sort_list(plan, w, error));
    for (size_t m = 0; m < plan->n_measures; m++) {
        if (w->started[m] && w->exponents[m] > exponents[m]) {
            shift_list(&w->out, m, w->exponents[m] - exponents[m]);
        }
    }
    return IRM_OK;
}

typedef struct closing {
    const cells_job *job;
    const int *exponents;
} closing;

static irm_status close_workers(void *context, size_t first, size_t last, size_t number,
                                irm_error *error) {
    const closing *c = context;
    (void)number;
    for (size_t i = first; i < last; i++) {
        IRM_TRY(close_worker(c->job, &c->job->workers[i], c->exponents, error));
    }
    return IRM_OK;
}

static size_t list_runs(const worker *w, cell_run *runs) {
    for (size_t r = 0; r < w->n_runs; r++) {
        size_t end = r + 1 < w->n_runs ? w->runs[r + 1] : w->out.count;
        runs[r] = (cell_run){&w->out, w->runs[r], end - w->runs[r]};
    }
    return w->n_runs;
}

static irm_status gather(const cells_job *job, size_t n_workers, cell_result *result,
                         irm_error *error) {
    closing c = {job, result->exponents};
    IRM_TRY(irm_parallel_for(n_workers, 1, n_workers, close_workers, &c, error));
    size_t n_runs = 0, n = 0;
    for (size_t i = 0; i < n_workers; i++) {
        n_runs += job->workers[i].n_runs;
    }
    if (n_runs == 1) { /* nothing to merge */
        for (size_t i = 0; i < n_workers; i++) {
            worker *w = &job->workers[i];
            if (w->n_runs == 1) {
                result->list = w->out;
                w->out = (cell_list){.stride = w->out.stride};
            }
        }
        return IRM_OK;
    }
    cell_run *runs = irm_calloc(n_runs, sizeof *runs);
    irm_status status = runs == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < n_workers; i++) {
        n += list_runs(&job->workers[i], runs + n);
    }
    if (status == IRM_OK) {
        status = cell_runs_merge(runs, n_runs, job->plan->n_measures, n_workers,
                                 &result->list, error);
    }
    irm_free(runs);
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

/* Entries that a worker is likely to list: no more than rows, a share of them. What is
 * not used is never touched. */
static size_t list_room(const cells_job *job, size_t n_workers) {
    if (job->window > 0) {
        return job->window;
    }
    size_t rows = irm_cursor_rows(job->plan->cursor) / n_workers;
    size_t room = rows + rows / 4 + irm_cursor_block_rows(job->plan->cursor);
    return room < LISTED_MOST ? room : LISTED_MOST;
}

irm_status cells_run(const cell_plan *plan, cell_result *result, irm_error *error) {
    *result = (cell_result){.list.stride =
                                sizeof(cell_entry) + plan->n_measures * sizeof(wide_int)};
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
        job.workers[i].listed_first = list_room(&job, n_workers);
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
