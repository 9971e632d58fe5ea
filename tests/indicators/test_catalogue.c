#include <string.h>

#include "catalogue/loaded.h"
#include "irminon/catalogue.h"
#include "irminon/memory.h"
#include "support.h"

static const char housing[] =
    "theme: housing\n"
    "label: {fr: \"Logement\", en: \"Housing\"}\n"
    "indicators:\n"
    "  - id: dwellings\n"
    "    label: {fr: \"Logements\", en: \"Dwellings\"}\n"
    "    kind: count\n"
    "    sources:\n"
    "      - {dataset: rp, numerator: \"P_LOG\"}\n"
    "  - id: dwelling_vacancy\n"
    "    label: {fr: \"Logements vacants\", en: \"Vacant dwellings\"}\n"
    "    unit: {fr: \"%\", en: \"%\"}\n"
    "    kind: ratio\n"
    "    decimals: 1\n"
    "    sense: need\n"
    "    precision: complementary\n"
    "    key: true\n"
    "    sources:\n"
    "      - dataset: rp\n"
    "        numerator: \"P_LOGVAC\"\n"
    "        denominator: \"P_LOG\"\n"
    "        scale: 100\n";

static irm_catalogue *with(const char *text) {
    irm_catalogue *catalogue;
    assert_ok(irm_catalogue_new_empty(&catalogue, &test_error));
    assert_ok(irm_catalogue_add_text(catalogue, "housing.yaml", text, strlen(text),
                                     &test_error));
    return catalogue;
}

static void a_file_gives_its_theme_and_indicators(void **state) {
    (void)state;
    irm_catalogue *catalogue = with(housing);
    assert_int_equal(irm_catalogue_theme_count(catalogue), 1);
    assert_int_equal(irm_catalogue_count(catalogue), 2);
    const irm_theme *theme = irm_catalogue_theme(catalogue, 0);
    assert_string_equal(theme->label_fr, "Logement");
    assert_int_equal(theme->count, 2);
    const irm_indicator *vacancy = irm_catalogue_get(catalogue, 1);
    assert_string_equal(vacancy->id, "dwelling_vacancy");
    assert_string_equal(vacancy->theme, "housing");
    assert_int_equal(vacancy->kind, IRM_KIND_RATIO);
    assert_int_equal(vacancy->decimals, 1);
    assert_int_equal(vacancy->sense, IRM_SENSE_NEED);
    assert_true(vacancy->complementary);
    assert_true(vacancy->key);
    assert_true(vacancy->sources[0].scale == 100);
    assert_true(irm_catalogue_get(catalogue, 0)->sources[0].scale == 1);
    assert_null(irm_catalogue_get(catalogue, 2));
    irm_catalogue_free(catalogue);
}

static void a_later_file_replaces_and_adds(void **state) {
    (void)state;
    irm_catalogue *catalogue = with(housing);
    static const char own[] =
        "theme: housing\n"
        "indicators:\n"
        "  - {id: dwellings, kind: count, sources: [{dataset: mine, numerator: X}]}\n"
        "  - {id: rooms, kind: count, sources: [{dataset: mine, numerator: Y}]}\n";
    assert_ok(
        irm_catalogue_add_text(catalogue, "own.yaml", own, strlen(own), &test_error));
    assert_int_equal(irm_catalogue_theme_count(catalogue), 1);
    assert_int_equal(irm_catalogue_count(catalogue), 3);
    assert_string_equal(irm_catalogue_theme(catalogue, 0)->label_en, "Housing");
    size_t index = 0;
    assert_ok(irm_catalogue_need(catalogue, "dwellings", &index, &test_error));
    assert_string_equal(irm_catalogue_get(catalogue, index)->sources[0].dataset, "mine");
    irm_catalogue_free(catalogue);
}

static void an_unknown_id_suggests_the_nearest(void **state) {
    (void)state;
    irm_catalogue *catalogue = with(housing);
    size_t index = 0;
    assert_int_equal(
        irm_catalogue_need(catalogue, "dweling_vacancy", &index, &test_error),
        IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "\"dwelling_vacancy\""));
    irm_catalogue_free(catalogue);
}

static void mistakes_are_told_with_line_and_column(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        const char *words;
    } cases[] = {
        {"theme: x\nindicators:\n  - id: a\n    colour: red\n", 4, "colour"},
        {"theme: x\nindicators:\n  - id: a\n    kind: rate\n    sources: []\n", 4,
         "rate"},
        {"theme: x\nindicators:\n  - id: a\n    kind: [\n", 4, "ENUM"},
        {"theme: x\nindicators:\n  - id: A b\n    kind: count\n    sources: []\n", 3,
         "A b"},
        {"theme: x\nindicators:\n  - {id: a, kind: count, sources: []}\n"
         "  - {id: a, kind: count, sources: []}\n",
         4, "twice"},
        {"theme: x\nindicators:\n  - {id: a, sources: []}\n", 3, "kind"},
        {"", 1, ""},
        {"theme: \xe9\xe9\n", 0, "UTF-8"},
        {"just words", 0, "MAPPING"},
    };
    irm_catalogue *catalogue;
    assert_ok(irm_catalogue_new_empty(&catalogue, &test_error));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_status status = irm_catalogue_add_text(catalogue, "own.yaml", cases[i].text,
                                                   strlen(cases[i].text), &test_error);
        char text[2048];
        irm_error_format(&test_error, text, sizeof text);
        if (status != IRM_STATUS_SCHEMA || test_error.line != cases[i].line ||
            strcmp(test_error.file, "own.yaml") != 0 ||
            strstr(test_error.message, cases[i].words) == NULL) {
            fail_msg("case %zu: status %d, %s", i, (int)status, text);
        }
    }
    assert_int_equal(irm_catalogue_count(catalogue), 0);
    irm_catalogue_free(catalogue);
}

static void the_compiled_catalogue_loads(void **state) {
    (void)state;
    irm_catalogue *catalogue;
    assert_ok(irm_catalogue_new(&catalogue, &test_error));
    irm_catalogue_free(catalogue);
    assert_int_equal(irm_catalogue_new_empty(&catalogue, &test_error), IRM_OK);
    assert_int_equal(irm_catalogue_add_file(catalogue, "/nowhere.yaml", &test_error),
                     IRM_STATUS_IO);
    irm_catalogue_free(catalogue);
}

static void collect(void *context, const char *message) {
    irm_buffer_format(context, "%s\n", message);
}

static void the_check_tells_every_mistake(void **state) {
    (void)state;
    static const char mistakes[] =
        "theme: t\n"
        "label: {fr: \"T\", en: \"T\"}\n"
        "indicators:\n"
        "  - id: good\n"
        "    label: {fr: \"a\", en: \"a\"}\n"
        "    unit: {fr: \"%\", en: \"%\"}\n"
        "    kind: ratio\n"
        "    champ: {fr: \"a\", en: \"a\"}\n"
        "    reference: \"x\"\n"
        "    sources:\n"
        "      - {dataset: rp-comparateur, numerator: \"P_LOGVAC\", denominator: "
        "\"P_LOG\"}\n"
        "  - id: bad\n"
        "    label: {fr: \"a\"}\n"
        "    unit: {fr: \"%\", en: \"%\"}\n"
        "    kind: count\n"
        "    champ: {fr: \"a\", en: \"a\"}\n"
        "    reference: \"x\"\n"
        "    sources:\n"
        "      - dataset: rp-comparateur\n"
        "        formula: \"P_POP + MED\"\n"
        "      - dataset: rp-comparateur\n"
        "        formula: \"P_POPP\"\n"
        "      - dataset: rp-comparateurs\n"
        "        formula: \"P_LOG +\"\n"
        "      - dataset: ds-rp-td-population-agesex-princ\n"
        "        formula: \"POP{AGE=Y0T4+Y_LT20}\"\n"
        "      - dataset: ds-rp-td-population-agesex-princ\n"
        "        formula: \"POP{SEX=F} + POP{AGE=Y0T4}\"\n"
        "      - dataset: ds-rp-td-population-agesex-princ\n"
        "        formula: \"POP{AGES=Y0T4}\"\n"
        "      - dataset: rp-comparateur\n"
        "        formula: \"indicator(bad) + indicator(worse)\"\n";
    static const char *const expected[] = {
        "t.yaml:12:9: bad: an English label",
        "t.yaml:20:25: bad: MED is a median: it cannot be added",
        "t.yaml:22:19: bad: rp-comparateur has no variable \"P_POPP\"; did you mean "
        "\"P_POP\"?",
        "t.yaml:23:18: bad: no dataset is called \"rp-comparateurs\"; did you mean "
        "\"rp-comparateur\"?",
        "t.yaml:24:26: bad: formula \"P_LOG +\", character 8",
        "t.yaml:26:23: bad: AGE=Y0T4 and Y_LT20 overlap",
        "t.yaml:28:32: bad: this cell of POP is already in the sum",
        "t.yaml:30:23: bad: ds-rp-td-population-agesex-princ has no dimension \"AGES\"",
        "t.yaml:32:36: bad: no indicator is called \"worse\"",
        "bad: its formula comes back to itself",
    };
    irm_catalogue *catalogue;
    irm_registry *registry;
    assert_ok(irm_registry_new(&registry, &test_error));
    assert_ok(irm_catalogue_new_empty(&catalogue, &test_error));
    assert_ok(irm_catalogue_add_text(catalogue, "t.yaml", mistakes, strlen(mistakes),
                                     &test_error));
    irm_buffer told = {0};
    irm_reporter reporter = {.context = &told, .warn = collect};
    assert_int_equal(irm_catalogue_check(catalogue, registry, &reporter, &test_error),
                     IRM_STATUS_SCHEMA);
    size_t lines = 0;
    for (const char *p = told.data; *p != '\0'; p++) {
        lines += *p == '\n';
    }
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        if (strstr(told.data, expected[i]) == NULL) {
            fail_msg("not told: %s\nbut:\n%s", expected[i], told.data);
        }
    }
    if (lines != sizeof expected / sizeof *expected ||
        strstr(told.data, "good:") != NULL) {
        fail_msg("%zu mistakes told:\n%s", lines, told.data);
    }
    irm_buffer_clear(&told);
    irm_catalogue_free(catalogue);
    irm_registry_free(registry);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_gives_its_theme_and_indicators),
        cmocka_unit_test(a_later_file_replaces_and_adds),
        cmocka_unit_test(an_unknown_id_suggests_the_nearest),
        cmocka_unit_test(mistakes_are_told_with_line_and_column),
        cmocka_unit_test(the_compiled_catalogue_loads),
        cmocka_unit_test(the_check_tells_every_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
