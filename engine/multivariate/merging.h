/* A tree in the making: merges in the order that a method found them, then in the order
 * of the greedy algorithm. */
#ifndef IRMINON_MULTIVARIATE_MERGING_H
#define IRMINON_MULTIVARIATE_MERGING_H

#include <stdint.h>

#include "irminon/status.h"
#include "irminon/tree.h"

/* A cluster goes by its first individual: `a` < `b` are those of the two that merge, and
 * the new one goes by `a`. A merge comes after those that made its two clusters. */
typedef struct merging {
    uint32_t a, b;
    double height;
} merging;

/* The n - 1 merges as a tree: by increasing height, those of equal height by first
 * individuals, none before its own clusters. A height that rounding left under that of
 * one of its clusters is raised to it. */
irm_status merging_finish(const merging *merges, size_t n, irm_linkage linkage,
                          irm_tree *tree, irm_error *error);

#endif
