#include <math.h>
#include <stdio.h>

#include "irminon/explain.h"

enum {
    VARIABLE,
    DATASET,
    TABLE,
    SOURCE_FILE,
    SHA256,
    YEAR,
    COLUMN,
    LINE,
    ROW,
    CODE,
    TERRITORY,
    NAME,
    PLACEMENT,
    SHARE,
    PUBLISHED,
    VALUE,
    LOWER,
    UPPER,
    STATE,
    MODALITIES,
    N_FIELDS
};
static const struct {
    const char *name;
    irm_column_type type;
} fields[N_FIELDS] = {
    [VARIABLE] = {"variable", IRM_COLUMN_CATEGORY},
    [DATASET] = {"dataset", IRM_COLUMN_CATEGORY},
    [TABLE] = {"table", IRM_COLUMN_CATEGORY},
    [SOURCE_FILE] = {"file", IRM_COLUMN_CATEGORY},
    [SHA256] = {"sha256", IRM_COLUMN_CATEGORY},
    [YEAR] = {"year", IRM_COLUMN_NUMBER},
    [COLUMN] = {"column", IRM_COLUMN_CATEGORY},
    [LINE] = {"line", IRM_COLUMN_NUMBER},
    [ROW] = {"row", IRM_COLUMN_NUMBER},
    [CODE] = {"code", IRM_COLUMN_CATEGORY},
    [TERRITORY] = {"territory", IRM_COLUMN_CATEGORY},
    [NAME] = {"name", IRM_COLUMN_CATEGORY},
    [PLACEMENT] = {"placement", IRM_COLUMN_CATEGORY},
    [SHARE] = {"share", IRM_COLUMN_NUMBER},
    [PUBLISHED] = {"published", IRM_COLUMN_CATEGORY},
    [VALUE] = {"value", IRM_COLUMN_NUMBER},
    [LOWER] = {"lower", IRM_COLUMN_NUMBER},
    [UPPER] = {"upper", IRM_COLUMN_NUMBER},
    [STATE] = {"state", IRM_COLUMN_CATEGORY},
    [MODALITIES] = {"modalities", IRM_COLUMN_CATEGORY},
};

static const char *const placements[] = {"same", "merged", "folded", "nowhere"};

static const char *attribute(const irm_table *table, const char *name) {
    const char *value = irm_attributes_get(&table->attributes, name);
    return value != NULL ? value : "";
}

/* The published text: that of a marker, or the number. */
static void published(const irm_source_cell *cell, char text[48]) {
    if (cell->published != NULL) {
        snprintf(text, 48, "%s", cell->published);
    } else {
        size_t size = irm_number_write(cell->quantity.value, text);
        text[size] = '\0';
    }
}

static double finite_or_nan(double value) { return isfinite(value) ? value : NAN; }

static irm_status put(irm_table *table, size_t row, const char *const *texts,
                      const double *numbers, irm_error *error) {
    for (int i = 0; i < N_FIELDS; i++) {
        irm_column *column = &table->columns[i];
        if (column->type == IRM_COLUMN_NUMBER) {
            column->values[row] = numbers[i];
        } else {
            IRM_TRY(irm_dict_add(column->categories, irm_view_of(texts[i]),
                                 &column->codes[row], error));
        }
    }
    return IRM_OK;
}

static irm_status put_cell(const irm_term *term, const irm_source_cell *cell,
                           irm_table *table, size_t row, irm_error *error) {
    char text[48];
    const irm_quantity *q = &cell->quantity;
    bool bounds = q->lower != q->upper;
    published(cell, text);
    const char *texts[N_FIELDS] = {
        [VARIABLE] = term->text,
        [DATASET] = term->dataset,
        [TABLE] = term->table->name,
        [SOURCE_FILE] = attribute(term->table, "source_file"),
        [SHA256] = attribute(term->table, "source_sha256"),
        [COLUMN] = term->column,
        [CODE] = cell->code,
        [TERRITORY] = cell->territory,
        [NAME] = cell->name,
        [PLACEMENT] = placements[cell->how],
        [PUBLISHED] = text,
        [STATE] = irm_state_name(irm_quantity_state_shown(*q)),
        [MODALITIES] = cell->modalities != NULL ? cell->modalities : "",
    };
    double numbers[N_FIELDS] = {
        [YEAR] = term->year,
        [LINE] = cell->line > 0 ? (double)cell->line : NAN,
        [ROW] = (double)cell->row,
        [SHARE] = cell->share,
        [VALUE] = finite_or_nan(q->value),
        [LOWER] = bounds ? finite_or_nan(q->lower) : NAN,
        [UPPER] = bounds ? finite_or_nan(q->upper) : NAN,
    };
    return put(table, row, texts, numbers, error);
}

irm_status irm_explanation_table(const irm_explanation *explanation, irm_table *table,
                                 irm_error *error) {
    size_t count = 0, row = 0;
    for (size_t i = 0; i < explanation->n_terms; i++) {
        count += explanation->terms[i].n_cells;
    }
    IRM_TRY(irm_table_init(table, "cells", count, error));
    irm_status status = IRM_OK;
    irm_column *column;
    for (int i = 0; status == IRM_OK && i < N_FIELDS; i++) {
        status = irm_table_add(table, fields[i].name, fields[i].type, &column, error);
    }
    for (size_t i = 0; status == IRM_OK && i < explanation->n_terms; i++) {
        const irm_term *term = &explanation->terms[i];
        for (size_t k = 0; status == IRM_OK && k < term->n_cells; k++) {
            status = put_cell(term, &term->cells[k], table, row++, error);
        }
    }
    if (status != IRM_OK) {
        irm_table_clear(table);
    }
    return status;
}
