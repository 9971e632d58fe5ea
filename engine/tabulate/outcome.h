/* Private to engine/tabulate/: cells turned into the table of the result. */
#ifndef IRMINON_TABULATE_OUTCOME_H
#define IRMINON_TABULATE_OUTCOME_H

#include "tabulate/cells.h"

enum { NO_MEASURE = -1 };

/* Places among the measures. */
typedef struct outcome_mean {
    const char *column;
    size_t products, weights;
    double *numbers; /* of the labels of a category column; owned */
} outcome_mean;

/* A quantile's cells: the axes of the tabulation, then the values. */
typedef struct outcome_quantile {
    const irm_quantile_of *of;
    cell_axis values;
    cell_result cells;
    bool weighted; /* measures: weights, squares of the weights */
} outcome_quantile;

typedef struct outcome {
    const cell_axis *axes;
    size_t n_axes;
    const cell_result *cells; /* NULL: fed */
    bool weighted;            /* measure 0 is the weight */
    const char *const *sums;  /* else measures 0 … n_sums - 1 */
    size_t n_sums;
    const irm_column *const *value_columns; /* whose attributes the values take */
    const outcome_mean *means;
    size_t n_means;
    const outcome_quantile *quantiles;
    size_t n_quantiles;
    bool precision;
    int squares; /* place of the sum of squared weights, or NO_MEASURE */
} outcome;

/* Labels, of categories or of numbers as texts. */
bool outcome_is_text(const cell_axis *axis);
/* All columns of the result, their cells empty. */
irm_status outcome_add_columns(const outcome *from, bool hidden, irm_table *result,
                               irm_error *error);

/* Cells first … first + n - 1 of a list, and the rows of a table they go to. */
typedef struct outcome_slice {
    const outcome *from;
    const cell_list *list;
    size_t first, n;
    const int *exponents;
    irm_table *to;
    size_t row;
} outcome_slice;

/* The columns after those of the axes, but for quantiles. */
void outcome_fill_slice(const outcome_slice *slice, bool hidden);
/* A sum, rounded. */
double outcome_sum(const cell_result *cells, size_t i, size_t m);

/* The table of cells in one list (outcome_table.c). */
irm_status outcome_fill(const outcome *from, const char *name, size_t threads,
                        irm_table *result, irm_error *error);

/* Tabulates and gives rows as they are made (rows.c). */
irm_status outcome_feed(const outcome *from, const cell_plan *plan, const char *name,
                        const irm_row_sink *sink, bool *unfit, irm_error *error);

#endif
