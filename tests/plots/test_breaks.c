#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "classes.h"
#include "irminon/figure.h"
#include "support.h"

static double within(const double *sorted, size_t from, size_t to) {
    double mean = 0, cost = 0;
    for (size_t i = from; i < to; i++) {
        mean += sorted[i] / (double)(to - from);
    }
    for (size_t i = from; i < to; i++) {
        cost += (sorted[i] - mean) * (sorted[i] - mean);
    }
    return cost;
}

/* The least sum of squares within `k` classes, by trying every partition. */
static double best_cost(const double *sorted, size_t from, size_t n, size_t k) {
    if (k == 1) {
        return within(sorted, from, n);
    }
    double best = INFINITY;
    for (size_t cut = from + 1; cut + k - 1 <= n; cut++) {
        best = fmin(best, within(sorted, from, cut) + best_cost(sorted, cut, n, k - 1));
    }
    return best;
}

static double cost_of_breaks(const double *sorted, size_t n, const double *breaks,
                             size_t k) {
    double cost = 0;
    size_t from = 0;
    for (size_t class = 0; class < k; class ++) {
        size_t to = from;
        while (to < n && (class + 1 == k || sorted[to] < breaks[class + 1])) {
            to++;
        }
        assert_true(to > from);
        cost += within(sorted, from, to);
        from = to;
    }
    return cost;
}

static double noise(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(*seed >> 40) / (double)(1u << 24);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void jenks_finds_the_least_variance_of_all_partitions(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (size_t trial = 0; trial < 200; trial++) {
        double values[14], breaks[8];
        size_t n = 6 + trial % 9, k = 2 + trial % 4;
        for (size_t i = 0; i < n; i++) {
            /* Every third trial has ties; a large offset loses digits if not taken off.
             */
            double x = trial % 3 == 0 ? floor(5 * noise(&seed)) : 100 * noise(&seed);
            values[i] = x + (trial % 5 == 0 ? 1e7 : 0);
        }
        assert_ok(irm_breaks(values, n, IRM_BREAKS_JENKS, &k, breaks, &test_error));
        qsort(values, n, sizeof *values, ascending);
        double best = best_cost(values, 0, n, k);
        double found = cost_of_breaks(values, n, breaks, k);
        assert_true(fabs(found - best) <= 1e-7 * (1 + best));
        assert_true(breaks[0] == values[0] && breaks[k] == values[n - 1]);
    }
}

/* Three clusters that any eye sees. */
static void jenks_separates_clusters(void **state) {
    (void)state;
    const double values[] = {4, 5, 9, 10, 1, 2, 3, 50, 52, 51, NAN, 11, INFINITY};
    double breaks[4];
    size_t k = 3;
    assert_ok(irm_breaks(values, 13, IRM_BREAKS_JENKS, &k, breaks, &test_error));
    assert_int_equal(k, 3);
    assert_true(breaks[0] == 1 && breaks[1] == 9 && breaks[2] == 50 && breaks[3] == 52);
}

static void quantiles_share_values_evenly(void **state) {
    (void)state;
    double values[100], breaks[6];
    for (int i = 0; i < 100; i++) {
        values[i] = (i * 37) % 100;
    }
    size_t k = 5;
    assert_ok(irm_breaks(values, 100, IRM_BREAKS_QUANTILE, &k, breaks, &test_error));
    assert_int_equal(k, 5);
    for (int i = 0; i < 5; i++) {
        assert_true(breaks[i] == 20 * i);
    }
    assert_true(breaks[5] == 99);
}

static void ties_and_few_values_lower_the_number_of_classes(void **state) {
    (void)state;
    const double same[] = {7, 7, 7}, two[] = {0, 0, 0, 0, 3}, none[] = {NAN, NAN};
    const irm_breaks_method methods[] = {IRM_BREAKS_QUANTILE, IRM_BREAKS_JENKS,
                                         IRM_BREAKS_EQUAL};
    for (int m = 0; m < 3; m++) {
        double breaks[8];
        size_t k = 5;
        assert_ok(irm_breaks(same, 3, methods[m], &k, breaks, &test_error));
        assert_int_equal(k, 1);
        assert_true(breaks[0] == 7 && breaks[1] == 7);
        k = 5;
        assert_ok(irm_breaks(two, 5, methods[m], &k, breaks, &test_error));
        assert_true(k >= 1 && k <= 2);
        assert_true(breaks[0] == 0 && breaks[k] == 3);
        k = 5;
        assert_ok(irm_breaks(none, 2, methods[m], &k, breaks, &test_error));
        assert_int_equal(k, 0);
    }
}

static void limits_that_do_not_ascend_are_refused(void **state) {
    (void)state;
    double breaks[] = {0, 10, 10};
    size_t k = 2, none = 0;
    assert_int_equal(irm_breaks(NULL, 0, IRM_BREAKS_GIVEN, &k, breaks, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_breaks(NULL, 0, IRM_BREAKS_JENKS, &none, breaks, &test_error),
                     IRM_STATUS_USAGE);
}

/* Moving limits to rounder numbers moves no territory to another class. */
static void legends_round_limits_within_the_gaps_only(void **state) {
    (void)state;
    const double values[] = {1.23, 1.31, 1.97, 4.62, 4.91, 8.04, 8.11};
    irm_map map = {
        .colour = values, .method = IRM_BREAKS_JENKS, .n_classes = 3, .decimals = 1};
    classes made;
    char text[128];
    assert_ok(classes_make(&made, &map, 7, &test_error));
    assert_int_equal(made.n, 3);
    assert_int_equal(made.count[0], 3);
    assert_int_equal(made.count[1], 2);
    assert_int_equal(made.count[2], 2);
    assert_true(made.breaks[1] == 4 && made.breaks[2] == 8);
    classes_label(&made, 0, 1, "fr", text, sizeof text);
    assert_string_equal(text, "de 1,2 à moins de 4,0");
    classes_label(&made, 2, 1, "en", text, sizeof text);
    assert_string_equal(text, "8.0 to 8.1");
}

static void values_beyond_given_limits_open_the_classes(void **state) {
    (void)state;
    const double values[] = {-5, 12, 30}, limits[] = {0, 10, 20};
    irm_map map = {
        .colour = values, .method = IRM_BREAKS_GIVEN, .n_classes = 2, .breaks = limits};
    classes made;
    char text[128];
    assert_ok(classes_make(&made, &map, 3, &test_error));
    classes_label(&made, 0, 0, "fr", text, sizeof text);
    assert_string_equal(text, "moins de 10");
    classes_label(&made, 1, 0, "fr", text, sizeof text);
    assert_string_equal(text, "10 et plus");
}

static void a_diverging_map_has_its_middle_among_its_limits(void **state) {
    (void)state;
    const double values[] = {-3, -2, -1, 0.5, 1, 2, 4, 8};
    irm_map map = {.colour = values,
                   .method = IRM_BREAKS_QUANTILE,
                   .n_classes = 4,
                   .diverging = true,
                   .middle = 0};
    classes made;
    bool found = false;
    assert_ok(classes_make(&made, &map, 8, &test_error));
    for (size_t i = 0; i <= made.n; i++) {
        found = found || made.breaks[i] == 0;
    }
    assert_true(found);
    assert_int_equal(made.count[0] + made.count[1], 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jenks_finds_the_least_variance_of_all_partitions),
        cmocka_unit_test(jenks_separates_clusters),
        cmocka_unit_test(quantiles_share_values_evenly),
        cmocka_unit_test(ties_and_few_values_lower_the_number_of_classes),
        cmocka_unit_test(limits_that_do_not_ascend_are_refused),
        cmocka_unit_test(legends_round_limits_within_the_gaps_only),
        cmocka_unit_test(values_beyond_given_limits_open_the_classes),
        cmocka_unit_test(a_diverging_map_has_its_middle_among_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
