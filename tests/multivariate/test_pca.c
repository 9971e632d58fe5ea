/* Principal components, against FactoMineR (tests/reference/factor.csv, made by
 * factor.R). */
#include "agree.h"
#include "irminon/factor.h"
#include "tables.h"

static irm_factors pca(const irm_matrix *x, const double *weights, bool reduce,
                       size_t axes, size_t threads) {
    irm_factors factors;
    irm_pca_options options = {reduce, axes, weights, threads};
    assert_ok(irm_pca(x, &options, &factors, &test_error));
    return factors;
}

static void agrees_with_factominer(const char *name, irm_matrix x, const double *weights,
                                   bool reduce, size_t axes) {
    double signs[64];
    irm_factors factors = pca(&x, weights, reduce, axes, 0);
    agree_factors(&factors, name, signs);
    irm_factors_clear(&factors);
    irm_matrix_clear(&x);
}

static void pca_agrees_with_factominer(void **state) {
    (void)state;
    double weights[60];
    table_weights(weights, 60, 3);
    agrees_with_factominer("pca.own", table_numbers(60, 6, 1), NULL, true, 0);
    agrees_with_factominer("pca.weighted", table_numbers(60, 6, 1), weights, true, 0);
    agrees_with_factominer("pca.unreduced", table_numbers(60, 6, 1), weights, false, 0);
}

static void more_variables_than_individuals_agree_with_factominer(void **state) {
    (void)state;
    agrees_with_factominer("pca.wide", table_numbers(5, 8, 4), NULL, true, 0);
    irm_matrix x = table_numbers(5, 8, 4);
    irm_factors factors = pca(&x, NULL, true, 0, 1);
    assert_int_equal(factors.n_eigenvalues, 4);
    irm_factors_clear(&factors);
    irm_matrix_clear(&x);
}

static void decathlon_and_wine_agree_with_factominer(void **state) {
    (void)state;
    irm_matrix decathlon = test_r_data("decathlon"), wine = test_r_data("wine");
    agrees_with_factominer("pca.decathlon", table_columns(&decathlon, 0, 10), NULL, true,
                           5);
    agrees_with_factominer("pca.wine", table_columns(&wine, 2, 29), NULL, true, 5);
    irm_matrix_clear(&decathlon);
    irm_matrix_clear(&wine);
}

static void same_matrix(const irm_matrix *a, const irm_matrix *b) {
    assert_int_equal(a->rows * a->columns, b->rows * b->columns);
    assert_memory_equal(a->data, b->data, a->rows * a->columns * sizeof *a->data);
}

static void threads_do_not_change_a_byte(void **state) {
    (void)state;
    irm_matrix x = table_numbers(20000, 7, 11);
    irm_factors one = pca(&x, NULL, true, 3, 1), many = pca(&x, NULL, true, 3, 5);
    assert_memory_equal(one.eigenvalues, many.eigenvalues, 7 * sizeof(double));
    same_matrix(&one.variables.coordinates, &many.variables.coordinates);
    same_matrix(&one.individuals.coordinates, &many.individuals.coordinates);
    same_matrix(&one.individuals.contribution, &many.individuals.contribution);
    same_matrix(&one.individuals.cos2, &many.individuals.cos2);
    irm_factors_clear(&one);
    irm_factors_clear(&many);
    irm_matrix_clear(&x);
}

/* With or without the individuals of no weight, which are projected like the others. */
static void individuals_without_weight_take_no_part(void **state) {
    (void)state;
    irm_matrix x = table_numbers(60, 6, 1), first = {40, 6, x.data};
    double weights[60] = {0};
    for (size_t i = 0; i < 40; i++) {
        weights[i] = 3;
    }
    irm_factors all = pca(&x, weights, true, 0, 0), some = pca(&first, NULL, true, 0, 0);
    irm_points projected;
    test_near(&all.variables.coordinates, &some.variables.coordinates, NULL, 1e-12);
    test_near(&all.individuals.coordinates, &some.individuals.coordinates, NULL, 1e-12);
    assert_true(irm_matrix_row(&all.individuals.contribution, 50)[0] == 0);
    irm_matrix rest = {20, 6, irm_matrix_row(&x, 40)};
    assert_ok(irm_pca_project(&some, &rest, &projected, &test_error));
    irm_matrix in_all = {20, 6, irm_matrix_row(&all.individuals.coordinates, 40)};
    test_near(&projected.coordinates, &in_all, NULL, 1e-12);
    irm_points_clear(&projected);
    irm_factors_clear(&all);
    irm_factors_clear(&some);
    irm_matrix_clear(&x);
}

static void duplicated_columns_add_no_axis(void **state) {
    (void)state;
    irm_matrix x = table_numbers(60, 6, 1);
    for (size_t i = 0; i < 60; i++) {
        irm_matrix_row(&x, i)[4] = 1000 - 3 * irm_matrix_row(&x, i)[1];
    }
    irm_factors factors = pca(&x, NULL, true, 0, 0);
    assert_int_equal(factors.n_eigenvalues, 5);
    assert_true(fabs(factors.inertia - 6) < 1e-12);
    irm_factors_clear(&factors);
    irm_matrix_clear(&x);
}

/* Two variables load an axis equally: the first is made positive, whatever rounding says.
 */
static void largest_loading_is_positive(void **state) {
    (void)state;
    irm_matrix x = table_numbers(60, 2, 1);
    irm_factors factors = pca(&x, NULL, true, 0, 0);
    for (size_t k = 0; k < 2; k++) {
        assert_true(irm_matrix_row(&factors.variables.coordinates, 0)[k] > 0);
    }
    irm_factors_clear(&factors);
    irm_matrix_clear(&x);
}

static void refuses(const irm_matrix *x, const double *weights, bool reduce,
                    irm_status status, const char *words) {
    irm_factors factors;
    irm_pca_options options = {reduce, 0, weights, 0};
    assert_int_equal(irm_pca(x, &options, &factors, &test_error), status);
    if (strstr(test_error.message, words) == NULL) {
        fail_msg("%s: no %s", test_error.message, words);
    }
    assert_null(factors.eigenvalues);
}

static void bad_input_is_refused_in_words(void **state) {
    (void)state;
    irm_matrix x = table_numbers(4, 3, 1), one = {1, 3, x.data};
    double negative[4] = {1, -1, 1, 1}, null[4] = {0}, missing[4] = {1, NAN, 1, 1};
    refuses(&one, NULL, true, IRM_STATUS_REFUSED, "at least 2 individuals");
    refuses(&x, negative, true, IRM_STATUS_DATA, "individual 2 is negative");
    refuses(&x, missing, true, IRM_STATUS_DATA, "individual 2 is missing");
    refuses(&x, null, true, IRM_STATUS_DATA, "add up to 0");
    irm_matrix_row(&x, 2)[1] = NAN;
    refuses(&x, NULL, true, IRM_STATUS_DATA, "individual 3, variable 2");
    assert_int_equal(test_error.line, 3);
    assert_int_equal(test_error.column, 2);
    irm_matrix_row(&x, 2)[1] = -INFINITY;
    refuses(&x, NULL, true, IRM_STATUS_DATA, "infinite");
    irm_matrix_row(&x, 2)[1] = 1e200;
    refuses(&x, NULL, true, IRM_STATUS_REFUSED, "variable 2 spreads too widely");
    for (size_t i = 0; i < 4; i++) {
        irm_matrix_row(&x, i)[1] = 0.1;
    }
    refuses(&x, NULL, true, IRM_STATUS_REFUSED, "variable 2 is constant");
    assert_int_equal(test_error.column, 2);
    irm_factors factors = pca(&x, NULL, false, 0, 0);
    assert_int_equal(factors.n_eigenvalues, 2);
    assert_true(irm_matrix_row(&factors.variables.cos2, 1)[0] == 0);
    irm_factors_clear(&factors);
    for (size_t i = 0; i < 12; i++) {
        x.data[i] = (double)(i % 3);
    }
    refuses(&x, NULL, false, IRM_STATUS_REFUSED, "all alike");
    irm_matrix_clear(&x);
}

static void a_failed_allocation_leaves_nothing(void **state) {
    (void)state;
    irm_matrix x = table_numbers(5, 8, 4);
    irm_status status = IRM_STATUS_NO_MEMORY;
    size_t n = 0;
    while (status == IRM_STATUS_NO_MEMORY) {
        irm_factors factors;
        irm_pca_options options = {true, 0, NULL, 1};
        irm_memory_fail_after(++n);
        status = irm_pca(&x, &options, &factors, &test_error);
        irm_memory_fail_after(0);
        irm_factors_clear(&factors);
    }
    assert_int_equal(status, IRM_OK);
    assert_true(n > 10);
    irm_matrix_clear(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pca_agrees_with_factominer),
        cmocka_unit_test(more_variables_than_individuals_agree_with_factominer),
        cmocka_unit_test(decathlon_and_wine_agree_with_factominer),
        cmocka_unit_test(threads_do_not_change_a_byte),
        cmocka_unit_test(individuals_without_weight_take_no_part),
        cmocka_unit_test(duplicated_columns_add_no_axis),
        cmocka_unit_test(largest_loading_is_positive),
        cmocka_unit_test(bad_input_is_refused_in_words),
        cmocka_unit_test(a_failed_allocation_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
