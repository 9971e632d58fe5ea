/* The cone over what a system allows: y = s x with s >= 0, in which a quotient of two
 * forms is linear once its denominator is held at 1 (Charnes & Cooper). */
#ifndef IRMINON_BOUNDS_CONE_H
#define IRMINON_BOUNDS_CONE_H

#include "bounds/program.h"

typedef struct bounds_cone {
    const irm_bounds *bounds;
    const bounds_part *part; /* borrowed */
    glp_prob *problem;       /* columns: y of each cell of the part, then s */
    int *columns;            /* of the row being written, from 1 */
    double *k;
    int used;
} bounds_cone;

/* Close it even after a failure. */
irm_status bounds_cone_open(bounds_cone *cone, const irm_bounds *bounds,
                            const bounds_part *part, irm_error *error);
void bounds_cone_close(bounds_cone *cone);
/* The form (coefficients by cell of the part, and a constant) as objective. */
void bounds_cone_aim(bounds_cone *cone, const double *k, double fixed);
/* A row that holds a form at, over or under a value (GLP_FX, GLP_LO, GLP_UP), in place of
 * the row `number`, or new where that is 0; its number. */
int bounds_cone_row(bounds_cone *cone, int number, const double *k, double fixed,
                    int kind, double value);
/* `point` (cells of the part, then s; may be NULL) receives what reaches the optimum. */
bounds_answer bounds_cone_solve(bounds_cone *cone, bool maximise, double *value,
                                double *point);

/* Joins the parts that the terms of forms touch into one, to clear; *several tells
 * whether some part is touched by more than one cell. */
irm_status bounds_touched_part(const irm_bounds *bounds,
                               const irm_bounds_term *const *forms, const size_t *counts,
                               size_t n_forms, bounds_part *joined, bool *several,
                               irm_error *error);
void bounds_part_clear(bounds_part *part);
/* The terms of a form by cell of the part (added to `k`); those outside it are known, and
 * go to *fixed, with the constant. */
void bounds_gather(const irm_bounds *bounds, const bounds_part *part,
                   const irm_bounds_term *terms, size_t n, double constant, double *k,
                   double *fixed);

#endif
