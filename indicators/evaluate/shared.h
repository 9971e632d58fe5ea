/* A territory's figure beside that of a reference that holds all or part of it: what is
 * hidden in both is counted once. Private to the layer. */
#ifndef IRMINON_EVALUATE_SHARED_H
#define IRMINON_EVALUATE_SHARED_H

#include "evaluate/run.h"

typedef struct irm_pair {
    irm_run *own,
        *other; /* the reference's: over its level, with what France leaves out */
    int32_t other_index; /* of the reference in that level */
    irm_ratio of_own, of_other;
    bool quotient; /* own / other; else own - other */
    double scale;  /* of the whole */
} irm_pair;

/* Narrows the bounds of the items (all of the own level, or but for one: `only`, -1 for
 * all) that the territory's own cells leave open. What cannot be proved leaves them as
 * they are: figures that are no ratio of sums, of different years, or published without
 * their communes. */
irm_status irm_pair_narrow(irm_pair *pair, int32_t only, irm_quantity *items,
                           irm_error *error);

#endif
