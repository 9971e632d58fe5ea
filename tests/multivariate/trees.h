/* Tables for the tests of trees and partitions, and the plain algorithms that they are
 * compared with. */
#ifndef IRMINON_TEST_TREES_H
#define IRMINON_TEST_TREES_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/partition.h"
#include "irminon/tree.h"
#include "reference.h"
#include "support.h"

static inline void trees_close(double got, double expected, double slack) {
    if (!(fabs(got - expected) <= slack)) {
        fail_msg("%.17g instead of %.17g", got, expected);
    }
}

/* Three groups of which two are near: `blobs` of tests/reference/cluster.R. */
static inline irm_matrix trees_blobs(size_t n, size_t p, double seed) {
    static const double shifts[] = {0, 0.8, 2};
    irm_matrix x;
    assert_ok(irm_matrix_init(&x, n, p, &test_error));
    test_uniform(x.data, n * p, seed);
    for (size_t i = 0; i < n; i++) {
        irm_matrix_row(&x, i)[0] += shifts[i % 3];
    }
    return x;
}

/* Whole coordinates from 0 to `levels` - 1: ties and twins. */
static inline irm_matrix trees_lattice(size_t n, size_t p, size_t levels, double seed) {
    irm_matrix x;
    assert_ok(irm_matrix_init(&x, n, p, &test_error));
    test_uniform(x.data, n * p, seed);
    for (size_t i = 0; i < n * p; i++) {
        x.data[i] = floor((double)levels * x.data[i]);
    }
    return x;
}

/* Weights of 1 to 5 that add up to n. */
static inline double *trees_weights(size_t n, double seed) {
    double *weights = irm_calloc(n, sizeof *weights), sum = 0;
    test_uniform(weights, n, seed);
    for (size_t i = 0; i < n; i++) {
        weights[i] = 1 + floor(5 * weights[i]);
        sum += weights[i];
    }
    for (size_t i = 0; i < n; i++) {
        weights[i] *= (double)n / sum;
    }
    return weights;
}

/* The same groups under other names: two labels match one to one. */
static inline bool trees_same_groups(const int32_t *a, const int32_t *b, size_t n) {
    int32_t map[64], back[64];
    memset(map, 0xff, sizeof map);
    memset(back, 0xff, sizeof back);
    for (size_t i = 0; i < n; i++) {
        if (map[a[i]] < 0 && back[b[i]] < 0) {
            map[a[i]] = b[i];
            back[b[i]] = a[i];
        }
        if (map[a[i]] != b[i] || back[b[i]] != a[i]) {
            return false;
        }
    }
    return true;
}

/* Labels of a line of tests/reference/cluster.csv, from 1, as classes from 0. */
static inline void trees_labels(const irm_matrix *lines, size_t row, int32_t *classes) {
    for (size_t i = 0; i < lines->columns; i++) {
        classes[i] = (int32_t)irm_matrix_row(lines, row)[i] - 1;
    }
}

#endif
