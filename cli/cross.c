#include "cross.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"

static bool same_group(const irm_table *table, size_t n, size_t a, size_t b) {
    for (size_t c = 0; c < n; c++) {
        const irm_column *column = &table->columns[c];
        bool same = column->type == IRM_COLUMN_CATEGORY
                        ? column->codes[a] == column->codes[b]
                        : column->values[a] == column->values[b] ||
                              (isnan(column->values[a]) && isnan(column->values[b]));
        if (!same) {
            return false;
        }
    }
    return true;
}

/* "NAME=MODALITY" of each row's modality; columns are made as they are met, in order. */
static irm_status name_columns(const irm_table *from, const irm_column *crossed,
                               irm_dict *names, int32_t *places, irm_error *error) {
    for (size_t i = 0; i < from->n_rows; i++) {
        irm_buffer name = {0};
        if (crossed->type == IRM_COLUMN_CATEGORY) {
            irm_buffer_format(&name, "%s=%s", crossed->name,
                              irm_column_label(crossed, i));
        } else if (isnan(crossed->values[i])) {
            irm_buffer_format(&name, "%s=", crossed->name);
        } else {
            irm_buffer_format(&name, "%s=%.0f", crossed->name, crossed->values[i]);
        }
        irm_status status =
            name.failed
                ? irm_fail_memory(error)
                : irm_dict_add(names, irm_view_of(name.data), &places[i], error);
        irm_buffer_clear(&name);
        if (status != IRM_OK) {
            return status;
        }
    }
    return IRM_OK;
}

typedef struct named {
    const char *name;
    int32_t at;
    bool last; /* a total comes last */
} named;

static int by_name(const void *a, const void *b) {
    const named *x = a, *y = b;
    if (x->last != y->last) {
        return x->last - y->last;
    }
    size_t n = strlen(x->name), m = strlen(y->name);
    char *end;
    bool numbers = strtod(strchr(x->name, '=') + 1, &end) >= 0 && *end == '\0' &&
                   strtod(strchr(y->name, '=') + 1, &end) >= 0 && *end == '\0';
    if (numbers && n != m) {
        return (n > m) - (n < m);
    }
    return strcmp(x->name, y->name);
}

/* The columns of the result in the order of the modalities; order[k]: the k-th one. */
static named *order_columns(const irm_dict *names, const irm_column *crossed) {
    size_t count = irm_dict_count(names);
    named *order = irm_calloc(count, sizeof *order);
    for (size_t i = 0; order != NULL && i < count; i++) {
        const char *name = irm_dict_text(names, (int32_t)i);
        order[i] = (named){name, (int32_t)i,
                           strcmp(name + strlen(crossed->name), "=total") == 0};
    }
    if (order != NULL) {
        qsort(order, count, sizeof *order, by_name);
    }
    return order;
}

static irm_status copy_groups(const irm_table *from, size_t n, const size_t *firsts,
                              irm_table *to, irm_error *error) {
    for (size_t c = 0; c < n; c++) {
        const irm_column *source = &from->columns[c];
        irm_column *column;
        IRM_TRY(irm_table_add(to, source->name, source->type, &column, error));
        IRM_TRY(irm_attributes_copy(&source->attributes, &column->attributes, error));
        for (size_t i = 0; i < to->n_rows; i++) {
            if (source->type == IRM_COLUMN_NUMBER) {
                column->values[i] = source->values[firsts[i]];
            } else if (source->codes[firsts[i]] >= 0) {
                IRM_TRY(irm_dict_add(
                    column->categories,
                    irm_view_of(irm_column_label(source, firsts[i])),
                    &column->codes[i], error));
            }
        }
    }
    return IRM_OK;
}

static irm_status fill(const irm_table *from, const size_t *firsts, const named *order,
                       size_t n_columns, const int32_t *places, irm_table *to,
                       irm_error *error) {
    const irm_column *rows = irm_table_column(from, "rows");
    const irm_column *value = irm_table_column(from, "value");
    irm_column *column;
    size_t first = to->n_columns + 1;
    IRM_TRY(irm_table_add(to, "rows", IRM_COLUMN_NUMBER, &column, error));
    bool totals = n_columns > 0 && order[n_columns - 1].last;
    size_t *at = irm_calloc(n_columns, sizeof *at);
    if (at == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    for (size_t k = 0; k < n_columns && status == IRM_OK; k++) {
        at[order[k].at] = first + k;
        status = irm_table_add(to, order[k].name, IRM_COLUMN_NUMBER, &column, error);
        for (size_t i = 0; status == IRM_OK && i < to->n_rows; i++) {
            column->values[i] = 0;
        }
    }
    for (size_t i = 0; status == IRM_OK && i < to->n_rows; i++) {
        double count = 0;
        for (size_t row = firsts[i]; row < firsts[i + 1]; row++) {
            bool total = totals && places[row] == order[n_columns - 1].at;
            to->columns[at[places[row]]].values[i] = value->values[row];
            count += total ? 0 : rows->values[row];
        }
        to->columns[first - 1].values[i] = count;
    }
    irm_free(at);
    return status;
}

/* A column a modality, most of whose cells may be empty. */
static irm_status check_memory(size_t rows, size_t columns, size_t memory,
                               irm_error *error) {
    if (rows <= memory / sizeof(double) / (columns + 1)) {
        return IRM_OK;
    }
    return irm_fail(error, IRM_STATUS_REFUSED,
                    "the crossed form has %zu lines of %zu columns, more than %zu MiB of "
                    "memory hold: allow more (--memory), or cross a column of fewer "
                    "modalities",
                    rows, columns, memory >> 20);
}

irm_status cli_cross(const irm_table *from, size_t n_by, size_t memory, irm_table *to,
                     irm_error *error) {
    const irm_column *crossed = &from->columns[n_by - 1];
    size_t *firsts = irm_calloc(from->n_rows + 1, sizeof *firsts), count = 0;
    int32_t *places = irm_calloc(from->n_rows, sizeof *places);
    irm_dict *names = NULL;
    named *order = NULL;
    irm_status status = irm_dict_new(&names, error);
    if (status == IRM_OK && (firsts == NULL || places == NULL)) {
        status = irm_fail_memory(error);
    }
    for (size_t i = 0; status == IRM_OK && i < from->n_rows; i++) {
        if (i == 0 || !same_group(from, n_by - 1, i - 1, i)) {
            firsts[count++] = i;
        }
    }
    if (status == IRM_OK) {
        firsts[count] = from->n_rows;
        status = name_columns(from, crossed, names, places, error);
    }
    if (status == IRM_OK) {
        status = check_memory(count, irm_dict_count(names), memory, error);
    }
    if (status == IRM_OK) {
        order = order_columns(names, crossed);
        status = order == NULL ? irm_fail_memory(error)
                               : irm_table_init(to, from->name, count, error);
    }
    if (status == IRM_OK) {
        status = copy_groups(from, n_by - 1, firsts, to, error);
    }
    if (status == IRM_OK) {
        status = fill(from, firsts, order, irm_dict_count(names), places, to, error);
    }
    irm_dict_free(names);
    irm_free(order);
    irm_free(places);
    irm_free(firsts);
    return status;
}
