/* The dwellings of Melun in twelve vintages of FD_LOGEMT, as published: what communal
 * bases and INSEE's pages say of them is found again from the records, by `tabulate` and
 * by the catalogue alike. Skipped where the files are absent. */
#include "records.h"
#include "reference.h"

static real_place place;

static const published_file vintages[] = {
    {"2-microdata/melun_2010.csv.gz", "detail-logemt@2010", false},
    {"2-microdata/melun_2011.csv.gz", "detail-logemt@2011", true},
    {"2-microdata/melun_2012.csv.gz", "detail-logemt@2012", false},
    {"2-microdata/melun_2013.csv.gz", "detail-logemt@2013", true},
    {"2-microdata/melun_2014.csv.gz", "detail-logemt@2014", false},
    {"2-microdata/melun_2015.csv.gz", "detail-logemt@2015", true},
    {"2-microdata/melun_2016.csv.gz", "detail-logemt@2016", false},
    {"2-microdata/melun_2017.csv.gz", "detail-logemt@2017", true},
    {"2-microdata/melun_2018.csv.gz", "detail-logemt@2018", false},
    {"2-microdata/melun_2019.csv.gz", "detail-logemt@2019", true},
    {"2-microdata/melun_2020.csv.gz", "detail-logemt@2020", false},
    {"2-microdata/melun_2021.csv.gz", "detail-logemt@2021", true},
};

/* What those figures are held to, and the geography. */
static const real_file others[] = {
    {"4-cog/commune_2021.csv.gz", ""},
    {"4-cog/departement2021.csv", ""},
    {"4-cog/region2021.csv", ""},
    {"1-rp-communes/base_cc_comparateur.CSV.gz", ""},
    {"1-rp-communes/base-cc-logement-2021.CSV.gz", ""},
    {"1-rp-communes/rp2012.csv.gz", "-d pages@2012"},
    {"1-rp-communes/datasfun_communes.csv.gz", "-d compilation@2021"},
    {"8-verite-terrain/insee_pages_data_menage_composition.csv", "-d households@2021"},
};

enum { VACANT, SECOND, MAIN, OWNERS, SOCIAL, HOUSES, PERSONS, N_FIGURES };

/* Where the catalogue has each figure: the numerator of an indicator. */
static const char *const indicators[] = {
    "dwelling_vacancy", "second_homes", "main_residences", "home_owners",
    "social_housing",   "houses",       "household_size"};

/* Weighted dwellings of Melun, from 2010 to 2021: exact sums of the files' own cells, by
 * tests/reference/melun.py. */
enum { FIRST_YEAR = 2010, N_YEARS = 12 };
static double melun[N_YEARS][N_FIGURES];

static void read_melun(void) {
    for (int i = 0; i < N_YEARS; i++) {
        char year[8];
        snprintf(year, sizeof year, "%d", FIRST_YEAR + i);
        irm_matrix line = test_reference("melun", year);
        assert_int_equal(line.columns, N_FIGURES);
        memcpy(melun[i], line.data, sizeof melun[i]);
        irm_matrix_clear(&line);
    }
}

static int fill_store(void **state) {
    read_melun();
    *state = &place;
    if (real_open(&place, others, COUNT(others))) {
        records_add(&place, vintages, COUNT(vintages), "");
    }
    return 0;
}

/* From the records by `tabulate`: CATL 1 main, 2 occasional, 3 second home, 4 vacant; of
 * main residences, STOCD 10 owners and 22 tenants of social housing, persons INPER. */
static void melun_by_tabulation(int year, double figures[N_FIGURES]) {
    sheet all = real_ask("CATL", "tabulate %s detail-logemt@%d --by CATL --weight IPONDL",
                         place.store, year);
    sheet tenures = real_ask("STOCD",
                             "tabulate %s detail-logemt@%d --by STOCD --weight IPONDL "
                             "--where 'CATL = 1'",
                             place.store, year);
    sheet types =
        real_ask("TYPL", "tabulate %s detail-logemt@%d --by TYPL --weight IPONDL",
                 place.store, year);
    sheet persons = real_ask("INPER",
                             "tabulate %s detail-logemt@%d --by INPER --weight IPONDL "
                             "--where 'CATL = 1'",
                             place.store, year);
    figures[VACANT] = value_at(&all, "4", NULL);
    figures[SECOND] = value_at(&all, "2", NULL) + value_at(&all, "3", NULL);
    figures[MAIN] = value_at(&all, "1", NULL);
    figures[OWNERS] = value_at(&tenures, "10", NULL);
    figures[SOCIAL] = value_at(&tenures, "22", NULL);
    figures[HOUSES] = value_at(&types, "1", NULL);
    figures[PERSONS] = 0;
    for (size_t r = 0; r < persons.n_rows; r++) {
        figures[PERSONS] +=
            atof(sheet_cell(&persons, r, 0)) * sheet_number(&persons, r, "value");
    }
    sheet_clear(&all);
    sheet_clear(&tenures);
    sheet_clear(&types);
    sheet_clear(&persons);
}

static void every_vintage_of_melun_adds_up(void **state) {
    (void)state;
    real_need(&place);
    for (int i = 0; i < N_YEARS; i++) {
        double got[N_FIGURES];
        melun_by_tabulation(FIRST_YEAR + i, got);
        for (int k = 0; k < N_FIGURES; k++) {
            near(got[k], melun[i][k], 1e-6);
        }
    }
}

static void the_catalogue_reads_every_vintage_of_melun(void **state) {
    (void)state;
    real_need(&place);
    sheet all =
        real_ask("indicator",
                 "indicators %s --level com --within com:77288 --year all --quiet "
                 "--indicator dwelling_vacancy,second_homes,main_residences,"
                 "home_owners,social_housing,houses,household_size -o -",
                 place.store);
    size_t met = 0;
    for (size_t r = 0; r < all.n_rows; r++) {
        const char *id = sheet_cell(&all, r, sheet_column(&all, "indicator"));
        int i = (int)sheet_number(&all, r, "year") - FIRST_YEAR, k = 0;
        while (strcmp(indicators[k], id) != 0) {
            k++;
        }
        /* where the base of the same year has the figure, it is read there: the same */
        assert_in_range(i, 0, N_YEARS - 1);
        near(sheet_number(&all, r, "numerator"), melun[i][k], 1e-6);
        met++;
    }
    assert_int_equal(met, N_YEARS * N_FIGURES);
    sheet_clear(&all);
}

/* A cell of Melun's row in a published table, found by the column of the code: the mean
 * of one row. */
typedef struct cell {
    int year;
    const char *table, *key, *column;
} cell;

static double published(const cell *of) {
    char name[64];
    sheet s = real_ask(of->key, "tabulate %s %s --by %s --where '%s = 77288' --mean %s",
                       place.store, of->table, of->key, of->key, of->column);
    assert_int_equal(s.n_rows, 1);
    snprintf(name, sizeof name, "mean_%s", of->column);
    double value = sheet_number(&s, 0, name);
    sheet_clear(&s);
    return value;
}

/* RP 2012: counts of the R package questionr, rounded to units. RP 2018 and 2021:
 * communal bases, all decimals. Households of 2021 in a compilation of the comparateur,
 * cut to units. */
static void melun_is_the_published_one(void **state) {
    (void)state;
    real_need(&place);
    static const struct {
        cell of;
        int figure;
        double below, above; /* published less ours */
    } cells[] = {
        {{2012, "pages@2012", "code_insee", "log_rp"}, MAIN, -0.5, 0.5},
        {{2012, "pages@2012", "code_insee", "log_proprio"}, OWNERS, -0.5, 0.5},
        {{2012, "pages@2012", "code_insee", "log_hlm"}, SOCIAL, -0.5, 0.5},
        {{2012, "pages@2012", "code_insee", "log_sec"}, SECOND, -0.5, 0.5},
        {{2018, "rp-comparateur@2018", "CODGEO", "P18_RP"}, MAIN, -1e-6, 1e-6},
        {{2018, "rp-comparateur@2018", "CODGEO", "P18_LOGVAC"}, VACANT, -1e-6, 1e-6},
        {{2018, "rp-comparateur@2018", "CODGEO", "P18_RSECOCC"}, SECOND, -1e-6, 1e-6},
        {{2018, "rp-comparateur@2018", "CODGEO", "P18_RP_PROP"}, OWNERS, -1e-6, 1e-6},
        {{2021, "rp-logement@2021", "CODGEO", "P21_RP"}, MAIN, -1e-6, 1e-6},
        {{2021, "rp-logement@2021", "CODGEO", "P21_LOGVAC"}, VACANT, -1e-6, 1e-6},
        {{2021, "rp-logement@2021", "CODGEO", "P21_RSECOCC"}, SECOND, -1e-6, 1e-6},
        {{2021, "rp-logement@2021", "CODGEO", "P21_MAISON"}, HOUSES, -1e-6, 1e-6},
        {{2021, "compilation@2021", "insee_com", "menages_2021"}, MAIN, -1, 0},
    };
    for (size_t i = 0; i < COUNT(cells); i++) {
        double gap = published(&cells[i].of) -
                     melun[cells[i].of.year - FIRST_YEAR][cells[i].figure];
        if (!(gap >= cells[i].below && gap <= cells[i].above)) {
            fail_msg("%d %s: %g apart", cells[i].of.year, cells[i].of.column, gap);
        }
    }
}

/* Persons of households are the municipal population but for those outside households
 * (2 to 4 % in Melun, which has a prison and homes). */
static void persons_of_melun_are_its_population(void **state) {
    (void)state;
    real_need(&place);
    static const cell cells[] = {
        {2012, "pages@2012", "code_insee", "pop_tot"},
        {2013, "rp-comparateur@2018", "CODGEO", "P13_POP"},
        {2015, "compilation@2021", "insee_com", "population_2015"},
        {2018, "rp-comparateur@2018", "CODGEO", "P18_POP"},
        {2021, "compilation@2021", "insee_com", "population_2021"},
    };
    for (size_t i = 0; i < COUNT(cells); i++) {
        double share = melun[cells[i].year - FIRST_YEAR][PERSONS] / published(&cells[i]);
        assert_true(share > 0.96 && share < 0.98);
    }
}

/* Households by composition printed on INSEE's pages for 2010, 2015 and 2021 are of the
 * complementary exploitation: they differ by its sampling. */
static void households_of_melun_are_near_those_of_the_pages(void **state) {
    (void)state;
    real_need(&place);
    static const char *const years[] = {"2010", "2015", "2021"};
    sheet pages = real_ask("code_insee", "export %s households@2021 -o -", place.store);
    for (size_t i = 0; i < COUNT(years); i++) {
        double sum = 0;
        size_t code = sheet_column(&pages, "code_insee");
        for (size_t r = 0; r < pages.n_rows; r++) {
            if (strcmp(sheet_cell(&pages, r, code), "77288") == 0) {
                sum += sheet_number(&pages, r, years[i]);
            }
        }
        assert_true(fabs(melun[atoi(years[i]) - FIRST_YEAR][MAIN] / sum - 1) < 0.015);
    }
    sheet_clear(&pages);
}

static void every_field_of_melun_is_given_back(void **state) {
    (void)state;
    real_need(&place);
    for (size_t i = 0; i < COUNT(vintages); i++) {
        export_gives_back(place.store, vintages[i].file, vintages[i].table);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vintage_of_melun_adds_up),
        cmocka_unit_test(the_catalogue_reads_every_vintage_of_melun),
        cmocka_unit_test(melun_is_the_published_one),
        cmocka_unit_test(persons_of_melun_are_its_population),
        cmocka_unit_test(households_of_melun_are_near_those_of_the_pages),
        cmocka_unit_test(every_field_of_melun_is_given_back),
    };
    return cmocka_run_group_tests(tests, fill_store, real_teardown);
}
