/* The catalogue: indicators and the themes they belong to, as data.
 *
 * YAML by theme, under indicators/catalogue/, compiled in; a user's own file is added
 * beside. docs/catalogue.md is the manual of the format and of the formula language. */
#ifndef IRMINON_CATALOGUE_H
#define IRMINON_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/descriptor.h"
#include "irminon/progress.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Is higher a need of the population, a resource of the territory, or neither? */
typedef enum irm_sense {
    IRM_SENSE_NEUTRAL = 0,
    IRM_SENSE_NEED,
    IRM_SENSE_RESOURCE
} irm_sense;

/* One way to compute an indicator, from one dataset family. All strings are borrowed. */
typedef struct irm_source {
    const char *dataset;     /* family id */
    const char *numerator;   /* formulas; a ratio has both */
    const char *denominator; /* NULL: a count, or `formula` */
    const char *formula;     /* NULL where numerator is given */
    double scale;            /* 100 for a percentage of numerator/denominator, 1 else */
} irm_source;

typedef struct irm_indicator {
    const char *id;
    const char *theme;
    const char *label_fr, *label_en;
    const char *unit; /* "%", "‰", "persons", "EUR"… as shown after a value */
    const char *unit_fr;
    irm_kind kind; /* of the result: COUNT, RATIO, MEDIAN, MEAN, INDEX, AMOUNT */
    int decimals;  /* to show */
    const char *champ_fr, *champ_en; /* population covered */
    irm_sense sense;
    bool complementary;            /* precision class */
    const char *reference;         /* of the definition */
    const char *note_fr, *note_en; /* may be NULL */
    bool key;                      /* among the key figures of a portrait */
    bool map;                      /* mapped in a portrait */
    const irm_source *sources;     /* in order of preference */
    size_t n_sources;
} irm_indicator;

typedef struct irm_theme {
    const char *id;
    const char *label_fr, *label_en;
    const char *intro_fr, *intro_en; /* what the theme tells before a CTG; may be NULL */
    size_t first, count;             /* its indicators */
} irm_theme;

typedef struct irm_catalogue irm_catalogue;

IRM_API irm_status irm_catalogue_new(irm_catalogue **catalogue, irm_error *error);
IRM_API void irm_catalogue_free(irm_catalogue *catalogue);
/* Adds a user's file: new indicators, or replacements of the same id. SCHEMA errors carry
 * line and column. */
IRM_API irm_status irm_catalogue_add_file(irm_catalogue *catalogue, const char *path,
                                          irm_error *error);
IRM_API size_t irm_catalogue_theme_count(const irm_catalogue *catalogue);
IRM_API const irm_theme *irm_catalogue_theme(const irm_catalogue *catalogue, size_t i);
IRM_API size_t irm_catalogue_count(const irm_catalogue *catalogue);
IRM_API const irm_indicator *irm_catalogue_get(const irm_catalogue *catalogue, size_t i);
/* Index, or an error that suggests the nearest id. */
IRM_API irm_status irm_catalogue_need(const irm_catalogue *catalogue, const char *id,
                                      size_t *index, irm_error *error);

/* Every mistake of a catalogue against the registry of descriptors (unknown variables,
 * overlapping modalities, missing labels, an addition of medians…), one warning each
 * through the reporter; SCHEMA when there was any. */
IRM_API irm_status irm_catalogue_check(const irm_catalogue *catalogue,
                                       const irm_registry *registry,
                                       const irm_reporter *reporter, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
