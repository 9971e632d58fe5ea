/* What intervals and relations prove, held against every table that they allow. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/bounds.h"
#include "support.h"

static irm_bounds *fresh(void) {
    irm_bounds *bounds;
    assert_ok(irm_bounds_new(&bounds, &test_error));
    return bounds;
}

static size_t cell(irm_bounds *bounds, double lower, double upper) {
    size_t index;
    assert_ok(irm_bounds_cell(bounds, lower, upper, true, &index, &test_error));
    return index;
}

static void assert_near(double found, double expected, double within) {
    if (!(fabs(found - expected) <= within)) {
        fail_msg("%.17g instead of %.17g", found, expected);
    }
}

/* The last of the cells is the sum of the others. */
static void total(irm_bounds *bounds, const size_t *cells, size_t n) {
    irm_bounds_term terms[32];
    for (size_t i = 0; i < n; i++) {
        terms[i] = (irm_bounds_term){cells[i], i + 1 < n ? 1 : -1};
    }
    assert_ok(irm_bounds_relation(bounds, terms, n, 0, 0, &test_error));
}

static void assert_interval(const irm_bounds *bounds, size_t c, double lower,
                            double upper) {
    assert_near(irm_bounds_lower(bounds, c), lower, 1e-6);
    assert_near(irm_bounds_upper(bounds, c), upper, 1e-6);
}

/* ---- known answers ---------------------------------------------------------------- */

static void a_hidden_part_is_what_the_total_leaves(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    size_t cells[] = {cell(b, 238, 238), cell(b, 66, 66), cell(b, 0, INFINITY),
                      cell(b, 174, 174), cell(b, 501, 501)};
    total(b, cells, 5);
    assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
    assert_interval(b, cells[2], 23, 23);
    irm_bounds_free(b);
}

static void two_hidden_parts_share_what_is_left(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    size_t cells[] = {cell(b, 1, 4), cell(b, 0, INFINITY), cell(b, 90, 90),
                      cell(b, 100, 100)};
    total(b, cells, 4);
    assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
    assert_interval(b, cells[0], 1, 4);
    assert_interval(b, cells[1], 6, 9);
    irm_bounds_free(b);
}

static void without_a_total_nothing_is_known_above(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    size_t cells[] = {cell(b, 0, INFINITY), cell(b, 7, 7), cell(b, 0, INFINITY)};
    total(b, cells, 3);
    assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
    assert_true(irm_bounds_lower(b, cells[0]) == 0 &&
                isinf(irm_bounds_upper(b, cells[0])));
    assert_true(irm_bounds_lower(b, cells[2]) == 7 &&
                isinf(irm_bounds_upper(b, cells[2])));
    irm_bounds_free(b);
}

/* Rows and columns of a square of hidden cells: propagation alone gives [0, 6] to the
 * first, programs give what the whole proves. */
static void a_cycle_of_totals_is_solved_exactly(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    size_t x[4];
    for (size_t i = 0; i < 4; i++) {
        x[i] = cell(b, 0, 10);
    }
    size_t sums[] = {cell(b, 10, 10), cell(b, 6, 6), cell(b, 9, 9), cell(b, 7, 7)};
    total(b, (size_t[]){x[0], x[1], sums[0]}, 3);
    total(b, (size_t[]){x[2], x[3], sums[1]}, 3);
    total(b, (size_t[]){x[0], x[2], sums[2]}, 3);
    total(b, (size_t[]){x[1], x[3], sums[3]}, 3);
    assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
    assert_interval(b, x[0], 3, 9);
    assert_interval(b, x[3], 0, 6);
    irm_bounds_free(b);
}

static void whole_numbers_tighten_what_fractions_allow(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    size_t x = cell(b, 0, 10), y = cell(b, 0, 10);
    irm_bounds_term first[] = {{x, 2}, {y, 3}}, second[] = {{x, 3}, {y, 1}};
    assert_ok(irm_bounds_relation(b, first, 2, 12, 13, &test_error));
    assert_ok(irm_bounds_relation(b, second, 2, 7, 9, &test_error));
    assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
    assert_interval(b, x, 2, 2); /* 2x+3y in 12..13, 3x+y in 7..9: (2, 3) alone */
    assert_interval(b, y, 3, 3);
    irm_bounds_free(b);
}

/* ---- contradictions --------------------------------------------------------------- */

static void contradictory_totals_name_the_relation(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    irm_bounds_conflict conflict;
    size_t fine[] = {cell(b, 1, 9), cell(b, 1, 9), cell(b, 10, 10)};
    size_t wrong[] = {cell(b, 5, 5), cell(b, 6, 6), cell(b, 10, 10)};
    total(b, fine, 3);
    total(b, wrong, 3);
    assert_int_equal(irm_bounds_tighten(b, 1, &conflict, &test_error), IRM_STATUS_DATA);
    assert_true(conflict.found);
    assert_int_equal(conflict.relation, 1);
    irm_bounds_free(b);
}

/* Each relation holds by itself: only a program sees that they do not hold together. */
static void a_contradiction_of_several_totals_is_found(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    irm_bounds_conflict conflict;
    size_t x = cell(b, 0, 100), y = cell(b, 0, 100), z = cell(b, 0, 100),
           w = cell(b, 0, 100);
    irm_bounds_term free_one[] = {{z, 1}, {w, 1}};
    irm_bounds_term one[] = {{x, 1}, {y, 1}, {z, 1}}, two[] = {{x, 1}, {y, 1}, {z, -1}};
    irm_bounds_term three[] = {{z, 1}, {x, 1}, {y, -1}},
                    four[] = {{z, 3}, {x, 1}, {y, 1}};
    assert_ok(irm_bounds_relation(b, free_one, 2, 0, 200, &test_error));
    assert_ok(irm_bounds_relation(b, one, 3, 60, 60, &test_error));
    assert_ok(irm_bounds_relation(b, two, 3, 20, 20, &test_error));
    assert_ok(irm_bounds_relation(b, three, 3, 0, 40, &test_error));
    assert_ok(irm_bounds_relation(b, four, 3, 120, 130, &test_error)); /* it is 100 */
    assert_int_equal(irm_bounds_tighten(b, 1, &conflict, &test_error), IRM_STATUS_DATA);
    assert_true(conflict.found);
    assert_int_not_equal(conflict.relation, 0);
    irm_bounds_free(b);
}

static void an_empty_interval_is_refused(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    irm_bounds_conflict conflict;
    cell(b, 5, 3);
    assert_int_equal(irm_bounds_propagate(b, &conflict, &test_error), IRM_STATUS_DATA);
    assert_true(conflict.found);
    irm_bounds_free(b);
}

/* ---- against every table allowed -------------------------------------------------- */

enum { MOST_CELLS = 9, MOST_RELATIONS = 6 };

typedef struct world {
    size_t n, n_relations;
    int lower[MOST_CELLS], upper[MOST_CELLS];
    int k[MOST_RELATIONS][MOST_CELLS], low[MOST_RELATIONS], high[MOST_RELATIONS];
} world;

/* A small linear congruential generator (Knuth, MMIX), so that failures come again. */
static int draw(uint64_t *seed, int below) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((*seed >> 33) % (uint64_t)below);
}

static bool allowed(const world *w, const int *x) {
    for (size_t r = 0; r < w->n_relations; r++) {
        int sum = 0;
        for (size_t c = 0; c < w->n; c++) {
            sum += w->k[r][c] * x[c];
        }
        if (sum < w->low[r] || sum > w->high[r]) {
            return false;
        }
    }
    return true;
}

typedef struct truth {
    int lower[MOST_CELLS], upper[MOST_CELLS];
    int form_lower, form_upper;
    double ratio_lower, ratio_upper;
    bool ratio;
} truth;

/* Every whole table within the intervals; the form is cells 0 + 1, the ratio 0 / (0 + 2).
 */
static void enumerate(const world *w, truth *t) {
    int x[MOST_CELLS];
    memcpy(x, w->lower, sizeof x);
    for (size_t c = 0; c < w->n; c++) {
        t->lower[c] = 1000;
        t->upper[c] = -1000;
    }
    t->form_lower = 1000;
    t->form_upper = -1000;
    t->ratio_lower = INFINITY;
    t->ratio_upper = -INFINITY;
    t->ratio = true;
    for (;;) {
        if (allowed(w, x)) {
            for (size_t c = 0; c < w->n; c++) {
                t->lower[c] = x[c] < t->lower[c] ? x[c] : t->lower[c];
                t->upper[c] = x[c] > t->upper[c] ? x[c] : t->upper[c];
            }
            int form = x[0] + x[1], below = x[0] + x[2];
            t->form_lower = form < t->form_lower ? form : t->form_lower;
            t->form_upper = form > t->form_upper ? form : t->form_upper;
            t->ratio = t->ratio && below > 0;
            if (below > 0) {
                t->ratio_lower = fmin(t->ratio_lower, (double)x[0] / below);
                t->ratio_upper = fmax(t->ratio_upper, (double)x[0] / below);
            }
        }
        size_t c = 0;
        while (c < w->n && x[c] == w->upper[c]) {
            x[c] = w->lower[c];
            c++;
        }
        if (c == w->n) {
            return;
        }
        x[c]++;
    }
}

/* Relations that a drawn table satisfies, and intervals that hold it. */
static void draw_world(uint64_t *seed, bool units, world *w) {
    int x[MOST_CELLS];
    memset(w, 0, sizeof *w);
    w->n = 4 + (size_t)draw(seed, 3);
    w->n_relations = 1 + (size_t)draw(seed, 4);
    for (size_t c = 0; c < w->n; c++) {
        x[c] = draw(seed, 6);
        w->lower[c] = x[c] - draw(seed, 4);
        w->lower[c] = w->lower[c] < 0 ? 0 : w->lower[c];
        w->upper[c] = draw(seed, 4) == 0 ? (w->lower[c] = x[c]) : x[c] + draw(seed, 4);
    }
    for (size_t r = 0; r < w->n_relations; r++) {
        int sum = 0;
        for (size_t c = 0; c < w->n; c++) {
            int k = draw(seed, 2) == 0 ? 0 : units ? 1 : 1 + draw(seed, 3);
            w->k[r][c] = draw(seed, 4) == 0 ? -k : k;
            sum += w->k[r][c] * x[c];
        }
        w->low[r] = sum - (draw(seed, 3) == 0 ? draw(seed, 3) : 0);
        w->high[r] = sum + (draw(seed, 3) == 0 ? draw(seed, 3) : 0);
    }
}

static irm_bounds *system_of(const world *w) {
    irm_bounds *b = fresh();
    for (size_t c = 0; c < w->n; c++) {
        cell(b, w->lower[c], w->upper[c]);
    }
    for (size_t r = 0; r < w->n_relations; r++) {
        irm_bounds_term terms[MOST_CELLS];
        size_t n = 0;
        for (size_t c = 0; c < w->n; c++) {
            if (w->k[r][c] != 0) {
                terms[n++] = (irm_bounds_term){c, w->k[r][c]};
            }
        }
        assert_ok(irm_bounds_relation(b, terms, n, w->low[r], w->high[r], &test_error));
    }
    return b;
}

static void random_systems_get_the_intervals_of_enumeration(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int trial = 0; trial < 1500; trial++) {
        world w;
        truth t;
        draw_world(&seed, trial % 2 == 0, &w);
        enumerate(&w, &t);
        irm_bounds *b = system_of(&w);
        assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
        for (size_t c = 0; c < w.n; c++) {
            if (irm_bounds_lower(b, c) != t.lower[c] ||
                irm_bounds_upper(b, c) != t.upper[c]) {
                fail_msg("trial %d, cell %zu: [%g, %g] instead of [%d, %d]", trial, c,
                         irm_bounds_lower(b, c), irm_bounds_upper(b, c), t.lower[c],
                         t.upper[c]);
            }
        }
        double lower, upper;
        irm_bounds_term sum[] = {{0, 1}, {1, 1}};
        assert_ok(irm_bounds_form(b, sum, 2, 0, &lower, &upper, &test_error));
        assert_near(lower, t.form_lower, 1e-6);
        assert_near(upper, t.form_upper, 1e-6);
        irm_bounds_free(b);
    }
}

/* Over fractions the interval of a ratio may be wider than over whole numbers, never
 * narrower; it is the same where the system is a box. */
static void ratios_hold_every_table_allowed(void **state) {
    (void)state;
    uint64_t seed = 2;
    size_t tried = 0;
    for (int trial = 0; trial < 1500; trial++) {
        world w;
        truth t;
        draw_world(&seed, trial % 2 == 0, &w);
        w.n_relations = trial % 5 == 0 ? 0 : w.n_relations;
        enumerate(&w, &t);
        irm_bounds *b = system_of(&w);
        assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
        irm_bounds_term above[] = {{0, 1}}, below[] = {{0, 1}, {2, 1}};
        double lower, upper;
        assert_ok(
            irm_bounds_ratio(b, above, 1, 0, below, 2, 0, &lower, &upper, &test_error));
        if (t.ratio) {
            assert_true(lower <= t.ratio_lower + 1e-12 && upper >= t.ratio_upper - 1e-12);
            assert_true(lower >= -1e-6 && upper <= 1 + 1e-6);
            tried++;
        }
        if (t.ratio && w.n_relations == 0) {
            assert_near(lower, t.ratio_lower, 1e-12);
            assert_near(upper, t.ratio_upper, 1e-12);
        }
        irm_bounds_free(b);
    }
    assert_true(tried > 300);
}

/* ---- two ratios ------------------------------------------------------------------- */

/* A place (n of d) in a whole (n + m of d + e): its rate less the whole's, and over it.
 */
typedef struct shares {
    int low[4], high[4]; /* n, m, d - n, e - m */
} shares;

static void draw_shares(uint64_t *seed, int trial, shares *of) {
    for (int i = 0; i < 4; i++) {
        of->low[i] = 1 + draw(seed, 6);
        bool open = trial % 3 == 0 ? i < 2 : draw(seed, 2) == 0;
        of->high[i] = of->low[i] + (open ? draw(seed, 4) : 0);
    }
}

/* Cells n, m and what is left of d and e; or, when `whole`, n, m, d and e themselves. */
static irm_bounds *system_of_shares(const shares *of, bool whole) {
    irm_bounds *b = fresh();
    for (int i = 0; i < 4; i++) {
        double add_low = whole && i >= 2 ? of->low[i - 2] : 0;
        double add_high = whole && i >= 2 ? of->high[i - 2] : 0;
        cell(b, of->low[i] + add_low, of->high[i] + add_high);
    }
    for (size_t i = 0; whole && i < 2; i++) { /* a part is no more than its whole */
        irm_bounds_term terms[] = {{i, 1}, {i + 2, -1}};
        assert_ok(irm_bounds_relation(b, terms, 2, -INFINITY, 0, &test_error));
    }
    assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
    return b;
}

static void pair_of(bool whole, const irm_bounds *b, double gap[2], double over[2]) {
    static const irm_bounds_term n[] = {{0, 1}}, nm[] = {{0, 1}, {1, 1}};
    static const irm_bounds_term d[] = {{0, 1}, {2, 1}};
    static const irm_bounds_term de[] = {{0, 1}, {1, 1}, {2, 1}, {3, 1}};
    irm_bounds_affine forms[] = {{n, 1, 0}, {d, 2, 0}, {nm, 2, 0}, {de, 4, 0}};
    if (whole) {
        forms[1] = (irm_bounds_affine){d + 1, 1, 0};
        forms[3] = (irm_bounds_affine){de + 2, 2, 0};
    }
    assert_ok(irm_bounds_gap(b, forms, &gap[0], &gap[1], &test_error));
    assert_ok(irm_bounds_quotient(b, forms, &over[0], &over[1], &test_error));
}

/* The extremes over a grid of `steps` to a unit; d and e are wholes or what is left. */
static void pair_by_enumeration(const shares *of, bool whole, int steps, double gap[2],
                                double over[2]) {
    double x[4];
    int most[4], i[4] = {0};
    gap[0] = over[0] = INFINITY;
    gap[1] = over[1] = -INFINITY;
    for (int k = 0; k < 4; k++) {
        int more = whole && k >= 2 ? of->high[k - 2] - of->low[k - 2] : 0;
        most[k] = (of->high[k] - of->low[k] + more) * steps;
    }
    for (;;) {
        for (int k = 0; k < 4; k++) {
            x[k] = of->low[k] + (double)i[k] / steps +
                   (whole && k >= 2 ? of->low[k - 2] : 0);
        }
        double n = x[0], m = x[1], d = whole ? x[2] : n + x[2],
               e = whole ? x[3] : m + x[3];
        if (n <= d && m <= e) {
            double difference = n / d - (n + m) / (d + e);
            double quotient = n / d / ((n + m) / (d + e));
            gap[0] = fmin(gap[0], difference);
            gap[1] = fmax(gap[1], difference);
            over[0] = fmin(over[0], quotient);
            over[1] = fmax(over[1], quotient);
        }
        int k = 0;
        while (k < 4 && i[k] == most[k]) {
            i[k++] = 0;
        }
        if (k == 4) {
            return;
        }
        i[k]++;
    }
}

static void a_gap_and_a_quotient_hold_every_table_allowed(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int trial = 0; trial < 300; trial++) {
        shares of;
        double gap[2], over[2], true_gap[2], true_over[2];
        bool whole = trial % 2 == 1;
        draw_shares(&seed, trial, &of);
        irm_bounds *b = system_of_shares(&of, whole);
        pair_of(whole, b, gap, over);
        pair_by_enumeration(&of, whole, 2, true_gap, true_over);
        assert_true(gap[0] <= true_gap[0] && gap[1] >= true_gap[1]);
        assert_true(over[0] <= true_over[0] && over[1] >= true_over[1]);
        irm_bounds_free(b);
    }
}

/* With d and e known the gap is linear: its extremes are at whole tables. A quotient
 * whose four parts are apart (no part bound to its whole) has its own at the corners. */
static void a_gap_and_a_quotient_are_the_narrowest_where_tables_reach_them(void **state) {
    (void)state;
    uint64_t seed = 4;
    for (int trial = 0; trial < 300; trial++) {
        shares of;
        double gap[2], over[2], true_gap[2], true_over[2];
        draw_shares(&seed, 0, &of);
        for (int i = 2; i < 4; i++) {
            int more = trial % 2 == 1 ? draw(&seed, 3) : 0;
            of.low[i] += of.high[i - 2] - of.low[i - 2]; /* n <= d for all of them */
            of.high[i] = of.low[i] + more - (of.high[i - 2] - of.low[i - 2]);
        }
        irm_bounds *b = fresh();
        for (int i = 0; i < 4; i++) {
            double low = of.low[i] + (i >= 2 ? of.low[i - 2] : 0);
            double high = of.high[i] + (i >= 2 ? of.high[i - 2] : 0);
            cell(b, low, high);
        }
        assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
        pair_of(true, b, gap, over);
        pair_by_enumeration(&of, true, 1, true_gap, true_over);
        assert_near(over[0], true_over[0], 1e-5);
        assert_near(over[1], true_over[1], 1e-5);
        assert_near(gap[1], true_gap[1], 1e-5);
        if (trial % 2 == 0) {
            assert_near(gap[0], true_gap[0], 1e-5);
        }
        irm_bounds_free(b);
    }
}

/* The least gap of 4 of d in [10, 40] within 8 of d + 15 has its d between: where
 * 4 / d² = 8 / (d + 15)². */
static void the_least_gap_may_be_between_the_ends(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    irm_bounds_term d[] = {{cell(b, 10, 200), 1}};
    irm_bounds_affine forms[] = {{NULL, 0, 4}, {d, 1, 0}, {NULL, 0, 8}, {d, 1, 15}};
    double lower, upper, at = 15 / (sqrt(2) - 1);
    assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
    assert_ok(irm_bounds_gap(b, forms, &lower, &upper, &test_error));
    assert_near(lower, 4 / at - 8 / (at + 15), 1e-6);
    assert_near(upper, 4.0 / 10 - 8.0 / 25, 1e-6);
    irm_bounds_free(b);
}

static void a_denominator_that_may_be_nothing_bounds_no_gap(void **state) {
    (void)state;
    irm_bounds *b = fresh();
    irm_bounds_term d[] = {{cell(b, 0, 20), 1}};
    irm_bounds_affine forms[] = {{NULL, 0, 4}, {d, 1, 0}, {NULL, 0, 8}, {d, 1, 15}};
    double lower, upper;
    assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
    assert_ok(irm_bounds_gap(b, forms, &lower, &upper, &test_error));
    assert_true(isinf(lower) && isinf(upper));
    irm_bounds_free(b);
}

/* ---- size and threads ------------------------------------------------------------- */

/* Rows by columns with their totals, some cells hidden. */
static irm_bounds *large_table(size_t rows, size_t columns, uint64_t seed) {
    irm_bounds *b = fresh();
    for (size_t r = 0; r < rows; r++) {
        irm_bounds_term terms[64];
        double sum = 0;
        for (size_t c = 0; c < columns; c++) {
            int value = draw(&seed, 40);
            bool hidden = value < 5 || draw(&seed, 6) == 0;
            terms[c] = (irm_bounds_term){
                cell(b, hidden ? 0 : value, hidden ? (double)INFINITY : value), 1};
            sum += value;
        }
        terms[columns] = (irm_bounds_term){cell(b, sum, sum), -1};
        assert_ok(irm_bounds_relation(b, terms, columns + 1, 0, 0, &test_error));
        irm_bounds_term nested[] = {terms[0], {terms[1].cell, -1}};
        assert_ok(irm_bounds_relation(b, nested, 2, -INFINITY, 40, &test_error));
    }
    return b;
}

static void threads_do_not_change_the_bounds(void **state) {
    (void)state;
    irm_bounds *one = large_table(2000, 8, 7), *four = large_table(2000, 8, 7);
    assert_ok(irm_bounds_tighten(one, 1, NULL, &test_error));
    assert_ok(irm_bounds_tighten(four, 4, NULL, &test_error));
    for (size_t c = 0; c < irm_bounds_cells(one); c++) {
        assert_true(irm_bounds_lower(one, c) == irm_bounds_lower(four, c));
        assert_true(irm_bounds_upper(one, c) == irm_bounds_upper(four, c));
    }
    irm_bounds_free(one);
    irm_bounds_free(four);
}

/* Two relations that share both cells: only programs see that x is 3. Left to
 * propagation, the interval is wider, and still holds it. */
static void components_over_the_limit_are_left_to_propagation(void **state) {
    (void)state;
    for (size_t most = 0; most < 2; most++) {
        irm_bounds *b = fresh();
        size_t x = cell(b, 0, 10), y = cell(b, 0, 10);
        irm_bounds_term sum[] = {{x, 1}, {y, 1}}, difference[] = {{x, 1}, {y, -1}};
        assert_ok(irm_bounds_relation(b, sum, 2, 6, 6, &test_error));
        assert_ok(irm_bounds_relation(b, difference, 2, 0, 0, &test_error));
        irm_bounds_limit(b, most);
        assert_ok(irm_bounds_tighten(b, 1, NULL, &test_error));
        if (most == 0) {
            assert_interval(b, x, 3, 3);
        } else {
            assert_interval(b, x, 0, 6);
        }
        irm_bounds_free(b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_over_the_limit_are_left_to_propagation),
        cmocka_unit_test(a_hidden_part_is_what_the_total_leaves),
        cmocka_unit_test(two_hidden_parts_share_what_is_left),
        cmocka_unit_test(without_a_total_nothing_is_known_above),
        cmocka_unit_test(a_cycle_of_totals_is_solved_exactly),
        cmocka_unit_test(whole_numbers_tighten_what_fractions_allow),
        cmocka_unit_test(contradictory_totals_name_the_relation),
        cmocka_unit_test(a_contradiction_of_several_totals_is_found),
        cmocka_unit_test(an_empty_interval_is_refused),
        cmocka_unit_test(random_systems_get_the_intervals_of_enumeration),
        cmocka_unit_test(ratios_hold_every_table_allowed),
        cmocka_unit_test(a_gap_and_a_quotient_hold_every_table_allowed),
        cmocka_unit_test(a_gap_and_a_quotient_are_the_narrowest_where_tables_reach_them),
        cmocka_unit_test(the_least_gap_may_be_between_the_ends),
        cmocka_unit_test(a_denominator_that_may_be_nothing_bounds_no_gap),
        cmocka_unit_test(threads_do_not_change_the_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
