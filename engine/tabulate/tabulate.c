#include "irminon/tabulate.h"

#include <math.h>
#include <stdbool.h>

#include "irminon/memory.h"
#include "irminon/sum.h"
#include "tabulate/groups.h"

static irm_status group_rows(const irm_table *table, const irm_tabulation *tabulation,
                             row_groups *groups, irm_error *error) {
    uint8_t *selected = NULL;
    irm_status status = IRM_OK;
    if (tabulation->where != NULL) {
        selected = irm_calloc(table->n_rows, 1);
        status = selected == NULL
                     ? irm_fail_memory(error)
                     : irm_where_select(tabulation->where, table, selected, error);
    }
    if (status == IRM_OK) {
        status = row_groups_init(groups, table->n_rows, selected, error);
    }
    irm_free(selected);
    for (size_t i = 0; status == IRM_OK && i < tabulation->n_by; i++) {
        irm_column *column;
        status = irm_table_need(table, tabulation->by[i], &column, error);
        if (status == IRM_OK) {
            status = row_groups_split(groups, column, error);
        }
    }
    return status;
}

/* A `by` column of the result: the value that the rows of each group share. */
static irm_status add_by(const irm_table *table, const char *name,
                         const row_groups *groups, irm_table *result, irm_error *error) {
    const irm_column *from = irm_table_column(table, name);
    irm_column *to;
    IRM_TRY(irm_table_add(result, name, from->type, &to, error));
    IRM_TRY(irm_attributes_copy(&from->attributes, &to->attributes, error));
    for (size_t g = 0; g < groups->n_groups; g++) {
        size_t row = groups->rows[groups->starts[g]];
        if (from->type == IRM_COLUMN_NUMBER) {
            to->values[g] = from->values[row];
        } else if (from->codes[row] >= 0) {
            irm_view label = irm_view_of(irm_column_label(from, row));
            IRM_TRY(irm_dict_add(to->categories, label, &to->codes[g], error));
        }
    }
    return IRM_OK;
}

static irm_status add_rows(const row_groups *groups, const char *name, irm_table *result,
                           irm_error *error) {
    irm_column *column;
    IRM_TRY(irm_table_add(result, name, IRM_COLUMN_NUMBER, &column, error));
    for (size_t g = 0; g < groups->n_groups; g++) {
        column->values[g] = (double)(groups->starts[g + 1] - groups->starts[g]);
    }
    return IRM_OK;
}

static bool has_value(const irm_column *column, size_t row) {
    return !isnan(column->values[row]) &&
           (column->marks == NULL || !irm_state_hidden(irm_column_state(column, row)));
}

/* Sums `source` into a new column `name`; cells without a value are counted in hidden[g]
 * instead. */
static irm_status add_sum(const irm_table *table, const char *source,
                          const row_groups *groups, const char *name, double *hidden,
                          irm_table *result, irm_error *error) {
    irm_column *from, *to;
    IRM_TRY(irm_table_need(table, source, &from, error));
    if (from->type != IRM_COLUMN_NUMBER) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "column %s is not numeric: it cannot be summed", source);
    }
    IRM_TRY(irm_table_add(result, name, IRM_COLUMN_NUMBER, &to, error));
    IRM_TRY(irm_attributes_copy(&from->attributes, &to->attributes, error));
    for (size_t g = 0; g < groups->n_groups; g++) {
        irm_sum sum = {0};
        for (size_t i = groups->starts[g]; i < groups->starts[g + 1]; i++) {
            size_t row = groups->rows[i];
            if (has_value(from, row)) {
                irm_sum_add(&sum, from->values[row]);
            } else {
                hidden[g]++;
            }
        }
        to->values[g] = irm_sum_round(&sum);
    }
    return IRM_OK;
}

static irm_status add_hidden(const row_groups *groups, const double *hidden,
                             irm_table *result, irm_error *error) {
    bool any = false;
    for (size_t g = 0; g < groups->n_groups; g++) {
        any |= hidden[g] > 0;
    }
    if (!any) {
        return IRM_OK;
    }
    irm_column *column;
    IRM_TRY(irm_table_add(result, "hidden", IRM_COLUMN_NUMBER, &column, error));
    for (size_t g = 0; g < groups->n_groups; g++) {
        column->values[g] = hidden[g];
    }
    return IRM_OK;
}

static irm_status add_sums(const irm_table *table, const irm_tabulation *tabulation,
                           const row_groups *groups, irm_table *result,
                           irm_error *error) {
    if (tabulation->weight == NULL && tabulation->n_sums == 0) {
        return add_rows(groups, "value", result, error);
    }
    double *hidden = irm_calloc(groups->n_groups, sizeof *hidden);
    irm_status status = hidden == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && tabulation->weight != NULL) {
        status =
            add_sum(table, tabulation->weight, groups, "value", hidden, result, error);
    }
    for (size_t i = 0; status == IRM_OK && i < tabulation->n_sums; i++) {
        const char *source = tabulation->sums[i];
        status = add_sum(table, source, groups, i == 0 ? "value" : source, hidden, result,
                         error);
    }
    if (status == IRM_OK) {
        status = add_hidden(groups, hidden, result, error);
    }
    irm_free(hidden);
    return status;
}

static irm_status fill(const irm_table *table, const irm_tabulation *tabulation,
                       const row_groups *groups, irm_table *result, irm_error *error) {
    IRM_TRY(irm_table_init(result, table->name, groups->n_groups, error));
    for (size_t i = 0; i < tabulation->n_by; i++) {
        IRM_TRY(add_by(table, tabulation->by[i], groups, result, error));
    }
    IRM_TRY(add_rows(groups, "rows", result, error));
    return add_sums(table, tabulation, groups, result, error);
}

irm_status irm_tabulate(const irm_table *table, const irm_tabulation *tabulation,
                        irm_table *result, irm_error *error) {
    *result = (irm_table){0};
    if (tabulation->weight != NULL && tabulation->n_sums > 0) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a tabulation takes a weight or sums, not both");
    }
    row_groups groups = {0};
    irm_status status = group_rows(table, tabulation, &groups, error);
    if (status == IRM_OK) {
        status = fill(table, tabulation, &groups, result, error);
    }
    if (status != IRM_OK) {
        irm_table_clear(result);
    }
    row_groups_clear(&groups);
    return status;
}
