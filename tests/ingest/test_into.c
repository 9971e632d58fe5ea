/* Reading straight into a store, by blocks, gives the file that the whole table in memory
 * gives; and a full disk, a signal or a kill leaves the store as it was. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "irminon/descriptor.h"
#include "irminon/memory.h"
#include "irminon/store.h"
#include "support.h"

enum { ROWS = 200000 }; /* four blocks */

typedef struct bench {
    char *folder, *csv, *store;
    irm_registry *registry;
} bench;

static uint64_t draw(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 11;
}

/* Columns whose type shows late: more and more texts; numbers, then a text; a usual
 * marker, then numbers; one number in two spellings; blanks at the end; integers, then
 * decimals; and some that do not compress, so that the spool needs its file. */
static const char header[] = "GROWS,LATE,MARKED,TWICE,BLANK,DECIMAL,R1,R2,R3,R4\n";

static void write_row(FILE *to, size_t i, uint64_t *seed) {
    fprintf(to, "T%zu,", i % 1000 == 0 ? i / 2 : i % 100);
    fprintf(to, i == 150000 ? "x," : "%zu,", i % 90);
    fprintf(to, i == 3 || i == 170000 ? "nd," : "%zu,", i % 70);
    fprintf(to, i == 140000 ? "5.0," : "%zu,", i % 9);
    fprintf(to, i > 190000 ? "," : "%zu,", i % 50);
    fprintf(to, i > 100000 ? "%zu.5" : "%zu", i % 300);
    for (int k = 0; k < 4; k++) {
        fprintf(to, ",0.%016llu",
                (unsigned long long)(draw(seed) % UINT64_C(9007199254740993)));
    }
    fputc('\n', to);
}

static int set_up(void **state) {
    bench *on = calloc(1, sizeof *on);
    uint64_t seed = 5;
    on->folder = test_folder();
    on->csv = irm_path_join(on->folder, "rows.csv");
    on->store = irm_path_join(on->folder, "store");
    assert_ok(irm_registry_new(&on->registry, &test_error));
    FILE *to = fopen(on->csv, "w");
    assert_non_null(to);
    fputs(header, to);
    for (size_t i = 0; i < ROWS; i++) {
        write_row(to, i, &seed);
    }
    assert_int_equal(fclose(to), 0);
    *state = on;
    return 0;
}

static int tear_down(void **state) {
    bench *on = *state;
    irm_registry_free(on->registry);
    test_folder_remove(on->folder);
    irm_free(on->csv);
    irm_free(on->store);
    free(on);
    return 0;
}

static irm_status into(const bench *on, bool in_turn) {
    irm_ingest_options options = {.dataset = "rows@2020", .in_turn = in_turn};
    irm_store *store = NULL;
    irm_table table = {0};
    irm_status status = irm_store_open(on->store, true, &store, &test_error);
    if (status == IRM_OK) {
        status = irm_ingest_into(on->registry, on->csv, &options, NULL, store, true,
                                 &table, &test_error);
    }
    irm_table_clear(&table);
    irm_store_free(store);
    return status;
}

static void stored_bytes(const bench *on, irm_buffer *bytes) {
    char *path = irm_path_join(on->store, "tables/rows@2020.h5");
    bytes->size = 0;
    assert_ok(irm_read_file(path, bytes, &test_error));
    irm_free(path);
}

static void the_file_is_that_of_the_whole_table(void **state) {
    const bench *on = *state;
    irm_ingest_options options = {.dataset = "rows@2020"};
    irm_buffer stored = {0}, in_turn = {0}, whole = {0};
    irm_table table;
    char *path = irm_path_join(on->folder, "whole.h5");
    assert_ok(into(on, false));
    stored_bytes(on, &stored);
    assert_ok(into(on, true));
    stored_bytes(on, &in_turn);
    assert_ok(
        irm_ingest_file(on->registry, on->csv, &options, NULL, &table, &test_error));
    assert_ok(irm_table_write_hdf5(&table, path, &test_error));
    assert_ok(irm_read_file(path, &whole, &test_error));
    assert_int_equal(stored.size, whole.size);
    assert_memory_equal(stored.data, whole.data, whole.size);
    assert_int_equal(in_turn.size, whole.size);
    assert_memory_equal(in_turn.data, whole.data, whole.size);
    irm_table_clear(&table);
    irm_buffer_clear(&stored);
    irm_buffer_clear(&in_turn);
    irm_buffer_clear(&whole);
    irm_free(path);
}

static const irm_column *column_of(const irm_table *table, const char *name) {
    irm_column *column = NULL;
    assert_ok(irm_table_need(table, name, &column, &test_error));
    return column;
}

static void every_cell_comes_back(void **state) {
    const bench *on = *state;
    irm_store *store;
    irm_table table;
    assert_ok(into(on, false));
    assert_ok(irm_store_open(on->store, false, &store, &test_error));
    assert_ok(irm_store_read(store, "rows@2020", NULL, 0, &table, &test_error));
    const irm_column *grows = column_of(&table, "GROWS"),
                     *late = column_of(&table, "LATE"),
                     *marked = column_of(&table, "MARKED"),
                     *twice = column_of(&table, "TWICE"),
                     *blank = column_of(&table, "BLANK"),
                     *decimal = column_of(&table, "DECIMAL");
    assert_int_equal(table.n_rows, ROWS);
    assert_int_equal(late->type, IRM_COLUMN_CATEGORY);
    assert_int_equal(marked->type, IRM_COLUMN_NUMBER);
    for (size_t i = 0; i < ROWS; i++) {
        char text[32];
        snprintf(text, sizeof text, "T%zu", i % 1000 == 0 ? i / 2 : i % 100);
        assert_string_equal(irm_column_label(grows, i), text);
        snprintf(text, sizeof text, "%zu", i % 90);
        assert_string_equal(irm_column_label(late, i), i == 150000 ? "x" : text);
        bool nd = i == 3 || i == 170000;
        assert_int_equal(irm_column_state(marked, i),
                         nd ? IRM_STATE_MISSING : IRM_STATE_VALUE);
        assert_true(nd || marked->values[i] == (double)(i % 70));
        assert_true(twice->values[i] == (i == 140000 ? 5.0 : (double)(i % 9)));
        assert_true(i > 190000 ? isnan(blank->values[i])
                               : blank->values[i] == (double)(i % 50));
        assert_true(decimal->values[i] == (double)(i % 300) + (i > 100000 ? 0.5 : 0));
    }
    irm_table_clear(&table);
    irm_store_free(store);
}

/* Files of the store, and the bytes of its table. */
static void snapshot(const bench *on, irm_buffer *all) {
    all->size = 0;
    assert_int_equal(
        test_run(all, NULL, "cd '%s' && find . -type f | LC_ALL=C sort | xargs cksum",
                 on->store),
        0);
}

static int within(const bench *on, rlim_t limit) {
    const struct rlimit bound = {limit, limit};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &bound) != 0) {
        return 2;
    }
    return into(on, false) == IRM_STATUS_IO && strstr(test_error.message, "write") != NULL
               ? 0
               : 3;
}

/* 1 MB: the temporary file does not fit; 4 MB: the table's does not. */
static void a_full_disk_leaves_the_store_as_it_was(void **state) {
    const bench *on = *state;
    static const rlim_t limits[] = {1 << 20, 4 << 20};
    irm_buffer was = {0}, is = {0};
    assert_ok(into(on, false));
    snapshot(on, &was);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            _exit(within(on, limits[i]));
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        snapshot(on, &is);
        assert_string_equal(is.data, was.data);
    }
    irm_buffer_clear(&was);
    irm_buffer_clear(&is);
}

/* The pipe stays open after half of the file, so that the signal meets the reading. */
static void a_signal_leaves_the_store_as_it_was(void **state) {
    const bench *on = *state;
    static const char *const signals[] = {"TERM",
                                          "KILL"}; /* sh has its jobs ignore INT */
    irm_buffer was = {0}, is = {0};
    assert_ok(into(on, false));
    snapshot(on, &was);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        int code = test_run(
            NULL, NULL,
            "cd '%s' && rm -f pipe && mkfifo pipe && (head -c 10000000 rows.csv; sleep "
            "1) "
            ">pipe & cd '%s'; sleep 0.2; '%s' ingest -q --replace store - -d rows@2020 "
            "<pipe & p=$!; sleep 0.5; kill -%s $p; wait $p",
            on->folder, on->folder, IRMINON_PROGRAM, signals[i]);
        assert_int_not_equal(code, 0);
        snapshot(on, &is);
        assert_string_equal(is.data, was.data);
    }
    irm_buffer_clear(&was);
    irm_buffer_clear(&is);
}

static void a_pipe_gives_the_table_that_the_file_gives(void **state) {
    const bench *on = *state;
    irm_buffer file = {0}, pipe = {0};
    assert_ok(into(on, false));
    stored_bytes(on, &file);
    assert_int_equal(
        test_run(NULL, NULL,
                 "gzip -1 -c '%s' | '%s' ingest -q --replace '%s' - -d rows@2020",
                 on->csv, IRMINON_PROGRAM, on->store),
        0);
    stored_bytes(on, &pipe);
    /* But for the name of its source. */
    assert_true(pipe.size > file.size * 99 / 100 && pipe.size < file.size * 101 / 100);
    irm_buffer_clear(&file);
    irm_buffer_clear(&pipe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_is_that_of_the_whole_table),
        cmocka_unit_test(every_cell_comes_back),
        cmocka_unit_test(a_full_disk_leaves_the_store_as_it_was),
        cmocka_unit_test(a_signal_leaves_the_store_as_it_was),
        cmocka_unit_test(a_pipe_gives_the_table_that_the_file_gives),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
