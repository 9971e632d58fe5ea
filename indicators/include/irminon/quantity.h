/* Quantities: a value with what is known of it, and arithmetic that keeps it so.
 *
 * docs/methods.md has the table of states for sums, differences and ratios. */
#ifndef IRMINON_QUANTITY_H
#define IRMINON_QUANTITY_H

#include <stdint.h>

#include "irminon/status.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Flags that qualify a figure; a set. Names are stable (irm_flags_text). */
typedef enum irm_flag {
    IRM_FLAG_LOW_COUNT = 1 << 0,        /* census count under 200 */
    IRM_FLAG_RELIABLE_COUNT = 1 << 1,   /* census count over 500 */
    IRM_FLAG_SMALL_POPULATION = 1 << 2, /* complementary figure, zone under 2,000 */
    IRM_FLAG_COMPLEMENTARY = 1 << 3,
    IRM_FLAG_OVERLAPPING_VINTAGES = 1 << 4,
    IRM_FLAG_CONVERTED_GEOGRAPHY = 1 << 5,
    IRM_FLAG_PARTIAL_COVERAGE = 1 << 6, /* some communes have no row in the source */
    IRM_FLAG_MIXED_SOURCES = 1 << 7,
    IRM_FLAG_MIXED_YEARS = 1 << 8,
    IRM_FLAG_ROUNDED = 1 << 9, /* the producer rounds; bounds tell how much */
    IRM_FLAG_CUT_COMMUNES = 1 << 10, /* zones cut communes: their figures are shared */
    /* France, as the reference, is taken without communes of which a source tells nothing */
    IRM_FLAG_REFERENCE_COVERAGE = 1 << 11,
    IRM_FLAG_END = 1 << 12
} irm_flag;
/* Space-separated names into `text`. */
IRM_API void irm_flags_text(uint32_t flags, char *text, size_t size);

/* `value` is NaN where `state` hides it; `lower` and `upper` are certain bounds (equal to
 * the value where it is exact, infinite where nothing is known). */
typedef struct irm_quantity {
    double value, lower, upper;
    irm_state state;
    uint32_t flags;
} irm_quantity;

IRM_API irm_quantity irm_quantity_exact(double value);
IRM_API irm_quantity irm_quantity_hidden(irm_state state, double lower, double upper);
/* A published value known to stand for [lower, upper]; ROUNDED where that is not a point.
 */
IRM_API irm_quantity irm_quantity_rounded(double value, double lower, double upper);

/* Arithmetic on formulas: certain bounds by interval arithmetic (operands are taken as
 * independent, so that bounds are certain but may be wider than need be), states by the
 * table of docs/methods.md. What does not apply makes its result not apply. */
IRM_API irm_quantity irm_quantity_add(irm_quantity a, irm_quantity b);
IRM_API irm_quantity irm_quantity_subtract(irm_quantity a, irm_quantity b);
IRM_API irm_quantity irm_quantity_multiply(irm_quantity a, irm_quantity b);
/* A zero denominator gives NOT_APPLICABLE; one that may be zero gives infinite bounds. */
IRM_API irm_quantity irm_quantity_divide(irm_quantity a, irm_quantity b);
/* A power that is no real number gives NOT_APPLICABLE. */
IRM_API irm_quantity irm_quantity_power(irm_quantity a, irm_quantity b);
IRM_API irm_quantity irm_quantity_negate(irm_quantity a);
IRM_API irm_quantity irm_quantity_minimum(irm_quantity a, irm_quantity b);
IRM_API irm_quantity irm_quantity_maximum(irm_quantity a, irm_quantity b);
/* What turns a part of a growth (0.1 for 10 %) over some years into an annual rate:
 * ((1 + growth)^(1/years) - 1) / growth, and its limit 1/years where nothing grew. So that
 * births and arrivals share the annual rate of growth in proportion, with no gap at zero. */
IRM_API irm_quantity irm_quantity_annual(irm_quantity growth, irm_quantity years);
IRM_API irm_quantity irm_quantity_absolute(irm_quantity a);
/* An increasing function (sqrt, log, exp) defined on [domain, infinity). */
IRM_API irm_quantity irm_quantity_apply(irm_quantity a, double (*function)(double),
                                        double domain);
/* The same quantity, known not to be under `lower` (0 for a count). */
IRM_API irm_quantity irm_quantity_clip(irm_quantity a, double lower);
/* What two publications of the same figure prove together: the published value of `a`
 * where it has one, else that of `b`; the intersection of the intervals where they agree,
 * that of the one whose value is kept where they do not. */
IRM_API irm_quantity irm_quantity_meet(irm_quantity a, irm_quantity b);

/* The state to write out: a value of 0 whose bounds are 0 is a true ZERO, and what would be
 * bounded by nothing is MISSING. */
IRM_API irm_state irm_quantity_state_shown(irm_quantity a);

/* A sum of parts over places. Exact whatever their order; parts that do not apply add
 * nothing, hidden parts widen the bounds, and none is dropped. */
typedef struct irm_total irm_total;
IRM_API irm_status irm_total_new(irm_total **total, irm_error *error);
IRM_API void irm_total_free(irm_total *total);
IRM_API void irm_total_reset(irm_total *total);
IRM_API void irm_total_add(irm_total *total, irm_quantity part);
/* The sum so far; MISSING where there was no part at all. */
IRM_API irm_quantity irm_total_result(const irm_total *total);

#ifdef __cplusplus
}
#endif
#endif
