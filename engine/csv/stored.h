/* Private to engine/csv/: the bytes of a file as stored, or of memory, given to
 * libarchive block by block.
 *
 * gzip is undone here, by zlib, since libarchive (3.6) does not compare the checksums
 * that a gzip file carries: a damaged one would be read as if it were whole. */
#ifndef IRMINON_CSV_STORED_H
#define IRMINON_CSV_STORED_H

#define ZLIB_CONST /* zlib's input pointers are to const */

#include <archive.h>
#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#include "irminon/status.h"

typedef struct stored_bytes {
    int descriptor; /* -1 for memory */
    bool borrowed;  /* standard input: not ours to close */
    bool regular;   /* can be read again from its start */
    const uint8_t *memory;
    uint64_t size;        /* 0 when unknown */
    uint64_t position;    /* bytes handed over or inflated so far */
    uint8_t *block;       /* of a descriptor */
    const uint8_t *ahead; /* read and not yet given, in the block or the memory */
    size_t n_ahead;
    bool ended;
    bool gzip;
    bool in_member; /* of the gzip file: the end here would be a truncation */
    z_stream inflater;
    uint8_t *inflated;
} stored_bytes;

/* Errors name `path`: NOT_FOUND, IO, DATA for an empty file. Clear after either outcome.
 */
irm_status stored_open_path(stored_bytes *stored, const char *path, irm_error *error);
irm_status stored_open_memory(stored_bytes *stored, const void *bytes, size_t size,
                              const char *name, irm_error *error);
void stored_clear(stored_bytes *stored);
/* Back to the first byte; false when that cannot be. */
bool stored_rewind(stored_bytes *stored);
/* Up to `size` of the bytes as they are stored, none at the end; an errno. Not with
 * stored_feed, but after a rewind. */
int stored_read(stored_bytes *stored, void *bytes, size_t size, size_t *got);
/* Makes `archive` read these bytes; a libarchive status. */
int stored_feed(stored_bytes *stored, struct archive *archive);
/* Bytes consumed. */
uint64_t stored_position(const stored_bytes *stored, struct archive *archive);

#endif
