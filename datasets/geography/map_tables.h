/* Which geometry tables of a store draw a set of territories, and by which of their rows. */
#ifndef IRMINON_GEOGRAPHY_MAP_TABLES_H
#define IRMINON_GEOGRAPHY_MAP_TABLES_H

#include "irminon/geography.h"
#include "irminon/store.h"

/* What is to be drawn: territories of a level, in the order asked. */
typedef struct map_request {
    const irm_geography *geography;
    const irm_level *communes, *level;
    size_t count;
    int32_t *position;       /* by index in `level`: place in the order asked, or -1 */
    const char **projection; /* by place: the legal one; NULL where it has several */
    size_t *n_communes;      /* by place */
    const char *common;      /* the projection of them all; NULL when there are several */
} map_request;

irm_status map_request_init(map_request *request, const irm_geography *geography,
                            const irm_level *level, const int32_t *items, size_t count,
                            irm_error *error);
void map_request_clear(map_request *request);
/* Place of the territory that holds a commune, or -1. */
int32_t map_request_of_commune(const map_request *request, int32_t commune);

/* A geometry table, and what its rows are: communes, or territories of the level. */
typedef struct map_table {
    const irm_table *schema;
    bool exact;     /* in true position */
    bool by_level;  /* its rows are territories of the level itself */
    int year;       /* of its geography; 0 when unknown */
    irm_table keys; /* the key column alone */
    int32_t *unit;  /* by row: commune, or place for by_level; -1 for neither */
    int32_t *place; /* by row: place in the order asked, or -1: not drawn */
} map_table;

typedef struct map_tables {
    map_table *items; /* nearest to the geography's year first */
    size_t count, capacity;
    size_t n_drawn; /* once chosen: those that draw; the others show neighbours at most */
} map_tables;

/* The geometry tables of the store that could serve. */
irm_status map_tables_find(const irm_store *store, const map_request *request,
                           map_tables *tables, irm_error *error);
void map_tables_clear(map_tables *tables);
/* Puts first the tables of the kind (exact or not, published for the level or dissolved from
 * communes) that draws most of the territories, in the order of preference that fits the
 * request, and fills their `place`; other tables of communes follow. `lacking` (n communes) tells those without a shape of
 * their own. NOT_FOUND when none draws any. */
irm_status map_tables_choose(map_tables *tables, const map_request *request, bool *lacking,
                             irm_error *error);

#endif
