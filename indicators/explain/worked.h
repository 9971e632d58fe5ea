/* A formula with numbers in the place of its variables. Private to the layer. */
#ifndef IRMINON_EXPLAIN_WORKED_H
#define IRMINON_EXPLAIN_WORKED_H

#include "evaluate/run.h"
#include "irminon/explain.h"

/* `terms` are those of the formula's variables, in their order. Allocated. */
irm_status worked_formula(irm_run *run, const irm_formula *formula, const irm_term *terms,
                          int32_t index, char **text, irm_error *error);

#endif
