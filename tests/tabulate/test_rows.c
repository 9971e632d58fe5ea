#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/write.h"
#include "support.h"

/* Ten blocks: several parts, where communes are in order. */
enum { N = 600000 };

static const char *const names[] = {"COM", "SEX", "AGE", "JOB", "W", "PAY"};

static uint64_t next(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Communes in the order of their codes, one of them over more than two blocks, and rows
 * without one at first; or in any order. Pay is hidden for a few of the last rows. */
static uint64_t commune_of(size_t row, bool ordered, uint64_t *state) {
    uint64_t any = next(state) % 9000;
    if (!ordered) {
        return any;
    }
    return row < 300000 ? row / 60 : row < 420000 ? 5000 : 5001 + (row - 420000) / 70;
}

static void add_label(irm_column *column, size_t row, const char *format,
                      uint64_t value) {
    char text[32];
    snprintf(text, sizeof text, format, (unsigned)value);
    assert_ok(irm_dict_add(column->categories, irm_view_of(text), &column->codes[row],
                           &test_error));
}

static irm_table people(size_t n, bool ordered, double spread) {
    irm_table table;
    irm_column *c[6];
    uint64_t state = 11;
    uint8_t secret = 0;
    assert_ok(irm_table_init(&table, "people@2021", n, &test_error));
    for (size_t i = 0; i < 6; i++) {
        assert_ok(irm_table_add(&table, names[i],
                                i < 4 ? IRM_COLUMN_CATEGORY : IRM_COLUMN_NUMBER, &c[0],
                                &test_error));
    }
    for (size_t i = 0; i < 6; i++) {
        c[i] = &table.columns[i];
    }
    assert_ok(irm_column_marker(c[5], "s", IRM_STATE_SECRET, 0, INFINITY, &secret,
                                &test_error));
    for (size_t row = 0; row < n; row++) {
        uint64_t commune = commune_of(row, ordered, &state);
        if (row >= 5) {
            add_label(c[0], row, "%05u", commune);
        }
        add_label(c[1], row, "%u", 1 + next(&state) % 2);
        add_label(c[2], row, "%03u", next(&state) % 104);
        add_label(c[3], row, "job %u", next(&state) % 30);
        c[4]->values[row] = exp(spread * ((double)next(&state) / 0x1p31 - 0.5));
        c[5]->values[row] = (double)(next(&state) % 100000) / 100;
        if (row + 1000 > n && row % 7 == 0) {
            c[5]->values[row] = NAN;
            assert_ok(irm_column_mark(c[5], n, row, secret, &test_error));
        }
    }
    return table;
}

typedef struct world {
    char *folder;
    irm_store *store;
} world;

static world make(size_t n, bool ordered, double spread) {
    world made = {.folder = test_folder()};
    char path[512];
    irm_table table = people(n, ordered, spread);
    snprintf(path, sizeof path, "%s/s", made.folder);
    assert_ok(irm_store_open(path, true, &made.store, &test_error));
    assert_ok(irm_store_put(made.store, &table, true, &test_error));
    irm_table_clear(&table);
    return made;
}

static void drop(world *made) {
    irm_store_free(made->store);
    test_folder_remove(made->folder);
}

static void in_one_table(const world *w, const irm_tabulation *asked, const char *file,
                         const char *locale) {
    irm_tabulation whole = *asked;
    whole.memory = (size_t)1 << 40;
    irm_table result;
    assert_ok(
        irm_tabulate_stored(w->store, "people@2021", &whole, 2, &result, &test_error));
    assert_ok(irm_table_write_in(&result, file, locale, 2, &test_error));
    irm_table_clear(&result);
}

static irm_status row_by_row(const world *w, const irm_tabulation *asked, size_t threads,
                             const char *file, const char *locale) {
    irm_row_writer *writer;
    assert_ok(irm_row_writer_open(file, locale, &writer, &test_error));
    irm_row_sink sink = irm_row_writer_sink(writer);
    irm_status status =
        irm_tabulate_rows(w->store, "people@2021", asked, threads, &sink, &test_error);
    return irm_row_writer_close(writer, status, &test_error);
}

static void assert_same_file(const char *a, const char *b) {
    irm_buffer x = {0}, y = {0};
    assert_ok(irm_read_file(a, &x, &test_error));
    assert_ok(irm_read_file(b, &y, &test_error));
    assert_true(x.size > 0);
    assert_int_equal(x.size, y.size);
    assert_memory_equal(x.data, y.data, x.size);
    irm_buffer_clear(&x);
    irm_buffer_clear(&y);
}

/* Rows written as they are made, without a bound and with one of some kilobytes. */
static void assert_rows_as_table(const world *w, const irm_tabulation *asked,
                                 const char *extension, const char *locale) {
    static const size_t bounds[] = {0, 1 << 20, 100000};
    char expected[512], got[512];
    snprintf(expected, sizeof expected, "%s/a%s", w->folder, extension);
    snprintf(got, sizeof got, "%s/b%s", w->folder, extension);
    in_one_table(w, asked, expected, locale);
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        irm_tabulation bound = *asked;
        bound.memory = bounds[i];
        assert_ok(row_by_row(w, &bound, i + 1, got, locale));
        assert_same_file(expected, got);
    }
}

static void compare_all(const world *w) {
    static const char *const by[] = {"COM", "SEX", "AGE", "JOB"};
    static const char *const other[] = {"JOB", "AGE", "COM"};
    static const char *const sums[] = {"W", "PAY"}, *const pay[] = {"PAY"};
    irm_where *where;
    assert_ok(irm_where_parse("AGE >= 018 and COM in 04990..05100", &where, &test_error));
    const irm_regroup regroup = {.column = "AGE", .band = 10};
    const irm_tabulation asked[] = {
        {.n_by = 0},
        {.by = by, .n_by = 3, .weight = "W"},
        {.by = by,
         .n_by = 4,
         .weight = "W",
         .means = pay,
         .n_means = 1,
         .precision = true},
        {.by = by, .n_by = 3, .weight = "W", .regroups = &regroup, .n_regroups = 1},
        {.by = other, .n_by = 3, .sums = sums, .n_sums = 2},
        {.by = by, .n_by = 2, .sums = sums, .n_sums = 2},
        {.by = by, .n_by = 3, .weight = "W", .where = where},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        assert_rows_as_table(w, &asked[i], ".csv", i % 2 == 0 ? NULL : "fr");
    }
    assert_rows_as_table(w, &asked[6], ".json", NULL);
    assert_rows_as_table(w, &asked[0], ".json", NULL);
    irm_where_free(where);
}

static void rows_given_as_made_are_those_of_the_table(void **state) {
    (void)state;
    world w = make(N, true, 6);
    compare_all(&w);
    drop(&w);
}

static void rows_in_any_order_too(void **state) {
    (void)state;
    world w = make(N / 4, false, 12);
    compare_all(&w);
    drop(&w);
}

static void sums_of_very_unlike_numbers_too(void **state) {
    (void)state;
    static const char *const by[] = {"COM", "SEX"};
    world w = make(20000, true, 1300);
    irm_tabulation asked = {.by = by, .n_by = 2, .weight = "W"};
    assert_rows_as_table(&w, &asked, ".csv", NULL);
    assert_rows_as_table(&w, &asked, ".json", NULL);
    drop(&w);
}

/* A table is held whole: the bound is what it takes, and cells still wait in a file. */
static void a_table_fits_in_its_bound_or_is_refused(void **state) {
    (void)state;
    static const char *const by[] = {"JOB", "AGE", "COM"};
    world w = make(N / 4, false, 2);
    irm_table result;
    irm_tabulation asked = {.by = by, .n_by = 3, .weight = "W"};
    char expected[512], got[512];
    snprintf(expected, sizeof expected, "%s/a.h5", w.folder);
    snprintf(got, sizeof got, "%s/b.h5", w.folder);
    in_one_table(&w, &asked, expected, NULL);
    assert_ok(
        irm_tabulate_stored(w.store, "people@2021", &asked, 2, &result, &test_error));
    size_t cells = result.n_rows;
    irm_table_clear(&result);
    for (size_t threads = 1; threads <= 4; threads++) {
        asked.memory = cells * 80;
        assert_ok(irm_tabulate_stored(w.store, "people@2021", &asked, threads, &result,
                                      &test_error));
        assert_ok(irm_table_write_in(&result, got, NULL, 1, &test_error));
        irm_table_clear(&result);
        assert_same_file(expected, got);
        asked.memory = cells * 60;
        assert_int_equal(irm_tabulate_stored(w.store, "people@2021", &asked, threads,
                                             &result, &test_error),
                         IRM_STATUS_REFUSED);
        assert_non_null(strstr(test_error.message, "--memory"));
    }
    drop(&w);
}

static void what_fails_leaves_no_file(void **state) {
    (void)state;
    static const char *const by[] = {"COM"}, *const sex[] = {"SEX"};
    world w = make(2000, true, 1);
    char file[512];
    snprintf(file, sizeof file, "%s/r.csv", w.folder);
    irm_tabulation asked[] = {{.by = by, .n_by = 1, .sums = sex, .n_sums = 1},
                              {.by = by, .n_by = 1, .totals = true}};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(row_by_row(&w, &asked[i], 2, file, NULL), IRM_STATUS_USAGE);
        assert_false(irm_path_exists(file));
    }
    drop(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_given_as_made_are_those_of_the_table),
        cmocka_unit_test(rows_in_any_order_too),
        cmocka_unit_test(sums_of_very_unlike_numbers_too),
        cmocka_unit_test(a_table_fits_in_its_bound_or_is_refused),
        cmocka_unit_test(what_fails_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
