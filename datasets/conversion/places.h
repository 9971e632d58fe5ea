/* Where the codes of a table lead, and the account that is given of it. */
#ifndef IRMINON_CONVERSION_PLACES_H
#define IRMINON_CONVERSION_PLACES_H

#include "conversion/rows.h"

/* Fills the links of every code of the key, and the changes and counts of the conversion.
 * REFUSED where a split cannot be shared. Codes of no year and of other years are warned
 * of. */
irm_status places_find(const irm_table *table, const irm_column *key, const bool *kept,
                       const irm_history *history, const irm_populations *populations,
                       const irm_convert_options *options, const irm_reporter *reporter,
                       irm_conversion *conversion, code_links *links, irm_error *error);

/* The level that a producer's word stands for ("COM=com FRANCE:FM=frm"), borrowed: "com",
 * "arm", or "" for the others. */
const char *level_id_of_word(const char *map, const char *word);
/* Kind of a measure in "POP=count SUP=area"; RATIO where it is not told. */
irm_kind kind_of_measure(const char *map, const char *measure);
/* The column of commune codes: the one asked, else the key of the table. USAGE without.
 */
irm_status places_key(const irm_table *table, const char *asked, irm_column **key,
                      irm_error *error);
/* The first column of that role, whatever its type; NULL for none. */
const irm_column *source_role_any(const irm_table *table, const char *role);

#endif
