/* The rows of a detail file: grouped by commune, households whole where the file has
 * them, the same for the same seed and number of rows. */
#ifndef BENCH_DETAIL_H
#define BENCH_DETAIL_H

#include "column.h"
#include "output.h"
#include "place.h"

typedef enum detail_layout { MIGCOM, INDCVI, LOGEMT } detail_layout;

/* Writes the header and exactly `n_rows` rows. False, told, on a failure. */
bool detail_write(detail_layout layout, const bench_country *country, size_t n_rows,
                  uint64_t seed, bench_output *output);

#endif
