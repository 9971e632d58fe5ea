#include "evaluate/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/calls.h"
#include "evaluate/memo.h"
#include "irminon/memory.h"

static const char *family_of(const irm_run *run, const irm_variable *variable) {
    return variable->dataset != NULL ? variable->dataset : run->dataset;
}

bool irm_run_unavailable(irm_status status) {
    return status == IRM_STATUS_NOT_FOUND || status == IRM_STATUS_REFUSED;
}

/* ---- years ------------------------------------------------------------------------ */

/* Years the family's tables hold of a variable, whatever the level. */
static irm_status held_years(irm_run *run, const irm_variable *variable, int **years,
                             size_t *count, irm_error *error) {
    irm_evaluator *evaluator = run->evaluator;
    for (size_t f = 0; f < evaluator->n_frames; f++) {
        irm_frame *frame = &evaluator->frames[f];
        if (strcmp(frame->dataset, family_of(run, variable)) != 0) {
            continue;
        }
        IRM_TRY(irm_frame_open(frame, evaluator->store, evaluator->geography,
                               &evaluator->passages, evaluator->reporter, error));
        IRM_TRY(irm_frame_years(frame, variable->name, years, count, error));
    }
    return IRM_OK;
}

static irm_status nothing_held(irm_run *run, const irm_variable *variable,
                               irm_error *error) {
    irm_plan plan;
    irm_error why = {0};
    irm_status status = irm_leaf_plan(run->evaluator, family_of(run, variable), variable,
                                      irm_run_level(run, variable), 0, &plan, &why);
    if (status != IRM_OK && strstr(why.message, "no table of") != NULL) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s", why.message);
    }
    return irm_fail(error, IRM_STATUS_NOT_FOUND, "the tables of %s have no %s",
                    family_of(run, variable), variable->name);
}

static irm_status find_years(irm_run *run, const irm_variable *variable,
                             const irm_level *level, int **years, size_t *count,
                             irm_error *error) {
    int *held = NULL;
    size_t n = 0;
    irm_error why = {0};
    irm_status status = held_years(run, variable, &held, &n, error);
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        irm_plan plan;
        irm_error reason = {0};
        status = irm_leaf_plan(run->evaluator, family_of(run, variable), variable, level,
                               held[i], &plan, &reason);
        if (status == IRM_OK) {
            status = irm_years_add(years, count, held[i], error);
        } else if (irm_run_unavailable(status)) {
            why = reason;
            status = IRM_OK;
        } else if (error != NULL) {
            *error = reason;
        }
    }
    irm_free(held);
    if (status == IRM_OK && *count == 0) {
        return why.status != IRM_OK ? irm_fail(error, why.status, "%s", why.message)
                                    : nothing_held(run, variable, error);
    }
    return status;
}

/* The entry is asked for again once the years are found: others are made meanwhile. */
static irm_status years_entry(irm_run *run, const irm_variable *variable,
                              const irm_level *level, irm_memo_entry **entry,
                              irm_error *error) {
    irm_memo *memo = run->evaluator->memo;
    const char *family = family_of(run, variable);
    IRM_TRY(irm_memo_entry_of(memo, family, variable, level, IRM_MEMO_YEARS, entry, error));
    if ((*entry)->known) {
        return IRM_OK;
    }
    int *years = NULL;
    size_t count = 0;
    irm_error why = {0};
    irm_status found = find_years(run, variable, level, &years, &count, &why);
    irm_status status =
        irm_memo_entry_of(memo, family, variable, level, IRM_MEMO_YEARS, entry, error);
    if (status == IRM_OK) {
        status = irm_memo_note(*entry, found, &why, error);
    }
    if (status == IRM_OK && !(*entry)->known) {
        status = irm_fail(error, found, "%s", why.message);
    }
    if (status != IRM_OK || found != IRM_OK) {
        irm_free(years);
        return status;
    }
    (*entry)->years = years;
    (*entry)->n_years = count;
    return IRM_OK;
}

/* Lends the years, which are the memo's and stay where they are. */
static irm_status known_years(irm_run *run, const irm_variable *variable, const int **years,
                              size_t *count, irm_error *error) {
    const irm_level *level = irm_run_level(run, variable);
    if (level == NULL) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "reference() needs France as a level of the geography");
    }
    irm_memo_entry *entry;
    IRM_TRY(years_entry(run, variable, level, &entry, error));
    *years = entry->years;
    *count = entry->n_years;
    return entry->status == IRM_OK ? IRM_OK
                                   : irm_fail(error, entry->status, "%s", entry->message);
}

irm_status irm_run_years(irm_run *run, const irm_variable *variable, int **years,
                         size_t *count, irm_error *error) {
    const int *known;
    size_t n = 0;
    IRM_TRY(known_years(run, variable, &known, &n, error));
    for (size_t i = 0; i < n; i++) {
        IRM_TRY(irm_years_add(years, count, known[i], error));
    }
    return IRM_OK;
}

/* The year of the list nearest to `year`; the older of two as near. */
static int nearest(const int *years, size_t count, int year) {
    int best = years[0];
    for (size_t i = 1; i < count; i++) {
        if (abs(years[i] - year) < abs(best - year)) {
            best = years[i];
        }
    }
    return best;
}

static bool in_list(const int *years, size_t count, int year) {
    for (size_t i = 0; i < count; i++) {
        if (years[i] == year) {
            return true;
        }
    }
    return false;
}

int irm_vintages_apart(int pooled, int a, int b) {
    int newer = a > b ? a : b, older = a > b ? b : a;
    bool around = pooled > 1 && newer >= 2019 && older <= 2020;
    return pooled + (around ? 1 : 0);
}

/* True where two years of a variable share survey years. */
static bool overlap(irm_run *run, const irm_variable *variable, int base, int year) {
    irm_plan plan;
    if (base == year ||
        irm_leaf_plan(run->evaluator, family_of(run, variable), variable,
                      irm_run_level(run, variable), base, &plan, NULL) != IRM_OK) {
        return false;
    }
    const irm_frame *frame = plan.summed != NULL ? plan.summed : plan.direct;
    return plan.estimated && abs(base - year) < irm_vintages_apart(frame->pooled, base, year);
}

bool irm_variable_break(const irm_evaluator *evaluator, const char *dataset,
                        const irm_variable *variable, int older, int newer,
                        irm_break *found) {
    enum { MOST = 16 };
    const char *dimensions[MOST];
    size_t count = variable->n_fixed < MOST ? variable->n_fixed : MOST;
    for (size_t i = 0; i < count; i++) {
        dimensions[i] = variable->fixed[i].dimension;
    }
    const irm_descriptor *descriptor =
        irm_registry_find(evaluator->registry,
                          variable->dataset != NULL ? variable->dataset : dataset);
    return descriptor != NULL && irm_descriptor_break(descriptor, variable->name,
                                                      dimensions, count, older, newer,
                                                      found);
}

/* The year before (or the first of all), among those of the frame that is read for
 * `base`, else among all; years that do not compare are passed over while others do. 0:
 * none. */
static irm_status earlier(irm_run *run, const irm_variable *variable, int base,
                          const int *years, size_t count, int *found, irm_error *error) {
    irm_plan plan;
    int *own = NULL;
    size_t n_own = 0;
    *found = 0;
    IRM_TRY(irm_leaf_plan(run->evaluator, family_of(run, variable), variable,
                          irm_run_level(run, variable), base, &plan, error));
    const irm_frame *frame = plan.summed != NULL ? plan.summed : plan.direct;
    irm_status status = irm_frame_years(frame, variable->name, &own, &n_own, error);
    bool first = variable->time == IRM_TIME_FIRST;
    for (int pass = 0; status == IRM_OK && pass < 4 && *found == 0; pass++) {
        for (size_t i = 0; i < count; i++) {
            bool there = pass % 2 == 1 || in_list(own, n_own, years[i]);
            bool fits = pass >= 2 || !overlap(run, variable, base, years[i]);
            if (there && fits && years[i] < base && (*found == 0 || !first)) {
                *found = years[i];
            }
        }
    }
    irm_free(own);
    return status;
}

static irm_status no_such_year(const irm_run *run, const irm_variable *variable, int base,
                               irm_error *error) {
    if (variable->time == IRM_TIME_PREVIOUS || variable->time == IRM_TIME_FIRST) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s: %s has no year before %d",
                        variable->name, family_of(run, variable), base);
    }
    int wanted =
        variable->time == IRM_TIME_YEAR ? variable->years : base - variable->years;
    return irm_fail(error, IRM_STATUS_NOT_FOUND, "%s: %s has no year %d", variable->name,
                    family_of(run, variable), wanted);
}

/* Two years that do not compare are refused, or flagged where forced. */
static irm_status compare_years(irm_run *run, const irm_variable *variable, int base,
                                int year, irm_error *error) {
    irm_break change;
    int older = base < year ? base : year, newer = base < year ? year : base;
    bool forced = run->evaluator->forced;
    if (overlap(run, variable, base, year)) {
        run->flags |= IRM_FLAG_OVERLAPPING_VINTAGES;
        if (!forced) {
            return irm_fail(error, IRM_STATUS_REFUSED,
                            "%s of %d and of %d share survey years: their difference is no "
                            "evolution (--force-comparison computes it, flagged)",
                            variable->name, newer, older);
        }
    }
    if (!forced && irm_variable_break(run->evaluator, run->dataset, variable, older, newer,
                                      &change)) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "%s of %d and of %d are not the same thing: %s "
                        "(--force-comparison computes it all the same)",
                        variable->name, newer, older, change.en);
    }
    return IRM_OK;
}

static irm_status shifted(irm_run *run, const irm_variable *variable, const int *years,
                          size_t count, int base, int *year, irm_error *error) {
    if (variable->time == IRM_TIME_PREVIOUS || variable->time == IRM_TIME_FIRST) {
        IRM_TRY(earlier(run, variable, base, years, count, year, error));
    } else {
        int wanted =
            variable->time == IRM_TIME_YEAR ? variable->years : base - variable->years;
        *year = in_list(years, count, wanted) ? wanted : 0;
    }
    if (*year == 0) {
        return no_such_year(run, variable, base, error);
    }
    return compare_years(run, variable, base, *year, error);
}

bool irm_run_timeless(irm_run *run, const irm_variable *variable, int year) {
    irm_plan plan;
    return irm_leaf_plan(run->evaluator, family_of(run, variable), variable,
                         irm_run_level(run, variable), year, &plan, NULL) == IRM_OK &&
           plan.timeless;
}

irm_status irm_run_year(irm_run *run, const irm_variable *variable, int *year,
                        irm_error *error) {
    const int *years;
    size_t count = 0;
    IRM_TRY(known_years(run, variable, &years, &count, error));
    *year = nearest(years, count, run->year);
    if (*year != run->year && variable->time != IRM_TIME_YEAR &&
        !irm_run_timeless(run, variable, *year)) {
        run->flags |= IRM_FLAG_MIXED_YEARS;
    }
    if (strcmp(family_of(run, variable), run->dataset) != 0) {
        run->flags |= IRM_FLAG_MIXED_SOURCES;
    }
    return variable->time != IRM_TIME_SAME
               ? shifted(run, variable, years, count, *year, year, error)
               : IRM_OK;
}

irm_status irm_run_plan(const irm_run *run, const irm_variable *variable, int year,
                        irm_plan *plan) {
    const irm_level *level = irm_run_level(run, variable);
    return level == NULL ? IRM_STATUS_REFUSED
                         : irm_leaf_plan(run->evaluator, family_of(run, variable), variable,
                                         level, year, plan, NULL);
}

/* ---- leaves ----------------------------------------------------------------------- */

static void note_frame(irm_run *run, const irm_frame *frame) {
    if (frame == NULL) {
        return;
    }
    const char *name = frame->schema->name;
    size_t size = strlen(name);
    const char *text = run->tables.data != NULL ? run->tables.data : "";
    for (const char *p = strstr(text, name); p != NULL; p = strstr(p + 1, name)) {
        bool whole = (p == text || p[-1] == ' ') && (p[size] == ' ' || p[size] == '\0');
        if (whole) {
            return;
        }
    }
    run->geography = run->tables.size == 0 ? frame->geography : run->geography;
    irm_buffer_format(&run->tables, "%s%s", run->tables.size > 0 ? " " : "", name);
}

/* Bounds of the smallest of several counts. */
static void keep_least(irm_quantity *least, const irm_quantity *items, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (items[i].state != IRM_STATE_NOT_APPLICABLE) {
            least[i].lower = fmin(least[i].lower, items[i].lower);
            least[i].upper = fmin(least[i].upper, items[i].upper);
        }
    }
}

irm_status irm_run_leaf(irm_run *run, const irm_variable *variable, const irm_leaf **leaf,
                        irm_error *error) {
    int year = 0;
    IRM_TRY(irm_run_year(run, variable, &year, error));
    return irm_leaf_get(run->evaluator, family_of(run, variable), variable, run->level, year,
                        run->excluded, leaf, error);
}

static void note_leaf(irm_run *run, const irm_leaf *leaf) {
    run->outside |= leaf->outside;
    note_frame(run, leaf->direct);
    note_frame(run, leaf->summed);
    run->complementary = run->complementary || leaf->complementary;
    run->survey = run->survey || leaf->estimated;
}

irm_status irm_run_leaf_once(irm_run *run, const irm_variable *variable, irm_leaf **leaf,
                             irm_error *error) {
    int year = 0;
    IRM_TRY(irm_run_year(run, variable, &year, error));
    IRM_TRY(irm_leaf_make(run->evaluator, family_of(run, variable), variable, run->level,
                          year, run->excluded, leaf, error));
    note_leaf(run, *leaf);
    return IRM_OK;
}

static irm_status leaf_items(irm_run *run, const irm_variable *variable,
                             irm_quantity *items, irm_error *error) {
    const irm_leaf *leaf;
    IRM_TRY(irm_run_leaf(run, variable, &leaf, error));
    note_leaf(run, leaf);
    if (run->least != NULL && leaf->counts) {
        keep_least(run->least, leaf->items, run->level->count);
    }
    memcpy(items, leaf->items, run->level->count * sizeof *items);
    return IRM_OK;
}

/* years(): from the year of the formula's first variable with a time to the indicator's.
 */
static irm_status years_item(irm_run *run, const irm_formula *formula, irm_quantity *item,
                             irm_error *error) {
    const irm_variable *timed = NULL;
    for (size_t i = 0; i < formula->n_variables && timed == NULL; i++) {
        timed =
            formula->variables[i].time != IRM_TIME_SAME ? &formula->variables[i] : NULL;
    }
    irm_variable previous = {0};
    if (timed == NULL && formula->n_variables > 0) {
        previous = formula->variables[0];
        previous.time = IRM_TIME_PREVIOUS;
        timed = &previous;
    }
    if (timed == NULL) {
        return irm_fail(error, IRM_STATUS_REFUSED, "years() needs a variable beside it");
    }
    int year = 0;
    IRM_TRY(irm_run_year(run, timed, &year, error));
    *item = irm_quantity_exact(run->year - year);
    return IRM_OK;
}

/* ---- trees ------------------------------------------------------------------------ */

static irm_quantity apply_one(irm_node_kind kind, irm_quantity a) {
    switch (kind) {
        case IRM_NODE_NEGATE:
            return irm_quantity_negate(a);
        case IRM_NODE_ABSOLUTE:
            return irm_quantity_absolute(a);
        case IRM_NODE_SQUARE_ROOT:
            return irm_quantity_apply(a, sqrt, 0);
        case IRM_NODE_LOGARITHM:
            return irm_quantity_apply(a, log, 0);
        default:
            return irm_quantity_apply(a, exp, -INFINITY);
    }
}

static irm_quantity apply_two(irm_node_kind kind, irm_quantity a, irm_quantity b) {
    switch (kind) {
        case IRM_NODE_ADD:
            return irm_quantity_add(a, b);
        case IRM_NODE_SUBTRACT:
            return irm_quantity_subtract(a, b);
        case IRM_NODE_MULTIPLY:
            return irm_quantity_multiply(a, b);
        case IRM_NODE_DIVIDE:
            return irm_quantity_divide(a, b);
        case IRM_NODE_POWER:
            return irm_quantity_power(a, b);
        case IRM_NODE_ANNUAL:
            return irm_quantity_annual(a, b);
        case IRM_NODE_MINIMUM:
            return irm_quantity_minimum(a, b);
        default:
            return irm_quantity_maximum(a, b);
    }
}

static irm_status two_items(irm_run *run, const irm_formula *formula,
                            const irm_node *node, irm_quantity *items, irm_error *error) {
    size_t count = run->level->count;
    irm_quantity *right = irm_calloc(count, sizeof *right);
    if (right == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_run_node(run, formula, node->left, items, error);
    if (status == IRM_OK) {
        status = irm_run_node(run, formula, node->right, right, error);
    }
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        items[i] = apply_two(node->kind, items[i], right[i]);
    }
    irm_free(right);
    return status;
}

static void fill(irm_quantity *items, size_t count, irm_quantity value) {
    for (size_t i = 0; i < count; i++) {
        items[i] = value;
    }
}

irm_status irm_run_node(irm_run *run, const irm_formula *formula, size_t index,
                        irm_quantity *items, irm_error *error) {
    const irm_node *node = &formula->nodes[index];
    size_t count = run->level->count;
    irm_quantity years;
    switch (node->kind) {
        case IRM_NODE_NUMBER:
            fill(items, count, irm_quantity_exact(node->number));
            return IRM_OK;
        case IRM_NODE_VARIABLE:
            return leaf_items(run, &formula->variables[node->variable], items, error);
        case IRM_NODE_YEARS:
            IRM_TRY(years_item(run, formula, &years, error));
            fill(items, count, years);
            return IRM_OK;
        case IRM_NODE_INDICATOR:
            return irm_run_indicator(run, node->indicator, items, error);
        default:
            break;
    }
    if (node->kind >= IRM_NODE_REFERENCE) {
        return irm_run_call(run, formula, node, items, error);
    }
    if (node->kind >= IRM_NODE_ADD) {
        return two_items(run, formula, node, items, error);
    }
    IRM_TRY(irm_run_node(run, formula, node->left, items, error));
    for (size_t i = 0; i < count; i++) {
        items[i] = apply_one(node->kind, items[i]);
    }
    return IRM_OK;
}

irm_status irm_run_formula(irm_run *run, const irm_formula *formula, irm_quantity *items,
                           irm_error *error) {
    return irm_run_node(run, formula, formula->root, items, error);
}
