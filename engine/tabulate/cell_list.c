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
    const cell_entry *entry;
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

static sort_item *list_items(const cell_list *lists, size_t n_lists, size_t total) {
    sort_item *items = irm_calloc(total, sizeof *items);
    size_t n = 0;
    for (size_t l = 0; items != NULL && l < n_lists; l++) {
        for (size_t i = 0; i < lists[l].count; i++) {
            const cell_entry *entry = cell_at(&lists[l], i);
            items[n++] = (sort_item){entry->key, entry};
        }
    }
    return items;
}

static bool add_up(const sort_item *items, size_t n, size_t n_measures, cell_list *sums) {
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++) {
        distinct += i == 0 || items[i].key != items[i - 1].key;
    }
    sums->bytes = irm_calloc(distinct, sums->stride);
    sums->capacity = distinct;
    if (sums->bytes == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && items[i].key == items[i - 1].key) {
            add_entry(cell_at(sums, sums->count - 1), items[i].entry, n_measures);
        } else {
            memcpy(cell_at(sums, sums->count++), items[i].entry, sums->stride);
        }
    }
    return true;
}

irm_status cell_lists_merge(cell_list *lists, size_t n_lists, size_t n_measures,
                            cell_list *into, irm_error *error) {
    size_t total = 0;
    for (size_t l = 0; l < n_lists; l++) {
        total += lists[l].count;
    }
    cell_list sums = {.stride = into->stride};
    sort_item *items = list_items(lists, n_lists, total);
    bool done = items != NULL && sort_items(&items, total) &&
                add_up(items, total, n_measures, &sums);
    irm_free(items);
    if (!done) {
        cell_list_clear(&sums);
        return irm_fail_memory(error);
    }
    for (size_t l = 0; l < n_lists; l++) {
        cell_list_clear(&lists[l]);
    }
    *into = sums;
    return IRM_OK;
}
