/* A spool: the cells of a table that is being made, kept by blocks of rows, compressed as
 * its file will have them, so that a table longer than memory can be read into a store.
 *
 * Small tables stay in memory; the chunks of others go to a temporary file that has no
 * name, and so leaves nothing behind. Threads may fill and read different columns at once.
 *
 * The blocks of a column need not hold all the same kind of cells while it is being
 * filled (texts that look like numbers may be kept as such), but must in the end. */
#ifndef IRMINON_SPOOL_H
#define IRMINON_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { IRM_BLOCK_ROWS = 65536 }; /* in every block but the last */

typedef struct irm_spool irm_spool;

/* `folder`: where the temporary file goes, NULL to keep all in memory. `workers`: how many
 * threads will work with it. */
IRM_API irm_status irm_spool_new(size_t n_columns, const char *folder, size_t workers,
                                 irm_spool **spool, irm_error *error);
IRM_API void irm_spool_free(irm_spool *spool);

/* Cells of a block, in one of these forms. */
typedef struct irm_block {
    const double *values;
    const int16_t *halves; /* whole numbers */
    const int8_t *small;   /* whole numbers */
    const int32_t *codes;
    const int8_t *bytes;  /* codes, all under 128 */
    const uint8_t *marks; /* as in irm_column; NULL: all plain */
} irm_block;

/* Puts block `at` of a column, in place of what it held. `n`: its rows. `worker`: under the
 * number of workers, of one thread at a time. Errors: IO for a disk that is full. */
IRM_API irm_status irm_spool_put(irm_spool *spool, size_t column, size_t at, size_t n,
                                 const irm_block *block, size_t worker, irm_error *error);
/* Makes places for the first `blocks` blocks of a column, so that threads may put different
 * ones of them at once. */
IRM_API irm_status irm_spool_prepare(irm_spool *spool, size_t column, size_t blocks,
                                     irm_error *error);
/* Whether the block holds codes rather than numbers. */
IRM_API bool irm_spool_is_codes(const irm_spool *spool, size_t column, size_t at);
/* Reads a block back: codes or numbers as it holds; `marks` (may be NULL) all 0 where it has
 * none. */
IRM_API irm_status irm_spool_codes(irm_spool *spool, size_t column, size_t at,
                                   int32_t *codes, size_t worker, irm_error *error);
IRM_API irm_status irm_spool_values(irm_spool *spool, size_t column, size_t at,
                                    double *values, uint8_t *marks, size_t worker,
                                    irm_error *error);
/* Whether any block of the column has marks. */
IRM_API bool irm_spool_is_marked(const irm_spool *spool, size_t column);

/* Loads all the cells into a table whose columns are those of the spool, in order, and
 * which has none; it is loaded then. In up to `threads` threads, no more than the spool's
 * workers (0: as many). */
IRM_API irm_status irm_spool_load(irm_spool *spool, irm_table *table, size_t threads,
                                  irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
