/* Intervals of census estimates and of rates of events, and differences from a reference
 * without the territory. Expected values are worked by hand from the rows below. */
#include "figures.h"
#include "irminon/evaluate.h"
#include "irminon/precision.h"

static const char attributes[] =
    "dataset=rp-comparateur|shape=wide|level=com|vintage=2018|geography=2021|"
    "survey_years=2016-2020";
/* 43030 is small and surveyed in full, the others are large. */
static const char rows[] =
    "CODGEO|role=key|level=com;P18_POP|variable=P_POP|year=2018|kind=count;"
    "P18_LOG|variable=P_LOG|year=2018|kind=count;"
    "P18_LOGVAC|variable=P_LOGVAC|year=2018|kind=count;"
    "NAISD18|variable=NAISD|year=2018|kind=count|exploitation=exhaustive;"
    "SUPERF|variable=SUPERF|kind=area|exploitation=exhaustive\n"
    "43001;20000;10000;800;190;10\n"
    "43020;30000;15000;900;250;10\n"
    "43030;2000;1000;300;0;10\n"
    "69123;500000;250000;20000;7100;10\n"
    "97101;50000;25000;1000;700;10\n";
static const char indicators[] =
    "theme: t\nindicators:\n"
    "  - id: population\n    kind: count\n    sources:\n"
    "      - {dataset: rp-comparateur, formula: \"P_POP\"}\n"
    "  - id: vacancy\n    kind: ratio\n    sources:\n"
    "      - {dataset: rp-comparateur, numerator: P_LOGVAC, denominator: P_LOG, scale: "
    "100}\n"
    "  - id: size\n    kind: ratio\n    sources:\n"
    "      - {dataset: rp-comparateur, numerator: P_POP, denominator: P_LOG}\n"
    "  - id: density\n    kind: ratio\n    sources:\n"
    "      - {dataset: rp-comparateur, numerator: P_POP, denominator: SUPERF}\n"
    "  - id: births\n    kind: ratio\n    sources:\n"
    "      - {dataset: rp-comparateur, formula: \"1000 * NAISD / P_POP\"}\n"
    "  - id: log_births\n    kind: ratio\n    sources:\n"
    "      - {dataset: rp-comparateur, formula: \"log(NAISD / P_POP)\"}\n";

static void begin(figures *f) {
    figures_begin(f);
    figures_put(f->store, "rp-comparateur@2018", attributes, rows);
    assert_ok(irm_catalogue_add_text(f->catalogue, "t.yaml", indicators,
                                     strlen(indicators), &test_error));
    figures_open(f);
}

/* An indicator over a level, and what its precision rests on. */
typedef struct asked {
    irm_evaluation evaluation;
    irm_precision *precision;
} asked;

static asked ask(figures *f, const char *id, const char *level) {
    asked a = {0};
    size_t index = 0;
    assert_ok(irm_catalogue_need(f->catalogue, id, &index, &test_error));
    assert_ok(irm_evaluate(f->evaluator, index, irm_geography_level(f->geography, level),
                           0, &a.evaluation, &test_error));
    a.evaluation.indicator = index;
    assert_null(a.evaluation.unavailable);
    assert_ok(irm_precision_new(f->evaluator, &a.evaluation, &a.precision, &test_error));
    return a;
}

static void done(asked *a) {
    irm_precision_free(a->precision);
    irm_evaluation_clear(&a->evaluation);
}

static int32_t at(const asked *a, const char *code) {
    const irm_level *level = a->evaluation.level;
    int32_t index = level->count == 1 ? 0 : irm_level_find(level, code);
    assert_true(index >= 0);
    return index;
}

static void near(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-9 * fabs(expected))) {
        fail_msg("got %.17g, expected %.17g", got, expected);
    }
}

/* Factor of a large commune: 2 · (1 - 0.4)/0.4 = 3. */
static void a_count_of_large_communes_has_the_error_of_their_sample(void **state) {
    (void)state;
    figures f;
    begin(&f);
    asked a = ask(&f, "population", "com");
    irm_interval interval = irm_precision_interval(a.precision, at(&a, "69123"), 0.95);
    near(interval.upper - 500000, 1.959963984540054 * sqrt(3 * 500000));
    near(500000 - interval.lower, 1.959963984540054 * sqrt(3 * 500000));
    assert_true(isnan(irm_precision_interval(a.precision, at(&a, "43030"), 0.95).lower));
    done(&a);
    figures_end(&f);
}

static void a_share_has_wilsons_interval_on_its_effective_sample(void **state) {
    (void)state;
    figures f;
    begin(&f);
    asked a = ask(&f, "vacancy", "dep");
    double r = 2000.0 / 26000, kn = 3 * 1700, kd = 3 * 25000; /* 43030 adds nothing */
    double variance = (kn * (1 - 2 * r) + r * r * kd) / (26000.0 * 26000);
    irm_interval expected = irm_wilson_interval(r, r * (1 - r) / variance, 0.9);
    irm_interval interval = irm_precision_interval(a.precision, at(&a, "43"), 0.9);
    near(interval.lower, 100 * expected.lower);
    near(interval.upper, 100 * expected.upper);
    done(&a);
    a = ask(&f, "density", "dep");
    interval = irm_precision_interval(a.precision, at(&a, "43"), 0.95);
    near(interval.upper - 52000.0 / 30, 1.959963984540054 * sqrt(3.0 * 50000) / 30);
    done(&a);
    figures_end(&f);
}

static void a_ratio_of_two_estimates_of_different_things_has_none(void **state) {
    (void)state;
    figures f;
    begin(&f);
    asked a = ask(&f, "size", "dep");
    assert_null(a.precision);
    done(&a);
    a = ask(&f, "log_births", "dep");
    assert_null(a.precision);
    done(&a);
    figures_end(&f);
}

static void a_rate_of_events_has_the_exact_interval_of_their_count(void **state) {
    (void)state;
    figures f;
    begin(&f);
    asked a = ask(&f, "births", "com");
    assert_int_equal(irm_precision_cause(a.precision), IRM_PRECISION_EVENTS);
    irm_interval counts = irm_poisson_interval(190, 0.95);
    irm_interval interval = irm_precision_interval(a.precision, at(&a, "43001"), 0.95);
    near(interval.lower, 1000 * counts.lower / 20000);
    near(interval.upper, 1000 * counts.upper / 20000);
    assert_true(isnan(irm_precision_interval(a.precision, at(&a, "43030"), 0.95).upper));
    done(&a);
    figures_end(&f);
}

static void a_difference_is_from_the_reference_without_the_territory(void **state) {
    (void)state;
    figures f;
    begin(&f);
    asked a = ask(&f, "births", "com"), b = ask(&f, "births", "dep");
    irm_difference d = irm_precision_compare(a.precision, at(&a, "43001"), b.precision,
                                             at(&b, "43"), f.geography);
    near(d.value, 1000 * (190.0 / 20000 - 250.0 / 32000));
    near(d.p_value, irm_poisson_test(190, 20, 250, 32).p_value);
    done(&a);
    done(&b);
    a = ask(&f, "vacancy", "epci");
    b = ask(&f, "vacancy", "dep");
    d = irm_precision_compare(a.precision, at(&a, "200000001"), b.precision, at(&b, "43"),
                              f.geography);
    near(d.value, 100 * (1700.0 / 25000 - 300.0 / 1000));
    double r = 1700.0 / 25000;
    double variance = (5100 * (1 - 2 * r) + r * r * 75000) / (25000.0 * 25000);
    near(d.z, (1700.0 / 25000 - 300.0 / 1000) / sqrt(variance));
    /* Not of a département that is not around it. */
    d = irm_precision_compare(a.precision, at(&a, "200000003"), b.precision, at(&b, "43"),
                              f.geography);
    assert_true(isnan(d.p_value));
    done(&a);
    done(&b);
    figures_end(&f);
}

static void a_failed_allocation_is_told(void **state) {
    (void)state;
    figures f;
    begin(&f);
    irm_status status = IRM_STATUS_NO_MEMORY;
    asked a = ask(&f, "vacancy", "dep");
    for (size_t n = 1; status != IRM_OK; n++) {
        irm_precision *precision = NULL;
        irm_memory_fail_after(n);
        status = irm_precision_new(f.evaluator, &a.evaluation, &precision, &test_error);
        irm_memory_fail_after(0);
        assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
        irm_precision_free(precision);
    }
    done(&a);
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_count_of_large_communes_has_the_error_of_their_sample),
        cmocka_unit_test(a_share_has_wilsons_interval_on_its_effective_sample),
        cmocka_unit_test(a_ratio_of_two_estimates_of_different_things_has_none),
        cmocka_unit_test(a_rate_of_events_has_the_exact_interval_of_their_count),
        cmocka_unit_test(a_difference_is_from_the_reference_without_the_territory),
        cmocka_unit_test(a_failed_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
