/* Figures compared with a reference: the gap of two evaluations, and formulas that
 * compare with reference(). */
#include <math.h>

#include "evaluate/leaf_inside.h"
#include "evaluate/question.h"
#include "evaluate/shared.h"
#include "evaluate/yardstick.h"
#include "irminon/memory.h"

static bool is_open(irm_quantity q) {
    return q.state != IRM_STATE_NOT_APPLICABLE && q.lower < q.upper;
}

/* ---- two evaluations ----------------------------------------------------------------
 */

static irm_status narrow_gap(irm_evaluator *evaluator, const irm_evaluation *own,
                             int32_t index, const irm_evaluation *reference,
                             int32_t reference_index, irm_quantity *gap,
                             irm_error *error) {
    source_parsed p;
    IRM_TRY(source_parse(own->source, &p, error));
    irm_run mine = {.evaluator = evaluator,
                    .level = own->level,
                    .dataset = own->source->dataset,
                    .year = own->year};
    irm_run theirs = mine;
    theirs.level = reference->level;
    irm_pair pair = {.own = &mine,
                     .other = &theirs,
                     .other_index = reference_index,
                     .of_own = source_ratio(&p, own->source->scale),
                     .of_other = source_ratio(&p, own->source->scale),
                     .scale = 1};
    irm_quantity *items = irm_calloc(own->count, sizeof *items);
    irm_status status = items != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        items[index] = *gap;
        status = irm_pair_narrow(&pair, index, items, error);
        *gap = items[index];
    }
    irm_free(items);
    source_parsed_clear(&p);
    return status;
}

irm_status irm_evaluate_gap(irm_evaluator *evaluator, const irm_evaluation *own,
                            int32_t index, const irm_evaluation *reference,
                            int32_t reference_index, irm_quantity *gap,
                            irm_error *error) {
    *gap = irm_quantity_subtract(own->result[index], reference->result[reference_index]);
    bool same = own->source != NULL && own->source == reference->source &&
                own->year == reference->year;
    return same && is_open(*gap) && is_open(own->result[index])
               ? narrow_gap(evaluator, own, index, reference, reference_index, gap, error)
               : IRM_OK;
}

/* ---- formulas -----------------------------------------------------------------------
 */

/* scale x (own - reference(other)), or / . */
typedef struct comparison {
    irm_ratio of_own, of_other;
    bool quotient;
    double scale;
    size_t call; /* the node of reference() */
} comparison;

static bool comparison_of(const irm_formula *formula, comparison *found) {
    irm_ratio whole = irm_ratio_of(formula, formula->root);
    const irm_node *node = &formula->nodes[whole.above_node];
    size_t own, other;
    found->scale = whole.scale;
    found->quotient = whole.below != NULL;
    if (found->quotient) {
        own = whole.above_node;
        other = whole.below_node;
    } else if (node->kind == IRM_NODE_SUBTRACT) {
        own = node->left;
        other = node->right;
    } else {
        return false;
    }
    const irm_node *call = &formula->nodes[other];
    if (call->kind != IRM_NODE_REFERENCE) {
        return false;
    }
    found->call = other;
    found->of_own = irm_ratio_of(formula, own);
    found->of_other = irm_ratio_of(formula, formula->operands[call->first_operand]);
    return true;
}

/* A ratio over a level, with what its sides share taken once. */
static irm_status ratio_items(irm_run *run, const irm_ratio *of, irm_evaluation *out,
                              irm_error *error) {
    size_t n = run->level->count;
    *out = (irm_evaluation){.level = run->level, .count = n};
    out->result = irm_calloc(n, sizeof *out->result);
    out->numerator = irm_calloc(n, sizeof *out->numerator);
    out->denominator = irm_calloc(n, sizeof *out->denominator);
    if (out->result == NULL || out->numerator == NULL || out->denominator == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_run_node(run, of->above, of->above_node, out->numerator, error));
    if (of->below != NULL) {
        IRM_TRY(irm_run_node(run, of->below, of->below_node, out->denominator, error));
    }
    irm_quantity scale = irm_quantity_exact(of->scale);
    for (size_t i = 0; i < n; i++) {
        irm_quantity ratio = of->below != NULL ? irm_quantity_divide(out->numerator[i],
                                                                     out->denominator[i])
                                               : out->numerator[i];
        out->result[i] = of->scale == 1 ? ratio : irm_quantity_multiply(ratio, scale);
    }
    return irm_run_dependence(run, of, out, error);
}

static void meet_items(const comparison *c, const irm_evaluation *own,
                       const irm_quantity *other, irm_quantity *items) {
    irm_quantity scale = irm_quantity_exact(c->scale);
    for (size_t i = 0; i < own->count; i++) {
        irm_quantity one = c->quotient ? irm_quantity_divide(own->result[i], *other)
                                       : irm_quantity_subtract(own->result[i], *other);
        one.flags = 0; /* those of the formula stand */
        if (is_open(items[i])) {
            items[i] = irm_quantity_meet(items[i], irm_quantity_multiply(one, scale));
        }
    }
}

static irm_status narrow_comparison(irm_run *run, irm_run *there, const comparison *c,
                                    irm_quantity *items, irm_error *error) {
    irm_evaluation own = {0}, other = {0};
    irm_status status = ratio_items(run, &c->of_own, &own, error);
    if (status == IRM_OK) {
        status = ratio_items(there, &c->of_other, &other, error);
    }
    if (status == IRM_OK) {
        meet_items(c, &own, &other.result[0], items);
        irm_pair pair = {.own = run,
                         .other = there,
                         .of_own = c->of_own,
                         .of_other = c->of_other,
                         .quotient = c->quotient,
                         .scale = c->scale};
        status = irm_pair_narrow(&pair, -1, items, error);
    }
    irm_evaluation_clear(&own);
    irm_evaluation_clear(&other);
    return status;
}

irm_status irm_run_comparison(irm_run *run, const irm_formula *formula,
                              irm_quantity *items, irm_error *error) {
    comparison c;
    bool open = false;
    for (size_t i = 0; i < run->level->count; i++) {
        open = open || is_open(items[i]);
    }
    if (!open || !comparison_of(formula, &c)) {
        return IRM_OK;
    }
    irm_run here = *run, there = *run; /* what they learn was learnt before */
    here.tables = there.tables = (irm_buffer){0};
    here.least = there.least = NULL;
    const irm_node *call = &formula->nodes[c.call];
    irm_status status = irm_run_yardstick(
        &here, formula, formula->operands + call->first_operand, 1, &there.level, error);
    if (status == IRM_OK) {
        status = narrow_comparison(&here, &there, &c, items, error);
    }
    irm_buffer_clear(&here.tables);
    irm_buffer_clear(&there.tables);
    return status;
}
