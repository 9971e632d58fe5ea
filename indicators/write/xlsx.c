#include <math.h>
#include <stdio.h>
#include <string.h>

#include "write/xlsx_file.h"
#include "write/format.h"

enum { MOST_ROWS = 1048576, MOST_COLUMNS = 16384 };

/* The column that tells the state of a column of numbers: `state` of `value`, and
 * `NAME.state` of `NAME`; NULL where there is none. */
static const irm_column *states_of(const irm_table *table, const irm_column *column) {
    char name[256];
    snprintf(name, sizeof name, "%s.state", column->name);
    const irm_column *states = irm_table_column(
        table, strcmp(column->name, "value") == 0 ? "state" : name);
    bool told = column->type == IRM_COLUMN_NUMBER && states != NULL &&
                states->type == IRM_COLUMN_CATEGORY;
    return told ? states : NULL;
}

/* The code of an empty cell: never a blank that reads as zero. NULL for other words. */
static const char *code_of(const irm_column *states, size_t row) {
    static const struct {
        irm_state state;
        const char *code;
    } codes[] = {{IRM_STATE_SECRET, "s"},
                 {IRM_STATE_MISSING, "nd"},
                 {IRM_STATE_NOT_APPLICABLE, "–"},
                 {IRM_STATE_BOUNDED, "[…]"}}; /* between `lower` and `upper` */
    for (size_t i = 0; states->codes[row] >= 0 && i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(irm_column_label(states, row), irm_state_name(codes[i].state)) == 0) {
            return codes[i].code;
        }
    }
    return NULL;
}

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
        const irm_column *states = states_of(table, column);
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
            } else if (states != NULL && code_of(states, row) != NULL) {
                worksheet_write_string(sheet, line, at, code_of(states, row), hidden);
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
    xlsx_file out;
    IRM_TRY(xlsx_open(&out, path, error));
    fill(table, out.workbook);
    return xlsx_close(&out, IRM_OK, error);
}
