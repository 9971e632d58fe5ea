/* Imputation, against missMDA (tests/reference/impute.csv, made by impute.R). */
#include "irminon/factor.h"
#include "tables.h"

/* The table of impute.R: two dimensions and noise, a tenth of the cells missing. */
static irm_matrix make_gaps(void) {
    irm_matrix x;
    double missing[360];
    assert_ok(irm_matrix_init(&x, 60, 6, &test_error));
    test_uniform(x.data, 360, 1);
    test_uniform(missing, 360, 9);
    for (size_t i = 0; i < 60; i++) {
        double u[6], *row = irm_matrix_row(&x, i);
        memcpy(u, row, sizeof u);
        for (size_t j = 0; j < 6; j++) {
            double rank = (double)(j + 1);
            row[j] = rank * (u[0] * rank + u[1] * (7 - rank) + u[j]);
            row[j] = missing[i * 6 + j] < 0.1 ? NAN : row[j];
        }
    }
    return x;
}

/* What was put in the gaps of `before` is the reference's; the rest has not moved. */
static void agree_filled(const irm_matrix *before, const irm_matrix *after,
                         const char *name) {
    irm_matrix expected = test_reference("impute", name), got;
    size_t gap = 0;
    assert_ok(irm_matrix_init(&got, 1, expected.columns, &test_error));
    for (size_t i = 0; i < before->rows * before->columns; i++) {
        if (isnan(before->data[i])) {
            got.data[gap++] = after->data[i];
        } else {
            assert_true(before->data[i] == after->data[i]);
        }
    }
    assert_int_equal(gap, expected.columns);
    test_near(&got, &expected, NULL, 1e-9);
    irm_matrix_clear(&expected);
    irm_matrix_clear(&got);
}

/* `axes` 0: chosen, and the reference's choice is `name`.chosen. */
static void agree_imputation(const irm_matrix *x, const double *weights, bool reduce,
                             size_t axes, const char *name) {
    irm_matrix filled = table_columns(x, 0, x->columns);
    size_t count, chosen;
    char line[128];
    assert_ok(
        irm_impute_pca(&filled, weights, reduce, axes, &count, &chosen, &test_error));
    snprintf(line, sizeof line, "%s.filled", name);
    agree_filled(x, &filled, line);
    if (axes == 0) {
        snprintf(line, sizeof line, "%s.chosen", name);
        irm_matrix choice = test_reference("impute", line);
        assert_int_equal(chosen, (size_t)choice.data[0]);
        irm_matrix_clear(&choice);
    } else {
        assert_int_equal(chosen, axes);
    }
    irm_matrix_clear(&filled);
}

static void imputation_agrees_with_missmda(void **state) {
    (void)state;
    irm_matrix x = make_gaps();
    double weights[60];
    table_weights(weights, 60, 3);
    agree_imputation(&x, NULL, true, 0, "own");
    agree_imputation(&x, NULL, true, 1, "one");
    agree_imputation(&x, weights, true, 2, "weighted");
    agree_imputation(&x, NULL, false, 2, "unreduced");
    irm_matrix_clear(&x);
}

/* 12 juices, of which only a few rows are full. */
static void orange_agrees_with_missmda(void **state) {
    (void)state;
    irm_matrix x = test_r_data("orange");
    agree_imputation(&x, NULL, true, 0, "orange");
    irm_matrix_clear(&x);
}

static void a_full_table_stays_as_it_is(void **state) {
    (void)state;
    irm_matrix x = table_numbers(20, 4, 1), before = table_numbers(20, 4, 1);
    size_t filled, chosen;
    assert_ok(irm_impute_pca(&x, NULL, true, 0, &filled, &chosen, &test_error));
    assert_int_equal(filled, 0);
    assert_memory_equal(x.data, before.data, 80 * sizeof(double));
    irm_matrix_clear(&x);
    irm_matrix_clear(&before);
}

/* No axis can be fitted: means. A constant variable is filled with its constant. */
static void small_tables_are_filled_with_means(void **state) {
    (void)state;
    double values[] = {1, 10, 3, NAN},
           constant[] = {7, 1, 2, 7, 2, 4, NAN, 3, 5, 7, NAN, 8};
    irm_matrix x = {2, 2, values}, y = {4, 3, constant};
    size_t filled, chosen;
    assert_ok(irm_impute_pca(&x, NULL, true, 0, &filled, &chosen, &test_error));
    assert_true(filled == 1 && chosen == 0 && values[3] == 10);
    assert_ok(irm_impute_pca(&y, NULL, true, 1, &filled, &chosen, &test_error));
    assert_int_equal(filled, 2);
    assert_true(fabs(constant[6] - 7) < 1e-12 && isfinite(constant[10]));
}

static void refused_tables_keep_their_gaps(void **state) {
    (void)state;
    double row[] = {1, 2, NAN, NAN, 3, 5}, column[] = {1, NAN, 2, NAN, 3, NAN};
    double infinite[] = {1, NAN, INFINITY, 2, 3, 4};
    irm_matrix x = {3, 2, row}, y = {3, 2, column}, z = {3, 2, infinite};
    size_t filled, chosen;
    assert_int_equal(irm_impute_pca(&x, NULL, true, 0, &filled, &chosen, &test_error),
                     IRM_STATUS_REFUSED);
    assert_int_equal(test_error.line, 2);
    assert_int_equal(irm_impute_pca(&y, NULL, true, 0, &filled, &chosen, &test_error),
                     IRM_STATUS_REFUSED);
    assert_int_equal(test_error.column, 2);
    assert_int_equal(irm_impute_pca(&z, NULL, true, 0, &filled, &chosen, &test_error),
                     IRM_STATUS_DATA);
    infinite[2] = 5;
    assert_int_equal(irm_impute_pca(&z, NULL, true, 2, &filled, &chosen, &test_error),
                     IRM_STATUS_USAGE);
    assert_true(isnan(infinite[1]));
}

static void a_failed_allocation_keeps_the_gaps(void **state) {
    (void)state;
    irm_matrix gaps = make_gaps();
    irm_status status = IRM_STATUS_NO_MEMORY;
    for (size_t n = 1; status == IRM_STATUS_NO_MEMORY; n++) {
        irm_matrix x = table_columns(&gaps, 0, 6);
        size_t filled, chosen;
        irm_memory_fail_after(n);
        status = irm_impute_pca(&x, NULL, true, 0, &filled, &chosen, &test_error);
        irm_memory_fail_after(0);
        for (size_t i = 0; status != IRM_OK && i < 360; i++) {
            assert_true(isnan(x.data[i]) == isnan(gaps.data[i]));
        }
        irm_matrix_clear(&x);
    }
    assert_int_equal(status, IRM_OK);
    irm_matrix_clear(&gaps);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imputation_agrees_with_missmda),
        cmocka_unit_test(orange_agrees_with_missmda),
        cmocka_unit_test(a_full_table_stays_as_it_is),
        cmocka_unit_test(small_tables_are_filled_with_means),
        cmocka_unit_test(refused_tables_keep_their_gaps),
        cmocka_unit_test(a_failed_allocation_keeps_the_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
