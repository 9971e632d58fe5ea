#include <string.h>

#include "irminon/memory.h"
#include "tabulate/outcome.h"
#include "tabulate/totals.h"
#include "tabulate/where.h"

enum { MOST_TOTALS = 10 }; /* axes with totals: each doubles the cells */

/* One tabulation of a stored table. */
typedef struct stored_job {
    const irm_store *store;
    const char *name;
    const irm_tabulation *asked;
    size_t threads;
    const char **columns; /* all that is read, each once: the cursor's */
    size_t n_columns;
    irm_cursor *cursor;
    where_bound *where;
    size_t *where_columns;
    size_t n_where;
    cell_axis *axes; /* room for one more, the values of a quantile */
    measure *measures;
    size_t n_measures;
    outcome_mean *means;
    outcome_quantile *quantiles;
    const irm_column **value_columns;
    cell_result cells;
    int squares;
    bool unfit;
} stored_job;

static size_t place_of(const stored_job *job, const char *name) {
    size_t i = 0;
    while (i < job->n_columns && strcmp(job->columns[i], name) != 0) {
        i++;
    }
    return i;
}

static void need(stored_job *job, const char *name) {
    if (name != NULL && place_of(job, name) == job->n_columns) {
        job->columns[job->n_columns++] = name;
    }
}

static void need_all(stored_job *job, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        need(job, names[i]);
    }
}

static irm_status open_columns(stored_job *job, irm_error *error) {
    const irm_tabulation *asked = job->asked;
    size_t n_where = 0;
    const char *const *of_where =
        asked->where != NULL ? irm_where_columns(asked->where, &n_where) : NULL;
    job->columns = irm_calloc(
        asked->n_by + asked->n_sums + asked->n_means + asked->n_quantiles + n_where + 1,
        sizeof *job->columns);
    job->where_columns = irm_calloc(n_where, sizeof *job->where_columns);
    if (job->columns == NULL || job->where_columns == NULL) {
        return irm_fail_memory(error);
    }
    need_all(job, asked->by, asked->n_by);
    need_all(job, asked->sums, asked->n_sums);
    need_all(job, asked->means, asked->n_means);
    need_all(job, of_where, n_where);
    need(job, asked->weight);
    for (size_t i = 0; i < asked->n_quantiles; i++) {
        need(job, asked->quantiles[i].column);
    }
    IRM_TRY(irm_cursor_open(job->store, job->name, job->columns, job->n_columns,
                            &job->cursor, error));
    for (size_t i = 0; i < n_where; i++) {
        job->where_columns[job->n_where++] = place_of(job, of_where[i]);
    }
    return asked->where == NULL ? IRM_OK
                                : where_bind(asked->where, irm_cursor_schema(job->cursor),
                                             &job->where, error);
}

/* --- measures --- */

static irm_status check_number(const stored_job *job, const char *name,
                               const char *cannot, irm_error *error) {
    const irm_column *column =
        &irm_cursor_schema(job->cursor)->columns[place_of(job, name)];
    return column->type == IRM_COLUMN_NUMBER
               ? IRM_OK
               : irm_fail(error, IRM_STATUS_USAGE, "column %s is not numeric: %s", name,
                          cannot);
}

static size_t add_measure(stored_job *job, measure_kind kind, const char *column,
                          bool counts_hidden) {
    const char *weight = job->asked->weight;
    job->measures[job->n_measures] =
        (measure){kind, place_of(job, column),
                  weight != NULL ? place_of(job, weight) : SIZE_MAX, counts_hidden, NULL};
    return job->n_measures++;
}

static irm_status set_values(stored_job *job, irm_error *error) {
    const irm_tabulation *asked = job->asked;
    const irm_table *schema = irm_cursor_schema(job->cursor);
    if (asked->weight != NULL) {
        IRM_TRY(check_number(job, asked->weight, "it cannot be summed", error));
        job->value_columns[0] = &schema->columns[place_of(job, asked->weight)];
        add_measure(job, MEASURE_SUM, asked->weight, true);
    }
    for (size_t i = 0; i < asked->n_sums; i++) {
        IRM_TRY(check_number(job, asked->sums[i], "it cannot be summed", error));
        job->value_columns[i] = &schema->columns[place_of(job, asked->sums[i])];
        add_measure(job, MEASURE_SUM, asked->sums[i], true);
    }
    return IRM_OK;
}

static irm_status set_measures(stored_job *job, irm_error *error) {
    const irm_tabulation *asked = job->asked;
    bool weighted = asked->weight != NULL;
    job->measures =
        irm_calloc(asked->n_sums + 2 * asked->n_means + 4, sizeof *job->measures);
    job->means = irm_calloc(asked->n_means, sizeof *job->means);
    job->value_columns = irm_calloc(asked->n_sums + 1, sizeof *job->value_columns);
    if (job->measures == NULL || job->means == NULL || job->value_columns == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(set_values(job, error));
    for (size_t i = 0; i < asked->n_means; i++) {
        const char *name = asked->means[i];
        const irm_column *column =
            &irm_cursor_schema(job->cursor)->columns[place_of(job, name)];
        outcome_mean *mean = &job->means[i];
        mean->column = name;
        if (column->type == IRM_COLUMN_CATEGORY) {
            IRM_TRY(label_numbers(column, &mean->numbers, error));
        }
        mean->products = add_measure(job, MEASURE_PRODUCT, name, false);
        mean->weights = add_measure(
            job, weighted ? MEASURE_WEIGHT_WHERE : MEASURE_ROWS_WHERE, name, false);
        job->measures[mean->products].numbers = mean->numbers;
        job->measures[mean->weights].numbers = mean->numbers;
    }
    job->squares = NO_MEASURE;
    if (asked->precision && weighted) {
        job->squares = (int)add_measure(job, MEASURE_SQUARE_WHERE, asked->weight, false);
    }
    return IRM_OK;
}

/* --- axes --- */

static const irm_regroup *regroup_of(const irm_tabulation *asked, const char *column) {
    for (size_t i = 0; i < asked->n_regroups; i++) {
        if (strcmp(asked->regroups[i].column, column) == 0) {
            return &asked->regroups[i];
        }
    }
    return NULL;
}

/* Keys in mixed radix; false where 64 bits do not hold them. */
static bool set_strides(cell_axis *axes, size_t n_axes) {
    uint64_t stride = 1;
    for (size_t k = n_axes; k-- > 0;) {
        axes[k].stride = stride;
        if (axes[k].n_indices == 0 || axes[k].n_groups > (UINT64_MAX >> 1) / stride) {
            return false;
        }
        stride *= axes[k].n_groups;
    }
    return true;
}

static irm_status set_axes(stored_job *job, irm_error *error) {
    const irm_tabulation *asked = job->asked;
    job->axes = irm_calloc(asked->n_by + 1, sizeof *job->axes);
    if (job->axes == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t k = 0; k < asked->n_by; k++) {
        IRM_TRY(axis_init(&job->axes[k], job->cursor, place_of(job, asked->by[k]),
                          regroup_of(asked, asked->by[k]), asked->totals, job->threads,
                          error));
    }
    job->unfit = !set_strides(job->axes, asked->n_by);
    return IRM_OK;
}

/* --- running --- */

static cell_plan plan_of(const stored_job *job, size_t n_axes, const measure *measures,
                         size_t n_measures) {
    size_t memory = job->asked->memory;
    return (cell_plan){.cursor = job->cursor,
                       .axes = job->axes,
                       .n_axes = n_axes,
                       .measures = measures,
                       .n_measures = n_measures,
                       .where = job->where,
                       .where_columns = job->where_columns,
                       .n_where = job->n_where,
                       .threads = job->threads,
                       .memory = memory > 0 ? memory : IRM_TABULATION_MEMORY};
}

/* Bytes of a cell in the list and in the table made of it; totals are in both too. */
static size_t bytes_of_cell(const stored_job *job, size_t n_measures) {
    const irm_tabulation *asked = job->asked;
    size_t columns = asked->n_by + asked->n_sums + asked->n_means + asked->n_quantiles;
    columns += asked->precision ? 8 : 3;
    return sizeof(cell_entry) + n_measures * sizeof(wide_int) + columns * sizeof(double);
}

static irm_status run_cells(stored_job *job, size_t n_axes, const measure *measures,
                            size_t n_measures, cell_result *cells, irm_error *error) {
    cell_plan plan = plan_of(job, n_axes, measures, n_measures);
    size_t bytes = bytes_of_cell(job, n_measures);
    IRM_TRY(cells_run(&plan, bytes, cells, error));
    job->unfit = job->unfit || cells->unfit;
    if (job->asked->totals && !job->unfit) {
        IRM_TRY(totals_add(job->axes, job->asked->n_by, n_measures, plan.memory / bytes,
                           &cells->list, error));
    }
    return IRM_OK;
}

/* The cells by group and value, and their weights. */
static irm_status run_quantile(stored_job *job, size_t i, irm_error *error) {
    const irm_tabulation *asked = job->asked;
    outcome_quantile *to = &job->quantiles[i];
    const char *name = asked->quantiles[i].column;
    *to =
        (outcome_quantile){.of = &asked->quantiles[i], .weighted = asked->weight != NULL};
    size_t at = place_of(job, name);
    IRM_TRY(axis_init_values(&to->values, job->cursor, at, job->threads, error));
    size_t weight = to->weighted ? place_of(job, asked->weight) : SIZE_MAX;
    /* Of the column's codes, should it be one of categories: they only tell the rows. */
    measure measures[] = {{MEASURE_WEIGHT_WHERE, at, weight, false, NULL},
                          {MEASURE_SQUARE_WHERE, at, weight, false, NULL}};
    job->axes[asked->n_by] = to->values;
    job->unfit = !set_strides(job->axes, asked->n_by + 1);
    if (!job->unfit) {
        IRM_TRY(run_cells(job, asked->n_by + 1, measures, to->weighted ? 2 : 0,
                          &to->cells, error));
    }
    to->values = job->axes[asked->n_by]; /* its stride */
    if (!set_strides(job->axes, asked->n_by)) {
        job->unfit = true;
    }
    return IRM_OK;
}

static irm_status prepare(stored_job *job, irm_error *error) {
    IRM_TRY(open_columns(job, error));
    IRM_TRY(set_axes(job, error));
    return set_measures(job, error);
}

static irm_status run_all(stored_job *job, irm_error *error) {
    const irm_tabulation *asked = job->asked;
    IRM_TRY(prepare(job, error));
    if (!job->unfit) {
        IRM_TRY(run_cells(job, asked->n_by, job->measures, job->n_measures, &job->cells,
                          error));
    }
    job->quantiles = irm_calloc(asked->n_quantiles, sizeof *job->quantiles);
    if (job->quantiles == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < asked->n_quantiles && !job->unfit; i++) {
        IRM_TRY(run_quantile(job, i, error));
    }
    return IRM_OK;
}

static outcome outcome_of(const stored_job *job) {
    const irm_tabulation *asked = job->asked;
    return (outcome){.axes = job->axes,
                     .n_axes = asked->n_by,
                     .weighted = asked->weight != NULL,
                     .sums = asked->sums,
                     .n_sums = asked->n_sums,
                     .value_columns = job->value_columns,
                     .means = job->means,
                     .n_means = asked->n_means,
                     .quantiles = job->quantiles,
                     .n_quantiles = asked->n_quantiles,
                     .precision = asked->precision,
                     .squares = job->squares};
}

static irm_status fill(const stored_job *job, irm_table *result, irm_error *error) {
    outcome from = outcome_of(job);
    from.cells = &job->cells;
    irm_status status = outcome_fill(&from, job->name, job->threads, result, error);
    if (status != IRM_OK) {
        irm_table_clear(result);
    }
    return status;
}

/* What blocks cannot do (numbers over 2^26 apart as groups, sums of numbers of very
 * unlike sizes), done on the columns in memory. */
static irm_status tabulate_whole(const stored_job *job, irm_table *result,
                                 irm_error *error) {
    const irm_tabulation *asked = job->asked;
    if (asked->n_regroups + asked->n_means + asked->n_quantiles > 0 || asked->totals ||
        asked->precision) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "these columns have too many different values, or of too unlike "
                        "sizes, for means, quantiles, totals, groupings and precision");
    }
    irm_table table = {0};
    IRM_TRY(irm_store_read(job->store, job->name, job->columns, job->n_columns, &table,
                           error));
    irm_status status = irm_tabulate(&table, asked, result, error);
    irm_table_clear(&table);
    return status;
}

static irm_status check(const irm_tabulation *asked, irm_error *error) {
    if (asked->weight != NULL && asked->n_sums > 0) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a tabulation takes a weight or sums, not both");
    }
    if (asked->totals && asked->n_by > MOST_TOTALS) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "totals over %zu columns; expected at most %d", asked->n_by,
                        (int)MOST_TOTALS);
    }
    if (asked->precision && asked->n_sums > 0) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "precision is told of counts of records, weighted or not, and not "
            "of sums of columns");
    }
    return IRM_OK;
}

static void clear(stored_job *job) {
    size_t n = job->asked->n_by;
    for (size_t k = 0; job->axes != NULL && k < n; k++) {
        axis_clear(&job->axes[k]);
    }
    for (size_t i = 0; job->quantiles != NULL && i < job->asked->n_quantiles; i++) {
        axis_clear(&job->quantiles[i].values);
        cell_result_clear(&job->quantiles[i].cells);
    }
    for (size_t i = 0; job->means != NULL && i < job->asked->n_means; i++) {
        irm_free(job->means[i].numbers);
    }
    cell_result_clear(&job->cells);
    where_bound_free(job->where);
    irm_cursor_free(job->cursor);
    irm_free(job->columns);
    irm_free(job->where_columns);
    irm_free(job->axes);
    irm_free(job->measures);
    irm_free(job->means);
    irm_free(job->quantiles);
    irm_free(job->value_columns);
}

irm_status irm_tabulate_stored(const irm_store *store, const char *name,
                               const irm_tabulation *tabulation, size_t threads,
                               irm_table *result, irm_error *error) {
    *result = (irm_table){0};
    IRM_TRY(check(tabulation, error));
    stored_job job = {
        .store = store, .name = name, .asked = tabulation, .threads = threads};
    irm_status status = run_all(&job, error);
    if (status == IRM_OK) {
        status =
            job.unfit ? tabulate_whole(&job, result, error) : fill(&job, result, error);
    }
    clear(&job);
    return status;
}

/* --- rows given as they are made --- */

/* Columns from a row on: borrowed. */
static void view_from(const irm_table *table, size_t first, irm_column *columns) {
    for (size_t c = 0; c < table->n_columns; c++) {
        columns[c] = table->columns[c];
        if (columns[c].type == IRM_COLUMN_NUMBER) {
            columns[c].values += first;
        } else {
            columns[c].codes += first;
        }
    }
}

static irm_status give_some(const irm_table *some, const irm_row_sink *sink,
                            irm_buffer *text, irm_error *error) {
    text->size = 0;
    IRM_TRY(sink->format(sink->context, some, text, error));
    return sink->write(sink->context, text, error);
}

/* Rows of a table in memory, some at a time. */
static irm_status give_table(const irm_table *table, const irm_row_sink *sink,
                             irm_error *error) {
    enum { SOME = 8192 };
    irm_buffer text = {0};
    irm_table some = *table;
    some.columns = irm_calloc(table->n_columns, sizeof *some.columns);
    some.n_rows = 0;
    irm_status status = some.columns == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        view_from(table, 0, some.columns);
        status = sink->begin(sink->context, &some, error);
    }
    for (size_t first = 0; status == IRM_OK && first < table->n_rows; first += SOME) {
        size_t left = table->n_rows - first;
        some.n_rows = left < SOME ? left : SOME;
        view_from(table, first, some.columns);
        status = give_some(&some, sink, &text, error);
    }
    irm_buffer_clear(&text);
    irm_free(some.columns);
    return status;
}

static irm_status give_whole(const stored_job *job, const irm_row_sink *sink,
                             irm_error *error) {
    irm_table table = {0};
    IRM_TRY(tabulate_whole(job, &table, error));
    irm_status status = give_table(&table, sink, error);
    irm_table_clear(&table);
    return status;
}

static irm_status feed(stored_job *job, const irm_row_sink *sink, irm_error *error) {
    IRM_TRY(prepare(job, error));
    if (!job->unfit) {
        outcome from = outcome_of(job);
        cell_plan plan = plan_of(job, from.n_axes, job->measures, job->n_measures);
        IRM_TRY(outcome_feed(&from, &plan, job->name, sink, &job->unfit, error));
    }
    return job->unfit ? give_whole(job, sink, error) : IRM_OK;
}

irm_status irm_tabulate_rows(const irm_store *store, const char *name,
                             const irm_tabulation *tabulation, size_t threads,
                             const irm_row_sink *sink, irm_error *error) {
    IRM_TRY(check(tabulation, error));
    if (tabulation->totals || tabulation->n_quantiles > 0) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "totals and quantiles cannot be given as they are made");
    }
    stored_job job = {
        .store = store, .name = name, .asked = tabulation, .threads = threads};
    irm_status status = feed(&job, sink, error);
    clear(&job);
    return status;
}
