#include <math.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "irminon/memory.h"
#include "write/format.h"

/* A file holds no clock: its date of creation is 1 January 2000. */
static const time_t epoch = 946684800;

enum { MOST_ROWS = 1048576, MOST_COLUMNS = 16384 };

static void fill(const irm_table *table, lxw_workbook *book) {
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    lxw_format *header = workbook_add_format(book);
    lxw_format *hidden = workbook_add_format(book);
    format_set_bold(header);
    format_set_italic(hidden);
    format_set_font_color(hidden, 0x767676);
    for (size_t i = 0; i < table->n_columns; i++) {
        const irm_column *column = &table->columns[i];
        lxw_col_t at = (lxw_col_t)i;
        worksheet_write_string(sheet, 0, at, column->name, header);
        for (size_t row = 0; row < table->n_rows && column->type != IRM_COLUMN_BYTES; row++) {
            lxw_row_t line = (lxw_row_t)(row + 1);
            bool marked = column->marks != NULL && column->marks[row] != 0 &&
                          (column->type != IRM_COLUMN_NUMBER || isnan(column->values[row]));
            if (marked) {
                const char *text = column->markers[column->marks[row] - 1].text;
                worksheet_write_string(sheet, line, at, *text != '\0' ? text : "s", hidden);
            } else if (column->type == IRM_COLUMN_CATEGORY) {
                worksheet_write_string(sheet, line, at, irm_column_label(column, row), NULL);
            } else if (isfinite(column->values[row])) {
                worksheet_write_number(sheet, line, at, column->values[row], NULL);
            }
        }
    }
    worksheet_freeze_panes(sheet, 1, 0);
}

irm_status write_xlsx(const irm_table *table, const char *path, irm_error *error) {
    if (table->n_rows >= MOST_ROWS || table->n_columns > MOST_COLUMNS) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "%s: a spreadsheet holds 1,048,576 rows and 16,384 columns, this table "
                        "has %zu and %zu; write .csv or .h5",
                        path, table->n_rows, table->n_columns);
    }
    char *temporary = irm_temporary_path(path);
    lxw_workbook *book = temporary != NULL ? workbook_new(temporary) : NULL;
    if (book == NULL) {
        irm_free(temporary);
        return irm_fail_memory(error);
    }
    lxw_doc_properties properties = {.created = epoch};
    workbook_set_properties(book, &properties);
    fill(table, book);
    lxw_error closed = workbook_close(book);
    irm_status status = IRM_OK;
    if (closed != LXW_NO_ERROR) {
        status = irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot write: %s",
                             lxw_strerror(closed));
    } else {
        status = irm_rename_into_place(temporary, path, error);
    }
    if (status != IRM_OK) {
        unlink(temporary);
    }
    irm_free(temporary);
    return status;
}
