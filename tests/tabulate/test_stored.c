#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/describe.h"
#include "irminon/memory.h"
#include "irminon/tabulate.h"
#include "support.h"

enum { N = 140000 };

static uint64_t next(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void add_code(irm_column *column, size_t row, const char *format, uint64_t value) {
    char text[32];
    snprintf(text, sizeof text, format, (unsigned)value);
    assert_ok(irm_dict_add(column->categories, irm_view_of(text), &column->codes[row],
                           &test_error));
}

/* Persons grouped by commune (or in any order), with weights of all their decimals. */
static irm_table persons(size_t n, bool grouped, double spread) {
    static const char *const names[] = {"COM", "SEX", "DIPL", "AGE", "BIRTH",
                                        "W",   "PAY", "WHEN", "ANY"};
    irm_table table;
    irm_column *c[9];
    uint64_t state = 7;
    assert_ok(irm_table_init(&table, "persons@2021", n, &test_error));
    for (size_t i = 0; i < 9; i++) {
        assert_ok(irm_table_add(&table, names[i],
                                i < 3 ? IRM_COLUMN_CATEGORY : IRM_COLUMN_NUMBER, &c[i],
                                &test_error));
    }
    for (size_t i = 0; i < 9; i++) {
        c[i] = &table.columns[i];
    }
    uint8_t secret = 0;
    assert_ok(irm_column_marker(c[6], "s", IRM_STATE_SECRET, 0, INFINITY, &secret,
                                &test_error));
    for (size_t row = 0; row < n; row++) {
        uint64_t commune = grouped ? row / 37 * 7919 % 40009 : next(&state) % 40009;
        add_code(c[0], row, "%05u", commune);
        if (next(&state) % 50 != 0) {
            add_code(c[1], row, "%u", 1 + next(&state) % 2);
        }
        add_code(c[2], row, "%02u", next(&state) % 20);
        c[3]->values[row] = (double)(next(&state) % 104);
        c[4]->values[row] =
            next(&state) % 9 == 0 ? NAN : (double)(1900 + next(&state) % 120);
        c[5]->values[row] = exp(spread * ((double)next(&state) / 0x1p31 - 0.5));
        c[6]->values[row] = (double)(next(&state) % 100000) / 100;
        if (next(&state) % 30 == 0) {
            c[6]->values[row] = NAN;
            assert_ok(irm_column_mark(c[6], n, row, secret, &test_error));
        }
        c[7]->values[row] = 20190000 + (double)(next(&state) % 400);
        c[8]->values[row] = (double)(next(&state)) * 3;
    }
    return table;
}

typedef struct kept {
    char *folder;
    irm_store *store;
    irm_table table;
} kept;

static kept keep(irm_table table) {
    kept made = {.folder = test_folder(), .table = table};
    char path[512];
    snprintf(path, sizeof path, "%s/s", made.folder);
    assert_ok(irm_store_open(path, true, &made.store, &test_error));
    assert_ok(irm_store_put(made.store, &made.table, true, &test_error));
    return made;
}

static void drop(kept *made) {
    irm_store_free(made->store);
    irm_table_clear(&made->table);
    test_folder_remove(made->folder);
}

static void assert_same(const irm_table *a, const irm_table *b) {
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    for (size_t c = 0; c < a->n_columns; c++) {
        const irm_column *x = &a->columns[c], *y = &b->columns[c];
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->type, y->type);
        if (x->type == IRM_COLUMN_NUMBER) {
            for (size_t i = 0; i < a->n_rows; i++) {
                if (isnan(x->values[i]) && isnan(y->values[i])) {
                    continue;
                }
                assert_memory_equal(&x->values[i], &y->values[i], sizeof(double));
            }
            continue;
        }
        assert_memory_equal(x->codes, y->codes, a->n_rows * sizeof *x->codes);
        assert_int_equal(irm_dict_count(x->categories), irm_dict_count(y->categories));
        for (size_t i = 0; i < irm_dict_count(x->categories); i++) {
            assert_string_equal(irm_dict_text(x->categories, (int32_t)i),
                                irm_dict_text(y->categories, (int32_t)i));
        }
    }
}

/* What tabulating the whole table in memory gives is what blocks and threads must give.
 */
static void assert_as_in_memory(const kept *data, const irm_tabulation *asked) {
    irm_table expected;
    assert_ok(irm_tabulate(&data->table, asked, &expected, &test_error));
    for (size_t threads = 1; threads <= 4; threads++) {
        irm_table result;
        assert_ok(irm_tabulate_stored(data->store, data->table.name, asked, threads,
                                      &result, &test_error));
        assert_same(&expected, &result);
        irm_table_clear(&result);
    }
    irm_table_clear(&expected);
}

static void compare_many(const kept *data) {
    static const char *const by[] = {"COM", "SEX", "AGE", "DIPL", "BIRTH", "WHEN"};
    static const char *const sums[] = {"PAY", "W", "WHEN", "ANY"};
    irm_where *where;
    assert_ok(
        irm_where_parse("AGE >= 18 and (SEX = 2 or BIRTH in 1950..1980) and "
                        "not DIPL in (03, 04)",
                        &where, &test_error));
    irm_where *few;
    assert_ok(
        irm_where_parse("(COM in (00000, 07919) or COM in 39000..40000 and AGE < 20) "
                        "and not WHEN > 20190390",
                        &few, &test_error));
    irm_tabulation asked[] = {
        {.n_by = 0},
        {.by = by, .n_by = 5, .weight = "W", .where = few},
        {.by = by + 1, .n_by = 1, .weight = "W", .where = few},
        {.n_by = 0, .weight = "W"},
        {.by = by, .n_by = 3, .weight = "W"},
        {.by = by + 3, .n_by = 2, .sums = sums, .n_sums = 4},
        {.by = by + 3, .n_by = 3, .weight = "W"},
        {.by = by, .n_by = 5, .weight = "PAY"},
        {.by = by, .n_by = 2, .weight = "W", .where = where},
        {.by = by + 1, .n_by = 1, .weight = "W", .where = where},
        {.by = by, .n_by = 3, .sums = sums, .n_sums = 2, .where = where},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        assert_as_in_memory(data, &asked[i]);
    }
    irm_where_free(few);
    irm_where_free(where);
}

static void blocks_and_threads_give_what_memory_gives(void **state) {
    (void)state;
    kept data = keep(persons(N, true, 6));
    compare_many(&data);
    drop(&data);
}

static void rows_in_any_order_too(void **state) {
    (void)state;
    kept data = keep(persons(N, false, 30));
    compare_many(&data);
    drop(&data);
}

/* Half a block of one cell, then rows that no tile holds, over blocks: what is sorted is first
 * half a block, then whole ones. */
static void tiles_of_any_size_too(void **state) {
    (void)state;
    enum { BLOCK = 65536 };
    irm_table table;
    irm_column *column;
    uint64_t seed = 3;
    static const char *const by[] = {"A", "B"};
    assert_ok(irm_table_init(&table, "tiles@2021", 3 * BLOCK, &test_error));
    for (size_t c = 0; c < 2; c++) {
        assert_ok(irm_table_add(&table, by[c], IRM_COLUMN_NUMBER, &column, &test_error));
        for (size_t row = 0; row < table.n_rows; row++) {
            bool dense = row < BLOCK / 2;
            uint64_t value = c == 0 ? row / 8 : next(&seed) % 5000;
            column->values[row] = dense ? 0 : (double)value;
        }
    }
    kept data = keep(table);
    assert_as_in_memory(&data, &(irm_tabulation){.by = by, .n_by = 2});
    drop(&data);
}

static void sums_of_very_unlike_numbers_too(void **state) {
    (void)state;
    static const char *const by[] = {"SEX"};
    kept data = keep(persons(3000, false, 1300));
    irm_tabulation asked = {.by = by, .n_by = 1, .weight = "W"};
    assert_as_in_memory(&data, &asked);
    drop(&data);
}

static void check_told_ranges(const irm_cursor *cursor) {
    irm_cursor_buffer *buffer;
    assert_ok(irm_cursor_buffer_new(cursor, &buffer, &test_error));
    for (size_t block = 0; block < irm_cursor_blocks(cursor); block++) {
        irm_cell_block cells;
        int64_t low = -9, high = -9;
        assert_true(irm_cursor_range(cursor, block, 0, &low, &high));
        assert_ok(irm_cursor_read(cursor, block, 0, buffer, &cells, &test_error));
        assert_int_equal(low, cells.low);
        assert_int_equal(high, cells.high);
        assert_false(irm_cursor_range(cursor, block, 1, &low, &high)); /* in no order */
        assert_false(irm_cursor_range(cursor, block, 2, &low, &high)); /* numbers */
    }
    irm_cursor_buffer_free(buffer);
}

static void a_grouped_column_of_several_blocks_tells_the_codes_of_each(void **state) {
    (void)state;
    static const char *const names[] = {"COM", "SEX", "AGE"};
    static const size_t rows[] = {N, 65537, 131072};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kept data = keep(persons(rows[i], true, 1));
        irm_cursor *cursor;
        assert_ok(
            irm_cursor_open(data.store, data.table.name, names, 3, &cursor, &test_error));
        check_told_ranges(cursor);
        irm_cursor_free(cursor);
        drop(&data);
    }
}

static void an_empty_table_gives_no_group(void **state) {
    (void)state;
    static const char *const by[] = {"SEX", "AGE"};
    kept data = keep(persons(0, true, 1));
    irm_tabulation asked = {.by = by, .n_by = 2, .weight = "W"};
    irm_table result;
    assert_ok(irm_tabulate_stored(data.store, data.table.name, &asked, 2, &result,
                                  &test_error));
    assert_int_equal(result.n_rows, 0);
    irm_table_clear(&result);
    drop(&data);
}

static double number_at(const irm_table *table, const char *column, size_t row) {
    irm_column *found;
    assert_ok(irm_table_need(table, column, &found, &test_error));
    return found->values[row];
}

static void bands_recodes_and_totals_add_up(void **state) {
    (void)state;
    static const char *const by[] = {"AGE", "SEX"};
    static const char *const from[] = {"1", "2"}, *const to[] = {"men", "women"};
    const irm_regroup regroups[] = {{.column = "AGE", .band = 25},
                                    {.column = "SEX", .from = from, .to = to, .n = 2}};
    kept data = keep(persons(70000, true, 2));
    irm_tabulation asked = {.by = by,
                            .n_by = 2,
                            .weight = "W",
                            .regroups = regroups,
                            .n_regroups = 2,
                            .totals = true,
                            .precision = true};
    irm_table result, whole;
    assert_ok(irm_tabulate_stored(data.store, data.table.name, &asked, 2, &result,
                                  &test_error));
    asked = (irm_tabulation){.weight = "W"};
    assert_ok(irm_tabulate(&data.table, &asked, &whole, &test_error));
    assert_int_equal(result.n_rows,
                     6 * 4); /* 5 bands and a total; none, two and a total */
    assert_string_equal(irm_column_label(&result.columns[0], 0), "000-024");
    assert_string_equal(irm_column_label(&result.columns[1], 1), "men");
    size_t last = result.n_rows - 1;
    assert_string_equal(irm_column_label(&result.columns[0], last), "total");
    assert_true(number_at(&result, "value", last) == number_at(&whole, "value", 0));
    assert_true(number_at(&result, "rows", last) == 70000);
    double rows = 0;
    for (size_t i = 0; i < last - 3; i++) {
        rows += strcmp(irm_column_label(&result.columns[1], i), "total") == 0
                    ? 0
                    : number_at(&result, "rows", i);
    }
    assert_true(rows == 70000);
    assert_true(number_at(&result, "deff", last) > 1);
    irm_table_clear(&result);
    irm_table_clear(&whole);
    drop(&data);
}

static int by_value(const void *a, const void *b) {
    const irm_weighted *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

static void means_and_quantiles_are_those_of_the_rows(void **state) {
    (void)state;
    static const char *const by[] = {"SEX"}, *const means[] = {"BIRTH", "DIPL"};
    const irm_quantile_of quantiles[] = {
        {"BIRTH", 0.3, "q"}, {"DIPL", 0.5, "m"}, {"PAY", 0.9, "d"}};
    kept data = keep(persons(70000, false, 2));
    irm_tabulation asked = {.by = by,
                            .n_by = 1,
                            .weight = "W",
                            .means = means,
                            .n_means = 2,
                            .quantiles = quantiles,
                            .n_quantiles = 3};
    irm_table result;
    assert_ok(irm_tabulate_stored(data.store, data.table.name, &asked, 2, &result,
                                  &test_error));
    irm_weighted *cells = irm_calloc(70000, sizeof *cells);
    for (size_t g = 0; g < result.n_rows; g++) {
        for (int column = 0; column < 3; column++) {
            static const int places[] = {4, 2, 6};
            static const double levels[] = {0.3, 0.5, 0.9};
            static const char *const names[] = {"q", "m", "d"};
            const irm_column *of = &data.table.columns[places[column]];
            double sum = 0, weight = 0;
            size_t n = 0;
            for (size_t row = 0; row < 70000; row++) {
                double w = data.table.columns[5].values[row];
                double v =
                    column != 1 ? of->values[row] : atof(irm_column_label(of, row));
                if (strcmp(irm_column_label(&data.table.columns[1], row),
                           irm_column_label(&result.columns[0], g)) == 0 &&
                    !isnan(v)) {
                    cells[n++] = (irm_weighted){v, w};
                    sum += w * v;
                    weight += w;
                }
            }
            qsort(cells, n, sizeof *cells, by_value);
            double quantile = number_at(&result, names[column], g);
            double expected = irm_quantile_weighted(cells, n, levels[column]);
            assert_true(fabs(quantile - expected) < 1e-6);
            if (column < 2) {
                const char *name = column == 0 ? "mean_BIRTH" : "mean_DIPL";
                assert_true(fabs(number_at(&result, name, g) - sum / weight) < 1e-8);
            }
        }
    }
    irm_free(cells);
    irm_table_clear(&result);
    drop(&data);
}

static void a_stored_table_is_described_as_in_memory(void **state) {
    (void)state;
    kept data = keep(persons(70000, false, 2));
    for (int weighted = 0; weighted < 2; weighted++) {
        const char *weight = weighted ? "W" : NULL;
        irm_table expected, result;
        assert_ok(irm_describe_table(&data.table, weight, &expected, &test_error));
        assert_ok(irm_describe_stored(data.store, data.table.name, weight, &result,
                                      &test_error));
        assert_same(&expected, &result);
        irm_table_clear(&expected);
        irm_table_clear(&result);
    }
    drop(&data);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    static const char *const by[] = {"SEX"}, *const pay[] = {"PAY"};
    static const char *const from[] = {"1"}, *const to[] = {"men"};
    const irm_regroup regroup = {.column = "SEX", .from = from, .to = to, .n = 1};
    kept data = keep(persons(500, false, 2));
    irm_table result;
    irm_tabulation asked[] = {
        {.by = by, .n_by = 1, .regroups = &regroup, .n_regroups = 1},
        {.by = pay, .n_by = 1},
    };
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(irm_tabulate_stored(data.store, data.table.name, &asked[i], 2,
                                             &result, &test_error),
                         IRM_STATUS_DATA);
    }
    asked[0] = (irm_tabulation){.weight = "W", .sums = pay, .n_sums = 1};
    assert_int_equal(irm_tabulate_stored(data.store, data.table.name, &asked[0], 2,
                                         &result, &test_error),
                     IRM_STATUS_USAGE);
    drop(&data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_threads_give_what_memory_gives),
        cmocka_unit_test(rows_in_any_order_too),
        cmocka_unit_test(tiles_of_any_size_too),
        cmocka_unit_test(sums_of_very_unlike_numbers_too),
        cmocka_unit_test(a_grouped_column_of_several_blocks_tells_the_codes_of_each),
        cmocka_unit_test(an_empty_table_gives_no_group),
        cmocka_unit_test(bands_recodes_and_totals_add_up),
        cmocka_unit_test(means_and_quantiles_are_those_of_the_rows),
        cmocka_unit_test(a_stored_table_is_described_as_in_memory),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
