/* Consolidation, and k-means from several starts. */
#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "multivariate/hartigan_wong.h"
#include "multivariate/individuals.h"
#include "multivariate/partitions.h"

enum { PASSES_OF_HCPC = 10 };

irm_status irm_kmeans_from(const irm_matrix *x, const double *weights,
                           const irm_matrix *start, size_t iterations,
                           irm_partition *partition, irm_error *error) {
    IRM_TRY(individuals_check(x, weights, error));
    IRM_TRY(individuals_check(start, NULL, error));
    IRM_TRY(partition_check_k(start->rows, x->rows, error));
    if (start->columns != x->columns) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "individuals have %zu variables, the centres %zu", x->columns,
                        start->columns);
    }
    IRM_TRY(partition_init(partition, x->rows, start->rows, x->columns, error));
    memcpy(partition->centers.data, start->data,
           start->rows * start->columns * sizeof(double));
    irm_status status = hartigan_wong(x, weights, &partition->centers,
                                      iterations > 0 ? iterations : PASSES_OF_HCPC,
                                      partition->classes, &partition->iterations, error);
    if (status == IRM_OK) {
        status = partition_measure(x, weights, partition, error);
    }
    if (status != IRM_OK) {
        irm_partition_clear(partition);
    }
    return status;
}
