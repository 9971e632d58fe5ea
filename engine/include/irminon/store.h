/* The store: a folder with one immutable HDF5 file a table, and store.h5, which links them.
 *
 * `tables/` is the truth. A table is written beside, flushed, then renamed into place;
 * store.h5 is regenerated under a lock after each change, and healed by the next one.
 * docs/store-format.md specifies the files. No byte of a store depends on the clock. */
#ifndef IRMINON_STORE_H
#define IRMINON_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/status.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_store irm_store;

/* Opens a store. With `create`, makes the folder when nothing is there (or an empty folder
 * is). A folder that is not a store is refused. */
IRM_API irm_status irm_store_open(const char *path, bool create, irm_store **store,
                                  irm_error *error);
IRM_API void irm_store_free(irm_store *store);
IRM_API const char *irm_store_path(const irm_store *store);
/* Threads that compress and decompress: 0 (the default) is one a processor. What is written
 * and read does not depend on it. A store is used by one thread at a time. */
IRM_API void irm_store_set_threads(irm_store *store, size_t threads);

/* The tables' schemas (not loaded), in the order of their names. Borrowed until that table
 * is replaced or removed. */
IRM_API size_t irm_store_count(const irm_store *store);
IRM_API const irm_table *irm_store_schema(const irm_store *store, size_t index);
/* By name; NULL when absent. */
IRM_API const irm_table *irm_store_find(const irm_store *store, const char *name);
/* By name, with an error that suggests the nearest. */
IRM_API irm_status irm_store_need(const irm_store *store, const char *name,
                                  const irm_table **schema, irm_error *error);

/* Writes a table under its name. EXISTS unless `replace`. */
IRM_API irm_status irm_store_put(irm_store *store, const irm_table *table, bool replace,
                                 irm_error *error);
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

/* One table as a file of its own, outside any store (`-o FILE.h5`). */
IRM_API irm_status irm_table_write_hdf5(const irm_table *table, const char *path,
                                        irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
