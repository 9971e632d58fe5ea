/* Union of polygons that meet along whole edges, without computing an intersection. */
#ifndef IRMINON_GEOMETRY_TRACE_H
#define IRMINON_GEOMETRY_TRACE_H

#include "geometry/shapes.h"

/* The rings to be merged, and room for the work; used again from one union to the next. */
typedef struct trace trace;

irm_status trace_new(trace **made, irm_error *error);
void trace_free(trace *trace);
/* Forgets the rings added. */
void trace_reset(trace *trace);
/* Adds a closed ring, whichever way it turns. Points that are the same have equal
 * coordinates. */
irm_status trace_add(trace *trace, bool hole, const double *x, const double *y, size_t n,
                     irm_error *error);
/* Edges met in both directions vanish; what is left is the boundary, traced into rings that
 * keep the inside on their left, outer rings each followed by its holes, and added to the
 * shape being built in `merged`.
 *
 * *clean is false, and nothing is added, when an edge is met twice in one direction or a
 * hole has no outer ring around it. When it is true, the result is the union of the rings'
 * polygons if, and only if, it is a valid multipolygon: the boundaries of polygons add up
 * to that of the sum of their indicator functions, which is the indicator of a set just
 * where none overlap. The caller checks that. */
irm_status trace_finish(trace *trace, irm_shapes *merged, bool *clean, irm_error *error);

#endif
