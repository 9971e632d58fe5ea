/* Private to engine/tabulate/: the tree of a where-expression. */
#ifndef IRMINON_TABULATE_WHERE_H
#define IRMINON_TABULATE_WHERE_H

#include "irminon/tabulate.h"

typedef enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST } node_kind;

/* `!=` and `not in` are a NOT over ANY_OF. */
typedef enum where_comparison {
    COMPARE_ANY_OF,
    COMPARE_LESS,
    COMPARE_AT_MOST,
    COMPARE_MORE,
    COMPARE_AT_LEAST
} where_comparison;

/* One value (`high` NULL) or a range, ends included. */
typedef struct where_item {
    char *low, *high;
    size_t at; /* byte offset in the expression, for messages */
} where_item;

typedef struct where_node {
    node_kind kind;
    size_t left, right; /* AND, OR: both; NOT: left */
    where_comparison comparison;
    char *column;
    size_t at;
    where_item *items;
    size_t n_items, items_capacity;
} where_node;

struct irm_where {
    char *text;
    where_node *nodes;
    size_t n_nodes, nodes_capacity;
    size_t root;
    const char **columns; /* into nodes */
    size_t n_columns;
};

/* An expression tied to the columns of a table (loaded or not), to be run on tables of
 * the same columns and labels, from several threads. */
typedef struct where_bound where_bound;
irm_status where_bind(const irm_where *where, const irm_table *table, where_bound **bound,
                      irm_error *error);
void where_bound_free(where_bound *bound);
/* What is known of the cells of a column before its rows are looked at. */
typedef struct where_range {
    bool known;
    int64_t low, high; /* of the numbers, or of the codes (-1: no value) */
} where_range;
/* False where no row whose columns (of the table it was bound to) are in these ranges can
 * be selected. */
bool where_may_hold(const where_bound *bound, const where_range *ranges);
/* Sets selected[row] to 1 or 0; returns how many are 1. */
size_t where_run(const where_bound *bound, const irm_table *table, uint8_t *selected);

/* "in the expression "…", character N: " before a message. */
irm_status irm_where_fail(const irm_where *where, size_t at, irm_status code,
                          irm_error *error, const char *format, ...) IRM_PRINTF(5, 6);

#endif
