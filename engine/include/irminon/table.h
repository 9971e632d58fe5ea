/* Tables: named columns of the same length, in memory.
 *
 * A column holds numbers, categories (codes into a dictionary of labels) or byte strings
 * (geometries). A cell that is not a plain value bears a marker: the text the producer
 * published ("s", "", "nd"), the state it stands for, and the interval it proves. Blank is
 * not zero, and no magic number stands for "missing".
 *
 * A table whose columns hold no data (`loaded` false) is a schema: what a store tells of a
 * table before any of it is read. */
#ifndef IRMINON_TABLE_H
#define IRMINON_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/attributes.h"
#include "irminon/dict.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How far a cell can be trusted. The order is stable: it is stored. */
typedef enum irm_state {
    IRM_STATE_VALUE = 0,
    IRM_STATE_ZERO,           /* a true zero */
    IRM_STATE_SECRET,         /* suppressed by the producer */
    IRM_STATE_MISSING,        /* not published, no reason known */
    IRM_STATE_NOT_APPLICABLE, /* means nothing here */
    IRM_STATE_IMPUTED,        /* filled in by the producer */
    IRM_STATE_FLOORED,        /* published at a floor or a ceiling */
    IRM_STATE_ESTIMATED,      /* shared out or modelled by us */
    IRM_STATE_BOUNDED,        /* only its interval is known */
    IRM_STATE_END
} irm_state;

/* "value", "zero", "secret", "missing", "not_applicable", "imputed", "floored",
 * "estimated", "bounded". */
IRM_API const char *irm_state_name(irm_state state);
/* IRM_STATE_END when no state has that name. */
IRM_API irm_state irm_state_parse(const char *name);
/* True where the cell has no number to show: secret, missing, not applicable, bounded. */
IRM_API bool irm_state_hidden(irm_state state);

/* What a published text proves of the cell that bears it: `lower` and `upper` are certain
 * bounds in the column's unit; -INFINITY and INFINITY where nothing is known. */
typedef struct irm_marker {
    char *text;
    irm_state state;
    double lower;
    double upper;
} irm_marker;

typedef enum irm_column_type {
    IRM_COLUMN_NUMBER = 0, /* doubles */
    IRM_COLUMN_CATEGORY,   /* codes and their labels; -1 for no value */
    IRM_COLUMN_BYTES       /* byte strings, such as WKB geometries */
} irm_column_type;

typedef struct irm_column {
    char *name;
    irm_column_type type;
    double *values;        /* NUMBER: n_rows; NaN where a marker hides the value */
    int32_t *codes;        /* CATEGORY: n_rows */
    irm_dict *categories;  /* CATEGORY: the labels of the codes */
    uint64_t *offsets;     /* BYTES: n_rows + 1 offsets into `bytes` */
    unsigned char *bytes;  /* BYTES */
    uint8_t *marks;        /* n_rows, 0 a plain value, m for markers[m - 1]; NULL: all plain */
    irm_marker *markers;   /* n_markers, at most 255 */
    size_t n_markers;
    double round_below;    /* a published v stands for [v - below, v + above]; 0 and 0: */
    double round_above;    /* exact. In the column's unit. */
    irm_attributes attributes;
} irm_column;

typedef struct irm_table {
    char *name;
    size_t n_rows;
    irm_column *columns;
    size_t n_columns;
    bool loaded; /* false: a schema, whose columns have no data */
    irm_attributes attributes;
} irm_table;

/* A table of that name, without columns; init before use, clear when done (clearing a
 * zeroed table is allowed). */
IRM_API irm_status irm_table_init(irm_table *table, const char *name, size_t n_rows,
                                  irm_error *error);
IRM_API void irm_table_clear(irm_table *table);

/* Adds a column with room for n_rows cells (numbers NaN, codes -1, byte strings empty) and
 * lends it until the next addition. Refused (EXISTS) when the name is taken. */
IRM_API irm_status irm_table_add(irm_table *table, const char *name, irm_column_type type,
                                 irm_column **column, irm_error *error);
/* Borrowed, or NULL. */
IRM_API irm_column *irm_table_column(const irm_table *table, const char *name);
/* The same, with an error that suggests the nearest name. */
IRM_API irm_status irm_table_need(const irm_table *table, const char *name,
                                  irm_column **column, irm_error *error);

/* Declares what a published text means in this column; *mark receives its number (from 1).
 * The same text again gives the same number. */
IRM_API irm_status irm_column_marker(irm_column *column, const char *text, irm_state state,
                                     double lower, double upper, uint8_t *mark,
                                     irm_error *error);
/* Copies markers, rounding and attributes (not the name nor the cells) into a column that
 * has none: what a derived column keeps of the one it comes from. */
IRM_API irm_status irm_column_copy_schema(const irm_column *from, irm_column *to,
                                          irm_error *error);
/* Marks row `row` (allocating the marks on the first use). */
IRM_API irm_status irm_column_mark(irm_column *column, size_t n_rows, size_t row,
                                   uint8_t mark, irm_error *error);
/* The state of a cell as stored: VALUE, or its marker's. A category of -1 is MISSING. */
IRM_API irm_state irm_column_state(const irm_column *column, size_t row);
/* Certain bounds of a numeric cell: marker, or rounding around the value. A count's bounds
 * are not clipped at zero here. */
IRM_API void irm_column_bounds(const irm_column *column, size_t row, double *lower,
                               double *upper);
/* The label of a category cell, "" for none. Borrowed. */
IRM_API const char *irm_column_label(const irm_column *column, size_t row);

/* Line of the file (from 1) that a row was read from, by the attribute "source_lines" that
 * ingest leaves ("row:line row:line…", one entry a run); 0 where it is not known. */
IRM_API size_t irm_table_line(const irm_table *table, size_t row);

#ifdef __cplusplus
}
#endif
#endif
