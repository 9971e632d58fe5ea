/* Detail tables (a row a person, a dwelling or an event) as frames.
 *
 * A frame of a detail table has one row for each territory that a column of the table
 * names (its key, and other columns of a level), and its figures are tabulations: of the
 * weight, of the records, or of a number that adds up, at some modalities of other
 * columns. All figures that fix the same columns at the same level come from one
 * tabulation, made when first needed and kept: a cube of the cells that have records.
 *
 * A territory of which the table has records holds zero where a cell has none. Private to
 * the layer. */
#ifndef IRMINON_EVALUATE_DETAIL_H
#define IRMINON_EVALUATE_DETAIL_H

#include "evaluate/frame.h"
#include "formula/formula.h"

enum { IRM_DETAIL_SOURCES = 16 };

/* How the records of a territory are found. */
typedef enum irm_detail_how {
    IRM_DETAIL_CODE = 0, /* by its code, in a column */
    IRM_DETAIL_IRIS,     /* of a commune: by the codes of its IRIS */
    IRM_DETAIL_REGION,   /* by its départements, when all are in the table */
    IRM_DETAIL_FRANCE    /* the whole, when all of metropolitan France is in the table */
} irm_detail_how;

/* A column that tells where a record is. The places of the table are its texts, or its
 * texts in each year: place = year × texts + text. */
typedef struct irm_detail_axis {
    size_t column; /* of the stored table */
    irm_dict *texts;
} irm_detail_axis;

/* One level of the frame. */
typedef struct irm_detail_source {
    char level[IRM_FRAME_LEVEL_SIZE];
    irm_detail_how how;
    size_t axis;
    int32_t *row; /* by place of the axis: row of the frame, or -1 */
} irm_detail_source;

/* Cells of the places of an axis that fix the same columns: runs, each of one modality of
 * every column. */
typedef struct irm_detail_cube {
    size_t axis;
    size_t *columns; /* fixed, of the stored table, ascending */
    size_t n_columns;
    size_t sum;        /* column added up; the stored table's n_columns: the weight */
    irm_dict **labels; /* by fixed column: its modalities */
    int32_t *codes;    /* by run, then by fixed column; -1: no value */
    size_t *start;     /* by run, and one more: first cell */
    size_t n_runs;
    uint32_t *places; /* by cell */
    double *values, *records;
} irm_detail_cube;

/* One figure: a number by row of the frame. */
typedef struct irm_detail_figure {
    char *key;
    irm_table table; /* of one column */
    irm_plain plain; /* how it adds up; looked at when first asked for */
} irm_detail_figure;

typedef struct irm_detail {
    const irm_table *stored;
    size_t weight; /* column of the stored table, or its n_columns */
    size_t period; /* the same */
    irm_table
        shell;  /* key, level and period of the rows: what the frame takes as schema */
    int *years; /* of the periods, ascending; NULL: no period */
    size_t n_years;
    irm_detail_axis axes[IRM_DETAIL_SOURCES];
    size_t n_axes;
    irm_detail_source sources[IRM_DETAIL_SOURCES];
    size_t n_sources;
    bool some_communes; /* communes are some of those of the territory, never all */
    irm_detail_cube **cubes;
    size_t n_cubes, cube_capacity;
    irm_detail_figure **figures;
    size_t n_figures, figure_capacity;
} irm_detail;

/* Finds the rows of a frame of a detail table, which becomes the frame's schema. */
irm_status irm_detail_open(irm_frame *frame, const irm_store *store,
                           const irm_geography *geography, irm_error *error);
void irm_detail_free(irm_detail *detail);

/* True when `name` is "rows" (the records), the weight, or a number that adds up;
 * `column` receives the column added up, the stored table's n_columns for records. */
bool irm_detail_measure(const irm_detail *detail, const char *name, size_t *column);
irm_kind irm_detail_kind(const irm_detail *detail, const char *name);
/* Checks that the table has the measure and the columns that a variable fixes. NOT_FOUND
 * with the reason. */
irm_status irm_detail_check(const irm_detail *detail, const irm_variable *variable,
                            irm_error *error);
/* True where a column that the variable fixes is of the complementary exploitation. */
bool irm_detail_complementary(const irm_detail *detail, const irm_variable *variable);
/* The figure of a variable at one of the frame's levels, among the columns of the frame:
 * made when first asked for. NOT_FOUND for modalities that nothing knows, REFUSED for
 * those that overlap. */
irm_status irm_detail_figure_get(irm_detail *detail, const irm_store *store,
                                 const irm_variable *variable, const char *level,
                                 size_t *column, irm_error *error);
irm_column *irm_detail_column(const irm_detail *detail, size_t index);
const irm_plain *irm_detail_plain(irm_detail *detail, size_t index);
/* The modalities of a column with records among those that a variable fixes; borrowed. */
irm_status irm_detail_modalities(irm_detail *detail, const irm_store *store,
                                 const irm_variable *variable, const char *dimension,
                                 const irm_dict **labels, irm_error *error);

/* Adds up the cells of a variable by the number that a column holds (an age) into
 * `counts` (by number, 0 to n - 1; greater ones into the last), for rows of the frame at
 * one of its levels, each times its share. Texts that are no numbers count for nothing.
 */
irm_status irm_detail_spread(irm_detail *detail, const irm_store *store,
                             const irm_variable *variable, const char *dimension,
                             const char *level, const double *shares, double *counts,
                             size_t n, irm_error *error);

/* The same for many territories at once, of which each row of the frame is in one (-1: in
 * none): `counts` by number, then by territory; greater numbers than n - 1 are left out.
 */
irm_status irm_detail_spread_all(irm_detail *detail, const irm_store *store,
                                 const irm_variable *variable, const char *dimension,
                                 const char *level, const int32_t *items, size_t n_items,
                                 double *counts, size_t n, irm_error *error);

/* The stored column of a name or stable id that can be fixed; n_columns when none. */
size_t irm_detail_dimension(const irm_detail *detail, const char *name);
/* The cube of an axis that has the columns (ascending); made when first asked for.
 * REFUSED where records have no weight. */
irm_status irm_detail_cube_get(irm_detail *detail, const irm_store *store, size_t axis,
                               const size_t *columns, size_t n_columns, size_t sum,
                               const irm_detail_cube **cube, irm_error *error);
void irm_detail_cube_free(irm_detail_cube *cube);

#endif
