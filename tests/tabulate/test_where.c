#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/tabulate.h"
#include "support.h"
#include "tabulate/where.h"

enum { N = 6 };

/* CODE: b a c - "x y" or; AGE: 1 2.5 -3 - 18 64. */
static irm_table sample(void) {
    static const char *const codes[N] = {"b", "a", "c", NULL, "x y", "or"};
    static const double ages[N] = {1, 2.5, -3, NAN, 18, 64};
    irm_table table;
    irm_column *column;
    assert_ok(irm_table_init(&table, "t", N, &test_error));
    assert_ok(irm_table_add(&table, "CODE", IRM_COLUMN_CATEGORY, &column, &test_error));
    for (size_t i = 0; i < N; i++) {
        if (codes[i] != NULL) {
            assert_ok(irm_dict_add(column->categories, irm_view_of(codes[i]),
                                   &column->codes[i], &test_error));
        }
    }
    assert_ok(irm_table_add(&table, "AGE", IRM_COLUMN_NUMBER, &column, &test_error));
    memcpy(column->values, ages, sizeof ages);
    assert_ok(irm_table_add(&table, "shape", IRM_COLUMN_BYTES, &column, &test_error));
    return table;
}

static void expressions_select_the_rows_they_say(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"AGE = 1", "100000"},
        {"AGE != 1", "011011"},
        {"not AGE = 1", "011011"},
        {"AGE <> 1.0", "011011"},
        {"AGE == 2.5", "010000"},
        {"AGE < 2.5", "101000"},
        {"AGE <= 2.5", "111000"},
        {"AGE > 2.5", "000011"},
        {"AGE>=2.5", "010011"},
        {"AGE = 18..64", "000011"},
        {"AGE in 18..64", "000011"},
        {"AGE in (64, -5..1, 0..2)", "101001"},
        {"AGE not in (64, -5..1)", "010010"},
        {"AGE = \"\"", "000100"},
        {"AGE != ''", "111011"},
        {"AGE in (1, '')", "100100"},
        {"CODE = b", "100000"},
        {"CODE != b", "011011"},
        {"CODE = \"\"", "000100"},
        {"CODE in (a, c, zz)", "011000"},
        {"CODE = a..b", "110000"},
        {"CODE < b", "010000"},
        {"CODE >= c", "001011"},
        {"CODE = 'x y'", "000010"},
        {"\"CODE\" = \"or\"", "000001"},
        {"CODE = a or CODE = b and AGE = 7", "010000"},
        {"(CODE = a or CODE = b) and AGE = 1", "100000"},
        {"not (CODE = a or AGE < 0)", "100011"},
        {"NOT CODE = a AND not not AGE > 0", "100011"},
        {"CODE = '' or AGE > 0", "110111"},
        {"CODE = '' and not AGE > 0", "000000"},
    };
    irm_table table = sample();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_where *where;
        uint8_t selected[N];
        char got[N + 1] = "";
        assert_ok(irm_where_parse(cases[i][0], &where, &test_error));
        assert_ok(irm_where_select(where, &table, selected, &test_error));
        for (size_t row = 0; row < N; row++) {
            got[row] = selected[row] != 0 ? '1' : '0';
        }
        if (strcmp(got, cases[i][1]) != 0) {
            fail_msg("%s: %s, expected %s", cases[i][0], got, cases[i][1]);
        }
        irm_where_free(where);
    }
    irm_table_clear(&table);
}

static void mistakes_are_pointed_at(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", "the expression is empty"},
        {"  ", "the expression is empty"},
        {"AGE",
         "character 4: expected a comparison (=, !=, <, <=, >, >=, in), found the end"},
        {"AGE >> 3", "character 6: expected a value, found '>'"},
        {"AGE = ", "character 7: expected a value, found the end"},
        {"é = 1 ou b = 2", "character 7: expected 'and', 'or' or the end, found 'ou'"},
        {"a = 1 and", "character 10: expected a column, 'not' or '(', found the end"},
        {"(a = 1", "character 7: expected 'and', 'or' or ')', found the end"},
        {"a = 1)", "character 6: expected 'and', 'or' or the end, found ')'"},
        {"a in (1, 2", "character 11: expected ',' or ')', found the end"},
        {"a in ()", "character 7: expected a value, found ')'"},
        {"a not = 1", "character 7: expected 'in', found '='"},
        {"a = 'x", "character 5: the quote is never closed"},
        {"a < 1..2", "character 6: a range goes with =, != or in"},
        {"a = and", "character 5: expected a value, found 'and'"},
        {"a ! 1", "character 3: unexpected '!'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_where *where = NULL;
        irm_status status = irm_where_parse(cases[i][0], &where, &test_error);
        if (status != IRM_STATUS_USAGE ||
            strstr(test_error.message, cases[i][1]) == NULL) {
            fail_msg("%s: %s", cases[i][0], test_error.message);
        }
    }
}

static void values_that_a_column_cannot_have_are_pointed_at(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"CODE = a and AGES = 3",
         "character 14: table t has no column 'AGES'; did you mean 'AGE'?"},
        {"AGE = abc", "character 7: column AGE is numeric; expected a number"},
        {"AGE = 64..18", "character 7: the range 64..18 is empty"},
        {"CODE = 5..10", "character 8: the range 5..10 is empty"},
        {"shape = a", "character 1: column shape holds bytes"},
    };
    irm_table table = sample();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_where *where;
        uint8_t selected[N];
        assert_ok(irm_where_parse(cases[i][0], &where, &test_error));
        irm_status status = irm_where_select(where, &table, selected, &test_error);
        if (status == IRM_OK || strstr(test_error.message, cases[i][1]) == NULL) {
            fail_msg("%s: %s", cases[i][0], test_error.message);
        }
        irm_where_free(where);
    }
    irm_table_clear(&table);
}

static void the_columns_needed_are_listed_once(void **state) {
    (void)state;
    irm_where *where;
    size_t count;
    assert_ok(irm_where_parse("b = 1 and (a = 2 or not b in (3)) and 'c d' = ''", &where,
                              &test_error));
    const char *const *columns = irm_where_columns(where, &count);
    assert_int_equal(count, 3);
    assert_string_equal(columns[0], "b");
    assert_string_equal(columns[1], "a");
    assert_string_equal(columns[2], "c d");
    irm_where_free(where);
}

static void hostile_expressions_are_refused_not_followed(void **state) {
    (void)state;
    enum { DEEP = 100000 };
    char *text = test_calloc(DEEP * 9 + 1, 1);
    irm_where *where;
    memset(text, '(', DEEP);
    assert_int_equal(irm_where_parse(text, &where, &test_error), IRM_STATUS_USAGE);
    assert_non_null(strstr(test_error.message, "nested over"));
    text[0] = '\0';
    for (size_t i = 0; i < DEEP; i++) {
        memcpy(text + i * 9, "a = 1 or ", 9);
    }
    assert_int_equal(irm_where_parse(text, &where, &test_error), IRM_STATUS_USAGE);
    assert_non_null(strstr(test_error.message, "over 500 tests"));
    test_free(text);
}

static void long_lists_are_searched_not_scanned(void **state) {
    (void)state;
    enum { MANY = 20000 };
    irm_table table;
    irm_column *column;
    irm_buffer text = {0};
    assert_ok(irm_table_init(&table, "t", MANY, &test_error));
    assert_ok(irm_table_add(&table, "n", IRM_COLUMN_NUMBER, &column, &test_error));
    for (size_t i = 0; i < MANY; i++) {
        column->values[i] = (double)i;
        irm_buffer_format(&text, "%s%zu", i > 0 ? "," : "n in (", 2 * i);
    }
    irm_buffer_text(&text, ")");
    irm_where *where;
    uint8_t *selected = test_calloc(MANY, 1);
    assert_ok(irm_where_parse(text.data, &where, &test_error));
    assert_ok(irm_where_select(where, &table, selected, &test_error));
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(selected[i], i % 2 == 0);
    }
    irm_where_free(where);
    test_free(selected);
    irm_buffer_clear(&text);
    irm_table_clear(&table);
}

/* Whether rows in these ranges may be selected: of CODE (codes 0 … 4: b a c "x y" or), and of
 * AGE. */
static bool may_hold(const char *text, where_range codes, where_range ages) {
    irm_table table = sample();
    irm_where *where;
    where_bound *bound;
    where_range ranges[] = {codes, ages, {0}};
    assert_ok(irm_where_parse(text, &where, &test_error));
    assert_ok(where_bind(where, &table, &bound, &test_error));
    bool may = where_may_hold(bound, ranges);
    where_bound_free(bound);
    irm_where_free(where);
    irm_table_clear(&table);
    return may;
}

static void ranges_tell_where_no_row_can_be(void **state) {
    (void)state;
    const where_range any = {0}, first = {true, 0, 1}, last = {true, 3, 4},
                      none = {true, -1, -1}, young = {true, 0, 17};
    assert_true(may_hold("CODE = b", first, any));
    assert_false(may_hold("CODE = b", last, any));
    assert_true(may_hold("CODE = b", any, any));
    assert_true(may_hold("CODE = b or AGE < 3", last, any));
    assert_false(may_hold("CODE = b and AGE < 3", last, any));
    assert_true(may_hold("not CODE = b", last, any));
    assert_true(may_hold("not CODE in (b, c)", first, any));
    assert_false(may_hold("not CODE in (a, b)", first, any));
    assert_false(may_hold("CODE = b", none, any));
    assert_false(may_hold("not CODE = b", none, any));
    assert_true(may_hold("CODE = ''", none, any));
    assert_false(may_hold("AGE >= 18", any, young));
    assert_false(may_hold("AGE in 18..64 and CODE = b", any, young));
    assert_true(may_hold("AGE in (3, 18..64)", any, young));
    assert_true(may_hold("not AGE >= 18", any, young));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_tell_where_no_row_can_be),
        cmocka_unit_test(expressions_select_the_rows_they_say),
        cmocka_unit_test(mistakes_are_pointed_at),
        cmocka_unit_test(values_that_a_column_cannot_have_are_pointed_at),
        cmocka_unit_test(the_columns_needed_are_listed_once),
        cmocka_unit_test(hostile_expressions_are_refused_not_followed),
        cmocka_unit_test(long_lists_are_searched_not_scanned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
