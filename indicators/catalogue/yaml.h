/* YAML onto C structs, through libcyaml, with mistakes as irm_error. Private. */
#ifndef IRMINON_CATALOGUE_YAML_H
#define IRMINON_CATALOGUE_YAML_H

#include <cyaml/cyaml.h>
#include <stddef.h>

#include "irminon/status.h"

/* Loads `size` bytes under `schema`; `name` is what errors call the file. Free with
 * irm_catalogue_yaml_free under the same schema. */
irm_status irm_catalogue_yaml_load(const char *name, const char *data, size_t size,
                         const cyaml_schema_value_t *schema, void **loaded,
                         irm_error *error);
void irm_catalogue_yaml_free(const cyaml_schema_value_t *schema, void *loaded);

#endif
