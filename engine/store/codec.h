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

#include "irminon/status.h"

/* How an element is stored. RAW is copied as it is: bytes, offsets, fixed-length text. */
typedef enum irm_element {
    IRM_ELEMENT_RAW = 0,
    IRM_ELEMENT_I8,
    IRM_ELEMENT_I16,
    IRM_ELEMENT_I32,
    IRM_ELEMENT_I64,
    IRM_ELEMENT_F32,
    IRM_ELEMENT_F64
} irm_element;

/* What the elements are in memory: doubles, 32-bit codes, or as stored. */
typedef enum irm_memory_kind {
    IRM_MEMORY_RAW = 0,
    IRM_MEMORY_DOUBLE,
    IRM_MEMORY_CODE
} irm_memory_kind;

/* A one-dimensional array in memory, and how it is cut and stored. */
typedef struct irm_cells {
    irm_memory_kind kind;
    void *data; /* borrowed; only read when compressing */
    size_t count;
    irm_element element;
    size_t size;  /* bytes of a stored element */
    size_t chunk; /* elements in a chunk */
} irm_cells;

/* Bytes of an element in memory. */
size_t irm_cells_stride(const irm_cells *cells);
/* Bytes of a chunk before compression. */
size_t irm_cells_chunk_bytes(const irm_cells *cells);

/* The smallest type that gives every value back: integers where all are (and none is NaN
 * or a negative zero), else floats. */
irm_element irm_element_of_doubles(const double *values, size_t count);
/* What an array of doubles asks of the type that holds it: of its parts, added up. */
typedef struct irm_extent {
    bool whole, single; /* integers all, floats all */
    double lowest, highest;
} irm_extent;
#define IRM_EXTENT_NONE ((irm_extent){true, true, 0.0, 0.0})
irm_extent irm_extent_of_doubles(const double *values, size_t count);
void irm_extent_add(irm_extent *to, const irm_extent *other);
/* The lowest and the highest of codes; -1 is one of them: no value. */
typedef struct irm_code_range {
    int32_t low, high;
} irm_code_range;
irm_code_range irm_code_range_of(const int32_t *codes, size_t n);
irm_element irm_extent_element(const irm_extent *seen);

/* The smallest signed type for codes -1 … n - 1. */
irm_element irm_element_of_codes(size_t n);
size_t irm_element_size(irm_element element);

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
