/* Quantiles, means and sums over a dimension whose modalities are numbers: ages last
 * birthday, persons of a household. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/calls.h"
#include "evaluate/detail.h"
#include "evaluate/leaf_inside.h"
#include "irminon/memory.h"

/* The territories counted between two numbers: from `lower` to before `upper`, which is
 * infinite for the last, when it is open. */
typedef struct band {
    const char *code; /* borrowed from the frame */
    double lower, upper;
    bool single;  /* one whole number */
    size_t parts; /* of the longest chain of bands from this one to the last number */
    size_t next;  /* band that follows it in that chain */
} band;

typedef struct bands {
    band *items;
    size_t count;
} bands;

static int by_lower(const void *a, const void *b) {
    const band *left = a, *right = b;
    int order = (left->lower > right->lower) - (left->lower < right->lower);
    return order != 0 ? order
                      : (left->upper > right->upper) - (left->upper < right->upper);
}

static void band_add(bands *list, const char *code) {
    long first, last;
    if (!irm_code_numbers(code, &first, &last)) {
        return;
    }
    list->items[list->count++] =
        (band){.code = code,
               .lower = first == LONG_MIN ? 0 : (double)first,
               .upper = last == LONG_MAX ? INFINITY : (double)last + 1,
               .single = first == last};
}

static bool all_single(const bands *list) {
    for (size_t i = 0; i < list->count; i++) {
        if (!list->items[i].single) {
            return false;
        }
    }
    return list->count > 0;
}

/* The finest of the partitions that a cube carries (years of age, five-year bands, a few
 * classes): the chain of most bands, each of which starts where the one before ends. */
static bool finest_chain(bands *list) {
    double end = 0;
    for (size_t i = 0; i < list->count; i++) {
        end = fmax(end, list->items[i].upper);
    }
    for (size_t i = list->count; i-- > 0;) {
        band *one = &list->items[i];
        one->parts = one->upper == end;
        for (size_t j = i + 1; j < list->count; j++) {
            const band *after = &list->items[j];
            if (after->lower == one->upper && after->parts > 0 &&
                after->parts + 1 > one->parts) {
                one->parts = after->parts + 1;
                one->next = j;
            }
        }
    }
    size_t at = 0, kept = 0;
    for (size_t i = 1; i < list->count; i++) {
        bool first = list->items[i].lower == list->items[0].lower;
        at = first && list->items[i].parts > list->items[at].parts ? i : at;
    }
    size_t parts = list->count > 0 ? list->items[at].parts : 0;
    for (; kept < parts; kept++) { /* a chain goes forward: its place is free */
        band one = list->items[at];
        list->items[kept] = one;
        at = one.next;
    }
    list->count = kept;
    return kept > 0;
}

static irm_status labels_of(irm_run *run, irm_frame *frame, const irm_variable *variable,
                            const char *dimension, const irm_dict **labels,
                            const uint8_t **present, irm_error *error) {
    const irm_store *store = run->evaluator->store;
    *present = NULL;
    if (frame->detail != NULL) {
        return irm_detail_modalities(frame->detail, store, variable, dimension, labels,
                                     error);
    }
    const irm_measure *measure = irm_frame_measure(frame, variable->name);
    for (size_t d = 0; measure != NULL && d < frame->n_dimensions; d++) {
        irm_column *column;
        IRM_TRY(irm_frame_column(frame, store, frame->dimensions[d], &column, error));
        const char *id = irm_attributes_get(&column->attributes, "variable");
        if (strcmp(column->name, dimension) == 0 ||
            (id != NULL && strcmp(id, dimension) == 0)) {
            *labels = column->categories;
            *present = measure->present[d];
            return IRM_OK;
        }
    }
    return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s has no dimension %s",
                    frame->schema->name, dimension);
}

static irm_status find_bands(irm_run *run, irm_frame *frame, const irm_variable *variable,
                             const char *dimension, bands *list, irm_error *error) {
    const irm_dict *labels = NULL;
    const uint8_t *present;
    IRM_TRY(labels_of(run, frame, variable, dimension, &labels, &present, error));
    size_t n = irm_dict_count(labels);
    list->items = irm_calloc(n, sizeof *list->items);
    if (list->items == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        if (present == NULL || present[i] != 0) {
            band_add(list, irm_dict_text(labels, (int32_t)i));
        }
    }
    qsort(list->items, list->count, sizeof *list->items, by_lower);
    /* Records have ages; cubes have cells, of which several partitions may be there. */
    bool whole = frame->detail != NULL ? all_single(list) : finest_chain(list);
    return whole ? IRM_OK
                 : irm_fail(error, IRM_STATUS_REFUSED,
                            "the modalities of %s in %s are not numbers that follow each "
                            "other",
                            dimension, frame->schema->name);
}

/* ---- counts ----------------------------------------------------------------------- */

/* Counts by band, then by territory; `low` and `high` are their certain bounds. */
typedef struct counts {
    size_t n_bands, n;
    double *value, *low, *high;
    uint8_t *state;  /* by territory: VALUE, or why it is hidden */
    bool *inexact;   /* by territory */
    uint32_t *flags; /* by territory */
} counts;

static void counts_clear(counts *c) {
    irm_free(c->value);
    irm_free(c->low);
    irm_free(c->high);
    irm_free(c->state);
    irm_free(c->inexact);
    irm_free(c->flags);
}

static irm_status counts_init(counts *c, size_t n_bands, size_t n, irm_error *error) {
    *c = (counts){.n_bands = n_bands, .n = n};
    c->value = irm_calloc(n_bands * n, sizeof *c->value);
    c->low = irm_calloc(n_bands * n, sizeof *c->low);
    c->high = irm_calloc(n_bands * n, sizeof *c->high);
    c->state = irm_calloc(n, 1);
    c->inexact = irm_calloc(n, sizeof *c->inexact);
    c->flags = irm_calloc(n, sizeof *c->flags);
    return c->value == NULL || c->low == NULL || c->high == NULL || c->state == NULL ||
                   c->inexact == NULL || c->flags == NULL
               ? irm_fail_memory(error)
               : IRM_OK;
}

static void counts_take(counts *c, size_t k, const irm_quantity *items) {
    for (size_t i = 0; i < c->n; i++) {
        irm_quantity one = items[i];
        c->value[k * c->n + i] = one.value;
        c->low[k * c->n + i] = one.lower;
        c->high[k * c->n + i] = one.upper;
        c->flags[i] |= one.flags;
        c->inexact[i] = c->inexact[i] || one.lower != one.upper;
        if (irm_state_hidden(one.state) && c->state[i] == IRM_STATE_VALUE) {
            c->state[i] = (uint8_t)one.state;
        }
    }
}

/* What is known of each territory's whole is known of its parts; a hidden whole leaves
 * them without bounds. */
static void take_wholes(counts *c, const irm_quantity *wholes) {
    for (size_t i = 0; i < c->n; i++) {
        bool hidden = irm_state_hidden(wholes[i].state);
        c->state[i] = (uint8_t)(hidden ? wholes[i].state : IRM_STATE_VALUE);
        c->flags[i] = wholes[i].flags;
        for (size_t k = 0; k < c->n_bands; k++) {
            c->low[k * c->n + i] = c->value[k * c->n + i];
            c->high[k * c->n + i] = hidden ? INFINITY : c->value[k * c->n + i];
        }
    }
}

/* The counts of a detail table whose rows are all whole in their territory, in one pass
 * over its cells; *done is false where they are not. `wholes` are the variable's. */
static irm_status counts_of_records(irm_run *run, const irm_plan *plan, int year,
                                    const irm_variable *variable, const char *dimension,
                                    const bands *list, const irm_quantity *wholes,
                                    counts *c, bool *done, irm_error *error) {
    irm_frame *frame = plan->summed;
    *done = false;
    if (plan->direct != NULL || frame == NULL || frame->detail == NULL ||
        run->excluded != 0) {
        return IRM_OK;
    }
    int of_year = frame->row_year != NULL ? year : 0;
    const leaf_groups *g = leaf_kept_find(run->evaluator, plan, run->level, of_year);
    size_t most = (size_t)list->items[list->count - 1].lower + 1;
    if (g == NULL || g->share != NULL || most > 1000) {
        return IRM_OK;
    }
    int32_t *items = irm_calloc(frame->schema->n_rows, sizeof *items);
    double *all = irm_calloc(most * c->n, sizeof *all);
    irm_status status = items != NULL && all != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t r = 0; status == IRM_OK && r < frame->schema->n_rows; r++) {
        items[r] = -1;
    }
    for (size_t t = 0; status == IRM_OK && t < c->n; t++) {
        for (size_t i = g->start[t]; i < g->start[t + 1]; i++) {
            items[g->rows[i]] = (int32_t)t;
        }
    }
    if (status == IRM_OK) {
        status =
            irm_detail_spread_all(frame->detail, run->evaluator->store, variable,
                                  dimension, plan->parts, items, c->n, all, most, error);
    }
    for (size_t k = 0; status == IRM_OK && k < list->count; k++) {
        const double *from = all + (size_t)list->items[k].lower * c->n;
        memcpy(c->value + k * c->n, from, c->n * sizeof *from);
    }
    if (status == IRM_OK) {
        take_wholes(c, wholes);
        *done = true;
    }
    irm_free(items);
    irm_free(all);
    return status;
}

/* ---- quantiles -------------------------------------------------------------------- */

/* Number under which a part `p` of the counted is, as if each band's were spread evenly
 * over it: NaN without anybody, or in an open band (`at` tells which band). */
static double interpolated(const bands *list, const counts *c, size_t i, double p,
                           size_t *at) {
    double total = 0, before = 0;
    for (size_t k = 0; k < c->n_bands; k++) {
        total += c->value[k * c->n + i];
    }
    for (size_t k = 0; k < c->n_bands; k++) {
        double own = c->value[k * c->n + i];
        if (own > 0 && before + own >= p * total) {
            const band *in = &list->items[k];
            *at = k;
            return in->lower + (p * total - before) / own * (in->upper - in->lower);
        }
        before += own;
    }
    return NAN;
}

/* The band where a quantile is at the earliest: as many as can be before its end, as few
 * as can be after. At the latest, the other way round. */
static double edge(const bands *list, const counts *c, size_t i, double p,
                   bool earliest) {
    double before = 0, after = 0;
    const double *first = earliest ? c->high : c->low;
    const double *second = earliest ? c->low : c->high;
    for (size_t k = 0; k < c->n_bands; k++) {
        after += second[k * c->n + i];
    }
    for (size_t k = 0; k < c->n_bands; k++) {
        before += first[k * c->n + i];
        after -= second[k * c->n + i];
        if (before >= p * (before + fmax(0, after)) && before > 0) {
            return earliest ? list->items[k].lower : list->items[k].upper;
        }
    }
    return earliest ? list->items[0].lower : list->items[c->n_bands - 1].upper;
}

static irm_quantity quantile_item(const bands *list, const counts *c, size_t i,
                                  double p) {
    size_t at = 0;
    double lower = edge(list, c, i, p, true), upper = edge(list, c, i, p, false);
    if (c->state[i] == IRM_STATE_NOT_APPLICABLE) {
        return irm_quantity_hidden(IRM_STATE_NOT_APPLICABLE, NAN, NAN);
    }
    if (c->state[i] != IRM_STATE_VALUE) {
        return irm_quantity_hidden((irm_state)c->state[i], lower, upper);
    }
    double value = interpolated(list, c, i, p, &at);
    if (isnan(value)) {
        return irm_quantity_hidden(IRM_STATE_NOT_APPLICABLE, NAN, NAN);
    }
    if (isinf(value)) {
        return irm_quantity_hidden(IRM_STATE_BOUNDED, list->items[at].lower, INFINITY);
    }
    return c->inexact[i]
               ? irm_quantity_rounded(value, fmin(lower, value), fmax(upper, value))
               : irm_quantity_exact(value);
}

/* ---- means ------------------------------------------------------------------------ */

/* Middle of a band; one that is open is taken as wide as the one before. */
static double middle(const bands *list, size_t k) {
    const band *one = &list->items[k];
    double width = isinf(one->upper) && k > 0
                       ? list->items[k - 1].upper - list->items[k - 1].lower
                       : one->upper - one->lower;
    return one->lower + width / 2;
}

static irm_quantity mean_item(const bands *list, const counts *c, size_t i) {
    double total = 0, sum = 0;
    double lowest = list->items[0].lower, highest = list->items[c->n_bands - 1].upper;
    for (size_t k = 0; k < c->n_bands; k++) {
        total += c->value[k * c->n + i];
        sum += c->value[k * c->n + i] * middle(list, k);
    }
    bool hidden = c->state[i] != IRM_STATE_VALUE;
    if (c->state[i] == IRM_STATE_NOT_APPLICABLE || (!hidden && total == 0)) {
        return irm_quantity_hidden(IRM_STATE_NOT_APPLICABLE, NAN, NAN);
    }
    if (hidden) {
        return irm_quantity_hidden((irm_state)c->state[i], lowest, highest);
    }
    return c->inexact[i] ? irm_quantity_rounded(sum / total, lowest, highest)
                         : irm_quantity_exact(sum / total);
}

/* ---- calls ------------------------------------------------------------------------ */

/* The variable with one more dimension held, at one modality; only `fixed` is its own. */
static irm_variable at_band(const irm_variable *variable, irm_fixed *fixed,
                            const char **code, const char *dimension) {
    irm_variable made = *variable;
    if (variable->n_fixed > 0) {
        memcpy(fixed, variable->fixed, variable->n_fixed * sizeof *fixed);
    }
    fixed[variable->n_fixed] =
        (irm_fixed){.dimension = (char *)dimension, .codes = (char **)code, .n_codes = 1};
    made.fixed = fixed;
    made.n_fixed++;
    return made;
}

static irm_status add_product(const bands *list, size_t k, const irm_leaf *leaf,
                              irm_quantity *items, irm_error *error) {
    if (!list->items[k].single) {
        return irm_fail(error, IRM_STATUS_REFUSED, "\"%s\" is not one number",
                        list->items[k].code);
    }
    irm_quantity number = irm_quantity_exact(list->items[k].lower);
    for (size_t i = 0; i < leaf->level->count; i++) {
        items[i] =
            irm_quantity_add(items[i], irm_quantity_multiply(leaf->items[i], number));
    }
    return IRM_OK;
}

/* Reads every band: into `c`, or into the sum of the products. */
static irm_status read_bands(irm_run *run, const irm_variable *variable,
                             const irm_node *node, const bands *list, counts *c,
                             irm_quantity *items, irm_error *error) {
    irm_fixed *fixed = irm_calloc(variable->n_fixed + 1, sizeof *fixed);
    irm_status status = fixed != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t k = 0; status == IRM_OK && k < list->count; k++) {
        irm_leaf *leaf = NULL;
        const char *code = list->items[k].code;
        irm_variable one = at_band(variable, fixed, &code, node->indicator);
        status = irm_run_leaf_once(run, &one, &leaf, error);
        if (status == IRM_OK && node->kind == IRM_NODE_SUM_BY) {
            status = add_product(list, k, leaf, items, error);
        } else if (status == IRM_OK) {
            counts_take(c, k, leaf->items);
        }
        irm_leaf_free(leaf);
    }
    irm_free(fixed);
    return status;
}

static void tell(const irm_node *node, const bands *list, const counts *c,
                 irm_quantity *items) {
    for (size_t i = 0; i < c->n; i++) {
        items[i] = node->kind == IRM_NODE_MEAN_BY
                       ? mean_item(list, c, i)
                       : quantile_item(list, c, i, node->number);
        items[i].flags |= c->flags[i];
    }
}

irm_status irm_run_distribution(irm_run *run, const irm_formula *formula,
                                const irm_node *node, irm_quantity *items,
                                irm_error *error) {
    size_t operand = formula->operands[node->first_operand], n = run->level->count;
    const irm_variable *variable = &formula->variables[formula->nodes[operand].variable];
    const char *dataset = variable->dataset != NULL ? variable->dataset : run->dataset;
    irm_plan plan;
    int year = 0;
    bands list = {0};
    counts c = {0};
    /* The whole tells the year, the precision and the sources; its parts, the rest. */
    IRM_TRY(irm_run_node(run, formula, operand, items, error));
    IRM_TRY(irm_run_year(run, variable, &year, error));
    IRM_TRY(
        irm_leaf_plan(run->evaluator, dataset, variable, run->level, year, &plan, error));
    irm_frame *frame = plan.summed != NULL ? plan.summed : plan.direct;
    irm_status status = find_bands(run, frame, variable, node->indicator, &list, error);
    if (status == IRM_OK && node->kind != IRM_NODE_SUM_BY) {
        status = counts_init(&c, list.count, n, error);
    }
    bool done = false;
    if (status == IRM_OK && node->kind != IRM_NODE_SUM_BY) {
        status = counts_of_records(run, &plan, year, variable, node->indicator, &list,
                                   items, &c, &done, error);
    }
    for (size_t i = 0; status == IRM_OK && !done && i < n; i++) {
        items[i] = irm_quantity_exact(0);
    }
    if (status == IRM_OK && !done) {
        status = read_bands(run, variable, node, &list, &c, items, error);
    }
    if (status == IRM_OK && node->kind != IRM_NODE_SUM_BY) {
        tell(node, &list, &c, items);
    }
    counts_clear(&c);
    irm_free(list.items);
    return status;
}
