/* The fields of an OGR layer as the columns of a table. */
#ifndef IRMINON_GEOMETRY_FIELDS_H
#define IRMINON_GEOMETRY_FIELDS_H

#include "geometry/gdal.h"
#include "irminon/table.h"

/* Adds a column a field, in order, then "geometry". Fields of one name get a number. */
irm_status fields_add(OGRFeatureDefnH definition, irm_table *table, irm_error *error);
/* Writes a feature's fields into row `row`. */
irm_status fields_write(OGRFeatureH feature, irm_table *table, size_t row,
                        irm_error *error);

#endif
