/* What an explanation holds: formulas with their numbers, cells, placements. */
#include "figures.h"
#include "irminon/explain.h"

static const char attributes[] =
    "dataset=census|shape=wide|level=com|vintage=2018|geography=2018|source_lines=0:2 "
    "3:7";
static const char rows[] =
    "CODGEO|role=key|level=com;P18_LOG|variable=P_LOG|year=2018|kind=count;"
    "P18_LOGVAC|variable=P_LOGVAC|year=2018|kind=count\n"
    "43001;60;6\n43002;40;s4\n43020;500;100\n43030;400;40\n69123;250000;20000\n"
    "97101;25000;1000\n";
static const char indicators[] =
    "theme: t\nindicators:\n"
    "  - id: vacancy\n    kind: ratio\n    sources:\n"
    "      - {dataset: census, numerator: P_LOGVAC, denominator: P_LOG, scale: 100}\n"
    "  - id: mixed\n    kind: index\n    sources:\n"
    "      - {dataset: census, formula: \"2 * (P_LOG - P_LOGVAC) / (P_LOG / 4) - "
    "reference(P_LOG) ^ 0\"}\n"
    "  - id: contrast\n    kind: index\n    sources:\n"
    "      - {dataset: census, formula: \"dissimilarity(P_LOGVAC, P_LOG)\"}\n";

static void begin(figures *f) {
    figures_begin(f);
    figures_put(f->store, "census@2018", attributes, rows);
    assert_ok(irm_catalogue_add_text(f->catalogue, "t.yaml", indicators,
                                     strlen(indicators), &test_error));
    figures_open(f);
}

static irm_explanation explain(figures *f, const char *id, const char *level,
                               const char *code) {
    irm_explanation e;
    size_t indicator = 0;
    const irm_level *found = irm_geography_level(f->geography, level);
    assert_ok(irm_catalogue_need(f->catalogue, id, &indicator, &test_error));
    assert_ok(irm_explain(f->evaluator, indicator, found, irm_level_find(found, code), 0,
                          &e, &test_error));
    return e;
}

static void a_sum_names_its_cells_with_lines_states_and_former_communes(void **state) {
    (void)state;
    figures f;
    begin(&f);
    irm_explanation e = explain(&f, "vacancy", "epci", "200000001");
    assert_int_equal(e.n_terms, 2);
    const irm_term *term = &e.terms[0];
    assert_string_equal(term->text, "P_LOGVAC");
    assert_string_equal(term->column, "P18_LOGVAC");
    assert_string_equal(e.worked[0], "[107; 110]");
    assert_string_equal(e.worked[1], "600");
    assert_int_equal(term->n_cells, 3);
    const irm_source_cell *former = &term->cells[1];
    assert_string_equal(former->code, "43002");
    assert_string_equal(former->territory, "43001");
    assert_int_equal(former->how, IRM_PLACED_MERGED);
    assert_string_equal(former->published, "s4");
    assert_int_equal(former->quantity.state, IRM_STATE_SECRET);
    assert_true(former->quantity.lower == 1 && former->quantity.upper == 4);
    assert_int_equal(former->line, 3);
    assert_int_equal(term->cells[2].line, 4);
    assert_null(term->cells[2].published);
    irm_explanation_clear(&e);
    e = explain(&f, "vacancy", "com", "43030");
    assert_int_equal(e.terms[0].n_cells, 1);
    assert_int_equal(e.terms[0].cells[0].line, 7); /* a new run of lines */
    irm_explanation_clear(&e);
    figures_end(&f);
}

static void a_formula_keeps_its_brackets_and_opens_its_numbers(void **state) {
    (void)state;
    figures f;
    begin(&f);
    irm_explanation e = explain(&f, "mixed", "com", "43020");
    assert_string_equal(e.worked[0], "2 * (500 - 100) / (500 / 4) - 276000 ^ 0");
    assert_true(e.evaluation.result[e.index].value == 2 * 400 / 125.0 - 1);
    bool elsewhere = false;
    for (size_t i = 0; i < e.n_terms; i++) {
        elsewhere = elsewhere || (e.terms[i].elsewhere && e.terms[i].n_cells == 0);
    }
    assert_true(elsewhere);
    irm_explanation_clear(&e);
    figures_end(&f);
}

/* What a call compares is shown commune by commune, former ones in their place. */
static void compared_communes_are_shown(void **state) {
    (void)state;
    figures f;
    begin(&f);
    irm_explanation e = explain(&f, "contrast", "dep", "43");
    assert_int_equal(e.n_terms, 2);
    assert_true(e.terms[0].by_commune);
    assert_int_equal(e.terms[0].n_cells, 4);
    assert_string_equal(e.terms[0].cells[1].code, "43002");
    assert_string_equal(e.terms[0].cells[1].territory, "43001");
    assert_string_equal(e.worked[0], "[0; 1]"); /* 43002 is secret */
    irm_explanation_clear(&e);
    figures_end(&f);
}

static void cells_make_a_table(void **state) {
    (void)state;
    figures f;
    begin(&f);
    irm_explanation e = explain(&f, "vacancy", "epci", "200000001");
    irm_table table;
    assert_ok(irm_explanation_table(&e, &table, &test_error));
    assert_int_equal(table.n_rows, 6);
    assert_string_equal(irm_column_label(irm_table_column(&table, "placement"), 1),
                        "merged");
    assert_string_equal(irm_column_label(irm_table_column(&table, "published"), 2),
                        "100");
    assert_true(irm_table_column(&table, "upper")->values[1] == 4);
    irm_table_clear(&table);
    irm_explanation_clear(&e);
    figures_end(&f);
}

static void memory_that_runs_out_is_told(void **state) {
    (void)state;
    figures f;
    begin(&f);
    const irm_level *level = irm_geography_level(f.geography, "epci");
    irm_explanation e = explain(&f, "vacancy", "epci", "200000001"); /* leaves are kept */
    irm_explanation_clear(&e);
    irm_status status = IRM_STATUS_NO_MEMORY;
    for (size_t n = 1; status != IRM_OK; n++) {
        irm_memory_fail_after(n);
        status = irm_explain(f.evaluator, 0, level, 0, 0, &e, &test_error);
        irm_memory_fail_after(0);
        assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
    }
    irm_explanation_clear(&e);
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_names_its_cells_with_lines_states_and_former_communes),
        cmocka_unit_test(a_formula_keeps_its_brackets_and_opens_its_numbers),
        cmocka_unit_test(compared_communes_are_shown),
        cmocka_unit_test(cells_make_a_table),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
