#include "decode.h"

#include <libdeflate.h>
#include <string.h>

#include "irminon/memory.h"

struct irm_decoder {
    struct libdeflate_decompressor *inflater;
    unsigned char *packed, *turned;
    size_t packed_room, turned_room;
};

irm_status irm_decoder_new(irm_decoder **decoder, irm_error *error) {
    *decoder = irm_calloc(1, sizeof **decoder);
    if (*decoder != NULL) {
        (*decoder)->inflater = libdeflate_alloc_decompressor();
    }
    if (*decoder == NULL || (*decoder)->inflater == NULL) {
        irm_decoder_free(*decoder);
        *decoder = NULL;
        return irm_fail_memory(error);
    }
    return IRM_OK;
}

void irm_decoder_free(irm_decoder *decoder) {
    if (decoder != NULL) {
        libdeflate_free_decompressor(decoder->inflater);
        irm_free(decoder->packed);
        irm_free(decoder->turned);
        irm_free(decoder);
    }
}

static bool make_room(unsigned char **block, size_t *room, size_t size) {
    if (size <= *room) {
        return true;
    }
    irm_free(*block);
    *block = irm_calloc(size, 1);
    *room = *block != NULL ? size : 0;
    return *block != NULL;
}

unsigned char *irm_decoder_room(irm_decoder *decoder, size_t size) {
    return make_room(&decoder->packed, &decoder->packed_room, size) ? decoder->packed
                                                                    : NULL;
}

/* The bytes of an element lie `n` apart: shifts, which compilers make vectors of. */
static void unshuffle(const unsigned char *from, size_t n, size_t size, void *to) {
    const unsigned char *b = from;
    if (size == 2) {
        uint16_t *out = to;
        for (size_t i = 0; i < n; i++) {
            out[i] = (uint16_t)(b[i] | b[n + i] << 8);
        }
    } else if (size == 4) {
        uint32_t *out = to;
        for (size_t i = 0; i < n; i++) {
            out[i] = (uint32_t)b[i] | (uint32_t)b[n + i] << 8 |
                     (uint32_t)b[2 * n + i] << 16 | (uint32_t)b[3 * n + i] << 24;
        }
    } else if (size == 8) {
        uint64_t *out = to;
        for (size_t i = 0; i < n; i++) {
            uint32_t low = (uint32_t)b[i] | (uint32_t)b[n + i] << 8 |
                           (uint32_t)b[2 * n + i] << 16 | (uint32_t)b[3 * n + i] << 24;
            uint32_t high = (uint32_t)b[4 * n + i] | (uint32_t)b[5 * n + i] << 8 |
                            (uint32_t)b[6 * n + i] << 16 | (uint32_t)b[7 * n + i] << 24;
            out[i] = (uint64_t)high << 32 | low;
        }
    } else {
        unsigned char *out = to;
        for (size_t byte = 0; byte < size; byte++) {
            for (size_t i = 0; i < n; i++) {
                out[i * size + byte] = *b++;
            }
        }
    }
}

irm_status irm_decode(irm_decoder *decoder, const irm_chunk *chunk, size_t bytes,
                      size_t size, void *to, irm_error *error) {
    bool turn = chunk->shuffled && size > 1;
    if (turn && !make_room(&decoder->turned, &decoder->turned_room, bytes)) {
        return irm_fail_memory(error);
    }
    unsigned char *flat = turn ? decoder->turned : to;
    if (!chunk->deflated) {
        if (chunk->size != bytes) {
            return irm_fail(error, IRM_STATUS_DATA,
                            "corrupt: a block of data is cut short");
        }
        memcpy(flat, chunk->bytes, bytes);
    } else if (libdeflate_zlib_decompress(decoder->inflater, chunk->bytes, chunk->size,
                                          flat, bytes, NULL) != LIBDEFLATE_SUCCESS) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "corrupt: a block of data does not decompress, or its checksum "
                        "is wrong");
    }
    if (turn) {
        unshuffle(flat, bytes / size, size, to);
    }
    return IRM_OK;
}
