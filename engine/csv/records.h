/* Private to engine/csv/: the record being read, and the two readers that fill it. */
#ifndef IRMINON_CSV_RECORDS_H
#define IRMINON_CSV_RECORDS_H

#include <csv.h>

#include "irminon/csv.h"

/* Fields of one record, in arrays that grow together. */
typedef struct csv_fields {
    irm_view *views;
    bool *quoted;
    size_t count;
    size_t views_capacity, quoted_capacity;
} csv_fields;

irm_status irm_csv_fields_add(csv_fields *fields, const char *data, size_t size,
                              bool quoted, irm_error *error);

/* Which bytes end a run in a bare field, and in a quoted one. */
typedef struct csv_stops {
    bool bare[256];
    bool quoted[256];
} csv_stops;

void irm_csv_stops_init(csv_stops *stops, char delimiter);

typedef enum scan_result {
    SCAN_DONE, /* *used bytes, the line end (one byte) included */
    SCAN_ODD,  /* cut by the block's end, a quote inside, a broken rule: libcsv's */
    SCAN_NO_MEMORY
} scan_result;

/* The common record, whole in [data, end), whose quoted fields hold no quote and no line
 * end: views into the block. It gives what libcsv would, or SCAN_ODD. */
scan_result irm_csv_scan(const char *data, const char *end, const csv_stops *stops,
                         char delimiter, csv_fields *fields, size_t *used);

/* libcsv, fed one record that may span blocks. */
typedef struct csv_reference {
    struct csv_parser parser;
    irm_buffer bytes; /* of the fields, copied */
    size_t *ends;     /* of each field in `bytes` */
    size_t ends_capacity;
    csv_fields *fields; /* receives them */
    bool next_quoted;   /* the field that the next byte may end was quoted */
    bool row;           /* the record is complete */
    bool no_memory;
    size_t inner_lines; /* line ends inside the quoted fields so far */
} csv_reference;

irm_status irm_csv_reference_init(csv_reference *reference, char delimiter,
                                  csv_fields *fields, irm_error *error);
void irm_csv_reference_clear(csv_reference *reference);
void irm_csv_reference_start(csv_reference *reference);
/* Feeds bytes until the record ends or they do; *used is what was consumed. DATA: strict
 * mode refused the byte at *used. */
irm_status irm_csv_reference_feed(csv_reference *reference, const char *data, size_t size,
                                  size_t *used, irm_error *error);
/* The end of the input. DATA: the last field's quote is open. */
irm_status irm_csv_reference_finish(csv_reference *reference, irm_error *error);
/* The text of the field under way, and the line ends in it. */
irm_view irm_csv_reference_partial(const csv_reference *reference);
size_t irm_csv_count_lines(const char *data, size_t size);

/* Detection on the first block. */
char irm_csv_detect_delimiter(const char *data, size_t size);
/* NULL, or why these bytes are not text. */
const char *irm_csv_detect_not_text(const char *data, size_t size);

#endif
