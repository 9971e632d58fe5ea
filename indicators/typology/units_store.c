#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/typology.h"

/* One for each dimension of a French territory: who lives there, with whom, from what
 * work and what income, housed how, moving where. Rates and medians, never counts: a
 * typology of sizes is a list of towns. Where two say the same, the first that the store
 * has is taken ('|'). */
static const char *const default_indicators[] = {
    "share_under_20|share_under_15",
    "share_65_over|ageing_index",
    "natural_balance",
    "apparent_migration",
    "household_size",
    "one_parent_families",
    "employment_rate|activity_rate",
    "census_unemployment_rate",
    "managers|higher_diploma",
    "manual_workers|no_diploma",
    "median_living_standard",
    "jobs_per_resident_worker",
    "dwelling_vacancy",
    "second_homes",
    "home_owners",
};
enum { MOST_DEFAULTS = 32, SHARE_KNOWN = 5 };

static bool known_enough(const irm_evaluation *evaluation, const bool *mask) {
    size_t in = 0, known = 0;
    for (size_t i = 0; i < evaluation->count; i++) {
        if (mask == NULL || mask[i]) {
            in++;
            known += isfinite(evaluation->result[i].value) ? 1 : 0;
        }
    }
    return SHARE_KNOWN * known >= (SHARE_KNOWN - 1) * in && known > 0;
}

/* The first of "a|b" that the store knows well enough. */
static irm_status choose_one(irm_evaluator *evaluator, const irm_catalogue *catalogue,
                             const irm_level *level, const bool *mask, int year,
                             const char *choices, size_t *chosen, bool *found,
                             irm_error *error) {
    *found = false;
    for (const char *p = choices; *p != '\0' && !*found;) {
        size_t size = strcspn(p, "|"), index = 0;
        char id[64] = "";
        memcpy(id, p, size < sizeof id - 1 ? size : sizeof id - 1);
        p += size + (p[size] == '|');
        irm_error unseen = {0};
        if (irm_catalogue_need(catalogue, id, &index, &unseen) != IRM_OK) {
            continue;
        }
        irm_evaluation evaluation = {0};
        irm_status status =
            year == 0 ? irm_evaluate_widely(evaluator, index, level, mask, &evaluation, error)
                      : irm_evaluate(evaluator, index, level, year, &evaluation, error);
        if (status == IRM_OK && evaluation.unavailable == NULL) {
            *found = known_enough(&evaluation, mask);
            *chosen = index;
        }
        irm_evaluation_clear(&evaluation);
        IRM_TRY(status);
    }
    return IRM_OK;
}

irm_status irm_typology_default_indicators(irm_evaluator *evaluator,
                                           const irm_catalogue *catalogue,
                                           const irm_level *level, const bool *mask,
                                           int year, size_t *indicators, size_t *count,
                                           irm_error *error) {
    *count = 0;
    size_t n = sizeof default_indicators / sizeof *default_indicators;
    for (size_t i = 0; i < n && *count < MOST_DEFAULTS; i++) {
        bool found = false;
        IRM_TRY(choose_one(evaluator, catalogue, level, mask, year, default_indicators[i],
                           &indicators[*count], &found, error));
        *count += found ? 1 : 0;
    }
    return *count >= 2
               ? IRM_OK
               : irm_fail(
                     error, IRM_STATUS_NOT_FOUND,
                     "the store gives %zu of the usual indicators for most territories "
                     "of level %s: name yours with --indicators "
                     "('irminon catalogue STORE --level %s' lists them)",
                     *count, level->id, level->id);
}

static irm_status replace_text(char **text, const char *with, irm_error *error) {
    char *copy = irm_strdup(with != NULL ? with : "");
    if (copy == NULL) {
        return irm_fail_memory(error);
    }
    irm_free(*text);
    *text = copy;
    return IRM_OK;
}

static irm_status describe(irm_typology_variable *variable,
                           const irm_indicator *indicator,
                           const irm_evaluation *evaluation, irm_error *error) {
    variable->decimals = indicator->decimals;
    variable->year = evaluation->year;
    IRM_TRY(replace_text(&variable->label_fr, indicator->label_fr, error));
    IRM_TRY(replace_text(&variable->label_en, indicator->label_en, error));
    IRM_TRY(replace_text(&variable->unit_fr, indicator->unit_fr, error));
    IRM_TRY(replace_text(&variable->unit_en, indicator->unit, error));
    return replace_text(&variable->tables, evaluation->tables, error);
}

/* What is only bounded keeps its bounds: what fills it in will be brought within them. */
static void take_values(irm_typology_variable *variable, const irm_typology_units *units,
                        const irm_evaluation *evaluation) {
    for (size_t i = 0; i < units->n; i++) {
        const irm_quantity *q = &evaluation->result[units->items[i]];
        variable->values[i] = isfinite(q->value) ? q->value : NAN;
        variable->lower[i] = q->lower;
        variable->upper[i] = q->upper;
        variable->states[i] = (uint8_t)irm_quantity_state_shown(*q);
    }
}

static irm_status add_indicator(irm_evaluator *evaluator, const irm_catalogue *catalogue,
                                const irm_typology_request *request, size_t which,
                                irm_typology_units *units, irm_error *error) {
    const irm_indicator *indicator =
        irm_catalogue_get(catalogue, request->indicators[which]);
    irm_evaluation evaluation = {0};
    irm_typology_variable *variable;
    size_t index = request->indicators[which];
    irm_status status =
        request->year == 0
            ? irm_evaluate_widely(evaluator, index, request->level, request->mask,
                                  &evaluation, error)
            : irm_evaluate(evaluator, index, request->level, request->year, &evaluation,
                           error);
    if (status == IRM_OK && evaluation.unavailable != NULL) {
        status = irm_fail(error, IRM_STATUS_NOT_FOUND, "%s: %s", indicator->id,
                          evaluation.unavailable);
    }
    if (status == IRM_OK) {
        status = irm_typology_add_variable(units, indicator->id,
                                           which < request->n_active, &variable, error);
    }
    if (status == IRM_OK) {
        take_values(variable, units, &evaluation);
        status = describe(variable, indicator, &evaluation, error);
    }
    irm_evaluation_clear(&evaluation);
    return status;
}

/* One number of each unit, by the id of an indicator; *values NULL where there is none.
 */
static irm_status read_number(irm_evaluator *evaluator, const irm_catalogue *catalogue,
                              const irm_level *level, const char *id,
                              const irm_typology_units *units, double **values,
                              irm_error *error) {
    size_t index;
    *values = NULL;
    IRM_TRY(irm_catalogue_need(catalogue, id, &index, error));
    irm_evaluation evaluation = {0};
    irm_status status =
        irm_evaluate_widely(evaluator, index, level, NULL, &evaluation, error);
    if (status == IRM_OK && evaluation.unavailable != NULL) {
        status =
            irm_fail(error, IRM_STATUS_NOT_FOUND, "%s: %s", id, evaluation.unavailable);
    }
    double *made = status == IRM_OK ? irm_calloc(units->n, sizeof *made) : NULL;
    if (status == IRM_OK && made == NULL) {
        status = irm_fail_memory(error);
    }
    for (size_t i = 0; status == IRM_OK && i < units->n; i++) {
        made[i] = evaluation.result[units->items[i]].value;
    }
    irm_evaluation_clear(&evaluation);
    *values = made;
    return status;
}

static irm_status read_weights(irm_evaluator *evaluator, const irm_catalogue *catalogue,
                               const irm_typology_request *request,
                               irm_typology_units *units, irm_error *error) {
    irm_error unseen = {0};
    if (read_number(evaluator, catalogue, request->level, "population", units,
                    &units->population, &unseen) == IRM_STATUS_NO_MEMORY) {
        return irm_fail_memory(error);
    }
    if (request->weight == NULL) {
        return IRM_OK;
    }
    IRM_TRY(read_number(evaluator, catalogue, request->level, request->weight, units,
                        &units->weights, error));
    return replace_text(&units->weight_id, request->weight, error);
}

static irm_status choose_units(const irm_typology_request *request,
                               irm_typology_units *units, irm_error *error) {
    const irm_level *level = request->level;
    size_t n = 0;
    const char **ids = irm_calloc(level->count, sizeof *ids);
    const char **names = irm_calloc(level->count, sizeof *names);
    int32_t *items = irm_calloc(level->count, sizeof *items);
    irm_status status =
        ids == NULL || names == NULL || items == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < level->count; i++) {
        if (request->mask == NULL || request->mask[i]) {
            ids[n] = level->items[i].code;
            names[n] = level->items[i].name;
            items[n++] = (int32_t)i;
        }
    }
    if (status == IRM_OK) {
        status = irm_typology_units_init(units, n, ids, names, error);
    }
    irm_free(ids);
    irm_free(names);
    if (status != IRM_OK) {
        irm_free(items);
        return status;
    }
    units->items = items;
    return replace_text(&units->level, level->id, error);
}

irm_status irm_typology_units_evaluate(irm_evaluator *evaluator,
                                       const irm_catalogue *catalogue,
                                       const irm_typology_request *request,
                                       irm_typology_units *units, irm_error *error) {
    *units = (irm_typology_units){0};
    irm_status status = choose_units(request, units, error);
    size_t n = request->n_active + request->n_supplementary;
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        status = add_indicator(evaluator, catalogue, request, i, units, error);
    }
    if (status == IRM_OK) {
        status = read_weights(evaluator, catalogue, request, units, error);
    }
    if (status != IRM_OK) {
        irm_typology_units_clear(units);
    }
    return status;
}
