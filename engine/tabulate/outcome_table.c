/* Cells in one list, turned into a table. */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "tabulate/outcome.h"

static size_t group_of(const cell_axis *axis, uint64_t key) {
    return (size_t)(key / axis->stride % axis->n_groups);
}

/* --- rows, filled in threads --- */

enum { FILL_GRAIN = 1 << 14 }; /* rows */

/* Columns of the result are made first, then filled by ranges of rows. */
typedef struct filling {
    const outcome *from;
    irm_table *result;
    bool hidden; /* there is a column of them */
    _Atomic uint64_t
        *seen;         /* 1 + the first row of each group, 0 for none: axis after axis */
    size_t *seen_from; /* where those of each axis begin */
    int32_t **codes;   /* of each group of an axis of texts */
} filling;

/* Keeps the lowest row, whichever thread comes first. */
static void see(_Atomic uint64_t *first, uint64_t row) {
    uint64_t known = atomic_load_explicit(first, memory_order_relaxed);
    while ((known == 0 || row < known) &&
           !atomic_compare_exchange_weak_explicit(
               first, &known, row, memory_order_relaxed, memory_order_relaxed)) {
    }
}

/* The groups of the axes for some rows; of axes of texts, in place of the codes. */
static void fill_groups(const filling *f, size_t first, size_t last) {
    for (size_t k = 0; k < f->from->n_axes; k++) {
        const cell_axis *axis = &f->from->axes[k];
        irm_column *to = &f->result->columns[k];
        _Atomic uint64_t *seen = f->seen + f->seen_from[k];
        bool texts = outcome_is_text(axis);
        for (size_t i = first; i < last; i++) {
            size_t group = group_of(axis, cell_at(&f->from->cells->list, i)->key);
            if (texts) {
                to->codes[i] = (int32_t)group;
                see(&seen[group], i + 1);
            } else {
                to->values[i] = axis_number(axis, group);
            }
        }
    }
}

static irm_status fill_rows(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    const filling *f = context;
    (void)worker;
    (void)error;
    fill_groups(f, first, last);
    outcome_slice slice = {.from = f->from,
                           .list = &f->from->cells->list,
                           .first = first,
                           .n = last - first,
                           .exponents = f->from->cells->exponents,
                           .to = f->result,
                           .row = first};
    outcome_fill_slice(&slice, f->hidden);
    return IRM_OK;
}

static irm_status group_label(const cell_axis *axis, size_t group, irm_column *to,
                              int32_t *code, irm_error *error) {
    char text[32];
    const char *label = text;
    if (axis->labels != NULL) {
        label = irm_dict_text(axis->labels, (int32_t)group - 1);
    } else if (group == axis->n_groups - 1) {
        label = axis->total_label;
    } else {
        snprintf(text, sizeof text, "%.0f", axis_number(axis, group));
    }
    return irm_dict_add(to->categories, irm_view_of(label), code, error);
}

/* Labels of the groups of an axis, in the order of their first rows. */
static irm_status label_axis(filling *f, size_t k, irm_error *error) {
    const cell_axis *axis = &f->from->axes[k];
    _Atomic uint64_t *seen = f->seen + f->seen_from[k];
    size_t n = 0;
    key_item *items = irm_calloc(axis->n_groups, sizeof *items);
    f->codes[k] = irm_calloc(axis->n_groups, sizeof *f->codes[k]);
    irm_status status =
        items == NULL || f->codes[k] == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t group = 1; status == IRM_OK && group < axis->n_groups; group++) {
        if (seen[group] > 0) {
            items[n++] = (key_item){seen[group], group};
        }
    }
    if (status == IRM_OK && !key_items_sort(&items, n)) {
        status = irm_fail_memory(error);
    }
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        status = group_label(axis, items[i].at, &f->result->columns[k],
                             &f->codes[k][items[i].at], error);
    }
    if (status == IRM_OK) {
        f->codes[k][0] = -1;
    }
    irm_free(items);
    return status;
}

static irm_status label_groups(filling *f, irm_error *error) {
    for (size_t k = 0; k < f->from->n_axes; k++) {
        if (outcome_is_text(&f->from->axes[k])) {
            IRM_TRY(label_axis(f, k, error));
        }
    }
    return IRM_OK;
}

static irm_status code_rows(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    const filling *f = context;
    (void)worker;
    (void)error;
    for (size_t k = 0; k < f->from->n_axes; k++) {
        int32_t *codes = f->result->columns[k].codes;
        for (size_t i = first; f->codes[k] != NULL && i < last; i++) {
            codes[i] = f->codes[k][codes[i]];
        }
    }
    return IRM_OK;
}

static irm_status fill_all(filling *f, size_t threads, irm_error *error) {
    const outcome *from = f->from;
    size_t groups = 0;
    f->seen_from = irm_calloc(from->n_axes, sizeof *f->seen_from);
    f->codes = irm_calloc(from->n_axes, sizeof *f->codes);
    if (f->seen_from == NULL || f->codes == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t k = 0; k < from->n_axes; k++) {
        f->seen_from[k] = groups;
        groups += outcome_is_text(&from->axes[k]) ? from->axes[k].n_groups : 0;
    }
    f->seen = irm_calloc(groups, sizeof *f->seen);
    if (f->seen == NULL) {
        return irm_fail_memory(error);
    }
    size_t n = f->result->n_rows;
    IRM_TRY(irm_parallel_for(n, FILL_GRAIN, threads, fill_rows, f, error));
    IRM_TRY(label_groups(f, error));
    return irm_parallel_for(n, FILL_GRAIN, threads, code_rows, f, error);
}

static irm_status fill_cells(const outcome *from, size_t threads, bool hidden,
                             irm_table *result, irm_error *error) {
    filling f = {.from = from, .result = result, .hidden = hidden};
    irm_status status = fill_all(&f, threads, error);
    for (size_t k = 0; f.codes != NULL && k < from->n_axes; k++) {
        irm_free(f.codes[k]);
    }
    irm_free(f.codes);
    irm_free(f.seen_from);
    irm_free(f.seen);
    return status;
}

static bool any_hidden(const outcome *from) {
    const cell_list *list = &from->cells->list;
    size_t i = 0;
    while (i < list->count && cell_at(list, i)->hidden == 0) {
        i++;
    }
    return i < list->count && (from->weighted || from->n_sums > 0);
}

/* --- quantiles --- */

/* The cells of one group: first … last - 1, by value. */
typedef struct value_run {
    const outcome_quantile *of;
    size_t first, last;
} value_run;

static double weight_at(const value_run *run, size_t i) {
    return run->of->weighted ? outcome_sum(&run->of->cells, i, 0)
                             : cell_at(&run->of->cells.list, i)->rows;
}

/* Type 7 on the effective sample size: each value counts for the share of
 * [(h − 1)/n*, h/n*] that the cumulated weights of its rows cover (Akinshin, 2023). */
static double run_quantile(const value_run *run) {
    double weight = 0, squares = 0;
    for (size_t i = run->first; i < run->last; i++) {
        weight += weight_at(run, i);
        squares +=
            run->of->weighted ? outcome_sum(&run->of->cells, i, 1) : weight_at(run, i);
    }
    if (!(weight > 0)) {
        return NAN;
    }
    double n = weight * weight / squares, h = 1 + (n - 1) * run->of->of->p;
    double from = (h - 1) / n, to = h / n, before = 0, sum = 0, covered = 0;
    double value = NAN;
    size_t n_values = 0;
    for (size_t i = run->first; i < run->last; i++) {
        double after = before + weight_at(run, i);
        double left = fmax(from, before / weight), right = fmin(to, after / weight);
        uint64_t key = cell_at(&run->of->cells.list, i)->key;
        if (right > left) {
            value = axis_number(&run->of->values, group_of(&run->of->values, key));
            sum += (right - left) * value;
            covered += right - left;
            n_values++;
        }
        before = after;
    }
    return n_values == 1 ? value : sum / covered;
}

static void fill_quantile(const outcome *from, const outcome_quantile *of,
                          irm_table *result) {
    irm_column *to = irm_table_column(result, of->of->name);
    const cell_list *list = &of->cells.list;
    size_t at = 0;
    for (size_t i = 0; i < result->n_rows; i++) {
        uint64_t key = cell_at(&from->cells->list, i)->key;
        value_run run = {.of = of};
        while (at < list->count && cell_at(list, at)->key / of->values.n_groups < key) {
            at++;
        }
        if (at < list->count && cell_at(list, at)->key == key * of->values.n_groups) {
            at++; /* rows without a value */
        }
        run.first = at;
        while (at < list->count && cell_at(list, at)->key / of->values.n_groups == key) {
            at++;
        }
        run.last = at;
        to->values[i] = run_quantile(&run);
    }
}

irm_status outcome_fill(const outcome *from, const char *name, size_t threads,
                        irm_table *result, irm_error *error) {
    bool hidden = any_hidden(from);
    IRM_TRY(irm_table_init(result, name, from->cells->list.count, error));
    IRM_TRY(outcome_add_columns(from, hidden, result, error));
    IRM_TRY(fill_cells(from, threads, hidden, result, error));
    for (size_t k = 0; k < from->n_quantiles; k++) {
        fill_quantile(from, &from->quantiles[k], result);
    }
    return IRM_OK;
}
