/* Explanations: where a figure comes from, down to the cells of the published files.
 *
 * A model, without ink: the program prints it, or writes its cells as a table. */
#ifndef IRMINON_EXPLAIN_H
#define IRMINON_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/evaluate.h"
#include "irminon/geography.h"
#include "irminon/rates.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One cell of a published file. Texts are borrowed from the store and the geography. */
typedef struct irm_source_cell {
    const char *code;      /* as published */
    const char *name;      /* of the territory of today that it is counted in */
    const char *territory; /* its code */
    irm_placement how;     /* SAME, or why the two codes differ */
    size_t row;            /* of the table, from 0 */
    size_t line;           /* of the file, from 1; 0 where it is not known */
    char *modalities;      /* of a cube: "SEX=F AGE=Y65T69"; else NULL; owned */
    const char *published; /* the published text where it stands for a state; or NULL */
    irm_quantity quantity; /* what the cell tells alone, whole */
    double share; /* part of it that is counted: 1; less where a commune was split
                     since (estimated); NaN where nothing tells how much */
} irm_source_cell;

/* One variable of the formulas, and the cells it was read from. */
typedef struct irm_term {
    char *text; /* as the formula writes it */
    const char *dataset;
    int year;
    bool elsewhere;         /* read for France (no cells), or commune by commune: */
    bool by_commune;        /* compared one by one, not added up */
    bool published;         /* for that very level; else added up from its communes */
    irm_quantity quantity;  /* of the territory */
    const irm_table *table; /* schema: its attributes are the lineage */
    const char *column;     /* name in the file */
    const char *label_fr, *label_en;
    irm_source_cell *cells;
    size_t n_cells;
    bool absent_zeros; /* territories without a row hold zero, as the producer says */
} irm_term;

typedef struct irm_explanation {
    const irm_indicator *indicator;
    const irm_level *level;
    int32_t index;
    irm_evaluation evaluation; /* of the whole level */
    irm_interval interval;     /* at 0.95; NaN where chance had no part or is not known */
    char *formulas[2];         /* numerator or formula, and denominator (NULL) */
    char *worked[2];           /* the same with numbers in the place of variables */
    irm_term *terms;
    size_t n_terms;
} irm_explanation;

/* Explains an indicator of a territory; `year` 0 takes the newest that gives it a value.
 * An indicator that cannot be computed is told in evaluation.unavailable, without terms.
 * Clear when done. Borrows the evaluator. */
IRM_API irm_status irm_explain(irm_evaluator *evaluator, size_t indicator,
                               const irm_level *level, int32_t index, int year,
                               irm_explanation *explanation, irm_error *error);
IRM_API void irm_explanation_clear(irm_explanation *explanation);

/* The cells as a table: variable, dataset, table, file, sha256, year, column, line, row,
 * code, territory, name, placement, share, published, value, lower, upper, state,
 * modalities. The caller clears it. */
IRM_API irm_status irm_explanation_table(const irm_explanation *explanation,
                                         irm_table *table, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
