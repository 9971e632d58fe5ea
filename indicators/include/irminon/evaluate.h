/* Evaluation: indicators over territories, from what a store holds.
 *
 * The leaves of a formula are aggregated to the level first (counts add up; what cannot
 * be added is taken only where the producer published it), then the formula is applied: a
 * ratio is the ratio of the sums at every level. */
#ifndef IRMINON_EVALUATE_H
#define IRMINON_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/catalogue.h"
#include "irminon/geography.h"
#include "irminon/progress.h"
#include "irminon/quantity.h"
#include "irminon/status.h"
#include "irminon/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Keeps what was read of a store, so that several questions read it once. Borrows its
 * arguments; one thread. */
typedef struct irm_evaluator irm_evaluator;
IRM_API irm_status irm_evaluator_new(const irm_store *store,
                                     const irm_geography *geography,
                                     const irm_catalogue *catalogue,
                                     const irm_registry *registry,
                                     const irm_reporter *reporter,
                                     irm_evaluator **evaluator, irm_error *error);
IRM_API void irm_evaluator_free(irm_evaluator *evaluator);

/* Compares, when `forced`, vintages whose survey years overlap (flagged) and definitions that
 * changed in between; refused by default. */
IRM_API void irm_evaluator_force(irm_evaluator *evaluator, bool forced);
/* A sentence in French and in English: which of the tables read so far are of other
 * geographies than the one asked, and how many communes among `in` (by commune; NULL: all)
 * hold codes that merged or were shared. Both NULL where there are none. Free them. */
IRM_API irm_status irm_evaluator_moved(const irm_evaluator *evaluator, const bool *in,
                                       char **fr, char **en, irm_error *error);
/* A sentence in French and in English: which communes France is taken without where formulas
 * evaluated so far compare with it (flag reference_coverage). Both NULL where there are none.
 * Free them. */
IRM_API irm_status irm_evaluator_left_out(const irm_evaluator *evaluator, char **fr, char **en,
                                          irm_error *error);
/* True when a definition that the source reads changed after the year `older` and up to
 * `newer`: a series stops there. */
IRM_API bool irm_evaluator_break(const irm_evaluator *evaluator, const irm_source *source,
                                 int older, int newer, irm_break *found);

/* The families of datasets that formulas name; borrowed. */
IRM_API const irm_registry *irm_evaluator_registry(const irm_evaluator *evaluator);

/* One indicator, one year, over every territory of a level (same order as the level). */
typedef struct irm_evaluation {
    size_t indicator; /* index in the catalogue */
    const irm_level *level;
    int year;
    const irm_source *source;  /* the one used; NULL when unavailable */
    char *tables;              /* names of the tables read, space-separated */
    int geography;             /* year of the source's geography, 0 unknown */
    size_t count;              /* territories */
    irm_quantity *result;      /* count */
    irm_quantity *numerator;   /* count; NULL when not a ratio */
    irm_quantity *denominator; /* count; NULL when not a ratio */
    struct irm_interval *interval; /* count, where irm_evaluate_precision was asked; or NULL */
    double interval_level;         /* such as 0.95 */
    char *unavailable; /* why, and which dataset would give it; NULL if computed */
} irm_evaluation;
IRM_API void irm_evaluation_clear(irm_evaluation *evaluation);

/* `year` 0 takes the newest year that gives a value to some territory of the level. An
 * indicator that cannot be computed is not an error: `unavailable` says why. */
IRM_API irm_status irm_evaluate(irm_evaluator *evaluator, size_t indicator,
                                const irm_level *level, int year,
                                irm_evaluation *evaluation, irm_error *error);
/* The newest year, unless it tells of less than four territories in five of those of `mask`
 * (by item of the level; NULL: all) and an older one tells of more: an extract does not
 * hide a whole file. The choice of an older year is warned of. */
IRM_API irm_status irm_evaluate_widely(irm_evaluator *evaluator, size_t indicator,
                                       const irm_level *level, const bool *mask,
                                       irm_evaluation *evaluation, irm_error *error);
/* A figure less that of a reference, in the unit of both. Of one source and year, what the
 * territory and the reference share is taken once: the bounds are the narrowest over
 * fractions (to 2e-7) that the cells, the producer's identities and its published totals
 * prove. Otherwise, interval arithmetic. */
IRM_API irm_status irm_evaluate_gap(irm_evaluator *evaluator, const irm_evaluation *own,
                                    int32_t index, const irm_evaluation *reference,
                                    int32_t reference_index, irm_quantity *gap,
                                    irm_error *error);
/* A level of some of the territories of another (by index, in any order), to be evaluated
 * without the rest: the figures of each are those of the whole level, in the order of its
 * codes. It is `whole` itself where a part would save nothing (a quarter of the level or
 * more, many parts already). Borrowed from the evaluator. */
IRM_API irm_status irm_evaluator_part(irm_evaluator *evaluator, const irm_level *whole,
                                      const int32_t *indices, size_t count,
                                      const irm_level **part, irm_error *error);
/* Years for which an indicator can be computed at a level, ascending; free with irm_free.
 */
IRM_API irm_status irm_evaluator_years(irm_evaluator *evaluator, size_t indicator,
                                       const irm_level *level, int **years, size_t *count,
                                       irm_error *error);

/* Inhabitants of each commune of the geography (0 where unknown), from the catalogue's
 * `population` of the newest year that has it for that commune: what decides to which
 * département an EPCI belongs. *population is NULL when the store cannot give it; free it
 * with irm_free. */
IRM_API irm_status irm_evaluator_population(irm_evaluator *evaluator,
                                            const irm_catalogue *catalogue,
                                            const irm_geography *geography,
                                            double **population, irm_error *error);

/* One territory by a number that a column of a detail table holds: persons by age. The
 * variable ("IPONDI{SEXE=1}") is added up into `counts` by number, 0 to n - 1, greater ones
 * into the last. *year is the one asked (0: the newest) and becomes the one read; *table is
 * borrowed from the store. *found is false, and the rest untouched, where no detail table
 * of the family tells all of that territory. */
IRM_API irm_status irm_evaluate_ages(irm_evaluator *evaluator, const char *dataset,
                                     const char *variable, const char *dimension,
                                     const irm_level *level, int32_t index, int *year,
                                     double *counts, size_t n, const char **table,
                                     bool *found, irm_error *error);

/* A bare formula over one dataset family, outside the catalogue: what figures (pyramids,
 * series) and tests ask for. Same conventions. */
IRM_API irm_status irm_evaluate_formula(irm_evaluator *evaluator, const char *dataset,
                                        const char *formula, const irm_level *level,
                                        int year, irm_evaluation *evaluation,
                                        irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
