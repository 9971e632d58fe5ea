/* Cells turned into rows as they are added up: no more of the result is in memory than
 * what is being written. */
#include <math.h>
#include <stdatomic.h>

#include "irminon/memory.h"
#include "tabulate/outcome.h"

enum { BATCH = 4096 }; /* rows: they stay in the processor's cache */

/* Some rows of the result, and their text until its turn comes. */
typedef struct row_batch {
    irm_table table;
    uint64_t *groups; /* of the axes, at the last key */
    irm_buffer text;
} row_batch;

typedef struct row_job {
    const outcome *from;
    const cell_plan *plan;
    const char *name;
    const irm_row_sink *sink;
    bool hidden;        /* there is a column of them */
    atomic_bool found;  /* hidden cells, without a column for them */
    row_batch *batches; /* one a worker */
    size_t n_batches;
} row_job;

/* --- tables whose labels are those of the axes --- */

static void lend_labels(const row_job *job, irm_table *table, bool lend) {
    for (size_t k = 0; k < table->n_columns && k < job->from->n_axes; k++) {
        irm_column *column = &table->columns[k];
        if (column->type == IRM_COLUMN_CATEGORY) {
            if (lend) {
                irm_dict_free(column->categories);
            }
            column->categories = lend ? job->from->axes[k].labels : NULL;
        }
    }
}

static void clear_table(const row_job *job, irm_table *table) {
    lend_labels(job, table, false);
    irm_table_clear(table);
}

static irm_status make_table(const row_job *job, size_t rows, irm_table *table,
                             irm_error *error) {
    *table = (irm_table){0};
    IRM_TRY(irm_table_init(table, job->name, rows, error));
    irm_status status = outcome_add_columns(job->from, job->hidden, table, error);
    if (status != IRM_OK) {
        irm_table_clear(table);
        return status;
    }
    lend_labels(job, table, true);
    return IRM_OK;
}

/* --- rows --- */

/* Keys increase: those of the last axis' groups are most often all that changes. */
static void fill_groups(const row_job *job, row_batch *batch,
                        const outcome_slice *slice) {
    const cell_axis *axes = job->from->axes;
    size_t n_axes = job->from->n_axes;
    const cell_axis *last = n_axes > 0 ? &axes[n_axes - 1] : NULL;
    uint64_t base = UINT64_MAX;
    for (size_t i = 0; i < slice->n && n_axes > 0; i++) {
        uint64_t key = cell_at(slice->list, slice->first + i)->key;
        if (base == UINT64_MAX || key - base >= last->n_groups) {
            base = key - key % last->n_groups;
            for (size_t k = 0; k < n_axes; k++) {
                batch->groups[k] = base / axes[k].stride % axes[k].n_groups;
            }
        }
        batch->groups[n_axes - 1] = key - base;
        for (size_t k = 0; k < n_axes; k++) {
            irm_column *to = &batch->table.columns[k];
            if (to->type == IRM_COLUMN_CATEGORY) {
                to->codes[i] = (int32_t)batch->groups[k] - 1;
            } else {
                to->values[i] = axis_number(&axes[k], batch->groups[k]);
            }
        }
    }
}

static bool any_hidden(const outcome_slice *slice) {
    uint32_t any = 0;
    for (size_t i = 0; i < slice->n; i++) {
        any |= cell_at(slice->list, slice->first + i)->hidden;
    }
    return any != 0;
}

static irm_status give_slice(row_job *job, row_batch *batch, outcome_slice *slice,
                             irm_error *error) {
    if (!job->hidden && any_hidden(slice)) {
        atomic_store(&job->found, true);
        return irm_fail(error, IRM_STATUS_INTERRUPTED, "hidden cells have no column");
    }
    batch->table.n_rows = slice->n;
    fill_groups(job, batch, slice);
    outcome_fill_slice(slice, job->hidden);
    return job->sink->format(job->sink->context, &batch->table, &batch->text, error);
}

static irm_status take_cells(void *context, const cell_run *pieces, size_t n_pieces,
                             const int *exponents, size_t worker, irm_error *error) {
    row_job *job = context;
    row_batch *batch = &job->batches[worker];
    batch->text.size = 0;
    for (size_t p = 0; p < n_pieces; p++) {
        for (size_t done = 0; done < pieces[p].count; done += BATCH) {
            size_t left = pieces[p].count - done;
            outcome_slice slice = {.from = job->from,
                                   .list = pieces[p].list,
                                   .first = pieces[p].first + done,
                                   .n = left < BATCH ? left : BATCH,
                                   .exponents = exponents,
                                   .to = &batch->table};
            IRM_TRY(give_slice(job, batch, &slice, error));
        }
    }
    return batch->text.failed ? irm_fail_memory(error) : IRM_OK;
}

static irm_status write_cells(void *context, size_t worker, irm_error *error) {
    row_job *job = context;
    return job->sink->write(job->sink->context, &job->batches[worker].text, error);
}

/* --- the whole --- */

static irm_status make_batches(row_job *job, irm_error *error) {
    job->batches = irm_calloc(job->n_batches, sizeof *job->batches);
    if (job->batches == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < job->n_batches; i++) {
        IRM_TRY(make_table(job, BATCH, &job->batches[i].table, error));
        job->batches[i].groups =
            irm_calloc(job->from->n_axes, sizeof *job->batches[i].groups);
        if (job->batches[i].groups == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static void free_batches(row_job *job) {
    for (size_t i = 0; job->batches != NULL && i < job->n_batches; i++) {
        clear_table(job, &job->batches[i].table);
        irm_free(job->batches[i].groups);
        irm_buffer_clear(&job->batches[i].text);
    }
    irm_free(job->batches);
    job->batches = NULL;
}

static irm_status feed_rows(row_job *job, bool *unfit, irm_error *error) {
    irm_table columns;
    IRM_TRY(make_table(job, 0, &columns, error));
    irm_status status = job->sink->begin(job->sink->context, &columns, error);
    clear_table(job, &columns);
    if (status == IRM_OK) {
        status = make_batches(job, error);
    }
    const cell_feed feed = {take_cells, write_cells, job};
    if (status == IRM_OK) {
        status = cells_feed(job->plan, &feed, unfit, error);
    }
    free_batches(job);
    return status;
}

irm_status outcome_feed(const outcome *from, const cell_plan *plan, const char *name,
                        const irm_row_sink *sink, bool *unfit, irm_error *error) {
    row_job job = {.from = from,
                   .plan = plan,
                   .name = name,
                   .sink = sink,
                   .n_batches = cells_feeders(plan)};
    irm_error first = {0};
    irm_status status = feed_rows(&job, unfit, &first);
    if (status != IRM_OK && atomic_load(&job.found)) {
        job.hidden = true;
        return feed_rows(&job, unfit, error);
    }
    if (status != IRM_OK && error != NULL) {
        *error = first;
    }
    return status;
}
