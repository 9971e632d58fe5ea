/* Consolidation, and k-means from several starts. */
#include "multivariate/kmeans.h"

#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "multivariate/draw.h"
#include "multivariate/hartigan_wong.h"
#include "multivariate/individuals.h"
#include "multivariate/partitions.h"

enum { PASSES_OF_HCPC = 10, STARTS = 25, PASSES = 100 };

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

/* Of all starts, the least inertia, of the first of two. */
typedef struct best_start {
    double within;
    size_t start, passes;
    int32_t *classes;
    int32_t *tried;
    double *nearest; /* n: weighted squared distance to the nearest centre */
    irm_matrix centers;
} best_start;

typedef struct starting {
    const irm_matrix *x;
    const double *weights;
    const double *normal; /* of sum 1 */
    size_t k;
    uint64_t seed;
    best_start *best; /* one a worker */
} starting;

static irm_status best_init(best_start *best, size_t n, size_t k, size_t p,
                            irm_error *error) {
    *best = (best_start){.within = INFINITY, .start = SIZE_MAX};
    IRM_TRY(irm_matrix_init(&best->centers, k, p, error));
    best->classes = irm_calloc(n, sizeof *best->classes);
    best->tried = irm_calloc(n, sizeof *best->tried);
    best->nearest = irm_calloc(n, sizeof *best->nearest);
    return best->classes != NULL && best->tried != NULL && best->nearest != NULL
               ? IRM_OK
               : irm_fail_memory(error);
}

static void best_clear(best_start *best) {
    irm_matrix_clear(&best->centers);
    irm_free(best->classes);
    irm_free(best->tried);
    irm_free(best->nearest);
}

void kmeans_seed(const irm_matrix *x, const double *weights, uint64_t *state,
                 double *nearest, irm_matrix *centers, uint32_t *chosen) {
    size_t n = x->rows, p = x->columns, next = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        nearest[i] = weights[i];
        sum += weights[i];
    }
    next = draw_by(state, nearest, n, sum);
    for (size_t l = 0;; l++) {
        memcpy(irm_matrix_row(centers, l), irm_matrix_row(x, next), p * sizeof(double));
        if (chosen != NULL) {
            chosen[l] = (uint32_t)next;
        }
        if (l + 1 == centers->rows) {
            return;
        }
        sum = 0;
        for (size_t i = 0; i < n; i++) {
            double share = weights[i] * partition_squares(irm_matrix_row(x, i),
                                                          irm_matrix_row(centers, l), p);
            nearest[i] = l == 0 || share < nearest[i] ? share : nearest[i];
            sum += nearest[i];
        }
        next = draw_by(state, nearest, n, sum);
    }
}

/* About the centres of hartigan_wong, which are the means but for rounding. */
static double inertia_of(const starting *self, const best_start *tried) {
    double within = 0;
    for (size_t i = 0; i < self->x->rows; i++) {
        within +=
            self->normal[i] *
            partition_squares(irm_matrix_row(self->x, i),
                              irm_matrix_row(&tried->centers, (size_t)tried->tried[i]),
                              self->x->columns);
    }
    return within;
}

static irm_status try_starts(void *context, size_t first, size_t last, size_t worker,
                             irm_error *error) {
    const starting *self = context;
    best_start *best = &self->best[worker];
    for (size_t start = first; start < last; start++) {
        uint64_t state = random_stream(self->seed, start);
        size_t passes;
        kmeans_seed(self->x, self->normal, &state, best->nearest, &best->centers, NULL);
        IRM_TRY(hartigan_wong(self->x, self->weights, &best->centers, PASSES, best->tried,
                              &passes, error));
        double within = inertia_of(self, best);
        if (within < best->within || (within == best->within && start < best->start)) {
            int32_t *swapped = best->classes;
            best->classes = best->tried;
            best->tried = swapped;
            best->within = within;
            best->start = start;
            best->passes = passes;
        }
    }
    return IRM_OK;
}

static irm_status keep_best(const starting *self, size_t workers,
                            irm_partition *partition, irm_error *error) {
    const best_start *best = &self->best[0];
    for (size_t w = 1; w < workers; w++) {
        const best_start *other = &self->best[w];
        if (other->within < best->within ||
            (other->within == best->within && other->start < best->start)) {
            best = other;
        }
    }
    IRM_TRY(partition_init(partition, self->x->rows, self->k, self->x->columns, error));
    memcpy(partition->classes, best->classes, self->x->rows * sizeof *best->classes);
    partition->iterations = best->passes;
    irm_status status = partition_measure(self->x, self->weights, partition, error);
    if (status != IRM_OK) {
        irm_partition_clear(partition);
    }
    return status;
}

irm_status irm_kmeans(const irm_matrix *x, const double *weights, size_t k, size_t starts,
                      uint64_t seed, size_t threads, irm_partition *partition,
                      irm_error *error) {
    IRM_TRY(individuals_check(x, weights, error));
    IRM_TRY(partition_check_k(k, x->rows, error));
    size_t count = starts > 0 ? starts : STARTS;
    size_t workers = irm_parallel_workers(count, 1, threads);
    irm_status status = IRM_OK;
    double *normal = irm_calloc(x->rows, sizeof *normal);
    best_start *best = irm_calloc(workers, sizeof *best);
    starting self = {x, weights, normal, k, seed, best};
    if (normal == NULL || best == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    individuals_weigh(x->rows, weights, 1, normal);
    for (size_t w = 0; w < workers && status == IRM_OK; w++) {
        status = best_init(&best[w], x->rows, k, x->columns, error);
    }
    if (status != IRM_OK || (status = irm_parallel_for(count, 1, threads, try_starts,
                                                       &self, error)) != IRM_OK) {
        goto cleanup;
    }
    status = keep_best(&self, workers, partition, error);
cleanup:
    for (size_t w = 0; best != NULL && w < workers; w++) {
        best_clear(&best[w]);
    }
    irm_free(best);
    irm_free(normal);
    return status;
}
