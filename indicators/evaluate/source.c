#include <stdio.h>

#include "evaluate/question.h"
#include "irminon/memory.h"

void source_parsed_clear(source_parsed *p) {
    irm_formula_free(p->formulas[0]);
    irm_formula_free(p->formulas[1]);
}

irm_status source_parse(const irm_source *source, source_parsed *p, irm_error *error) {
    const char *first = source->numerator != NULL ? source->numerator : source->formula;
    *p = (source_parsed){0};
    if (first == NULL) {
        return irm_fail(error, IRM_STATUS_SCHEMA, "a source of %s has no formula",
                        source->dataset);
    }
    irm_status status = irm_formula_parse(first, &p->formulas[p->count++], error);
    if (status == IRM_OK && source->numerator != NULL && source->denominator != NULL) {
        status = irm_formula_parse(source->denominator, &p->formulas[p->count++], error);
    }
    if (status != IRM_OK) {
        source_parsed_clear(p);
    }
    return status;
}

irm_ratio source_ratio(const source_parsed *p, double scale) {
    if (p->count == 2) {
        return (irm_ratio){p->formulas[0], p->formulas[1], p->formulas[0]->root,
                           p->formulas[1]->root, scale};
    }
    irm_ratio of = irm_ratio_of(p->formulas[0], p->formulas[0]->root);
    of.scale *= scale;
    return of;
}

/* How firmly a variable fixes the years of its indicator; the firmest decide. */
static int anchoring(const irm_variable *variable) {
    return (variable->dataset == NULL ? 2 : 0) +
           (variable->time == IRM_TIME_SAME ? 1 : 0);
}

static int firmest(const source_parsed *p) {
    int best = -1;
    for (size_t f = 0; f < p->count; f++) {
        for (size_t i = 0; i < p->formulas[f]->n_variables; i++) {
            int of = anchoring(&p->formulas[f]->variables[i]);
            best = of > best ? of : best;
        }
    }
    return best;
}

/* Keeps of `years` those also in `other`; all of them when that would leave none. */
static void intersect(int *years, size_t *count, const int *other, size_t n_other) {
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        for (size_t j = 0; j < n_other; j++) {
            if (years[i] == other[j]) {
                years[kept++] = years[i];
                break;
            }
        }
    }
    *count = kept > 0 ? kept : *count;
}

/* Years common to the firmest variables; those of every year restrict nothing, unless they
 * are alone. */
static irm_status anchor_years(irm_run *run, const source_parsed *p, int **years,
                               size_t *count, irm_error *error) {
    int best = firmest(p);
    bool first = true, any = false;
    for (size_t f = 0; f < p->count; f++) {
        for (size_t i = 0; i < p->formulas[f]->n_variables; i++) {
            irm_variable *variable = &p->formulas[f]->variables[i];
            if (anchoring(variable) != best) {
                continue;
            }
            int *own = NULL;
            size_t n = 0;
            irm_status status = irm_run_years(run, variable, &own, &n, error);
            bool timeless =
                status == IRM_OK && n > 0 && irm_run_timeless(run, variable, own[n - 1]);
            if (status == IRM_OK && (first || (!timeless && !any))) {
                irm_free(*years);
                *years = own;
                *count = n;
                own = NULL;
                first = false;
                any = !timeless;
            } else if (status == IRM_OK && !timeless) {
                intersect(*years, count, own, n);
            }
            irm_free(own);
            IRM_TRY(status);
        }
    }
    return IRM_OK;
}

/* An indicator made of other indicators alone has their years. */
static irm_status borrowed_years(irm_run *run, const source_parsed *p, int **years,
                                 size_t *count, irm_error *error) {
    irm_evaluator *evaluator = run->evaluator;
    for (size_t f = 0; f < p->count; f++) {
        for (size_t i = 0; i < p->formulas[f]->n_nodes; i++) {
            const irm_node *node = &p->formulas[f]->nodes[i];
            if (node->kind == IRM_NODE_INDICATOR) {
                size_t index = 0;
                IRM_TRY(irm_catalogue_need(evaluator->catalogue, node->indicator, &index,
                                           error));
                return irm_evaluator_years(evaluator, index, run->level, years, count,
                                           error);
            }
        }
    }
    return irm_fail(error, IRM_STATUS_REFUSED, "the formula names no variable");
}

irm_status source_resolves(irm_run *run, const source_parsed *p, int year,
                           irm_error *why) {
    for (size_t f = 0; f < p->count; f++) {
        for (size_t i = 0; i < p->formulas[f]->n_variables; i++) {
            irm_run trial = {.evaluator = run->evaluator,
                             .level = run->level,
                             .dataset = run->dataset,
                             .year = year};
            int own = 0;
            IRM_TRY(irm_run_year(&trial, &p->formulas[f]->variables[i], &own, why));
        }
    }
    return IRM_OK;
}

/* Drops the years at which a variable of another time cannot be read. */
static irm_status drop_unresolved(irm_run *run, const source_parsed *p, int *years,
                                  size_t *count, irm_error *error) {
    size_t kept = 0;
    irm_error why = {0};
    irm_status last = IRM_STATUS_NOT_FOUND;
    for (size_t y = 0; y < *count; y++) {
        irm_status status = source_resolves(run, p, years[y], &why);
        if (status == IRM_OK) {
            years[kept++] = years[y];
        } else if (!irm_run_unavailable(status)) {
            return irm_fail(error, status, "%s", why.message);
        } else {
            last = status;
        }
    }
    *count = kept;
    return kept > 0 ? IRM_OK : irm_fail(error, last, "%s", why.message);
}

/* Years of one source, ascending. NOT_FOUND or REFUSED with the reason when none. */
irm_status source_years(irm_run *run, const source_parsed *p, int **years, size_t *count,
                        irm_error *error) {
    *years = NULL;
    *count = 0;
    if (++run->evaluator->depth > IRM_MAX_DEPTH) {
        run->evaluator->depth--;
        return irm_fail(error, IRM_STATUS_SCHEMA,
                        "indicators that name each other in a circle");
    }
    irm_status status = firmest(p) >= 0 ? anchor_years(run, p, years, count, error)
                                        : borrowed_years(run, p, years, count, error);
    if (status == IRM_OK && *count == 0) {
        status = irm_fail(error, IRM_STATUS_NOT_FOUND, "no year is available");
    }
    if (status == IRM_OK) {
        status = drop_unresolved(run, p, *years, count, error);
    }
    if (status != IRM_OK) {
        irm_free(*years);
        *years = NULL;
        *count = 0;
    }
    run->evaluator->depth--;
    return status;
}
