/* What the tests on published files share: a store filled through the program, and the
 * CSV that the program writes, read back as a sheet. */
#ifndef IRMINON_TEST_REAL_H
#define IRMINON_TEST_REAL_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "support.h"

#define COUNT(array) (sizeof array / sizeof *array)

typedef struct sheet_entry {
    const char *key;
    size_t row;
} sheet_entry;

/* A CSV in memory: its cells point into `text`; the header is not a row. */
typedef struct sheet {
    irm_buffer text;
    char **cells;
    size_t n_rows, n_columns;
    sheet_entry *index; /* the rows in the order of a key */
} sheet;

static inline char *real_next_cell(char **cursor, bool *end_of_line) {
    char *read = *cursor, *write = read, *cell = read;
    bool quoted = *read == '"';
    read += quoted;
    while (*read != '\0' && (quoted || (*read != ',' && *read != '\n'))) {
        if (quoted && *read == '"') {
            if (read[1] != '"') {
                quoted = false;
                read++;
                continue;
            }
            read++;
        }
        *write++ = *read++;
    }
    *end_of_line = *read != ',';
    *cursor = *read != '\0' ? read + 1 : read;
    *write = '\0';
    return cell;
}

static inline void sheet_parse(sheet *s) {
    size_t capacity = 0, count = 0;
    char *cursor = s->text.data;
    while (*cursor != '\0') {
        bool end;
        if (count == capacity) {
            capacity = capacity == 0 ? 4096 : 2 * capacity;
            s->cells = realloc(s->cells, capacity * sizeof *s->cells);
            assert_non_null(s->cells);
        }
        s->cells[count++] = real_next_cell(&cursor, &end);
        if (end && s->n_columns == 0) {
            s->n_columns = count;
        }
    }
    assert_true(s->n_columns > 0 && count % s->n_columns == 0);
    s->n_rows = count / s->n_columns - 1;
}

static inline const char *sheet_cell(const sheet *s, size_t row, size_t column) {
    return s->cells[(row + 1) * s->n_columns + column];
}

static inline size_t sheet_column(const sheet *s, const char *name) {
    for (size_t c = 0; c < s->n_columns; c++) {
        if (strcmp(s->cells[c], name) == 0) {
            return c;
        }
    }
    fail_msg("no column %s", name);
    return 0;
}

/* NaN where the cell is empty. */
static inline double sheet_number(const sheet *s, size_t row, const char *column) {
    const char *text = sheet_cell(s, row, sheet_column(s, column));
    return *text != '\0' ? strtod(text, NULL) : NAN;
}

static inline int sheet_order(const void *a, const void *b) {
    return strcmp(((const sheet_entry *)a)->key, ((const sheet_entry *)b)->key);
}

static inline void sheet_index(sheet *s, const char *key) {
    size_t column = sheet_column(s, key);
    s->index = calloc(s->n_rows + 1, sizeof *s->index);
    assert_non_null(s->index);
    for (size_t r = 0; r < s->n_rows; r++) {
        s->index[r] = (sheet_entry){sheet_cell(s, r, column), r};
    }
    qsort(s->index, s->n_rows, sizeof *s->index, sheet_order);
}

/* The row of a code, or -1. */
static inline long sheet_find(const sheet *s, const char *code) {
    sheet_entry wanted = {code, 0};
    const sheet_entry *found =
        bsearch(&wanted, s->index, s->n_rows, sizeof *s->index, sheet_order);
    return found != NULL ? (long)found->row : -1;
}

/* What the program answers, as a sheet, found by the column `key`; fails with its error.
 */
static inline sheet real_ask(const char *key, const char *format, ...) IRM_PRINTF(2, 3);
static inline sheet real_ask(const char *key, const char *format, ...) {
    char arguments[2048];
    va_list list;
    va_start(list, format);
    vsnprintf(arguments, sizeof arguments, format, list);
    va_end(list);
    sheet s = {0};
    irm_buffer err = {0};
    if (test_run(&s.text, &err, "'%s' %s", IRMINON_PROGRAM, arguments) != 0) {
        fail_msg("irminon %s: %s", arguments, err.data);
    }
    irm_buffer_clear(&err);
    sheet_parse(&s);
    sheet_index(&s, key);
    return s;
}

static inline void sheet_clear(sheet *s) {
    irm_buffer_clear(&s->text);
    free(s->cells);
    free(s->index);
    *s = (sheet){0};
}

/* Takes a published file into a store; false where the file is absent. */
static inline bool real_ingest(const char *store, const char *name, const char *options) {
    char *path = test_real_data(name);
    irm_buffer err = {0};
    if (path == NULL) {
        return false;
    }
    if (test_run(NULL, &err, "'%s' ingest '%s' '%s' -q %s", IRMINON_PROGRAM, store, path,
                 options) != 0) {
        fail_msg("%s: %s", name, err.data);
    }
    irm_buffer_clear(&err);
    irm_free(path);
    return true;
}

/* A published file, and the options that taking it needs. */
typedef struct real_file {
    const char *name, *options;
} real_file;

/* A test folder and the store in it; no folder (NULL) where a published file is absent.
 */
typedef struct real_place {
    char *folder;
    char store[512];
} real_place;

static inline void real_close(real_place *place) {
    if (place->folder != NULL) {
        test_folder_remove(place->folder);
        place->folder = NULL;
    }
}

/* Makes a place whose store has the files; false, and closed, where one is absent. */
static inline bool real_open(real_place *place, const real_file *files, size_t n) {
    place->folder = test_folder();
    snprintf(place->store, sizeof place->store, "%s/store", place->folder);
    for (size_t i = 0; i < n; i++) {
        if (!real_ingest(place->store, files[i].name, files[i].options)) {
            real_close(place);
            return false;
        }
    }
    return true;
}

/* Skips the test where a published file is absent. */
static inline void real_need(const real_place *place) {
    if (place->folder == NULL) {
        skip();
    }
}

/* Of a group whose state is its place. */
static inline int real_teardown(void **state) {
    real_close(*state);
    return 0;
}

#endif
