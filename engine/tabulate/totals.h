/* Private to engine/tabulate/: totals over each subset of the axes. */
#ifndef IRMINON_TABULATE_TOTALS_H
#define IRMINON_TABULATE_TOTALS_H

#include "tabulate/cells.h"

/* Adds to sorted cells those of every subset of the first n_axes axes at their totals.
 * REFUSED where there are over `most` in all. */
irm_status totals_add(const cell_axis *axes, size_t n_axes, size_t n_measures,
                      size_t most, cell_list *cells, irm_error *error);

#endif
