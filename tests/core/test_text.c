#include <locale.h>
#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "support.h"

#define NBSP "\xC2\xA0"
#define NNBSP "\xE2\x80\xAF"

static void numbers_are_read_whole_or_not_at_all(void **state) {
    (void)state;
    const struct {
        const char *text;
        char decimal;
        bool read;
        double value;
        bool spaces;
    } cases[] = {
        {"0", '.', true, 0, false},
        {"12", '.', true, 12, false},
        {"-3.5", '.', true, -3.5, false},
        {"+7", '.', true, 7, false},
        {"0,1", ',', true, 0.1, false},
        {"1 234", '.', true, 1234, true},
        {"1" NBSP "234" NBSP "567,25", ',', true, 1234567.25, true},
        {"66" NNBSP "732" NNBSP "538", ',', true, 66732538, true},
        {"-1 000", '.', true, -1000, true},
        {"1e3", '.', true, 1000, false},
        {"2.5E-2", '.', true, 0.025, false},
        {"1,5e2", ',', true, 150, false},
        {"123456789012345678901234567890", '.', true, 123456789012345678901234567890.0,
         false},
        {"0.1234567890123456789", '.', true, 0.1234567890123456789, false},
        {"9007199254740993", '.', true, 9007199254740992.0, false},
        {"1e-400", '.', true, 0, false},
        {"", '.', false, 0, false},
        {" ", '.', false, 0, false},
        {"-", '.', false, 0, false},
        {".", '.', false, 0, false},
        {"1.5", ',', false, 0, false},
        {"1,5", '.', false, 0, false},
        {"1.2.3", '.', false, 0, false},
        {"12a", '.', false, 0, false},
        {"s", '.', false, 0, false},
        {"nan", '.', false, 0, false},
        {"inf", '.', false, 0, false},
        {"0x10", '.', false, 0, false},
        {"1e999", '.', true, INFINITY, false},
        {"1e", '.', false, 0, false},
        {"1-2", '.', false, 0, false},
        {"1 5", '.', false, 0, false},
        {"1 2345", '.', false, 0, false},
        {"1234 567", '.', false, 0, false},
        {"1  234", '.', false, 0, false},
        {"0,123 456", ',', false, 0, false},
        {" 12", '.', false, 0, false},
        {"12 ", '.', false, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 42;
        bool spaces = true;
        bool read = irm_text_number(irm_view_of(cases[i].text), cases[i].decimal, &value,
                                    &spaces);
        if (read != cases[i].read || value != (read ? cases[i].value : 42) ||
            spaces != cases[i].spaces) {
            fail_msg("'%s' gives %d, %.17g, %d", cases[i].text, read, value, spaces);
        }
    }
    double value;
    assert_false(irm_text_number((irm_view){"12\0", 3}, '.', &value, NULL));
    assert_false(irm_text_number((irm_view){NULL, 0}, '.', &value, NULL));
    char digits[2000];
    memset(digits, '7', sizeof digits);
    assert_false(irm_text_number((irm_view){digits, sizeof digits}, '.', &value, NULL));
}

static void integers_are_read_whole_or_not_at_all(void **state) {
    (void)state;
    long long value = 0;
    assert_true(irm_text_integer(irm_view_of("-12"), &value));
    assert_int_equal(value, -12);
    assert_true(irm_text_integer(irm_view_of("9223372036854775807"), &value));
    assert_true(value == INT64_MAX);
    const char *bad[] = {"", " 1", "1 ", "1.0", "9223372036854775808", "1e3", "a"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(irm_text_integer(irm_view_of(bad[i]), &value));
    }
    assert_false(irm_text_integer((irm_view){"1\0", 2}, &value));
}

static void a_number_written_reads_back_the_same(void **state) {
    (void)state;
    const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-0.0, "0"},
                 {0.1, "0.1"},
                 {1.0 / 3, "0.3333333333333333"},
                 {66732538, "66732538"},
                 {1e21, "1e+21"},
                 {0x1p53, "9007199254740992"},
                 {NAN, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_buffer text = {0};
        irm_buffer_text(&text, "");
        irm_buffer_number(&text, cases[i].value);
        assert_string_equal(text.data, cases[i].text);
        irm_buffer_clear(&text);
    }
    uint64_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        double value = ldexp((double)(int64_t)seed, (int)(seed >> 54) - 512), back = 0;
        irm_buffer text = {0};
        irm_buffer_number(&text, value);
        assert_true(irm_text_number((irm_view){text.data, text.size}, '.', &back, NULL));
        assert_true(back == value);
        irm_buffer_clear(&text);
    }
}

static void the_locale_of_the_process_changes_nothing(void **state) {
    (void)state;
    const char *comma[] = {"fr_FR.UTF-8", "fr_FR.utf8", "fr_FR", "de_DE.UTF-8"};
    bool set = false;
    for (size_t i = 0; i < 4 && !set; i++) {
        set = setlocale(LC_NUMERIC, comma[i]) != NULL;
    }
    if (!set) {
        skip(); /* no such locale on this machine */
    }
    double value = 0;
    irm_buffer text = {0};
    irm_buffer_number(&text, 0.5);
    irm_buffer_text(&text, " ");
    irm_buffer_number(&text, 1.5e-300);
    bool read = irm_text_number(irm_view_of("1.5e-300"), '.', &value, NULL);
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(text.data, "0.5 1.5e-300");
    assert_true(read && value == 1.5e-300);
    irm_buffer_clear(&text);
}

static void names_fold_to_what_people_type(void **state) {
    (void)state;
    const struct {
        const char *name, *folded;
    } cases[] = {{"L'Haÿ-les-Roses", "l hay les roses"},
                 {"L’Haÿ-les-Roses", "l hay les roses"},
                 {"Œuilly", "oeuilly"},
                 {"ÉVRY-Courcouronnes", "evry courcouronnes"},
                 {"  Saint -  Étienne ", "saint etienne"},
                 {"e\xCC\x81t\xC3\xA9", "ete"}, /* decomposed and composed */
                 {"Cœur de Garonne", "coeur de garonne"},
                 {"Sainte-Anne (2A)", "sainte anne 2a"},
                 {"Bœrsch, Straße", "boersch strasse"},
                 {"", ""},
                 {"---", ""},
                 {"\xC3", ""},
                 {"a\xC3\xFF", "a"},
                 {"\xFF\xFE", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_buffer folded = {0};
        irm_buffer_text(&folded, "x ");
        irm_text_fold(&folded, cases[i].name, strlen(cases[i].name));
        assert_memory_equal(folded.data, "x ", 2);
        assert_string_equal(folded.data + 2, cases[i].folded);
        irm_buffer_clear(&folded);
    }
}

static void windows_1252_becomes_utf8(void **state) {
    (void)state;
    irm_buffer text = {0};
    const char bytes[] = "\xC9vry \x80 \x9C\x92 \xFF";
    irm_utf8_from_windows1252(&text, bytes, sizeof bytes - 1);
    assert_string_equal(text.data, "Évry € œ’ ÿ");
    irm_buffer_clear(&text);
    for (int byte = 0; byte < 256; byte++) {
        char one = (char)byte;
        irm_utf8_from_windows1252(&text, &one, 1);
        assert_true(irm_utf8_valid(text.data, text.size));
        irm_buffer_clear(&text);
    }
}

static void only_well_formed_utf8_is_valid(void **state) {
    (void)state;
    const char *good[] = {
        "", "a", "é", "€", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xEF\xBF\xBF"};
    const char *bad[] = {"\xE9",
                         "\xC0\x80",
                         "\xC3",
                         "\xE2\x82",
                         "\xED\xA0\x80",
                         "\xE0\x9F\xBF",
                         "\xF4\x90\x80\x80",
                         "\xF5\x80\x80\x80",
                         "\x80",
                         "\xC3(",
                         "\xF0\x8F\xBF\xBF"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(irm_utf8_valid(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(irm_utf8_valid(bad[i], strlen(bad[i])));
    }
}

static void the_nearest_name_is_suggested_when_near_enough(void **state) {
    (void)state;
    const char *names[] = {"population", "poverty_rate", "density", "birth_rate"};
    assert_string_equal(irm_text_suggest("populaton", names, 4), "population");
    assert_string_equal(irm_text_suggest("povretyrate", names, 4), "poverty_rate");
    assert_null(irm_text_suggest("chrysanthemum", names, 4));
    assert_null(irm_text_suggest("population", names, 0));
    assert_int_equal(irm_text_distance("", ""), 0);
    assert_int_equal(irm_text_distance("abc", ""), 3);
    assert_int_equal(irm_text_distance("abc", "acb"), 1); /* a swap is one edit */
    assert_int_equal(irm_text_distance("kitten", "sitting"), 3);
}

static void csv_fields_are_quoted_where_they_must(void **state) {
    (void)state;
    const struct {
        const char *text, *field;
    } cases[] = {{"plain", "plain"},
                 {"a;b", "\"a;b\""},
                 {"a,b", "a,b"},
                 {"say \"x\"", "\"say \"\"x\"\"\""},
                 {"a\nb", "\"a\nb\""},
                 {"\r", "\"\r\""},
                 {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_buffer field = {0};
        irm_buffer_text(&field, "");
        irm_buffer_csv(&field, cases[i].text, ';');
        assert_string_equal(field.data, cases[i].field);
        irm_buffer_clear(&field);
    }
    irm_buffer xml = {0};
    irm_buffer_xml(&xml, "<a href=\"x\">&</a>");
    assert_string_equal(xml.data, "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;");
    irm_buffer_clear(&xml);
}

static void a_buffer_that_lacked_memory_gives_nothing(void **state) {
    (void)state;
    irm_buffer buffer = {0};
    irm_memory_fail_after(1);
    irm_buffer_text(&buffer, "lost");
    irm_memory_fail_after(0);
    assert_true(buffer.failed);
    irm_buffer_text(&buffer, "more");
    assert_null(irm_buffer_take(&buffer));
    char *empty = irm_buffer_take(&buffer);
    assert_string_equal(empty, "");
    irm_free(empty);
}

static void views_are_compared_and_trimmed(void **state) {
    (void)state;
    assert_true(irm_view_equals((irm_view){NULL, 0}, ""));
    assert_false(irm_view_equals(irm_view_of("a"), "ab"));
    irm_view view = irm_view_trim(irm_view_of(" \t a b \r\n"));
    assert_true(irm_view_equals(view, "a b"));
    assert_true(irm_view_equals(irm_view_trim(irm_view_of("  ")), ""));
}

static void json_numbers_become_the_shortest_that_read_back(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{\"a\":0.94999999999999996,\"b\":[-0.10000000000000001,12]}",
         "{\"a\":0.95,\"b\":[-0.1,12]}"},
        {"[0.30000000000000004]", "[0.30000000000000004]"},
        {"[1.0000000000000001e-10, 12345678901234567890]",
         "[1e-10, 12345678901234567890]"},
        {"\"0.94999999999999996\"", "\"0.94999999999999996\""},
        {"\"a \\\" 0.10000000000000001\"", "\"a \\\" 0.10000000000000001\""},
        {"[true,null,0.5]", "[true,null,0.5]"},
        {"\"unfinished \\", "\"unfinished \\"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[80];
        snprintf(text, sizeof text, "%s", cases[i][0]);
        irm_json_shorten(text);
        assert_string_equal(text, cases[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(integers_are_read_whole_or_not_at_all),
        cmocka_unit_test(a_number_written_reads_back_the_same),
        cmocka_unit_test(the_locale_of_the_process_changes_nothing),
        cmocka_unit_test(names_fold_to_what_people_type),
        cmocka_unit_test(windows_1252_becomes_utf8),
        cmocka_unit_test(only_well_formed_utf8_is_valid),
        cmocka_unit_test(the_nearest_name_is_suggested_when_near_enough),
        cmocka_unit_test(csv_fields_are_quoted_where_they_must),
        cmocka_unit_test(a_buffer_that_lacked_memory_gives_nothing),
        cmocka_unit_test(views_are_compared_and_trimmed),
        cmocka_unit_test(json_numbers_become_the_shortest_that_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
