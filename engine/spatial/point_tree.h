/* A k-d tree of points in the plane, for nearest neighbours and circles. */
#ifndef IRMINON_SPATIAL_POINT_TREE_H
#define IRMINON_SPATIAL_POINT_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "irminon/status.h"

/* `order` is a permutation: a node is a range of it, split at its middle; leaves hold few
 * points. Boxes are kept by node, in heap order from 1. */
typedef struct point_tree {
    size_t n;
    const double *x, *y;
    uint32_t *order;
    double (*box)[4]; /* xmin, ymin, xmax, ymax */
    size_t nodes;
} point_tree;

irm_status point_tree_build(const double *x, const double *y, size_t n, point_tree *tree,
                            irm_error *error);
void point_tree_clear(point_tree *tree);

/* A point found: squared distance, number. */
typedef struct near_point {
    double squared;
    uint32_t point;
} near_point;

/* The k nearest to point `self`, itself excluded, sorted by distance, then number, into
 * `near` (room for k); how many there are. Points of the same `group` (NULL: none) as
 * self are passed over, and so is what lies farther than `squared` (INFINITY: nothing).
 * `only` is the group of all points of a node or -1 (point_tree_groups); NULL with
 * group. */
typedef struct point_query {
    uint32_t self;
    size_t k;
    double squared;
    const int32_t *group;
    const int32_t *only;
} point_query;
size_t point_tree_nearest(const point_tree *tree, const point_query *query,
                          near_point *near);

/* only[node]: the group of all its points, or -1. nodes + 1 numbers. */
void point_tree_groups(const point_tree *tree, const int32_t *group, int32_t *only);

/* Calls visit for each point within sqrt(squared) of `self`, itself excluded, until it
 * fails. */
typedef irm_status (*point_visit)(void *context, uint32_t point, irm_error *error);
irm_status point_tree_within(const point_tree *tree, uint32_t self, double squared,
                             point_visit visit, void *context, irm_error *error);

#endif
