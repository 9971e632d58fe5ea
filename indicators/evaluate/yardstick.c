#include "evaluate/yardstick.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evaluate/leaf_inside.h"
#include "irminon/memory.h"

/* At most one commune, and one inhabitant, in so many. */
enum { IN_SO_MANY = 1000, MOST_YARDSTICKS = 16 };

void irm_yardstick_free(irm_yardstick *yardstick) {
    if (yardstick != NULL) {
        irm_free(yardstick->level.of_commune);
        irm_free(yardstick->tables);
        irm_free(yardstick);
    }
}

/* Communes of France by what the leaves tell of them. */
typedef struct gaps {
    irm_run *run; /* over France */
    int32_t *of_commune;
    size_t n, n_left;
    irm_buffer tables;
    bool endless;  /* France's figure has no bound above */
    bool hopeless; /* for a reason that leaving communes out would not mend */
} gaps;

/* What leaves a leaf of France without a bound: communes missing are taken out. */
static irm_status look_at(gaps *g, const irm_variable *variable, irm_error *error) {
    irm_evaluator *evaluator = g->run->evaluator;
    const irm_leaf *france, *communes;
    const char *family = variable->dataset != NULL ? variable->dataset : g->run->dataset;
    int year = 0;
    IRM_TRY(irm_run_leaf(g->run, variable, &france, error));
    const irm_quantity *whole = &france->items[0];
    if (whole->state == IRM_STATE_NOT_APPLICABLE || isfinite(whole->upper)) {
        return IRM_OK;
    }
    g->endless = true;
    if (france->summed == NULL) {
        g->hopeless = true;
        return IRM_OK;
    }
    IRM_TRY(irm_run_year(g->run, variable, &year, error));
    IRM_TRY(irm_leaf_get(evaluator, family, variable, evaluator->communes, year, 0,
                         &communes, error));
    size_t before = g->n_left;
    uint32_t outside = france->outside | france->excluded;
    for (size_t c = 0; c < g->n; c++) {
        const irm_quantity *one = &communes->items[c];
        bool nothing = irm_state_hidden(one->state) &&
                       one->state != IRM_STATE_NOT_APPLICABLE && isinf(one->upper);
        if (g->of_commune[c] < 0 || !nothing) {
            continue;
        }
        g->of_commune[c] = -1;
        g->n_left += (leaf_overseas_bit(evaluator, c) & outside) == 0;
        g->hopeless = g->hopeless || one->state != IRM_STATE_MISSING || one->lower > 0;
    }
    if (g->n_left > before) {
        irm_buffer_format(&g->tables, "%s%s", g->tables.size > 0 ? " " : "",
                          france->summed->schema->name);
    }
    return IRM_OK;
}

static irm_status look_below(gaps *g, const irm_formula *formula, size_t index,
                             irm_error *error) {
    const irm_node *node = &formula->nodes[index];
    if (node->kind == IRM_NODE_VARIABLE) {
        return look_at(g, &formula->variables[node->variable], error);
    }
    if (node->kind >= IRM_NODE_REFERENCE) {
        for (size_t i = 0; i < node->n_operands; i++) {
            IRM_TRY(look_below(g, formula, formula->operands[node->first_operand + i],
                               error));
        }
        return IRM_OK;
    }
    if (node->kind >= IRM_NODE_NEGATE) {
        IRM_TRY(look_below(g, formula, node->left, error));
    }
    return node->kind >= IRM_NODE_ADD ? look_below(g, formula, node->right, error)
                                      : IRM_OK;
}

/* Few enough to be left out of a yardstick without making it another. */
static irm_status few_enough(const gaps *g, const irm_level *france, bool *few,
                             irm_error *error) {
    irm_evaluator *evaluator = g->run->evaluator;
    double all = 0, left = 0;
    *few = false;
    IRM_TRY(irm_evaluator_inhabitants(evaluator, error));
    for (size_t c = 0; evaluator->inhabitants != NULL && c < g->n; c++) {
        bool overseas = leaf_overseas_bit(evaluator, c) != 0;
        double here = france->of_commune[c] >= 0 ? evaluator->inhabitants[c] : 0;
        all += here;
        left += g->of_commune[c] < 0 && !overseas ? here : 0;
    }
    *few = g->n_left * IN_SO_MANY <= g->n && all > 0 && left * IN_SO_MANY <= all;
    return IRM_OK;
}

static const irm_yardstick *find(const irm_evaluator *evaluator,
                                 const int32_t *of_commune, size_t n) {
    for (size_t i = 0; i < evaluator->n_yardsticks; i++) {
        const irm_yardstick *one = evaluator->yardsticks[i];
        if (memcmp(one->level.of_commune, of_commune, n * sizeof *of_commune) == 0) {
            return one;
        }
    }
    return NULL;
}

static void tell(irm_evaluator *evaluator, const irm_yardstick *made) {
    char names[256];
    irm_yardstick_names(evaluator, made, names, sizeof names);
    irm_warn_once(evaluator,
                  "%s has no figure of %s: France is taken without %s where it is what "
                  "figures are compared with",
                  made->tables, names, made->n_left > 1 ? "them" : "it");
}

/* Takes over the communes and the tables of `g`. */
static irm_status keep(gaps *g, const irm_level *france, const irm_yardstick **kept,
                       irm_error *error) {
    irm_evaluator *evaluator = g->run->evaluator;
    irm_yardstick *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    *made = (irm_yardstick){.level = *france, .n_left = g->n_left};
    made->level.id =
        "fr-covered"; /* known to leaf_perimeter_changes; nobody publishes it */
    made->level.of_commune = g->of_commune;
    made->tables = irm_buffer_take(&g->tables);
    g->of_commune = NULL;
    irm_status status = made->tables != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = irm_reserve((void **)&evaluator->yardsticks,
                             &evaluator->yardstick_capacity, evaluator->n_yardsticks + 1,
                             sizeof *evaluator->yardsticks, error);
    }
    if (status != IRM_OK) {
        irm_yardstick_free(made);
        return status;
    }
    evaluator->yardsticks[evaluator->n_yardsticks++] = made;
    *kept = made;
    tell(evaluator, made);
    return IRM_OK;
}

static irm_status settle(gaps *g, const irm_level *france, const irm_yardstick **found,
                         irm_error *error) {
    irm_evaluator *evaluator = g->run->evaluator;
    bool few = false;
    *found = NULL;
    if (!g->endless || g->hopeless || g->n_left == 0) {
        return IRM_OK;
    }
    IRM_TRY(few_enough(g, france, &few, error));
    if (!few) {
        return IRM_OK;
    }
    *found = find(evaluator, g->of_commune, g->n);
    return *found != NULL || evaluator->n_yardsticks == MOST_YARDSTICKS
               ? IRM_OK
               : keep(g, france, found, error);
}

irm_status irm_run_yardstick(irm_run *run, const irm_formula *formula,
                             const size_t *nodes, size_t n, const irm_level **level,
                             irm_error *error) {
    const irm_level *france = irm_geography_level(run->evaluator->geography, "fr");
    *level = france;
    if (france == NULL || france->count == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "reference() needs France as a level of the geography");
    }
    irm_run there = *run; /* what it learns is learnt again by who reads */
    there.level = france;
    there.least = NULL;
    there.tables = (irm_buffer){0};
    gaps g = {.run = &there, .n = run->evaluator->communes->count};
    const irm_yardstick *found = NULL;
    g.of_commune = irm_calloc(g.n, sizeof *g.of_commune);
    irm_status status = IRM_OK;
    if (g.of_commune == NULL) {
        status = irm_fail_memory(error);
    } else {
        memcpy(g.of_commune, france->of_commune, g.n * sizeof *g.of_commune);
    }
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        status = look_below(&g, formula, nodes[i], error);
    }
    if (status == IRM_OK) {
        status = settle(&g, france, &found, error);
    }
    if (status == IRM_OK && found != NULL) {
        *level = &found->level;
        run->flags |= IRM_FLAG_REFERENCE_COVERAGE;
    }
    irm_buffer_clear(&there.tables);
    irm_buffer_clear(&g.tables);
    irm_free(g.of_commune);
    return status;
}

/* ---- words ---------------------------------------------------------------------------
 */

void irm_yardstick_names(const irm_evaluator *evaluator, const irm_yardstick *of,
                         char *text, size_t size) {
    enum { NAMED = 5 };
    const irm_level *communes = evaluator->communes;
    const irm_level *france = irm_geography_level(evaluator->geography, "fr");
    size_t used = 0, named = 0;
    text[0] = '\0';
    for (size_t c = 0; c < communes->count && used + 1 < size; c++) {
        bool left = france->of_commune[c] >= 0 && of->level.of_commune[c] < 0;
        if (!left || leaf_overseas_bit(evaluator, c) != 0) {
            continue;
        }
        if (named++ == NAMED) {
            snprintf(text + used, size - used, ", …");
            return;
        }
        int wrote = snprintf(text + used, size - used, "%s%s %s", used > 0 ? ", " : "",
                             communes->items[c].code, communes->items[c].name);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

irm_status irm_evaluator_left_out(const irm_evaluator *evaluator, char **fr, char **en,
                                  irm_error *error) {
    irm_buffer french = {0}, english = {0};
    *fr = *en = NULL;
    for (size_t i = 0; i < evaluator->n_yardsticks; i++) {
        const irm_yardstick *one = evaluator->yardsticks[i];
        char names[256];
        irm_yardstick_names(evaluator, one, names, sizeof names);
        bool several = one->n_left > 1;
        irm_buffer_format(&french, "%s%s (%s n’en donne aucun chiffre)",
                          i > 0 ? " ; " : "", names, one->tables);
        irm_buffer_format(&english, "%s%s (%s has no figure of %s)", i > 0 ? "; " : "",
                          names, one->tables, several ? "them" : "it");
    }
    if (evaluator->n_yardsticks > 0) {
        irm_buffer whole = {0};
        irm_buffer_format(
            &whole,
            "La France, comme terme de comparaison de ces quotients, est prise "
            "sans %s.",
            french.data);
        *fr = irm_buffer_take(&whole);
        whole = (irm_buffer){0};
        irm_buffer_format(
            &whole, "France, as what these quotients compare with, is taken without %s.",
            english.data);
        *en = irm_buffer_take(&whole);
    }
    irm_buffer_clear(&french);
    irm_buffer_clear(&english);
    if (evaluator->n_yardsticks > 0 && (*fr == NULL || *en == NULL)) {
        irm_free(*fr);
        irm_free(*en);
        *fr = *en = NULL;
        return irm_fail_memory(error);
    }
    return IRM_OK;
}
