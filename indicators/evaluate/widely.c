#include <stdlib.h>
#include <string.h>

#include "evaluate/leaf.h"
#include "irminon/evaluate.h"
#include "irminon/memory.h"

/* Part of the territories that the newest year must tell of to be taken before others. */
static const double ENOUGH = 0.8;

static size_t visible(const irm_evaluation *evaluation, const bool *mask) {
    size_t count = 0;
    for (size_t i = 0; evaluation->unavailable == NULL && i < evaluation->count; i++) {
        bool asked = mask == NULL || mask[i];
        count += asked && !irm_state_hidden(evaluation->result[i].state);
    }
    return count;
}

/* Keeps the one that tells of more territories; the other is cleared. */
static void keep_wider(irm_evaluation *kept, size_t *seen, irm_evaluation *other,
                       const bool *mask) {
    size_t count = visible(other, mask);
    if (other->unavailable == NULL && count > *seen) {
        irm_evaluation_clear(kept);
        *kept = *other;
        *seen = count;
    } else {
        irm_evaluation_clear(other);
    }
}

static void tell_choice(irm_evaluator *evaluator, const char *id, int newest,
                        size_t known, size_t asked, int taken) {
    irm_warn_once(evaluator,
                  "%s: %d is known of %zu territories out of %zu only; %d is taken "
                  "(--year chooses)",
                  id, newest, known, asked, taken);
}

irm_status irm_evaluate_widely(irm_evaluator *evaluator, size_t indicator,
                               const irm_level *level, const bool *mask,
                               irm_evaluation *evaluation, irm_error *error) {
    size_t asked = 0, count = 0, seen, first;
    int *years = NULL;
    IRM_TRY(irm_evaluate(evaluator, indicator, level, 0, evaluation, error));
    for (size_t i = 0; i < level->count; i++) {
        asked += mask == NULL || mask[i];
    }
    first = seen = visible(evaluation, mask);
    int newest = evaluation->year;
    if (evaluation->unavailable != NULL || (double)seen >= ENOUGH * (double)asked) {
        return IRM_OK;
    }
    irm_status status =
        irm_evaluator_years(evaluator, indicator, level, &years, &count, error);
    for (size_t k = count; status == IRM_OK && k-- > 0;) {
        irm_evaluation other = {0};
        if (years[k] >= newest || (double)seen >= ENOUGH * (double)asked) {
            continue;
        }
        status = irm_evaluate(evaluator, indicator, level, years[k], &other, error);
        if (status == IRM_OK) {
            keep_wider(evaluation, &seen, &other, mask);
        }
    }
    irm_free(years);
    if (status != IRM_OK) {
        irm_evaluation_clear(evaluation);
    } else if (evaluation->year != newest) {
        tell_choice(evaluator, irm_catalogue_get(evaluator->catalogue, indicator)->id,
                    newest, first, asked, evaluation->year);
    }
    return status;
}
