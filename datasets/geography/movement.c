#include "geography/movement.h"

#include <stdlib.h>
#include <string.h>

#include "geography/source.h"
#include "irminon/memory.h"

enum { STEPS = 32 }; /* more movements in a row than any commune has known */

bool movements_in(const irm_table *schema) {
    return source_variable(schema, "COM_AV") != NULL &&
           source_variable(schema, "COM_AP") != NULL &&
           source_variable(schema, "TYPECOM_AP") != NULL &&
           source_variable(schema, "DATE_EFF") != NULL;
}

static int by_before(const void *a, const void *b) {
    const movement *x = a, *y = b;
    int order = strcmp(x->before, y->before);
    order = order != 0 ? order : strcmp(x->date, y->date);
    return order != 0 ? order : -strcmp(x->after, y->after);
}

static int by_after(const void *a, const void *b) {
    const movement *x = a, *y = b;
    int order = strcmp(x->after, y->after);
    order = order != 0 ? order : strcmp(x->date, y->date);
    return order != 0 ? order : -strcmp(x->before, y->before);
}

/* Only movements to a commune in full, under another code, change where a code leads. */
static void collect(movements *m) {
    const irm_column *before = source_variable(&m->table, "COM_AV");
    const irm_column *after = source_variable(&m->table, "COM_AP");
    const irm_column *type = source_variable(&m->table, "TYPECOM_AP");
    const irm_column *date = source_variable(&m->table, "DATE_EFF");
    for (size_t row = 0; row < m->table.n_rows; row++) {
        movement one = {irm_column_label(date, row), irm_column_label(before, row),
                        irm_column_label(after, row)};
        if (strcmp(irm_column_label(type, row), "COM") == 0 && *one.before != '\0' &&
            *one.after != '\0' && strcmp(one.before, one.after) != 0) {
            m->by_before[m->count++] = one;
        }
    }
}

irm_status movements_read(const irm_store *store, const irm_table *schema, movements *m,
                          irm_error *error) {
    *m = (movements){0};
    const char *const columns[] = {
        source_variable(schema, "COM_AV")->name, source_variable(schema, "COM_AP")->name,
        source_variable(schema, "TYPECOM_AP")->name,
        source_variable(schema, "DATE_EFF")->name};
    IRM_TRY(irm_store_read(store, schema->name, columns, 4, &m->table, error));
    if (!movements_in(&m->table)) {
        movements_clear(m);
        return irm_fail(error, IRM_STATUS_INTERNAL, "table %s lost its columns",
                        schema->name);
    }
    m->by_before = irm_calloc(m->table.n_rows, sizeof *m->by_before);
    m->by_after = irm_calloc(m->table.n_rows, sizeof *m->by_after);
    if (m->by_before == NULL || m->by_after == NULL) {
        movements_clear(m);
        return irm_fail_memory(error);
    }
    collect(m);
    if (m->count > 0) {
        memcpy(m->by_after, m->by_before, m->count * sizeof *m->by_after);
    }
    qsort(m->by_before, m->count, sizeof *m->by_before, by_before);
    qsort(m->by_after, m->count, sizeof *m->by_after, by_after);
    return IRM_OK;
}

void movements_clear(movements *m) {
    irm_table_clear(&m->table);
    irm_free(m->by_before);
    irm_free(m->by_after);
    *m = (movements){0};
}

/* How many of the sorted movements have a code under or equal to `code`. */
static size_t end_of(const movement *sorted, size_t count, const char *code, bool before) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const movement *one = &sorted[middle];
        if (strcmp(before ? one->before : one->after, code) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* A code may have been used, left and used again: what counts is its last movement, then
 * the last one of what it became. A commune shared out among several leads to the first of
 * them by code. */
int32_t movements_forward(const movements *m, const irm_level *level, const char *code) {
    const char *since = "";
    for (int step = 0; step < STEPS; step++) {
        size_t end = end_of(m->by_before, m->count, code, true);
        const movement *last = end > 0 ? &m->by_before[end - 1] : NULL;
        if (last == NULL || strcmp(last->before, code) != 0 ||
            strcmp(last->date, since) < 0) {
            return -1;
        }
        int32_t commune = irm_level_find(level, last->after);
        if (commune >= 0) {
            return commune;
        }
        since = last->date;
        code = last->after;
    }
    return -1;
}

int32_t movements_backward(const movements *m, const irm_level *level, const char *code,
                           const char *date) {
    for (int step = 0; step < STEPS; step++) {
        size_t end = end_of(m->by_after, m->count, code, false);
        const movement *last = end > 0 ? &m->by_after[end - 1] : NULL;
        if (last == NULL || strcmp(last->after, code) != 0 ||
            strcmp(last->date, date) <= 0) {
            return -1;
        }
        int32_t commune = irm_level_find(level, last->before);
        if (commune >= 0) {
            return commune;
        }
        code = last->before;
    }
    return -1;
}
