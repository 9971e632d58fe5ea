#include <math.h>
#include <string.h>

#include "bounds/cone.h"
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

irm_status bounds_touched_part(const irm_bounds *bounds,
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

void bounds_part_clear(bounds_part *part) {
    irm_free(part->cells);
    irm_free(part->relations);
}

irm_status irm_bounds_form(const irm_bounds *bounds, const irm_bounds_term *terms,
                           size_t n_terms, double constant, double *lower, double *upper,
                           irm_error *error) {
    bounds_part part = {0};
    bool several;
    box(bounds, terms, n_terms, constant, lower, upper);
    irm_status status =
        bounds_touched_part(bounds, &terms, &n_terms, 1, &part, &several, error);
    if (status != IRM_OK || !several) {
        bounds_part_clear(&part);
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
    bounds_part_clear(&part);
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

/* Charnes and Cooper's program: in the cone, with the denominator at 1. */
static bool homogeneous(const quotient *q, bool most, double *value) {
    bounds_cone cone;
    bounds_answer answer = BOUNDS_UNBOUNDED;
    if (bounds_cone_open(&cone, q->bounds, q->part, NULL) == IRM_OK) {
        bounds_cone_aim(&cone, q->above, q->fixed_above);
        bounds_cone_row(&cone, 0, q->below, q->fixed_below, GLP_FX, 1);
        answer = bounds_cone_solve(&cone, most, value, NULL);
    }
    bounds_cone_close(&cone);
    return answer == BOUNDS_SOLVED;
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
    irm_status status =
        bounds_touched_part(bounds, forms, counts, 2, &part, &several, error);
    quotient q = {.bounds = bounds, .part = &part};
    q.above = irm_calloc(part.n_cells, sizeof *q.above);
    q.below = irm_calloc(part.n_cells, sizeof *q.below);
    q.corner = irm_calloc(part.n_cells, sizeof *q.corner);
    if (status == IRM_OK && (q.above == NULL || q.below == NULL || q.corner == NULL)) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        bounds_gather(bounds, &part, above, n_above, constant_above, q.above,
                      &q.fixed_above);
        bounds_gather(bounds, &part, below, n_below, constant_below, q.below,
                      &q.fixed_below);
        status = ratio_end(&q, false, lower, error);
    }
    if (status == IRM_OK) {
        status = ratio_end(&q, true, upper, error);
    }
    irm_free(q.above);
    irm_free(q.below);
    irm_free(q.corner);
    bounds_part_clear(&part);
    return status;
}
