#include <string.h>

#include "irminon/status.h"
#include "support.h"

static void an_error_says_where_and_what(void **state) {
    (void)state;
    irm_error error = {0};
    char text[256];
    assert_int_equal(irm_fail_at(&error, IRM_STATUS_DATA, "a.csv", 3, 7, "P18_POP",
                                 "'%s' is not a number", "x1"),
                     IRM_STATUS_DATA);
    irm_error_format(&error, text, sizeof text);
    assert_string_equal(text, "a.csv:3:7: column P18_POP: 'x1' is not a number");
    irm_error_prefix(&error, "year %d: ", 2018);
    irm_error_format(&error, text, sizeof text);
    assert_string_equal(text,
                        "a.csv:3:7: column P18_POP: year 2018: 'x1' is not a number");
    irm_fail(&error, IRM_STATUS_IO, "again: %s", error.message);
    irm_error_format(&error, text, sizeof text);
    assert_string_equal(text, "again: year 2018: 'x1' is not a number");
    assert_int_equal(irm_fail(NULL, IRM_STATUS_IO, "nobody reads this"), IRM_STATUS_IO);
    irm_error_prefix(NULL, "nor this");
}

static void an_error_longer_than_its_room_is_cut(void **state) {
    (void)state;
    irm_error error;
    char text[64], longest[5000];
    memset(longest, 'm', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    irm_fail_at(&error, IRM_STATUS_DATA, longest, 1, 1, longest, "%s", longest);
    irm_error_prefix(&error, "%s", longest);
    irm_error_format(&error, text, sizeof text);
    assert_int_equal(strlen(text), sizeof text - 1);
    assert_true(strlen(error.message) < sizeof error.message);
}

static void every_status_has_a_name(void **state) {
    (void)state;
    for (int i = 0; i < IRM_STATUS_END; i++) {
        assert_non_null(irm_status_name((irm_status)i));
        assert_string_not_equal(irm_status_name((irm_status)i), "unknown status");
    }
    assert_string_equal(irm_status_name(IRM_STATUS_END), "unknown status");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_says_where_and_what),
        cmocka_unit_test(an_error_longer_than_its_room_is_cut),
        cmocka_unit_test(every_status_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
