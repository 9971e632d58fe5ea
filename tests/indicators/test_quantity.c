#include <math.h>
#include <string.h>

#include "irminon/quantity.h"
#include "support.h"

static const double inf = INFINITY;

static bool same(double a, double b) { return (isnan(a) && isnan(b)) || a == b; }

static void assert_quantity(irm_quantity got, irm_state state, double value, double lower,
                            double upper) {
    if (got.state != state || !same(got.value, value) || !same(got.lower, lower) ||
        !same(got.upper, upper)) {
        fail_msg("got %s %g [%g, %g], expected %s %g [%g, %g]", irm_state_name(got.state),
                 got.value, got.lower, got.upper, irm_state_name(state), value, lower,
                 upper);
    }
}

/* The rows of the table of states in docs/methods.md. */
static void sums_and_differences_follow_the_table_of_states(void **unused) {
    (void)unused;
    irm_quantity five = irm_quantity_exact(5), rounded = irm_quantity_rounded(10, 8, 12);
    irm_quantity secret = irm_quantity_hidden(IRM_STATE_SECRET, 0, inf);
    irm_quantity few = irm_quantity_hidden(IRM_STATE_SECRET, 1, 4);
    irm_quantity missing = irm_quantity_hidden(IRM_STATE_MISSING, 0, inf);
    irm_quantity floored = {5, 0, 5, IRM_STATE_FLOORED, 0};
    irm_quantity none = irm_quantity_hidden(IRM_STATE_NOT_APPLICABLE, NAN, NAN);
    assert_quantity(irm_quantity_add(five, five), IRM_STATE_VALUE, 10, 10, 10);
    assert_quantity(irm_quantity_add(five, rounded), IRM_STATE_VALUE, 15, 13, 17);
    assert_true(irm_quantity_add(five, rounded).flags == IRM_FLAG_ROUNDED);
    assert_quantity(irm_quantity_add(five, secret), IRM_STATE_BOUNDED, NAN, 5, inf);
    assert_quantity(irm_quantity_add(secret, secret), IRM_STATE_SECRET, NAN, 0, inf);
    assert_quantity(irm_quantity_add(few, few), IRM_STATE_BOUNDED, NAN, 2, 8);
    assert_quantity(irm_quantity_add(secret, missing), IRM_STATE_BOUNDED, NAN, 0, inf);
    assert_quantity(irm_quantity_add(missing, five), IRM_STATE_BOUNDED, NAN, 5, inf);
    assert_quantity(irm_quantity_add(floored, five), IRM_STATE_FLOORED, 10, 5, 10);
    assert_quantity(irm_quantity_add(none, five), IRM_STATE_NOT_APPLICABLE, NAN, NAN,
                    NAN);
    assert_quantity(irm_quantity_subtract(five, few), IRM_STATE_BOUNDED, NAN, 1, 4);
    assert_quantity(irm_quantity_subtract(rounded, rounded), IRM_STATE_VALUE, 0, -4, 4);
    assert_quantity(irm_quantity_subtract(five, secret), IRM_STATE_BOUNDED, NAN, -inf, 5);
}

static void parts_of_a_growth_share_its_annual_rate(void **unused) {
    (void)unused;
    irm_quantity five = irm_quantity_exact(5), still = irm_quantity_exact(0);
    irm_quantity tenth = irm_quantity_exact(0.1);
    double rate = pow(1.1, 1 / 5.0) - 1;
    assert_true(fabs(irm_quantity_annual(tenth, five).value * 0.1 - rate) < 1e-15);
    assert_quantity(irm_quantity_annual(still, five), IRM_STATE_VALUE, 0.2, 0.2, 0.2);
    irm_quantity near = irm_quantity_annual(irm_quantity_exact(1e-12), five);
    assert_true(fabs(near.value - 0.2) < 1e-11);
    irm_quantity known = irm_quantity_annual(irm_quantity_rounded(0, -0.1, 0.1), five);
    assert_true(known.lower < 0.2 && known.upper > 0.2 && known.upper < 1);
    irm_quantity unknown =
        irm_quantity_annual(irm_quantity_hidden(IRM_STATE_MISSING, -1, inf), five);
    assert_true(unknown.lower == 0 && unknown.upper == 1);
    assert_int_equal(irm_quantity_annual(tenth, still).state, IRM_STATE_NOT_APPLICABLE);
}

static void ratios_open_where_the_denominator_may_be_zero(void **unused) {
    (void)unused;
    irm_quantity zero = irm_quantity_exact(0), two = irm_quantity_exact(2);
    irm_quantity about_zero = irm_quantity_rounded(0, 0, 2);
    irm_quantity secret = irm_quantity_hidden(IRM_STATE_SECRET, 0, inf);
    irm_quantity few = irm_quantity_hidden(IRM_STATE_SECRET, 1, 4);
    assert_quantity(irm_quantity_divide(two, irm_quantity_exact(8)), IRM_STATE_VALUE,
                    0.25, 0.25, 0.25);
    assert_quantity(irm_quantity_divide(two, zero), IRM_STATE_NOT_APPLICABLE, NAN, NAN,
                    NAN);
    assert_quantity(irm_quantity_divide(zero, zero), IRM_STATE_NOT_APPLICABLE, NAN, NAN,
                    NAN);
    assert_quantity(irm_quantity_divide(two, about_zero), IRM_STATE_BOUNDED, NAN, 1, inf);
    assert_quantity(irm_quantity_divide(two, secret), IRM_STATE_SECRET, NAN, 0, inf);
    assert_quantity(irm_quantity_divide(secret, two), IRM_STATE_SECRET, NAN, 0, inf);
    assert_quantity(irm_quantity_divide(secret, secret), IRM_STATE_SECRET, NAN, 0, inf);
    assert_quantity(irm_quantity_divide(few, two), IRM_STATE_BOUNDED, NAN, 0.5, 2);
    assert_quantity(irm_quantity_divide(two, few), IRM_STATE_BOUNDED, NAN, 0.5, 2);
    assert_quantity(irm_quantity_divide(irm_quantity_exact(-2), few), IRM_STATE_BOUNDED,
                    NAN, -2, -0.5);
    assert_quantity(irm_quantity_divide(two, irm_quantity_exact(-4)), IRM_STATE_VALUE,
                    -0.5, -0.5, -0.5);
    irm_quantity around = irm_quantity_hidden(IRM_STATE_BOUNDED, -1, 1);
    assert_quantity(irm_quantity_divide(two, around), IRM_STATE_BOUNDED, NAN, -inf, inf);
    irm_quantity rounded = irm_quantity_rounded(10, 8, 12);
    assert_quantity(irm_quantity_divide(rounded, irm_quantity_exact(4)), IRM_STATE_VALUE,
                    2.5, 2, 3);
}

static void products_powers_and_functions_keep_their_bounds(void **unused) {
    (void)unused;
    irm_quantity secret = irm_quantity_hidden(IRM_STATE_SECRET, 0, inf);
    irm_quantity around = irm_quantity_hidden(IRM_STATE_BOUNDED, -1, 3);
    irm_quantity two = irm_quantity_exact(2), four = irm_quantity_rounded(4, 1, 9);
    assert_quantity(irm_quantity_multiply(irm_quantity_exact(0), secret),
                    IRM_STATE_VALUE, 0, 0, 0);
    assert_quantity(irm_quantity_multiply(around, irm_quantity_exact(-2)),
                    IRM_STATE_BOUNDED, NAN, -6, 2);
    assert_quantity(irm_quantity_power(four, two), IRM_STATE_VALUE, 16, 1, 81);
    assert_quantity(irm_quantity_power(irm_quantity_exact(-8), irm_quantity_exact(0.5)),
                    IRM_STATE_NOT_APPLICABLE, NAN, NAN, NAN);
    assert_quantity(irm_quantity_apply(four, sqrt, 0), IRM_STATE_VALUE, 2, 1, 3);
    assert_quantity(irm_quantity_apply(irm_quantity_exact(0), log, 0),
                    IRM_STATE_NOT_APPLICABLE, NAN, NAN, NAN);
    assert_quantity(irm_quantity_absolute(around), IRM_STATE_BOUNDED, NAN, 0, 3);
    assert_quantity(irm_quantity_minimum(four, two), IRM_STATE_VALUE, 2, 1, 2);
    assert_quantity(irm_quantity_maximum(four, two), IRM_STATE_VALUE, 4, 2, 9);
    assert_quantity(irm_quantity_clip(irm_quantity_rounded(0, -2, 2), 0), IRM_STATE_VALUE,
                    0, 0, 2);
    irm_quantity few = irm_quantity_hidden(IRM_STATE_SECRET, 1, 6);
    irm_quantity most = irm_quantity_hidden(IRM_STATE_BOUNDED, 4, 9);
    assert_quantity(irm_quantity_meet(few, most), IRM_STATE_BOUNDED, NAN, 4, 6);
    assert_quantity(irm_quantity_meet(few, two), IRM_STATE_VALUE, 2, 2, 2);
}

static void a_true_zero_is_told_from_a_published_one(void **unused) {
    (void)unused;
    assert_int_equal(irm_quantity_state_shown(irm_quantity_exact(0)), IRM_STATE_ZERO);
    assert_int_equal(irm_quantity_state_shown(irm_quantity_rounded(0, 0, 2)),
                     IRM_STATE_VALUE);
    assert_int_equal(irm_quantity_state_shown(irm_quantity_exact(1)), IRM_STATE_VALUE);
    irm_quantity unbounded = irm_quantity_hidden(IRM_STATE_BOUNDED, -INFINITY, INFINITY);
    assert_int_equal(irm_quantity_state_shown(unbounded), IRM_STATE_MISSING);
    irm_quantity half = irm_quantity_hidden(IRM_STATE_BOUNDED, 12, INFINITY);
    assert_int_equal(irm_quantity_state_shown(half), IRM_STATE_BOUNDED);
}

static void totals_drop_no_part(void **unused) {
    (void)unused;
    irm_total *total;
    assert_ok(irm_total_new(&total, &test_error));
    assert_quantity(irm_total_result(total), IRM_STATE_MISSING, NAN, 0, inf);
    for (int i = 0; i < 10; i++) {
        irm_total_add(total, irm_quantity_exact(0.1));
    }
    assert_quantity(irm_total_result(total), IRM_STATE_VALUE, 1, 1, 1);
    irm_total_add(total, irm_quantity_rounded(10, 8, 12));
    assert_quantity(irm_total_result(total), IRM_STATE_VALUE, 11, 9, 13);
    irm_total_add(total, irm_quantity_hidden(IRM_STATE_NOT_APPLICABLE, NAN, NAN));
    assert_quantity(irm_total_result(total), IRM_STATE_VALUE, 11, 9, 13);
    irm_total_add(total, irm_quantity_hidden(IRM_STATE_SECRET, 0, 4));
    assert_quantity(irm_total_result(total), IRM_STATE_BOUNDED, NAN, 9, 17);
    irm_total_reset(total);
    for (int i = 0; i < 3; i++) {
        irm_total_add(total, irm_quantity_hidden(IRM_STATE_SECRET, 0, inf));
    }
    assert_quantity(irm_total_result(total), IRM_STATE_SECRET, NAN, 0, inf);
    irm_total_add(total, irm_quantity_exact(7));
    assert_quantity(irm_total_result(total), IRM_STATE_BOUNDED, NAN, 7, inf);
    irm_total_free(total);
}

static void flags_have_stable_names(void **unused) {
    (void)unused;
    char text[256];
    irm_flags_text(IRM_FLAG_LOW_COUNT | IRM_FLAG_ROUNDED, text, sizeof text);
    assert_string_equal(text, "low_count rounded");
    irm_flags_text(0, text, sizeof text);
    assert_string_equal(text, "");
}

static void bounds_that_meet_are_a_value(void **state) {
    (void)state;
    irm_quantity some = irm_quantity_hidden(IRM_STATE_BOUNDED, 4, INFINITY);
    irm_quantity none = irm_quantity_divide(irm_quantity_exact(0), some);
    assert_int_equal(none.state, IRM_STATE_VALUE);
    assert_true(none.value == 0 && none.lower == 0 && none.upper == 0);
    assert_int_equal(irm_quantity_state_shown(none), IRM_STATE_ZERO);
    irm_quantity one = irm_quantity_divide(irm_quantity_exact(1), some);
    assert_int_equal(one.state, IRM_STATE_BOUNDED);
    assert_true(isnan(one.value) && one.lower == 0 && one.upper == 0.25);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_that_meet_are_a_value),
        cmocka_unit_test(sums_and_differences_follow_the_table_of_states),
        cmocka_unit_test(parts_of_a_growth_share_its_annual_rate),
        cmocka_unit_test(ratios_open_where_the_denominator_may_be_zero),
        cmocka_unit_test(products_powers_and_functions_keep_their_bounds),
        cmocka_unit_test(a_true_zero_is_told_from_a_published_one),
        cmocka_unit_test(totals_drop_no_part),
        cmocka_unit_test(flags_have_stable_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
