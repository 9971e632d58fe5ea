#include <limits.h>
#include <stdlib.h>
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
        worker_add_keys(&w->windows[k], n, w->keys);
    }
    size_t count = n;
    if (plan->where != NULL) {
        count = w->n_picks;
        for (size_t i = 0; i < count; i++) {
            w->keys[i] = w->keys[w->picks[i]]; /* picks ascend: none is overwritten early */
        }
    }
    accumulate(plan, w, w->keys, plan->where != NULL ? w->picks : NULL, count);
    return job->window > 0 ? IRM_OK : worker_list_window(plan, w, error);
}

static irm_status add_hashed(const cell_plan *plan, worker *w, size_t n,
                             irm_error *error) {
    if (w->slots == NULL) {
        w->slots = irm_calloc(SLOTS, sizeof *w->slots);
        if (w->slots == NULL) {
            return irm_fail_memory(error);
        }
    }
    worker_set_wide_keys(plan, w, n);
    bool picked = plan->where != NULL;
    IRM_TRY(accumulate_hashed(plan, w, picked ? w->picks : NULL, picked ? w->n_picks : n,
                              error));
    return w->hashed.count > HASHED_MOST ? worker_list_hashed(plan, w, error) : IRM_OK;
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
        IRM_TRY(worker_select(plan, w, block, error));
        if (w->n_picks == 0) {
            return IRM_OK;
        }
    }
    size_t n = rows_of(plan, block);
    IRM_TRY(worker_read(plan, w, block, error));
    for (size_t k = 0; k < plan->n_axes; k++) {
        IRM_TRY(worker_set_window(plan, w, k, error));
    }
    if (job->window > 0) {
        whole_window(plan, w);
    }
    size_t window = worker_lay_window(w->windows, plan->n_axes);
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
        status = worker_list_window(plan, w, error);
        if (status == IRM_OK) {
            status = worker_list_hashed(plan, w, error);
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
