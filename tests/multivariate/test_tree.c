/* Trees beside R's hclust, cuts beside its cutree, proposals beside HCPC. */
#include "trees.h"

static void agree_tree(const char *name, const char *method, const irm_tree *tree) {
    char line[128];
    snprintf(line, sizeof line, "%s.%s.heights", name, method);
    irm_matrix heights = test_reference("cluster", line);
    assert_int_equal(heights.columns, tree->n - 1);
    for (size_t s = 0; s + 1 < tree->n; s++) {
        double expected = heights.data[s];
        trees_close(tree->merges[s].height, expected, 1e-9 * fmax(1, expected));
    }
    snprintf(line, sizeof line, "%s.%s.classes", name, method);
    irm_matrix lines = test_reference("cluster", line);
    int32_t *expected = irm_calloc(tree->n, sizeof *expected);
    int32_t *classes = irm_calloc(tree->n, sizeof *classes);
    for (size_t row = 0; row < lines.rows; row++) {
        trees_labels(&lines, row, expected);
        assert_ok(irm_tree_cut(tree, row + 2, classes, &test_error));
        assert_memory_equal(classes, expected, tree->n * sizeof *classes);
    }
    irm_free(expected);
    irm_free(classes);
    irm_matrix_clear(&heights);
    irm_matrix_clear(&lines);
}

static void agree_hcpc(const char *name, const irm_matrix *x) {
    char line[128];
    irm_tree tree;
    irm_partition cut, partition;
    size_t k;
    assert_ok(irm_tree_ward(x, NULL, 2, &tree, &test_error));
    assert_ok(irm_tree_propose(&tree, 3, 10, &k, &test_error));
    snprintf(line, sizeof line, "%s.hcpc.k", name);
    irm_matrix expected = test_reference("cluster", line);
    assert_int_equal(k, (size_t)expected.data[0]);
    irm_matrix_clear(&expected);
    snprintf(line, sizeof line, "%s.hcpc.classes", name);
    expected = test_reference("cluster", line);
    int32_t *classes = irm_calloc(x->rows, sizeof *classes);
    int32_t *labels = irm_calloc(x->rows, sizeof *labels);
    trees_labels(&expected, 0, labels);
    assert_ok(irm_tree_cut(&tree, k, classes, &test_error));
    assert_ok(irm_partition_of(x, NULL, classes, k, &cut, &test_error));
    assert_ok(irm_kmeans_from(x, NULL, &cut.centers, 10, &partition, &test_error));
    assert_true(trees_same_groups(partition.classes, labels, x->rows));
    irm_free(classes);
    irm_free(labels);
    irm_partition_clear(&cut);
    irm_partition_clear(&partition);
    irm_matrix_clear(&expected);
    irm_tree_clear(&tree);
}

/* As R's dist. */
static double *distances_of(const irm_matrix *x) {
    size_t n = x->rows, at = 0;
    double *distances = irm_calloc(n * (n - 1) / 2, sizeof *distances);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            double squares = 0;
            for (size_t c = 0; c < x->columns; c++) {
                squares += pow(irm_matrix_row(x, i)[c] - irm_matrix_row(x, j)[c], 2);
            }
            distances[at++] = sqrt(squares);
        }
    }
    return distances;
}

/* By coordinates, and by distances. */
static void agree_linkages(const char *name, const irm_matrix *x) {
    static const struct {
        irm_linkage linkage;
        const char *method;
    } cases[] = {
        {IRM_LINKAGE_WARD, "ward.D2"},
        {IRM_LINKAGE_SINGLE, "single"},
        {IRM_LINKAGE_COMPLETE, "complete"},
        {IRM_LINKAGE_AVERAGE, "average"},
    };
    double *distances = distances_of(x);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        irm_tree tree;
        assert_ok(irm_tree_link(x, NULL, cases[c].linkage, 0, 2, &tree, &test_error));
        agree_tree(name, cases[c].method, &tree);
        irm_tree_clear(&tree);
        assert_ok(irm_tree_from_distances(distances, x->rows, NULL, cases[c].linkage,
                                          &tree, &test_error));
        agree_tree(name, cases[c].method, &tree);
        irm_tree_clear(&tree);
    }
    irm_free(distances);
}

static void agree(const char *name, const irm_matrix *x) {
    agree_linkages(name, x);
    agree_hcpc(name, x);
}

static void trees_are_those_of_hclust(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(150, 3, 7);
    agree("own", &x);
    double *weights = trees_weights(150, 8);
    irm_tree tree;
    assert_ok(irm_tree_ward(&x, weights, 2, &tree, &test_error));
    agree_tree("own", "weighted", &tree);
    irm_tree_clear(&tree);
    double *distances = distances_of(&x);
    assert_ok(irm_tree_from_distances(distances, x.rows, weights, IRM_LINKAGE_WARD, &tree,
                                      &test_error));
    agree_tree("own", "weighted", &tree);
    irm_tree_clear(&tree);
    irm_free(distances);
    irm_free(weights);
    irm_matrix_clear(&x);
}

static void agree_set(const char *name,
                      void (*compare)(const char *, const irm_matrix *)) {
    char file[128];
    snprintf(file, sizeof file, "cluster_%s", name);
    irm_matrix x = test_r_data(file);
    compare(name, &x);
    irm_matrix_clear(&x);
}

static void trees_of_known_data_sets_too(void **state) {
    (void)state;
    agree_set("agriculture", agree);
    agree_set("votes_repub", agree);
    agree_set("ruspini", agree);
    agree_set("usarrests", agree);
}

static void typologies_of_factominer_too(void **state) {
    (void)state;
    agree_set("decathlon", agree_hcpc);
    agree_set("wine", agree_hcpc);
}

static void a_cut_makes_from_1_to_n_classes(void **state) {
    (void)state;
    double line[] = {0, 1, 5};
    irm_matrix x = {3, 1, line};
    irm_tree tree;
    int32_t classes[3];
    assert_ok(irm_tree_ward(&x, NULL, 1, &tree, &test_error));
    assert_int_equal(irm_tree_cut(&tree, 0, classes, &test_error), IRM_STATUS_USAGE);
    assert_int_equal(irm_tree_cut(&tree, 4, classes, &test_error), IRM_STATUS_USAGE);
    assert_ok(irm_tree_cut(&tree, 1, classes, &test_error));
    assert_int_equal(classes[2], 0);
    assert_ok(irm_tree_cut(&tree, 3, classes, &test_error));
    assert_int_equal(classes[2], 2);
    irm_tree_clear(&tree);
    x.rows = 1;
    assert_ok(irm_tree_ward(&x, NULL, 1, &tree, &test_error));
    assert_ok(irm_tree_cut(&tree, 1, classes, &test_error));
    size_t k;
    uint32_t order[1] = {7};
    assert_ok(irm_tree_propose(&tree, 3, 10, &k, &test_error));
    assert_int_equal(k, 1);
    assert_ok(irm_tree_order(&tree, order, &test_error));
    assert_int_equal(order[0], 0);
    irm_tree_clear(&tree);
}

static void what_cannot_be_linked_is_refused(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(100, 2, 1);
    irm_tree tree;
    assert_int_equal(irm_tree_link(&x, NULL, IRM_LINKAGE_AVERAGE, 100 * 99 / 2 * 8 - 1, 1,
                                   &tree, &test_error),
                     IRM_STATUS_REFUSED);
    assert_non_null(strstr(test_error.message, "average linkage"));
    assert_ok(irm_tree_link(&x, NULL, IRM_LINKAGE_AVERAGE, 100 * 99 / 2 * 8, 1, &tree,
                            &test_error));
    size_t k;
    assert_int_equal(irm_tree_propose(&tree, 3, 10, &k, &test_error), IRM_STATUS_USAGE);
    irm_tree_clear(&tree);
    double bad[] = {1, 2, -1};
    assert_int_equal(
        irm_tree_from_distances(bad, 3, NULL, IRM_LINKAGE_SINGLE, &tree, &test_error),
        IRM_STATUS_REFUSED);
    assert_non_null(strstr(test_error.message, "distance 3"));
    irm_linkage linkage;
    assert_true(irm_linkage_parse("average", &linkage) && linkage == IRM_LINKAGE_AVERAGE);
    assert_false(irm_linkage_parse("centroid", &linkage));
    irm_matrix_clear(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_those_of_hclust),
        cmocka_unit_test(trees_of_known_data_sets_too),
        cmocka_unit_test(typologies_of_factominer_too),
        cmocka_unit_test(what_cannot_be_linked_is_refused),
        cmocka_unit_test(a_cut_makes_from_1_to_n_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
