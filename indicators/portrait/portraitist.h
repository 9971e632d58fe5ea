/* What the files of a portrait share. */
#ifndef IRMINON_PORTRAIT_PORTRAITIST_H
#define IRMINON_PORTRAIT_PORTRAITIST_H

#include "irminon/portrait.h"
#include "irminon/precision.h"

/* One evaluation kept, over a whole level: the next portrait reads the same one. */
typedef struct kept_evaluation {
    int asked_year;
    irm_evaluation evaluation;
    irm_precision *precision; /* once asked for; NULL where it is not known */
    bool precision_sought;
} kept_evaluation;

struct irm_portraitist {
    irm_evaluator *evaluator;
    const irm_store *store;
    const irm_geography *geography;
    const irm_catalogue *catalogue;
    const irm_reporter *reporter;
    kept_evaluation **kept; /* pointers: they stay where they are */
    size_t n_kept, kept_capacity;
    double *population; /* of each commune; NULL when unknown */
    bool population_sought;
};

/* The evaluation of an indicator over a level, computed once. Borrowed. */
irm_status portraitist_evaluate(irm_portraitist *portraitist, size_t indicator,
                                const irm_level *level, int year,
                                const irm_evaluation **evaluation, irm_error *error);
/* Turns a place into the only one of its level, where that costs less to evaluate. */
irm_status portraitist_alone(irm_portraitist *portraitist, irm_place *place,
                             irm_error *error);
/* What the precision of one of those evaluations rests on (NULL where it is not known), once
 * the interval of `index` has been put into it. Borrowed. */
irm_status portraitist_precision(irm_portraitist *portraitist,
                                 const irm_evaluation *evaluation, int32_t index,
                                 const irm_precision **precision, irm_error *error);
/* Population of each commune, NULL when the store cannot give it. Borrowed. */
irm_status portraitist_population(irm_portraitist *portraitist, const double **population,
                                  irm_error *error);

/* peers.c: whom a territory ranks among. */
typedef struct peer_group {
    bool *alike;          /* of its class of size (communes); NULL: the whole level */
    size_t n_alike;
    bool *near;           /* of its département, and alike; NULL: none is known */
    size_t n_near;
    const char *near_name;
} peer_group;
irm_status peers_find(irm_portraitist *portraitist, irm_place place, peer_group *group,
                      irm_error *error);
void peers_clear(peer_group *group);
/* Ranks a row's territory among its peers; among those of its département where the source
 * covers too few of the country's; not at all where it covers too few of those too. */
void peers_rank(const irm_evaluation *evaluation, irm_place place, const peer_group *group,
                irm_portrait_row *row);
/* Whom it ranks among, in words: "communes de 500 à 1 999 habitants". */
irm_status peers_label(irm_place place, double population, char **fr, char **en,
                       irm_error *error);

/* rows.c: one indicator of the territory, beside its references. */
irm_status portrait_row_fill(irm_portraitist *portraitist, size_t indicator,
                             const irm_portrait *portrait, const peer_group *group,
                             irm_portrait_row *row, irm_error *error);
void portrait_row_clear(irm_portrait_row *row);

/* pyramid.c */
/* Over the first of the references that has one. */
irm_status pyramid_compute(irm_portraitist *portraitist, irm_place place,
                           const irm_place *references, size_t n_references,
                           irm_portrait_pyramid *pyramid, irm_error *error);
/* warnings.c: the sentences that the flags and states of a portrait call for. */
irm_status warnings_collect(irm_portraitist *portraitist, irm_portrait *portrait,
                            irm_error *error);

#endif
