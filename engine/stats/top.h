/* Private to engine/stats/: a description as it begins, and its most frequent categories. */
#ifndef IRMINON_STATS_TOP_H
#define IRMINON_STATS_TOP_H

#include "irminon/describe.h"

/* A description of `rows` cells in which nothing is counted yet: every statistic NaN. */
irm_description description_empty(irm_column_type type, size_t rows);
/* Keeps `candidate` among the top ones if it belongs there. */
void top_rank(irm_description *description, irm_top candidate);

#endif
