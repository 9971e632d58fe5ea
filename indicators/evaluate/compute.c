#include <math.h>

#include "evaluate/question.h"
#include "irminon/memory.h"

enum { LOW_COUNT = 200, RELIABLE_COUNT = 500, SMALL_POPULATION = 2000 };

/* The estimated counts that a figure rests on, by territory: any under the threshold
 * makes it one to handle with care, all over the other make it reliable. */
static void flag_counts(irm_quantity *result, const irm_quantity *counts, size_t n,
                        bool may_be_reliable) {
    for (size_t i = 0; i < n; i++) {
        if (counts[i].state == IRM_STATE_NOT_APPLICABLE) {
            continue;
        }
        if (counts[i].upper < LOW_COUNT) {
            result[i].flags &= ~(uint32_t)IRM_FLAG_RELIABLE_COUNT;
            result[i].flags |= IRM_FLAG_LOW_COUNT;
        } else if (counts[i].lower <= RELIABLE_COUNT) {
            result[i].flags &= ~(uint32_t)IRM_FLAG_RELIABLE_COUNT;
        } else if (may_be_reliable && (result[i].flags & IRM_FLAG_LOW_COUNT) == 0) {
            result[i].flags |= IRM_FLAG_RELIABLE_COUNT;
        }
    }
}

/* Zones too small for the complementary exploitation, by the indicator "population". */
static irm_status flag_small(irm_evaluator *evaluator, const irm_level *level, int year,
                             irm_quantity *result, irm_error *error) {
    size_t index = 0;
    if (irm_catalogue_need(evaluator->catalogue, "population", &index, NULL) != IRM_OK) {
        return IRM_OK;
    }
    irm_run run = {.evaluator = evaluator, .level = level, .dataset = "", .year = year};
    irm_quantity *population = irm_calloc(level->count, sizeof *population);
    if (population == NULL) {
        return irm_fail_memory(error);
    }
    irm_error why = {0};
    irm_status status = irm_run_indicator(&run, "population", population, &why);
    for (size_t i = 0; status == IRM_OK && i < level->count; i++) {
        bool known = population[i].state != IRM_STATE_NOT_APPLICABLE;
        if (known && population[i].upper < SMALL_POPULATION) {
            result[i].flags |= IRM_FLAG_SMALL_POPULATION;
        }
    }
    irm_buffer_clear(&run.tables);
    irm_free(population);
    if (status != IRM_OK && !irm_run_unavailable(status)) {
        return irm_fail(error, status, "%s", why.message);
    }
    return IRM_OK;
}

/* A ratio rests on its numerator and its denominator, a count on itself, any other
 * formula on each count that it reads. Inhabitants make a rate of facilities fragile
 * where they are few, not reliable where they are many: what is counted decides. */
static void flag_precision(const irm_question *asked, const irm_run *run,
                           irm_evaluation *out) {
    if (out->numerator != NULL) {
        if (run->survey) {
            flag_counts(out->result, out->numerator, out->count, true);
        }
        if (run->survey_below) {
            flag_counts(out->result, out->denominator, out->count, false);
        }
    } else if (run->survey && asked->kind == IRM_KIND_COUNT) {
        flag_counts(out->result, out->result, out->count, true);
    } else if (run->survey) {
        flag_counts(out->result, run->least, out->count, true);
    }
}

static irm_status qualify(irm_evaluator *evaluator, const irm_question *asked,
                          const irm_run *run, irm_evaluation *out, irm_error *error) {
    uint32_t common = run->flags;
    bool complementary = run->complementary || asked->complementary;
    common |= complementary ? (uint32_t)IRM_FLAG_COMPLEMENTARY : 0;
    for (size_t i = 0; i < out->count; i++) {
        out->result[i].flags |= common;
    }
    flag_precision(asked, run, out);
    bool depth = evaluator->depth > 1; /* the population itself is being asked for */
    return complementary && !depth
               ? flag_small(evaluator, asked->level, out->year, out->result, error)
               : IRM_OK;
}

static irm_status compute_ratio(irm_run *run, const source_parsed *p, double scale,
                                irm_evaluation *out, irm_error *error) {
    run->survey = false;
    IRM_TRY(irm_run_formula(run, p->formulas[0], out->numerator, error));
    bool survey = run->survey;
    run->survey = false;
    IRM_TRY(irm_run_formula(run, p->formulas[1], out->denominator, error));
    run->survey_below = run->survey;
    run->survey = survey;
    irm_quantity factor = irm_quantity_exact(scale);
    for (size_t i = 0; i < out->count; i++) {
        irm_quantity ratio = irm_quantity_divide(out->numerator[i], out->denominator[i]);
        bool seen = !irm_state_hidden(out->numerator[i].state) &&
                    !irm_state_hidden(out->denominator[i].state);
        if (scale != 1 && seen && ratio.state == IRM_STATE_VALUE &&
            ratio.lower == ratio.upper) {
            /* 100 × a / b, in the order statisticians write it, to the last bit. */
            double value = scale * out->numerator[i].value / out->denominator[i].value;
            ratio.value = ratio.lower = ratio.upper = value;
        } else if (scale != 1) {
            ratio = irm_quantity_multiply(ratio, factor);
        }
        out->result[i] = ratio;
    }
    irm_ratio of = source_ratio(p, scale);
    return irm_run_dependence(run, &of, out, error);
}

static irm_status compute_formula(irm_run *run, const source_parsed *p, double scale,
                                  irm_evaluation *out, irm_error *error) {
    IRM_TRY(irm_run_formula(run, p->formulas[0], out->result, error));
    IRM_TRY(irm_run_comparison(run, p->formulas[0], out->result, error));
    irm_quantity factor = irm_quantity_exact(scale);
    for (size_t i = 0; scale != 1 && i < out->count; i++) {
        out->result[i] = irm_quantity_multiply(out->result[i], factor);
    }
    return IRM_OK;
}

/* Where sources do not cover the same overseas départements, the figure of France is
 * computed again over those that they share: never facilities of one perimeter for the
 * inhabitants of another. */
static irm_status compute(irm_run *run, const source_parsed *p, double scale,
                          irm_evaluation *out, irm_error *error) {
    irm_status (*once)(irm_run *, const source_parsed *, double, irm_evaluation *,
                       irm_error *) = p->count == 2 ? compute_ratio : compute_formula;
    IRM_TRY(once(run, p, scale, out, error));
    if (run->outside == 0) {
        return IRM_OK;
    }
    run->excluded = run->outside;
    return once(run, p, scale, out, error);
}

static irm_status make_room(size_t parts, irm_evaluation *out, irm_error *error) {
    out->result = irm_calloc(out->count, sizeof *out->result);
    if (parts == 2) {
        out->numerator = irm_calloc(out->count, sizeof *out->numerator);
        out->denominator = irm_calloc(out->count, sizeof *out->denominator);
    }
    bool lacks = parts == 2 && (out->numerator == NULL || out->denominator == NULL);
    return out->result == NULL || lacks ? irm_fail_memory(error) : IRM_OK;
}

irm_status irm_question_compute(irm_evaluator *evaluator, const irm_question *asked,
                                const irm_source *source, int year, irm_evaluation *out,
                                irm_error *error) {
    source_parsed p;
    irm_run run = {.evaluator = evaluator,
                   .level = asked->level,
                   .dataset = source->dataset,
                   .year = year};
    IRM_TRY(source_parse(source, &p, error));
    out->source = source;
    out->year = year;
    irm_status status = make_room(p.count, out, error);
    run.least = irm_calloc(out->count, sizeof *run.least);
    if (status == IRM_OK && run.least == NULL) {
        status = irm_fail_memory(error);
    }
    for (size_t i = 0; status == IRM_OK && i < out->count; i++) {
        run.least[i].lower = run.least[i].upper = INFINITY;
    }
    if (status == IRM_OK) {
        status = compute(&run, &p, source->scale, out, error);
    }
    if (status == IRM_OK) {
        status = qualify(evaluator, asked, &run, out, error);
    }
    out->geography = run.geography;
    out->tables = irm_buffer_take(&run.tables);
    irm_free(run.least);
    source_parsed_clear(&p);
    return status;
}
