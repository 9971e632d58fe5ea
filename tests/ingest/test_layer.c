/* Layers of polygons are named and told as tables are. */
#include <string.h>

#include "irminon/descriptor.h"
#include "irminon/memory.h"
#include "support.h"

/* Two families in one: levels in the names of its tables. */
static const char family[] =
    "id: outlines\nshape: geometry\nrecognise:\n"
    "  - {headers: [code, nom], file: \"outlines_com_{yyyy}\", level: com}\n"
    "  - {headers: [code, nom], file: \"outlines_epci\", level: epci}\n"
    "columns:\n  - {name: code, role: key}\n  - {name: nom, role: name}\n";

static const struct layer_case {
    const char *file, *code; /* of its only feature */
    const char *dataset;     /* asked for, or NULL */
    irm_status status;
    const char *said; /* the table's name, or words of the error */
    const char *level;
} cases[] = {
    {"outlines_com_2020.geojson", "31395", NULL, IRM_OK, "outlines.com.dep31@2020",
     "com"},
    {"outlines_com_2020.geojson", "31395", "outlines@2019", IRM_OK,
     "outlines.com.dep31@2019", "com"},
    {"outlines_epci.geojson", "200068815", NULL, IRM_STATUS_USAGE,
     "this is outlines, but nothing in the file tells of which year; give it, as in "
     "--dataset outlines@2021",
     ""},
    {"outlines_epci.geojson", "200068815", "OUTLINES.epci@2021", IRM_OK,
     "outlines.epci@2021", "epci"},
    {"mine.geojson", "31395", "outlines.com@2021", IRM_OK, "outlines.com.dep31@2021",
     "com"},
    {"mine.geojson", "43", "districts.dep@2021", IRM_OK, "districts@2021", "dep"},
    {"mine.geojson", "43", "districts.county@2021", IRM_STATUS_USAGE,
     "'county' is not a level", ""},
    {"mine.geojson", "43", "my districts@2021", IRM_STATUS_USAGE, "expected NAME@YEAR",
     ""},
    {"mine.geojson", "43", "districts.com@2021", IRM_STATUS_DATA,
     "feature 1 has code '43'; expected", ""},
};

static char *write_layer(const char *folder, const struct layer_case *c) {
    char *path = irm_path_join(folder, c->file);
    irm_buffer text = {0};
    irm_buffer_format(
        &text,
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
        "\"properties\":{\"code\":\"%s\",\"nom\":\"A\"},\"geometry\":"
        "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}]}",
        c->code);
    assert_ok(irm_write_file(path, text.data, text.size, &test_error));
    irm_buffer_clear(&text);
    return path;
}

static void a_layer_is_named_as_a_table_is(void **state) {
    (void)state;
    char *folder = test_folder(), *yaml = irm_path_join(folder, "outlines.yaml");
    irm_registry *registry = NULL;
    assert_ok(irm_write_file(yaml, family, strlen(family), &test_error));
    assert_ok(irm_registry_new(&registry, &test_error));
    assert_ok(irm_registry_add_file(registry, yaml, &test_error));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct layer_case *c = &cases[i];
        char *path = write_layer(folder, c);
        irm_ingest_options options = {.dataset = c->dataset, .date = "2026-06-30"};
        irm_table table;
        irm_status status =
            irm_ingest_file(registry, path, &options, NULL, &table, &test_error);
        const char *said = status == IRM_OK ? table.name : test_error.message;
        if (status != c->status || strstr(said, c->said) == NULL) {
            fail_msg("%s, %s: %s; expected %s", c->file, c->dataset, said, c->said);
        }
        if (status == IRM_OK) {
            assert_string_equal(said, c->said);
            assert_string_equal(irm_attributes_get(&table.attributes, "level"), c->level);
            assert_string_equal(irm_attributes_get(&table.attributes, "source_file"),
                                c->file);
            assert_string_equal(irm_attributes_get(&table.attributes, "source_date"),
                                "2026-06-30");
        }
        irm_table_clear(&table);
        irm_free(path);
    }
    irm_registry_free(registry);
    irm_free(yaml);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_is_named_as_a_table_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
