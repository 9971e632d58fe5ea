/* Private to the engine: the distinct values of a sample, and what weighs on each.
 * Numbers are described by them, so that a table in memory and one read by blocks give
 * the same. */
#ifndef IRMINON_STATS_SHARES_H
#define IRMINON_STATS_SHARES_H

#include "irminon/describe.h"

/* `rows` cells of one value, of total weight `weight` + `rest` (the sum rounded, and what
 * rounding lost); `squares` is the sum of their squared weights. Without weights: rows,
 * 0, rows. */
typedef struct value_share {
    double value;
    size_t rows;
    double weight, rest, squares;
} value_share;

/* Sets n, weight, distinct, moments and order statistics, of shares by ascending value.
 */
irm_status describe_shares(const value_share *shares, size_t count, bool weighted,
                           irm_description *description, irm_error *error);

/* Quantile of type 7 on Kish's effective sample size, of `total` weight and sum of
 * squared weights `squares`. */
double quantile_of_weights(const irm_weighted *sorted, size_t n, double total,
                           double squares, double p);

#endif
