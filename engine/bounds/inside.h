/* What the files of this room share. */
#ifndef IRMINON_BOUNDS_INSIDE_H
#define IRMINON_BOUNDS_INSIDE_H

#include <stdint.h>

#include "irminon/bounds.h"

typedef struct bounds_cell {
    double lower, upper;
    bool whole;
    double low, high; /* what solutions take; low > high where none is known */
} bounds_cell;

typedef struct bounds_relation {
    size_t first, count; /* terms */
    double low, high;
    bool queued;
} bounds_relation;

struct irm_bounds {
    bounds_cell *cells;
    size_t n_cells, cell_capacity;
    bounds_relation *relations;
    size_t n_relations, relation_capacity;
    irm_bounds_term *terms;
    size_t n_terms, term_capacity;
    /* Relations of each cell, made when first needed. */
    size_t *of_start, *of;
    size_t of_start_capacity, of_capacity;
    bool indexed;
    size_t *queue;
    size_t queue_capacity;
    size_t most_cells; /* of a component solved by programs; 0: any */
    bool settled;      /* propagation reached its fixed point */
};

/* Cells joined by relations, and what a linear program needs of them. */
typedef struct bounds_part {
    size_t *cells; /* open ones */
    size_t n_cells;
    size_t *relations;
    size_t n_relations;
    bool exact; /* propagation gives its narrowest intervals */
} bounds_part;

/* How far a sum of doubles of that size may be from a true bound. */
double bounds_slack(double size);
/* Open cells of the system by connected part, in the order of their first cell. */
irm_status bounds_parts(const irm_bounds *bounds, bounds_part **parts, size_t *count,
                        irm_error *error);
void bounds_parts_free(bounds_part *parts, size_t count);

static inline bool bounds_open(const bounds_cell *cell) {
    return cell->lower < cell->upper;
}

/* An inward rounding that a solver's small errors do not push past a whole number. */
double bounds_whole_up(double value);
double bounds_whole_down(double value);

/* Narrows the cells of one part by linear programs. */
irm_status bounds_solve_part(irm_bounds *bounds, const bounds_part *part,
                             irm_bounds_conflict *conflict, irm_error *error);

/* Frees what the solver keeps for a thread that ends. */
void bounds_leave_thread(void);

#endif
