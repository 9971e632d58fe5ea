/* A deflate of columns: zlib streams (RFC 1950, 1951) of runs and Huffman codes only.
 * Internal to the store.
 *
 * Cells of a census are drawn from few codes, in no order but that of households: what
 * repeats is the cell before, and to look further back, as other deflates do, takes most
 * of their time and finds matches that cost more than their cells. So a byte is a
 * literal, or a match at distance one. Where cells do repeat a pattern (the ages of a
 * cube), other deflates win by far: the caller tries both on a sample. */
#ifndef IRMINON_STORE_RUNS_H
#define IRMINON_STORE_RUNS_H

#include <stddef.h>

#include "irminon/status.h"

/* The memory that one thread works with. */
typedef struct irm_runs irm_runs;

irm_status irm_runs_new(irm_runs **runs, irm_error *error);
void irm_runs_free(irm_runs *runs);

/* Writes the zlib stream of `size` bytes (one or more) to `to`, which has room for
 * `room`; *written: its bytes, 0 when it has not enough room. Each `part` bytes, which
 * size is a multiple of, have codes of their own: planes of a shuffle differ. Errors:
 * NO_MEMORY. */
irm_status irm_runs_deflate(irm_runs *runs, const unsigned char *bytes, size_t size,
                            size_t part, unsigned char *to, size_t room, size_t *written,
                            irm_error *error);

#endif
