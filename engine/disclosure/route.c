#include <glpk.h>
#include <math.h>

#include "disclosure/inside.h"
#include "irminon/memory.h"

/* Columns of the program: how far each cell of the field rises, then how far it falls.
 * What is hidden already costs next to nothing, but something: nothing moves for no use.
 */
enum { NEARLY_FREE = 1000000 };

static double price(const release_cell *cell) {
    return cell->hiding != IRM_SHOWN ? 1.0 / NEARLY_FREE : cell->cost;
}

static void add_columns(glp_prob *lp, const irm_release *release,
                        const release_field *field) {
    int n = (int)field->n_cells;
    glp_add_cols(lp, 2 * n);
    for (int i = 0; i < n; i++) {
        const release_cell *cell = &release->cells[field->cells[i]];
        double fall = cell->value - cell->floor;
        bool fixed = cell->kept && cell->hiding == IRM_SHOWN;
        glp_set_col_bnds(lp, i + 1, fixed ? GLP_FX : GLP_LO, 0, 0);
        glp_set_col_bnds(lp, n + i + 1, fixed || fall <= 0 ? GLP_FX : GLP_DB, 0, fall);
        glp_set_obj_coef(lp, i + 1, price(cell));
        glp_set_obj_coef(lp, n + i + 1, price(cell));
    }
}

/* The moves of the parts add up to that of the total; cells outside the field stand
 * still. */
static irm_status add_rows(glp_prob *lp, const irm_release *release,
                           const release_field *field, irm_error *error) {
    size_t links = 0;
    int n = (int)field->n_cells, used = 0;
    for (int i = 0; i < n; i++) {
        size_t c = field->cells[i];
        links += release->of_start[c + 1] - release->of_start[c];
    }
    int *rows = irm_calloc(2 * links + 1, sizeof *rows);
    int *columns = irm_calloc(2 * links + 1, sizeof *columns);
    double *k = irm_calloc(2 * links + 1, sizeof *k);
    bool room = rows != NULL && columns != NULL && k != NULL;
    if (room && field->n_sums > 0) {
        glp_add_rows(lp, (int)field->n_sums);
    }
    for (size_t s = 0; room && s < field->n_sums; s++) {
        glp_set_row_bnds(lp, (int)s + 1, GLP_FX, 0, 0);
    }
    for (int i = 0; room && i < n; i++) {
        size_t c = field->cells[i];
        for (size_t l = release->of_start[c]; l < release->of_start[c + 1]; l++) {
            size_t sum = release->of[l];
            double sign = release->sums[sum].total == c ? -1 : 1;
            for (int fall = 0; fall < 2; fall++) {
                rows[++used] = (int)field->row[sum];
                columns[used] = i + 1 + (fall ? n : 0);
                k[used] = fall ? -sign : sign;
            }
        }
    }
    if (room) {
        glp_load_matrix(lp, used, rows, columns, k);
    }
    irm_free(rows);
    irm_free(columns);
    irm_free(k);
    return room ? IRM_OK : irm_fail_memory(error);
}

/* Nodes of the search for whole numbers, where the optimum is not whole. */
enum { MOST_NODES = 200 };

static void count_nodes(glp_tree *tree, void *info) {
    int *nodes = info;
    if (glp_ios_reason(tree) == GLP_ISELECT && ++*nodes > MOST_NODES) {
        glp_ios_terminate(tree);
    }
}

/* How far each cell of the field moves; false where some should be whole and are not. */
static bool read_moves(glp_prob *lp, const irm_release *release,
                       const release_field *field, bool by_nodes, double *moved) {
    int n = (int)field->n_cells;
    bool whole = true;
    for (int i = 1; i <= n; i++) {
        double amount = by_nodes ? glp_mip_col_val(lp, i) - glp_mip_col_val(lp, n + i)
                                 : glp_get_col_prim(lp, i) - glp_get_col_prim(lp, n + i);
        double value = release->cells[field->cells[i - 1]].value, near = round(amount);
        whole = whole && (!release->whole || fabs(amount - near) < 1e-6);
        bool moves = fabs(amount) > 1e-7 * (1 + value);
        moved[field->cells[i - 1]] = !moves ? 0 : release->whole ? near : amount;
    }
    return whole;
}

static bool search_whole(glp_prob *lp) {
    int nodes = 0;
    glp_iocp options;
    glp_init_iocp(&options);
    options.msg_lev = GLP_MSG_OFF;
    options.cb_func = count_nodes;
    options.cb_info = &nodes;
    for (int i = 1; i <= glp_get_num_cols(lp); i++) {
        glp_set_col_kind(lp, i, GLP_IV);
    }
    glp_intopt(lp, &options);
    int status = glp_mip_status(lp);
    return status == GLP_OPT || status == GLP_FEAS;
}

static bool solve(glp_prob *lp, const irm_release *release, const release_field *field,
                  double *moved) {
    glp_smcp options;
    glp_init_smcp(&options);
    options.msg_lev = GLP_MSG_OFF;
    options.meth = GLP_DUALP; /* costs are 0 or more: the basis of the rows fits */
    if (glp_simplex(lp, &options) != 0 || glp_get_status(lp) != GLP_OPT) {
        return false;
    }
    return read_moves(lp, release, field, false, moved) ||
           (search_whole(lp) && read_moves(lp, release, field, true, moved));
}

irm_status release_route(const irm_release *release, const release_field *field,
                         size_t cell, double amount, double *moved, bool *found,
                         irm_error *error) {
    int terminal = glp_term_out(GLP_OFF);
    glp_prob *lp = glp_create_prob();
    *found = false;
    add_columns(lp, release, field);
    irm_status status = add_rows(lp, release, field, error);
    if (status == IRM_OK) {
        int n = (int)field->n_cells, column = (int)field->place[cell];
        int moves = amount > 0 ? column : n + column,
            still = amount > 0 ? n + column : column;
        glp_set_col_bnds(lp, moves, GLP_FX, fabs(amount), fabs(amount));
        glp_set_col_bnds(lp, still, GLP_FX, 0, 0);
        *found = solve(lp, release, field, moved);
    }
    glp_delete_prob(lp);
    glp_term_out(terminal);
    return status;
}
