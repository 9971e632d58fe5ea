/* Matrices: n rows by p columns of doubles, by row, owned by whoever holds the struct. */
#ifndef IRMINON_MATRIX_H
#define IRMINON_MATRIX_H

#include <stddef.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `data[row * columns + column]`; a zeroed struct is an empty matrix. */
typedef struct irm_matrix {
    size_t rows, columns;
    double *data;
} irm_matrix;

/* Zeros. Clear when done; clearing a zeroed struct is allowed. */
IRM_API irm_status irm_matrix_init(irm_matrix *matrix, size_t rows, size_t columns,
                                   irm_error *error);
IRM_API void irm_matrix_clear(irm_matrix *matrix);

/* Row `row`: `columns` doubles. */
static inline double *irm_matrix_row(const irm_matrix *matrix, size_t row) {
    return matrix->data + row * matrix->columns;
}

#ifdef __cplusplus
}
#endif
#endif
