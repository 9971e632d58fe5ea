#include <string.h>

#include "irminon/memory.h"
#include "tabulate/cells.h"

cell_entry *cell_at(const cell_list *list, size_t i) {
    return (cell_entry *)(void *)(list->bytes + i * list->stride);
}

bool cell_reserve(cell_list *list, size_t more) {
    if (list->capacity - list->count >= more) {
        return true;
    }
    size_t capacity = list->capacity > 512 ? list->capacity : 512;
    while (capacity - list->count < more) {
        capacity *= 2;
    }
    unsigned char *grown = irm_realloc(list->bytes, capacity, list->stride);
    if (grown == NULL) {
        return false;
    }
    list->bytes = grown;
    list->capacity = capacity;
    return true;
}

cell_entry *cell_add(cell_list *list) {
    return cell_reserve(list, 1) ? cell_at(list, list->count++) : NULL;
}

void cell_list_clear(cell_list *list) {
    irm_free(list->bytes);
    list->bytes = NULL;
    list->count = list->capacity = 0;
}

enum { DIGIT = 12, N_DIGITS = 1 << DIGIT };

/* One stable counting pass; false where all have the same digit. */
static bool sort_digit(const key_item *from, size_t n, unsigned shift, size_t *starts,
                       key_item *to) {
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

bool key_items_sort(key_item **items, size_t n) {
    uint64_t all = 0;
    bool sorted = true;
    for (size_t i = 0; i < n; i++) {
        all |= (*items)[i].key;
        sorted = sorted && (i == 0 || (*items)[i - 1].key <= (*items)[i].key);
    }
    if (sorted) {
        return true;
    }
    key_item *other = irm_calloc(n, sizeof *other);
    size_t *starts = irm_calloc(N_DIGITS + 1, sizeof *starts);
    bool done = other != NULL && starts != NULL;
    for (unsigned shift = 0; done && shift < 64 && (all >> shift) != 0; shift += DIGIT) {
        if (sort_digit(*items, n, shift, starts, other)) {
            key_item *swap = *items;
            *items = other;
            other = swap;
        }
    }
    irm_free(other);
    irm_free(starts);
    return done;
}

void cell_entry_add(cell_entry *into, const cell_entry *from, size_t n_measures) {
    into->rows += from->rows;
    into->hidden += from->hidden;
    for (size_t m = 0; m < n_measures; m++) {
        into->sums[m] += from->sums[m];
    }
}

static const cell_entry *entry_of(const key_item *item) {
    return (const cell_entry *)item->at;
}

/* The entries of runs, as items to be sorted: keys from the least, so that few of their
 * digits differ. */
static key_item *list_items(const cell_run *runs, size_t n_runs, size_t total) {
    key_item *items = irm_calloc(total, sizeof *items);
    size_t n = 0;
    uint64_t least = UINT64_MAX;
    for (size_t r = 0; r < n_runs; r++) {
        for (size_t i = 0; i < runs[r].count; i++) {
            uint64_t key = cell_at(runs[r].list, runs[r].first + i)->key;
            least = key < least ? key : least;
        }
    }
    for (size_t r = 0; items != NULL && r < n_runs; r++) {
        for (size_t i = 0; i < runs[r].count; i++) {
            const cell_entry *entry = cell_at(runs[r].list, runs[r].first + i);
            items[n++] = (key_item){entry->key - least, (uintptr_t)entry};
        }
    }
    return items;
}

static bool add_up(const key_item *items, size_t n, size_t n_measures, cell_list *sums) {
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
            cell_entry_add(cell_at(sums, sums->count - 1), entry_of(&items[i]),
                           n_measures);
        } else {
            memcpy(cell_at(sums, sums->count++), entry_of(&items[i]), sums->stride);
        }
    }
    return true;
}

bool cell_runs_sort(const cell_run *runs, size_t n_runs, size_t n_measures,
                    cell_list *sums) {
    size_t total = 0;
    for (size_t r = 0; r < n_runs; r++) {
        total += runs[r].count;
    }
    key_item *items = list_items(runs, n_runs, total);
    bool done = items != NULL && key_items_sort(&items, total) &&
                add_up(items, total, n_measures, sums);
    irm_free(items);
    return done;
}

irm_status cell_list_sort(cell_list *list, size_t n_measures, irm_error *error) {
    cell_run all = {.list = list, .count = list->count};
    cell_list sums = {.stride = list->stride};
    if (!cell_runs_sort(&all, 1, n_measures, &sums)) {
        cell_list_clear(&sums);
        return irm_fail_memory(error);
    }
    cell_list_clear(list);
    *list = sums;
    return IRM_OK;
}
