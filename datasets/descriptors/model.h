/* A descriptor as it is written: one structure a mapping of the YAML file, fields as in
 * docs/descriptors.md. Everything is owned by the YAML loader. */
#ifndef IRMINON_DESCRIPTORS_MODEL_H
#define IRMINON_DESCRIPTORS_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/csv.h"
#include "irminon/descriptor.h"
#include "irminon/table.h"
#include "irminon/text.h"

typedef enum model_role {
    MODEL_ROLE_NONE = 0, /* as MODEL_ROLE_VARIABLE: what libcyaml leaves when absent */
    MODEL_ROLE_VARIABLE,
    MODEL_ROLE_KEY,
    MODEL_ROLE_LEVEL,
    MODEL_ROLE_PERIOD,
    MODEL_ROLE_MEASURE,
    MODEL_ROLE_VALUE,
    MODEL_ROLE_DIMENSION,
    MODEL_ROLE_STATUS,
    MODEL_ROLE_WEIGHT,
    MODEL_ROLE_NAME,
    MODEL_ROLE_IGNORE,
    MODEL_ROLE_END
} model_role;

typedef enum model_type {
    MODEL_TYPE_NONE = 0, /* by the role */
    MODEL_TYPE_NUMBER,
    MODEL_TYPE_CATEGORY
} model_type;

typedef struct model_text {
    char *fr, *en;
} model_text;

typedef struct model_recognise {
    char **headers;
    unsigned headers_count;
    char **absent;
    unsigned absent_count;
    char *file;
    char *level;
    int vintage;
} model_recognise;

typedef struct model_rounding {
    double below, above;
} model_rounding;

typedef struct model_defaults {
    irm_kind *kind;
    char *unit;
    char *exploitation;
    model_rounding *rounding;
} model_defaults;

typedef struct model_modality {
    char *code, *fr, *en;
} model_modality;

typedef struct model_level {
    char *code, *level;
    char *key; /* only for this code of the key; NULL: any */
} model_level;

typedef struct model_column {
    char *name;
    char *id;
    model_role role;
    model_type type;
    irm_kind *kind;
    char *unit, *fr, *en;
    char *exploitation;
    char *level;
    int pad;
    char *total, *partition;
    bool closed;
    model_modality *modalities;
    unsigned modalities_count;
    model_rounding *rounding;
    char *unplaced, *years_of;
    model_level *levels;
    unsigned levels_count;
} model_column;

typedef struct model_measure {
    char *name;
    irm_kind *kind;
    char *unit, *fr, *en;
    char *exploitation;
} model_measure;

typedef struct model_when {
    char *column, *values;
} model_when;

typedef struct model_marker {
    char *text;
    irm_state state;
    double *lower, *upper;
    char *columns;
    model_when *when;
} model_marker;

typedef struct model_years {
    int first, last;
} model_years;

/* A definition that changed: `variables` are patterns of stable ids, `dimension` the one that
 * a cell must fix to be concerned. */
typedef struct model_break {
    char *variables, *dimension;
    int year;
    char *fr, *en;
} model_break;

/* Where a file of the family is brought from: an address and a file's name, patterns of
 * the vintage; the vintages it holds for, space-separated, NULL: whatever there is today.
 */
typedef struct model_fetch {
    char *url, *file, *vintages;
} model_fetch;

typedef struct model {
    char *id;
    model_text title;
    char *producer, *licence, *url, *note;
    irm_shape_kind shape;
    irm_encoding encoding;
    char *delimiter, *decimal;
    char *unique, *placement, *vintage_of, *absent_rows;
    char *totals;
    char **identities;
    unsigned identities_count;
    int *geography_offset;
    model_years *survey_years;
    model_fetch *fetch;
    unsigned fetch_count;
    model_recognise *recognise;
    unsigned recognise_count;
    model_defaults defaults;
    model_column *columns;
    unsigned columns_count;
    model_measure *measures;
    unsigned measures_count;
    model_marker *markers;
    unsigned markers_count;
    model_break *breaks;
    unsigned breaks_count;
} model;

/* Loads a model; `name` is told in errors. Free with model_free. */
irm_status model_load(const char *name, const char *text, size_t size, model **loaded,
                      irm_error *error);
void model_free(model *loaded);

const char *model_role_name(model_role role);
/* What a column's entry stands for once defaults are applied; `column` may be NULL. */
model_role model_column_role(const model_column *column);
model_type model_column_type(const model_column *column);
irm_kind model_column_kind(const model *of, const model_column *column);
irm_kind model_measure_kind(const model *of, const model_measure *measure);

/* The stable id of a column into `id`: its own, or its pattern without the years. */
void model_column_id(const model_column *column, char *id, size_t size);

/* A space-separated list, walked: *cursor starts at its first byte; false at its end. A
 * pair of quotes ("") stands for the empty word. */
bool model_next_word(const char **cursor, irm_view *word);
bool model_in_list(const char *list, irm_view word);

/* What stands behind the handle that the public header shows. The head of a file (all
 * that is before its columns) is read at once, the rest when first needed: a program that
 * starts reads the heads of every family and the whole of few. */
struct irm_descriptor {
    char *path;  /* told in errors */
    char *owned; /* text of a user's file; NULL when compiled in */
    const char *text;
    size_t size;
    model *head;
    model *whole; /* NULL until needed */
};

/* The whole of a descriptor, read on the first call. Borrowed. */
irm_status descriptor_whole(const irm_descriptor *descriptor, const model **whole,
                            irm_error *error);

#endif
