/* K-medoids: FasterPAM (E. Schubert, P. J. Rousseeuw, "Fast and eager k-medoids
 * clustering", Information Systems 101, 2021, algorithm 3). A swap is made as soon as one
 * lowers the sum of distances. Candidates are judged in threads by batches of a fixed
 * size, of which the first that gains is taken: the same medoids whatever the number of
 * threads. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "multivariate/draw.h"
#include "multivariate/individuals.h"
#include "multivariate/kmeans.h"
#include "multivariate/partitions.h"

enum { BATCH = 64, BUILD_UP_TO = 2000, SAMPLES = 5, SAMPLE = 3000 };

/* A swap has to gain more than what rounding may show. */
#define LEAST_GAIN 1e-12

typedef struct near_medoids {
    int32_t first, second; /* numbers of the two nearest medoids; second -1 if k = 1 */
    double to_first, to_second;
} near_medoids;

typedef struct pam {
    const irm_matrix *x;
    const double *weights; /* of sum 1 */
    size_t n, k;
    uint32_t *medoids;
    near_medoids *near;
    double *losses;   /* k: what removing each medoid costs */
    double *changes;  /* BATCH × k: of the sum, if a candidate took each one's place */
    size_t candidate; /* first of the batch */
} pam;

static double distance(const pam *self, size_t i, size_t j) {
    return sqrt(partition_squares(irm_matrix_row(self->x, i), irm_matrix_row(self->x, j),
                                  self->x->columns));
}

static void find_near(pam *self, size_t i) {
    near_medoids near = {-1, -1, INFINITY, INFINITY};
    for (size_t m = 0; m < self->k; m++) {
        double d = distance(self, i, self->medoids[m]);
        if (d < near.to_first) {
            near.second = near.first;
            near.to_second = near.to_first;
            near.first = (int32_t)m;
            near.to_first = d;
        } else if (d < near.to_second) {
            near.second = (int32_t)m;
            near.to_second = d;
        }
    }
    self->near[i] = near;
}

static irm_status find_near_range(void *context, size_t first, size_t last, size_t worker,
                                  irm_error *error) {
    (void)worker;
    (void)error;
    for (size_t i = first; i < last; i++) {
        find_near(context, i);
    }
    return IRM_OK;
}

/* Returns the sum of distances. */
static double sum_up(pam *self) {
    double sum = 0;
    memset(self->losses, 0, self->k * sizeof *self->losses);
    for (size_t i = 0; i < self->n; i++) {
        const near_medoids *near = &self->near[i];
        sum += self->weights[i] * near->to_first;
        if (near->second >= 0) {
            self->losses[near->first] +=
                self->weights[i] * (near->to_second - near->to_first);
        }
    }
    return sum;
}

/* The change of the sum when a candidate takes the place of each medoid. */
static irm_status judge(void *context, size_t first, size_t last, size_t worker,
                        irm_error *error) {
    pam *self = context;
    (void)worker;
    (void)error;
    for (size_t b = first; b < last; b++) {
        double *changes = self->changes + b * self->k, shared = 0;
        memcpy(changes, self->losses, self->k * sizeof *changes);
        size_t candidate = (self->candidate + b) % self->n;
        for (size_t i = 0; i < self->n; i++) {
            const near_medoids *near = &self->near[i];
            double d = distance(self, i, candidate), weight = self->weights[i];
            if (d < near->to_first) {
                shared += weight * (d - near->to_first);
                changes[near->first] -= weight * (near->to_second - near->to_first);
            } else if (d < near->to_second) {
                changes[near->first] += weight * (d - near->to_second);
            }
        }
        for (size_t m = 0; m < self->k; m++) {
            changes[m] += shared;
        }
    }
    return IRM_OK;
}

/* The first candidate of the batch that gains, and the medoid it replaces: BATCH if none.
 */
static size_t first_gain(const pam *self, size_t batch, double sum, size_t *medoid) {
    for (size_t b = 0; b < batch; b++) {
        const double *changes = self->changes + b * self->k;
        *medoid = 0;
        for (size_t m = 1; m < self->k; m++) {
            *medoid = changes[m] < changes[*medoid] ? m : *medoid;
        }
        if (changes[*medoid] < -LEAST_GAIN * sum) {
            return b;
        }
    }
    return BATCH;
}

static irm_status swap_while_gaining(pam *self, size_t threads, size_t *swaps,
                                     irm_error *error) {
    IRM_TRY(irm_parallel_for(self->n, 4096, threads, find_near_range, self, error));
    double sum = sum_up(self);
    size_t batch = BATCH < self->n ? BATCH : self->n;
    for (size_t looked = 0; self->k > 1 && looked < self->n;) {
        IRM_TRY(irm_parallel_for(batch, 4, threads, judge, self, error));
        size_t medoid, gaining = first_gain(self, batch, sum, &medoid);
        if (gaining == BATCH) {
            looked += batch;
            self->candidate = (self->candidate + batch) % self->n;
            continue;
        }
        size_t candidate = (self->candidate + gaining) % self->n;
        self->medoids[medoid] = (uint32_t)candidate;
        self->candidate = (candidate + 1) % self->n;
        looked = 0;
        ++*swaps;
        IRM_TRY(irm_parallel_for(self->n, 4096, threads, find_near_range, self, error));
        sum = sum_up(self);
    }
    return IRM_OK;
}

/* BUILD of Kaufman and Rousseeuw (1990): each next medoid lowers the sum the most. */
static void build(pam *self) {
    for (size_t i = 0; i < self->n; i++) {
        self->near[i].to_first = INFINITY;
    }
    for (size_t m = 0; m < self->k; m++) {
        double best_sum = INFINITY;
        for (size_t c = 0; c < self->n; c++) {
            double sum = 0;
            bool taken = false;
            for (size_t before = 0; before < m; before++) {
                taken = taken || self->medoids[before] == c;
            }
            for (size_t i = 0; i < self->n && !taken; i++) {
                sum +=
                    self->weights[i] * fmin(distance(self, i, c), self->near[i].to_first);
            }
            if (!taken && sum < best_sum) {
                best_sum = sum;
                self->medoids[m] = (uint32_t)c;
            }
        }
        for (size_t i = 0; i < self->n; i++) {
            self->near[i].to_first =
                fmin(self->near[i].to_first, distance(self, i, self->medoids[m]));
        }
    }
}

/* The best single medoid, which no swap looks for. */
static irm_status choose_start(pam *self, uint64_t seed, irm_matrix *centers,
                               irm_error *error) {
    if (self->n <= BUILD_UP_TO) {
        build(self);
        return IRM_OK;
    }
    double *nearest = irm_calloc(self->n, sizeof *nearest);
    if (nearest == NULL) {
        return irm_fail_memory(error);
    }
    uint64_t state = random_stream(seed, 0);
    kmeans_seed(self->x, self->weights, &state, nearest, centers, self->medoids);
    irm_free(nearest);
    return IRM_OK;
}

/* Medoids of x for weights of sum 1: release with forget, whatever the status. */
static irm_status prepare(pam *self, const irm_matrix *x, const double *weights, size_t k,
                          irm_error *error) {
    *self = (pam){.x = x,
                  .weights = weights,
                  .n = x->rows,
                  .k = k,
                  .medoids = irm_calloc(k, sizeof *self->medoids),
                  .near = irm_calloc(x->rows, sizeof *self->near),
                  .losses = irm_calloc(k, sizeof *self->losses),
                  .changes = irm_calloc(k, BATCH * sizeof *self->changes)};
    bool made = self->medoids != NULL && self->near != NULL && self->losses != NULL &&
                self->changes != NULL;
    return made ? IRM_OK : irm_fail_memory(error);
}

static void forget(pam *self) {
    irm_free(self->medoids);
    irm_free(self->near);
    irm_free(self->losses);
    irm_free(self->changes);
}

/* ---- samples of a large table ---- */

typedef struct sample {
    irm_matrix x;
    uint32_t *order; /* n: the first rows are those drawn */
    double *weights; /* of those drawn, sum 1 */
} sample;

static irm_status sample_init(sample *self, const irm_matrix *x, irm_error *error) {
    *self = (sample){.order = irm_calloc(x->rows, sizeof *self->order),
                     .weights = irm_calloc(SAMPLE, sizeof *self->weights)};
    if (self->order == NULL || self->weights == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < x->rows; i++) {
        self->order[i] = (uint32_t)i;
    }
    return irm_matrix_init(&self->x, SAMPLE, x->columns, error);
}

static void sample_clear(sample *self) {
    irm_matrix_clear(&self->x);
    irm_free(self->order);
    irm_free(self->weights);
}

/* Rows without replacement: the beginning of a Fisher-Yates shuffle. */
static void sample_draw(sample *self, const pam *whole, uint64_t *state) {
    double sum = 0;
    for (size_t i = 0; i < SAMPLE; i++) {
        size_t other = i + random_below(state, (uint32_t)(whole->n - i));
        uint32_t drawn = self->order[other];
        self->order[other] = self->order[i];
        self->order[i] = drawn;
        memcpy(irm_matrix_row(&self->x, i), irm_matrix_row(whole->x, drawn),
               whole->x->columns * sizeof(double));
        sum += whole->weights[drawn];
    }
    for (size_t i = 0; i < SAMPLE; i++) {
        self->weights[i] = whole->weights[self->order[i]] / sum;
    }
}

/* The medoids of one sample, as rows of the whole table. */
static irm_status medoids_of_sample(pam *whole, const sample *drawn, uint64_t seed,
                                    size_t threads, irm_matrix *scratch, size_t *swaps,
                                    irm_error *error) {
    pam part;
    irm_status status = prepare(&part, &drawn->x, drawn->weights, whole->k, error);
    if (status == IRM_OK) {
        status = choose_start(&part, seed, scratch, error);
    }
    if (status == IRM_OK) {
        status = swap_while_gaining(&part, threads, swaps, error);
    }
    for (size_t m = 0; status == IRM_OK && m < whole->k; m++) {
        whole->medoids[m] = drawn->order[part.medoids[m]];
    }
    forget(&part);
    return status;
}

/* CLARA (Kaufman and Rousseeuw 1990, chapter 3): of the medoids of each sample, those to
 * which all individuals are the nearest. */
static irm_status solve_by_samples(pam *self, uint64_t seed, size_t threads,
                                   irm_matrix *scratch, size_t *swaps, irm_error *error) {
    sample drawn;
    double best = INFINITY;
    uint32_t *kept = irm_calloc(self->k, sizeof *kept);
    irm_status status = sample_init(&drawn, self->x, error);
    if (status == IRM_OK && kept == NULL) {
        status = irm_fail_memory(error);
    }
    for (size_t s = 0; status == IRM_OK && s < SAMPLES; s++) {
        uint64_t state = random_stream(seed, s + 1);
        sample_draw(&drawn, self, &state);
        status = medoids_of_sample(self, &drawn, seed, threads, scratch, swaps, error);
        if (status == IRM_OK) {
            status =
                irm_parallel_for(self->n, 4096, threads, find_near_range, self, error);
        }
        double sum = status == IRM_OK ? sum_up(self) : INFINITY;
        if (sum < best) {
            best = sum;
            memcpy(kept, self->medoids, self->k * sizeof *kept);
        }
    }
    if (status == IRM_OK) {
        memcpy(self->medoids, kept, self->k * sizeof *kept);
        status = irm_parallel_for(self->n, 4096, threads, find_near_range, self, error);
    }
    sample_clear(&drawn);
    irm_free(kept);
    return status;
}

/* A sample has to be many times its classes. */
static bool by_samples(size_t n, size_t k) {
    return n > IRM_KMEDOIDS_WHOLE && k <= SAMPLE / 50;
}

static irm_status solve(pam *self, uint64_t seed, size_t threads,
                        irm_partition *partition, irm_error *error) {
    partition->sampled = by_samples(self->n, self->k);
    if (partition->sampled) {
        return solve_by_samples(self, seed, threads, &partition->centers,
                                &partition->iterations, error);
    }
    IRM_TRY(choose_start(self, seed, &partition->centers, error));
    return swap_while_gaining(self, threads, &partition->iterations, error);
}

static irm_status publish(pam *self, const double *weights, irm_partition *partition,
                          irm_error *error) {
    for (size_t i = 0; i < self->n; i++) {
        partition->classes[i] = self->near[i].first;
    }
    /* A medoid is of its own class, even beside another at its place. */
    for (size_t m = 0; m < self->k; m++) {
        partition->classes[self->medoids[m]] = (int32_t)m;
    }
    IRM_TRY(partition_measure(self->x, weights, partition, error));
    for (size_t m = 0; m < self->k; m++) {
        memcpy(irm_matrix_row(&partition->centers, m),
               irm_matrix_row(self->x, self->medoids[m]),
               self->x->columns * sizeof(double));
    }
    partition->medoids = self->medoids;
    self->medoids = NULL;
    return IRM_OK;
}

irm_status irm_kmedoids(const irm_matrix *x, const double *weights, size_t k,
                        uint64_t seed, size_t threads, irm_partition *partition,
                        irm_error *error) {
    IRM_TRY(individuals_check(x, weights, error));
    IRM_TRY(partition_check_k(k, x->rows, error));
    IRM_TRY(partition_init(partition, x->rows, k, x->columns, error));
    pam self;
    double *normal = irm_calloc(x->rows, sizeof *normal);
    irm_status status = prepare(&self, x, normal, k, error);
    if (status == IRM_OK && normal == NULL) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        individuals_weigh(x->rows, weights, 1, normal);
        status = solve(&self, seed, threads, partition, error);
    }
    if (status == IRM_OK) {
        status = publish(&self, weights, partition, error);
    }
    irm_free(normal);
    forget(&self);
    if (status != IRM_OK) {
        irm_partition_clear(partition);
    }
    return status;
}
