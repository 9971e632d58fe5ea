/* Calls of formulas that look beyond a territory's own figures: at the communes it is
 * made of, at the reference, or at many ages at once. Private to the layer. */
#ifndef IRMINON_EVALUATE_CALLS_H
#define IRMINON_EVALUATE_CALLS_H

#include "evaluate/run.h"

/* `node` is a call (IRM_NODE_REFERENCE or after); `items` has room for the level. */
irm_status irm_run_call(irm_run *run, const irm_formula *formula, const irm_node *node,
                        irm_quantity *items, irm_error *error);
/* The calls over the modalities of a dimension that are numbers: quantiles, means, sums. */
irm_status irm_run_distribution(irm_run *run, const irm_formula *formula,
                                const irm_node *node, irm_quantity *items,
                                irm_error *error);
/* The level at which a variable is read: the run's, the communes, or France. NULL where
 * the geography has it not. */
const irm_level *irm_run_level(const irm_run *run, const irm_variable *variable);

#endif
