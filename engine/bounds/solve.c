#include <math.h>
#include <string.h>

#include "bounds/program.h"
#include "irminon/memory.h"

/* What the solutions met so far reach: an interval that they already touch at an end
 * needs no program of its own there. */
typedef struct reached {
    double *low, *high, *point;
} reached;

/* True where the point, whole where its cells are, keeps every relation of the part. */
static bool keeps(const irm_bounds *bounds, const bounds_program *program,
                  const bounds_part *part, const double *point) {
    for (size_t i = 0; i < part->n_relations; i++) {
        const bounds_relation *relation = &bounds->relations[part->relations[i]];
        double sum = 0, size = 0;
        for (size_t t = relation->first; t < relation->first + relation->count; t++) {
            irm_bounds_term term = bounds->terms[t];
            int column = bounds_program_column(program, term.cell);
            double value =
                column > 0 ? point[column - 1] : bounds->cells[term.cell].lower;
            sum += term.coefficient * value;
            size = fmax(size, fabs(term.coefficient * value));
        }
        double slack = (program->all_whole ? 1e-9 : 1e-6) * (1 + size);
        if (!(sum >= relation->low - slack && sum <= relation->high + slack)) {
            return false;
        }
    }
    return true;
}

/* A solver's point, put at the whole numbers and inside the intervals that it is near. */
static void reach(const irm_bounds *bounds, const bounds_program *program,
                  const bounds_part *part, reached *seen) {
    size_t n = program->n_cells;
    for (size_t i = 0; i < n; i++) {
        const bounds_cell *cell = &bounds->cells[program->cells[i]];
        double value = cell->whole ? round(seen->point[i]) : seen->point[i];
        seen->point[i] = fmin(fmax(value, cell->lower), cell->upper);
    }
    bool kept = keeps(bounds, program, part, seen->point);
    for (size_t i = 0; kept && i < n; i++) {
        seen->low[i] = fmin(seen->low[i], seen->point[i]);
        seen->high[i] = fmax(seen->high[i], seen->point[i]);
    }
}

static void set_objective(bounds_program *program, size_t column, double coefficient) {
    glp_set_obj_coef(program->problem, (int)column + 1, coefficient);
}

/* The optimum as a certain bound: inward to a whole number, or outward by what a solver's
 * tolerance may miss. */
static double certain(double value, bool whole, bool lower) {
    if (whole) {
        return lower ? bounds_whole_up(value) : bounds_whole_down(value);
    }
    double slack = 1e-7 * (1 + fabs(value));
    return lower ? value - slack : value + slack;
}

/* One end of one cell; false where nothing fits. */
static bool narrow_end(const irm_bounds *bounds, bounds_program *program,
                       const bounds_part *part, size_t i, bool upper, reached *seen,
                       double *end) {
    const bounds_cell *cell = &bounds->cells[program->cells[i]];
    double known = upper ? cell->upper : cell->lower,
           met = upper ? seen->high[i] : seen->low[i];
    *end = known;
    if (fabs(met - known) <= 1e-6) {
        return true;
    }
    double value;
    set_objective(program, i, 1);
    bounds_answer answer = bounds_program_solve(program, upper, &value, seen->point);
    set_objective(program, i, 0);
    if (answer == BOUNDS_SOLVED) {
        reach(bounds, program, part, seen);
    }
    if (answer == BOUNDS_SOLVED || answer == BOUNDS_RELAXED) {
        double bound = certain(value, cell->whole, !upper);
        *end = upper ? fmin(known, bound) : fmax(known, bound);
    }
    return answer != BOUNDS_NOTHING;
}

static bool fits(const irm_bounds *bounds, const bounds_part *part, irm_error *error) {
    bounds_program program;
    double value;
    if (bounds_program_open(&program, bounds, part, error) != IRM_OK) {
        return true;
    }
    bounds_answer answer = bounds_program_solve(&program, false, &value, NULL);
    bounds_program_close(&program);
    return answer != BOUNDS_NOTHING;
}

/* The first relation of a set that cannot hold together and of which each is needed:
 * every other relation is left out for good where the rest still cannot hold. */
static void find_conflict(const irm_bounds *bounds, const bounds_part *part,
                          irm_bounds_conflict *conflict, irm_error *error) {
    bounds_part tried = *part;
    size_t *kept = irm_calloc(part->n_relations, sizeof *kept), n = part->n_relations;
    *conflict = (irm_bounds_conflict){true, part->relations[0], part->cells[0]};
    if (kept != NULL) {
        memcpy(kept, part->relations, n * sizeof *kept);
        tried.relations = kept;
        for (size_t i = n; i-- > 0;) {
            size_t left_out = kept[i];
            memmove(kept + i, kept + i + 1, (n - i - 1) * sizeof *kept);
            tried.n_relations = n - 1;
            if (fits(bounds, &tried, error)) {
                memmove(kept + i + 1, kept + i, (n - i - 1) * sizeof *kept);
                kept[i] = left_out;
            } else {
                n--;
            }
        }
        conflict->relation = n > 0 ? kept[0] : conflict->relation;
        const bounds_relation *relation = &bounds->relations[conflict->relation];
        conflict->cell = bounds->terms[relation->first].cell;
    }
    irm_free(kept);
}

static irm_status narrow_all(irm_bounds *bounds, bounds_program *program,
                             const bounds_part *part, reached *seen, double *ends,
                             bool *holds) {
    double value;
    *holds = bounds_program_solve(program, false, &value, seen->point) != BOUNDS_NOTHING;
    for (size_t i = 0; *holds && i < program->n_cells; i++) {
        seen->low[i] = INFINITY;
        seen->high[i] = -INFINITY;
    }
    for (size_t i = 0; *holds && i < program->n_cells; i++) {
        *holds = narrow_end(bounds, program, part, i, false, seen, &ends[2 * i]) &&
                 narrow_end(bounds, program, part, i, true, seen, &ends[2 * i + 1]);
    }
    for (size_t i = 0; *holds && i < program->n_cells; i++) {
        bounds_cell *cell = &bounds->cells[program->cells[i]];
        cell->lower = ends[2 * i];
        cell->upper = fmax(ends[2 * i], ends[2 * i + 1]);
        cell->low = seen->low[i];
        cell->high = seen->high[i];
    }
    return IRM_OK;
}

irm_status bounds_solve_part(irm_bounds *bounds, const bounds_part *part,
                             irm_bounds_conflict *conflict, irm_error *error) {
    size_t n = part->n_cells;
    bounds_program program;
    bool holds = true;
    IRM_TRY(bounds_program_open(&program, bounds, part, error));
    reached seen = {irm_calloc(n, sizeof(double)), irm_calloc(n, sizeof(double)),
                    irm_calloc(n, sizeof(double))};
    double *ends = irm_calloc(2 * n, sizeof *ends);
    irm_status status = IRM_OK;
    if (seen.low == NULL || seen.high == NULL || seen.point == NULL || ends == NULL) {
        status = irm_fail_memory(error);
    } else {
        status = narrow_all(bounds, &program, part, &seen, ends, &holds);
    }
    bounds_program_close(&program);
    irm_free(seen.low);
    irm_free(seen.high);
    irm_free(seen.point);
    irm_free(ends);
    if (status == IRM_OK && !holds) {
        find_conflict(bounds, part, conflict, error);
        status =
            irm_fail(error, IRM_STATUS_DATA,
                     "relation %zu cannot hold beside the others it shares cells with",
                     conflict->relation);
    }
    return status;
}
