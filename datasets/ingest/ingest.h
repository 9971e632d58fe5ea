/* Ingest, inside: a file being read into columns by its descriptor.
 *
 * The header makes one builder a field (header.c). Rows are parsed straight into them
 * (rows.c, cells.c) without an allocation a row, checked against the rows before
 * (unique.c), and put aside when they are bad and that was asked (rejects.c). Builders
 * hold one block of rows; full, it goes to the spool, compressed (blocks.c). What no
 * descriptor types is kept as distinct texts, or as the numbers that they look like
 * (guess.c), and typed at the end (infer.c). Then the columns become a table with its
 * lineage (finish.c).
 *
 * Most of a large detail file is plain records: they are taken by pieces of half a
 * megabyte and parsed in threads (pieces.c, piece.c), then joined in order; what a piece
 * does not understand is read again record by record, so that the result is the same. */
#ifndef IRMINON_INGEST_INGEST_H
#define IRMINON_INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "descriptors/model.h"
#include "irminon/csv.h"
#include "irminon/descriptor.h"
#include "irminon/files.h"
#include "irminon/input.h"
#include "irminon/labels.h"
#include "irminon/progress.h"
#include "irminon/spool.h"
#include "irminon/store.h"
#include "irminon/table.h"

enum { NO_COLUMN = -1 };

typedef enum fill {
    FILL_DROP = 0, /* not kept */
    FILL_NUMBER,
    FILL_CATEGORY,
    FILL_INFER /* a category until its end is seen */
} fill;

/* A marker as one column applies it. */
typedef struct applied_marker {
    const model_marker *marker;
    int when;     /* field of its condition, NO_COLUMN for none */
    bool absent;  /* its condition names a column that the file lacks: never applies */
    uint8_t mark; /* in the column, 0 until first used */
    double floor; /* the number that it is published as; NaN for markers that are words */
} applied_marker;

/* Whether the texts of a column, as far as they were seen, are all numbers that no two
 * texts write alike: its blocks are then kept as numbers, which they will probably be. */
typedef struct guess {
    double *values; /* of each label seen */
    size_t n, capacity;
    bool numbers;
    bool whole, small; /* and in 16 bits; in 8 */
} guess;

/* A column being filled. */
typedef struct builder {
    irm_column column; /* what becomes the table's; its arrays hold one block */
    int8_t *bytes;     /* the block's codes instead, where `small` */
    bool small;
    size_t slot;               /* its column in the spool */
    guess guess;               /* of a column to infer */
    size_t n_labels;           /* before the rows under way */
    const model_column *entry; /* of the descriptor, NULL for none */
    char id[128];
    int year, first_year; /* of its header, 0 for none */
    fill fill;
    model_role role;
    irm_kind kind;
    char level[24]; /* of a key or code, "" for none */
    int pad;
    bool checked; /* the form of its codes is enforced */
    applied_marker *markers;
    size_t n_markers;
    bool floors;   /* some marker is published as a number */
    char last[48]; /* the last text coded, and its code: files repeat themselves */
    size_t last_size;
    int32_t last_code;
    uint64_t zeros, spaces, marks; /* repairs: leading zeros, thousands, decimal marks */
    uint64_t held;                 /* cells of a column without a name that held text */
} builder;

/* Rows from `row` on, each a line after the one before. */
typedef struct line_run {
    size_t row, line;
} line_run;

/* Rows by the codes that identify them: open addressing. */
typedef struct unique_rows {
    builder **columns;
    size_t n_columns;
    uint64_t *hashes;
    uint32_t *rows; /* row + 1, 0 empty */
    size_t n_slots, n_used;
    line_run *runs;
    size_t n_runs, runs_capacity;
    int32_t *block; /* codes of an earlier block, column by column */
    size_t n_block; /* which, plus 1 */
} unique_rows;

typedef struct reject_file {
    const char *path; /* NULL: rows are counted, not kept */
    irm_output output;
    bool open;
    uint64_t count;
    irm_error first;
} reject_file;

typedef struct ingest {
    const irm_registry *registry;
    const irm_ingest_options *options;
    const irm_reporter *reporter;
    irm_input *input;
    irm_csv *csv;
    const char *name;   /* of the input, for messages; borrowed from it */
    const model *whole; /* NULL: an unknown file */
    irm_recognition found;
    char dataset[96];     /* id asked for, or the family's */
    char asked_level[24]; /* of the rows, "" for none */
    int vintage;          /* asked for, 0 until known */
    char decimal;         /* '.' or ',' */
    bool either_mark;     /* both decimal marks are in order */
    builder *builders;    /* one a field of the header */
    size_t n_builders;
    int key, level, period; /* fields, or NO_COLUMN */
    size_t n_rows;
    size_t at, capacity; /* the next row in the block, and rows it has room for */
    bool any_small;      /* some columns may hold the block's codes in bytes */
    irm_spool *spool;
    const char *folder; /* of its file, NULL for none */
    const irm_store *store; /* that it goes to, likewise */
    size_t workers;
    void **scratch; /* a block of numbers for each, once it is needed */
    unique_rows unique;
    reject_file rejects;
    irm_dictionary *dictionary; /* that of its archive, NULL for none */
} ingest;

/* Reads the header: names, recognition, builders. */
irm_status ingest_header(ingest *in, irm_error *error);
/* The builder whose header or id has that name, or NO_COLUMN. */
int ingest_find(const ingest *in, const char *name);

/* Reads every row. */
irm_status ingest_rows(ingest *in, irm_error *error);

/* Reads one record into the next row, or puts it aside where that was asked. */
irm_status ingest_record(ingest *in, const irm_csv_record *record, irm_error *error);
/* Notes which labels are known, and forgets those added since: they are of rows that are
 * not kept, or not yet. */
void ingest_keep_labels(ingest *in);
void ingest_drop_labels(ingest *in);
/* Fewest fields a record may have. */
size_t ingest_least_fields(const ingest *in);

/* Makes the spool, once the columns are known. */
irm_status ingest_open_spool(ingest *in, irm_error *error);
/* Room in every column for `wanted` rows of the block, and one more to try cells in. */
irm_status ingest_reserve(ingest *in, size_t wanted, irm_error *error);
/* The block that starts keeps the codes of a column in `bytes`. */
irm_status ingest_start_small(builder *column, irm_error *error);
/* The same of a block that has `n` codes already, where they are small enough. */
irm_status ingest_shrink(builder *column, size_t n, irm_error *error);
/* Its first `n` codes, if they are in `bytes`, become those of its column: rows of any
 * code may follow. */
void ingest_widen(builder *column, size_t n);
/* Puts block `block` of a column, of `n` rows, in the spool. */
irm_status ingest_seal_column(ingest *in, size_t field, size_t block, size_t n,
                              size_t worker, irm_error *error);
/* Goes on to the next row; a full block is sealed. */
irm_status ingest_next_row(ingest *in, irm_error *error);
/* Seals the last block. */
irm_status ingest_seal_last(ingest *in, irm_error *error);
size_t ingest_blocks(const ingest *in);
size_t ingest_block_rows(const ingest *in, size_t block);

/* Looks at the labels that were added; whether the block may be kept as numbers. */
bool guess_look(builder *column);

/* Pieces of the file read in parallel (pieces.c); NULL where each record has to be looked
 * at in its turn. Reads some; *more is false when irm_csv_next must go on. */
typedef struct piece_set piece_set;
irm_status pieces_new(ingest *in, piece_set **set, irm_error *error);
irm_status pieces_read(ingest *in, piece_set *set, bool *more, irm_error *error);
void pieces_free(piece_set *set);

/* One field of a record into row `in->at` of its column. */
irm_status ingest_cell(ingest *in, const irm_csv_record *record, size_t field,
                       irm_error *error);
/* The mark of a cell that holds no number, 0 for none; DATA when no marker is that text.
 */
irm_status ingest_mark_of(ingest *in, const irm_csv_record *record, size_t field,
                          uint8_t *mark, irm_error *error);
/* The level that a level column's word stands for, for a code of the key; "" unknown. */
const char *ingest_level_of(const builder *level, irm_view word, irm_view code);

/* Adds the row at `in->at`, or fails naming the line that has the same identity. */
irm_status unique_add(ingest *in, size_t line, irm_error *error);
/* The hash of the codes that identify a row, one after the other. */
uint64_t unique_mix(uint64_t hash, int32_t code);
uint64_t unique_hash(uint64_t mixed);
/* Whether a code of the key is that of no territory: its rows identify nothing. */
bool unique_unplaced(const ingest *in, int32_t code);
/* Adds rows from `first` on by their hashes, SKIP_HASH for those that identify nothing,
 * the first of which is at `line`. *met: one of them may be there already, and none was
 * added. */
#define SKIP_HASH UINT64_MAX
irm_status unique_add_all(unique_rows *unique, const uint64_t *hashes, size_t n,
                          size_t first, size_t line, bool *met, irm_error *error);
/* Looks whether two rows of the whole file have the same identity. */
irm_status unique_examine(ingest *in, bool *twice, irm_error *error);
void unique_clear(unique_rows *unique);

/* Puts a bad record aside with its reason. */
irm_status reject_row(ingest *in, const irm_csv_record *record, const irm_error *reason,
                      irm_error *error);
irm_status reject_close(ingest *in, irm_error *error);

/* Texts that producers usually put where a number is hidden or absent; ends with a NULL.
 */
typedef struct usual_marker {
    const char *text;
    irm_state state;
} usual_marker;
extern const usual_marker usual_markers[];

/* A number as people write them; "007" is a code. */
bool infer_number(const char *text, double *value, bool *spaces, bool *comma);
/* Whether its name says that it holds codes or periods, whatever they look like. */
bool infer_stays_text(const builder *column);
/* Types a column that nothing typed. */
irm_status infer_column(ingest *in, builder *column, irm_error *error);
/* Roles, key and level of an unknown file, once its columns are typed. */
irm_status infer_roles(ingest *in, irm_shape_kind *shape, irm_error *error);
/* Writes what was inferred as a descriptor. */
irm_status infer_write(const ingest *in, irm_shape_kind shape, const char *path,
                       irm_error *error);

/* Compares what a cube publishes of départements, of régions (where the store, which may
 * be NULL, has a geography that tells them) and of France with what their communes add up
 * to, for the measures that add up, within the rounding of the figures. Told through the
 * reporter (cells compared, apart, the worst with both figures; territories whose
 * communes are not all there), never an error of the data. */
irm_status totals_check(const irm_table *table, irm_spool *spool, const irm_store *store,
                        const irm_reporter *reporter, irm_error *error);

/* Makes the table, not loaded, whose columns are taken out of the builders. */
irm_status ingest_finish(ingest *in, irm_shape_kind shape, const char *path,
                         irm_table *table, irm_error *error);
/* Reads a layer of polygons (layer.c); clears nothing of `table` when it fails. */
irm_status ingest_layer(const irm_registry *registry, const char *path,
                        const irm_ingest_options *options, const irm_reporter *reporter,
                        irm_table *table, irm_error *error);
/* Attributes of one column. */
irm_status ingest_describe_column(const ingest *in, builder *column, irm_error *error);

#endif
