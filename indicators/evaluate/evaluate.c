#include "irminon/evaluate.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/frame_inside.h"
#include "evaluate/leaf_inside.h"
#include "evaluate/memo.h"
#include "evaluate/part.h"
#include "evaluate/question.h"
#include "evaluate/yardstick.h"
#include "irminon/memory.h"

/* ---- the evaluator ---------------------------------------------------------------- */

static int by_family_then_newest(const void *a, const void *b) {
    const irm_frame *left = a, *right = b;
    int order = strcmp(left->dataset, right->dataset);
    if (order != 0) {
        return order;
    }
    if (left->vintage != right->vintage) {
        return left->vintage < right->vintage ? 1 : -1;
    }
    return strcmp(left->schema->name, right->schema->name);
}

static bool holds_figures(const irm_table *schema) {
    const char *dataset = irm_attributes_get(&schema->attributes, "dataset");
    const char *shape = irm_attributes_get(&schema->attributes, "shape");
    bool detail = shape != NULL && strcmp(shape, "detail") == 0;
    return dataset != NULL && shape != NULL &&
           (strcmp(shape, "wide") == 0 || strcmp(shape, "cube") == 0 ||
            (detail && frame_role_column(schema, "key") < schema->n_columns));
}

/* Data under convention are in no figure: what is computed from them would publish their
 * cells, unprotected. */
static bool is_confidential(const irm_evaluator *evaluator, const irm_table *schema) {
    if (irm_attributes_get(&schema->attributes, "confidential") == NULL) {
        return false;
    }
    irm_warn(evaluator->reporter,
             "%s is confidential: no figure is computed from it ('irminon protect' publishes "
             "it without what would disclose)",
             schema->name);
    return true;
}

static irm_status frames_new(irm_evaluator *evaluator, irm_error *error) {
    size_t n = irm_store_count(evaluator->store);
    evaluator->frames = irm_calloc(n, sizeof *evaluator->frames);
    if (evaluator->frames == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        const irm_table *schema = irm_store_schema(evaluator->store, i);
        if (holds_figures(schema) && is_confidential(evaluator, schema)) {
            continue;
        }
        if (holds_figures(schema)) {
            IRM_TRY(
                irm_frame_init(&evaluator->frames[evaluator->n_frames++], schema, error));
        }
    }
    if (evaluator->n_frames > 1) {
        qsort(evaluator->frames, evaluator->n_frames, sizeof *evaluator->frames,
              by_family_then_newest);
    }
    return IRM_OK;
}

irm_status irm_evaluator_new(const irm_store *store, const irm_geography *geography,
                             const irm_catalogue *catalogue, const irm_registry *registry,
                             const irm_reporter *reporter, irm_evaluator **evaluator,
                             irm_error *error) {
    *evaluator = NULL;
    irm_evaluator *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    *made = (irm_evaluator){.store = store,
                            .geography = geography,
                            .catalogue = catalogue,
                            .registry = registry,
                            .reporter = reporter,
                            .passages = {.to = irm_geography_year(geography)}};
    irm_status status =
        irm_geography_need_level(geography, "com", &made->communes, error);
    if (status == IRM_OK) {
        status = frames_new(made, error);
    }
    if (status == IRM_OK) {
        made->memo = irm_calloc(1, sizeof *made->memo);
        status = made->memo != NULL ? IRM_OK : irm_fail_memory(error);
    }
    if (status != IRM_OK) {
        irm_evaluator_free(made);
        return status;
    }
    *evaluator = made;
    return IRM_OK;
}

void irm_evaluator_free(irm_evaluator *evaluator) {
    if (evaluator == NULL) {
        return;
    }
    for (size_t i = 0; i < evaluator->n_frames; i++) {
        irm_frame_clear(&evaluator->frames[i]);
    }
    for (size_t i = 0; i < evaluator->n_leaves; i++) {
        irm_leaf_free(evaluator->leaves[i]);
    }
    for (size_t i = 0; i < evaluator->n_kept; i++) {
        leaf_kept_free(evaluator->kept[i]);
    }
    for (size_t i = 0; i < evaluator->n_parts; i++) {
        irm_part_free(evaluator->parts[i]);
    }
    for (size_t i = 0; i < evaluator->n_yardsticks; i++) {
        irm_yardstick_free(evaluator->yardsticks[i]);
    }
    irm_free(evaluator->yardsticks);
    irm_passages_clear(&evaluator->passages);
    if (evaluator->memo != NULL) {
        irm_memo_clear(evaluator->memo);
    }
    irm_free(evaluator->memo);
    irm_free(evaluator->parts);
    irm_free(evaluator->frames);
    irm_free(evaluator->leaves);
    irm_free(evaluator->kept);
    irm_free(evaluator->inhabitants);
    irm_dict_free(evaluator->warned);
    irm_free(evaluator->departments);
    for (size_t i = 0; i < evaluator->n_sampled; i++) {
        leaf_sampled_free(evaluator->sampled[i]);
    }
    irm_free(evaluator->sampled);
    irm_free(evaluator);
}

void irm_warn_once(irm_evaluator *evaluator, const char *format, ...) {
    char text[1024];
    int32_t code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    bool can_tell = evaluator->warned != NULL ||
                    irm_dict_new(&evaluator->warned, NULL) == IRM_OK;
    size_t before = can_tell ? irm_dict_count(evaluator->warned) : 0;
    if (!can_tell ||
        irm_dict_add(evaluator->warned, irm_view_of(text), &code, NULL) != IRM_OK ||
        irm_dict_count(evaluator->warned) > before) {
        irm_warn(evaluator->reporter, "%s", text);
    }
}

void irm_evaluation_clear(irm_evaluation *evaluation) {
    irm_free(evaluation->tables);
    irm_free(evaluation->result);
    irm_free(evaluation->numerator);
    irm_free(evaluation->denominator);
    irm_free(evaluation->interval);
    irm_free(evaluation->unavailable);
    memset(evaluation, 0, sizeof *evaluation);
}

/* ---- what is asked ---------------------------------------------------------------- */

static irm_question of_indicator(const irm_evaluator *evaluator, size_t index,
                                 const irm_level *level) {
    const irm_indicator *indicator = irm_catalogue_get(evaluator->catalogue, index);
    return (irm_question){index,           indicator->sources,       indicator->n_sources,
                          indicator->kind, indicator->complementary, level};
}

static bool store_has(const irm_evaluator *evaluator, const char *dataset) {
    for (size_t f = 0; f < evaluator->n_frames; f++) {
        if (strcmp(evaluator->frames[f].dataset, dataset) == 0) {
            return true;
        }
    }
    return false;
}

/* Why no source answers: the reason of the first whose data is there, else the families
 * that would. */
typedef struct reasons {
    char first[1024];
    irm_buffer families;
} reasons;

static void note_reason(const irm_evaluator *evaluator, const irm_source *source,
                        const char *message, reasons *why) {
    if (store_has(evaluator, source->dataset)) {
        if (why->first[0] == '\0') {
            snprintf(why->first, sizeof why->first, "%s", message);
        }
        return;
    }
    const char *known = why->families.data != NULL ? why->families.data : "";
    if (strstr(known, source->dataset) == NULL) {
        irm_buffer_format(&why->families, "%s%s", why->families.size > 0 ? ", " : "",
                          source->dataset);
    }
}

static irm_status tell_unavailable(const reasons *why, char **text, irm_error *error) {
    irm_buffer words = {0};
    if (why->first[0] != '\0') {
        irm_buffer_text(&words, why->first);
    }
    if (why->families.size > 0) {
        irm_buffer_format(
            &words, "%s%s",
            words.size > 0 ? "; or ingest " : "needs one of: ", why->families.data);
    }
    if (words.size == 0) {
        irm_buffer_text(&words, "the catalogue gives no source");
    }
    *text = irm_buffer_take(&words);
    return *text != NULL ? IRM_OK : irm_fail_memory(error);
}

/* A source and a year at which it can be computed. */
typedef struct candidate {
    const irm_source *source;
    int year;
} candidate;

typedef struct candidates {
    candidate *items;
    size_t count, capacity;
} candidates;

/* Keeps the newest first, and the sources in their order within a year. */
static irm_status candidate_add(candidates *list, const irm_source *source, int year,
                                irm_error *error) {
    IRM_TRY(irm_reserve((void **)&list->items, &list->capacity, list->count + 1,
                        sizeof *list->items, error));
    size_t at = list->count++;
    for (; at > 0 && list->items[at - 1].year < year; at--) {
        list->items[at] = list->items[at - 1];
    }
    list->items[at] = (candidate){source, year};
    return IRM_OK;
}

static bool in_years(const int *years, size_t count, int year) {
    for (size_t i = 0; i < count; i++) {
        if (years[i] == year) {
            return true;
        }
    }
    return false;
}

static irm_status source_candidates(irm_evaluator *evaluator, const irm_question *asked,
                                    const irm_source *source, int wanted,
                                    candidates *list, reasons *why, irm_error *error) {
    source_parsed p;
    IRM_TRY(source_parse(source, &p, error));
    irm_run run = {
        .evaluator = evaluator, .level = asked->level, .dataset = source->dataset};
    int *years = NULL;
    size_t count = 0, before = list->count;
    irm_error reason = {0};
    irm_status status = source_years(&run, &p, &years, &count, &reason);
    if (status == IRM_OK && wanted != 0 && !in_years(years, count, wanted)) {
        status = source_resolves(&run, &p, wanted, &reason);
        if (status == IRM_STATUS_REFUSED) { /* the year is there, and compares with none */
            irm_free(years);
            years = NULL;
        } else {
            status = IRM_OK;
        }
    }
    source_parsed_clear(&p);
    if (status != IRM_OK && !irm_run_unavailable(status)) {
        return irm_fail(error, status, "%s", reason.message);
    }
    if (status != IRM_OK) {
        note_reason(evaluator, source, reason.message, why);
        return IRM_OK;
    }
    for (size_t y = 0; y < count && status == IRM_OK; y++) {
        if (wanted == 0 || years[y] == wanted) {
            status = candidate_add(list, source, years[y], error);
        }
    }
    if (list->count == before && why->first[0] == '\0') {
        snprintf(why->first, sizeof why->first, "%s has no year %d (the newest is %d)",
                 source->dataset, wanted, years[count - 1]);
    }
    irm_free(years);
    return status;
}

static size_t count_visible(const irm_evaluation *evaluation) {
    size_t count = 0;
    for (size_t i = 0; i < evaluation->count; i++) {
        count += !irm_state_hidden(evaluation->result[i].state);
    }
    return count;
}

static bool is_detail(const irm_evaluator *evaluator, const char *dataset) {
    for (size_t f = 0; f < evaluator->n_frames; f++) {
        const irm_frame *frame = &evaluator->frames[f];
        if (strcmp(frame->dataset, dataset) == 0) {
            return frame->shape == IRM_TABLE_DETAIL;
        }
    }
    return false;
}

/* A detail file is often that of a town or a région: what tells of less than half the
 * territories gives way to another source that tells of twice as many, or more. */
static bool may_give_way(const irm_evaluator *evaluator, const char *dataset,
                         size_t visible, size_t count) {
    return 2 * visible < count && is_detail(evaluator, dataset);
}

static irm_evaluation blank_evaluation(const irm_question *asked, int year) {
    return (irm_evaluation){.indicator = asked->indicator,
                            .level = asked->level,
                            .year = year,
                            .count = asked->level->count};
}

/* The first candidate that gives a value to some territory of the level (an extract may
 * hold the newest year of a few communes, and say nothing of a région); the first that
 * can be computed when none does. */
static irm_status first_telling(irm_evaluator *evaluator, const irm_question *asked,
                                const candidates *list, irm_evaluation *out, bool *found,
                                reasons *why, irm_error *error) {
    size_t told = 0;
    *found = false;
    for (size_t i = 0; i < list->count; i++) {
        irm_evaluation one = blank_evaluation(asked, list->items[i].year);
        irm_error reason = {0};
        irm_status status = irm_question_compute(evaluator, asked, list->items[i].source,
                                                 list->items[i].year, &one, &reason);
        size_t visible = status == IRM_OK ? count_visible(&one) : 0;
        if (status == IRM_OK && (!*found || visible > 2 * told)) {
            irm_evaluation_clear(out);
            *out = one;
            *found = true;
            told = visible;
        } else {
            irm_evaluation_clear(&one);
        }
        if (irm_run_unavailable(status)) {
            note_reason(evaluator, list->items[i].source, reason.message, why);
        } else if (status != IRM_OK) {
            return irm_fail(error, status, "%s", reason.message);
        }
        if (visible > 0 && !may_give_way(evaluator, list->items[i].source->dataset,
                                         visible, asked->level->count)) {
            break;
        }
    }
    return IRM_OK;
}

/* Which source answers is decided over the whole level: a part that the first of several
 * tells nothing of is answered with it. */
static irm_status choose(irm_evaluator *evaluator, const irm_question *asked,
                         const candidates *list, irm_evaluation *out, bool *found,
                         reasons *why, irm_error *error) {
    const irm_part *part = irm_part_find(evaluator, asked->level);
    if (part == NULL || list->count <= 1) {
        return first_telling(evaluator, asked, list, out, found, why, error);
    }
    candidates first = {list->items, 1, 1};
    irm_error unused = {0};
    reasons other = {0};
    irm_status status =
        first_telling(evaluator, asked, &first, out, found, &other, &unused);
    irm_buffer_clear(&other.families);
    bool whole = !is_detail(evaluator, list->items[0].source->dataset);
    if (status == IRM_OK && *found && whole && count_visible(out) > 0) {
        return IRM_OK;
    }
    irm_question wider = *asked;
    int year = out->year;
    wider.level = part->whole;
    irm_evaluation_clear(out);
    *out = blank_evaluation(&wider, year);
    IRM_TRY(first_telling(evaluator, &wider, list, out, found, why, error));
    return irm_part_project(part, out, error);
}

static irm_status answer(irm_evaluator *evaluator, const irm_question *asked, int year,
                         irm_evaluation *out, irm_error *error) {
    *out = blank_evaluation(asked, year);
    if (evaluator->depth >= IRM_MAX_DEPTH) {
        return irm_fail(error, IRM_STATUS_SCHEMA,
                        "indicators that name each other in a circle");
    }
    evaluator->depth++;
    reasons why = {0};
    candidates list = {0};
    bool found = false;
    irm_status status = IRM_OK;
    for (size_t s = 0; s < asked->n_sources && status == IRM_OK; s++) {
        status = source_candidates(evaluator, asked, &asked->sources[s], year, &list,
                                   &why, error);
    }
    if (status == IRM_OK) {
        status = choose(evaluator, asked, &list, out, &found, &why, error);
    }
    if (status == IRM_OK && !found) {
        status = tell_unavailable(&why, &out->unavailable, error);
    }
    irm_buffer_clear(&why.families);
    irm_free(list.items);
    evaluator->depth--;
    if (status != IRM_OK) {
        irm_evaluation_clear(out);
    }
    return status;
}

irm_status irm_evaluate(irm_evaluator *evaluator, size_t indicator,
                        const irm_level *level, int year, irm_evaluation *evaluation,
                        irm_error *error) {
    irm_question asked = of_indicator(evaluator, indicator, level);
    irm_status status = answer(evaluator, &asked, year, evaluation, error);
    if (status != IRM_OK) {
        irm_error_prefix(error,
                         "%s: ", irm_catalogue_get(evaluator->catalogue, indicator)->id);
    }
    return status;
}

irm_status irm_evaluate_formula(irm_evaluator *evaluator, const char *dataset,
                                const char *formula, const irm_level *level, int year,
                                irm_evaluation *evaluation, irm_error *error) {
    irm_source source = {.dataset = dataset, .formula = formula, .scale = 1};
    irm_question asked = {SIZE_MAX, &source, 1, IRM_KIND_COUNT, false, level};
    irm_status status = answer(evaluator, &asked, year, evaluation, error);
    evaluation->source = NULL; /* ours, gone with this call */
    return status;
}

irm_status irm_evaluator_years(irm_evaluator *evaluator, size_t indicator,
                               const irm_level *level, int **years, size_t *count,
                               irm_error *error) {
    irm_question asked = of_indicator(evaluator, indicator, level);
    *years = NULL;
    *count = 0;
    for (size_t s = 0; s < asked.n_sources; s++) {
        source_parsed p;
        IRM_TRY(source_parse(&asked.sources[s], &p, error));
        irm_run run = {
            .evaluator = evaluator, .level = level, .dataset = asked.sources[s].dataset};
        int *own = NULL;
        size_t n = 0;
        irm_error reason = {0};
        irm_status status = source_years(&run, &p, &own, &n, &reason);
        source_parsed_clear(&p);
        if (status != IRM_OK && !irm_run_unavailable(status)) {
            return irm_fail(error, status, "%s", reason.message);
        }
        for (size_t i = 0; i < n; i++) {
            IRM_TRY(irm_years_add(years, count, own[i], error));
        }
        irm_free(own);
    }
    return IRM_OK;
}

irm_status irm_run_indicator(irm_run *run, const char *id, irm_quantity *items,
                             irm_error *error) {
    irm_evaluator *evaluator = run->evaluator;
    size_t index = 0, count = 0;
    IRM_TRY(irm_catalogue_need(evaluator->catalogue, id, &index, error));
    if (evaluator->depth >= IRM_MAX_DEPTH) {
        return irm_fail(error, IRM_STATUS_SCHEMA,
                        "indicators that name each other in a circle: %s", id);
    }
    int *years = NULL, year = 0;
    IRM_TRY(irm_evaluator_years(evaluator, index, run->level, &years, &count, error));
    for (size_t i = 0; i < count; i++) {
        year =
            i == 0 || abs(years[i] - run->year) < abs(year - run->year) ? years[i] : year;
    }
    irm_free(years);
    if (count == 0) {
        return irm_fail(error, IRM_STATUS_NOT_FOUND, "the indicator %s is not available",
                        id);
    }
    irm_evaluation other = {0};
    irm_question asked = of_indicator(evaluator, index, run->level);
    evaluator->depth++;
    irm_status status = answer(evaluator, &asked, year, &other, error);
    evaluator->depth--;
    if (status == IRM_OK && other.unavailable != NULL) {
        status = irm_fail(error, IRM_STATUS_NOT_FOUND, "%s: %s", id, other.unavailable);
    }
    if (status == IRM_OK) {
        memcpy(items, other.result, other.count * sizeof *items);
        run->flags |= year != run->year ? (uint32_t)IRM_FLAG_MIXED_YEARS : 0;
        if (other.source != NULL && strcmp(other.source->dataset, run->dataset) != 0) {
            run->flags |= IRM_FLAG_MIXED_SOURCES;
        }
        irm_buffer_format(&run->tables, "%s%s", run->tables.size > 0 ? " " : "",
                          other.tables != NULL ? other.tables : "");
        run->geography = run->geography == 0 ? other.geography : run->geography;
    }
    irm_evaluation_clear(&other);
    return status;
}

void irm_evaluator_force(irm_evaluator *evaluator, bool forced) {
    evaluator->forced = forced;
}

bool irm_evaluator_break(const irm_evaluator *evaluator, const irm_source *source,
                         int older, int newer, irm_break *found) {
    source_parsed p;
    bool any = false;
    if (source_parse(source, &p, NULL) != IRM_OK) {
        return false;
    }
    for (size_t f = 0; f < p.count && !any; f++) {
        for (size_t i = 0; i < p.formulas[f]->n_variables && !any; i++) {
            any = irm_variable_break(evaluator, source->dataset,
                                     &p.formulas[f]->variables[i], older, newer, found);
        }
    }
    source_parsed_clear(&p);
    return any;
}

const irm_registry *irm_evaluator_registry(const irm_evaluator *evaluator) {
    return evaluator->registry;
}
