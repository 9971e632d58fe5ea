/* Detail tables: figures that are tabulations of records. */
#include <math.h>

#include "figures.h"
#include "support.h"

static const char persons[] =
    "dataset=persons|shape=detail|level=com|vintage=2020|geography=2018|"
    "survey_years=2018-2022";
/* Le Puy, the commune merged into Agnat in 2019, and Lyon by its arrondissements. */
static const char records[] =
    "COMMUNE|role=key|level=com;SEXE|modalities_fr=1=Hommes;AGE;W|role=weight|kind="
    "weight|"
    "variable=W;K\n"
    "43001;1;030;2.5;a\n43001;2;031;1.5;a\n43001;2;005;1;b\n"
    "43002;1;030;4;a\n"
    "43020;2;080;3;b\n43020;2;080;0.25;b\n43020;2;081;0.5;b\n"
    "69381;1;030;10;a\n69382;1;040;20;a\n;1;030;7;a\n";

static irm_evaluation ask(figures *f, const char *dataset, const char *formula,
                          const char *level) {
    irm_evaluation out;
    assert_ok(irm_evaluate_formula(f->evaluator, dataset, formula,
                                   irm_geography_level(f->geography, level), 0, &out,
                                   &test_error));
    return out;
}

static irm_quantity item(figures *f, const char *dataset, const char *formula,
                         const char *level, const char *code) {
    irm_evaluation out = ask(f, dataset, formula, level);
    assert_null(out.unavailable);
    irm_quantity result = out.result[irm_level_find(out.level, code)];
    irm_evaluation_clear(&out);
    return result;
}

static void exactly(irm_quantity q, double value) {
    if (q.value != value) {
        print_error("%.17g [%.17g, %.17g], not %.17g\n", q.value, q.lower, q.upper,
                    value);
    }
    assert_true(q.value == value && q.lower == value && q.upper == value);
}

/* The formula is not available, for a reason that holds `words`. */
static void refused(figures *f, const char *dataset, const char *formula,
                    const char *level, const char *words) {
    irm_evaluation out = ask(f, dataset, formula, level);
    assert_non_null(out.unavailable);
    if (strstr(out.unavailable, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", out.unavailable, words);
    }
    irm_evaluation_clear(&out);
}

static void begin(figures *f) {
    figures_begin(f);
    figures_put(f->store, "persons@2020", persons, records);
    figures_open(f);
}

static void cells_are_sums_of_weights_and_counts_of_records(void **state) {
    (void)state;
    figures f;
    begin(&f);
    exactly(item(&f, "persons", "W", "com", "43020"), 3.75);
    exactly(item(&f, "persons", "rows", "com", "43020"), 3);
    exactly(item(&f, "persons", "W{SEXE=2}", "com", "43001"), 2.5);
    exactly(item(&f, "persons", "W{SEXE=2, AGE=030..031}", "com", "43001"), 1.5);
    exactly(item(&f, "persons", "W{AGE=080+081, K=b}", "com", "43020"), 3.75);
    exactly(item(&f, "persons", "W{SEXE=1} / W", "com", "43001"), 6.5 / 9);
    figures_end(&f);
}

static void a_cell_without_records_is_zero_a_commune_without_is_unknown(void **state) {
    (void)state;
    figures f;
    begin(&f);
    exactly(item(&f, "persons", "W{SEXE=1}", "com", "43020"), 0);
    irm_quantity absent = item(&f, "persons", "W{SEXE=1}", "com", "43030");
    assert_int_equal(absent.state, IRM_STATE_MISSING);
    irm_quantity department = item(&f, "persons", "W", "dep", "43");
    assert_int_equal(department.state, IRM_STATE_BOUNDED);
    assert_true(department.flags & IRM_FLAG_PARTIAL_COVERAGE);
    assert_true(department.lower == 12.75);
    figures_end(&f);
}

static void former_communes_and_arrondissements_are_placed(void **state) {
    (void)state;
    figures f;
    begin(&f);
    irm_quantity merged = item(&f, "persons", "W{SEXE=1}", "com", "43001");
    exactly(merged, 6.5);
    assert_true(merged.flags & IRM_FLAG_CONVERTED_GEOGRAPHY);
    exactly(item(&f, "persons", "W", "com", "69123"), 30);
    exactly(item(&f, "persons", "W{AGE=40}", "dep", "69"), 20);
    figures_end(&f);
}

static void modalities_are_checked(void **state) {
    (void)state;
    figures f;
    begin(&f);
    exactly(item(&f, "persons", "W{AGE=80}", "com", "43020"), 3.25);
    exactly(item(&f, "persons", "W{AGE=099..120}", "com", "43020"), 0);
    refused(&f, "persons", "W{K=c}", "com", "has no K=c");
    refused(&f, "persons", "W{AGE=080+80}", "com", "AGE=80 is asked twice");
    refused(&f, "persons", "W{NAME=1}", "com", "no column NAME");
    refused(&f, "persons", "W{COMMUNE=43001}", "com", "no column COMMUNE");
    refused(&f, "persons", "X", "com", "no X");
    figures_end(&f);
}

static void counts_of_a_census_are_flagged(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "survey@2020",
                "dataset=survey|shape=detail|level=com|vintage=2020|geography=2022|"
                "survey_years=2018-2022",
                "COMMUNE|role=key|level=com;A;W|role=weight|kind=weight|variable=W|"
                "exploitation=complementary\n43001;x;150\n43001;y;600\n");
    figures_open(&f);
    assert_true(item(&f, "survey", "W{A=x}", "com", "43001").flags & IRM_FLAG_LOW_COUNT);
    irm_quantity many = item(&f, "survey", "W{A=y}", "com", "43001");
    assert_true(many.flags & IRM_FLAG_RELIABLE_COUNT);
    assert_true(many.flags & IRM_FLAG_COMPLEMENTARY);
    figures_end(&f);
}

/* FD_INDCVI tells cantons, départements, and the communes that are cut into IRIS. */
static void a_level_that_a_file_cannot_give_is_refused(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "cantons@2020",
                "dataset=cantons|shape=detail|level=can|vintage=2020|geography=2022",
                "CANTVILLE|role=key|level=can;IRIS|level=iris;DEPT|level=dep;S;"
                "W|role=weight|kind=weight|variable=W\n"
                "4301;ZZZZZZZZZ;43;1;10\n4302;430200101;43;1;2\n4302;430200102;43;2;3\n"
                "6901;693810101;69;1;4\n6901;693820101;69;1;5\n");
    figures_open(&f);
    exactly(item(&f, "cantons", "W", "dep", "43"), 15);
    exactly(item(&f, "cantons", "W{S=1}", "reg", "84"), 21);
    exactly(item(&f, "cantons", "W", "fr", "fr"), 24);
    exactly(item(&f, "cantons", "W{S=2}", "com", "43020"), 3);
    exactly(item(&f, "cantons", "W", "com", "69123"), 9);
    assert_int_equal(item(&f, "cantons", "W", "com", "43001").state, IRM_STATE_MISSING);
    refused(&f, "cantons", "W", "epci", "of which no epci is made");
    assert_int_equal(item(&f, "cantons", "W", "reg", "01").state, IRM_STATE_MISSING);
    figures_end(&f);
}

static void a_part_of_france_is_not_france(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "births@2020",
                "dataset=births|shape=detail|level=dep|vintage=2020|geography=2022",
                "DEPDOM|role=key|level=dep;AN|role=period;S\n"
                "43;2020;1\n43;2020;2\n43;2021;2\n");
    figures_open(&f);
    irm_evaluation out = ask(&f, "births", "rows{S=2}", "dep");
    assert_int_equal(out.year, 2021);
    exactly(out.result[irm_level_find(out.level, "43")], 1);
    irm_evaluation_clear(&out);
    exactly(item(&f, "births", "rows[2020]", "dep", "43"), 2);
    refused(&f, "births", "rows", "fr", "of which no fr is made");
    refused(&f, "births", "rows", "reg", "of which no reg is made");
    figures_end(&f);
}

/* ---- over a dimension ------------------------------------------------------------- */

static void median_and_mean_go_over_ages(void **state) {
    (void)state;
    figures f;
    begin(&f);
    /* 30 persons: 10 aged 30, then 20 aged 40: the 15th is a quarter into 40. */
    exactly(item(&f, "persons", "median_by(W, AGE)", "com", "69123"), 40.25);
    exactly(item(&f, "persons", "quantile_by(W, AGE, 0.2)", "com", "69123"), 30.6);
    exactly(item(&f, "persons", "mean_by(W, AGE)", "com", "69123"),
            (10 * 30.5 + 20 * 40.5) / 30);
    exactly(item(&f, "persons", "sum_by(W, AGE)", "com", "69123"), 1100);
    irm_quantity none = item(&f, "persons", "median_by(W{SEXE=1}, AGE)", "com", "43020");
    assert_int_equal(none.state, IRM_STATE_NOT_APPLICABLE);
    refused(&f, "persons", "median_by(W, K)", "com", "not numbers");
    figures_end(&f);
}

static void ages_of_one_territory_are_those_of_its_records(void **state) {
    (void)state;
    figures f;
    begin(&f);
    const irm_level *communes = irm_geography_level(f.geography, "com");
    const struct {
        const char *code, *variable;
        bool found;
        size_t age;
        double value;
    } cases[] = {{"69123", "W{SEXE=1}", true, 40, 20},
                 {"43001", "W{SEXE=1}", true, 30, 6.5}, /* with the one it took in */
                 {"43001", "rows", true, 30, 2},
                 {"43020", "W", true, 50, 3.75}, /* 80 and over, in the last */
                 {"43030", "W", false, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double counts[51];
        const char *table = "";
        bool found;
        int year = 0;
        assert_ok(irm_evaluate_ages(f.evaluator, "persons", cases[i].variable, "AGE",
                                    communes, irm_level_find(communes, cases[i].code),
                                    &year, counts, 51, &table, &found, &test_error));
        assert_int_equal(found, cases[i].found);
        if (found) {
            assert_int_equal(year, 2020);
            assert_string_equal(table, "persons@2020");
            assert_true(counts[cases[i].age] == cases[i].value);
        }
    }
    figures_end(&f);
}

static void cubes_are_read_by_their_finest_classes(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(
        f.store, "ages@2020",
        "dataset=ages|shape=cube|level=com|vintage=2020|geography=2022",
        "COM|role=key|level=com;AGE|role=dimension|total=_T;N|role=value|kind=count|"
        "variable=N\n"
        "43001;_T;100\n43001;Y_LT20;30\n43001;Y0T9;10\n43001;Y10T19;20\n"
        "43001;Y20T39;40\n43001;Y_GE40;30\n43001;Y_GE20;70\n"
        "43020;_T;\n43020;Y_LT20;\n43020;Y0T9;10\n43020;Y10T19;s4\n"
        "43020;Y20T39;40\n43020;Y_GE40;30\n43020;Y_GE20;\n");
    figures_open(&f);
    exactly(item(&f, "ages", "median_by(N, AGE)", "com", "43001"), 30);
    exactly(item(&f, "ages", "mean_by(N, AGE)", "com", "43001"),
            (10 * 5 + 20 * 15 + 40 * 30 + 30 * 50) / 100.0);
    irm_quantity open = item(&f, "ages", "quantile_by(N, AGE, 0.9)", "com", "43001");
    assert_int_equal(open.state, IRM_STATE_BOUNDED);
    assert_true(open.lower == 40 && isinf(open.upper));
    /* Whatever the 1 to 4 hidden ones are, the median is between 20 and 40. */
    irm_quantity hidden = item(&f, "ages", "median_by(N, AGE)", "com", "43020");
    assert_true(isnan(hidden.value) && hidden.lower == 20 && hidden.upper == 40);
    refused(&f, "ages", "sum_by(N, AGE)", "com", "is not one number");
    figures_end(&f);
}

static void formulas_over_a_dimension_are_parsed(void **state) {
    (void)state;
    static const struct {
        const char *formula, *words;
    } cases[] = {
        {"median_by(W)", "the name of a dimension"},
        {"median_by(W + W, AGE)", "a variable alone"},
        {"median_by(W{AGE=1}, AGE)", "is fixed"},
        {"quantile_by(W, AGE)", "the order of the quantile"},
        {"quantile_by(W, AGE, 1)", "between 0 and 1"},
        {"mean_by(W, 3)", "the name of a dimension"},
    };
    figures f;
    begin(&f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_evaluation out;
        irm_error error = {0};
        assert_int_equal(irm_evaluate_formula(f.evaluator, "persons", cases[i].formula,
                                              irm_geography_level(f.geography, "com"), 0,
                                              &out, &error),
                         IRM_STATUS_SCHEMA);
        if (strstr(error.message, cases[i].words) == NULL) {
            fail_msg("%s: \"%s\"", cases[i].formula, error.message);
        }
    }
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_sums_of_weights_and_counts_of_records),
        cmocka_unit_test(a_cell_without_records_is_zero_a_commune_without_is_unknown),
        cmocka_unit_test(former_communes_and_arrondissements_are_placed),
        cmocka_unit_test(modalities_are_checked),
        cmocka_unit_test(counts_of_a_census_are_flagged),
        cmocka_unit_test(a_level_that_a_file_cannot_give_is_refused),
        cmocka_unit_test(a_part_of_france_is_not_france),
        cmocka_unit_test(median_and_mean_go_over_ages),
        cmocka_unit_test(ages_of_one_territory_are_those_of_its_records),
        cmocka_unit_test(cubes_are_read_by_their_finest_classes),
        cmocka_unit_test(formulas_over_a_dimension_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
