/* Counting in the world: who is counted is said in words, so that a published column is a
 * row of a table: its name, and "persons AGE=15-64 SEX=2". */
#ifndef IRMINON_SAMPLE_MEASURE_H
#define IRMINON_SAMPLE_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "irminon/status.h"
#include "sample/world.h"

/* A conjunction of ranges of fields, over persons or dwellings, summing weights times a
 * field (or times one). Written "persons|dwellings [xFIELD] [FIELD=LOW[-HIGH]]…". */
typedef struct sample_filter {
    bool persons;
    int times; /* a sample_field, or -1 */
    int count;
    struct {
        int16_t field, low, high;
    } range[8];
} sample_filter;

/* INTERNAL when `text` names no field: a mistake in our tables. */
irm_status sample_filter_parse(const char *text, sample_filter *filter, irm_error *error);
bool sample_filter_person(const sample_filter *filter, const sample_world *world,
                          const sample_person *person);
bool sample_filter_dwelling(const sample_filter *filter, const sample_household *dwelling);

/* Sums by commune, in units of 10^-12, of what `text` counts. */
irm_status sample_tally(const sample_world *world, const char *text,
                        int64_t sums[SAMPLE_COMMUNES], irm_error *error);

#endif
