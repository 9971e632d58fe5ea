/* Reference values of tests/reference, and the tables they were made from. */
#ifndef IRMINON_TEST_REFERENCE_H
#define IRMINON_TEST_REFERENCE_H

#include "irminon/matrix.h"

/* The numbers of the lines "name,number,…" of tests/reference/<topic>.csv, a row a line;
 * the test fails where there is none. Clear the matrix. */
irm_matrix test_reference(const char *topic, const char *name);
/* A data set of an R package, left by tests/reference/make.sh in the folder
 * $IRMINON_R_DATA; the test is skipped without. Missing values are NaN. */
irm_matrix test_r_data(const char *name);

/* Same shape (`got` may have more rows or columns), and each number within `tolerance` of
 * the expected one, relative to the larger of 1 and its size. With `signs` (a number a
 * column), expected ones are times it. */
void test_near(const irm_matrix *got, const irm_matrix *expected, const double *signs,
               double tolerance);

/* Park & Miller's generator, as in tests/reference: n numbers in ]0, 1[. */
void test_uniform(double *values, size_t n, double seed);

#endif
