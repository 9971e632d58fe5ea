/* Releases: what is hidden, and what can be computed of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/disclosure.h"
#include "support.h"

static void assert_near(double found, double expected) {
    if (!(fabs(found - expected) < 1e-6)) {
        fail_msg("%.17g instead of %.17g", found, expected);
    }
}

/* ---- rules ------------------------------------------------------------------------ */

static void a_threshold_hides_what_is_under_it_and_not_zero(void **state) {
    (void)state;
    irm_disclosure_rules rules = {.threshold = 5};
    double below, above;
    irm_disclosure_cell cell = {.value = 3, .contributors = 1, .counted = true};
    assert_string_equal(irm_disclosure_sensitive(&rules, &cell, &below, &above),
                        "threshold");
    assert_near(above, 2); /* up to 5: no one can be sure that it is under */
    assert_near(below, 1);
    cell.value = 5;
    assert_null(irm_disclosure_sensitive(&rules, &cell, &below, &above));
    cell.value = 0;
    assert_null(irm_disclosure_sensitive(&rules, &cell, &below, &above));
}

/* Contributions 70, 20, 6, 4: by (1, 60) the cell must reach 100/60 × 70; by p = 20 % the
 * second knows the first within 10, which is under 20 % of 70. */
static void concentration_hides_what_a_few_make(void **state) {
    (void)state;
    static const double largest[] = {70, 20, 6, 4, 0};
    irm_disclosure_cell cell = {.value = 100, .contributors = 4, .largest = largest};
    double below, above;
    irm_disclosure_rules dominance = {.dominant = 1, .dominance = 60};
    assert_string_equal(irm_disclosure_sensitive(&dominance, &cell, &below, &above),
                        "dominance");
    assert_near(above, 100.0 / 60 * 70 - 100);
    irm_disclosure_rules percent = {.p_percent = 20};
    assert_string_equal(irm_disclosure_sensitive(&percent, &cell, &below, &above),
                        "p_percent");
    assert_near(above, 0.2 * 70 - 10);
    irm_disclosure_rules loose = {.dominant = 1, .dominance = 75, .p_percent = 10};
    assert_null(irm_disclosure_sensitive(&loose, &cell, &below, &above));
}

/* ---- tables ----------------------------------------------------------------------- */

enum { MOST = 12 };

/* rows × columns of values, with totals: cell r * (columns + 1) + c, totals last. */
static irm_release *table_of(const double *values, size_t rows, size_t columns) {
    irm_release *release;
    size_t parts[MOST];
    assert_ok(irm_release_new(&release, &test_error));
    for (size_t r = 0; r <= rows; r++) {
        for (size_t c = 0; c <= columns; c++) {
            double sum = 0;
            for (size_t i = r == rows ? 0 : r; i < (r == rows ? rows : r + 1); i++) {
                for (size_t j = c == columns ? 0 : c;
                     j < (c == columns ? columns : c + 1); j++) {
                    sum += values[i * columns + j];
                }
            }
            assert_ok(irm_release_cell(release, sum, sum, &test_error));
        }
    }
    for (size_t r = 0; r <= rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            parts[c] = r * (columns + 1) + c;
        }
        assert_ok(irm_release_sum(release, 1, r * (columns + 1) + columns, parts, columns,
                                  &test_error));
    }
    for (size_t c = 0; c <= columns; c++) {
        for (size_t r = 0; r < rows; r++) {
            parts[r] = r * (columns + 1) + c;
        }
        assert_ok(irm_release_sum(release, 0, rows * (columns + 1) + c, parts, rows,
                                  &test_error));
    }
    return release;
}

/* The cells of table_of and more. */
enum { MOST_CELLS = (MOST + 1) * (MOST + 1) };

static void audit(irm_release *release, irm_release_interval *of) {
    assert_ok(irm_release_audit(release, 1, NULL, of, &test_error));
}

/* The investments by activity and region of Fischetti and Salazar (Management Science 47,
 * 2001), figure 1: 22 in activity II, region C is sensitive. With (II, A), (III, A) and
 * (III, C) hidden beside it, it is between 5 and 30 for whoever knows that all is
 * positive. */
static void the_published_example_has_its_published_interval(void **state) {
    (void)state;
    static const double values[] = {20, 50, 10, 8, 19, 22, 17, 32, 12};
    irm_release *release = table_of(values, 3, 3);
    irm_release_interval of[MOST_CELLS];
    static const size_t beside[] = {4, 8, 10};
    irm_release_hide(release, 6, 0, 0);
    for (size_t i = 0; i < 3; i++) {
        irm_release_hide(release, beside[i], 0, 0);
    }
    audit(release, of);
    assert_near(of[6].upper, 29); /* of 30, as zeros are shown */
    assert_near(of[6].lower, 6);
    irm_release_free(release);
}

static void a_sensitive_cell_is_hidden_with_three_others_at_least(void **state) {
    (void)state;
    static const double values[] = {20, 50, 10, 8, 19, 22, 17, 32, 12};
    irm_release *release = table_of(values, 3, 3);
    irm_release_interval of[MOST_CELLS];
    irm_protection protection;
    irm_release_hide(release, 6, 5, 5);
    assert_ok(irm_release_protect(release, NULL, &protection, &test_error));
    assert_true(protection.possible && protection.exact);
    assert_int_equal(protection.beside, 3);
    audit(release, of);
    assert_true(of[6].lower <= 17 && of[6].upper >= 27);
    irm_release_free(release);
}

/* A small linear congruential generator (Knuth, MMIX). */
static int draw(uint64_t *seed, int below) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((*seed >> 33) % (uint64_t)below);
}

/* Cells of a 2 × 2 table with its totals, in the order of table_of. */
static void cells_of(const double *x, double *cells) {
    const double all[] = {x[0],        x[1],        x[0] + x[1],
                          x[2],        x[3],        x[2] + x[3],
                          x[0] + x[2], x[1] + x[3], x[0] + x[1] + x[2] + x[3]};
    memcpy(cells, all, sizeof all);
}

/* Hides a set of cells (one bit each); the cost of those under no rule, or infinity where
 * a sensitive cell is shown or its interval is too narrow. */
static double cost_of_set(const double *values, unsigned set, double threshold) {
    enum { CELLS = 9 };
    irm_release *release = table_of(values, 2, 2);
    irm_disclosure_rules rules = {.threshold = threshold};
    irm_release_interval of[MOST_CELLS];
    double cells[CELLS], below[CELLS], above[CELLS], cost = 0;
    bool sensitive[CELLS];
    cells_of(values, cells);
    for (size_t c = 0; c < CELLS; c++) {
        irm_disclosure_cell cell = {.value = cells[c], .counted = true};
        bool hidden = (set >> c & 1) != 0;
        sensitive[c] =
            irm_disclosure_sensitive(&rules, &cell, &below[c], &above[c]) != NULL;
        cost += hidden && !sensitive[c] ? cells[c] : 0;
        cost = sensitive[c] && !hidden ? (double)INFINITY : cost;
        if (hidden) {
            irm_release_hide(release, c, 0, 0);
        }
    }
    if (isfinite(cost)) {
        audit(release, of);
        for (size_t c = 0; c < CELLS; c++) {
            bool reaches =
                of[c].lower <= cells[c] - below[c] && of[c].upper >= cells[c] + above[c];
            cost = sensitive[c] && !reaches ? (double)INFINITY : cost;
        }
    }
    irm_release_free(release);
    return cost;
}

static unsigned set_protected(const double *values, double threshold) {
    irm_release *release = table_of(values, 2, 2);
    irm_disclosure_rules rules = {.threshold = threshold};
    irm_protection protection;
    double cells[9], below, above;
    unsigned set = 0;
    cells_of(values, cells);
    for (size_t c = 0; c < 9; c++) {
        irm_disclosure_cell cell = {.value = cells[c], .counted = true};
        if (irm_disclosure_sensitive(&rules, &cell, &below, &above) != NULL) {
            irm_release_hide(release, c, below, above);
        }
    }
    assert_ok(irm_release_protect(release, NULL, &protection, &test_error));
    assert_true(protection.exact);
    for (size_t c = 0; c < 9; c++) {
        set |= irm_release_hiding(release, c) != IRM_SHOWN ? 1u << c : 0;
    }
    irm_release_free(release);
    return set;
}

/* Against every way there is to hide cells of the table. */
static void small_tables_are_hidden_at_the_least_cost(void **state) {
    (void)state;
    uint64_t seed = 5;
    for (int trial = 0; trial < 8; trial++) {
        double values[4], best = INFINITY;
        for (size_t i = 0; i < 4; i++) {
            values[i] = 1 + draw(&seed, 12);
        }
        values[draw(&seed, 4)] = 2;
        double cost = cost_of_set(values, set_protected(values, 4), 4);
        for (unsigned set = 0; set < 1u << 9; set++) {
            best = fmin(best, cost_of_set(values, set, 4));
        }
        assert_near(cost, best);
    }
}

static irm_release *random_table(uint64_t seed, size_t rows, size_t columns) {
    double values[MOST * MOST];
    for (size_t i = 0; i < rows * columns; i++) {
        values[i] = draw(&seed, 5) == 0 ? 1 + draw(&seed, 4) : 1 + draw(&seed, 60);
    }
    irm_release *release = table_of(values, rows, columns);
    for (size_t i = 0; i < rows * columns; i++) {
        if (values[i] < 5) {
            size_t cell = i / columns * (columns + 1) + i % columns;
            irm_release_hide(release, cell, values[i] > 1 ? 1 : 0, 5 - values[i]);
        }
    }
    return release;
}

/* The audit is that of a stranger: intervals from what is shown, by linear programs. */
static void every_sensitive_cell_passes_the_audit(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        size_t rows = 3 + seed % 8, columns = 3 + seed % 6;
        irm_release *release = random_table(seed, rows, columns);
        irm_release_interval of[MOST_CELLS];
        irm_protection protection;
        assert_ok(irm_release_protect(release, NULL, &protection, &test_error));
        audit(release, of);
        for (size_t c = 0; c < (rows + 1) * (columns + 1); c++) {
            if (irm_release_hiding(release, c) == IRM_HIDDEN_SENSITIVE) {
                assert_true(irm_release_protected(release, c, &of[c]));
                assert_true(of[c].upper >= 5);
            }
        }
        irm_release_free(release);
    }
}

static void what_must_be_shown_around_it_makes_a_cell_impossible_to_protect(
    void **state) {
    (void)state;
    static const double values[] = {20, 3, 8, 19};
    irm_release *release = table_of(values, 2, 2);
    irm_protection protection;
    irm_release_hide(release, 1, 1, 2);
    for (size_t c = 0; c < 9; c++) {
        if (c != 1 && c != 3) {
            irm_release_keep(release, c);
        }
    }
    assert_int_equal(irm_release_protect(release, NULL, &protection, &test_error),
                     IRM_STATUS_REFUSED);
    assert_false(protection.possible);
    assert_int_equal(protection.cell, 1);
    irm_release_free(release);
}

/* Of two counts of 1, the sum is 2 at least, for whoever knows that zeros are shown: it
 * is not asked to be less. */
static void a_sum_is_not_asked_to_be_less_than_its_parts(void **state) {
    (void)state;
    static const double values[] = {1, 20, 1, 30};
    irm_release *release = table_of(values, 2, 2);
    irm_protection protection;
    irm_release_interval of[MOST_CELLS];
    irm_release_hide(release, 0, 0, 4);
    irm_release_hide(release, 3, 0, 4);
    irm_release_hide(release, 6, 1, 3);
    assert_ok(irm_release_protect(release, NULL, &protection, &test_error));
    assert_true(protection.possible);
    audit(release, of);
    assert_near(of[6].lower, 2);
    assert_true(of[6].upper >= 5);
    assert_true(irm_release_protected(release, 6, &of[6]));
    irm_release_free(release);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_threshold_hides_what_is_under_it_and_not_zero),
        cmocka_unit_test(concentration_hides_what_a_few_make),
        cmocka_unit_test(the_published_example_has_its_published_interval),
        cmocka_unit_test(a_sensitive_cell_is_hidden_with_three_others_at_least),
        cmocka_unit_test(small_tables_are_hidden_at_the_least_cost),
        cmocka_unit_test(every_sensitive_cell_passes_the_audit),
        cmocka_unit_test(a_sum_is_not_asked_to_be_less_than_its_parts),
        cmocka_unit_test(what_must_be_shown_around_it_makes_a_cell_impossible_to_protect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
