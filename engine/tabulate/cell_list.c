#include <string.h>

#include "irminon/memory.h"
#include "tabulate/cells.h"

cell_entry *cell_at(const cell_list *list, size_t i) {
    return (cell_entry *)(void *)(list->bytes + i * list->stride);
}

cell_entry *cell_add(cell_list *list) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? list->capacity * 2 : 1024;
        unsigned char *grown = irm_realloc(list->bytes, capacity, list->stride);
        if (grown == NULL) {
            return NULL;
        }
        list->bytes = grown;
        list->capacity = capacity;
    }
    return cell_at(list, list->count++);
}

void cell_list_clear(cell_list *list) {
    irm_free(list->bytes);
    list->bytes = NULL;
    list->count = list->capacity = 0;
}

typedef struct sort_item {
    uint64_t key;
    size_t at;
} sort_item;

enum { DIGIT = 12, N_DIGITS = 1 << DIGIT };

/* One stable counting pass; false where all have the same digit. */
static bool sort_digit(const sort_item *from, size_t n, unsigned shift, size_t *starts,
                       sort_item *to) {
    memset(starts, 0, (N_DIGITS + 1) * sizeof *starts);
    for (size_t i = 0; i < n; i++) {
        starts[((from[i].key >> shift) & (N_DIGITS - 1)) + 1]++;
    }
    for (size_t d = 1; d <= N_DIGITS; d++) {
        if (starts[d] == n && starts[d - 1] == 0) {
            return false;
        }
        starts[d] += starts[d - 1];
    }
    for (size_t i = 0; i < n; i++) {
        to[starts[(from[i].key >> shift) & (N_DIGITS - 1)]++] = from[i];
    }
    return true;
}

static bool sort_items(sort_item **items, size_t n) {
    uint64_t all = 0;
    bool sorted = true;
    for (size_t i = 0; i < n; i++) {
        all |= (*items)[i].key;
        sorted = sorted && (i == 0 || (*items)[i - 1].key <= (*items)[i].key);
    }
    if (sorted) {
        return true;
    }
    sort_item *other = irm_calloc(n, sizeof *other);
    size_t *starts = irm_calloc(N_DIGITS + 1, sizeof *starts);
    bool done = other != NULL && starts != NULL;
    for (unsigned shift = 0; done && shift < 64 && (all >> shift) != 0; shift += DIGIT) {
        if (sort_digit(*items, n, shift, starts, other)) {
            sort_item *swap = *items;
            *items = other;
            other = swap;
        }
    }
    irm_free(other);
    irm_free(starts);
    return done;
}

static void add_entry(cell_entry *into, const cell_entry *from, size_t n_measures) {
    into->rows += from->rows;
    into->hidden += from->hidden;
    for (size_t m = 0; m < n_measures; m++) {
        into->sums[m] += from->sums[m];
    }
}

irm_status cell_list_combine(cell_list *list, size_t n_measures, irm_error *error) {
    if (list->count < 2) {
        return IRM_OK;
    }
    sort_item *items = irm_calloc(list->count, sizeof *items);
    if (items == NULL) {
        return irm_fail_memory(error);
    }
    size_t distinct = 0;
    for (size_t i = 0; i < list->count; i++) {
        items[i] = (sort_item){cell_at(list, i)->key, i};
    }
    cell_list sums = {.stride = list->stride};
    bool done = sort_items(&items, list->count);
    for (size_t i = 0; done && i < list->count; i++) {
        distinct += i == 0 || items[i].key != items[i - 1].key;
    }
    sums.bytes = done ? irm_calloc(distinct, sums.stride) : NULL;
    done = done && sums.bytes != NULL;
    sums.capacity = distinct;
    for (size_t i = 0; done && i < list->count; i++) {
        const cell_entry *from = cell_at(list, items[i].at);
        if (i > 0 && items[i].key == items[i - 1].key) {
            add_entry(cell_at(&sums, sums.count - 1), from, n_measures);
        } else {
            memcpy(cell_at(&sums, sums.count++), from, list->stride);
        }
    }
    irm_free(items);
    if (!done) {
        cell_list_clear(&sums);
        return irm_fail_memory(error);
    }
    cell_list_clear(list);
    *list = sums;
    return IRM_OK;
}
