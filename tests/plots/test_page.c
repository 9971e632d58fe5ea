#include <stdio.h>
#include <string.h>

#include "irminon/figure.h"
#include "irminon/memory.h"
#include "irminon/page.h"
#include "support.h"

static size_t count_of(const char *text, const char *word) {
    size_t n = 0;
    for (const char *p = strstr(text, word); p != NULL; p = strstr(p + 1, word)) {
        n++;
    }
    return n;
}

/* A page with one of everything, and two figures. */
static void write_page(const char *folder, const char *path) {
    irm_page page;
    const char *const ids[] = {"one"}, *const titles[] = {"Un & deux"};
    const char *const headers[] = {"Indicateur", "<CC>"}, *const classes[] = {"", "n"};
    const irm_caption caption = {
        .title = "Figure « 1 » & suite", .lecture = "ici, 3 < 4.", .source = "fictive."};
    irm_page_begin(&page, "Titre <b>", "Sous-titre", "fr", "Données fictives");
    irm_page_contents(&page, "Sommaire", ids, titles, 1);
    irm_page_section(&page, ids[0], titles[0]);
    irm_page_begin_cards(&page);
    irm_page_card(&page, "12,3", "%", "Taux", NULL);
    irm_page_end_cards(&page);
    irm_page_begin_table(&page, NULL, headers, classes, 2);
    irm_page_begin_row(&page, NULL);
    irm_page_cell(&page, "s", "s", "secret \"statistique\"");
    irm_page_end_row(&page);
    irm_page_end_table(&page);
    static const char *const files[] = {"a.svg", "b.svg", "c.png"};
    for (int i = 0; i < 3; i++) {
        const char *const name[] = {"Été"};
        const double value[] = {12.5};
        char *file = irm_path_join(folder, files[i]);
        const irm_bars bars = {.caption = caption,
                               .n_groups = 1,
                               .n_series = 1,
                               .groups = name,
                               .series = name,
                               .values = value};
        assert_ok(
            irm_draw_bars(&bars, &(irm_canvas){.path = file, .bare = true}, &test_error));
        assert_ok(irm_page_figure(&page, file, &caption, &test_error));
        irm_free(file);
    }
    irm_page_end_section(&page);
    assert_ok(irm_page_finish(&page, path, &test_error));
}

static void a_page_is_whole_escaped_and_needs_nothing_else(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "page.html");
    irm_buffer html = {0};
    write_page(folder, path);
    assert_ok(irm_read_file(path, &html, &test_error));
    assert_true(strncmp(html.data, "<!DOCTYPE html>", 15) == 0);
    assert_non_null(strstr(html.data, "<h1>Titre &lt;b&gt;</h1>"));
    assert_non_null(strstr(html.data, "title=\"secret &quot;statistique&quot;\""));
    assert_non_null(strstr(html.data, "ici, 3 &lt; 4."));
    assert_non_null(strstr(html.data, "Données fictives"));
    assert_null(strstr(html.data, "<script"));
    assert_null(strstr(html.data, "<link"));
    assert_null(strstr(html.data, "<?xml"));
    assert_int_equal(count_of(html.data, "<svg"), 2);
    assert_int_equal(count_of(html.data, "src=\""), 1);
    assert_non_null(strstr(html.data, "src=\"data:image/png;base64,iVBORw0KGgo"));
    assert_int_equal(count_of(html.data, "<figure>"), count_of(html.data, "<figcaption"));
    assert_int_equal(count_of(html.data, "<section"), count_of(html.data, "</section>"));
    assert_int_equal(count_of(html.data, " id=\""), 1); /* figures bring none */
    irm_buffer_clear(&html);
    irm_free(path);
    test_folder_remove(folder);
}

/* The parser of libxml2 accepts it but for the elements newer than HTML 4. */
static void a_page_is_well_formed(void **state) {
    (void)state;
    if (test_run(NULL, NULL, "command -v xmllint") != 0) {
        skip();
    }
    char *folder = test_folder(), *path = irm_path_join(folder, "page.html");
    irm_buffer problems = {0};
    write_page(folder, path);
    test_run(NULL, &problems,
             "xmllint --html --noout '%s' 2>&1 >/dev/null | "
             "grep error | grep -v 'Tag .* invalid' >&2",
             path);
    assert_int_equal(problems.size, 0);
    irm_buffer_clear(&problems);
    irm_free(path);
    test_folder_remove(folder);
}

static void a_figure_that_is_not_there_is_told(void **state) {
    (void)state;
    irm_page page;
    irm_page_begin(&page, "Titre", NULL, "fr", NULL);
    const irm_caption caption = {.title = "Figure"};
    assert_int_equal(irm_page_figure(&page, "/no/such/figure.svg", &caption, &test_error),
                     IRM_STATUS_IO);
    irm_page_clear(&page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_whole_escaped_and_needs_nothing_else),
        cmocka_unit_test(a_page_is_well_formed),
        cmocka_unit_test(a_figure_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
