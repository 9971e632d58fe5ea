/* The figures of classes: drawn on each device, said in their SVG, and calm before data
 * that cannot be drawn. */
#include <math.h>
#include <stdio.h>

#include "irminon/figure.h"
#include "irminon/memory.h"
#include "squares.h"
#include "support.h"

enum { KINDS = 8 };
static const double some[] = {4, 2, -1, 0.5, 3, -2};
static const double others[] = {1, 2, 3, -4, 0, 2};
static const double unknown[] = {NAN, NAN, NAN, NAN, NAN, NAN};
static const char *const names[] = {"Un <nom> & l’autre", "B", "C", "D", "E", "F"};
static const char *const class_names[] = {"1 · Première", "2 · Seconde"};
static const int32_t classes[] = {0, 0, 1, 1, 0, 1};
static const irm_caption words = {.title = "Un titre", .lecture = "phrase de lecture."};

static irm_status draw_tree(const irm_canvas *canvas) {
    irm_merge merges[] = {{-1, -2, 1, 0.1, 2},
                          {-3, -4, 2, 0.2, 2},
                          {-5, 1, 3, 0.3, 3},
                          {-6, 2, 4, 0.4, 3},
                          {3, 4, 9, 2, 6}};
    const irm_tree tree = {.n = 6, .merges = merges};
    const irm_dendrogram figure = {
        .caption = words, .tree = &tree, .classes = classes, .k = 2, .names = names};
    return irm_draw_dendrogram(&figure, canvas, &test_error);
}

static irm_status draw_categories(const irm_canvas *canvas, bool known) {
    irm_shapes *shapes = squares(3, 1000, 4);
    const double nine[] = {0, 1, 1, NAN, 0, 1, 0, -1, 0};
    const double none[] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    const char *const places[] = {"P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"};
    const irm_map figure = {.caption = words,
                            .shapes = shapes,
                            .colour = known ? nine : none,
                            .names = class_names,
                            .n_classes = 2,
                            .labels = places,
                            .quiet = true};
    irm_status status = irm_draw_map(&figure, canvas, &test_error);
    irm_shapes_free(shapes);
    return status;
}

static irm_status draw(int kind, bool known, const irm_canvas *canvas) {
    const double *x = known ? some : unknown, *y = known ? others : unknown;
    const irm_scree scree = {words, 6, x, names, 2, 2, NULL, 1, "axes"};
    const irm_correlations circle = {
        .caption = words, .n = 6, .names = names, .x = x, .y = y, .x_title = "axe 1"};
    const irm_plane plane = {.caption = words,
                             .n = 6,
                             .x = x,
                             .y = y,
                             .classes = classes,
                             .k = 2,
                             .class_names = class_names,
                             .labels = names,
                             .line = true};
    const irm_heatmap heatmap = {.caption = words,
                                 .n_rows = 3,
                                 .n_columns = 2,
                                 .rows = names,
                                 .columns = class_names,
                                 .values = x,
                                 .limit = 3,
                                 .faint = 1};
    const irm_silhouettes silhouettes = {words, 6, 2, x, classes, class_names};
    const irm_curves curves = {.caption = words,
                               .n = 3,
                               .n_series = 2,
                               .x = others,
                               .values = x,
                               .series = class_names,
                               .marked = 2};
    switch (kind) {
        case 0:
            return irm_draw_scree(&scree, canvas, &test_error);
        case 1:
            return irm_draw_correlations(&circle, canvas, &test_error);
        case 2:
            return irm_draw_plane(&plane, canvas, &test_error);
        case 3:
            return irm_draw_heatmap(&heatmap, canvas, &test_error);
        case 4:
            return irm_draw_silhouettes(&silhouettes, canvas, &test_error);
        case 5:
            return irm_draw_curves(&curves, canvas, &test_error);
        case 6:
            return draw_categories(canvas, known);
        default:
            return draw_tree(canvas);
    }
}

static irm_buffer drawn(const char *folder, int kind, bool known, const char *extension) {
    char name[64];
    irm_buffer bytes = {0};
    snprintf(name, sizeof name, "figure-%d-%d%s", kind, known, extension);
    char *path = irm_path_join(folder, name);
    const irm_canvas canvas = {.path = path};
    assert_ok(draw(kind, known, &canvas));
    assert_ok(irm_read_file(path, &bytes, &test_error));
    irm_buffer_add(&bytes, "", 1);
    irm_free(path);
    return bytes;
}

static void each_kind_is_drawn_on_each_device(void **state) {
    (void)state;
    static const char *const extensions[] = {".svg", ".png", ".pdf"};
    static const char *const starts[] = {"<svg", "\x89PNG", "%PDF"};
    char *folder = test_folder();
    for (int kind = 0; kind < KINDS; kind++) {
        for (int e = 0; e < 3; e++) {
            irm_buffer bytes = drawn(folder, kind, true, extensions[e]);
            assert_true(bytes.size > 500);
            assert_memory_equal(bytes.data, starts[e], 4);
            irm_buffer_clear(&bytes);
        }
    }
    test_folder_remove(folder);
}

static void unknown_values_are_said_not_drawn(void **state) {
    (void)state;
    char *folder = test_folder();
    for (int kind = 0; kind < KINDS - 1; kind++) {
        irm_buffer bytes = drawn(folder, kind, false, ".svg");
        assert_true(bytes.size > 300);
        assert_null(strstr(bytes.data, "nan"));
        irm_buffer_clear(&bytes);
    }
    test_folder_remove(folder);
}

static void names_of_classes_are_in_the_picture(void **state) {
    (void)state;
    static const int kinds[] = {2, 3, 4, 5, 6};
    char *folder = test_folder();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        irm_buffer bytes = drawn(folder, kinds[i], true, ".svg");
        if (strstr(bytes.data, "Première") == NULL) {
            fail_msg("figure %d does not name its classes", kinds[i]);
        }
        irm_buffer_clear(&bytes);
    }
    test_folder_remove(folder);
}

/* A pointer tells the name of the place and of its class; a place of no class, its name.
 */
static void a_map_of_categories_tells_each_place(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_buffer bytes = drawn(folder, 6, true, ".svg");
    assert_non_null(strstr(bytes.data, "P1\u00a0: 2 · Seconde"));
    assert_non_null(strstr(bytes.data, "<title>P7</title>"));
    irm_buffer_clear(&bytes);
    test_folder_remove(folder);
}

static void the_cut_is_written_on_the_tree(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_buffer bytes = drawn(folder, 7, true, ".svg");
    assert_non_null(strstr(bytes.data, "coupure en 2 classes"));
    assert_non_null(strstr(bytes.data, "Un &lt;nom&gt;"));
    irm_buffer_clear(&bytes);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_drawn_on_each_device),
        cmocka_unit_test(unknown_values_are_said_not_drawn),
        cmocka_unit_test(names_of_classes_are_in_the_picture),
        cmocka_unit_test(a_map_of_categories_tells_each_place),
        cmocka_unit_test(the_cut_is_written_on_the_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
