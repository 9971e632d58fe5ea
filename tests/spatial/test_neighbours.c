/* Who neighbours whom, against spdep (tests/reference/spatial.csv, made by spatial.R). */
#include <math.h>
#include <string.h>

#include "graphs.h"

static irm_shapes *mosaic(void) {
    irm_matrix points = test_reference("spatial", "mosaic.point");
    irm_shapes *shapes = no_shapes();
    for (size_t row = 0; row < points.rows;) {
        const double *first = irm_matrix_row(&points, row);
        double ring[256];
        size_t count = 0;
        size_t next = row;
        for (; next < points.rows; next++) {
            const double *point = irm_matrix_row(&points, next);
            if (point[0] != first[0] || point[1] != first[1]) {
                break;
            }
            ring[2 * count] = point[3];
            ring[2 * count++ + 1] = point[4];
        }
        add_ring(shapes, first[2] > 0.0, count - 1, ring);
        if (next == points.rows || irm_matrix_row(&points, next)[0] != first[0]) {
            assert_ok(shapes_end(shapes, &test_error));
        }
        row = next;
    }
    irm_matrix_clear(&points);
    return shapes;
}

static void a_mosaic_is_contiguous_as_spdep_finds(void **state) {
    (void)state;
    static const char *const names[] = {"mosaic.queen", "mosaic.rook"};
    irm_shapes *shapes = mosaic();
    for (irm_contiguity kind = IRM_CONTIGUITY_QUEEN; kind <= IRM_CONTIGUITY_ROOK;
         kind++) {
        irm_neighbours wanted = recorded_graph(names[kind], irm_shapes_count(shapes));
        for (size_t threads = 1; threads <= 3; threads++) {
            irm_neighbours got;
            assert_ok(
                irm_neighbours_contiguous(shapes, kind, 0.0, threads, &got, &test_error));
            assert_same_graph(&got, &wanted);
            irm_neighbours_clear(&got);
        }
        irm_neighbours_clear(&wanted);
    }
    irm_shapes_free(shapes);
}

static irm_neighbours touching(const irm_shapes *shapes, irm_contiguity kind,
                               double snap) {
    irm_neighbours graph;
    assert_ok(irm_neighbours_contiguous(shapes, kind, snap, 1, &graph, &test_error));
    return graph;
}

static void a_corner_is_queen_and_an_edge_is_rook(void **state) {
    (void)state;
    irm_shapes *shapes = no_shapes();
    add_unit(shapes, 0, 0, 1, 1);
    add_unit(shapes, 1, 0, 2, 1);
    add_unit(shapes, 2, 1, 3, 2);
    irm_neighbours queen = touching(shapes, IRM_CONTIGUITY_QUEEN, 0.0);
    irm_neighbours rook = touching(shapes, IRM_CONTIGUITY_ROOK, 0.0);
    assert_true(joined(&queen, 0, 1) && joined(&queen, 1, 2) && !joined(&queen, 0, 2));
    assert_true(joined(&rook, 0, 1) && !joined(&rook, 1, 2));
    irm_neighbours_clear(&queen);
    irm_neighbours_clear(&rook);
    irm_shapes_free(shapes);
}

/* No vertex is shared: a small square beside the middle of a long edge, a tip on it. */
static void a_vertex_on_an_edge_touches(void **state) {
    (void)state;
    irm_shapes *shapes = no_shapes();
    add_unit(shapes, 0, 0, 10, 1);
    add_unit(shapes, 4, 1, 5, 2);
    add_ring(shapes, false, 3, (double[]){7.25, 1, 8, 2, 7, 2});
    assert_ok(shapes_end(shapes, &test_error));
    add_unit(shapes, -3, -5, 4, 0);
    irm_neighbours queen = touching(shapes, IRM_CONTIGUITY_QUEEN, 0.0);
    irm_neighbours rook = touching(shapes, IRM_CONTIGUITY_ROOK, 0.0);
    assert_int_equal(queen.start[1], 3);
    assert_true(joined(&rook, 0, 1) && !joined(&rook, 0, 2) && joined(&rook, 0, 3));
    irm_neighbours_clear(&queen);
    irm_neighbours_clear(&rook);
    irm_shapes_free(shapes);
}

static void what_is_within_the_snap_touches(void **state) {
    (void)state;
    irm_shapes *shapes = no_shapes();
    add_unit(shapes, 0, 0, 1, 1);
    add_unit(shapes, 1.01, 0, 2, 1);
    add_unit(shapes, 2.01, 1.01, 3, 2);
    irm_neighbours none = touching(shapes, IRM_CONTIGUITY_QUEEN, 0.0);
    irm_neighbours queen = touching(shapes, IRM_CONTIGUITY_QUEEN, 0.02);
    irm_neighbours rook = touching(shapes, IRM_CONTIGUITY_ROOK, 0.02);
    assert_int_equal(none.start[3], 0);
    assert_true(joined(&queen, 0, 1) && joined(&queen, 1, 2) && !joined(&queen, 0, 2));
    assert_true(joined(&rook, 0, 1) && !joined(&rook, 1, 2));
    irm_neighbours_clear(&none);
    irm_neighbours_clear(&queen);
    irm_neighbours_clear(&rook);
    irm_shapes_free(shapes);
}

/* Unit 1: a square with a hole that unit 2 fills, a part beyond unit 3, a part at sea. */
static void holes_exclaves_and_islets_are_told(void **state) {
    (void)state;
    irm_shapes *shapes = no_shapes();
    add_rectangle(shapes, false, 8, 0, 9, 1);
    add_rectangle(shapes, false, 0, 0, 4, 4);
    add_rectangle(shapes, true, 1, 1, 2, 2);
    add_rectangle(shapes, false, 0, 20, 1, 21);
    assert_ok(shapes_end(shapes, &test_error));
    add_unit(shapes, 1, 1, 2, 2);
    add_unit(shapes, 4, 0, 8, 4);
    assert_ok(shapes_end(shapes, &test_error)); /* no ring at all */
    irm_neighbours queen = touching(shapes, IRM_CONTIGUITY_QUEEN, 0.0);
    assert_true(joined(&queen, 0, 1) && joined(&queen, 0, 2) && !joined(&queen, 1, 2));
    assert_int_equal(queen.start[4], queen.start[3]);
    irm_parts parts[4];
    assert_ok(irm_parts_count(shapes, 0.0, 1, parts, &test_error));
    assert_int_equal(parts[0].parts, 3);
    assert_int_equal(parts[0].exclaves, 1);
    assert_int_equal(parts[0].islets, 1);
    assert_int_equal(parts[1].parts, 1);
    assert_int_equal(parts[2].exclaves + parts[2].islets, 0);
    assert_int_equal(parts[3].parts, 0);
    irm_neighbours_clear(&queen);
    irm_shapes_free(shapes);
}

/* Squares of every size, from 1 to 2^-12, side by side along the diagonal. */
static void sizes_may_differ_by_thousands(void **state) {
    (void)state;
    irm_shapes *shapes = no_shapes();
    double at = 0.0;
    for (int i = 0; i < 13; i++) {
        double side = ldexp(1.0, -i);
        add_unit(shapes, at, at, at + side, at + side);
        at += side;
    }
    irm_neighbours queen = touching(shapes, IRM_CONTIGUITY_QUEEN, 0.0);
    for (size_t i = 0; i + 1 < 13; i++) {
        assert_true(joined(&queen, i, i + 1));
    }
    assert_int_equal(queen.start[13], 24);
    irm_neighbours_clear(&queen);
    irm_shapes_free(shapes);
}

static void coordinates_must_be_finite_and_snaps_too(void **state) {
    (void)state;
    irm_neighbours graph;
    irm_shapes *shapes = no_shapes();
    assert_int_equal(irm_neighbours_contiguous(shapes, IRM_CONTIGUITY_QUEEN, 0, 1, &graph,
                                               &test_error),
                     IRM_STATUS_USAGE);
    add_unit(shapes, 0, 0, 1, 1);
    add_unit(shapes, 1, NAN, 2, 1);
    assert_int_equal(irm_neighbours_contiguous(shapes, IRM_CONTIGUITY_QUEEN, 0, 1, &graph,
                                               &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "unit 2"));
    assert_int_equal(irm_neighbours_contiguous(shapes, IRM_CONTIGUITY_QUEEN, -1.0, 1,
                                               &graph, &test_error),
                     IRM_STATUS_USAGE);
    irm_shapes_free(shapes);
}

static void extreme_coordinates_do_no_harm(void **state) {
    (void)state;
    irm_shapes *shapes = no_shapes();
    add_unit(shapes, 0, 0, 1e-300, 1e-300);
    add_unit(shapes, -1e150, 0, 0, 1e150);
    add_unit(shapes, 5, 5, 5, 5);
    irm_neighbours queen = touching(shapes, IRM_CONTIGUITY_QUEEN, 0.0);
    assert_true(joined(&queen, 0, 1));
    irm_neighbours_clear(&queen);
    irm_shapes_free(shapes);
}

typedef struct points {
    irm_matrix x, y;
    size_t n;
} points;

static points recorded_points(void) {
    points p = {test_reference("spatial", "points.x"),
                test_reference("spatial", "points.y"), 0};
    p.n = p.x.columns;
    return p;
}

static void points_clear(points *p) {
    irm_matrix_clear(&p->x);
    irm_matrix_clear(&p->y);
}

static void nearest_and_within_are_as_spdep_finds(void **state) {
    (void)state;
    points p = recorded_points();
    irm_neighbours got;
    irm_neighbours wanted = recorded_graph("points.nearest", p.n);
    assert_ok(irm_neighbours_nearest(p.x.data, p.y.data, p.n, 4, &got, &test_error));
    assert_same_graph(&got, &wanted);
    irm_neighbours_clear(&got);
    irm_neighbours_clear(&wanted);
    wanted = recorded_graph("points.within", p.n);
    assert_ok(irm_neighbours_within(p.x.data, p.y.data, p.n, 0.9, &got, &test_error));
    assert_same_graph(&got, &wanted);
    irm_neighbours_clear(&got);
    irm_neighbours_clear(&wanted);
    points_clear(&p);
}

/* Twenty points at two places: every distance is a tie. */
static void ties_go_to_the_smaller_number(void **state) {
    (void)state;
    double x[20];
    double y[20] = {0};
    irm_neighbours graph;
    for (size_t i = 0; i < 20; i++) {
        x[i] = (double)(i % 2);
    }
    assert_ok(irm_neighbours_nearest(x, y, 20, 3, &graph, &test_error));
    assert_int_equal(graph.index[0], 2);
    assert_int_equal(graph.index[1], 4);
    assert_int_equal(graph.index[2], 6);
    assert_int_equal(graph.index[3 * 19], 1);
    assert_int_equal(graph.index[3 * 19 + 2], 5);
    irm_neighbours_clear(&graph);
    assert_int_equal(irm_neighbours_nearest(x, y, 20, 20, &graph, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_neighbours_nearest(x, y, 20, 0, &graph, &test_error),
                     IRM_STATUS_USAGE);
    x[7] = NAN;
    assert_int_equal(irm_neighbours_nearest(x, y, 20, 3, &graph, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "unit 8"));
}

/* The shortest links that join all: a minimum spanning tree by brute force. */
static void parts_are_joined_by_the_shortest_links(void **state) {
    (void)state;
    points p = recorded_points();
    irm_neighbours graph;
    size_t added = 0;
    size_t count = 0;
    int32_t of[80];
    assert_ok(irm_neighbours_within(p.x.data, p.y.data, p.n, 0.5, &graph, &test_error));
    assert_ok(irm_neighbours_components(&graph, of, &count, &test_error));
    assert_true(count > 10);
    double expected = 0.0;
    for (size_t left = count; left > 1; left--) {
        double best = INFINITY;
        int32_t a = 0;
        int32_t b = 0;
        for (size_t i = 0; i < p.n; i++) {
            for (size_t j = 0; j < i; j++) {
                double d = hypot(p.x.data[i] - p.x.data[j], p.y.data[i] - p.y.data[j]);
                if (of[i] != of[j] && d < best) {
                    best = d, a = of[i], b = of[j];
                }
            }
        }
        expected += best;
        for (size_t i = 0; i < p.n; i++) {
            of[i] = of[i] == a ? b : of[i];
        }
    }
    double before = 0.0;
    double after = 0.0;
    for (size_t i = 0; i < p.n; i++) {
        for (size_t at = graph.start[i]; at < graph.start[i + 1]; at++) {
            uint32_t j = graph.index[at];
            before += hypot(p.x.data[i] - p.x.data[j], p.y.data[i] - p.y.data[j]);
        }
    }
    assert_ok(irm_neighbours_connect(&graph, p.x.data, p.y.data, &added, &test_error));
    assert_int_equal(added, count - 1);
    for (size_t i = 0; i < p.n; i++) {
        for (size_t at = graph.start[i]; at < graph.start[i + 1]; at++) {
            uint32_t j = graph.index[at];
            assert_true(at == graph.start[i] || graph.index[at - 1] < j);
            after += hypot(p.x.data[i] - p.x.data[j], p.y.data[i] - p.y.data[j]);
        }
    }
    assert_true(fabs(after - before - 2.0 * expected) < 1e-9);
    assert_ok(irm_neighbours_components(&graph, of, &count, &test_error));
    assert_int_equal(count, 1);
    irm_neighbours_clear(&graph);
    points_clear(&p);
}

static void pairs_make_both_directions_once(void **state) {
    (void)state;
    uint32_t a[] = {3, 0, 1, 0, 3};
    uint32_t b[] = {0, 3, 3, 1, 1};
    irm_neighbours graph;
    assert_ok(irm_neighbours_pairs(a, b, 5, 5, &graph, &test_error));
    assert_int_equal(graph.start[5], 6);
    assert_true(joined(&graph, 0, 1) && joined(&graph, 3, 0) && joined(&graph, 1, 3));
    assert_int_equal(graph.start[2], graph.start[3]);
    irm_neighbours_standardise(&graph);
    assert_true(graph.weights[0] == 0.5 && graph.weights[5] == 0.5);
    irm_neighbours_clear(&graph);
    b[2] = 5;
    assert_int_equal(irm_neighbours_pairs(a, b, 5, 5, &graph, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "pair 3"));
    b[2] = 1;
    assert_int_equal(irm_neighbours_pairs(a, b, 5, 5, &graph, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "to itself"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mosaic_is_contiguous_as_spdep_finds),
        cmocka_unit_test(a_corner_is_queen_and_an_edge_is_rook),
        cmocka_unit_test(a_vertex_on_an_edge_touches),
        cmocka_unit_test(what_is_within_the_snap_touches),
        cmocka_unit_test(holes_exclaves_and_islets_are_told),
        cmocka_unit_test(sizes_may_differ_by_thousands),
        cmocka_unit_test(coordinates_must_be_finite_and_snaps_too),
        cmocka_unit_test(extreme_coordinates_do_no_harm),
        cmocka_unit_test(nearest_and_within_are_as_spdep_finds),
        cmocka_unit_test(ties_go_to_the_smaller_number),
        cmocka_unit_test(parts_are_joined_by_the_shortest_links),
        cmocka_unit_test(pairs_make_both_directions_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
