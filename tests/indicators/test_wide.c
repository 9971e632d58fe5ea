/* One line a territory, one column an indicator. */
#include <math.h>
#include <stdio.h>

#include "support.h"

#include "figures.h"
#include "irminon/write.h"

static const char catalogue[] =
    "theme: t\nlabel: {fr: T, en: T}\nindicators:\n"
    "  - id: rounded\n    label: {fr: A, en: A}\n    unit: {fr: u, en: u}\n"
    "    kind: count\n    sources:\n      - dataset: caf\n        formula: \"N\"\n"
    "  - id: exact\n    label: {fr: A, en: A}\n    unit: {fr: u, en: u}\n"
    "    kind: count\n    sources:\n      - dataset: caf\n        formula: \"B\"\n";

static void a_rounded_zero_keeps_its_bounds(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "caf@2020",
                "dataset=caf|shape=wide|level=com|vintage=2020|geography=2022",
                "CODE|role=key|level=com;N|variable=N|kind=count|year=2020|round=2;"
                "B|variable=B|kind=count|year=2020\n"
                "43001;0;0\n43020;100;7\n43030;5;3\n69123;5;2\n97101;5;1\n");
    assert_ok(irm_catalogue_add_text(f.catalogue, "t.yaml", catalogue, strlen(catalogue),
                                     &test_error));
    figures_open(&f);
    const irm_level *communes = irm_geography_level(f.geography, "com");
    irm_evaluation evaluations[2];
    irm_result results[64] = {0};
    size_t n = 0;
    for (size_t k = 0; k < 2; k++) {
        assert_ok(irm_evaluate(f.evaluator, k, communes, 0, &evaluations[k], &test_error));
        for (size_t i = 0; i < communes->count; i++) {
            results[n++] = (irm_result){.indicator = irm_catalogue_get(f.catalogue, k),
                                        .evaluation = &evaluations[k],
                                        .index = (int32_t)i};
        }
    }
    char *path = irm_path_join(f.folder, "wide.csv");
    assert_ok(irm_results_write_wide(results, n, path, NULL, &test_error));
    char text[1024] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(text, "name,rounded,rounded.lower,rounded.upper,exact\n"));
    assert_non_null(strstr(text, "com,43001,Agnat,0,0,2,0\n"));
    assert_non_null(strstr(text, "com,43020,Le Puy,100,98,102,7\n"));
    irm_free(path);
    irm_evaluation_clear(&evaluations[0]);
    irm_evaluation_clear(&evaluations[1]);
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_rounded_zero_keeps_its_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
