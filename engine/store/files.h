/* Table files and the file of links, as bytes and by path. Internal to the store. */
#ifndef IRMINON_STORE_FILES_H
#define IRMINON_STORE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/spool.h"
#include "irminon/table.h"

/* The version of the format that is written, and the newest that is read. */
enum { IRM_STORE_FORMAT = 1 };

/* The bytes of the table's file (allocated). The same table gives the same bytes,
 * whatever `threads` (0: one a processor). */
irm_status irm_table_image(const irm_table *table, size_t threads, unsigned char **bytes,
                           size_t *size, irm_error *error);
/* The same for several tables, each in a group that bears its name. */
irm_status irm_tables_image(const irm_table *const *tables, size_t count,
                            unsigned char **bytes, size_t *size, irm_error *error);

/* Writes the file of a table whose cells are in a spool (borrowed; worker 0 of it is the
 * calling thread) to a descriptor open for reading and writing, without holding it in
 * memory. *problem: errno of a write that failed, 0 for none. The bytes are those that the
 * table, once loaded, would have. */
irm_status irm_table_stream(const irm_table *table, irm_spool *spool, size_t threads,
                            int descriptor, int *problem, irm_error *error);

/* The schema held by a table file. Errors name the file and say what to do. */
irm_status irm_table_file_schema(const char *path, irm_table *schema, irm_error *error);

typedef struct irm_selection {
    const char *const *columns; /* NULL: all */
    size_t n_columns;
    size_t first, count; /* rows */
} irm_selection;

/* The selected columns and rows of a table file whose schema is known. */
irm_status irm_table_file_read(const char *path, const irm_table *schema,
                               const irm_selection *selection, size_t threads,
                               irm_table *table, irm_error *error);

/* The bytes of store.h5 for tables of these (escaped) names. */
irm_status irm_links_image(const char *const *names, size_t count, unsigned char **bytes,
                           size_t *size, irm_error *error);
/* True when the file at `path` links exactly these tables. */
bool irm_links_match(const char *path, const char *const *names, size_t count);

#endif
