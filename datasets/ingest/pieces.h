/* Pieces on their way into the table, inside: parsed in any order, given the table's
 * codes in order (pieces_map.c), joined to the blocks by column (pieces.c). */
#ifndef IRMINON_INGEST_PIECES_H
#define IRMINON_INGEST_PIECES_H

#include "ingest/ingest.h"
#include "ingest/piece.h"

enum {
    ROUND = 32, /* most pieces in hand: half a megabyte each, and as much of cells */
    COLUMNS_AT_ONCE = 4, /* joined by a thread */
    MOST_SMALL = 128     /* texts whose codes in the table take a byte */
};

/* The codes in the table of a piece's texts, by column of the piece. They hold as long as
 * the column keeps its texts, which are those of several pieces. */
typedef struct mapping {
    int32_t *codes;
    bool *repaired; /* its zeros were lost */
    size_t n, capacity, repaired_capacity;
    size_t forgotten; /* of the texts that they are of */
    bool any_repaired;
    bool same;      /* each text has the same code in both */
    bool any_other; /* some text is another in the table, or has no code there */
} mapping;

/* What a short text of a column is in the table, whichever piece has it. */
typedef struct known_text {
    uint64_t key; /* its bytes, 0 for none */
    int32_t code;
    bool repaired; /* its zeros were lost */
    bool other;    /* the table has no code for it, or another text */
} known_text;

typedef struct known_texts {
    known_text *slots;
    size_t n_slots, n;
    unsigned shift; /* of the hash, to the slot */
} known_texts;

/* A piece on its way: parsed, given the table's codes, joined. */
typedef struct passage {
    piece part;
    mapping *mappings; /* one a column */
    int32_t *keys;     /* of a key whose level is the row's, one a row */
    uint64_t *hashes;  /* of rows that must differ */
    size_t keys_capacity, hashes_capacity;
    uint64_t key_zeros; /* keys whose zeros were lost */
    size_t first;       /* row of the table */
} passage;

/* Pieces parsed together, and how the taking of them ended. */
typedef struct round {
    passage passages[ROUND];
    size_t n;
    irm_status taken;
    irm_error error; /* of bytes that follow them */
} round;

struct piece_set {
    ingest *in;
    round rounds[3]; /* one is taken, one parsed and one joined at the same time */
    round *joined, *parsed, *taken;
    size_t most;        /* pieces in a round: some for each worker */
    size_t from, to;    /* of `joined`, what waits to be joined */
    size_t waiting;     /* their rows */
    irm_view *fields;   /* of a record */
    bool *quoted;       /* none is */
    known_texts *known; /* by column */
    bool *by_row;       /* columns whose codes are the passage's keys */
    bool unique;        /* rows must differ */
    size_t n_columns;
};

/* Gives a piece the table's codes. *again: its records are to be read in their turn. DATA
 * errors are told there, of the first row that has the fault. */
irm_status passage_map(ingest *in, piece_set *set, passage *through, bool *again,
                       irm_error *error);

/* Before a piece is parsed, when nobody gives codes: has its columns take over those of
 * the table where that is worth it. */
irm_status passage_adopt(const ingest *in, const piece_set *set, passage *through,
                         irm_error *error);

#endif
