#include <stdio.h>
#include <string.h>

#include "irminon/dict.h"
#include "irminon/memory.h"
#include "support.h"

static int32_t add(irm_dict *dict, const char *text) {
    int32_t code = -1;
    assert_ok(irm_dict_add(dict, irm_view_of(text), &code, &test_error));
    return code;
}

static void texts_are_numbered_in_order_of_appearance(void **state) {
    (void)state;
    irm_dict *dict, *copy;
    assert_ok(irm_dict_new(&dict, &test_error));
    assert_int_equal(irm_dict_find(dict, irm_view_of("a")), -1);
    assert_int_equal(add(dict, "b"), 0);
    assert_int_equal(add(dict, "a"), 1);
    assert_int_equal(add(dict, "b"), 0);
    assert_int_equal(add(dict, ""), 2);
    assert_int_equal(irm_dict_find(dict, (irm_view){NULL, 0}), 2);
    assert_int_equal(irm_dict_count(dict), 3);
    assert_ok(irm_dict_copy(dict, &copy, &test_error));
    irm_dict_free(dict);
    assert_string_equal(irm_dict_text(copy, 0), "b");
    assert_string_equal(irm_dict_text(copy, 1), "a");
    assert_string_equal(irm_dict_text(copy, 2), "");
    irm_dict_free(copy);
    irm_dict_free(NULL);
}

static void what_is_lent_holds_while_the_dictionary_grows(void **state) {
    (void)state;
    enum { COUNT = 50000 };
    irm_dict *dict;
    assert_ok(irm_dict_new(&dict, &test_error));
    add(dict, "first");
    const char *first = irm_dict_text(dict, 0);
    char text[32];
    for (int32_t i = 1; i < COUNT; i++) {
        snprintf(text, sizeof text, "%05d", i);
        assert_int_equal(add(dict, text), i);
    }
    char *longest = irm_calloc(100001, 1);
    memset(longest, 'l', 100000);
    assert_int_equal(add(dict, longest), COUNT);
    assert_ptr_equal(irm_dict_text(dict, 0), first);
    assert_string_equal(first, "first");
    assert_string_equal(irm_dict_text(dict, COUNT), longest);
    for (int32_t i = 1; i < COUNT; i++) {
        snprintf(text, sizeof text, "%05d", i);
        assert_int_equal(irm_dict_find(dict, irm_view_of(text)), i);
        assert_string_equal(irm_dict_text(dict, i), text);
    }
    irm_free(longest);
    irm_dict_free(dict);
}

static void a_text_with_a_nul_is_refused(void **state) {
    (void)state;
    irm_dict *dict;
    int32_t code;
    assert_ok(irm_dict_new(&dict, &test_error));
    assert_int_equal(irm_dict_add(dict, (irm_view){"a\0b", 3}, &code, &test_error),
                     IRM_STATUS_DATA);
    assert_int_equal(irm_dict_count(dict), 0);
    irm_dict_free(dict);
}

static void an_addition_without_memory_changes_nothing(void **state) {
    (void)state;
    irm_dict *dict;
    assert_ok(irm_dict_new(&dict, &test_error));
    for (int32_t i = 0; i < 200; i++) {
        char text[300];
        int32_t code = -1;
        snprintf(text, sizeof text, "%0*d", 1 + i, i);
        irm_memory_fail_after(1);
        irm_status status = irm_dict_add(dict, irm_view_of(text), &code, &test_error);
        irm_memory_fail_after(0);
        if (status != IRM_OK) {
            assert_int_equal(status, IRM_STATUS_NO_MEMORY);
            assert_int_equal(irm_dict_count(dict), i);
            assert_int_equal(irm_dict_find(dict, irm_view_of(text)), -1);
            code = add(dict, text);
        }
        assert_int_equal(code, i);
    }
    irm_dict_free(dict);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_numbered_in_order_of_appearance),
        cmocka_unit_test(what_is_lent_holds_while_the_dictionary_grows),
        cmocka_unit_test(a_text_with_a_nul_is_refused),
        cmocka_unit_test(an_addition_without_memory_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
