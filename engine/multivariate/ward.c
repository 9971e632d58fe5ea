/* Ward's tree by mutual nearest neighbours.
 *
 * Two clusters that are each other's nearest can be merged at any time: by Ward's
 * criterion a third one is never nearer to the new cluster than it was to the nearer of
 * the two, so that the greedy algorithm would merge them in the end (reducibility:
 * Bruynooghe 1978, Murtagh 1983). That holds with ties too, when pairs are ordered by
 * distance, then smaller and larger number. So all mutual pairs of a moment merge at
 * once, by rounds whose searches are independent and are shared among threads; only the
 * clusters whose nearest neighbour has merged search again. Where mutual pairs are few, a
 * chain of nearest neighbours ends the tree: at most three searches an individual,
 * whatever the data. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "irminon/tree.h"
#include "multivariate/individuals.h"
#include "multivariate/merging.h"
#include "multivariate/twins.h"
#include "multivariate/ward_index.h"

enum {
    GRAIN = 64,       /* searches that a thread takes at a time */
    WORTH_THREADS = 8 /* times GRAIN: fewer searches than that start no thread */
};
/* The index is built again when this share of its clusters is left. */
#define LEFT_TO_REBUILD 0.9
/* Rounds go on while a merge is made for so many clusters, and for so many searches. */
#define CLUSTERS_A_MERGE 64
#define SEARCHES_A_MERGE 32

typedef struct ward {
    ward_clusters clusters;
    ward_index index;
    size_t n_alive;
    uint32_t *listed; /* clusters by increasing number, some of them gone */
    size_t n_listed;
    bool *gone;      /* absorbed by another */
    uint32_t *dirty; /* clusters whose neighbour is to be searched */
    size_t n_dirty;
    ward_neighbor *nearest;
    uint32_t *version;     /* merges that made the cluster what it is */
    uint32_t *as_seen;     /* version of the nearest when it was found */
    uint32_t *absorbed_by; /* of those gone */
    merging *merges;
    size_t n_merges;
    ward_kernel *search;
    float *scratch;
    size_t threads;
} ward;

static void ward_clear(ward *self) {
    irm_free(self->clusters.centers);
    irm_free(self->clusters.weights);
    ward_index_clear(&self->index);
    irm_free(self->listed);
    irm_free(self->gone);
    irm_free(self->dirty);
    irm_free(self->nearest);
    irm_free(self->version);
    irm_free(self->as_seen);
    irm_free(self->absorbed_by);
    irm_free(self->merges);
    irm_free(self->scratch);
}

static irm_status ward_init(ward *self, const irm_matrix *x, const double *weights,
                            irm_error *error) {
    size_t n = x->rows, p = x->columns;
    self->clusters = (ward_clusters){.n = n, .p = p};
    self->clusters.centers = irm_calloc(n, p * sizeof(double));
    self->clusters.weights = irm_calloc(n, sizeof(double));
    self->listed = irm_calloc(n, sizeof *self->listed);
    self->gone = irm_calloc(n, sizeof *self->gone);
    self->dirty = irm_calloc(n, sizeof *self->dirty);
    self->nearest = irm_calloc(n, sizeof *self->nearest);
    self->version = irm_calloc(n, sizeof *self->version);
    self->as_seen = irm_calloc(n, sizeof *self->as_seen);
    self->absorbed_by = irm_calloc(n, sizeof *self->absorbed_by);
    self->merges = irm_calloc(n, sizeof *self->merges);
    size_t workers = irm_parallel_workers(n, GRAIN, self->threads);
    self->scratch = irm_calloc(workers, p * sizeof *self->scratch);
    if (self->clusters.centers == NULL || self->clusters.weights == NULL ||
        self->listed == NULL || self->gone == NULL || self->dirty == NULL ||
        self->nearest == NULL || self->version == NULL || self->as_seen == NULL ||
        self->absorbed_by == NULL || self->merges == NULL || self->scratch == NULL) {
        return irm_fail_memory(error);
    }
    memcpy(self->clusters.centers, x->data, n * p * sizeof(double));
    individuals_weigh(n, weights, (double)n, self->clusters.weights);
    return IRM_OK;
}

/* The cluster of smaller number becomes both. */
static void merge(ward *self, uint32_t one, uint32_t other, double distance) {
    uint32_t a = one < other ? one : other, b = one < other ? other : one;
    ward_clusters *clusters = &self->clusters;
    double *x = ward_center(clusters, a);
    const double *y = ward_center(clusters, b);
    double weight = clusters->weights[a] + clusters->weights[b];
    double share = clusters->weights[b] / weight;
    for (size_t j = 0; j < clusters->p; j++) {
        x[j] += share * (y[j] - x[j]);
    }
    clusters->weights[a] = weight;
    self->version[a]++;
    self->gone[b] = true;
    self->absorbed_by[b] = a;
    self->merges[self->n_merges++] = (merging){a, b, sqrt(distance)};
}

/* Individuals at one place merge first, without a search: any number of them. */
static irm_status merge_twins(ward *self, const irm_matrix *x, irm_error *error) {
    uint32_t *first = self->dirty;
    IRM_TRY(twins_find(x, first, error));
    for (uint32_t i = 0; i < self->clusters.n; i++) {
        if (first[i] != i) {
            merge(self, first[i], i, 0);
        } else {
            self->listed[self->n_listed++] = i;
        }
    }
    self->n_alive = self->n_listed;
    return IRM_OK;
}

static bool is_known(const ward *self, uint32_t cluster) {
    uint32_t nearest = self->nearest[cluster].cluster;
    return nearest != WARD_NONE && !self->gone[nearest] &&
           self->version[nearest] == self->as_seen[cluster];
}

/* A neighbour no farther than which the search has to look: what has become of the former
 * one. */
static ward_neighbor start_of(const ward *self, uint32_t cluster) {
    uint32_t former = self->nearest[cluster].cluster;
    if (former == WARD_NONE) {
        return WARD_NOBODY;
    }
    while (self->gone[former]) {
        former = self->absorbed_by[former];
    }
    if (former == cluster) {
        return WARD_NOBODY;
    }
    return (ward_neighbor){ward_distance(&self->clusters, cluster, former), former};
}

/* `worker` has floats of its own in the scratch. */
static void search_nearest(ward *self, uint32_t cluster, size_t worker) {
    ward_search search = {&self->index, &self->clusters,
                          self->scratch + worker * self->clusters.p};
    ward_neighbor found = self->search(&search, cluster, start_of(self, cluster));
    self->nearest[cluster] = found;
    self->as_seen[cluster] = self->version[found.cluster];
}

static irm_status search_range(void *context, size_t first, size_t last, size_t worker,
                               irm_error *error) {
    ward *self = context;
    (void)error;
    for (size_t i = first; i < last; i++) {
        search_nearest(self, self->dirty[i], worker);
    }
    return IRM_OK;
}

/* Rounding may bring a new cluster nearer than reducibility allows, by a last digit: its
 * neighbour then prefers it, so that the closest pair is mutual in any case. */
static void settle(ward *self) {
    for (size_t i = 0; i < self->n_dirty; i++) {
        uint32_t cluster = self->dirty[i], other = self->nearest[cluster].cluster;
        ward_neighbor back = {self->nearest[cluster].distance, cluster};
        if (ward_nearer(back, self->nearest[other])) {
            self->nearest[other] = back;
            self->as_seen[other] = self->version[cluster];
        }
    }
}

static void merge_mutual(ward *self) {
    for (size_t i = 0; i < self->n_dirty; i++) {
        uint32_t cluster = self->dirty[i];
        if (self->gone[cluster] || !is_known(self, cluster)) {
            continue;
        }
        uint32_t other = self->nearest[cluster].cluster;
        if (self->nearest[other].cluster == cluster && is_known(self, other)) {
            merge(self, cluster, other, self->nearest[cluster].distance);
        }
    }
}

static void drop_gone(ward *self) {
    size_t kept = 0;
    for (size_t i = 0; i < self->n_listed; i++) {
        if (!self->gone[self->listed[i]]) {
            self->listed[kept++] = self->listed[i];
        }
    }
    self->n_listed = kept;
}

/* The index after the merges from `since` on. */
static void update_index(ward *self, size_t since) {
    if ((double)self->n_alive <= LEFT_TO_REBUILD * (double)self->index.count) {
        drop_gone(self);
        ward_index_build(&self->index, &self->clusters, self->listed, self->n_listed);
        return;
    }
    for (size_t m = since; m < self->n_merges; m++) {
        ward_index_merge(&self->index, &self->clusters, self->merges[m].a,
                         self->merges[m].b);
    }
}

/* Those to search, by place, so that one search finds in the cache what the last one
 * read. */
static void list_dirty(ward *self) {
    const ward_index *index = &self->index;
    self->n_dirty = 0;
    for (size_t at = 0; at < index->n_leaves * WARD_LANES; at++) {
        uint32_t cluster = index->clusters[at];
        if (cluster != WARD_NONE && !is_known(self, cluster)) {
            self->dirty[self->n_dirty++] = cluster;
        }
    }
}

static irm_status merge_by_rounds(ward *self, irm_error *error) {
    while (self->n_alive > 1) {
        list_dirty(self);
        bool many = self->n_dirty >= GRAIN * WORTH_THREADS;
        IRM_TRY(irm_parallel_for(self->n_dirty, GRAIN, many ? self->threads : 1,
                                 search_range, self, error));
        settle(self);
        size_t since = self->n_merges;
        merge_mutual(self);
        self->n_alive -= self->n_merges - since;
        update_index(self, since);
        size_t made = self->n_merges - since;
        if (made * CLUSTERS_A_MERGE < self->n_alive ||
            made * SEARCHES_A_MERGE < self->n_dirty) {
            return IRM_OK;
        }
    }
    return IRM_OK;
}

/* Along the chain each cluster is the nearest of the one before it, and strictly nearer
 * to its own nearest than to that one, or else both merge. */
static void merge_by_chain(ward *self) {
    uint32_t *chain = self->dirty;
    size_t length = 0;
    while (self->n_alive > 1) {
        if (length == 0) {
            chain[length++] = 0; /* never gone: the smaller number stays */
        }
        uint32_t top = chain[length - 1];
        if (!is_known(self, top)) {
            search_nearest(self, top, 0);
        }
        ward_neighbor next = self->nearest[top];
        if (length > 1) {
            uint32_t former = chain[length - 2];
            ward_neighbor back = {ward_distance(&self->clusters, top, former), former};
            if (!ward_nearer(next, back)) {
                size_t since = self->n_merges;
                merge(self, top, former, back.distance);
                self->n_alive--;
                length -= 2;
                update_index(self, since);
                continue;
            }
        }
        chain[length++] = next.cluster;
    }
}

irm_status irm_tree_ward(const irm_matrix *x, const double *weights, size_t threads,
                         irm_tree *tree, irm_error *error) {
    ward self = {.threads = threads, .search = ward_search_kernel(0)};
    irm_status status = individuals_check(x, weights, error);
    if (status != IRM_OK) {
        return status;
    }
    if ((status = ward_init(&self, x, weights, error)) != IRM_OK ||
        (status = merge_twins(&self, x, error)) != IRM_OK ||
        (status = ward_index_init(&self.index, &self.clusters, self.n_alive, error)) !=
            IRM_OK) {
        goto cleanup;
    }
    for (size_t i = 0; i < x->rows; i++) {
        self.nearest[i] = WARD_NOBODY;
    }
    ward_index_build(&self.index, &self.clusters, self.listed, self.n_listed);
    if ((status = merge_by_rounds(&self, error)) != IRM_OK) {
        goto cleanup;
    }
    merge_by_chain(&self);
    status = merging_finish(self.merges, x->rows, IRM_LINKAGE_WARD, tree, error);
cleanup:
    ward_clear(&self);
    return status;
}
