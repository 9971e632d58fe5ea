#include "irminon/describe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/sum.h"
#include "irminon/text.h"
#include "stats/shares.h"
#include "stats/top.h"

/* The cells that bear a value: numbers alone, or with their weights. */
typedef struct value_sample {
    double *values;      /* NULL with weights */
    irm_weighted *cells; /* NULL without */
    size_t n;
} value_sample;

static double value_of(const value_sample *sample, size_t i) {
    return sample->values != NULL ? sample->values[i] : sample->cells[i].value;
}

static irm_status weight_at(const irm_column *weight, size_t row, double *value,
                            irm_error *error) {
    *value = weight == NULL ? 1 : weight->values[row];
    if (*value >= 0 && isfinite(*value)) {
        return IRM_OK;
    }
    return irm_fail(error, IRM_STATUS_DATA,
                    "row %zu: the weight %s is %s; expected a number of at least 0",
                    row + 1, weight->name,
                    isnan(*value) ? "missing" : "negative or infinite");
}

/* Counts a hidden cell; true when there is a value. */
static bool count_state(const irm_column *column, size_t row,
                        irm_description *description) {
    irm_state state = irm_column_state(column, row);
    bool hidden = irm_state_hidden(state) ||
                  (column->type == IRM_COLUMN_NUMBER && isnan(column->values[row])) ||
                  (column->type == IRM_COLUMN_CATEGORY && column->codes[row] < 0);
    description->secret += state == IRM_STATE_SECRET;
    description->missing += hidden && state != IRM_STATE_SECRET;
    return !hidden;
}

static int compare(double x, double y) { return (x > y) - (x < y); }

static int by_value(const void *a, const void *b) {
    return compare(*(const double *)a, *(const double *)b);
}

static int by_value_then_weight(const void *a, const void *b) {
    const irm_weighted *x = a, *y = b;
    int order = compare(x->value, y->value);
    return order != 0 ? order : compare(x->weight, y->weight);
}

static void sort_sample(value_sample *sample) {
    if (sample->values != NULL) {
        qsort(sample->values, sample->n, sizeof *sample->values, by_value);
    } else {
        qsort(sample->cells, sample->n, sizeof *sample->cells, by_value_then_weight);
    }
}

/* The share of the cells first … last - 1, which have one value. */
static value_share share_of(const value_sample *sample, size_t first, size_t last) {
    size_t rows = last - first;
    value_share share = {value_of(sample, first), rows, (double)rows, 0, (double)rows};
    if (sample->cells != NULL) {
        irm_sum sum = {0}, squares = {0};
        for (size_t i = first; i < last; i++) {
            irm_sum_add(&sum, sample->cells[i].weight);
            irm_sum_add(&squares, sample->cells[i].weight * sample->cells[i].weight);
        }
        share.weight = irm_sum_round(&sum);
        irm_sum_add(&sum, -share.weight);
        share.rest = irm_sum_round(&sum);
        share.squares = irm_sum_round(&squares);
    }
    return share;
}

static irm_status describe_sample(value_sample *sample, irm_description *description,
                                  irm_error *error) {
    sort_sample(sample);
    value_share *shares = irm_calloc(sample->n, sizeof *shares);
    size_t count = 0, first = 0;
    if (shares == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 1; i <= sample->n; i++) {
        if (i == sample->n || value_of(sample, i) != value_of(sample, first)) {
            shares[count++] = share_of(sample, first, i);
            first = i;
        }
    }
    irm_status status =
        describe_shares(shares, count, sample->cells != NULL, description, error);
    irm_free(shares);
    return status;
}

static irm_status collect(const irm_column *column, size_t n_rows,
                          const irm_column *weight, value_sample *sample,
                          irm_description *description, irm_error *error) {
    if (weight == NULL) {
        sample->values = irm_calloc(n_rows, sizeof *sample->values);
    } else {
        sample->cells = irm_calloc(n_rows, sizeof *sample->cells);
    }
    if (sample->values == NULL && sample->cells == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t row = 0; row < n_rows; row++) {
        double share;
        IRM_TRY(weight_at(weight, row, &share, error));
        if (!count_state(column, row, description) || share == 0) {
            continue;
        }
        if (weight == NULL) {
            sample->values[sample->n++] = column->values[row];
        } else {
            sample->cells[sample->n++] = (irm_weighted){column->values[row], share};
        }
    }
    return IRM_OK;
}

static irm_status describe_numbers(const irm_column *column, size_t n_rows,
                                   const irm_column *weight, irm_description *description,
                                   irm_error *error) {
    value_sample sample = {0};
    irm_status status = collect(column, n_rows, weight, &sample, description, error);
    if (status == IRM_OK && sample.n > 0) {
        status = describe_sample(&sample, description, error);
    }
    irm_free(sample.values);
    irm_free(sample.cells);
    return status;
}

/* An insertion. */
void top_rank(irm_description *description, irm_top candidate) {
    size_t place = description->n_top;
    while (place > 0) {
        const irm_top *other = &description->top[place - 1];
        bool before = candidate.weight > other->weight ||
                      (candidate.weight == other->weight &&
                       strcmp(candidate.label, other->label) < 0);
        if (!before) {
            break;
        }
        if (place < IRM_DESCRIBE_TOP) {
            description->top[place] = *other;
        }
        place--;
    }
    if (place < IRM_DESCRIBE_TOP) {
        description->top[place] = candidate;
        description->n_top += description->n_top < IRM_DESCRIBE_TOP;
    }
}

/* Rows, and exact weight with weights, of each category. */
typedef struct category_tally {
    size_t *rows;
    irm_sum *weights; /* NULL without weights */
} category_tally;

static irm_status count_categories(const irm_column *column, size_t n_rows,
                                   const irm_column *weight, const category_tally *tally,
                                   irm_description *description, irm_error *error) {
    irm_sum total = {0};
    for (size_t row = 0; row < n_rows; row++) {
        double share;
        IRM_TRY(weight_at(weight, row, &share, error));
        if (!count_state(column, row, description) || share == 0) {
            continue;
        }
        int32_t code = column->codes[row];
        description->distinct += tally->rows[code]++ == 0;
        description->n++;
        irm_sum_add(&total, share);
        if (tally->weights != NULL) {
            irm_sum_add(&tally->weights[code], share);
        }
    }
    description->weight = irm_sum_round(&total);
    return IRM_OK;
}

static irm_status describe_categories(const irm_column *column, size_t n_rows,
                                      const irm_column *weight,
                                      irm_description *description, irm_error *error) {
    size_t count = irm_dict_count(column->categories);
    category_tally tally = {irm_calloc(count, sizeof *tally.rows), NULL};
    irm_status status = tally.rows == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && weight != NULL) {
        tally.weights = irm_calloc(count, sizeof *tally.weights);
        status = tally.weights == NULL ? irm_fail_memory(error) : IRM_OK;
    }
    if (status == IRM_OK) {
        status = count_categories(column, n_rows, weight, &tally, description, error);
    }
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        if (tally.rows[i] > 0) {
            double share = tally.weights != NULL ? irm_sum_round(&tally.weights[i])
                                                 : (double)tally.rows[i];
            top_rank(description, (irm_top){irm_dict_text(column->categories, (int32_t)i),
                                            tally.rows[i], share});
        }
    }
    irm_free(tally.rows);
    irm_free(tally.weights);
    return status;
}

irm_description description_empty(irm_column_type type, size_t rows) {
    return (irm_description){.type = type,
                             .rows = rows,
                             .min = NAN,
                             .max = NAN,
                             .mean = NAN,
                             .sd = NAN,
                             .q05 = NAN,
                             .q25 = NAN,
                             .median = NAN,
                             .q75 = NAN,
                             .q95 = NAN};
}

irm_status irm_describe(const irm_column *column, size_t n_rows, const irm_column *weight,
                        irm_description *description, irm_error *error) {
    *description = description_empty(column->type, n_rows);
    if (weight != NULL && weight->type != IRM_COLUMN_NUMBER) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "column %s is not numeric: it cannot weigh", weight->name);
    }
    switch (column->type) {
        case IRM_COLUMN_NUMBER:
            return describe_numbers(column, n_rows, weight, description, error);
        case IRM_COLUMN_CATEGORY:
            return describe_categories(column, n_rows, weight, description, error);
        case IRM_COLUMN_BYTES:
            for (size_t row = 0; row < n_rows; row++) {
                description->missing += column->offsets[row] == column->offsets[row + 1];
            }
            description->n = n_rows - description->missing;
            description->weight = NAN;
            return IRM_OK;
    }
    return irm_fail(error, IRM_STATUS_INTERNAL, "no such column type");
}
