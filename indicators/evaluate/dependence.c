/* Ratios whose numerator and denominator share what is uncertain. Interval arithmetic
 * takes them as independent: certain, but wider than what can be proved of a / (a + b),
 * or of a part of a total whose parts are hidden. */
#include <math.h>
#include <string.h>

#include "evaluate/joint.h"
#include "irminon/memory.h"

/* Both sides of a ratio, over the same leaves. */
typedef struct ratio_sides {
    irm_joint joint;
    joint_linear above, below;
} ratio_sides;

static bool shares_cells(const ratio_sides *on) {
    for (size_t i = 0; i < on->joint.n_cells; i++) {
        if (on->above.coefficients[i] != 0 && on->below.coefficients[i] != 0) {
            return true;
        }
    }
    return false;
}

/* What the cells of one territory prove of its ratio. */
static irm_status narrow_item(const ratio_sides *on, size_t item, double scale,
                              irm_bounds *bounds, irm_quantity *ratio, irm_error *error) {
    irm_bounds_term above[JOINT_CELLS], below[JOINT_CELLS];
    const irm_joint *joint = &on->joint;
    irm_bounds_reset(bounds);
    for (size_t i = 0; i < joint->n_cells; i++) {
        irm_quantity cell = joint->cells[i]->items[item];
        if (cell.state == IRM_STATE_NOT_APPLICABLE) {
            return IRM_OK;
        }
        IRM_TRY(irm_bounds_cell(bounds, cell.lower, cell.upper, false, NULL, error));
    }
    for (size_t r = 0; r < joint->n_relations; r++) {
        const joint_relation *relation = &joint->relations[r];
        IRM_TRY(irm_bounds_relation(bounds, relation->terms, relation->n, relation->low,
                                    relation->high, error));
    }
    irm_error why = {0};
    irm_status status = irm_bounds_tighten(bounds, 1, NULL, &why);
    if (status == IRM_STATUS_DATA) {
        return IRM_OK; /* the producer's totals disagree there: nothing more is proved */
    }
    double lower, upper;
    if (status == IRM_OK) {
        status = irm_bounds_ratio(
            bounds, above, irm_joint_terms(joint, &on->above, 0, 1, above),
            on->above.constant, below, irm_joint_terms(joint, &on->below, 0, 1, below),
            on->below.constant, &lower, &upper, &why);
    }
    if (status != IRM_OK) {
        return irm_fail(error, status, "%s", why.message);
    }
    if (lower <= 0 && upper == 1) {
        return IRM_OK; /* a part of its whole: that tells nothing of it */
    }
    double low = scale > 0 ? scale * lower : scale * upper;
    double high = scale > 0 ? scale * upper : scale * lower;
    irm_quantity proved = {NAN, low, high, IRM_STATE_BOUNDED, ratio->flags};
    *ratio = irm_quantity_meet(*ratio, proved);
    return IRM_OK;
}

static bool uncertain(irm_quantity one) {
    return one.state != IRM_STATE_NOT_APPLICABLE && one.lower < one.upper;
}

static bool anything_uncertain(const irm_evaluation *out) {
    for (size_t i = 0; i < out->count; i++) {
        if (uncertain(out->result[i]) && uncertain(out->numerator[i]) &&
            uncertain(out->denominator[i])) {
            return true;
        }
    }
    return false;
}

irm_status irm_run_dependence(irm_run *run, const irm_ratio *of, irm_evaluation *out,
                              irm_error *error) {
    ratio_sides on = {.joint = {.run = run}};
    irm_joint *joint = &on.joint;
    if (!anything_uncertain(out) || of->below == NULL ||
        !irm_joint_add(joint, of->above, of->above_node, 1, &on.above) ||
        !irm_joint_add(joint, of->below, of->below_node, 1, &on.below)) {
        return IRM_OK;
    }
    irm_joint_identities(joint);
    if (joint->n_relations == 0 && !shares_cells(&on)) {
        return IRM_OK;
    }
    irm_bounds *bounds;
    IRM_TRY(irm_bounds_new(&bounds, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < out->count; i++) {
        bool both = uncertain(out->numerator[i]) && uncertain(out->denominator[i]);
        bool known =
            isfinite(out->numerator[i].upper) || isfinite(out->denominator[i].upper);
        if (uncertain(out->result[i]) && both &&
            (known || out->numerator[i].lower > 0 || out->denominator[i].lower > 0)) {
            status = narrow_item(&on, i, of->scale, bounds, &out->result[i], error);
        }
    }
    irm_bounds_free(bounds);
    return status;
}
