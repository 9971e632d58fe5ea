#include <string.h>

#include "irminon/memory.h"
#include "tabulate/worker.h"

static size_t row_of(row_span span, size_t i) {
    return span.picks != NULL ? span.picks[i] : span.first + i;
}

static void add_row(const cell_plan *plan, const worker *w, size_t row,
                    cell_entry *entry) {
    entry->rows++;
    for (size_t m = 0; m < plan->n_measures; m++) {
        const measured *at = &w->measured[m];
        entry->sums[m] += at->empty     ? 0
                          : at->is_wide ? at->wide[row]
                                        : (wide_int)at->narrow[row];
        if (plan->measures[m].counts_hidden && at->any_hidden) {
            entry->hidden += at->hidden[row];
        }
    }
}

/* The entry of a key among the hashed ones, made when new. */
static cell_entry *hashed_entry(worker *w, uint64_t key) {
    size_t slot = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 42);
    while (w->slots[slot] != 0) {
        cell_entry *entry = cell_at(&w->hashed, w->slots[slot] - 1);
        if (entry->key == key) {
            return entry;
        }
        slot = (slot + 1) & (SLOTS - 1);
    }
    cell_entry *entry = cell_add(&w->hashed);
    if (entry != NULL) {
        w->slots[slot] = (uint32_t)w->hashed.count;
        memset(entry, 0, w->hashed.stride);
        entry->key = key;
    }
    return entry;
}

irm_status worker_hash(const cell_plan *plan, worker *w, row_span span,
                       irm_error *error) {
    if (w->slots == NULL) {
        w->slots = irm_calloc(SLOTS, sizeof *w->slots);
        if (w->slots == NULL) {
            return irm_fail_memory(error);
        }
    }
    for (size_t i = 0; i < span.n; i++) {
        cell_entry *entry = hashed_entry(w, w->wide_keys[i]);
        if (entry == NULL) {
            return irm_fail_memory(error);
        }
        add_row(plan, w, row_of(span, i), entry);
    }
    return w->hashed.count > w->hashed_most ? worker_list_hashed(plan, w, error) : IRM_OK;
}

/* The keys of a span's rows from 0, so that few of their digits differ. */
static uint64_t set_items(const worker *w, row_span span, key_item *items) {
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < span.n; i++) {
        least = w->wide_keys[i] < least ? w->wide_keys[i] : least;
    }
    for (size_t i = 0; i < span.n; i++) {
        items[i] = (key_item){w->wide_keys[i] - least, row_of(span, i)};
    }
    return least;
}

/* Sorting may hand over other items, with room for those alone: they are not kept. */
irm_status worker_list_sorted(const cell_plan *plan, worker *w, row_span span,
                              irm_error *error) {
    key_item *items = irm_calloc(span.n, sizeof *items);
    bool room = items != NULL && cell_reserve(&w->out, span.n);
    uint64_t least = room ? set_items(w, span, items) : 0;
    irm_status status =
        room && key_items_sort(&items, span.n) ? IRM_OK : irm_fail_memory(error);
    if (status == IRM_OK) {
        status = worker_begin_run(w, error);
    }
    for (size_t i = 0; status == IRM_OK && i < span.n; i++) {
        add_row(plan, w, items[i].at, worker_entry(w, items[i].key + least));
    }
    irm_free(items);
    return status == IRM_OK ? worker_compact(plan, w, error) : status;
}
