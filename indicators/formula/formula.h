/* Formulas of the catalogue: text to tree. docs/catalogue.md has the grammar.
 *
 * Private to the layer. A formula owns its nodes, variables and strings. */
#ifndef IRMINON_FORMULA_H
#define IRMINON_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/status.h"

typedef enum irm_node_kind {
    IRM_NODE_NUMBER = 0,
    IRM_NODE_VARIABLE,
    IRM_NODE_YEARS,
    IRM_NODE_INDICATOR,
    IRM_NODE_NEGATE, /* one operand from here */
    IRM_NODE_ABSOLUTE,
    IRM_NODE_SQUARE_ROOT,
    IRM_NODE_LOGARITHM,
    IRM_NODE_EXPONENTIAL,
    IRM_NODE_ADD, /* two operands from here */
    IRM_NODE_SUBTRACT,
    IRM_NODE_MULTIPLY,
    IRM_NODE_DIVIDE,
    IRM_NODE_POWER,
    IRM_NODE_MINIMUM,
    IRM_NODE_MAXIMUM,
    IRM_NODE_ANNUAL,    /* growth and years: see irm_quantity_annual */
    IRM_NODE_REFERENCE, /* calls, of `n_operands`, from here */
    IRM_NODE_GINI,      /* of communes: a value and its weight */
    IRM_NODE_THEIL,
    IRM_NODE_THEIL_WITHIN, /* its parts, by the groups that a level makes of communes */
    IRM_NODE_THEIL_BETWEEN,
    IRM_NODE_DISSIMILARITY, /* of communes: two groups */
    IRM_NODE_ISOLATION,     /* of communes: a group and everybody */
    IRM_NODE_ENTROPY,       /* of any number of counts */
    IRM_NODE_STANDARDISED,  /* of pairs: events and inhabitants by age */
    IRM_NODE_EXPECTED,
    IRM_NODE_QUANTILE_BY, /* of one variable, over the modalities of a dimension, from here */
    IRM_NODE_MEAN_BY,
    IRM_NODE_SUM_BY
} irm_node_kind;

/* Where a variable is read: at the level asked, or where the call around it says. */
typedef enum irm_whereabouts {
    IRM_WHERE_LEVEL = 0,
    IRM_WHERE_COMMUNES,
    IRM_WHERE_REFERENCE
} irm_whereabouts;

/* One node; operands are indices into the formula's nodes, those of a call in a row of
 * the formula's operands. */
typedef struct irm_node {
    irm_node_kind kind;
    size_t at;       /* byte offset in the text */
    double number;   /* NUMBER; order of a QUANTILE_BY */
    size_t variable; /* VARIABLE: index into the variables */
    char *indicator; /* INDICATOR: its id; THEIL_WITHIN and BETWEEN: the level of the groups;
                        QUANTILE_BY and after: the dimension */
    size_t left, right;
    size_t first_operand, n_operands; /* calls */
} irm_node;

typedef enum irm_time_kind {
    IRM_TIME_SAME = 0, /* the indicator's year */
    IRM_TIME_PREVIOUS,
    IRM_TIME_FIRST,
    IRM_TIME_YEAR,  /* `years` is the year */
    IRM_TIME_BEFORE /* `years` before */
} irm_time_kind;

/* A dimension held at the sum of some modalities. Ranges are expanded. */
typedef struct irm_fixed {
    char *dimension;
    char **codes;
    size_t n_codes;
    size_t at;
} irm_fixed;

typedef struct irm_variable {
    char *dataset; /* NULL: the source's own */
    char *name;
    irm_fixed *fixed;
    size_t n_fixed;
    irm_time_kind time;
    int years;
    irm_whereabouts where;
    size_t at;
} irm_variable;

typedef struct irm_formula {
    char *text;
    irm_node *nodes;
    size_t n_nodes, node_capacity;
    irm_variable *variables;
    size_t n_variables, variable_capacity;
    size_t *operands;
    size_t n_operands, operand_capacity;
    size_t root;
} irm_formula;

/* SCHEMA errors have `column` at the character at fault (from 1) and say what was
 * expected there. */
irm_status irm_formula_parse(const char *text, irm_formula **formula, irm_error *error);
void irm_formula_free(irm_formula *formula);

/* An error at byte `at` of `text`. */
irm_status irm_formula_fail(irm_error *error, const char *text, size_t at,
                            const char *format, ...) IRM_PRINTF(4, 5);

/* True when both modalities of a dimension can hold the same thing: a total, or the same
 * or crossing intervals written the way INSEE does (Y0, Y0T4, Y_LT20, Y_GE80, 1T2). Codes
 * that are not understood overlap only themselves. */
bool irm_codes_overlap(const char *a, const char *b);

/* The whole numbers, first and last, that a modality holds ("034", "Y34", "Y30T34", "Y_GE95"):
 * LONG_MIN and LONG_MAX where it is open. False for one that is no run of numbers. */
bool irm_code_numbers(const char *code, long *first, long *last);

#endif
