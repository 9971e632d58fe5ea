/* Figures that published files must give, through the program: what one file says is
 * found again from another. Skipped where the files are absent. */
#include "real.h"

static real_place place;

static int fill_store(void **state) {
    static const real_file files[] = {
        {"4-cog/commune_2021.csv.gz", ""},
        {"4-cog/departement2021.csv", ""},
        {"4-cog/region2021.csv", ""},
        {"1-rp-communes/base_cc_comparateur.CSV.gz", ""},
        {"1-rp-communes/base-cc-logement-2021.CSV.gz", ""},
        {"1-rp-communes/rp2018.csv.gz", "-d pages@2018"},
        {"2-microdata/melun_2018.csv.gz", "-d detail-logemt@2018"},
        {"2-microdata/melun_2021.csv.gz", "-d detail-logemt@2021"},
        {"2-microdata/DC19.csv.xz", ""},
        {"5-filosofi-bpe/FILO2019_DISP_COM.csv.gz", ""},
        {"8-verite-terrain/exemple_popcom.csv.gz", "-d popcom@2014"},
        {"8-verite-terrain/exemple_popcom_COG2017_num.csv.gz", "-d popcom@2017"},
        {"8-verite-terrain/insee_pages_data_naissance_deces.csv", "-d printed@2023"},
    };
    *state = &place;
    real_open(&place, files, COUNT(files));
    return 0;
}

/* Sum of the weights of the dwellings of a category (CATL: 1 main residence, 2
 * occasional, 3 second home, 4 vacant). */
static double weighted(const sheet *dwellings, const char *category) {
    long row = sheet_find(dwellings, category);
    assert_true(row >= 0);
    return sheet_number(dwellings, (size_t)row, "value");
}

static void melun_is(int year, const char *table) {
    sheet detail =
        real_ask("CATL", "tabulate %s detail-logemt@%d --by CATL --weight IPONDL",
                 place.store, year);
    sheet base =
        real_ask("CODGEO",
                 "tabulate %s %s --by CODGEO --where 'CODGEO = 77288' --sum "
                 "P%d_LOG,P%d_RP,P%d_LOGVAC,P%d_RSECOCC",
                 place.store, table, year % 100, year % 100, year % 100, year % 100);
    char names[3][16];
    static const char *const variables[] = {"RP", "LOGVAC", "RSECOCC"};
    for (int i = 0; i < 3; i++) {
        snprintf(names[i], sizeof names[i], "P%d_%s", year % 100, variables[i]);
    }
    double main_residences = weighted(&detail, "1"), vacant = weighted(&detail, "4");
    double second = weighted(&detail, "2") + weighted(&detail, "3");
    assert_int_equal(base.n_rows, 1);
    assert_true(fabs(main_residences - sheet_number(&base, 0, names[0])) < 1e-6);
    assert_true(fabs(vacant - sheet_number(&base, 0, names[1])) < 1e-6);
    assert_true(fabs(second - sheet_number(&base, 0, names[2])) < 1e-6);
    assert_true(
        fabs(main_residences + vacant + second - sheet_number(&base, 0, "value")) < 1e-6);
    sheet_clear(&detail);
    sheet_clear(&base);
}

/* INSEE, RP 2021: 20,478.86 dwellings in Melun, in the detail file as in the base whose
 * codes a spreadsheet had cut. */
static void dwellings_of_melun_are_the_published_ones(void **state) {
    (void)state;
    real_need(&place);
    melun_is(2021, "rp-logement@2021");
    melun_is(2018, "rp-comparateur@2018");
    sheet all =
        real_ask("COMMUNE", "tabulate %s detail-logemt@2021 --by COMMUNE --weight IPONDL",
                 place.store);
    assert_true(fabs(sheet_number(&all, 0, "value") - 20478.8644774) < 1e-6);
    sheet_clear(&all);
}

static const char over_records[] =
    "theme: records\n"
    "label: {fr: R, en: R}\n"
    "indicators:\n"
    "  - {id: d_vacancy, kind: ratio, decimals: 1, sources: [{dataset: detail-logemt,\n"
    "     numerator: 'IPONDL{CATL=4}', denominator: IPONDL, scale: 100}]}\n"
    "  - {id: d_second, kind: ratio, decimals: 1, sources: [{dataset: detail-logemt,\n"
    "     numerator: 'IPONDL{CATL=2+3}', denominator: IPONDL, scale: 100}]}\n"
    "  - {id: d_main, kind: ratio, decimals: 1, sources: [{dataset: detail-logemt,\n"
    "     numerator: 'IPONDL{CATL=1}', denominator: IPONDL, scale: 100}]}\n"
    "  - {id: d_owners, kind: ratio, decimals: 1, sources: [{dataset: detail-logemt,\n"
    "     numerator: 'IPONDL{CATL=1, STOCD=10}', denominator: 'IPONDL{CATL=1}',\n"
    "     scale: 100}]}\n";

/* What the catalogue reads of the communal tables, it finds again from the records. */
static void indicators_over_records_are_the_published_ones(void **state) {
    (void)state;
    real_need(&place);
    static const char *const pairs[][2] = {{"dwelling_vacancy", "d_vacancy"},
                                           {"second_homes", "d_second"},
                                           {"main_residences", "d_main"},
                                           {"home_owners", "d_owners"}};
    char *path = irm_path_join(place.folder, "records.yaml");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(over_records, file);
    fclose(file);
    for (int year = 2018; year <= 2021; year += 3) {
        sheet melun = real_ask(
            "indicator",
            "indicators %s --catalogue %s --level com --within com:77288 --year %d "
            "--quiet --indicator "
            "dwelling_vacancy,second_homes,main_residences,home_owners,"
            "d_vacancy,d_second,d_main,d_owners -o -",
            place.store, path, year);
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            long published = sheet_find(&melun, pairs[i][0]);
            long records = sheet_find(&melun, pairs[i][1]);
            assert_true(published >= 0 && records >= 0);
            double a = sheet_number(&melun, (size_t)published, "value");
            double b = sheet_number(&melun, (size_t)records, "value");
            assert_true(a > 0 && fabs(b / a - 1) < 1e-9);
        }
        sheet_clear(&melun);
    }
    irm_free(path);
}

/* The same dwellings by a level of the geography, which the file does not hold; and a
 * level that the geography does not tell is refused, with those it has. */
static void a_detail_file_gives_the_levels_it_can(void **state) {
    (void)state;
    real_need(&place);
    sheet all = real_ask("dep", "tabulate %s detail-logemt@2021 --by dep --weight IPONDL",
                         place.store);
    assert_int_equal(all.n_rows, 1);
    assert_true(sheet_find(&all, "77") == 0);
    assert_true(fabs(sheet_number(&all, 0, "value") - 20478.8644774) < 1e-6);
    sheet_clear(&all);
    irm_buffer err = {0};
    assert_int_equal(test_run(NULL, &err, "%s tabulate %s detail-logemt@2021 --by ze",
                              IRMINON_PROGRAM, place.store),
                     1);
    assert_non_null(strstr(err.data, "no level 'ze' in the geography of 2021"));
    irm_buffer_clear(&err);
}

/* INSEE, RP 2018: 66,732,538 without Mayotte; the file also holds the 45 arrondissements
 * of Paris, Lyon and Marseille, 3,562,513 inhabitants. */
static void france_is_counted_once(void **state) {
    (void)state;
    real_need(&place);
    sheet france = real_ask(
        "territory", "indicators %s --level fr --indicator population --year 2018 -o -",
        place.store);
    assert_int_equal(france.n_rows, 1);
    assert_true(sheet_number(&france, 0, "value") == 66732538);
    sheet regions = real_ask(
        "territory", "indicators %s --level reg --indicator population --year 2018 -o -",
        place.store);
    double sum = 0;
    for (size_t r = 0; r < regions.n_rows; r++) {
        double value = sheet_number(&regions, r, "value");
        sum += isnan(value) ? 0 : value;
    }
    assert_true(sum == 66732538);
    sheet_clear(&france);
    sheet_clear(&regions);
}

/* Ratios that others computed from the same census, for 5,417 communes: rp2018 of the R
 * package questionr. */
static void ratios_are_those_of_rp2018(void **state) {
    (void)state;
    real_need(&place);
    sheet ours = real_ask("territory",
                          "indicators %s --level com --geography 2021 --wide -o - "
                          "--indicator population,census_unemployment_rate,home_owners",
                          place.store);
    sheet theirs = real_ask("code_insee", "export %s pages@2018 -o -", place.store);
    size_t apart = 0;
    assert_int_equal(theirs.n_rows, 5417);
    for (size_t r = 0; r < theirs.n_rows; r++) {
        const char *code = sheet_cell(&theirs, r, sheet_column(&theirs, "code_insee"));
        long found = sheet_find(&ours, code);
        /* Paris, Lyon and Marseille are there by arrondissement. */
        bool arrondissement = strncmp(code, "751", 3) == 0 ||
                              strncmp(code, "6938", 4) == 0 ||
                              strncmp(code, "132", 3) == 0;
        if (found < 0 && arrondissement) {
            apart++;
            continue;
        }
        assert_true(found >= 0);
        size_t row = (size_t)found;
        double unemployed = sheet_number(&ours, row, "census_unemployment_rate");
        double owners = sheet_number(&ours, row, "home_owners");
        double population = sheet_number(&ours, row, "population");
        if (!(fabs(population - sheet_number(&theirs, r, "pop_tot")) < 1e-6) ||
            !(fabs(unemployed - sheet_number(&theirs, r, "chom")) < 1e-10) ||
            !(fabs(owners - sheet_number(&theirs, r, "proprio")) < 1e-10)) {
            fail_msg("%s: %.17g %.17g", code, unemployed, owners);
        }
    }
    assert_int_equal(apart, 45);
    sheet_clear(&ours);
    sheet_clear(&theirs);
}

/* The median of Filosofi 2019 is in its own file and in the comparateur: the same for
 * 31,355 of 31,357 communes. */
static void medians_agree_with_the_comparateur(void **state) {
    (void)state;
    real_need(&place);
    sheet own = real_ask("CODGEO", "export %s filosofi-disp.com@2019 -o -", place.store);
    sheet base = real_ask("CODGEO", "export %s rp-comparateur@2018 -o -", place.store);
    size_t both = 0, equal = 0;
    for (size_t r = 0; r < own.n_rows; r++) {
        long row = sheet_find(&base, sheet_cell(&own, r, sheet_column(&own, "CODGEO")));
        double median = row < 0 ? NAN : sheet_number(&base, (size_t)row, "MED19");
        if (!isnan(median)) {
            both++;
            equal += sheet_number(&own, r, "Q219") == median;
        }
    }
    assert_int_equal(both, 31357);
    assert_int_equal(equal, 31355);
    sheet_clear(&own);
    sheet_clear(&base);
}

/* Deaths of 2019, row by row, and as printed on INSEE's pages: the same for 479 of 483
 * communes. Paris, Lyon and Marseille are by arrondissement in the detail file; Oullins
 * (69149) merged since. */
static void deaths_are_those_of_the_pages(void **state) {
    (void)state;
    real_need(&place);
    sheet detail =
        real_ask("COMDOM", "tabulate %s detail-deaths@2019 --by COMDOM", place.store);
    sheet pages = real_ask("code_insee", "export %s printed@2023 -o -", place.store);
    size_t code = sheet_column(&pages, "code_insee"), equal = 0, count = 0;
    for (size_t r = 0; r < pages.n_rows; r++) {
        if (sheet_number(&pages, r, "2019") == 0 || r % 2 != 0) {
            continue; /* deaths, then births, of each commune */
        }
        long row = sheet_find(&detail, sheet_cell(&pages, r, code));
        count++;
        equal += row >= 0 && sheet_number(&detail, (size_t)row, "rows") ==
                                 sheet_number(&pages, r, "2019");
    }
    assert_int_equal(count, 483);
    assert_int_equal(equal, 479);
    sheet_clear(&detail);
    sheet_clear(&pages);
}

/* The same count as an indicator, which puts the arrondissements of Paris, Lyon and
 * Marseille in their commune. */
static void deaths_are_an_indicator(void **state) {
    (void)state;
    real_need(&place);
    sheet deaths =
        real_ask("territory",
                 "indicators %s --level com --indicator deaths --year 2019 --quiet -o -",
                 place.store);
    sheet pages = real_ask("code_insee", "export %s printed@2023 -o -", place.store);
    size_t code = sheet_column(&pages, "code_insee"), equal = 0;
    for (size_t r = 0; r < pages.n_rows; r += 2) { /* deaths, then births */
        if (sheet_number(&pages, r, "2019") != 0) {
            long row = sheet_find(&deaths, sheet_cell(&pages, r, code));
            equal += row >= 0 && sheet_number(&deaths, (size_t)row, "value") ==
                                     sheet_number(&pages, r, "2019");
        }
    }
    assert_int_equal(equal, 482);
    sheet_clear(&deaths);
    sheet_clear(&pages);
}

/* A table moved from the communes of 2014 to those of 2017 keeps its total. */
static void a_conversion_keeps_the_population(void **state) {
    (void)state;
    real_need(&place);
    for (int year = 2014; year <= 2017; year += 3) {
        sheet all = real_ask("CODGEO", "export %s popcom@%d -o -", place.store, year);
        double sum = 0;
        for (size_t r = 0; r < all.n_rows; r++) {
            sum += sheet_number(&all, r, "P12_POP");
        }
        assert_int_equal(all.n_rows, year == 2014 ? 36664 : 35399);
        assert_true(fabs(sum - 65241241) < 0.5);
        sheet_clear(&all);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dwellings_of_melun_are_the_published_ones),
        cmocka_unit_test(france_is_counted_once),
        cmocka_unit_test(ratios_are_those_of_rp2018),
        cmocka_unit_test(a_detail_file_gives_the_levels_it_can),
        cmocka_unit_test(medians_agree_with_the_comparateur),
        cmocka_unit_test(deaths_are_those_of_the_pages),
        cmocka_unit_test(deaths_are_an_indicator),
        cmocka_unit_test(indicators_over_records_are_the_published_ones),
        cmocka_unit_test(a_conversion_keeps_the_population),
    };
    return cmocka_run_group_tests(tests, fill_store, real_teardown);
}
