/* The whole sample while it is being written: its territory, its years, its folder; and
 * the families of files, each in its own source. */
#ifndef IRMINON_SAMPLE_COUNTRY_H
#define IRMINON_SAMPLE_COUNTRY_H

#include "irminon/status.h"
#include "irminon/text.h"
#include "sample/geography.h"
#include "sample/world.h"

enum { FIRST_YEAR = 2013, LAST_YEAR = 2024, YEARS = LAST_YEAR - FIRST_YEAR + 1 };

typedef struct sample_country {
    const char *folder;
    sample_geography geography;
    sample_world years[YEARS]; /* simulated when first asked for */
} sample_country;

/* The world of a year from FIRST_YEAR to LAST_YEAR. */
irm_status sample_country_year(sample_country *country, int year,
                               const sample_world **world, irm_error *error);

/* Territories by level, in order of publication. */
typedef enum sample_level {
    LEVEL_COM,
    LEVEL_EPCI,
    LEVEL_DEP,
    LEVEL_REG,
    LEVEL_FR
} sample_level;
enum { LEVELS = 5 };
int sample_level_size(sample_level level);
const char *sample_level_code(const sample_geography *geography, sample_level level,
                              int i);
const char *sample_level_name(const sample_geography *geography, sample_level level,
                              int i);
/* The territory of `level` that a commune belongs to. */
int sample_level_of(const sample_geography *geography, sample_level level, int commune);

/* Writes `buffer` whole under `name` in the folder, and clears it. */
irm_status sample_write(const sample_country *country, const char *name,
                        irm_buffer *buffer, irm_error *error);
/* A zip of two members, stored as the producers' are but not deflated, so that its bytes
 * depend on no version of a compressor; without dates. Clears both buffers. */
irm_status sample_write_zip(const sample_country *country, const char *name,
                            const char *first_name, irm_buffer *first,
                            const char *second_name, irm_buffer *second,
                            irm_error *error);

/* A number of 10^-12 units, with as many decimals as it has: "353.730434782608". */
void sample_put_weight(irm_buffer *buffer, int64_t units);
/* `value` / 10^decimals, with that mark and exactly those decimals: "17,4". */
void sample_put_fixed(irm_buffer *buffer, int64_t value, int decimals, char mark);
/* To the nearest whole number. */
int64_t sample_whole(int64_t units);

/* CAF beneficiaries by IRIS, one of the files of sample_write_benefits. */
irm_status sample_write_blocks(sample_country *country, int year, irm_error *error);

/* The families of files. */
irm_status sample_write_code(sample_country *country, irm_error *error);
irm_status sample_write_polygons(sample_country *country, irm_error *error);
irm_status sample_write_comparateur(sample_country *country, irm_error *error);
irm_status sample_write_census(sample_country *country, irm_error *error);
irm_status sample_write_series(sample_country *country, irm_error *error);
irm_status sample_write_cubes(sample_country *country, irm_error *error);
irm_status sample_write_detail(sample_country *country, irm_error *error);
irm_status sample_write_incomes(sample_country *country, irm_error *error);
irm_status sample_write_benefits(sample_country *country, irm_error *error);
irm_status sample_write_life(sample_country *country, irm_error *error);

#endif
