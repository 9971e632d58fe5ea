#include <math.h>
#include <stdbool.h>

#include "irminon/memory.h"
#include "irminon/quantity.h"
#include "irminon/sum.h"

/* The first part is kept as it is, so that a sum of one part (most communes) costs
 * nothing; the exact accumulators start with the second. Those of the bounds start with
 * the first part whose bounds are not its value. */
struct irm_total {
    irm_quantity first;
    size_t parts, hidden;
    bool inexact;
    irm_state visible; /* the least trusted of the visible states */
    irm_state reason;  /* of the hidden parts; BOUNDED when they differ */
    uint32_t flags;
    irm_sum value, lower, upper;
};

irm_status irm_total_new(irm_total **total, irm_error *error) {
    *total = irm_calloc(1, sizeof **total);
    if (*total == NULL) {
        return irm_fail_memory(error);
    }
    irm_total_reset(*total);
    return IRM_OK;
}

void irm_total_free(irm_total *total) { irm_free(total); }

void irm_total_reset(irm_total *total) {
    total->parts = total->hidden = 0;
    total->inexact = false;
    total->flags = 0;
    total->first = irm_quantity_hidden(IRM_STATE_MISSING, 0, INFINITY);
}

static void start(irm_total *total) {
    total->value = total->lower = total->upper = (irm_sum){0};
    total->visible = IRM_STATE_VALUE;
    total->reason = IRM_STATE_VALUE;
}

static void accumulate(irm_total *total, irm_quantity part) {
    bool hidden = irm_state_hidden(part.state);
    if (hidden || part.lower != part.value || part.upper != part.value) {
        if (!total->inexact) {
            total->lower = total->upper = total->value;
            total->inexact = true;
        }
    }
    if (hidden) {
        bool another = total->hidden > 0 && total->reason != part.state;
        total->reason = another ? IRM_STATE_BOUNDED : part.state;
        total->hidden++;
    } else {
        irm_sum_add(&total->value, part.value);
        if (part.state != IRM_STATE_VALUE) {
            irm_quantity seen = {0, 0, 0, total->visible, 0};
            total->visible = irm_quantity_add(seen, part).state;
        }
    }
    if (total->inexact) {
        irm_sum_add(&total->lower, part.lower);
        irm_sum_add(&total->upper, part.upper);
    }
}

void irm_total_add(irm_total *total, irm_quantity part) {
    total->flags |= part.flags;
    if (part.state == IRM_STATE_NOT_APPLICABLE) {
        if (total->parts == 0) {
            total->first = part;
        }
        return;
    }
    total->parts++;
    if (total->parts == 1) {
        total->first = part;
        return;
    }
    if (total->parts == 2) {
        start(total);
        accumulate(total, total->first);
    }
    accumulate(total, part);
}

irm_quantity irm_total_result(const irm_total *total) {
    irm_quantity result = total->first;
    result.flags = total->flags;
    if (total->parts < 2) {
        return result;
    }
    double value = irm_sum_round(&total->value);
    result.value = total->hidden > 0 ? NAN : value;
    result.lower = total->inexact ? irm_sum_round(&total->lower) : value;
    result.upper = total->inexact ? irm_sum_round(&total->upper) : value;
    result.state = total->visible;
    if (total->hidden > 0) {
        bool nothing = result.lower <= 0 && isinf(result.upper);
        result.state = nothing ? total->reason : IRM_STATE_BOUNDED;
    }
    return result;
}
