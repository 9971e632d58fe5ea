/* Every allocation made to fail in turn, and a disk that fills up: an error each time,
 * and the store as it was. */
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "irminon/memory.h"
#include "irminon/store.h"
#include "support.h"

static void build(irm_table *table, double value) {
    assert_ok(irm_table_init(table, "t", 4, &test_error));
    assert_ok(irm_attributes_set(&table->attributes, "title", "Titre", &test_error));
    irm_column *column;
    uint8_t mark;
    assert_ok(irm_table_add(table, "number", IRM_COLUMN_NUMBER, &column, &test_error));
    assert_ok(irm_column_marker(column, "s", IRM_STATE_SECRET, 0, 5, &mark, &test_error));
    assert_ok(irm_column_mark(column, 4, 1, mark, &test_error));
    column->values[0] = value;
    assert_ok(
        irm_table_add(table, "category", IRM_COLUMN_CATEGORY, &column, &test_error));
    assert_ok(irm_dict_add(column->categories, irm_view_of("un"), &column->codes[2],
                           &test_error));
    assert_ok(irm_table_add(table, "bytes", IRM_COLUMN_BYTES, &column, &test_error));
    column->bytes = irm_calloc(4, 1);
    for (size_t i = 1; i <= 4; i++) {
        column->offsets[i] = i;
    }
}

/* The bytes of every file of the store and their names, as one text. */
static void snapshot(const char *folder, irm_buffer *all) {
    assert_int_equal(
        test_run(all, NULL, "cd '%s' && find . -type f | LC_ALL=C sort | xargs cksum",
                 folder),
        0);
}

static void no_allocation_that_fails_changes_the_store(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store;
    irm_table before, after;
    irm_buffer was = {0}, is = {0};
    build(&before, 1);
    build(&after, 2);
    assert_ok(irm_store_open(folder, true, &store, &test_error));
    irm_store_set_threads(store, 1);
    assert_ok(irm_store_put(store, &before, false, &test_error));
    snapshot(folder, &was);
    bool reached = true;
    size_t n = 1;
    for (; reached; n++) {
        irm_memory_fail_after(n);
        irm_status status = irm_store_put(store, &after, true, &test_error);
        reached = irm_memory_fail_after(0) >= n;
        if (status == IRM_OK && reached) {
            /* The failure met a convenience, such as sweeping. */
            assert_ok(irm_store_put(store, &before, true, &test_error));
        } else if (status != IRM_OK) {
            assert_int_equal(status, IRM_STATUS_NO_MEMORY);
            assert_int_equal(irm_store_count(store), 1);
        }
        if (status != IRM_OK && n % 10 == 0) {
            snapshot(folder, &is);
            assert_string_equal(is.data, was.data);
        }
    }
    assert_true(n > 60);
    irm_table read;
    assert_ok(irm_store_read(store, "t", NULL, 0, &read, &test_error));
    assert_true(read.columns[0].values[0] == 2);
    irm_table_clear(&read);
    irm_table_clear(&before);
    irm_table_clear(&after);
    irm_buffer_clear(&was);
    irm_buffer_clear(&is);
    irm_store_free(store);
    test_folder_remove(folder);
}

static void no_allocation_that_fails_while_reading_is_missed(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store;
    irm_table table, read;
    build(&table, 1);
    assert_ok(irm_store_open(folder, true, &store, &test_error));
    assert_ok(irm_store_put(store, &table, false, &test_error));
    irm_store_free(store);
    bool reached = true;
    for (size_t n = 1; reached; n++) {
        store = NULL;
        read = (irm_table){0};
        irm_memory_fail_after(n);
        irm_status status = irm_store_open(folder, false, &store, &test_error);
        if (status == IRM_OK) {
            irm_store_set_threads(store, 1);
            status = irm_store_read(store, "t", NULL, 0, &read, &test_error);
        }
        reached = irm_memory_fail_after(0) >= n;
        if (status == IRM_OK) {
            assert_int_equal(read.n_columns, 3);
            assert_true(read.columns[0].values[0] == 1);
        } else {
            assert_int_equal(status, IRM_STATUS_NO_MEMORY);
        }
        irm_table_clear(&read);
        irm_store_free(store);
    }
    irm_table_clear(&table);
    test_folder_remove(folder);
}

static void no_allocation_that_fails_spoils_a_removal(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store;
    irm_table table;
    build(&table, 1);
    assert_ok(irm_store_open(folder, true, &store, &test_error));
    assert_ok(irm_store_put(store, &table, false, &test_error));
    bool reached = true;
    for (size_t n = 1; reached; n++) {
        irm_memory_fail_after(n);
        irm_status status = irm_store_remove(store, "t", &test_error);
        reached = irm_memory_fail_after(0) >= n;
        assert_int_equal(irm_store_count(store), status == IRM_OK ? 0 : 1);
        if (status == IRM_OK) {
            assert_ok(irm_store_put(store, &table, false, &test_error));
        }
    }
    irm_table_clear(&table);
    irm_store_free(store);
    test_folder_remove(folder);
}

/* In a process of its own whose files cannot pass `limit` bytes, as on a disk that is
 * full; returns the number of the first promise that fails, or 0. */
static int put_within(const char *folder, const irm_table *table, rlim_t limit) {
    irm_store *store = NULL;
    if (irm_store_open(folder, true, &store, &test_error) != IRM_OK) {
        return 1;
    }
    const struct rlimit bound = {limit, limit};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &bound) != 0) {
        return 2;
    }
    irm_status status = irm_store_put(store, table, true, &test_error);
    if (status == IRM_OK) {
        return 100;
    }
    if (status != IRM_STATUS_IO || strstr(test_error.message, "cannot write") == NULL) {
        return 3;
    }
    return irm_store_count(store) == 1 ? 0 : 4;
}

static void a_full_disk_leaves_the_store_as_it_was(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_store *store;
    irm_table before, after;
    irm_buffer was = {0}, is = {0};
    build(&before, 1);
    build(&after, 2);
    assert_ok(irm_store_open(folder, true, &store, &test_error));
    assert_ok(irm_store_put(store, &before, false, &test_error));
    irm_store_free(store);
    snapshot(folder, &was);
    int code = 0;
    size_t tried = 0;
    for (rlim_t limit = 0; code == 0; limit += 1500, tried++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            _exit(put_within(folder, &after, limit));
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        code = WEXITSTATUS(status);
        if (code == 0) {
            snapshot(folder, &is);
            assert_string_equal(is.data, was.data);
        }
    }
    assert_int_equal(code, 100); /* enough room in the end */
    assert_true(tried > 3);
    assert_int_equal(irm_table_write_hdf5(&after, "/dev/full/x.h5", &test_error),
                     IRM_STATUS_IO);
    irm_table_clear(&before);
    irm_table_clear(&after);
    irm_buffer_clear(&was);
    irm_buffer_clear(&is);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_allocation_that_fails_changes_the_store),
        cmocka_unit_test(no_allocation_that_fails_while_reading_is_missed),
        cmocka_unit_test(no_allocation_that_fails_spoils_a_removal),
        cmocka_unit_test(a_full_disk_leaves_the_store_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
