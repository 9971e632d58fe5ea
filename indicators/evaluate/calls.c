#include "evaluate/calls.h"

#include <math.h>
#include <string.h>

#include "evaluate/leaf_inside.h"
#include "evaluate/yardstick.h"
#include "irminon/inequality.h"
#include "irminon/memory.h"

static const irm_level *level_of(const irm_run *run, irm_whereabouts where) {
    switch (where) {
        case IRM_WHERE_COMMUNES:
            return run->evaluator->communes;
        case IRM_WHERE_REFERENCE:
            return irm_geography_level(run->evaluator->geography, "fr");
        default:
            return run->level;
    }
}

const irm_level *irm_run_level(const irm_run *run, const irm_variable *variable) {
    return level_of(run, variable->where);
}

/* Items of an operand over another level: what the run learns on the way is kept. */
static irm_status elsewhere(irm_run *run, const irm_level *level,
                            const irm_formula *formula, size_t node, irm_quantity **items,
                            irm_error *error) {
    *items = irm_calloc(level->count, sizeof **items);
    if (*items == NULL) {
        return irm_fail_memory(error);
    }
    irm_run there = *run;
    there.level = level;
    there.least = NULL; /* counts of other places */
    irm_status status = irm_run_node(&there, formula, node, *items, error);
    there.level = run->level;
    there.least = run->least;
    *run = there;
    if (status != IRM_OK) {
        irm_free(*items);
        *items = NULL;
    }
    return status;
}

/* ---- the reference ---------------------------------------------------------------- */

/* What qualifies the figure of France does not qualify those compared with it. */
static const uint32_t of_the_whole = IRM_FLAG_LOW_COUNT | IRM_FLAG_RELIABLE_COUNT |
                                     IRM_FLAG_PARTIAL_COVERAGE |
                                     IRM_FLAG_CONVERTED_GEOGRAPHY;

static irm_status reference_item(irm_run *run, const irm_formula *formula, size_t node,
                                 const irm_level *france, irm_quantity *item,
                                 irm_error *error) {
    irm_quantity *items = NULL;
    IRM_TRY(elsewhere(run, france, formula, node, &items, error));
    *item = items[0];
    item->flags &= ~of_the_whole;
    irm_free(items);
    return IRM_OK;
}

static irm_status reference_call(irm_run *run, const irm_formula *formula,
                                 const irm_node *node, irm_quantity *items,
                                 irm_error *error) {
    irm_quantity item;
    const irm_level *france;
    const size_t *operand = formula->operands + node->first_operand;
    IRM_TRY(irm_run_yardstick(run, formula, operand, 1, &france, error));
    IRM_TRY(reference_item(run, formula, *operand, france, &item, error));
    for (size_t i = 0; i < run->level->count; i++) {
        items[i] = item;
    }
    return IRM_OK;
}

/* ---- communes of a territory ------------------------------------------------------- */

/* Two figures of each commune of one territory, and what is known of them together. */
typedef struct parts {
    double *a, *b;  /* as many as communes in the country */
    int32_t *group; /* the same; numbers from 0, in the order met */
    size_t count, n_groups;
    bool secret, missing, inexact, estimated;
    uint32_t flags;
} parts;

static void parts_add(parts *p, irm_quantity a, irm_quantity b, int32_t group) {
    if (a.state == IRM_STATE_NOT_APPLICABLE || b.state == IRM_STATE_NOT_APPLICABLE) {
        return;
    }
    p->flags |= a.flags | b.flags;
    if (irm_state_hidden(a.state) || irm_state_hidden(b.state)) {
        bool secret = a.state == IRM_STATE_SECRET || b.state == IRM_STATE_SECRET;
        p->secret = p->secret || secret;
        p->missing = p->missing || !secret;
        return;
    }
    p->inexact = p->inexact || a.lower != a.upper || b.lower != b.upper;
    p->estimated =
        p->estimated || a.state == IRM_STATE_ESTIMATED || b.state == IRM_STATE_ESTIMATED;
    p->group[p->count] = group;
    p->a[p->count] = a.value;
    p->b[p->count++] = b.value;
}

static irm_status index_of(irm_node_kind kind, const parts *p, double *value,
                           irm_error *error) {
    irm_theil theil;
    switch (kind) {
        case IRM_NODE_GINI:
            return irm_gini(p->a, p->b, p->count, value, error);
        case IRM_NODE_THEIL:
        case IRM_NODE_THEIL_WITHIN:
        case IRM_NODE_THEIL_BETWEEN:
            IRM_TRY(irm_theil_index(p->a, p->b, p->group, p->n_groups, p->count, &theil,
                                    error));
            *value = kind == IRM_NODE_THEIL          ? theil.total
                     : kind == IRM_NODE_THEIL_WITHIN ? theil.within
                                                     : theil.between;
            return IRM_OK;
        case IRM_NODE_ISOLATION:
            *value = irm_isolation(p->a, p->b, p->count);
            return IRM_OK;
        default:
            *value = irm_dissimilarity(p->a, p->b, p->count);
            return IRM_OK;
    }
}

/* A computed index: within its range for sure where what it rests on is not exact. */
static irm_quantity figure(double value, bool inexact, double most, bool estimated) {
    irm_quantity q = irm_quantity_exact(value);
    if (inexact) {
        q.lower = 0;
        q.upper = most;
    }
    q.state = estimated ? IRM_STATE_ESTIMATED : q.state;
    return q;
}

/* An index of hidden parts is not computed over the others: only its range is certain. */
static irm_status index_item(irm_node_kind kind, const parts *p, irm_quantity *item,
                             irm_error *error) {
    bool theil = kind >= IRM_NODE_THEIL && kind <= IRM_NODE_THEIL_BETWEEN;
    double most = theil ? INFINITY : 1, value = NAN;
    if (p->secret || p->missing) {
        *item = irm_quantity_hidden(p->secret ? IRM_STATE_SECRET : IRM_STATE_MISSING, 0,
                                    most);
    } else {
        IRM_TRY(index_of(kind, p, &value, error));
        *item = isnan(value) ? irm_quantity_hidden(IRM_STATE_NOT_APPLICABLE, NAN, NAN)
                             : figure(value, p->inexact, most, p->estimated);
    }
    item->flags |= p->flags & ~(uint32_t)(IRM_FLAG_LOW_COUNT | IRM_FLAG_RELIABLE_COUNT);
    return IRM_OK;
}

/* Communes by territory: those of i are order[start[i] … start[i + 1] - 1]. */
static irm_status members(const irm_level *level, size_t n_communes, size_t **start,
                          uint32_t **order, irm_error *error) {
    *start = irm_calloc(level->count + 2, sizeof **start);
    *order = irm_calloc(n_communes, sizeof **order);
    if (*start == NULL || *order == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < n_communes; c++) {
        if (level->of_commune[c] >= 0) {
            (*start)[level->of_commune[c] + 2]++;
        }
    }
    for (size_t i = 2; i < level->count + 2; i++) {
        (*start)[i] += (*start)[i - 1];
    }
    for (size_t c = 0; c < n_communes; c++) {
        if (level->of_commune[c] >= 0) {
            (*order)[(*start)[level->of_commune[c] + 1]++] = (uint32_t)c;
        }
    }
    return IRM_OK;
}

/* The groups of communes by the territories of a level: a commune of none is alone in its
 * own. Without a level, all are in one. */
typedef struct groups {
    const irm_level *by;
    int32_t *number; /* of each territory of the level, in the place at hand; -1 new */
} groups;

static int32_t group_of(const groups *g, size_t commune, parts *p) {
    if (g->by == NULL) {
        p->n_groups = 1;
        return 0;
    }
    int32_t of = leaf_item_of(g->by, commune);
    if (of < 0) {
        return (int32_t)p->n_groups++;
    }
    if (g->number[of] < 0) {
        g->number[of] = (int32_t)p->n_groups++;
    }
    return g->number[of];
}

static void forget_groups(const groups *g) {
    for (size_t i = 0; g->by != NULL && i < g->by->count; i++) {
        g->number[i] = -1;
    }
}

/* What is asked of the communes of each territory. */
typedef struct communes_of {
    const irm_level *level;
    size_t n_communes;
    const irm_quantity *a, *b; /* by commune */
    groups groups;
} communes_of;

static irm_status index_items(irm_node_kind kind, const communes_of *of,
                              irm_quantity *items, irm_error *error) {
    size_t *start = NULL, n = of->n_communes;
    uint32_t *order = NULL;
    parts p = {.a = irm_calloc(n, sizeof *p.a),
               .b = irm_calloc(n, sizeof *p.b),
               .group = irm_calloc(n, sizeof *p.group)};
    bool room = p.a != NULL && p.b != NULL && p.group != NULL;
    irm_status status =
        room ? members(of->level, n, &start, &order, error) : irm_fail_memory(error);
    for (size_t i = 0; status == IRM_OK && i < of->level->count; i++) {
        p = (parts){.a = p.a, .b = p.b, .group = p.group};
        forget_groups(&of->groups);
        for (size_t k = start[i]; k < start[i + 1]; k++) {
            int32_t group = group_of(&of->groups, order[k], &p);
            parts_add(&p, of->a[order[k]], of->b[order[k]], group);
        }
        status = index_item(kind, &p, &items[i], error);
    }
    irm_free(p.a);
    irm_free(p.b);
    irm_free(p.group);
    irm_free(start);
    irm_free(order);
    return status;
}

/* The level that a call groups communes by; by NULL for the others. */
static irm_status groups_of(const irm_run *run, const irm_node *node, groups *g,
                            irm_error *error) {
    if (node->indicator == NULL) {
        return IRM_OK;
    }
    g->by = irm_geography_level(run->evaluator->geography, node->indicator);
    if (g->by == NULL || leaf_is_commune_level(g->by) || g->by->of_commune == NULL ||
        g->by->n_cuts > 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "%s is no level of the geography that groups whole communes",
                        node->indicator);
    }
    if (strcmp(run->level->id, g->by->id) == 0) {
        return irm_fail(
            error, IRM_STATUS_REFUSED,
            "it compares groups of communes: a territory of %s is in one alone",
            run->level->id);
    }
    g->number = irm_calloc(g->by->count, sizeof *g->number);
    return g->number != NULL ? IRM_OK : irm_fail_memory(error);
}

static irm_status communes_call(irm_run *run, const irm_formula *formula,
                                const irm_node *node, irm_quantity *items,
                                irm_error *error) {
    const irm_level *communes = run->evaluator->communes;
    const size_t *operand = formula->operands + node->first_operand;
    irm_quantity *a = NULL, *b = NULL;
    if (leaf_is_commune_level(run->level) || run->level->of_commune == NULL) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "it compares the communes of a territory: %s is not made of "
                        "communes",
                        run->level->id);
    }
    if (run->level->n_cuts > 0) {
        return irm_fail(
            error, IRM_STATUS_REFUSED,
            "it compares the communes of a territory: the zones of %s cut some",
            run->level->id);
    }
    groups g = {0};
    irm_status status = groups_of(run, node, &g, error);
    if (status == IRM_OK) {
        status = elsewhere(run, communes, formula, operand[0], &a, error);
    }
    if (status == IRM_OK) {
        status = elsewhere(run, communes, formula, operand[1], &b, error);
    }
    if (status == IRM_OK) {
        communes_of of = {run->level, communes->count, a, b, g};
        status = index_items(node->kind, &of, items, error);
    }
    irm_free(g.number);
    irm_free(a);
    irm_free(b);
    return status;
}

/* ---- diversity -------------------------------------------------------------------- */

/* Entropy is between 0 and the logarithm of the number of counts, whatever is hidden. */
static irm_quantity entropy_item(const irm_quantity *counts, size_t n, double *values) {
    bool inexact = false, estimated = false;
    uint32_t flags = 0;
    for (size_t k = 0; k < n; k++) {
        flags |= counts[k].flags;
        if (irm_state_hidden(counts[k].state)) {
            irm_quantity hidden = irm_quantity_hidden(counts[k].state, 0, log((double)n));
            hidden.flags = counts[k].flags;
            return hidden;
        }
        inexact = inexact || counts[k].lower != counts[k].upper;
        estimated = estimated || counts[k].state == IRM_STATE_ESTIMATED;
        values[k] = counts[k].value;
    }
    double value = irm_entropy(values, n, 0);
    irm_quantity item = isnan(value)
                            ? irm_quantity_hidden(IRM_STATE_NOT_APPLICABLE, NAN, NAN)
                            : figure(value, inexact, log((double)n), estimated);
    item.flags |= flags;
    return item;
}

static irm_status entropy_call(irm_run *run, const irm_formula *formula,
                               const irm_node *node, irm_quantity *items,
                               irm_error *error) {
    size_t n = node->n_operands, count = run->level->count;
    irm_quantity *all = irm_calloc(n * count, sizeof *all);
    irm_quantity *one = irm_calloc(n, sizeof *one);
    double *values = irm_calloc(n, sizeof *values);
    irm_status status = IRM_OK;
    if (all == NULL || one == NULL || values == NULL) {
        status = irm_fail_memory(error);
    }
    for (size_t k = 0; status == IRM_OK && k < n; k++) {
        status = irm_run_node(run, formula, formula->operands[node->first_operand + k],
                              all + k * count, error);
    }
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        for (size_t k = 0; k < n; k++) {
            one[k] = all[k * count + i];
        }
        items[i] = entropy_item(one, n, values);
    }
    irm_free(all);
    irm_free(one);
    irm_free(values);
    return status;
}

/* ---- standardisation --------------------------------------------------------------- */

/* One age: what it adds to each territory. Direct: its rate here, weighted by its part of
 * the reference's inhabitants. Expected: its inhabitants here, with the reference's rate.
 */
static irm_status add_age(irm_run *run, const irm_formula *formula, const irm_node *node,
                          const size_t *pair, const irm_level *france,
                          irm_quantity *buffer, irm_quantity *items,
                          irm_quantity *standard, irm_error *error) {
    size_t events = pair[0], inhabitants = pair[1];
    size_t count = run->level->count;
    irm_quantity *deaths = buffer, *people = buffer + count, there = {0}, of = {0};
    IRM_TRY(irm_run_node(run, formula, inhabitants, people, error));
    IRM_TRY(reference_item(run, formula, inhabitants, france, &of, error));
    if (node->kind == IRM_NODE_STANDARDISED) {
        IRM_TRY(irm_run_node(run, formula, events, deaths, error));
        *standard = irm_quantity_add(*standard, of);
    } else {
        IRM_TRY(reference_item(run, formula, events, france, &there, error));
        there = irm_quantity_divide(there, of);
    }
    for (size_t i = 0; i < count; i++) {
        irm_quantity part =
            node->kind == IRM_NODE_STANDARDISED
                ? irm_quantity_multiply(irm_quantity_divide(deaths[i], people[i]), of)
                : irm_quantity_multiply(people[i], there);
        items[i] = irm_quantity_add(items[i], part);
    }
    return IRM_OK;
}

static irm_status ages_call(irm_run *run, const irm_formula *formula,
                            const irm_node *node, irm_quantity *items, irm_error *error) {
    size_t count = run->level->count;
    const size_t *operand = formula->operands + node->first_operand;
    irm_quantity *buffer = irm_calloc(2 * count, sizeof *buffer);
    irm_quantity standard = irm_quantity_exact(0);
    irm_status status = buffer != NULL ? IRM_OK : irm_fail_memory(error);
    const irm_level *france = NULL;
    if (status == IRM_OK) {
        status =
            irm_run_yardstick(run, formula, operand, node->n_operands, &france, error);
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = irm_quantity_exact(0);
    }
    for (size_t k = 0; status == IRM_OK && k < node->n_operands; k += 2) {
        status = add_age(run, formula, node, operand + k, france, buffer, items,
                         &standard, error);
    }
    bool direct = node->kind == IRM_NODE_STANDARDISED;
    for (size_t i = 0; status == IRM_OK && direct && i < count; i++) {
        items[i] = irm_quantity_divide(items[i], standard);
    }
    irm_free(buffer);
    return status;
}

irm_status irm_run_call(irm_run *run, const irm_formula *formula, const irm_node *node,
                        irm_quantity *items, irm_error *error) {
    switch (node->kind) {
        case IRM_NODE_REFERENCE:
            return reference_call(run, formula, node, items, error);
        case IRM_NODE_ENTROPY:
            return entropy_call(run, formula, node, items, error);
        case IRM_NODE_STANDARDISED:
        case IRM_NODE_EXPECTED:
            return ages_call(run, formula, node, items, error);
        case IRM_NODE_QUANTILE_BY:
        case IRM_NODE_MEAN_BY:
        case IRM_NODE_SUM_BY:
            return irm_run_distribution(run, formula, node, items, error);
        default:
            return communes_call(run, formula, node, items, error);
    }
}
