#include "irminon/dict.h"

#include <string.h>

#include "irminon/memory.h"

/* Texts lie one after the other in blocks that never move, so that what irm_dict_text
 * lends holds until the end. */
typedef struct block {
    struct block *before;
    size_t used, size;
    char bytes[];
} block;

/* Open addressing over FNV-1a hashes. */
struct irm_dict {
    const char **texts;
    size_t capacity;
    size_t count;
    block *last;
    int32_t *slots; /* code + 1, 0 empty */
    size_t n_slots; /* a power of two */
};

static uint64_t hash(irm_view text) {
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < text.size; i++) {
        h = (h ^ (unsigned char)text.data[i]) * 1099511628211u;
    }
    return h ^ (h >> 32);
}

irm_status irm_dict_new(irm_dict **dict, irm_error *error) {
    irm_dict *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->n_slots = 16;
    made->slots = irm_calloc(made->n_slots, sizeof *made->slots);
    if (made->slots == NULL) {
        irm_free(made);
        return irm_fail_memory(error);
    }
    *dict = made;
    return IRM_OK;
}

void irm_dict_free(irm_dict *dict) {
    if (dict == NULL) {
        return;
    }
    while (dict->last != NULL) {
        block *before = dict->last->before;
        irm_free(dict->last);
        dict->last = before;
    }
    irm_free(dict->texts);
    irm_free(dict->slots);
    irm_free(dict);
}

static int same(const irm_dict *dict, int32_t code, irm_view text) {
    return irm_view_equals(text, dict->texts[code]);
}

/* The slot that holds `text`, or the empty one where it would go. */
static size_t slot_of(const irm_dict *dict, irm_view text) {
    size_t mask = dict->n_slots - 1;
    size_t slot = (size_t)hash(text) & mask;
    while (dict->slots[slot] != 0 && !same(dict, dict->slots[slot] - 1, text)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

int32_t irm_dict_find(const irm_dict *dict, irm_view text) {
    return dict->slots[slot_of(dict, text)] - 1;
}

static irm_status rehash(irm_dict *dict, irm_error *error) {
    size_t wanted = dict->n_slots * 2;
    int32_t *slots = irm_calloc(wanted, sizeof *slots);
    if (slots == NULL) {
        return irm_fail_memory(error);
    }
    irm_free(dict->slots);
    dict->slots = slots;
    dict->n_slots = wanted;
    for (size_t i = 0; i < dict->count; i++) {
        dict->slots[slot_of(dict, irm_view_of(dict->texts[i]))] = (int32_t)i + 1;
    }
    return IRM_OK;
}

/* A copy of the text in the dictionary's blocks, NUL-terminated; NULL without memory. */
static const char *keep(irm_dict *dict, irm_view text) {
    enum { BLOCK = 16384, FIRST = 256 };
    size_t size = text.size + 1;
    if (dict->last == NULL || dict->last->size - dict->last->used < size) {
        size_t usual = dict->last == NULL ? FIRST : BLOCK;
        size_t room = size > usual ? size : usual;
        block *made = irm_calloc(sizeof *made + room, 1);
        if (made == NULL) {
            return NULL;
        }
        *made = (block){.before = dict->last, .size = room};
        dict->last = made;
    }
    char *copy = dict->last->bytes + dict->last->used;
    if (text.size > 0) {
        memcpy(copy, text.data, text.size);
    }
    dict->last->used += size;
    return copy;
}

irm_status irm_dict_add(irm_dict *dict, irm_view text, int32_t *code, irm_error *error) {
    size_t slot = slot_of(dict, text);
    if (dict->slots[slot] != 0) {
        *code = dict->slots[slot] - 1;
        return IRM_OK;
    }
    if (memchr(text.data != NULL ? text.data : "", '\0', text.size) != NULL) {
        return irm_fail(error, IRM_STATUS_DATA, "a label holds a NUL byte");
    }
    if (dict->count >= INT32_MAX - 1) {
        return irm_fail(error, IRM_STATUS_DATA, "more than 2 billion distinct labels");
    }
    IRM_TRY(irm_reserve((void **)&dict->texts, &dict->capacity, dict->count + 1,
                        sizeof *dict->texts, error));
    if ((dict->count + 1) * 2 > dict->n_slots) {
        IRM_TRY(rehash(dict, error));
        slot = slot_of(dict, text);
    }
    const char *copy = keep(dict, text);
    if (copy == NULL) {
        return irm_fail_memory(error);
    }
    dict->texts[dict->count] = copy;
    dict->slots[slot] = (int32_t)++dict->count;
    *code = (int32_t)dict->count - 1;
    return IRM_OK;
}

/* The last text added ends every probe that meets it, so that its slot can be emptied; a
 * rehash adds them in the same order. */
void irm_dict_cut(irm_dict *dict, size_t count) {
    while (dict->count > count) {
        irm_view text = irm_view_of(dict->texts[dict->count - 1]);
        dict->slots[slot_of(dict, text)] = 0;
        dict->count--;
    }
}

size_t irm_dict_count(const irm_dict *dict) { return dict->count; }

const char *irm_dict_text(const irm_dict *dict, int32_t code) {
    return dict->texts[code];
}

irm_status irm_dict_copy(const irm_dict *from, irm_dict **to, irm_error *error) {
    IRM_TRY(irm_dict_new(to, error));
    for (size_t i = 0; i < from->count; i++) {
        int32_t code;
        irm_view text = irm_view_of(irm_dict_text(from, (int32_t)i));
        irm_status status = irm_dict_add(*to, text, &code, error);
        if (status != IRM_OK) {
            irm_dict_free(*to);
            *to = NULL;
            return status;
        }
    }
    return IRM_OK;
}
