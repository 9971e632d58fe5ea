/* Boundaries of owners (units, or parts of units), and the index of their segments. */
#ifndef IRMINON_SPATIAL_BOUNDARY_H
#define IRMINON_SPATIAL_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/spatial.h"

/* Rings in the order of their owners. Segment p goes from point p to point p + 1; the
 * last point of a ring begins none. */
typedef struct boundary {
    size_t n;              /* owners */
    const size_t *ring_of; /* n + 1: first ring of each owner */
    const size_t *start;   /* first point of each ring, and the end of the last */
    const double *x, *y;
    double snap;
} boundary;

/* A segment that comes within `snap` of a square of the grid, and whose it is. */
typedef struct square_entry {
    uint32_t segment, owner;
} square_entry;

/* Squares of a grid, hashed into buckets: entries[first[b]] … entries[first[b + 1] - 1],
 * in no order that can be relied upon. */
typedef struct segment_index {
    double x0, y0, side;
    uint64_t mask;
    _Atomic uint32_t *first;
    square_entry *entries;
} segment_index;

irm_status segment_index_build(const boundary *lines, size_t threads,
                               segment_index *index, irm_error *error);
void segment_index_clear(segment_index *index);

/* Called for each square that a segment meets. */
typedef void (*square_visit)(void *context, size_t bucket);
void segment_index_visit(const segment_index *index, const boundary *lines,
                         size_t segment, double margin, square_visit visit,
                         void *context);

/* Whether two segments touch (IRM_CONTIGUITY_QUEEN) or share a length (ROOK). */
bool segments_meet(const boundary *lines, size_t a, size_t b, irm_contiguity kind);

#endif
