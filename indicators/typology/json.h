/* JSON of typologies: what both a typology and a projection write. */
#ifndef IRMINON_TYPOLOGY_JSON_H
#define IRMINON_TYPOLOGY_JSON_H

#include <jansson.h>

#include "irminon/typology.h"

/* null for what is not finite; integers as such. */
json_t *typology_json_number(double value);
json_t *typology_json_numbers(const double *values, size_t n);
/* Variables with their labels, years and counts of hidden cells. */
json_t *typology_json_variables(const irm_typology_units *units);
/* Tables of the store with their attributes, or the CSV with its digest. */
json_t *typology_json_sources(const irm_typology_units *units,
                              const irm_typology_lineage *lineage);
/* Writes an object as FOLDER/typology.json and lets go of it. */
irm_status typology_json_write(json_t *object, const char *folder, irm_error *error);

#endif
