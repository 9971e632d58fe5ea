#include "tabulate/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"

irm_status row_groups_init(row_groups *groups, size_t n_rows, const uint8_t *selected,
                           irm_error *error) {
    *groups = (row_groups){0};
    if (n_rows >= UINT32_MAX) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "over 4 billion rows cannot be tabulated");
    }
    groups->rows = irm_calloc(n_rows, sizeof *groups->rows);
    groups->starts = irm_calloc(n_rows + 2, sizeof *groups->starts);
    if (groups->rows == NULL || groups->starts == NULL) {
        row_groups_clear(groups);
        return irm_fail_memory(error);
    }
    for (size_t row = 0; row < n_rows; row++) {
        if (selected == NULL || selected[row] != 0) {
            groups->rows[groups->n_rows++] = (uint32_t)row;
        }
    }
    groups->n_groups = 1;
    groups->starts[1] = (uint32_t)groups->n_rows;
    return IRM_OK;
}

void row_groups_clear(row_groups *groups) {
    irm_free(groups->rows);
    irm_free(groups->starts);
    *groups = (row_groups){0};
}

/* The place of each row's value among the column's values, 0 for none. */
typedef struct value_ranks {
    uint32_t *of_row; /* of the table's rows; only those kept are set */
    size_t count;     /* ranks are under it */
} value_ranks;

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Rank + 1 of each code among the labels by byte. */
static irm_status rank_labels(const irm_dict *dict, uint32_t **ranks, irm_error *error) {
    size_t count = irm_dict_count(dict);
    const char **sorted = irm_calloc(count, sizeof *sorted);
    *ranks = irm_calloc(count, sizeof **ranks);
    if (sorted == NULL || *ranks == NULL) {
        irm_free(sorted);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = irm_dict_text(dict, (int32_t)i);
    }
    qsort(sorted, count, sizeof *sorted, by_text);
    for (size_t i = 0; i < count; i++) {
        (*ranks)[irm_dict_find(dict, irm_view_of(sorted[i]))] = (uint32_t)i + 1;
    }
    irm_free(sorted);
    return IRM_OK;
}

static irm_status rank_categories(const row_groups *groups, const irm_column *column,
                                  value_ranks *ranks, irm_error *error) {
    uint32_t *of_code = NULL;
    irm_status status = rank_labels(column->categories, &of_code, error);
    for (size_t i = 0; status == IRM_OK && i < groups->n_rows; i++) {
        int32_t code = column->codes[groups->rows[i]];
        ranks->of_row[groups->rows[i]] = code < 0 ? 0 : of_code[code];
    }
    ranks->count = irm_dict_count(column->categories) + 1;
    irm_free(of_code);
    return status;
}

static int by_number(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The distinct values of the kept rows, ascending. */
static irm_status distinct_numbers(const row_groups *groups, const irm_column *column,
                                   double *values, size_t *count, irm_error *error) {
    *count = 0;
    for (size_t i = 0; i < groups->n_rows; i++) {
        double value = column->values[groups->rows[i]];
        if (!isnan(value) && value != floor(value)) {
            return irm_fail(error, IRM_STATUS_DATA,
                            "column %s cannot make groups: row %zu holds %.15g; expected "
                            "whole numbers or categories",
                            column->name, (size_t)groups->rows[i] + 1, value);
        }
        if (!isnan(value) && (*count == 0 || value != values[*count - 1])) {
            values[(*count)++] = value; /* runs of one value are stored once */
        }
    }
    qsort(values, *count, sizeof *values, by_number);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || values[i] != values[kept - 1]) {
            values[kept++] = values[i];
        }
    }
    *count = kept;
    return IRM_OK;
}

static irm_status rank_numbers(const row_groups *groups, const irm_column *column,
                               value_ranks *ranks, irm_error *error) {
    double *values = irm_calloc(groups->n_rows, sizeof *values);
    if (values == NULL) {
        return irm_fail_memory(error);
    }
    size_t count;
    irm_status status = distinct_numbers(groups, column, values, &count, error);
    for (size_t i = 0; status == IRM_OK && i < groups->n_rows; i++) {
        double value = column->values[groups->rows[i]];
        const double *found =
            isnan(value) || count == 0
                ? NULL
                : bsearch(&value, values, count, sizeof *values, by_number);
        ranks->of_row[groups->rows[i]] =
            found == NULL ? 0 : (uint32_t)(found - values) + 1;
    }
    ranks->count = count + 1;
    irm_free(values);
    return status;
}

/* Sorts the rows by rank within their groups in two counting passes, stable ones: by rank
 * over all rows, then back into the groups. */
static irm_status sort_rows(row_groups *groups, const value_ranks *ranks,
                            irm_error *error) {
    irm_status status = IRM_OK;
    uint32_t *group_of = irm_calloc(groups->n_rows, sizeof *group_of);
    uint32_t *order = irm_calloc(groups->n_rows, sizeof *order);
    uint32_t *sorted = irm_calloc(groups->n_rows, sizeof *sorted);
    uint32_t *next = irm_calloc(ranks->count + 1, sizeof *next);
    uint32_t *place = irm_calloc(groups->n_groups, sizeof *place);
    if (group_of == NULL || order == NULL || sorted == NULL || next == NULL ||
        place == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    for (size_t g = 0; g < groups->n_groups; g++) {
        place[g] = groups->starts[g];
        for (size_t i = groups->starts[g]; i < groups->starts[g + 1]; i++) {
            group_of[i] = (uint32_t)g;
            next[ranks->of_row[groups->rows[i]] + 1]++;
        }
    }
    for (size_t r = 1; r <= ranks->count; r++) {
        next[r] += next[r - 1];
    }
    for (size_t i = 0; i < groups->n_rows; i++) {
        order[next[ranks->of_row[groups->rows[i]]]++] = (uint32_t)i;
    }
    for (size_t i = 0; i < groups->n_rows; i++) {
        sorted[place[group_of[order[i]]]++] = groups->rows[order[i]];
    }
    memcpy(groups->rows, sorted, groups->n_rows * sizeof *sorted);
cleanup:
    irm_free(group_of);
    irm_free(order);
    irm_free(sorted);
    irm_free(next);
    irm_free(place);
    return status;
}

/* New boundaries: those there were, and wherever the rank changes. */
static irm_status cut(row_groups *groups, const value_ranks *ranks, irm_error *error) {
    uint32_t *starts = irm_calloc(groups->n_rows + 2, sizeof *starts);
    if (starts == NULL) {
        return irm_fail_memory(error);
    }
    size_t count = 0;
    for (size_t g = 0; g < groups->n_groups; g++) {
        for (size_t i = groups->starts[g]; i < groups->starts[g + 1]; i++) {
            if (i == groups->starts[g] ||
                ranks->of_row[groups->rows[i]] != ranks->of_row[groups->rows[i - 1]]) {
                starts[count++] = (uint32_t)i;
            }
        }
    }
    starts[count] = (uint32_t)groups->n_rows;
    irm_free(groups->starts);
    groups->starts = starts;
    groups->n_groups = count;
    return IRM_OK;
}

irm_status row_groups_split(row_groups *groups, const irm_column *column,
                            irm_error *error) {
    size_t last = 0;
    for (size_t i = 0; i < groups->n_rows; i++) {
        last = groups->rows[i] > last ? groups->rows[i] : last;
    }
    value_ranks ranks = {irm_calloc(last + 1, sizeof *ranks.of_row), 0};
    if (ranks.of_row == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status;
    if (column->type == IRM_COLUMN_CATEGORY) {
        status = rank_categories(groups, column, &ranks, error);
    } else if (column->type == IRM_COLUMN_NUMBER) {
        status = rank_numbers(groups, column, &ranks, error);
    } else {
        status = irm_fail(error, IRM_STATUS_USAGE, "column %s holds bytes, not groups",
                          column->name);
    }
    if (status == IRM_OK) {
        status = sort_rows(groups, &ranks, error);
    }
    if (status == IRM_OK) {
        status = cut(groups, &ranks, error);
    }
    irm_free(ranks.of_row);
    return status;
}
