/* Published layers, where they are at hand, and memory that runs out.
 *
 * Links counted by spdep 1.2.7's poly2nb(snap = 0), pair by pair the same as ours, in
 * both directions; the rook of France is its poly2nb(queen = FALSE) too. */
#include <math.h>

#include "graphs.h"

static irm_shapes *layer(const char *name) {
    char *path = test_real_data(name);
    irm_table table = {0};
    irm_shapes *shapes = NULL;
    if (path == NULL) {
        skip();
    }
    assert_ok(irm_geometry_read(path, NULL, "layer", &table, &test_error));
    assert_ok(irm_shapes_new(irm_table_column(&table, "geometry"), table.n_rows, &shapes,
                             &test_error));
    irm_table_clear(&table);
    irm_free(path);
    return shapes;
}

static void assert_links(const irm_shapes *shapes, size_t queen, size_t rook) {
    size_t wanted[] = {queen, rook};
    for (irm_contiguity kind = IRM_CONTIGUITY_QUEEN; kind <= IRM_CONTIGUITY_ROOK;
         kind++) {
        irm_neighbours graph;
        assert_ok(irm_neighbours_contiguous(shapes, kind, 0.0, 2, &graph, &test_error));
        assert_int_equal(graph.start[graph.n], wanted[kind]);
        irm_neighbours_clear(&graph);
    }
}

static void the_estuary_has_the_links_of_spdep(void **state) {
    (void)state;
    irm_shapes *shapes = layer("8-verite-terrain/estuary_map.geojson");
    assert_links(shapes, 1570, 1522);
    irm_shapes_free(shapes);
}

static void france_has_the_links_of_spdep(void **state) {
    (void)state;
    irm_shapes *shapes = layer("6-geometries/COMMUNES_CARTElette_COG2024.geojson.xz");
    assert_links(shapes, 207784, 204680);
    irm_shapes_free(shapes);
}

enum { SIDE = 6, N = SIDE * SIDE };

typedef struct world {
    irm_shapes *shapes;
    irm_neighbours queen;
    irm_matrix variables;
    double x[N], y[N];
    double squares[N * (N - 1) / 2];
} world;

typedef irm_status (*attempt)(const world *w, irm_neighbours *graph, irm_tree *tree);

static irm_status find_contiguous(const world *w, irm_neighbours *graph, irm_tree *tree) {
    (void)tree;
    return irm_neighbours_contiguous(w->shapes, IRM_CONTIGUITY_ROOK, 0, 1, graph, NULL);
}
static irm_status count_parts(const world *w, irm_neighbours *graph, irm_tree *tree) {
    (void)graph;
    (void)tree;
    irm_parts parts[N];
    return irm_parts_count(w->shapes, 0, 1, parts, NULL);
}
static irm_status find_nearest(const world *w, irm_neighbours *graph, irm_tree *tree) {
    (void)tree;
    return irm_neighbours_nearest(w->x, w->y, N, 3, graph, NULL);
}
static irm_status join_parts(const world *w, irm_neighbours *graph, irm_tree *tree) {
    (void)tree;
    size_t added;
    IRM_TRY(irm_neighbours_within(w->x, w->y, N, 0.5, graph, NULL));
    return irm_neighbours_connect(graph, w->x, w->y, &added, NULL);
}
static irm_status correlate(const world *w, irm_neighbours *graph, irm_tree *tree) {
    (void)graph;
    (void)tree;
    irm_autocorrelation a;
    irm_local local[N];
    IRM_TRY(irm_moran(w->x, &w->queen, 9, 1, 1, &a, NULL));
    IRM_TRY(irm_geary(w->x, &w->queen, 9, 1, 1, &a, NULL));
    IRM_TRY(irm_local_g(w->x, &w->queen, true, 9, 1, 1, local, NULL));
    return irm_local_moran(w->x, &w->queen, 9, 1, 1, local, NULL);
}
static irm_status grow_tree(const world *w, irm_neighbours *graph, irm_tree *tree) {
    IRM_TRY(irm_neighbours_within(w->x, w->y, N, 1.0, graph, NULL));
    return irm_tree_contiguous(&w->variables, NULL, graph, tree, NULL);
}
static irm_status mix(const world *w, irm_neighbours *graph, irm_tree *tree) {
    (void)graph;
    return irm_clustgeo(w->squares, w->squares, N, 0.5, true, NULL, tree, NULL);
}
static irm_status cut_regions(const world *w, irm_neighbours *graph, irm_tree *tree) {
    (void)graph;
    (void)tree;
    int32_t classes[N];
    size_t k;
    IRM_TRY(irm_skater_by(&w->variables, &w->queen, 3, NULL, 0, IRM_DISPERSION_DISTANCES,
                          1, classes, NULL));
    return irm_max_p(&w->variables, &w->queen, NULL, 5, 2, 1, 1, classes, &k, NULL);
}

static world *build_world(void) {
    world *w = irm_calloc(1, sizeof *w);
    w->shapes = no_shapes();
    assert_ok(irm_matrix_init(&w->variables, N, 2, &test_error));
    for (size_t i = 0; i < N; i++) {
        w->x[i] = (double)(i % SIDE);
        w->y[i] = (double)(i / SIDE) + 0.01 * (double)i;
        add_unit(w->shapes, w->x[i], (double)(i / SIDE), w->x[i] + 1,
                 (double)(i / SIDE) + 1);
        irm_matrix_row(&w->variables, i)[0] = sin(7.0 * (double)i);
        irm_matrix_row(&w->variables, i)[1] = cos(3.0 * (double)i);
    }
    for (size_t at = 0; at < sizeof w->squares / sizeof *w->squares; at++) {
        w->squares[at] = fabs(sin((double)at));
    }
    assert_ok(irm_neighbours_contiguous(w->shapes, IRM_CONTIGUITY_QUEEN, 0, 1, &w->queen,
                                        &test_error));
    return w;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static const attempt attempts[] = {
        find_contiguous, count_parts, find_nearest, join_parts,
        correlate,       grow_tree,   mix,          cut_regions};
    world *w = build_world();
    for (size_t a = 0; a < sizeof attempts / sizeof *attempts; a++) {
        irm_status status = IRM_STATUS_NO_MEMORY;
        for (size_t n = 1; status != IRM_OK; n++) {
            irm_neighbours graph = {0};
            irm_tree tree = {0};
            irm_memory_fail_after(n);
            status = attempts[a](w, &graph, &tree);
            irm_memory_fail_after(0);
            assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
            assert_true(status == IRM_OK || n < 1000);
            assert_true(status != IRM_OK || n > 1);
            irm_neighbours_clear(&graph);
            irm_tree_clear(&tree);
        }
    }
    irm_neighbours_clear(&w->queen);
    irm_matrix_clear(&w->variables);
    irm_shapes_free(w->shapes);
    irm_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_estuary_has_the_links_of_spdep),
        cmocka_unit_test(france_has_the_links_of_spdep),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
