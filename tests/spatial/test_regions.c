/* Classes of neighbours: SKATER against spdep (tests/reference/spatial.csv, made by
 * spatial.R), max-p against its own promises. */
#include <math.h>
#include <string.h>

#include "graphs.h"

enum { N = 96 };

typedef struct grid {
    irm_matrix x;
    irm_neighbours graph;
    double population[N];
} grid;

static grid recorded_grid(void) {
    static const char *const names[] = {"grid.a", "grid.b", "grid.c"};
    grid g = {.graph = recorded_graph("grid.neighbours", N)};
    assert_ok(irm_matrix_init(&g.x, N, 3, &test_error));
    for (size_t j = 0; j < 3; j++) {
        irm_matrix column = test_reference("spatial", names[j]);
        for (size_t i = 0; i < N; i++) {
            irm_matrix_row(&g.x, i)[j] = column.data[i];
        }
        irm_matrix_clear(&column);
    }
    irm_matrix people = test_reference("spatial", "grid.population");
    memcpy(g.population, people.data, sizeof g.population);
    irm_matrix_clear(&people);
    return g;
}

static void grid_clear(grid *g) {
    irm_matrix_clear(&g->x);
    irm_neighbours_clear(&g->graph);
}

static void assert_same_partition(const int32_t *got, const double *wanted, size_t n) {
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            bool together = fabs(wanted[i] - wanted[j]) < 0.5;
            if ((got[i] == got[j]) != together) {
                fail_msg("units %zu and %zu should%s be together", j + 1, i + 1,
                         together ? "" : " not");
            }
        }
    }
}

static void skater_cuts_where_spdep_cuts(void **state) {
    (void)state;
    static const struct {
        const char *name;
        irm_dispersion dispersion;
        double floor;
    } cases[] = {{"skater.squares", IRM_DISPERSION_SQUARES, 0.0},
                 {"skater.distances", IRM_DISPERSION_DISTANCES, 0.0},
                 {"skater.squares.floor", IRM_DISPERSION_SQUARES, 500.0},
                 {"skater.distances.floor", IRM_DISPERSION_DISTANCES, 500.0}};
    grid g = recorded_grid();
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        irm_matrix wanted = test_reference("spatial", cases[c].name);
        size_t k = 0;
        for (size_t i = 0; i < N; i++) {
            k = wanted.data[i] > (double)k ? (size_t)wanted.data[i] : k;
        }
        for (size_t threads = 1; threads <= 2; threads++) {
            int32_t classes[N];
            assert_ok(irm_skater_by(&g.x, &g.graph, k, g.population, cases[c].floor,
                                    cases[c].dispersion, threads, classes, &test_error));
            assert_same_partition(classes, wanted.data, N);
            assert_int_equal(classes[0], 0);
        }
        irm_matrix_clear(&wanted);
    }
    grid_clear(&g);
}

static void skater_refuses_what_cannot_be(void **state) {
    (void)state;
    grid g = recorded_grid();
    int32_t classes[N];
    assert_int_equal(irm_skater(&g.x, &g.graph, 0, NULL, 0, classes, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_skater(&g.x, &g.graph, N + 1, NULL, 0, classes, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_skater(&g.x, &g.graph, 9, NULL, 40, classes, &test_error),
                     IRM_STATUS_USAGE);
    assert_non_null(strstr(test_error.message, "floor of 40: only"));
    assert_ok(irm_skater(&g.x, &g.graph, N, NULL, 0, classes, &test_error));
    assert_int_equal(classes[N - 1], N - 1);
    g.x.data[30] = NAN;
    assert_int_equal(irm_skater(&g.x, &g.graph, 3, NULL, 0, classes, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "unit 11"));
    g.x.data[30] = 0.0;
    /* Unit 96 apart: its neighbours forget it, and it forgets them. */
    irm_neighbours apart = {0};
    uint32_t a[N];
    uint32_t b[N];
    for (uint32_t i = 0; i + 2 < N; i++) {
        a[i] = i;
        b[i] = i + 1;
    }
    assert_ok(irm_neighbours_pairs(a, b, N - 2, N, &apart, &test_error));
    assert_int_equal(irm_skater(&g.x, &apart, 3, NULL, 0, classes, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "unit 96"));
    irm_neighbours_clear(&apart);
    grid_clear(&g);
}

/* Each class in one piece, each over the floor. */
static void assert_regions(const grid *g, const double *population,
                           const int32_t *classes, size_t k, double floor) {
    irm_neighbours within = {0};
    uint32_t a[4 * N];
    uint32_t b[4 * N];
    size_t count = 0;
    size_t parts = 0;
    int32_t of[N];
    double people[N] = {0};
    for (uint32_t i = 0; i < N; i++) {
        people[classes[i]] += population == NULL ? 1.0 : population[i];
        for (size_t at = g->graph.start[i]; at < g->graph.start[i + 1]; at++) {
            if (classes[g->graph.index[at]] == classes[i]) {
                a[count] = i;
                b[count++] = g->graph.index[at];
            }
        }
    }
    assert_ok(irm_neighbours_pairs(a, b, count, N, &within, &test_error));
    assert_ok(irm_neighbours_components(&within, of, &parts, &test_error));
    assert_int_equal(parts, k);
    for (size_t c = 0; c < k; c++) {
        assert_true(people[c] >= floor);
    }
    irm_neighbours_clear(&within);
}

static double within(const irm_matrix *x, const int32_t *classes, size_t k) {
    double sum = 0.0;
    for (size_t c = 0; c < k; c++) {
        for (size_t j = 0; j < x->columns; j++) {
            double total = 0.0;
            double squares = 0.0;
            double size = 0.0;
            for (size_t i = 0; i < x->rows; i++) {
                double value = irm_matrix_row(x, i)[j];
                if (classes[i] == (int32_t)c) {
                    total += value;
                    squares += value * value;
                    size += 1.0;
                }
            }
            sum += squares - total * total / size;
        }
    }
    return sum;
}

static void max_p_regions_are_pieces_over_the_floor(void **state) {
    (void)state;
    grid g = recorded_grid();
    int32_t one[N];
    int32_t many[N];
    size_t k = 0;
    size_t again = 0;
    double total = 0.0;
    for (size_t i = 0; i < N; i++) {
        total += g.population[i];
    }
    for (double floor = 50.0; floor < 6000.0; floor *= 3.0) {
        assert_ok(irm_max_p(&g.x, &g.graph, g.population, floor, 20, 1, 1, one, &k,
                            &test_error));
        assert_true((double)k <= total / floor && k >= 1);
        assert_true((double)k >= 0.5 * total / floor - 1.0);
        assert_regions(&g, g.population, one, k, floor);
        assert_ok(irm_max_p(&g.x, &g.graph, g.population, floor, 20, 1, 3, many, &again,
                            &test_error));
        assert_int_equal(again, k);
        assert_memory_equal(one, many, sizeof one);
    }
    assert_ok(irm_max_p(&g.x, &g.graph, NULL, 1.0, 1, 1, 1, one, &k, &test_error));
    assert_int_equal(k, N);
    grid_clear(&g);
}

/* No single move that keeps pieces and floor lessens the within sum of squares. */
static void max_p_ends_where_no_move_helps(void **state) {
    (void)state;
    grid g = recorded_grid();
    int32_t classes[N];
    size_t k = 0;
    size_t tried = 0;
    assert_ok(irm_max_p(&g.x, &g.graph, NULL, 6.0, 10, 3, 1, classes, &k, &test_error));
    double best = within(&g.x, classes, k);
    for (size_t i = 0; i < N; i++) {
        for (size_t at = g.graph.start[i]; at < g.graph.start[i + 1]; at++) {
            int32_t moved[N];
            memcpy(moved, classes, sizeof moved);
            moved[i] = classes[g.graph.index[at]];
            size_t size = 0;
            size_t met = 1;
            uint32_t reached[N] = {0};
            bool seen[N] = {false};
            for (size_t j = 0; j < N; j++) {
                if (moved[j] == classes[i]) {
                    reached[0] = (uint32_t)j;
                    size++;
                }
            }
            if (moved[i] == classes[i] || size < 6) {
                continue;
            }
            seen[reached[0]] = true;
            for (size_t next = 0; next < met; next++) {
                for (size_t to = g.graph.start[reached[next]];
                     to < g.graph.start[reached[next] + 1]; to++) {
                    uint32_t j = g.graph.index[to];
                    if (moved[j] == classes[i] && !seen[j]) {
                        seen[j] = true;
                        reached[met++] = j;
                    }
                }
            }
            if (met == size) {
                tried++;
                assert_true(within(&g.x, moved, k) > best - 1e-9);
            }
        }
    }
    assert_true(tried > 10);
    grid_clear(&g);
}

static void max_p_refuses_what_cannot_be(void **state) {
    (void)state;
    grid g = recorded_grid();
    int32_t classes[N];
    size_t k = 0;
    assert_int_equal(
        irm_max_p(&g.x, &g.graph, g.population, 1e6, 5, 1, 1, classes, &k, &test_error),
        IRM_STATUS_DATA);
    assert_int_equal(
        irm_max_p(&g.x, &g.graph, g.population, 0.0, 5, 1, 1, classes, &k, &test_error),
        IRM_STATUS_USAGE);
    assert_int_equal(
        irm_max_p(&g.x, &g.graph, g.population, 10, 0, 1, 1, classes, &k, &test_error),
        IRM_STATUS_USAGE);
    g.population[4] = -1.0;
    assert_int_equal(
        irm_max_p(&g.x, &g.graph, g.population, 10, 5, 1, 1, classes, &k, &test_error),
        IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "unit 5"));
    irm_neighbours none = {0};
    assert_ok(irm_neighbours_pairs(NULL, NULL, 0, N, &none, &test_error));
    assert_int_equal(irm_max_p(&g.x, &none, NULL, 2.0, 5, 1, 1, classes, &k, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "units 1, 2, 3"));
    irm_neighbours_clear(&none);
    grid_clear(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(skater_cuts_where_spdep_cuts),
        cmocka_unit_test(skater_refuses_what_cannot_be),
        cmocka_unit_test(max_p_regions_are_pieces_over_the_floor),
        cmocka_unit_test(max_p_ends_where_no_move_helps),
        cmocka_unit_test(max_p_refuses_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
