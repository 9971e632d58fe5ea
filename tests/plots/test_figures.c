#include <math.h>
#include <stdio.h>

#include "irminon/figure.h"
#include "irminon/memory.h"
#include "squares.h"
#include "support.h"

static const char *const bands[] = {"0–19", "20–39", "40–59", "60 ou plus"};
static const double some[] = {10, 20.5, 15, 12}, more[] = {11, 18, 16, 17};
static const double unknown[] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
static const char *const names[] = {"CC de l’Été & Cie <#1>", "Département"};

/* The four kinds, each with data or with none known, drawn to `path`. */
static irm_status draw(int kind, bool known, const char *path) {
    const irm_caption words = {.title = "Un titre à « accents » & <chevrons> #u",
                               .lecture = "phrase de lecture.",
                               .champ = "ensemble.",
                               .source = "fictive.",
                               .unit = "%"};
    const irm_canvas canvas = {.path = path};
    const double *values = known ? some : unknown;
    if (kind == 0) {
        irm_pyramid figure = {words, 4,    bands,    values,  known ? more : unknown,
                              more,  some, names[0], names[1]};
        return irm_draw_pyramid(&figure, &canvas, &test_error);
    }
    if (kind == 1) {
        irm_bars figure = {.caption = words,
                           .n_groups = 2,
                           .n_series = 2,
                           .groups = bands,
                           .series = names,
                           .values = values,
                           .decimals = 1};
        return irm_draw_bars(&figure, &canvas, &test_error);
    }
    if (kind == 2) {
        const double years[] = {2011, 2016};
        irm_evolution figure = {.caption = words,
                                .n_years = 2,
                                .n_series = 2,
                                .years = years,
                                .series = names,
                                .values = values};
        return irm_draw_evolution(&figure, &canvas, &test_error);
    }
    irm_shapes *shapes = squares(3, 1000, 4);
    const double nine[] = {1, 2, 3, NAN, 5, 6, 7, 8, NAN};
    const bool secret[] = {0, 0, 0, 1, 0, 0, 0, 0, 0};
    const char *const places[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I"};
    irm_map figure = {.caption = words,
                      .shapes = shapes,
                      .colour = known ? nine : unknown,
                      .secret = secret,
                      .circle = known ? nine : unknown,
                      .circle_unit = "habitants",
                      .labels = places,
                      .decimals = 1};
    irm_status status = irm_draw_map(&figure, &canvas, &test_error);
    irm_shapes_free(shapes);
    return status;
}

static char *path_of(const char *folder, int kind, const char *extension) {
    char name[64];
    snprintf(name, sizeof name, "figure-%d%s", kind, extension);
    return irm_path_join(folder, name);
}

static void each_figure_is_drawn_on_each_device(void **state) {
    (void)state;
    static const char *const extensions[] = {".svg", ".png", ".pdf"};
    static const char *const starts[] = {"<svg", "\x89PNG", "%PDF"};
    char *folder = test_folder();
    for (int kind = 0; kind < 4; kind++) {
        for (int e = 0; e < 3; e++) {
            char *path = path_of(folder, kind, extensions[e]);
            irm_buffer bytes = {0};
            assert_ok(draw(kind, true, path));
            assert_ok(irm_read_file(path, &bytes, &test_error));
            assert_true(bytes.size > 500);
            assert_memory_equal(bytes.data, starts[e], 4);
            irm_buffer_clear(&bytes);
            irm_free(path);
        }
    }
    test_folder_remove(folder);
}

/* A second's wait would show a clock in the bytes. */
static void the_same_input_gives_the_same_bytes(void **state) {
    (void)state;
    static const char *const extensions[] = {".svg", ".png", ".pdf"};
    char *folder = test_folder();
    for (int e = 0; e < 3; e++) {
        char *first = path_of(folder, 3, extensions[e]);
        char *second = path_of(folder, 4, extensions[e]);
        irm_buffer a = {0}, b = {0};
        assert_ok(draw(3, true, first));
        assert_int_equal(test_run(NULL, NULL, "sleep %s", e == 2 ? "1.1" : "0"), 0);
        assert_ok(draw(3, true, second));
        assert_ok(irm_read_file(first, &a, &test_error));
        assert_ok(irm_read_file(second, &b, &test_error));
        assert_int_equal(a.size, b.size);
        assert_memory_equal(a.data, b.data, a.size);
        for (size_t i = 0; i + 12 < a.size; i++) {
            assert_true(memcmp(a.data + i, "CreationDate", 12) != 0);
        }
        irm_buffer_clear(&a);
        irm_buffer_clear(&b);
        irm_free(first);
        irm_free(second);
    }
    test_folder_remove(folder);
}

static void svg_is_well_formed_accessible_and_free_of_identifiers(void **state) {
    (void)state;
    char *folder = test_folder();
    bool xmllint = test_run(NULL, NULL, "command -v xmllint") == 0;
    for (int kind = 0; kind < 4; kind++) {
        char *path = path_of(folder, kind, ".svg");
        irm_buffer svg = {0};
        assert_ok(draw(kind, true, path));
        assert_ok(irm_read_file(path, &svg, &test_error));
        assert_non_null(strstr(svg.data, "viewBox=\"0 0 "));
        assert_non_null(strstr(svg.data, "role=\"img\""));
        assert_non_null(
            strstr(svg.data, "<title>Un titre à « accents » &amp; &lt;chevrons&gt; #u"));
        assert_null(strstr(svg.data, " id=\""));
        assert_null(strstr(svg.data, "<!DOCTYPE"));
        assert_non_null(strstr(svg.data, "#u</text>")); /* PLplot's escape is inert */
        if (xmllint) {
            assert_int_equal(test_run(NULL, NULL, "xmllint --noout '%s'", path), 0);
        }
        irm_buffer_clear(&svg);
        irm_free(path);
    }
    test_folder_remove(folder);
}

static void nothing_known_gives_a_figure_that_says_so(void **state) {
    (void)state;
    char *folder = test_folder();
    for (int kind = 0; kind < 4; kind++) {
        char *path = path_of(folder, kind, ".svg");
        irm_buffer svg = {0};
        assert_ok(draw(kind, false, path));
        assert_ok(irm_read_file(path, &svg, &test_error));
        const char *said = kind == 3 ? "nd : non disponible" : "Aucune donnée disponible";
        assert_non_null(strstr(svg.data, said));
        irm_buffer_clear(&svg);
        irm_free(path);
    }
    test_folder_remove(folder);
}

static void empty_figures_do_not_crash(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "empty.svg");
    const irm_canvas canvas = {.path = path, .bare = true};
    irm_pyramid pyramid = {0};
    irm_bars bars = {0};
    irm_evolution evolution = {0};
    irm_shapes *shapes = squares(0, 1, -1);
    irm_map map = {.shapes = shapes};
    assert_ok(irm_draw_pyramid(&pyramid, &canvas, &test_error));
    assert_ok(irm_draw_bars(&bars, &canvas, &test_error));
    assert_ok(irm_draw_evolution(&evolution, &canvas, &test_error));
    assert_ok(irm_draw_map(&map, &canvas, &test_error));
    irm_shapes_free(shapes);
    irm_free(path);
    test_folder_remove(folder);
}

static void extreme_values_do_not_crash(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "extreme.svg");
    const irm_canvas canvas = {.path = path};
    const double values[] = {1e308, -1e308, INFINITY, -INFINITY, 1e17, -1e17, 1e-300, 0};
    const double years[] = {0, 1e300, 2020, NAN};
    const char *const texts[] = {"\xff\xfe brisé", "a\nb\tc", "", "#<#>&"};
    irm_bars bars = {.n_groups = 4,
                     .n_series = 2,
                     .groups = texts,
                     .series = texts,
                     .values = values,
                     .lower = values,
                     .upper = values,
                     .decimals = 99};
    irm_evolution evolution = {
        .n_years = 4, .n_series = 2, .years = years, .series = texts, .values = values};
    irm_pyramid pyramid = {
        .n_bands = 4, .bands = texts, .men = values, .women = values + 4};
    assert_ok(irm_draw_bars(&bars, &canvas, &test_error));
    assert_ok(irm_draw_evolution(&evolution, &canvas, &test_error));
    assert_ok(irm_draw_pyramid(&pyramid, &canvas, &test_error));
    irm_free(path);
    test_folder_remove(folder);
}

static void a_path_that_cannot_be_written_is_told(void **state) {
    (void)state;
    irm_error error = {0};
    irm_bars bars = {0};
    assert_int_equal(irm_draw_bars(&bars, &(irm_canvas){.path = "figure.gif"}, &error),
                     IRM_STATUS_USAGE);
    assert_non_null(strstr(error.message, ".svg, .png or .pdf"));
    assert_int_equal(
        irm_draw_bars(&bars, &(irm_canvas){.path = "/no/such/place.svg"}, &error),
        IRM_STATUS_IO);
    assert_int_equal(irm_draw_bars(&bars, &(irm_canvas){.path = NULL}, &error),
                     IRM_STATUS_USAGE);
    const irm_canvas huge = {.path = "huge.png", .width = 1e9, .height = 10};
    assert_int_equal(irm_draw_bars(&bars, &huge, &error), IRM_STATUS_USAGE);
}

static void a_failed_allocation_is_told_and_nothing_is_left(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "figure.svg");
    irm_shapes *shapes = squares(3, 1000, 4);
    const double nine[] = {1, 2, 3, NAN, 5, 6, 7, 8, NAN};
    irm_map map = {.caption = {.title = "Titre", .source = "source"},
                   .shapes = shapes,
                   .colour = nine,
                   .circle = nine,
                   .circle_unit = "habitants"};
    irm_memory_fail_after(0);
    assert_ok(irm_draw_map(&map, &(irm_canvas){.path = path}, &test_error));
    size_t allocations = irm_memory_fail_after(0);
    irm_buffer whole = {0};
    assert_ok(irm_read_file(path, &whole, &test_error));
    for (size_t n = 1; n <= allocations; n += 1 + n / 20) {
        remove(path);
        irm_memory_fail_after(n);
        irm_status status = irm_draw_map(&map, &(irm_canvas){.path = path}, &test_error);
        irm_memory_fail_after(0);
        assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
        assert_int_equal(status == IRM_OK, irm_path_exists(path));
        if (status == IRM_OK) { /* then nothing is missing from the figure */
            irm_buffer found = {0};
            assert_ok(irm_read_file(path, &found, &test_error));
            assert_string_equal(found.data, whole.data);
            irm_buffer_clear(&found);
        }
    }
    irm_buffer_clear(&whole);
    irm_shapes_free(shapes);
    irm_free(path);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_figure_is_drawn_on_each_device),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(svg_is_well_formed_accessible_and_free_of_identifiers),
        cmocka_unit_test(nothing_known_gives_a_figure_that_says_so),
        cmocka_unit_test(empty_figures_do_not_crash),
        cmocka_unit_test(extreme_values_do_not_crash),
        cmocka_unit_test(a_path_that_cannot_be_written_is_told),
        cmocka_unit_test(a_failed_allocation_is_told_and_nothing_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
