#include "irminon/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"

static const char *const state_names[IRM_STATE_END] = {
    "value",   "zero",    "secret",    "missing", "not_applicable",
    "imputed", "floored", "estimated", "bounded",
};

const char *irm_state_name(irm_state state) {
    return (int)state >= 0 && state < IRM_STATE_END ? state_names[state] : "unknown";
}

irm_state irm_state_parse(const char *name) {
    for (int state = 0; state < IRM_STATE_END; state++) {
        if (strcmp(state_names[state], name) == 0) {
            return (irm_state)state;
        }
    }
    return IRM_STATE_END;
}

bool irm_state_hidden(irm_state state) {
    return state == IRM_STATE_SECRET || state == IRM_STATE_MISSING ||
           state == IRM_STATE_NOT_APPLICABLE || state == IRM_STATE_BOUNDED;
}

irm_status irm_table_init(irm_table *table, const char *name, size_t n_rows,
                          irm_error *error) {
    *table = (irm_table){.n_rows = n_rows, .loaded = true};
    table->name = irm_strdup(name);
    return table->name == NULL ? irm_fail_memory(error) : IRM_OK;
}

static void clear_column(irm_column *column) {
    irm_free(column->name);
    irm_free(column->values);
    irm_free(column->codes);
    irm_dict_free(column->categories);
    irm_free(column->offsets);
    irm_free(column->bytes);
    irm_free(column->marks);
    for (size_t i = 0; i < column->n_markers; i++) {
        irm_free(column->markers[i].text);
    }
    irm_free(column->markers);
    irm_attributes_clear(&column->attributes);
}

void irm_table_clear(irm_table *table) {
    for (size_t i = 0; i < table->n_columns; i++) {
        clear_column(&table->columns[i]);
    }
    irm_free(table->columns);
    irm_free(table->name);
    irm_attributes_clear(&table->attributes);
    *table = (irm_table){0};
}

static irm_status make_room(irm_column *column, size_t n_rows, irm_error *error) {
    switch (column->type) {
        case IRM_COLUMN_NUMBER:
            column->values = irm_calloc(n_rows, sizeof *column->values);
            if (column->values == NULL) {
                return irm_fail_memory(error);
            }
            for (size_t i = 0; i < n_rows; i++) {
                column->values[i] = NAN;
            }
            return IRM_OK;
        case IRM_COLUMN_CATEGORY:
            column->codes = irm_calloc(n_rows, sizeof *column->codes);
            if (column->codes == NULL) {
                return irm_fail_memory(error);
            }
            memset(column->codes, 0xff, n_rows * sizeof *column->codes);
            return irm_dict_new(&column->categories, error);
        case IRM_COLUMN_BYTES:
            column->offsets = irm_calloc(n_rows + 1, sizeof *column->offsets);
            return column->offsets == NULL ? irm_fail_memory(error) : IRM_OK;
    }
    return irm_fail(error, IRM_STATUS_INTERNAL, "no such column type");
}

irm_status irm_table_add(irm_table *table, const char *name, irm_column_type type,
                         irm_column **column, irm_error *error) {
    if (irm_table_column(table, name) != NULL) {
        return irm_fail(error, IRM_STATUS_EXISTS, "two columns are named '%s'", name);
    }
    irm_column added = {.type = type, .name = irm_strdup(name)};
    irm_status status = added.name == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && table->loaded) {
        status = make_room(&added, table->n_rows, error);
    }
    irm_column *grown = NULL;
    if (status == IRM_OK) {
        grown = irm_realloc(table->columns, table->n_columns + 1, sizeof *grown);
        status = grown == NULL ? irm_fail_memory(error) : IRM_OK;
    }
    if (status != IRM_OK) {
        clear_column(&added);
        return status;
    }
    table->columns = grown;
    table->columns[table->n_columns] = added;
    *column = &table->columns[table->n_columns++];
    return IRM_OK;
}

irm_column *irm_table_column(const irm_table *table, const char *name) {
    for (size_t i = 0; i < table->n_columns; i++) {
        if (strcmp(table->columns[i].name, name) == 0) {
            return &table->columns[i];
        }
    }
    return NULL;
}

irm_status irm_table_need(const irm_table *table, const char *name, irm_column **column,
                          irm_error *error) {
    *column = irm_table_column(table, name);
    if (*column != NULL) {
        return IRM_OK;
    }
    const char **names = irm_calloc(table->n_columns, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        names[i] = table->columns[i].name;
    }
    const char *near = irm_text_suggest(name, names, table->n_columns);
    irm_fail(error, IRM_STATUS_NOT_FOUND, "table %s has no column '%s'%s%s%s",
             table->name, name, near != NULL ? "; did you mean '" : "",
             near != NULL ? near : "", near != NULL ? "'?" : "");
    irm_free(names);
    return IRM_STATUS_NOT_FOUND;
}

irm_status irm_column_marker(irm_column *column, const char *text, irm_state state,
                             double lower, double upper, uint8_t *mark,
                             irm_error *error) {
    for (size_t i = 0; i < column->n_markers; i++) {
        const irm_marker *known = &column->markers[i];
        if (strcmp(known->text, text) == 0 && known->state == state &&
            known->lower == lower && known->upper == upper) {
            *mark = (uint8_t)(i + 1);
            return IRM_OK;
        }
    }
    if (column->n_markers == UINT8_MAX) {
        return irm_fail(error, IRM_STATUS_DATA, "column %s has over 255 markers",
                        column->name);
    }
    char *copy = irm_strdup(text);
    irm_marker *grown =
        copy == NULL ? NULL
                     : irm_realloc(column->markers, column->n_markers + 1, sizeof *grown);
    if (grown == NULL) {
        irm_free(copy);
        return irm_fail_memory(error);
    }
    column->markers = grown;
    column->markers[column->n_markers++] = (irm_marker){copy, state, lower, upper};
    *mark = (uint8_t)column->n_markers;
    return IRM_OK;
}

irm_status irm_column_copy_schema(const irm_column *from, irm_column *to,
                                  irm_error *error) {
    to->round_below = from->round_below;
    to->round_above = from->round_above;
    if (from->n_markers > 0) {
        to->markers = irm_calloc(from->n_markers, sizeof *to->markers);
        if (to->markers == NULL) {
            return irm_fail_memory(error);
        }
    }
    for (size_t i = 0; i < from->n_markers; i++) {
        to->markers[i] = from->markers[i];
        to->markers[i].text = irm_strdup(from->markers[i].text);
        if (to->markers[i].text == NULL) {
            return irm_fail_memory(error);
        }
        to->n_markers = i + 1;
    }
    return irm_attributes_copy(&from->attributes, &to->attributes, error);
}

irm_status irm_column_mark(irm_column *column, size_t n_rows, size_t row, uint8_t mark,
                           irm_error *error) {
    if (column->marks == NULL) {
        column->marks = irm_calloc(n_rows, 1);
        if (column->marks == NULL) {
            return irm_fail_memory(error);
        }
    }
    column->marks[row] = mark;
    return IRM_OK;
}

irm_state irm_column_state(const irm_column *column, size_t row) {
    if (column->marks != NULL && column->marks[row] != 0) {
        return column->markers[column->marks[row] - 1].state;
    }
    bool absent = (column->type == IRM_COLUMN_CATEGORY && column->codes[row] < 0) ||
                  (column->type == IRM_COLUMN_NUMBER && isnan(column->values[row]));
    return absent ? IRM_STATE_MISSING : IRM_STATE_VALUE;
}

void irm_column_bounds(const irm_column *column, size_t row, double *lower,
                       double *upper) {
    if (column->marks != NULL && column->marks[row] != 0) {
        const irm_marker *marker = &column->markers[column->marks[row] - 1];
        *lower = marker->lower;
        *upper = marker->upper;
    } else if (isnan(column->values[row])) {
        *lower = -INFINITY;
        *upper = INFINITY;
    } else {
        *lower = column->values[row] - column->round_below;
        *upper = column->values[row] + column->round_above;
    }
}

const char *irm_column_label(const irm_column *column, size_t row) {
    int32_t code = column->codes[row];
    return code < 0 ? "" : irm_dict_text(column->categories, code);
}

size_t irm_table_line(const irm_table *table, size_t row) {
    const char *runs = irm_attributes_get(&table->attributes, "source_lines");
    size_t line = 0;
    while (runs != NULL && *runs != '\0') {
        char *end;
        size_t from = strtoul(runs, &end, 10);
        size_t at = *end == ':' ? strtoul(end + 1, &end, 10) : 0;
        if (from > row) {
            break;
        }
        line = at + (row - from);
        runs = *end == ' ' ? end + 1 : "";
    }
    return line;
}
