/* A frame is a stored table as evaluation sees it: whose figures it holds, at which
 * levels and years, where its codes are placed, and its columns, read once when first
 * asked for.
 *
 * Private to the layer. */
#ifndef IRMINON_EVALUATE_FRAME_H
#define IRMINON_EVALUATE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "evaluate/passages.h"
#include "evaluate/plain.h"
#include "irminon/descriptor.h"
#include "irminon/geography.h"
#include "irminon/identity.h"
#include "irminon/progress.h"
#include "irminon/quantity.h"
#include "irminon/store.h"

enum { IRM_FRAME_LEVELS = 64, IRM_FRAME_LEVEL_SIZE = 32 };

/* Rows of one measure of a cube. */
typedef struct irm_measure {
    char *name;
    irm_kind kind;
    const char *exploitation; /* borrowed from the schema, with what follows; or "" */
    uint32_t *rows;
    size_t n_rows;
    uint8_t **present; /* by dimension, by code: is there a row? */
    uint64_t *levels;  /* by year of the frame: set of the levels that have rows */
    /* Its rows by code of the dimension that has most, those of code i from start[i] on;
     * made when first asked for. */
    size_t fine;
    size_t *start;
    uint32_t *by_code;
} irm_measure;

/* Commune of the codes that the descriptor declares to be of no territory. */
enum { IRM_OF_NO_PLACE = -2 };

/* How a code of the key is placed; commune -1 where no commune has that code. One that was
 * split has pieces: then `commune` is the one that keeps the code, or the first. */
typedef struct irm_placed {
    int32_t commune;
    irm_placement how;
    uint32_t first_piece, n_pieces;
} irm_placed;

/* A commune that holds a share of a split code; NaN where nothing tells how much. */
typedef struct irm_piece {
    int32_t commune;
    double share;
} irm_piece;

struct irm_detail;

typedef struct irm_frame {
    const irm_table *schema;
    const char *dataset;
    irm_shape_kind shape;
    int vintage, geography;
    int pooled; /* survey years pooled by a vintage; 0: not a survey of several years */
    bool opened;
    const char **variables; /* by column of the schema: stable id, NULL for none */
    int *variable_years;    /* by column: 0 where it is of no year */
    irm_table *columns;     /* by column of the schema; n_rows 0 until read */
    irm_plain *plain;       /* by column of the schema: how its cells add up */
    irm_column *key;
    char levels[IRM_FRAME_LEVELS][IRM_FRAME_LEVEL_SIZE]; /* those its rows have */
    size_t n_levels;
    uint8_t *row_level; /* index into levels; NULL: all 0 */
    int *row_year;      /* 0: not the last period of its year; NULL: no period */
    int *years;         /* of the periods, ascending */
    size_t n_years;
    uint64_t *year_levels; /* by year (one where there is no period): set of levels */
    irm_placed *placed;    /* by code of the key */
    uint16_t *departments; /* by code of the key: number of its département, once asked for */
    irm_piece *pieces;     /* of those that were split */
    size_t n_pieces, pieces_capacity;
    size_t *dimensions;    /* cubes: columns of the schema */
    size_t n_dimensions;
    size_t value; /* cubes: column of the schema */
    irm_measure *measures;
    size_t n_measures;
    irm_identities identities; /* read when first needed, with the two that follow */
    irm_narrowed *narrowed;    /* by column of the schema */
    uint8_t *narrowed_done;
    struct irm_detail *detail; /* of detail tables, once opened: its shell is the schema */
} irm_frame;

irm_status irm_frame_init(irm_frame *frame, const irm_table *schema, irm_error *error);
void irm_frame_clear(irm_frame *frame);
/* Reads what tells rows apart (key, level, period, measure, dimensions) and places codes;
 * does nothing the second time. Codes that are nowhere are warned of once. */
irm_status irm_frame_open(irm_frame *frame, const irm_store *store,
                          const irm_geography *geography, irm_passages *passages,
                          const irm_reporter *reporter, irm_error *error);
/* A column, read when first asked for; borrowed from the frame. */
irm_status irm_frame_column(irm_frame *frame, const irm_store *store, size_t index,
                            irm_column **column, irm_error *error);
/* How the plain cells of a column that was read add up; looked at once. */
const irm_plain *irm_frame_plain(irm_frame *frame, size_t index);
/* Index into levels, or -1. */
int irm_frame_level(const irm_frame *frame, const char *id);
/* True when a variable or measure has rows of that level at that year. */
bool irm_frame_has_level(const irm_frame *frame, const char *name, const char *level,
                         int year);
/* Cubes: the measure of that name, or NULL. */
irm_measure *irm_frame_measure(const irm_frame *frame, const char *name);
/* Makes those lists. */
irm_status irm_frame_order_measure(const irm_frame *frame, irm_measure *measure,
                                   irm_error *error);
/* Wide: true and the column, for a variable at a year (year 0: any, and the newest). A
 * column without a year is of every year. */
bool irm_frame_variable(const irm_frame *frame, const char *name, int year,
                        size_t *column);
/* True when the frame holds the variable or measure at all (its schema tells for wide
 * tables; cubes must be open). */
bool irm_frame_has(const irm_frame *frame, const char *name);
/* Adds the years of a variable or measure to an ascending list without repeats. */
irm_status irm_frame_years(const irm_frame *frame, const char *name, int **years,
                           size_t *count, irm_error *error);
irm_status irm_years_add(int **years, size_t *count, int year, irm_error *error);

/* The cells of a column that the identities of its rows narrow; NULL where there are none.
 * Found when first asked for, for all the columns that they join. */
irm_status irm_frame_narrowed(irm_frame *frame, const irm_store *store,
                              const irm_reporter *reporter, size_t column,
                              const irm_narrowed **narrowed, irm_error *error);
/* The quantity a cell publishes, within what identities prove (`narrowed` may be NULL). */
irm_quantity irm_cell_narrowed(const irm_column *column, const irm_narrowed *narrowed,
                               size_t row, bool floor);
/* The quantity a cell publishes; `floor` true cuts its bounds at 0. */
irm_quantity irm_cell_quantity(const irm_column *column, size_t row, bool floor);

#endif
