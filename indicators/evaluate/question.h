/* Questions: what an evaluation asks, its sources parsed, and how one is computed.
 * Private to the layer. */
#ifndef IRMINON_EVALUATE_QUESTION_H
#define IRMINON_EVALUATE_QUESTION_H

#include "evaluate/run.h"

/* Indicators that name indicators, at most so deep. */
enum { IRM_MAX_DEPTH = 16 };

/* An indicator, or a bare formula made to look like one. */
typedef struct irm_question {
    size_t indicator;
    const irm_source *sources;
    size_t n_sources;
    irm_kind kind;
    bool complementary;
    const irm_level *level;
} irm_question;

/* A source's formulas, source_parsed. */
typedef struct source_parsed {
    irm_formula *formulas[2]; /* numerator or formula, denominator */
    size_t count;
} source_parsed;

irm_status source_parse(const irm_source *source, source_parsed *p, irm_error *error);
void source_parsed_clear(source_parsed *p);
/* Its figure as a ratio, which borrows the formulas. */
irm_ratio source_ratio(const source_parsed *p, double scale);
/* Years of one source, ascending; free. NOT_FOUND or REFUSED with the reason when none.
 */
irm_status source_years(irm_run *run, const source_parsed *p, int **years, size_t *count,
                        irm_error *error);

/* Whether every variable can be read when the indicator is of `year`: NOT_FOUND or REFUSED,
 * with the reason in `why`, where one cannot. */
irm_status source_resolves(irm_run *run, const source_parsed *p, int year, irm_error *why);

/* Computes one source at one year into `out`, whose `count` is set; it is to be cleared
 * even after a failure. */
irm_status irm_question_compute(irm_evaluator *evaluator, const irm_question *asked,
                                const irm_source *source, int year, irm_evaluation *out,
                                irm_error *error);

#endif
