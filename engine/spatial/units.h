/* What is checked of units and their values before anything is computed, with messages
 * that name the units at fault. Units count from 1 in messages. */
#ifndef IRMINON_SPATIAL_UNITS_H
#define IRMINON_SPATIAL_UNITS_H

#include <stddef.h>

#include "irminon/matrix.h"
#include "irminon/spatial.h"
#include "irminon/status.h"

/* The first units of a list, and how many there are; zeroed to begin with. */
typedef struct unit_list {
    size_t count;
    size_t used;
    char text[160];
} unit_list;
void unit_list_add(unit_list *list, size_t unit);
/* "units 3, 17, 20 and 5 more", "unit 3"; closes the list. */
const char *unit_list_text(unit_list *list);

/* USAGE without units, or with more than a 32-bit number tells apart. */
irm_status units_check_count(size_t n, irm_error *error);
/* DATA where a value is not finite. */
irm_status units_check_finite(const double *x, size_t n, const char *what,
                              irm_error *error);
/* The same, and DATA where all values are equal. */
irm_status units_check_varied(const double *x, size_t n, irm_error *error);
/* DATA where nobody has a neighbour. */
irm_status units_check_joined(const irm_neighbours *neighbours, irm_error *error);
/* Rows as many as units, finite values, at least a column. */
irm_status units_check_matrix(const irm_matrix *x, size_t n, irm_error *error);

/* Weights (NULL: equal) over 0; populations (NULL: 1 each) of 0 or more; DATA otherwise.
 */
irm_status units_check_weights(const double *weights, size_t n, irm_error *error);
irm_status units_check_population(const double *population, size_t n, irm_error *error);
/* Numbers the k classes anew, by their first unit. */
irm_status units_number_classes(int32_t *classes, size_t n, size_t k, irm_error *error);

/* Mean, in two passes. */
double units_mean(const double *x, size_t n);
/* Of the normal distribution. */
double units_upper_tail(double z);

#endif
