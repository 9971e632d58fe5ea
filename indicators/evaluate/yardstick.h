/* The France that reference() reads: all of it, or without a few communes of which a
 * source tells nothing. Private to the layer. */
#ifndef IRMINON_EVALUATE_YARDSTICK_H
#define IRMINON_EVALUATE_YARDSTICK_H

#include "evaluate/run.h"

typedef struct irm_yardstick {
    irm_level level; /* of one territory; its communes are its own */
    size_t n_left;   /* communes left out, besides overseas départements */
    char *tables;    /* of which they have no figure */
} irm_yardstick;

void irm_yardstick_free(irm_yardstick *yardstick);

/* "14666 Sannerville, …": the communes left out. */
void irm_yardstick_names(const irm_evaluator *evaluator, const irm_yardstick *of,
                         char *text, size_t size);

/* The level of what `n` nodes read for France. A figure that is missing for some
 * communes, with nothing that bounds it, would leave the whole unknown for one of them:
 * where they hold at most a commune in a thousand and an inhabitant in a thousand, France
 * is taken without them, for all that the nodes read, and the run is flagged. Secret
 * figures are never left out. REFUSED where the geography has no France. */
irm_status irm_run_yardstick(irm_run *run, const irm_formula *formula,
                             const size_t *nodes, size_t n, const irm_level **level,
                             irm_error *error);

#endif
