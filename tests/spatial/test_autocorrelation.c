/* Moran, Geary, local Moran, G and G*, against spdep (tests/reference/spatial.csv, made
 * by spatial.R). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "graphs.h"

enum { N = 80 };

static void near_one(double got, double wanted, double tolerance) {
    if (!(fabs(got - wanted) <= tolerance * fmax(1.0, fabs(wanted))) &&
        !(isnan(got) && isnan(wanted))) {
        fail_msg("got %.17g, expected %.17g", got, wanted);
    }
}

static double recorded_at(const char *name, size_t column) {
    irm_matrix m = test_reference("spatial", name);
    double value = m.data[column];
    irm_matrix_clear(&m);
    return value;
}

static const char *const graphs[][2] = {
    {"within", "W"}, {"within", "B"}, {"nearest", "W"}, {"nearest", "B"}};
enum { GRAPHS = sizeof graphs / sizeof *graphs };

static irm_neighbours graph_of(size_t which) {
    char name[64];
    snprintf(name, sizeof name, "points.%s", graphs[which][0]);
    irm_neighbours graph = recorded_graph(name, N);
    if (graphs[which][1][0] == 'W') {
        irm_neighbours_standardise(&graph);
    }
    return graph;
}

static const char *name_of(char *name, const char *what, size_t which,
                           const char *field) {
    snprintf(name, 64, "%s.%s%s%s%s", what, graphs[which][0], graphs[which][1],
             field[0] ? "." : "", field);
    return name;
}

static void global_statistics_and_moments_are_those_of_spdep(void **state) {
    (void)state;
    char name[64];
    irm_matrix x = test_reference("spatial", "points.value");
    for (size_t which = 0; which < GRAPHS; which++) {
        irm_neighbours w = graph_of(which);
        irm_autocorrelation a;
        bool all_joined = graphs[which][0][0] == 'n';
        assert_ok(irm_moran(x.data, &w, 0, 1, 1, &a, &test_error));
        double moran[] = {a.statistic, a.expectation, a.variance, a.z, a.p_value};
        for (size_t i = 0; i < 5; i++) {
            near_one(moran[i], recorded_at(name_of(name, "moran", which, ""), i), 1e-11);
        }
        assert_true(isnan(a.pseudo_p));
        assert_ok(irm_geary(x.data, &w, 0, 1, 1, &a, &test_error));
        double geary[] = {a.statistic, a.expectation, a.variance, a.z, a.p_value};
        /* Where units are left out, spdep's variance takes n of all here and there. */
        for (size_t i = 0; i < (all_joined ? 5 : 2); i++) {
            near_one(geary[i], recorded_at(name_of(name, "geary", which, ""), i), 1e-11);
        }
        irm_neighbours_clear(&w);
    }
    irm_matrix_clear(&x);
}

/* A chain of 5 units: every order of the values can be counted. */
static void the_moments_are_those_of_all_orders(void **state) {
    (void)state;
    double x[] = {1.0, 2.5, 7.0, -3.0, 4.0};
    uint32_t a[] = {0, 1, 2, 3};
    uint32_t b[] = {1, 2, 3, 4};
    irm_neighbours w;
    irm_autocorrelation moran;
    irm_autocorrelation geary;
    assert_ok(irm_neighbours_pairs(a, b, 4, 5, &w, &test_error));
    irm_neighbours_standardise(&w);
    assert_ok(irm_moran(x, &w, 0, 1, 1, &moran, &test_error));
    assert_ok(irm_geary(x, &w, 0, 1, 1, &geary, &test_error));
    double sums[4] = {0};
    size_t orders = 0;
    for (size_t code = 0; code < 3125; code++) {
        double y[5];
        unsigned used = 0;
        size_t digits = code;
        for (size_t i = 0; i < 5; i++, digits /= 5) {
            y[i] = x[digits % 5];
            used |= 1u << digits % 5;
        }
        if (used == 31) {
            irm_autocorrelation m;
            irm_autocorrelation g;
            assert_ok(irm_moran(y, &w, 0, 1, 1, &m, &test_error));
            assert_ok(irm_geary(y, &w, 0, 1, 1, &g, &test_error));
            sums[0] += m.statistic;
            sums[1] += pow(m.statistic - moran.expectation, 2);
            sums[2] += g.statistic;
            sums[3] += pow(g.statistic - 1.0, 2);
            orders++;
        }
    }
    assert_int_equal(orders, 120);
    near_one(sums[0] / 120.0, moran.expectation, 1e-12);
    near_one(sums[1] / 120.0, moran.variance, 1e-12);
    near_one(sums[2] / 120.0, 1.0, 1e-12);
    near_one(sums[3] / 120.0, geary.variance, 1e-12);
    irm_neighbours_clear(&w);
}

static void local_moran_is_that_of_spdep(void **state) {
    (void)state;
    char name[64];
    irm_local local[N];
    irm_matrix x = test_reference("spatial", "points.value");
    for (size_t which = 0; which < GRAPHS; which++) {
        static const char *const fields[] = {"expectation", "variance", "z", "p"};
        irm_neighbours w = graph_of(which);
        assert_ok(irm_local_moran(x.data, &w, 0, 1, 1, local, &test_error));
        irm_matrix statistic =
            test_reference("spatial", name_of(name, "local", which, "statistic"));
        irm_matrix quadrant =
            test_reference("spatial", name_of(name, "local", which, "quadrant"));
        for (size_t i = 0; i < N; i++) {
            bool alone = w.start[i + 1] == w.start[i];
            near_one(local[i].statistic, statistic.data[i], 1e-12);
            assert_int_equal(local[i].quadrant, alone ? 0 : (int)quadrant.data[i]);
            assert_true(isnan(local[i].pseudo_p));
        }
        for (size_t f = 0; f < 4; f++) {
            irm_matrix wanted =
                test_reference("spatial", name_of(name, "local", which, fields[f]));
            for (size_t i = 0; i < N; i++) {
                double got[] = {local[i].expectation, local[i].variance, local[i].z,
                                local[i].p_value};
                near_one(got[f], wanted.data[i], 1e-11);
            }
            irm_matrix_clear(&wanted);
        }
        irm_matrix_clear(&statistic);
        irm_matrix_clear(&quadrant);
        irm_neighbours_clear(&w);
    }
    irm_matrix_clear(&x);
}

static void g_and_g_star_are_those_of_spdep(void **state) {
    (void)state;
    char name[64];
    irm_local local[N];
    irm_matrix x = test_reference("spatial", "points.value");
    for (size_t which = 0; which < GRAPHS; which++) {
        irm_neighbours w = graph_of(which);
        for (int star = 0; star < 2; star++) {
            irm_matrix wanted =
                test_reference("spatial", name_of(name, star ? "gstar" : "g", which, ""));
            assert_ok(irm_local_g(x.data, &w, star, 0, 1, 1, local, &test_error));
            for (size_t i = 0; i < N; i++) {
                near_one(local[i].statistic, wanted.data[i], 1e-11);
            }
            irm_matrix_clear(&wanted);
        }
        irm_neighbours_clear(&w);
    }
    irm_matrix_clear(&x);
}

/* Five standard errors of ours, and what drawing with replacement changes. */
static void pseudo_p_are_those_of_spdep_but_for_chance(void **state) {
    (void)state;
    enum { DRAWS = 99999 };
    irm_local local[N];
    irm_matrix x = test_reference("spatial", "points.value");
    irm_matrix wanted = test_reference("spatial", "permuted.nearestW");
    irm_neighbours w = graph_of(2);
    assert_ok(irm_local_moran(x.data, &w, DRAWS, 42, 2, local, &test_error));
    for (size_t i = 0; i < N; i++) {
        double p = wanted.data[i];
        double chance = 5.0 * sqrt(2.0 * p * (1.0 - p) / DRAWS);
        if (fabs(local[i].pseudo_p - p) > chance + 0.015) {
            fail_msg("unit %zu: %g, spdep %g", i + 1, local[i].pseudo_p, p);
        }
    }
    irm_neighbours_clear(&w);
    irm_matrix_clear(&x);
    irm_matrix_clear(&wanted);
}

/* The share of draws in a tail is the share among all sets of neighbours, told exactly:
 * the sum of 2 of 9 others (36 pairs), and of 7 of 9, which goes the other way. */
static void draws_are_uniform_without_replacement(void **state) {
    (void)state;
    enum { DRAWS = 200000 };
    double x[10] = {0, 1, 2, 4, 8, 16, 32, 64, 128, 256};
    size_t degrees[] = {2, 7};
    for (size_t d = 0; d < 2; d++) {
        uint32_t a[7];
        uint32_t b[7];
        irm_neighbours w;
        irm_local local[10];
        for (uint32_t i = 0; i < degrees[d]; i++) {
            a[i] = 9;
            b[i] = i;
        }
        a[0] = 9, b[0] = 4; /* with 8 in it */
        b[4] = degrees[d] > 4 ? 0 : b[4];
        assert_ok(irm_neighbours_pairs(a, b, degrees[d], 10, &w, &test_error));
        double observed = 0.0;
        for (size_t i = 0; i < degrees[d]; i++) {
            observed += x[b[i]];
        }
        size_t at_least = 0;
        size_t at_most = 0;
        size_t sets = 0;
        for (unsigned set = 0; set < 512; set++) {
            double sum = 0.0;
            size_t size = 0;
            for (size_t i = 0; i < 9; i++) {
                sum += set >> i & 1u ? x[i] : 0.0;
                size += (set >> i & 1u) != 0 ? 1u : 0u;
            }
            if (size == degrees[d]) {
                sets++;
                at_least += sum >= observed;
                at_most += sum <= observed;
            }
        }
        double p = (double)(at_least < at_most ? at_least : at_most) / (double)sets;
        assert_ok(irm_local_moran(x, &w, DRAWS, 7, 1, local, &test_error));
        assert_true(fabs(local[9].pseudo_p - p) < 5.0 * sqrt(p * (1.0 - p) / DRAWS));
        irm_neighbours_clear(&w);
    }
}

/* Bit by bit, but for what pads a result. */
static bool same_results(const irm_local *a, const irm_local *b) {
    bool same = true;
    for (size_t i = 0; i < N; i++) {
        same = same && memcmp(&a[i], &b[i], offsetof(irm_local, quadrant)) == 0 &&
               a[i].quadrant == b[i].quadrant;
    }
    return same;
}

static void results_do_not_depend_on_threads_but_on_the_seed(void **state) {
    (void)state;
    irm_local one[N];
    irm_local many[N];
    irm_autocorrelation a;
    irm_autocorrelation b;
    irm_matrix x = test_reference("spatial", "points.value");
    irm_neighbours w = graph_of(0);
    assert_ok(irm_local_moran(x.data, &w, 99, 5, 1, one, &test_error));
    assert_ok(irm_local_moran(x.data, &w, 99, 5, 3, many, &test_error));
    assert_true(same_results(one, many));
    assert_ok(irm_local_moran(x.data, &w, 99, 6, 3, many, &test_error));
    assert_false(same_results(one, many));
    assert_ok(irm_moran(x.data, &w, 99, 5, 1, &a, &test_error));
    assert_ok(irm_moran(x.data, &w, 99, 5, 3, &b, &test_error));
    assert_memory_equal(&a, &b, sizeof a);
    near_one(a.pseudo_p, 0.01, 1e-12);
    assert_ok(irm_geary(x.data, &w, 99, 5, 3, &b, &test_error));
    near_one(b.pseudo_p, 0.01, 1e-12);
    irm_neighbours_clear(&w);
    irm_matrix_clear(&x);
}

/* As R's p.adjust(p, "BH"), on the p at hand. */
static void adjusted_p_are_benjamini_and_hochberg_s(void **state) {
    (void)state;
    irm_local local[N];
    irm_matrix x = test_reference("spatial", "points.value");
    irm_neighbours w = graph_of(0);
    assert_ok(irm_local_moran(x.data, &w, 999, 5, 1, local, &test_error));
    for (size_t i = 0; i < N; i++) {
        double wanted = INFINITY;
        size_t count = 0;
        for (size_t j = 0; j < N; j++) {
            count += isnan(local[j].pseudo_p) ? 0u : 1u;
        }
        for (size_t j = 0; j < N && !isnan(local[i].pseudo_p); j++) {
            size_t rank = 0;
            for (size_t k = 0; k < N; k++) {
                rank += local[k].pseudo_p <= local[j].pseudo_p;
            }
            if (local[j].pseudo_p >= local[i].pseudo_p) {
                wanted = fmin(wanted, local[j].pseudo_p * (double)count / (double)rank);
            }
        }
        bool alone = w.start[i + 1] == w.start[i];
        near_one(local[i].adjusted_p, alone ? NAN : fmin(wanted, 1.0), 1e-12);
    }
    irm_neighbours_clear(&w);
    irm_matrix_clear(&x);
}

/* Half of the values are the same: what ties with the observed sum is in both tails. */
static void ties_are_not_significant(void **state) {
    (void)state;
    double x[40] = {0};
    uint32_t a[39];
    uint32_t b[39];
    irm_neighbours w;
    irm_local local[40];
    for (uint32_t i = 0; i < 39; i++) {
        a[i] = i;
        b[i] = i + 1;
    }
    x[39] = 0.3;
    assert_ok(irm_neighbours_pairs(a, b, 39, 40, &w, &test_error));
    irm_neighbours_standardise(&w);
    assert_ok(irm_local_moran(x, &w, 999, 1, 1, local, &test_error));
    assert_true(local[10].pseudo_p > 0.9);
    irm_neighbours_clear(&w);
}

static void bad_values_are_named(void **state) {
    (void)state;
    double x[] = {1, 2, NAN, 4, INFINITY};
    double same[] = {3, 3, 3, 3, 3};
    uint32_t a[] = {0, 1, 2, 3};
    uint32_t b[] = {1, 2, 3, 4};
    irm_neighbours w;
    irm_neighbours none;
    irm_local local[5];
    irm_autocorrelation moran;
    assert_ok(irm_neighbours_pairs(a, b, 4, 5, &w, &test_error));
    assert_ok(irm_neighbours_pairs(a, b, 0, 5, &none, &test_error));
    assert_int_equal(irm_local_moran(x, &w, 9, 1, 1, local, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "units 3, 5"));
    assert_int_equal(irm_moran(same, &w, 9, 1, 1, &moran, &test_error), IRM_STATUS_DATA);
    assert_int_equal(irm_geary(same, &w, 9, 1, 1, &moran, &test_error), IRM_STATUS_DATA);
    assert_int_equal(irm_local_g(same, &w, true, 9, 1, 1, local, &test_error),
                     IRM_STATUS_DATA);
    x[2] = x[4] = 0.0;
    assert_int_equal(irm_moran(x, &none, 9, 1, 1, &moran, &test_error), IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "none of the 5 units"));
    irm_neighbours_clear(&none);
    assert_ok(irm_neighbours_pairs(a, b, 1, 5, &none, &test_error));
    assert_int_equal(irm_moran(x, &none, 9, 1, 1, &moran, &test_error), IRM_STATUS_DATA);
    assert_ok(irm_local_moran(x, &none, 9, 1, 1, local, &test_error));
    irm_neighbours_clear(&w);
    irm_neighbours_clear(&none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(global_statistics_and_moments_are_those_of_spdep),
        cmocka_unit_test(the_moments_are_those_of_all_orders),
        cmocka_unit_test(local_moran_is_that_of_spdep),
        cmocka_unit_test(g_and_g_star_are_those_of_spdep),
        cmocka_unit_test(pseudo_p_are_those_of_spdep_but_for_chance),
        cmocka_unit_test(draws_are_uniform_without_replacement),
        cmocka_unit_test(results_do_not_depend_on_threads_but_on_the_seed),
        cmocka_unit_test(adjusted_p_are_benjamini_and_hochberg_s),
        cmocka_unit_test(ties_are_not_significant),
        cmocka_unit_test(bad_values_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
