/* Regions of max-p: who is in which, and what each holds. */
#ifndef IRMINON_SPATIAL_REGIONS_H
#define IRMINON_SPATIAL_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/spatial.h"

/* The problem, shared. */
typedef struct region_rules {
    const irm_matrix *x;
    const irm_neighbours *graph; /* both ways */
    const double *population;    /* NULL: each unit counts 1 */
    double floor;
} region_rules;

/* A partition in the making; -1 is nowhere yet. */
typedef struct regions {
    const region_rules *rules;
    int32_t *of; /* n */
    size_t count;
    size_t *size;    /* n: by region */
    double *people;  /* n: by region */
    irm_matrix sums; /* n: by region */
    uint32_t *list;  /* n: scratch */
    uint32_t *stamp; /* n: scratch, 0 between uses */
} regions;

irm_status regions_init(regions *r, const region_rules *rules, irm_error *error);
void regions_clear(regions *r);
void regions_empty(regions *r);

double regions_people(const region_rules *rules, uint32_t unit);
void regions_add(regions *r, uint32_t unit, int32_t region);
void regions_remove(regions *r, uint32_t unit);
/* What the within sum of squares gains when `unit`, nowhere yet, enters a region (0 for
 * an empty one); what it loses when `unit` leaves its own. */
double regions_cost(const regions *r, uint32_t unit, int32_t region);
double regions_relief(const regions *r, uint32_t unit);
/* Whether the region of `unit` stays in one piece without it. */
bool regions_can_leave(regions *r, uint32_t unit);
/* Within sum of squares of all regions, in two passes. */
double regions_within(const regions *r, double *scratch);

#endif
