/* Every EPCI, computed twice: by the program, and by a Python script that reads the
 * published files itself. Skipped where the files or the interpreter are absent. */
#include "real.h"

static sheet reference(void) {
    char *base = test_real_data("1-rp-communes/base_cc_comparateur.CSV.gz");
    char *composition = test_real_data("4-cog/EPCI_zeros_perdus.csv.gz");
    sheet s = {0};
    if (base == NULL || composition == NULL || test_run(NULL, NULL, "python3 -V") != 0) {
        irm_free(base);
        irm_free(composition);
        skip();
    }
    char *script = test_source_path("tests/real/epci_reference.py");
    irm_buffer err = {0};
    if (test_run(&s.text, &err, "python3 '%s' '%s' '%s'", script, base, composition) !=
        0) {
        fail_msg("%s", err.data);
    }
    irm_buffer_clear(&err);
    irm_free(script);
    irm_free(base);
    irm_free(composition);
    sheet_parse(&s);
    sheet_index(&s, "territory");
    return s;
}

/* The same within 1e-9 of its size, or known to neither. */
static bool agree(double ours, double theirs) {
    return isnan(theirs) ? isnan(ours) : fabs(ours - theirs) <= 1e-9 * fabs(theirs);
}

static void every_epci_agrees_with_an_independent_computation(void **state) {
    (void)state;
    sheet theirs = reference();
    static const real_file files[] = {
        {"1-rp-communes/base_cc_comparateur.CSV.gz", ""},
        {"4-cog/EPCI_zeros_perdus.csv.gz", "-d epci-composition@2021"},
    };
    real_place place;
    assert_true(real_open(&place, files, COUNT(files)));
    sheet ours =
        real_ask("territory", "indicators %s --level epci --geography 2021 --wide -o -",
                 place.store);
    assert_int_equal(theirs.n_rows, ours.n_rows);
    assert_true(theirs.n_rows > 1200);
    size_t compared = 0;
    for (size_t r = 0; r < theirs.n_rows; r++) {
        const char *code = sheet_cell(&theirs, r, 0);
        long row = sheet_find(&ours, code);
        assert_true(row >= 0);
        for (size_t c = 2; c < theirs.n_columns; c++) {
            const char *indicator = theirs.cells[c];
            double a = sheet_number(&ours, (size_t)row, indicator);
            double b = sheet_number(&theirs, r, indicator);
            if (!agree(a, b)) {
                fail_msg("epci:%s %s: %.17g, by Python %.17g", code, indicator, a, b);
            }
            compared += isnan(b) ? 0 : 1;
        }
    }
    assert_true(compared > 27000);
    sheet_clear(&ours);
    sheet_clear(&theirs);
    real_close(&place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_epci_agrees_with_an_independent_computation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
