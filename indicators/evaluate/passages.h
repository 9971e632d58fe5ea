/* Passages from the geographies of a store's tables to the one asked: the history, the
 * populations that share splits and the passages, each made when first needed.
 *
 * Private to the layer. */
#ifndef IRMINON_EVALUATE_PASSAGES_H
#define IRMINON_EVALUATE_PASSAGES_H

#include "irminon/conversion.h"

typedef struct irm_passages {
    int to;
    bool tried; /* to read the history: NULL when the store has none */
    irm_history *history;
    irm_populations *populations;
    struct irm_passage_from {
        int year;
        irm_passage *passage;
    } * items;
    size_t count, capacity;
} irm_passages;

/* The passage from the geography of a year; NULL where no history covers both. Borrowed.
 */
irm_status irm_passages_get(irm_passages *passages, const irm_store *store, int from,
                            irm_passage **passage, irm_error *error);
void irm_passages_clear(irm_passages *passages);

#endif
