#include "irminon/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/calls.h"
#include "evaluate/leaf_inside.h"
#include "evaluate/question.h"
#include "explain/worked.h"
#include "irminon/memory.h"
#include "irminon/precision.h"

static void term_clear(irm_term *term) {
    irm_free(term->text);
    for (size_t i = 0; i < term->n_cells; i++) {
        irm_free(term->cells[i].modalities);
    }
    irm_free(term->cells);
}

void irm_explanation_clear(irm_explanation *explanation) {
    for (size_t i = 0; i < explanation->n_terms; i++) {
        term_clear(&explanation->terms[i]);
    }
    irm_free(explanation->terms);
    for (size_t f = 0; f < 2; f++) {
        irm_free(explanation->formulas[f]);
        irm_free(explanation->worked[f]);
    }
    irm_evaluation_clear(&explanation->evaluation);
    *explanation = (irm_explanation){0};
}

/* ---- cells ------------------------------------------------------------------------ */

static const char *published_text(const irm_column *column, size_t row) {
    uint8_t mark = column->marks != NULL ? column->marks[row] : 0;
    return mark > 0 ? column->markers[mark - 1].text : NULL;
}

/* The territory of today that a row is counted in: a commune, or one of the level. */
static void place_cell(const irm_evaluator *evaluator, const leaf_cells *cells,
                       const irm_level *level, int32_t index, bool direct,
                       irm_source_cell *cell) {
    int32_t code = cells->frame->key->codes[cell->row];
    const irm_placed *placed = code >= 0 ? &cells->frame->placed[code] : NULL;
    const irm_territory *territory = &level->items[index];
    if (!direct && placed != NULL && placed->commune >= 0) {
        territory = &evaluator->communes->items[placed->commune];
        cell->how = placed->how;
    } else if (!direct) {
        cell->how = IRM_PLACED_NOWHERE;
    }
    cell->code = irm_column_label(cells->frame->key, cell->row);
    cell->territory = territory->code;
    cell->name = territory->name;
}

/* Which cell of a cube a row is: the modality of each dimension. */
static irm_status tell_modalities(const irm_evaluator *evaluator, irm_frame *frame,
                                  irm_source_cell *cell, irm_error *error) {
    irm_buffer text = {0};
    for (size_t d = 0; d < frame->n_dimensions; d++) {
        irm_column *column;
        irm_status status = irm_frame_column(frame, evaluator->store,
                                             frame->dimensions[d], &column, error);
        if (status != IRM_OK) {
            irm_buffer_clear(&text);
            return status;
        }
        irm_buffer_format(&text, "%s%s=%s", d > 0 ? " " : "", column->name,
                          irm_column_label(column, cell->row));
    }
    cell->modalities = irm_buffer_take(&text);
    return cell->modalities != NULL ? IRM_OK : irm_fail_memory(error);
}

static irm_status fill_cells(irm_evaluator *evaluator, leaf_cells *cells,
                             const irm_level *level, int32_t index, irm_term *term,
                             irm_kind kind, irm_error *error) {
    irm_column *values;
    IRM_TRY(
        irm_frame_column(cells->frame, evaluator->store, cells->column, &values, error));
    term->cells = irm_calloc(cells->count, sizeof *term->cells);
    if (term->cells == NULL) {
        return irm_fail_memory(error);
    }
    term->n_cells = cells->count;
    term->absent_zeros = cells->absent_zeros;
    term->table = cells->frame->schema;
    const irm_column *column = &term->table->columns[cells->column];
    term->column = column->name;
    term->label_fr = irm_attributes_get(&column->attributes, "label_fr");
    term->label_en = irm_attributes_get(&column->attributes, "label_en");
    for (size_t i = 0; i < cells->count; i++) {
        irm_source_cell *cell = &term->cells[i];
        cell->row = cells->rows[i];
        cell->line = irm_table_line(term->table, cell->row);
        cell->published = published_text(values, cell->row);
        cell->quantity = irm_cell_quantity(values, cell->row, irm_kind_additive(kind));
        cell->share = cells->share != NULL ? cells->share[i] : 1;
        place_cell(evaluator, cells, level, index, term->published, cell);
        if (cells->frame->shape == IRM_TABLE_CUBE && cells->frame->n_dimensions > 0) {
            IRM_TRY(tell_modalities(evaluator, cells->frame, cell, error));
        }
    }
    return IRM_OK;
}

static int by_code(const void *a, const void *b) {
    const irm_source_cell *left = a, *right = b;
    int order = strcmp(left->territory, right->territory);
    order = order != 0 ? order : strcmp(left->code, right->code);
    return order != 0 ? order : (left->row > right->row) - (left->row < right->row);
}

/* Fills a term from what was read (when `status` is OK), in the order of territories, and
 * frees it. */
static irm_status take_cells(const irm_run *run, leaf_cells *cells, int32_t index,
                             irm_term *term, irm_kind kind, irm_status status,
                             irm_error *error) {
    if (status == IRM_OK) {
        status = fill_cells(run->evaluator, cells, run->level, index, term, kind, error);
    }
    irm_free(cells->rows);
    irm_free(cells->share);
    if (status == IRM_OK && term->n_cells > 1) {
        qsort(term->cells, term->n_cells, sizeof *term->cells, by_code);
    }
    return status;
}

/* ---- terms ------------------------------------------------------------------------ */

/* The text of a variable: from where it starts to where its brackets end. */
static char *text_of(const irm_formula *formula, const irm_variable *variable) {
    size_t from = variable->at, at = from;
    const char *text = formula->text;
    while (text[at] != '\0' && strchr(" \t\n+*/^(),)", text[at]) == NULL) {
        char close = text[at] == '{' ? '}' : text[at] == '[' ? ']' : '\0';
        while (close != '\0' && text[at] != close && text[at] != '\0') {
            at++;
        }
        at += text[at] != '\0';
    }
    return irm_strndup(text + from, at - from);
}

/* The cells of each commune of the territory, which a call compares. */
static irm_status fill_communes(irm_run *run, const char *dataset,
                                const irm_variable *variable, int32_t index,
                                irm_term *term, irm_error *error) {
    irm_evaluator *evaluator = run->evaluator;
    irm_plan plan;
    leaf_cells cells = {0};
    if (run->level->of_commune == NULL) {
        return IRM_OK;
    }
    IRM_TRY(irm_leaf_plan(evaluator, dataset, variable, evaluator->communes, term->year,
                          &plan, error));
    if (plan.summed == NULL) {
        plan.summed = plan.direct;
        plan.parts = evaluator->communes->id;
    }
    irm_status status = leaf_rows_summed(evaluator, &plan, variable, run->level, index,
                                         term->year, &cells, error);
    return take_cells(run, &cells, index, term, plan.kind, status, error);
}

static irm_status fill_term(irm_run *run, const irm_formula *formula,
                            const irm_variable *variable, int32_t index, irm_term *term,
                            irm_error *error) {
    irm_evaluator *evaluator = run->evaluator;
    const char *dataset = variable->dataset != NULL ? variable->dataset : run->dataset;
    irm_plan plan;
    const irm_leaf *leaf;
    *term = (irm_term){.dataset = dataset, .text = text_of(formula, variable)};
    if (term->text == NULL) {
        return irm_fail_memory(error);
    }
    term->elsewhere = variable->where != IRM_WHERE_LEVEL;
    term->by_commune = variable->where == IRM_WHERE_COMMUNES;
    IRM_TRY(irm_run_year(run, variable, &term->year, error));
    if (term->elsewhere) {
        term->quantity = irm_quantity_hidden(IRM_STATE_NOT_APPLICABLE, NAN, NAN);
        return term->by_commune
                   ? fill_communes(run, dataset, variable, index, term, error)
                   : IRM_OK;
    }
    IRM_TRY(irm_leaf_plan(evaluator, dataset, variable, run->level, term->year, &plan,
                          error));
    IRM_TRY(irm_leaf_get(evaluator, dataset, variable, run->level, term->year, 0, &leaf,
                         error));
    term->quantity = leaf->items[index];
    term->published = leaf->direct != NULL;
    leaf_cells cells = {0};
    irm_status status = term->published
                            ? leaf_rows_direct(evaluator, &plan, variable, run->level,
                                               index, term->year, &cells, error)
                            : leaf_rows_summed(evaluator, &plan, variable, run->level,
                                               index, term->year, &cells, error);
    return take_cells(run, &cells, index, term, plan.kind, status, error);
}

static irm_status fill_terms(irm_evaluator *evaluator, const source_parsed *parsed,
                             irm_explanation *e, irm_error *error) {
    irm_run run = {.evaluator = evaluator,
                   .level = e->level,
                   .dataset = e->evaluation.source->dataset,
                   .year = e->evaluation.year};
    size_t count = 0;
    for (size_t f = 0; f < parsed->count; f++) {
        count += parsed->formulas[f]->n_variables;
    }
    e->terms = irm_calloc(count, sizeof *e->terms);
    if (e->terms == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    for (size_t f = 0; f < parsed->count && status == IRM_OK; f++) {
        const irm_formula *formula = parsed->formulas[f];
        size_t first = e->n_terms;
        for (size_t i = 0; i < formula->n_variables && status == IRM_OK; i++) {
            status = fill_term(&run, formula, &formula->variables[i], e->index,
                               &e->terms[e->n_terms++], error);
        }
        if (status == IRM_OK) {
            e->formulas[f] = irm_strdup(formula->text);
            status = e->formulas[f] != NULL
                         ? worked_formula(&run, formula, e->terms + first, e->index,
                                          &e->worked[f], error)
                         : irm_fail_memory(error);
        }
    }
    irm_buffer_clear(&run.tables);
    return status;
}

/* The newest year that gives the territory itself a value; else the newest of the level.
 */
static irm_status evaluate_for(irm_evaluator *evaluator, size_t indicator, int year,
                               irm_explanation *e, irm_error *error) {
    IRM_TRY(irm_evaluate(evaluator, indicator, e->level, year, &e->evaluation, error));
    e->evaluation.indicator = indicator;
    bool told = e->evaluation.unavailable != NULL || year != 0 ||
                !irm_state_hidden(e->evaluation.result[e->index].state);
    if (told) {
        return IRM_OK;
    }
    int *years = NULL;
    size_t count = 0;
    IRM_TRY(irm_evaluator_years(evaluator, indicator, e->level, &years, &count, error));
    irm_status status = IRM_OK;
    for (size_t k = count; status == IRM_OK && !told && k-- > 0;) {
        irm_evaluation other = {0};
        status = irm_evaluate(evaluator, indicator, e->level, years[k], &other, error);
        told = status == IRM_OK && other.unavailable == NULL &&
               !irm_state_hidden(other.result[e->index].state);
        if (told) {
            irm_evaluation_clear(&e->evaluation);
            e->evaluation = other;
            e->evaluation.indicator = indicator;
        } else {
            irm_evaluation_clear(&other);
        }
    }
    irm_free(years);
    return status;
}

static irm_status fill_interval(irm_evaluator *evaluator, irm_explanation *e,
                                irm_error *error) {
    irm_precision *precision = NULL;
    e->interval = (irm_interval){NAN, NAN};
    IRM_TRY(irm_precision_new(evaluator, &e->evaluation, &precision, error));
    if (precision != NULL && !irm_state_hidden(e->evaluation.result[e->index].state)) {
        e->interval = irm_precision_interval(precision, e->index, 0.95);
    }
    irm_precision_free(precision);
    return IRM_OK;
}

irm_status irm_explain(irm_evaluator *evaluator, size_t indicator, const irm_level *level,
                       int32_t index, int year, irm_explanation *explanation,
                       irm_error *error) {
    source_parsed parsed = {0};
    *explanation =
        (irm_explanation){.indicator = irm_catalogue_get(evaluator->catalogue, indicator),
                          .level = level,
                          .index = index,
                          .interval = {NAN, NAN}};
    irm_status status = evaluate_for(evaluator, indicator, year, explanation, error);
    if (status == IRM_OK && explanation->evaluation.unavailable == NULL) {
        status = source_parse(explanation->evaluation.source, &parsed, error);
        if (status == IRM_OK) {
            status = fill_terms(evaluator, &parsed, explanation, error);
            source_parsed_clear(&parsed);
        }
        if (status == IRM_OK) {
            status = fill_interval(evaluator, explanation, error);
        }
    }
    if (status != IRM_OK) {
        irm_explanation_clear(explanation);
    }
    return status;
}
