#include <math.h>
#include <string.h>

#include "irminon/bounds.h"
#include "irminon/descriptor.h"
#include "irminon/identity.h"
#include "irminon/memory.h"
#include "irminon/threads.h"

/* Rows done by one worker at a time; each range keeps what it finds, joined in order. */
enum { GRAIN = 2048 };

typedef struct member {
    size_t column;
    const irm_column *cells;
    bool whole, floored;
} member;

typedef struct found {
    irm_narrowed *by_member;
    size_t refused;
} found;

typedef struct work {
    const irm_identities *identities;
    const uint8_t *members;
    member *list;
    size_t n_members;
    size_t *index; /* by column: its place in the list */
    size_t n_rows;
    found *ranges;
} work;

/* A count whose visible values all are whole numbers. */
static bool is_whole(const irm_column *column, size_t n_rows) {
    if (irm_column_kind(column) != IRM_KIND_COUNT || column->type != IRM_COLUMN_NUMBER) {
        return false;
    }
    for (size_t r = 0; r < n_rows; r++) {
        double value = column->values[r];
        if (!isnan(value) && value != floor(value)) {
            return false;
        }
    }
    return true;
}

static bool hidden(const member *of, size_t row) {
    const irm_column *column = of->cells;
    bool plain = column->marks == NULL || column->marks[row] == 0;
    return plain ? isnan(column->values[row]) : true;
}

/* A row has something to narrow where a cell is hidden and another known, be it by an
 * upper bound. What does not apply is no cell. */
static bool worth(const work *on, size_t row) {
    bool some = false, known = false;
    for (size_t m = 0; m < on->n_members; m++) {
        double lower, upper;
        if (irm_column_state(on->list[m].cells, row) == IRM_STATE_NOT_APPLICABLE) {
            return false;
        }
        irm_column_bounds(on->list[m].cells, row, &lower, &upper);
        some = some || hidden(&on->list[m], row);
        known = known || isfinite(upper);
    }
    return some && known;
}

static irm_status add_row(const work *on, size_t row, irm_bounds *bounds,
                          irm_error *error) {
    irm_bounds_reset(bounds);
    for (size_t m = 0; m < on->n_members; m++) {
        double lower, upper;
        irm_column_bounds(on->list[m].cells, row, &lower, &upper);
        lower = on->list[m].floored && lower < 0 ? 0 : lower;
        IRM_TRY(irm_bounds_cell(bounds, lower, upper, on->list[m].whole, NULL, error));
    }
    for (size_t i = 0; i < on->identities->n_rows; i++) {
        const irm_row_identity *one = &on->identities->rows[i];
        irm_bounds_term terms[64];
        size_t n = one->identity->n_terms;
        if (!on->members[one->columns[0]] || n > sizeof terms / sizeof *terms) {
            continue;
        }
        for (size_t t = 0; t < n; t++) {
            terms[t] = (irm_bounds_term){on->index[one->columns[t]],
                                         one->identity->coefficients[t]};
        }
        /* Decimals of published estimates are cut: as much may be lacking. */
        IRM_TRY(irm_bounds_relation(bounds, terms, n, one->identity->low,
                                    one->identity->high, error));
    }
    return IRM_OK;
}

static irm_status keep(irm_narrowed *to, size_t row, double lower, double upper,
                       irm_error *error) {
    if (to->count == to->capacity) {
        size_t capacity = to->capacity == 0 ? 16 : 2 * to->capacity;
        uint32_t *rows = irm_realloc(to->rows, capacity, sizeof *rows);
        to->rows = rows != NULL ? rows : to->rows;
        double *lows = irm_realloc(to->lower, capacity, sizeof *lows);
        to->lower = lows != NULL ? lows : to->lower;
        double *highs = irm_realloc(to->upper, capacity, sizeof *highs);
        to->upper = highs != NULL ? highs : to->upper;
        if (rows == NULL || lows == NULL || highs == NULL) {
            return irm_fail_memory(error);
        }
        to->capacity = capacity;
    }
    to->rows[to->count] = (uint32_t)row;
    to->lower[to->count] = lower;
    to->upper[to->count++] = upper;
    return IRM_OK;
}

static irm_status keep_row(const work *on, size_t row, const irm_bounds *bounds,
                           found *into, irm_error *error) {
    for (size_t m = 0; m < on->n_members; m++) {
        double lower, upper, low = irm_bounds_lower(bounds, m),
                             high = irm_bounds_upper(bounds, m);
        irm_column_bounds(on->list[m].cells, row, &lower, &upper);
        lower = on->list[m].floored && lower < 0 ? 0 : lower;
        if (low > lower || high < upper) {
            IRM_TRY(keep(&into->by_member[m], row, low, high, error));
        }
    }
    return IRM_OK;
}

static irm_status narrow_range(void *context, size_t first, size_t last, size_t worker,
                               irm_error *error) {
    work *on = context;
    found *into = &on->ranges[first / GRAIN];
    irm_bounds *bounds;
    (void)worker;
    IRM_TRY(irm_bounds_new(&bounds, error));
    irm_status status = IRM_OK;
    for (size_t r = first; status == IRM_OK && r < last; r++) {
        if (!worth(on, r)) {
            continue;
        }
        status = add_row(on, r, bounds, error);
        irm_status solved =
            status == IRM_OK ? irm_bounds_tighten(bounds, 1, NULL, error) : status;
        if (solved == IRM_STATUS_DATA) {
            into->refused++;
        } else if (solved != IRM_OK) {
            status = solved;
        } else {
            status = keep_row(on, r, bounds, into, error);
        }
    }
    irm_bounds_free(bounds);
    return status;
}

static irm_status prepare(work *on, const irm_column *const *columns, size_t n_columns,
                          size_t n_ranges, irm_error *error) {
    on->list = irm_calloc(n_columns, sizeof *on->list);
    on->index = irm_calloc(n_columns, sizeof *on->index);
    on->ranges = irm_calloc(n_ranges, sizeof *on->ranges);
    if (on->list == NULL || on->index == NULL || on->ranges == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < n_columns; c++) {
        if (on->members[c]) {
            on->index[c] = on->n_members;
            on->list[on->n_members++] =
                (member){c, columns[c], is_whole(columns[c], on->n_rows),
                         irm_kind_additive(irm_column_kind(columns[c]))};
        }
    }
    for (size_t i = 0; i < n_ranges; i++) {
        on->ranges[i].by_member = irm_calloc(on->n_members, sizeof(irm_narrowed));
        if (on->ranges[i].by_member == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static irm_status join_ranges(const work *on, size_t n_ranges, irm_narrowed *narrowed,
                              size_t *refused, irm_error *error) {
    for (size_t i = 0; i < n_ranges; i++) {
        *refused += on->ranges[i].refused;
        for (size_t m = 0; m < on->n_members; m++) {
            const irm_narrowed *from = &on->ranges[i].by_member[m];
            for (size_t k = 0; k < from->count; k++) {
                IRM_TRY(keep(&narrowed[on->list[m].column], from->rows[k], from->lower[k],
                             from->upper[k], error));
            }
        }
    }
    return IRM_OK;
}

static size_t last_member(const irm_identities *identities) {
    size_t n = 0;
    for (size_t i = 0; i < identities->n_rows; i++) {
        for (size_t t = 0; t < identities->rows[i].identity->n_terms; t++) {
            size_t column = identities->rows[i].columns[t];
            n = column + 1 > n ? column + 1 : n;
        }
    }
    return n;
}

irm_status irm_identities_narrow(const irm_identities *identities, const uint8_t *members,
                                 const irm_column *const *columns, size_t n_rows,
                                 size_t threads, irm_narrowed *narrowed, size_t *refused,
                                 irm_error *error) {
    work on = {.identities = identities, .members = members, .n_rows = n_rows};
    size_t n_ranges = (n_rows + GRAIN - 1) / GRAIN;
    *refused = 0;
    irm_status status = prepare(&on, columns, last_member(identities), n_ranges, error);
    if (status == IRM_OK) {
        status = irm_parallel_for(n_rows, GRAIN, threads, narrow_range, &on, error);
    }
    if (status == IRM_OK) {
        status = join_ranges(&on, n_ranges, narrowed, refused, error);
    }
    for (size_t i = 0; on.ranges != NULL && i < n_ranges; i++) {
        for (size_t m = 0; on.ranges[i].by_member != NULL && m < on.n_members; m++) {
            irm_narrowed_clear(&on.ranges[i].by_member[m]);
        }
        irm_free(on.ranges[i].by_member);
    }
    irm_free(on.ranges);
    irm_free(on.index);
    irm_free(on.list);
    return status;
}
