/* Wide communal bases of the census. */
#ifndef IRMINON_SAMPLE_WIDE_H
#define IRMINON_SAMPLE_WIDE_H

#include "sample/country.h"

/* A base and its columns: "NAME|who is counted" (see measure.h), or "jobs", "salaried
 * jobs", "other jobs" at the place of work; %s stands for the vintage. Ended by NULL. */
typedef struct wide_table {
    const char *file;
    const char *const *columns;
} wide_table;

extern const wide_table sample_wide_tables[]; /* ended by a NULL file */

/* Jobs at the place of work: `salaried` is 1 for those of employees, 0 for the others, -1
 * for all. In units of 10^-12. */
irm_status sample_jobs(const sample_world *world, const sample_geography *geography,
                       int salaried, int64_t sums[SAMPLE_COMMUNES], irm_error *error);

#endif
