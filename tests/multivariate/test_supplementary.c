/* Supplementary elements of a PCA, against FactoMineR (tests/reference/factor.csv). */
#include "agree.h"
#include "irminon/factor.h"
#include "tables.h"

static irm_factors pca(const irm_matrix *x, const double *weights, bool reduce,
                       size_t axes) {
    irm_factors factors;
    irm_pca_options options = {reduce, axes, weights, 0};
    assert_ok(irm_pca(x, &options, &factors, &test_error));
    return factors;
}

static void supplementary_elements_agree_with_factominer(void **state) {
    (void)state;
    const size_t four = 4;
    double signs[64], weights[50];
    irm_matrix own = table_numbers(60, 6, 1), active = table_columns(&own, 0, 4);
    irm_matrix extra = table_columns(&own, 4, 2), v_test;
    irm_matrix first = {50, 4, active.data}, last = {10, 4, irm_matrix_row(&active, 50)};
    int32_t *group = table_codes(60, &four, 1, 2);
    irm_points points;
    table_weights(weights, 50, 3);
    irm_factors factors = pca(&first, weights, true, 0);
    agree_factors(&factors, "pca.extras", signs);
    assert_ok(irm_pca_project(&factors, &last, &points, &test_error));
    agree_points(&points, "pca.extras", "projected", signs);
    irm_points_clear(&points);
    extra.rows = 50;
    assert_ok(irm_pca_supplementary(&factors, &extra, &points, &test_error));
    agree_points(&points, "pca.extras", "supplementary", signs);
    irm_points_clear(&points);
    assert_ok(irm_factors_category(&factors, group, 4, &points, &v_test, &test_error));
    agree_points(&points, "pca.extras", "category", signs);
    /* FactoMineR's v-tests take the sum of the weights for the number of individuals. */
    irm_matrix expected = test_reference("factor", "pca.extras.category.v_test");
    double total = 0;
    for (size_t i = 0; i < 50; i++) {
        total += weights[i];
    }
    for (size_t i = 0; i < expected.rows * expected.columns; i++) {
        expected.data[i] *= sqrt(49 / (total - 1));
    }
    test_near(&v_test, &expected, signs, 1e-9);
    irm_matrix_clear(&expected);
    irm_points_clear(&points);
    irm_matrix_clear(&v_test);
    irm_factors_clear(&factors);
    irm_free(group);
    irm_matrix_clear(&own);
    irm_matrix_clear(&active);
    irm_matrix_clear(&extra);
}

static void decathlon_agrees_with_factominer(void **state) {
    (void)state;
    double signs[64];
    irm_matrix data = test_r_data("decathlon"), v_test;
    irm_matrix active = table_columns(&data, 0, 10), extra = table_columns(&data, 10, 2);
    int32_t *competition = table_codes_of(&data, 12, 1);
    irm_factors factors = pca(&active, NULL, true, 5);
    irm_points points;
    agree_factors(&factors, "pca.decathlon", signs);
    assert_ok(irm_pca_supplementary(&factors, &extra, &points, &test_error));
    agree_points(&points, "pca.decathlon", "supplementary", signs);
    irm_points_clear(&points);
    assert_ok(
        irm_factors_category(&factors, competition, 2, &points, &v_test, &test_error));
    agree(&points.coordinates, "pca.decathlon", "category.coordinates", signs);
    agree(&v_test, "pca.decathlon", "category.v_test", signs);
    assert_int_equal(points.cos2.rows, 0);
    irm_points_clear(&points);
    irm_matrix_clear(&v_test);
    irm_factors_clear(&factors);
    irm_free(competition);
    irm_matrix_clear(&data);
    irm_matrix_clear(&active);
    irm_matrix_clear(&extra);
}

/* An active variable, given again, is where it was. */
static void an_active_variable_is_found_again(void **state) {
    (void)state;
    irm_matrix x = table_numbers(60, 6, 1);
    for (int reduce = 0; reduce < 2; reduce++) {
        irm_factors factors = pca(&x, NULL, reduce, 0);
        irm_points points;
        assert_ok(irm_pca_supplementary(&factors, &x, &points, &test_error));
        test_near(&points.coordinates, &factors.variables.coordinates, NULL, 1e-12);
        test_near(&points.cos2, &factors.variables.cos2, NULL, 1e-12);
        irm_points_clear(&points);
        irm_factors_clear(&factors);
    }
    irm_matrix_clear(&x);
}

static void missing_supplementary_values_are_left_out(void **state) {
    (void)state;
    irm_matrix x = table_numbers(60, 3, 1), extra = table_numbers(60, 2, 8);
    irm_factors factors = pca(&x, NULL, true, 0);
    irm_points points;
    for (size_t i = 0; i < 60; i++) {
        irm_matrix_row(&extra, i)[0] = i % 3 == 0 ? NAN : 5 - irm_matrix_row(&x, i)[0];
        irm_matrix_row(&extra, i)[1] = 0.1;
    }
    assert_ok(irm_pca_supplementary(&factors, &extra, &points, &test_error));
    /* A correlation over 40 individuals, by its definition. */
    double sx = 0, sf = 0, sxx = 0, sff = 0, sxf = 0;
    for (size_t i = 0; i < 60; i++) {
        double v = irm_matrix_row(&extra, i)[0];
        double f = irm_matrix_row(&factors.individuals.coordinates, i)[0];
        if (!isnan(v)) {
            sx += v, sf += f, sxx += v * v, sff += f * f, sxf += v * f;
        }
    }
    double r = (40 * sxf - sx * sf) / sqrt((40 * sxx - sx * sx) * (40 * sff - sf * sf));
    assert_true(fabs(points.coordinates.data[0] - r) < 1e-12);
    assert_true(irm_matrix_row(&points.coordinates, 1)[0] == 0);
    irm_points_clear(&points);
    irm_factors_clear(&factors);
    irm_matrix_clear(&x);
    irm_matrix_clear(&extra);
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    irm_matrix x = table_numbers(60, 3, 1), other = table_numbers(10, 2, 1), v_test;
    irm_factors factors = pca(&x, NULL, true, 0);
    irm_points points;
    int32_t codes[60] = {0};
    assert_int_equal(irm_pca_project(&factors, &other, &points, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_pca_supplementary(&factors, &other, &points, &test_error),
                     IRM_STATUS_USAGE);
    codes[7] = 2;
    assert_int_equal(
        irm_factors_category(&factors, codes, 2, &points, &v_test, &test_error),
        IRM_STATUS_USAGE);
    assert_int_equal(test_error.line, 8);
    assert_null(points.coordinates.data);
    irm_matrix_row(&x, 3)[1] = NAN;
    assert_int_equal(irm_pca_project(&factors, &x, &points, &test_error),
                     IRM_STATUS_DATA);
    irm_factors_clear(&factors);
    irm_matrix_clear(&x);
    irm_matrix_clear(&other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(supplementary_elements_agree_with_factominer),
        cmocka_unit_test(decathlon_agrees_with_factominer),
        cmocka_unit_test(an_active_variable_is_found_again),
        cmocka_unit_test(missing_supplementary_values_are_left_out),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
