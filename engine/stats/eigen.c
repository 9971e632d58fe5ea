#include "stats/eigen.h"

#include <float.h>
#include <gsl/gsl_eigen.h>

#include "irminon/memory.h"

/* Householder to tridiagonal form, then implicit QR (Golub & Van Loan, § 8.3). The
 * workspace is ours, so that GSL allocates nothing: its own failures would abort. */
static irm_status decompose(gsl_matrix *matrix, gsl_vector *values, gsl_matrix *vectors,
                            irm_error *error) {
    size_t order = matrix->size1;
    double *room = irm_calloc(order, 4 * sizeof *room);
    if (room == NULL) {
        return irm_fail_memory(error);
    }
    gsl_eigen_symmv_workspace workspace = {
        .size = order,
        .d = room,
        .sd = room + order,
        .gc = room + 2 * order,
        .gs = room + 3 * order,
    };
    int failed = gsl_eigen_symmv(matrix, values, vectors, &workspace);
    irm_free(room);
    return failed ? irm_fail(error, IRM_STATUS_INTERNAL, "eigenvalues do not converge")
                  : IRM_OK;
}

/* By selection: no allocation, and ties stay in the order found. */
static void sort_decreasing(gsl_vector *values, gsl_matrix *vectors) {
    for (size_t k = 0; k < values->size; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < values->size; i++) {
            if (gsl_vector_get(values, i) > gsl_vector_get(values, best)) {
                best = i;
            }
        }
        if (best != k) {
            gsl_vector_swap_elements(values, k, best);
            gsl_matrix_swap_columns(vectors, k, best);
        }
    }
}

irm_status eigen_symmetric(double *matrix, size_t order, double *values, double *vectors,
                           irm_error *error) {
    if (order == 0) {
        return IRM_OK;
    }
    gsl_matrix_view from = gsl_matrix_view_array(matrix, order, order);
    gsl_vector_view to = gsl_vector_view_array(values, order);
    gsl_matrix_view axes = gsl_matrix_view_array(vectors, order, order);
    IRM_TRY(decompose(&from.matrix, &to.vector, &axes.matrix, error));
    sort_decreasing(&to.vector, &axes.matrix);
    return IRM_OK;
}

size_t eigen_rank(const double *values, size_t order) {
    size_t rank = 0;
    double least = order > 0 ? 64 * (double)order * DBL_EPSILON * values[0] : 0;
    while (rank < order && values[rank] > 0 && values[rank] > least) {
        rank++;
    }
    return rank;
}
