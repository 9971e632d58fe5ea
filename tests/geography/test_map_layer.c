#include "irminon/map_layer.h"

#include <math.h>
#include <time.h>

#include "zoning.h"

typedef struct world {
    char *folder;
    irm_store *store;
    irm_geography *geography;
} world;

static world begin(void) {
    world w = {.folder = test_folder()};
    char *path = irm_path_join(w.folder, "store");
    assert_ok(irm_store_open(path, true, &w.store, &test_error));
    irm_free(path);
    return w;
}

static void done(world *w) {
    irm_geography_free(w->geography);
    irm_store_free(w->store);
    test_folder_remove(w->folder);
}

/* Stores a layer as ingest would. */
static void put_layer(world *w, const char *path, const char *name, const char *key,
                      const char *level, int year, const char *placement,
                      const char *crs) {
    irm_table table;
    irm_column *column;
    assert_ok(irm_geometry_read(path, NULL, name, &table, &test_error));
    assert_ok(irm_table_need(&table, key, &column, &test_error));
    assert_ok(irm_attributes_set(&column->attributes, "role", "key", &test_error));
    assert_ok(irm_attributes_set(&column->attributes, "level", level, &test_error));
    irm_attributes *a = &table.attributes;
    assert_ok(irm_attributes_set(a, "shape", "geometry", &test_error));
    assert_ok(irm_attributes_set(a, "level", level, &test_error));
    assert_ok(irm_attributes_set(a, "placement", placement, &test_error));
    assert_ok(irm_attributes_set_integer(a, "geography", year, &test_error));
    if (crs != NULL) {
        assert_ok(irm_attributes_set(a, "crs", crs, &test_error));
    }
    assert_ok(irm_store_put(w->store, &table, true, &test_error));
    irm_table_clear(&table);
}

/* Squares of 1 km in Lambert-93, one a code, in a row from (700, 6600) km eastwards. */
static void put_squares(world *w, const char *name, const char *level, int year,
                        const char *placement, const char *const *codes, size_t n) {
    irm_buffer text = {0};
    irm_buffer_text(&text, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (size_t i = 0; i < n; i++) {
        int x = 700000 + 1000 * (int)i, y = 6600000;
        irm_buffer_format(&text,
                          "%s{\"type\":\"Feature\",\"properties\":{\"code\":\"%s\"},"
                          "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%d,%d],"
                          "[%d,%d],[%d,%d],[%d,%d],[%d,%d]]]}}",
                          i > 0 ? "," : "", codes[i], x, y, x + 1000, y, x + 1000, y + 1000,
                          x, y + 1000, x, y);
    }
    irm_buffer_text(&text, "]}");
    char *path = irm_path_join(w->folder, "squares.geojson");
    assert_ok(irm_write_file(path, text.data, text.size, &test_error));
    put_layer(w, path, name, "code", level, year, placement, "EPSG:2154");
    irm_free(path);
    irm_buffer_clear(&text);
}

/* Communes 01001 to 01004: E holds the first two, F the others; 01005 joined 01004. */
static world four_communes(void) {
    world w = begin();
    zoning_put_text(w.store,
                    "CODGEO,LIBGEO,DEP,REG,EPCI\n"
                    "01001,A,01,84,E\n01002,B,01,84,E\n01003,C,01,84,F\n01004,D,01,84,F\n",
                    "membership.com@2022", "CODGEO", "com", 2022);
    zoning_put_text(w.store,
                    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TYPECOM_AP,COM_AP\n"
                    "32,2019-01-01,COM,01005,COM,01004\n",
                    "cog-movements@2023", "COM_AV", NULL, 2023);
    assert_ok(irm_geography_load(w.store, 0, &w.geography, &test_error));
    return w;
}

static size_t warnings;

static void count_warning(void *context, const char *message) {
    (void)context;
    (void)message;
    warnings++;
}

static irm_map_layer *layer_of(world *w, const char *level, const char *const *codes,
                               size_t n) {
    const irm_level *found = irm_geography_level(w->geography, level);
    const irm_reporter reporter = {.warn = count_warning};
    int32_t items[8];
    for (size_t i = 0; i < n; i++) {
        items[i] = irm_level_find(found, codes[i]);
    }
    irm_map_layer *layer = NULL;
    warnings = 0;
    assert_ok(irm_map_layer_new(w->store, w->geography, found, items, n, &reporter, &layer,
                                &test_error));
    return layer;
}

static void an_earlier_layer_gives_whole_areas_of_today(void **state) {
    (void)state;
    world w = four_communes();
    const char *codes[] = {"01001", "01002", "01003", "01004", "01005"};
    put_squares(&w, "communes.com@2018", "com", 2018, "exact", codes, 5);
    const char *asked[] = {"01004", "01001"};
    irm_map_layer *layer = layer_of(&w, "com", asked, 2);
    assert_true(fabs(irm_map_layer_area(layer, 0) - 2) < 1e-6); /* with 01005 */
    assert_true(fabs(irm_map_layer_area(layer, 1) - 1) < 1e-6);
    assert_int_equal(irm_shapes_get(irm_map_layer_shapes(layer), 0).n_rings, 1);
    assert_int_equal(irm_map_layer_missing(layer), 0);
    assert_int_equal(warnings, 0);
    assert_string_equal(irm_map_layer_table(layer), "communes.com@2018");
    assert_int_equal(irm_shapes_count(irm_map_layer_context(layer)), 2);
    irm_map_layer_free(layer);
    done(&w);
}

static void levels_without_a_layer_are_dissolved_from_communes(void **state) {
    (void)state;
    world w = four_communes();
    const char *codes[] = {"01001", "01002", "01003", "01004", "01005"};
    put_squares(&w, "communes.com@2018", "com", 2018, "exact", codes, 5);
    const char *asked[] = {"F", "E"};
    irm_map_layer *layer = layer_of(&w, "epci", asked, 2);
    assert_true(fabs(irm_map_layer_area(layer, 0) - 3) < 1e-6);
    assert_true(fabs(irm_map_layer_area(layer, 1) - 2) < 1e-6);
    assert_int_equal(irm_shapes_get(irm_map_layer_shapes(layer), 1).n_rings, 1);
    assert_null(irm_map_layer_context(layer));
    irm_map_layer_free(layer);
    done(&w);
}

/* What the layer drawn from does not hold around is taken from another one. */
static void neighbours_come_from_a_second_layer(void **state) {
    (void)state;
    world w = begin();
    zoning_put_text(w.store,
                    "CODGEO,LIBGEO,DEP,REG,EPCI\n"
                    "01001,A,01,84,E\n02001,B,02,32,F\n02002,C,02,32,F\n02003,D,02,32,F\n",
                    "membership.com@2022", "CODGEO", "com", 2022);
    assert_ok(irm_geography_load(w.store, 0, &w.geography, &test_error));
    const char *alone[] = {"01001"}, *all[] = {"01001", "02001", "02002", "02003"};
    put_squares(&w, "alone.com@2022", "com", 2022, "exact", alone, 1);
    put_squares(&w, "country.com@2022", "com", 2022, "drawing", all, 4);
    irm_map_layer *layer = layer_of(&w, "com", alone, 1);
    assert_string_equal(irm_map_layer_table(layer), "alone.com@2022");
    assert_non_null(irm_map_layer_context(layer));
    assert_int_equal(irm_shapes_count(irm_map_layer_context(layer)), 1); /* the next one */
    assert_true(fabs(irm_map_layer_area(layer, 0) - 1) < 1e-6);
    irm_map_layer_free(layer);
    done(&w);
}

static void a_layer_for_drawing_gives_no_area(void **state) {
    (void)state;
    world w = four_communes();
    const char *codes[] = {"01001", "01002", "01003", "01004"};
    put_squares(&w, "moved.com@2022", "com", 2022, "drawing", codes, 4);
    const char *asked[] = {"01001"};
    irm_map_layer *layer = layer_of(&w, "com", asked, 1);
    assert_true(isnan(irm_map_layer_area(layer, 0)));
    assert_int_equal(irm_shapes_get(irm_map_layer_shapes(layer), 0).n_rings, 1);
    irm_map_layer_free(layer);
    put_squares(&w, "true.com@2022", "com", 2022, "exact", codes, 4);
    layer = layer_of(&w, "com", asked, 1);
    assert_string_equal(irm_map_layer_table(layer), "true.com@2022");
    assert_true(fabs(irm_map_layer_area(layer, 0) - 1) < 1e-6);
    irm_map_layer_free(layer);
    done(&w);
}

/* In a later layer 01003 has merged into 01004, whose shape is too large for 2022. */
static void what_a_later_layer_lacks_is_told_and_not_measured(void **state) {
    (void)state;
    world w = four_communes();
    const char *codes[] = {"01001", "01002", "01004"};
    put_squares(&w, "communes.com@2024", "com", 2024, "exact", codes, 3);
    const char *asked[] = {"01003", "01004"};
    irm_map_layer *layer = layer_of(&w, "com", asked, 2);
    assert_int_equal(irm_map_layer_missing(layer), 1);
    assert_int_equal(warnings, 1);
    assert_int_equal(irm_shapes_get(irm_map_layer_shapes(layer), 0).n_rings, 0);
    assert_true(isnan(irm_map_layer_area(layer, 0)));
    assert_true(isnan(irm_map_layer_area(layer, 1)));
    irm_map_layer_free(layer);
    done(&w);
}

/* Nine communes of ten are enough to draw an EPCI, and the tenth is told; eight are not. */
static void an_epci_without_one_commune_is_drawn_and_told(void **state) {
    (void)state;
    world w = begin();
    irm_buffer text = {0};
    irm_buffer_text(&text, "CODGEO,LIBGEO,DEP,REG,EPCI\n");
    for (int i = 1; i <= 10; i++) {
        irm_buffer_format(&text, "010%02d,C%d,01,84,E\n", i, i);
    }
    zoning_put_text(w.store, text.data, "membership.com@2022", "CODGEO", "com", 2022);
    irm_buffer_clear(&text);
    assert_ok(irm_geography_load(w.store, 0, &w.geography, &test_error));
    const char *codes[] = {"01001", "01002", "01003", "01004", "01005",
                           "01006", "01007", "01008", "01009"};
    const char *asked[] = {"E"};
    put_squares(&w, "communes.com@2022", "com", 2022, "exact", codes, 9);
    irm_map_layer *layer = layer_of(&w, "epci", asked, 1);
    assert_int_equal(warnings, 1);
    assert_int_equal(irm_map_layer_missing(layer), 0);
    assert_true(isnan(irm_map_layer_area(layer, 0)));
    irm_map_layer_free(layer);
    put_squares(&w, "communes.com@2022", "com", 2022, "exact", codes, 8);
    const int32_t items[] = {0};
    assert_int_equal(irm_map_layer_new(w.store, w.geography,
                                       irm_geography_level(w.geography, "epci"), items, 1,
                                       NULL, &layer, &test_error),
                     IRM_STATUS_NOT_FOUND);
    done(&w);
}

static void outlines_of_another_year_yield_to_communes(void **state) {
    (void)state;
    world w = four_communes();
    const char *epci[] = {"E", "F"};
    const char *codes[] = {"01001", "01002", "01003", "01004"};
    put_squares(&w, "epci.epci@2018", "epci", 2018, "exact", epci, 2);
    irm_map_layer *layer = layer_of(&w, "epci", epci, 2);
    assert_string_equal(irm_map_layer_table(layer), "epci.epci@2018");
    assert_true(isnan(irm_map_layer_area(layer, 0)));
    irm_map_layer_free(layer);
    put_squares(&w, "communes.com@2022", "com", 2022, "exact", codes, 4);
    layer = layer_of(&w, "epci", epci, 2);
    assert_string_equal(irm_map_layer_table(layer), "communes.com@2022");
    assert_true(fabs(irm_map_layer_area(layer, 0) - 2) < 1e-6);
    irm_map_layer_free(layer);
    done(&w);
}

static void without_any_layer_the_error_says_what_to_ingest(void **state) {
    (void)state;
    world w = four_communes();
    const irm_level *communes = irm_geography_level(w.geography, "com");
    const int32_t items[] = {0}, wrong[] = {99};
    irm_map_layer *layer = NULL;
    assert_int_equal(irm_map_layer_new(w.store, w.geography, communes, items, 1, NULL,
                                       &layer, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "ingest"));
    assert_int_equal(irm_map_layer_new(w.store, w.geography, communes, wrong, 1, NULL,
                                       &layer, &test_error),
                     IRM_STATUS_USAGE);
    done(&w);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void the_nation_and_an_epci_are_drawn_from_real_layers(void **state) {
    (void)state;
    char *membership = test_real_data("4-cog/table-appartenance-geo-communes-22_COM.csv.gz");
    char *movements = test_real_data("4-cog/v_mvtcommune_2023.csv.gz");
    char *nation = test_real_data("6-geometries/COMMUNES_CARTElette_COG2024.geojson.xz");
    char *loire = test_real_data(
        "6-geometries/communes-par-departement/communes-43-haute-loire.geojson.gz");
    if (membership == NULL || movements == NULL || nation == NULL || loire == NULL) {
        skip();
    }
    world w = begin();
    zoning_put(w.store, membership, "membership.com@2022", "CODGEO", "com", 2022);
    zoning_put(w.store, movements, "cog-movements@2023", "COM_AV", NULL, 2023);
    put_layer(&w, nation, "nation.com@2024", "INSEE_COM", "com", 2024, "drawing", NULL);
    put_layer(&w, loire, "loire.com@2018", "code", "com", 2018, "exact", NULL);
    assert_ok(irm_geography_load(w.store, 0, &w.geography, &test_error));

    const irm_level *communes = irm_geography_level(w.geography, "com");
    int32_t *all = irm_calloc(communes->count, sizeof *all);
    for (size_t i = 0; i < communes->count; i++) {
        all[i] = (int32_t)i;
    }
    irm_map_layer *layer = NULL;
    double start = now();
    assert_ok(irm_map_layer_new(w.store, w.geography, communes, all, communes->count, NULL,
                                &layer, &test_error));
    print_message("nation: %.3f s, %zu communes without a shape\n", now() - start,
                  irm_map_layer_missing(layer));
    assert_string_equal(irm_map_layer_table(layer), "nation.com@2024");
    assert_true(irm_map_layer_missing(layer) < 60);
    irm_map_layer_free(layer);
    irm_free(all);

    const char *asked[] = {"244301131"};
    start = now();
    layer = layer_of(&w, "epci", asked, 1);
    print_message("one EPCI: %.3f s, %.1f km2\n", now() - start,
                  irm_map_layer_area(layer, 0));
    assert_string_equal(irm_map_layer_table(layer), "loire.com@2018");
    assert_true(irm_map_layer_area(layer, 0) > 100);
    assert_non_null(irm_map_layer_context(layer));
    irm_map_layer_free(layer);
    done(&w);
    irm_free(membership);
    irm_free(movements);
    irm_free(nation);
    irm_free(loire);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_earlier_layer_gives_whole_areas_of_today),
        cmocka_unit_test(levels_without_a_layer_are_dissolved_from_communes),
        cmocka_unit_test(neighbours_come_from_a_second_layer),
        cmocka_unit_test(a_layer_for_drawing_gives_no_area),
        cmocka_unit_test(what_a_later_layer_lacks_is_told_and_not_measured),
        cmocka_unit_test(an_epci_without_one_commune_is_drawn_and_told),
        cmocka_unit_test(outlines_of_another_year_yield_to_communes),
        cmocka_unit_test(without_any_layer_the_error_says_what_to_ingest),
        cmocka_unit_test(the_nation_and_an_epci_are_drawn_from_real_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
