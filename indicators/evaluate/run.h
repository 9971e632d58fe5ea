/* One formula computed over a level. Private to the layer. */
#ifndef IRMINON_EVALUATE_RUN_H
#define IRMINON_EVALUATE_RUN_H

#include "evaluate/leaf.h"
#include "irminon/evaluate.h"
#include "irminon/text.h"

/* What is asked, and what was met on the way. */
typedef struct irm_run {
    irm_evaluator *evaluator;
    const irm_level *level;
    const char *dataset; /* of variables without one of their own */
    int year;
    uint32_t flags;
    irm_buffer tables; /* names, space-separated */
    int geography;     /* of the first table read */
    bool survey;       /* a leaf is a census estimate (several survey years) */
    bool survey_below; /* one of the denominator, `survey` being of the numerator */
    bool complementary;
    irm_quantity *least; /* by territory: the smallest estimated count met; may be NULL */
    /* Overseas départements left out of every leaf, and those that some leaf met leaves
     * out; as in irm_leaf. */
    uint32_t excluded, outside;
} irm_run;

/* True for the statuses that say "not available" rather than "failed". */
bool irm_run_unavailable(irm_status status);
/* Year at which a variable is read when the indicator is of `year`; NOT_FOUND or REFUSED,
 * with the reason, when there is none. Flags of what the choice mixes or overlaps. */
irm_status irm_run_year(irm_run *run, const irm_variable *variable, int *year,
                        irm_error *error);
/* Years at which a variable can be read at the run's level, ascending; free. */
irm_status irm_run_years(irm_run *run, const irm_variable *variable, int **years,
                         size_t *count, irm_error *error);
/* True of a variable of every year, such as an area, read at one of its years. */
bool irm_run_timeless(irm_run *run, const irm_variable *variable, int year);
/* Where a variable of a formula is read for a year of its own. */
irm_status irm_run_plan(const irm_run *run, const irm_variable *variable, int year,
                        irm_plan *plan);
/* The leaf that a variable of a formula is read from. */
irm_status irm_run_leaf(irm_run *run, const irm_variable *variable, const irm_leaf **leaf,
                        irm_error *error);
/* The same, for one use: what the run learns of it is noted, but for its counts. The
 * caller frees it. */
irm_status irm_run_leaf_once(irm_run *run, const irm_variable *variable, irm_leaf **leaf,
                             irm_error *error);
/* A figure as scale x above / below, each a node of a formula; `below` NULL: 1. */
typedef struct irm_ratio {
    const irm_formula *above, *below;
    size_t above_node, below_node;
    double scale;
} irm_ratio;
/* A node seen so: constants that multiply or divide it are its scale. */
irm_ratio irm_ratio_of(const irm_formula *formula, size_t node);
/* Narrows the bounds of ratios (out->result) whose two sides share leaves, or leaves that
 * an identity joins. */
irm_status irm_run_dependence(irm_run *run, const irm_ratio *of, irm_evaluation *out,
                              irm_error *error);
/* Narrows the items of a formula that compares with reference(), by what the territory
 * and France share. */
irm_status irm_run_comparison(irm_run *run, const irm_formula *formula,
                              irm_quantity *items, irm_error *error);
/* Years that two vintages need between them: as many as each pools, and one more around
 * the census survey of 2021, which was put off to 2022 (INSEE, « Conseils d'utilisation
 * des résultats statistiques du recensement de la population »). */
int irm_vintages_apart(int pooled, int a, int b);
/* True when the definition of a variable changed after `older` and up to `newer`. */
bool irm_variable_break(const irm_evaluator *evaluator, const char *dataset,
                        const irm_variable *variable, int older, int newer,
                        irm_break *found);
/* `items` has room for the level's territories. */
irm_status irm_run_formula(irm_run *run, const irm_formula *formula, irm_quantity *items,
                           irm_error *error);
/* The same for one node of the formula. */
irm_status irm_run_node(irm_run *run, const irm_formula *formula, size_t node,
                        irm_quantity *items, irm_error *error);
/* An indicator's value, for formulas that name another. */
irm_status irm_run_indicator(irm_run *run, const char *id, irm_quantity *items,
                             irm_error *error);

#endif
