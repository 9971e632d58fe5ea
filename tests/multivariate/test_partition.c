/* Partitions beside R's kmeans, pam, silhouette, mclust; their promises on any data. */
#include "trees.h"

static void read_labels(const char *name, const char *part, int32_t *labels) {
    char line[128];
    snprintf(line, sizeof line, "%s.%s", name, part);
    irm_matrix lines = test_reference("cluster", line);
    trees_labels(&lines, 0, labels);
    irm_matrix_clear(&lines);
}

static double read_number(const char *name, const char *part) {
    char line[128];
    snprintf(line, sizeof line, "%s.%s", name, part);
    irm_matrix lines = test_reference("cluster", line);
    double number = lines.data[0];
    irm_matrix_clear(&lines);
    return number;
}

static irm_partition cut_of(const irm_matrix *x, const double *weights, size_t k) {
    irm_tree tree;
    irm_partition cut;
    int32_t *classes = irm_calloc(x->rows, sizeof *classes);
    assert_ok(irm_tree_ward(x, weights, 1, &tree, &test_error));
    assert_ok(irm_tree_cut(&tree, k, classes, &test_error));
    assert_ok(irm_partition_of(x, weights, classes, k, &cut, &test_error));
    irm_free(classes);
    irm_tree_clear(&tree);
    return cut;
}

static irm_partition consolidated(const irm_matrix *x, const double *weights, size_t k) {
    irm_partition cut = cut_of(x, weights, k), partition;
    assert_ok(irm_kmeans_from(x, weights, &cut.centers, 0, &partition, &test_error));
    assert_true(partition.within <= cut.within + 1e-12);
    irm_partition_clear(&cut);
    return partition;
}

static void agree_kmeans(const char *name, const irm_matrix *x, size_t k) {
    char part[64];
    irm_partition partition = consolidated(x, NULL, k);
    int32_t *labels = irm_calloc(x->rows, sizeof *labels);
    snprintf(part, sizeof part, "kmeans.%zu.classes", k);
    read_labels(name, part, labels);
    assert_memory_equal(partition.classes, labels, x->rows * sizeof *labels);
    snprintf(part, sizeof part, "kmeans.%zu.within", k);
    double within = read_number(name, part);
    trees_close(partition.within, within, 1e-9 * fmax(1, within));
    irm_free(labels);
    irm_partition_clear(&partition);
}

static void agree_quality(const char *name, const irm_matrix *x,
                          const irm_partition *partition) {
    char line[128];
    irm_quality quality;
    double *silhouettes = irm_calloc(x->rows, sizeof *silhouettes), mean = 0;
    assert_ok(irm_partition_quality(x, NULL, partition, 0, 1, 2, silhouettes, &quality,
                                    &test_error));
    snprintf(line, sizeof line, "%s.silhouettes", name);
    irm_matrix expected = test_reference("cluster", line);
    for (size_t i = 0; i < x->rows; i++) {
        trees_close(silhouettes[i], expected.data[i], 1e-10);
        mean += expected.data[i] / (double)x->rows;
    }
    trees_close(quality.silhouette, mean, 1e-10);
    assert_false(quality.sampled);
    double index = read_number(name, "calinski_harabasz");
    trees_close(quality.calinski_harabasz, index, 1e-9 * index);
    trees_close(quality.explained, 1 - partition->within / partition->total, 1e-12);
    irm_free(silhouettes);
    irm_matrix_clear(&expected);
}

static void consolidation_is_that_of_r(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(150, 3, 7);
    agree_kmeans("own", &x, 3);
    agree_kmeans("own", &x, 5);
    irm_matrix_clear(&x);
}

static void quality_is_that_of_r(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(150, 3, 7);
    irm_partition three = consolidated(&x, NULL, 3), five = consolidated(&x, NULL, 5);
    agree_quality("own", &x, &three);
    double index;
    assert_ok(irm_adjusted_rand(three.classes, five.classes, 150, &index, &test_error));
    trees_close(index, read_number("own", "rand"), 1e-12);
    irm_partition_clear(&three);
    irm_partition_clear(&five);
    irm_matrix_clear(&x);
}

static void agree_set(const char *name) {
    char file[128];
    snprintf(file, sizeof file, "cluster_%s", name);
    irm_matrix x = test_r_data(file);
    for (size_t k = 3; k <= 5; k++) {
        agree_kmeans(name, &x, k);
    }
    irm_partition cut = cut_of(&x, NULL, 4);
    agree_quality(name, &x, &cut);
    irm_partition_clear(&cut);
    irm_matrix_clear(&x);
}

static void on_known_data_sets_too(void **state) {
    (void)state;
    agree_set("agriculture");
    agree_set("votes_repub");
    agree_set("ruspini");
    agree_set("usarrests");
    agree_set("iris");
}

static void medoids_are_as_good_as_those_of_pam(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(150, 3, 7);
    irm_partition partition;
    assert_ok(irm_kmedoids(&x, NULL, 3, 1, 2, &partition, &test_error));
    double sum = 0;
    for (size_t i = 0; i < 150; i++) {
        double squares = 0;
        for (size_t j = 0; j < 3; j++) {
            const double *medoid =
                irm_matrix_row(&x, partition.medoids[partition.classes[i]]);
            squares += pow(irm_matrix_row(&x, i)[j] - medoid[j], 2);
        }
        sum += sqrt(squares) / 150;
    }
    assert_true(sum <= read_number("own", "pam.3.objective") + 1e-9);
    int32_t labels[150];
    read_labels("own", "pam.3.classes", labels);
    assert_true(trees_same_groups(partition.classes, labels, 150));
    irm_partition_clear(&partition);
    irm_matrix_clear(&x);
}

static void mixtures_are_those_of_mclust(void **state) {
    (void)state;
    static const char *const models[] = {"VVI", "VVV"};
    irm_matrix x = trees_blobs(150, 3, 7);
    for (int full = 0; full < 2; full++) {
        irm_partition partition;
        size_t regularised;
        char part[64];
        assert_ok(irm_mixture(&x, NULL, 3, full == 1, 1, 2, &partition, &regularised,
                              &test_error));
        snprintf(part, sizeof part, "%s.log_likelihood", models[full]);
        trees_close(partition.log_likelihood, read_number("own", part), 1e-4);
        snprintf(part, sizeof part, "%s.bic", models[full]);
        trees_close(partition.bic, read_number("own", part), 2e-4);
        assert_int_equal(regularised, 0);
        irm_partition_clear(&partition);
    }
    irm_matrix_clear(&x);
}

static void set_apart(irm_matrix *x) {
    for (size_t i = 0; i < x->rows; i++) {
        irm_matrix_row(x, i)[0] += i % 3 == 2 ? 8 : 0;
        irm_matrix_row(x, i)[1] += i % 3 == 1 ? 9 : 0;
    }
}

/* A weight of 2 is an individual twice. */
static void whole_weights_repeat_individuals(void **state) {
    (void)state;
    irm_matrix once = trees_blobs(60, 2, 3), twice;
    double weights[60];
    set_apart(&once);
    assert_ok(irm_matrix_init(&twice, 90, 2, &test_error));
    for (size_t i = 0; i < 60; i++) {
        weights[i] = i < 30 ? 2 : 1;
    }
    for (size_t i = 0; i < 90; i++) {
        memcpy(irm_matrix_row(&twice, i), irm_matrix_row(&once, i < 60 ? i : i - 60),
               2 * sizeof(double));
    }
    irm_partition light = consolidated(&twice, NULL, 3);
    irm_partition heavy = consolidated(&once, weights, 3);
    assert_memory_equal(light.classes, heavy.classes, 60 * sizeof(int32_t));
    trees_close(light.within, heavy.within, 1e-12);
    irm_partition_clear(&light);
    irm_partition_clear(&heavy);
    assert_ok(irm_kmedoids(&once, weights, 3, 1, 1, &heavy, &test_error));
    assert_ok(irm_kmedoids(&twice, NULL, 3, 1, 1, &light, &test_error));
    assert_true(trees_same_groups(light.classes, heavy.classes, 60));
    irm_partition_clear(&light);
    irm_partition_clear(&heavy);
    irm_matrix_clear(&once);
    irm_matrix_clear(&twice);
}

static void same_seed_same_partition_whatever_the_threads(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(2500, 3, 5);
    irm_partition one, three;
    size_t regularised;
    size_t bytes = x.rows * sizeof(int32_t);
    assert_ok(irm_kmeans(&x, NULL, 4, 6, 9, 1, &one, &test_error));
    assert_ok(irm_kmeans(&x, NULL, 4, 6, 9, 3, &three, &test_error));
    assert_memory_equal(one.classes, three.classes, bytes);
    double jaccard[2][4], rand[2];
    assert_ok(
        irm_stability(&x, NULL, &one, true, 4, 3, 1, jaccard[0], &rand[0], &test_error));
    assert_ok(
        irm_stability(&x, NULL, &one, true, 4, 3, 3, jaccard[1], &rand[1], &test_error));
    assert_memory_equal(jaccard[0], jaccard[1], sizeof *jaccard);
    assert_memory_equal(&rand[0], &rand[1], sizeof *rand);
    irm_quality quality[2];
    assert_ok(
        irm_partition_quality(&x, NULL, &one, 500, 2, 1, NULL, &quality[0], &test_error));
    assert_ok(
        irm_partition_quality(&x, NULL, &one, 500, 2, 3, NULL, &quality[1], &test_error));
    assert_true(quality[0].sampled);
    assert_memory_equal(&quality[0].silhouette, &quality[1].silhouette, sizeof(double));
    irm_partition_clear(&one);
    irm_partition_clear(&three);
    assert_ok(irm_kmedoids(&x, NULL, 4, 9, 1, &one, &test_error));
    assert_ok(irm_kmedoids(&x, NULL, 4, 9, 3, &three, &test_error));
    assert_memory_equal(one.classes, three.classes, bytes);
    irm_partition_clear(&one);
    irm_partition_clear(&three);
    assert_ok(irm_mixture(&x, NULL, 3, true, 9, 1, &one, &regularised, &test_error));
    assert_ok(irm_mixture(&x, NULL, 3, true, 9, 3, &three, &regularised, &test_error));
    assert_memory_equal(one.membership.data, three.membership.data,
                        x.rows * 3 * sizeof(double));
    irm_partition_clear(&one);
    irm_partition_clear(&three);
    irm_matrix_clear(&x);
}

/* Three groups far apart are found by each method, are stable, and are what the gap
 * statistic proposes; one of noise is not stable. */
static void groups_far_apart_are_found_and_stable(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(300, 2, 4);
    set_apart(&x);
    irm_partition partition;
    size_t regularised;
    double jaccard[5], rand, gap[6], spread[6];
    int32_t truth[300];
    for (int32_t i = 0; i < 300; i++) {
        truth[i] = i % 3;
    }
    assert_ok(
        irm_mixture(&x, NULL, 3, false, 1, 2, &partition, &regularised, &test_error));
    assert_true(trees_same_groups(partition.classes, truth, 300));
    irm_partition_clear(&partition);
    assert_ok(irm_kmedoids(&x, NULL, 3, 1, 2, &partition, &test_error));
    assert_true(trees_same_groups(partition.classes, truth, 300));
    irm_partition_clear(&partition);
    assert_ok(irm_kmeans(&x, NULL, 3, 0, 1, 2, &partition, &test_error));
    assert_true(trees_same_groups(partition.classes, truth, 300));
    assert_ok(
        irm_stability(&x, NULL, &partition, true, 20, 1, 2, jaccard, &rand, &test_error));
    assert_true(jaccard[0] > 0.99 && jaccard[1] > 0.99 && jaccard[2] > 0.99 &&
                rand > 0.99);
    irm_partition_clear(&partition);
    assert_ok(irm_gap(&x, NULL, 6, 10, 1, 2, gap, spread, &test_error));
    size_t chosen = 0;
    while (chosen < 5 && gap[chosen] < gap[chosen + 1] - spread[chosen + 1]) {
        chosen++;
    }
    assert_int_equal(chosen + 1, 3);
    irm_matrix_clear(&x);
    x = trees_blobs(300, 4, 6);
    partition = consolidated(&x, NULL, 5);
    assert_ok(
        irm_stability(&x, NULL, &partition, true, 20, 1, 2, jaccard, &rand, &test_error));
    double least = 1;
    for (size_t l = 0; l < 5; l++) {
        least = fmin(least, jaccard[l]);
    }
    assert_true(least < 0.9);
    irm_partition_clear(&partition);
    irm_matrix_clear(&x);
}

/* Groups found in samples, whatever the threads, and what a sample cannot do told. */
static void medoids_of_a_large_table_are_those_of_samples(void **state) {
    (void)state;
    size_t n = IRM_KMEDOIDS_WHOLE + 2;
    irm_matrix x = trees_blobs(n, 2, 4);
    set_apart(&x);
    irm_partition one, three;
    int32_t *truth = irm_calloc(n, sizeof *truth);
    assert_non_null(truth);
    for (size_t i = 0; i < n; i++) {
        truth[i] = (int32_t)(i % 3);
    }
    assert_ok(irm_kmedoids(&x, NULL, 3, 1, 1, &one, &test_error));
    assert_ok(irm_kmedoids(&x, NULL, 3, 1, 3, &three, &test_error));
    assert_true(one.sampled);
    assert_true(trees_same_groups(one.classes, truth, n));
    assert_memory_equal(one.classes, three.classes, n * sizeof *truth);
    assert_memory_equal(one.medoids, three.medoids, 3 * sizeof *one.medoids);
    for (size_t m = 0; m < 3; m++) {
        assert_int_equal(one.classes[one.medoids[m]], m);
    }
    irm_partition_clear(&one);
    irm_partition_clear(&three);
    irm_free(truth);
    irm_matrix_clear(&x);
}

static void classes_are_numbered_along_an_axis_and_recognise_newcomers(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(90, 2, 4);
    irm_partition partition = consolidated(&x, NULL, 3);
    assert_ok(irm_partition_order(&partition, &x, 0, NULL, &test_error));
    assert_true(partition.centers.data[0] < partition.centers.data[2] &&
                partition.centers.data[2] < partition.centers.data[4]);
    double newcomers[] = {-5, 0.5, 99, 0.5}, distances[2];
    int32_t classes[90];
    irm_matrix others = {2, 2, newcomers};
    assert_ok(
        irm_partition_assign(&partition, &others, 2, classes, distances, &test_error));
    assert_int_equal(classes[0], 0);
    assert_int_equal(classes[1], 2);
    trees_close(distances[1],
                hypot(99 - partition.centers.data[4], 0.5 - partition.centers.data[5]),
                1e-12);
    assert_ok(irm_partition_assign(&partition, &x, 1, classes, NULL, &test_error));
    assert_memory_equal(classes, partition.classes, sizeof classes);
    irm_partition_clear(&partition);
    irm_matrix_clear(&x);
}

static void odd_requests_have_an_answer(void **state) {
    (void)state;
    double data[] = {1, 1, 1, 1, 1, 1, 2, 2}; /* three twins, and another */
    irm_matrix x = {4, 2, data}, one = {1, 2, data};
    irm_partition partition;
    size_t regularised;
    for (size_t k = 1; k <= 4; k++) {
        assert_ok(irm_kmeans(&x, NULL, k, 3, 1, 2, &partition, &test_error));
        assert_int_equal(partition.k, k);
        irm_partition_clear(&partition);
        assert_ok(irm_kmedoids(&x, NULL, k, 1, 2, &partition, &test_error));
        irm_partition_clear(&partition);
        assert_ok(
            irm_mixture(&x, NULL, k, true, 1, 2, &partition, &regularised, &test_error));
        assert_true(regularised > 0 && isfinite(partition.log_likelihood));
        irm_partition_clear(&partition);
    }
    assert_int_equal(irm_kmeans(&x, NULL, 0, 3, 1, 2, &partition, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_kmedoids(&x, NULL, 5, 1, 2, &partition, &test_error),
                     IRM_STATUS_USAGE);
    assert_non_null(strstr(test_error.message, "5 classes of 4 individuals"));
    irm_quality quality;
    double index, silhouette;
    assert_ok(irm_kmeans(&one, NULL, 1, 3, 1, 2, &partition, &test_error));
    assert_ok(irm_partition_quality(&one, NULL, &partition, 0, 1, 2, &silhouette,
                                    &quality, &test_error));
    assert_true(isnan(quality.silhouette) && isnan(quality.calinski_harabasz));
    double jaccard;
    assert_ok(irm_stability(&one, NULL, &partition, true, 3, 1, 1, &jaccard, &index,
                            &test_error));
    assert_true(jaccard == 1 && index == 1);
    int32_t none[] = {-1, -1};
    assert_ok(irm_adjusted_rand(none, none, 2, &index, &test_error));
    assert_true(index == 1);
    irm_partition_clear(&partition);
    double gap, spread;
    assert_int_equal(irm_gap(&one, NULL, 1, 3, 1, 1, &gap, &spread, &test_error),
                     IRM_STATUS_USAGE);
    int32_t wrong[] = {0, 1, 2, 3}, hole[] = {0, 0, 2, 2};
    assert_int_equal(irm_partition_of(&x, NULL, wrong, 3, &partition, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_partition_of(&x, NULL, hole, 3, &partition, &test_error),
                     IRM_STATUS_USAGE);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(40, 2, 1);
    irm_partition partition;
    size_t regularised;
    for (size_t method = 0, n = 0; method < 3; method++, n = 0) {
        irm_status status = IRM_STATUS_NO_MEMORY;
        while (status != IRM_OK) {
            irm_memory_fail_after(++n);
            status =
                method == 0   ? irm_kmedoids(&x, NULL, 3, 1, 1, &partition, &test_error)
                : method == 1 ? irm_mixture(&x, NULL, 3, true, 1, 1, &partition,
                                            &regularised, &test_error)
                              : irm_kmeans(&x, NULL, 3, 2, 1, 1, &partition, &test_error);
            irm_memory_fail_after(0);
            assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
        }
        double jaccard[3], rand;
        n = 0;
        for (status = IRM_STATUS_NO_MEMORY; status != IRM_OK && method == 0;) {
            irm_memory_fail_after(++n);
            status = irm_stability(&x, NULL, &partition, true, 1, 1, 1, jaccard, &rand,
                                   &test_error);
            irm_memory_fail_after(0);
            assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
        }
        irm_partition_clear(&partition);
    }
    irm_matrix_clear(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consolidation_is_that_of_r),
        cmocka_unit_test(quality_is_that_of_r),
        cmocka_unit_test(on_known_data_sets_too),
        cmocka_unit_test(medoids_are_as_good_as_those_of_pam),
        cmocka_unit_test(mixtures_are_those_of_mclust),
        cmocka_unit_test(whole_weights_repeat_individuals),
        cmocka_unit_test(same_seed_same_partition_whatever_the_threads),
        cmocka_unit_test(groups_far_apart_are_found_and_stable),
        cmocka_unit_test(medoids_of_a_large_table_are_those_of_samples),
        cmocka_unit_test(classes_are_numbered_along_an_axis_and_recognise_newcomers),
        cmocka_unit_test(odd_requests_have_an_answer),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
