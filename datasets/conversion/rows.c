#include "conversion/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"

void code_links_clear(code_links *links) {
    irm_free(links->first);
    irm_free(links->target);
    irm_free(links->share);
    irm_dict_free(links->targets);
    *links = (code_links){0};
}

void row_parts_clear(row_parts *parts) {
    irm_free(parts->target);
    irm_free(parts->start);
    irm_free(parts->row);
    irm_free(parts->share);
    *parts = (row_parts){0};
}

/* ---- rows that have the same values in some columns -------------------------------- */

/* Pairs of numbers, numbered in order of first appearance: an open table of hashes. */
typedef struct pair_table {
    uint64_t *pairs;
    int32_t *numbers; /* -1: free */
    size_t capacity;  /* a power of 2 */
    int32_t count;
} pair_table;

static irm_status pair_table_init(pair_table *t, size_t most, irm_error *error) {
    *t = (pair_table){.capacity = 64};
    while (t->capacity < 2 * most) {
        t->capacity *= 2;
    }
    t->pairs = irm_calloc(t->capacity, sizeof *t->pairs);
    t->numbers = irm_calloc(t->capacity, sizeof *t->numbers);
    if (t->pairs == NULL || t->numbers == NULL) {
        return irm_fail_memory(error);
    }
    memset(t->numbers, 0xff, t->capacity * sizeof *t->numbers);
    return IRM_OK;
}

static void pair_table_clear(pair_table *t) {
    irm_free(t->pairs);
    irm_free(t->numbers);
}

static int32_t pair_number(pair_table *t, uint32_t a, uint32_t b) {
    uint64_t pair = (uint64_t)a << 32 | b, hash = pair * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(hash >> 20) & (t->capacity - 1);
    while (t->numbers[at] >= 0 && t->pairs[at] != pair) {
        at = (at + 1) & (t->capacity - 1);
    }
    if (t->numbers[at] < 0) {
        t->numbers[at] = t->count++;
        t->pairs[at] = pair;
    }
    return t->numbers[at];
}

static bool tells_rows_apart(const irm_column *column) {
    static const char *const roles[] = {"period", "dimension", "measure"};
    const char *role = irm_attributes_get(&column->attributes, "role");
    for (size_t i = 0; role != NULL && i < sizeof roles / sizeof *roles; i++) {
        if (strcmp(role, roles[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Folds one column into the identity of each row. */
static irm_status fold_column(const irm_column *column, size_t n_rows, uint32_t *identity,
                              irm_error *error) {
    pair_table table;
    irm_status status = pair_table_init(&table, n_rows, error);
    for (size_t r = 0; status == IRM_OK && r < n_rows; r++) {
        uint32_t cell = 0;
        if (column->type == IRM_COLUMN_CATEGORY) {
            cell = (uint32_t)column->codes[r];
        } else if (column->type == IRM_COLUMN_NUMBER) { /* years, at most */
            cell = isnan(column->values[r]) ? UINT32_MAX
                                            : (uint32_t)(int32_t)column->values[r];
        }
        identity[r] = (uint32_t)pair_number(&table, identity[r], cell);
    }
    pair_table_clear(&table);
    return status;
}

/* A number a row: the same where all that tells rows apart but the key is. */
static irm_status find_identities(const irm_table *table, bool detail, uint32_t *identity,
                                  bool *alone, irm_error *error) {
    *alone = !detail;
    for (size_t r = 0; r < table->n_rows; r++) {
        identity[r] = detail ? (uint32_t)r : 0;
    }
    for (size_t i = 0; i < table->n_columns && !detail; i++) {
        if (tells_rows_apart(&table->columns[i])) {
            *alone = false;
            IRM_TRY(fold_column(&table->columns[i], table->n_rows, identity, error));
        }
    }
    return IRM_OK;
}

/* ---- together --------------------------------------------------------------------- */

typedef struct finder {
    const irm_table *table;
    const irm_column *key;
    const code_links *links;
    const bool *kept;
    uint32_t *identity; /* by row */
    int32_t *of_part;   /* by part: row of the result */
    int32_t *order;     /* row of the result, by order of appearance */
    size_t n_parts;
} finder;

static bool takes(const finder *f, size_t row) {
    return f->key->codes[row] >= 0 && (f->kept == NULL || f->kept[row]);
}

static irm_status number_parts(finder *f, row_parts *parts, irm_error *error) {
    pair_table table;
    size_t part = 0;
    parts->target = irm_calloc(f->n_parts, sizeof *parts->target);
    irm_status status = parts->target != NULL ? pair_table_init(&table, f->n_parts, error)
                                              : irm_fail_memory(error);
    if (parts->target == NULL) {
        return status;
    }
    for (size_t r = 0; status == IRM_OK && r < f->table->n_rows; r++) {
        int32_t code = f->key->codes[r];
        for (size_t i = takes(f, r) ? f->links->first[code] : SIZE_MAX;
             i != SIZE_MAX && i < f->links->first[code + 1]; i++) {
            int32_t target = f->links->target[i];
            int32_t number = pair_number(&table, (uint32_t)target, f->identity[r]);
            parts->target[number] = target;
            f->of_part[part++] = number;
        }
    }
    parts->n_rows = (size_t)table.count;
    pair_table_clear(&table);
    return status;
}

typedef struct ranked {
    const char *code;
    int32_t row;
} ranked;

static int by_code(const void *a, const void *b) {
    return strcmp(((const ranked *)a)->code, ((const ranked *)b)->code);
}

static irm_status order_rows(finder *f, row_parts *parts, bool by_codes,
                             irm_error *error) {
    size_t n = parts->n_rows;
    f->order = irm_calloc(n, sizeof *f->order);
    ranked *sorted = irm_calloc(n, sizeof *sorted);
    int32_t *target = irm_calloc(n, sizeof *target);
    if (f->order == NULL || sorted == NULL || target == NULL) {
        irm_free(sorted);
        irm_free(target);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] =
            (ranked){irm_dict_text(f->links->targets, parts->target[i]), (int32_t)i};
    }
    if (by_codes) {
        qsort(sorted, n, sizeof *sorted, by_code);
    }
    for (size_t i = 0; i < n; i++) {
        f->order[sorted[i].row] = (int32_t)i;
        target[i] = parts->target[sorted[i].row];
    }
    irm_free(parts->target);
    parts->target = target;
    irm_free(sorted);
    return IRM_OK;
}

static irm_status sort_parts(const finder *f, row_parts *parts, irm_error *error) {
    size_t part = 0;
    parts->start = irm_calloc(parts->n_rows + 1, sizeof *parts->start);
    parts->row = irm_calloc(f->n_parts, sizeof *parts->row);
    parts->share = irm_calloc(f->n_parts, sizeof *parts->share);
    size_t *next = irm_calloc(parts->n_rows, sizeof *next);
    if (parts->start == NULL || parts->row == NULL || parts->share == NULL ||
        next == NULL) {
        irm_free(next);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < f->n_parts; i++) {
        parts->start[f->order[f->of_part[i]] + 1]++;
    }
    for (size_t r = 0; r < parts->n_rows; r++) {
        parts->start[r + 1] += parts->start[r];
        next[r] = parts->start[r];
    }
    for (size_t r = 0; r < f->table->n_rows; r++) {
        int32_t code = f->key->codes[r];
        for (size_t i = takes(f, r) ? f->links->first[code] : SIZE_MAX;
             i != SIZE_MAX && i < f->links->first[code + 1]; i++) {
            size_t at = next[f->order[f->of_part[part++]]]++;
            parts->row[at] = (uint32_t)r;
            parts->share[at] = f->links->share[i];
        }
    }
    irm_free(next);
    return IRM_OK;
}

irm_status row_parts_find(const irm_table *table, const irm_column *key,
                          const code_links *links, const bool *kept, bool detail,
                          row_parts *parts, irm_error *error) {
    finder f = {.table = table, .key = key, .links = links, .kept = kept};
    bool alone = false;
    *parts = (row_parts){0};
    for (size_t r = 0; r < table->n_rows; r++) {
        int32_t code = key->codes[r];
        f.n_parts += takes(&f, r) ? links->first[code + 1] - links->first[code] : 0;
    }
    f.identity = irm_calloc(table->n_rows, sizeof *f.identity);
    f.of_part = irm_calloc(f.n_parts, sizeof *f.of_part);
    irm_status status =
        f.identity != NULL && f.of_part != NULL ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = find_identities(table, detail, f.identity, &alone, error);
    }
    if (status == IRM_OK) {
        status = number_parts(&f, parts, error);
    }
    if (status == IRM_OK) {
        status = order_rows(&f, parts, alone, error);
    }
    if (status == IRM_OK) {
        status = sort_parts(&f, parts, error);
    }
    irm_free(f.identity);
    irm_free(f.of_part);
    irm_free(f.order);
    return status;
}
