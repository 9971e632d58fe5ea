/* INSEE's Melodi cubes: one observation a line, several levels and years in one file. */
#ifndef IRMINON_SAMPLE_MELODI_H
#define IRMINON_SAMPLE_MELODI_H

#include "sample/country.h"

enum { CUBE_DIMENSIONS = 9, CUBE_MODALITIES = 13, CUBE_MEASURES = 4, CUBE_MARGINS = 9 };

/* A dimension; its modalities are "code|who|label", where `who` adds to the measure's
 * filter and a code may end with "@2023": published since that year only. */
typedef struct cube_dimension {
    const char *code, *label;
    const char *modalities[CUBE_MODALITIES];
    int single_years; /* 1: modalities are years of age, Y0…Y99 and Y_GE100 */
} cube_dimension;

/* What is counted, and which cells are published: each margin names the dimensions that
 * vary and those held at a modality ("OCS=DW_MAIN TSH"); the others are at their total.
 */
typedef struct cube_measure {
    const char *code, *filter, *label;
    const char *margins[CUBE_MARGINS]; /* "" is the grand total; ended by NULL */
} cube_measure;

typedef struct cube {
    const char *name;
    cube_dimension dimensions[CUBE_DIMENSIONS]; /* ended by a NULL code */
    cube_measure measures[CUBE_MEASURES];       /* ended by a NULL code */
} cube;

extern const cube sample_cubes[];
extern const int sample_cube_count;

/* The word of GEO_OBJECT. */
const char *sample_level_object(sample_level level);
/* Writes NAME_YEAR_CSV_FR.zip with its data and metadata members; clears both. */
irm_status sample_write_melodi(const sample_country *country, const char *name, int year,
                               irm_buffer *data, irm_buffer *metadata, irm_error *error);
/* The lines of a metadata file common to every cube: territories, years, status. */
void sample_put_metadata(const sample_country *country, irm_buffer *metadata,
                         const int *years, int count);

#endif
