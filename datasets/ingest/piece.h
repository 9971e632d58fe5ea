/* A piece of a CSV file: whole records parsed into columns of its own, whatever came
 * before them, so that pieces are parsed in any order.
 *
 * A piece's memory serves one piece after another, and its columns keep the texts they
 * know: nearly all fields of a census are one of a few short texts, found again by a
 * table of words of 64 bits. */
#ifndef IRMINON_INGEST_PIECE_H
#define IRMINON_INGEST_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "irminon/csv.h"
#include "irminon/dict.h"
#include "irminon/scan.h"
#include "irminon/text.h"

typedef enum piece_fill { PIECE_DROP = 0, PIECE_NUMBER, PIECE_CATEGORY } piece_fill;

enum {
    PIECE_BLANK = UINT16_MAX, /* the code of no text */
    PIECE_SHORT = 6,          /* bytes of a text that fits in a word with its code */
    PIECE_QUICK = 3,          /* the same in half a word, with a code of a byte */
    PIECE_NARROW = UINT8_MAX  /* codes under this take a byte, and so does no text */
};

/* A distinct text of a column, in order of first appearance: `size` bytes at `at` of the
 * column's texts. */
typedef struct piece_label {
    uint64_t hash; /* of a long one */
    size_t at, size;
} piece_label;

typedef struct piece_column {
    /* What each field asks for stands first, in one line of the cache. Texts are looked
     * for in few bytes at first, so that those of all columns stay near. */
    uint32_t *quick; /* some texts of one to three bytes, and their code << 24; 0 empty */
    uint32_t multiplier, quick_shift; /* of their hash */
    uint64_t *slots;      /* short texts: bytes, and their code << 48; 0 empty */
    unsigned shift;       /* of the hash of a short text, to its slot */
    unsigned wide;        /* codes take two bytes rather than one: 1, else 0 */
    unsigned char *codes; /* into `labels`, one a row: piece_code reads them */
    piece_fill fill;
    bool blank_refused;
    size_t n_quick, quick_of; /* slots, and the labels that they know of */
    size_t n_slots, n_short;
    double *values;
    size_t codes_capacity, values_capacity; /* codes: of bytes */
    uint16_t *long_slots;                   /* the others: code + 1 */
    size_t n_long_slots, n_long;
    piece_label *labels;
    size_t n_labels, labels_capacity;
    size_t forgotten; /* how often it forgot them */
    irm_buffer texts;
    char last[24]; /* the last number as it was written, and its value */
    size_t last_size;
    double last_value;
    bool last_spaced, last_other_mark;
    uint64_t spaces, marks, held; /* as a builder counts them */
} piece_column;

/* A cell of a number column that holds no number. */
typedef struct piece_cell {
    uint32_t row, field;
    size_t line, stop; /* where its record starts and it ends, among the bytes */
    uint8_t mark;      /* once it is known, 0 for none */
} piece_cell;

typedef struct piece {
    irm_buffer bytes; /* whole records, and IRM_CSV_PADDING bytes that may be read */
    size_t line;      /* of the first byte */
    char delimiter, decimal;
    irm_encoding encoding;
    irm_scan_way way;
    piece_column *columns;
    size_t n_columns, least;  /* fields a record has, and may have at least */
    uint64_t *stops, *quotes; /* of the bytes */
    size_t stops_capacity, quotes_capacity;
    piece_cell *cells; /* that hold no number, by row */
    size_t n_cells, cells_capacity;
    size_t n_rows, n_lines; /* lines: line ends outside quotes, as many as rows or more */
    bool odd;               /* something in it needs the record reader */
    bool regular;           /* a row a line */
    bool crlf;
} piece;

/* The code of a row's text, PIECE_BLANK for none. */
static inline uint16_t piece_code(const piece_column *column, size_t row) {
    uint16_t code;
    if (!column->wide) {
        return column->codes[row] == PIECE_NARROW ? PIECE_BLANK : column->codes[row];
    }
    memcpy(&code, column->codes + 2 * row, sizeof code);
    return code;
}

/* Parses the bytes into the columns. Fails for want of memory only. */
irm_status piece_parse(piece *part, irm_error *error);
irm_view piece_text(const piece_column *column, size_t label);
/* Forgets the texts of a column and gives the first codes to these, in order: the codes
 * of a table, so that they need not be told apart from the column's own. The texts are
 * not empty, differ, and are under PIECE_NARROW. */
irm_status piece_adopt(piece_column *column, const irm_dict *labels, irm_error *error);
/* The fields of the cell's record, of which `most` are kept in `fields`; how many there
 * are.
 */
size_t piece_split(const piece *part, const piece_cell *cell, irm_view *fields,
                   size_t most);
/* Forgets the texts of a column, or of all. */
void piece_forget(piece_column *column);
void piece_forget_all(piece *part);
void piece_clear(piece *part);

#endif
