#include <math.h>
#include <string.h>

#include "bounds/program.h"
#include "irminon/memory.h"

static void box(const irm_bounds *bounds, const irm_bounds_term *terms, size_t n,
                double constant, double *lower, double *upper) {
    *lower = *upper = constant;
    for (size_t i = 0; i < n; i++) {
        const bounds_cell *cell = &bounds->cells[terms[i].cell];
        double k = terms[i].coefficient;
        if (k != 0) {
            *lower += k * (k > 0 ? cell->lower : cell->upper);
            *upper += k * (k > 0 ? cell->upper : cell->lower);
        }
    }
}

/* Joins the parts that the terms touch into one; *several tells whether some part is
 * touched by more than one term. */
static irm_status touched_part(const irm_bounds *bounds,
                               const irm_bounds_term *const *forms, const size_t *counts,
                               size_t n_forms, bounds_part *joined, bool *several,
                               irm_error *error) {
    bounds_part *parts = NULL;
    size_t n = 0;
    IRM_TRY(bounds_parts(bounds, &parts, &n, error));
    size_t *of = irm_calloc(bounds->n_cells, sizeof *of);
    uint8_t *touched = irm_calloc(n + 1, 1), *seen = irm_calloc(bounds->n_cells, 1);
    joined->cells = irm_calloc(bounds->n_cells, sizeof *joined->cells);
    joined->relations = irm_calloc(bounds->n_relations, sizeof *joined->relations);
    bool room = of != NULL && touched != NULL && seen != NULL && joined->cells != NULL &&
                joined->relations != NULL;
    *several = false;
    for (size_t p = 0; room && p < n; p++) {
        for (size_t i = 0; i < parts[p].n_cells; i++) {
            of[parts[p].cells[i]] = p + 1;
        }
    }
    for (size_t f = 0; room && f < n_forms; f++) {
        for (size_t i = 0; i < counts[f]; i++) {
            size_t cell = forms[f][i].cell, p = of[cell];
            if (p > 0 && !seen[cell]) {
                *several = *several || touched[p - 1];
                touched[p - 1] = seen[cell] = 1;
            }
        }
    }
    for (size_t c = 0; room && c < bounds->n_cells;
         c++) { /* ascending: columns are found */
        if (of[c] > 0 && touched[of[c] - 1]) {
            joined->cells[joined->n_cells++] = c;
        }
    }
    for (size_t p = 0; room && p < n; p++) {
        for (size_t i = 0; touched[p] && i < parts[p].n_relations; i++) {
            joined->relations[joined->n_relations++] = parts[p].relations[i];
        }
    }
    irm_free(of);
    irm_free(touched);
    irm_free(seen);
    bounds_parts_free(parts, n);
    return room ? IRM_OK : irm_fail_memory(error);
}

static void part_clear(bounds_part *part) {
    irm_free(part->cells);
    irm_free(part->relations);
}

irm_status irm_bounds_form(const irm_bounds *bounds, const irm_bounds_term *terms,
                           size_t n_terms, double constant, double *lower, double *upper,
                           irm_error *error) {
    bounds_part part = {0};
    bool several;
    box(bounds, terms, n_terms, constant, lower, upper);
    irm_status status = touched_part(bounds, &terms, &n_terms, 1, &part, &several, error);
    if (status != IRM_OK || !several) {
        part_clear(&part);
        return status;
    }
    bounds_program program;
    status = bounds_program_open(&program, bounds, &part, error);
    if (status == IRM_OK) {
        double fixed = constant;
        bool whole = program.all_whole && constant == round(constant);
        for (size_t i = 0; i < n_terms; i++) {
            int column = bounds_program_column(&program, terms[i].cell);
            double k = terms[i].coefficient;
            whole = whole && k == round(k);
            if (column > 0) {
                glp_set_obj_coef(program.problem, column,
                                 glp_get_obj_coef(program.problem, column) + k);
            } else {
                fixed += k * bounds->cells[terms[i].cell].lower;
            }
        }
        for (int upward = 0; upward < 2; upward++) {
            double value;
            bounds_answer answer =
                bounds_program_solve(&program, upward == 1, &value, NULL);
            if (answer == BOUNDS_UNBOUNDED || answer == BOUNDS_NOTHING) {
                continue;
            }
            double slack = whole ? 0 : 1e-7 * (1 + fabs(value));
            if (upward) {
                value = whole ? bounds_whole_down(value) : value;
                *upper = fmin(*upper, value + fixed + slack);
            } else {
                value = whole ? bounds_whole_up(value) : value;
                *lower = fmax(*lower, value + fixed - slack);
            }
        }
        bounds_program_close(&program);
    }
    part_clear(&part);
    return status;
}

/* ---- ratios ----------------------------------------------------------------------- */

/* A quotient over the box of its cells alone, by Dinkelbach's iterations ("On nonlinear
 * fractional programming", Management Science 13, 1967): the least of above - t below is
 * at a corner, whose quotient is the next t. Coefficients are by cell of `part`. */
typedef struct quotient {
    const irm_bounds *bounds;
    const bounds_part *part;
    double *above, *below, *corner; /* by cell of the part */
    double fixed_above, fixed_below;
} quotient;

static double dot(const quotient *q, const double *coefficients, double fixed) {
    double sum = fixed;
    for (size_t i = 0; i < q->part->n_cells; i++) {
        sum += coefficients[i] != 0 ? coefficients[i] * q->corner[i] : 0;
    }
    return sum;
}

/* False where an end is infinite or the denominator may be nothing. */
static bool box_ratio(quotient *q, bool most, double *value) {
    double t = NAN;
    for (int round = 0; round < 100; round++) {
        for (size_t i = 0; i < q->part->n_cells; i++) {
            const bounds_cell *cell = &q->bounds->cells[q->part->cells[i]];
            double slope = q->above[i] - (isnan(t) ? 0 : t) * q->below[i];
            bool high = most ? slope > 0 : slope < 0;
            q->corner[i] = high ? cell->upper : cell->lower;
            bool needed = q->above[i] != 0 || q->below[i] != 0;
            if (needed && !isfinite(q->corner[i])) {
                return false;
            }
        }
        double below = dot(q, q->below, q->fixed_below);
        if (!(below > 0)) {
            return false;
        }
        double next = dot(q, q->above, q->fixed_above) / below;
        bool better = isnan(t) || (most ? next > t : next < t);
        if (!better) {
            break;
        }
        t = next;
    }
    *value = t;
    return isfinite(t);
}

/* True when the relations allow the corner, the cells of neither form being free. */
static irm_status corner_fits(const quotient *q, bool *yes, irm_error *error) {
    irm_bounds *copy = NULL;
    const irm_bounds *b = q->bounds;
    irm_status status = irm_bounds_new(&copy, error);
    for (size_t c = 0; status == IRM_OK && c < b->n_cells; c++) {
        status = irm_bounds_cell(copy, b->cells[c].lower, b->cells[c].upper,
                                 b->cells[c].whole, NULL, error);
    }
    for (size_t r = 0; status == IRM_OK && r < q->part->n_relations; r++) {
        const bounds_relation *relation = &b->relations[q->part->relations[r]];
        status = irm_bounds_relation(copy, b->terms + relation->first, relation->count,
                                     relation->low, relation->high, error);
    }
    for (size_t i = 0; status == IRM_OK && i < q->part->n_cells; i++) {
        if (q->above[i] != 0 || q->below[i] != 0) {
            bounds_cell *cell = &copy->cells[q->part->cells[i]];
            cell->lower = cell->upper = q->corner[i];
        }
    }
    *yes = false;
    if (status == IRM_OK) {
        bounds_part *parts = NULL;
        size_t n = 0;
        irm_status fits = irm_bounds_propagate(copy, NULL, NULL);
        if (fits == IRM_OK) {
            status = bounds_parts(copy, &parts, &n, error);
        } else if (fits != IRM_STATUS_DATA) {
            status = fits;
        }
        *yes = fits == IRM_OK && status == IRM_OK;
        for (size_t p = 0; *yes && p < n; p++) {
            *yes = parts[p].exact || parts[p].n_relations == 0;
        }
        bounds_parts_free(parts, n);
    }
    irm_bounds_free(copy);
    return status;
}

/* A row of the program being written: columns and coefficients from 1. */
typedef struct ratio_row {
    int *columns;
    double *k;
    int used;
} ratio_row;

static void row_term(ratio_row *row, int column, double coefficient) {
    row->columns[++row->used] = column;
    row->k[row->used] = coefficient;
}

static void row_end(glp_prob *lp, ratio_row *row, int kind, double value) {
    int number = glp_add_rows(lp, 1);
    glp_set_mat_row(lp, number, row->used, row->columns, row->k);
    glp_set_row_bnds(lp, number, kind, value, value);
    row->used = 0;
}

/* Σ coefficient × x between low and high, with y = s x: Σ coefficient × y − end × s. */
static void add_homogeneous_relation(glp_prob *lp, const quotient *q, size_t number,
                                     ratio_row *row) {
    const irm_bounds *b = q->bounds;
    const bounds_relation *relation = &b->relations[number];
    bounds_program map = {NULL, q->part->cells, q->part->n_cells, false, 0};
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
                row_term(row, column, term->coefficient);
            }
        }
        row_term(row, (int)q->part->n_cells + 1, constant);
        row_end(lp, row, equal ? GLP_FX : side == 0 ? GLP_LO : GLP_UP, 0);
    }
}

/* lower <= x <= upper as y − lower × s >= 0 and y − upper × s <= 0. */
static void add_homogeneous_cell(glp_prob *lp, const quotient *q, size_t i,
                                 ratio_row *row) {
    const bounds_cell *cell = &q->bounds->cells[q->part->cells[i]];
    const double ends[] = {cell->lower, cell->upper};
    for (int side = 0; side < 2; side++) {
        if (isfinite(ends[side])) {
            row_term(row, (int)i + 1, 1);
            row_term(row, (int)q->part->n_cells + 1, -ends[side]);
            row_end(lp, row, side == 0 ? GLP_LO : GLP_UP, 0);
        }
    }
}

/* Columns: y of each cell, then s; the objective is the numerator. */
static void add_homogeneous_columns(glp_prob *lp, const quotient *q) {
    int n = (int)q->part->n_cells;
    glp_add_cols(lp, n + 1);
    for (int i = 0; i < n; i++) {
        glp_set_col_bnds(lp, i + 1, GLP_FR, 0, 0);
        glp_set_obj_coef(lp, i + 1, q->above[i]);
    }
    glp_set_col_bnds(lp, n + 1, GLP_LO, 0, 0);
    glp_set_obj_coef(lp, n + 1, q->fixed_above);
}

/* Rows, in order: relations, cells, the denominator at 1. */
static void add_homogeneous_rows(glp_prob *lp, const quotient *q, ratio_row *row) {
    for (size_t r = 0; r < q->part->n_relations; r++) {
        add_homogeneous_relation(lp, q, q->part->relations[r], row);
    }
    for (size_t i = 0; i < q->part->n_cells; i++) {
        add_homogeneous_cell(lp, q, i, row);
    }
    for (size_t i = 0; i < q->part->n_cells; i++) {
        if (q->below[i] != 0) {
            row_term(row, (int)i + 1, q->below[i]);
        }
    }
    row_term(row, (int)q->part->n_cells + 1, q->fixed_below);
    row_end(lp, row, GLP_FX, 1);
}

/* Charnes and Cooper's program: y = s x, s >= 0, with the denominator at 1. */
static bool homogeneous(const quotient *q, bool most, double *value) {
    size_t longest = q->part->n_cells + 1;
    for (size_t r = 0; r < q->part->n_relations; r++) {
        size_t count = q->bounds->relations[q->part->relations[r]].count;
        longest = count + 1 > longest ? count + 1 : longest;
    }
    ratio_row row = {irm_calloc(longest + 1, sizeof *row.columns),
                     irm_calloc(longest + 1, sizeof *row.k), 0};
    bounds_answer answer = BOUNDS_UNBOUNDED;
    if (row.columns != NULL && row.k != NULL) {
        glp_term_out(GLP_OFF);
        glp_prob *lp = glp_create_prob();
        add_homogeneous_columns(lp, q);
        add_homogeneous_rows(lp, q, &row);
        bounds_program program = {lp, q->part->cells, 0, false, 0};
        answer = bounds_program_solve(&program, most, value, NULL);
        glp_delete_prob(lp);
    }
    irm_free(row.columns);
    irm_free(row.k);
    return answer == BOUNDS_SOLVED;
}

static void gather(const irm_bounds *bounds, const bounds_part *part,
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

/* One end of the interval: at a corner of the box where relations allow it, by a program
 * elsewhere. */
static irm_status ratio_end(quotient *q, bool most, double *end, irm_error *error) {
    double value;
    bool fits = false, boxed = box_ratio(q, most, &value);
    if (boxed) {
        IRM_TRY(corner_fits(q, &fits, error));
    }
    if (!fits && !homogeneous(q, most, &value)) {
        fits = boxed; /* the box alone still holds */
        *end = boxed ? value : most ? INFINITY : -INFINITY;
        return IRM_OK;
    }
    double near = round(value), slack = 1e-9 * (1 + fabs(value));
    if (fits || fabs(value - near) <= slack) { /* 1: all of the denominator */
        *end = fits ? value : near;
    } else {
        *end = most ? value + slack : value - slack;
    }
    return IRM_OK;
}

irm_status irm_bounds_ratio(const irm_bounds *bounds, const irm_bounds_term *above,
                            size_t n_above, double constant_above,
                            const irm_bounds_term *below, size_t n_below,
                            double constant_below, double *lower, double *upper,
                            irm_error *error) {
    const irm_bounds_term *forms[] = {above, below};
    const size_t counts[] = {n_above, n_below};
    bounds_part part = {0};
    bool several;
    *lower = -INFINITY;
    *upper = INFINITY;
    irm_status status = touched_part(bounds, forms, counts, 2, &part, &several, error);
    quotient q = {.bounds = bounds, .part = &part};
    q.above = irm_calloc(part.n_cells, sizeof *q.above);
    q.below = irm_calloc(part.n_cells, sizeof *q.below);
    q.corner = irm_calloc(part.n_cells, sizeof *q.corner);
    if (status == IRM_OK && (q.above == NULL || q.below == NULL || q.corner == NULL)) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        gather(bounds, &part, above, n_above, constant_above, q.above, &q.fixed_above);
        gather(bounds, &part, below, n_below, constant_below, q.below, &q.fixed_below);
        status = ratio_end(&q, false, lower, error);
    }
    if (status == IRM_OK) {
        status = ratio_end(&q, true, upper, error);
    }
    irm_free(q.above);
    irm_free(q.below);
    irm_free(q.corner);
    part_clear(&part);
    return status;
}
