/* Ratios whose numerator and denominator share what is uncertain. Interval arithmetic
 * takes them as independent: certain, but wider than what can be proved of a / (a + b),
 * or of a part of a total whose parts are hidden. */
#include <math.h>
#include <string.h>

#include "evaluate/run.h"
#include "irminon/bounds.h"
#include "irminon/memory.h"

enum { MOST_CELLS = 32, MOST_RELATIONS = 32 };

/* A formula that only adds: a coefficient a variable, and a constant. */
typedef struct linear {
    double coefficients[MOST_CELLS];
    double constant;
} linear;

/* The leaves of both formulas, each once, and the identities that join them. */
typedef struct joint {
    irm_run *run;
    const irm_leaf *cells[MOST_CELLS];
    const irm_variable *variables[MOST_CELLS]; /* NULL for those that identities add */
    size_t n_cells, n_formula;
    linear above, below;
    struct {
        irm_bounds_term terms[MOST_CELLS];
        size_t n;
        double low, high;
    } relations[MOST_RELATIONS];
    size_t n_relations;
} joint;

/* Index of a leaf among the cells, added when new; MOST_CELLS where there is no room. */
static size_t cell_of(joint *on, const irm_leaf *leaf, const irm_variable *variable) {
    for (size_t i = 0; i < on->n_cells; i++) {
        if (on->cells[i] == leaf) {
            return i;
        }
    }
    if (on->n_cells < MOST_CELLS) {
        on->cells[on->n_cells] = leaf;
        on->variables[on->n_cells++] = variable;
        return on->n_cells - 1;
    }
    return MOST_CELLS;
}

/* Adds k × a node to a linear form; false where it is not linear. */
static bool add_node(joint *on, const irm_formula *formula, size_t index, double k,
                     linear *form) {
    const irm_node *node = &formula->nodes[index];
    const irm_node *left = &formula->nodes[node->left],
                   *right = &formula->nodes[node->right];
    switch (node->kind) {
        case IRM_NODE_NUMBER:
            form->constant += k * node->number;
            return true;
        case IRM_NODE_VARIABLE: {
            const irm_variable *variable = &formula->variables[node->variable];
            const irm_leaf *leaf;
            if (irm_run_leaf(on->run, variable, &leaf, NULL) != IRM_OK) {
                return false;
            }
            size_t cell = cell_of(on, leaf, variable);
            form->coefficients[cell < MOST_CELLS ? cell : 0] += k;
            return cell < MOST_CELLS;
        }
        case IRM_NODE_NEGATE:
            return add_node(on, formula, node->left, -k, form);
        case IRM_NODE_ADD:
        case IRM_NODE_SUBTRACT:
            return add_node(on, formula, node->left, k, form) &&
                   add_node(on, formula, node->right, node->kind == IRM_NODE_ADD ? k : -k,
                            form);
        case IRM_NODE_MULTIPLY:
            if (left->kind == IRM_NODE_NUMBER) {
                return add_node(on, formula, node->right, k * left->number, form);
            }
            return right->kind == IRM_NODE_NUMBER &&
                   add_node(on, formula, node->left, k * right->number, form);
        case IRM_NODE_DIVIDE:
            return right->kind == IRM_NODE_NUMBER && right->number != 0 &&
                   add_node(on, formula, node->left, k / right->number, form);
        default:
            return false;
    }
}

/* The wide table that a leaf is read from, alone; NULL where there are two, or a cube. */
static irm_frame *table_of(const joint *on, const irm_leaf *leaf) {
    const irm_frame *of = leaf->summed != NULL ? leaf->summed : leaf->direct;
    bool alone = leaf->summed == NULL || leaf->direct == NULL;
    for (size_t i = 0; alone && of != NULL && i < on->run->evaluator->n_frames; i++) {
        irm_frame *frame = &on->run->evaluator->frames[i];
        if (frame == of && frame->shape == IRM_TABLE_WIDE) {
            return frame;
        }
    }
    return NULL;
}

static size_t cell_named(const joint *on, const char *name, const irm_frame *frame) {
    size_t i = 0;
    while (i < on->n_formula &&
           (on->variables[i]->n_fixed > 0 || strcmp(on->variables[i]->name, name) != 0 ||
            table_of(on, on->cells[i]) != frame)) {
        i++;
    }
    return i;
}

/* Adds an identity that joins two of the formula's cells, with those that it needs. What
 * is true of each row is true of the sum of the rows. */
static void add_identity(joint *on, const irm_frame *frame, const irm_identity *identity,
                         const irm_variable *like) {
    size_t known = 0;
    for (size_t t = 0; t < identity->n_terms; t++) {
        known += cell_named(on, identity->names[t], frame) < on->n_formula;
    }
    if (known < 2 || on->n_relations == MOST_RELATIONS ||
        identity->n_terms > MOST_CELLS ||
        (identity->low != 0 && isfinite(identity->low)) ||
        (identity->high != 0 && isfinite(identity->high))) {
        return; /* a constant a row is not a constant a territory */
    }
    for (size_t t = 0; t < identity->n_terms; t++) {
        size_t cell = cell_named(on, identity->names[t], frame);
        if (cell == on->n_formula) {
            irm_variable variable = *like;
            const irm_leaf *leaf;
            variable.name = identity->names[t];
            if (irm_run_leaf(on->run, &variable, &leaf, NULL) != IRM_OK ||
                table_of(on, leaf) != frame) {
                return;
            }
            cell = cell_of(on, leaf, NULL);
            if (cell == MOST_CELLS) {
                return;
            }
        }
        on->relations[on->n_relations].terms[t] =
            (irm_bounds_term){cell, identity->coefficients[t]};
    }
    on->relations[on->n_relations].n = identity->n_terms;
    on->relations[on->n_relations].low = identity->low;
    on->relations[on->n_relations++].high = identity->high;
}

static void add_identities(joint *on) {
    const irm_frame *done[MOST_CELLS];
    size_t n_done = 0;
    on->n_formula = on->n_cells;
    for (size_t i = 0; i < on->n_formula; i++) {
        irm_frame *frame = table_of(on, on->cells[i]);
        bool seen = frame == NULL;
        for (size_t d = 0; d < n_done; d++) {
            seen = seen || done[d] == frame;
        }
        for (size_t d = 0; !seen && d < frame->identities.n_declared; d++) {
            add_identity(on, frame, &frame->identities.declared[d], on->variables[i]);
        }
        if (!seen) {
            done[n_done++] = frame;
        }
    }
}

static bool shares_cells(const joint *on) {
    for (size_t i = 0; i < on->n_cells; i++) {
        if (on->above.coefficients[i] != 0 && on->below.coefficients[i] != 0) {
            return true;
        }
    }
    return false;
}

static size_t terms_of(const joint *on, const linear *form, irm_bounds_term *terms) {
    size_t n = 0;
    for (size_t i = 0; i < on->n_cells; i++) {
        if (form->coefficients[i] != 0) {
            terms[n++] = (irm_bounds_term){i, form->coefficients[i]};
        }
    }
    return n;
}

/* What the cells of one territory prove of its ratio. */
static irm_status narrow_item(const joint *on, size_t item, double scale,
                              irm_bounds *bounds, irm_quantity *ratio, irm_error *error) {
    irm_bounds_term above[MOST_CELLS], below[MOST_CELLS];
    irm_bounds_reset(bounds);
    for (size_t i = 0; i < on->n_cells; i++) {
        irm_quantity cell = on->cells[i]->items[item];
        if (cell.state == IRM_STATE_NOT_APPLICABLE) {
            return IRM_OK;
        }
        IRM_TRY(irm_bounds_cell(bounds, cell.lower, cell.upper, false, NULL, error));
    }
    for (size_t r = 0; r < on->n_relations; r++) {
        IRM_TRY(irm_bounds_relation(bounds, on->relations[r].terms, on->relations[r].n,
                                    on->relations[r].low, on->relations[r].high, error));
    }
    irm_error why = {0};
    irm_status status = irm_bounds_tighten(bounds, 1, NULL, &why);
    if (status == IRM_STATUS_DATA) {
        return IRM_OK; /* the producer's totals disagree there: nothing more is proved */
    }
    double lower, upper;
    if (status == IRM_OK) {
        status = irm_bounds_ratio(
            bounds, above, terms_of(on, &on->above, above), on->above.constant, below,
            terms_of(on, &on->below, below), on->below.constant, &lower, &upper, &why);
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

irm_status irm_run_dependence(irm_run *run, const irm_formula *above,
                              const irm_formula *below, double scale, irm_evaluation *out,
                              irm_error *error) {
    joint on = {.run = run};
    if (!anything_uncertain(out) || !add_node(&on, above, above->root, 1, &on.above) ||
        !add_node(&on, below, below->root, 1, &on.below)) {
        return IRM_OK;
    }
    add_identities(&on);
    if (on.n_relations == 0 && !shares_cells(&on)) {
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
            status = narrow_item(&on, i, scale, bounds, &out->result[i], error);
        }
    }
    irm_bounds_free(bounds);
    return status;
}
