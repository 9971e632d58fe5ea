#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "support.h"

/* Appends the numbers of `text`, each after a comma but the first of a line without a
 * name, as a row. */
static void append_row(irm_matrix *matrix, const char *text) {
    double values[4096];
    size_t count = 0;
    for (char *end; *text != '\0' && *text != '\n'; text = end) {
        text += *text == ',';
        values[count++] = strtod(text, &end);
        if (end == text || count == sizeof values / sizeof *values) {
            fail_msg("not a number: %s", text);
        }
    }
    assert_true(matrix->rows == 0 || matrix->columns == count);
    matrix->columns = count;
    matrix->data =
        irm_realloc(matrix->data, ++matrix->rows * count, sizeof *matrix->data);
    assert_non_null(matrix->data);
    memcpy(irm_matrix_row(matrix, matrix->rows - 1), values, count * sizeof *values);
}

irm_matrix test_reference(const char *topic, const char *name) {
    char relative[256], line[65536];
    snprintf(relative, sizeof relative, "tests/reference/%s.csv", topic);
    char *path = test_source_path(relative);
    FILE *file = fopen(path, "r");
    irm_matrix matrix = {0};
    size_t size = strlen(name);
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, size) == 0 && line[size] == ',') {
            append_row(&matrix, line + size);
        }
    }
    fclose(file);
    irm_free(path);
    if (matrix.rows == 0) {
        fail_msg("%s has no %s", relative, name);
    }
    return matrix;
}

irm_matrix test_r_data(const char *name) {
    const char *folder = getenv("IRMINON_R_DATA");
    char path[4096], line[65536];
    irm_matrix matrix = {0};
    snprintf(path, sizeof path, "%s/%s.csv", folder != NULL ? folder : "", name);
    FILE *file = folder != NULL ? fopen(path, "r") : NULL;
    if (file == NULL) {
        skip();
    }
    assert_non_null(fgets(line, sizeof line, file)); /* names */
    while (fgets(line, sizeof line, file) != NULL) {
        append_row(&matrix, line);
    }
    fclose(file);
    return matrix;
}

void test_near(const irm_matrix *got, const irm_matrix *expected, const double *signs,
               double tolerance) {
    assert_true(got->rows >= expected->rows && got->columns >= expected->columns);
    for (size_t i = 0; i < expected->rows; i++) {
        for (size_t j = 0; j < expected->columns; j++) {
            double value = irm_matrix_row(got, i)[j];
            double wanted =
                irm_matrix_row(expected, i)[j] * (signs != NULL ? signs[j] : 1);
            if (!(fabs(value - wanted) <= tolerance * fmax(1, fabs(wanted))) &&
                !(isnan(value) && isnan(wanted))) {
                fail_msg("row %zu, column %zu: got %.17g, expected %.17g", i + 1, j + 1,
                         value, wanted);
            }
        }
    }
}

void test_uniform(double *values, size_t n, double seed) {
    double state = seed;
    for (size_t i = 0; i < n; i++) {
        state = fmod(16807 * state, 2147483647);
        values[i] = state / 2147483647;
    }
}
