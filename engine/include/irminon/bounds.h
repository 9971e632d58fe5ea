/* Bounds: what intervals and linear relations prove together of the cells of a table.
 *
 * A system has cells, each known to lie in an interval (and to be a whole number, or
 * not), and relations low <= sum of coefficient x cell <= high: a total and its parts is
 * one with the coefficients 1, 1, …, -1 and low = high = 0. Tightening gives each cell
 * the narrowest interval that these prove:
 *
 * 1. by propagation to a fixed point (each relation, solved for each of its cells, bounds
 *    it), which is exact where no cycle of relations and cells is left undetermined;
 * 2. by linear programming (GLPK), the smallest and largest value of each cell, on the
 *    connected components where it may not be; rounded inward for whole numbers, and made
 *    exact by branch and bound where that needs few nodes.
 *
 * References: U. Montanari, "Networks of constraints", Information Sciences 7, 1974, and
 * E. Davis, "Constraint propagation with interval labels", Artificial Intelligence 32,
 * 1987 (propagation); L. Willenborg and T. de Waal, "Elements of Statistical Disclosure
 * Control", Springer, 2001, chapter 6 (the interval of a suppressed cell as two linear
 * programs); A. Charnes and W. Cooper, "Programming with linear fractional functionals",
 * Naval Research Logistics 9, 1962 (ratios). Bounds are certain: what is not solved to
 * the end is left at the wider interval that holds. */
#ifndef IRMINON_BOUNDS_H
#define IRMINON_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_bounds irm_bounds;

/* One term of a relation or of a form. */
typedef struct irm_bounds_term {
    size_t cell;
    double coefficient;
} irm_bounds_term;

/* A relation that the intervals of its cells cannot satisfy. */
typedef struct irm_bounds_conflict {
    bool found;
    size_t relation;
    size_t cell; /* one of the relation's */
} irm_bounds_conflict;

IRM_API irm_status irm_bounds_new(irm_bounds **bounds, irm_error *error);
IRM_API void irm_bounds_free(irm_bounds *bounds);
/* Forgets cells and relations, and keeps the memory. */
IRM_API void irm_bounds_reset(irm_bounds *bounds);
/* A cell in [lower, upper] (infinite where nothing is known); `whole`: a whole number.
 * *cell (may be NULL) receives its index, from 0. */
IRM_API irm_status irm_bounds_cell(irm_bounds *bounds, double lower, double upper,
                                   bool whole, size_t *cell, irm_error *error);
/* low <= sum of the terms <= high. A cell is in a relation once. The index of the
 * relation is the number of those added before. */
IRM_API irm_status irm_bounds_relation(irm_bounds *bounds, const irm_bounds_term *terms,
                                       size_t n_terms, double low, double high,
                                       irm_error *error);
IRM_API size_t irm_bounds_cells(const irm_bounds *bounds);
IRM_API size_t irm_bounds_relations(const irm_bounds *bounds);
IRM_API double irm_bounds_lower(const irm_bounds *bounds, size_t cell);
IRM_API double irm_bounds_upper(const irm_bounds *bounds, size_t cell);

/* Propagation alone. A conflict is told in *conflict (may be NULL), with the status DATA.
 */
IRM_API irm_status irm_bounds_propagate(irm_bounds *bounds, irm_bounds_conflict *conflict,
                                        irm_error *error);
/* Leaves components of more open cells than that (0: none, the default) to propagation
 * alone: their intervals stay certain, and may be wider than need be. Each cell of a
 * component costs two programs of its size. */
IRM_API void irm_bounds_limit(irm_bounds *bounds, size_t most_cells);
/* Propagation, then linear programs where it may not be exact, the components shared out
 * among `threads` (0: one a processor): the same result whatever their number. DATA, and
 * a relation of a set that cannot hold together in *conflict, where nothing fits. */
IRM_API irm_status irm_bounds_tighten(irm_bounds *bounds, size_t threads,
                                      irm_bounds_conflict *conflict, irm_error *error);

/* The smallest and largest value that a solution found by irm_bounds_tighten gives the
 * cell: true solutions, checked against every relation, so that the cell cannot be known
 * more closely. False where none was sought (components left to propagation). Where both
 * ends are those of irm_bounds_lower and _upper, the interval is exact. */
IRM_API bool irm_bounds_reached(const irm_bounds *bounds, size_t cell, double *lower,
                                double *upper);

/* The smallest and largest value of constant + sum of the terms, over what the system
 * allows, after irm_bounds_tighten. */
IRM_API irm_status irm_bounds_form(const irm_bounds *bounds, const irm_bounds_term *terms,
                                   size_t n_terms, double constant, double *lower,
                                   double *upper, irm_error *error);
/* The same of a quotient of two forms, whose cells may be shared, over what allows a
 * denominator above 0, which is never under 0. After irm_bounds_tighten. Infinite on the
 * side that a denominator near 0 opens. */
IRM_API irm_status irm_bounds_ratio(const irm_bounds *bounds,
                                    const irm_bounds_term *above, size_t n_above,
                                    double constant_above, const irm_bounds_term *below,
                                    size_t n_below, double constant_below, double *lower,
                                    double *upper, irm_error *error);

/* constant + sum of the terms. */
typedef struct irm_bounds_affine {
    const irm_bounds_term *terms;
    size_t n_terms;
    double constant;
} irm_bounds_affine;
/* The smallest and largest difference a / b - c / d of two ratios of forms {a, b, c, d}, none
 * of which is under 0, whose cells may be shared; over fractions where cells are whole.
 * Within 2e-7 of the narrowest (of 1 + the bound), outward, unless 128 pieces of what d / b
 * may be do not tell. After irm_bounds_tighten. Infinite where a denominator may be nothing or
 * the ratio of the denominators is not bounded. */
IRM_API irm_status irm_bounds_gap(const irm_bounds *bounds, const irm_bounds_affine forms[4],
                                  double *lower, double *upper, irm_error *error);
/* The same of their quotient (a / b) / (c / d). */
IRM_API irm_status irm_bounds_quotient(const irm_bounds *bounds,
                                       const irm_bounds_affine forms[4], double *lower,
                                       double *upper, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
