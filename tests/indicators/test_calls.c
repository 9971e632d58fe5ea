/* Functions of formulas that look beyond a territory's own figures. Expected values are
 * by hand from the few communes below. */
#include "figures.h"
#include "irminon/evaluate.h"

static const char attributes[] =
    "dataset=census|shape=wide|level=com|vintage=2018|geography=2021|survey_years=2018";
static const char rows[] =
    "CODGEO|role=key|level=com;A|variable=A|year=2018|kind=count;"
    "B|variable=B|year=2018|kind=count;M|variable=M|year=2018|kind=median;"
    "H|variable=H|year=2018|kind=count\n"
    "43001;30;100;10000;5\n"
    "43020;10;300;20000;6\n"
    "43030;0;0;15000;s\n"
    "69123;60;600;30000;7\n"
    "97101;0;1000;12000;8\n";

static irm_evaluation ask(figures *f, const char *formula, const char *level) {
    irm_evaluation out;
    const irm_level *found = irm_geography_level(f->geography, level);
    assert_non_null(found);
    assert_ok(irm_evaluate_formula(f->evaluator, "census", formula, found, 0, &out,
                                   &test_error));
    return out;
}

static irm_quantity value_of(figures *f, const char *formula, const char *level,
                             const char *code) {
    irm_evaluation out = ask(f, formula, level);
    if (out.unavailable != NULL) {
        fail_msg("%s: %s", formula, out.unavailable);
    }
    int32_t index = out.count == 1 ? 0 : irm_level_find(out.level, code);
    assert_true(index >= 0);
    irm_quantity result = out.result[index];
    irm_evaluation_clear(&out);
    return result;
}

static void is(figures *f, const char *formula, const char *level, const char *code,
               double expected) {
    irm_quantity q = value_of(f, formula, level, code);
    if (q.state != IRM_STATE_VALUE || !(fabs(q.value - expected) < 1e-12) ||
        q.lower != q.upper) {
        fail_msg("%s of %s: %s %.17g [%g, %g], expected %.17g", formula, code,
                 irm_state_name(q.state), q.value, q.lower, q.upper, expected);
    }
}

static void begin(figures *f) {
    figures_begin(f);
    figures_put(f->store, "census.com@2018", attributes, rows);
    figures_open(f);
}

static void the_reference_is_france(void **state) {
    (void)state;
    figures f;
    begin(&f);
    is(&f, "reference(A / B)", "dep", "43", 100.0 / 2000);
    is(&f, "(A / B) / reference(A / B)", "dep", "43", (40.0 / 400) / (100.0 / 2000));
    is(&f, "(A / B) / reference(A / B)", "com", "43001", 0.3 / 0.05);
    figures_end(&f);
}

static void indices_compare_the_communes_of_a_territory(void **state) {
    (void)state;
    figures f;
    begin(&f);
    /* 43: A is 3/4 and 1/4, B is 1/4 and 3/4. */
    is(&f, "dissimilarity(A, B)", "dep", "43", 0.5);
    is(&f, "isolation(A, A + B)", "dep", "43", 0.75 * 30 / 130 + 0.25 * 10 / 310);
    /* Medians of 10,000 (weight 100) and 20,000 (weight 300); 43030 weighs nothing. Mean
     * difference 2·(1/4)(3/4)·10,000, over twice the mean of 17,500. */
    is(&f, "gini(M, B)", "dep", "43", 3750.0 / 35000);
    is(&f, "theil(M, B)", "dep", "43",
       0.25 * (4.0 / 7) * log(4.0 / 7) + 0.75 * (8.0 / 7) * log(8.0 / 7));
    is(&f, "dissimilarity(A, B)", "fr", "",
       (fabs(.3 - .05) + fabs(.1 - .15) + fabs(.6 - .3) + .5) / 2);
    figures_end(&f);
}

static void an_index_of_hidden_parts_is_hidden(void **state) {
    (void)state;
    figures f;
    begin(&f);
    irm_quantity q = value_of(&f, "dissimilarity(H, B)", "dep", "43");
    assert_int_equal(q.state, IRM_STATE_SECRET);
    assert_true(isnan(q.value) && q.lower == 0 && q.upper == 1);
    q = value_of(&f, "entropy(A, H)", "dep", "43");
    assert_true(irm_state_hidden(q.state) && q.lower == 0);
    figures_end(&f);
}

static void an_index_of_nothing_does_not_apply(void **state) {
    (void)state;
    figures f;
    begin(&f);
    assert_int_equal(value_of(&f, "dissimilarity(A, B)", "dep", "971").state,
                     IRM_STATE_NOT_APPLICABLE); /* A is 0 there */
    figures_end(&f);
}

static void a_commune_is_not_compared_with_itself(void **state) {
    (void)state;
    figures f;
    begin(&f);
    irm_evaluation out = ask(&f, "gini(M, B)", "com");
    assert_non_null(out.unavailable);
    assert_non_null(strstr(out.unavailable, "not made of communes"));
    irm_evaluation_clear(&out);
    figures_end(&f);
}

static void entropy_is_that_of_the_counts(void **state) {
    (void)state;
    figures f;
    begin(&f);
    is(&f, "entropy(A, B) / log(2)", "com", "69123",
       -(60.0 / 660 * log(60.0 / 660) + 600.0 / 660 * log(600.0 / 660)) / log(2));
    figures_end(&f);
}

/* Two ages: A events among B, 2·A among 4·B. */
static void rates_are_standardised_on_france(void **state) {
    (void)state;
    figures f;
    begin(&f);
    double direct = (40.0 / 400 * 2000 + 80.0 / 1600 * 8000) / 10000;
    is(&f, "standardised(A, B, 2 * A, 4 * B)", "dep", "43", direct);
    is(&f, "expected(A, B, 2 * A, 4 * B)", "dep", "43",
       400 * (100.0 / 2000) + 1600 * (200.0 / 8000));
    is(&f, "standardised(A, B, 2 * A, 4 * B)", "fr", "", 300.0 / 10000);
    is(&f, "3 * A / expected(A, B, 2 * A, 4 * B)", "fr", "", 1);
    figures_end(&f);
}

static void an_age_without_inhabitants_makes_no_rate(void **state) {
    (void)state;
    figures f;
    begin(&f);
    assert_int_equal(value_of(&f, "standardised(A, B, A, B)", "com", "43030").state,
                     IRM_STATE_NOT_APPLICABLE);
    figures_end(&f);
}

/* Six communes of one département in three EPCI, and one in none: those of the case of
 * tests/reference/rates.R, by base R (within, then between). */
static void theil_is_split_by_the_territories_of_a_level(void **state) {
    (void)state;
    static const char zoning[] =
        "CODGEO,LIBGEO,DEP,REG,EPCI\n43001,A,43,84,200000001\n43002,B,43,84,200000001\n"
        "43003,C,43,84,200000002\n43004,D,43,84,200000002\n43005,E,43,84,200000003\n"
        "43006,F,43,84,200000003\n69001,G,69,84,ZZZZZZZZZ\n69002,H,69,84,ZZZZZZZZZ\n";
    static const char incomes[] =
        "CODGEO|role=key|level=com;M|variable=M|year=2018|kind=median;"
        "F|variable=F|year=2018|kind=count\n"
        "43001;11800;310\n43002;13250;220\n43003;15400;1540\n43004;15400;87\n"
        "43005;21900;905\n43006;48000;60\n69001;10000;100\n69002;20000;300\n";
    figures f;
    figures_begin_in(&f, zoning);
    figures_put(f.store, "census.com@2018", attributes, incomes);
    figures_open(&f);
    const struct {
        const char *formula;
        double expected;
    } cases[] = {
        {"theil(M, F)", 0.040520992206062173},
        {"theil_within(M, F, epci)", 0.011930817695636866},
        {"theil_between(M, F, epci)", 0.028590174510425292},
        {"theil_within(M, F, epci) + theil_between(M, F, epci) - theil(M, F)", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_quantity q = value_of(&f, cases[i].formula, "dep", "43");
        assert_true(q.state == IRM_STATE_VALUE &&
                    fabs(q.value - cases[i].expected) < 1e-12);
    }
    /* Of no EPCI, each is alone: all is between. */
    double alone = value_of(&f, "theil(M, F)", "dep", "69").value;
    assert_true(alone > 0.01);
    assert_true(fabs(value_of(&f, "theil_between(M, F, epci)", "dep", "69").value -
                     alone) < 1e-15);
    irm_evaluation out = ask(&f, "theil_between(M, F, epci)", "epci");
    assert_non_null(strstr(out.unavailable, "in one alone"));
    irm_evaluation_clear(&out);
    out = ask(&f, "theil_between(M, F, canton)", "dep");
    assert_non_null(strstr(out.unavailable, "canton is no level"));
    irm_evaluation_clear(&out);
    figures_end(&f);
}

/* A country of many communes, of one of which the source tells `last`. */
static irm_quantity quotient_in_a_large_country(const char *last, int inhabitants,
                                                const char *level, const char *code,
                                                irm_buffer *heard) {
    enum { MANY = 2000 };
    irm_buffer zoning = {0}, text = {0};
    irm_buffer_text(&zoning, "CODGEO,LIBGEO,DEP,REG,EPCI\n");
    irm_buffer_text(&text,
                    "CODGEO|role=key|level=com;A|variable=A|year=2018|kind=count;"
                    "B|variable=B|year=2018|kind=count;"
                    "P|variable=P|year=2018|kind=count\n");
    for (int i = 0; i < MANY; i++) {
        int department = i < MANY / 2 ? 43 : 68, number = 1 + i % (MANY / 2);
        irm_buffer_format(&zoning, "%d%03d,N,%d,84,200000001\n", department,
                          number % 1000, department);
        bool gone = i == MANY - 1;
        irm_buffer_format(&text, "%d%03d;%s;10;%d\n", department, number % 1000,
                          gone     ? last
                          : i < 10 ? "8"
                                   : "2",
                          gone ? inhabitants : 100);
    }
    figures f;
    figures_begin_in(&f, zoning.data);
    static const char population[] =
        "theme: t\nindicators:\n  - id: population\n    kind: count\n    sources:\n"
        "      - {dataset: census, formula: P}\n";
    char *path = irm_path_join(f.folder, "t.yaml");
    assert_ok(irm_write_file(path, population, strlen(population), &test_error));
    assert_ok(irm_catalogue_add_file(f.catalogue, path, &test_error));
    irm_free(path);
    figures_put(f.store, "census.com@2018", attributes, text.data);
    figures_open(&f);
    irm_quantity q = value_of(&f, "(A / B) / reference(A / B)", level, code);
    irm_buffer_text(heard, f.heard.data != NULL ? f.heard.data : "");
    figures_end(&f);
    irm_buffer_clear(&zoning);
    irm_buffer_clear(&text);
    return q;
}

/* One commune in 2,000 without a figure: France is taken without it, and says so. */
static void a_reference_lacks_a_few_communes_and_says_so(void **state) {
    (void)state;
    irm_buffer heard = {0};
    double france = (10 * 8 + 1989 * 2) / 19990.0;
    irm_quantity q = quotient_in_a_large_country("", 90, "com", "43001", &heard);
    assert_int_equal(q.state, IRM_STATE_VALUE);
    assert_true(fabs(q.value - 0.8 / france) < 1e-12 && q.lower == q.upper);
    assert_true(q.flags & IRM_FLAG_REFERENCE_COVERAGE);
    assert_non_null(strstr(heard.data, "68000 N"));
    irm_buffer_clear(&heard);
    q = quotient_in_a_large_country("", 90, "com", "68000", &heard);
    assert_true(irm_state_hidden(q.state)); /* its own stays unknown */
    irm_buffer_clear(&heard);
}

/* A large commune, or a secret, is not left out: it bounds. */
static void a_reference_keeps_what_it_may_not_leave_out(void **state) {
    (void)state;
    irm_buffer heard = {0};
    irm_quantity q = quotient_in_a_large_country("", 50000, "com", "43001", &heard);
    assert_true(irm_state_hidden(q.state));
    assert_false(q.flags & IRM_FLAG_REFERENCE_COVERAGE);
    q = quotient_in_a_large_country("s", 90, "com", "43001", &heard);
    assert_true(irm_state_hidden(q.state));
    q = quotient_in_a_large_country("s4", 90, "com", "43001", &heard);
    assert_int_equal(q.state, IRM_STATE_BOUNDED);
    assert_true(fabs(q.lower - 0.8 / (4062.0 / 20000)) < 1e-9);
    assert_true(fabs(q.upper - 0.8 / (4059.0 / 20000)) < 1e-9);
    irm_buffer_clear(&heard);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_is_france),
        cmocka_unit_test(indices_compare_the_communes_of_a_territory),
        cmocka_unit_test(an_index_of_hidden_parts_is_hidden),
        cmocka_unit_test(an_index_of_nothing_does_not_apply),
        cmocka_unit_test(a_commune_is_not_compared_with_itself),
        cmocka_unit_test(entropy_is_that_of_the_counts),
        cmocka_unit_test(theil_is_split_by_the_territories_of_a_level),
        cmocka_unit_test(a_reference_lacks_a_few_communes_and_says_so),
        cmocka_unit_test(a_reference_keeps_what_it_may_not_leave_out),
        cmocka_unit_test(rates_are_standardised_on_france),
        cmocka_unit_test(an_age_without_inhabitants_makes_no_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
