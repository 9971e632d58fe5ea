/* The embedded sample: a fictional territory, published as real ones are.
 *
 * From a seed, a whole small country is simulated: two départements of a région, their 120
 * communes, the people, households and dwellings in them, year after year. Every file is
 * then computed from that one world, in exactly the layouts of the producers (separators,
 * encodings, secrets, rounding, weights), so that the files agree with each other as the
 * real ones do: weighted detail files add up to the communal tables, the cubes to both.
 *
 * Nothing in it is real. Its départements bear the codes 20 and 96, which are valid in form
 * and borne by none; the names of its région, départements and groups of communes say
 * "fictif"; its polygons lie near 46.5° N, 2.5° E so that Lambert-93 applies. */
#ifndef IRMINON_SAMPLE_H
#define IRMINON_SAMPLE_H

#include <stdint.h>

#include "irminon/progress.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The territory whose detail files are published: 25 communes. */
#define IRM_SAMPLE_EPCI "209900001"
#define IRM_SAMPLE_DEPARTEMENT "20"
#define IRM_SAMPLE_REGION "90"
#define IRM_SAMPLE_SEED 825

/* Writes the files of the sample into `folder`, created when absent; a file already there
 * under the same name is replaced. The same seed gives the same bytes on any machine: the
 * generator is xoshiro256** seeded by SplitMix64 (D. Blackman, S. Vigna, "Scrambled linear
 * pseudorandom number generators", ACM TOMS 47(4), 2021), weights are whole numbers of
 * 10^-12 and every published sum is an exact sum of integers. About 13 MB, under a second.
 * Errors: IO when the folder cannot be written, NO_MEMORY, INTERRUPTED. */
IRM_API irm_status irm_sample_generate(const char *folder, uint64_t seed,
                                       const irm_reporter *reporter, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
