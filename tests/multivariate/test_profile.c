/* Description of classes, against FactoMineR's catdes (tests/reference/factor.csv, made
 * by factor.R). */
#include "irminon/profile.h"
#include "tables.h"

/* catdes: v.test, mean in category, overall mean, sd in category, overall sd, p.value. */
static irm_matrix numbers_as_catdes(const irm_profile_number *profiles, size_t count) {
    irm_matrix table;
    assert_ok(irm_matrix_init(&table, count, 6, &test_error));
    for (size_t i = 0; i < count; i++) {
        const irm_profile_number *from = &profiles[i];
        double row[] = {from->v_test, from->mean,       from->overall_mean,
                        from->sd,     from->overall_sd, from->p_value};
        memcpy(irm_matrix_row(&table, i), row, sizeof row);
    }
    return table;
}

static void check(irm_matrix got, const char *name, const char *part) {
    char line[128];
    snprintf(line, sizeof line, "%s.%s", name, part);
    irm_matrix expected = test_reference("factor", line);
    assert_int_equal(got.rows, expected.rows);
    test_near(&got, &expected, NULL, 1e-9);
    irm_matrix_clear(&expected);
    irm_matrix_clear(&got);
}

static void check_numbers(const char *name, irm_matrix x, const double *weights,
                          const int32_t *classes, size_t k) {
    size_t p = x.columns;
    irm_profile_number *profiles = irm_calloc(k * p, sizeof *profiles);
    double *eta2 = irm_calloc(p, sizeof *eta2), *p_values = irm_calloc(p, sizeof *eta2);
    irm_matrix between;
    assert_ok(irm_profile_numbers(&x, weights, classes, k, profiles, &test_error));
    assert_ok(irm_profile_eta2(&x, weights, classes, k, eta2, p_values, &test_error));
    check(numbers_as_catdes(profiles, k * p), name, "numbers");
    assert_ok(irm_matrix_init(&between, p, 2, &test_error));
    for (size_t j = 0; j < p; j++) {
        irm_matrix_row(&between, j)[0] = eta2[j];
        irm_matrix_row(&between, j)[1] = p_values[j];
    }
    check(between, name, "eta2");
    irm_free(profiles);
    irm_free(eta2);
    irm_free(p_values);
    irm_matrix_clear(&x);
}

/* Lines of catdes's category of every class, q variables of n_modalities each, as
 * factor.R records them: by class, variable, modality. And their chi-squared tests. */
static void check_categories(const char *name, const int32_t *codes, size_t n, size_t q,
                             const size_t *n_modalities, const int32_t *classes,
                             size_t k) {
    size_t all = 0, before = 0;
    for (size_t j = 0; j < q; j++) {
        all += n_modalities[j];
    }
    irm_matrix table, tests;
    int32_t *column = irm_calloc(n, sizeof *column);
    irm_profile_modality *profiles = irm_calloc(k * all, sizeof *profiles);
    assert_ok(irm_matrix_init(&table, k * all, 5, &test_error));
    assert_ok(irm_matrix_init(&tests, q, 3, &test_error));
    for (size_t j = 0; j < q; before += n_modalities[j++]) {
        for (size_t i = 0; i < n; i++) {
            column[i] = codes[i * q + j];
        }
        size_t df;
        double *test = irm_matrix_row(&tests, j);
        assert_ok(irm_profile_chi2(column, n, n_modalities[j], classes, k, &test[0], &df,
                                   &test[2], &test_error));
        test[1] = (double)df;
        assert_ok(irm_profile_categories(column, n, n_modalities[j], NULL, classes, k,
                                         profiles, &test_error));
        for (size_t c = 0; c < k; c++) {
            for (size_t m = 0; m < n_modalities[j]; m++) {
                const irm_profile_modality *from = &profiles[c * n_modalities[j] + m];
                double row[] = {from->class_in_modality, from->modality_in_class,
                                from->overall, from->p_value, from->v_test};
                memcpy(irm_matrix_row(&table, c * all + before + m), row, sizeof row);
            }
        }
    }
    check(table, name, "categories");
    check(tests, name, "chi2");
    irm_free(column);
    irm_free(profiles);
}

static void own_tables_agree_with_catdes(void **state) {
    (void)state;
    double weights[60];
    const size_t three = 3, two[] = {4, 2};
    int32_t *classes = table_codes(60, &three, 1, 7), *codes = table_codes(60, two, 2, 8);
    table_weights(weights, 60, 3);
    check_numbers("profile.own", table_numbers(60, 6, 1), NULL, classes, 3);
    check_numbers("profile.weighted", table_numbers(60, 6, 1), weights, classes, 3);
    check_categories("profile.own", codes, 60, 2, two, classes, 3);
    irm_free(classes);
    irm_free(codes);
}

static void decathlon_and_wine_agree_with_catdes(void **state) {
    (void)state;
    irm_matrix decathlon = test_r_data("decathlon"), wine = test_r_data("wine");
    int32_t *competition = table_codes_of(&decathlon, 12, 1);
    int32_t *soil = table_codes_of(&wine, 1, 1);
    check_numbers("profile.decathlon", table_columns(&decathlon, 0, 12), NULL,
                  competition, 2);
    check_numbers("profile.wine", table_columns(&wine, 2, 29), NULL, soil, 4);
    irm_free(competition);
    irm_free(soil);
    irm_matrix_clear(&decathlon);
    irm_matrix_clear(&wine);
}

/* 300 people: all categories of the tea survey but age_Q, by price. */
static void tea_agrees_with_catdes(void **state) {
    (void)state;
    irm_matrix tea = test_r_data("tea");
    size_t q = 0, n_modalities[36];
    irm_matrix kept;
    assert_ok(irm_matrix_init(&kept, tea.rows, tea.columns, &test_error));
    for (size_t j = 0; j < tea.columns; j++) {
        if (j == 17 || j == 18 || j == 21) {
            continue;
        }
        n_modalities[q] = 0;
        for (size_t i = 0; i < tea.rows; i++) {
            size_t code = (size_t)irm_matrix_row(&tea, i)[j];
            irm_matrix_row(&kept, i)[q] = (double)code;
            n_modalities[q] = code >= n_modalities[q] ? code + 1 : n_modalities[q];
        }
        q++;
    }
    int32_t *price = table_codes_of(&tea, 17, 1), *codes = table_codes_of(&kept, 0, q);
    check_categories("profile.tea", codes, tea.rows, q, n_modalities, price, 6);
    check_numbers("profile.tea", table_columns(&tea, 18, 1), NULL, price, 6);
    irm_free(price);
    irm_free(codes);
    irm_matrix_clear(&kept);
    irm_matrix_clear(&tea);
}

static void missing_values_are_left_out(void **state) {
    (void)state;
    double values[] = {1, NAN, 3, 5, 7, 100}, fewer[] = {1, 3, 5, 7};
    const int32_t classes[] = {0, 0, 0, 1, 1, -1}, same[] = {0, 0, 1, 1};
    irm_matrix x = {6, 1, values}, y = {4, 1, fewer};
    irm_profile_number with[2], without[2];
    assert_ok(irm_profile_numbers(&x, NULL, classes, 2, with, &test_error));
    assert_ok(irm_profile_numbers(&y, NULL, same, 2, without, &test_error));
    assert_true(with[1].mean == 6 && with[0].overall_mean == 4);
    assert_true(fabs(with[0].v_test - without[0].v_test) < 1e-14);
}

static void what_does_not_vary_has_no_v_test(void **state) {
    (void)state;
    double values[] = {0.1, 0.1, 0.1, 0.1}, eta2, p_value;
    const int32_t classes[] = {0, 0, 1, 1}, codes[] = {0, 0, 0, 0};
    irm_matrix x = {4, 1, values};
    irm_profile_number profiles[3];
    assert_ok(irm_profile_numbers(&x, NULL, classes, 3, profiles, &test_error));
    assert_ok(irm_profile_eta2(&x, NULL, classes, 3, &eta2, &p_value, &test_error));
    for (size_t c = 0; c < 3; c++) {
        assert_true(isnan(profiles[c].v_test) && profiles[c].p_value == 1);
    }
    assert_true(isnan(profiles[2].mean) && isnan(eta2) && p_value == 1);
    irm_profile_modality modality[6];
    size_t df;
    double statistic;
    assert_ok(
        irm_profile_categories(codes, 4, 2, NULL, classes, 3, modality, &test_error));
    assert_true(isnan(modality[0].v_test) && modality[0].p_value == 1);
    assert_ok(irm_profile_chi2(codes, 4, 2, classes, 3, &statistic, &df, &p_value,
                               &test_error));
    assert_true(df == 0 && statistic == 0 && p_value == 1);
}

/* 20,000 of one kind and 20,000 of another: p is 10⁻¹²⁰³⁹, its v-test still a number.
 * P(K = n) = n!² / (2n)!, and the mid p-value of that end is P(K = n) itself. */
static void far_tails_still_have_v_tests(void **state) {
    (void)state;
    enum { N = 40000 };
    int32_t *codes = irm_calloc(N, sizeof *codes);
    for (size_t i = 0; i < N; i++) {
        codes[i] = i < N / 2;
    }
    irm_profile_modality profiles[4];
    assert_ok(irm_profile_categories(codes, N, 2, NULL, codes, 2, profiles, &test_error));
    assert_true(profiles[0].p_value == 0);
    assert_true(profiles[0].v_test > 0 && profiles[1].v_test < 0);
    double v = profiles[0].v_test;
    double log_p = 2 * lgamma(N / 2 + 1) - lgamma(N + 1);
    /* Q(v) ~ φ(v) / v (1 - 1/v²) */
    double log_tail = -v * v / 2 - log(v * sqrt(2 * M_PI)) + log1p(-1 / (v * v));
    assert_true(fabs(log_tail + log(2) - log_p) < 1e-6);
    irm_free(codes);
}

static void bad_input_is_refused(void **state) {
    (void)state;
    double values[] = {1, 2, 3}, weights[] = {1, -2, 1};
    const int32_t classes[] = {0, 1, 2};
    irm_matrix x = {3, 1, values};
    irm_profile_number profiles[3];
    irm_profile_modality modalities[9];
    assert_int_equal(irm_profile_numbers(&x, NULL, classes, 2, profiles, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_profile_numbers(&x, NULL, classes, 0, profiles, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_profile_numbers(&x, weights, classes, 3, profiles, &test_error),
                     IRM_STATUS_DATA);
    assert_int_equal(
        irm_profile_categories(classes, 3, 2, NULL, classes, 3, modalities, &test_error),
        IRM_STATUS_USAGE);
    assert_int_equal(test_error.line, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_tables_agree_with_catdes),
        cmocka_unit_test(decathlon_and_wine_agree_with_catdes),
        cmocka_unit_test(tea_agrees_with_catdes),
        cmocka_unit_test(missing_values_are_left_out),
        cmocka_unit_test(what_does_not_vary_has_no_v_test),
        cmocka_unit_test(far_tails_still_have_v_tests),
        cmocka_unit_test(bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
