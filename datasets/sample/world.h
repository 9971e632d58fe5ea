/* The people of the sample: persons, households and dwellings of a year, as weighted
 * records from which every file is computed. */
#ifndef IRMINON_SAMPLE_WORLD_H
#define IRMINON_SAMPLE_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"
#include "sample/geography.h"

/* Weights are whole numbers of 10^-12, so that sums are exact. */
#define SAMPLE_UNIT INT64_C(1000000000000)
enum { SAMPLE_OLDEST = 104 };

/* Characteristics of a person, then of the dwelling and household. Codes are INSEE's
 * where they fit in a number; 0 is 'does not apply'. */
typedef enum sample_field {
    SEX,       /* 1 man, 2 woman */
    AGE,       /* completed years */
    LINK,      /* 1 reference person, 2 partner, 3 child, 6 other, 0 outside households */
    ACTIVITY,  /* TACT: 11 in work, 12 unemployed, 21, 22, 23, 24, 25 */
    DIPLOMA,   /* 1 none … 7 five years of higher education; 0 under 15 */
    AT_SCHOOL, /* 1 yes, 2 no */
    OCCUPATION,  /* CS1: 1 farmers … 6 workers, 7 retired, 8 others; 0 under 15 */
    CONTRACT,    /* EMPL: 11…16, 21…23 */
    WORK_TIME,   /* 1 full, 2 part */
    WORKPLACE,   /* ILT: 1 same commune … 7 abroad */
    TRANSPORT,   /* 1 none, 2 foot, 3 bicycle, 4 motorcycle, 5 car, 6 public */
    IMMIGRANT,   /* 1 yes, 2 no */
    NATIONALITY, /* 1 French, 2 foreign */
    MARITAL,     /* STAT_CONJ */
    IN_COUPLE,   /* 1 yes, 2 no */
    MOVED,       /* IRAN: 0 too young, 1 same dwelling, 2 same commune, 3…7, 9 abroad */
    PERSON_FIELDS,

    CATEGORY = PERSON_FIELDS, /* CATL: 1 main, 2 occasional, 3 second, 4 vacant */
    HOUSEHOLD, /* 1 man alone, 2 woman alone, 3 others, 4 couple, 5 with children, 6 one
                  parent */
    SIZE,      /* persons */
    HOUSE,     /* TYPL: 1 house, 2 flat */
    ROOMS,
    SURFACE, /* SURF: 1…7 */
    BUILT,   /* 1 before 1919, 2 to 1945, 3 to 1970, 4 to 1990, 5 to 2005, 6 later */
    TENURE,  /* 10, 21 private, 22 social, 23 furnished, 30 free */
    CARS,
    YEARS_IN,    /* since moved in */
    CHILDREN,    /* of the family, any age */
    CHILDREN_25, /* under 25 */
    CHILDREN_20,
    CHILDREN_3,
    BLENDED, /* 1 when a couple's children are not all of both */
    HEAD_SEX,
    HEAD_AGE,
    HEAD_OCCUPATION,
    HEAD_ACTIVITY,
    STANDARD, /* living standard a year, in tens of euros */
    UNITS_10, /* consumption units × 10 */
    BLOCK,    /* IRIS: 1…, 0 in a commune that is not divided */
    CROWDED,  /* 1 when overcrowded */
    /* CAF, December of the year: 1 when paid. */
    CAF, /* any benefit */
    CAF_RSA,
    CAF_PPA,
    CAF_HOUSING, /* 1 APL, 2 ALF, 3 ALS */
    CAF_AF,
    CAF_CF,
    CAF_ASF,
    CAF_PAJE,
    CAF_CMG,
    CAF_AAH,
    CAF_AEEH,
    CAF_ARS,
    CAF_SHARE, /* benefits in resources: 1 under a half, 2 at least half, 3 all; 0 unknown
                */
    CAF_LOW,   /* low income */
    FIELD_COUNT
} sample_field;

typedef struct sample_household {
    int64_t weight;
    int commune;
    int first; /* person; `value[SIZE]` of them (or one, of a community) */
    int16_t value[FIELD_COUNT - PERSON_FIELDS];
} sample_household;

typedef struct sample_person {
    int household; /* -1 outside households */
    int commune;
    int64_t weight;
    int16_t value[PERSON_FIELDS];
} sample_person;

typedef struct sample_world {
    int year;
    sample_household *households; /* dwellings, vacant ones too; grouped by commune */
    size_t household_count, household_capacity;
    sample_person *persons; /* grouped by commune */
    size_t person_count, person_capacity;
    /* Indices of persons in order of age: those aged a are by_age[age_start[a]] up to
     * by_age[age_start[a + 1]]. */
    int *by_age;
    int age_start[SAMPLE_OLDEST + 2];
} sample_world;

/* Zero-initialise; clear when done. */
irm_status sample_world_make(sample_world *world, const sample_geography *geography,
                             int year, irm_error *error);
void sample_world_clear(sample_world *world);
/* A field of a person, or of the household it lives in (0 outside households). */
int sample_field_of(const sample_world *world, const sample_person *person,
                    sample_field field);
static inline int sample_dwelling_field(const sample_household *household,
                                        sample_field field) {
    return household->value[field - PERSON_FIELDS];
}

/* Where and when a household lives. */
typedef struct sample_place {
    const sample_geography *geography;
    const sample_commune *commune;
    int index, year;
} sample_place;

#endif
