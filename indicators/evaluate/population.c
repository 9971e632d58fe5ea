#include <math.h>

#include "irminon/evaluate.h"
#include "irminon/memory.h"

/* Fills what is unknown yet from one year. */
static irm_status fill_year(irm_evaluator *evaluator, size_t indicator,
                            const irm_level *communes, int year, double *population,
                            irm_error *error) {
    irm_evaluation evaluation = {0};
    IRM_TRY(irm_evaluate(evaluator, indicator, communes, year, &evaluation, error));
    for (size_t i = 0; evaluation.unavailable == NULL && i < evaluation.count; i++) {
        if (isnan(population[i])) {
            population[i] = evaluation.result[i].value;
        }
    }
    irm_evaluation_clear(&evaluation);
    return IRM_OK;
}

static irm_status fill(irm_evaluator *evaluator, size_t indicator,
                       const irm_level *communes, const int *years, size_t n_years,
                       double *population, irm_error *error) {
    for (size_t i = 0; i < communes->count; i++) {
        population[i] = NAN;
    }
    for (size_t k = n_years; k-- > 0;) {
        IRM_TRY(fill_year(evaluator, indicator, communes, years[k], population, error));
    }
    for (size_t i = 0; i < communes->count; i++) {
        population[i] = isnan(population[i]) ? 0 : population[i];
    }
    return IRM_OK;
}

irm_status irm_evaluator_population(irm_evaluator *evaluator,
                                    const irm_catalogue *catalogue,
                                    const irm_geography *geography, double **population,
                                    irm_error *error) {
    size_t indicator, n_years = 0;
    int *years = NULL;
    const irm_level *communes = irm_geography_level(geography, "com");
    *population = NULL;
    if (communes == NULL ||
        irm_catalogue_need(catalogue, "population", &indicator, NULL) != IRM_OK) {
        return IRM_OK;
    }
    IRM_TRY(irm_evaluator_years(evaluator, indicator, communes, &years, &n_years, error));
    irm_status status = IRM_OK;
    if (n_years > 0) {
        *population = irm_calloc(communes->count, sizeof **population);
        status = *population == NULL ? irm_fail_memory(error)
                                     : fill(evaluator, indicator, communes, years,
                                            n_years, *population, error);
    }
    irm_free(years);
    if (status != IRM_OK) {
        irm_free(*population);
        *population = NULL;
    }
    return status;
}
