/* A piece of a CSV file: plain records parsed into columns of its own, whatever came before
 * them, so that pieces are parsed in any order. */
#ifndef IRMINON_INGEST_PIECE_H
#define IRMINON_INGEST_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/text.h"

typedef enum piece_fill { PIECE_DROP = 0, PIECE_NUMBER, PIECE_CATEGORY } piece_fill;

enum { PIECE_BLANK = -1, PIECE_PADDING = 8 };

/* A distinct text of a column, in order of first appearance. */
typedef struct piece_label {
    uint64_t key; /* the bytes of a text of up to 8, a hash of a longer one */
    irm_view text;
} piece_label;

typedef struct piece_slot {
    uint64_t key;
    int32_t label; /* label + 1, 0 empty */
    bool whole;   /* the key is the text */
} piece_slot;

typedef struct piece_column {
    piece_fill fill;
    bool blank_refused;
    int32_t *codes; /* into `labels`, PIECE_BLANK for none */
    double *values;
    size_t codes_capacity, values_capacity;
    piece_label *labels;
    size_t n_labels, labels_capacity;
    piece_slot *slots; /* open addressing */
    size_t n_slots;    /* a power of two, 0 until used */
    uint64_t spaces, marks, held; /* as a builder counts them */
} piece_column;

typedef struct piece {
    irm_buffer bytes; /* whole lines, and PIECE_PADDING bytes that may be read */
    size_t line;      /* of the first byte */
    char delimiter, decimal;
    piece_column *columns;
    size_t n_columns, least; /* fields a record has, and may have at least */
    size_t n_rows;
    bool odd; /* something in it needs the record reader */
} piece;

/* Parses the bytes into the columns. Fails for want of memory only. */
irm_status piece_parse(piece *part, irm_error *error);
/* The next line that is not empty, as a view without its end; false at the end. */
bool piece_line(const piece *part, size_t *position, size_t *lines, irm_view *line);
void piece_clear(piece *part);

#endif
