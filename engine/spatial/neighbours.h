/* The inside of irm_neighbours: how rows are made, and what is asked of a graph. */
#ifndef IRMINON_SPATIAL_NEIGHBOURS_H
#define IRMINON_SPATIAL_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/spatial.h"

/* Pairs a < b, each row's in one piece: partners of `a` are
 * partner[start[a]] … partner[start[a + 1] - 1], sorted, without repeats. */
typedef struct pair_rows {
    size_t n;
    const size_t *start;
    const uint32_t *partner;
} pair_rows;

/* Both directions of the pairs, rows sorted, weights of 1. */
irm_status neighbours_from_rows(const pair_rows *rows, irm_neighbours *neighbours,
                                irm_error *error);

/* Room for n rows of `count` neighbours in all; weights of 1, starts of 0. */
irm_status neighbours_make(irm_neighbours *neighbours, size_t n, size_t count,
                           irm_error *error);

/* The same links in both directions, weights of 1. */
irm_status neighbours_both_ways(const irm_neighbours *neighbours, irm_neighbours *both,
                                irm_error *error);

/* Weight of j in the row of i, 0 where it is none. */
double neighbours_weight(const irm_neighbours *neighbours, size_t i, uint32_t j);

/* DATA unless the graph is in one piece: tells how many there are, and names units
 * outside the largest. */
irm_status neighbours_need_connected(const irm_neighbours *neighbours, const char *what,
                                     irm_error *error);

/* Disjoint sets of units, by the smallest unit of each. */
uint32_t sets_find(uint32_t *parent, uint32_t unit);
/* False when they were already one. */
bool sets_join(uint32_t *parent, uint32_t a, uint32_t b);
/* parent[i] = i. Allocated; NULL without memory. */
uint32_t *sets_new(size_t n);

#endif
