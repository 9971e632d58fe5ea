/* A linear program over some cells of a system. Only this room knows GLPK. */
#ifndef IRMINON_BOUNDS_PROGRAM_H
#define IRMINON_BOUNDS_PROGRAM_H

#include <glpk.h>

#include "bounds/inside.h"

typedef struct bounds_program {
    glp_prob *problem;
    const size_t *cells; /* of the columns, ascending; borrowed */
    size_t n_cells;
    bool all_whole;
    size_t nodes_left; /* of branch and bound, for all that is asked of the program */
} bounds_program;

/* Columns for the cells of a part (their intervals), rows for its relations; what is
 * known of the other cells of a relation is moved to its bounds. */
irm_status bounds_program_open(bounds_program *program, const irm_bounds *bounds,
                               const bounds_part *part, irm_error *error);
void bounds_program_close(bounds_program *program);
/* Column (from 1) of a cell, 0 for none. */
int bounds_program_column(const bounds_program *program, size_t cell);
/* True when the last solution gives whole numbers to the cells that are. */
bool bounds_program_whole(const bounds_program *program);

typedef enum bounds_answer {
    BOUNDS_SOLVED,    /* *value is the optimum */
    BOUNDS_RELAXED,   /* *value is no worse than the optimum */
    BOUNDS_UNBOUNDED, /* or not solved: nothing new is known */
    BOUNDS_NOTHING    /* no value fits */
} bounds_answer;
/* The optimum of the objective set in the problem, over whole numbers where cells are.
 * `point` (n_cells, may be NULL) receives what reaches it, where it is SOLVED. */
bounds_answer bounds_program_solve(bounds_program *program, bool maximise, double *value,
                                   double *point);

#endif
