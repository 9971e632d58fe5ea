/* The whole of a tabulation: workers add up blocks, then feed what no later block can add
 * to. */
#include <limits.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "tabulate/parts.h"
#include "tabulate/worker.h"

typedef struct cells_job {
    const cell_plan *plan;
    worker *workers;
    size_t n_workers;
    bool whole; /* one window for all blocks */
    table_part *parts;
    size_t n_parts;
    size_t first;      /* block of the part */
    int *exponents;    /* of what is fed */
    cell_list carried; /* cells that later parts may add to, in units of exponents */
    cell_spill spill;
    cell_run *runs;
    size_t n_runs, runs_room;
} cells_job;

static irm_status add_blocks(void *context, size_t first, size_t last, size_t number,
                             irm_error *error) {
    cells_job *job = context;
    worker *w = &job->workers[number];
    for (size_t block = first; block < last && !w->unfit; block++) {
        IRM_TRY(worker_add_block(job->plan, w, job->first + block, job->whole, error));
    }
    return IRM_OK;
}

/* --- one unit for each measure --- */

/* The units that all workers' sums can be told in; false where 128 bits do not hold them.
 * What is carried is brought to them: units of workers only become smaller. */
static bool common_units(cells_job *job) {
    for (size_t m = 0; m < job->plan->n_measures; m++) {
        int low = INT_MAX, high = INT_MIN;
        for (size_t i = 0; i < job->n_workers; i++) {
            const worker *w = &job->workers[i];
            if (w->unfit) {
                return false;
            }
            if (w->started[m]) {
                low = w->exponents[m] < low ? w->exponents[m] : low;
                high = w->highs[m] > high ? w->highs[m] : high;
            }
        }
        if (low != INT_MAX && !worker_units_fit(low, high)) {
            return false;
        }
        low = low == INT_MAX ? 0 : low;
        cell_list_shift(&job->carried, m, job->exponents[m] - low);
        job->exponents[m] = low;
    }
    return true;
}

/* Lists all that a worker has, in runs and in the common units. */
static irm_status close_worker(const cells_job *job, worker *w, irm_error *error) {
    const cell_plan *plan = job->plan;
    if (w->window > 0) {
        IRM_TRY(worker_begin_run(w, error));
        IRM_TRY(worker_list_window(plan, w, error));
    }
    IRM_TRY(worker_list_hashed(plan, w, error));
    IRM_TRY(worker_sort_list(plan, w, error));
    for (size_t m = 0; m < plan->n_measures; m++) {
        if (w->started[m]) {
            cell_list_shift(&w->out, m, w->exponents[m] - job->exponents[m]);
        }
    }
    return IRM_OK;
}

static irm_status close_workers(void *context, size_t first, size_t last, size_t number,
                                irm_error *error) {
    const cells_job *job = context;
    (void)number;
    for (size_t i = first; i < last; i++) {
        IRM_TRY(close_worker(job, &job->workers[i], error));
    }
    return IRM_OK;
}

/* --- runs --- */

static irm_status add_run(cells_job *job, cell_run run, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&job->runs, &job->runs_room, job->n_runs + 1,
                        sizeof *job->runs, error));
    job->runs[job->n_runs++] = run;
    return IRM_OK;
}

static irm_status list_runs(cells_job *job, irm_error *error) {
    job->n_runs = 0;
    IRM_TRY(add_run(job, (cell_run){.list = &job->carried, .count = job->carried.count},
                    error));
    for (size_t i = 0; i < job->n_workers; i++) {
        const worker *w = &job->workers[i];
        for (size_t r = 0; r < w->n_spilled; r++) {
            const spilled_run *from = &w->spilled[r];
            IRM_TRY(
                add_run(job, (cell_run){.count = from->count, .spilled = from}, error));
        }
        for (size_t r = 0; r < w->n_runs; r++) {
            size_t end = r + 1 < w->n_runs ? w->runs[r + 1] : w->out.count;
            cell_run run = {&w->out, w->runs[r], end - w->runs[r], NULL};
            IRM_TRY(add_run(job, run, error));
        }
    }
    return IRM_OK;
}

/* Adds up the cells from `end` on, which are few, into `to`. */
static irm_status keep_rest(cells_job *job, uint64_t end, cell_list *to,
                            irm_error *error) {
    size_t n = 0, m = job->plan->n_measures, stride = to->stride;
    cell_run *rest = irm_calloc(job->n_runs, sizeof *rest);
    cell_list *read = irm_calloc(job->n_runs, sizeof *read);
    irm_status status = rest == NULL || read == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < job->n_runs; i++) {
        const cell_run *run = &job->runs[i];
        read[i].stride = stride;
        if (run->spilled != NULL) {
            status = spilled_run_read(run->spilled, end, UINT64_MAX, job->exponents, m,
                                      &read[i], error);
            rest[n++] = (cell_run){.list = &read[i], .count = read[i].count};
        } else if (run->count > 0) {
            size_t below = cell_run_below(run, end);
            rest[n++] = (cell_run){.list = run->list,
                                   .first = run->first + below,
                                   .count = run->count - below};
        }
    }
    if (status == IRM_OK && !cell_runs_sort(rest, n, m, to)) {
        status = irm_fail_memory(error);
    }
    for (size_t i = 0; read != NULL && i < job->n_runs; i++) {
        cell_list_clear(&read[i]);
    }
    irm_free(rest);
    irm_free(read);
    return status;
}

/* Empties the lists of workers, but for what a later part may add to. */
static irm_status carry(cells_job *job, uint64_t end, irm_error *error) {
    cell_list rest = {.stride = job->carried.stride};
    irm_status status = end < UINT64_MAX ? keep_rest(job, end, &rest, error) : IRM_OK;
    cell_list_clear(&job->carried);
    job->carried = rest;
    for (size_t i = 0; i < job->n_workers; i++) {
        worker *w = &job->workers[i];
        w->out.count = w->n_runs = 0;
        while (w->n_spilled > 0) {
            spilled_run_clear(&w->spilled[--w->n_spilled]);
        }
    }
    return status;
}

/* --- the whole --- */

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
static size_t list_room(const cells_job *job, size_t window) {
    if (window > 0) {
        return window;
    }
    size_t blocks = 0, block_rows = irm_cursor_block_rows(job->plan->cursor);
    for (size_t i = 0; i < job->n_parts; i++) {
        size_t some = job->parts[i].last - job->parts[i].first;
        blocks = some > blocks ? some : blocks;
    }
    size_t rows = blocks * block_rows / job->n_workers;
    return rows + rows / 4 + block_rows;
}

size_t cells_feeders(const cell_plan *plan) {
    return plan->threads > 0 ? plan->threads : irm_threads_online();
}

static irm_status start(cells_job *job, irm_error *error) {
    enum { PART_LEAST = 8 }; /* blocks */
    const cell_plan *plan = job->plan;
    size_t blocks = irm_cursor_blocks(plan->cursor), window = common_window(plan);
    job->whole = window > 0;
    job->n_workers = irm_parallel_workers(blocks, 1, plan->threads);
    job->carried.stride = sizeof(cell_entry) + plan->n_measures * sizeof(wide_int);
    job->workers = irm_calloc(job->n_workers, sizeof *job->workers);
    job->exponents = irm_calloc(plan->n_measures, sizeof *job->exponents);
    if (job->workers == NULL || job->exponents == NULL) {
        return irm_fail_memory(error);
    }
    size_t least = 4 * job->n_workers > PART_LEAST ? 4 * job->n_workers : PART_LEAST;
    IRM_TRY(
        parts_find(plan, job->whole ? blocks : least, &job->parts, &job->n_parts, error));
    for (size_t i = 0; i < job->n_workers; i++) {
        worker *w = &job->workers[i];
        IRM_TRY(worker_init(plan, w, plan->memory / job->n_workers, error));
        size_t room = list_room(job, window);
        w->listed_first = room < w->listed_least ? room : w->listed_least;
        w->spill = plan->memory > 0 ? &job->spill : NULL;
    }
    return IRM_OK;
}

static irm_status run_part(cells_job *job, const table_part *part, const cell_feed *feed,
                           bool *unfit, irm_error *error) {
    const cell_plan *plan = job->plan;
    job->first = part->first;
    IRM_TRY(irm_parallel_for(part->last - part->first, 1, job->n_workers, add_blocks, job,
                             error));
    *unfit = !common_units(job);
    if (*unfit) {
        return IRM_OK;
    }
    IRM_TRY(
        irm_parallel_for(job->n_workers, 1, job->n_workers, close_workers, job, error));
    IRM_TRY(list_runs(job, error));
    IRM_TRY(cell_runs_feed(job->runs, job->n_runs, plan->n_measures, job->carried.stride,
                           job->exponents, part->end, plan->threads, feed, error));
    return carry(job, part->end, error);
}

irm_status cells_feed(const cell_plan *plan, const cell_feed *feed, bool *unfit,
                      irm_error *error) {
    cells_job job = {.plan = plan};
    *unfit = false;
    spill_init(&job.spill);
    irm_status status = start(&job, error);
    for (size_t i = 0; status == IRM_OK && !*unfit && i < job.n_parts; i++) {
        status = run_part(&job, &job.parts[i], feed, unfit, error);
    }
    for (size_t i = 0; job.workers != NULL && i < job.n_workers; i++) {
        worker_clear(plan, &job.workers[i]);
    }
    spill_clear(&job.spill);
    cell_list_clear(&job.carried);
    irm_free(job.workers);
    irm_free(job.exponents);
    irm_free(job.parts);
    irm_free(job.runs);
    return status;
}

/* --- into one list --- */

/* A result that cells are added to; what each worker has taken waits for its turn. */
typedef struct gathering {
    const cell_plan *plan;
    cell_result *result;
    size_t most; /* cells */
    struct {
        const cell_run *pieces;
        size_t n;
        const int *exponents;
    } * taken; /* one a worker */
} gathering;

static irm_status take_pieces(void *context, const cell_run *pieces, size_t n_pieces,
                              const int *exponents, size_t number, irm_error *error) {
    gathering *g = context;
    (void)error;
    g->taken[number].pieces = pieces;
    g->taken[number].n = n_pieces;
    g->taken[number].exponents = exponents;
    return IRM_OK;
}

irm_status cells_refuse_many(size_t most, irm_error *error) {
    return irm_fail(error, IRM_STATUS_REFUSED,
                    "the result has over %zu cells, more than the memory allowed holds: "
                    "allow more (--memory), or ask for a plain list in CSV or JSON "
                    "(no --cross, --totals, --quantile or --labels), which needs not be held",
                    most);
}

static irm_status append_pieces(void *context, size_t number, irm_error *error) {
    gathering *g = context;
    cell_list *list = &g->result->list;
    for (size_t m = 0; m < g->plan->n_measures; m++) {
        int unit = g->taken[number].exponents[m];
        cell_list_shift(list, m, g->result->exponents[m] - unit);
        g->result->exponents[m] = unit;
    }
    for (size_t i = 0; i < g->taken[number].n; i++) {
        const cell_run *piece = &g->taken[number].pieces[i];
        if (piece->count > g->most - list->count) {
            return cells_refuse_many(g->most, error);
        }
        if (!cell_reserve(list, piece->count)) {
            return irm_fail_memory(error);
        }
        memcpy(list->bytes + list->count * list->stride,
               cell_at(piece->list, piece->first), piece->count * list->stride);
        list->count += piece->count;
    }
    return IRM_OK;
}

irm_status cells_run(const cell_plan *plan, size_t bytes, cell_result *result,
                     irm_error *error) {
    *result = (cell_result){.list.stride =
                                sizeof(cell_entry) + plan->n_measures * sizeof(wide_int)};
    gathering g = {.plan = plan,
                   .result = result,
                   .most = plan->memory > 0 ? plan->memory / bytes : SIZE_MAX,
                   .taken = irm_calloc(cells_feeders(plan), sizeof *g.taken)};
    result->exponents = irm_calloc(plan->n_measures, sizeof *result->exponents);
    irm_status status =
        g.taken == NULL || result->exponents == NULL ? irm_fail_memory(error) : IRM_OK;
    const cell_feed feed = {take_pieces, append_pieces, &g};
    if (status == IRM_OK) {
        status = cells_feed(plan, &feed, &result->unfit, error);
    }
    irm_free(g.taken);
    return status;
}

void cell_result_clear(cell_result *result) {
    cell_list_clear(&result->list);
    irm_free(result->exponents);
    *result = (cell_result){0};
}
