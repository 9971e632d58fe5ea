#include <math.h>
#include <string.h>

#include "irminon/describe.h"
#include "irminon/memory.h"
#include "irminon/tabulate.h"
#include "irminon/text.h"
#include "stats/top.h"
#include "tabulate/values.h"

/* The columns of the description, in the order DESIGN promises to other programs. */
typedef enum described_field {
    FIELD_COLUMN,
    FIELD_TYPE,
    FIELD_FIRST_NUMBER,
    FIELD_ROWS = FIELD_FIRST_NUMBER,
    FIELD_MISSING,
    FIELD_SECRET,
    FIELD_DISTINCT,
    FIELD_MIN,
    FIELD_MAX,
    FIELD_MEAN,
    FIELD_SD,
    FIELD_Q05,
    FIELD_Q25,
    FIELD_MEDIAN,
    FIELD_Q75,
    FIELD_Q95,
    FIELD_TOP,
    FIELD_END
} described_field;

static const char *const field_names[FIELD_END] = {
    "column", "type", "rows", "missing", "secret", "distinct", "min", "max",
    "mean",   "sd",   "q05",  "q25",     "median", "q75",      "q95", "top"};

static const char *const type_names[] = {
    [IRM_COLUMN_NUMBER] = "number",
    [IRM_COLUMN_CATEGORY] = "category",
    [IRM_COLUMN_BYTES] = "bytes",
};

static irm_status put_text(irm_table *table, described_field field, size_t row,
                           const char *text, irm_error *error) {
    irm_column *column = &table->columns[field];
    return irm_dict_add(column->categories, irm_view_of(text), &column->codes[row],
                        error);
}

/* "1 (18069.6); 4 (2156.8)": labels with their weight, or their rows without weights. */
static irm_status put_top(irm_table *table, size_t row,
                          const irm_description *description, irm_error *error) {
    irm_buffer text = {0};
    irm_buffer_text(&text, "");
    for (size_t i = 0; i < description->n_top; i++) {
        irm_buffer_format(&text, "%s%s (", i > 0 ? "; " : "", description->top[i].label);
        irm_buffer_number(&text, description->top[i].weight);
        irm_buffer_text(&text, ")");
    }
    irm_status status = text.failed ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && text.size > 0) {
        status = put_text(table, FIELD_TOP, row, text.data, error);
    }
    irm_buffer_clear(&text);
    return status;
}

static irm_status put_row(irm_table *table, size_t row, const irm_column *column,
                          const irm_description *d, irm_error *error) {
    const double numbers[] = {
        [FIELD_ROWS] = (double)d->rows,
        [FIELD_MISSING] = (double)d->missing,
        [FIELD_SECRET] = (double)d->secret,
        [FIELD_DISTINCT] = column->type == IRM_COLUMN_BYTES ? NAN : (double)d->distinct,
        [FIELD_MIN] = d->min,
        [FIELD_MAX] = d->max,
        [FIELD_MEAN] = d->mean,
        [FIELD_SD] = d->sd,
        [FIELD_Q05] = d->q05,
        [FIELD_Q25] = d->q25,
        [FIELD_MEDIAN] = d->median,
        [FIELD_Q75] = d->q75,
        [FIELD_Q95] = d->q95};
    for (size_t i = FIELD_FIRST_NUMBER; i < FIELD_TOP; i++) {
        table->columns[i].values[row] = numbers[i];
    }
    IRM_TRY(put_text(table, FIELD_COLUMN, row, column->name, error));
    IRM_TRY(put_text(table, FIELD_TYPE, row, type_names[column->type], error));
    return put_top(table, row, d, error);
}

static irm_status add_fields(irm_table *described, irm_error *error) {
    for (size_t i = 0; i < FIELD_END; i++) {
        bool number = i >= FIELD_FIRST_NUMBER && i < FIELD_TOP;
        irm_column *column;
        IRM_TRY(irm_table_add(described, field_names[i],
                              number ? IRM_COLUMN_NUMBER : IRM_COLUMN_CATEGORY, &column,
                              error));
    }
    return IRM_OK;
}

static irm_status fill(const irm_table *table, const irm_column *weight,
                       irm_table *described, irm_error *error) {
    IRM_TRY(add_fields(described, error));
    for (size_t i = 0; i < table->n_columns; i++) {
        irm_description description;
        IRM_TRY(
            irm_describe(&table->columns[i], table->n_rows, weight, &description, error));
        IRM_TRY(put_row(described, i, &table->columns[i], &description, error));
    }
    return IRM_OK;
}

irm_status irm_describe_table(const irm_table *table, const char *weight,
                              irm_table *described, irm_error *error) {
    *described = (irm_table){0};
    irm_column *weights = NULL;
    if (weight != NULL) {
        IRM_TRY(irm_table_need(table, weight, &weights, error));
    }
    irm_status status = irm_table_init(described, table->name, table->n_columns, error);
    if (status == IRM_OK) {
        status = fill(table, weights, described, error);
    }
    if (status != IRM_OK) {
        irm_table_clear(described);
    }
    return status;
}

/* --- a stored table --- */

/* Names that a tabulation gives to its own columns. */
static bool is_free_name(const char *name) {
    return strcmp(name, "rows") != 0 && strcmp(name, "value") != 0 &&
           strcmp(name, "hidden") != 0;
}

/* Describes categories from their tabulation, one line a label, none first. */
static void describe_cells(const irm_table *cells, bool weighted,
                           irm_description *description) {
    const irm_column *rows = &cells->columns[1], *value = &cells->columns[2];
    for (size_t i = 0; i < cells->n_rows; i++) {
        if (cells->columns[0].codes[i] < 0) {
            description->missing += (size_t)rows->values[i];
        } else if (!weighted || value->values[i] > 0) {
            description->distinct++;
            top_rank(description, (irm_top){irm_column_label(&cells->columns[0], i),
                                            (size_t)rows->values[i], value->values[i]});
        }
    }
}

static irm_status put_categories(const irm_store *store, const irm_table *schema,
                                 size_t index, const char *weight, irm_table *described,
                                 irm_error *error) {
    const irm_column *column = &schema->columns[index];
    const char *by[] = {column->name};
    irm_tabulation asked = {.by = by, .n_by = 1, .weight = weight};
    irm_table cells;
    IRM_TRY(irm_tabulate_stored(store, schema->name, &asked, irm_store_threads(store),
                                &cells, error));
    irm_description d = description_empty(column->type, schema->n_rows);
    describe_cells(&cells, weight != NULL, &d);
    irm_status status = put_row(described, index, column, &d, error);
    irm_table_clear(&cells);
    return status;
}

/* How many cells a marker of a secret is on. */
static irm_status count_secrets(const irm_store *store, const irm_table *schema,
                                const irm_column *column, size_t *secret,
                                irm_error *error) {
    irm_cursor *cursor;
    irm_cursor_buffer *buffer = NULL;
    *secret = 0;
    IRM_TRY(irm_cursor_open(store, schema->name, (const char *const *)&column->name, 1,
                            &cursor, error));
    irm_status status = irm_cursor_buffer_new(cursor, &buffer, error);
    for (size_t b = 0; status == IRM_OK && b < irm_cursor_blocks(cursor); b++) {
        irm_cell_block cells;
        status = irm_cursor_read(cursor, b, 0, buffer, &cells, error);
        for (size_t i = 0; status == IRM_OK && cells.marks != NULL && i < cells.n; i++) {
            *secret += cells.marks[i] > 0 &&
                       column->markers[cells.marks[i] - 1].state == IRM_STATE_SECRET;
        }
    }
    irm_cursor_buffer_free(buffer);
    irm_cursor_free(cursor);
    return status;
}

static bool has_secrets(const irm_column *column) {
    bool has = false;
    for (size_t i = 0; i < column->n_markers; i++) {
        has = has || column->markers[i].state == IRM_STATE_SECRET;
    }
    return has;
}

/* Describes numbers from their distinct values; `*unfit`: they cannot be. */
static irm_status put_numbers(const irm_store *store, const irm_table *schema,
                              size_t index, const char *weight, irm_table *described,
                              bool *unfit, irm_error *error) {
    const irm_column *column = &schema->columns[index];
    irm_description d = description_empty(column->type, schema->n_rows);
    value_list list;
    irm_status status = values_of_stored(store, schema->name, column->name, weight,
                                         irm_store_threads(store), &list, unfit, error);
    if (status == IRM_OK && !*unfit && has_secrets(column)) {
        status = count_secrets(store, schema, column, &d.secret, error);
    }
    if (status == IRM_OK && !*unfit) {
        d.missing = list.hidden - d.secret;
        status = describe_shares(list.shares, list.count, weight != NULL, &d, error);
    }
    if (status == IRM_OK && !*unfit) {
        status = put_row(described, index, column, &d, error);
    }
    irm_free(list.shares);
    return status;
}

static irm_status put_column(const irm_store *store, const irm_table *schema,
                             size_t index, const char *weight, irm_table *described,
                             irm_error *error) {
    const irm_column *column = &schema->columns[index];
    if (column->type == IRM_COLUMN_CATEGORY && column->n_markers == 0 &&
        is_free_name(column->name)) {
        return put_categories(store, schema, index, weight, described, error);
    }
    bool unfit = column->type != IRM_COLUMN_NUMBER;
    if (!unfit) {
        IRM_TRY(put_numbers(store, schema, index, weight, described, &unfit, error));
        if (!unfit) {
            return IRM_OK;
        }
    }
    const char *columns[] = {column->name, weight};
    size_t n = weight == NULL || strcmp(weight, column->name) == 0 ? 1 : 2;
    irm_table table = {0};
    IRM_TRY(irm_store_read(store, schema->name, columns, n, &table, error));
    const irm_column *weights = weight == NULL ? NULL : &table.columns[n - 1];
    irm_description description;
    irm_status status =
        irm_describe(&table.columns[0], table.n_rows, weights, &description, error);
    if (status == IRM_OK) {
        status = put_row(described, index, &table.columns[0], &description, error);
    }
    irm_table_clear(&table);
    return status;
}

/* The weight comes first: where it is bad, that is told before any other column is read.
 */
static irm_status put_columns(const irm_store *store, const irm_table *schema,
                              const char *weight, irm_table *described,
                              irm_error *error) {
    IRM_TRY(add_fields(described, error));
    if (weight != NULL) {
        irm_column *weights;
        value_list list;
        bool unfit;
        IRM_TRY(irm_table_need(schema, weight, &weights, error));
        if (weights->type != IRM_COLUMN_NUMBER) {
            return irm_fail(error, IRM_STATUS_USAGE,
                            "column %s is not numeric: it cannot weigh", weight);
        }
        irm_status status =
            values_of_stored(store, schema->name, weight, weight,
                             irm_store_threads(store), &list, &unfit, error);
        irm_free(list.shares);
        IRM_TRY(status);
    }
    for (size_t i = 0; i < schema->n_columns; i++) {
        IRM_TRY(put_column(store, schema, i, weight, described, error));
    }
    return IRM_OK;
}

irm_status irm_describe_stored(const irm_store *store, const char *name,
                               const char *weight, irm_table *described,
                               irm_error *error) {
    *described = (irm_table){0};
    const irm_table *schema;
    IRM_TRY(irm_store_need(store, name, &schema, error));
    irm_status status = irm_table_init(described, name, schema->n_columns, error);
    if (status == IRM_OK) {
        status = put_columns(store, schema, weight, described, error);
    }
    if (status != IRM_OK) {
        irm_table_clear(described);
    }
    return status;
}
