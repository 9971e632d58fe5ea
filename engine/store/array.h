/* Reading one-dimensional datasets: by compressed chunks and threads where the dataset is
 * what Irminon writes, through HDF5 otherwise. Internal to the store. */
#ifndef IRMINON_STORE_ARRAY_H
#define IRMINON_STORE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "codec.h"
#include "hdf5.h"

/* An open dataset. `cells.data` is where its elements go, set by the caller. */
typedef struct irm_array {
    hid_t dataset;
    irm_cells cells;
    bool by_chunks;
    bool shuffle, deflate; /* its filters */
    bool loose;            /* texts of variable length */
    size_t wanted;         /* RAW numbers: bytes of an element in memory */
} irm_array;

/* Opens and checks it: one dimension, elements that the kind in memory can hold (`size`
 * bytes for RAW; 0: texts, whose size it tells), and no more data than its compressed
 * bytes can hold, so that a damaged count is met before memory is asked for. DATA errors.
 */
irm_status irm_array_open(hid_t parent, const char *name, irm_memory_kind kind,
                          size_t size, irm_array *array, irm_error *error);
void irm_array_close(irm_array *array);

/* Chunks read, waiting to be decompressed together. Zero-initialise. */
typedef struct irm_reader {
    irm_chunk chunks[64];
    size_t n;
    size_t bytes; /* decompressed, of those waiting */
    size_t threads;
} irm_reader;

/* Queues the elements begin … end - 1 of the array, to be in `cells.data` at the next
 * flush; the array may be closed before it. */
irm_status irm_reader_add(irm_reader *reader, const irm_array *array, size_t begin,
                          size_t end, irm_error *error);
irm_status irm_reader_flush(irm_reader *reader, irm_error *error);
void irm_reader_clear(irm_reader *reader);

#endif
