/* Parts of levels: some territories of one, evaluated without the others. A part bears
 * the id of the whole level, is published where that is, and gives the same figures.
 *
 * Private to the layer. */
#ifndef IRMINON_EVALUATE_PART_H
#define IRMINON_EVALUATE_PART_H

#include "irminon/evaluate.h"

typedef struct irm_part {
    irm_level level; /* its items borrow from the whole's, and so do its names */
    const irm_level *whole;
    int32_t *of; /* by item: its index in the whole */
} irm_part;

void irm_part_free(irm_part *part);
/* The part that a level is; NULL for whole levels. */
const irm_part *irm_part_find(const irm_evaluator *evaluator, const irm_level *level);
/* Turns what was evaluated over the whole into what is asked of the part. */
irm_status irm_part_project(const irm_part *part, irm_evaluation *evaluation,
                            irm_error *error);

#endif
