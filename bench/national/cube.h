/* A Melodi cube: population by sex and year of age, of every commune and of the levels
 * above, whose figures are the exact sums of the communes'. */
#ifndef BENCH_CUBE_H
#define BENCH_CUBE_H

#include "output.h"
#include "place.h"

/* Levels × 3 sexes × 102 ages: 306 lines a territory. False without memory. */
bool cube_write(const bench_country *country, uint64_t seed, bench_output *output);

#endif
