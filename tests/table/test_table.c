#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/table.h"
#include "support.h"

static irm_column *add(irm_table *table, const char *name, irm_column_type type) {
    irm_column *column;
    assert_ok(irm_table_add(table, name, type, &column, &test_error));
    return column;
}

static void new_cells_have_no_value(void **state) {
    (void)state;
    irm_table table;
    assert_ok(irm_table_init(&table, "t", 3, &test_error));
    irm_column *number = add(&table, "n", IRM_COLUMN_NUMBER);
    assert_true(isnan(number->values[2]));
    assert_int_equal(irm_column_state(number, 2), IRM_STATE_MISSING);
    irm_column *category = add(&table, "c", IRM_COLUMN_CATEGORY);
    assert_int_equal(category->codes[0], -1);
    assert_int_equal(irm_column_state(category, 0), IRM_STATE_MISSING);
    assert_string_equal(irm_column_label(category, 0), "");
    irm_column *bytes = add(&table, "b", IRM_COLUMN_BYTES);
    assert_int_equal(bytes->offsets[3], 0);
    assert_int_equal(irm_column_state(bytes, 0), IRM_STATE_VALUE);
    irm_table_clear(&table);
    irm_table_clear(&table);
}

static void a_name_is_borne_by_one_column(void **state) {
    (void)state;
    irm_table table;
    irm_column *column;
    assert_ok(irm_table_init(&table, "rp@2020", 0, &test_error));
    add(&table, "P20_POP", IRM_COLUMN_NUMBER);
    add(&table, "P20_LOG", IRM_COLUMN_NUMBER);
    assert_int_equal(
        irm_table_add(&table, "P20_POP", IRM_COLUMN_CATEGORY, &column, &test_error),
        IRM_STATUS_EXISTS);
    assert_int_equal(table.n_columns, 2);
    assert_ptr_equal(irm_table_column(&table, "P20_LOG"), &table.columns[1]);
    assert_null(irm_table_column(&table, "p20_log"));
    assert_int_equal(irm_table_need(&table, "P20_PPO", &column, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "rp@2020"));
    assert_non_null(strstr(test_error.message, "did you mean 'P20_POP'"));
    irm_table_clear(&table);
}

static void a_marker_gives_its_state_and_its_bounds(void **state) {
    (void)state;
    irm_table table;
    uint8_t secret, again, other, imputed;
    assert_ok(irm_table_init(&table, "t", 4, &test_error));
    irm_column *column = add(&table, "n", IRM_COLUMN_NUMBER);
    assert_ok(
        irm_column_marker(column, "s", IRM_STATE_SECRET, 0, 4, &secret, &test_error));
    assert_ok(
        irm_column_marker(column, "s", IRM_STATE_SECRET, 0, 4, &again, &test_error));
    assert_ok(
        irm_column_marker(column, "s", IRM_STATE_SECRET, 0, 9, &other, &test_error));
    assert_ok(
        irm_column_marker(column, "i", IRM_STATE_IMPUTED, 1, 3, &imputed, &test_error));
    assert_int_equal(secret, 1);
    assert_int_equal(again, 1);
    assert_int_equal(other, 2);
    column->values[0] = 10;
    column->round_below = 2;
    column->round_above = 2.5;
    column->values[2] = 2;
    assert_ok(irm_column_mark(column, 4, 1, secret, &test_error));
    assert_ok(irm_column_mark(column, 4, 2, imputed, &test_error));
    const irm_state states[] = {IRM_STATE_VALUE, IRM_STATE_SECRET, IRM_STATE_IMPUTED,
                                IRM_STATE_MISSING};
    const double bounds[][2] = {{8, 12.5}, {0, 4}, {1, 3}, {-INFINITY, INFINITY}};
    for (size_t i = 0; i < 4; i++) {
        double lower, upper;
        irm_column_bounds(column, i, &lower, &upper);
        assert_int_equal(irm_column_state(column, i), states[i]);
        assert_true(lower == bounds[i][0] && upper == bounds[i][1]);
    }
    irm_table_clear(&table);
}

static void a_column_has_at_most_255_markers(void **state) {
    (void)state;
    irm_table table;
    uint8_t mark;
    assert_ok(irm_table_init(&table, "t", 1, &test_error));
    irm_column *column = add(&table, "n", IRM_COLUMN_NUMBER);
    for (int i = 1; i <= 255; i++) {
        assert_ok(
            irm_column_marker(column, "s", IRM_STATE_SECRET, 0, i, &mark, &test_error));
        assert_int_equal(mark, i);
    }
    assert_int_equal(
        irm_column_marker(column, "s", IRM_STATE_SECRET, 0, 256, &mark, &test_error),
        IRM_STATUS_DATA);
    irm_table_clear(&table);
}

static void states_have_names_that_read_back(void **state) {
    (void)state;
    for (int i = 0; i < IRM_STATE_END; i++) {
        assert_int_equal(irm_state_parse(irm_state_name((irm_state)i)), i);
    }
    assert_int_equal(irm_state_parse("hidden"), IRM_STATE_END);
    assert_true(irm_state_hidden(IRM_STATE_BOUNDED));
    assert_false(irm_state_hidden(IRM_STATE_IMPUTED));
}

static void a_derived_column_keeps_what_describes_it(void **state) {
    (void)state;
    irm_table table;
    uint8_t mark;
    assert_ok(irm_table_init(&table, "t", 1, &test_error));
    add(&table, "from", IRM_COLUMN_NUMBER);
    irm_column *to = add(&table, "to", IRM_COLUMN_NUMBER);
    irm_column *from = irm_table_column(&table, "from");
    assert_ok(irm_column_marker(from, "s", IRM_STATE_SECRET, 0, 4, &mark, &test_error));
    assert_ok(irm_attributes_set(&from->attributes, "unit", "personnes", &test_error));
    from->round_below = 2;
    assert_ok(irm_column_copy_schema(from, to, &test_error));
    assert_int_equal(to->n_markers, 1);
    assert_string_equal(to->markers[0].text, "s");
    assert_true(to->round_below == 2);
    assert_string_equal(irm_attributes_get(&to->attributes, "unit"), "personnes");
    assert_string_equal(to->name, "to");
    irm_table_clear(&table);
}

static void no_allocation_that_fails_leaves_half_a_column(void **state) {
    (void)state;
    const irm_column_type types[] = {IRM_COLUMN_NUMBER, IRM_COLUMN_CATEGORY,
                                     IRM_COLUMN_BYTES};
    irm_table table;
    irm_column *column;
    assert_ok(irm_table_init(&table, "t", 2, &test_error));
    for (size_t t = 0; t < 3; t++) {
        irm_status status = IRM_STATUS_NO_MEMORY;
        for (size_t n = 1; status != IRM_OK; n++) {
            char name[8];
            snprintf(name, sizeof name, "c%zu", t);
            irm_memory_fail_after(n);
            status = irm_table_add(&table, name, types[t], &column, &test_error);
            irm_memory_fail_after(0);
            assert_int_equal(table.n_columns, status == IRM_OK ? t + 1 : t);
        }
    }
    irm_table_clear(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_cells_have_no_value),
        cmocka_unit_test(a_name_is_borne_by_one_column),
        cmocka_unit_test(a_marker_gives_its_state_and_its_bounds),
        cmocka_unit_test(a_column_has_at_most_255_markers),
        cmocka_unit_test(states_have_names_that_read_back),
        cmocka_unit_test(a_derived_column_keeps_what_describes_it),
        cmocka_unit_test(no_allocation_that_fails_leaves_half_a_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
