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
#include "irminon/scan.h"
#include "irminon/status.h"
#include "irminon/store.h"
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
/* Kind of the variable or measure of that stable id (what formulas name); IRM_KIND_END when
 * the family declares none. */
IRM_API irm_kind irm_descriptor_variable_kind(const irm_descriptor *descriptor,
                                              const char *id);
/* Its unit ("births") into `unit`; false when the family declares no such variable. */
IRM_API bool irm_descriptor_variable_unit(const irm_descriptor *descriptor, const char *id,
                                          char *unit, size_t size);
/* A definition that changed, in words; borrowed. `year` is the first of the new one. */
typedef struct irm_break {
    int year;
    const char *fr, *en;
} irm_break;
/* True when a definition of the variable changed after year `from` and up to `to` (the newer);
 * `dimensions` (count) are those that its cell fixes. The newest change is told. */
IRM_API bool irm_descriptor_break(const irm_descriptor *descriptor, const char *id,
                                  const char *const *dimensions, size_t count, int from,
                                  int to, irm_break *found);
/* True when the family declares a dimension of that stable id. */
IRM_API bool irm_descriptor_has_dimension(const irm_descriptor *descriptor, const char *id);
/* The variable or measure whose id is nearest to `id` into `nearest`; false when none is
 * near enough to be worth suggesting. */
IRM_API bool irm_descriptor_suggest(const irm_descriptor *descriptor, const char *id,
                                    char *nearest, size_t size);

/* Mistakes that the schema does not see (a level nobody knows, a dimension closed without
 * modalities, a cube without values…), told with their line. A user's descriptor is checked
 * when it is added. */
IRM_API irm_status irm_descriptor_check(const irm_descriptor *descriptor, irm_error *error);

/* What a file's name and header say of it. Years are 0 and the level "" where they do not. */
typedef struct irm_recognition {
    const irm_descriptor *descriptor; /* borrowed from the registry */
    int file_vintage;     /* from the file's name */
    int header_vintage;   /* newest year of the first header with one */
    int declared_vintage; /* when nothing else tells */
    char level[24];
    bool one_file_a_level; /* the level is part of the table's name */
} irm_recognition;
/* Recognises a file by its name (without folder) and the names of its columns. `id` asks
 * for a family (NULL: any, of geometries for a .geojson, .json, .gpkg, .shp or .dbf and of
 * tables for all else). NOT_FOUND where none fits, with the nearest and what they
 * lack; USAGE where two fit alike. */
IRM_API irm_status irm_registry_recognise(const irm_registry *registry, const char *file,
                                          const char *const *headers, size_t count,
                                          const char *id, irm_recognition *found,
                                          irm_error *error);

typedef struct irm_ingest_options {
    const char *dataset;      /* "id@vintage", "id.level@vintage" or "id"; NULL: recognised
                                 from the header */
    int geography;            /* year of the geography; 0: from the descriptor */
    bool skip_errors;         /* --on-error=skip: bad rows go to `rejects` */
    const char *rejects;      /* path of the rejects file */
    bool confidential;
    const char *date;         /* publication date, as lineage keeps it; may be NULL */
    const char *address;      /* where the file was fetched from, likewise; may be NULL */
    const char *inferred;     /* where to write the descriptor inferred for an unknown file */
    size_t block_size;      /* bytes read at a time; 0: 1 MiB. The result is the same */
    bool in_turn;           /* record by record, in one thread: slower, the result is the same */
    irm_scan_way scan_way;  /* the instructions that find the fields; the result is the same */
} irm_ingest_options;

/* Reads one published file into a table, by its descriptor (given, recognised or inferred):
 * columns, cell states, attributes and lineage, checked. Repairs are warned of once each,
 * with their count. `table` is inited; the caller clears it, then puts it in a store. */
IRM_API irm_status irm_ingest_file(const irm_registry *registry, const char *path,
                                   const irm_ingest_options *options,
                                   const irm_reporter *reporter, irm_table *table,
                                   irm_error *error);

/* The same straight into a store, in memory that does not grow with the rows. `table`
 * receives its schema (not loaded), which the caller clears. EXISTS unless `replace`. */
IRM_API irm_status irm_ingest_into(const irm_registry *registry, const char *path,
                                   const irm_ingest_options *options,
                                   const irm_reporter *reporter, irm_store *store,
                                   bool replace, irm_table *table, irm_error *error);

/* Attributes an ingested table bears (table level): dataset, vintage, shape, level, key,
 * period, geography, title_fr, title_en, producer, licence, url, survey_years
 * ("2016-2020"), source_file, source_sha256, absent_rows ("zero"), totals
 * ("at_most", "equal", "none"), identities (one a line), source_size, source_date,
 * source_address, software, confidential ("true"). `key` and `period` name columns;
 * `level` is "mixed" where a column of role level tells. Column level: variable (stable
 * id, such as P_POP for P18_POP), year, kind, unit, label_fr, label_en, exploitation
 * (main | complementary | exhaustive), role (variable | key | period | level | dimension
 * | measure | value | status | weight | name), level (of a key or a code), total
 * (modality that is the total), partition (modalities that add up to the total,
 * space-separated; "all"; several are separated by "|"), unplaced (codes of no territory,
 * space-separated, "" in quotes for the empty one), first_year (NAIS1318: 2013). On a
 * column of role level, levels maps the producer's words to ours: "COM=com EPCI=epci
 * FRANCE:FM=frm FRANCE=fr" (a code of the key after ":" restricts an entry; the first
 * that fits holds). On a column of role measure, measures gives the kind of each modality
 * ("POP=count SUP=area"), measure_units their units and measure_labels_fr, _en their
 * labels, one "CODE=text" a line. modalities_fr, modalities_en: labels of the codes,
 * likewise. */

#ifdef __cplusplus
}
#endif
#endif
