/* The fictional territory: communes, their groups, names, populations and polygons. */
#ifndef IRMINON_SAMPLE_GEOGRAPHY_H
#define IRMINON_SAMPLE_GEOGRAPHY_H

#include <stdbool.h>
#include <stdint.h>

#include "irminon/status.h"
#include "irminon/text.h"

enum {
    SAMPLE_COLUMNS = 12, /* of the grid of communes */
    SAMPLE_ROWS = 10,
    SAMPLE_COMMUNES = SAMPLE_COLUMNS * SAMPLE_ROWS,
    SAMPLE_EPCIS = 7,
    SAMPLE_DEPARTEMENTS = 2,
    SAMPLE_FOCUS = 0, /* the group of communes that the sample is about */
    LATTICE_WIDTH = 84,
    LATTICE_HEIGHT = 60,
    LATTICE_CELLS = LATTICE_WIDTH * LATTICE_HEIGHT,
    LATTICE_POINTS = (LATTICE_WIDTH + 1) * (LATTICE_HEIGHT + 1)
};

/* What life is like there: the gradients between communes come from it. */
typedef enum sample_kind {
    KIND_TOWN,
    KIND_SUBURB,
    KIND_RURAL,
    KIND_REMOTE,
    KIND_TOURIST,
    KIND_COUNT
} sample_kind;

typedef struct sample_commune {
    char code[6];
    char name[80];    /* "L'Épinaie-Haute" */
    char bare[80];    /* without its article: "Épinaie-Haute" */
    char capital[80]; /* "EPINAIE HAUTE" */
    int article;      /* TNCC of the official geographic code */
    int departement, epci, canton, arrondissement;
    sample_kind kind;
    int population; /* in 2021 */
    int drift;      /* own growth, per thousand over ten years, added to its kind's */
    int wealth;     /* living standard, per mille of its kind's */
    int hectares;
    int iris; /* number of IRIS, 0 when not divided */
} sample_commune;

typedef struct sample_epci {
    const char *code, *name, *nature;
    int departement, seat; /* index of the commune that gives it its centre */
} sample_epci;

typedef struct sample_geography {
    uint64_t seed;
    bool failed; /* memory ran out while it was made */
    sample_commune communes[SAMPLE_COMMUNES];
    sample_epci epcis[SAMPLE_EPCIS];
    /* Points of the lattice in 10^-5 degrees (WGS 84), and the commune of each cell. */
    int32_t longitude[LATTICE_POINTS], latitude[LATTICE_POINTS];
    int16_t cell[LATTICE_CELLS];
} sample_geography;

typedef struct sample_departement {
    const char *code, *name, *capital;
} sample_departement;

extern const sample_departement sample_departements[SAMPLE_DEPARTEMENTS];
#define SAMPLE_REGION_NAME "Val-Imaginaire (région fictive)"

/* Fills everything; `geography` is large: allocate it. Error: NO_MEMORY. */
irm_status sample_geography_make(sample_geography *geography, uint64_t seed,
                                 irm_error *error);
/* Inhabitants of a commune on 1 January of a year, 1968–2026. */
int sample_population(const sample_commune *commune, int year);
/* Births and deaths of residents in a year. */
int sample_births(const sample_geography *geography, int commune, int year);
int sample_deaths(const sample_geography *geography, int commune, int year);

/* Parts of sample_geography_make. */
void sample_names_make(sample_geography *geography);
void sample_lattice_make(sample_geography *geography);
/* The polygons of a commune as the "geometry" member of a GeoJSON feature. */
void sample_polygon_write(const sample_geography *geography, int commune,
                          irm_buffer *buffer);
/* Area in hectares, from the polygon; 0 and `failed` without memory. */
int sample_polygon_area(sample_geography *geography, int commune);

#endif
