/* The distinct texts of a piece's column. */
#ifndef IRMINON_INGEST_PIECE_LABELS_H
#define IRMINON_INGEST_PIECE_LABELS_H

#include <string.h>

#include "ingest/piece.h"

enum { SHORT_BITS = 8 * PIECE_SHORT, QUICK_BITS = 8 * PIECE_QUICK };
#define QUICK_MASK ((UINT32_C(1) << QUICK_BITS) - 1)

/* Bytes of a text of 1 to PIECE_SHORT bytes, which IRM_CSV_PADDING others follow. A piece
 * holds no NUL byte, so that the key of a text is like no other's. */
static inline uint64_t short_key(const char *data, size_t size) {
    uint64_t key;
    memcpy(&key, data, sizeof key);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return key >> (64 - 8 * size);
#else
    return key & ((UINT64_C(1) << 8 * size) - 1);
#endif
}

/* Where the search for a short text starts. */
static inline size_t short_slot(const piece_column *column, uint64_t key) {
    return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> column->shift);
}

/* The same of texts of 1 to PIECE_QUICK bytes, in four bytes. */
static inline uint32_t quick_key(const char *data, size_t size) {
    static const uint32_t kept[PIECE_QUICK + 1] = {0, 0xFF, 0xFFFF, 0xFFFFFF};
    uint32_t key;
    memcpy(&key, data, sizeof key);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    key = __builtin_bswap32(key);
#endif
    return key & kept[size];
}

/* Its only slot. */
static inline size_t quick_slot(const piece_column *column, uint32_t key) {
    return (key * column->multiplier) >> column->quick_shift;
}

static inline bool quick_holds(uint32_t slot, uint32_t key) {
    return ((slot ^ key) & QUICK_MASK) == 0;
}

/* Whether a slot holds that text: an empty one holds none. */
static inline bool slot_holds(uint64_t slot, uint64_t key) {
    return (slot ^ key) << (64 - SHORT_BITS) == 0;
}

/* Makes room to look for short texts, and puts those of one to three bytes in quick
 * slots: before a piece is parsed. */
irm_status piece_ready(piece_column *column, irm_error *error);

/* The code of any text that is not empty, given one where it is new; eight bytes may be
 * read from its start. *full: no code is left. */
irm_status piece_label_code(piece_column *column, irm_view text, uint16_t *code,
                            bool *full, irm_error *error);

#endif
