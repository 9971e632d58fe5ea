#include "irminon/precision.h"

#include <math.h>
#include <string.h>

#include "evaluate/leaf_inside.h"
#include "evaluate/question.h"
#include "irminon/memory.h"

/* INSEE: a commune of 10,000 inhabitants or more has about 40 % of its dwellings surveyed
 * over five years, a smaller one all of them; the complementary exploitation takes a
 * quarter of the households of the smaller. DESIGN_EFFECT stands for persons drawn by
 * dwellings and dwellings by addresses. */
static const double LARGE_COMMUNE = 10000, LARGE_RATE = 0.4, QUARTER = 0.25,
                    DESIGN_EFFECT = 2;

/* By item: numerator and denominator added up from communes; the same, each commune
 * multiplied by its variance factor; or events and what they are a rate of. */
struct irm_precision {
    irm_precision_kind kind;
    const irm_level *level;
    bool ratio, share; /* a ratio; whose numerator is part of the denominator */
    bool sampled_n, sampled_d;
    double scale;
    double *n, *d, *kn, *kd;   /* SAMPLE; d and kd only for ratios */
    double *events, *exposure; /* EVENTS: the rate is events/exposure, in its unit */
};

void irm_precision_free(irm_precision *precision) {
    if (precision != NULL) {
        irm_free(precision->n);
        irm_free(precision->d);
        irm_free(precision->kn);
        irm_free(precision->kd);
        irm_free(precision->events);
        irm_free(precision->exposure);
        irm_free(precision);
    }
}

irm_precision_kind irm_precision_cause(const irm_precision *precision) {
    return precision->kind;
}

/* ---- events ----------------------------------------------------------------------- */

static bool variable_is_event(irm_evaluator *evaluator, const char *dataset,
                              const irm_variable *variable) {
    const irm_descriptor *descriptor = irm_registry_find(
        evaluator->registry, variable->dataset != NULL ? variable->dataset : dataset);
    char unit[32] = "";
    return descriptor != NULL &&
           irm_descriptor_variable_unit(descriptor, variable->name, unit, sizeof unit) &&
           (strcmp(unit, "births") == 0 || strcmp(unit, "deaths") == 0);
}

static bool all_events(irm_evaluator *evaluator, const char *dataset,
                       const irm_formula *formula, size_t index) {
    const irm_node *node = &formula->nodes[index];
    if (node->kind == IRM_NODE_VARIABLE) {
        return variable_is_event(evaluator, dataset, &formula->variables[node->variable]);
    }
    return node->kind == IRM_NODE_ADD &&
           all_events(evaluator, dataset, formula, node->left) &&
           all_events(evaluator, dataset, formula, node->right);
}

/* The node of a formula that counts events and to which the whole is proportional. */
static bool events_node(irm_evaluator *evaluator, const char *dataset,
                        const irm_formula *formula, size_t index, size_t *found) {
    const irm_node *node = &formula->nodes[index];
    if (all_events(evaluator, dataset, formula, index)) {
        *found = index;
        return true;
    }
    if (node->kind != IRM_NODE_MULTIPLY && node->kind != IRM_NODE_DIVIDE) {
        return false;
    }
    return events_node(evaluator, dataset, formula, node->left, found) ||
           (node->kind == IRM_NODE_MULTIPLY &&
            events_node(evaluator, dataset, formula, node->right, found));
}

static irm_status fill_events(irm_run *run, const irm_formula *formula, size_t node,
                              const irm_evaluation *evaluation, irm_precision *precision,
                              irm_error *error) {
    size_t count = evaluation->count;
    irm_quantity *items = irm_calloc(count, sizeof *items);
    precision->events = irm_calloc(count, sizeof *precision->events);
    precision->exposure = irm_calloc(count, sizeof *precision->exposure);
    bool lacks =
        items == NULL || precision->events == NULL || precision->exposure == NULL;
    irm_status status =
        lacks ? irm_fail_memory(error) : irm_run_node(run, formula, node, items, error);
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        precision->events[i] = items[i].value;
        precision->exposure[i] = items[i].value / evaluation->result[i].value;
    }
    irm_free(items);
    return status;
}

/* ---- the sample ------------------------------------------------------------------- */

/* (1 - f)/f and the design effect: what a count of one person or dwelling adds to the
 * variance. */
static double variance_factor(double inhabitants, bool complementary) {
    double rate = inhabitants >= LARGE_COMMUNE ? LARGE_RATE : complementary ? QUARTER : 1;
    return DESIGN_EFFECT * (1 - rate) / rate;
}

/* A formula of a source over the communes, kept: the precision at each level rests on it. */
struct irm_sampled {
    const irm_source *source; /* with the place of the formula in it, and the year */
    size_t formula;
    int year;
    double *values; /* by commune; NaN where hidden */
    uint8_t *apart; /* 1 where it does not apply */
    bool sampled, complementary;
};

void leaf_sampled_free(struct irm_sampled *sampled) {
    if (sampled != NULL) {
        irm_free(sampled->values);
        irm_free(sampled->apart);
        irm_free(sampled);
    }
}

static irm_status fill_sampled(irm_run *run, const irm_formula *formula,
                               struct irm_sampled *made, irm_error *error) {
    size_t n = run->level->count;
    irm_quantity *communes = irm_calloc(n, sizeof *communes);
    made->values = irm_calloc(n, sizeof *made->values);
    made->apart = irm_calloc(n, sizeof *made->apart);
    bool room = communes != NULL && made->values != NULL && made->apart != NULL;
    irm_status status =
        room ? irm_run_formula(run, formula, communes, error) : irm_fail_memory(error);
    for (size_t c = 0; status == IRM_OK && c < n; c++) {
        made->values[c] = communes[c].value;
        made->apart[c] = communes[c].state == IRM_STATE_NOT_APPLICABLE;
    }
    irm_free(communes);
    return status;
}

static irm_status sampled_of(const irm_run *asked, const irm_source *source, size_t index,
                             const irm_formula *formula, const struct irm_sampled **found,
                             irm_error *error) {
    irm_evaluator *evaluator = asked->evaluator;
    for (size_t i = 0; i < evaluator->n_sampled; i++) {
        const struct irm_sampled *known = evaluator->sampled[i];
        if (known->source == source && known->formula == index &&
            known->year == asked->year) {
            *found = known;
            return IRM_OK;
        }
    }
    irm_run run = {.evaluator = evaluator,
                   .level = asked->level,
                   .dataset = asked->dataset,
                   .year = asked->year};
    struct irm_sampled *made = irm_calloc(1, sizeof *made);
    irm_status status =
        made != NULL ? fill_sampled(&run, formula, made, error) : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = irm_reserve((void **)&evaluator->sampled, &evaluator->sampled_capacity,
                             evaluator->n_sampled + 1, sizeof *evaluator->sampled, error);
    }
    irm_buffer_clear(&run.tables);
    if (status != IRM_OK) {
        leaf_sampled_free(made);
        return status;
    }
    made->source = source;
    made->formula = index;
    made->year = run.year;
    made->sampled = run.survey;
    made->complementary = run.complementary;
    evaluator->sampled[evaluator->n_sampled++] = made;
    *found = made;
    return IRM_OK;
}

/* Adds each commune's figure, and that times its factor; what is hidden where chance has
 * a part makes the territory's unknown. */
static void add_communes(const irm_precision *precision,
                         const struct irm_sampled *communes, size_t n,
                         const double *inhabitants, bool complementary, double *sum,
                         double *weighted) {
    const irm_level *level = precision->level;
    for (size_t c = 0; c < n; c++) {
        int32_t item = leaf_item_of(level, c);
        if (item < 0 || communes->apart[c]) {
            continue;
        }
        double factor =
            variance_factor(inhabitants != NULL ? inhabitants[c] : 0, complementary);
        sum[item] += communes->values[c];
        if (factor > 0) {
            weighted[item] += factor * fabs(communes->values[c]);
        }
    }
}

static irm_status part_new(size_t count, double **sum, double **weighted,
                           irm_error *error) {
    *sum = irm_calloc(count, sizeof **sum);
    *weighted = irm_calloc(count, sizeof **weighted);
    return *sum != NULL && *weighted != NULL ? IRM_OK : irm_fail_memory(error);
}

/* One formula of the source over the communes; `sampled` tells whether the census estimates
 * it. What the run learns of the exploitation counts for the formulas after it. */
static irm_status fill_part(irm_run *run, const irm_source *source, size_t index,
                            const irm_formula *formula, irm_precision *precision,
                            double **sum, double **weighted, bool *sampled,
                            irm_error *error) {
    const struct irm_sampled *communes;
    IRM_TRY(part_new(precision->level->count, sum, weighted, error));
    IRM_TRY(sampled_of(run, source, index, formula, &communes, error));
    run->complementary = run->complementary || communes->complementary;
    *sampled = communes->sampled;
    add_communes(precision, communes, run->level->count, run->evaluator->inhabitants,
                 run->complementary, *sum, *weighted);
    return IRM_OK;
}

irm_status irm_evaluator_inhabitants(irm_evaluator *evaluator, irm_error *error) {
    if (evaluator->inhabitants_known) {
        return IRM_OK;
    }
    IRM_TRY(irm_evaluator_population(evaluator, evaluator->catalogue,
                                     evaluator->geography, &evaluator->inhabitants,
                                     error));
    evaluator->inhabitants_known = true;
    return IRM_OK;
}

static bool is_share(const irm_precision *p) {
    for (size_t i = 0; i < p->level->count; i++) {
        if (p->n[i] > p->d[i] * (1 + 1e-9)) {
            return false;
        }
    }
    return true;
}

/* False where no variable of the formulas is estimated by a survey, which their tables tell
 * before any figure is read. */
static bool may_be_sampled(irm_run *run, const source_parsed *parsed) {
    for (size_t f = 0; f < parsed->count; f++) {
        const irm_formula *formula = parsed->formulas[f];
        for (size_t i = 0; i < formula->n_nodes; i++) {
            const irm_node *node = &formula->nodes[i];
            if (node->kind == IRM_NODE_INDICATOR) {
                return true;
            }
            if (node->kind != IRM_NODE_VARIABLE) {
                continue;
            }
            const irm_variable *variable = &formula->variables[node->variable];
            irm_run trial = *run; /* what it learns is not kept */
            irm_plan plan;
            int year = 0;
            if (irm_run_year(&trial, variable, &year, NULL) != IRM_OK ||
                irm_run_plan(&trial, variable, year, &plan) != IRM_OK || plan.estimated) {
                return true;
            }
        }
    }
    return false;
}

static irm_status fill_sample(irm_run *run, const irm_source *source,
                              const source_parsed *parsed,
                              irm_precision *precision, irm_error *error) {
    if (!may_be_sampled(run, parsed)) {
        return IRM_OK;
    }
    IRM_TRY(irm_evaluator_inhabitants(run->evaluator, error));
    IRM_TRY(fill_part(run, source, 0, parsed->formulas[0], precision, &precision->n, &precision->kn, &precision->sampled_n, error));
    if (precision->ratio) {
        IRM_TRY(fill_part(run, source, 1, parsed->formulas[1], precision, &precision->d, &precision->kd, &precision->sampled_d, error));
        precision->share = is_share(precision);
    }
    return IRM_OK;
}

/* ---- making one ------------------------------------------------------------------- */

static irm_status make(irm_evaluator *evaluator, const irm_evaluation *evaluation,
                       const source_parsed *parsed, irm_precision *precision, bool *known,
                       irm_error *error) {
    irm_run run = {.evaluator = evaluator,
                   .level = evaluation->level,
                   .dataset = evaluation->source->dataset,
                   .year = evaluation->year};
    const irm_indicator *indicator =
        irm_catalogue_get(evaluator->catalogue, evaluation->indicator);
    size_t node = 0;
    irm_status status = IRM_OK;
    *known = false;
    precision->ratio = parsed->count == 2;
    if (indicator->kind != IRM_KIND_COUNT &&
        events_node(evaluator, run.dataset, parsed->formulas[0],
                    parsed->formulas[0]->root, &node)) {
        precision->kind = IRM_PRECISION_EVENTS;
        status =
            fill_events(&run, parsed->formulas[0], node, evaluation, precision, error);
        *known = status == IRM_OK;
    } else if (precision->ratio || indicator->kind == IRM_KIND_COUNT) {
        run.level = evaluator->communes;
        precision->kind = IRM_PRECISION_SAMPLE;
        status = fill_sample(&run, evaluation->source, parsed, precision, error);
        bool both = precision->sampled_n && precision->sampled_d;
        *known = status == IRM_OK && (precision->sampled_n || precision->sampled_d) &&
                 (!both || precision->share);
    }
    irm_buffer_clear(&run.tables);
    return status;
}

irm_status irm_precision_new(irm_evaluator *evaluator, const irm_evaluation *evaluation,
                             irm_precision **precision, irm_error *error) {
    *precision = NULL;
    bool made_of_communes =
        leaf_is_commune_level(evaluation->level) ||
        (evaluation->level->of_commune != NULL && evaluation->level->n_cuts == 0);
    if (evaluation->unavailable != NULL || evaluation->source == NULL ||
        evaluation->indicator == SIZE_MAX || !made_of_communes) {
        return IRM_OK;
    }
    source_parsed parsed;
    IRM_TRY(source_parse(evaluation->source, &parsed, error));
    irm_error why = {0};
    bool known = false;
    irm_precision *made = irm_calloc(1, sizeof *made);
    irm_status status = made != NULL ? IRM_OK : irm_fail_memory(&why);
    if (status == IRM_OK) {
        made->level = evaluation->level;
        made->scale = evaluation->source->scale;
        status = make(evaluator, evaluation, &parsed, made, &known, &why);
    }
    source_parsed_clear(&parsed);
    if (status == IRM_OK && known) {
        *precision = made;
        return IRM_OK;
    }
    irm_precision_free(made);
    if (status != IRM_OK && !irm_run_unavailable(status)) {
        return irm_fail(error, status, "%s", why.message);
    }
    return IRM_OK; /* published at that level only: its communes are not known */
}

/* ---- intervals -------------------------------------------------------------------- */

static const irm_interval unknown = {NAN, NAN};

/* A figure from sums, before scaling, and its variance. */
typedef struct estimate {
    double value, variance;
} estimate;

/* Linearised: the residual of a person is 1 - R in the numerator, -R else in the
 * denominator. */
static estimate estimate_of(const irm_precision *p, double n, double kn, double d,
                            double kd) {
    if (!p->ratio) {
        return (estimate){n, kn};
    }
    double r = n / d;
    double variance = p->share && p->sampled_n && p->sampled_d
                          ? kn * (1 - 2 * r) + r * r * kd
                          : (p->sampled_n ? kn : 0) + (p->sampled_d ? r * r * kd : 0);
    return (estimate){r, fmax(0, variance) / (d * d)};
}

static estimate estimate_at(const irm_precision *p, int32_t i) {
    return estimate_of(p, p->n[i], p->kn[i], p->ratio ? p->d[i] : 0,
                       p->ratio ? p->kd[i] : 0);
}

/* Wilson's interval for a share, on the sample size that has this variance. */
static irm_interval sample_interval(const irm_precision *p, int32_t index, double level) {
    estimate e = estimate_at(p, index);
    if (!(e.variance > 0) || !isfinite(e.value)) {
        return unknown;
    }
    if (p->share && e.value > 0 && e.value < 1) {
        irm_interval w =
            irm_wilson_interval(e.value, e.value * (1 - e.value) / e.variance, level);
        return (irm_interval){p->scale * w.lower, p->scale * w.upper};
    }
    double half = irm_normal_quantile(level) * sqrt(e.variance);
    double scale = p->ratio ? p->scale : 1;
    return (irm_interval){scale * fmax(0, e.value - half), scale * (e.value + half)};
}

irm_interval irm_precision_interval(const irm_precision *precision, int32_t index,
                                    double level) {
    if (precision->kind == IRM_PRECISION_SAMPLE) {
        return sample_interval(precision, index, level);
    }
    double exposure = precision->exposure[index];
    if (!(exposure > 0) || !isfinite(exposure)) {
        return unknown;
    }
    irm_interval events = irm_poisson_interval(precision->events[index], level);
    return (irm_interval){events.lower / exposure, events.upper / exposure};
}

static irm_status room_for_intervals(irm_evaluation *evaluation, double level,
                                     irm_error *error) {
    if (evaluation->interval != NULL) {
        return IRM_OK;
    }
    evaluation->interval = irm_calloc(evaluation->count, sizeof *evaluation->interval);
    evaluation->interval_level = level;
    for (size_t i = 0; evaluation->interval != NULL && i < evaluation->count; i++) {
        evaluation->interval[i] = unknown;
    }
    return evaluation->interval != NULL ? IRM_OK : irm_fail_memory(error);
}

irm_status irm_precision_tell(const irm_precision *precision, irm_evaluation *evaluation,
                              int32_t index, double level, irm_error *error) {
    IRM_TRY(room_for_intervals(evaluation, level, error));
    if (!irm_state_hidden(evaluation->result[index].state)) {
        evaluation->interval[index] = irm_precision_interval(precision, index, level);
    }
    return IRM_OK;
}

irm_status irm_evaluate_precision(irm_evaluator *evaluator, irm_evaluation *evaluation,
                                  double level, irm_error *error) {
    irm_precision *precision = NULL;
    IRM_TRY(irm_precision_new(evaluator, evaluation, &precision, error));
    if (precision == NULL) {
        return IRM_OK;
    }
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < evaluation->count; i++) {
        status = irm_precision_tell(precision, evaluation, (int32_t)i, level, error);
    }
    irm_precision_free(precision);
    return status;
}

/* ---- differences ------------------------------------------------------------------ */

static bool contains(const irm_geography *geography, const irm_level *outer,
                     int32_t outer_index, const irm_level *inner, int32_t inner_index) {
    const irm_level *communes = irm_geography_level(geography, "com");
    size_t found = 0;
    for (size_t c = 0; c < communes->count; c++) {
        int32_t of = leaf_is_commune_level(inner) ? (int32_t)c : inner->of_commune[c];
        if (of != inner_index) {
            continue;
        }
        found++;
        int32_t in = leaf_is_commune_level(outer) ? (int32_t)c : outer->of_commune[c];
        if (in != outer_index) {
            return false;
        }
    }
    return found > 0;
}

static irm_difference compare_samples(const irm_precision *p, int32_t i,
                                      const irm_precision *r, int32_t k) {
    estimate own = estimate_at(p, i);
    estimate rest =
        estimate_of(r, r->n[k] - p->n[i], r->kn[k] - p->kn[i],
                    r->ratio ? r->d[k] - p->d[i] : 0, r->ratio ? r->kd[k] - p->kd[i] : 0);
    irm_difference difference =
        irm_difference_test(own.value, own.variance, rest.value, rest.variance);
    difference.value *= p->scale;
    return difference;
}

irm_difference irm_precision_compare(const irm_precision *precision, int32_t index,
                                     const irm_precision *reference,
                                     int32_t reference_index,
                                     const irm_geography *geography) {
    const irm_difference none = {NAN, NAN, NAN};
    if (precision->kind != reference->kind || precision->ratio != reference->ratio ||
        (precision->kind == IRM_PRECISION_SAMPLE && !precision->ratio) ||
        !contains(geography, reference->level, reference_index, precision->level,
                  index)) {
        return none;
    }
    if (precision->kind == IRM_PRECISION_SAMPLE) {
        return compare_samples(precision, index, reference, reference_index);
    }
    return irm_poisson_test(
        precision->events[index], precision->exposure[index],
        reference->events[reference_index] - precision->events[index],
        reference->exposure[reference_index] - precision->exposure[index]);
}
