#include <glpk.h>
#include <math.h>

#include "disclosure/inside.h"
#include "irminon/memory.h"

/* Size of the programs that are tried. */
enum { MOST_CELLS = 120, MOST_SENSITIVE = 16 };

/* Kelly, Golden and Assad's program: y (a cell is hidden), and for each sensitive cell
 * and side the moves of a table that only hidden cells may make. Columns: y, then the
 * moves. */
typedef struct suppression {
    glp_prob *lp;
    const irm_release *release;
    int *columns;
    double *k;
    int n; /* cells */
} suppression;

static void add_hiding(suppression *s) {
    glp_add_cols(s->lp, s->n);
    for (int c = 0; c < s->n; c++) {
        const release_cell *cell = &s->release->cells[c];
        int column = c + 1;
        glp_set_col_kind(s->lp, column, GLP_BV);
        glp_set_obj_coef(s->lp, column, cell->cost);
        if (cell->hiding == IRM_HIDDEN_SENSITIVE) {
            glp_set_col_bnds(s->lp, column, GLP_FX, 1, 1);
        } else if (cell->kept) {
            glp_set_col_bnds(s->lp, column, GLP_FX, 0, 0);
        }
    }
}

static void add_sums(suppression *s, int first) {
    for (size_t i = 0; i < s->release->n_sums; i++) {
        const release_sum *sum = &s->release->sums[i];
        int used = 0;
        for (size_t p = 0; p < sum->count; p++) {
            s->columns[++used] = first + (int)s->release->parts[sum->first + p];
            s->k[used] = 1;
        }
        s->columns[++used] = first + (int)sum->total;
        s->k[used] = -1;
        int row = glp_add_rows(s->lp, 1);
        glp_set_mat_row(s->lp, row, used, s->columns, s->k);
        glp_set_row_bnds(s->lp, row, GLP_FX, 0, 0);
    }
}

/* move <= most × y, or move >= -most × y. */
static void allow_move(suppression *s, int move, int hidden, double most, bool upward) {
    int columns[] = {0, move, hidden};
    double k[] = {0, 1, upward ? -most : most};
    int row = glp_add_rows(s->lp, 1);
    glp_set_mat_row(s->lp, row, 2, columns, k);
    glp_set_row_bnds(s->lp, row, upward ? GLP_UP : GLP_LO, 0, 0);
}

/* A table in which one sensitive cell moves by `amount`. Moves of the others up to as
 * much are looked at: in tables of sums that is all that one needs. */
static void add_table(suppression *s, int cell, double amount) {
    int first = glp_add_cols(s->lp, s->n);
    double most = fabs(amount);
    for (int c = 0; c < s->n; c++) {
        double fall = fmin(most, s->release->cells[c].value - s->release->cells[c].floor);
        glp_set_col_bnds(s->lp, first + c, GLP_DB, -fall, most);
        allow_move(s, first + c, c + 1, most, true);
        if (fall > 0) {
            allow_move(s, first + c, c + 1, fall, false);
        }
    }
    glp_set_col_bnds(s->lp, first + cell, GLP_FX, amount, amount);
    add_sums(s, first);
}

static void count_nodes(glp_tree *tree, void *info) {
    size_t *nodes_left = info;
    if (glp_ios_reason(tree) == GLP_ISELECT && (*nodes_left)-- == 0) {
        glp_ios_terminate(tree);
    }
}

static bool search(glp_prob *lp, size_t nodes) {
    glp_smcp relaxed;
    glp_iocp whole;
    glp_init_smcp(&relaxed);
    relaxed.msg_lev = GLP_MSG_OFF;
    glp_init_iocp(&whole);
    whole.msg_lev = GLP_MSG_OFF;
    whole.cb_func = count_nodes;
    whole.cb_info = &nodes;
    return glp_simplex(lp, &relaxed) == 0 && glp_get_status(lp) == GLP_OPT &&
           glp_intopt(lp, &whole) == 0 && glp_mip_status(lp) == GLP_OPT;
}

static bool small_enough(const irm_release *release) {
    size_t sensitive = 0;
    for (size_t c = 0; c < release->n_cells; c++) {
        sensitive += release->cells[c].hiding == IRM_HIDDEN_SENSITIVE;
    }
    return release->n_cells <= MOST_CELLS && sensitive <= MOST_SENSITIVE &&
           release->n_cells * sensitive <= 600;
}

irm_status release_solve_exactly(irm_release *release, bool *solved, irm_error *error) {
    *solved = false;
    if (release->nodes == 0 || !small_enough(release)) {
        return IRM_OK;
    }
    suppression s = {.release = release,
                     .columns = irm_calloc(release->n_cells + 2, sizeof(int)),
                     .k = irm_calloc(release->n_cells + 2, sizeof(double)),
                     .n = (int)release->n_cells};
    if (s.columns == NULL || s.k == NULL) {
        irm_free(s.columns);
        irm_free(s.k);
        return irm_fail_memory(error);
    }
    int terminal = glp_term_out(GLP_OFF);
    s.lp = glp_create_prob();
    add_hiding(&s);
    for (int c = 0; c < s.n; c++) {
        const release_cell *cell = &release->cells[c];
        double fall = fmin(cell->below, cell->value - cell->floor);
        if (cell->hiding == IRM_HIDDEN_SENSITIVE && cell->above > 0) {
            add_table(&s, c, cell->above);
        }
        if (cell->hiding == IRM_HIDDEN_SENSITIVE && fall > 0) {
            add_table(&s, c, -fall);
        }
    }
    *solved = search(s.lp, release->nodes);
    for (int c = 0; *solved && c < s.n; c++) {
        release_cell *cell = &release->cells[c];
        if (cell->hiding != IRM_HIDDEN_SENSITIVE) {
            bool hidden = glp_mip_col_val(s.lp, c + 1) > 0.5;
            cell->hiding = hidden ? IRM_HIDDEN_BESIDE : IRM_SHOWN;
        }
    }
    glp_delete_prob(s.lp);
    glp_term_out(terminal);
    irm_free(s.columns);
    irm_free(s.k);
    return IRM_OK;
}
