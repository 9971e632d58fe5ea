/* Cubes and detail files as published, moved between the communes of years: totals are
 * conserved, and evaluation in the geography of another year gives what conversion gives.
 */
#include "real.h"

static real_place place;

static const char cube[] = "ds-rp-td-population-agesex-princ@2023";

static int fill_store(void **state) {
    static const real_file files[] = {
        {"4-cog/v_mvtcommune_2023.csv.gz", ""},
        {"4-cog/v_commune_depuis_1943.csv.gz", "-d cog-communes-history@2023"},
        {"4-cog/COGugaison_tables_passage.csv.gz", ""},
        {"4-cog/table-appartenance-geo-communes-2017.csv.gz", ""},
        {"8-verite-terrain/exemple_popcom.csv.gz", "-d popcom@2012 --geography 2014"},
        {"7-melodi/DS_RP_TD_POPULATION_AGESEX_PRINC_2023_extract_data.csv",
         "--geography 2024"},
        {"2-microdata/melun_2018.csv.gz", "-d detail-logemt@2018"},
    };
    *state = &place;
    real_open(&place, files, COUNT(files));
    return 0;
}

/* Sum of a column over the rows that have `value` in `where` (NULL: all). */
static double sum(const sheet *s, const char *column, const char *where,
                  const char *value) {
    double total = 0;
    size_t at = where != NULL ? sheet_column(s, where) : 0;
    for (size_t r = 0; r < s->n_rows; r++) {
        if (where == NULL || strcmp(sheet_cell(s, r, at), value) == 0) {
            total += sheet_number(s, r, column);
        }
    }
    return total;
}

static void near(const char *what, double found, double expected) {
    if (!(fabs(found - expected) <= 1e-9 * fabs(expected))) {
        fail_msg("%s: %.17g instead of %.17g", what, found, expected);
    }
}

/* The communes of 2024 are those of 2012 but for mergers since, in both départements. */
static void a_cube_conserves_each_of_its_totals(void **state) {
    (void)state;
    real_need(&place);
    static const char *const modalities[][2] = {
        {"SEX", "F"}, {"SEX", "M"}, {"AGE", "Y0T4"}, {"AGE", "Y85T89"}};
    static const int years[] = {2012, 2017, 2023};
    sheet before = real_ask("GEO", "export '%s' %s -o - -q", place.store, cube);
    size_t level = sheet_column(&before, "GEO_OBJECT");
    for (size_t r = 0; r < before.n_rows;
         r++) { /* what is not of communes does not move */
        if (strcmp(sheet_cell(&before, r, level), "COM") != 0) {
            size_t value = sheet_column(&before, "OBS_VALUE");
            before.cells[(r + 1) * before.n_columns + value] = "0";
        }
    }
    for (size_t y = 0; y < sizeof years / sizeof *years; y++) {
        sheet after =
            real_ask("GEO", "convert '%s' %s -g %d -o - -q", place.store, cube, years[y]);
        near("all", sum(&after, "OBS_VALUE", NULL, NULL),
             sum(&before, "OBS_VALUE", NULL, NULL));
        for (size_t m = 0; m < sizeof modalities / sizeof *modalities; m++) {
            const char *column = modalities[m][0], *code = modalities[m][1];
            near(code, sum(&after, "OBS_VALUE", column, code),
                 sum(&before, "OBS_VALUE", column, code));
        }
        sheet_clear(&after);
    }
    sheet_clear(&before);
}

/* Of every commune of 2017 that the extract tells. */
static void evaluation_in_another_geography_is_conversion_then_sum(void **state) {
    (void)state;
    real_need(&place);
    sheet converted =
        real_ask("GEO", "convert '%s' %s -g 2017 -o - -q", place.store, cube);
    sheet asked = real_ask("territory",
                           "indicators '%s' --geography 2017 --level com --indicator "
                           "population --year 2023 -o - -q",
                           place.store);
    size_t compared = 0, state_column = sheet_column(&asked, "state");
    for (size_t r = 0; r < asked.n_rows; r++) {
        const char *code = sheet_cell(&asked, r, sheet_column(&asked, "territory"));
        const char *found = sheet_cell(&asked, r, state_column);
        if (sheet_find(&converted, code) < 0 || strcmp(found, "bounded") == 0) {
            continue;
        }
        near(code, sheet_number(&asked, r, "value"),
             sum(&converted, "OBS_VALUE", "GEO", code));
        compared++;
    }
    assert_true(compared > 300);
    sheet_clear(&asked);
    asked =
        real_ask("territory",
                 "indicators '%s' --geography 2017 --level epci --indicator population "
                 "--year 2023 -o - -q",
                 place.store);
    long epci = sheet_find(&asked, "200068815"); /* created on 1 January 2017 */
    assert_true(epci >= 0);
    near("CC Coeur de Garonne", sheet_number(&asked, (size_t)epci, "value"), 35159.4);
    sheet_clear(&asked);
    sheet_clear(&converted);
}

static void records_keep_their_number_and_their_weights(void **state) {
    (void)state;
    real_need(&place);
    sheet before =
        real_ask("COMMUNE", "export '%s' detail-logemt@2018 -o - -q", place.store);
    sheet after = real_ask("COMMUNE",
                           "convert '%s' detail-logemt@2018 --from 2020 -g 1999 "
                           "-o - -q",
                           place.store);
    assert_int_equal(after.n_rows, before.n_rows);
    near("IPONDL", sum(&after, "IPONDL", NULL, NULL), sum(&before, "IPONDL", NULL, NULL));
    near("vacant", sum(&after, "IPONDL", "CATL", "4"),
         sum(&before, "IPONDL", "CATL", "4"));
    sheet_clear(&before);
    sheet_clear(&after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cube_conserves_each_of_its_totals),
        cmocka_unit_test(evaluation_in_another_geography_is_conversion_then_sum),
        cmocka_unit_test(records_keep_their_number_and_their_weights),
    };
    return cmocka_run_group_tests(tests, fill_store, real_teardown);
}
