/* CSV records from a byte source, as libcsv reads them (RFC 4180, strict): a quote in the
 * middle of a bare field and an unclosed quote are errors that name their line. Spaces
 * belong to their field. LF, CR LF and CR end a record outside quotes.
 *
 * The delimiter is detected from the first block when not given, and the encoding line by
 * line. Fields come out as UTF-8. Memory: one block and the longest record. */
#ifndef IRMINON_CSV_H
#define IRMINON_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/input.h"
#include "irminon/status.h"
#include "irminon/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum irm_encoding {
    IRM_ENCODING_AUTO = 0, /* UTF-8 if the bytes are, Windows-1252 otherwise */
    IRM_ENCODING_UTF8,
    IRM_ENCODING_WINDOWS_1252
} irm_encoding;

typedef struct irm_csv_options {
    char delimiter;        /* 0: detected among ; , tab and | */
    irm_encoding encoding;
    size_t block_size;     /* bytes read at a time; 0: 1 MiB */
} irm_csv_options;

/* A record. Views are valid until the next call. `line` is that of its first byte. */
typedef struct irm_csv_record {
    size_t n_fields;
    const irm_view *fields;
    const bool *quoted;
    size_t line;
} irm_csv_record;

/* What was repaired on the way. */
typedef struct irm_csv_repairs {
    bool bom;                /* a byte-order mark was dropped */
    bool crlf;               /* some line ended in CR LF */
    uint64_t windows_1252;   /* fields of lines that were not UTF-8, converted */
    char delimiter;          /* in use */
} irm_csv_repairs;

typedef struct irm_csv irm_csv;

/* Borrows `input`, which must outlive it. `options` may be NULL. */
/* Errors: DATA for what is not text (NUL bytes, UTF-16), USAGE for an impossible delimiter. */
IRM_API irm_status irm_csv_open(irm_input *input, const irm_csv_options *options,
                                irm_csv **csv, irm_error *error);
IRM_API void irm_csv_free(irm_csv *csv);
/* The next record, or NULL in *record at the end. Empty lines are skipped. After an error
 * the reader is at its end. */
IRM_API irm_status irm_csv_next(irm_csv *csv, const irm_csv_record **record,
                                irm_error *error);
/* Whole records, as they are, copied to `piece`, which is cleared first: for who parses
 * many at once. `line` is that of the first byte, which starts a record; the last is an LF.
 * Where quotes stand as they should, no record is cut; where they do not,
 * irm_csv_open_piece meets the fault among these bytes. An empty piece: what comes next is for
 * irm_csv_next, or nothing is left. Empty lines may be among them. IRM_CSV_PADDING NUL
 * bytes follow the piece. */
enum { IRM_CSV_PADDING = 64 };
IRM_API irm_status irm_csv_take(irm_csv *csv, irm_buffer *piece, size_t *line,
                                irm_error *error);
/* A reader of the records of such a piece, both of which it borrows, as `whole` would have
 * read them. */
IRM_API irm_status irm_csv_open_piece(const irm_csv *whole, const irm_buffer *piece,
                                      size_t line, irm_csv **csv, irm_error *error);
/* Counts what was repaired in a piece. */
IRM_API void irm_csv_add_repairs(irm_csv *csv, const irm_csv_repairs *repairs);
IRM_API irm_encoding irm_csv_encoding(const irm_csv *csv);
IRM_API irm_csv_repairs irm_csv_repaired(const irm_csv *csv);

#ifdef __cplusplus
}
#endif
#endif
