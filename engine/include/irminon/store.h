/* The store: a folder with one immutable HDF5 file a table, and store.h5, which links them.
 *
 * `tables/` is the truth. A table is written beside, flushed, then renamed into place;
 * store.h5 is regenerated under a lock after each change, and healed by the next one.
 * docs/store-format.md specifies the files. No byte of a store depends on the clock. */
#ifndef IRMINON_STORE_H
#define IRMINON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"
#include "irminon/spool.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_store irm_store;

/* Opens a store. With `create`, makes the folder when nothing is there (or an empty
 * folder is). A folder that is not a store is refused. A table that cannot be read does
 * not keep the others away: see irm_store_damaged. */
IRM_API irm_status irm_store_open(const char *path, bool create, irm_store **store,
                                  irm_error *error);
IRM_API void irm_store_free(irm_store *store);
IRM_API const char *irm_store_path(const irm_store *store);
/* Threads that compress and decompress: 0 (the default) is one a processor. What is written
 * and read does not depend on it. A store is used by one thread at a time. */
IRM_API void irm_store_set_threads(irm_store *store, size_t threads);
IRM_API size_t irm_store_threads(const irm_store *store);

/* The tables' schemas (not loaded), in the order of their names. Borrowed until that table
 * is replaced or removed. */
IRM_API size_t irm_store_count(const irm_store *store);
IRM_API const irm_table *irm_store_schema(const irm_store *store, size_t index);
/* Tables whose files cannot be read (truncated, corrupt, of a newer version): the store
 * opens without them. What was met, and the table's name; asking for it by that name
 * gives the same error, and irm_store_remove takes it out. Borrowed until the store
 * changes. */
IRM_API size_t irm_store_damaged_count(const irm_store *store);
IRM_API const irm_error *irm_store_damaged(const irm_store *store, size_t index,
                                           const char **name);
/* By name; NULL when absent. */
IRM_API const irm_table *irm_store_find(const irm_store *store, const char *name);
/* By name, with an error that suggests the nearest. */
IRM_API irm_status irm_store_need(const irm_store *store, const char *name,
                                  const irm_table **schema, irm_error *error);

/* Writes a table under its name. EXISTS unless `replace`. */
IRM_API irm_status irm_store_put(irm_store *store, const irm_table *table, bool replace,
                                 irm_error *error);
/* The same of a table whose cells are in a spool, which has its columns in the same order;
 * `table` has their labels and markers. Takes no more memory for a longer table. */
IRM_API irm_status irm_store_put_spooled(irm_store *store, const irm_table *table,
                                         irm_spool *spool, bool replace,
                                         irm_error *error);
/* Takes a table out, damaged or not. */
IRM_API irm_status irm_store_remove(irm_store *store, const char *name, irm_error *error);

/* Reads columns of a table into `table` (inits it; the caller clears it). `columns` NULL
 * reads them all. Only the bytes of those columns are read. */
IRM_API irm_status irm_store_read(const irm_store *store, const char *name,
                                  const char *const *columns, size_t n_columns,
                                  irm_table *table, irm_error *error);
/* The same for rows first … first + count - 1. */
IRM_API irm_status irm_store_read_rows(const irm_store *store, const char *name,
                                       const char *const *columns, size_t n_columns,
                                       size_t first, size_t count, irm_table *table,
                                       irm_error *error);

/* A cursor reads columns of one table block after block, as they are stored, so that a
 * table longer than memory can be gone through, by several threads at once. */
typedef struct irm_cursor irm_cursor;
/* What one thread reads with. What it reads is lent until it reads that column again. */
typedef struct irm_cursor_buffer irm_cursor_buffer;

/* How the cells of a block lie in memory. The codes of categories are integers of 8, 16 or
 * 32 bits (−1: no value), checked to have a label. NaN in floats: no value. */
typedef enum irm_cell_type {
    IRM_CELL_I8 = 0,
    IRM_CELL_I16,
    IRM_CELL_I32,
    IRM_CELL_I64,
    IRM_CELL_F32,
    IRM_CELL_F64
} irm_cell_type;

typedef struct irm_cell_block {
    irm_cell_type type;
    const void *cells;    /* n of them */
    const uint8_t *marks; /* n, as in irm_column; NULL: all plain */
    size_t n;
    int64_t low, high; /* of 8, 16 and 32-bit cells: the lowest and the highest */
} irm_cell_block;

/* Opens the columns (numbers or categories) of a table. NOT_FOUND, or USAGE for a column of
 * bytes. The caller frees it; the store may change or be freed meanwhile. */
IRM_API irm_status irm_cursor_open(const irm_store *store, const char *name,
                                   const char *const *columns, size_t n_columns,
                                   irm_cursor **cursor, irm_error *error);
IRM_API void irm_cursor_free(irm_cursor *cursor);
/* The columns in the order asked, with their labels and markers, and without rows. */
IRM_API const irm_table *irm_cursor_schema(const irm_cursor *cursor);
IRM_API size_t irm_cursor_rows(const irm_cursor *cursor);
/* Blocks of irm_cursor_block_rows rows each, but for the last. */
IRM_API size_t irm_cursor_blocks(const irm_cursor *cursor);
IRM_API size_t irm_cursor_block_rows(const irm_cursor *cursor);
IRM_API irm_cell_type irm_cursor_type(const irm_cursor *cursor, size_t column);
/* The lowest and the highest code of a column in a block, as the table tells them, without
 * reading the block; false where it does not: a column of numbers or in no order, a table
 * of one block or of an earlier version. */
IRM_API bool irm_cursor_range(const irm_cursor *cursor, size_t block, size_t column,
                              int64_t *low, int64_t *high);
IRM_API irm_status irm_cursor_buffer_new(const irm_cursor *cursor,
                                         irm_cursor_buffer **buffer, irm_error *error);
IRM_API void irm_cursor_buffer_free(irm_cursor_buffer *buffer);
/* Reads one column of a block. Threads may call it together, each with its buffer. */
IRM_API irm_status irm_cursor_read(const irm_cursor *cursor, size_t block, size_t column,
                                   irm_cursor_buffer *buffer, irm_cell_block *cells,
                                   irm_error *error);

/* One table as a file of its own, outside any store (`-o FILE.h5`). */
IRM_API irm_status irm_table_write_hdf5(const irm_table *table, const char *path,
                                        irm_error *error);
/* Several tables in one file, each laid out as a table's file in a group of its name. */
IRM_API irm_status irm_tables_write_hdf5(const irm_table *const *tables, size_t count,
                                         const char *path, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
