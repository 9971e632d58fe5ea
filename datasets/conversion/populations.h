/* Which population shares a split. */
#ifndef IRMINON_CONVERSION_POPULATIONS_H
#define IRMINON_CONVERSION_POPULATIONS_H

#include "irminon/conversion.h"

/* Inhabitants of each of `count` codes into `inhabitants`, all of the same set: the
 * nearest to `year` among those of a geography from `year` on (`later`) or before it,
 * else the nearest of any. The set's name, borrowed; NULL when none knows them all. */
const char *populations_of_all(const irm_populations *populations,
                               const char *const *codes, size_t count, int year,
                               bool later, double *inhabitants);

#endif
