#include <math.h>
#include <string.h>

#include "write/format.h"

void write_number(irm_buffer *buffer, double value, write_locale locale) {
    size_t start = buffer->size;
    irm_buffer_number(buffer, value);
    if (locale.decimal != '.' && !buffer->failed && buffer->size > start) {
        char *dot = memchr(buffer->data + start, '.', buffer->size - start);
        if (dot != NULL) {
            *dot = locale.decimal;
        }
    }
}

/* Bytes as hexadecimal digits: what WKB looks like in a CSV file. */
static void write_bytes(irm_buffer *buffer, const irm_column *column, size_t row) {
    static const char digits[] = "0123456789ABCDEF";
    for (uint64_t i = column->offsets[row]; i < column->offsets[row + 1]; i++) {
        char pair[2] = {digits[column->bytes[i] >> 4], digits[column->bytes[i] & 15]};
        irm_buffer_add(buffer, pair, 2);
    }
}

void write_cell(irm_buffer *buffer, const irm_column *column, size_t row,
                write_locale locale) {
    if (column->type == IRM_COLUMN_BYTES) {
        write_bytes(buffer, column, row);
    } else if (column->marks != NULL && column->marks[row] != 0 &&
               (column->type != IRM_COLUMN_NUMBER || isnan(column->values[row]))) {
        irm_buffer_csv(buffer, column->markers[column->marks[row] - 1].text,
                       locale.delimiter);
    } else if (column->type == IRM_COLUMN_NUMBER) {
        write_number(buffer, column->values[row], locale);
    } else {
        irm_buffer_csv(buffer, irm_column_label(column, row), locale.delimiter);
    }
}

irm_status write_drain(irm_output *output, irm_buffer *buffer, bool all, irm_error *error) {
    enum { LARGE = 1 << 20 };
    if (buffer->failed) {
        return irm_fail_memory(error);
    }
    if (!all && buffer->size < LARGE) {
        return IRM_OK;
    }
    irm_status status = irm_output_write(output, buffer->data, buffer->size, error);
    buffer->size = 0;
    return status;
}

static irm_status write_rows(const irm_table *table, irm_output *output, irm_buffer *buffer,
                             write_locale locale, irm_error *error) {
    for (size_t i = 0; i < table->n_columns; i++) {
        irm_buffer_add(buffer, &locale.delimiter, i > 0);
        irm_buffer_csv(buffer, table->columns[i].name, locale.delimiter);
    }
    irm_buffer_text(buffer, "\n");
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < table->n_columns; i++) {
            irm_buffer_add(buffer, &locale.delimiter, i > 0);
            write_cell(buffer, &table->columns[i], row, locale);
        }
        irm_buffer_text(buffer, "\n");
        IRM_TRY(write_drain(output, buffer, false, error));
    }
    return write_drain(output, buffer, true, error);
}

irm_status write_csv(const irm_table *table, const char *path, write_locale locale,
                     irm_error *error) {
    irm_output output;
    irm_buffer buffer = {0};
    IRM_TRY(irm_output_open(&output, path, error));
    irm_status status = write_rows(table, &output, &buffer, locale, error);
    irm_buffer_clear(&buffer);
    if (status != IRM_OK) {
        irm_output_abort(&output);
        return status;
    }
    return irm_output_commit(&output, error);
}
