/* Private to engine/tabulate/: what a worker of cells_run keeps, and its steps: it reads
 * a block, keys its rows in a window of the axes (worker.c), accumulates them (cells.c),
 * and lists the cells of the window when another one begins (listing.c). */
#ifndef IRMINON_TABULATE_WORKER_H
#define IRMINON_TABULATE_WORKER_H

#include "tabulate/cells.h"
#include "tabulate/spill.h"
#include "tabulate/where.h"

/* Cells that fit here are accumulated in place (dense). Where those of a block do not,
 * and its rows are grouped, as a national file's are by commune, it is taken by tiles, of
 * TILE_LEAST rows and more, whose cells fit in TILE_CELLS and so in the processor's
 * cache. Else grouped rows are sorted by key, and others are hashed. */
enum { DENSE_MOST = 1 << 18, TILE_CELLS = 1 << 16, TILE_LEAST = 512 };
/* Hashed cells of a worker before they are listed, and listed ones before they are added
 * up (twice the distinct ones, once that is more). */
enum { HASHED_MOST = 1 << 20, LISTED_MOST = 1 << 22 };

/* The part of an axis that a block, or all of them, has. */
typedef struct axis_window {
    const void *cells; /* values (I8, I16, I32), or indices (I32) where `indexed` */
    irm_cell_type type;
    int64_t offset;    /* to be added to a cell for its index */
    int64_t low, high; /* indices */
    size_t stride;
    const uint32_t *places; /* of each index, by group; NULL: they are in that order */
    const uint32_t *order;  /* the indices (less `low`) of places */
} axis_window;

/* Rows of a block: first … first + n - 1, or n picked ones. */
typedef struct row_span {
    const uint32_t *picks; /* NULL: all from `first` on */
    size_t first, n;
} row_span;

/* The places of a window's indices by their groups, kept from one block to the next. */
typedef struct window_order {
    uint32_t *places, *order;
    uint64_t *sorting;
    size_t room;
    int64_t low, high; /* of the window they are of; low > high: none */
} window_order;

/* Windows of more indices are left in their order, and their cells are sorted when
 * listed. */
enum { ORDERED_MOST = 1 << 15 };

typedef struct worker {
    irm_cursor_buffer *buffer;
    irm_cell_block *cells; /* one a column */
    axis_window *windows;  /* one an axis */
    window_order *orders;  /* one an axis */
    int32_t **indices;     /* one an axis, made when needed */
    measured *measured;
    uint32_t *keys; /* of the rows, in the window */
    uint64_t *wide_keys;
    where_range *ranges; /* one a column, of the expression's */
    uint8_t *selected;
    uint32_t *picks; /* selected rows */
    size_t n_picks;
    irm_table view;   /* the columns of `where`, as a table */
    size_t tile_rows; /* of the last block; 0: none yet */
    size_t window;    /* its cells; 0: hashing */
    size_t room;      /* cells that there is room for */
    uint32_t *rows, *hidden;
    wide_int *sums;  /* measure after measure, `room` each; all 0 between windows */
    uint32_t *slots; /* of the hash: entry + 1 in `hashed` */
    cell_list hashed, out;
    size_t *runs; /* where keys begin to increase again in `out` */
    size_t n_runs, runs_room;
    bool unsorted;       /* `out` has keys that decrease within a run */
    size_t listed_first; /* there is room for them at once: growing copies */
    size_t listed_most;
    size_t listed_least, hashed_most; /* what listed_most starts from; hashed ones */
    cell_spill *spill;                /* NULL: memory has no bound */
    spilled_run *spilled;
    size_t n_spilled, spilled_room;
    int *exponents, *highs; /* of the units of sums; NOT_STARTED: all are 0 */
    bool *started;
    bool unfit;
} worker;

enum { SLOTS = 1 << 22, NOT_STARTED = -100000 };

/* `share`: bytes of cells; 0: no bound. */
irm_status worker_init(const cell_plan *plan, worker *w, size_t share, irm_error *error);
void worker_clear(const cell_plan *plan, worker *w);

/* Reads the columns of the expression and lists the rows where it holds. */
irm_status worker_select(const cell_plan *plan, worker *w, size_t block,
                         irm_error *error);
/* Reads the other columns. */
irm_status worker_read(const cell_plan *plan, worker *w, size_t block, irm_error *error);
/* Adds up a block's rows (cells.c); `whole`: in one window for all blocks. */
irm_status worker_add_block(const cell_plan *plan, worker *w, size_t block, bool whole,
                            irm_error *error);
/* Sums are of under 2^32 values: 127 bits hold them where this is true of the exponents.
 */
bool worker_units_fit(int low, int high);
/* Room for the cells of a window, empty. */
irm_status worker_make_room(const cell_plan *plan, worker *w, size_t window,
                            irm_error *error);
/* --- windows (window.c) --- */
/* The part of axis `k` that the block read has. */
irm_status window_set(const cell_plan *plan, worker *w, size_t k, irm_error *error);
/* The same of a span (not empty). */
void window_narrow(axis_window *at, row_span span);
/* The windows' strides, and how many cells they make (UINT64_MAX: too many to tell). */
uint64_t window_cells(axis_window *windows, size_t n_axes);
/* Puts the indices of window `k` in the order of their groups. */
irm_status window_arrange(const cell_plan *plan, worker *w, size_t k, irm_error *error);
/* Adds an axis' part to the keys of a span's rows: in the window (`first`: there are none
 * yet), and in the whole result. */
void window_add_keys(const axis_window *at, row_span span, bool first, uint32_t *keys);
void window_add_wide_keys(const cell_axis *axis, const axis_window *at, row_span span,
                          uint64_t *keys);

/* --- listing (listing.c) --- */
/* What is listed from now on begins a run. */
irm_status worker_begin_run(worker *w, irm_error *error);
/* Lists the cells of the window, or those hashed, and empties them. */
irm_status worker_list_window(const cell_plan *plan, worker *w, irm_error *error);
irm_status worker_list_hashed(const cell_plan *plan, worker *w, irm_error *error);
/* Adds up the listed cells once they are many: memory goes with the distinct ones. Where
 * those are many too, and memory is bounded, puts them aside in a file. */
irm_status worker_compact(const cell_plan *plan, worker *w, irm_error *error);
/* The entry of a key that is not under the one listed last, where it is that one or is
 * added (there is room); else the list is no longer sorted. */
cell_entry *worker_entry(worker *w, uint64_t key);
/* Makes one run of what is listed where its runs are not sorted. */
irm_status worker_sort_list(const cell_plan *plan, worker *w, irm_error *error);

/* --- sparse cells (sparse.c) --- */
/* Adds up the rows of a span, whose keys are `wide_keys`: by hashing, or sorted by key
 * and listed at once. */
irm_status worker_hash(const cell_plan *plan, worker *w, row_span span, irm_error *error);
irm_status worker_list_sorted(const cell_plan *plan, worker *w, row_span span,
                              irm_error *error);

#endif
