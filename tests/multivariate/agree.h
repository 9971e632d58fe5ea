/* Factor analyses against the lines of tests/reference/factor.csv. */
#ifndef IRMINON_TEST_AGREE_H
#define IRMINON_TEST_AGREE_H

#include <stdio.h>

#include "irminon/factor.h"
#include "reference.h"

/* 1 or -1 an axis: what makes the reference's coordinates ours. */
static inline void agree_signs(const irm_matrix *got, const irm_matrix *expected,
                               double *signs) {
    for (size_t k = 0; k < expected->columns; k++) {
        double product = 0;
        for (size_t j = 0; j < expected->rows; j++) {
            product += irm_matrix_row(got, j)[k] * irm_matrix_row(expected, j)[k];
        }
        signs[k] = product < 0 ? -1 : 1;
    }
}

static inline void agree(const irm_matrix *got, const char *name, const char *part,
                         const double *signs) {
    char line[256];
    snprintf(line, sizeof line, "%s.%s", name, part);
    irm_matrix expected = test_reference("factor", line);
    test_near(got, &expected, signs, 1e-9);
    irm_matrix_clear(&expected);
}

static inline void agree_points(const irm_points *points, const char *name,
                                const char *part, const double *signs) {
    char line[128];
    snprintf(line, sizeof line, "%s.coordinates", part);
    agree(&points->coordinates, name, line, signs);
    snprintf(line, sizeof line, "%s.cos2", part);
    agree(&points->cos2, name, line, NULL);
    if (points->contribution.rows > 0) {
        snprintf(line, sizeof line, "%s.contribution", part);
        agree(&points->contribution, name, line, NULL);
    }
}

/* `signs`: one an axis, at least 64. */
static inline void agree_factors(const irm_factors *factors, const char *name,
                                 double *signs) {
    char line[128];
    snprintf(line, sizeof line, "%s.variables.coordinates", name);
    irm_matrix expected = test_reference("factor", line);
    agree_signs(&factors->variables.coordinates, &expected, signs);
    irm_matrix_clear(&expected);
    irm_matrix eigenvalues = {1, factors->n_eigenvalues, factors->eigenvalues};
    agree(&eigenvalues, name, "eigenvalues", NULL);
    agree_points(&factors->variables, name, "variables", signs);
    agree_points(&factors->individuals, name, "individuals", signs);
}

#endif
