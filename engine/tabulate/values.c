#include "tabulate/values.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "tabulate/cells.h"

enum { SUM_WEIGHTS, SUM_SQUARES, COUNT_WEIGHED, N_MEASURES };

static double double_of(wide_int sum, int exponent) {
    return ldexp((double)sum, exponent);
}

/* A share of a cell, false where it weighs nothing. The weight is exact in two doubles.
 */
static bool share_of(const cell_result *cells, size_t i, const cell_axis *axis,
                     bool weighted, value_share *share) {
    const cell_entry *entry = cell_at(&cells->list, i);
    double value = axis_number(axis, (size_t)entry->key);
    double rows = entry->rows;
    *share = (value_share){value, entry->rows, rows, 0, rows};
    if (weighted) {
        wide_int weight = entry->sums[SUM_WEIGHTS];
        int unit = cells->exponents[SUM_WEIGHTS];
        double whole = (double)weight;
        share->weight = double_of(weight, unit);
        share->rest = double_of(weight - (wide_int)whole, unit);
        share->squares =
            double_of(entry->sums[SUM_SQUARES], cells->exponents[SUM_SQUARES]);
        share->rows = (size_t)double_of(entry->sums[COUNT_WEIGHED],
                                        cells->exponents[COUNT_WEIGHED]);
    }
    return share->rows > 0;
}

static irm_status list_shares(const cell_result *cells, const cell_axis *axis,
                              bool weighted, value_list *list, irm_error *error) {
    size_t count = cells->list.count;
    list->shares = irm_calloc(count, sizeof *list->shares);
    if (list->shares == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        if (cell_at(&cells->list, i)->key == 0) {
            list->hidden = cell_at(&cells->list, i)->rows;
        } else {
            list->count += share_of(cells, i, axis, weighted, &list->shares[list->count]);
        }
    }
    return IRM_OK;
}

irm_status values_of_stored(const irm_store *store, const char *table, const char *column,
                            const char *weight, size_t threads, value_list *list,
                            bool *unfit, irm_error *error) {
    const char *columns[] = {column, weight};
    bool weighted = weight != NULL;
    size_t weight_at = weighted && strcmp(column, weight) != 0 ? 1 : 0;
    irm_cursor *cursor = NULL;
    cell_axis axis = {0};
    cell_result cells = {0};
    *list = (value_list){0};
    irm_status status =
        irm_cursor_open(store, table, columns, weight_at + 1, &cursor, error);
    if (status == IRM_OK) {
        status = axis_init_values(&axis, cursor, 0, threads, error);
    }
    axis.stride = 1;
    const measure measures[] = {
        [SUM_WEIGHTS] = {MEASURE_WEIGHT_WHERE, 0, weight_at, false, NULL},
        [SUM_SQUARES] = {MEASURE_SQUARE_WHERE, 0, weight_at, false, NULL},
        [COUNT_WEIGHED] = {MEASURE_ROWS_WEIGHED, 0, weight_at, false, NULL}};
    cell_plan plan = {.cursor = cursor,
                      .axes = &axis,
                      .n_axes = 1,
                      .measures = measures,
                      .n_measures = weighted ? N_MEASURES : 0,
                      .threads = threads};
    *unfit = axis.n_indices == 0;
    if (status == IRM_OK && !*unfit) {
        status = cells_run(&plan, 1, &cells, error);
        *unfit = cells.unfit;
    }
    if (status == IRM_OK && !*unfit) {
        status = list_shares(&cells, &axis, weighted, list, error);
    }
    cell_result_clear(&cells);
    axis_clear(&axis);
    irm_cursor_free(cursor);
    return status;
}
