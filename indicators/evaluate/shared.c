#include "evaluate/shared.h"

#include <math.h>
#include <string.h>

#include "evaluate/joint.h"
#include "evaluate/leaf_inside.h"
#include "irminon/memory.h"

/* Each leaf has five cells: the territory's figure, the reference's, and the sums of the
 * communes that the territory has alone, of those in both, and of the rest of the
 * reference. */
enum { OWN = 0, OTHER, ALONE, BOTH, REST, PIECES };
enum { OWN_ABOVE = 0, OWN_BELOW, OTHER_ABOVE, OTHER_BELOW, FORMS };

/* How a figure stands to the sum of its communes. */
typedef enum tie { TIE_NONE = 0, TIE_AT_LEAST, TIE_EQUAL } tie;

/* Bounds of a sum; `endless` of its parts have none above. */
typedef struct span {
    double low, high;
    size_t endless;
} span;

typedef struct leaf_spans {
    const irm_leaf *other;
    tie own_tie, other_tie; /* both NONE, or neither */
    span total;             /* of the reference */
    span *both, *alone;     /* by own item */
} leaf_spans;

typedef struct shared {
    const irm_pair *pair;
    irm_joint joint; /* over the own level */
    joint_linear forms[FORMS];
    leaf_spans spans[JOINT_CELLS];
    bool tied;
} shared;

/* ---- sums of communes -------------------------------------------------------------- */

static void span_add(span *sum, const irm_quantity *part) {
    sum->low += fmax(0, part->lower);
    if (isinf(part->upper)) {
        sum->endless++;
    } else {
        sum->high += fmax(0, part->upper);
    }
}

/* Sums of doubles, taken out of each other, are right to some 1e-13 of the larger. */
static span span_without(const span *whole, const span *part) {
    double slack = 1e-12 * (1 + whole->high);
    bool exact = whole->low == whole->high && part->low == part->high &&
                 whole->low == round(whole->low) && part->low == round(part->low);
    slack = exact ? 0 : slack;
    return (span){fmax(0, whole->low - part->low - slack),
                  whole->high - part->high + slack, whole->endless - part->endless};
}

static double span_high(const span *of) { return of->endless > 0 ? INFINITY : of->high; }

/* True where some row of the frame is in no commune, and so in sums of départements
 * alone. */
static bool has_rows_of_no_commune(const irm_frame *frame) {
    size_t n = irm_dict_count(frame->key->categories);
    for (size_t i = 0; i < n; i++) {
        if (frame->placed[i].commune == -1) {
            return true;
        }
    }
    return false;
}

static tie tie_of(const irm_evaluator *evaluator, const irm_leaf *leaf,
                  const irm_leaf *communes) {
    const irm_frame *parts = communes->summed;
    const irm_level *level = leaf->level;
    bool made_of_communes = leaf_is_commune_level(level) || level->of_commune != NULL;
    if (parts == NULL || leaf->summed != parts || !made_of_communes ||
        level->n_cuts > 0) {
        return TIE_NONE;
    }
    if (leaf->direct == NULL) {
        bool all = leaf_perimeter_changes(level) || !has_rows_of_no_commune(parts);
        return all ? TIE_EQUAL : TIE_AT_LEAST;
    }
    int now = irm_geography_year(evaluator->geography);
    bool same = leaf->direct->geography == now && parts->geography == now;
    const char *rule = irm_attributes_get(&parts->schema->attributes, "totals");
    if ((rule != NULL && strcmp(rule, "none") == 0) || strcmp(level->id, "fr") == 0 ||
        (!same && leaf_perimeter_changes(level))) {
        return TIE_NONE;
    }
    return rule != NULL && strcmp(rule, "equal") == 0 ? TIE_EQUAL : TIE_AT_LEAST;
}

/* True where the commune is in the reference as that leaf adds it up. */
static bool in_reference(const shared *on, const irm_leaf *other, size_t commune) {
    uint32_t left_out = other->excluded | other->outside;
    bool france = strcmp(other->level->id, "fr") == 0;
    return leaf_item_of(other->level, commune) == on->pair->other_index &&
           !(france && (leaf_overseas_bit(on->pair->own->evaluator, commune) & left_out));
}

static irm_status add_communes(shared *on, leaf_spans *spans, const irm_leaf *communes,
                               irm_error *error) {
    const irm_level *level = on->pair->own->level;
    spans->both = irm_calloc(level->count, sizeof *spans->both);
    spans->alone = irm_calloc(level->count, sizeof *spans->alone);
    if (spans->both == NULL || spans->alone == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < communes->level->count; c++) {
        const irm_quantity *part = &communes->items[c];
        int32_t item = leaf_item_of(level, c);
        bool inside = in_reference(on, spans->other, c);
        if (part->state == IRM_STATE_NOT_APPLICABLE) {
            continue;
        }
        if (inside) {
            span_add(&spans->total, part);
        }
        if (item >= 0) {
            span_add(inside ? &spans->both[item] : &spans->alone[item], part);
        }
    }
    return IRM_OK;
}

/* The reference's leaf, and the communes of both where both are made of them. */
static irm_status fill_spans(shared *on, size_t i, irm_error *error) {
    irm_run *own = on->pair->own, *other = on->pair->other;
    leaf_spans *spans = &on->spans[i];
    const irm_variable *variable = &on->joint.variables[i];
    const irm_leaf *leaf = on->joint.cells[i], *communes;
    int year = 0, other_year = 0;
    IRM_TRY(irm_run_leaf(other, variable, &spans->other, error));
    IRM_TRY(irm_run_year(own, variable, &year, error));
    IRM_TRY(irm_run_year(other, variable, &other_year, error));
    if (year != other_year || leaf->summed == NULL || spans->other->summed == NULL) {
        return IRM_OK;
    }
    const char *family = variable->dataset != NULL ? variable->dataset : own->dataset;
    IRM_TRY(irm_leaf_get(own->evaluator, family, variable, own->evaluator->communes, year,
                         0, &communes, error));
    spans->own_tie = tie_of(own->evaluator, leaf, communes);
    spans->other_tie = tie_of(own->evaluator, spans->other, communes);
    if (spans->own_tie == TIE_NONE || spans->other_tie == TIE_NONE) {
        spans->own_tie = spans->other_tie = TIE_NONE;
        return IRM_OK;
    }
    on->tied = true;
    return add_communes(on, spans, communes, error);
}

/* France as the sources share it: what some leaf leaves out, all leave out. */
static irm_status exclude_outside(shared *on, irm_error *error) {
    irm_run *other = on->pair->other;
    uint32_t outside = 0;
    for (size_t i = 0; i < on->joint.n_cells; i++) {
        const irm_leaf *leaf;
        IRM_TRY(irm_run_leaf(other, &on->joint.variables[i], &leaf, error));
        outside |= leaf->outside;
    }
    other->excluded |= outside;
    return IRM_OK;
}

/* ---- one territory ----------------------------------------------------------------- */

static irm_status add_leaf(const shared *on, irm_bounds *bounds, size_t i, size_t item,
                           irm_error *error) {
    const leaf_spans *spans = &on->spans[i];
    const irm_quantity *own = &on->joint.cells[i]->items[item];
    const irm_quantity *other = &spans->other->items[on->pair->other_index];
    span alone = {0}, both = {0}, rest = {0};
    if (spans->own_tie != TIE_NONE) {
        alone = spans->alone[item];
        both = spans->both[item];
        rest = span_without(&spans->total, &both);
    }
    size_t at = irm_bounds_cells(bounds);
    IRM_TRY(irm_bounds_cell(bounds, own->lower, own->upper, false, NULL, error));
    IRM_TRY(irm_bounds_cell(bounds, other->lower, other->upper, false, NULL, error));
    IRM_TRY(irm_bounds_cell(bounds, alone.low, span_high(&alone), false, NULL, error));
    IRM_TRY(irm_bounds_cell(bounds, both.low, span_high(&both), false, NULL, error));
    IRM_TRY(irm_bounds_cell(bounds, rest.low, span_high(&rest), false, NULL, error));
    if (spans->own_tie == TIE_NONE) {
        return IRM_OK;
    }
    const irm_bounds_term of_own[] = {{at + OWN, 1}, {at + ALONE, -1}, {at + BOTH, -1}};
    const irm_bounds_term of_other[] = {
        {at + OTHER, 1}, {at + BOTH, -1}, {at + REST, -1}};
    /* Figures with decimals add up but for the rounding of sums. */
    double own_slack = 1e-12 * (1 + both.high + alone.high);
    double slack = 1e-12 * (1 + spans->total.high);
    IRM_TRY(irm_bounds_relation(bounds, of_own, 3, -own_slack,
                                spans->own_tie == TIE_EQUAL ? own_slack : INFINITY,
                                error));
    return irm_bounds_relation(bounds, of_other, 3, -slack,
                               spans->other_tie == TIE_EQUAL ? slack : INFINITY, error);
}

/* What is true of each row is true of the figures, and of the communes in each piece. */
static irm_status add_identity(const shared *on, irm_bounds *bounds,
                               const joint_relation *relation, irm_error *error) {
    bool tied = true;
    for (size_t t = 0; t < relation->n; t++) {
        tied = tied && on->spans[relation->terms[t].cell].own_tie != TIE_NONE;
    }
    for (size_t piece = 0; piece < (tied ? (size_t)PIECES : (size_t)ALONE); piece++) {
        irm_bounds_term terms[JOINT_CELLS];
        for (size_t t = 0; t < relation->n; t++) {
            terms[t] = (irm_bounds_term){PIECES * relation->terms[t].cell + piece,
                                         relation->terms[t].coefficient};
        }
        IRM_TRY(irm_bounds_relation(bounds, terms, relation->n, relation->low,
                                    relation->high, error));
    }
    return IRM_OK;
}

static bool applies(const shared *on, size_t item) {
    for (size_t i = 0; i < on->joint.n_cells; i++) {
        const irm_quantity *other = &on->spans[i].other->items[on->pair->other_index];
        if (on->joint.cells[i]->items[item].state == IRM_STATE_NOT_APPLICABLE ||
            other->state == IRM_STATE_NOT_APPLICABLE) {
            return false;
        }
    }
    return true;
}

static irm_status fill_system(const shared *on, irm_bounds *bounds, size_t item,
                              irm_error *error) {
    irm_bounds_reset(bounds);
    for (size_t i = 0; i < on->joint.n_cells; i++) {
        IRM_TRY(add_leaf(on, bounds, i, item, error));
    }
    for (size_t r = 0; r < on->joint.n_relations; r++) {
        IRM_TRY(add_identity(on, bounds, &on->joint.relations[r], error));
    }
    return IRM_OK;
}

static irm_status solve_item(const shared *on, irm_bounds *bounds, size_t item,
                             irm_quantity *result, irm_error *error) {
    irm_bounds_term terms[FORMS][JOINT_CELLS];
    irm_bounds_affine forms[FORMS];
    double lower, upper, scale = on->pair->scale;
    IRM_TRY(fill_system(on, bounds, item, error));
    irm_error why = {0};
    irm_status status = irm_bounds_propagate(bounds, NULL, &why);
    if (status == IRM_STATUS_DATA) {
        return IRM_OK; /* the producer's totals disagree there: nothing more is proved */
    }
    for (int f = 0; f < FORMS; f++) {
        size_t first = f < OTHER_ABOVE ? OWN : OTHER;
        forms[f].terms = terms[f];
        forms[f].n_terms =
            irm_joint_terms(&on->joint, &on->forms[f], first, PIECES, terms[f]);
        forms[f].constant = on->forms[f].constant;
    }
    if (status == IRM_OK) {
        status = on->pair->quotient
                     ? irm_bounds_quotient(bounds, forms, &lower, &upper, &why)
                     : irm_bounds_gap(bounds, forms, &lower, &upper, &why);
    }
    if (status != IRM_OK) {
        return irm_fail(error, status, "%s", why.message);
    }
    irm_quantity proved = {NAN, scale > 0 ? scale * lower : scale * upper,
                           scale > 0 ? scale * upper : scale * lower, IRM_STATE_BOUNDED,
                           result->flags};
    *result = irm_quantity_meet(*result, proved);
    return IRM_OK;
}

/* ---- together ---------------------------------------------------------------------- */

static bool add_form(shared *on, const irm_ratio *of, int form) {
    joint_linear *above = &on->forms[form], *below = &on->forms[form + 1];
    if (!irm_joint_add(&on->joint, of->above, of->above_node, of->scale, above)) {
        return false;
    }
    below->constant = of->below == NULL ? 1 : 0;
    return of->below == NULL ||
           irm_joint_add(&on->joint, of->below, of->below_node, 1, below);
}

/* True where some leaf of the territory's own figure is open: otherwise the reference's
 * bounds alone count, and interval arithmetic is exact. */
static bool own_is_open(const shared *on, size_t item) {
    for (size_t i = 0; i < on->joint.n_formula; i++) {
        const irm_quantity *cell = &on->joint.cells[i]->items[item];
        if (on->spans[i].own_tie != TIE_NONE && cell->lower < cell->upper) {
            return true;
        }
    }
    return false;
}

static irm_status narrow(shared *on, int32_t only, irm_quantity *items,
                         irm_error *error) {
    size_t first = only >= 0 ? (size_t)only : 0;
    size_t end = only >= 0 ? first + 1 : on->pair->own->level->count;
    IRM_TRY(exclude_outside(on, error));
    for (size_t i = 0; i < on->joint.n_cells; i++) {
        IRM_TRY(fill_spans(on, i, error));
    }
    irm_bounds *bounds = NULL;
    irm_status status = on->tied ? irm_bounds_new(&bounds, error) : IRM_OK;
    for (size_t t = first; status == IRM_OK && on->tied && t < end; t++) {
        bool open =
            items[t].state != IRM_STATE_NOT_APPLICABLE && items[t].lower < items[t].upper;
        if (open && own_is_open(on, t) && applies(on, t)) {
            status = solve_item(on, bounds, t, &items[t], error);
        }
    }
    irm_bounds_free(bounds);
    return status;
}

irm_status irm_pair_narrow(irm_pair *pair, int32_t only, irm_quantity *items,
                           irm_error *error) {
    shared on = {.pair = pair, .joint = {.run = pair->own}};
    if (!add_form(&on, &pair->of_own, OWN_ABOVE) ||
        !add_form(&on, &pair->of_other, OTHER_ABOVE)) {
        return IRM_OK;
    }
    irm_joint_identities(&on.joint);
    irm_error why = {0};
    irm_status status = narrow(&on, only, items, &why);
    for (size_t i = 0; i < on.joint.n_cells; i++) {
        irm_free(on.spans[i].both);
        irm_free(on.spans[i].alone);
    }
    if (status != IRM_OK && !irm_run_unavailable(status)) {
        return irm_fail(error, status, "%s", why.message);
    }
    return IRM_OK; /* the reference has no such leaf: nothing more is proved */
}
