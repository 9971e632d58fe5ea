/* Leaves of formulas: one variable (or cell of a cube) of one year, over every territory
 * of a level. Private to the layer.
 *
 * What adds up is summed from communes, unless the producer published the very level in
 * the same geography; what does not is read where it was published, and refused elsewhere
 * (REFUSED, with the reason). What the store does not hold is NOT_FOUND. */
#ifndef IRMINON_EVALUATE_LEAF_H
#define IRMINON_EVALUATE_LEAF_H

#include "evaluate/frame.h"
#include "formula/formula.h"
#include "irminon/catalogue.h"

typedef struct irm_leaf {
    char *key; /* what it was asked as */
    const irm_level *level;
    irm_quantity *items;              /* by territory of the level */
    const irm_frame *direct, *summed; /* those read; either may be NULL */
    /* Of a sum for France: overseas départements asked to be left out, and those that the
     * source leaves out itself (one bit each: their third digit). */
    uint32_t excluded, outside;
    bool complementary;
    bool estimated; /* from a survey of several years, as against registers */
    bool counts;    /* and is a count, to which thresholds of precision apply */
} irm_leaf;

struct leaf_kept;
struct irm_part;
struct irm_yardstick;
struct irm_memo;
struct irm_sampled;

struct irm_evaluator {
    const irm_store *store;
    const irm_geography *geography;
    const irm_catalogue *catalogue;
    const irm_registry *registry;
    const irm_reporter *reporter;
    const irm_level *communes;
    irm_frame *frames; /* by family, the newest vintage first */
    size_t n_frames;
    irm_leaf **leaves;
    size_t n_leaves, leaf_capacity;
    irm_passages passages; /* from the geographies of the tables */
    struct leaf_kept **kept; /* how rows of wide tables are grouped by territory */
    size_t n_kept, kept_capacity;
    struct irm_part **parts; /* of levels, evaluated alone */
    size_t n_parts, part_capacity;
    struct irm_yardstick **yardsticks; /* France without communes that a source lacks */
    size_t n_yardsticks, yardstick_capacity;
    struct irm_memo *memo;
    double *inhabitants; /* by commune, once asked for; NULL where not known */
    bool inhabitants_known;
    uint16_t *departments; /* by commune: number of its département, once asked for */
    struct irm_sampled **sampled; /* figures of communes that precision rests on */
    size_t n_sampled, sampled_capacity;
    bool forced; /* vintages that do not compare are compared all the same */
    irm_dict *warned; /* what was warned of once; NULL before the first */
    int depth; /* of indicators that use indicators */
};

/* Fills evaluator->inhabitants, once. */
irm_status irm_evaluator_inhabitants(struct irm_evaluator *evaluator, irm_error *error);
/* A warning that several figures would repeat. */
void irm_warn_once(struct irm_evaluator *evaluator, const char *format, ...)
    IRM_PRINTF(2, 3);

/* Where a leaf is read. */
typedef struct irm_plan {
    irm_frame *direct; /* rows of the level itself */
    irm_frame *summed; /* rows of communes */
    const char *parts; /* level of the rows summed */
    irm_kind kind;
    bool estimated;
    bool timeless; /* a variable of no year, such as an area */
} irm_plan;

irm_status irm_leaf_plan(struct irm_evaluator *evaluator, const char *dataset,
                         const irm_variable *variable, const irm_level *level, int year,
                         irm_plan *plan, irm_error *error);
/* Computes a leaf, or lends the one computed before; `excluded` as in the leaf. */
irm_status irm_leaf_get(struct irm_evaluator *evaluator, const char *dataset,
                        const irm_variable *variable, const irm_level *level, int year,
                        uint32_t excluded, const irm_leaf **leaf, irm_error *error);
/* The same, without keeping it: the caller frees it. */
irm_status irm_leaf_make(struct irm_evaluator *evaluator, const char *dataset,
                         const irm_variable *variable, const irm_level *level, int year,
                         uint32_t excluded, irm_leaf **leaf, irm_error *error);
void irm_leaf_free(irm_leaf *leaf);

/* Rows of a frame that make a leaf. */
typedef struct irm_rows {
    uint32_t *rows;
    size_t count;
    size_t n_whole; /* the first ones; the others are again rows whose code was split */
    size_t cells;   /* rows that each place should have */
    size_t value; /* column of the schema */
    irm_kind kind;
    bool complementary, estimated, timeless;
} irm_rows;

/* The rows of `level` (index into the frame's levels; -1: only checks that the variable
 * is there) for a variable and year. Free `rows`. */
irm_status irm_rows_select(irm_frame *frame, const irm_store *store,
                           const irm_variable *variable, int year, int level,
                           irm_rows *rows, irm_error *error);

#endif
