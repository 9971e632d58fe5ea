/* What the files that read leaves share. */
#ifndef IRMINON_EVALUATE_LEAF_INSIDE_H
#define IRMINON_EVALUATE_LEAF_INSIDE_H

#include "evaluate/leaf.h"

bool leaf_is_commune_level(const irm_level *level);
/* The territory of a level that a commune is in, or -1. The level of communes may have no
 * table of them: it is in their order. */
static inline int32_t leaf_item_of(const irm_level *level, size_t commune) {
    return level->of_commune != NULL ? level->of_commune[commune] : (int32_t)commune;
}
/* True for levels whose territories change with the geography's year: a figure published
 * for another year may be that of another perimeter under the same code. */
bool leaf_perimeter_changes(const irm_level *level);

/* Bit of a commune's overseas département in what a leaf leaves out; 0 for the others.
 * Once some leaf was summed. */
uint32_t leaf_overseas_bit(const struct irm_evaluator *evaluator, size_t commune);

void leaf_sampled_free(struct irm_sampled *sampled);

/* Rows in the order of the territories they belong to. */
typedef struct leaf_groups {
    size_t *start; /* count + 1 */
    uint32_t *rows;
    double *share;    /* as `rows`: what part of the row is the territory's; NULL: all */
    uint8_t *lacking; /* by territory: cells or communes without a row */
    uint8_t *merged;  /* by territory: rows of former communes */
    uint8_t *zeros;   /* by territory: communes whose absence is a zero */
    uint8_t *cut;     /* by territory: parts of communes that the level cuts */
} leaf_groups;

/* The groups of a wide table, whose rows of a year are the same for all its variables:
 * found once. `year` is 0 where rows have no period. */
typedef struct leaf_kept {
    const irm_frame *frame;
    const irm_level *level;
    const char *parts; /* level of the rows, borrowed from a constant */
    int year;
    leaf_groups groups;
} leaf_kept;

/* NULL when they were not kept. */
const leaf_groups *leaf_kept_find(const struct irm_evaluator *evaluator,
                                  const irm_plan *plan, const irm_level *level, int year);
/* Takes over `groups`, even on failure, and lends them. */
irm_status leaf_keep(struct irm_evaluator *evaluator, const irm_plan *plan,
                     const irm_level *level, int year, leaf_groups *groups,
                     const leaf_groups **kept, irm_error *error);
void leaf_kept_free(leaf_kept *kept);

enum { LEAF_WHOLE = 0, LEAF_LACKS_PERIMETER = 1, LEAF_LACKS_ROWS = 2 };

/* True where the descriptor says that a territory or a cell without a row holds zero. */
bool leaf_absent_is_zero(const irm_frame *frame);
/* Counting sort of rows by item; `item` is by row of the selection, -1 for none; so is
 * `share`, NULL where all rows are whole. */
irm_status leaf_group(const irm_rows *rows, const int32_t *item, const double *share,
                      size_t count, leaf_groups *groups, irm_error *error);
void leaf_groups_clear(leaf_groups *groups);
/* Marks the territories of codes that have some but not all of their cells. */
irm_status leaf_mark_lacking_cells(const irm_frame *frame, const irm_rows *rows,
                                   const int32_t *item, leaf_groups *groups,
                                   irm_error *error);
/* Sums the rows of each territory into `items`; `floor` true: never under 0. */
irm_status leaf_sum_items(const irm_column *values, const irm_plain *plain,
                          const irm_narrowed *narrowed, const leaf_groups *groups,
                          size_t count, bool floor, irm_quantity *items,
                          irm_error *error);
/* Reads what plan->direct publishes of each territory of a level. */
irm_status leaf_read_direct(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, const irm_level *level,
                            int year, irm_quantity *items, bool *complementary,
                            irm_error *error);
/* Narrows the hidden items of a leaf by what the family publishes of larger territories.
 */
irm_status leaf_meet_published(struct irm_evaluator *evaluator, const irm_plan *plan,
                               const char *dataset, const irm_variable *variable,
                               int year, irm_leaf *leaf, irm_error *error);
/* Reads a leaf as the sum of the communes of each territory, into `items` (the leaf's
 * own, or others); notes in the leaf what the source leaves out. */
irm_status leaf_read_summed(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, int year, irm_leaf *leaf,
                            irm_quantity *items, irm_error *error);

/* The source cells of a leaf in one territory. Free `rows` and `share`. */
typedef struct leaf_cells {
    irm_frame *frame;
    size_t column; /* of the schema */
    uint32_t *rows;
    double *share; /* as `rows`: what part of each is the territory's; NULL: all of it */
    size_t count;
    bool absent_zeros; /* communes without a row, which hold zero, are in the sum */
} leaf_cells;

irm_status leaf_cells_of(irm_frame *frame, const irm_rows *rows,
                         const leaf_groups *groups, int32_t index, leaf_cells *cells,
                         irm_error *error);
/* Those of communes that are added up, and those published for the level. */
irm_status leaf_rows_summed(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, const irm_level *level,
                            int32_t index, int year, leaf_cells *cells, irm_error *error);
irm_status leaf_rows_direct(struct irm_evaluator *evaluator, const irm_plan *plan,
                            const irm_variable *variable, const irm_level *level,
                            int32_t index, int year, leaf_cells *cells, irm_error *error);

#endif
