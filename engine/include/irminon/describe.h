/* What a column holds: counts of cells by state, moments, quantiles, categories.
 *
 * Definitions, weighted ones included, are in docs/methods.md ("Description of columns").
 * Sums are exact, so that the result depends neither on the order nor on the blocks. */
#ifndef IRMINON_DESCRIBE_H
#define IRMINON_DESCRIBE_H

#include <stddef.h>

#include "irminon/status.h"
#include "irminon/store.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { IRM_DESCRIBE_TOP = 5 };

/* A frequent category. `label` is borrowed from the column's dictionary; `weight` equals
 * `rows` without weights. */
typedef struct irm_top {
    const char *label;
    size_t rows;
    double weight;
} irm_top;

/* NaN where a statistic means nothing: of categories, of no cell, a standard deviation of
 * one. `n` cells bear a value (with a weight over zero), of total weight `weight`. */
typedef struct irm_description {
    irm_column_type type;
    size_t rows, n, missing, secret, distinct;
    double weight;
    double min, max, mean, sd;
    double q05, q25, median, q75, q95;
    irm_top top[IRM_DESCRIBE_TOP]; /* by decreasing weight, then label by byte */
    size_t n_top;
} irm_description;

/* `weight` is a numeric column of as many rows, or NULL. Time n log n; memory 8 bytes a
 * row, 16 with weights. Errors: DATA for a weight that is negative or missing, USAGE for one that is not
 * numeric. */
IRM_API irm_status irm_describe(const irm_column *column, size_t n_rows,
                                const irm_column *weight, irm_description *description,
                                irm_error *error);

/* One row a column of `table`, as `irminon describe` prints them: column, type, rows,
 * missing, secret, distinct, min, max, mean, sd, q05, q25, median, q75, q95, top. `weight`
 * names a column, or is NULL. The caller clears `described`. */
IRM_API irm_status irm_describe_table(const irm_table *table, const char *weight,
                                      irm_table *described, irm_error *error);

/* The same of a table of a store, column by column: memory goes with one column, and not with
 * that where it holds categories. */
IRM_API irm_status irm_describe_stored(const irm_store *store, const char *name,
                                       const char *weight, irm_table *described,
                                       irm_error *error);

/* Quantile of type 7 (Hyndman & Fan, 1996) of `n` ascending values, p in [0, 1]; NaN for
 * none. */
IRM_API double irm_quantile(const double *sorted, size_t n, double p);

typedef struct irm_weighted {
    double value;
    double weight; /* over zero */
} irm_weighted;

/* The same with weights: type 7 on Kish's effective sample size (Akinshin, 2023,
 * arXiv:2304.07265). With equal weights it is irm_quantile, up to rounding. `sorted` is by
 * value, then weight. */
IRM_API double irm_quantile_weighted(const irm_weighted *sorted, size_t n, double p);

#ifdef __cplusplus
}
#endif
#endif
