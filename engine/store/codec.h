/* The codec: arrays of cells to and from the compressed chunks of an HDF5 dataset.
 *
 * A chunk is what HDF5's standard pipeline "shuffle, then deflate" writes: the bytes of
 * its elements, little-endian, transposed by the shuffle (which a chunk may skip, as its
 * filter mask tells), in one zlib stream whose Adler-32 is the checksum. Knows nothing of
 * files. */
#ifndef IRMINON_STORE_CODEC_H
#define IRMINON_STORE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cells.h"
#include "irminon/status.h"

/* One chunk, compressed or to be decompressed. */
typedef struct irm_chunk {
    irm_cells cells;
    size_t first;         /* index of its first element; a multiple of cells.chunk */
    unsigned char *bytes; /* compressed; owned */
    size_t size;
    bool shuffled;
    bool deflated; /* false only in files written elsewhere */
    /* Reading: the wanted elements begin … end - 1 of the array go to cells.data[0]… */
    size_t begin, end;
} irm_chunk;

/* The memory that one thread compresses and decompresses with, for chunks of up to
 * `longest` bytes. */
typedef struct irm_coder irm_coder;
irm_status irm_coder_new(size_t longest, irm_coder **coder, irm_error *error);
void irm_coder_free(irm_coder *coder);
/* Fills size, shuffled; *packed: the bytes, the coder's until its next use. */
irm_status irm_chunk_pack(irm_chunk *chunk, irm_coder *coder,
                          const unsigned char **packed, irm_error *error);
/* Fills bytes, size, shuffled. */
irm_status irm_chunk_compress(irm_chunk *chunk, irm_coder *coder, irm_error *error);
/* A chunk that does not decompress to its exact size is a DATA error without a file name.
 */
irm_status irm_chunk_decompress(const irm_chunk *chunk, irm_coder *coder,
                                irm_error *error);

/* Compresses (those that have no bytes yet) and decompresses chunks in up to `threads`
 * threads. */
irm_status irm_chunks_compress(irm_chunk *chunks, size_t count, size_t threads,
                               irm_error *error);
irm_status irm_chunks_decompress(irm_chunk *chunks, size_t count, size_t threads,
                                 irm_error *error);

#endif
