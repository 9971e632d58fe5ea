#include <math.h>

#include "irminon/evaluate.h"
#include "irminon/memory.h"

static irm_status copy_values(const irm_evaluation *evaluation, double **population,
                              irm_error *error) {
    *population = irm_calloc(evaluation->count, sizeof **population);
    if (*population == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < evaluation->count; i++) {
        double value = evaluation->result[i].value;
        (*population)[i] = isnan(value) ? 0 : value;
    }
    return IRM_OK;
}

irm_status irm_evaluator_population(irm_evaluator *evaluator, const irm_catalogue *catalogue,
                                    const irm_geography *geography, double **population,
                                    irm_error *error) {
    size_t indicator;
    const irm_level *communes = irm_geography_level(geography, "com");
    *population = NULL;
    if (communes == NULL ||
        irm_catalogue_need(catalogue, "population", &indicator, NULL) != IRM_OK) {
        return IRM_OK;
    }
    irm_evaluation evaluation = {0};
    IRM_TRY(irm_evaluate(evaluator, indicator, communes, 0, &evaluation, error));
    irm_status status = evaluation.unavailable == NULL
                            ? copy_values(&evaluation, population, error)
                            : IRM_OK;
    irm_evaluation_clear(&evaluation);
    return status;
}
