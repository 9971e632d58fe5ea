/* Other programs read a store with no plugin and no knowledge of Irminon. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/store.h"
#include "support.h"

enum { N = 4 };

static void add_numbers(irm_table *table, const char *name, const double *values) {
    irm_column *column;
    assert_ok(irm_table_add(table, name, IRM_COLUMN_NUMBER, &column, &test_error));
    memcpy(column->values, values, N * sizeof *values);
}

static void add_secrets(irm_table *table) {
    const double values[N] = {10, NAN, 20, NAN};
    add_numbers(table, "allocataires", values);
    irm_column *column = irm_table_column(table, "allocataires");
    uint8_t secret, blank;
    assert_ok(
        irm_column_marker(column, "s", IRM_STATE_SECRET, 0, 4, &secret, &test_error));
    assert_ok(irm_column_marker(column, "", IRM_STATE_MISSING, -INFINITY, INFINITY,
                                &blank, &test_error));
    assert_ok(irm_column_mark(column, N, 1, secret, &test_error));
    assert_ok(irm_column_mark(column, N, 3, blank, &test_error));
    column->round_below = column->round_above = 2;
    assert_ok(irm_attributes_set(&column->attributes, "label_fr",
                                 "Allocataires à bas revenus", &test_error));
}

static void add_categories_and_bytes(irm_table *table) {
    irm_column *column;
    assert_ok(irm_table_add(table, "commune", IRM_COLUMN_CATEGORY, &column, &test_error));
    const char *labels[] = {"L'Haÿ", "Œuilly", "L'Haÿ"};
    for (size_t i = 0; i < 3; i++) {
        assert_ok(irm_dict_add(column->categories, irm_view_of(labels[i]),
                               &column->codes[i], &test_error));
    }
    assert_ok(irm_table_add(table, "wkb", IRM_COLUMN_BYTES, &column, &test_error));
    const unsigned char bytes[] = {0x01, 0xff, 0x00};
    const uint64_t offsets[] = {0, 2, 2, 3, 3};
    column->bytes = irm_calloc(sizeof bytes, 1);
    assert_non_null(column->bytes);
    memcpy(column->bytes, bytes, sizeof bytes);
    memcpy(column->offsets, offsets, sizeof offsets);
}

static char *make_store(void) {
    char *folder = test_folder();
    irm_table table;
    irm_store *store;
    assert_ok(irm_table_init(&table, "rp.com@2020", N, &test_error));
    assert_ok(
        irm_attributes_set(&table.attributes, "title_fr", "Évolution", &test_error));
    add_numbers(&table, "petit", (double[]){-128, 0, 1, 127});
    add_numbers(&table, "moyen/2", (double[]){-129, 0, 1, 300});
    add_numbers(&table, ".grand", (double[]){0, 1, 2, 66732538});
    add_numbers(&table, "énorme", (double[]){0, 1, 2, 0x1p53});
    add_numbers(&table, "quart", (double[]){0.25, -0.0, 1e30, 2});
    add_numbers(&table, "dixième", (double[]){0.1, 0.2, 0.3, -1e-300});
    add_secrets(&table);
    add_categories_and_bytes(&table);
    assert_ok(irm_store_open(folder, true, &store, &test_error));
    assert_ok(irm_store_put(store, &table, false, &test_error));
    irm_store_free(store);
    irm_table_clear(&table);
    return folder;
}

static const char expected[] =
    "rp.com@2020|4|Évolution\n"
    "petit|number|int8|-128,0,1,127||||\n"
    "moyen/2|number|int16|-129,0,1,300||||\n"
    ".grand|number|int32|0,1,2,66732538||||\n"
    "énorme|number|int64|0,1,2,9007199254740992||||\n"
    "quart|number|float64|0.25,-0,1e+30,2||||\n"
    "dixième|number|float64|0.10000000000000001,0.20000000000000001,0.29999999999999999,"
    "-1e-300||||\n"
    "allocataires|number|float32|10,nan,20,nan|0,1,0,2|s=secret[0,4],=missing[-inf,inf]|"
    "2,2|"
    "Allocataires à bas revenus\n"
    "commune|category||L'Haÿ,Œuilly,L'Haÿ,-||||\n"
    "wkb|bytes||01ff,,00,||||\n";

static void h5py_reads_the_values_that_were_written(void **state) {
    (void)state;
    const char *python = NULL;
    const char *names[] = {"python3", "/usr/bin/python3"};
    for (size_t i = 0; i < 2 && python == NULL; i++) {
        if (test_run(NULL, NULL, "%s -c 'import h5py'", names[i]) == 0) {
            python = names[i];
        }
    }
    if (python == NULL) {
        skip();
    }
    char *folder = make_store();
    char *script = test_source_path("tests/store/read_with_h5py.py");
    irm_buffer out = {0}, err = {0};
    int status = test_run(&out, &err, "PYTHONIOENCODING=utf-8 %s '%s' '%s' rp.com@2020",
                          python, script, folder);
    if (status != 0) {
        fail_msg("%s", err.data);
    }
    assert_string_equal(out.data, expected);
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
    irm_free(script);
    test_folder_remove(folder);
}

static void assert_dumped(const char *folder, const char *object, const char *wanted) {
    irm_buffer out = {0};
    assert_int_equal(test_run(&out, NULL, "cd '%s' && h5dump -y -w 0 -d '%s' store.h5",
                              folder, object),
                     0);
    if (strstr(out.data, wanted) == NULL) {
        fail_msg("no '%s' in %s", wanted, out.data);
    }
    irm_buffer_clear(&out);
}

static void h5dump_reads_the_values_through_the_links(void **state) {
    (void)state;
    if (test_run(NULL, NULL, "command -v h5dump") != 0) {
        skip();
    }
    char *folder = make_store();
    assert_dumped(folder, "/rp.com@2020/columns/petit", "-128, 0, 1, 127");
    assert_dumped(folder, "/rp.com@2020/columns/moyen%2F2", "-129, 0, 1, 300");
    assert_dumped(folder, "/rp.com@2020/columns/commune/codes", "0, 1, 0, -1");
    assert_dumped(folder, "/rp.com@2020/marks/allocataires", "0, 1, 0, 2");
    assert_dumped(folder, "/rp.com@2020/schema", "\"rows\":4");
    /* The store moves as a whole: its links are relative. */
    assert_int_equal(
        test_run(NULL, NULL, "mv '%s' '%s.moved' && mkdir '%s'", folder, folder, folder),
        0);
    char moved[256];
    snprintf(moved, sizeof moved, "%s.moved", folder);
    assert_dumped(moved, "/rp.com@2020/columns/petit", "-128, 0, 1, 127");
    assert_int_equal(test_run(NULL, NULL, "rm -rf '%s'", moved), 0);
    test_folder_remove(folder);
}

/* No object of the file carries a time, and nothing is in it but what the format says. */
static void no_object_carries_a_time(void **state) {
    (void)state;
    if (test_run(NULL, NULL, "command -v h5ls") != 0) {
        skip();
    }
    char *folder = make_store();
    irm_buffer out = {0};
    assert_int_equal(
        test_run(&out, NULL, "cd '%s' && h5ls -r -v tables/rp.com@2020.h5", folder), 0);
    assert_non_null(strstr(out.data, "columns"));
    assert_null(strstr(out.data, "Modified"));
    irm_buffer_clear(&out);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h5py_reads_the_values_that_were_written),
        cmocka_unit_test(h5dump_reads_the_values_through_the_links),
        cmocka_unit_test(no_object_carries_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
