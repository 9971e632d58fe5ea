/* Publications: a table of counts or amounts by groups, with all its margins, over
 * several zonings of its first group that need not nest, published without what would
 * disclose. */
#ifndef IRMINON_PUBLICATION_H
#define IRMINON_PUBLICATION_H

#include <stdint.h>

#include "irminon/disclosure.h"
#include "irminon/progress.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zones made of the labels of the first group: the number of the zone of each of its
 * codes
 * (-1: none). All borrowed. */
typedef struct irm_zones {
    const char *name;
    const irm_dict *zones;
    const int32_t *of_code;
} irm_zones;

/* What to publish. All borrowed; zero-initialise. */
typedef struct irm_publication {
    const char *const *by; /* category columns, one to four */
    size_t n_by;
    const char *value; /* NULL: rows are counted */
    bool contributors; /* each row is one contributor, not a count of them */
    irm_disclosure_rules rules;
    const irm_zones *zonings;
    size_t n_zonings;
    const char *const *keep; /* levels whose margins are shown: a zoning's name, the first
                                group's, or "total" */
    size_t n_keep;
    size_t threads;
    const irm_reporter *reporter; /* may be NULL */
} irm_publication;

/* Publishes a loaded table. `released` (inited; the caller clears it) has a row for each
 * cell with records: `level` (the first group's name, a zoning's, or "total"), the groups
 * ("total" for a margin), `value` (hidden cells bear the marker "s", SECRET) and `state`.
 * `audit`: the hidden cells, `level`, the groups, `released` ("s"), `lower`, `upper`
 * (taken by tables that agree with all that is released; an empty `upper`: by any),
 * `protected` (yes, no: whether these reach as far as the rule asks), `rule` (of a
 * sensitive cell; else "secondary"), `least`, `most` (beyond which no table goes; equal
 * to `lower`, `upper` where the interval is exact).
 *
 * Errors: USAGE for what means nothing, DATA for a row without a group or a value, or
 * with a negative one; REFUSED where the table cannot be protected, with the cell. */
IRM_API irm_status irm_publish(const irm_table *table, const irm_publication *wanted,
                               irm_table *released, irm_table *audit,
                               irm_protection *protection, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
