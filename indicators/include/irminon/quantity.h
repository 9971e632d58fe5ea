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
    IRM_FLAG_LOW_COUNT = 1 << 0,            /* census count under 200 */
    IRM_FLAG_RELIABLE_COUNT = 1 << 1,       /* census count over 500 */
    IRM_FLAG_SMALL_POPULATION = 1 << 2,     /* complementary figure, zone under 2,000 */
    IRM_FLAG_COMPLEMENTARY = 1 << 3,
    IRM_FLAG_OVERLAPPING_VINTAGES = 1 << 4,
    IRM_FLAG_CONVERTED_GEOGRAPHY = 1 << 5,
    IRM_FLAG_PARTIAL_COVERAGE = 1 << 6,     /* some communes have no row in the source */
    IRM_FLAG_MIXED_SOURCES = 1 << 7,
    IRM_FLAG_MIXED_YEARS = 1 << 8,
    IRM_FLAG_ROUNDED = 1 << 9,              /* the producer rounds; bounds tell how much */
    IRM_FLAG_END = 1 << 10
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
IRM_API irm_quantity irm_quantity_add(irm_quantity a, irm_quantity b);
IRM_API irm_quantity irm_quantity_subtract(irm_quantity a, irm_quantity b);
IRM_API irm_quantity irm_quantity_multiply(irm_quantity a, irm_quantity b);
/* A zero denominator gives NOT_APPLICABLE. */
IRM_API irm_quantity irm_quantity_divide(irm_quantity a, irm_quantity b);
IRM_API irm_quantity irm_quantity_power(irm_quantity a, irm_quantity b);

#ifdef __cplusplus
}
#endif
#endif
