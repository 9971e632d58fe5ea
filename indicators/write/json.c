#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "write/format.h"

/* A hidden cell is an object that tells its state: null alone would read as an oversight. */
static json_t *cell(const irm_column *column, size_t row) {
    irm_state state = irm_column_state(column, row);
    if (column->type == IRM_COLUMN_CATEGORY) {
        return column->codes[row] < 0 ? json_null() : json_string(irm_column_label(column, row));
    }
    if (irm_state_hidden(state) && column->marks != NULL && column->marks[row] != 0) {
        return json_pack("{s:s}", "state", irm_state_name(state));
    }
    double value = column->values[row];
    if (!isfinite(value)) {
        return json_null();
    }
    bool whole = value == floor(value) && fabs(value) < 1e15;
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

irm_status write_json_row(const irm_table *table, size_t row, irm_buffer *buffer,
                          irm_error *error) {
    json_t *object = json_object();
    for (size_t i = 0; object != NULL && i < table->n_columns; i++) {
        if (table->columns[i].type != IRM_COLUMN_BYTES) {
            json_object_set_new(object, table->columns[i].name, cell(&table->columns[i], row));
        }
    }
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (text == NULL) {
        return irm_fail_memory(error);
    }
    irm_json_shorten(text);
    irm_buffer_text(buffer, text);
    free(text);
    return IRM_OK;
}

static irm_status write_rows(const irm_table *table, irm_output *output, irm_buffer *buffer,
                             irm_error *error) {
    irm_buffer_text(buffer, "[\n");
    for (size_t row = 0; row < table->n_rows; row++) {
        irm_buffer_text(buffer, row > 0 ? ",\n" : "");
        IRM_TRY(write_json_row(table, row, buffer, error));
        IRM_TRY(write_drain(output, buffer, false, error));
    }
    irm_buffer_text(buffer, "\n]\n");
    return write_drain(output, buffer, true, error);
}

irm_status write_json(const irm_table *table, const char *path, irm_error *error) {
    irm_output output;
    irm_buffer buffer = {0};
    IRM_TRY(irm_output_open(&output, path, error));
    irm_status status = write_rows(table, &output, &buffer, error);
    irm_buffer_clear(&buffer);
    if (status != IRM_OK) {
        irm_output_abort(&output);
        return status;
    }
    return irm_output_finish(&output, error);
}
