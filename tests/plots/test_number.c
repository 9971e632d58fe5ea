#include <locale.h>
#include <math.h>
#include <string.h>

#include "irminon/figure.h"
#include "support.h"
#include "text.h"

static void assert_written(double value, int decimals, const char *lang,
                           const char *text) {
    char found[64];
    irm_number_text(value, decimals, lang, found, sizeof found);
    assert_string_equal(found, text);
}

static void french_numbers_follow_french_typography(void **state) {
    (void)state;
    assert_written(12345.64, 1, "fr", "12\u202f345,6");
    assert_written(1234567, 0, NULL, "1\u202f234\u202f567");
    assert_written(-0.5, 1, "fr", "\u22120,5");
    assert_written(999.96, 1, "fr", "1\u202f000,0");
    assert_written(-0.04, 1, "fr", "0,0"); /* no minus before nothing */
    assert_written(0, 0, "fr", "0");
    assert_written(NAN, 1, "fr", "nd");
    assert_written(-INFINITY, 0, "fr", "\u2212∞");
    assert_written(123, -3, "fr", "123");
}

static void english_numbers_follow_english_typography(void **state) {
    (void)state;
    assert_written(12345.64, 1, "en", "12,345.6");
    assert_written(-1000, 0, "en", "\u22121,000");
    assert_written(NAN, 1, "en", "n/a");
}

static void a_short_buffer_is_never_overrun_nor_ends_inside_a_character(void **state) {
    (void)state;
    char text[16];
    for (size_t size = 0; size <= sizeof text; size++) {
        memset(text, '!', sizeof text);
        irm_number_text(-1234567.5, 2, "fr", text, size);
        if (size > 0) {
            assert_true(strlen(text) < size);
            assert_true(irm_utf8_valid(text, strlen(text)));
        }
    }
    irm_number_text(1e300, 2, "fr", text, sizeof text);
    assert_true(strlen(text) < sizeof text);
}

static void the_locale_of_the_process_changes_nothing(void **state) {
    (void)state;
    if (setlocale(LC_ALL, "fr_FR.UTF-8") == NULL &&
        setlocale(LC_ALL, "de_DE.UTF-8") == NULL) {
        skip();
    }
    assert_written(1234.5, 1, "en", "1,234.5");
    setlocale(LC_ALL, "C");
}

static void text_wraps_at_spaces_but_not_at_no_break_ones(void **state) {
    (void)state;
    font face = {.size = 10};
    lines these = text_wrap("un deux 12\u202f345 habitants", face, 60, 0);
    assert_true(these.count >= 2);
    for (size_t i = 0; i < these.count; i++) {
        assert_true(text_width(these.text[i], face) <= 60);
        if (strstr(these.text[i], "345") != NULL) {
            assert_non_null(strstr(these.text[i], "12\u202f345"));
        }
    }
    lines_clear(&these);
    these = text_wrap("Anticonstitutionnellement", face, 40, 0); /* longer than a line */
    assert_true(these.count > 1);
    lines_clear(&these);
    these = text_wrap("un deux trois quatre cinq six sept", face, 60, 2);
    assert_int_equal(these.count, 2);
    assert_non_null(strstr(these.text[1], "…"));
    lines_clear(&these);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(french_numbers_follow_french_typography),
        cmocka_unit_test(english_numbers_follow_english_typography),
        cmocka_unit_test(a_short_buffer_is_never_overrun_nor_ends_inside_a_character),
        cmocka_unit_test(the_locale_of_the_process_changes_nothing),
        cmocka_unit_test(text_wraps_at_spaces_but_not_at_no_break_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
