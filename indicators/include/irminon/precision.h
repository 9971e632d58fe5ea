/* Precision: how far chance can have moved a figure.
 *
 * Two causes are known: a census estimate rests on a sample of dwellings (none in
 * communes under 10,000 inhabitants, but for the complementary exploitation), and births
 * or deaths are few. docs/methods.md ("Sampling and event intervals") has the formulas,
 * what they leave out, and their sources. These are no certain bounds, and never share a
 * column with them. */
#ifndef IRMINON_PRECISION_H
#define IRMINON_PRECISION_H

#include <stdint.h>

#include "irminon/evaluate.h"
#include "irminon/rates.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum irm_precision_kind {
    IRM_PRECISION_SAMPLE = 0, /* of the census */
    IRM_PRECISION_EVENTS      /* births, deaths: Poisson */
} irm_precision_kind;

/* What the precision of one evaluation rests on. Borrows nothing but the level. */
typedef struct irm_precision irm_precision;

/* *precision is NULL where no cause is known of that figure (registers, published
 * medians, indices, ratios of two estimates of different things). */
IRM_API irm_status irm_precision_new(irm_evaluator *evaluator,
                                     const irm_evaluation *evaluation,
                                     irm_precision **precision, irm_error *error);
IRM_API void irm_precision_free(irm_precision *precision);
IRM_API irm_precision_kind irm_precision_cause(const irm_precision *precision);

/* Interval of the item of that index at `level` (0.95), in the indicator's unit. NaN
 * where chance had no part (a zone whose communes are all surveyed in full) or cannot be
 * told. */
IRM_API irm_interval irm_precision_interval(const irm_precision *precision, int32_t index,
                                            double level);

/* Fills evaluation->interval with those of every territory; leaves it NULL where the
 * precision is not known. */
IRM_API irm_status irm_evaluate_precision(irm_evaluator *evaluator,
                                          irm_evaluation *evaluation, double level,
                                          irm_error *error);
/* The interval of one territory into evaluation->interval; the others are NaN until asked.
 */
IRM_API irm_status irm_precision_tell(const irm_precision *precision,
                                      irm_evaluation *evaluation, int32_t index,
                                      double level, irm_error *error);

/* Difference from a reference, tested against the reference without the territory: both
 * precisions are of the same indicator, source and year. `value` is the territory's
 * figure less that of the rest of the reference. All NaN where the reference does not
 * contain the whole of it, or where chance had no part. */
IRM_API irm_difference irm_precision_compare(const irm_precision *precision,
                                             int32_t index,
                                             const irm_precision *reference,
                                             int32_t reference_index,
                                             const irm_geography *geography);

#ifdef __cplusplus
}
#endif
#endif
