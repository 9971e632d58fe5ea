/* Shapes made for tests: squares of a grid, one of them with a hole. */
#ifndef IRMINON_TEST_SQUARES_H
#define IRMINON_TEST_SQUARES_H

#include <stdlib.h>
#include <string.h>

#include "irminon/figure.h"
#include "irminon/geometry.h"
#include "irminon/memory.h"
#include "irminon/table.h"
#include "support.h"

static inline void put_u32(irm_buffer *wkb, uint32_t value) {
    irm_buffer_add(wkb, (const char *)&value, sizeof value);
}

static inline void put_ring(irm_buffer *wkb, double x, double y, double side) {
    const double corners[] = {x, y, x + side, y, x + side, y + side, x, y + side, x, y};
    put_u32(wkb, 5);
    irm_buffer_add(wkb, (const char *)corners, sizeof corners);
}

static inline void put_polygon(irm_buffer *wkb, double x, double y, double side,
                               bool hole) {
    const char little_endian = 1;
    irm_buffer_add(wkb, &little_endian, 1);
    put_u32(wkb, 3);
    put_u32(wkb, hole ? 2 : 1);
    put_ring(wkb, x, y, side);
    if (hole) {
        put_ring(wkb, x + side / 4, y + side / 4, side / 2);
    }
}

/* across × across squares of `side` units from (500000, 6400000); square `holed` has a
 * hole of a quarter of its area (-1: none). Free with irm_shapes_free. */
static inline irm_shapes *squares(size_t across, double side, int holed) {
    size_t n = across * across;
    irm_table table;
    irm_column *column = NULL;
    irm_buffer wkb = {0};
    irm_shapes *shapes = NULL;
    assert_ok(irm_table_init(&table, "grid", n, &test_error));
    assert_ok(irm_table_add(&table, "geometry", IRM_COLUMN_BYTES, &column, &test_error));
    for (size_t i = 0; i < n; i++) {
        double x = 500000 + side * (double)(i % across);
        put_polygon(&wkb, x, 6400000 + side * (double)(i / across), side,
                    (int)i == holed);
        column->offsets[i + 1] = wkb.size;
    }
    irm_free(column->bytes);
    column->bytes = (unsigned char *)irm_buffer_take(&wkb);
    assert_ok(irm_shapes_new(column, n, &shapes, &test_error));
    irm_table_clear(&table);
    return shapes;
}

#endif
