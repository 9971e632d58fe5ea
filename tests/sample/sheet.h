/* A small CSV table in memory, for the tests of the sample. */
#ifndef IRMINON_TEST_SHEET_H
#define IRMINON_TEST_SHEET_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/csv.h"
#include "irminon/input.h"
#include "irminon/memory.h"
#include "support.h"

typedef struct sheet {
    char **cells;
    size_t rows, columns, capacity; /* row 0 is the header */
    bool crlf, bom;
} sheet;

static inline void sheet_clear(sheet *s) {
    for (size_t i = 0; i < s->rows * s->columns; i++) {
        irm_free(s->cells[i]);
    }
    irm_free(s->cells);
    *s = (sheet){0};
}

static inline sheet sheet_read(const char *folder, const char *name, const char *member,
                               size_t most) {
    sheet s = {0};
    irm_input *input;
    irm_csv *csv;
    char *path = folder == NULL ? irm_strdup(name) : irm_path_join(folder, name);
    assert_ok(irm_input_open(path, member, &input, &test_error));
    assert_ok(irm_csv_open(input, NULL, &csv, &test_error));
    for (const irm_csv_record *record; s.rows < most;) {
        assert_ok(irm_csv_next(csv, &record, &test_error));
        if (record == NULL) {
            break;
        }
        s.columns = s.columns == 0 ? record->n_fields : s.columns;
        assert_int_equal(record->n_fields, s.columns);
        assert_ok(irm_reserve((void **)&s.cells, &s.capacity, (s.rows + 1) * s.columns,
                              sizeof *s.cells, &test_error));
        for (size_t i = 0; i < s.columns; i++) {
            s.cells[s.rows * s.columns + i] =
                irm_strndup(record->fields[i].data, record->fields[i].size);
        }
        s.rows++;
    }
    s.crlf = irm_csv_repaired(csv).crlf;
    s.bom = irm_csv_repaired(csv).bom;
    irm_csv_free(csv);
    irm_input_free(input);
    irm_free(path);
    return s;
}

static inline const char *sheet_cell(const sheet *s, size_t row, size_t column) {
    return s->cells[row * s->columns + column];
}

static inline size_t sheet_column(const sheet *s, const char *name) {
    for (size_t i = 0; i < s->columns; i++) {
        if (strcmp(sheet_cell(s, 0, i), name) == 0) {
            return i;
        }
    }
    fail_msg("no column %s", name);
    return 0;
}

static inline const char *sheet_text(const sheet *s, size_t row, const char *column) {
    return sheet_cell(s, row, sheet_column(s, column));
}

static inline double sheet_number(const sheet *s, size_t row, size_t column) {
    return strtod(sheet_cell(s, row, column), NULL);
}

/* The row whose first cell is `key`, 0 without one. */
static inline size_t sheet_find(const sheet *s, const char *key) {
    for (size_t i = 1; i < s->rows; i++) {
        if (strcmp(sheet_cell(s, i, 0), key) == 0) {
            return i;
        }
    }
    return 0;
}

#endif
