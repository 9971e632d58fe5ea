/* Descriptors: what is known of a family of published files, as data.
 *
 * One YAML file a family, under datasets/descriptors/, compiled into the library; a user's
 * own descriptor is loaded beside them. docs/descriptors.md is the manual of the format. */
#ifndef IRMINON_DESCRIPTOR_H
#define IRMINON_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/csv.h"
#include "irminon/progress.h"
#include "irminon/status.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum irm_shape_kind {
    IRM_TABLE_WIDE = 0, /* one row a territory (and period, where `period` is named) */
    IRM_TABLE_CUBE,     /* dimensions, one observation a row */
    IRM_TABLE_DETAIL,   /* one row a person, dwelling or event */
    IRM_TABLE_GEOMETRY, /* one row a polygon */
    IRM_TABLE_ZONING    /* one row a territory: names and memberships */
} irm_shape_kind;

/* What a number measures: decides how it may be aggregated. */
typedef enum irm_kind {
    IRM_KIND_COUNT = 0, /* adds up */
    IRM_KIND_AMOUNT,    /* adds up, in a currency or another unit */
    IRM_KIND_AREA,      /* adds up over disjoint territories */
    IRM_KIND_RATIO,     /* published ratio: never added, never averaged */
    IRM_KIND_MEDIAN,    /* and every other quantile */
    IRM_KIND_MEAN,
    IRM_KIND_INDEX,     /* Gini, interdecile ratio… */
    IRM_KIND_WEIGHT,    /* weight of a detail row */
    IRM_KIND_CATEGORY,
    IRM_KIND_CODE,      /* code of a territory */
    IRM_KIND_LABEL,     /* free text */
    IRM_KIND_YEAR,
    IRM_KIND_COORDINATE,
    IRM_KIND_END
} irm_kind;
IRM_API const char *irm_kind_name(irm_kind kind);
/* True for count, amount and area: the kinds that add up. */
IRM_API bool irm_kind_additive(irm_kind kind);
/* Of a stored column, from its "kind" attribute; CATEGORY or RATIO when it has none. */
IRM_API irm_kind irm_column_kind(const irm_column *column);

typedef struct irm_descriptor irm_descriptor;

/* The families known: those compiled in and those a user added. */
typedef struct irm_registry irm_registry;
IRM_API irm_status irm_registry_new(irm_registry **registry, irm_error *error);
IRM_API void irm_registry_free(irm_registry *registry);
/* Adds a user's descriptor; it comes before those compiled in. Mistakes give SCHEMA errors
 * with their line and column. */
IRM_API irm_status irm_registry_add_file(irm_registry *registry, const char *path,
                                         irm_error *error);
IRM_API size_t irm_registry_count(const irm_registry *registry);
IRM_API const irm_descriptor *irm_registry_get(const irm_registry *registry, size_t index);
IRM_API const irm_descriptor *irm_registry_find(const irm_registry *registry,
                                                const char *id);

IRM_API const char *irm_descriptor_id(const irm_descriptor *descriptor);
IRM_API const char *irm_descriptor_title(const irm_descriptor *descriptor, const char *lang);
IRM_API const char *irm_descriptor_producer(const irm_descriptor *descriptor);
IRM_API const char *irm_descriptor_url(const irm_descriptor *descriptor);
IRM_API irm_shape_kind irm_descriptor_shape(const irm_descriptor *descriptor);
/* True when the family declares a variable, measure or dimension of that stable id. */
IRM_API bool irm_descriptor_has_variable(const irm_descriptor *descriptor, const char *id);

typedef struct irm_ingest_options {
    const char *dataset;      /* "id@vintage" or "id"; NULL: recognised from the header */
    int geography;            /* year of the geography; 0: from the descriptor */
    bool skip_errors;         /* --on-error=skip: bad rows go to `rejects` */
    const char *rejects;      /* path of the rejects file */
    bool confidential;
    const char *date;         /* publication date, as lineage keeps it; may be NULL */
    const char *inferred;     /* where to write the descriptor inferred for an unknown file */
} irm_ingest_options;

/* Reads one published file into a table, by its descriptor (given, recognised or inferred):
 * columns, cell states, attributes and lineage, checked. Repairs are warned of once each,
 * with their count. `table` is inited; the caller clears it, then puts it in a store. */
IRM_API irm_status irm_ingest_file(const irm_registry *registry, const char *path,
                                   const irm_ingest_options *options,
                                   const irm_reporter *reporter, irm_table *table,
                                   irm_error *error);

/* Attributes an ingested table bears (table level): dataset, vintage, shape, level, key,
 * period, geography, title_fr, title_en, producer, licence, url, survey_years,
 * source_file, source_sha256, source_size, source_date, software, confidential.
 * Column level: variable (stable id, such as P_POP for P18_POP), year, kind, unit,
 * label_fr, label_en, exploitation (main | complementary), role (key | period | level |
 * dimension | measure | status | weight | name), total (modality that is the total),
 * partition (modalities that add up to the total, space-separated; "all"). */

#ifdef __cplusplus
}
#endif
#endif
