/* The catalogue's inside: files as loaded, and what is flattened from them. Private. */
#ifndef IRMINON_CATALOGUE_LOADED_H
#define IRMINON_CATALOGUE_LOADED_H

#include "irminon/catalogue.h"

typedef struct irm_yaml_text {
    char *fr, *en;
} irm_yaml_text;

typedef struct irm_yaml_source {
    char *dataset, *numerator, *denominator, *formula;
    double *scale;
} irm_yaml_source;

typedef struct irm_yaml_indicator {
    char *id;
    irm_yaml_text label, unit, champ, note;
    irm_kind kind;
    unsigned decimals;
    irm_sense sense;
    int precision; /* 1: complementary */
    char *reference;
    bool key, map;
    irm_yaml_source *sources;
    unsigned n_sources;
} irm_yaml_indicator;

typedef struct irm_yaml_theme {
    char *theme;
    irm_yaml_text label, intro;
    irm_yaml_indicator *indicators;
    unsigned n_indicators;
} irm_yaml_theme;

/* A catalogue file: its text is kept to tell where a mistake is. */
typedef struct irm_catalogue_file {
    char *path;
    char *text;
    irm_yaml_theme *theme;
} irm_catalogue_file;

/* Where an indicator comes from, beside its flattened form. */
typedef struct irm_origin {
    size_t file;
    const irm_yaml_indicator *raw;
} irm_origin;

struct irm_catalogue {
    irm_catalogue_file *files;
    size_t n_files, file_capacity;
    irm_theme *themes;
    size_t n_themes;
    irm_indicator *indicators;
    irm_origin *origins; /* by indicator */
    irm_source *sources;
    size_t n_indicators;
};

/* Line and column, in its file, of `text` within the declaration of an indicator (of the
 * declaration itself when `text` is NULL or not found). */
void irm_catalogue_locate(const irm_catalogue *catalogue, size_t indicator,
                          const char *text, size_t *line, size_t *column);
/* Adds a file's content, under that name. */
irm_status irm_catalogue_add_text(irm_catalogue *catalogue, const char *path,
                                  const char *data, size_t size, irm_error *error);
/* A catalogue without the files compiled in. */
irm_status irm_catalogue_new_empty(irm_catalogue **catalogue, irm_error *error);

#endif
