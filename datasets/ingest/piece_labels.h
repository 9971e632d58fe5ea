/* The distinct texts of a piece's column. */
#ifndef IRMINON_INGEST_PIECE_LABELS_H
#define IRMINON_INGEST_PIECE_LABELS_H

#include <string.h>

#include "ingest/piece.h"

enum { SHORT_BITS = 8 * PIECE_SHORT };

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

/* The code of any text that is not empty, given one where it is new. *full: no code is
 * left. */
irm_status piece_label_code(piece_column *column, irm_view text, uint16_t *code,
                            bool *full, irm_error *error);

#endif
