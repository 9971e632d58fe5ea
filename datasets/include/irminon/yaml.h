/* YAML onto C structs by libcyaml's schema tables, with mistakes told as the person at
 * the keyboard needs them: file, line, column, what was found and what was expected. */
#ifndef IRMINON_YAML_H
#define IRMINON_YAML_H

#include <stddef.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cyaml_schema_value;

/* Loads `size` bytes of YAML into *data, a new structure as `schema` (a mapping or a
 * sequence with CYAML_FLAG_POINTER) describes; *count receives the entries of a top-level
 * sequence (NULL for a mapping). `name` is the file told in errors. SCHEMA errors carry
 * line and column; an unknown key or value suggests the nearest one. */
IRM_API irm_status irm_yaml_load(const char *name, const char *text, size_t size,
                                 const struct cyaml_schema_value *schema, void **data,
                                 unsigned *count, irm_error *error);
/* Frees what was loaded with the same schema; NULL is allowed. */
IRM_API void irm_yaml_free(const struct cyaml_schema_value *schema, void *data,
                           unsigned count);
/* Line (from 1) on which `key: value` first stands in a document, 0 when nowhere: where
 * to point for a mistake that only shows once everything is read. */
IRM_API size_t irm_yaml_line(const char *text, size_t size, const char *key,
                             const char *value);

#ifdef __cplusplus
}
#endif
#endif
