/* The schema of a table as JSON: what a table file tells before any column is read.
 *
 * It is the one part of a table file that Irminon parses; the HDF5 attributes repeat it
 * for those who open the file with other tools. */
#ifndef IRMINON_STORE_SCHEMA_H
#define IRMINON_STORE_SCHEMA_H

#include <stddef.h>

#include "irminon/table.h"

/* JSON text of the table's schema, allocated by irm_free's allocator. DATA error when a
 * text of it is not UTF-8. */
irm_status irm_schema_write(const irm_table *table, char **json, irm_error *error);
/* A schema (loaded false) of that JSON; DATA error when it breaks the format's rules. */
irm_status irm_schema_read(const char *json, size_t size, irm_table *table,
                           irm_error *error);

/* Name of a table or column as a link or file name: "/", "%", a leading "." and control
 * bytes become %XX, an empty name %00. Allocated, or NULL. */
char *irm_name_escape(const char *name);
/* The contrary; NULL without memory. What is no escape is kept. */
char *irm_name_unescape(const char *text, size_t size);

#endif
