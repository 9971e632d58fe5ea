/* What the tests of space are made of: the reference's graphs, and shapes drawn by hand.
 */
#ifndef IRMINON_TEST_GRAPHS_H
#define IRMINON_TEST_GRAPHS_H

#include "geometry/shapes.h"
#include "irminon/memory.h"
#include "irminon/spatial.h"
#include "reference.h"
#include "support.h"

/* Neighbours recorded as lines "unit,neighbour", counted from 1, of n units. */
static inline irm_neighbours recorded_graph(const char *name, size_t n) {
    irm_matrix pairs = test_reference("spatial", name);
    irm_neighbours made = {.n = n,
                           .start = irm_calloc(n + 1, sizeof *made.start),
                           .index = irm_calloc(pairs.rows, sizeof *made.index),
                           .weights = irm_calloc(pairs.rows, sizeof *made.weights)};
    for (size_t row = 0; row < pairs.rows; row++) {
        const double *pair = irm_matrix_row(&pairs, row);
        made.start[(size_t)pair[0]] = row + 1;
        made.index[row] = (uint32_t)pair[1] - 1;
        made.weights[row] = 1.0;
    }
    for (size_t i = 0; i < n; i++) {
        made.start[i + 1] = made.start[i + 1] > 0 ? made.start[i + 1] : made.start[i];
    }
    irm_matrix_clear(&pairs);
    return made;
}

static inline void assert_same_graph(const irm_neighbours *got,
                                     const irm_neighbours *wanted) {
    assert_int_equal(got->n, wanted->n);
    for (size_t i = 0; i < wanted->n; i++) {
        if (got->start[i + 1] != wanted->start[i + 1]) {
            fail_msg("unit %zu has %zu neighbours, expected %zu", i + 1,
                     got->start[i + 1] - got->start[i],
                     wanted->start[i + 1] - wanted->start[i]);
        }
    }
    for (size_t at = 0; at < wanted->start[wanted->n]; at++) {
        assert_int_equal(got->index[at], wanted->index[at]);
    }
}

static inline irm_shapes *no_shapes(void) {
    irm_shapes *shapes = NULL;
    assert_ok(shapes_make(&shapes, &test_error));
    return shapes;
}

/* A closed ring from `count` points x, y, x, y, … (the first is repeated). */
static inline void add_ring(irm_shapes *shapes, bool hole, size_t count,
                            const double *points) {
    double *x;
    double *y;
    assert_ok(shapes_add_ring(shapes, hole, count + 1, &x, &y, &test_error));
    for (size_t i = 0; i <= count; i++) {
        x[i] = points[2 * (i % count)];
        y[i] = points[2 * (i % count) + 1];
    }
}

/* A rectangle, one part of the shape being drawn. */
static inline void add_rectangle(irm_shapes *shapes, bool hole, double x1, double y1,
                                 double x2, double y2) {
    add_ring(shapes, hole, 4, (double[]){x1, y1, x2, y1, x2, y2, x1, y2});
}

static inline void add_unit(irm_shapes *shapes, double x1, double y1, double x2,
                            double y2) {
    add_rectangle(shapes, false, x1, y1, x2, y2);
    assert_ok(shapes_end(shapes, &test_error));
}

static inline bool joined(const irm_neighbours *graph, size_t a, size_t b) {
    bool found = false;
    for (size_t at = graph->start[a]; at < graph->start[a + 1]; at++) {
        found |= graph->index[at] == b;
    }
    return found;
}

#endif
