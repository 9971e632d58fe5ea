/* Plain cells: their sums are those of the exact accumulator. */
#include <math.h>

#include "evaluate/plain.h"
#include "irminon/sum.h"
#include "support.h"

enum { ROWS = 500 };

/* A generator of our own, so that a failure comes again. */
static uint64_t next(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 11;
}

typedef struct sample {
    double values[ROWS];
    uint8_t marks[ROWS];
    uint32_t rows[ROWS];
    irm_column column;
} sample;

static void draw(sample *s, uint64_t *seed, int spread, bool whole) {
    s->column = (irm_column){.values = s->values};
    for (size_t i = 0; i < ROWS; i++) {
        double part = (double)next(seed) * 0x1p-53;
        int exponent = (int)(next(seed) % (uint64_t)(2 * spread + 1)) - spread;
        double value = ldexp(part - 0.25, exponent);
        s->values[i] = whole ? floor(value * 1e6) : value;
        s->rows[i] = (uint32_t)(next(seed) % ROWS);
    }
}

static double exact(const sample *s) {
    irm_sum sum = {0};
    for (size_t i = 0; i < ROWS; i++) {
        irm_sum_add(&sum, s->values[s->rows[i]]);
    }
    return irm_sum_round(&sum);
}

static void agree(uint64_t seed, int spread, bool whole, irm_plain_way way) {
    static sample s;
    for (int run = 0; run < 200; run++) {
        draw(&s, &seed, spread, whole);
        irm_plain plain = irm_plain_of(&s.column, ROWS);
        double sum = NAN;
        assert_int_equal(plain.way, way);
        bool told = irm_plain_sum(&plain, &s.column, s.rows, NULL, ROWS, &sum);
        assert_true(told == (way != IRM_PLAIN_NONE));
        assert_true(!told || sum == exact(&s));
    }
}

static void whole_numbers_add_up_in_doubles(void **unused) {
    (void)unused;
    agree(1, 0, true, IRM_PLAIN_DOUBLES);
}

static void fractions_add_up_in_128_bits_to_the_last_digit(void **unused) {
    (void)unused;
    agree(2, 0, false, IRM_PLAIN_FIXED);
    agree(3, 4, false, IRM_PLAIN_FIXED);
}

static void numbers_too_far_apart_are_left_to_the_accumulator(void **unused) {
    (void)unused;
    agree(4, 100, false, IRM_PLAIN_NONE);
}

static void extremes_are_left_to_the_accumulator(void **unused) {
    (void)unused;
    double values[2] = {0x1p-1074, 0};
    irm_column column = {.values = values};
    assert_int_equal(irm_plain_of(&column, 2).way, IRM_PLAIN_NONE);
    values[0] = 0x1p1000;
    assert_int_equal(irm_plain_of(&column, 2).way, IRM_PLAIN_NONE);
    values[0] = -0.0;
    assert_int_equal(irm_plain_of(&column, 2).way, IRM_PLAIN_DOUBLES);
    column.round_above = 2;
    assert_int_equal(irm_plain_of(&column, 2).way, IRM_PLAIN_NONE);
}

static void what_is_not_plain_is_not_summed(void **unused) {
    (void)unused;
    double values[3] = {1, NAN, 3}, halves[2] = {1, 0.5}, wholes[2] = {1, 1}, sum = 0;
    uint8_t marks[3] = {0, 1, 0};
    uint32_t with[2] = {0, 1}, without[2] = {0, 2};
    irm_column column = {.values = values};
    irm_plain plain = irm_plain_of(&column, 3);
    assert_false(irm_plain_sum(&plain, &column, with, NULL, 2, &sum));
    values[1] = 2;
    column.marks = marks; /* a floor, told with its number */
    assert_false(irm_plain_sum(&plain, &column, with, NULL, 2, &sum));
    assert_false(irm_plain_sum(&plain, &column, without, halves, 2, &sum));
    assert_true(irm_plain_sum(&plain, &column, without, wholes, 2, &sum));
    assert_true(sum == 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_add_up_in_doubles),
        cmocka_unit_test(fractions_add_up_in_128_bits_to_the_last_digit),
        cmocka_unit_test(numbers_too_far_apart_are_left_to_the_accumulator),
        cmocka_unit_test(extremes_are_left_to_the_accumulator),
        cmocka_unit_test(what_is_not_plain_is_not_summed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
