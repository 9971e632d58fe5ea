#include "bounds/program.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"

/* Nodes of the branch and bound of one search, and of all those of a program times its
 * cells (a node costs as much), after which the relaxation is kept. */
enum { MOST_NODES = 2000, MOST_NODES_IN_ALL = 100000 };

static int kind_of_bounds(double low, double high) {
    if (isinf(low)) {
        return isinf(high) ? GLP_FR : GLP_UP;
    }
    return isinf(high) ? GLP_LO : low == high ? GLP_FX : GLP_DB;
}

int bounds_program_column(const bounds_program *program, size_t cell) {
    size_t low = 0, high = program->n_cells;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (program->cells[middle] < cell) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < program->n_cells && program->cells[low] == cell;
    return found ? (int)low + 1 : 0;
}

static void add_relation(bounds_program *program, const irm_bounds *bounds, size_t r,
                         int row, int *columns, double *coefficients) {
    const bounds_relation *relation = &bounds->relations[r];
    double low = relation->low, high = relation->high;
    int n = 0;
    for (size_t t = relation->first; t < relation->first + relation->count; t++) {
        irm_bounds_term term = bounds->terms[t];
        const bounds_cell *cell = &bounds->cells[term.cell];
        if (bounds_open(cell)) {
            n++;
            columns[n] = bounds_program_column(program, term.cell);
            coefficients[n] = term.coefficient;
        } else {
            low -= term.coefficient * cell->lower;
            high -= term.coefficient * cell->lower;
        }
    }
    glp_set_mat_row(program->problem, row, n, columns, coefficients);
    glp_set_row_bnds(program->problem, row, kind_of_bounds(low, high), low, high);
}

static size_t longest_relation(const irm_bounds *bounds, const bounds_part *part) {
    size_t longest = 0;
    for (size_t i = 0; i < part->n_relations; i++) {
        size_t count = bounds->relations[part->relations[i]].count;
        longest = count > longest ? count : longest;
    }
    return longest;
}

irm_status bounds_program_open(bounds_program *program, const irm_bounds *bounds,
                               const bounds_part *part, irm_error *error) {
    size_t longest = longest_relation(bounds, part);
    int *columns = irm_calloc(longest + 1, sizeof *columns);
    double *coefficients = irm_calloc(longest + 1, sizeof *coefficients);
    if (columns == NULL || coefficients == NULL) {
        irm_free(columns);
        irm_free(coefficients);
        return irm_fail_memory(error);
    }
    glp_term_out(GLP_OFF);
    *program = (bounds_program){glp_create_prob(), part->cells, part->n_cells, true,
                                MOST_NODES_IN_ALL / (part->n_cells + 1)};
    if (part->n_cells > 0) {
        glp_add_cols(program->problem, (int)part->n_cells);
    }
    for (size_t i = 0; i < part->n_cells; i++) {
        const bounds_cell *cell = &bounds->cells[part->cells[i]];
        glp_set_col_bnds(program->problem, (int)i + 1,
                         kind_of_bounds(cell->lower, cell->upper), cell->lower,
                         cell->upper);
        glp_set_col_kind(program->problem, (int)i + 1, cell->whole ? GLP_IV : GLP_CV);
        program->all_whole = program->all_whole && cell->whole;
    }
    if (part->n_relations > 0) {
        glp_add_rows(program->problem, (int)part->n_relations);
    }
    for (size_t i = 0; i < part->n_relations; i++) {
        add_relation(program, bounds, part->relations[i], (int)i + 1, columns,
                     coefficients);
    }
    irm_free(columns);
    irm_free(coefficients);
    return IRM_OK;
}

void bounds_program_close(bounds_program *program) {
    if (program->problem != NULL) {
        glp_delete_prob(program->problem);
        program->problem = NULL;
    }
}

void bounds_leave_thread(void) { glp_free_env(); }

static bool nearly_whole(double value) {
    return fabs(value - round(value)) <= 1e-6 * (1 + fabs(value) * 1e-3);
}

bool bounds_program_whole(const bounds_program *program) {
    for (size_t i = 0; i < program->n_cells; i++) {
        if (glp_get_col_kind(program->problem, (int)i + 1) != GLP_CV &&
            !nearly_whole(glp_get_col_prim(program->problem, (int)i + 1))) {
            return false;
        }
    }
    return true;
}

static void count_nodes(glp_tree *tree, void *info) {
    size_t *nodes = info;
    if (glp_ios_reason(tree) == GLP_ISELECT && (*nodes)++ >= MOST_NODES) {
        glp_ios_terminate(tree);
    }
}

/* Over whole numbers, from the optimum of the relaxation. */
static bounds_answer solve_whole(bounds_program *program, double *value, double *point) {
    size_t nodes = 0;
    if (program->nodes_left == 0) {
        return BOUNDS_RELAXED;
    }
    glp_iocp options;
    glp_init_iocp(&options);
    options.msg_lev = GLP_MSG_OFF;
    options.cb_func = count_nodes;
    options.cb_info = &nodes;
    int failed = glp_intopt(program->problem, &options);
    program->nodes_left -= nodes < program->nodes_left ? nodes : program->nodes_left;
    if (failed != 0) {
        return BOUNDS_RELAXED;
    }
    int status = glp_mip_status(program->problem);
    if (status == GLP_NOFEAS) {
        return BOUNDS_NOTHING;
    }
    if (status != GLP_OPT) {
        return BOUNDS_RELAXED;
    }
    *value = glp_mip_obj_val(program->problem);
    for (size_t i = 0; point != NULL && i < program->n_cells; i++) {
        point[i] = glp_mip_col_val(program->problem, (int)i + 1);
    }
    return BOUNDS_SOLVED;
}

bounds_answer bounds_program_solve(bounds_program *program, bool maximise, double *value,
                                   double *point) {
    glp_smcp options;
    glp_init_smcp(&options);
    options.msg_lev = GLP_MSG_OFF;
    /* Small degenerate programs have been seen to turn in a circle. */
    options.it_lim = 1000 + 20 * (glp_get_num_rows(program->problem) +
                                  glp_get_num_cols(program->problem));
    glp_set_obj_dir(program->problem, maximise ? GLP_MAX : GLP_MIN);
    int failed = glp_simplex(program->problem, &options);
    if (failed == GLP_EBADB || failed == GLP_ESING || failed == GLP_ECOND ||
        failed == GLP_EITLIM) {
        glp_std_basis(program->problem);
        failed = glp_simplex(program->problem, &options);
    }
    int status = glp_get_status(program->problem);
    if (failed == 0 && status == GLP_NOFEAS) {
        return BOUNDS_NOTHING;
    }
    if (failed != 0 || status != GLP_OPT) {
        return BOUNDS_UNBOUNDED;
    }
    *value = glp_get_obj_val(program->problem);
    if (!bounds_program_whole(program)) {
        return solve_whole(program, value, point);
    }
    for (size_t i = 0; point != NULL && i < program->n_cells; i++) {
        point[i] = glp_get_col_prim(program->problem, (int)i + 1);
    }
    return BOUNDS_SOLVED;
}
