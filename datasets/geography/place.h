/* Where the commune codes of other years lead. */
#ifndef IRMINON_GEOGRAPHY_PLACE_H
#define IRMINON_GEOGRAPHY_PLACE_H

#include "geography/inside.h"
#include "geography/source.h"

/* Communes to themselves, municipal arrondissements to their commune. */
irm_status place_own(irm_geography *geography, irm_error *error);
/* Delegated and associated communes (COMPARENT), then former and later communes by the
 * movements of the official code; `sources` nearest to the geography's year first. */
irm_status place_others(irm_geography *geography, const irm_store *store,
                        const zoning_sources *sources, irm_error *error);

#endif
