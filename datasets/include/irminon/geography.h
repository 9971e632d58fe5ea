/* Geography: levels, territories, their names, and who belongs to whom, in the geography of
 * one year, assembled from the zoning tables of a store (official geographic code, tables
 * of membership, EPCI compositions, custom zones).
 *
 * Paris, Lyon and Marseille count once: their municipal arrondissements (level "arm") are
 * folded into the commune, and never added beside it. */
#ifndef IRMINON_GEOGRAPHY_H
#define IRMINON_GEOGRAPHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/progress.h"
#include "irminon/status.h"
#include "irminon/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_territory {
    char *code;
    char *name;    /* with its article: "Le Puy-en-Velay" */
    char *sort;    /* folded, without article */
} irm_territory;

/* A part of a commune that the zones of a level cut: `share` of it is in `item` (-1: in no
 * zone). */
typedef struct irm_cut {
    int32_t commune, item;
    double share;
} irm_cut;

/* The territories of one level, in the order of their codes. */
typedef struct irm_level {
    char *id;            /* "com", "epci", "dep", "reg", "fr", "frm", "can", "arr", "bv",
                            "ze", "aav", "uu", "arm", "iris", or a custom zoning's name */
    const char *label_fr, *label_en; /* singular, with a capital: "Département" */
    irm_territory *items;
    size_t count;
    int32_t *of_commune; /* n communes: index of the item each belongs to, or -1; NULL for
                            levels that are not made of communes (iris, arm). Of one that
                            is cut, the item that holds most of it */
    irm_cut *cuts; /* by commune, then by item; the shares of each commune add up to 1 */
    size_t n_cuts;
} irm_level;

/* The parts of a commune that the level cuts, *count of them; 0 where it is whole. */
IRM_API const irm_cut *irm_level_cuts(const irm_level *level, int32_t commune,
                                      size_t *count);

typedef struct irm_geography irm_geography;

/* From a store's zoning tables, in the geography of `year` (0: the newest that gives EPCI,
 * départements and régions together, else the newest of those that give most). Tables of
 * one year complete each other; names that they lack come from the nearest year. NOT_FOUND
 * when the store has no zoning table (the error says what to ingest): then
 * irm_geography_from_codes makes do with the communes of the data. */
IRM_API irm_status irm_geography_load(const irm_store *store, int year,
                                      irm_geography **geography, irm_error *error);
/* From commune codes alone, such as the categories of a table's key: levels com, dep (by
 * the code), fr and frm. Codes that are not of communes are passed over; `names` may be
 * NULL. NOT_FOUND when none is. */
IRM_API irm_status irm_geography_from_codes(const char *const *codes,
                                            const char *const *names, size_t count,
                                            int year, irm_geography **geography,
                                            irm_error *error);
IRM_API void irm_geography_free(irm_geography *geography);
IRM_API int irm_geography_year(const irm_geography *geography);
IRM_API size_t irm_geography_level_count(const irm_geography *geography);
IRM_API const irm_level *irm_geography_level_at(const irm_geography *geography, size_t i);
/* NULL when unknown. */
IRM_API const irm_level *irm_geography_level(const irm_geography *geography, const char *id);
IRM_API irm_status irm_geography_need_level(const irm_geography *geography, const char *id,
                                            const irm_level **level, irm_error *error);
/* Index in its level, or -1. */
IRM_API int32_t irm_level_find(const irm_level *level, const char *code);

/* "com:31395", "fr", "epci:200068815", or a bare code or name that only one territory
 * bears. Unknown: an error that gives the nearest names. */
IRM_API irm_status irm_geography_parse(const irm_geography *geography, const char *text,
                                       const irm_level **level, int32_t *index,
                                       irm_error *error);

/* A territory found by `irminon find`, best first. */
typedef struct irm_match {
    const irm_level *level;
    int32_t index;
    int score;
} irm_match;
IRM_API irm_status irm_geography_search(const irm_geography *geography, const char *text,
                                        irm_match **matches, size_t *count,
                                        irm_error *error);

/* How a commune code of a table was placed in this geography. */
typedef enum irm_placement {
    IRM_PLACED_SAME = 0,
    IRM_PLACED_MERGED,   /* a former commune: the one it became (a later one: the one it
                            came from) */
    IRM_PLACED_FOLDED,   /* a municipal arrondissement: its commune */
    IRM_PLACED_NOWHERE
} irm_placement;
/* The commune that `code` (of any year) is today, or -1. */
IRM_API int32_t irm_geography_place(const irm_geography *geography, const char *code,
                                    irm_placement *how);
/* True when `code` is a municipal arrondissement of Paris, Lyon or Marseille. */
IRM_API bool irm_code_is_arrondissement(const char *code);
/* Département of a commune code: 2 characters, 3 overseas ("97x", "98x"). */
IRM_API void irm_code_department(const char *code, char department[4]);
/* Legal projection of a département ("EPSG:2154" for metropolitan France). */
IRM_API const char *irm_department_projection(const char *department);

/* True for levels made of whole départements: dep, reg, fr, frm. */
IRM_API bool irm_level_of_departments(const irm_level *level);
/* True when territories of `of` can be placed in those of `level`: made of communes, or
 * told by their codes (IRIS: the commune; QPV: the département). */
IRM_API bool irm_level_tells(const irm_level *of, const irm_level *level);
/* The territory of `level` where most of the population of `of` (another territory) lives;
 * communes weigh by `population` (n communes, NULL: each one the same). -1 when none. The
 * others are counted in *others. */
IRM_API int32_t irm_geography_main(const irm_geography *geography, const irm_level *of,
                                   int32_t index, const irm_level *level,
                                   const double *population, size_t *others);

/* Adds a custom zoning from a CSV (header optional) of one column, the communes of a single
 * zone, which has the name of the zoning; of two, commune code and zone; or of three, the
 * last being the share of the commune, or the inhabitants of its part, in the zone (an empty
 * zone is for those in none). Without the third, a zoning that cuts communes is DATA, and
 * the error names them. */
IRM_API irm_status irm_geography_add_zones(irm_geography *geography, const char *id,
                                           const char *path, const irm_reporter *reporter,
                                           irm_error *error);

/* Adds a level of one territory, the union of several: "epci:A+epci:B", "com:1+2+dep:43" (a
 * part without level has that of the one before). Its code is the parts', its name theirs.
 * The same union again gives the same level. USAGE for parts that cut communes. */
IRM_API irm_status irm_geography_add_union(irm_geography *geography, const char *text,
                                           const irm_level **level, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
