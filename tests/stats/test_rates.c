/* Intervals, standardised rates, tests of differences and indices of inequality, against
 * tests/reference/rates.csv (made by rates.R beside it). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/inequality.h"
#include "irminon/rates.h"
#include "support.h"

enum { MAX_FIELDS = 8 };

static void near(double got, double expected, double relative) {
    bool both_zero = expected == 0 && fabs(got) < 1e-300;
    if (!both_zero && !(fabs(got - expected) <= relative * fabs(expected))) {
        fail_msg("got %.17g, expected %.17g", got, expected);
    }
}

/* Calls `check` with the numbers of each line named `name`; there must be `count` lines.
 */
static void each_line(const char *name, size_t count, void (*check)(const double *)) {
    char *path = test_source_path("tests/reference/rates.csv"), line[512];
    FILE *file = fopen(path, "r");
    size_t seen = 0, size = strlen(name);
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, size) == 0 && line[size] == ',') {
            double numbers[MAX_FIELDS] = {0};
            char *at = line + size;
            for (size_t i = 0; *at == ',' && i < MAX_FIELDS; i++) {
                numbers[i] = strtod(at + 1, &at);
            }
            check(numbers);
            seen++;
        }
    }
    fclose(file);
    free(path);
    assert_int_equal(seen, count);
}

static void check_poisson(const double *r) {
    irm_interval interval = irm_poisson_interval(r[0], r[1]);
    near(interval.lower, r[2], 1e-10);
    near(interval.upper, r[3], 1e-10);
}

static void poisson_interval_is_exact(void **state) {
    (void)state;
    each_line("poisson", 24, check_poisson);
    assert_true(isnan(irm_poisson_interval(-1, 0.95).lower));
    assert_true(isnan(irm_poisson_interval(3, 1).upper));
}

/* No count of events stops it: GSL's own inverse gives up on some. */
static void every_count_has_its_interval(void **state) {
    (void)state;
    for (double events = 0.1; events < 1e9; events *= 1.37) {
        irm_interval interval = irm_poisson_interval(events, 0.95);
        assert_true(interval.lower < events && interval.upper > events);
        irm_interval byar = irm_byar_interval(events, 0.95);
        if (events > 10) {
            near(interval.lower, byar.lower, 1e-2);
            near(interval.upper, byar.upper, 1e-2);
        }
    }
}

/* Byar's approximation is within 1 % of the exact limits from ten events on, and has its
 * published value at 10 (Breslow & Day 1987, p. 70: 4.79 and 18.4, rounded). */
static void byar_is_near_the_exact_interval(void **state) {
    (void)state;
    irm_interval ten = irm_byar_interval(10, 0.95);
    near(ten.lower, 4.79, 2e-3);
    near(ten.upper, 18.4, 2e-3);
    for (double events = 10; events < 5000; events *= 1.7) {
        irm_interval exact = irm_poisson_interval(events, 0.95);
        irm_interval byar = irm_byar_interval(events, 0.95);
        near(byar.lower, exact.lower, 1e-2);
        near(byar.upper, exact.upper, 1e-2);
    }
    assert_true(irm_byar_interval(0, 0.95).lower == 0);
}

static void check_wilson(const double *r) {
    irm_interval interval = irm_wilson_interval(r[0], r[1], r[2]);
    assert_true(fabs(interval.lower - r[3]) < 1e-12);
    assert_true(fabs(interval.upper - r[4]) < 1e-12);
}

static void wilson_interval_is_that_of_prop_test(void **state) {
    (void)state;
    each_line("wilson", 5, check_wilson);
    assert_true(isnan(irm_wilson_interval(1.2, 10, 0.95).lower));
}

static void check_two(const double *r) {
    irm_difference difference = irm_poisson_test(r[0], r[1], r[2], r[3]);
    near(difference.p_value, r[4], 1e-8);
    near(difference.value, r[0] / r[1] - r[2] / r[3], 1e-12);
}

static void two_rates_are_compared_as_poisson_test_does(void **state) {
    (void)state;
    each_line("twosample", 5, check_two);
    assert_true(irm_poisson_test(0, 10, 0, 20).p_value == 1);
    assert_true(isnan(irm_poisson_test(1, 0, 1, 2).p_value));
}

static const double events[] = {2, 1, 14, 61}, population[] = {1200, 900, 1500, 400},
                    standard[] = {18000, 17000, 30000, 9000};

static void check_direct(const double *r) {
    irm_rate rate;
    assert_ok(
        irm_rate_direct(events, population, standard, 4, 1000, 0.95, &rate, &test_error));
    near(rate.value, r[0], 1e-13);
    near(rate.variance, r[1], 1e-13);
    near(rate.interval.lower, r[2], 1e-9);
    near(rate.interval.upper, r[3], 1e-9);
}

static void direct_standardisation_has_the_gamma_interval(void **state) {
    (void)state;
    each_line("direct", 1, check_direct);
}

static void standardised_on_itself_a_rate_is_crude(void **state) {
    (void)state;
    irm_rate rate;
    assert_ok(irm_rate_direct(events, population, population, 4, 1000, 0.95, &rate,
                              &test_error));
    irm_rate crude = irm_rate_crude(78, 4000, 1000, 0.95);
    near(rate.value, crude.value, 1e-13);
    near(rate.interval.lower, crude.interval.lower, 1e-9);
    near(rate.interval.upper, crude.interval.upper, 1e-9);
}

static void an_age_without_inhabitants_is_named(void **state) {
    (void)state;
    double nobody[] = {1200, 0, 1500, 400};
    irm_rate rate;
    assert_int_equal(
        irm_rate_direct(events, nobody, standard, 4, 1, 0.95, &rate, &test_error),
        IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "age group 2"));
    assert_true(isnan(rate.value));
}

static void check_indirect(const double *r) {
    double reference[] = {0.001, 0.002, 0.008, 0.12};
    irm_rate ratio = irm_ratio_indirect(78, population, reference, 4, 0.95);
    near(ratio.value, r[0], 1e-13);
    near(ratio.interval.lower, r[1], 1e-10);
    near(ratio.interval.upper, r[2], 1e-10);
}

static void indirect_standardisation_compares_with_what_is_expected(void **state) {
    (void)state;
    each_line("indirect", 1, check_indirect);
}

static void a_difference_without_variance_is_not_tested(void **state) {
    (void)state;
    assert_true(isnan(irm_difference_test(1, 0, 2, 0).z));
    irm_difference difference = irm_difference_test(3, 4, 8, 2.25);
    near(difference.z, -2, 1e-15);
    near(difference.p_value, 0.04550026389635842, 1e-12); /* 2·Φ(-2) */
}

/* ---- inequality ------------------------------------------------------------------- */

static const double x[] = {11800, 13250, 15400, 15400, 21900, 48000},
                    f[] = {310, 220, 1540, 87, 905, 60}, a[] = {30, 4, 0, 12, 55, 9},
                    b[] = {100, 240, 70, 33, 60, 411};

static void check_gini(const double *r) {
    double gini;
    assert_ok(irm_gini(x, NULL, 6, &gini, &test_error));
    near(gini, r[0], 1e-12);
    assert_ok(irm_gini(x, f, 6, &gini, &test_error));
    near(gini, r[1], 1e-12);
}

static void gini_is_the_mean_difference_over_twice_the_mean(void **state) {
    (void)state;
    each_line("gini", 1, check_gini);
}

static void check_theil(const double *r) {
    const int32_t groups[] = {0, 0, 1, 1, 2, 2};
    irm_theil theil;
    assert_ok(irm_theil_index(x, f, groups, 3, 6, &theil, &test_error));
    near(theil.total, r[0], 1e-12);
    near(theil.within, r[1], 1e-12);
    near(theil.between, r[2], 1e-12);
}

static void theil_is_within_plus_between(void **state) {
    (void)state;
    each_line("theil", 1, check_theil);
}

static void check_dissimilarity(const double *r) {
    near(irm_dissimilarity(a, b, 6), r[0], 1e-13);
}

static void check_isolation(const double *r) {
    double all[6];
    for (size_t i = 0; i < 6; i++) {
        all[i] = a[i] + b[i];
    }
    near(irm_isolation(a, all, 6), r[0], 1e-13);
}

static void check_entropy(const double *r) {
    near(irm_entropy(a, 6, 0), r[0], 1e-13);
    near(irm_entropy(a, 6, 1), r[1], 1e-13);
}

static void segregation_and_diversity_have_their_definitions(void **state) {
    (void)state;
    each_line("dissimilarity", 1, check_dissimilarity);
    each_line("isolation", 1, check_isolation);
    each_line("entropy", 1, check_entropy);
    near(irm_location_quotient(20, 100, 10, 100), 2, 1e-15);
}

static void what_means_nothing_is_not_a_number(void **state) {
    (void)state;
    const double hole[] = {1, NAN, 2}, ones[] = {1, 1, 1}, none[] = {0, 0, 0};
    double gini;
    irm_theil theil;
    assert_ok(irm_gini(hole, NULL, 3, &gini, &test_error));
    assert_true(isnan(gini));
    assert_ok(irm_gini(none, ones, 3, &gini, &test_error));
    assert_true(isnan(gini));
    assert_ok(irm_theil_index(hole, NULL, NULL, 1, 3, &theil, &test_error));
    assert_true(isnan(theil.total));
    assert_true(isnan(irm_dissimilarity(none, ones, 3)));
    assert_true(isnan(irm_isolation(ones, none, 3)));
    assert_true(isnan(irm_entropy(ones, 0, 0)));
    assert_true(isnan(irm_location_quotient(1, 0, 1, 1)));
}

static void equal_parts_are_not_unequal(void **state) {
    (void)state;
    const double ones[] = {3, 3, 3};
    double gini;
    irm_theil theil;
    assert_ok(irm_gini(ones, f, 3, &gini, &test_error));
    assert_true(fabs(gini) < 1e-15);
    assert_ok(irm_theil_index(ones, f, NULL, 1, 3, &theil, &test_error));
    assert_true(fabs(theil.total) < 1e-15);
    assert_true(irm_dissimilarity(ones, ones, 3) == 0);
    near(irm_entropy(ones, 3, 1), 1, 1e-15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poisson_interval_is_exact),
        cmocka_unit_test(every_count_has_its_interval),
        cmocka_unit_test(byar_is_near_the_exact_interval),
        cmocka_unit_test(wilson_interval_is_that_of_prop_test),
        cmocka_unit_test(two_rates_are_compared_as_poisson_test_does),
        cmocka_unit_test(direct_standardisation_has_the_gamma_interval),
        cmocka_unit_test(standardised_on_itself_a_rate_is_crude),
        cmocka_unit_test(an_age_without_inhabitants_is_named),
        cmocka_unit_test(indirect_standardisation_compares_with_what_is_expected),
        cmocka_unit_test(a_difference_without_variance_is_not_tested),
        cmocka_unit_test(gini_is_the_mean_difference_over_twice_the_mean),
        cmocka_unit_test(theil_is_within_plus_between),
        cmocka_unit_test(segregation_and_diversity_have_their_definitions),
        cmocka_unit_test(what_means_nothing_is_not_a_number),
        cmocka_unit_test(equal_parts_are_not_unequal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
