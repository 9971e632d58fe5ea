/* A column of a detail file: where its text comes from. What differs between files is a
 * table of these. */
#ifndef BENCH_COLUMN_H
#define BENCH_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A field and the semicolon after it; copied whole, so that the copy is two moves. */
typedef struct bench_token {
    char text[23];
    uint8_t length;
} bench_token;

typedef enum column_source {
    DRAWN, /* from its modalities and their frequencies */
    OF_COMMUNE,
    OF_DISTRICT,
    OF_CANTON,
    OF_DEPARTMENT,
    OF_REGION,
    OF_METROPOLE,
    OF_IRIS,
    OF_TRIRIS,
    OF_WEIGHT,
    OF_HOUSEHOLD_NUMBER,
    OF_HOUSEHOLD_SIZE,
    OF_FORMER_COMMUNE, /* the same one, for most */
    OF_AGE_REACHED,    /* in the year: AGED */
    OF_AGE,            /* last birthday: AGEREV */
    OF_AGE_FIVE,       /* AGEREVQ */
    OF_AGE_CLASSES,    /* AGER20 */
    OF_BIRTH_YEAR
} column_source;

/* Whom a drawn column is drawn for. */
typedef enum column_scope { DWELLING, PERSON } column_scope;

/* When it is drawn; otherwise it holds its `outside` text. */
typedef enum column_gate { ALWAYS, WORKERS, OCCUPIED, MAINLAND, OVERSEAS } column_gate;

enum { CHILD, YOUTH, ADULT, SENIOR, N_STAGES };

/* `codes` are "code:frequency code:frequency …", one text for each stage of life where it
 * matters; a NULL repeats the first. */
typedef struct column_spec {
    const char *name;
    column_source source;
    column_scope scope;
    column_gate gate;
    const char *outside;
    const char *codes[N_STAGES];
} column_spec;

enum { MAX_CODES = 80 };

/* Modalities, and which of them each of 1,024 equally likely draws gives. */
typedef struct column_draw {
    bench_token tokens[MAX_CODES];
    uint8_t pick[1024];
} column_draw;

bench_token token_make(const char *text);
/* False, told on standard error, when `codes` is malformed. */
bool column_draw_make(column_draw *draw, const char *codes);

extern const column_spec person_columns[], dwelling_columns[];
extern const size_t n_person_columns, n_dwelling_columns;

#endif
