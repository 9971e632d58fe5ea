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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_is_france),
        cmocka_unit_test(indices_compare_the_communes_of_a_territory),
        cmocka_unit_test(an_index_of_hidden_parts_is_hidden),
        cmocka_unit_test(an_index_of_nothing_does_not_apply),
        cmocka_unit_test(a_commune_is_not_compared_with_itself),
        cmocka_unit_test(entropy_is_that_of_the_counts),
        cmocka_unit_test(rates_are_standardised_on_france),
        cmocka_unit_test(an_age_without_inhabitants_makes_no_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
