#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "irminon/memory.h"
#include "irminon/store.h"
#include "support.h"

static irm_store *open_store(const char *path, bool create) {
    irm_store *store = NULL;
    assert_ok(irm_store_open(path, create, &store, &test_error));
    return store;
}

/* A table of one column whose cells are all `value`. */
static void put(irm_store *store, const char *name, double value, bool replace,
                irm_status expected) {
    irm_table table;
    irm_column *column;
    assert_ok(irm_table_init(&table, name, 3, &test_error));
    assert_ok(irm_table_add(&table, "v", IRM_COLUMN_NUMBER, &column, &test_error));
    for (size_t i = 0; i < 3; i++) {
        column->values[i] = value;
    }
    assert_int_equal(irm_store_put(store, &table, replace, &test_error), expected);
    irm_table_clear(&table);
}

static double value_in(const irm_store *store, const char *name) {
    irm_table table;
    assert_ok(irm_store_read(store, name, NULL, 0, &table, &test_error));
    assert_int_equal(table.n_rows, 3);
    double value = table.columns[0].values[2];
    irm_table_clear(&table);
    return value;
}

static bool there(const char *folder, const char *name) {
    char *path = irm_path_join(folder, name);
    bool exists = irm_path_exists(path);
    irm_free(path);
    return exists;
}

static void write_in(const char *folder, const char *name, const char *text) {
    char *path = irm_path_join(folder, name);
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    irm_free(path);
}

static void read_in(const char *folder, const char *name, irm_buffer *bytes) {
    char *path = irm_path_join(folder, name);
    irm_buffer_clear(bytes);
    assert_ok(irm_read_file(path, bytes, &test_error));
    irm_free(path);
}

static void tables_are_listed_by_name_replaced_and_removed(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store = open_store(folder, true);
    assert_string_equal(irm_store_path(store), folder);
    assert_int_equal(irm_store_count(store), 0);
    put(store, "b@2020", 1, false, IRM_OK);
    put(store, "c@2020", 3, false, IRM_OK);
    put(store, "a@2020", 2, false, IRM_OK);
    put(store, "b@2020", 9, false, IRM_STATUS_EXISTS);
    assert_non_null(strstr(test_error.message, "b@2020"));
    assert_non_null(strstr(test_error.message, "--replace"));
    assert_true(value_in(store, "b@2020") == 1);
    put(store, "b@2020", 4, true, IRM_OK);
    assert_true(value_in(store, "b@2020") == 4);
    assert_int_equal(irm_store_count(store), 3);
    const char *names[] = {"a@2020", "b@2020", "c@2020"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(irm_store_schema(store, i)->name, names[i]);
    }
    assert_ok(irm_store_remove(store, "b@2020", &test_error));
    assert_int_equal(irm_store_count(store), 2);
    assert_null(irm_store_find(store, "b@2020"));
    assert_true(value_in(store, "c@2020") == 3);
    assert_false(there(folder, "tables/b@2020.h5"));
    const irm_table *schema;
    assert_int_equal(irm_store_need(store, "a@2002", &schema, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "did you mean 'a@2020'"));
    assert_int_equal(irm_store_remove(store, "b@2020", &test_error),
                     IRM_STATUS_NOT_FOUND);
    irm_store_free(store);
    test_folder_remove(folder);
}

static void two_openings_see_each_other(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *one = open_store(folder, true), *other = open_store(folder, false);
    put(one, "a", 1, false, IRM_OK);
    put(other, "a", 2, false, IRM_STATUS_EXISTS);
    put(other, "a", 2, true, IRM_OK);
    assert_true(value_in(one, "a") == 2);
    put(other, "b", 5, false, IRM_OK);
    put(one, "c", 6, false, IRM_OK);
    assert_int_equal(irm_store_count(one), 3);
    assert_ok(irm_store_remove(other, "c", &test_error));
    irm_table table;
    assert_int_equal(irm_store_read(one, "c", NULL, 0, &table, &test_error),
                     IRM_STATUS_IO);
    irm_store_free(one);
    irm_store_free(other);
    test_folder_remove(folder);
}

static void any_name_can_be_a_table(void **state) {
    (void)state;
    const char *names[] = {"été/hiver", "..",       ".hidden", "100%",
                           "%2F",       "a b\tc\n", "x.h5"};
    size_t n = sizeof names / sizeof *names;
    char *folder = test_folder();
    irm_store *store = open_store(folder, true);
    for (size_t i = 0; i < n; i++) {
        put(store, names[i], (double)i, false, IRM_OK);
    }
    irm_store_free(store);
    store = open_store(folder, true);
    assert_int_equal(irm_store_count(store), n);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(irm_store_find(store, names[i]));
        assert_true(value_in(store, names[i]) == (double)i);
    }
    put(store, "", 1, false, IRM_STATUS_USAGE);
    char longest[400] = {0};
    memset(longest, 'n', sizeof longest - 1);
    put(store, longest, 1, false, IRM_STATUS_USAGE);
    irm_store_free(store);
    test_folder_remove(folder);
}

static void a_stale_file_of_links_is_healed(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_buffer right = {0}, now = {0};
    irm_store *store = open_store(folder, true);
    put(store, "a", 1, false, IRM_OK);
    put(store, "b", 2, false, IRM_OK);
    irm_store_free(store);
    read_in(folder, "store.h5", &right);
    const char *spoiled[] = {"", "not HDF5"};
    for (size_t i = 0; i < 2; i++) {
        write_in(folder, "store.h5", spoiled[i]);
        irm_store_free(open_store(folder, false));
        read_in(folder, "store.h5", &now);
        assert_int_equal(now.size, strlen(spoiled[i]));
        irm_store_free(open_store(folder, true));
        read_in(folder, "store.h5", &now);
        assert_int_equal(now.size, right.size);
        assert_memory_equal(now.data, right.data, right.size);
    }
    /* One link too few, as after a crash between the two renames. */
    store = open_store(folder, true);
    put(store, "c", 3, false, IRM_OK);
    char *from = irm_path_join(folder, "tables/c.h5"),
         *to = irm_path_join(folder, "c.h5");
    assert_int_equal(rename(from, to), 0);
    irm_store_free(store);
    irm_store_free(open_store(folder, true));
    read_in(folder, "store.h5", &now);
    assert_int_equal(now.size, right.size);
    assert_memory_equal(now.data, right.data, right.size);
    irm_free(from);
    irm_free(to);
    irm_buffer_clear(&right);
    irm_buffer_clear(&now);
    test_folder_remove(folder);
}

static void what_a_crash_leaves_is_ignored_then_swept(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store = open_store(folder, true);
    put(store, "a", 1, false, IRM_OK);
    irm_store_free(store);
    write_in(folder, "tables/.b.h5.123.tmp", "half a table");
    write_in(folder, ".store.h5.123.tmp", "half");
    store = open_store(folder, false);
    assert_int_equal(irm_store_count(store), 1);
    assert_true(there(folder, "tables/.b.h5.123.tmp"));
    put(store, "c", 1, false, IRM_OK);
    assert_false(there(folder, "tables/.b.h5.123.tmp"));
    assert_false(there(folder, ".store.h5.123.tmp"));
    irm_store_free(store);
    test_folder_remove(folder);
}

static void what_is_not_a_store_is_refused(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store = NULL;
    char *absent = irm_path_join(folder, "absent"), *file = irm_path_join(folder, "file");
    assert_int_equal(irm_store_open(absent, false, &store, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "ingest"));
    assert_string_equal(test_error.file, absent);
    assert_int_equal(irm_store_open(folder, false, &store, &test_error), IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "not a store"));
    write_in(folder, "file", "text");
    assert_int_equal(irm_store_open(folder, true, &store, &test_error), IRM_STATUS_USAGE);
    assert_non_null(strstr(test_error.message, "not empty"));
    assert_int_equal(irm_store_open(file, true, &store, &test_error), IRM_STATUS_USAGE);
    assert_int_equal(irm_store_open(file, false, &store, &test_error), IRM_STATUS_DATA);
    assert_null(store);
    char *deep = irm_path_join(folder, "a/b/c");
    irm_store_free(open_store(deep, true));
    irm_store_free(open_store(deep, false));
    irm_free(absent);
    irm_free(file);
    irm_free(deep);
    test_folder_remove(folder);
}

static void a_damaged_table_keeps_no_other_away(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store = open_store(folder, true), *before;
    const char *name = NULL;
    put(store, "a/1", 1, false, IRM_OK);
    put(store, "b", 2, false, IRM_OK);
    before = open_store(folder, false);
    write_in(folder, "tables/a%2F1.h5", "not HDF5");
    irm_store_free(store);
    store = open_store(folder, true);
    assert_int_equal(irm_store_count(store), 1);
    assert_true(value_in(store, "b") == 2);
    assert_int_equal(irm_store_damaged_count(store), 1);
    const irm_error *met = irm_store_damaged(store, 0, &name);
    assert_string_equal(name, "a/1");
    assert_non_null(strstr(met->file, "tables/a%2F1.h5"));
    const irm_table *schema;
    assert_int_equal(irm_store_need(store, "a/1", &schema, &test_error), IRM_STATUS_DATA);
    assert_string_equal(test_error.message, met->message);
    /* Replaced or removed, like any other; by one who saw it whole too. */
    put(store, "a/1", 3, false, IRM_STATUS_EXISTS);
    put(store, "a/1", 3, true, IRM_OK);
    assert_int_equal(irm_store_damaged_count(store), 0);
    assert_true(value_in(store, "a/1") == 3);
    write_in(folder, "tables/a%2F1.h5", "not HDF5");
    assert_ok(irm_store_remove(before, "a/1", &test_error));
    assert_int_equal(irm_store_count(before) + irm_store_damaged_count(before), 1);
    assert_int_equal(irm_store_remove(store, "a/1", &test_error), IRM_STATUS_NOT_FOUND);
    irm_store_free(before);
    irm_store_free(store);
    test_folder_remove(folder);
}

static void a_newer_store_is_told_so(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store = open_store(folder, true);
    irm_store_free(store);
    write_in(folder, "irminon-store", "irminon store, format 2\n");
    assert_int_equal(irm_store_open(folder, true, &store, &test_error),
                     IRM_STATUS_REFUSED);
    assert_non_null(strstr(test_error.message, "newer version"));
    write_in(folder, "irminon-store", "something else");
    assert_int_equal(irm_store_open(folder, true, &store, &test_error), IRM_STATUS_DATA);
    test_folder_remove(folder);
}

/* In a process of its own, which gives up the rights of root if it has them: nothing is
 * read-only to root. Returns the number of the first promise that fails, or 0. */
static int try_read_only(const char *folder) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
        return 1;
    }
    irm_store *store = NULL;
    irm_table table;
    irm_column *column;
    if (irm_store_open(folder, false, &store, &test_error) != IRM_OK ||
        irm_store_count(store) != 1) {
        return 2;
    }
    if (irm_store_read(store, "a", NULL, 0, &table, &test_error) != IRM_OK) {
        return 3;
    }
    if (irm_store_put(store, &table, true, &test_error) != IRM_STATUS_IO ||
        strstr(test_error.message, "cannot be changed") == NULL) {
        return 4;
    }
    if (irm_store_remove(store, "a", &test_error) != IRM_STATUS_IO) {
        return 5;
    }
    irm_table_clear(&table);
    if (irm_table_init(&table, "b", 1, &test_error) != IRM_OK ||
        irm_table_add(&table, "v", IRM_COLUMN_NUMBER, &column, &test_error) != IRM_OK ||
        irm_store_put(store, &table, false, &test_error) != IRM_STATUS_IO) {
        return 6;
    }
    return irm_store_count(store) == 1 ? 0 : 7;
}

static void a_read_only_store_is_read_and_not_changed(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store = open_store(folder, true);
    put(store, "a", 1, false, IRM_OK);
    irm_store_free(store);
    assert_int_equal(test_run(NULL, NULL, "chmod -R a+rX,a-w '%s'", folder), 0);
    pid_t child = fork();
    if (child == 0) {
        _exit(try_read_only(folder));
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(test_run(NULL, NULL, "chmod -R u+w '%s'", folder), 0);
    test_folder_remove(folder);
}

static void a_schema_without_data_is_not_written(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store = open_store(folder, true);
    put(store, "a", 1, false, IRM_OK);
    assert_int_equal(irm_store_put(store, irm_store_schema(store, 0), true, &test_error),
                     IRM_STATUS_USAGE);
    assert_true(value_in(store, "a") == 1);
    irm_store_free(store);
    test_folder_remove(folder);
}

static void text_that_is_not_utf8_is_refused(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store = open_store(folder, true);
    irm_table table;
    irm_column *column;
    assert_ok(irm_table_init(&table, "t", 1, &test_error));
    assert_ok(irm_table_add(&table, "c", IRM_COLUMN_CATEGORY, &column, &test_error));
    assert_ok(irm_dict_add(column->categories, irm_view_of("\xE9t\xE9"),
                           &column->codes[0], &test_error));
    assert_int_equal(irm_store_put(store, &table, false, &test_error), IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "UTF-8"));
    assert_int_equal(irm_store_count(store), 0);
    irm_table_clear(&table);
    irm_store_free(store);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_listed_by_name_replaced_and_removed),
        cmocka_unit_test(two_openings_see_each_other),
        cmocka_unit_test(any_name_can_be_a_table),
        cmocka_unit_test(a_stale_file_of_links_is_healed),
        cmocka_unit_test(what_a_crash_leaves_is_ignored_then_swept),
        cmocka_unit_test(what_is_not_a_store_is_refused),
        cmocka_unit_test(a_damaged_table_keeps_no_other_away),
        cmocka_unit_test(a_newer_store_is_told_so),
        cmocka_unit_test(a_read_only_store_is_read_and_not_changed),
        cmocka_unit_test(a_schema_without_data_is_not_written),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
