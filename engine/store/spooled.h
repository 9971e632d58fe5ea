/* The chunks of a spool, as the writer of table files takes them. Internal to the store.
 */
#ifndef IRMINON_STORE_SPOOLED_H
#define IRMINON_STORE_SPOOLED_H

#include "codec.h"
#include "irminon/spool.h"

/* What a column of numbers asks of its type. */
irm_extent irm_spool_extent(const irm_spool *spool, size_t column, size_t n_blocks);

/* The lowest and the highest code of a block that was put as codes. */
irm_code_range irm_spool_code_range(const irm_spool *spool, size_t column, size_t at);

/* A chunk of the file: compressed already where it is kept as `cells` tells (kind,
 * element, size, chunk), else with its cells unpacked in *owned, to be compressed. `n`:
 * its rows. */
irm_status irm_spool_chunk(irm_spool *spool, size_t column, size_t at, size_t n,
                           const irm_cells *cells, irm_chunk *chunk, void **owned,
                           irm_error *error);
/* The same of the column's marks. */
irm_status irm_spool_mark_chunk(irm_spool *spool, size_t column, size_t at, size_t n,
                                const irm_cells *cells, irm_chunk *chunk, void **owned,
                                irm_error *error);

#endif
