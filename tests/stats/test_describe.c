#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/describe.h"
#include "irminon/memory.h"
#include "support.h"

/* A table of one numeric column "x". */
static irm_column *numbers(irm_table *table, const double *values, size_t n) {
    irm_column *column;
    assert_ok(irm_table_init(table, "t", n, &test_error));
    assert_ok(irm_table_add(table, "x", IRM_COLUMN_NUMBER, &column, &test_error));
    memcpy(column->values, values, n * sizeof *values);
    return column;
}

static irm_description describe(const double *values, const double *weights, size_t n) {
    irm_table table;
    irm_column *weight = NULL;
    irm_description description;
    numbers(&table, values, n);
    if (weights != NULL) {
        assert_ok(irm_table_add(&table, "w", IRM_COLUMN_NUMBER, &weight, &test_error));
        memcpy(weight->values, weights, n * sizeof *weights);
    }
    assert_ok(irm_describe(&table.columns[0], n, weight, &description, &test_error));
    irm_table_clear(&table);
    return description;
}

static void near(double got, double expected, double relative) {
    if (!(fabs(got - expected) <= relative * fabs(expected))) {
        fail_msg("got %.17g, expected %.17g", got, expected);
    }
}

/* NIST Statistical Reference Datasets, univariate: NumAcc2 to NumAcc4 are `base` + 0.2,
 * then 500 times `base` + 0.1, `base` + 0.3. Certified: mean `base` + 0.2, sd 0.1. */
static void numacc(double base, double sd_error) {
    double values[1001];
    values[0] = base + 0.2;
    for (size_t i = 1; i < 1001; i++) {
        values[i] = base + (i % 2 == 1 ? 0.1 : 0.3);
    }
    irm_description d = describe(values, NULL, 1001);
    near(d.mean, base + 0.2, 1e-15);
    near(d.sd, 0.1, sd_error);
    assert_int_equal(d.distinct, 3);
}

/* What is lost on NumAcc3 and 4 is lost in writing their values in binary. */
static void nist_certified_digits_are_found(void **state) {
    (void)state;
    const double first[] = {10000001, 10000003, 10000002};
    irm_description d = describe(first, NULL, 3);
    assert_true(d.mean == 10000002 && d.sd == 1);
    numacc(1, 1e-14);
    numacc(1000000, 2e-9);
    numacc(10000000, 2e-8);
}

/* Values of a set of tests/reference/nist_univariate.csv (the observations of NIST's Lew.dat,
 * Lottery.dat and Mavro.dat, Statistical Reference Datasets, univariate); how many. */
static size_t read_set(const char *set, double values[], size_t most) {
    FILE *file = fopen(IRMINON_SOURCE_DIR "/tests/reference/nist_univariate.csv", "r");
    char name[32];
    double value;
    size_t n = 0;
    assert_non_null(file);
    while (fgetc(file) != '\n') {
    }
    while (fscanf(file, "%31[^,],%lf\n", name, &value) == 2) {
        if (strcmp(name, set) == 0) {
            assert_true(n < most);
            values[n++] = value;
        }
    }
    fclose(file);
    return n;
}

/* The sets that are measurements, and their certified values (15 digits). */
static void nist_measurements_are_found(void **state) {
    (void)state;
    static const struct {
        const char *set;
        size_t n;
        double mean, sd, sd_error;
    } certified[] = {{"Lew", 200, -177.435, 277.332168044316, 2e-15},
                     {"Lottery", 218, 518.958715596330, 291.699727470969, 2e-15},
                     /* its six digits are not binary fractions: what is lost is lost there */
                     {"Mavro", 50, 2.001856, 0.000429123454003053, 2e-13}};
    for (size_t i = 0; i < sizeof certified / sizeof *certified; i++) {
        double values[256];
        assert_int_equal(read_set(certified[i].set, values, 256), certified[i].n);
        irm_description d = describe(values, NULL, certified[i].n);
        near(d.mean, certified[i].mean, 1e-15);
        near(d.sd, certified[i].sd, certified[i].sd_error);
    }
}

/* The first `n` digits of pi (Rabinowitz & Wagon, 1995: a spigot). */
static void pi_digits(double digits[], size_t n) {
    size_t length = 10 * (n + 10) / 3 + 1, held = 0, count = 0;
    int first = 0;
    unsigned *a = irm_calloc(length, sizeof *a);
    for (size_t i = 0; i < length; i++) {
        a[i] = 2;
    }
    for (size_t step = 0; step < n + 10; step++) {
        unsigned q = 0;
        for (size_t i = length; i-- > 0;) {
            unsigned x = 10 * a[i] + q * (unsigned)(i + 1);
            unsigned base = i > 0 ? 2 * (unsigned)i + 1 : 10;
            a[i] = x % base;
            q = x / base;
        }
        if (q == 9) {
            held++;
            continue;
        }
        for (size_t k = 0; k <= held && step > 0 && count < n; k++) {
            int digit = k == 0 ? first + (q == 10) : q == 10 ? 0 : 9;
            if (count > 0 || digit > 0) {
                digits[count++] = digit;
            }
        }
        first = q == 10 ? 0 : (int)q;
        held = 0;
    }
    assert_int_equal(count, n);
    irm_free(a);
}

static void nist_digits_of_pi_are_found(void **state) {
    (void)state;
    double digits[5000];
    pi_digits(digits, 5000);
    assert_true(digits[0] == 3 && digits[1] == 1 && digits[956] == 8);
    digits[956] = 3; /* as NIST's PiDigits.dat has it, and as it was certified */
    irm_description d = describe(digits, NULL, 5000);
    near(d.mean, 4.5348, 1e-15);
    near(d.sd, 2.86733906028871, 2e-15);
    assert_int_equal(d.distinct, 10);
}

/* NIST's Michelson (1879 speed of light, (values − 299) × 1000): mean 299.8524, sd
 * 0.0790105478190518 certified. */
static void nist_michelson_is_found(void **state) {
    (void)state;
    static const int light[] = {
        850, 740,  900,  1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760,
        810, 1000, 1000, 960,  960, 960, 940, 960, 940, 880, 800,  850, 880, 900, 840,
        830, 790,  810,  880,  880, 830, 800, 790, 760, 800, 880,  880, 880, 860, 720,
        720, 620,  860,  970,  950, 880, 910, 850, 870, 840, 840,  850, 840, 840, 840,
        890, 810,  810,  820,  800, 770, 760, 740, 750, 760, 910,  920, 890, 860, 880,
        720, 840,  850,  850,  780, 890, 840, 780, 810, 760, 810,  790, 810, 820, 850,
        870, 870,  810,  740,  810, 940, 950, 800, 810, 870};
    double values[100];
    for (size_t i = 0; i < 100; i++) {
        values[i] = (299000 + light[i]) / 1000.0;
    }
    irm_description d = describe(values, NULL, 100);
    near(d.mean, 299.8524, 1e-15);
    near(d.sd, 0.0790105478190518, 1e-12);
}

/* The values are 1 to 10, so that a quantile equals its position 1 + (n − 1) p. */
static void quantiles_are_of_type_7(void **state) {
    (void)state;
    const double values[] = {7, 1, 9, 3, 10, 2, 8, 4, 6, 5};
    irm_description d = describe(values, NULL, 10);
    near(d.q05, 1.45, 1e-15);
    near(d.q25, 3.25, 1e-15);
    near(d.median, 5.5, 1e-15);
    near(d.q75, 7.75, 1e-15);
    near(d.q95, 9.55, 1e-15);
    assert_true(d.min == 1 && d.max == 10);
    const double one[] = {4};
    d = describe(one, NULL, 1);
    assert_true(d.q05 == 4 && d.q95 == 4 && d.mean == 4 && isnan(d.sd));
    const double none[] = {NAN, NAN};
    d = describe(none, NULL, 2);
    assert_int_equal(d.missing, 2);
    assert_true(isnan(d.mean) && isnan(d.median) && isnan(d.min) && d.n == 0);
}

static void equal_weights_change_nothing(void **state) {
    (void)state;
    const double values[] = {7, 1, 9, 3, 10.5, 2, 8, 4, 6, 5, 5};
    double weights[11];
    for (size_t i = 0; i < 11; i++) {
        weights[i] = 3.7;
    }
    irm_description plain = describe(values, NULL, 11), d = describe(values, weights, 11);
    near(d.weight, 11 * 3.7, 1e-15);
    near(d.mean, plain.mean, 1e-15);
    near(d.sd, plain.sd, 1e-15);
    near(d.q05, plain.q05, 1e-14);
    near(d.median, plain.median, 1e-14);
    near(d.q95, plain.q95, 1e-14);
}

/* By hand: mean (1·2 + 3·1 + 10·1) / 4; sd² = 3/2 × Σw(x − m)²/Σw = 1.5 × 54.75/4. */
static void weighted_moments_follow_their_definition(void **state) {
    (void)state;
    const double values[] = {1, 3, 10, 99}, weights[] = {2, 1, 1, 0};
    irm_description d = describe(values, weights, 4);
    assert_int_equal(d.rows, 4);
    assert_int_equal(d.n, 3);
    near(d.mean, 3.75, 1e-15);
    near(d.sd, sqrt(1.5 * 54.75 / 4), 1e-15);
    assert_true(d.max == 10);
    /* n* = 16/6; the median's window is [5/6, 11/6] in n* × share, of which x = 1 covers
     * [5/6, 4/3] and x = 3 the rest: (1 + 3) / 2. */
    near(d.median, 2, 1e-14);
}

static void scaling_or_shuffling_weights_changes_nothing(void **state) {
    (void)state;
    double values[200], weights[200], turned[200], scaled[200];
    for (size_t i = 0; i < 200; i++) {
        values[i] = (double)((i * 7919) % 101) / 7;
        weights[i] = 0.1 + (double)((i * 31) % 17);
    }
    for (size_t i = 0; i < 200; i++) {
        turned[i] = values[199 - i];
        scaled[i] = weights[199 - i];
    }
    irm_description a = describe(values, weights, 200), b = describe(turned, scaled, 200);
    assert_true(a.mean == b.mean && a.sd == b.sd && a.q25 == b.q25 &&
                a.median == b.median);
    for (size_t i = 0; i < 200; i++) {
        scaled[i] = weights[i] * 8;
    }
    b = describe(values, scaled, 200);
    assert_true(a.mean == b.mean && a.sd == b.sd && a.q25 == b.q25 &&
                a.median == b.median);
}

static void hidden_cells_are_counted_by_state_and_left_out(void **state) {
    (void)state;
    const double values[] = {1, NAN, NAN, 3, 5};
    irm_table table;
    irm_column *column = numbers(&table, values, 5);
    uint8_t secret, floored;
    assert_ok(
        irm_column_marker(column, "s", IRM_STATE_SECRET, 0, 10, &secret, &test_error));
    assert_ok(
        irm_column_marker(column, "5", IRM_STATE_FLOORED, 0, 5, &floored, &test_error));
    assert_ok(irm_column_mark(column, 5, 1, secret, &test_error));
    assert_ok(irm_column_mark(column, 5, 4, floored, &test_error));
    irm_description d;
    assert_ok(irm_describe(column, 5, NULL, &d, &test_error));
    assert_int_equal(d.secret, 1);
    assert_int_equal(d.missing, 1);
    assert_int_equal(d.n, 3);
    assert_true(d.mean == 3 && d.distinct == 3);
    irm_table_clear(&table);
}

static irm_table letters(void) {
    static const char *const labels[] = {"b", "a", NULL, "c", "a", "b", "d", "e", "f"};
    irm_table table;
    irm_column *column, *weight;
    assert_ok(irm_table_init(&table, "t", 9, &test_error));
    assert_ok(irm_table_add(&table, "letter", IRM_COLUMN_CATEGORY, &column, &test_error));
    for (size_t i = 0; i < 9; i++) {
        if (labels[i] != NULL) {
            assert_ok(irm_dict_add(column->categories, irm_view_of(labels[i]),
                                   &column->codes[i], &test_error));
        }
    }
    assert_ok(irm_table_add(&table, "w", IRM_COLUMN_NUMBER, &weight, &test_error));
    for (size_t i = 0; i < 9; i++) {
        weight->values[i] = i == 3 ? 10 : 0.5;
    }
    return table;
}

static void categories_are_ranked_by_rows_or_weight(void **state) {
    (void)state;
    irm_table table = letters(), described;
    irm_description d;
    assert_ok(irm_describe(&table.columns[0], 9, NULL, &d, &test_error));
    assert_int_equal(d.distinct, 6);
    assert_int_equal(d.missing, 1);
    assert_int_equal(d.n_top, 5);
    assert_string_equal(d.top[0].label, "a");
    assert_string_equal(d.top[1].label, "b");
    assert_string_equal(d.top[4].label, "e");
    assert_ok(irm_describe_table(&table, "w", &described, &test_error));
    assert_string_equal(irm_column_label(irm_table_column(&described, "top"), 0),
                        "c (10); a (1); b (1); d (0.5); e (0.5)");
    assert_string_equal(described.columns[0].name, "column");
    assert_string_equal(described.columns[15].name, "top");
    assert_string_equal(irm_column_label(irm_table_column(&described, "type"), 1),
                        "number");
    assert_true(isnan(irm_table_column(&described, "mean")->values[0]));
    irm_table_clear(&described);
    irm_table_clear(&table);
}

static void impossible_weights_are_refused(void **state) {
    (void)state;
    irm_table table = letters(), described;
    irm_table_column(&table, "w")->values[4] = -1;
    assert_int_equal(irm_describe_table(&table, "w", &described, &test_error),
                     IRM_STATUS_DATA);
    assert_string_equal(
        test_error.message,
        "row 5: the weight w is negative or infinite; expected a number of "
        "at least 0");
    assert_int_equal(irm_describe_table(&table, "letter", &described, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_describe_table(&table, "lettre", &described, &test_error),
                     IRM_STATUS_NOT_FOUND);
    irm_table_clear(&table);
}

/* Each allocation fails in turn: the status says so, and nothing leaks (under the asan
 * preset). */
static void every_allocation_may_fail(void **state) {
    (void)state;
    irm_table table = letters();
    irm_status status = IRM_STATUS_NO_MEMORY;
    size_t n = 1;
    for (; n < 1000 && status != IRM_OK; n++) {
        irm_table described = {0};
        irm_memory_fail_after(n);
        status = irm_describe_table(&table, "w", &described, &test_error);
        irm_memory_fail_after(0);
        assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
        irm_table_clear(&described);
    }
    assert_true(n > 20 && n < 1000);
    irm_table_clear(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nist_certified_digits_are_found),
        cmocka_unit_test(nist_measurements_are_found),
        cmocka_unit_test(nist_digits_of_pi_are_found),
        cmocka_unit_test(nist_michelson_is_found),
        cmocka_unit_test(quantiles_are_of_type_7),
        cmocka_unit_test(equal_weights_change_nothing),
        cmocka_unit_test(weighted_moments_follow_their_definition),
        cmocka_unit_test(scaling_or_shuffling_weights_changes_nothing),
        cmocka_unit_test(hidden_cells_are_counted_by_state_and_left_out),
        cmocka_unit_test(categories_are_ranked_by_rows_or_weight),
        cmocka_unit_test(impossible_weights_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
