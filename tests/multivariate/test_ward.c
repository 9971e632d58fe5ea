/* Ward's tree: that of the greedy algorithm, whatever the path taken to it. */
#include "multivariate/ward_index.h"
#include "trees.h"

/* The greedy algorithm, looking at all pairs at each step: at each merge of the tree, the
 * distance of what it merges, and the least of all pairs. */
static void check_greedy(const irm_matrix *x, const double *weights,
                         const irm_tree *tree) {
    size_t n = x->rows, p = x->columns;
    double *centers = irm_calloc(n * p, sizeof *centers);
    double *mass = irm_calloc(n, sizeof *mass);
    uint32_t *size = irm_calloc(n, sizeof *size);
    int32_t *step_of = irm_calloc(n, sizeof *step_of); /* 0: gone */
    memcpy(centers, x->data, n * p * sizeof *centers);
    for (size_t i = 0; i < n; i++) {
        mass[i] = weights == NULL ? 1 : weights[i];
        size[i] = 1;
        step_of[i] = -(int32_t)i - 1;
    }
    for (size_t s = 0; s + 1 < n; s++) {
        const irm_merge *merge = &tree->merges[s];
        double least = INFINITY, own = NAN;
        size_t a = n, b = n;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = i + 1; j < n && step_of[i] != 0; j++) {
                if (step_of[j] == 0) {
                    continue;
                }
                double squares = 0;
                for (size_t c = 0; c < p; c++) {
                    squares += pow(centers[i * p + c] - centers[j * p + c], 2);
                }
                double height =
                    sqrt(2 * mass[i] * mass[j] / (mass[i] + mass[j]) * squares);
                least = fmin(least, height);
                if ((step_of[i] == merge->left && step_of[j] == merge->right) ||
                    (step_of[j] == merge->left && step_of[i] == merge->right)) {
                    own = height;
                    a = i;
                    b = j;
                }
            }
        }
        assert_true(a < n);
        double slack = 1e-9 * fmax(1, least);
        trees_close(merge->height, own, slack);
        trees_close(own, least, slack);
        trees_close(merge->gain, own * own / (2 * (double)n), slack * fmax(1, own));
        for (size_t c = 0; c < p; c++) {
            centers[a * p + c] =
                (mass[a] * centers[a * p + c] + mass[b] * centers[b * p + c]) /
                (mass[a] + mass[b]);
        }
        mass[a] += mass[b];
        size[a] += size[b];
        assert_int_equal(merge->size, size[a]);
        step_of[a] = (int32_t)s + 1;
        step_of[b] = 0;
    }
    irm_free(centers);
    irm_free(mass);
    irm_free(size);
    irm_free(step_of);
}

static void check(irm_matrix x, double *weights) {
    irm_tree tree;
    assert_ok(irm_tree_ward(&x, weights, 2, &tree, &test_error));
    assert_int_equal(tree.n, x.rows);
    for (size_t s = 1; s + 1 < tree.n; s++) {
        assert_true(tree.merges[s].height >= tree.merges[s - 1].height);
    }
    check_greedy(&x, weights, &tree);
    irm_tree_clear(&tree);
    irm_matrix_clear(&x);
    irm_free(weights);
}

static void each_merge_attains_the_minimum(void **state) {
    (void)state;
    for (size_t n = 1; n <= 9; n++) {
        check(trees_blobs(n, 2, (double)(10 + n)), NULL);
    }
    check(trees_blobs(170, 1, 1), NULL);
    check(trees_blobs(170, 3, 2), trees_weights(170, 3));
    check(trees_blobs(170, 4, 3), NULL);
    check(trees_blobs(120, 17, 4), trees_weights(120, 5));
}

static void ties_and_twins_too(void **state) {
    (void)state;
    check(trees_lattice(150, 2, 4, 1), NULL);
    check(trees_lattice(150, 2, 5, 2), trees_weights(150, 3));
    check(trees_lattice(150, 5, 2, 3), NULL);
    check(trees_lattice(150, 3, 7, 4), NULL);
    check(trees_lattice(60, 2, 1, 5), NULL); /* all at one place */
}

/* Distances that grow along a line: few mutual neighbours, the end is by the chain. */
static void lines_of_growing_gaps_too(void **state) {
    (void)state;
    irm_matrix x;
    assert_ok(irm_matrix_init(&x, 150, 1, &test_error));
    for (size_t i = 0; i < x.rows; i++) {
        x.data[i] = pow(1.2, (double)((i * 77) % 150));
    }
    check(x, NULL);
}

static void with_ties_the_smaller_individuals_come_first(void **state) {
    (void)state;
    double line[] = {0, 1, 2, 3, 10, 11};
    irm_matrix x = {6, 1, line};
    irm_tree tree;
    assert_ok(irm_tree_ward(&x, NULL, 1, &tree, &test_error));
    int32_t expected[][2] = {{-1, -2}, {-3, -4}, {-5, -6}, {1, 2}, {3, 4}};
    for (size_t s = 0; s < 5; s++) {
        if (s < 4) {
            assert_int_equal(tree.merges[s].left, expected[s][0]);
            assert_int_equal(tree.merges[s].right, expected[s][1]);
        }
    }
    uint32_t order[6];
    assert_ok(irm_tree_order(&tree, order, &test_error));
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(order[i], i);
    }
    irm_tree_clear(&tree);
}

static void threads_do_not_change_a_bit(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(6000, 5, 9);
    irm_tree one, three;
    assert_ok(irm_tree_ward(&x, NULL, 1, &one, &test_error));
    assert_ok(irm_tree_ward(&x, NULL, 3, &three, &test_error));
    for (size_t s = 0; s + 1 < x.rows; s++) {
        assert_int_equal(one.merges[s].left, three.merges[s].left);
        assert_int_equal(one.merges[s].right, three.merges[s].right);
        assert_memory_equal(&one.merges[s].height, &three.merges[s].height,
                            sizeof(double));
    }
    irm_tree_clear(&one);
    irm_tree_clear(&three);
    irm_matrix_clear(&x);
}

/* Each set of instructions against a look at all, after merges too. */
static void all_processors_find_the_same_neighbours(void **state) {
    (void)state;
    enum { N = 5000, P = 5 };
    irm_matrix x = trees_blobs(N, P, 4);
    double *weights = trees_weights(N, 5);
    ward_clusters clusters = {N, P, x.data, weights};
    ward_index index;
    float center[P];
    uint32_t members[N];
    for (uint32_t i = 0; i < N; i++) {
        members[i] = i;
    }
    assert_ok(ward_index_init(&index, &clusters, N, &test_error));
    ward_index_build(&index, &clusters, members, N);
    for (uint32_t a = 0; a < 400; a += 2) {
        for (size_t j = 0; j < P; j++) {
            double *pair = irm_matrix_row(&x, a);
            pair[j] = (pair[j] + pair[P + j]) / 2;
        }
        weights[a] *= 3;
        ward_index_merge(&index, &clusters, a, a + 1);
    }
    ward_search search = {&index, &clusters, center};
    static const size_t widths[] = {1, 4, 8, 16};
    for (uint32_t i = 0; i < N; i += i < 400 ? 2 : 37) {
        ward_neighbor expected = WARD_NOBODY;
        for (uint32_t j = 0; j < N; j += j < 400 ? 2 : 1) {
            ward_neighbor other = {j == i ? NAN : ward_distance(&clusters, i, j), j};
            expected = ward_nearer(other, expected) ? other : expected;
        }
        for (size_t w = 0; w < 4; w++) {
            ward_kernel *kernel = ward_search_kernel(widths[w]);
            if (kernel != NULL) {
                ward_neighbor found = kernel(&search, i, WARD_NOBODY);
                assert_int_equal(found.cluster, expected.cluster);
                assert_true(found.distance == expected.distance);
            }
        }
    }
    assert_non_null(ward_search_kernel(1));
    assert_non_null(ward_search_kernel(0));
    ward_index_clear(&index);
    irm_free(weights);
    irm_matrix_clear(&x);
}

static void refuse(double *data, size_t n, size_t p, const double *weights,
                   const char *word) {
    irm_matrix x = {n, p, data};
    irm_tree tree;
    assert_int_equal(irm_tree_ward(&x, weights, 1, &tree, &test_error),
                     IRM_STATUS_REFUSED);
    assert_non_null(strstr(test_error.message, word));
}

static void what_has_no_distance_is_refused(void **state) {
    (void)state;
    double data[] = {1, 2, 3, NAN}, weights[] = {1, 0};
    refuse(data, 2, 2, NULL, "individual 2, variable 2");
    data[3] = INFINITY;
    refuse(data, 2, 2, NULL, "individual 2, variable 2");
    data[3] = 1e300;
    refuse(data, 2, 2, NULL, "individual 2, variable 2");
    data[3] = 4;
    refuse(data, 2, 2, weights, "weight of individual 2");
    refuse(data, 0, 2, NULL, "no individual");
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    irm_matrix x = trees_blobs(40, 2, 1);
    irm_tree tree;
    irm_status status = IRM_STATUS_NO_MEMORY;
    for (size_t n = 1; status != IRM_OK; n++) {
        irm_memory_fail_after(n);
        status = irm_tree_ward(&x, NULL, 1, &tree, &test_error);
        irm_memory_fail_after(0);
        assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
    }
    irm_tree_clear(&tree);
    irm_matrix_clear(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_merge_attains_the_minimum),
        cmocka_unit_test(ties_and_twins_too),
        cmocka_unit_test(lines_of_growing_gaps_too),
        cmocka_unit_test(with_ties_the_smaller_individuals_come_first),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(all_processors_find_the_same_neighbours),
        cmocka_unit_test(what_has_no_distance_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
