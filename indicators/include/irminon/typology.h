/* Typologies: units in a few classes, with what makes each class what it is.
 *
 * The statistician's sequence: variables over units, a factor analysis, a hierarchical
 * tree, a cut, a consolidation, then the description of the classes. Like a portrait, a
 * typology is a model: numbers, names and words, no ink. Units come from a store or from
 * any CSV table; nothing here asks which. */
#ifndef IRMINON_TYPOLOGY_H
#define IRMINON_TYPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/dict.h"
#include "irminon/evaluate.h"
#include "irminon/factor.h"
#include "irminon/geography.h"
#include "irminon/geometry.h"
#include "irminon/partition.h"
#include "irminon/profile.h"
#include "irminon/progress.h"
#include "irminon/spatial.h"
#include "irminon/status.h"
#include "irminon/table.h"
#include "irminon/tree.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is classified ---- */

/* A number known of each unit. Counts of cells are those of the units kept. */
typedef struct irm_typology_variable {
    char *id, *label_fr, *label_en, *unit_fr, *unit_en;
    int decimals;   /* to show */
    int year;       /* 0: none */
    char *tables;   /* of the store, space-separated; NULL: a CSV */
    bool active;    /* makes the classes; else supplementary: only describes them */
    double *values; /* by unit; NaN where hidden */
    double *lower, *upper; /* certain bounds, by unit */
    uint8_t *states;       /* irm_state, by unit; IMPUTED where filled in here */
    size_t n_secret, n_missing, n_bounded, n_filled;
} irm_typology_variable;

/* A category known of each unit; -1 for none. */
typedef struct irm_typology_category {
    char *id;
    bool active;
    irm_dict *labels;
    int32_t *codes;
    size_t n_missing;
} irm_typology_category;

/* A unit that was left out, and why. */
typedef struct irm_typology_absent {
    char *id, *name;
    const char *reason; /* "no_value", "missing", "no_weight", "no_shape" */
} irm_typology_absent;

/* Units by row, and what is known of them. Owned: clear with irm_typology_units_clear. */
typedef struct irm_typology_units {
    size_t n;
    char **ids, **names;
    double *weights;    /* as given, NULL: all the same */
    char *weight_id;    /* indicator or column they come from; NULL */
    double *population; /* inhabitants, NaN unknown; NULL */
    int32_t *items;     /* index in the level, where they come from a store; NULL */
    irm_typology_variable *variables;
    size_t n_variables;
    irm_typology_category *categories;
    size_t n_categories;
    irm_typology_absent *absent;
    size_t n_absent, absent_capacity;
    irm_shapes *shapes; /* by unit, plane coordinates; NULL: none */
    char *level;        /* "com"…, NULL for a CSV */
    char *source_file;  /* of a CSV, with its digest */
    char source_sha256[65];
} irm_typology_units;
IRM_API void irm_typology_units_clear(irm_typology_units *units);

/* `n` units without anything; ids and names are copied. DATA where an id comes twice. */
IRM_API irm_status irm_typology_units_init(irm_typology_units *units, size_t n,
                                           const char *const *ids,
                                           const char *const *names, irm_error *error);
/* Adds a variable whose values are all NaN, MISSING; lent until the next one. */
IRM_API irm_status irm_typology_add_variable(irm_typology_units *units, const char *id,
                                             bool active,
                                             irm_typology_variable **variable,
                                             irm_error *error);

/* Territories of `level` whose mask is true, and the indicators (indices in the
 * catalogue) as variables. `n_active` first ones are active. An indicator that cannot be
 * computed is NOT_FOUND, with why. `year` 0: the newest. */
typedef struct irm_typology_request {
    const irm_level *level;
    const bool *mask; /* NULL: all */
    const size_t *indicators;
    size_t n_active, n_supplementary;
    int year;
    const char *weight; /* id of an indicator, or NULL */
} irm_typology_request;
IRM_API irm_status irm_typology_units_evaluate(irm_evaluator *evaluator,
                                               const irm_catalogue *catalogue,
                                               const irm_typology_request *request,
                                               irm_typology_units *units,
                                               irm_error *error);
/* The indicators taken where none is asked: what tells French territories apart, one for
 * each dimension, those that the store gives for four territories out of five. Indices
 * into `indicators` (room for 32). NOT_FOUND when fewer than two are there. */
IRM_API irm_status irm_typology_default_indicators(
    irm_evaluator *evaluator, const irm_catalogue *catalogue, const irm_level *level,
    const bool *mask, int year, size_t *indicators, size_t *count, irm_error *error);

/* Any CSV table: columns by name. Empty, "NA", "nd", "nr" and "s" are no number; another
 * text in a numeric column is DATA, with its line and column. Decimal comma or point. */
typedef struct irm_typology_columns {
    const char *id, *name, *weight; /* name and weight may be NULL */
    const char *const *variables;   /* active numbers */
    size_t n_variables;
    const char *const *categories; /* active categories */
    size_t n_categories;
    const char *const *supplementary; /* numbers if they read as such, else
                                         categories */
    size_t n_supplementary;
} irm_typology_columns;
IRM_API irm_status irm_typology_units_read(const char *path,
                                           const irm_typology_columns *columns,
                                           irm_typology_units *units, irm_error *error);

/* Keeps the units of a mask. */
IRM_API irm_status irm_typology_units_keep(irm_typology_units *units, const bool *keep,
                                           irm_error *error);

/* ---- how ---- */

typedef enum irm_typology_method {
    IRM_TYPOLOGY_WARD = 0,
    IRM_TYPOLOGY_SINGLE,
    IRM_TYPOLOGY_COMPLETE,
    IRM_TYPOLOGY_AVERAGE,
    IRM_TYPOLOGY_KMEANS,
    IRM_TYPOLOGY_MEDOIDS,
    IRM_TYPOLOGY_MIXTURE,
    IRM_TYPOLOGY_METHOD_END
} irm_typology_method;
IRM_API const char *irm_typology_method_name(irm_typology_method method);

typedef enum irm_typology_space {
    IRM_SPACE_NONE = 0,
    IRM_SPACE_CLUSTGEO,
    IRM_SPACE_CONTIGUOUS,
    IRM_SPACE_SKATER,
    IRM_SPACE_MAXP,
    IRM_SPACE_END
} irm_typology_space;
IRM_API const char *irm_typology_space_name(irm_typology_space space);

enum {
    IRM_AXES_ALL = -1,
    IRM_AXES_NONE = 0, /* cluster on the variables themselves */
    IRM_STABILITY_AUTO = -1,
    IRM_GAP_AUTO = -1
};

typedef struct irm_typology_options {
    size_t classes; /* 0: proposed */
    bool no_reduction;
    long axes;       /* IRM_AXES_ALL, IRM_AXES_NONE, or how many */
    int consolidate; /* 1 yes, -1 no, 0: where it is Ward's tree without space */
    bool exclude;    /* units with a missing value are left out, not imputed */
    uint64_t seed;
    irm_typology_method method;
    irm_typology_space space;
    double alpha;          /* of CLUSTGEO; NaN: chosen on the curve */
    const char *distances; /* of CLUSTGEO: a square CSV; NULL: between the shapes */
    double floor;          /* of population, or of units: SKATER, MAXP */
    long stability; /* draws; 0: none; IRM_STABILITY_AUTO: as many as take seconds */
    long gap; /* reference draws of the gap statistic; 0: none; IRM_GAP_AUTO: 20 for 2,000
                 units at most */
    const char *contiguity; /* "queen" (NULL), "rook", or the name of a file of pairs */
    bool moran;             /* autocorrelation of the variables, even without `space` */
    size_t threads;
    const char *lang; /* "fr" (NULL) or "en": of the names of classes */
} irm_typology_options;

/* ---- what comes out ---- */

/* A fact to be known by who reads the typology, in both languages. */
typedef struct irm_typology_note {
    char *fr, *en;
} irm_typology_note;

/* A class. Indices are into the typology's units and variables. */
typedef struct irm_typology_class {
    size_t size;
    double weight_share;     /* part of all weights, 0 to 1 */
    double population;       /* NaN unknown */
    char *name_fr, *name_en; /* proposed from the strongest v-tests */
    uint32_t *parangons;     /* nearest to the centre, up to 5 */
    size_t n_parangons;
    uint32_t *specific; /* farthest from the centres of the others, up to 5 */
    size_t n_specific;
    double silhouette; /* mean; NaN unknown */
    double jaccard;    /* NaN: not computed */
    double within;     /* part of the within-class inertia */
} irm_typology_class;

/* A reading of a Jaccard index (Hennig 2007): "stable" from 0.75, "care" from 0.60,
 * "unstable" under it; "" for NaN. */
IRM_API const char *irm_typology_reading(double jaccard);

/* How one unit fares in local statistics and projections. */
typedef struct irm_typology {
    irm_typology_units units; /* kept units, missing values filled in; owned */
    irm_typology_options options;
    size_t n, p;    /* units; active variables, or modalities */
    size_t *active; /* index of each active variable (numbers), p of them */
    bool multiple;  /* active variables are categories: an MCA */
    irm_matrix x;   /* n × p, as analysed: numbers, before centring */
    irm_factors factors;
    irm_points supplementary; /* supplementary numbers on the axes */
    size_t axes_used;         /* 0: the variables themselves */
    irm_matrix points;        /* n × …: what is clustered */
    irm_tree tree;            /* n 0 without one */
    size_t proposed, k;
    double gain_from, gain_to; /* within inertia over total, before and after the cut */
    irm_partition partition;   /* the classes, numbered along the first axis */
    int32_t *tree_class; /* n, before consolidation, as close numbers as can be; NULL
                            without a tree */
    size_t n_moved;      /* by consolidation */
    double cut_within;   /* inertia within the classes of the cut */
    double *distances;   /* n, to the own centre */
    irm_typology_class *classes;  /* k */
    irm_profile_number *profiles; /* k × n_variables, supplementary ones too */
    double *eta2, *eta2_p;        /* n_variables */
    irm_profile_modality **modality_profiles; /* by category: k × its modalities */
    irm_quality quality;
    double *silhouettes; /* n, NaN where not computed */
    double rand;         /* mean adjusted Rand of the draws; NaN */
    size_t draws;
    /* Gap statistic of 1 … n_gaps classes of Ward's tree, with its standard errors; NULL
     * where not measured. gap_classes: the first number that the next does not better by
     * more than its error; 0: none. */
    double *gaps, *gap_errors;
    size_t n_gaps, gap_references, gap_classes;
    size_t components; /* of the imputation */
    size_t n_filled;
    /* space */
    irm_neighbours neighbours;  /* n 0 without */
    size_t islands, joined;     /* units without neighbour; links added */
    irm_autocorrelation *moran; /* n_variables; NULL */
    irm_local *local;           /* n: local Moran of the first axis; NULL */
    double *alphas, *q0, *q1;   /* the choice of alpha */
    size_t n_alphas;
    double alpha;            /* used; NaN */
    double class_contiguity; /* share of neighbouring pairs within a class; NaN */
    irm_typology_note *notes;
    size_t n_notes, notes_capacity;
} irm_typology;

/* Computes the typology of units, which it takes over (and clears, whatever happens). A
 * constant variable or one without any value is left out with a note; what remains must
 * be two units at least and one variable. Errors: USAGE for a number of classes that
 * cannot be, DATA for an infinite value, REFUSED where memory would not do, NOT_FOUND
 * where space is asked and no shape is there. */
IRM_API irm_status irm_typology_compute(irm_typology_units *units,
                                        const irm_typology_options *options,
                                        const irm_reporter *reporter,
                                        irm_typology *typology, irm_error *error);
IRM_API void irm_typology_clear(irm_typology *typology);
/* Adds a note. */
IRM_API irm_status irm_typology_note_add(irm_typology *typology, irm_error *error,
                                         const char *fr, const char *en);

/* What characterises a class on a variable, in words: "Part de logements vacants très
 * supérieure à la moyenne : 12,4 % contre 8,1 %". `variable` is an index of the units'.
 */
IRM_API void irm_typology_sentence(const irm_typology *typology, size_t class_index,
                                   size_t variable, const char *lang, char *text,
                                   size_t size);
/* The variables that characterise a class (|v-test| ≥ 1.96), by decreasing |v-test|;
 * `order` has room for all variables. */
IRM_API size_t irm_typology_ranked(const irm_typology *typology, size_t class_index,
                                   size_t *order);

/* ---- tables ---- */

/* Where the figures come from: store lineage by name and value, added to the JSON. */
typedef struct irm_typology_lineage {
    const irm_store *store; /* NULL: a CSV */
    int geography;
    const char *command; /* options as given, without paths outside; may be NULL */
    bool fictional;
} irm_typology_lineage;

/* Writes classes, profile, tree, axes, coordinates, variables, stability, quality, space,
 * excluded (those that apply) as CSV into `folder`, typology.h5 with the same tables, and
 * typology.json with parameters, lineage, notes and the frozen model. */
IRM_API irm_status irm_typology_write(const irm_typology *typology, const char *folder,
                                      const irm_typology_lineage *lineage,
                                      const char *locale, irm_error *error);

/* ---- frozen classes ---- */

/* What is needed to put new units in old classes. */
typedef struct irm_typology_model {
    size_t p, k, axes;           /* axes 0: the variables themselves */
    char **variables;            /* ids */
    double *center, *scale;      /* p */
    irm_matrix loadings;         /* p × axes */
    irm_matrix centers;          /* k × (axes or p) */
    char **names_fr, **names_en; /* k */
    irm_dict *ids;               /* of the units classed */
    int32_t *classes;            /* of each of them, from 0 */
    int32_t year;                /* of most variables; 0 unknown */
    char *level;
} irm_typology_model;
IRM_API irm_status irm_typology_model_read(const char *folder, irm_typology_model *model,
                                           irm_error *error);
IRM_API void irm_typology_model_clear(irm_typology_model *model);

/* Units put in the classes of a model. */
typedef struct irm_typology_projection {
    irm_typology_units units; /* owned */
    const irm_typology_model *model;
    int32_t *classes, *before;    /* n; before: -1 where the unit is new */
    double *distances;            /* n */
    irm_profile_number *profiles; /* k × p, of the projected units */
    double *flows;                /* k × k units, from × to */
    double *people; /* k × k inhabitants, of the units whose number is known */
    size_t n_new, n_gone, n_moved, n_filled;
} irm_typology_projection;
/* Takes the units over. Their variables must be the model's (NOT_FOUND otherwise). */
IRM_API irm_status irm_typology_project(irm_typology_units *units,
                                        const irm_typology_model *model, bool exclude,
                                        size_t threads,
                                        irm_typology_projection *projection,
                                        irm_error *error);
IRM_API void irm_typology_projection_clear(irm_typology_projection *projection);
/* classes.csv, profile.csv, transitions.csv, typology.h5, typology.json. */
IRM_API irm_status irm_typology_projection_write(
    const irm_typology_projection *projection, const char *folder,
    const irm_typology_lineage *lineage, const char *locale, irm_error *error);

/* ---- similar territories ---- */

typedef struct irm_similar {
    size_t unit; /* of the units */
    double distance;
    double *gaps; /* p: (its value - the territory's) / standard deviation */
} irm_similar;
/* The `count` units nearest to unit `of` among those of `mask` (NULL: all), in the space
 * of standardised active variables (`axes` 0), or of the first principal components.
 * Distances are divided by the square root of the number of variables: a mean gap in
 * standard deviations. Ties go to the smaller number. Missing values are not imputed: the
 * distance is over the variables that both know, at least half of them. `list` is
 * allocated; free with irm_similar_free. */
IRM_API irm_status irm_similar_find(const irm_typology_units *units, size_t of,
                                    const bool *mask, size_t count, size_t axes,
                                    irm_similar **list, size_t *found, irm_error *error);
IRM_API void irm_similar_free(irm_similar *list, size_t count);

#ifdef __cplusplus
}
#endif
#endif
