/* Plain cells: published numbers with neither marker nor rounding, which are most of a
 * table, added up without the machinery that the others need, and as exactly.
 *
 * Private to the layer. */
#ifndef IRMINON_EVALUATE_PLAIN_H
#define IRMINON_EVALUATE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/table.h"

typedef enum irm_plain_way {
    IRM_PLAIN_UNKNOWN, /* not looked at yet */
    IRM_PLAIN_NONE, /* rounded, or numbers too far apart: an exact accumulator adds them
                     */
    IRM_PLAIN_DOUBLES, /* no partial sum needs more than the 53 bits of a double */
    IRM_PLAIN_FIXED    /* nor more than a whole number of 128 bits, times 2^lowest */
} irm_plain_way;

typedef struct irm_plain {
    irm_plain_way way;
    int lowest; /* exponent of the lowest bit set in any plain cell */
} irm_plain;

/* How the plain cells of a column of numbers add up, whichever and however many of its
 * n_rows are taken. */
irm_plain irm_plain_of(const irm_column *column, size_t n_rows);

static inline bool irm_plain_cell(const irm_column *column, size_t row) {
    double value = column->values[row];
    return (column->marks == NULL || column->marks[row] == 0) && value == value;
}

/* The sum of `count` rows of the column, correctly rounded, as irm_sum gives it; false
 * where one of them is not plain or is taken in part (a share, which may be NULL, other
 * than 1). */
bool irm_plain_sum(const irm_plain *plain, const irm_column *column, const uint32_t *rows,
                   const double *share, size_t count, double *sum);

#endif
