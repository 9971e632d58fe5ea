#include <string.h>

#include "formula/formula.h"
#include "irminon/memory.h"
#include "support.h"

static void refuses(const char *text, size_t column, const char *words) {
    irm_formula *formula = NULL;
    assert_int_equal(irm_formula_parse(text, &formula, &test_error), IRM_STATUS_SCHEMA);
    assert_null(formula);
    if (test_error.column != column || strstr(test_error.message, words) == NULL) {
        fail_msg("%s: column %zu: %s", text, test_error.column, test_error.message);
    }
}

static void mistakes_point_at_their_character(void **state) {
    (void)state;
    refuses("", 1, "found the end");
    refuses("P_POP +", 8, "expected a number");
    refuses("P_POP )", 7, "expected an operator or the end, found \")\"");
    refuses("(P_POP", 7, "expected \")\"");
    refuses("P_POP ? 2", 7, "found \"?\"");
    refuses("é", 1, "found \"é\"");
    refuses("POP{AGE}", 8, "expected \"=\"");
    refuses("POP{AGE=}", 9, "expected a code");
    refuses("POP{=Y0}", 5, "expected the name of a dimension");
    refuses("POP{AGE=Y0,AGE=Y1}", 12, "fixed twice");
    refuses("POP{AGE=Y5..Y2}", 9, "not a run");
    refuses("POP{AGE=Y0..X2}", 9, "not a run");
    refuses("POP{AGE=Y0..Y999999}", 9, "not a run");
    refuses("POP[yesterday]", 5, "expected previous");
    refuses("POP[13]", 5, "expected previous");
    refuses("POP[2013", 9, "expected \"]\"");
    refuses("median(POP)", 1, "no function is called \"median\"");
    refuses("min(POP)", 8, "expected \",\"");
    refuses("indicator(3)", 11, "expected the id");
    refuses("gini(POP)", 1, "two arguments are expected");
    refuses("reference(POP, POP)", 1, "one argument is expected");
    refuses("entropy(POP)", 1, "two arguments or more");
    refuses("standardised(A, B, C)", 1, "pairs are expected");
    refuses("gini(reference(A), B)", 6, "cannot stand inside");
    refuses("1.2.3", 1, "is not a number");
    refuses("a:", 3, "expected the name of a variable");
    char deep[4096];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    refuses(deep, 101, "nested too deeply");
    memset(deep, '-', sizeof deep - 1);
    refuses(deep, 101, "nested too deeply");
}

static void variables_carry_family_dimensions_and_time(void **state) {
    (void)state;
    irm_formula *formula;
    assert_ok(irm_formula_parse(
        "ds-rp:POP{AGE=Y0..Y2+Y_GE80, SEX=F}[previous] / P_LOG[-5] + X[2013] - Z[first]",
        &formula, &test_error));
    assert_int_equal(formula->n_variables, 4);
    const irm_variable *pop = &formula->variables[0];
    assert_string_equal(pop->dataset, "ds-rp");
    assert_string_equal(pop->name, "POP");
    assert_int_equal(pop->time, IRM_TIME_PREVIOUS);
    assert_int_equal(pop->n_fixed, 2);
    assert_int_equal(pop->fixed[0].n_codes, 4);
    assert_string_equal(pop->fixed[0].codes[2], "Y2");
    assert_string_equal(pop->fixed[0].codes[3], "Y_GE80");
    assert_string_equal(pop->fixed[1].dimension, "SEX");
    assert_null(formula->variables[1].dataset);
    assert_int_equal(formula->variables[1].time, IRM_TIME_BEFORE);
    assert_int_equal(formula->variables[1].years, 5);
    assert_int_equal(formula->variables[2].years, 2013);
    assert_int_equal(formula->variables[3].time, IRM_TIME_FIRST);
    assert_int_equal(formula->nodes[formula->root].kind, IRM_NODE_SUBTRACT);
    irm_formula_free(formula);
}

static void operators_bind_as_in_arithmetic(void **state) {
    (void)state;
    irm_formula *formula;
    assert_ok(irm_formula_parse("-a^2 * (b - c)", &formula, &test_error));
    const irm_node *root = &formula->nodes[formula->root];
    assert_int_equal(root->kind, IRM_NODE_MULTIPLY);
    const irm_node *left = &formula->nodes[root->left];
    assert_int_equal(left->kind, IRM_NODE_NEGATE);
    assert_int_equal(formula->nodes[left->left].kind, IRM_NODE_POWER);
    assert_int_equal(formula->nodes[root->right].kind, IRM_NODE_SUBTRACT);
    irm_formula_free(formula);
    assert_ok(irm_formula_parse("a - b - c", &formula, &test_error));
    root = &formula->nodes[formula->root];
    assert_int_equal(formula->nodes[root->left].kind, IRM_NODE_SUBTRACT);
    irm_formula_free(formula);
}

static void overlapping_modalities_are_seen(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        bool overlap;
    } cases[] = {
        {"_T", "F", true},
        {"F", "M", false},
        {"F", "F", true},
        {"Y0T4", "Y_LT20", true},
        {"Y0T4", "Y5T9", false},
        {"Y_GE80", "Y80T84", true},
        {"Y_GE80", "Y75T79", false},
        {"Y_LT20", "Y20T64", false},
        {"1T2", "1", true},
        {"35T36", "31", false},
        {"500T702_RP", "600_RP", true},
        {"Y0", "Y0T4", true},
        {"500_RP", "600_RP", false},
        {"C_GE1", "C2", true},
        {"22T27", "211", false},
        {"212_222", "211", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (irm_codes_overlap(cases[i].a, cases[i].b) != cases[i].overlap ||
            irm_codes_overlap(cases[i].b, cases[i].a) != cases[i].overlap) {
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        }
    }
}

static void a_failed_allocation_is_told_and_leaks_nothing(void **state) {
    (void)state;
    for (size_t n = 1;; n++) {
        irm_formula *formula = NULL;
        irm_memory_fail_after(n);
        irm_status status = irm_formula_parse(
            "x:P{A=Y0..Y2,B=F}[first] / indicator(b) + min(a, 2) + gini(c, d)", &formula, &test_error);
        irm_memory_fail_after(0);
        irm_formula_free(formula);
        if (status == IRM_OK) {
            break;
        }
        assert_int_equal(status, IRM_STATUS_NO_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_point_at_their_character),
        cmocka_unit_test(variables_carry_family_dimensions_and_time),
        cmocka_unit_test(operators_bind_as_in_arithmetic),
        cmocka_unit_test(overlapping_modalities_are_seen),
        cmocka_unit_test(a_failed_allocation_is_told_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
