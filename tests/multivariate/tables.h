/* The tables that tests/reference/factor.R makes. */
#ifndef IRMINON_TEST_TABLES_H
#define IRMINON_TEST_TABLES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "reference.h"
#include "support.h"

static inline irm_matrix table_numbers(size_t n, size_t p, double seed) {
    irm_matrix x;
    assert_ok(irm_matrix_init(&x, n, p, &test_error));
    test_uniform(x.data, n * p, seed);
    for (size_t i = 0; i < n; i++) {
        double *row = irm_matrix_row(&x, i);
        for (size_t j = p - 1; j > 0; j--) {
            row[j] = (row[j] + row[0] * 0.5) * (double)(j + 1);
        }
    }
    return x;
}

static inline void table_weights(double *weights, size_t n, double seed) {
    test_uniform(weights, n, seed);
    for (size_t i = 0; i < n; i++) {
        weights[i] = 1 + floor(5 * weights[i]);
    }
}

/* n × q codes, to be freed. */
static inline int32_t *table_codes(size_t n, const size_t *modalities, size_t q,
                                   double seed) {
    double *u = irm_calloc(n * q, sizeof *u);
    int32_t *codes = irm_calloc(n * q, sizeof *codes);
    test_uniform(u, n * q, seed);
    for (size_t i = 0; i < n * q; i++) {
        codes[i] = (int32_t)floor(u[i] * (double)modalities[i % q]);
    }
    irm_free(u);
    return codes;
}

/* Columns first … first + count - 1 of x. */
static inline irm_matrix table_columns(const irm_matrix *x, size_t first, size_t count) {
    irm_matrix kept;
    assert_ok(irm_matrix_init(&kept, x->rows, count, &test_error));
    for (size_t i = 0; i < x->rows; i++) {
        memcpy(irm_matrix_row(&kept, i), irm_matrix_row(x, i) + first,
               count * sizeof(double));
    }
    return kept;
}

/* The same as codes, by row; freed by the caller. */
static inline int32_t *table_codes_of(const irm_matrix *x, size_t first, size_t count) {
    int32_t *codes = irm_calloc(x->rows * count, sizeof *codes);
    for (size_t i = 0; i < x->rows * count; i++) {
        codes[i] = (int32_t)irm_matrix_row(x, i / count)[first + i % count];
    }
    return codes;
}

#endif
