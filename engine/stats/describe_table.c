#include <math.h>

#include "irminon/describe.h"
#include "irminon/memory.h"
#include "irminon/text.h"

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

static irm_status fill(const irm_table *table, const irm_column *weight,
                       irm_table *described, irm_error *error) {
    for (size_t i = 0; i < FIELD_END; i++) {
        bool number = i >= FIELD_FIRST_NUMBER && i < FIELD_TOP;
        irm_column *column;
        IRM_TRY(irm_table_add(described, field_names[i],
                              number ? IRM_COLUMN_NUMBER : IRM_COLUMN_CATEGORY, &column,
                              error));
    }
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
