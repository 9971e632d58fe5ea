/* The totals that a cube publishes beside its communes, inside: columns as they pass
 * (totals.c), figures and their sums (totals_figures.c), régions as the store knows them
 * (totals_regions.c), and what is told of it all (totals_tell.c). */
#ifndef IRMINON_INGEST_TOTALS_H
#define IRMINON_INGEST_TOTALS_H

#include "ingest/ingest.h"

enum { MOST_COLUMNS = 32, MOST_DECIMALS = 6, SAMPLED = 4096 };

typedef enum place {
    PLACE_OTHER = 0,
    PLACE_COMMUNE,
    PLACE_DEPARTMENT,
    PLACE_REGION,
    PLACE_FRANCE
} place;

/* One published figure, and its communes. Its codes in the fixed columns are in
 * totals.fixed_codes. */
typedef struct figure {
    int32_t territory;
    int32_t level, key; /* as published */
    double published;
    double sum;
    uint32_t communes;
    bool hidden; /* a commune's cell has no number */
} figure;

/* A column as the rows of one block go by. */
typedef struct passing {
    irm_column column; /* a copy, with cells of its own */
    size_t slot;
} passing;

typedef struct totals {
    const irm_table *table;
    irm_spool *spool;
    passing passing[MOST_COLUMNS];
    size_t n_passing;
    const irm_column *key, *level, *value, *measure;
    const irm_column *fixed[MOST_COLUMNS]; /* dimensions, measure and period */
    size_t n_fixed;
    size_t n_rows;        /* of the block going by */
    int32_t *fixed_codes; /* of each figure, column by column */
    size_t codes_capacity;
    uint8_t *places;       /* of each word of the level column */
    bool *additive;        /* of each modality of the measure column */
    irm_dict *territories; /* codes of départements; "R84" of régions; "" for France */
    irm_dict *departments, *regions; /* of the store's geography: each with its région, */
    int32_t *region_of;              /* by département; NULL where it tells none */
    figure *figures;
    size_t n_figures, capacity;
    uint32_t *slots; /* figure + 1 */
    size_t n_slots;
    int decimals;
} totals;

/* Notes the figure that a row publishes. */
irm_status totals_add_figure(totals *of, size_t row, place where, irm_error *error);
/* Once all are noted: rows are found by their codes. */
irm_status totals_index(totals *of, irm_error *error);
/* Adds a commune's row to the figure of the same codes of `territory` (-1: none). */
void totals_add_commune(totals *of, size_t row, int32_t territory);

/* Départements and their régions, from the store's geography of the table's year, or else
 * the newest; none where `store` is NULL or has no geography. */
irm_status totals_read_regions(totals *of, const irm_store *store, irm_error *error);
/* The territory of the région where a département is, or -1. */
int32_t totals_region(const totals *of, irm_view department);

irm_status totals_tell(const totals *of, const irm_reporter *reporter, irm_error *error);

#endif
