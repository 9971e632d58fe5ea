/* What the tests on published detail files share: taking one from its compressed file or
 * through a pipe, and holding what `export` gives back to what was published. */
#ifndef IRMINON_TEST_RECORDS_H
#define IRMINON_TEST_RECORDS_H

#include "irminon/csv.h"
#include "real.h"

/* A detail file, its table, and whether it comes through a pipe. */
typedef struct published_file {
    const char *file, *table;
    bool piped;
} published_file;

/* False where the file is absent. */
static inline bool records_ingest(const char *store, const published_file *of,
                                  const char *options) {
    char *path = test_real_data(of->file), command[2048];
    irm_buffer err = {0};
    if (path == NULL) {
        return false;
    }
    const char *unpack = strstr(of->file, ".xz") != NULL ? "xz -dc" : "gzip -dc";
    snprintf(command, sizeof command, "'%s' ingest '%s' -d %s -q %s", IRMINON_PROGRAM,
             store, of->table, options);
    int status = of->piped ? test_run(NULL, &err, "%s '%s' | %s -", unpack, path, command)
                           : test_run(NULL, &err, "%s '%s'", command, path);
    if (status != 0) {
        fail_msg("%s: %s", of->file, err.data);
    }
    irm_buffer_clear(&err);
    irm_free(path);
    return true;
}

/* Adds detail files to an open place, which closes where one is absent. */
static inline void records_add(real_place *place, const published_file *files, size_t n,
                               const char *options) {
    for (size_t i = 0; i < n; i++) {
        if (!records_ingest(place->store, &files[i], options)) {
            real_close(place);
            return;
        }
    }
}

/* `value` of the row where the first two columns (or one) are as told. */
static inline double value_at(const sheet *s, const char *first, const char *second) {
    for (size_t r = 0; r < s->n_rows; r++) {
        if (strcmp(sheet_cell(s, r, 0), first) == 0 &&
            (second == NULL || strcmp(sheet_cell(s, r, 1), second) == 0)) {
            return sheet_number(s, r, "value");
        }
    }
    fail_msg("no row %s %s", first, second != NULL ? second : "");
    return 0;
}

static inline void near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance)) {
        fail_msg("%.17g is not %.17g", got, expected);
    }
}

/* What may differ of a field: spaces at its ends, its decimal mark and the zeros after
 * it, the zeros before a code that had lost them. */
static inline bool same_field(irm_view read, irm_view given) {
    double a, b;
    read = irm_view_trim(read);
    if (read.size == given.size && memcmp(read.data, given.data, read.size) == 0) {
        return true;
    }
    return (irm_text_number(read, '.', &a, NULL) ||
            irm_text_number(read, ',', &a, NULL)) &&
           irm_text_number(given, '.', &b, NULL) && a == b;
}

static inline irm_csv *open_csv(const char *path, char delimiter, irm_input **input) {
    irm_csv *csv;
    assert_ok(irm_input_open(path, NULL, input, &test_error));
    assert_ok(irm_csv_open(*input, &(irm_csv_options){.delimiter = delimiter}, &csv,
                           &test_error));
    return csv;
}

static inline void export_gives_back(const char *store, const char *file,
                                     const char *table) {
    char *read = test_real_data(file), given[600];
    irm_input *inputs[2];
    snprintf(given, sizeof given, "%s.%s.csv", store, table);
    const irm_csv_record *a, *b;
    assert_int_equal(test_run(NULL, NULL, "'%s' export '%s' %s -q -o %s", IRMINON_PROGRAM,
                              store, table, given),
                     0);
    irm_csv *before = open_csv(read, ';', &inputs[0]);
    irm_csv *after = open_csv(given, ',', &inputs[1]);
    for (;;) {
        assert_ok(irm_csv_next(before, &a, &test_error));
        assert_ok(irm_csv_next(after, &b, &test_error));
        if (a == NULL || b == NULL) {
            assert_true(a == NULL && b == NULL);
            break;
        }
        assert_int_equal(a->n_fields, b->n_fields);
        for (size_t i = 0; i < a->n_fields; i++) {
            if (!same_field(a->fields[i], b->fields[i])) {
                fail_msg("%s, line %zu, field %zu: '%.*s' is given as '%.*s'", file,
                         a->line, i + 1, (int)a->fields[i].size, a->fields[i].data,
                         (int)b->fields[i].size, b->fields[i].data);
            }
        }
    }
    irm_csv_free(before);
    irm_csv_free(after);
    irm_input_free(inputs[0]);
    irm_input_free(inputs[1]);
    irm_free(read);
    remove(given);
}

#endif
