#include <string.h>

#include "irminon/memory.h"
#include "tabulate/worker.h"

/* --- accumulating --- */

/* Adds values of a span to the sums of its cells. */
#define ADD_SPAN(values)                                               \
    do {                                                               \
        for (size_t i_ = 0; span.picks == NULL && i_ < span.n; i_++) { \
            sums[w->keys[i_]] += (values)[span.first + i_];            \
        }                                                              \
        for (size_t i_ = 0; span.picks != NULL && i_ < span.n; i_++) { \
            sums[w->keys[i_]] += (values)[span.picks[i_]];             \
        }                                                              \
    } while (0)

static void accumulate(const cell_plan *plan, worker *w, row_span span) {
    for (size_t i = 0; i < span.n; i++) {
        w->rows[w->keys[i]]++;
    }
    for (size_t m = 0; m < plan->n_measures; m++) {
        const measured *at = &w->measured[m];
        wide_int *sums = w->sums + m * w->room;
        if (!at->empty && at->is_wide) {
            ADD_SPAN(at->wide);
        } else if (!at->empty) {
            ADD_SPAN(at->narrow);
        }
        for (size_t i = 0;
             plan->measures[m].counts_hidden && at->any_hidden && i < span.n; i++) {
            w->hidden[w->keys[i]] +=
                at->hidden[span.picks != NULL ? span.picks[i] : span.first + i];
        }
    }
}

/* --- exponents --- */

void cell_list_shift(cell_list *list, size_t m, int by) {
    /* Sums of 127 bits that are moved further than that are 0. */
    for (size_t i = 0; by > 0 && by < 127 && i < list->count; i++) {
        cell_at(list, i)->sums[m] *= (wide_int)1 << by;
    }
}

bool worker_units_fit(int low, int high) { return high - low <= 94; }

/* Makes the unit of a measure small enough for the block's values. */
static void lower_unit(worker *w, size_t m, size_t window) {
    const measured *at = &w->measured[m];
    if (at->empty) {
        return;
    }
    int low = w->started[m] && w->exponents[m] < at->low ? w->exponents[m] : at->low;
    int high = w->started[m] && w->highs[m] > at->high ? w->highs[m] : at->high;
    if (!worker_units_fit(low, high)) {
        w->unfit = true;
        return;
    }
    int by = w->started[m] ? w->exponents[m] - low : 0;
    if (by > 0) {
        cell_list_shift(&w->out, m, by);
        cell_list_shift(&w->hashed, m, by);
        for (size_t i = 0; i < window; i++) {
            w->sums[m * w->room + i] *= (wide_int)1 << by;
        }
    }
    w->started[m] = true;
    w->exponents[m] = low;
    w->highs[m] = high;
}

static irm_status measure_block(const cell_plan *plan, worker *w, size_t block,
                                irm_error *error) {
    const irm_table *schema = irm_cursor_schema(plan->cursor);
    size_t first = block * irm_cursor_block_rows(plan->cursor);
    for (size_t m = 0; m < plan->n_measures && !w->unfit; m++) {
        const measure *of = &plan->measures[m];
        IRM_TRY(measured_read(of, w->cells, schema, first, &w->measured[m], &w->unfit,
                              error));
        lower_unit(w, m, w->window);
        if (!w->unfit) {
            IRM_TRY(measured_scale(&w->measured[m], w->cells[of->column].n,
                                   w->exponents[m], error));
        }
    }
    return IRM_OK;
}

/* --- blocks --- */

static irm_status add_dense(const cell_plan *plan, worker *w, row_span span,
                            size_t window, irm_error *error) {
    IRM_TRY(worker_make_room(plan, w, window, error));
    if (plan->n_axes == 0) {
        memset(w->keys, 0, span.n * sizeof *w->keys);
    }
    for (size_t k = 0; k < plan->n_axes; k++) {
        IRM_TRY(window_arrange(plan, w, k, error));
        window_add_keys(&w->windows[k], span, k == 0, w->keys);
    }
    w->window = window;
    accumulate(plan, w, span);
    return IRM_OK;
}

/* The same window for every block, listed at the end. */
static irm_status add_whole(const cell_plan *plan, worker *w, row_span span,
                            irm_error *error) {
    for (size_t k = 0; k < plan->n_axes; k++) {
        w->windows[k].low = 0;
        w->windows[k].high = (int64_t)plan->axes[k].n_indices - 1;
    }
    size_t window = (size_t)window_cells(w->windows, plan->n_axes);
    return add_dense(plan, w, span, window, error);
}

static row_span part_of(row_span span, size_t first, size_t n) {
    n = n < span.n - first ? n : span.n - first;
    return span.picks != NULL ? (row_span){span.picks + first, 0, n}
                              : (row_span){NULL, span.first + first, n};
}

/* Narrows the windows to a span; how many cells they make. */
static uint64_t narrow(const cell_plan *plan, worker *w, row_span span) {
    for (size_t k = 0; k < plan->n_axes; k++) {
        window_narrow(&w->windows[k], span);
    }
    return window_cells(w->windows, plan->n_axes);
}

/* Rows of a tile, judged by the first ones; 0: none will do. Blocks are much alike: those
 * of the last one, and twice as many, are tried first. */
static size_t tile_rows(const cell_plan *plan, worker *w, row_span span) {
    size_t rows = span.n;
    while (w->tile_rows > 0 && rows / 2 >= 2 * w->tile_rows) {
        rows /= 2;
    }
    for (; rows >= TILE_LEAST; rows /= 2) {
        if (narrow(plan, w, part_of(span, 0, rows)) <= TILE_CELLS) {
            w->tile_rows = rows;
            return rows;
        }
    }
    return 0;
}

/* Rows whose cells are not dense. */
static irm_status add_sparse(const cell_plan *plan, worker *w, row_span span,
                             bool grouped, irm_error *error) {
    memset(w->wide_keys, 0, span.n * sizeof *w->wide_keys);
    for (size_t k = 0; k < plan->n_axes; k++) {
        window_add_wide_keys(&plan->axes[k], &w->windows[k], span, w->wide_keys);
    }
    return grouped ? worker_list_sorted(plan, w, span, error)
                   : worker_hash(plan, w, span, error);
}

/* Rows of which no tile is dense are grouped when a tile has few of the block's cells. */
static bool is_grouped(const cell_plan *plan, worker *w, row_span span) {
    uint64_t some = narrow(plan, w, part_of(span, 0, TILE_LEAST));
    return span.n > TILE_LEAST && some < narrow(plan, w, span) / 8;
}

static irm_status add_tiles(const cell_plan *plan, worker *w, row_span span,
                            irm_error *error) {
    uint64_t cells = span.picks != NULL ? narrow(plan, w, span)
                                        : window_cells(w->windows, plan->n_axes);
    size_t rows = cells <= TILE_CELLS ? span.n : tile_rows(plan, w, span);
    rows = rows == 0 && cells <= DENSE_MOST ? span.n : rows;
    if (rows == 0) {
        return add_sparse(plan, w, span, is_grouped(plan, w, span), error);
    }
    for (size_t first = 0; first < span.n; first += rows) {
        row_span tile = part_of(span, first, rows);
        cells = narrow(plan, w, tile);
        if (cells <= DENSE_MOST) {
            IRM_TRY(add_dense(plan, w, tile, (size_t)cells, error));
            IRM_TRY(worker_begin_run(w, error));
            IRM_TRY(worker_list_window(plan, w, error));
        } else {
            IRM_TRY(add_sparse(plan, w, tile, true, error));
        }
    }
    return IRM_OK;
}

static size_t rows_of(const cell_plan *plan, size_t block) {
    size_t rows = irm_cursor_block_rows(plan->cursor);
    size_t left = irm_cursor_rows(plan->cursor) - block * rows;
    return left < rows ? left : rows;
}

irm_status worker_add_block(const cell_plan *plan, worker *w, size_t block, bool whole,
                            irm_error *error) {
    if (plan->where != NULL) {
        IRM_TRY(worker_select(plan, w, block, error));
        if (w->n_picks == 0) {
            return IRM_OK;
        }
    }
    row_span span = {.n = rows_of(plan, block)};
    if (plan->where != NULL) {
        span = (row_span){w->picks, 0, w->n_picks};
    }
    IRM_TRY(worker_read(plan, w, block, error));
    for (size_t k = 0; k < plan->n_axes; k++) {
        IRM_TRY(window_set(plan, w, k, error));
    }
    IRM_TRY(measure_block(plan, w, block, error));
    if (w->unfit) {
        return IRM_OK;
    }
    return whole ? add_whole(plan, w, span, error) : add_tiles(plan, w, span, error);
}
