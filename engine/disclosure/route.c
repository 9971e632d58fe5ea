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

/* Hides what moves in the solution. */
static void hide_moved(glp_prob *lp, irm_release *release, const release_field *field) {
    int n = (int)field->n_cells;
    for (int i = 0; i < n; i++) {
        double moved = glp_get_col_prim(lp, i + 1) + glp_get_col_prim(lp, n + i + 1);
        release_cell *cell = &release->cells[field->cells[i]];
        if (moved > 1e-7 * (1 + cell->value) && cell->hiding == IRM_SHOWN) {
            cell->hiding = IRM_HIDDEN_BESIDE;
        }
    }
}

irm_status release_route(irm_release *release, release_field *field, size_t cell,
                         double amount, bool *found, irm_error *error) {
    *found = amount == 0;
    if (*found) {
        return IRM_OK;
    }
    int terminal = glp_term_out(GLP_OFF);
    glp_prob *lp = glp_create_prob();
    add_columns(lp, release, field);
    irm_status status = add_rows(lp, release, field, error);
    if (status == IRM_OK) {
        int n = (int)field->n_cells, column = (int)field->place[cell];
        int moves = amount > 0 ? column : n + column,
            still = amount > 0 ? n + column : column;
        glp_set_col_bnds(lp, moves, GLP_FX, fabs(amount), fabs(amount));
        glp_set_col_bnds(lp, still, GLP_FX, 0, 0);
        glp_smcp options;
        glp_init_smcp(&options);
        options.msg_lev = GLP_MSG_OFF;
        options.meth = GLP_DUALP; /* costs are 0 or more: the basis of the rows fits */
        *found = glp_simplex(lp, &options) == 0 && glp_get_status(lp) == GLP_OPT;
        if (*found) {
            hide_moved(lp, release, field);
        }
    }
    glp_delete_prob(lp);
    glp_term_out(terminal);
    return status;
}
