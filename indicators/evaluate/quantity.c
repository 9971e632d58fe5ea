#include "irminon/quantity.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

irm_quantity irm_quantity_exact(double value) {
    return (irm_quantity){value, value, value, IRM_STATE_VALUE, 0};
}

irm_quantity irm_quantity_hidden(irm_state state, double lower, double upper) {
    return (irm_quantity){NAN, lower, upper, state, 0};
}

irm_quantity irm_quantity_rounded(double value, double lower, double upper) {
    uint32_t flags = lower < upper ? (uint32_t)IRM_FLAG_ROUNDED : 0;
    return (irm_quantity){value, lower, upper, IRM_STATE_VALUE, flags};
}

static irm_quantity not_applicable(uint32_t flags) {
    return (irm_quantity){NAN, NAN, NAN, IRM_STATE_NOT_APPLICABLE, flags};
}

/* Of two states that have a number, the one to be trusted least. */
static irm_state visible_state(irm_state a, irm_state b) {
    static const irm_state worst_first[] = {IRM_STATE_ESTIMATED, IRM_STATE_FLOORED,
                                            IRM_STATE_IMPUTED};
    for (size_t i = 0; i < sizeof worst_first / sizeof *worst_first; i++) {
        if (a == worst_first[i] || b == worst_first[i]) {
            return worst_first[i];
        }
    }
    return IRM_STATE_VALUE;
}

static bool tells_nothing(double lower, double upper) {
    return lower <= 0 && isinf(upper) && upper > 0;
}

/* State of a result one of whose operands is hidden: hidden for the same reason when it
 * is the only reason there is and nothing at all is known, else bounded. */
static irm_state hidden_state(irm_state a, irm_state b, double lower, double upper) {
    bool hidden_a = irm_state_hidden(a), hidden_b = irm_state_hidden(b);
    irm_state reason = hidden_a ? a : b;
    bool same = !(hidden_a && hidden_b) || a == b;
    return same && tells_nothing(lower, upper) ? reason : IRM_STATE_BOUNDED;
}

/* Puts together a value, bounds and the states of the operands. */
static irm_quantity combine(irm_quantity a, irm_quantity b, double value, double lower,
                            double upper) {
    uint32_t flags = a.flags | b.flags;
    if (irm_state_hidden(a.state) || irm_state_hidden(b.state)) {
        irm_state state = hidden_state(a.state, b.state, lower, upper);
        if (lower == upper && isfinite(lower)) { /* none of x is 0, whatever x is */
            return (irm_quantity){lower, lower, upper, IRM_STATE_VALUE, flags};
        }
        return (irm_quantity){NAN, lower, upper, state, flags};
    }
    return (irm_quantity){value, lower, upper, visible_state(a.state, b.state), flags};
}

static bool either_not_applicable(irm_quantity a, irm_quantity b) {
    return a.state == IRM_STATE_NOT_APPLICABLE || b.state == IRM_STATE_NOT_APPLICABLE;
}

irm_quantity irm_quantity_add(irm_quantity a, irm_quantity b) {
    if (either_not_applicable(a, b)) {
        return not_applicable(a.flags | b.flags);
    }
    return combine(a, b, a.value + b.value, a.lower + b.lower, a.upper + b.upper);
}

irm_quantity irm_quantity_negate(irm_quantity a) {
    return (irm_quantity){-a.value, -a.upper, -a.lower, a.state, a.flags};
}

irm_quantity irm_quantity_subtract(irm_quantity a, irm_quantity b) {
    if (either_not_applicable(a, b)) {
        return not_applicable(a.flags | b.flags);
    }
    return combine(a, b, a.value - b.value, a.lower - b.upper, a.upper - b.lower);
}

/* Product of two bounds: zero times an unknown bound is zero. */
static double bound_product(double a, double b) { return a == 0 || b == 0 ? 0.0 : a * b; }

/* Smallest and largest of four corners. */
static void hull(const double corners[4], double *lower, double *upper) {
    *lower = *upper = corners[0];
    for (int i = 1; i < 4; i++) {
        *lower = fmin(*lower, corners[i]);
        *upper = fmax(*upper, corners[i]);
    }
}

irm_quantity irm_quantity_multiply(irm_quantity a, irm_quantity b) {
    if (either_not_applicable(a, b)) {
        return not_applicable(a.flags | b.flags);
    }
    const double corners[] = {
        bound_product(a.lower, b.lower), bound_product(a.lower, b.upper),
        bound_product(a.upper, b.lower), bound_product(a.upper, b.upper)};
    double lower, upper;
    hull(corners, &lower, &upper);
    return combine(a, b, a.value * b.value, lower, upper);
}

/* Quotient of two bounds, the second not zero. */
static double bound_quotient(double a, double b) {
    return a == 0 ? 0.0 : isinf(b) ? (isinf(a) ? copysign(INFINITY, a * b) : 0.0) : a / b;
}

/* Interval of a / b where b may be 0 without being it: unbounded on the side that a
 * denominator near 0 opens. Infinite over infinite may be anything from 0 up. */
static void quotient_bounds(irm_quantity a, irm_quantity b, double *lower,
                            double *upper) {
    *lower = -INFINITY;
    *upper = INFINITY;
    if (b.lower < 0 && b.upper > 0) {
        return;
    }
    if (b.upper <= 0) { /* the same with both signs changed */
        quotient_bounds(irm_quantity_negate(a), irm_quantity_negate(b), lower, upper);
        return;
    }
    if (a.lower >= 0) {
        *lower = isinf(b.upper) ? 0.0 : bound_quotient(a.lower, b.upper);
    } else if (b.lower > 0) {
        *lower = bound_quotient(a.lower, b.lower);
    }
    if (a.upper <= 0) {
        *upper = isinf(b.upper) ? 0.0 : bound_quotient(a.upper, b.upper);
    } else if (b.lower > 0) {
        *upper = bound_quotient(a.upper, b.lower);
    }
}

irm_quantity irm_quantity_divide(irm_quantity a, irm_quantity b) {
    if (either_not_applicable(a, b) || (b.lower == 0 && b.upper == 0)) {
        return not_applicable(a.flags | b.flags);
    }
    double lower, upper;
    quotient_bounds(a, b, &lower, &upper);
    irm_quantity result = combine(a, b, a.value / b.value, lower, upper);
    if (b.value == 0 && !irm_state_hidden(result.state)) {
        /* Published as 0 but not proved to be: the quotient is only bounded. */
        result.value = NAN;
        result.state = IRM_STATE_BOUNDED;
    }
    return result;
}

irm_quantity irm_quantity_power(irm_quantity a, irm_quantity b) {
    uint32_t flags = a.flags | b.flags;
    if (either_not_applicable(a, b)) {
        return not_applicable(flags);
    }
    double value = pow(a.value, b.value);
    bool hidden = irm_state_hidden(a.state) || irm_state_hidden(b.state);
    if (!hidden && !isfinite(value)) {
        return not_applicable(flags);
    }
    if (a.lower == a.upper && b.lower == b.upper) {
        return combine(a, b, value, value, value);
    }
    if (a.lower < 0) {
        return combine(a, b, value, -INFINITY, INFINITY);
    }
    /* Over a >= 0, a^b is monotone in each operand: its extremes are at the corners. */
    const double corners[] = {pow(a.lower, b.lower), pow(a.lower, b.upper),
                              pow(a.upper, b.lower), pow(a.upper, b.upper)};
    double lower, upper;
    hull(corners, &lower, &upper);
    return combine(a, b, value, lower, upper);
}

static double annual(double growth, double years) {
    return growth == 0 ? 1 / years : expm1(log1p(growth) / years) / growth;
}

irm_quantity irm_quantity_annual(irm_quantity growth, irm_quantity years) {
    uint32_t flags = growth.flags | years.flags;
    bool hidden = irm_state_hidden(growth.state);
    if (either_not_applicable(growth, years) || irm_state_hidden(years.state) ||
        !(years.value > 0) || (!hidden && growth.value < -1)) {
        return not_applicable(flags);
    }
    double n = years.value, value = annual(growth.value, n);
    if (growth.lower == growth.upper) {
        return combine(growth, years, value, value, value);
    }
    /* Decreasing in the growth for n >= 1, from 1 where all are gone to 0. */
    double most = growth.lower > -1 ? annual(growth.lower, n) : 1;
    double least = isinf(growth.upper) ? 0 : annual(growth.upper, n);
    return combine(growth, years, value, fmin(least, most), fmax(least, most));
}

irm_quantity irm_quantity_minimum(irm_quantity a, irm_quantity b) {
    if (either_not_applicable(a, b)) {
        return not_applicable(a.flags | b.flags);
    }
    return combine(a, b, fmin(a.value, b.value), fmin(a.lower, b.lower),
                   fmin(a.upper, b.upper));
}

irm_quantity irm_quantity_maximum(irm_quantity a, irm_quantity b) {
    if (either_not_applicable(a, b)) {
        return not_applicable(a.flags | b.flags);
    }
    return combine(a, b, fmax(a.value, b.value), fmax(a.lower, b.lower),
                   fmax(a.upper, b.upper));
}

irm_quantity irm_quantity_absolute(irm_quantity a) {
    if (a.state == IRM_STATE_NOT_APPLICABLE) {
        return a;
    }
    double lower = a.lower > 0 ? a.lower : a.upper < 0 ? -a.upper : 0.0;
    double upper = fmax(fabs(a.lower), fabs(a.upper));
    return combine(a, a, fabs(a.value), lower, upper);
}

irm_quantity irm_quantity_apply(irm_quantity a, double (*function)(double),
                                double domain) {
    bool outside = a.upper < domain || a.value < domain;
    if (a.state == IRM_STATE_NOT_APPLICABLE || outside) {
        return not_applicable(a.flags);
    }
    double value = function(a.value), lower = function(fmax(a.lower, domain));
    double upper = isinf(a.upper) ? INFINITY : function(a.upper);
    if (!irm_state_hidden(a.state) && !isfinite(value)) {
        return not_applicable(a.flags);
    }
    return combine(a, a, value, lower, upper);
}

irm_quantity irm_quantity_clip(irm_quantity a, double lower) {
    if (a.state != IRM_STATE_NOT_APPLICABLE && a.lower < lower) {
        a.lower = lower;
        a.upper = fmax(a.upper, lower);
    }
    return a;
}

irm_quantity irm_quantity_meet(irm_quantity a, irm_quantity b) {
    irm_quantity kept = irm_state_hidden(a.state) && !irm_state_hidden(b.state) ? b : a;
    kept.flags = a.flags | b.flags;
    bool known =
        a.state != IRM_STATE_NOT_APPLICABLE && b.state != IRM_STATE_NOT_APPLICABLE;
    double lower = fmax(a.lower, b.lower), upper = fmin(a.upper, b.upper);
    bool holds = isnan(kept.value) || (lower <= kept.value && kept.value <= upper);
    if (known && lower <= upper && holds) {
        kept.lower = lower;
        kept.upper = upper;
        if (irm_state_hidden(kept.state) && !tells_nothing(lower, upper)) {
            kept.state = IRM_STATE_BOUNDED;
        }
    }
    return kept;
}

irm_state irm_quantity_state_shown(irm_quantity a) {
    bool zero = a.value == 0 && a.lower == 0 && a.upper == 0;
    bool nothing = isinf(a.lower) && isinf(a.upper);
    if (a.state == IRM_STATE_BOUNDED && nothing) {
        return IRM_STATE_MISSING;
    }
    return a.state == IRM_STATE_VALUE && zero ? IRM_STATE_ZERO : a.state;
}

static const char *const flag_names[] = {
    "low_count",        "reliable_count",       "small_population",
    "complementary",    "overlapping_vintages", "converted_geography",
    "partial_coverage", "mixed_sources",        "mixed_years",
    "rounded",          "cut_communes",         "reference_coverage",
};

void irm_flags_text(uint32_t flags, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++) {
        if ((flags & (1u << i)) != 0 && used < size) {
            int wrote = snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "",
                                 flag_names[i]);
            used += wrote > 0 ? (size_t)wrote : 0;
        }
    }
}
