/* Tabulation of a table: rows chosen by an expression, grouped by columns, counted and
 * summed exactly.
 *
 * Expressions:
 *
 *     CATL = 1 and not (TYPL in (1, 2) or NBPI >= 5) and AGE in 18..64
 *
 * A test is `column op value` with = != < <= > >=, or `column [not] in (item, …)`; an item
 * is a value or a range `a..b`, ends included; `column = a..b` also is one. Tests combine
 * by `not`, then `and`, then `or`, and parentheses. Names and values that hold other
 * characters than letters, digits and the like, or that are keywords, are quoted, by " or ',
 * doubled inside.
 *
 * Numeric columns compare by value; category columns compare their labels as text, by
 * byte. A cell without a value satisfies no test and no negation of one, but `column = ""`,
 * which looks for it. */
#ifndef IRMINON_TABULATE_H
#define IRMINON_TABULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"
#include "irminon/store.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_where irm_where;

/* USAGE: a message that points at the character where the expression goes wrong. */
IRM_API irm_status irm_where_parse(const char *text, irm_where **where, irm_error *error);
IRM_API void irm_where_free(irm_where *where);
/* The columns that the expression reads, each once, in order of appearance. Borrowed. */
IRM_API const char *const *irm_where_columns(const irm_where *where, size_t *count);
/* Sets selected[row] to 1 where the expression holds, 0 elsewhere, for the n_rows of a
 * loaded table. NOT_FOUND: no such column (the nearest is suggested); USAGE: a value that
 * its column cannot have. */
IRM_API irm_status irm_where_select(const irm_where *where, const irm_table *table,
                                    uint8_t *selected, irm_error *error);

/* Groups the modalities of a `by` column before rows are counted: by bands of `band` whole
 * numbers from a multiple of it ("15-19"), or each of `from` into the group at its place in
 * `to`. Labels are compared as text. A modality with no group is an error, or, with
 * `others_missing`, has no value. */
typedef struct irm_regroup {
    const char *column;
    const char *name; /* of the column of the result; NULL: the same */
    unsigned band;    /* 0: by the list */
    const char *const *from, *const *to;
    size_t n;
    bool others_missing;
} irm_regroup;

/* A quantile of a column, weighted where there is a weight. */
typedef struct irm_quantile_of {
    const char *column;
    double p;         /* in [0, 1] */
    const char *name; /* of the column of the result */
} irm_quantile_of;

/* Bytes that the cells of a tabulation may take, unless told otherwise. */
#define IRM_TABULATION_MEMORY ((size_t)1 << 30)

/* What to tabulate. All borrowed; zero-initialise. */
typedef struct irm_tabulation {
    const char *const *by; /* category columns, or numeric ones that hold integers */
    size_t n_by;           /* 0: one row, the total */
    const char *weight;    /* NULL: none. Not with sums. */
    const char *const *sums;
    size_t n_sums;
    const irm_where *where; /* NULL: every row */
    /* What follows is for irm_tabulate_stored alone. */
    const irm_regroup *regroups;
    size_t n_regroups;
    const char *const *means; /* columns of which to give the (weighted) mean */
    size_t n_means;
    const irm_quantile_of *quantiles;
    size_t n_quantiles;
    bool totals;    /* also the totals over each subset of the groups, labelled "total" */
    bool precision; /* also flags, the design effect and an approximate interval */
    size_t memory;  /* bytes that cells may take; 0: IRM_TABULATION_MEMORY */
} irm_tabulation;

/* Tabulates into `result` (inits it; the caller clears it): the `by` columns under their
 * names; `rows`, the records of the group; `value`, the sum of the weights or of the first
 * of `sums`, equal to `rows` without either; a column under its name for each further sum;
 * and, only where there are any, `hidden`: the summed cells that have no value (secret,
 * missing, …), which are not added.
 *
 * Groups are those with at least one row, sorted by each `by` column in turn: labels by
 * byte, numbers by value, no value first. Sums are exact, hence the same in any order of
 * the rows. Linear time, but for sorting labels and distinct numbers; up to 32 bytes of
 * memory a row.
 *
 * Errors: NOT_FOUND for an unknown column, USAGE for a sum of categories or a weight beside
 * sums, DATA for a `by` column with fractions, EXISTS where two columns of the result would
 * bear the same name. */
IRM_API irm_status irm_tabulate(const irm_table *table, const irm_tabulation *tabulation,
                                irm_table *result, irm_error *error);

/* The same of a table of a store, which is read block by block, only the columns needed, in
 * `threads` threads (0: one a processor): the same result, byte for byte. Memory goes with
 * the number of groups, not of rows; REFUSED where they pass the memory allowed.
 *
 * After the columns above: `mean_COLUMN` for each mean; the quantiles; with `precision`,
 * `flags` (low_count, reliable_count), `deff` (Kish's design effect), `ci_lower`,
 * `ci_upper`, `ci_level`. Definitions: docs/methods.md, "Tabulation". */
IRM_API irm_status irm_tabulate_stored(const irm_store *store, const char *name,
                                       const irm_tabulation *tabulation, size_t threads,
                                       irm_table *result, irm_error *error);

/* What takes the rows of a result as they are made. */
typedef struct irm_row_sink {
    /* The columns of the rows to come, without rows, lent until the end: categories have all
     * their labels. Called again where the columns prove to be others: what was written
     * is to be forgotten. */
    irm_status (*begin)(void *context, const irm_table *columns, irm_error *error);
    /* Adds some rows to `text`, as they will be written; in any thread. */
    irm_status (*format)(void *context, const irm_table *rows, irm_buffer *text,
                         irm_error *error);
    /* What was made of rows; in their order, one at a time, in any thread. */
    irm_status (*write)(void *context, const irm_buffer *text, irm_error *error);
    void *context;
} irm_row_sink;

/* The rows of irm_tabulate_stored, in their order, without ever holding them all: memory
 * does not go with the number of groups. Where rows are in no order of the first `by`
 * column and their groups pass the memory allowed, cells are put aside in a temporary file
 * (in TMPDIR, else /var/tmp or /tmp), of about 30 bytes each. USAGE with quantiles or
 * totals, which need all cells at hand. */
IRM_API irm_status irm_tabulate_rows(const irm_store *store, const char *name,
                                     const irm_tabulation *tabulation, size_t threads,
                                     const irm_row_sink *sink, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
