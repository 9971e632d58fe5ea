/* Cells in memory and as a file stores them: the types of elements, what values ask of
 * them, and the moving of cells between them. Internal to the store. */
#ifndef IRMINON_STORE_CELLS_H
#define IRMINON_STORE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Elements `first` … `first` + n - 1 as they are stored, to `to`. */
void irm_cells_pack(const irm_cells *cells, size_t first, size_t n, void *to);
/* Stored elements to memory. */
void irm_cells_unpack(const irm_cells *cells, const void *from, size_t n, void *to);

/* HDF5's shuffle: all first bytes, then all second bytes… (HDF5 file format, filter 2).
 * `n` elements of `size` bytes; not in place. */
void irm_shuffle(const unsigned char *from, size_t n, size_t size, unsigned char *to);
void irm_unshuffle(const unsigned char *from, size_t n, size_t size, unsigned char *to);

#endif
