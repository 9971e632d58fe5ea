/* The tables of a store that geography is read from. */
#ifndef IRMINON_GEOGRAPHY_SOURCE_H
#define IRMINON_GEOGRAPHY_SOURCE_H

#include "irminon/store.h"

typedef struct zoning_source {
    const irm_table *schema; /* borrowed of the store */
    int year;                /* of its geography; 0 when it states none */
    const char *level;       /* of its key */
} zoning_source;

typedef struct zoning_sources {
    zoning_source *items;
    size_t count, capacity;
} zoning_sources;

irm_status sources_find(const irm_store *store, zoning_sources *sources, irm_error *error);
void sources_clear(zoning_sources *sources);

/* Nearest to `year` first, and of two as near, the later; those without a year last. */
irm_status sources_sort(zoning_sources *sources, int year, irm_error *error);

/* The column of the territories' codes; NULL when there is none. */
const irm_column *source_key(const irm_table *table);
/* The column with that role and level (NULL: the table's own level, or none stated). */
const irm_column *source_role(const irm_table *table, const char *role, const char *level);
/* The column of that stable id, whatever the case of its header. */
const irm_column *source_variable(const irm_table *table, const char *id);
/* The level that a column of codes places communes in, or NULL. */
const char *source_membership(const irm_column *column);
/* True when `code` stands for no territory in that column. */
bool source_unplaced(const irm_column *column, const char *code);
/* True when the table places communes in that level. */
bool source_gives(const irm_table *table, const char *level);

/* Reads what geography needs of a table: key, names, memberships, TYPECOM, COMPARENT. */
irm_status source_read(const irm_store *store, const irm_table *schema, irm_table *table,
                       irm_error *error);

#endif
