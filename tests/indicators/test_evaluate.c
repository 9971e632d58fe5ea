#include "figures.h"
#include "irminon/evaluate.h"

static const char census_attributes[] =
    "dataset=census|shape=wide|level=com|vintage=2018|geography=2021|survey_years=2016-"
    "2020";
static const char census[] =
    "CODGEO|role=key|level=com;P18_POP|variable=P_POP|year=2018|kind=count;"
    "P13_POP|variable=P_POP|year=2013|kind=count;"
    "P18_LOG|variable=P_LOG|year=2018|kind=count;"
    "P18_LOGVAC|variable=P_LOGVAC|year=2018|kind=count;MED18|variable=MED|year=2018|"
    "kind=median;SUP|variable=SUP|kind=area\n"
    "43001;100.5;90;60;6;20000;10\n"
    "43020;1000;1100;500;100;21000;20\n"
    "43030;700;700;400;s;s;30\n"
    "69123;500000;490000;250000;20000;23000;48\n"
    "69381;30000;30000;15000;1000;25000;1.5\n"
    "97101;54000;55000;25000;s4;;81\n";

static void refused_of(figures *f, const char *dataset, const char *formula,
                       const char *level, int year, const char *words) {
    irm_evaluation out;
    assert_ok(irm_evaluate_formula(f->evaluator, dataset, formula,
                                   irm_geography_level(f->geography, level), year, &out,
                                   &test_error));
    if (out.unavailable == NULL || strstr(out.unavailable, words) == NULL) {
        fail_msg("%s: %s", formula,
                 out.unavailable != NULL ? out.unavailable : "computed");
    }
    irm_evaluation_clear(&out);
}

static void refused(figures *f, const char *dataset, const char *formula,
                    const char *level, const char *words) {
    refused_of(f, dataset, formula, level, 0, words);
}

static void holds(irm_quantity q, irm_state state, double value, double lower,
                  double upper) {
    bool value_fits = isnan(value) ? isnan(q.value) : fabs(q.value - value) < 1e-9;
    if (q.state != state || !value_fits || fabs(q.lower - lower) > 1e-9 ||
        (isinf(upper) ? !isinf(q.upper) : fabs(q.upper - upper) > 1e-9)) {
        fail_msg("got %s %g [%g, %g], expected %s %g [%g, %g]", irm_state_name(q.state),
                 q.value, q.lower, q.upper, irm_state_name(state), value, lower, upper);
    }
}

static void counts_add_up_and_cities_count_once(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "census@2018", census_attributes, census);
    figures_open(&f);
    holds(figures_ask(&f, "census", "P_POP", "com", "43001", 0), IRM_STATE_VALUE, 100.5,
          100.5, 100.5);
    holds(figures_ask(&f, "census", "P_POP", "epci", "200000001", 0), IRM_STATE_VALUE,
          1100.5, 1100.5, 1100.5);
    holds(figures_ask(&f, "census", "P_POP", "dep", "69", 0), IRM_STATE_VALUE, 500000,
          500000, 500000);
    holds(figures_ask(&f, "census", "P_POP", "fr", "", 0), IRM_STATE_VALUE, 555800.5,
          555800.5, 555800.5);
    holds(figures_ask(&f, "census", "P_POP", "fr", "", 2013), IRM_STATE_VALUE, 546890,
          546890, 546890);
    holds(figures_ask(&f, "census", "SUP", "dep", "43", 0), IRM_STATE_VALUE, 60, 60, 60);
    assert_true(figures_ask(&f, "census", "P_POP", "com", "43001", 0).flags &
                IRM_FLAG_LOW_COUNT);
    assert_true(figures_ask(&f, "census", "P_POP", "dep", "69", 0).flags &
                IRM_FLAG_RELIABLE_COUNT);
    figures_end(&f);
}

static void registers_are_not_flagged_as_estimates(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "census@2018", census_attributes,
                "CODGEO|role=key|level=com;N|variable=N|year=2018|kind=count;"
                "B|variable=B|year=2020|kind=count|exploitation=exhaustive;"
                "C|variable=C|year=2018|kind=count|exploitation=complementary;"
                "SUP|variable=SUP|kind=area|exploitation=exhaustive\n43020;10;10;10;2\n");
    figures_open(&f);
    assert_true(figures_ask(&f, "census", "N", "com", "43020", 0).flags ==
                IRM_FLAG_LOW_COUNT);
    assert_true(figures_ask(&f, "census", "B", "com", "43020", 0).flags == 0);
    assert_true(figures_ask(&f, "census", "N / SUP", "com", "43020", 2018).flags ==
                IRM_FLAG_LOW_COUNT);
    assert_true(figures_ask(&f, "census", "C", "com", "43020", 0).flags ==
                (IRM_FLAG_LOW_COUNT | IRM_FLAG_COMPLEMENTARY));
    assert_true(figures_ask(&f, "census", "N + B", "com", "43020", 2018).flags ==
                (IRM_FLAG_LOW_COUNT | IRM_FLAG_MIXED_YEARS));
    figures_end(&f);
}

static const char growth_catalogue[] =
    "theme: t\nlabel: {fr: T, en: T}\nindicators:\n  - id: growth\n"
    "    label: {fr: A, en: A}\n    unit: {fr: u, en: u}\n    kind: ratio\n"
    "    sources:\n      - dataset: census\n"
    "        formula: \"P_POP / P_POP[previous]\"\n";

static irm_quantity ask_ratio(figures *f, const char *numerator, const char *denominator,
                              const char *code) {
    const irm_level *communes = irm_geography_level(f->geography, "com");
    irm_evaluation out;
    char text[1024];
    irm_catalogue *catalogue = NULL;
    irm_evaluator *evaluator = NULL;
    assert_ok(irm_catalogue_new_empty(&catalogue, &test_error));
    snprintf(text, sizeof text,
             "theme: t\nlabel: {fr: T, en: T}\nindicators:\n  - id: asked\n"
             "    label: {fr: A, en: A}\n    unit: {fr: u, en: u}\n    kind: ratio\n"
             "    sources:\n      - dataset: census\n        numerator: \"%s\"\n"
             "        denominator: \"%s\"\n",
             numerator, denominator);
    assert_ok(
        irm_catalogue_add_text(catalogue, "t.yaml", text, strlen(text), &test_error));
    assert_ok(irm_evaluator_new(f->store, f->geography, catalogue, f->registry, NULL,
                                &evaluator, &test_error));
    assert_ok(irm_evaluate(evaluator, 0, communes, 0, &out, &test_error));
    assert_null(out.unavailable);
    irm_quantity result = out.result[irm_level_find(communes, code)];
    irm_evaluation_clear(&out);
    irm_evaluator_free(evaluator);
    irm_catalogue_free(catalogue);
    return result;
}

static void a_figure_is_as_fragile_as_the_smallest_count_it_rests_on(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "census@2018", census_attributes,
                "CODGEO|role=key|level=com;ROOMS|variable=ROOMS|year=2018|kind=count;"
                "MEN|variable=MEN|year=2018|kind=count;"
                "B|variable=B|year=2018|kind=count|exploitation=exhaustive\n"
                "43001;900;150;40\n43020;9000;1500;40\n43030;1600;300;40\n");
    figures_open(&f);
    uint32_t low = IRM_FLAG_LOW_COUNT, reliable = IRM_FLAG_RELIABLE_COUNT;
    assert_true(ask_ratio(&f, "ROOMS", "MEN", "43001").flags == low);
    assert_true(ask_ratio(&f, "ROOMS", "MEN", "43020").flags == reliable);
    assert_true(ask_ratio(&f, "ROOMS", "MEN", "43030").flags == 0);
    assert_true(ask_ratio(&f, "B", "MEN", "43001").flags == low);
    assert_true(ask_ratio(&f, "B", "MEN", "43020").flags == 0);
    figures_end(&f);
}

static void vintages_around_the_survey_put_off_need_six_years(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "census@2020",
                "dataset=census|shape=wide|level=com|vintage=2020|geography=2022|"
                "survey_years=2018-2022",
                "CODGEO|role=key|level=com;A|variable=P_POP|year=2020|kind=count;"
                "B|variable=P_POP|year=2015|kind=count;"
                "C|variable=P_POP|year=2014|kind=count;"
                "D|variable=P_POP|year=2009|kind=count\n43020;900;800;700;600\n");
    figures_open(&f);
    uint32_t overlap = IRM_FLAG_OVERLAPPING_VINTAGES;
    refused_of(&f, "census", "P_POP - P_POP[2015]", "com", 2020, "share survey years");
    /* The year before is the nearest that compares. */
    holds(figures_ask(&f, "census", "P_POP[previous]", "com", "43020", 2020),
          IRM_STATE_VALUE, 700, 700, 700);
    irm_evaluator_force(f.evaluator, true);
    assert_true(
        figures_ask(&f, "census", "P_POP - P_POP[2015]", "com", "43020", 2020).flags &
        overlap);
    assert_false(
        figures_ask(&f, "census", "P_POP - P_POP[2014]", "com", "43020", 2020).flags &
        overlap);
    assert_false(
        figures_ask(&f, "census", "P_POP - P_POP[2009]", "com", "43020", 2014).flags &
        overlap);
    figures_end(&f);
}

/* Overcrowding before and after its change of definition (rp-logement declares it). */
static void definitions_that_changed_are_not_compared(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(
        f.store, "rp-logement@2022",
        "dataset=rp-logement|shape=wide|level=com|vintage=2022|geography=2022|"
        "survey_years=2020-2024",
        "CODGEO|role=key|level=com;A|variable=C_RP_HSTU1P_SUROCC|year=2022|"
        "kind=count;B|variable=C_RP_HSTU1P_SUROCC|year=2016|kind=count;"
        "C|variable=C_RP_HSTU1P_SUROCC|year=2011|kind=count;"
        "D|variable=P_LOG|year=2022|kind=count;E|variable=P_LOG|year=2016|kind=count\n"
        "43020;9;8;7;60;50\n");
    figures_open(&f);
    refused_of(&f, "rp-logement", "C_RP_HSTU1P_SUROCC - C_RP_HSTU1P_SUROCC[2016]", "com",
               2022, "not the same thing: overcrowding is defined otherwise");
    holds(figures_ask(&f, "rp-logement", "C_RP_HSTU1P_SUROCC - C_RP_HSTU1P_SUROCC[2011]",
                      "com", "43020", 2016),
          IRM_STATE_VALUE, 1, 1, 1);
    holds(figures_ask(&f, "rp-logement", "P_LOG - P_LOG[2016]", "com", "43020", 2022),
          IRM_STATE_VALUE, 10, 10, 10);
    irm_break change;
    irm_source source = {.dataset = "rp-logement", .formula = "C_RP_HSTU1P_SUROCC"};
    assert_true(irm_evaluator_break(f.evaluator, &source, 2016, 2022, &change));
    assert_int_equal(change.year, 2022);
    assert_false(irm_evaluator_break(f.evaluator, &source, 2011, 2016, &change));
    irm_evaluator_force(f.evaluator, true);
    holds(figures_ask(&f, "rp-logement", "C_RP_HSTU1P_SUROCC - C_RP_HSTU1P_SUROCC[2016]",
                      "com", "43020", 2022),
          IRM_STATE_VALUE, 1, 1, 1);
    figures_end(&f);
}

static void a_growth_of_few_is_flagged_as_such(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "census@2018", census_attributes, census);
    assert_ok(irm_catalogue_add_text(f.catalogue, "g.yaml", growth_catalogue,
                                     strlen(growth_catalogue), &test_error));
    figures_open(&f);
    const irm_level *communes = irm_geography_level(f.geography, "com");
    irm_evaluation out;
    assert_ok(irm_evaluate(f.evaluator, 0, communes, 0, &out, &test_error));
    assert_null(out.unavailable);
    uint32_t precision = IRM_FLAG_LOW_COUNT | IRM_FLAG_RELIABLE_COUNT;
    uint32_t few = out.result[irm_level_find(communes, "43001")].flags & precision;
    uint32_t many = out.result[irm_level_find(communes, "43020")].flags & precision;
    assert_int_equal(few, IRM_FLAG_LOW_COUNT);
    assert_int_equal(many, IRM_FLAG_RELIABLE_COUNT);
    irm_evaluation_clear(&out);
    figures_end(&f);
}

static void hidden_cells_bound_the_sums_they_are_in(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "census@2018", census_attributes, census);
    figures_open(&f);
    holds(figures_ask(&f, "census", "P_LOGVAC", "com", "43030", 0), IRM_STATE_SECRET, NAN,
          0, INFINITY);
    holds(figures_ask(&f, "census", "P_LOGVAC", "dep", "43", 0), IRM_STATE_BOUNDED, NAN,
          106, INFINITY);
    holds(figures_ask(&f, "census", "P_LOGVAC", "dep", "971", 0), IRM_STATE_SECRET, NAN,
          1, 4);
    holds(figures_ask(&f, "census", "100 * P_LOGVAC / P_LOG", "dep", "43", 0),
          IRM_STATE_BOUNDED, NAN, 100 * 106.0 / 960, INFINITY);
    figures_end(&f);
}

static void a_median_is_read_where_published_and_refused_elsewhere(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "census@2018", census_attributes, census);
    figures_open(&f);
    holds(figures_ask(&f, "census", "MED", "com", "43020", 0), IRM_STATE_VALUE, 21000,
          21000, 21000);
    assert_int_equal(figures_ask(&f, "census", "MED", "com", "43030", 0).state,
                     IRM_STATE_SECRET);
    refused(&f, "census", "MED", "epci",
            "MED: a median cannot be added: census publishes it for com in 2018");
    refused(&f, "census", "P_NONE", "com", "census have no P_NONE");
    refused(&f, "other", "X", "com", "needs one of: other");
    figures_end(&f);
}

static void former_communes_join_the_one_they_became(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(
        f.store, "old@2015",
        "dataset=old|shape=wide|level=com|vintage=2015|geography=2015",
        "CODGEO|role=key|level=com|unplaced=XXXXX;N|variable=N|kind=count|year=2015;"
        "MED|variable=MED|kind=median|year=2015\n"
        "43001;10;1\n43002;5;2\n43020;7;3\n99999;4;9\nXXXXX;1;9\n");
    figures_open(&f);
    irm_quantity merged = figures_ask(&f, "old", "N", "com", "43001", 0);
    holds(merged, IRM_STATE_VALUE, 15, 15, 15);
    assert_true(merged.flags & IRM_FLAG_CONVERTED_GEOGRAPHY);
    irm_quantity whole = figures_ask(&f, "old", "N", "epci", "200000001", 0);
    holds(whole, IRM_STATE_VALUE, 22, 22, 22);
    assert_false(whole.flags & IRM_FLAG_PARTIAL_COVERAGE);
    irm_quantity part = figures_ask(&f, "old", "N", "dep", "43", 0);
    holds(part, IRM_STATE_BOUNDED, NAN, 22, INFINITY);
    assert_true(part.flags & IRM_FLAG_PARTIAL_COVERAGE);
    holds(figures_ask(&f, "old", "N", "dep", "69", 0), IRM_STATE_MISSING, NAN, 0,
          INFINITY);
    assert_int_equal(figures_ask(&f, "old", "MED", "com", "43001", 0).state,
                     IRM_STATE_MISSING);
    holds(figures_ask(&f, "old", "MED", "com", "43020", 0), IRM_STATE_VALUE, 3, 3, 3);
    assert_non_null(strstr(f.heard.data, "1 code of no commune"));
    assert_non_null(strstr(f.heard.data, "99999"));
    assert_null(strstr(f.heard.data, "XXXXX"));
    assert_ptr_equal(strstr(f.heard.data, "99999"), strrchr(f.heard.data, '(') + 1);
    figures_end(&f);
}

static void a_table_later_than_the_geography_is_told(void **state) {
    (void)state;
    char text[8192] = "CODGEO|role=key|level=com;N|variable=N|year=2021|kind=count\n";
    for (int code = 1; code <= 40; code++) { /* 43030 has merged by 2024 */
        if (code != 30) {
            snprintf(text + strlen(text), 32, "%d;10\n", 43000 + code);
        }
    }
    char places[8192] = "CODGEO,LIBGEO,DEP,REG,EPCI\n";
    for (int code = 1; code <= 40; code++) {
        snprintf(places + strlen(places), 64, "%d,C%d,43,84,200000001\n", 43000 + code,
                 code);
    }
    for (int later = 2024; later >= 2022; later -= 2) {
        figures f;
        char attributes[128];
        snprintf(attributes, sizeof attributes,
                 "dataset=later|shape=wide|level=com|vintage=2021|geography=%d", later);
        figures_begin(&f);
        zoning_put_text(f.store, places, "membership.com@2022", "CODGEO", "com", 2022);
        figures_put(f.store, "later@2021", attributes, text);
        figures_open(&f);
        figures_ask(&f, "later", "N", "com", "43001", 0);
        const char *heard = f.heard.data != NULL ? f.heard.data : "";
        bool told = strstr(heard, "1 commune without a row (43030)") != NULL;
        assert_int_equal(told, later == 2024);
        figures_end(&f);
    }
}

static void rounded_benefits_widen_with_each_commune(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(
        f.store, "caf@2024",
        "dataset=caf|shape=wide|level=com|vintage=2024|geography=2024",
        "CODE|role=key|level=com;MONTH|role=period;HOUSEHOLDS|variable=HOUSEHOLDS|"
        "kind=count|round=2\n"
        "43001;2023-12;0\n43020;2023-12;50\n43001;2024-11;1\n43001;2024-12;5\n"
        "43020;2024-12;60\n43030;2024-12;10\n69381;2024-12;100\n69382;2024-12;200\n");
    figures_open(&f);
    irm_quantity sum = figures_ask(&f, "caf", "HOUSEHOLDS", "dep", "43", 0);
    holds(sum, IRM_STATE_VALUE, 75, 69, 81);
    assert_true(sum.flags & IRM_FLAG_ROUNDED);
    holds(figures_ask(&f, "caf", "HOUSEHOLDS", "com", "43001", 2023), IRM_STATE_VALUE, 0,
          0, 2);
    holds(figures_ask(&f, "caf", "HOUSEHOLDS", "com", "69123", 0), IRM_STATE_VALUE, 300,
          296, 304);
    holds(figures_ask(&f, "caf", "HOUSEHOLDS - HOUSEHOLDS[previous]", "epci", "200000001",
                      2024),
          IRM_STATE_VALUE, 15, 7, 21);
    figures_end(&f);
}

static const char cube_attributes[] =
    "dataset=cube|shape=cube|level=mixed|vintage=2020|geography=2022|survey_years=2018-"
    "2022";
static const char cube[] =
    "GEO|role=key;GEO_OBJECT|role=level|levels=COM=com DEP=dep FRANCE:F=fr FRANCE:FM=frm;"
    "SEX|role=dimension|total=_T|partition=F M;AGE|role=dimension|total=_T|"
    "partition=Y0 Y1 ~ Y_LT20 Y_GE20;M|role=measure|measures=POP=count MED=median;"
    "TIME|role=period;V|role=value|kind=count\n"
    "43001;COM;F;Y_LT20;POP;2020;1\n43001;COM;F;Y_GE20;POP;2020;2\n"
    "43001;COM;M;Y_LT20;POP;2020;4\n43001;COM;M;Y_GE20;POP;2020;8\n"
    "43020;COM;F;Y_LT20;POP;2020;10\n43020;COM;F;Y_GE20;POP;2020;20\n"
    "43020;COM;M;Y_LT20;POP;2020;40\n"
    "43;DEP;F;Y_LT20;POP;2020;100\n43;DEP;F;Y_GE20;POP;2020;200\n"
    "43;DEP;M;Y_LT20;POP;2020;400\n43;DEP;M;Y_GE20;POP;2020;800\n"
    "F;FRANCE;F;Y_LT20;POP;2020;1000\nF;FRANCE;M;Y_LT20;POP;2020;1001\n"
    "F;FRANCE;F;Y_GE20;POP;2020;2000\nF;FRANCE;M;Y_GE20;POP;2020;2001\n"
    "43;DEP;_T;_T;MED;2020;21000\n"
    "43001;COM;F;Y_LT20;POP;2014;3\n43001;COM;M;Y_LT20;POP;2014;3\n"
    "43001;COM;F;Y_GE20;POP;2014;3\n43001;COM;M;Y_GE20;POP;2014;3\n";

static void a_cube_without_totals_adds_its_partition(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "cube@2020", cube_attributes, cube);
    figures_open(&f);
    holds(figures_ask(&f, "cube", "POP", "com", "43001", 0), IRM_STATE_VALUE, 15, 15, 15);
    holds(figures_ask(&f, "cube", "POP{SEX=F}", "com", "43001", 0), IRM_STATE_VALUE, 3, 3,
          3);
    holds(figures_ask(&f, "cube", "POP{SEX=_T,AGE=Y_LT20}", "com", "43001", 0),
          IRM_STATE_VALUE, 5, 5, 5);
    holds(figures_ask(&f, "cube", "POP", "dep", "43", 0), IRM_STATE_VALUE, 1500, 1500,
          1500);
    holds(figures_ask(&f, "cube", "POP", "fr", "", 0), IRM_STATE_VALUE, 6002, 6002, 6002);
    holds(figures_ask(&f, "cube", "MED", "dep", "43", 0), IRM_STATE_VALUE, 21000, 21000,
          21000);
    irm_quantity lacking = figures_ask(&f, "cube", "POP", "com", "43020", 0);
    /* What the département publishes, less the other commune. */
    holds(lacking, IRM_STATE_BOUNDED, NAN, 70, 1485);
    assert_true(lacking.flags & IRM_FLAG_PARTIAL_COVERAGE);
    irm_quantity growth =
        figures_ask(&f, "cube", "POP - POP[previous]", "com", "43001", 2020);
    holds(growth, IRM_STATE_VALUE, 3, 3, 3);
    assert_false(growth.flags & IRM_FLAG_OVERLAPPING_VINTAGES);
    refused(&f, "cube", "POP{SEX=F+_T}", "com", "overlap");
    refused(&f, "cube", "POP{SEX=X}", "com", "has no SEX=X");
    refused(&f, "cube", "POP{PCS=1}", "com", "has no dimension PCS");
    refused(&f, "cube", "MED", "com", "a median cannot be added");
    figures_end(&f);
}

static const char indicators[] =
    "theme: t\nindicators:\n"
    "  - id: population\n    kind: count\n    sources:\n"
    "      - {dataset: newer, formula: \"P_POP\"}\n"
    "      - {dataset: census, formula: \"P_POP\"}\n"
    "  - id: vacancy\n    kind: ratio\n    precision: complementary\n    sources:\n"
    "      - {dataset: census, numerator: P_LOGVAC, denominator: P_LOG, scale: 100}\n"
    "  - id: growth\n    kind: ratio\n    sources:\n"
    "      - dataset: census\n"
    "        formula: \"((P_POP / P_POP[previous]) ^ (1 / years()) - 1) * 100\"\n"
    "  - id: crossed\n    kind: ratio\n    sources:\n"
    "      - {dataset: caf, numerator: N, denominator: \"census:P_POP\"}\n"
    "  - id: twice\n    kind: count\n    sources:\n"
    "      - {dataset: census, formula: \"2 * indicator(population)\"}\n"
    "  - id: circle\n    kind: count\n    sources:\n"
    "      - {dataset: census, formula: \"1 + indicator(circle)\"}\n"
    "  - id: nowhere\n    kind: count\n    sources:\n"
    "      - {dataset: filosofi-disp, formula: \"Q2\"}\n";

static void with_indicators(figures *f) {
    figures_begin(f);
    figures_put(f->store, "census@2018", census_attributes, census);
    figures_put(f->store, "caf@2020",
                "dataset=caf|shape=wide|level=com|vintage=2020|geography=2021",
                "CODE|role=key|level=com;N|variable=N|kind=count|year=2020\n"
                "43001;50\n43020;100\n43030;1\n69123;0\n97101;1\n");
    assert_ok(irm_catalogue_add_text(f->catalogue, "t.yaml", indicators,
                                     strlen(indicators), &test_error));
    figures_open(f);
}

static irm_evaluation evaluated(figures *f, const char *id, const char *level, int year) {
    size_t index = 0;
    irm_evaluation out;
    assert_ok(irm_catalogue_need(f->catalogue, id, &index, &test_error));
    assert_ok(irm_evaluate(f->evaluator, index, irm_geography_level(f->geography, level),
                           year, &out, &test_error));
    return out;
}

static void a_ratio_is_the_ratio_of_the_sums(void **state) {
    (void)state;
    figures f;
    with_indicators(&f);
    irm_evaluation out = evaluated(&f, "vacancy", "epci", 0);
    assert_null(out.unavailable);
    assert_int_equal(out.year, 2018);
    assert_int_equal(out.geography, 2021);
    assert_string_equal(out.tables, "census@2018");
    assert_string_equal(out.source->dataset, "census");
    holds(out.numerator[0], IRM_STATE_VALUE, 106, 106, 106);
    holds(out.denominator[0], IRM_STATE_VALUE, 560, 560, 560);
    holds(out.result[0], IRM_STATE_VALUE, 100 * 106.0 / 560, 100 * 106.0 / 560,
          100 * 106.0 / 560);
    assert_true(out.result[0].flags == (IRM_FLAG_LOW_COUNT | IRM_FLAG_COMPLEMENTARY |
                                        IRM_FLAG_SMALL_POPULATION));
    assert_true(out.result[2].flags ==
                (IRM_FLAG_RELIABLE_COUNT | IRM_FLAG_COMPLEMENTARY));
    irm_evaluation_clear(&out);
    figures_end(&f);
}

static void times_families_and_indicators_can_be_named(void **state) {
    (void)state;
    figures f;
    with_indicators(&f);
    irm_evaluation out = evaluated(&f, "growth", "com", 0);
    assert_null(out.unavailable);
    double expected = (pow(1000 / 1100.0, 1 / 5.0) - 1) * 100;
    holds(out.result[1], IRM_STATE_VALUE, expected, expected, expected);
    irm_evaluation_clear(&out);
    out = evaluated(&f, "crossed", "com", 0);
    assert_int_equal(out.year, 2020);
    holds(out.result[1], IRM_STATE_VALUE, 0.1, 0.1, 0.1);
    assert_true(out.result[1].flags == (IRM_FLAG_MIXED_SOURCES | IRM_FLAG_MIXED_YEARS));
    assert_string_equal(out.tables, "caf@2020 census@2018");
    irm_evaluation_clear(&out);
    out = evaluated(&f, "twice", "com", 2013);
    holds(out.result[1], IRM_STATE_VALUE, 2200, 2200, 2200);
    irm_evaluation_clear(&out);
    out = evaluated(&f, "nowhere", "com", 0);
    assert_string_equal(out.unavailable, "needs one of: filosofi-disp");
    irm_evaluation_clear(&out);
    out = evaluated(&f, "population", "com", 1990);
    assert_non_null(strstr(out.unavailable, "census has no year 1990"));
    irm_evaluation_clear(&out);
    size_t circle = 0;
    assert_ok(irm_catalogue_need(f.catalogue, "circle", &circle, &test_error));
    assert_int_equal(
        irm_evaluate(f.evaluator, circle, irm_geography_level(f.geography, "com"), 0,
                     &out, &test_error),
        IRM_STATUS_SCHEMA);
    int *years = NULL;
    size_t count = 0;
    assert_ok(irm_evaluator_years(f.evaluator, 0, irm_geography_level(f.geography, "dep"),
                                  &years, &count, &test_error));
    assert_int_equal(count, 2);
    assert_int_equal(years[0], 2013);
    irm_free(years);
    figures_end(&f);
}

static void an_extract_does_not_hide_an_older_whole(void **state) {
    (void)state;
    figures f;
    with_indicators(&f);
    irm_evaluation out = evaluated(&f, "population", "fr", 0);
    assert_int_equal(out.year, 2018);
    irm_evaluation_clear(&out);
    figures_end(&f);
    figures_begin(&f);
    figures_put(f.store, "census@2018", census_attributes, census);
    figures_put(
        f.store, "newer@2023",
        "dataset=newer|shape=wide|level=com|vintage=2023|geography=2022",
        "C|role=key|level=com;N|variable=P_POP|kind=count|year=2023\n43001;120\n");
    assert_ok(irm_catalogue_add_text(f.catalogue, "t.yaml", indicators,
                                     strlen(indicators), &test_error));
    figures_open(&f);
    out = evaluated(&f, "population", "com", 0);
    assert_int_equal(out.year, 2023);
    irm_evaluation_clear(&out);
    out = evaluated(&f, "population", "fr", 0);
    assert_int_equal(out.year, 2018);
    assert_int_equal(out.result[0].state, IRM_STATE_VALUE);
    irm_evaluation_clear(&out);
    out = evaluated(&f, "population", "fr", 2023);
    assert_int_equal(out.result[0].state, IRM_STATE_BOUNDED);
    irm_evaluation_clear(&out);
    figures_end(&f);
}

/* Over a level, the newest year is not taken where it tells of few. */
static void an_extract_does_not_hide_a_level(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "census@2018", census_attributes, census);
    figures_put(
        f.store, "newer@2022",
        "dataset=newer|shape=wide|level=com|vintage=2022|geography=2022",
        "CODE|role=key|level=com;N|variable=P_POP|kind=count|year=2022\n43001;110\n");
    assert_ok(irm_catalogue_add_text(f.catalogue, "t.yaml", indicators,
                                     strlen(indicators), &test_error));
    figures_open(&f);
    size_t index = 0;
    irm_evaluation out;
    const irm_level *level = irm_geography_level(f.geography, "com");
    assert_ok(irm_catalogue_need(f.catalogue, "population", &index, &test_error));
    assert_ok(irm_evaluate(f.evaluator, index, level, 0, &out, &test_error));
    assert_int_equal(out.year, 2022);
    irm_evaluation_clear(&out);
    assert_ok(irm_evaluate_widely(f.evaluator, index, level, NULL, &out, &test_error));
    assert_int_equal(out.year, 2018);
    irm_evaluation_clear(&out);
    assert_non_null(strstr(f.heard.data, "2022 is known of 1 territories out of 5"));
    bool only[5] = {false};
    only[irm_level_find(level, "43001")] = true;
    assert_ok(irm_evaluate_widely(f.evaluator, index, level, only, &out, &test_error));
    assert_int_equal(out.year, 2022);
    irm_evaluation_clear(&out);
    figures_end(&f);
}

static void what_is_published_for_a_level_stands(void **state) {
    (void)state;
    figures f;
    figures_begin(&f);
    figures_put(f.store, "x.com@2020",
                "dataset=x|shape=wide|level=com|vintage=2020|geography=2022",
                "C|role=key|level=com;N|variable=N|kind=count|year=2020|round=2\n"
                "43001;10\n43020;10\n43030;10\n69123;10\n97101;10\n");
    figures_put(
        f.store, "x.epci@2020",
        "dataset=x|shape=wide|level=epci|vintage=2020|geography=2020",
        "C|role=key|level=epci;N|variable=N|kind=count|year=2020\n200000001;99\n");
    figures_put(f.store, "x.dep@2020",
                "dataset=x|shape=wide|level=dep|vintage=2020|geography=2020",
                "C|role=key|level=dep;N|variable=N|kind=count|year=2020\n43;31\n69;s\n");
    figures_open(&f);
    holds(figures_ask(&f, "x", "N", "dep", "43", 0), IRM_STATE_VALUE, 31, 31, 31);
    holds(figures_ask(&f, "x", "N", "dep", "69", 0), IRM_STATE_VALUE, 10, 8, 12);
    holds(figures_ask(&f, "x", "N", "dep", "971", 0), IRM_STATE_VALUE, 10, 8, 12);
    /* An EPCI of another year may have other communes: those of this geography are added.
     */
    holds(figures_ask(&f, "x", "N", "epci", "200000001", 0), IRM_STATE_VALUE, 20, 16, 24);
    figures_end(&f);
}

static void memory_that_runs_out_is_told(void **state) {
    (void)state;
    figures f;
    with_indicators(&f);
    size_t vacancy = 0;
    assert_ok(irm_catalogue_need(f.catalogue, "vacancy", &vacancy, &test_error));
    const irm_level *level = irm_geography_level(f.geography, "epci");
    irm_status status = IRM_STATUS_NO_MEMORY;
    for (size_t n = 1; status != IRM_OK; n++) {
        irm_evaluator *evaluator = NULL;
        irm_evaluation out = {0};
        irm_memory_fail_after(n);
        status = irm_evaluator_new(f.store, f.geography, f.catalogue, f.registry, NULL,
                                   &evaluator, &test_error);
        if (status == IRM_OK) {
            status = irm_evaluate(evaluator, vacancy, level, 0, &out, &test_error);
        }
        irm_memory_fail_after(0);
        if (status != IRM_OK && status != IRM_STATUS_NO_MEMORY) {
            fail_msg("allocation %zu: %s: %s", n, irm_status_name(status),
                     test_error.message);
        }
        if (status == IRM_OK && out.unavailable != NULL) {
            fail_msg("allocation %zu: unavailable: %s", n, out.unavailable);
        }
        irm_evaluation_clear(&out);
        irm_evaluator_free(evaluator);
    }
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_add_up_and_cities_count_once),
        cmocka_unit_test(registers_are_not_flagged_as_estimates),
        cmocka_unit_test(hidden_cells_bound_the_sums_they_are_in),
        cmocka_unit_test(a_figure_is_as_fragile_as_the_smallest_count_it_rests_on),
        cmocka_unit_test(vintages_around_the_survey_put_off_need_six_years),
        cmocka_unit_test(definitions_that_changed_are_not_compared),
        cmocka_unit_test(a_growth_of_few_is_flagged_as_such),
        cmocka_unit_test(a_median_is_read_where_published_and_refused_elsewhere),
        cmocka_unit_test(former_communes_join_the_one_they_became),
        cmocka_unit_test(a_table_later_than_the_geography_is_told),
        cmocka_unit_test(rounded_benefits_widen_with_each_commune),
        cmocka_unit_test(a_cube_without_totals_adds_its_partition),
        cmocka_unit_test(a_ratio_is_the_ratio_of_the_sums),
        cmocka_unit_test(times_families_and_indicators_can_be_named),
        cmocka_unit_test(an_extract_does_not_hide_an_older_whole),
        cmocka_unit_test(an_extract_does_not_hide_a_level),
        cmocka_unit_test(what_is_published_for_a_level_stands),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
