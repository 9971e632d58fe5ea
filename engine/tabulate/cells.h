/* Private to engine/tabulate/: cells of a tabulation, accumulated exactly.
 *
 * A row's place on each axis is an index: 0 for no value, else 1 + its code, or 1 + its
 * distance from the lowest number. Indices stand for groups, which are numbered in the
 * order of the result. A cell's key is the number of its groups in mixed radix, so that
 * the order of keys is that of the result. */
#ifndef IRMINON_TABULATE_CELLS_H
#define IRMINON_TABULATE_CELLS_H

#include "irminon/store.h"
#include "irminon/tabulate.h"
#include "tabulate/value_set.h"

/* Sums are whole multiples of a power of two: 128 bits hold those of 2^32 doubles whose
 * exponents span 41 binary orders. */
__extension__ typedef __int128 wide_int;

/* --- an axis (axis.c) --- */
typedef struct cell_axis {
    const char *name;       /* of the column of the result */
    size_t column;          /* in the cursor */
    const irm_column *from; /* its schema */
    int64_t low;            /* the value (or code) of index 1 */
    size_t n_indices;       /* index 0 included */
    uint32_t *group;        /* of each index; group 0: no value */
    uint64_t stride;        /* of its group in a key */
    size_t n_groups;        /* group 0 included, and the total's, which is the last */
    bool ascending;         /* the groups of indices never decrease */
    irm_dict *labels;       /* of groups from 1, code = group - 1; NULL: numbers */
    bool lent;              /* labels are the cursor's */
    double *numbers;        /* of groups, where labels are read as numbers */
    value_set *set; /* group - 1 is a place in it; NULL: not numbers of any kind */
    const char *total_label; /* NULL: no totals */
} cell_axis;

irm_status axis_init(cell_axis *axis, const irm_cursor *cursor, size_t column,
                     const irm_regroup *regroup, bool totals, size_t threads,
                     irm_error *error);
/* The values of a column as an axis: numbers, of any kind, or labels that are numbers, in
 * their order (other labels are no value). */
irm_status axis_init_values(cell_axis *axis, const irm_cursor *cursor, size_t column,
                            size_t threads, irm_error *error);
void axis_clear(cell_axis *axis);
/* What each label is as a number, NaN where it is none (allocated). */
irm_status label_numbers(const irm_column *column, double **numbers, irm_error *error);
/* The number that a group of an axis without labels stands for. */
double axis_number(const cell_axis *axis, size_t group);

/* --- a measure (measure.c) --- */
typedef enum measure_kind {
    MEASURE_SUM,          /* of `column` */
    MEASURE_PRODUCT,      /* of `column` × `weight`, rounded */
    MEASURE_WEIGHT_WHERE, /* of `weight` where `column` has a value */
    MEASURE_ROWS_WHERE,   /* rows where `column` has a value */
    MEASURE_ROWS_WEIGHED, /* the same, of those whose weight is not 0 */
    MEASURE_SQUARE,       /* of `column`², rounded */
    MEASURE_SQUARE_WHERE  /* of `weight`² where `column` has a value */
} measure_kind;

typedef struct measure {
    measure_kind kind;
    size_t column, weight; /* in the cursor; weight SIZE_MAX: 1 */
    bool counts_hidden;    /* its hidden cells are counted */
    const double *numbers; /* of the column's labels; NULL: it holds numbers */
} measure;

/* A measure over a block: value i is (narrow or wide)[i] × 2^exponent. */
typedef struct measured {
    size_t rows; /* there is room for */
    double *values;
    int64_t *narrow;
    wide_int *wide;  /* made when needed */
    uint8_t *hidden; /* 1 where there is no value, if any_hidden */
    double *weights;
    uint8_t *weight_hidden;
    bool any_hidden, is_wide, empty; /* empty: zeros alone */
    int low, high; /* exponents: of the unit, and over that of the largest value */
} measured;

irm_status measured_init(measured *m, size_t rows, irm_error *error);
void measured_clear(measured *m);
/* The cells of a block as doubles. */
void block_doubles(const irm_cell_block *block, double *values);
/* Reads a measure of a block whose first row is `first`, and the exponents its values
 * need.
 * `*unfit` is set where a value is infinite. DATA: a weight that is missing or negative.
 */
irm_status measured_read(const measure *of, const irm_cell_block *cells,
                         const irm_table *schema, size_t first, measured *m, bool *unfit,
                         irm_error *error);
/* Whole multiples of 2^exponent, exponent at most m->low. */
irm_status measured_scale(measured *m, size_t n, int exponent, irm_error *error);

/* --- cells (cells.c) --- */
/* Followed by its n_measures sums. */
typedef struct cell_entry {
    uint64_t key;
    uint32_t rows, hidden;
    wide_int sums[];
} cell_entry;

typedef struct cell_list {
    unsigned char *bytes;
    size_t count, capacity, stride;
} cell_list;

cell_entry *cell_at(const cell_list *list, size_t i);
/* Room for `more` of them; false: no memory. */
bool cell_reserve(cell_list *list, size_t more);
/* One more, not zeroed; NULL: no memory. */
cell_entry *cell_add(cell_list *list);
void cell_list_clear(cell_list *list);
/* By key, entries of the same key added up. */
irm_status cell_list_sort(cell_list *list, size_t n_measures, irm_error *error);

/* A key, and the row or the address that bears it. */
typedef struct key_item {
    uint64_t key;
    uintptr_t at;
} key_item;

/* Sorts items by key; those of the same key keep their order. *items may be exchanged for
 * another block of n. False: no memory. */
bool key_items_sort(key_item **items, size_t n);

/* Cells whose keys increase: part of a list, or put aside in a file. */
typedef struct cell_run {
    const cell_list *list; /* NULL: in a file */
    size_t first, count;
    const struct spilled_run *spilled;
} cell_run;

void cell_entry_add(cell_entry *into, const cell_entry *from, size_t n_measures);
/* Multiplies the sums of a measure by 2^by, where `by` is over 0. */
void cell_list_shift(cell_list *list, size_t m, int by);
/* How many keys of a run of a list are under `bound`. */
size_t cell_run_below(const cell_run *run, uint64_t bound);
/* Runs of lists in any order, to a list of their sums (whose stride is set). False: no
 * memory. */
bool cell_runs_sort(const cell_run *runs, size_t n_runs, size_t n_measures,
                    cell_list *sums);

/* What takes cells as they are added up. */
typedef struct cell_feed {
    /* Some cells, each key once, by key, in pieces of lists; in any thread. Sums are in
     * units of 2^exponents. */
    irm_status (*take)(void *context, const cell_run *pieces, size_t n_pieces,
                       const int *exponents, size_t worker, irm_error *error);
    /* Called after it by the same worker, in the order of keys, one at a time. NULL:
     * nothing to do. */
    irm_status (*finish)(void *context, size_t worker, irm_error *error);
    void *context;
} cell_feed;

/* Feeds all cells of the runs whose keys are under `end`, those of one key added up. */
irm_status cell_runs_feed(const cell_run *runs, size_t n_runs, size_t n_measures,
                          size_t stride, const int *exponents, uint64_t end,
                          size_t threads, const cell_feed *feed, irm_error *error);

/* All that is tabulated, and what comes out. */
typedef struct cell_plan {
    const irm_cursor *cursor;
    cell_axis *axes;
    size_t n_axes;
    const measure *measures;
    size_t n_measures;
    const struct where_bound *where; /* NULL: every row */
    const size_t *where_columns;     /* in the cursor */
    size_t n_where;
    size_t threads;
    size_t memory; /* bytes of cells, beyond which they are put aside; 0: no bound */
} cell_plan;

typedef struct cell_result {
    cell_list list; /* by key, each once */
    int *exponents; /* one a measure */
    bool unfit;     /* the sums do not fit: nothing was computed */
} cell_result;

/* The workers that cells_feed feeds from: `worker` is under it. */
size_t cells_feeders(const cell_plan *plan);
/* Tabulates and feeds all cells, by key. A table whose blocks tell that they are in the
 * order of the first axis is tabulated part after part, so that memory goes with the
 * cells of a part. `*unfit`: the sums do not fit; what was fed is to be forgotten. */
irm_status cells_feed(const cell_plan *plan, const cell_feed *feed, bool *unfit,
                      irm_error *error);

/* The same into one list. REFUSED where its cells, of `bytes` each with what is made of
 * them, would pass the plan's memory. */
irm_status cells_run(const cell_plan *plan, size_t bytes, cell_result *result,
                     irm_error *error);
/* REFUSED: over `most` cells. */
irm_status cells_refuse_many(size_t most, irm_error *error);
void cell_result_clear(cell_result *result);

#endif
