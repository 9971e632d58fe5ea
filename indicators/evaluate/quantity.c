#include "irminon/quantity.h"

#include <math.h>
#include <stdio.h>

irm_quantity irm_quantity_exact(double value) {
    return (irm_quantity){value, value, value, IRM_STATE_VALUE, 0};
}

irm_quantity irm_quantity_hidden(irm_state state, double lower, double upper) {
    return (irm_quantity){NAN, lower, upper, state, 0};
}

static const char *const flag_names[] = {
    "low_count",     "reliable_count", "small_population",     "complementary",
    "overlapping_vintages", "converted_geography", "partial_coverage", "mixed_sources",
    "mixed_years",   "rounded",
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
