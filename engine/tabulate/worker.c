#include "tabulate/worker.h"

#include <string.h>

#include "irminon/memory.h"

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

/* Reads the columns of the expression, until what is known of them tells that no row will
 * do. What the table tells of its blocks comes first: of a table in the order of its
 * communes, one commune reads the blocks that have it, and no other. */
static irm_status read_tested(const cell_plan *plan, worker *w, size_t block, bool *some,
                              irm_error *error) {
    size_t n = irm_cursor_schema(plan->cursor)->n_columns;
    memset(w->ranges, 0, n * sizeof *w->ranges);
    for (size_t i = 0; i < plan->n_where; i++) {
        size_t c = plan->where_columns[i];
        where_range *range = &w->ranges[c];
        range->known =
            irm_cursor_range(plan->cursor, block, c, &range->low, &range->high);
    }
    *some = where_may_hold(plan->where, w->ranges);
    for (size_t i = 0; i < plan->n_where && *some; i++) {
        size_t c = plan->where_columns[i];
        const irm_cell_block *cells = &w->cells[c];
        IRM_TRY(irm_cursor_read(plan->cursor, block, c, w->buffer, &w->cells[c], error));
        w->ranges[c] =
            (where_range){cells->type <= IRM_CELL_I32, cells->low, cells->high};
        *some = where_may_hold(plan->where, w->ranges);
    }
    return IRM_OK;
}

/* Reads the columns of the expression and lists the rows where it holds. */
irm_status worker_select(const cell_plan *plan, worker *w, size_t block,
                         irm_error *error) {
    bool some;
    w->n_picks = 0;
    IRM_TRY(read_tested(plan, w, block, &some, error));
    if (!some) {
        return IRM_OK;
    }
    for (size_t i = 0; i < plan->n_where; i++) {
        size_t c = plan->where_columns[i];
        view_column(&w->cells[c], &w->view.columns[c]);
        w->view.n_rows = w->cells[c].n;
    }
    where_run(plan->where, &w->view, w->selected);
    for (size_t i = 0; i < w->view.n_rows; i++) {
        w->picks[w->n_picks] = (uint32_t)i;
        w->n_picks += w->selected[i];
    }
    return IRM_OK;
}

irm_status worker_read(const cell_plan *plan, worker *w, size_t block, irm_error *error) {
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

/* --- room --- */

/* Written to at once: a page that is first read, then written, is faulted in twice. */
static void *empty(size_t count, size_t size) {
    void *made = irm_calloc(count, size);
    return made == NULL ? NULL : memset(made, 0, count * size);
}

irm_status worker_make_room(const cell_plan *plan, worker *w, size_t window,
                            irm_error *error) {
    if (window <= w->room) {
        return IRM_OK;
    }
    size_t m = plan->n_measures > 0 ? plan->n_measures : 1;
    irm_free(w->rows);
    irm_free(w->hidden);
    irm_free(w->sums);
    w->room = window + window / 2 < DENSE_MOST ? window + window / 2 : DENSE_MOST;
    w->rows = empty(w->room, sizeof *w->rows);
    w->hidden = empty(w->room, sizeof *w->hidden);
    w->sums = empty(w->room, m * sizeof *w->sums);
    if (w->rows == NULL || w->hidden == NULL || w->sums == NULL) {
        w->room = 0;
        return irm_fail_memory(error);
    }
    return IRM_OK;
}

/* --- workers --- */

static irm_status view_init(const cell_plan *plan, worker *w, irm_error *error) {
    const irm_table *schema = irm_cursor_schema(plan->cursor);
    size_t rows = irm_cursor_block_rows(plan->cursor);
    w->view = (irm_table){.n_columns = schema->n_columns};
    w->view.columns = irm_calloc(schema->n_columns, sizeof *w->view.columns);
    w->ranges = irm_calloc(schema->n_columns, sizeof *w->ranges);
    w->selected = irm_calloc(rows, sizeof *w->selected);
    w->picks = irm_calloc(rows + 1, sizeof *w->picks);
    if (w->view.columns == NULL || w->ranges == NULL || w->selected == NULL ||
        w->picks == NULL) {
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

/* What is listed is sorted by items of 16 bytes, twice, to another list. */
static void set_limits(worker *w, size_t share) {
    size_t each = 2 * (w->out.stride + sizeof(key_item)), most = share / each;
    bool bound = share > 0 && most < LISTED_MOST;
    w->listed_least = bound ? most : LISTED_MOST;
    w->hashed_most = bound && most / 2 < HASHED_MOST ? most / 2 : HASHED_MOST;
    w->listed_most = w->listed_least;
}

irm_status worker_init(const cell_plan *plan, worker *w, size_t share, irm_error *error) {
    size_t rows = irm_cursor_block_rows(plan->cursor), m = plan->n_measures;
    w->out.stride = w->hashed.stride = sizeof(cell_entry) + m * sizeof(wide_int);
    set_limits(w, share);
    IRM_TRY(irm_cursor_buffer_new(plan->cursor, &w->buffer, error));
    w->cells = irm_calloc(irm_cursor_schema(plan->cursor)->n_columns, sizeof *w->cells);
    w->windows = irm_calloc(plan->n_axes, sizeof *w->windows);
    w->orders = irm_calloc(plan->n_axes, sizeof *w->orders);
    w->indices = irm_calloc(plan->n_axes, sizeof *w->indices);
    w->measured = irm_calloc(m + 1, sizeof *w->measured);
    w->keys = irm_calloc(rows, sizeof *w->keys);
    w->wide_keys = irm_calloc(rows, sizeof *w->wide_keys);
    w->exponents = irm_calloc(m, sizeof *w->exponents);
    w->highs = irm_calloc(m, sizeof *w->highs);
    w->started = irm_calloc(m, sizeof *w->started);
    if (w->cells == NULL || w->windows == NULL || w->orders == NULL ||
        w->indices == NULL || w->measured == NULL || w->keys == NULL ||
        w->wide_keys == NULL || w->exponents == NULL || w->highs == NULL ||
        w->started == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < m; i++) {
        w->exponents[i] = NOT_STARTED;
    }
    for (size_t i = 0; i <= m; i++) { /* one more, for indices */
        if (i < m || m == 0) {
            IRM_TRY(measured_init(&w->measured[i], rows, error));
        }
    }
    return plan->where != NULL ? view_init(plan, w, error) : IRM_OK;
}

void worker_clear(const cell_plan *plan, worker *w) {
    irm_cursor_buffer_free(w->buffer);
    for (size_t i = 0; w->measured != NULL && i <= plan->n_measures; i++) {
        measured_clear(&w->measured[i]);
    }
    for (size_t k = 0; w->indices != NULL && k < plan->n_axes; k++) {
        irm_free(w->indices[k]);
    }
    for (size_t k = 0; w->orders != NULL && k < plan->n_axes; k++) {
        irm_free(w->orders[k].places);
        irm_free(w->orders[k].order);
        irm_free(w->orders[k].sorting);
    }
    for (size_t c = 0; w->view.columns != NULL && c < w->view.n_columns; c++) {
        irm_free(w->view.columns[c].values);
        irm_free(w->view.columns[c].codes);
    }
    irm_free(w->view.columns);
    irm_free(w->cells);
    irm_free(w->windows);
    irm_free(w->orders);
    irm_free(w->indices);
    irm_free(w->runs);
    irm_free(w->measured);
    irm_free(w->keys);
    irm_free(w->wide_keys);
    irm_free(w->ranges);
    irm_free(w->selected);
    irm_free(w->picks);
    irm_free(w->rows);
    irm_free(w->hidden);
    irm_free(w->sums);
    irm_free(w->slots);
    irm_free(w->exponents);
    irm_free(w->highs);
    irm_free(w->started);
    for (size_t i = 0; i < w->n_spilled; i++) {
        spilled_run_clear(&w->spilled[i]);
    }
    irm_free(w->spilled);
    cell_list_clear(&w->hashed);
    cell_list_clear(&w->out);
}
