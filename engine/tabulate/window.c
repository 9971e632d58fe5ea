#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "tabulate/worker.h"

/* Indices of numbers that are not small integers, or of places in a set. */
static irm_status index_numbers(const cell_axis *axis, const irm_cell_block *block,
                                size_t room, double *values, int32_t **indices,
                                axis_window *window, irm_error *error) {
    if (*indices == NULL) {
        *indices = irm_calloc(room, sizeof **indices);
    }
    if (*indices == NULL) {
        return irm_fail_memory(error);
    }
    block_doubles(block, values);
    int32_t low = INT32_MAX, high = 0, index = 0;
    for (size_t i = 0; i < block->n; i++) {
        double v = values[i];
        if (axis->set == NULL) {
            index = v == v ? (int32_t)((int64_t)v - axis->low + 1) : 0;
        } else if (i == 0 || v != values[i - 1]) { /* one weight for a household's rows */
            index = v == v ? (int32_t)value_set_find(axis->set, v) + 1 : 0;
        }
        if (axis->set != NULL && block->marks != NULL && block->marks[i] > 0 &&
            irm_state_hidden(axis->from->markers[block->marks[i] - 1].state)) {
            (*indices)[i] = low = 0;
            continue;
        }
        (*indices)[i] = index;
        low = index < low ? index : low;
        high = index > high ? index : high;
    }
    *window =
        (axis_window){.cells = *indices, .type = IRM_CELL_I32, .low = low, .high = high};
    return IRM_OK;
}

irm_status window_set(const cell_plan *plan, worker *w, size_t k, irm_error *error) {
    const cell_axis *axis = &plan->axes[k];
    const irm_cell_block *block = &w->cells[axis->column];
    if (block->type > IRM_CELL_I32 || axis->set != NULL) {
        return index_numbers(axis, block, irm_cursor_block_rows(plan->cursor),
                             w->measured[0].values, &w->indices[k], &w->windows[k],
                             error);
    }
    int64_t offset = 1 - axis->low;
    w->windows[k] = (axis_window){.cells = block->cells,
                                  .type = block->type,
                                  .offset = offset,
                                  .low = block->low + offset,
                                  .high = block->high + offset};
    return IRM_OK;
}

/* Goes through the cells of a span: `cell_`, at `i_`. */
#define EACH_CELL(type, body)                                      \
    do {                                                           \
        const type *cells_ = at->cells;                            \
        const uint32_t *picks_ = span.picks;                       \
        for (size_t i_ = 0; picks_ == NULL && i_ < span.n; i_++) { \
            type cell_ = cells_[span.first + i_];                  \
            body;                                                  \
        }                                                          \
        for (size_t i_ = 0; picks_ != NULL && i_ < span.n; i_++) { \
            type cell_ = cells_[picks_[i_]];                       \
            body;                                                  \
        }                                                          \
    } while (0)

#define EACH_CELL_OF_ANY_TYPE(body)            \
    do {                                       \
        if (at->type == IRM_CELL_I8) {         \
            EACH_CELL(int8_t, body);           \
        } else if (at->type == IRM_CELL_I16) { \
            EACH_CELL(int16_t, body);          \
        } else {                               \
            EACH_CELL(int32_t, body);          \
        }                                      \
    } while (0)

void window_narrow(axis_window *at, row_span span) {
    int32_t low = INT32_MAX, high = INT32_MIN;
    EACH_CELL_OF_ANY_TYPE({
        low = cell_ < low ? cell_ : low;
        high = cell_ > high ? cell_ : high;
    });
    at->low = low + at->offset;
    at->high = high + at->offset;
}

void window_add_keys(const axis_window *at, row_span span, bool first, uint32_t *keys) {
    uint32_t add = (uint32_t)(at->offset - at->low), factor = (uint32_t)at->stride;
    const uint32_t *places = at->places;
    if (places == NULL && first) {
        EACH_CELL_OF_ANY_TYPE(keys[i_] = ((uint32_t)cell_ + add) * factor);
    } else if (first) {
        EACH_CELL_OF_ANY_TYPE(keys[i_] = places[(uint32_t)cell_ + add] * factor);
    } else if (places == NULL) {
        EACH_CELL_OF_ANY_TYPE(keys[i_] += ((uint32_t)cell_ + add) * factor);
    } else {
        EACH_CELL_OF_ANY_TYPE(keys[i_] += places[(uint32_t)cell_ + add] * factor);
    }
}

void window_add_wide_keys(const cell_axis *axis, const axis_window *at, row_span span,
                          uint64_t *keys) {
    const uint32_t *group = axis->group;
    int64_t offset = at->offset;
    uint64_t stride = axis->stride;
    EACH_CELL_OF_ANY_TYPE(keys[i_] += group[(size_t)(cell_ + offset)] * stride);
}

uint64_t window_cells(axis_window *windows, size_t n_axes) {
    uint64_t cells = 1;
    for (size_t k = n_axes; k-- > 0;) {
        uint64_t width = (uint64_t)(windows[k].high - windows[k].low) + 1;
        windows[k].stride = (size_t)cells;
        if (width > UINT64_MAX / cells) {
            return UINT64_MAX;
        }
        cells *= width;
    }
    return cells;
}

static int by_number(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool make_order(const cell_axis *axis, const axis_window *at, window_order *to) {
    size_t width = (size_t)(at->high - at->low) + 1;
    if (width > to->room) {
        irm_free(to->places);
        irm_free(to->order);
        irm_free(to->sorting);
        to->room = width;
        to->places = irm_calloc(width, sizeof *to->places);
        to->order = irm_calloc(width, sizeof *to->order);
        to->sorting = irm_calloc(width, sizeof *to->sorting);
    }
    if (to->places == NULL || to->order == NULL || to->sorting == NULL) {
        to->room = 0;
        return false;
    }
    for (size_t i = 0; i < width; i++) {
        to->sorting[i] = (uint64_t)axis->group[(size_t)at->low + i] << 32 | i;
    }
    qsort(to->sorting, width, sizeof *to->sorting, by_number);
    for (size_t place = 0; place < width; place++) {
        uint32_t i = (uint32_t)to->sorting[place];
        to->order[place] = i;
        to->places[i] = (uint32_t)place;
    }
    to->low = at->low;
    to->high = at->high;
    return true;
}

irm_status window_arrange(const cell_plan *plan, worker *w, size_t k, irm_error *error) {
    axis_window *at = &w->windows[k];
    window_order *order = &w->orders[k];
    at->places = at->order = NULL;
    if (plan->axes[k].ascending || at->high - at->low >= ORDERED_MOST) {
        return IRM_OK;
    }
    if ((order->room == 0 || order->low != at->low || order->high != at->high) &&
        !make_order(&plan->axes[k], at, order)) {
        return irm_fail_memory(error);
    }
    at->places = order->places;
    at->order = order->order;
    return IRM_OK;
}
