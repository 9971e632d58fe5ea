/* Counting in the world: who is counted is said in words, so that a published column is a
 * row of a table: its name, and "persons AGE=15-64 SEX=2". */
#ifndef IRMINON_SAMPLE_MEASURE_H
#define IRMINON_SAMPLE_MEASURE_H

#include <stdint.h>

#include "irminon/status.h"
#include "sample/world.h"

/* Sums by commune, in units of 10^-12, of what `text` counts: "persons|dwellings [xFIELD]
 * [FIELD=LOW[-HIGH]]…", the weights of those in all the ranges, times a field or one.
 * INTERNAL when `text` names no field: a mistake in our tables. */
irm_status sample_tally(const sample_world *world, const char *text,
                        int64_t sums[SAMPLE_COMMUNES], irm_error *error);

#endif
