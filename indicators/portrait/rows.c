#include <math.h>
#include <string.h>

#include "evaluate/run.h"
#include "irminon/memory.h"
#include "portrait/portraitist.h"

static const irm_quantity unknown = {NAN, -INFINITY, INFINITY, IRM_STATE_MISSING, 0};

/* A territory's figure for the very year of the row; MISSING where there is none. */
static irm_status reference_value(irm_portraitist *portraitist, size_t indicator,
                                  irm_place place, int year, irm_quantity *value,
                                  const irm_evaluation **used, irm_error *error) {
    const irm_evaluation *evaluation;
    IRM_TRY(portraitist_evaluate(portraitist, indicator, place.level, year, &evaluation,
                                 error));
    *value = unknown;
    *used = NULL;
    if (evaluation->unavailable == NULL && evaluation->year == year) {
        *value = evaluation->result[place.index];
        *used = evaluation;
    }
    return IRM_OK;
}

enum { CENSUS_POOLS = 5 }; /* survey years of a vintage */

/* True when an evaluation read census vintages, which pool several survey years. */
static bool pools_years(const irm_portraitist *portraitist, const irm_evaluation *evaluation) {
    char name[256];
    size_t size = strcspn(evaluation->tables != NULL ? evaluation->tables : "", " ");
    if (size == 0 || size >= sizeof name) {
        return false;
    }
    memcpy(name, evaluation->tables, size);
    name[size] = '\0';
    const irm_table *table = irm_store_find(portraitist->store, name);
    return table != NULL && irm_attributes_get(&table->attributes, "survey_years") != NULL;
}

/* Adds a year before those already there, unless its vintage overlaps the next one's, or the
 * definition changed in between. */
static void prepend_year(const irm_portraitist *portraitist, const irm_evaluation *used,
                         double value, irm_portrait_row *row) {
    if (row->n_series > 0 && pools_years(portraitist, used) &&
        row->series_years[0] - used->year <
            irm_vintages_apart(CENSUS_POOLS, row->series_years[0], used->year)) {
        return;
    }
    irm_break change;
    if (row->n_series > 0 && irm_evaluator_break(portraitist->evaluator, used->source, used->year,
                                                 row->series_years[0], &change)) {
        return;
    }
    memmove(row->series_years + 1, row->series_years,
            row->n_series * sizeof *row->series_years);
    memmove(row->series_values + 1, row->series_values,
            row->n_series * sizeof *row->series_values);
    row->series_years[0] = used->year;
    row->series_values[0] = value;
    row->n_series++;
}

static irm_status fill_series(irm_portraitist *portraitist, size_t indicator,
                              irm_place place, irm_portrait_row *row, irm_error *error) {
    int *years = NULL;
    size_t count = 0;
    IRM_TRY(portraitist_alone(portraitist, &place, error));
    IRM_TRY(irm_evaluator_years(portraitist->evaluator, indicator, place.level, &years,
                                &count, error));
    irm_status status = IRM_OK;
    if (count > 1) {
        row->series_values = irm_calloc(count, sizeof *row->series_values);
        row->series_years = irm_calloc(count, sizeof *row->series_years);
        if (row->series_values == NULL || row->series_years == NULL) {
            status = irm_fail_memory(error);
        }
    }
    for (size_t i = count; status == IRM_OK && count > 1 && i-- > 0;) {
        irm_quantity value;
        const irm_evaluation *used;
        status = reference_value(portraitist, indicator, place, years[i], &value, &used,
                                 error);
        if (status == IRM_OK && used != NULL) {
            prepend_year(portraitist, used, value.value, row);
        }
    }
    irm_free(years);
    return status;
}

static irm_status fill_parts(irm_portraitist *portraitist, size_t indicator,
                             const irm_portrait *portrait, irm_portrait_row *row,
                             irm_error *error) {
    if (portrait->part_level == NULL) {
        return IRM_OK;
    }
    const irm_evaluation *evaluation;
    const irm_level *few;
    IRM_TRY(irm_evaluator_part(portraitist->evaluator, portrait->part_level, portrait->parts,
                               portrait->n_parts, &few, error));
    IRM_TRY(portraitist_evaluate(portraitist, indicator, few, row->year, &evaluation, error));
    if (evaluation->unavailable != NULL) {
        return IRM_OK;
    }
    row->parts = irm_calloc(portrait->n_parts, sizeof *row->parts);
    if (row->parts == NULL) {
        return irm_fail_memory(error);
    }
    row->parts_year = evaluation->year;
    for (size_t i = 0; i < portrait->n_parts; i++) {
        const char *code = portrait->part_level->items[portrait->parts[i]].code;
        int32_t at = few == portrait->part_level ? portrait->parts[i] : irm_level_find(few, code);
        row->parts[i] = evaluation->result[at];
    }
    return IRM_OK;
}

static irm_status fill_own(const irm_evaluation *evaluation, irm_place place,
                           const peer_group *group, irm_portrait_row *row, irm_error *error) {
    row->values[0] = evaluation->result[place.index];
    row->years[0] = row->year = evaluation->year;
    row->evaluations[0] = evaluation;
    row->source = evaluation->source;
    row->geography = evaluation->geography;
    row->tables = irm_strdup(evaluation->tables != NULL ? evaluation->tables : "");
    if (evaluation->numerator != NULL) {
        row->numerator = evaluation->numerator[place.index];
    }
    if (evaluation->denominator != NULL) {
        row->denominator = evaluation->denominator[place.index];
    }
    peers_rank(evaluation, place, group, row);
    return row->tables == NULL ? irm_fail_memory(error) : IRM_OK;
}

/* True when some reference has a figure for that year. */
static irm_status any_reference(irm_portraitist *portraitist, size_t indicator,
                                const irm_portrait *portrait, int year, bool *any,
                                irm_error *error) {
    *any = false;
    for (size_t i = 0; !*any && i < portrait->n_references; i++) {
        irm_quantity value;
        const irm_evaluation *used;
        IRM_TRY(reference_value(portraitist, indicator, portrait->references[i], year, &value,
                                &used, error));
        *any = isfinite(value.value);
    }
    return IRM_OK;
}

/* The newest figure; but a rate says little alone: where no reference has one of that year,
 * the newest of the years just before for which the territory and a reference both have. */
static irm_status choose_evaluation(irm_portraitist *portraitist, size_t indicator,
                                    const irm_portrait *portrait,
                                    const irm_evaluation **evaluation, irm_error *error) {
    enum { OLDER = 6 };
    const irm_place *place = &portrait->place;
    const irm_indicator *about = irm_catalogue_get(portraitist->catalogue, indicator);
    IRM_TRY(portraitist_evaluate(portraitist, indicator, place->level, 0, evaluation, error));
    bool any = irm_kind_additive(about->kind) || portrait->n_references == 0;
    if ((*evaluation)->unavailable != NULL || any) {
        return IRM_OK;
    }
    int newest = (*evaluation)->year, *years = NULL;
    size_t count = 0;
    IRM_TRY(any_reference(portraitist, indicator, portrait, newest, &any, error));
    if (any) {
        return IRM_OK;
    }
    IRM_TRY(irm_evaluator_years(portraitist->evaluator, indicator, place->level, &years, &count,
                                error));
    irm_status status = IRM_OK;
    for (size_t k = count; status == IRM_OK && !any && k-- > 0;) {
        const irm_evaluation *older;
        if (years[k] >= newest || years[k] < newest - OLDER) {
            continue;
        }
        status = portraitist_evaluate(portraitist, indicator, place->level, years[k], &older,
                                      error);
        bool own = status == IRM_OK && older->unavailable == NULL &&
                   isfinite(older->result[place->index].value);
        if (own) {
            status = any_reference(portraitist, indicator, portrait, years[k], &any, error);
            *evaluation = any ? older : *evaluation;
        }
    }
    irm_free(years);
    return status;
}

/* How far chance can have moved the figure, and whether it differs from the references taken
 * without the territory. */
static irm_status fill_precision(irm_portraitist *portraitist, const irm_portrait *portrait,
                                 irm_portrait_row *row, irm_error *error) {
    const irm_precision *own, *other;
    const irm_place *place = &portrait->place;
    IRM_TRY(portraitist_precision(portraitist, row->evaluations[0], place->index, &own, error));
    if (own == NULL) {
        return IRM_OK;
    }
    row->interval = row->evaluations[0]->interval[place->index];
    for (size_t i = 0; i < portrait->n_references; i++) {
        const irm_evaluation *evaluation = row->evaluations[i + 1];
        if (evaluation == NULL || evaluation->source != row->source) {
            continue;
        }
        int32_t index = portrait->references[i].index;
        IRM_TRY(portraitist_precision(portraitist, evaluation, index, &other, error));
        if (other != NULL) {
            row->differences[i] = irm_precision_compare(own, place->index, other, index,
                                                        portrait->geography);
        }
    }
    return IRM_OK;
}

/* The territory's figure less each reference's, where a gap means something. */
static irm_status fill_gaps(irm_portraitist *portraitist, const irm_portrait *portrait,
                            irm_portrait_row *row, irm_error *error) {
    for (size_t i = 0; i < portrait->n_references; i++) {
        row->gaps[i] = unknown;
        if (row->evaluations[i + 1] != NULL && !irm_kind_additive(row->indicator->kind)) {
            IRM_TRY(irm_evaluate_gap(portraitist->evaluator, row->evaluations[0],
                                     portrait->place.index, row->evaluations[i + 1],
                                     portrait->references[i].index, &row->gaps[i], error));
        }
    }
    return IRM_OK;
}

irm_status portrait_row_fill(irm_portraitist *portraitist, size_t indicator,
                           const irm_portrait *portrait, const peer_group *group,
                           irm_portrait_row *row, irm_error *error) {
    *row = (irm_portrait_row){.indicator = irm_catalogue_get(portraitist->catalogue, indicator),
                              .interval = {NAN, NAN},
                              .numerator = unknown,
                              .denominator = unknown};
    size_t n = 1 + portrait->n_references;
    row->values = irm_calloc(n, sizeof *row->values);
    row->years = irm_calloc(n, sizeof *row->years);
    row->evaluations = irm_calloc(n, sizeof *row->evaluations);
    row->differences = irm_calloc(n, sizeof *row->differences);
    row->gaps = irm_calloc(n, sizeof *row->gaps);
    if (row->values == NULL || row->years == NULL || row->evaluations == NULL ||
        row->differences == NULL || row->gaps == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        row->differences[i] = (irm_difference){NAN, NAN, NAN};
    }
    for (size_t i = 0; i < n; i++) {
        row->values[i] = unknown;
    }
    const irm_evaluation *evaluation;
    IRM_TRY(choose_evaluation(portraitist, indicator, portrait, &evaluation, error));
    if (evaluation->unavailable != NULL) {
        row->unavailable = irm_strdup(evaluation->unavailable);
        return row->unavailable == NULL ? irm_fail_memory(error) : IRM_OK;
    }
    IRM_TRY(fill_own(evaluation, portrait->place, group, row, error));
    for (size_t i = 0; i < portrait->n_references; i++) {
        IRM_TRY(reference_value(portraitist, indicator, portrait->references[i], row->year,
                                &row->values[i + 1], &row->evaluations[i + 1], error));
        row->years[i + 1] = row->evaluations[i + 1] != NULL ? row->year : 0;
    }
    IRM_TRY(fill_gaps(portraitist, portrait, row, error));
    IRM_TRY(fill_precision(portraitist, portrait, row, error));
    IRM_TRY(fill_series(portraitist, indicator, portrait->place, row, error));
    return fill_parts(portraitist, indicator, portrait, row, error);
}

void portrait_row_clear(irm_portrait_row *row) {
    irm_free(row->tables);
    irm_free(row->values);
    irm_free(row->years);
    irm_free(row->evaluations);
    irm_free(row->differences);
    irm_free(row->gaps);
    irm_free(row->unavailable);
    irm_free(row->series_values);
    irm_free(row->series_years);
    irm_free(row->parts);
}
