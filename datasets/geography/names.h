/* Names of territories, gathered from every table that gives some. */
#ifndef IRMINON_GEOGRAPHY_NAMES_H
#define IRMINON_GEOGRAPHY_NAMES_H

#include "geography/draft.h"
#include "geography/source.h"

/* Names what the tables of the geography's year left without a name; `sources` nearest to
 * that year first. Then adds the levels that communes do not make up (IRIS, municipal
 * arrondissements), each from the nearest table of its own. */
irm_status names_fill(const irm_store *store, const zoning_sources *sources, geography_draft *draft,
                      irm_error *error);

#endif
