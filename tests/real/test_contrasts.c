/* Figures that compare communes or compare with France, on the published files, against
 * values that other programs computed from the same files. */
#include "real.h"

static char *folder;

static int fill_store(void **state) {
    (void)state;
    char store[512];
    folder = test_folder();
    snprintf(store, sizeof store, "%s/store", folder);
    if (!real_ingest(store, "1-rp-communes/base_cc_comparateur.CSV.gz", "") ||
        !real_ingest(store, "4-cog/table-appartenance-geo-communes-22_COM.csv.gz", "")) {
        test_folder_remove(folder);
        folder = NULL;
    }
    return 0;
}

static int drop_store(void **state) {
    (void)state;
    if (folder != NULL) {
        test_folder_remove(folder);
    }
    return 0;
}

static void check(const char *level, const char *indicator, const char *code,
                  double expected, const char *flag) {
    if (folder == NULL) {
        skip();
    }
    sheet s =
        real_ask("territory", "indicators '%s/store' --level %s --indicator %s -o - -q",
                 folder, level, indicator);
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
    return cmocka_run_group_tests(tests, fill_store, drop_store);
}
