/* Figures that compare communes or compare with France, on the published files, against
 * values that other programs computed from the same files. */
#include "real.h"

static real_place place;

static int fill_store(void **state) {
    static const real_file files[] = {
        {"1-rp-communes/base_cc_comparateur.CSV.gz", ""},
        {"4-cog/table-appartenance-geo-communes-22_COM.csv.gz", ""},
    };
    *state = &place;
    real_open(&place, files, COUNT(files));
    return 0;
}

static void check(const char *level, const char *indicator, const char *code,
                  double expected, const char *flag) {
    real_need(&place);
    sheet s = real_ask("territory", "indicators '%s' --level %s --indicator %s -o - -q",
                       place.store, level, indicator);
    long row = sheet_find(&s, code);
    assert_true(row >= 0);
    double found = sheet_number(&s, (size_t)row, "value");
    assert_true(fabs(found - expected) < 1e-12 * expected);
    assert_string_equal(sheet_cell(&s, (size_t)row, sheet_column(&s, "state")), "value");
    assert_non_null(strstr(sheet_cell(&s, (size_t)row, sheet_column(&s, "flags")), flag));
    sheet_clear(&s);
}

/* By tests/reference/theil.py (Python 3.11). */
static void unemployment_differs_between_epci_as_much_as_theil_says(void **state) {
    (void)state;
    check("dep", "unemployment_between_epci", "31", 38.70929953816364, "");
    check("dep", "unemployment_between_epci", "43", 16.861189957210325, "");
}

/* Sums of ETAZ18 and ETTOT18 by awk: of the 48 communes, and of France without its
 * municipal arrondissements and the commune of which neither is published. */
static void a_quotient_compares_with_france_less_one_commune(void **state) {
    (void)state;
    check("epci", "agriculture_quotient", "200068815", 51.0 / 909 / 0.0451011882975418,
          "reference_coverage");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unemployment_differs_between_epci_as_much_as_theil_says),
        cmocka_unit_test(a_quotient_compares_with_france_less_one_commune),
    };
    return cmocka_run_group_tests(tests, fill_store, real_teardown);
}
