#include <stdio.h>
#include <string.h>
#include <time.h>

#include "descriptors/level.h"
#include "descriptors/pattern.h"
#include "irminon/descriptor.h"
#include "irminon/memory.h"
#include "support.h"

static void every_embedded_descriptor_is_right(void **state) {
    (void)state;
    irm_registry *registry;
    assert_ok(irm_registry_new(&registry, &test_error));
    assert_true(irm_registry_count(registry) > 0);
    for (size_t i = 0; i < irm_registry_count(registry); i++) {
        const irm_descriptor *descriptor = irm_registry_get(registry, i);
        assert_ok(irm_descriptor_check(descriptor, &test_error));
        assert_ptr_equal(irm_registry_find(registry, irm_descriptor_id(descriptor)),
                         descriptor); /* no id twice */
    }
    irm_registry_free(registry);
}

/* What a mistaken descriptor says: where, and words of the message. */
static const struct mistake {
    const char *text;
    size_t line, column;
    const char *words;
} mistakes[] = {
    {"id: a\ncolums:\n  - {name: x}\n", 2, 1, "did you mean 'columns'?"},
    {"id: a\ncolumns:\n  - {name: X, role: key}\n  - name: y\n    kind: ratioo\n", 5, 11,
     "did you mean 'ratio'?"},
    {"id: a\nid: b\n", 2, 1, "given twice"},
    {"id: a\ncolumns:\n  - {role: key}\n", 3, 0, "'name' is missing"},
    {"id: a\ncolumns:\n  - {name: x, pad: five}\n", 3, 0, "'five' is not an integer"},
    {"id: a\ncolumns: {name: x}\n", 2, 10, "SEQUENCE"},
    {"id: a\ncolumns:\n  - {name: x\n  - b: [\n", 3, 0, "YAML"},
    {"- a\n", 0, 0, "MAPPING"},
    {"# nothing\n", 1, 1, "nothing is in here"},
    {"id: A b\ncolumns:\n  - {name: x, role: key}\n", 1, 0, "lower case"},
    {"id: a\ncolumns:\n  - {name: x}\n", 1, 0, "no column has the role key"},
    {"id: a\nshape: cube\ncolumns:\n  - {name: x, role: key}\n", 1, 0, "role value"},
    {"id: a\ncolumns:\n  - {name: x, role: key, level: comune}\n", 3, 0, "not a level"},
    {"id: a\ncolumns:\n  - {name: x, role: key}\n  - {name: x}\n", 3, 0, "this name"},
    {"id: a\ncolumns:\n  - {name: 'P{y}', role: key}\n", 3, 0, "braces"},
    {"id: a\ndelimiter: ';;'\ncolumns:\n  - {name: x, role: key}\n", 2, 0,
     "one character"},
    {"id: a\ncolumns:\n  - {name: x, role: key}\nmarkers:\n  - {text: s, state: secret, "
     "columns: 'z'}\n",
     5, 0, "no column has the id z"},
    {"id: a\nfetch:\n  - {file: x}\ncolumns:\n  - {name: x, role: key}\n", 3, 0,
     "'url' is missing"},
    {"id: a\nfetch:\n  - {url: 'ftp://x/y'}\ncolumns:\n  - {name: x, role: key}\n", 3, 0,
     "expected https://"},
    {"id: a\nfetch:\n  - {url: 'https://x/{yyyy}'}\ncolumns:\n  - {name: x, role: key}\n",
     3, 0, "it has a year: which?"},
    {"id: a\nfetch:\n  - {url: 'https://x/y', file: a/b}\ncolumns:\n  - {name: x, role: "
     "key}\n",
     3, 0, "without a folder"},
    {"id: a\nfetch:\n  - {url: 'https://x/y', vintages: '2023, 2024'}\ncolumns:\n  - "
     "{name: x, "
     "role: key}\n",
     3, 0, "expected years"},
    {"id: a\ncolumns:\n  - {name: x, role: key, closed: true}\n", 3, 0,
     "without modalities"},
};

static void a_mistake_is_told_with_its_place(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "own.yaml");
    irm_registry *registry;
    assert_ok(irm_registry_new(&registry, &test_error));
    size_t before = irm_registry_count(registry);
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        const struct mistake *m = &mistakes[i];
        irm_error error;
        assert_ok(irm_write_file(path, m->text, strlen(m->text), &test_error));
        assert_int_equal(irm_registry_add_file(registry, path, &error),
                         IRM_STATUS_SCHEMA);
        if (strstr(error.message, m->words) == NULL) {
            fail_msg("case %zu: '%s' is not in '%s'", i, m->words, error.message);
        }
        assert_string_equal(error.file, path);
        if (error.line != m->line || (m->column > 0 && error.column != m->column)) {
            fail_msg("case %zu (%s): at %zu:%zu", i, error.message, error.line,
                     error.column);
        }
    }
    assert_int_equal(irm_registry_count(registry), before);
    irm_registry_free(registry);
    irm_free(path);
    test_folder_remove(folder);
}

static void a_users_descriptor_comes_first(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "own.yaml");
    const char *text =
        "id: rp-comparateur\ntitle: {fr: Le mien}\n"
        "recognise:\n  - headers: [Z]\ncolumns:\n  - {name: Z, role: key}\n";
    irm_registry *registry;
    assert_ok(irm_registry_new(&registry, &test_error));
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    assert_ok(irm_registry_add_file(registry, path, &test_error));
    const irm_descriptor *mine = irm_registry_find(registry, "rp-comparateur");
    assert_string_equal(irm_descriptor_title(mine, "en"), "Le mien");
    assert_true(irm_descriptor_has_variable(mine, "Z"));
    assert_false(irm_descriptor_has_variable(mine, "P_POP"));
    irm_registry_free(registry);
    irm_free(path);
    test_folder_remove(folder);
}

static void a_file_that_is_no_text_is_refused(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "own.yaml");
    irm_registry *registry;
    irm_error error;
    assert_ok(irm_registry_new(&registry, &test_error));
    assert_ok(irm_write_file(path, "a\0b", 3, &test_error));
    assert_int_equal(irm_registry_add_file(registry, path, &error), IRM_STATUS_SCHEMA);
    assert_ok(irm_write_file(path, "", 0, &test_error));
    assert_int_equal(irm_registry_add_file(registry, path, &error), IRM_STATUS_SCHEMA);
    assert_int_not_equal(irm_registry_add_file(registry, folder, &error), IRM_OK);
    assert_int_not_equal(irm_registry_add_file(registry, "/no/such", &error), IRM_OK);
    irm_registry_free(registry);
    irm_free(path);
    test_folder_remove(folder);
}

static const struct {
    const char *pattern, *name;
    bool fits;
    int year, first;
    const char *level;
} patterns[] = {
    {"P{yy}_POP", "P18_POP", true, 2018, 0, ""},
    {"P{yy}_POP", "p99_pop", true, 1999, 0, ""},
    {"P{yy}_POP", "P18_POPX", false, 0, 0, ""},
    {"NAIS{yy0}{yy}", "NAIS1318", true, 2018, 2013, ""},
    {"D{yy0}{yy}", "D6875", true, 1975, 1968, ""},
    {"ZE{yyyy}", "ZE2020", true, 2020, 0, ""},
    {"ZE{yyyy}", "ZE20", false, 0, 0, ""},
    {"*_RSA", "indfoy_rsa", true, 0, 0, ""},
    {"CODGEO", "codgeo", true, 0, 0, ""},
};

static void patterns_read_years(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        pattern_match match;
        assert_int_equal(pattern_fits(patterns[i].pattern, patterns[i].name, &match),
                         patterns[i].fits);
        if (patterns[i].fits) {
            assert_int_equal(match.year, patterns[i].year);
            assert_int_equal(match.first_year, patterns[i].first);
        }
    }
    pattern_match match;
    assert_true(
        pattern_fits_file("FILO{yyyy}_DISP_{LEVEL}", "FILO2019_DISP_EPCI.csv", &match));
    assert_int_equal(match.year, 2019);
    assert_string_equal(match.level, "EPCI");
    assert_true(pattern_fits_file("table-{yy}", "table-22.csv", &match));
    assert_false(pattern_fits_file("table-{yy}", "table-2022.csv", &match));
}

static void levels_know_their_codes(void **state) {
    (void)state;
    assert_string_equal(level_of_word("ZE2020"), "ze");
    assert_string_equal(level_of_word("FRANCE"), "fr");
    assert_string_equal(level_of_word("METROPOLE"), "frm");
    assert_null(level_of_word("ZZZ"));
    assert_true(level_code_valid("com", irm_view_of("2A004")));
    assert_false(level_code_valid("com", irm_view_of("1004")));
    assert_true(level_code_valid("dep", irm_view_of("974")));
    assert_false(level_code_valid("dep", irm_view_of("1")));
    assert_true(level_code_valid("qpv", irm_view_of("QP001001")));
    assert_false(level_code_valid("epci", irm_view_of("ZZZZZZZZZ")));
}

static void the_registry_opens_quickly(void **state) {
    (void)state;
    struct timespec from, to;
    irm_registry *registry;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    assert_ok(irm_registry_new(&registry, &test_error));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 +
                (double)(to.tv_nsec - from.tv_nsec) / 1e6;
    print_message("%zu heads in %.1f ms\n", irm_registry_count(registry), ms);
    assert_true(ms < 500); /* far above what is usual: sanitizers, busy machines */
    irm_registry_free(registry);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_embedded_descriptor_is_right),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(a_users_descriptor_comes_first),
        cmocka_unit_test(a_file_that_is_no_text_is_refused),
        cmocka_unit_test(patterns_read_years),
        cmocka_unit_test(levels_know_their_codes),
        cmocka_unit_test(the_registry_opens_quickly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
