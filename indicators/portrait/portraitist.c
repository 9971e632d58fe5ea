#include "portrait/portraitist.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"

irm_status irm_portraitist_new(irm_evaluator *evaluator, const irm_store *store,
                               const irm_geography *geography,
                               const irm_catalogue *catalogue, const irm_reporter *reporter,
                               irm_portraitist **portraitist, irm_error *error) {
    irm_portraitist *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->evaluator = evaluator;
    made->store = store;
    made->geography = geography;
    made->catalogue = catalogue;
    made->reporter = reporter;
    *portraitist = made;
    return IRM_OK;
}

void irm_portraitist_free(irm_portraitist *portraitist) {
    if (portraitist == NULL) {
        return;
    }
    for (size_t i = 0; i < portraitist->n_kept; i++) {
        irm_evaluation_clear(&portraitist->kept[i]->evaluation);
        irm_precision_free(portraitist->kept[i]->precision);
        irm_free(portraitist->kept[i]);
    }
    irm_free(portraitist->kept);
    irm_free(portraitist->population);
    irm_free(portraitist);
}

static kept_evaluation *find_kept(const irm_portraitist *portraitist, size_t indicator,
                                  const irm_level *level, int year) {
    for (size_t i = 0; i < portraitist->n_kept; i++) {
        kept_evaluation *kept = portraitist->kept[i];
        if (kept->evaluation.indicator == indicator && kept->evaluation.level == level &&
            kept->asked_year == year) {
            return kept;
        }
    }
    return NULL;
}

irm_status portraitist_evaluate(irm_portraitist *portraitist, size_t indicator,
                                const irm_level *level, int year,
                                const irm_evaluation **evaluation, irm_error *error) {
    kept_evaluation *kept = find_kept(portraitist, indicator, level, year);
    if (kept != NULL) {
        *evaluation = &kept->evaluation;
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&portraitist->kept, &portraitist->kept_capacity,
                        portraitist->n_kept + 1, sizeof *portraitist->kept, error));
    kept = irm_calloc(1, sizeof *kept);
    if (kept == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = irm_evaluate(portraitist->evaluator, indicator, level, year,
                                     &kept->evaluation, error);
    if (status != IRM_OK) {
        irm_free(kept);
        return status;
    }
    kept->asked_year = year;
    kept->evaluation.indicator = indicator;
    kept->evaluation.level = level;
    portraitist->kept[portraitist->n_kept++] = kept;
    *evaluation = &kept->evaluation;
    return IRM_OK;
}

irm_status portraitist_alone(irm_portraitist *portraitist, irm_place *place,
                             irm_error *error) {
    const irm_level *alone;
    IRM_TRY(irm_evaluator_part(portraitist->evaluator, place->level, &place->index, 1,
                               &alone, error));
    place->index = alone == place->level ? place->index : 0;
    place->level = alone;
    return IRM_OK;
}

irm_status portraitist_precision(irm_portraitist *portraitist,
                                 const irm_evaluation *evaluation, int32_t index,
                                 const irm_precision **precision, irm_error *error) {
    kept_evaluation *kept = NULL;
    *precision = NULL;
    for (size_t i = 0; i < portraitist->n_kept && kept == NULL; i++) {
        kept = &portraitist->kept[i]->evaluation == evaluation ? portraitist->kept[i] : NULL;
    }
    if (kept == NULL) {
        return IRM_OK;
    }
    if (!kept->precision_sought) {
        IRM_TRY(irm_precision_new(portraitist->evaluator, evaluation, &kept->precision, error));
        kept->precision_sought = true;
    }
    *precision = kept->precision;
    return *precision == NULL ? IRM_OK
                              : irm_precision_tell(*precision, &kept->evaluation, index,
                                                   IRM_PORTRAIT_CONFIDENCE, error);
}

irm_status portraitist_population(irm_portraitist *portraitist, const double **population,
                                  irm_error *error) {
    if (!portraitist->population_sought) {
        IRM_TRY(irm_evaluator_population(portraitist->evaluator, portraitist->catalogue,
                                         portraitist->geography, &portraitist->population,
                                         error));
        portraitist->population_sought = true;
    }
    *population = portraitist->population;
    return IRM_OK;
}

static irm_place place_at(const irm_level *level, int32_t index) {
    return (irm_place){level, index, level->items[index].code, level->items[index].name};
}

static size_t count_communes(const irm_level *level, int32_t index, size_t n_communes) {
    size_t count = 0;
    for (size_t i = 0; level->of_commune != NULL && i < n_communes; i++) {
        count += level->of_commune[i] == index;
    }
    return count;
}

irm_status irm_portrait_references(irm_portraitist *portraitist, irm_place place,
                                   irm_place **references, size_t *count,
                                   irm_error *error) {
    static const char *const above[] = {"epci", "dep", "reg", "frm", "fr"};
    enum { N = sizeof above / sizeof *above };
    *count = 0;
    *references = irm_calloc(N, sizeof **references);
    if (*references == NULL) {
        return irm_fail_memory(error);
    }
    const irm_level *communes = irm_geography_level(portraitist->geography, "com");
    size_t within = communes == NULL ? 0
                                     : count_communes(place.level, place.index,
                                                      communes->count);
    const double *population;
    irm_status status = portraitist_population(portraitist, &population, error);
    for (size_t i = 0; communes != NULL && status == IRM_OK && i < N; i++) {
        const irm_level *level = irm_geography_level(portraitist->geography, above[i]);
        bool country = *count > 0 && strcmp(above[i], "fr") == 0 &&
                       strcmp((*references)[*count - 1].level->id, "frm") == 0;
        if (level == NULL || level == place.level || level->of_commune == NULL || country) {
            continue; /* metropolitan France is the reference where there is one */
        }
        int32_t index = irm_geography_main(portraitist->geography, place.level, place.index,
                                           level, population, NULL);
        if (index >= 0 && count_communes(level, index, communes->count) > within) {
            (*references)[(*count)++] = place_at(level, index);
            within = count_communes(level, index, communes->count);
        }
    }
    if (status != IRM_OK) {
        irm_free(*references);
        *references = NULL;
    }
    return status;
}
