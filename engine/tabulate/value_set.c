#include "tabulate/value_set.h"

#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "tabulate/cells.h"

/* Values as integers of the same order: the bits of negative ones turned. */
static uint64_t key_of(double value) {
    uint64_t bits;
    double plain = value + 0.0; /* -0 becomes 0 */
    memcpy(&bits, &plain, sizeof bits);
    return (bits >> 63) != 0 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t key) {
    uint64_t bits = (key >> 63) != 0 ? key & ~(UINT64_C(1) << 63) : ~key;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static size_t hash(uint64_t key) {
    return (size_t)((key ^ key >> 31) * UINT64_C(0x9E3779B97F4A7C15) >> 24);
}

/* The keys that one worker has met. No value has key 0: it would be a NaN. */
typedef struct key_hash {
    uint64_t *slots;
    size_t n, mask;
} key_hash;

static bool grow(key_hash *keys) {
    size_t room = keys->slots == NULL ? 1024 : 2 * (keys->mask + 1);
    key_hash grown = {irm_calloc(room, sizeof *grown.slots), keys->n, room - 1};
    if (grown.slots == NULL) {
        return false;
    }
    for (size_t i = 0; keys->slots != NULL && i <= keys->mask; i++) {
        size_t at = hash(keys->slots[i]) & grown.mask;
        while (keys->slots[i] != 0 && grown.slots[at] != 0) {
            at = (at + 1) & grown.mask;
        }
        if (keys->slots[i] != 0) {
            grown.slots[at] = keys->slots[i];
        }
    }
    irm_free(keys->slots);
    *keys = grown;
    return true;
}

static bool add_key(key_hash *keys, uint64_t key) {
    if ((keys->slots == NULL || 2 * keys->n > keys->mask) && !grow(keys)) {
        return false;
    }
    size_t at = hash(key) & keys->mask;
    while (keys->slots[at] != 0) {
        if (keys->slots[at] == key) {
            return true;
        }
        at = (at + 1) & keys->mask;
    }
    keys->slots[at] = key;
    keys->n++;
    return true;
}

typedef struct collecting {
    const irm_cursor *cursor;
    size_t column;
    irm_cursor_buffer **buffers; /* one a worker, as all below */
    double *room;                /* of a block */
    key_hash *keys;
} collecting;

static irm_status collect_blocks(void *context, size_t first, size_t last, size_t worker,
                                 irm_error *error) {
    collecting *c = context;
    double *values = c->room + worker * irm_cursor_block_rows(c->cursor);
    key_hash *keys = &c->keys[worker];
    for (size_t block = first; block < last && keys->n < VALUE_SET_MOST; block++) {
        irm_cell_block cells;
        IRM_TRY(irm_cursor_read(c->cursor, block, c->column, c->buffers[worker], &cells,
                                error));
        block_doubles(&cells, values);
        for (size_t i = 0; i < cells.n; i++) {
            if (values[i] == values[i] && (i == 0 || values[i] != values[i - 1]) &&
                !add_key(keys, key_of(values[i]))) {
                return irm_fail_memory(error);
            }
        }
    }
    return IRM_OK;
}

/* All keys, ascending, each once. */
static irm_status gather_keys(const collecting *c, size_t workers, value_set *set,
                              bool *unfit, irm_error *error) {
    size_t total = 0, n = 0;
    for (size_t i = 0; i < workers; i++) {
        total += c->keys[i].n;
    }
    key_item *items = irm_calloc(total, sizeof *items);
    if (items == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < workers; i++) {
        for (size_t s = 0; c->keys[i].slots != NULL && s <= c->keys[i].mask; s++) {
            if (c->keys[i].slots[s] != 0) {
                items[n++].key = c->keys[i].slots[s];
            }
        }
    }
    irm_status status = key_items_sort(&items, n) ? IRM_OK : irm_fail_memory(error);
    for (size_t i = 0; i < n && status == IRM_OK; i++) {
        if (i == 0 || items[i].key != items[i - 1].key) {
            items[set->n++].key = items[i].key;
        }
    }
    *unfit = set->n >= VALUE_SET_MOST;
    set->n = *unfit ? 0 : set->n;
    set->values = irm_calloc(set->n, sizeof *set->values);
    for (size_t i = 0; set->values != NULL && i < set->n; i++) {
        set->values[i] = value_of(items[i].key);
    }
    irm_free(items);
    return set->values == NULL ? irm_fail_memory(error) : status;
}

static irm_status make_slots(value_set *set, irm_error *error) {
    size_t room = 16;
    while (room < 2 * set->n) {
        room *= 2;
    }
    set->mask = room - 1;
    set->slots = irm_calloc(room, sizeof *set->slots);
    if (set->slots == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < set->n; i++) {
        size_t at = hash(key_of(set->values[i])) & set->mask;
        while (set->slots[at] != 0) {
            at = (at + 1) & set->mask;
        }
        set->slots[at] = (uint32_t)i + 1;
    }
    return IRM_OK;
}

static irm_status collect(collecting *c, size_t workers, irm_error *error) {
    size_t rows = irm_cursor_block_rows(c->cursor);
    c->buffers = irm_calloc(workers, sizeof *c->buffers);
    c->room = irm_calloc(workers * rows, sizeof *c->room);
    c->keys = irm_calloc(workers, sizeof *c->keys);
    if (c->buffers == NULL || c->room == NULL || c->keys == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < workers; i++) {
        IRM_TRY(irm_cursor_buffer_new(c->cursor, &c->buffers[i], error));
    }
    return irm_parallel_for(irm_cursor_blocks(c->cursor), 1, workers, collect_blocks, c,
                            error);
}

irm_status value_set_init(value_set *set, const irm_cursor *cursor, size_t column,
                          size_t threads, bool *unfit, irm_error *error) {
    *set = (value_set){0};
    size_t workers = irm_parallel_workers(irm_cursor_blocks(cursor), 1, threads);
    collecting c = {.cursor = cursor, .column = column};
    irm_status status = collect(&c, workers, error);
    if (status == IRM_OK) {
        status = gather_keys(&c, workers, set, unfit, error);
    }
    if (status == IRM_OK) {
        status = make_slots(set, error);
    }
    for (size_t i = 0; i < workers; i++) {
        irm_cursor_buffer_free(c.buffers != NULL ? c.buffers[i] : NULL);
        irm_free(c.keys != NULL ? c.keys[i].slots : NULL);
    }
    irm_free(c.buffers);
    irm_free(c.room);
    irm_free(c.keys);
    return status;
}

void value_set_clear(value_set *set) {
    irm_free(set->values);
    irm_free(set->slots);
    *set = (value_set){0};
}

size_t value_set_find(const value_set *set, double value) {
    size_t at = hash(key_of(value)) & set->mask;
    while (set->values[set->slots[at] - 1] != value) {
        at = (at + 1) & set->mask;
    }
    return set->slots[at] - 1;
}
