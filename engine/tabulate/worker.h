/* Private to engine/tabulate/: what a worker of cells_run keeps, and its steps: it reads a
 * block, keys its rows in a window of the axes (worker.c), accumulates them (cells.c), and
 * lists the cells of the window when another one begins (listing.c). */
#ifndef IRMINON_TABULATE_WORKER_H
#define IRMINON_TABULATE_WORKER_H

#include "tabulate/cells.h"
#include "tabulate/where.h"

/* Cells of a block that fit here are accumulated in place (dense); else by hashing. */
enum { DENSE_MOST = 1 << 18 };
/* Hashed cells of a worker before they are listed, and listed ones before they are added up
 * (twice the distinct ones, once that is more). */
enum { HASHED_MOST = 1 << 20, LISTED_MOST = 1 << 22 };

/* The part of an axis that a block, or all of them, has. */
typedef struct axis_window {
    const void *cells; /* values (I8, I16, I32), or indices (I32) where `indexed` */
    irm_cell_type type;
    int64_t offset;    /* to be added to a cell for its index */
    int64_t low, high; /* indices */
    size_t stride;
} axis_window;

typedef struct worker {
    irm_cursor_buffer *buffer;
    irm_cell_block *cells; /* one a column */
    axis_window *windows;  /* one an axis */
    int32_t **indices;     /* one an axis, made when needed */
    measured *measured;
    uint32_t *keys;        /* of the rows, in the window */
    uint64_t *wide_keys;
    uint8_t *selected;
    uint32_t *picks;       /* selected rows */
    size_t n_picks;
    irm_table view;        /* the columns of `where`, as a table */
    size_t window;         /* its cells; 0: hashing */
    uint32_t *rows, *hidden;
    wide_int *sums;        /* measure after measure, DENSE_MOST each */
    uint32_t *slots;       /* of the hash: entry + 1 in `hashed` */
    cell_list hashed, out;
    size_t listed_most;
    int *exponents, *highs;
    bool *started;
    bool unfit;
} worker;

enum { SLOTS = 1 << 22 };

irm_status worker_init(const cell_plan *plan, worker *w, irm_error *error);
void worker_clear(const cell_plan *plan, worker *w);

/* Reads the columns of the expression and lists the rows where it holds. */
irm_status worker_select(const cell_plan *plan, worker *w, size_t block, irm_error *error);
/* Reads the other columns. */
irm_status worker_read(const cell_plan *plan, worker *w, size_t block, irm_error *error);
/* The part of axis `k` that the block read has. */
irm_status worker_set_window(const cell_plan *plan, worker *w, size_t k, irm_error *error);
/* The windows' strides, and how many cells they make; 0: more than DENSE_MOST. */
size_t worker_lay_window(axis_window *windows, size_t n_axes);
/* Adds an axis' part to the keys of n rows, in the window. */
void worker_add_keys(const axis_window *at, size_t n, uint32_t *keys);
/* The keys of n rows in the whole result. */
void worker_set_wide_keys(const cell_plan *plan, worker *w, size_t n);

/* Lists the cells of the window, or those hashed, and empties them. */
irm_status worker_list_window(const cell_plan *plan, worker *w, irm_error *error);
irm_status worker_list_hashed(const cell_plan *plan, worker *w, irm_error *error);

#endif
