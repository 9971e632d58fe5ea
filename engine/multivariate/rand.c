/* Agreement of two partitions, and their order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/partition.h"
#include "multivariate/individuals.h"
#include "multivariate/partitions.h"

static int compare_labels(const void *first, const void *second) {
    uint64_t a = *(const uint64_t *)first, b = *(const uint64_t *)second;
    return (a > b) - (a < b);
}

/* Pairs of individuals with the same label; sorts the labels. */
static double count_pairs(uint64_t *labels, size_t n) {
    qsort(labels, n, sizeof *labels, compare_labels);
    double pairs = 0;
    for (size_t first = 0, i = 1; i <= n; i++) {
        if (i == n || labels[i] != labels[first]) {
            double size = (double)(i - first);
            pairs += size * (size - 1) / 2;
            first = i;
        }
    }
    return pairs;
}

irm_status irm_adjusted_rand(const int32_t *a, const int32_t *b, size_t n, double *index,
                             irm_error *error) {
    uint64_t *labels = irm_calloc(n, 3 * sizeof *labels);
    if (labels == NULL) {
        return irm_fail_memory(error);
    }
    uint64_t *of_a = labels, *of_b = labels + n, *of_both = labels + 2 * n;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (a[i] >= 0 && b[i] >= 0) {
            of_a[count] = (uint64_t)a[i];
            of_b[count] = (uint64_t)b[i];
            of_both[count++] = (uint64_t)a[i] << 32 | (uint64_t)b[i];
        }
    }
    double pairs_a = count_pairs(of_a, count), pairs_b = count_pairs(of_b, count);
    double together = count_pairs(of_both, count);
    double all = (double)count * ((double)count - 1) / 2;
    double expected = all > 0 ? pairs_a * pairs_b / all : 0;
    double most = (pairs_a + pairs_b) / 2;
    /* Hubert & Arabie 1985, eq. 5; both all apart, or all together: equal. */
    *index = most > expected ? (together - expected) / (most - expected) : 1;
    irm_free(labels);
    return IRM_OK;
}

typedef struct ranked {
    double coordinate;
    size_t class;
} ranked;

static int compare_ranks(const void *first, const void *second) {
    const ranked *a = first, *b = second;
    if (a->coordinate != b->coordinate) {
        return a->coordinate < b->coordinate ? -1 : 1;
    }
    return (a->class > b->class) - (a->class < b->class);
}

static void rank_classes(const irm_partition *partition, const irm_matrix *coordinates,
                         size_t axis, const double *weights, ranked *ranks,
                         double *masses) {
    for (size_t l = 0; l < partition->k; l++) {
        ranks[l].class = l;
    }
    for (size_t i = 0; i < partition->n; i++) {
        double weight = weights == NULL ? 1 : weights[i];
        ranks[partition->classes[i]].coordinate +=
            weight * irm_matrix_row(coordinates, i)[axis];
        masses[partition->classes[i]] += weight;
    }
    for (size_t l = 0; l < partition->k; l++) {
        ranks[l].coordinate /= masses[l];
    }
    qsort(ranks, partition->k, sizeof *ranks, compare_ranks);
}

/* Row or column r of `to` is ranks[r].class of `from`. */
static void reorder_columns(irm_matrix *matrix, const ranked *ranks, double *scratch) {
    for (size_t i = 0; i < matrix->rows; i++) {
        double *row = irm_matrix_row(matrix, i);
        for (size_t r = 0; r < matrix->columns; r++) {
            scratch[r] = row[ranks[r].class];
        }
        memcpy(row, scratch, matrix->columns * sizeof *row);
    }
}

static irm_status renumber(irm_partition *partition, const ranked *ranks, double *scratch,
                           irm_error *error) {
    size_t k = partition->k, p = partition->centers.columns;
    irm_matrix centers;
    IRM_TRY(irm_matrix_init(&centers, k, p, error));
    int32_t *numbers = irm_calloc(k, sizeof *numbers);
    uint32_t *medoids = irm_calloc(k, sizeof *medoids);
    if (numbers == NULL || medoids == NULL) {
        irm_matrix_clear(&centers);
        irm_free(numbers);
        irm_free(medoids);
        return irm_fail_memory(error);
    }
    for (size_t r = 0; r < k; r++) {
        size_t from = ranks[r].class;
        numbers[from] = (int32_t)r;
        memcpy(irm_matrix_row(&centers, r), irm_matrix_row(&partition->centers, from),
               p * sizeof(double));
        medoids[r] = partition->medoids != NULL ? partition->medoids[from] : 0;
    }
    for (size_t i = 0; i < partition->n; i++) {
        partition->classes[i] = numbers[partition->classes[i]];
    }
    reorder_columns(&partition->membership, ranks, scratch);
    irm_matrix_clear(&partition->centers);
    partition->centers = centers;
    if (partition->medoids != NULL) {
        memcpy(partition->medoids, medoids, k * sizeof *medoids);
    }
    irm_free(numbers);
    irm_free(medoids);
    return IRM_OK;
}

irm_status irm_partition_order(irm_partition *partition, const irm_matrix *coordinates,
                               size_t axis, const double *weights, irm_error *error) {
    if (coordinates->rows != partition->n || axis >= coordinates->columns) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "axis %zu of %zu × %zu coordinates, for %zu individuals",
                        axis + 1, coordinates->rows, coordinates->columns, partition->n);
    }
    IRM_TRY(individuals_check_weights(partition->n, weights, error));
    ranked *ranks = irm_calloc(partition->k, sizeof *ranks);
    double *masses = irm_calloc(partition->k, sizeof *masses);
    irm_status status = IRM_OK;
    if (ranks == NULL || masses == NULL) {
        status = irm_fail_memory(error);
    } else {
        rank_classes(partition, coordinates, axis, weights, ranks, masses);
        status = renumber(partition, ranks, masses, error);
    }
    irm_free(ranks);
    irm_free(masses);
    return status;
}
