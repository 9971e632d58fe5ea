#include "irminon/geometry.h"

#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "support.h"

/* Whether a library whose path contains `name` is in this process. */
static bool is_mapped(const char *name) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1024];
    bool found = false;
    if (maps == NULL) {
        skip(); /* no Linux */
    }
    while (fgets(line, sizeof line, maps) != NULL) {
        found = found || strstr(line, name) != NULL;
    }
    fclose(maps);
    return found;
}

static void gdal_is_loaded_with_the_first_geometry_and_not_before(void **state) {
    (void)state;
    static const char square[] =
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
        "\"properties\":{\"code\":\"a\"},\"geometry\":{\"type\":\"Polygon\","
        "\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}]}";
    char *folder = test_folder(), *path = irm_path_join(folder, "square.geojson");
    assert_ok(irm_write_file(path, square, strlen(square), &test_error));
    assert_false(is_mapped("libgdal"));
    irm_table table;
    assert_ok(irm_geometry_read(path, NULL, "t", &table, &test_error));
    assert_true(is_mapped("libgdal"));
    irm_table_clear(&table);
    irm_free(path);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gdal_is_loaded_with_the_first_geometry_and_not_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
