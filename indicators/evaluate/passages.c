#include "evaluate/passages.h"

#include "irminon/memory.h"

/* A store without movements is no error: codes are placed as geography knows them. */
static irm_status try_history(irm_passages *passages, const irm_store *store,
                              irm_error *error) {
    irm_error none = {0};
    irm_status status = irm_history_load(store, &passages->history, &none);
    passages->tried = true;
    if (status == IRM_STATUS_NOT_FOUND) {
        return IRM_OK;
    }
    if (status != IRM_OK) {
        return irm_fail(error, status, "%s", none.message);
    }
    return irm_populations_load(store, NULL, &passages->populations, error);
}

irm_status irm_passages_get(irm_passages *passages, const irm_store *store, int from,
                            irm_passage **passage, irm_error *error) {
    *passage = NULL;
    for (size_t i = 0; i < passages->count; i++) {
        if (passages->items[i].year == from) {
            *passage = passages->items[i].passage;
            return IRM_OK;
        }
    }
    if (!passages->tried) {
        IRM_TRY(try_history(passages, store, error));
    }
    IRM_TRY(irm_reserve((void **)&passages->items, &passages->capacity,
                        passages->count + 1, sizeof *passages->items, error));
    irm_error refused = {0};
    irm_status status =
        passages->history == NULL
            ? IRM_STATUS_REFUSED
            : irm_passage_new(passages->history, passages->populations, from,
                              passages->to, IRM_SHARE_UNKNOWN, passage, &refused);
    if (status != IRM_OK && status != IRM_STATUS_REFUSED) {
        return irm_fail(error, status, "%s", refused.message);
    }
    passages->items[passages->count++] = (struct irm_passage_from){from, *passage};
    return IRM_OK;
}

void irm_passages_clear(irm_passages *passages) {
    for (size_t i = 0; i < passages->count; i++) {
        irm_passage_free(passages->items[i].passage);
    }
    irm_free(passages->items);
    irm_populations_free(passages->populations);
    irm_history_free(passages->history);
    *passages = (irm_passages){0};
}
