/* Stores of zoning tables for the tests, from CSV files or texts, as ingest would leave
 * them. */
#ifndef IRMINON_TEST_ZONING_H
#define IRMINON_TEST_ZONING_H

#include <string.h>

#include "irminon/csv.h"
#include "irminon/geography.h"
#include "irminon/memory.h"
#include "irminon/store.h"
#include "support.h"

typedef struct zoning_column {
    const char *name, *role, *kind, *level;
} zoning_column;

/* What the headers of the official files mean. */
static const zoning_column zoning_columns[] = {
    {"CODGEO", "key", "code", NULL},     {"LIBGEO", "name", "label", NULL},
    {"COM", "key", "code", "com"},       {"LIBELLE", "name", "label", NULL},
    {"DEP", NULL, "code", "dep"},        {"REG", NULL, "code", "reg"},
    {"EPCI", NULL, "code", "epci"},      {"LIBEPCI", "name", "label", "epci"},
    {"ARR", NULL, "code", "arr"},        {"CAN", NULL, "code", "can"},
    {"CV", NULL, "code", "can"},         {"ZE2020", NULL, "code", "ze"},
    {"BV2012", NULL, "code", "bv"},      {"AAV2020", NULL, "code", "aav"},
    {"CODE_IRIS", "key", "code", "iris"}, {"LIB_IRIS", "name", "label", NULL},
};

static inline void zoning_describe(irm_column *column, const char *key) {
    irm_attributes *a = &column->attributes;
    for (size_t i = 0; i < sizeof zoning_columns / sizeof *zoning_columns; i++) {
        const zoning_column *known = &zoning_columns[i];
        if (strcmp(column->name, known->name) != 0) {
            continue;
        }
        bool is_key = strcmp(column->name, key) == 0;
        const char *role = is_key                                              ? "key"
                           : known->role != NULL && strcmp(known->role, "key") ? known->role
                                                                               : "variable";
        assert_ok(irm_attributes_set(a, "role", role, &test_error));
        assert_ok(irm_attributes_set(a, "kind", known->kind, &test_error));
        if (known->level != NULL) {
            assert_ok(irm_attributes_set(a, "level", known->level, &test_error));
        }
    }
}

/* Reads a CSV into a store as a zoning table of that level and geography year; `key` is the
 * header of its key. Two passes: the rows are counted first. */
static inline void zoning_put(irm_store *store, const char *path, const char *name,
                              const char *key, const char *level, int year) {
    irm_table table = {0};
    size_t rows = 0;
    for (int pass = 0; pass < 2; pass++) {
        irm_input *input = NULL;
        irm_csv *csv = NULL;
        const irm_csv_record *record = NULL;
        assert_ok(irm_input_open(path, NULL, &input, &test_error));
        assert_ok(irm_csv_open(input, NULL, &csv, &test_error));
        assert_ok(irm_csv_next(csv, &record, &test_error));
        if (pass == 1) {
            assert_ok(irm_table_init(&table, name, rows, &test_error));
        }
        for (size_t i = 0; i < record->n_fields && pass == 1; i++) {
            irm_column *column;
            char *header = irm_strndup(record->fields[i].data, record->fields[i].size);
            assert_ok(irm_table_add(&table, header, IRM_COLUMN_CATEGORY, &column,
                                    &test_error));
            zoning_describe(column, key);
            irm_free(header);
        }
        for (rows = 0;; rows++) {
            assert_ok(irm_csv_next(csv, &record, &test_error));
            if (record == NULL) {
                break;
            }
            for (size_t i = 0; i < record->n_fields && pass == 1; i++) {
                irm_column *column = &table.columns[i];
                if (record->fields[i].size > 0) {
                    assert_ok(irm_dict_add(column->categories, record->fields[i],
                                           &column->codes[rows], &test_error));
                }
            }
        }
        irm_csv_free(csv);
        irm_input_free(input);
    }
    irm_attributes *a = &table.attributes;
    assert_ok(irm_attributes_set(a, "shape", level != NULL ? "zoning" : "detail",
                                 &test_error));
    assert_ok(irm_attributes_set(a, "level", level, &test_error));
    assert_ok(irm_attributes_set_integer(a, "geography", year, &test_error));
    assert_ok(irm_store_put(store, &table, true, &test_error));
    irm_table_clear(&table);
}

/* The same from a text. */
static inline void zoning_put_text(irm_store *store, const char *text, const char *name,
                                   const char *key, const char *level, int year) {
    char *folder = test_folder();
    char *path = irm_path_join(folder, "t.csv");
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    zoning_put(store, path, name, key, level, year);
    irm_free(path);
    test_folder_remove(folder);
}

#endif
