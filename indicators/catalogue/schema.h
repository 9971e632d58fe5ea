/* Schema of a catalogue file, for libcyaml. Private. */
#ifndef IRMINON_CATALOGUE_SCHEMA_H
#define IRMINON_CATALOGUE_SCHEMA_H

#include <cyaml/cyaml.h>

extern const cyaml_schema_value_t irm_catalogue_schema;

#endif
