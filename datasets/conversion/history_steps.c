/* Passage tables: from one geography to another, code by code, with the share to apply.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conversion/history.h"
#include "geography/source.h"
#include "irminon/memory.h"

/* A line, its columns in the order that conserves (see orient). */
typedef struct step_row {
    int from, to; /* years */
    int32_t start, end;
    double share;
} step_row;

typedef struct steps {
    step_row *rows; /* by from and to */
    size_t count;
} steps;

bool history_is_steps(const irm_table *schema) {
    static const char *const ids[] = {"annee_debut", "annee_fin", "cod_debut", "cod_fin"};
    for (size_t i = 0; i < 4; i++) {
        if (source_variable(schema, ids[i]) == NULL) {
            return false;
        }
    }
    return irm_table_column(schema, "ratio") != NULL;
}

static int by_step(const void *a, const void *b) {
    const step_row *x = a, *y = b;
    int order = (x->from > y->from) - (x->from < y->from);
    order = order != 0 ? order : (x->to > y->to) - (x->to < y->to);
    order = order != 0 ? order : (x->start > y->start) - (x->start < y->start);
    return order != 0 ? order : (x->end > y->end) - (x->end < y->end);
}

/* How many codes of one side give shares that do not add up to 1. */
static irm_status count_leaks(const step_row *rows, size_t count, size_t n_codes,
                              bool end, size_t *leaks, irm_error *error) {
    double *sum = irm_calloc(n_codes, sizeof *sum);
    if (sum == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        sum[end ? rows[i].end : rows[i].start] +=
            isnan(rows[i].share) ? 0 : rows[i].share;
    }
    *leaks = 0;
    for (size_t i = 0; i < count; i++) {
        *leaks += fabs(sum[end ? rows[i].end : rows[i].start] - 1) > 1e-6;
    }
    irm_free(sum);
    return IRM_OK;
}

/* A passage conserves: what leaves a code adds up to 1. Some published steps have their
 * columns of codes in the other order, and are put right by that. */
static irm_status orient(step_row *rows, size_t count, size_t n_codes, irm_error *error) {
    size_t straight, reversed;
    IRM_TRY(count_leaks(rows, count, n_codes, false, &straight, error));
    IRM_TRY(count_leaks(rows, count, n_codes, true, &reversed, error));
    for (size_t i = 0; i < count && reversed < straight; i++) {
        int32_t start = rows[i].start;
        rows[i].start = rows[i].end;
        rows[i].end = start;
    }
    return IRM_OK;
}

static size_t end_of_step(const steps *all, size_t first) {
    size_t end = first;
    while (end < all->count && all->rows[end].from == all->rows[first].from &&
           all->rows[end].to == all->rows[first].to) {
        end++;
    }
    return end;
}

static irm_status orient_all(steps *all, size_t n_codes, irm_error *error) {
    for (size_t first = 0, end; first < all->count; first = end) {
        end = end_of_step(all, first);
        IRM_TRY(orient(all->rows + first, end - first, n_codes, error));
    }
    return IRM_OK;
}

static irm_status take_rows(irm_history *history, const irm_table *table, steps *all,
                            irm_error *error) {
    const irm_column *from = source_variable(table, "annee_debut");
    const irm_column *to = source_variable(table, "annee_fin");
    const irm_column *start = source_variable(table, "cod_debut");
    const irm_column *end = source_variable(table, "cod_fin");
    const irm_column *edition = source_variable(table, "insee");
    const irm_column *ratio = irm_table_column(table, "ratio");
    all->rows = irm_calloc(table->n_rows, sizeof *all->rows);
    if (all->rows == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < table->n_rows; i++) {
        step_row row = {atoi(irm_column_label(from, i)), atoi(irm_column_label(to, i)), 0,
                        0, ratio->type == IRM_COLUMN_NUMBER ? ratio->values[i] : NAN};
        bool other = edition != NULL && strcmp(irm_column_label(edition, i), "1") == 0;
        if (row.from == 0 || row.to == 0 || other) {
            continue; /* two editions of each step are published: one is read */
        }
        IRM_TRY(history_code(history, irm_column_label(start, i), &row.start, error));
        IRM_TRY(history_code(history, irm_column_label(end, i), &row.end, error));
        all->rows[all->count++] = row;
    }
    qsort(all->rows, all->count, sizeof *all->rows, by_step);
    return IRM_OK;
}

/* Share of the step from one year to another between two codes, NaN when it has none. */
static double share_of(const steps *all, int from, int to, int32_t start, int32_t end) {
    for (size_t i = 0; i < all->count; i++) {
        const step_row *row = &all->rows[i];
        if (row->from == from && row->to == to && row->start == start &&
            row->end == end) {
            return row->share;
        }
    }
    return NAN;
}

static irm_status note_step(irm_history *history, int year, irm_error *error) {
    for (size_t i = 0; i < history->n_steps; i++) {
        if (history->steps[i] == year) {
            return IRM_OK;
        }
    }
    IRM_TRY(irm_reserve((void **)&history->steps, &history->steps_capacity,
                        history->n_steps + 1, sizeof *history->steps, error));
    history->steps[history->n_steps++] = year;
    return IRM_OK;
}

/* Steps that go on from where the movements end (all, where there are none) are events on
 * the first of January that they lead to. */
static irm_status add_events(irm_history *history, const steps *all, irm_error *error) {
    int moves = history->last;
    for (size_t i = 0; i < all->count; i++) {
        const step_row *row = &all->rows[i];
        if (row->from >= row->to || row->from < moves) {
            continue;
        }
        history_event event = {row->to * 10000 + 101,
                               row->start,
                               row->end,
                               row->share,
                               share_of(all, row->to, row->from, row->end, row->start),
                               false};
        IRM_TRY(history_add(history, event, error));
        IRM_TRY(note_step(history, row->from, error));
        IRM_TRY(note_step(history, row->to, error));
        history->last = row->to > history->last ? row->to : history->last;
        if (history->first == 0 || row->from < history->first) {
            history->first = row->from;
        }
    }
    return IRM_OK;
}

static int event_by_codes(const void *a, const void *b) {
    const history_event *x = *(history_event *const *)a, *y = *(history_event *const *)b;
    int order = (x->before > y->before) - (x->before < y->before);
    order = order != 0 ? order : (x->after > y->after) - (x->after < y->after);
    return order != 0 ? order : (x->date > y->date) - (x->date < y->date);
}

static void lend_share(history_event **sorted, size_t n, const step_row *row) {
    bool forward = row->from < row->to;
    int32_t before = forward ? row->start : row->end,
            after = forward ? row->end : row->start;
    int since = (forward ? row->from : row->to) * 10000 + 101;
    int until = (forward ? row->to : row->from) * 10000 + 101;
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const history_event *e = sorted[middle];
        bool under = e->before < before || (e->before == before && e->after < after) ||
                     (e->before == before && e->after == after && e->date <= since);
        low = under ? middle + 1 : low;
        high = under ? high : middle;
    }
    for (; low < n && sorted[low]->before == before && sorted[low]->after == after &&
           sorted[low]->date <= until;
         low++) {
        *(forward ? &sorted[low]->forward : &sorted[low]->backward) = row->share;
    }
}

/* Movements do not say in what proportion: the table's shares are kept beside them. */
static irm_status lend_shares(irm_history *history, const steps *all, size_t n,
                              irm_error *error) {
    history_event **sorted = irm_calloc(n, sizeof *sorted);
    if (sorted == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &history->events[i];
    }
    qsort(sorted, n, sizeof *sorted, event_by_codes);
    for (size_t i = 0; i < all->count; i++) {
        if (!isnan(all->rows[i].share)) {
            lend_share(sorted, n, &all->rows[i]);
        }
    }
    irm_free(sorted);
    return IRM_OK;
}

irm_status history_read_steps(irm_history *history, const irm_store *store,
                              const irm_table *schema, irm_error *error) {
    irm_table table = {0};
    steps all = {0};
    IRM_TRY(irm_store_read(store, schema->name, NULL, 0, &table, error));
    size_t movements = history->n_events;
    irm_status status = take_rows(history, &table, &all, error);
    if (status == IRM_OK) {
        status = orient_all(&all, irm_dict_count(history->codes), error);
    }
    if (status == IRM_OK) {
        status = lend_shares(history, &all, movements, error);
    }
    if (status == IRM_OK) {
        status = add_events(history, &all, error);
    }
    irm_free(all.rows);
    irm_table_clear(&table);
    return status;
}
