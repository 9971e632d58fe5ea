/* Portraits: what is known of one territory, beside its references and among its peers.
 *
 * A portrait is a model: numbers, names and words, no ink. Writers (JSON, XLSX, CSV) and
 * pages read it. */
#ifndef IRMINON_PORTRAIT_H
#define IRMINON_PORTRAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/evaluate.h"
#include "irminon/geography.h"
#include "irminon/progress.h"
#include "irminon/rates.h"
#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Level of the intervals in portraits; a difference whose p-value is over one less that is
 * called not significant. */
#define IRM_PORTRAIT_CONFIDENCE 0.95

/* A territory in a portrait: the one portrayed, a reference, a commune. */
typedef struct irm_place {
    const irm_level *level;
    int32_t index;
    const char *code, *name; /* borrowed from the geography */
} irm_place;

/* One indicator: the territory first, then each reference. */
typedef struct irm_portrait_row {
    const irm_indicator *indicator;
    int year;
    const irm_source *source;  /* of the territory's figure */
    char *tables;
    int geography;
    irm_quantity *values;      /* 1 + n_references; MISSING where not available */
    int *years;                /* 1 + n_references; 0 where not available */
    const irm_evaluation **evaluations; /* 1 + n_references, borrowed from the portraitist;
                                           NULL where not available */
    irm_quantity numerator, denominator; /* of the territory; MISSING when not a ratio */
    size_t rank, rank_last;    /* 1 is the highest; between the two where bounds overlap; 0
                                  where it cannot be ranked */
    size_t peers;              /* territories ranked, this one included */
    const char *peers_within;  /* name of the département whose territories are ranked, where
                                  the source does not cover the country; NULL: all peers */
    irm_interval interval;     /* of the territory, of level IRM_PORTRAIT_CONFIDENCE; NaN
                                  where chance had no part or is not known */
    irm_difference *differences; /* n_references: from each, taken without the territory */
    irm_quantity *gaps;          /* n_references: the territory's figure less theirs; MISSING
                                    of what adds up and where there is none */
    char *unavailable;         /* why there is no figure; NULL when there is one */
    double *series_values;     /* the territory over years, where there are several */
    int *series_years;
    size_t n_series;
    irm_quantity *parts;       /* n_parts of the portrait, where computable; or NULL */
    int parts_year;
} irm_portrait_row;

typedef struct irm_portrait_theme {
    const irm_theme *theme;
    irm_portrait_row *rows;    /* every indicator of the theme, available or not */
    size_t n_rows, n_available;
} irm_portrait_theme;

/* Five-year (or wider) age bands by sex. */
typedef struct irm_portrait_pyramid {
    size_t n_bands;
    char **bands;              /* "0–4 ans"… */
    double *men, *women;       /* of the territory; NaN unknown */
    double *reference_men, *reference_women; /* NULL without one */
    const char *reference;     /* name; NULL without one */
    int year;
    char *tables;
} irm_portrait_pyramid;

typedef struct irm_portrait {
    irm_place place;
    irm_place *references;
    size_t n_references;
    irm_place whole;           /* whose parts are shown: the territory, or a commune's EPCI */
    const irm_level *part_level; /* com; départements for a région or a country */
    int32_t *parts;            /* indices in part_level, by name */
    size_t n_parts;
    size_t n_communes;         /* of the territory itself */
    double population, area;   /* NaN unknown; km² */
    int population_year;
    int geography_year;
    char *peer_group_fr, *peer_group_en; /* "parmi les 1 255 EPCI…" */
    bool fictional;            /* some table comes from the sample */
    irm_portrait_theme *themes;
    size_t n_themes;
    size_t n_available;        /* indicators computed, over all themes */
    irm_portrait_pyramid pyramid; /* n_bands 0 when the store cannot give one */
    char **warnings_fr, **warnings_en; /* sentences that apply to this territory */
    size_t n_warnings;
    const irm_geography *geography;
    const irm_store *store;
    const irm_registry *registry; /* titles of the datasets that would give more */
} irm_portrait;

/* Computes portraits one after the other and keeps what they share. Borrows the evaluator
 * and what it borrows. */
typedef struct irm_portraitist irm_portraitist;
IRM_API irm_status irm_portraitist_new(irm_evaluator *evaluator, const irm_store *store,
                                       const irm_geography *geography,
                                       const irm_catalogue *catalogue,
                                       const irm_reporter *reporter,
                                       irm_portraitist **portraitist, irm_error *error);
IRM_API void irm_portraitist_free(irm_portraitist *portraitist);

/* The references a territory is put beside by default: its EPCI, its département, its
 * région, metropolitan France; each wider than the one before. Allocated. */
IRM_API irm_status irm_portrait_references(irm_portraitist *portraitist, irm_place place,
                                           irm_place **references, size_t *count,
                                           irm_error *error);

/* `references` NULL takes the default ones. Init by this; clear when done, and before the
 * portraitist is freed. */
IRM_API irm_status irm_portrait_compute(irm_portraitist *portraitist, irm_place place,
                                        const irm_place *references, size_t n_references,
                                        irm_portrait *portrait, irm_error *error);
IRM_API void irm_portrait_clear(irm_portrait *portrait);

/* Schemas of the store's tables that the portrait was computed from: their attributes are its
 * lineage. Free the list with irm_free; the schemas are borrowed. */
IRM_API irm_status irm_portrait_tables(const irm_portrait *portrait, const irm_table ***tables,
                                       size_t *count, irm_error *error);

/* "INSEE, Comparateur de territoires, 2018 ; …": producer, title and vintage of the tables
 * named in a space-separated list, into `text` (cut at its size). */
IRM_API void irm_source_sentence(const irm_store *store, const char *tables, const char *lang,
                                 char *text, size_t size);

/* Writers; each makes its file whole or not at all. */
IRM_API irm_status irm_portrait_write_json(const irm_portrait *portrait, const char *path,
                                           const char *lang, irm_error *error);
IRM_API irm_status irm_portrait_write_xlsx(const irm_portrait *portrait, const char *path,
                                           const char *lang, irm_error *error);
/* The `indicators` contract of DESIGN, for the territory and its references. */
IRM_API irm_status irm_portrait_write_csv(const irm_portrait *portrait, const char *path,
                                          const char *locale, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
