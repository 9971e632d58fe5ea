#include <math.h>

#include "evaluate/frame_inside.h"
#include "irminon/memory.h"

static irm_status read_identities(irm_frame *frame, irm_error *error) {
    size_t n = frame->schema->n_columns;
    frame->narrowed = irm_calloc(n, sizeof *frame->narrowed);
    frame->narrowed_done = irm_calloc(n, 1);
    if (frame->narrowed == NULL || frame->narrowed_done == NULL) {
        return irm_fail_memory(error);
    }
    return frame->shape == IRM_TABLE_WIDE
               ? irm_identities_read(frame->schema, &frame->identities, error)
               : IRM_OK;
}

static irm_status narrow_members(irm_frame *frame, const irm_store *store,
                                 const uint8_t *members, const irm_reporter *reporter,
                                 irm_error *error) {
    size_t n = frame->schema->n_columns, refused = 0;
    const irm_column **columns = irm_calloc(n, sizeof *columns);
    irm_status status = columns != NULL ? IRM_OK : irm_fail_memory(error);
    for (size_t c = 0; status == IRM_OK && c < n; c++) {
        irm_column *column = NULL;
        if (members[c]) {
            status = irm_frame_column(frame, store, c, &column, error);
            columns[c] = column;
        }
    }
    if (status == IRM_OK) {
        status = irm_identities_narrow(&frame->identities, members, columns,
                                       frame->schema->n_rows, irm_store_threads(store),
                                       frame->narrowed, &refused, error);
    }
    for (size_t c = 0; c < n; c++) {
        frame->narrowed_done[c] |= members[c];
    }
    if (status == IRM_OK && refused > 0) {
        irm_warn(reporter,
                 "%s: the totals of %zu rows disagree with their parts, whose bounds are "
                 "left as published ('irminon check' tells where)",
                 frame->schema->name, refused);
    }
    irm_free(columns);
    return status;
}

irm_status irm_frame_narrowed(irm_frame *frame, const irm_store *store,
                              const irm_reporter *reporter, size_t column,
                              const irm_narrowed **narrowed, irm_error *error) {
    *narrowed = NULL;
    if (frame->detail != NULL) {
        return IRM_OK;
    }
    if (frame->narrowed == NULL) {
        IRM_TRY(read_identities(frame, error));
    }
    irm_column *values;
    IRM_TRY(irm_frame_column(frame, store, column, &values, error));
    if (frame->identities.n_rows == 0 || values->marks == NULL) {
        return IRM_OK; /* every cell is plain */
    }
    if (!frame->narrowed_done[column]) {
        size_t n = frame->schema->n_columns;
        uint8_t *members = irm_calloc(n, 1);
        if (members == NULL) {
            return irm_fail_memory(error);
        }
        irm_status status = IRM_OK;
        if (irm_identities_members(&frame->identities, n, column, members)) {
            status = narrow_members(frame, store, members, reporter, error);
        }
        irm_free(members);
        IRM_TRY(status);
    }
    *narrowed = frame->narrowed[column].count > 0 ? &frame->narrowed[column] : NULL;
    return IRM_OK;
}

void frame_clear_narrowed(irm_frame *frame) {
    for (size_t c = 0; frame->narrowed != NULL && c < frame->schema->n_columns; c++) {
        irm_narrowed_clear(&frame->narrowed[c]);
    }
    irm_free(frame->narrowed);
    irm_free(frame->narrowed_done);
    irm_identities_clear(&frame->identities);
}

irm_quantity irm_cell_narrowed(const irm_column *column, const irm_narrowed *narrowed,
                               size_t row, bool floor) {
    irm_quantity cell = irm_cell_quantity(column, row, floor);
    if (narrowed == NULL || cell.lower == cell.upper) {
        return cell;
    }
    size_t low = 0, high = narrowed->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (narrowed->rows[middle] < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < narrowed->count && narrowed->rows[low] == row) {
        cell.lower = fmax(cell.lower, narrowed->lower[low]);
        cell.upper = fmin(cell.upper, narrowed->upper[low]);
        if (!irm_state_hidden(cell.state)) { /* the rounded figure may be proved wrong */
            cell.value = fmin(fmax(cell.value, cell.lower), cell.upper);
        }
    }
    return cell;
}
