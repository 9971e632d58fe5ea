/* Private to engine/stats/: the most frequent categories of a description. */
#ifndef IRMINON_STATS_TOP_H
#define IRMINON_STATS_TOP_H

#include "irminon/describe.h"

/* Keeps `candidate` among the top ones if it belongs there. */
void top_rank(irm_description *description, irm_top candidate);

#endif
