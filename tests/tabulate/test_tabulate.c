#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/csv.h"
#include "irminon/memory.h"
#include "irminon/tabulate.h"
#include "support.h"

/* Reads a CSV into a table: columns named in `numeric` (space-separated) are numbers,
 * where "s" is secret and blank is missing; the others are categories, where blank is no
 * value. */
static void load(irm_table *table, irm_input *input, size_t n_rows, const char *numeric) {
    irm_csv *csv;
    const irm_csv_record *record;
    assert_ok(irm_csv_open(input, NULL, &csv, &test_error));
    assert_ok(irm_csv_next(csv, &record, &test_error));
    assert_ok(irm_table_init(table, "t", n_rows, &test_error));
    for (size_t i = 0; i < record->n_fields; i++) {
        char name[64];
        irm_column *column;
        snprintf(name, sizeof name, "%.*s", (int)record->fields[i].size,
                 record->fields[i].data);
        bool number = strstr(numeric, name) != NULL;
        assert_ok(irm_table_add(table, name,
                                number ? IRM_COLUMN_NUMBER : IRM_COLUMN_CATEGORY, &column,
                                &test_error));
    }
    for (size_t row = 0; row < n_rows; row++) {
        assert_ok(irm_csv_next(csv, &record, &test_error));
        assert_non_null(record);
        assert_int_equal(record->n_fields, table->n_columns);
        for (size_t i = 0; i < record->n_fields; i++) {
            irm_column *column = &table->columns[i];
            irm_view field = record->fields[i];
            uint8_t mark;
            if (column->type == IRM_COLUMN_CATEGORY) {
                assert_ok(field.size == 0
                              ? IRM_OK
                              : irm_dict_add(column->categories, field,
                                             &column->codes[row], &test_error));
            } else if (irm_view_equals(field, "s")) {
                assert_ok(irm_column_marker(column, "s", IRM_STATE_SECRET, 0, INFINITY,
                                            &mark, &test_error));
                assert_ok(irm_column_mark(column, n_rows, row, mark, &test_error));
            } else if (field.size > 0) {
                assert_true(irm_text_number(field, '.', &column->values[row], NULL));
            }
        }
    }
    assert_ok(irm_csv_next(csv, &record, &test_error));
    assert_null(record);
    irm_csv_free(csv);
}

static irm_table people(void) {
    static const char text[] =
        "SEX;AGE;DEP;W;PAY\n"
        "F;30;43;1.5;10\n"
        "M;20;43;2;s\n"
        "F;20;31;0.1;5\n"
        "F;30;43;0.2;\n"
        "M;;2A;4;7\n"
        ";20;31;8;1\n";
    irm_table table;
    irm_input *input;
    assert_ok(
        irm_input_open_memory(text, sizeof text - 1, "x", NULL, &input, &test_error));
    load(&table, input, 6, "AGE W PAY");
    irm_input_free(input);
    return table;
}

/* "name,name\nvalue,value\n": the whole table as text. */
static char *as_text(const irm_table *table) {
    irm_buffer out = {0};
    for (size_t i = 0; i < table->n_columns; i++) {
        irm_buffer_format(&out, "%s%s", i > 0 ? "," : "", table->columns[i].name);
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < table->n_columns; i++) {
            const irm_column *column = &table->columns[i];
            irm_buffer_text(&out, i > 0 ? "," : "\n");
            if (column->type == IRM_COLUMN_NUMBER) {
                irm_buffer_number(&out, column->values[row]);
            } else {
                irm_buffer_text(&out, irm_column_label(column, row));
            }
        }
    }
    return irm_buffer_take(&out);
}

static void tabulates(const irm_table *table, irm_tabulation tabulation,
                      const char *where, const char *expected) {
    irm_where *parsed = NULL;
    irm_table result;
    if (where != NULL) {
        assert_ok(irm_where_parse(where, &parsed, &test_error));
    }
    tabulation.where = parsed;
    assert_ok(irm_tabulate(table, &tabulation, &result, &test_error));
    char *text = as_text(&result);
    assert_string_equal(text, expected);
    free(text);
    irm_table_clear(&result);
    irm_where_free(parsed);
}

static void groups_come_out_sorted_with_rows_and_value(void **state) {
    (void)state;
    irm_table table = people();
    const char *dep[] = {"DEP"}, *two[] = {"AGE", "SEX"};
    tabulates(&table, (irm_tabulation){.by = dep, .n_by = 1}, NULL,
              "DEP,rows,value\n2A,1,1\n31,2,2\n43,3,3");
    tabulates(&table, (irm_tabulation){.by = two, .n_by = 2, .weight = "W"}, NULL,
              "AGE,SEX,rows,value\n,M,1,4\n20,,1,8\n20,F,1,0.1\n20,M,1,2\n30,F,2,1.7");
    tabulates(&table, (irm_tabulation){.weight = "W"}, "DEP = 43", "rows,value\n3,3.7");
    tabulates(&table, (irm_tabulation){0}, "DEP = 99", "rows,value\n0,0");
    tabulates(&table, (irm_tabulation){.by = dep, .n_by = 1}, "DEP = 99",
              "DEP,rows,value");
    irm_table_clear(&table);
}

static void hidden_cells_are_counted_not_added(void **state) {
    (void)state;
    irm_table table = people();
    const char *by[] = {"SEX"}, *sums[] = {"PAY", "W"}, *weights[] = {"W", "PAY"};
    tabulates(&table, (irm_tabulation){.by = by, .n_by = 1, .sums = sums, .n_sums = 2},
              NULL, "SEX,rows,value,W,hidden\n,1,1,8,0\nF,3,15,1.8,1\nM,2,7,6,1");
    tabulates(&table, (irm_tabulation){.by = by, .n_by = 1, .sums = weights, .n_sums = 1},
              NULL, "SEX,rows,value\n,1,8\nF,3,1.8\nM,2,6");
    irm_table_clear(&table);
}

static void impossible_tabulations_are_refused(void **state) {
    (void)state;
    irm_table table = people(), result;
    const char *fraction[] = {"W"}, *unknown[] = {"DEPT"}, *category[] = {"SEX"};
    const char *taken[] = {"DEP", "DEP"};
    const struct {
        irm_tabulation tabulation;
        irm_status status;
        const char *words;
    } cases[] = {
        {{.by = fraction, .n_by = 1}, IRM_STATUS_DATA, "row 1 holds 1.5"},
        {{.by = unknown, .n_by = 1}, IRM_STATUS_NOT_FOUND, "did you mean 'DEP'?"},
        {{.sums = category, .n_sums = 1}, IRM_STATUS_USAGE, "SEX is not numeric"},
        {{.by = taken, .n_by = 2}, IRM_STATUS_EXISTS, "two columns are named 'DEP'"},
        {{.weight = "W", .sums = fraction, .n_sums = 1}, IRM_STATUS_USAGE, "not both"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(irm_tabulate(&table, &cases[i].tabulation, &result, &test_error),
                         cases[i].status);
        if (strstr(test_error.message, cases[i].words) == NULL) {
            fail_msg("%s", test_error.message);
        }
    }
    irm_table_clear(&table);
}

/* Ten thousand random rows against a loop over every group. */
static void many_groups_agree_with_a_naive_count(void **state) {
    (void)state;
    enum { N = 10000, A = 7, B = 300 };
    irm_table table, result;
    irm_column *a, *b;
    assert_ok(irm_table_init(&table, "t", N, &test_error));
    assert_ok(irm_table_add(&table, "a", IRM_COLUMN_CATEGORY, &a, &test_error));
    a = &table.columns[0];
    assert_ok(irm_table_add(&table, "b", IRM_COLUMN_NUMBER, &b, &test_error));
    a = &table.columns[0];
    static size_t counts[A][B];
    uint64_t seed = 7;
    for (size_t i = 0; i < N; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t x = (seed >> 33) % A, y = (seed >> 40) % B;
        char label[] = {(char)('a' + (x * 5) % A), '\0'};
        assert_ok(
            irm_dict_add(a->categories, irm_view_of(label), &a->codes[i], &test_error));
        b->values[i] = (double)y - 100;
        counts[(x * 5) % A][y]++;
    }
    const char *by[] = {"a", "b"};
    irm_tabulation tabulation = {.by = by, .n_by = 2};
    assert_ok(irm_tabulate(&table, &tabulation, &result, &test_error));
    size_t row = 0;
    for (size_t x = 0; x < A; x++) {
        for (size_t y = 0; y < B; y++) {
            if (counts[x][y] > 0) {
                assert_int_equal(irm_column_label(&result.columns[0], row)[0], 'a' + x);
                assert_true(result.columns[1].values[row] == (double)y - 100);
                assert_true(result.columns[2].values[row] == (double)counts[x][y]);
                row++;
            }
        }
    }
    assert_int_equal(row, result.n_rows);
    irm_table_clear(&result);
    irm_table_clear(&table);
}

/* The published base of 2021 (base-cc-logement-2021, commune 77288) gives P21_LOG,
 * P21_RP, P21_LOGVAC and P21_RSECOCC to these decimals. */
static void melun_dwellings_add_up_to_the_published_base(void **state) {
    (void)state;
    char *path = test_real_data("2-microdata/melun_2021.csv.gz");
    if (path == NULL) {
        skip();
    }
    irm_input *input;
    irm_table table, result;
    assert_ok(irm_input_open(path, NULL, &input, &test_error));
    load(&table, input, 8034, "IPONDL");
    const char *by[] = {"CATL"};
    irm_tabulation tabulation = {.weight = "IPONDL"};
    assert_ok(irm_tabulate(&table, &tabulation, &result, &test_error));
    assert_true(fabs(result.columns[1].values[0] - 20478.8644774) < 5e-8);
    irm_table_clear(&result);
    tabulation.by = by;
    tabulation.n_by = 1;
    assert_ok(irm_tabulate(&table, &tabulation, &result, &test_error));
    const double *value = irm_table_column(&result, "value")->values;
    assert_int_equal(result.n_rows, 4);
    assert_string_equal(irm_column_label(&result.columns[0], 3), "4");
    assert_true(fabs(value[0] - 18069.6392761) < 5e-8);
    assert_true(fabs(value[1] + value[2] - 252.4082545) < 5e-8);
    assert_true(fabs(value[3] - 2156.8169469) < 5e-8);
    irm_table_clear(&result);
    irm_table_clear(&table);
    irm_input_free(input);
    free(path);
}

/* Each allocation fails in turn: the status says so, and nothing leaks (under the asan
 * preset). */
static void every_allocation_may_fail(void **state) {
    (void)state;
    irm_table table = people();
    const char *by[] = {"AGE", "SEX"}, *sums[] = {"PAY", "W"};
    irm_status status = IRM_STATUS_NO_MEMORY;
    size_t n = 1;
    for (; n < 1000 && status != IRM_OK; n++) {
        irm_table result = {0};
        irm_where *where = NULL;
        irm_memory_fail_after(n);
        status = irm_where_parse("DEP in (43, '31', a..b) and not AGE = 3..7", &where,
                                 &test_error);
        irm_tabulation tabulation = {
            .by = by, .n_by = 2, .sums = sums, .n_sums = 2, .where = where};
        if (status == IRM_OK) {
            status = irm_tabulate(&table, &tabulation, &result, &test_error);
        }
        irm_memory_fail_after(0);
        assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
        irm_table_clear(&result);
        irm_where_free(where);
    }
    assert_true(n > 20 && n < 1000);
    irm_table_clear(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_come_out_sorted_with_rows_and_value),
        cmocka_unit_test(hidden_cells_are_counted_not_added),
        cmocka_unit_test(impossible_tabulations_are_refused),
        cmocka_unit_test(many_groups_agree_with_a_naive_count),
        cmocka_unit_test(melun_dwellings_add_up_to_the_published_base),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
