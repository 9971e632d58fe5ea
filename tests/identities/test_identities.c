/* Identities: their language, and what they prove of tables that a producer has hidden
 * figures of, by the rules of producers, applied here to tables that are known. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/identity.h"
#include "irminon/memory.h"
#include "support.h"

/* ---- language --------------------------------------------------------------------- */

static double coefficient(const irm_identity *identity, const char *name) {
    for (size_t i = 0; i < identity->n_terms; i++) {
        if (strcmp(identity->names[i], name) == 0) {
            return identity->coefficients[i];
        }
    }
    return 0;
}

static void an_identity_reads_as_it_is_written(void **state) {
    (void)state;
    irm_identity identity;
    assert_ok(irm_identity_parse("A + 3 = B + 2 C - 0.5*D", &identity, &test_error));
    assert_int_equal(identity.n_terms, 4);
    assert_true(coefficient(&identity, "A") == 1 && coefficient(&identity, "B") == -1);
    assert_true(coefficient(&identity, "C") == -2 && coefficient(&identity, "D") == 0.5);
    assert_true(identity.low == -3 && identity.high == -3);
    irm_identity_clear(&identity);
    assert_ok(irm_identity_parse("A <= B", &identity, &test_error));
    assert_true(isinf(identity.low) && identity.high == 0);
    irm_identity_clear(&identity);
    assert_ok(irm_identity_parse("A >= B", &identity, &test_error));
    assert_true(identity.low == 0 && isinf(identity.high));
    irm_identity_clear(&identity);
}

static void a_mistake_is_told_at_its_character(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t column;
    } cases[] = {{"A = B + ", 9},    {"A B = C", 3},  {"A < B", 4}, {"A = B C", 7},
                 {"A = 3", 1},       {"", 1},         {"=", 1},     {"A = 2 * + B", 9},
                 {"A = 1.2.3 B", 5}, {"A = B = C", 7}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_identity identity;
        irm_error error = {0};
        assert_int_equal(irm_identity_parse(cases[i].text, &identity, &error),
                         IRM_STATUS_SCHEMA);
        assert_int_equal(error.column, cases[i].column);
    }
}

/* ---- tables ----------------------------------------------------------------------- */

enum { FAMILIES = 4, ROWS = 400 };

/* A = F0 + F1 + F2 + F3, L <= F3, E: children, at least one by family of F1 and F3. */
static const char *const names[] = {"A", "F0", "F1", "F2", "F3", "L", "E"};
enum { COLUMNS = sizeof names / sizeof *names };

static const char *const declared = "A = F0 + F1 + F2 + F3\nL <= F3\nF1 + F3 + 2 L <= E";

/* A small linear congruential generator (Knuth, MMIX). */
static int draw(uint64_t *seed, int below) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((*seed >> 33) % (uint64_t)below);
}

typedef struct world {
    int cells[ROWS][COLUMNS];
    bool hidden[ROWS][COLUMNS];
    int threshold;
} world;

static void draw_row(uint64_t *seed, int most, int *row) {
    row[0] = 0;
    for (int f = 1; f <= FAMILIES; f++) {
        row[f] = draw(seed, 3) == 0 ? draw(seed, 4) : draw(seed, most);
        row[0] += row[f];
    }
    row[5] = row[4] > 0 ? draw(seed, row[4] + 1) : 0;
    row[6] = row[2] + row[4] + 2 * row[5] + draw(seed, most);
}

/* What a producer does: hides what is under the threshold (zeros too), then another cell
 * where one alone is hidden among those that add up, and at times others for reasons that
 * nobody tells; and nothing is left of a row whose total is under the row's threshold. */
static void hide_row(uint64_t *seed, const int *row, int threshold, bool *hidden) {
    int count = 0;
    for (int c = 0; c < COLUMNS; c++) {
        hidden[c] = row[c] < threshold;
        count += c >= 1 && c <= FAMILIES && hidden[c];
    }
    if (count == 1) {
        int other;
        do {
            other = 1 + draw(seed, FAMILIES);
        } while (hidden[other]);
        hidden[other] = true;
    }
    hidden[1 + draw(seed, FAMILIES)] |= draw(seed, 5) == 0;
    for (int c = 0; row[0] < 3 * threshold && c < COLUMNS; c++) {
        hidden[c] = true;
    }
}

static void publish(const world *of, irm_table *table) {
    assert_ok(irm_table_init(table, "t", ROWS, &test_error));
    assert_ok(
        irm_attributes_set(&table->attributes, "identities", declared, &test_error));
    for (int c = 0; c < COLUMNS; c++) {
        irm_column *column;
        uint8_t mark;
        assert_ok(
            irm_table_add(table, names[c], IRM_COLUMN_NUMBER, &column, &test_error));
        assert_ok(
            irm_attributes_set(&column->attributes, "variable", names[c], &test_error));
        assert_ok(irm_attributes_set(&column->attributes, "kind", "count", &test_error));
        assert_ok(irm_column_marker(column, "", IRM_STATE_SECRET, 0, INFINITY, &mark,
                                    &test_error));
        for (size_t r = 0; r < ROWS; r++) {
            column->values[r] = of->hidden[r][c] ? (double)NAN : of->cells[r][c];
            if (of->hidden[r][c]) {
                assert_ok(irm_column_mark(column, ROWS, r, mark, &test_error));
            }
        }
    }
}

typedef struct bounds_of {
    double lower[ROWS][COLUMNS], upper[ROWS][COLUMNS];
} bounds_of;

static size_t narrow(const irm_table *table, size_t threads, bounds_of *into) {
    irm_identities identities;
    uint8_t members[COLUMNS];
    const irm_column *columns[COLUMNS];
    irm_narrowed narrowed[COLUMNS] = {{0}};
    size_t refused;
    assert_ok(irm_identities_read(table, &identities, &test_error));
    assert_int_equal(identities.n_rows, 3);
    assert_true(irm_identities_members(&identities, COLUMNS, 5, members));
    for (size_t c = 0; c < COLUMNS; c++) {
        assert_true(members[c]);
        columns[c] = &table->columns[c];
        for (size_t r = 0; r < table->n_rows; r++) {
            irm_column_bounds(columns[c], r, &into->lower[r][c], &into->upper[r][c]);
        }
    }
    assert_ok(irm_identities_narrow(&identities, members, columns, table->n_rows, threads,
                                    narrowed, &refused, &test_error));
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t i = 0; i < narrowed[c].count; i++) {
            into->lower[narrowed[c].rows[i]][c] = narrowed[c].lower[i];
            into->upper[narrowed[c].rows[i]][c] = narrowed[c].upper[i];
        }
        irm_narrowed_clear(&narrowed[c]);
    }
    irm_identities_clear(&identities);
    return refused;
}

static void draw_world(uint64_t seed, int most, int threshold, world *of) {
    for (size_t r = 0; r < ROWS; r++) {
        draw_row(&seed, most, of->cells[r]);
        hide_row(&seed, of->cells[r], threshold, of->hidden[r]);
    }
}

static void the_true_value_lies_within_the_bounds_every_time(void **state) {
    (void)state;
    world *of = calloc(1, sizeof *of);
    bounds_of *found = calloc(1, sizeof *found);
    size_t hidden = 0, bounded = 0;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        irm_table table;
        draw_world(seed, seed % 2 == 0 ? 60 : 15, 5, of);
        publish(of, &table);
        assert_int_equal(narrow(&table, 1, found), 0);
        for (size_t r = 0; r < ROWS; r++) {
            for (size_t c = 0; c < COLUMNS; c++) {
                assert_true(found->lower[r][c] <= of->cells[r][c]);
                assert_true(found->upper[r][c] >= of->cells[r][c]);
                hidden += of->hidden[r][c];
                bounded += of->hidden[r][c] && isfinite(found->upper[r][c]);
            }
        }
        irm_table_clear(&table);
    }
    assert_true(bounded > hidden / 3);
    free(of);
    free(found);
}

/* ---- the tightest bounds, by enumeration ------------------------------------------ */

static bool allowed(const int *x) {
    return x[0] == x[1] + x[2] + x[3] + x[4] && x[5] <= x[4] &&
           x[2] + x[4] + 2 * x[5] <= x[6];
}

/* Every row that shows the same, with nothing above `most`. */
static void enumerate(const int *row, const bool *hidden, int most, int *lower,
                      int *upper) {
    int x[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        x[c] = hidden[c] ? 0 : row[c];
        lower[c] = most + 1;
        upper[c] = -1;
    }
    for (;;) {
        if (allowed(x)) {
            for (int c = 0; c < COLUMNS; c++) {
                lower[c] = x[c] < lower[c] ? x[c] : lower[c];
                upper[c] = x[c] > upper[c] ? x[c] : upper[c];
            }
        }
        int c = 0;
        while (c < COLUMNS && (!hidden[c] || x[c] == most)) {
            x[c] = hidden[c] ? 0 : x[c];
            c++;
        }
        if (c == COLUMNS) {
            return;
        }
        x[c]++;
    }
}

/* Rows are independent: bounds of a column's sum are the sums of the bounds, so that the
 * tightest for cells are the tightest for sums. */
static void bounds_of_sums_are_the_tightest(void **state) {
    (void)state;
    enum { MOST = 14 };
    world *of = calloc(1, sizeof *of);
    bounds_of *found = calloc(1, sizeof *found);
    irm_table table;
    size_t compared = 0;
    draw_world(7, 5, 2, of);
    publish(of, &table);
    assert_int_equal(narrow(&table, 1, found), 0);
    for (size_t r = 0; r < ROWS; r++) {
        int lower[COLUMNS], upper[COLUMNS], unknown = 0;
        bool closed = true;
        for (int c = 0; c < COLUMNS; c++) {
            unknown += of->hidden[r][c];
            closed = closed && isfinite(found->upper[r][c]) && found->upper[r][c] <= MOST;
        }
        if (unknown == 0 || unknown > 5 || !closed) {
            continue;
        }
        enumerate(of->cells[r], of->hidden[r], MOST, lower, upper);
        for (int c = 0; c < COLUMNS; c++) {
            if (found->lower[r][c] != lower[c] || found->upper[r][c] != upper[c]) {
                fail_msg("row %zu, %s: [%g, %g] instead of [%d, %d]", r, names[c],
                         found->lower[r][c], found->upper[r][c], lower[c], upper[c]);
            }
        }
        compared++;
    }
    assert_true(compared > 50);
    irm_table_clear(&table);
    free(of);
    free(found);
}

static void threads_change_nothing(void **state) {
    (void)state;
    world *of = calloc(1, sizeof *of);
    bounds_of *one = calloc(1, sizeof *one), *three = calloc(1, sizeof *three);
    irm_table table;
    draw_world(9, 30, 5, of);
    publish(of, &table);
    narrow(&table, 1, one);
    narrow(&table, 3, three);
    assert_memory_equal(one, three, sizeof *one);
    irm_table_clear(&table);
    free(of);
    free(one);
    free(three);
}

/* ---- contradictions --------------------------------------------------------------- */

static void hear(void *context, const char *message) {
    irm_buffer_format(context, "%s\n", message);
}

static void totals_that_disagree_are_told_with_their_row(void **state) {
    (void)state;
    world *of = calloc(1, sizeof *of);
    bounds_of *found = calloc(1, sizeof *found);
    irm_buffer heard = {0};
    irm_reporter reporter = {.context = &heard, .warn = hear};
    irm_table table;
    size_t held, violations;
    draw_world(3, 30, 5, of);
    publish(of, &table);
    assert_ok(irm_identities_check(&table, &reporter, &held, &violations, &test_error));
    assert_int_equal(violations, 0);
    assert_true(held > ROWS);
    for (int c = 0; c < COLUMNS; c++) {
        of->hidden[17][c] = c == 2;
        of->cells[17][c] = c == 0 ? 10 : 20; /* 10 = 20 + … : nothing fits */
    }
    irm_table_clear(&table);
    publish(of, &table);
    assert_int_equal(narrow(&table, 1, found), 1);
    assert_true(isinf(found->upper[17][2])); /* left as published */
    assert_ok(irm_identities_check(&table, &reporter, &held, &violations, &test_error));
    assert_true(violations >= 1);
    assert_non_null(strstr(heard.data, "t, row 18: A = F0 + F1 + F2 + F3 does not hold"));
    irm_buffer_clear(&heard);
    irm_table_clear(&table);
    free(of);
    free(found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_reads_as_it_is_written),
        cmocka_unit_test(a_mistake_is_told_at_its_character),
        cmocka_unit_test(the_true_value_lies_within_the_bounds_every_time),
        cmocka_unit_test(bounds_of_sums_are_the_tightest),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(totals_that_disagree_are_told_with_their_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
