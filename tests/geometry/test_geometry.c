#include "irminon/geometry.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "support.h"

typedef struct outcome {
    char *folder;
    irm_table table;
    irm_status status;
} outcome;

static char *in_folder(const char *folder, const char *name) {
    char *path = irm_path_join(folder, name);
    assert_non_null(path);
    return path;
}

static outcome read_text(const char *name, const char *text) {
    outcome o = {.folder = test_folder()};
    char *path = in_folder(o.folder, name);
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    o.status = irm_geometry_read(path, NULL, "t", &o.table, &test_error);
    irm_free(path);
    return o;
}

static void done(outcome *o) {
    irm_table_clear(&o->table);
    test_folder_remove(o->folder);
}

#define FEATURES(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define POLYGON(properties, rings)                                             \
    "{\"type\":\"Feature\",\"properties\":{" properties "},"                   \
    "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[" rings "]}}"
/* Squares of side 1 whose lower left corners are given; written by hand to stay readable. */
#define SQUARE_0_0 "[[0,0],[1,0],[1,1],[0,1],[0,0]]"
#define SQUARE_1_0 "[[1,0],[2,0],[2,1],[1,1],[1,0]]"
#define SQUARE_5_0 "[[5,0],[6,0],[6,1],[5,1],[5,0]]"
#define HOLED "[[0,0],[10,0],[10,10],[0,10],[0,0]],[[2,2],[2,8],[8,8],[8,2],[2,2]]"

static void fields_become_columns_and_nulls_stay_missing(void **state) {
    (void)state;
    outcome o = read_text(
        "small.geojson",
        FEATURES(POLYGON("\"code\":\"01001\",\"name\":\"Évreux\",\"pop\":12.5,\"n\":3",
                         SQUARE_0_0) ","
                 POLYGON("\"code\":\"2A004\",\"name\":null,\"pop\":null,\"n\":4",
                         SQUARE_1_0)));
    assert_ok(o.status);
    assert_int_equal(o.table.n_rows, 2);
    assert_string_equal(irm_column_label(irm_table_column(&o.table, "code"), 1), "2A004");
    assert_string_equal(irm_column_label(irm_table_column(&o.table, "name"), 0), "Évreux");
    assert_int_equal(irm_table_column(&o.table, "name")->codes[1], -1);
    assert_true(irm_table_column(&o.table, "pop")->values[0] == 12.5);
    assert_true(isnan(irm_table_column(&o.table, "pop")->values[1]));
    assert_int_equal(irm_table_column(&o.table, "n")->type, IRM_COLUMN_NUMBER);
    assert_int_equal(irm_table_column(&o.table, "geometry")->type, IRM_COLUMN_BYTES);
    assert_string_equal(irm_attributes_get(&o.table.attributes, "crs"), "EPSG:4326");
    assert_string_equal(irm_attributes_get(&o.table.attributes, "layer"), "small");
    done(&o);
}

static void a_field_named_geometry_keeps_its_place(void **state) {
    (void)state;
    outcome o = read_text("g.geojson", FEATURES(POLYGON("\"geometry\":\"x\"", SQUARE_0_0)));
    assert_ok(o.status);
    assert_string_equal(irm_column_label(irm_table_column(&o.table, "geometry_2"), 0), "x");
    done(&o);
}

static irm_shapes *shapes_of(const irm_table *table) {
    irm_shapes *shapes = NULL;
    assert_ok(irm_shapes_new(irm_table_column(table, "geometry"), table->n_rows, &shapes,
                             &test_error));
    return shapes;
}

static void holes_are_taken_out_of_areas_and_labels_fall_inside(void **state) {
    (void)state;
    outcome o = read_text("h.geojson", FEATURES(POLYGON("\"a\":1", HOLED)));
    assert_ok(o.status);
    irm_shapes *shapes = shapes_of(&o.table);
    irm_shape shape = irm_shapes_get(shapes, 0);
    assert_int_equal(shape.n_rings, 2);
    assert_false(shape.hole[0]);
    assert_true(shape.hole[1]);
    assert_true(irm_shape_area(shape) == 100 - 36);
    double x, y, xmin, ymin, xmax, ymax;
    irm_shape_point(shape, &x, &y);
    assert_true(x > 0 && x < 10 && y > 0 && y < 10);
    assert_false(x >= 2 && x <= 8 && y >= 2 && y <= 8);
    irm_shape_bounds(shape, &xmin, &ymin, &xmax, &ymax);
    assert_true(xmin == 0 && ymin == 0 && xmax == 10 && ymax == 10);
    irm_shapes_free(shapes);
    done(&o);
}

static void dissolving_removes_shared_borders_and_keeps_islands_and_holes(void **state) {
    (void)state;
    outcome o = read_text("d.geojson",
                          FEATURES(POLYGON("\"a\":1", SQUARE_0_0) ","
                                   POLYGON("\"a\":2", SQUARE_1_0) ","
                                   POLYGON("\"a\":3", SQUARE_5_0) ","
                                   POLYGON("\"a\":4", HOLED)));
    assert_ok(o.status);
    irm_shapes *shapes = shapes_of(&o.table), *merged = NULL;
    const int32_t group[] = {1, 1, 1, 0};
    assert_ok(irm_shapes_dissolve(shapes, group, 3, &merged, &test_error));
    assert_int_equal(irm_shapes_count(merged), 3);
    irm_shape holed = irm_shapes_get(merged, 0), squares = irm_shapes_get(merged, 1);
    assert_int_equal(holed.n_rings, 2);
    assert_int_equal(squares.n_rings, 2); /* 0-2 in one piece, 5-6 an island */
    assert_false(squares.hole[0] || squares.hole[1]);
    assert_true(fabs(irm_shape_area(squares) - 3) < 1e-6);
    assert_int_equal(irm_shapes_get(merged, 2).n_rings, 0);
    const int32_t out_of_range[] = {3, 0, 0, 0};
    irm_shapes *none = NULL;
    assert_int_equal(irm_shapes_dissolve(shapes, out_of_range, 3, &none, &test_error),
                     IRM_STATUS_USAGE);
    irm_shapes_free(merged);
    irm_shapes_free(shapes);
    done(&o);
}

/* Eight squares around a ninth that is left out; two squares that touch at a corner; a
 * square beside two half ones, whose vertex falls in the middle of its side. */
static void dissolving_keeps_holes_corners_and_unmatched_vertices_right(void **state) {
    (void)state;
    const struct {
        const char *rings[8];
        size_t n_rings;
        double area;
    } cases[] = {
        {{"[[0,0],[1,0],[1,1],[0,1],[0,0]]", "[[1,0],[2,0],[2,1],[1,1],[1,0]]",
          "[[2,0],[3,0],[3,1],[2,1],[2,0]]", "[[0,1],[1,1],[1,2],[0,2],[0,1]]",
          "[[2,1],[3,1],[3,2],[2,2],[2,1]]", "[[0,2],[1,2],[1,3],[0,3],[0,2]]",
          "[[1,2],[2,2],[2,3],[1,3],[1,2]]", "[[2,2],[3,2],[3,3],[2,3],[2,2]]"},
         2, 8},
        {{"[[0,0],[1,0],[1,1],[0,1],[0,0]]", "[[1,1],[1,2],[2,2],[2,1],[1,1]]"}, 2, 2},
        {{"[[0,0],[2,0],[2,2],[0,2],[0,0]]", "[[2,0],[3,0],[3,1],[2,1],[2,0]]",
          "[[2,1],[3,1],[3,2],[2,2],[2,1]]"},
         1, 6},
        {{"[[0,0],[2,0],[2,2],[0,2],[0,0]]", "[[1,1],[3,1],[3,3],[1,3],[1,1]]"}, 1, 7},
        {{"[[0,0],[3,0],[3,3],[0,3],[0,0]],[[0,0],[1,2],[2,1],[0,0]]",
          "[[3,0],[4,0],[4,3],[3,3],[3,0]]"},
         2, 10.5},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        irm_buffer text = {0};
        irm_buffer_text(&text, "{\"type\":\"FeatureCollection\",\"features\":[");
        for (size_t i = 0; i < 8 && cases[c].rings[i] != NULL; i++) {
            irm_buffer_format(&text,
                              "%s{\"type\":\"Feature\",\"properties\":{\"a\":1},\"geometry\":"
                              "{\"type\":\"Polygon\",\"coordinates\":[%s]}}",
                              i > 0 ? "," : "", cases[c].rings[i]);
        }
        irm_buffer_text(&text, "]}");
        outcome o = read_text("k.geojson", text.data);
        assert_ok(o.status);
        irm_shapes *shapes = shapes_of(&o.table), *merged = NULL;
        const int32_t group[8] = {0};
        assert_ok(irm_shapes_dissolve(shapes, group, 1, &merged, &test_error));
        irm_shape shape = irm_shapes_get(merged, 0);
        assert_int_equal(shape.n_rings, cases[c].n_rings);
        assert_true(fabs(irm_shape_area(shape) - cases[c].area) < 1e-6);
        irm_shapes_free(merged);
        irm_shapes_free(shapes);
        irm_buffer_clear(&text);
        done(&o);
    }
}

/* Two neighbours that disagree by rounding (1e-12) must leave no line between them. */
static void dissolving_closes_cracks_of_rounding(void **state) {
    (void)state;
    outcome o = read_text(
        "c.geojson",
        FEATURES(POLYGON("\"a\":1", SQUARE_0_0) ","
                 POLYGON("\"a\":2", "[[1.000000000001,0],[2,0],[2,1],[1.000000000001,1],"
                                    "[1.000000000001,0]]")));
    assert_ok(o.status);
    irm_shapes *shapes = shapes_of(&o.table), *merged = NULL;
    const int32_t group[] = {0, 0};
    assert_ok(irm_shapes_dissolve(shapes, group, 1, &merged, &test_error));
    assert_int_equal(irm_shapes_get(merged, 0).n_rings, 1);
    irm_shapes_free(merged);
    irm_shapes_free(shapes);
    done(&o);
}

/* A bow tie is not a valid polygon: it is mended, not a reason to fail. */
static void a_ring_that_crosses_itself_can_still_be_dissolved(void **state) {
    (void)state;
    outcome o = read_text("b.geojson",
                          FEATURES(POLYGON("\"a\":1", "[[0,0],[1,1],[1,0],[0,1],[0,0]]") ","
                                   POLYGON("\"a\":2", SQUARE_1_0)));
    assert_ok(o.status);
    irm_shapes *shapes = shapes_of(&o.table), *merged = NULL;
    const int32_t group[] = {0, 0};
    assert_ok(irm_shapes_dissolve(shapes, group, 1, &merged, &test_error));
    assert_true(fabs(irm_shape_area(irm_shapes_get(merged, 0)) - 1.5) < 1e-6);
    irm_shapes_free(merged);
    irm_shapes_free(shapes);
    done(&o);
}

/* Lambert-93 of (3° E, 46.5° N) is (700000, 6600000) by the definition of the projection. */
static void projecting_takes_longitude_first(void **state) {
    (void)state;
    outcome o = read_text(
        "p.geojson",
        FEATURES(POLYGON("\"a\":1", "[[3,46.5],[3.01,46.5],[3.01,46.51],[3,46.5]]")));
    assert_ok(o.status);
    irm_shapes *shapes = shapes_of(&o.table);
    assert_ok(irm_shapes_project(shapes, "EPSG:4326", "EPSG:2154", &test_error));
    irm_shape shape = irm_shapes_get(shapes, 0);
    assert_true(fabs(shape.x[0] - 700000) < 0.01);
    assert_true(fabs(shape.y[0] - 6600000) < 0.01);
    assert_int_equal(irm_shapes_project(shapes, "", "EPSG:2154", &test_error),
                     IRM_STATUS_REFUSED);
    assert_int_equal(irm_shapes_project(shapes, "/etc/passwd", "EPSG:2154", &test_error),
                     IRM_STATUS_USAGE);
    irm_shapes_free(shapes);
    done(&o);
}

static void what_is_not_a_layer_is_told_with_its_file(void **state) {
    (void)state;
    const struct {
        const char *name, *text, *says;
    } cases[] = {
        {"bad.geojson", "{\"type\":\"FeatureCollection\",\"features\":[{", "bad.geojson"},
        {"text.geojson", "CODGEO;LIBGEO\n01001;X\n", "GeoJSON"},
        {"empty.geojson", "", "GeoJSON"},
        {"none.geojson", FEATURES(""), "no feature"},
        {"bare.geojson",
         FEATURES("{\"type\":\"Feature\",\"properties\":{\"a\":1},\"geometry\":null}"),
         "geometry"},
        {"fake.gpkg", "not a database", "GeoPackage"},
        {"lone.shp", "xx", ".shx"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        outcome o = read_text(cases[i].name, cases[i].text);
        char text[2048];
        irm_error_format(&test_error, text, sizeof text);
        assert_int_not_equal(o.status, IRM_OK);
        if (strstr(text, cases[i].name) == NULL || strstr(text, cases[i].says) == NULL) {
            fail_msg("%s: %s", cases[i].name, text);
        }
        assert_null(strstr(text, "vsimem"));
        done(&o);
    }
    irm_table table;
    assert_int_equal(irm_geometry_read("/nowhere/x.gpkg", NULL, "t", &table, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_int_equal(irm_geometry_read("/tmp", NULL, "t", &table, &test_error),
                     IRM_STATUS_IO);
}

/* Every truncation and every single-byte change of a valid geometry is decoded or refused,
 * never read past its end (under the address sanitizer this is proved). */
static void hostile_wkb_is_refused_without_a_crash(void **state) {
    (void)state;
    outcome o = read_text("w.geojson", FEATURES(POLYGON("\"a\":1", HOLED)));
    assert_ok(o.status);
    irm_column *column = irm_table_column(&o.table, "geometry");
    size_t size = (size_t)column->offsets[1], refused = 0;
    for (size_t cut = 1; cut < size; cut++) {
        unsigned char *bytes = irm_calloc(cut, 1);
        memcpy(bytes, column->bytes, cut);
        uint64_t offsets[] = {0, cut};
        irm_column part = {.name = "geometry", .type = IRM_COLUMN_BYTES, .bytes = bytes,
                           .offsets = offsets};
        irm_shapes *shapes = NULL;
        assert_int_equal(irm_shapes_new(&part, 1, &shapes, &test_error), IRM_STATUS_DATA);
        irm_free(bytes);
    }
    for (size_t at = 0; at < size * 8; at++) {
        column->bytes[at / 8] ^= (unsigned char)(1u << (at % 8));
        irm_shapes *shapes = NULL;
        refused += irm_shapes_new(column, 1, &shapes, &test_error) != IRM_OK;
        irm_shapes_free(shapes);
        column->bytes[at / 8] ^= (unsigned char)(1u << (at % 8));
    }
    assert_true(refused > 0);
    done(&o);
}

static bool same_column(const irm_column *a, const irm_column *b, size_t n) {
    if (a->type != b->type || strcmp(a->name, b->name) != 0) {
        return false;
    }
    switch (a->type) {
        case IRM_COLUMN_NUMBER:
            return memcmp(a->values, b->values, n * sizeof *a->values) == 0;
        case IRM_COLUMN_CATEGORY:
            return memcmp(a->codes, b->codes, n * sizeof *a->codes) == 0;
        default:
            return memcmp(a->offsets, b->offsets, (n + 1) * sizeof *a->offsets) == 0 &&
                   memcmp(a->bytes, b->bytes, a->offsets[n]) == 0;
    }
}

static void the_national_layer_reads_the_same_twice(void **state) {
    (void)state;
    char *path = test_real_data("6-geometries/COMMUNES_CARTElette_COG2024.geojson.xz");
    if (path == NULL) {
        skip();
    }
    irm_table first, second;
    assert_ok(irm_geometry_read(path, NULL, "communes", &first, &test_error));
    assert_ok(irm_geometry_read(path, NULL, "communes", &second, &test_error));
    assert_int_equal(first.n_rows, 34935);
    assert_string_equal(irm_attributes_get(&first.attributes, "crs"), "EPSG:4326");
    assert_string_equal(irm_attributes_get(&first.attributes, "layer"),
                        "COMMUNES_CARTElette_COG2024");
    assert_int_equal(first.n_columns, second.n_columns);
    for (size_t i = 0; i < first.n_columns; i++) {
        assert_true(same_column(&first.columns[i], &second.columns[i], first.n_rows));
    }
    irm_shapes *shapes = shapes_of(&first);
    assert_int_equal(irm_shapes_count(shapes), 34935);
    irm_shapes_free(shapes);
    irm_table_clear(&first);
    irm_table_clear(&second);
    irm_free(path);
}

static void real_layers_of_each_format_are_read(void **state) {
    (void)state;
    const struct {
        const char *name, *crs;
        size_t rows;
    } cases[] = {
        {"6-geometries/mtq.gpkg", "EPSG:32620", 34},
        {"6-geometries/shapefile-paca-2018/commune_reg_93_2018.shp", NULL, 0},
        {"6-geometries/regions-version-simplifiee.geojson", "EPSG:4326", 13},
        {"6-geometries/communes-par-departement/communes-43-haute-loire.geojson.gz",
         "EPSG:4326", 257},
        {"6-geometries/epci2018_WGS84.json.gz", "EPSG:4326", 1259},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = test_real_data(cases[i].name);
        if (path == NULL) {
            skip();
        }
        assert_true(irm_geometry_recognised(path));
        irm_table table;
        assert_ok(irm_geometry_read(path, NULL, "t", &table, &test_error));
        if (cases[i].rows > 0) {
            assert_int_equal(table.n_rows, cases[i].rows);
        }
        if (cases[i].crs != NULL) {
            assert_string_equal(irm_attributes_get(&table.attributes, "crs"), cases[i].crs);
        }
        irm_table_clear(&table);
        irm_free(path);
    }
}

/* Haute-Loire covers 4,977 km² (INSEE); the outline is simplified, so within 0.5 %. */
static void a_departement_dissolves_from_its_communes(void **state) {
    (void)state;
    char *path = test_real_data(
        "6-geometries/communes-par-departement/communes-43-haute-loire.geojson.gz");
    if (path == NULL) {
        skip();
    }
    irm_table table;
    assert_ok(irm_geometry_read(path, NULL, "t", &table, &test_error));
    irm_shapes *shapes = shapes_of(&table), *merged = NULL;
    assert_ok(irm_shapes_project(shapes, "EPSG:4326", "EPSG:2154", &test_error));
    int32_t *group = irm_calloc(table.n_rows, sizeof *group);
    assert_ok(irm_shapes_dissolve(shapes, group, 1, &merged, &test_error));
    irm_shape shape = irm_shapes_get(merged, 0);
    assert_true(fabs(irm_shape_area(shape) / 1e6 / 4977 - 1) < 0.005);
    assert_int_equal(shape.n_rings, 1);
    irm_free(group);
    irm_shapes_free(merged);
    irm_shapes_free(shapes);
    irm_table_clear(&table);
    irm_free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_become_columns_and_nulls_stay_missing),
        cmocka_unit_test(a_field_named_geometry_keeps_its_place),
        cmocka_unit_test(holes_are_taken_out_of_areas_and_labels_fall_inside),
        cmocka_unit_test(dissolving_removes_shared_borders_and_keeps_islands_and_holes),
        cmocka_unit_test(dissolving_keeps_holes_corners_and_unmatched_vertices_right),
        cmocka_unit_test(dissolving_closes_cracks_of_rounding),
        cmocka_unit_test(a_ring_that_crosses_itself_can_still_be_dissolved),
        cmocka_unit_test(projecting_takes_longitude_first),
        cmocka_unit_test(what_is_not_a_layer_is_told_with_its_file),
        cmocka_unit_test(hostile_wkb_is_refused_without_a_crash),
        cmocka_unit_test(the_national_layer_reads_the_same_twice),
        cmocka_unit_test(real_layers_of_each_format_are_read),
        cmocka_unit_test(a_departement_dissolves_from_its_communes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
