/* The leaves of the formulas of a figure, taken together: those that only add are linear
 * forms of them, and the identities that a producer's rows satisfy join them. */
#ifndef IRMINON_EVALUATE_JOINT_H
#define IRMINON_EVALUATE_JOINT_H

#include "evaluate/run.h"
#include "irminon/bounds.h"

enum { JOINT_CELLS = 32, JOINT_RELATIONS = 32 };

/* A formula that only adds: a coefficient a variable, and a constant. */
typedef struct joint_linear {
    double coefficients[JOINT_CELLS];
    double constant;
} joint_linear;

typedef struct joint_relation {
    irm_bounds_term terms[JOINT_CELLS];
    size_t n;
    double low, high;
} joint_relation;

/* The leaves, each once, those of the formulas first, and the identities that join them.
 */
typedef struct irm_joint {
    irm_run *run;
    const irm_leaf *cells[JOINT_CELLS];
    irm_variable
        variables[JOINT_CELLS]; /* what they are borrows its formula or a table */
    size_t n_cells, n_formula;
    joint_relation relations[JOINT_RELATIONS];
    size_t n_relations;
} irm_joint;

/* Adds k x a node to a linear form; false where it is not linear. */
bool irm_joint_add(irm_joint *on, const irm_formula *formula, size_t node, double k,
                   joint_linear *form);
/* Once the formulas are added: the identities that join two of their leaves or more, with
 * the leaves that they need. */
void irm_joint_identities(irm_joint *on);
/* The terms of a form over cells first, first + step, …; their number. */
size_t irm_joint_terms(const irm_joint *on, const joint_linear *form, size_t first,
                       size_t step, irm_bounds_term *terms);

#endif
