#include "evaluate/joint.h"

#include <math.h>
#include <string.h>

/* Index of a leaf among the cells, added when new; JOINT_CELLS where there is no room. */
static size_t cell_of(irm_joint *on, const irm_leaf *leaf, const irm_variable *variable) {
    for (size_t i = 0; i < on->n_cells; i++) {
        if (on->cells[i] == leaf) {
            return i;
        }
    }
    if (on->n_cells < JOINT_CELLS) {
        on->cells[on->n_cells] = leaf;
        on->variables[on->n_cells++] = *variable;
        return on->n_cells - 1;
    }
    return JOINT_CELLS;
}

/* Adds k × a node to a linear form; false where it is not linear. */
bool irm_joint_add(irm_joint *on, const irm_formula *formula, size_t index, double k,
                   joint_linear *form) {
    const irm_node *node = &formula->nodes[index];
    const irm_node *left = &formula->nodes[node->left],
                   *right = &formula->nodes[node->right];
    switch (node->kind) {
        case IRM_NODE_NUMBER:
            form->constant += k * node->number;
            return true;
        case IRM_NODE_VARIABLE: {
            irm_variable variable = formula->variables[node->variable];
            const irm_leaf *leaf;
            variable.where =
                IRM_WHERE_LEVEL; /* of the run, which may be the reference's */
            if (irm_run_leaf(on->run, &variable, &leaf, NULL) != IRM_OK) {
                return false;
            }
            size_t cell = cell_of(on, leaf, &variable);
            form->coefficients[cell < JOINT_CELLS ? cell : 0] += k;
            return cell < JOINT_CELLS;
        }
        case IRM_NODE_NEGATE:
            return irm_joint_add(on, formula, node->left, -k, form);
        case IRM_NODE_ADD:
        case IRM_NODE_SUBTRACT:
            return irm_joint_add(on, formula, node->left, k, form) &&
                   irm_joint_add(on, formula, node->right,
                                 node->kind == IRM_NODE_ADD ? k : -k, form);
        case IRM_NODE_MULTIPLY:
            if (left->kind == IRM_NODE_NUMBER) {
                return irm_joint_add(on, formula, node->right, k * left->number, form);
            }
            return right->kind == IRM_NODE_NUMBER &&
                   irm_joint_add(on, formula, node->left, k * right->number, form);
        case IRM_NODE_DIVIDE:
            return right->kind == IRM_NODE_NUMBER && right->number != 0 &&
                   irm_joint_add(on, formula, node->left, k / right->number, form);
        default:
            return false;
    }
}

/* The wide table that a leaf is read from, alone; NULL where there are two, or a cube. */
static irm_frame *table_of(const irm_joint *on, const irm_leaf *leaf) {
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

static size_t cell_named(const irm_joint *on, const char *name, const irm_frame *frame) {
    size_t i = 0;
    while (i < on->n_formula &&
           (on->variables[i].n_fixed > 0 || strcmp(on->variables[i].name, name) != 0 ||
            table_of(on, on->cells[i]) != frame)) {
        i++;
    }
    return i;
}

/* Adds an identity that joins two of the formula's cells, with those that it needs. What
 * is true of each row is true of the sum of the rows. */
static void add_identity(irm_joint *on, const irm_frame *frame,
                         const irm_identity *identity, const irm_variable *like) {
    size_t known = 0;
    for (size_t t = 0; t < identity->n_terms; t++) {
        known += cell_named(on, identity->names[t], frame) < on->n_formula;
    }
    if (known < 2 || on->n_relations == JOINT_RELATIONS ||
        identity->n_terms > JOINT_CELLS ||
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
            cell = cell_of(on, leaf, &variable);
            if (cell == JOINT_CELLS) {
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

void irm_joint_identities(irm_joint *on) {
    const irm_frame *done[JOINT_CELLS];
    size_t n_done = 0;
    on->n_formula = on->n_cells;
    for (size_t i = 0; i < on->n_formula; i++) {
        irm_frame *frame = table_of(on, on->cells[i]);
        bool seen = frame == NULL;
        for (size_t d = 0; d < n_done; d++) {
            seen = seen || done[d] == frame;
        }
        for (size_t d = 0; !seen && d < frame->identities.n_declared; d++) {
            add_identity(on, frame, &frame->identities.declared[d], &on->variables[i]);
        }
        if (!seen) {
            done[n_done++] = frame;
        }
    }
}

size_t irm_joint_terms(const irm_joint *on, const joint_linear *form, size_t first,
                       size_t step, irm_bounds_term *terms) {
    size_t n = 0;
    for (size_t i = 0; i < on->n_cells; i++) {
        if (form->coefficients[i] != 0) {
            terms[n++] = (irm_bounds_term){first + step * i, form->coefficients[i]};
        }
    }
    return n;
}

irm_ratio irm_ratio_of(const irm_formula *formula, size_t index) {
    const irm_node *node = &formula->nodes[index];
    double scale = 1;
    for (;;) {
        const irm_node *left = &formula->nodes[node->left],
                       *right = &formula->nodes[node->right];
        if (node->kind == IRM_NODE_MULTIPLY && left->kind == IRM_NODE_NUMBER) {
            scale *= left->number;
            index = node->right;
        } else if (node->kind == IRM_NODE_MULTIPLY && right->kind == IRM_NODE_NUMBER) {
            scale *= right->number;
            index = node->left;
        } else if (node->kind == IRM_NODE_DIVIDE && right->kind == IRM_NODE_NUMBER &&
                   right->number != 0) {
            scale /= right->number;
            index = node->left;
        } else {
            break;
        }
        node = &formula->nodes[index];
    }
    bool quotient = node->kind == IRM_NODE_DIVIDE;
    return (irm_ratio){formula, quotient ? formula : NULL, quotient ? node->left : index,
                       quotient ? node->right : 0, scale};
}
