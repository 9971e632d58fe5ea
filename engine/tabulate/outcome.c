#include "tabulate/outcome.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"

/* Census counts: INSEE, « Conseils d'utilisation des résultats du recensement ». */
enum { LOW_COUNT = 200, RELIABLE_COUNT = 500 };

/* Rounded once: the conversion to nearest, then a product by a power of two. Both are
 * inlined where they can be: a whole number of 64 bits, and no subnormal in sight. */
static double sum_of(const cell_result *cells, size_t i, size_t m) {
    wide_int sum = cell_at(&cells->list, i)->sums[m];
    int exponent = cells->exponents[m];
    double whole = sum == (int64_t)sum ? (double)(int64_t)sum : (double)sum;
    if (exponent > -900 && exponent < 800) {
        uint64_t bits = (uint64_t)(exponent + 1023) << 52; /* 2^exponent */
        double scale;
        memcpy(&scale, &bits, sizeof scale);
        return whole * scale;
    }
    return ldexp(whole, exponent);
}

static size_t group_of(const cell_axis *axis, uint64_t key) {
    return (size_t)(key / axis->stride % axis->n_groups);
}

/* The label of a number's group, where totals make texts of all. */
static irm_status number_code(const cell_axis *axis, size_t group, irm_column *to,
                              size_t row, irm_error *error) {
    char text[32];
    if (group == axis->n_groups - 1) {
        snprintf(text, sizeof text, "%s", axis->total_label);
    } else {
        snprintf(text, sizeof text, "%.0f", axis_number(axis, group));
    }
    return irm_dict_add(to->categories, irm_view_of(text), &to->codes[row], error);
}

static irm_status add_labels(const outcome *from, const cell_axis *axis, irm_column *to,
                             irm_error *error) {
    int32_t *codes = irm_calloc(axis->n_groups, sizeof *codes);
    irm_status status = codes == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; i < from->cells->list.count && status == IRM_OK; i++) {
        size_t group = group_of(axis, cell_at(&from->cells->list, i)->key);
        if (group > 0 && codes[group] == 0) { /* code + 1, in the order of appearance */
            int32_t code = -1;
            const char *label = irm_dict_text(axis->labels, (int32_t)group - 1);
            status = irm_dict_add(to->categories, irm_view_of(label), &code, error);
            codes[group] = code + 1;
        }
        to->codes[i] = codes[group] - 1;
    }
    irm_free(codes);
    return status;
}

static irm_status add_by(const outcome *from, const cell_axis *axis, irm_table *result,
                         irm_error *error) {
    bool texts = axis->labels != NULL || axis->total_label != NULL;
    irm_column *to;
    IRM_TRY(irm_table_add(result, axis->name,
                          texts ? IRM_COLUMN_CATEGORY : IRM_COLUMN_NUMBER, &to, error));
    IRM_TRY(irm_attributes_copy(&axis->from->attributes, &to->attributes, error));
    if (axis->labels != NULL) {
        return add_labels(from, axis, to, error);
    }
    for (size_t i = 0; i < from->cells->list.count; i++) {
        size_t group = group_of(axis, cell_at(&from->cells->list, i)->key);
        if (!texts) {
            to->values[i] = axis_number(axis, group);
        } else if (group > 0) {
            IRM_TRY(number_code(axis, group, to, i, error));
        }
    }
    return IRM_OK;
}

static irm_status add_rows(const outcome *from, const char *name, irm_table *result,
                           irm_error *error) {
    irm_column *to;
    IRM_TRY(irm_table_add(result, name, IRM_COLUMN_NUMBER, &to, error));
    for (size_t i = 0; i < result->n_rows; i++) {
        to->values[i] = cell_at(&from->cells->list, i)->rows;
    }
    return IRM_OK;
}

static irm_status add_hidden(const outcome *from, irm_table *result, irm_error *error) {
    bool any = false;
    for (size_t i = 0; i < result->n_rows; i++) {
        any = any || cell_at(&from->cells->list, i)->hidden > 0;
    }
    irm_column *to;
    if (!any) {
        return IRM_OK;
    }
    IRM_TRY(irm_table_add(result, "hidden", IRM_COLUMN_NUMBER, &to, error));
    for (size_t i = 0; i < result->n_rows; i++) {
        to->values[i] = cell_at(&from->cells->list, i)->hidden;
    }
    return IRM_OK;
}

static irm_status add_values(const outcome *from, irm_table *result, irm_error *error) {
    size_t count = from->weighted ? 1 : from->n_sums;
    for (size_t m = 0; m < count; m++) {
        irm_column *to;
        IRM_TRY(irm_table_add(result, m == 0 ? "value" : from->sums[m], IRM_COLUMN_NUMBER,
                              &to, error));
        IRM_TRY(irm_attributes_copy(&from->value_columns[m]->attributes, &to->attributes,
                                    error));
        for (size_t i = 0; i < result->n_rows; i++) {
            to->values[i] = sum_of(from->cells, i, m);
        }
    }
    return count == 0 ? add_rows(from, "value", result, error)
                      : add_hidden(from, result, error);
}

static irm_status add_means(const outcome *from, irm_table *result, irm_error *error) {
    for (size_t k = 0; k < from->n_means; k++) {
        const outcome_mean *mean = &from->means[k];
        char name[300];
        irm_column *to;
        snprintf(name, sizeof name, "mean_%s", mean->column);
        IRM_TRY(irm_table_add(result, name, IRM_COLUMN_NUMBER, &to, error));
        for (size_t i = 0; i < result->n_rows; i++) {
            double weight = sum_of(from->cells, i, mean->weights);
            to->values[i] =
                weight > 0 ? sum_of(from->cells, i, mean->products) / weight : NAN;
        }
    }
    return IRM_OK;
}

/* --- quantiles --- */

/* The cells of one group: first … last - 1, by value. */
typedef struct value_run {
    const outcome_quantile *of;
    size_t first, last;
} value_run;

static double weight_at(const value_run *run, size_t i) {
    return run->of->weighted ? sum_of(&run->of->cells, i, 0)
                             : cell_at(&run->of->cells.list, i)->rows;
}

/* Type 7 on the effective sample size: each value counts for the share of
 * [(h − 1)/n*, h/n*] that the cumulated weights of its rows cover (Akinshin, 2023). */
static double run_quantile(const value_run *run) {
    double weight = 0, squares = 0;
    for (size_t i = run->first; i < run->last; i++) {
        weight += weight_at(run, i);
        squares += run->of->weighted ? sum_of(&run->of->cells, i, 1) : weight_at(run, i);
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

static irm_status add_quantile(const outcome *from, const outcome_quantile *of,
                               irm_table *result, irm_error *error) {
    irm_column *to;
    IRM_TRY(irm_table_add(result, of->of->name, IRM_COLUMN_NUMBER, &to, error));
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
    return IRM_OK;
}

/* --- precision --- */

static irm_status add_precision(const outcome *from, irm_table *result,
                                irm_error *error) {
    static const char *const names[] = {"deff", "ci_lower", "ci_upper", "ci_level"};
    const double z = 1.959963984540054; /* normal quantile 0.975 */
    irm_column *flags, *to;
    IRM_TRY(irm_table_add(result, "flags", IRM_COLUMN_CATEGORY, &flags, error));
    size_t first = result->n_columns;
    for (size_t k = 0; k < 4; k++) {
        IRM_TRY(irm_table_add(result, names[k], IRM_COLUMN_NUMBER, &to, error));
    }
    flags = &result->columns[first - 1];
    for (size_t i = 0; i < result->n_rows; i++) {
        double n = cell_at(&from->cells->list, i)->rows;
        double count = from->weighted ? sum_of(from->cells, i, 0) : n;
        double squares = from->squares != NO_MEASURE
                             ? sum_of(from->cells, i, (size_t)from->squares)
                             : n;
        double margin = z * sqrt(squares);
        result->columns[first].values[i] = count > 0 ? n * squares / (count * count) : NAN;
        result->columns[first + 1].values[i] = fmax(0, count - margin);
        result->columns[first + 2].values[i] = count + margin;
        result->columns[first + 3].values[i] = 0.95;
        const char *flag = count < LOW_COUNT        ? "low_count"
                           : count > RELIABLE_COUNT ? "reliable_count"
                                                    : NULL;
        if (flag != NULL) {
            IRM_TRY(irm_dict_add(flags->categories, irm_view_of(flag), &flags->codes[i],
                                 error));
        }
    }
    return IRM_OK;
}

irm_status outcome_fill(const outcome *from, const char *name, irm_table *result,
                        irm_error *error) {
    IRM_TRY(irm_table_init(result, name, from->cells->list.count, error));
    for (size_t k = 0; k < from->n_axes; k++) {
        IRM_TRY(add_by(from, &from->axes[k], result, error));
    }
    IRM_TRY(add_rows(from, "rows", result, error));
    IRM_TRY(add_values(from, result, error));
    IRM_TRY(add_means(from, result, error));
    for (size_t k = 0; k < from->n_quantiles; k++) {
        IRM_TRY(add_quantile(from, &from->quantiles[k], result, error));
    }
    return from->precision ? add_precision(from, result, error) : IRM_OK;
}
