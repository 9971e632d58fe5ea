#include "tabulate/outcome.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Census counts: INSEE, « Conseils d'utilisation des résultats du recensement ». */
enum { LOW_COUNT = 200, RELIABLE_COUNT = 500 };

/* Rounded once: the conversion to nearest, then a product by a power of two. Both are
 * inlined where they can be: a whole number of 64 bits, and no subnormal in sight. */
static double round_sum(wide_int sum, int exponent) {
    double whole = sum == (int64_t)sum ? (double)(int64_t)sum : (double)sum;
    if (exponent > -900 && exponent < 800) {
        uint64_t bits = (uint64_t)(exponent + 1023) << 52; /* 2^exponent */
        double scale;
        memcpy(&scale, &bits, sizeof scale);
        return whole * scale;
    }
    return ldexp(whole, exponent);
}

double outcome_sum(const cell_result *cells, size_t i, size_t m) {
    return round_sum(cell_at(&cells->list, i)->sums[m], cells->exponents[m]);
}

/* --- columns --- */

bool outcome_is_text(const cell_axis *axis) {
    return axis->labels != NULL || axis->total_label != NULL;
}

static irm_status add_axes(const outcome *from, irm_table *result, irm_error *error) {
    irm_column *to;
    for (size_t k = 0; k < from->n_axes; k++) {
        const cell_axis *axis = &from->axes[k];
        IRM_TRY(irm_table_add(
            result, axis->name,
            outcome_is_text(axis) ? IRM_COLUMN_CATEGORY : IRM_COLUMN_NUMBER, &to, error));
        IRM_TRY(irm_attributes_copy(&axis->from->attributes, &to->attributes, error));
    }
    return IRM_OK;
}

static irm_status add_sums(const outcome *from, irm_table *result, irm_error *error) {
    irm_column *to;
    IRM_TRY(irm_table_add(result, "rows", IRM_COLUMN_NUMBER, &to, error));
    IRM_TRY(irm_table_add(result, "value", IRM_COLUMN_NUMBER, &to, error));
    size_t count = from->weighted ? 1 : from->n_sums;
    for (size_t m = 0; m < count; m++) {
        if (m > 0) {
            IRM_TRY(irm_table_add(result, from->sums[m], IRM_COLUMN_NUMBER, &to, error));
        }
        IRM_TRY(irm_attributes_copy(&from->value_columns[m]->attributes, &to->attributes,
                                    error));
    }
    return IRM_OK;
}

static irm_status add_precision(irm_table *result, irm_error *error) {
    static const char *const names[] = {"deff", "ci_lower", "ci_upper", "ci_level"};
    static const char *const flags[] = {"low_count", "reliable_count"};
    irm_column *to;
    IRM_TRY(irm_table_add(result, "flags", IRM_COLUMN_CATEGORY, &to, error));
    for (size_t i = 0; i < 2; i++) {
        int32_t code;
        IRM_TRY(irm_dict_add(to->categories, irm_view_of(flags[i]), &code, error));
    }
    for (size_t k = 0; k < 4; k++) {
        IRM_TRY(irm_table_add(result, names[k], IRM_COLUMN_NUMBER, &to, error));
    }
    return IRM_OK;
}

irm_status outcome_add_columns(const outcome *from, bool hidden, irm_table *result,
                               irm_error *error) {
    irm_column *to;
    IRM_TRY(add_axes(from, result, error));
    IRM_TRY(add_sums(from, result, error));
    if (hidden) {
        IRM_TRY(irm_table_add(result, "hidden", IRM_COLUMN_NUMBER, &to, error));
    }
    for (size_t k = 0; k < from->n_means; k++) {
        char name[300];
        snprintf(name, sizeof name, "mean_%s", from->means[k].column);
        IRM_TRY(irm_table_add(result, name, IRM_COLUMN_NUMBER, &to, error));
    }
    for (size_t k = 0; k < from->n_quantiles; k++) {
        IRM_TRY(irm_table_add(result, from->quantiles[k].of->name, IRM_COLUMN_NUMBER, &to,
                              error));
    }
    return from->precision ? add_precision(result, error) : IRM_OK;
}

/* --- cells of a slice to its rows --- */

static double *values_of(const outcome_slice *slice, size_t column) {
    return slice->to->columns[column].values + slice->row;
}

static const cell_entry *entry_of(const outcome_slice *slice, size_t i) {
    return cell_at(slice->list, slice->first + i);
}

static double sum_of(const outcome_slice *slice, size_t i, size_t m) {
    return round_sum(entry_of(slice, i)->sums[m], slice->exponents[m]);
}

static void fill_sums(const outcome_slice *slice, size_t m, double *values) {
    for (size_t i = 0; i < slice->n; i++) {
        values[i] = sum_of(slice, i, m);
    }
}

static void fill_mean(const outcome_slice *slice, const outcome_mean *mean,
                      double *values) {
    for (size_t i = 0; i < slice->n; i++) {
        double weight = sum_of(slice, i, mean->weights);
        values[i] = weight > 0 ? sum_of(slice, i, mean->products) / weight : NAN;
    }
}

/* From the column `flags` on. */
static void fill_precision(const outcome_slice *slice, size_t column) {
    const double z = 1.959963984540054; /* normal quantile 0.975 */
    const outcome *from = slice->from;
    int32_t *flags = slice->to->columns[column].codes + slice->row;
    double *deff = values_of(slice, column + 1), *lower = values_of(slice, column + 2);
    double *upper = values_of(slice, column + 3), *level = values_of(slice, column + 4);
    for (size_t i = 0; i < slice->n; i++) {
        double n = entry_of(slice, i)->rows;
        double count = from->weighted ? sum_of(slice, i, 0) : n;
        double squares =
            from->squares != NO_MEASURE ? sum_of(slice, i, (size_t)from->squares) : n;
        double margin = z * sqrt(squares);
        deff[i] = count > 0 ? n * squares / (count * count) : NAN;
        lower[i] = fmax(0, count - margin);
        upper[i] = count + margin;
        level[i] = 0.95;
        flags[i] = count < LOW_COUNT ? 0 : count > RELIABLE_COUNT ? 1 : -1;
    }
}

void outcome_fill_slice(const outcome_slice *slice, bool hidden) {
    const outcome *from = slice->from;
    bool summed = from->weighted || from->n_sums > 0;
    size_t column = from->n_axes;
    double *rows = values_of(slice, column), *value = values_of(slice, column + 1);
    for (size_t i = 0; i < slice->n; i++) {
        rows[i] = value[i] = entry_of(slice, i)->rows;
    }
    column += 1;
    for (size_t m = 0; m < (from->n_sums > 0 ? from->n_sums : summed); m++) {
        fill_sums(slice, m, values_of(slice, column + m));
    }
    column += from->n_sums > 0 ? from->n_sums : 1;
    for (size_t i = 0; hidden && i < slice->n; i++) {
        values_of(slice, column)[i] = entry_of(slice, i)->hidden;
    }
    column += hidden;
    for (size_t k = 0; k < from->n_means; k++) {
        fill_mean(slice, &from->means[k], values_of(slice, column++));
    }
    if (from->precision) {
        fill_precision(slice, column + from->n_quantiles);
    }
}
