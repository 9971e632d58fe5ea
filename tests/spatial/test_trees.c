/* Trees that mind space: ClustGeo's Ward (tests/reference/spatial.csv, made by spatial.R,
 * and the published example where it is at hand), and Ward among neighbours only. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graphs.h"
#include "irminon/input.h"

enum { N = 96 };

static double *squares_of(const irm_matrix *x) {
    double *d = irm_calloc(x->rows * (x->rows - 1) / 2, sizeof *d);
    size_t at = 0;
    for (size_t i = 0; i + 1 < x->rows; i++) {
        for (size_t j = i + 1; j < x->rows; j++, at++) {
            for (size_t c = 0; c < x->columns; c++) {
                d[at] += pow(irm_matrix_row(x, i)[c] - irm_matrix_row(x, j)[c], 2);
            }
        }
    }
    return d;
}

static irm_matrix columns(const char *const *names, size_t count) {
    irm_matrix x = {0};
    assert_ok(irm_matrix_init(&x, N, count, &test_error));
    for (size_t j = 0; j < count; j++) {
        irm_matrix column = test_reference("spatial", names[j]);
        for (size_t i = 0; i < N; i++) {
            irm_matrix_row(&x, i)[j] = column.data[i];
        }
        irm_matrix_clear(&column);
    }
    return x;
}

static irm_matrix grid_data(void) {
    return columns((const char *const[]){"grid.a", "grid.b", "grid.c"}, 3);
}

static irm_matrix recorded(const char *what, double alpha) {
    char name[64];
    snprintf(name, sizeof name, "mix.%s.%g", what, alpha);
    return test_reference("spatial", name);
}

static void near_one(double got, double wanted) {
    if (!(fabs(got - wanted) <= 1e-10)) {
        fail_msg("got %.17g, expected %.17g", got, wanted);
    }
}

static void mixed_trees_are_those_of_hclust(void **state) {
    (void)state;
    static const double alphas[] = {0.0, 0.3, 1.0};
    irm_matrix x = grid_data();
    irm_matrix place = columns((const char *const[]){"mix.x", "mix.y"}, 2);
    irm_matrix weights = test_reference("spatial", "grid.population");
    double *d0 = squares_of(&x);
    double *d1 = squares_of(&place);
    double q0[3];
    double q1[3];
    assert_ok(
        irm_clustgeo_choice(d0, d1, N, alphas, 3, 6, weights.data, q0, q1, &test_error));
    for (size_t a = 0; a < 3; a++) {
        irm_tree tree;
        int32_t classes[N];
        irm_matrix gain = recorded("gain", alphas[a]);
        irm_matrix wanted = recorded("classes", alphas[a]);
        irm_matrix explained = recorded("explained", alphas[a]);
        assert_ok(
            irm_clustgeo(d0, d1, N, alphas[a], true, weights.data, &tree, &test_error));
        for (size_t s = 0; s + 1 < N; s++) {
            near_one(tree.merges[s].gain, gain.data[s]);
            near_one(tree.merges[s].height, sqrt(2.0 * N * gain.data[s]));
        }
        assert_ok(irm_tree_cut(&tree, 6, classes, &test_error));
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(classes[i] + 1, (int)wanted.data[i]);
        }
        near_one(q0[a], explained.data[0]);
        near_one(q1[a], explained.data[1]);
        irm_tree_clear(&tree);
        irm_matrix_clear(&gain);
        irm_matrix_clear(&wanted);
        irm_matrix_clear(&explained);
    }
    irm_free(d0);
    irm_free(d1);
    irm_matrix_clear(&x);
    irm_matrix_clear(&place);
    irm_matrix_clear(&weights);
}

static void mixing_refuses_what_cannot_be(void **state) {
    (void)state;
    double d0[] = {1, 2, 3};
    double d1[] = {0, 0, 0};
    double weights[] = {1, 0, 1};
    irm_tree tree;
    assert_int_equal(irm_clustgeo(d0, d1, 3, 1.5, true, NULL, &tree, &test_error),
                     IRM_STATUS_USAGE);
    assert_int_equal(irm_clustgeo(d0, d1, 3, 0.5, true, weights, &tree, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "unit 2"));
    assert_ok(irm_clustgeo(d0, d1, 3, 1.0, true, NULL, &tree, &test_error));
    assert_true(tree.merges[1].height == 0.0);
    irm_tree_clear(&tree);
    assert_ok(irm_clustgeo(d0, d1, 1, 0.5, true, NULL, &tree, &test_error));
    assert_int_equal(tree.n, 1);
    irm_tree_clear(&tree);
    d1[1] = NAN;
    assert_int_equal(irm_clustgeo(d0, d1, 3, 0.5, true, NULL, &tree, &test_error),
                     IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "units 1 and 3"));
}

/* Numbers of a CSV with semicolons, a header and a first column of codes. */
static irm_matrix read_numbers(const char *path) {
    irm_input *input = NULL;
    irm_matrix x = {0};
    size_t size = 0;
    char *text = irm_calloc(1, 4000000);
    assert_ok(irm_input_open(path, NULL, &input, &test_error));
    for (size_t got = 1; got > 0; size += got) {
        assert_ok(irm_input_read(input, text + size, 3999999 - size, &got, &test_error));
    }
    irm_input_free(input);
    size_t rows = 0;
    size_t cells = 0;
    for (size_t i = 0; i < size; i++) {
        rows += text[i] == '\n';
        cells += text[i] == ';';
    }
    assert_ok(irm_matrix_init(&x, rows - 1, cells / rows, &test_error));
    char *at = strchr(text, '\n');
    for (size_t i = 0; i < x.rows; i++, at = strchr(at, '\n')) {
        for (size_t j = 0; j < x.columns; j++) {
            at = strchr(at, ';');
            irm_matrix_row(&x, i)[j] = strtod(at + 1, &at);
        }
    }
    irm_free(text);
    return x;
}

static int by_size(const void *left, const void *right) {
    size_t a = *(const size_t *)left;
    size_t b = *(const size_t *)right;
    return (a > b) - (a < b);
}

/* Chavent et al. 2018: five classes of the communes of the estuary. */
static void the_published_estuary_is_found_again(void **state) {
    (void)state;
    static const double alphas[] = {0.0, 0.2};
    static const size_t sizes[2][5] = {{17, 33, 75, 75, 103}, {22, 44, 67, 74, 96}};
    char *data = test_real_data("8-verite-terrain/estuary_dat.csv");
    char *space = test_real_data("8-verite-terrain/estuary_D.geo.csv.gz");
    if (data == NULL || space == NULL) {
        irm_free(data);
        irm_free(space);
        skip();
    }
    irm_matrix x = read_numbers(data);
    irm_matrix distances = read_numbers(space);
    double *d0 = squares_of(&x);
    double *d1 = irm_calloc(x.rows * (x.rows - 1) / 2, sizeof *d1);
    size_t at = 0;
    for (size_t i = 0; i + 1 < x.rows; i++) {
        for (size_t j = i + 1; j < x.rows; j++, at++) {
            d1[at] = pow(irm_matrix_row(&distances, i)[j], 2);
        }
    }
    for (size_t a = 0; a < 2; a++) {
        irm_tree tree;
        int32_t classes[303];
        size_t got[5] = {0};
        assert_ok(
            irm_clustgeo(d0, d1, x.rows, alphas[a], true, NULL, &tree, &test_error));
        assert_ok(irm_tree_cut(&tree, 5, classes, &test_error));
        for (size_t i = 0; i < x.rows; i++) {
            got[classes[i]]++;
        }
        qsort(got, 5, sizeof *got, by_size);
        assert_memory_equal(got, sizes[a], sizeof got);
        irm_tree_clear(&tree);
    }
    irm_free(d0);
    irm_free(d1);
    irm_free(data);
    irm_free(space);
    irm_matrix_clear(&x);
    irm_matrix_clear(&distances);
}

/* The plain way: at each step, the least loss among all pairs of clusters that touch. */
static void assert_greedy(const irm_tree *tree, const irm_matrix *x,
                          const double *weights, const irm_neighbours *graph,
                          size_t steps) {
    int32_t *of = irm_calloc(x->rows, sizeof *of); /* step of each unit, or -(i + 1) */
    double total = 0.0;
    for (size_t i = 0; i < x->rows; i++) {
        of[i] = -(int32_t)i - 1;
        total += weights == NULL ? 1.0 : weights[i];
    }
    for (size_t s = 0; s < steps; s++) {
        double least = INFINITY;
        int32_t pair[2] = {0, 0};
        for (size_t i = 0; i < x->rows; i++) {
            for (size_t at = graph->start[i]; at < graph->start[i + 1]; at++) {
                int32_t sides[2] = {of[i], of[graph->index[at]]};
                double mass[2] = {0.0, 0.0};
                double squared = 0.0;
                for (size_t c = 0; c < x->columns && sides[0] != sides[1]; c++) {
                    double sums[2] = {0.0, 0.0};
                    mass[0] = mass[1] = 0.0;
                    for (size_t u = 0; u < x->rows; u++) {
                        for (size_t side = 0; side < 2; side++) {
                            double w = of[u] != sides[side] ? 0.0
                                       : weights == NULL    ? 1.0
                                                            : weights[u];
                            mass[side] += w / total;
                            sums[side] += w / total * irm_matrix_row(x, u)[c];
                        }
                    }
                    squared += pow(sums[0] / mass[0] - sums[1] / mass[1], 2);
                }
                double gain = mass[0] * mass[1] / (mass[0] + mass[1]) * squared;
                if (sides[0] != sides[1] && gain < least) {
                    least = gain;
                    memcpy(pair, sides, sizeof pair);
                }
            }
        }
        irm_merge got = tree->merges[s];
        near_one(got.gain, least);
        assert_true((got.left == pair[0] && got.right == pair[1]) ||
                    (got.left == pair[1] && got.right == pair[0]));
        for (size_t u = 0; u < x->rows; u++) {
            of[u] = of[u] == pair[0] || of[u] == pair[1] ? (int32_t)s + 1 : of[u];
        }
    }
    irm_free(of);
}

static void only_neighbours_merge_and_the_nearest_first(void **state) {
    (void)state;
    irm_matrix x = grid_data();
    irm_matrix weights = test_reference("spatial", "grid.population");
    irm_neighbours graph = recorded_graph("grid.neighbours", N);
    irm_tree tree;
    assert_ok(irm_tree_contiguous(&x, NULL, &graph, &tree, &test_error));
    assert_greedy(&tree, &x, NULL, &graph, N - 1);
    irm_tree_clear(&tree);
    assert_ok(irm_tree_contiguous(&x, weights.data, &graph, &tree, &test_error));
    assert_greedy(&tree, &x, weights.data, &graph, N - 1);
    double within = 0.0;
    for (size_t s = 0; s + 1 < N; s++) {
        within += tree.merges[s].gain;
    }
    assert_int_equal(tree.merges[N - 2].size, N);
    int32_t classes[N];
    int32_t parts[N];
    size_t count = 0;
    assert_ok(irm_tree_cut(&tree, 7, classes, &test_error));
    for (size_t i = 0; i < N; i++) { /* links between classes are cut */
        for (size_t at = graph.start[i]; at < graph.start[i + 1]; at++) {
            graph.index[at] =
                classes[graph.index[at]] == classes[i] ? graph.index[at] : (uint32_t)i;
        }
    }
    assert_ok(irm_neighbours_components(&graph, parts, &count, &test_error));
    assert_int_equal(count, 7);
    assert_true(within > 0.0);
    irm_tree_clear(&tree);
    irm_neighbours_clear(&graph);
    irm_matrix_clear(&x);
    irm_matrix_clear(&weights);
}

/* Two pairs and one alone, without a link between them: they merge last, by Ward. */
static void separate_parts_merge_last(void **state) {
    (void)state;
    double values[] = {0, 9, 1, 10, 20};
    irm_matrix x = {5, 1, values};
    uint32_t a[] = {0, 2};
    uint32_t b[] = {1, 3};
    irm_neighbours graph;
    irm_tree tree;
    assert_ok(irm_neighbours_pairs(a, b, 2, 5, &graph, &test_error));
    assert_ok(irm_tree_contiguous(&x, NULL, &graph, &tree, &test_error));
    assert_true(tree.merges[0].left == -1 && tree.merges[0].right == -2);
    assert_true(tree.merges[1].left == -3 && tree.merges[1].right == -4);
    near_one(tree.merges[0].gain, 81.0 / 10.0);
    near_one(tree.merges[2].gain, 0.2); /* 4.5 and 5.5, 2/5 each: a reversal, kept */
    near_one(tree.merges[3].gain, 36.0);
    assert_true(tree.merges[2].left == 1 && tree.merges[2].right == 2);
    assert_true(tree.merges[3].left == -5 && tree.merges[3].right == 3);
    irm_tree_clear(&tree);
    irm_neighbours_clear(&graph);
    assert_ok(irm_neighbours_pairs(a, b, 0, 1, &graph, &test_error));
    x.rows = 1;
    assert_ok(irm_tree_contiguous(&x, NULL, &graph, &tree, &test_error));
    assert_int_equal(tree.n, 1);
    irm_tree_clear(&tree);
    x.rows = 2;
    assert_int_equal(irm_tree_contiguous(&x, NULL, &graph, &tree, &test_error),
                     IRM_STATUS_USAGE);
    irm_neighbours_clear(&graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mixed_trees_are_those_of_hclust),
        cmocka_unit_test(mixing_refuses_what_cannot_be),
        cmocka_unit_test(the_published_estuary_is_found_again),
        cmocka_unit_test(only_neighbours_merge_and_the_nearest_first),
        cmocka_unit_test(separate_parts_merge_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
