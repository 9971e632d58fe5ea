#include "irminon/attributes.h"
#include "irminon/memory.h"
#include "support.h"

static void attributes_keep_their_order_and_are_replaced_in_place(void **state) {
    (void)state;
    irm_attributes a = {0}, b = {0};
    assert_ok(irm_attributes_set(&a, "unit", "€", &test_error));
    assert_ok(irm_attributes_set(&a, "kind", "median", &test_error));
    assert_ok(irm_attributes_set_integer(&a, "year", 2021, &test_error));
    assert_ok(irm_attributes_set(&a, "unit", "personnes", &test_error));
    assert_int_equal(a.count, 3);
    assert_string_equal(a.items[0].name, "unit");
    assert_string_equal(irm_attributes_get(&a, "unit"), "personnes");
    assert_int_equal(irm_attributes_integer(&a, "year", 0), 2021);
    assert_int_equal(irm_attributes_integer(&a, "kind", -1), -1);
    assert_int_equal(irm_attributes_integer(&a, "absent", 7), 7);
    assert_ok(irm_attributes_set(&a, "kind", NULL, &test_error));
    assert_ok(irm_attributes_set(&a, "never", NULL, &test_error));
    assert_null(irm_attributes_get(&a, "kind"));
    assert_ok(irm_attributes_copy(&a, &b, &test_error));
    assert_int_equal(b.count, 2);
    assert_string_equal(b.items[1].name, "year");
    irm_attributes_clear(&a);
    irm_attributes_clear(&b);
    irm_attributes_clear(&b);
}

static void a_value_can_be_set_to_itself(void **state) {
    (void)state;
    irm_attributes a = {0};
    assert_ok(irm_attributes_set(&a, "unit", "km²", &test_error));
    assert_ok(
        irm_attributes_set(&a, "unit", irm_attributes_get(&a, "unit"), &test_error));
    assert_string_equal(irm_attributes_get(&a, "unit"), "km²");
    irm_attributes_clear(&a);
}

static void a_setting_without_memory_changes_nothing(void **state) {
    (void)state;
    irm_attributes a = {0};
    for (size_t n = 1; n <= 3; n++) {
        irm_memory_fail_after(n);
        irm_status status = irm_attributes_set(&a, "unit", "km²", &test_error);
        irm_memory_fail_after(0);
        assert_int_equal(status, IRM_STATUS_NO_MEMORY);
        assert_int_equal(a.count, 0);
    }
    assert_ok(irm_attributes_set(&a, "unit", "km²", &test_error));
    irm_attributes_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_keep_their_order_and_are_replaced_in_place),
        cmocka_unit_test(a_value_can_be_set_to_itself),
        cmocka_unit_test(a_setting_without_memory_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
