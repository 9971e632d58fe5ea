#include "irminon/geometry.h"

#include <math.h>
#include <stdlib.h>

#include "support.h"

/* A square of two units with a hole of one, and a territory without a shape. */
static const char source[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"20001\",\"rate\":12.5},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,2],[0,2],[0,0]],"
    "[[0.5,0.5],[0.5,1.5],[1.5,1.5],[1.5,0.5],[0.5,0.5]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"20002\",\"rate\":null},"
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[3,0],[4,0],[4,1],[3,0]]]}}]}";

static void check_round_trip(const char *folder, const char *name) {
    char *in = irm_path_join(folder, "in.geojson"), *out = irm_path_join(folder, name);
    irm_table table = {0}, back = {0};
    irm_shapes *shapes, *again;
    assert_ok(irm_write_file(in, source, sizeof source - 1, &test_error));
    assert_ok(irm_geometry_read(in, NULL, "zones", &table, &test_error));
    irm_column *geometry = irm_table_column(&table, "geometry");
    assert_ok(irm_shapes_new(geometry, table.n_rows, &shapes, &test_error));
    table.n_columns--; /* the geometry goes out as shapes, not as a field */
    assert_ok(irm_geometry_write(&table, shapes, "EPSG:4326", out, &test_error));
    table.n_columns++;
    assert_ok(irm_geometry_read(out, NULL, "zones", &back, &test_error));
    assert_int_equal(back.n_rows, 2);
    assert_string_equal(irm_column_label(irm_table_column(&back, "code"), 1), "20002");
    assert_true(irm_table_column(&back, "rate")->values[0] == 12.5);
    assert_true(isnan(irm_table_column(&back, "rate")->values[1]));
    assert_ok(irm_shapes_new(irm_table_column(&back, "geometry"), 2, &again, &test_error));
    assert_true(fabs(irm_shape_area(irm_shapes_get(again, 0)) - 3.0) < 1e-9);
    assert_true(fabs(irm_shape_area(irm_shapes_get(again, 1)) - 0.5) < 1e-9);
    irm_shapes_free(shapes);
    irm_shapes_free(again);
    irm_table_clear(&table);
    irm_table_clear(&back);
    free(in);
    free(out);
}

static void what_is_written_reads_back_with_its_holes(void **state) {
    (void)state;
    char *folder = test_folder();
    check_round_trip(folder, "out.geojson");
    check_round_trip(folder, "out.gpkg");
    test_folder_remove(folder);
}

static void the_same_layer_twice_gives_the_same_bytes(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_buffer first = {0}, second = {0};
    char *path = irm_path_join(folder, "out.gpkg");
    check_round_trip(folder, "out.gpkg");
    assert_ok(irm_read_file(path, &first, &test_error));
    check_round_trip(folder, "out.gpkg");
    assert_ok(irm_read_file(path, &second, &test_error));
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    irm_buffer_clear(&first);
    irm_buffer_clear(&second);
    free(path);
    test_folder_remove(folder);
}

static void an_unwritable_place_is_told_and_left_clean(void **state) {
    (void)state;
    irm_table table;
    irm_shapes *shapes;
    irm_column *geometry;
    assert_ok(irm_table_init(&table, "none", 0, &test_error));
    assert_ok(irm_table_add(&table, "geometry", IRM_COLUMN_BYTES, &geometry, &test_error));
    assert_ok(irm_shapes_new(geometry, 0, &shapes, &test_error));
    assert_int_equal(
        irm_geometry_write(&table, shapes, "EPSG:4326", "/nowhere/out.gpkg", &test_error),
        IRM_STATUS_IO);
    assert_string_equal(test_error.file, "/nowhere/out.gpkg");
    assert_int_equal(
        irm_geometry_write(&table, shapes, "EPSG:4326", "out.csv", &test_error),
        IRM_STATUS_USAGE);
    irm_shapes_free(shapes);
    irm_table_clear(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back_with_its_holes),
        cmocka_unit_test(the_same_layer_twice_gives_the_same_bytes),
        cmocka_unit_test(an_unwritable_place_is_told_and_left_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
