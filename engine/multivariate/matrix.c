#include "irminon/matrix.h"

#include <stdint.h>

#include "irminon/memory.h"

irm_status irm_matrix_init(irm_matrix *matrix, size_t rows, size_t columns,
                           irm_error *error) {
    *matrix = (irm_matrix){0};
    if (columns > 0 && rows > SIZE_MAX / columns) {
        return irm_fail_memory(error);
    }
    double *data = irm_calloc(rows * columns, sizeof *data);
    if (data == NULL) {
        return irm_fail_memory(error);
    }
    *matrix = (irm_matrix){rows, columns, data};
    return IRM_OK;
}

void irm_matrix_clear(irm_matrix *matrix) {
    irm_free(matrix->data);
    *matrix = (irm_matrix){0};
}
