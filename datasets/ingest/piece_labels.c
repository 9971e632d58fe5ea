#include "ingest/piece_labels.h"

#include "irminon/memory.h"

static uint64_t long_hash(irm_view text) {
    uint64_t h = text.size, word;
    size_t at = 0;
    for (; at + sizeof word <= text.size; at += sizeof word) {
        memcpy(&word, text.data + at, sizeof word);
        h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 32;
    }
    for (; at < text.size; at++) {
        h = (h ^ (unsigned char)text.data[at]) * UINT64_C(1099511628211);
    }
    return h ^ (h >> 29);
}

irm_view piece_text(const piece_column *column, size_t label) {
    const piece_label *one = &column->labels[label];
    return (irm_view){column->texts.data + one->at, one->size};
}

static bool same_long(const piece_column *column, size_t label, uint64_t hash,
                      irm_view text) {
    const piece_label *one = &column->labels[label];
    return one->hash == hash && one->size == text.size &&
           memcmp(column->texts.data + one->at, text.data, text.size) == 0;
}

static uint64_t *find_short(const piece_column *column, uint64_t key) {
    size_t at = short_slot(column, key);
    while (column->slots[at] != 0 && !slot_holds(column->slots[at], key)) {
        at = (at + 1) & (column->n_slots - 1);
    }
    return &column->slots[at];
}

static uint16_t *find_long(const piece_column *column, uint64_t hash, irm_view text) {
    size_t at = (size_t)hash & (column->n_long_slots - 1);
    while (column->long_slots[at] != 0 &&
           !same_long(column, column->long_slots[at] - 1u, hash, text)) {
        at = (at + 1) & (column->n_long_slots - 1);
    }
    return &column->long_slots[at];
}

static irm_status grow_short(piece_column *column, irm_error *error) {
    size_t wanted = column->n_slots == 0 ? 64 : column->n_slots * 4,
           before = column->n_slots;
    uint64_t *slots = irm_calloc(wanted, sizeof *slots), *old = column->slots;
    if (slots == NULL) {
        return irm_fail_memory(error);
    }
    column->slots = slots;
    column->n_slots = wanted;
    column->shift = 64;
    for (size_t n = wanted; n > 1; n /= 2) {
        column->shift--;
    }
    for (size_t i = 0; i < before; i++) {
        if (old[i] != 0) {
            *find_short(column, old[i] & ((UINT64_C(1) << SHORT_BITS) - 1)) = old[i];
        }
    }
    irm_free(old);
    return IRM_OK;
}

/* Texts that go in a quick slot, whose key and code `word` is. */
static bool is_quick(const piece_column *column, size_t label, uint32_t *word) {
    const piece_label *one = &column->labels[label];
    char text[sizeof *word] = {0};
    if (one->size > PIECE_QUICK || label >= PIECE_NARROW) {
        return false;
    }
    memcpy(text, column->texts.data + one->at, one->size);
    *word = quick_key(text, one->size) | (uint32_t)label << QUICK_BITS;
    return true;
}

/* Fills the quick slots; how many texts have one of their own. */
static size_t fill_quick(piece_column *column) {
    size_t placed = 0;
    memset(column->quick, 0, column->n_quick * sizeof *column->quick);
    for (size_t i = 0; i < column->n_labels; i++) {
        uint32_t word;
        if (is_quick(column, i, &word)) {
            uint32_t *slot = &column->quick[quick_slot(column, word & QUICK_MASK)];
            placed += *slot == 0;
            *slot = *slot == 0 ? word : *slot;
        }
    }
    return placed;
}

/* Looks for a hash that parts all the texts, or nearly: the others take a longer way. */
static void choose_hash(piece_column *column, size_t wanted) {
    enum { TRIES = 32 };
    uint32_t drawn = UINT32_C(0x9E3779B1), best = drawn;
    size_t most = 0;
    for (int i = 0; i < TRIES && most < wanted; i++) {
        column->multiplier = drawn;
        size_t placed = fill_quick(column);
        if (placed > most) {
            most = placed;
            best = drawn;
        }
        drawn = (drawn * UINT32_C(1664525) + UINT32_C(1013904223)) | 1;
    }
    if (column->multiplier != best) {
        column->multiplier = best;
        fill_quick(column);
    }
}

irm_status piece_ready(piece_column *column, irm_error *error) {
    enum { FEWEST = 16 };
    if (column->n_slots == 0) {
        IRM_TRY(grow_short(column, error));
    }
    if (column->quick != NULL && column->n_labels == column->quick_of) {
        return IRM_OK;
    }
    size_t texts = 0, wanted = FEWEST;
    for (size_t i = 0; i < column->n_labels; i++) {
        uint32_t word;
        texts += is_quick(column, i, &word);
    }
    while (wanted < 2 * texts) {
        wanted *= 2;
    }
    if (wanted > column->n_quick) {
        irm_free(column->quick);
        column->n_quick = 0;
        column->quick = irm_calloc(wanted, sizeof *column->quick);
        if (column->quick == NULL) {
            return irm_fail_memory(error);
        }
        column->n_quick = wanted;
    }
    column->quick_shift = 32;
    for (size_t n = column->n_quick; n > 1; n /= 2) {
        column->quick_shift--;
    }
    choose_hash(column, texts);
    column->quick_of = column->n_labels;
    return IRM_OK;
}

static irm_status grow_long(piece_column *column, irm_error *error) {
    size_t wanted = column->n_long_slots == 0 ? 64 : column->n_long_slots * 4;
    uint16_t *slots = irm_calloc(wanted, sizeof *slots);
    if (slots == NULL) {
        return irm_fail_memory(error);
    }
    irm_free(column->long_slots);
    column->long_slots = slots;
    column->n_long_slots = wanted;
    for (size_t i = 0; i < column->n_labels; i++) {
        if (column->labels[i].size > PIECE_SHORT) {
            *find_long(column, column->labels[i].hash, piece_text(column, i)) =
                (uint16_t)(i + 1);
        }
    }
    return IRM_OK;
}

static irm_status keep_text(piece_column *column, irm_view text, uint64_t hash,
                            irm_error *error) {
    IRM_TRY(irm_reserve((void **)&column->labels, &column->labels_capacity,
                        column->n_labels + 1, sizeof *column->labels, error));
    column->labels[column->n_labels++] =
        (piece_label){hash, column->texts.size, text.size};
    irm_buffer_add(&column->texts, text.data, text.size);
    return column->texts.failed ? irm_fail_memory(error) : IRM_OK;
}

irm_status piece_label_code(piece_column *column, irm_view text, uint16_t *code,
                            bool *full, irm_error *error) {
    bool is_short = text.size <= PIECE_SHORT;
    uint64_t key = is_short ? short_key(text.data, text.size) : long_hash(text);
    if (is_short && (column->n_short + 1) * 2 > column->n_slots) {
        IRM_TRY(grow_short(column, error));
    }
    if (!is_short && (column->n_long + 1) * 2 > column->n_long_slots) {
        IRM_TRY(grow_long(column, error));
    }
    uint64_t *slot = is_short ? find_short(column, key) : NULL;
    uint16_t *place = is_short ? NULL : find_long(column, key, text);
    if (is_short ? *slot != 0 : *place != 0) {
        *code = (uint16_t)(is_short ? *slot >> SHORT_BITS : *place - 1u);
        return IRM_OK;
    }
    if (column->n_labels + 1 >= PIECE_BLANK) {
        *full = true;
        return IRM_OK;
    }
    IRM_TRY(keep_text(column, text, key, error));
    *code = (uint16_t)(column->n_labels - 1);
    if (is_short) {
        *slot = key | (uint64_t)*code << SHORT_BITS;
        column->n_short++;
    } else {
        *place = (uint16_t)column->n_labels;
        column->n_long++;
    }
    return IRM_OK;
}

void piece_forget(piece_column *column) {
    if (column->n_slots > 0) {
        memset(column->slots, 0, column->n_slots * sizeof *column->slots);
    }
    if (column->n_long_slots > 0) {
        memset(column->long_slots, 0, column->n_long_slots * sizeof *column->long_slots);
    }
    if (column->quick != NULL) {
        memset(column->quick, 0, column->n_quick * sizeof *column->quick);
    }
    column->n_labels = column->n_short = column->n_long = column->quick_of = 0;
    column->texts.size = 0;
    column->forgotten++;
}

irm_status piece_adopt(piece_column *column, const irm_dict *labels, irm_error *error) {
    piece_forget(column);
    for (size_t i = 0; i < irm_dict_count(labels); i++) {
        char padded[2 * sizeof(uint64_t)] = {0};
        irm_view text = irm_view_of(irm_dict_text(labels, (int32_t)i));
        uint16_t code;
        bool full = false;
        if (text.size <= PIECE_SHORT) { /* is read by whole words */
            memcpy(padded, text.data, text.size);
            text.data = padded;
        }
        IRM_TRY(piece_label_code(column, text, &code, &full, error));
    }
    return IRM_OK;
}
