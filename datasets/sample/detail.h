/* Detail files: one record a dwelling (LOGEMT) or a person (INDCVI), with its weight. */
#ifndef IRMINON_SAMPLE_DETAIL_H
#define IRMINON_SAMPLE_DETAIL_H

#include "sample/country.h"

enum { DETAIL_YEAR = 2021, DETAIL_LUCK = 12 };

/* What a record is about. In LOGEMT the person is the reference person of the household.
 */
typedef struct detail_record {
    const sample_geography *geography;
    const sample_world *world;
    const sample_commune *commune;
    const sample_household *household; /* NULL outside households */
    const sample_person *person;       /* NULL in a dwelling where nobody lives */
    bool about_person;
    int number;            /* of the household in its canton */
    int luck[DETAIL_LUCK]; /* per mille, for what nothing else depends on */
    int64_t weight;
} detail_record;

typedef void (*detail_put)(const detail_record *record, irm_buffer *out);

/* How a column is written: by a function; or a field, zero-padded to `width`, `none`
 * where there is nothing to tell; or a fixed text; or how many of the household have a
 * field between two values; or the children of the family up to an age. */
typedef struct detail_column {
    const char *name;
    enum { DETAIL_CALL, DETAIL_FIELD, DETAIL_FIXED, DETAIL_COUNT, DETAIL_CHILDREN } how;
    detail_put put;
    const char *text;
    int field, low, high;
} detail_column;

#define CALL(function) DETAIL_CALL, function, NULL, 0, 0, 0
#define FIELD(field, width, none) DETAIL_FIELD, NULL, none, field, width, 0
#define FIXED(text) DETAIL_FIXED, NULL, text, 0, 0, 0
#define COUNT(field, low, high) DETAIL_COUNT, NULL, NULL, field, low, high
#define CHILD(last) DETAIL_CHILDREN, NULL, NULL, 0, 0, last

/* Columns common to both files (detail_common.c). Absent values are Y in LOGEMT (nobody
 * lives there), Z in INDCVI (outside an ordinary dwelling). */
void detail_iris(const detail_record *r, irm_buffer *out);
void detail_triris(const detail_record *r, irm_buffer *out);
void detail_iris_kind(const detail_record *r, irm_buffer *out);
void detail_region(const detail_record *r, irm_buffer *out);
void detail_weight(const detail_record *r, irm_buffer *out);
void detail_moved_in_class(const detail_record *r, irm_buffer *out);
void detail_years_in_class(const detail_record *r, irm_buffer *out);
void detail_lift(const detail_record *r, irm_buffer *out);
void detail_heating(const detail_record *r, irm_buffer *out);
void detail_fuel(const detail_record *r, irm_buffer *out);
void detail_parking(const detail_record *r, irm_buffer *out);
void detail_social(const detail_record *r, irm_buffer *out);
void detail_rooms(const detail_record *r, irm_buffer *out);
void detail_bathroom(const detail_record *r, irm_buffer *out);
void detail_tenure(const detail_record *r, irm_buffer *out);
void detail_building(const detail_record *r, irm_buffer *out);
void detail_cars(const detail_record *r, irm_buffer *out);
void detail_diploma(const detail_record *r, irm_buffer *out);
void detail_contract(const detail_record *r, irm_buffer *out);
void detail_school_place(const detail_record *r, irm_buffer *out);
void detail_workplace(const detail_record *r, irm_buffer *out);
void detail_birthplace(const detail_record *r, irm_buffer *out);
void detail_search(const detail_record *r, irm_buffer *out);
void detail_activity(const detail_record *r, irm_buffer *out);
void detail_work_time(const detail_record *r, irm_buffer *out);
void detail_transport(const detail_record *r, irm_buffer *out);

/* INAI of a person: 1 born in the département, 2 in another of the région, 3, 6 abroad.
 */
int detail_birthplace_code(const detail_record *record);
/* A field of the record, 0 where it has none. */
int detail_value(const detail_record *record, sample_field field);
/* Whether the record has a main dwelling to describe. */
bool detail_lived_in(const detail_record *record);
/* Writes the header, or a record. */
void detail_put_header(const detail_column *columns, size_t count, irm_buffer *out);
void detail_put_record(const detail_column *columns, size_t count,
                       const detail_record *record, irm_buffer *out);
/* The record of a person, or of a dwelling (person NULL), with its luck. */
detail_record detail_of(const sample_geography *geography, const sample_world *world,
                        const sample_household *household, const sample_person *person,
                        size_t index);

irm_status sample_write_persons(sample_country *country, irm_error *error);
irm_status sample_write_dwellings(sample_country *country, irm_error *error);

#endif
