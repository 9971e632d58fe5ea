/* Multiple correspondences, against FactoMineR (tests/reference/factor.csv). */
#include "agree.h"
#include "irminon/factor.h"
#include "tables.h"

static const size_t four[] = {3, 2, 4, 3};

static irm_factors mca(const int32_t *codes, size_t n, size_t q,
                       const size_t *n_modalities, const double *weights, size_t axes,
                       size_t threads) {
    irm_factors factors;
    irm_mca_options options = {axes, weights, threads};
    assert_ok(irm_mca(codes, n, q, n_modalities, &options, &factors, &test_error));
    return factors;
}

static void agree_mca(const char *name, const irm_factors *factors) {
    double signs[64];
    agree_factors(factors, name, signs);
    agree(&factors->eta2, name, "eta2", NULL);
}

static void mca_agrees_with_factominer(void **state) {
    (void)state;
    int32_t *codes = table_codes(80, four, 4, 5);
    double weights[80];
    table_weights(weights, 80, 6);
    irm_factors equal = mca(codes, 80, 4, four, NULL, 0, 0);
    irm_factors weighted = mca(codes, 80, 4, four, weights, 0, 0);
    assert_int_equal(equal.n_eigenvalues, 8);
    agree_mca("mca.own", &equal);
    agree_mca("mca.weighted", &weighted);
    irm_factors_clear(&equal);
    irm_factors_clear(&weighted);
    irm_free(codes);
}

/* How many modalities the q columns of codes have. */
static void count_modalities(const int32_t *codes, size_t n, size_t q, size_t *counts) {
    memset(counts, 0, q * sizeof *counts);
    for (size_t i = 0; i < n * q; i++) {
        size_t seen = (size_t)codes[i] + 1;
        counts[i % q] = seen > counts[i % q] ? seen : counts[i % q];
    }
}

static void agree_categories(const irm_matrix *data, const char *name,
                             const irm_factors *factors, size_t first, size_t count,
                             const double *signs) {
    size_t row = 0;
    char line[128];
    snprintf(line, sizeof line, "%s.category.coordinates", name);
    irm_matrix coordinates = test_reference("factor", line);
    snprintf(line, sizeof line, "%s.category.cos2", name);
    irm_matrix cos2 = test_reference("factor", line);
    snprintf(line, sizeof line, "%s.category.v_test", name);
    irm_matrix v_tests = test_reference("factor", line);
    for (size_t j = first; j < first + count; j++) {
        size_t n_modalities;
        int32_t *codes = table_codes_of(data, j, 1);
        irm_points points;
        irm_matrix v_test;
        count_modalities(codes, data->rows, 1, &n_modalities);
        assert_ok(irm_factors_category(factors, codes, n_modalities, &points, &v_test,
                                       &test_error));
        irm_matrix expected = {n_modalities, coordinates.columns,
                               irm_matrix_row(&coordinates, row)};
        test_near(&points.coordinates, &expected, signs, 1e-9);
        expected.data = irm_matrix_row(&cos2, row);
        test_near(&points.cos2, &expected, NULL, 1e-9);
        expected.data = irm_matrix_row(&v_tests, row);
        test_near(&v_test, &expected, signs, 1e-9);
        row += n_modalities;
        irm_points_clear(&points);
        irm_matrix_clear(&v_test);
        irm_free(codes);
    }
    assert_int_equal(row, coordinates.rows);
    irm_matrix_clear(&coordinates);
    irm_matrix_clear(&cos2);
    irm_matrix_clear(&v_tests);
}

static void agree_data_set(const char *data_set, const char *name, size_t active_first,
                           size_t active, size_t first, size_t count) {
    double signs[64];
    size_t n_modalities[64];
    irm_matrix data = test_r_data(data_set);
    int32_t *codes = table_codes_of(&data, active_first, active);
    count_modalities(codes, data.rows, active, n_modalities);
    irm_factors factors = mca(codes, data.rows, active, n_modalities, NULL, 5, 0);
    agree_factors(&factors, name, signs);
    agree(&factors.eta2, name, "eta2", NULL);
    agree_categories(&data, name, &factors, first, count, signs);
    irm_factors_clear(&factors);
    irm_free(codes);
    irm_matrix_clear(&data);
}

static void tea_and_poison_agree_with_factominer(void **state) {
    (void)state;
    agree_data_set("tea", "mca.tea", 0, 18, 19, 17);
    agree_data_set("poison", "mca.poison", 4, 11, 2, 2);
}

static void supplementary_elements_agree_with_factominer(void **state) {
    (void)state;
    double signs[64];
    int32_t *codes = table_codes(80, four, 4, 5), active[80 * 3], last[70];
    for (size_t i = 0; i < 80; i++) {
        memcpy(&active[3 * i], &codes[4 * i], 3 * sizeof *codes);
        if (i < 70) {
            last[i] = codes[4 * i + 3];
        }
    }
    irm_factors factors = mca(active, 70, 3, four, NULL, 6, 0);
    irm_points points;
    irm_matrix v_test;
    agree_factors(&factors, "mca.extras", signs);
    assert_ok(irm_mca_project(&factors, active + 70 * 3, 10, &points, &test_error));
    agree_points(&points, "mca.extras", "projected", signs);
    irm_points_clear(&points);
    assert_ok(irm_factors_category(&factors, last, 3, &points, &v_test, &test_error));
    agree_points(&points, "mca.extras", "category", signs);
    agree(&v_test, "mca.extras", "category.v_test", signs);
    irm_points_clear(&points);
    irm_matrix_clear(&v_test);
    irm_factors_clear(&factors);
    irm_free(codes);
}

static void a_modality_of_nobody_is_at_the_origin(void **state) {
    (void)state;
    const size_t more[] = {3, 2, 5, 3}, alone[] = {3, 2, 4, 3, 1};
    int32_t *codes = table_codes(80, four, 4, 5), with_constant[80 * 5] = {0};
    for (size_t i = 0; i < 80; i++) {
        memcpy(&with_constant[5 * i], &codes[4 * i], 4 * sizeof *codes);
    }
    irm_factors factors = mca(codes, 80, 4, more, NULL, 0, 0);
    irm_factors constant = mca(with_constant, 80, 5, alone, NULL, 0, 0);
    assert_int_equal(factors.n_eigenvalues, 8);
    assert_int_equal(constant.n_eigenvalues, 8);
    for (size_t k = 0; k < 8; k++) {
        assert_true(irm_matrix_row(&factors.variables.coordinates, 9)[k] == 0);
        assert_true(irm_matrix_row(&factors.variables.cos2, 9)[k] == 0);
        assert_true(irm_matrix_row(&constant.variables.cos2, 12)[k] == 0);
    }
    int32_t stranger[] = {0, 0, 4, 0};
    irm_points points;
    assert_ok(irm_mca_project(&factors, stranger, 1, &points, &test_error));
    assert_true(isfinite(points.coordinates.data[0]) && isfinite(points.cos2.data[0]));
    irm_points_clear(&points);
    irm_factors_clear(&factors);
    irm_factors_clear(&constant);
    irm_free(codes);
}

static void threads_do_not_change_a_byte(void **state) {
    (void)state;
    int32_t *codes = table_codes(20000, four, 4, 5);
    double *weights = irm_calloc(20000, sizeof *weights);
    test_uniform(weights, 20000, 3);
    irm_factors one = mca(codes, 20000, 4, four, weights, 0, 1);
    irm_factors many = mca(codes, 20000, 4, four, weights, 0, 5);
    assert_memory_equal(one.individuals.coordinates.data,
                        many.individuals.coordinates.data, 20000 * 8 * sizeof(double));
    assert_memory_equal(one.eigenvalues, many.eigenvalues, 8 * sizeof(double));
    irm_factors_clear(&one);
    irm_factors_clear(&many);
    irm_free(weights);
    irm_free(codes);
}

static void bad_input_is_refused_in_words(void **state) {
    (void)state;
    irm_factors factors;
    irm_mca_options options = {0};
    const size_t two[] = {2, 2}, none[] = {2, 0};
    const int32_t codes[] = {0, 1, 1, 2}, missing[] = {0, 1, -1, 0},
                  same[] = {1, 0, 1, 0};
    assert_int_equal(irm_mca(codes, 2, 2, two, &options, &factors, &test_error),
                     IRM_STATUS_DATA);
    assert_int_equal(test_error.line, 2);
    assert_int_equal(test_error.column, 2);
    assert_int_equal(irm_mca(missing, 2, 2, two, &options, &factors, &test_error),
                     IRM_STATUS_DATA);
    assert_int_equal(irm_mca(codes, 1, 2, two, &options, &factors, &test_error),
                     IRM_STATUS_REFUSED);
    assert_int_equal(irm_mca(same, 2, 2, none, &options, &factors, &test_error),
                     IRM_STATUS_REFUSED);
    assert_int_equal(irm_mca(same, 2, 2, two, &options, &factors, &test_error),
                     IRM_STATUS_REFUSED);
    assert_non_null(strstr(test_error.message, "all alike"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mca_agrees_with_factominer),
        cmocka_unit_test(tea_and_poison_agree_with_factominer),
        cmocka_unit_test(supplementary_elements_agree_with_factominer),
        cmocka_unit_test(a_modality_of_nobody_is_at_the_origin),
        cmocka_unit_test(threads_do_not_change_a_byte),
        cmocka_unit_test(bad_input_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
