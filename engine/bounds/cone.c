#include "bounds/cone.h"

#include <math.h>

#include "irminon/memory.h"

static void row_term(bounds_cone *cone, int column, double coefficient) {
    cone->columns[++cone->used] = column;
    cone->k[cone->used] = coefficient;
}

static int row_end(bounds_cone *cone, int number, int kind, double value) {
    number = number > 0 ? number : glp_add_rows(cone->problem, 1);
    glp_set_mat_row(cone->problem, number, cone->used, cone->columns, cone->k);
    glp_set_row_bnds(cone->problem, number, kind, value, value);
    cone->used = 0;
    return number;
}

/* The sum of coefficient x between low and high, with y = s x: the sum of coefficient y,
 * less end s. */
static void add_relation(bounds_cone *cone, size_t number) {
    const irm_bounds *b = cone->bounds;
    const bounds_relation *relation = &b->relations[number];
    bounds_program map = {NULL, cone->part->cells, cone->part->n_cells, false, 0};
    bool equal = relation->low == relation->high;
    for (int side = 0; side < (equal ? 1 : 2); side++) {
        double end = side == 0 ? relation->low : relation->high, constant = -end;
        if (!isfinite(end)) {
            continue;
        }
        for (size_t t = relation->first; t < relation->first + relation->count; t++) {
            const irm_bounds_term *term = &b->terms[t];
            int column = bounds_program_column(&map, term->cell);
            if (column == 0) {
                constant += term->coefficient * b->cells[term->cell].lower;
            } else {
                row_term(cone, column, term->coefficient);
            }
        }
        row_term(cone, (int)cone->part->n_cells + 1, constant);
        row_end(cone, 0, equal ? GLP_FX : side == 0 ? GLP_LO : GLP_UP, 0);
    }
}

/* lower <= x <= upper as y - lower s >= 0 and y - upper s <= 0. */
static void add_cell(bounds_cone *cone, size_t i) {
    const bounds_cell *cell = &cone->bounds->cells[cone->part->cells[i]];
    const double ends[] = {cell->lower, cell->upper};
    for (int side = 0; side < 2; side++) {
        if (isfinite(ends[side])) {
            row_term(cone, (int)i + 1, 1);
            row_term(cone, (int)cone->part->n_cells + 1, -ends[side]);
            row_end(cone, 0, side == 0 ? GLP_LO : GLP_UP, 0);
        }
    }
}

irm_status bounds_cone_open(bounds_cone *cone, const irm_bounds *bounds,
                            const bounds_part *part, irm_error *error) {
    size_t longest = part->n_cells + 1;
    for (size_t r = 0; r < part->n_relations; r++) {
        size_t count = bounds->relations[part->relations[r]].count;
        longest = count + 1 > longest ? count + 1 : longest;
    }
    *cone = (bounds_cone){.bounds = bounds, .part = part};
    cone->columns = irm_calloc(longest + 1, sizeof *cone->columns);
    cone->k = irm_calloc(longest + 1, sizeof *cone->k);
    if (cone->columns == NULL || cone->k == NULL) {
        return irm_fail_memory(error);
    }
    glp_term_out(GLP_OFF);
    cone->problem = glp_create_prob();
    int n = (int)part->n_cells;
    glp_add_cols(cone->problem, n + 1);
    for (int i = 0; i < n; i++) {
        glp_set_col_bnds(cone->problem, i + 1, GLP_FR, 0, 0);
    }
    glp_set_col_bnds(cone->problem, n + 1, GLP_LO, 0, 0);
    for (size_t r = 0; r < part->n_relations; r++) {
        add_relation(cone, part->relations[r]);
    }
    for (size_t i = 0; i < part->n_cells; i++) {
        add_cell(cone, i);
    }
    return IRM_OK;
}

void bounds_cone_close(bounds_cone *cone) {
    if (cone->problem != NULL) {
        glp_delete_prob(cone->problem);
    }
    irm_free(cone->columns);
    irm_free(cone->k);
    *cone = (bounds_cone){0};
}

void bounds_cone_aim(bounds_cone *cone, const double *k, double fixed) {
    int n = (int)cone->part->n_cells;
    for (int i = 0; i < n; i++) {
        glp_set_obj_coef(cone->problem, i + 1, k[i]);
    }
    glp_set_obj_coef(cone->problem, n + 1, fixed);
}

int bounds_cone_row(bounds_cone *cone, int number, const double *k, double fixed,
                    int kind, double value) {
    size_t n = cone->part->n_cells;
    for (size_t i = 0; i < n; i++) {
        if (k[i] != 0) {
            row_term(cone, (int)i + 1, k[i]);
        }
    }
    row_term(cone, (int)n + 1, fixed);
    return row_end(cone, number, kind, value);
}

bounds_answer bounds_cone_solve(bounds_cone *cone, bool maximise, double *value,
                                double *point) {
    size_t columns = point != NULL ? cone->part->n_cells + 1 : 0;
    bounds_program program = {cone->problem, cone->part->cells, columns, false, 0};
    return bounds_program_solve(&program, maximise, value, point);
}

void bounds_gather(const irm_bounds *bounds, const bounds_part *part,
                   const irm_bounds_term *terms, size_t n, double constant, double *k,
                   double *fixed) {
    bounds_program map = {NULL, part->cells, part->n_cells, false, 0};
    *fixed = constant;
    for (size_t i = 0; i < n; i++) {
        int column = bounds_program_column(&map, terms[i].cell);
        if (column > 0) {
            k[column - 1] += terms[i].coefficient;
        } else {
            *fixed += terms[i].coefficient * bounds->cells[terms[i].cell].lower;
        }
    }
}
