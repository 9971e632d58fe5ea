/* Stability: C. Hennig, "Cluster-wise assessment of cluster stability", Computational
 * Statistics & Data Analysis 52, 2007. An individual drawn several times counts as one of
 * several times its weight in the new tree, and once in the Jaccard index. */
#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "irminon/tree.h"
#include "multivariate/draw.h"
#include "multivariate/individuals.h"
#include "multivariate/partitions.h"

enum { DRAWS = 100 };

typedef struct stability {
    const irm_matrix *x;
    const double *weights; /* may be NULL */
    const irm_partition *partition;
    bool consolidate;
    uint64_t seed;
    double *jaccard; /* draws × k */
    double *rand;    /* draws */
} stability;

/* Distinct individuals drawn. Owned. */
typedef struct sample {
    size_t m;
    uint32_t *rows;
    irm_matrix x;
    double *weights;
} sample;

static void sample_clear(sample *drawn) {
    irm_free(drawn->rows);
    irm_free(drawn->weights);
    irm_matrix_clear(&drawn->x);
}

static irm_status draw_sample(const stability *self, size_t draw, sample *drawn,
                              irm_error *error) {
    size_t n = self->x->rows, p = self->x->columns;
    uint64_t state = random_stream(self->seed, draw);
    uint32_t *times = irm_calloc(n, sizeof *times);
    if (times == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        drawn->m += times[random_below(&state, (uint32_t)n)]++ == 0;
    }
    drawn->rows = irm_calloc(drawn->m, sizeof *drawn->rows);
    drawn->weights = irm_calloc(drawn->m, sizeof *drawn->weights);
    irm_status status = irm_matrix_init(&drawn->x, drawn->m, p, error);
    if (drawn->rows == NULL || drawn->weights == NULL) {
        status = irm_fail_memory(error);
    }
    for (size_t i = 0, at = 0; i < n && status == IRM_OK; i++) {
        if (times[i] > 0) {
            drawn->rows[at] = (uint32_t)i;
            drawn->weights[at] =
                (double)times[i] * (self->weights == NULL ? 1 : self->weights[i]);
            memcpy(irm_matrix_row(&drawn->x, at++), irm_matrix_row(self->x, i),
                   p * sizeof(double));
        }
    }
    irm_free(times);
    return status;
}

/* The procedure on the sample, in min(k, m) classes. */
static irm_status partition_sample(const stability *self, const sample *drawn,
                                   irm_partition *again, irm_error *error) {
    size_t k = self->partition->k < drawn->m ? self->partition->k : drawn->m;
    irm_tree tree = {0};
    irm_partition cut = {0};
    int32_t *classes = irm_calloc(drawn->m, sizeof *classes);
    irm_status status = classes == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status != IRM_OK ||
        (status = irm_tree_ward(&drawn->x, drawn->weights, 1, &tree, error)) != IRM_OK ||
        (status = irm_tree_cut(&tree, k, classes, error)) != IRM_OK ||
        (status = irm_partition_of(&drawn->x, drawn->weights, classes, k, &cut, error)) !=
            IRM_OK) {
        goto cleanup;
    }
    if (self->consolidate) {
        status =
            irm_kmeans_from(&drawn->x, drawn->weights, &cut.centers, 0, again, error);
    } else {
        *again = cut;
        cut = (irm_partition){0};
    }
cleanup:
    irm_free(classes);
    irm_tree_clear(&tree);
    irm_partition_clear(&cut);
    return status;
}

/* Of each class, the largest Jaccard index with a class of the draw, on those drawn. */
static irm_status compare_classes(const stability *self, const sample *drawn,
                                  const irm_partition *again, double *jaccard,
                                  irm_error *error) {
    size_t k = self->partition->k, other = again->k;
    size_t *both = irm_calloc(k + 1, (other + 1) * sizeof *both);
    if (both == NULL) {
        return irm_fail_memory(error);
    }
    size_t width = other + 1; /* the last row and column are margins */
    for (size_t s = 0; s < drawn->m; s++) {
        size_t a = (size_t)self->partition->classes[drawn->rows[s]];
        size_t b = (size_t)again->classes[s];
        both[a * width + b]++;
        both[a * width + other]++;
        both[k * width + b]++;
    }
    for (size_t a = 0; a < k; a++) {
        jaccard[a] = 0;
        for (size_t b = 0; b < other; b++) {
            size_t common = both[a * width + b];
            size_t all = both[a * width + other] + both[k * width + b] - common;
            jaccard[a] = fmax(jaccard[a], all > 0 ? (double)common / (double)all : 0);
        }
    }
    irm_free(both);
    return IRM_OK;
}

static irm_status compare_all(const stability *self, const sample *drawn,
                              const irm_partition *again, double *rand,
                              irm_error *error) {
    int32_t *classes = irm_calloc(self->x->rows, sizeof *classes);
    irm_status status =
        classes == NULL ? irm_fail_memory(error)
                        : irm_partition_assign(again, self->x, 1, classes, NULL, error);
    if (status == IRM_OK) {
        for (size_t s = 0; s < drawn->m; s++) {
            classes[drawn->rows[s]] = again->classes[s];
        }
        status = irm_adjusted_rand(self->partition->classes, classes, self->x->rows, rand,
                                   error);
    }
    irm_free(classes);
    return status;
}

static irm_status repeat(void *context, size_t first, size_t last, size_t worker,
                         irm_error *error) {
    const stability *self = context;
    (void)worker;
    irm_status status = IRM_OK;
    for (size_t draw = first; draw < last && status == IRM_OK; draw++) {
        sample drawn = {0};
        irm_partition again = {0};
        if ((status = draw_sample(self, draw, &drawn, error)) == IRM_OK &&
            (status = partition_sample(self, &drawn, &again, error)) == IRM_OK &&
            (status = compare_classes(self, &drawn, &again,
                                      self->jaccard + draw * self->partition->k,
                                      error)) == IRM_OK) {
            status = compare_all(self, &drawn, &again, &self->rand[draw], error);
        }
        sample_clear(&drawn);
        irm_partition_clear(&again);
    }
    return status;
}

irm_status irm_stability(const irm_matrix *x, const double *weights,
                         const irm_partition *partition, bool consolidate, size_t draws,
                         uint64_t seed, size_t threads, double *jaccard, double *rand,
                         irm_error *error) {
    IRM_TRY(individuals_check(x, weights, error));
    if (x->rows != partition->n) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a partition of %zu individuals for a table of %zu", partition->n,
                        x->rows);
    }
    size_t count = draws > 0 ? draws : DRAWS, k = partition->k;
    double *all = irm_calloc(count, k * sizeof *all);
    double *rands = irm_calloc(count, sizeof *rands);
    stability self = {x, weights, partition, consolidate, seed, all, rands};
    irm_status status = all == NULL || rands == NULL
                            ? irm_fail_memory(error)
                            : irm_parallel_for(count, 1, threads, repeat, &self, error);
    if (status == IRM_OK) {
        memset(jaccard, 0, k * sizeof *jaccard);
        *rand = 0;
        for (size_t draw = 0; draw < count; draw++) {
            for (size_t l = 0; l < k; l++) {
                jaccard[l] += all[draw * k + l] / (double)count;
            }
            *rand += rands[draw] / (double)count;
        }
    }
    irm_free(all);
    irm_free(rands);
    return status;
}
