/* One territory by year of age: what a pyramid is drawn of. */
#include <math.h>
#include <string.h>

#include "evaluate/detail.h"
#include "evaluate/leaf_inside.h"
#include "evaluate/run.h"
#include "irminon/memory.h"

/* A variable to be read at one place. */
typedef struct asked {
    irm_run run;
    const irm_variable *variable;
    int32_t index; /* of the territory in its level */
    int year;
    irm_plan plan;
    irm_frame *frame;
    const char *rows_of; /* level of the frame's rows */
} asked;

static bool has_year(const int *years, size_t count, int year) {
    for (size_t i = 0; i < count; i++) {
        if (years[i] == year) {
            return true;
        }
    }
    return false;
}

/* The year asked, or the newest; where its rows are read. NOT_FOUND and REFUSED as for
 * any variable. */
static irm_status settle(asked *on, int year, irm_error *error) {
    int *years = NULL;
    size_t count = 0;
    IRM_TRY(irm_run_years(&on->run, on->variable, &years, &count, error));
    on->year = year != 0 ? year : years[count - 1];
    bool there = has_year(years, count, on->year);
    irm_free(years);
    if (!there) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no year %d", on->run.dataset,
                        year);
    }
    IRM_TRY(irm_leaf_plan(on->run.evaluator, on->run.dataset, on->variable, on->run.level,
                          on->year, &on->plan, error));
    on->frame = on->plan.direct != NULL ? on->plan.direct : on->plan.summed;
    on->rows_of = on->plan.direct != NULL ? on->run.level->id : on->plan.parts;
    return on->frame->detail != NULL
               ? IRM_OK
               : irm_fail(error, IRM_STATUS_REFUSED, "%s is no detail table",
                          on->frame->schema->name);
}

/* What part of each row is the territory's: by the groups of its level, which reading the
 * whole has made, or by its own code. */
static irm_status find_shares(const asked *on, double *shares, irm_error *error) {
    const irm_frame *frame = on->frame;
    const irm_level *level = on->run.level;
    int of_year = frame->row_year != NULL ? on->year : 0;
    if (on->plan.direct == NULL) {
        const leaf_groups *g =
            leaf_kept_find(on->run.evaluator, &on->plan, level, of_year);
        if (g == NULL) {
            return irm_fail(error, IRM_STATUS_REFUSED, "its rows are not told apart");
        }
        for (size_t i = g->start[on->index]; i < g->start[on->index + 1]; i++) {
            shares[g->rows[i]] = g->share == NULL ? 1 : g->share[i];
        }
        return IRM_OK;
    }
    int number = irm_frame_level(frame, level->id);
    for (size_t r = 0; r < frame->schema->n_rows; r++) {
        bool fits = frame->row_level[r] == number &&
                    (frame->row_year == NULL || frame->row_year[r] == on->year);
        bool own = level->count == 1 || strcmp(irm_column_label(frame->key, r),
                                               level->items[on->index].code) == 0;
        shares[r] = fits && own ? 1 : 0;
    }
    return IRM_OK;
}

static irm_status read_ages(asked *on, const char *dimension, double *counts, size_t n,
                            irm_error *error) {
    const irm_leaf *whole;
    IRM_TRY(irm_leaf_get(on->run.evaluator, on->run.dataset, on->variable, on->run.level,
                         on->year, 0, &whole, error));
    if (irm_state_hidden(whole->items[on->index].state)) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "its records are not all there");
    }
    double *shares = irm_calloc(on->frame->schema->n_rows, sizeof *shares);
    if (shares == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = find_shares(on, shares, error);
    if (status == IRM_OK) {
        status =
            irm_detail_spread(on->frame->detail, on->run.evaluator->store, on->variable,
                              dimension, on->rows_of, shares, counts, n, error);
    }
    irm_free(shares);
    return status;
}

irm_status irm_evaluate_ages(irm_evaluator *evaluator, const char *dataset,
                             const char *variable, const char *dimension,
                             const irm_level *level, int32_t index, int *year,
                             double *counts, size_t n, const char **table, bool *found,
                             irm_error *error) {
    irm_formula *formula = NULL;
    *found = false;
    IRM_TRY(irm_formula_parse(variable, &formula, error));
    irm_status status = IRM_OK;
    irm_error why = {0};
    if (formula->nodes[formula->root].kind != IRM_NODE_VARIABLE) {
        status = irm_fail(&why, IRM_STATUS_SCHEMA, "%s is not a variable", variable);
    } else {
        asked on = {.run = {.evaluator = evaluator, .level = level, .dataset = dataset},
                    .variable = &formula->variables[0],
                    .index = index};
        status = settle(&on, *year, &why);
        if (status == IRM_OK) {
            status = read_ages(&on, dimension, counts, n, &why);
        }
        if (status == IRM_OK) {
            *found = true;
            *year = on.year;
            *table = on.frame->schema->name;
        }
    }
    irm_formula_free(formula);
    return status == IRM_OK || irm_run_unavailable(status)
               ? IRM_OK
               : irm_fail(error, status, "%s", why.message);
}
