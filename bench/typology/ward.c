/* Times irm_tree_ward beside a plain chain of nearest neighbours, on a matrix of doubles
 * made here: ward KIND N P THREADS [naive | write FILE]. KIND is normal (independent
 * normal variables, the hardest of distributions for an index) or places (correlated,
 * skewed variables, as indicators of communes are). Prints kind, n, p, threads, seconds
 * on the clock, seconds of processor, peak memory in mebibytes, the sum of heights and a
 * digest of the tree. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "irminon/tree.h"

typedef struct source {
    uint64_t state;
} source;

static double uniform(source *from) {
    uint64_t z = (from->state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static double normal(source *from) {
    double radius = sqrt(-2 * log(uniform(from)));
    return radius * cos(2 * acos(-1.0) * uniform(from));
}

static void fill(irm_matrix *x, const char *kind) {
    enum { FACTORS = 4 };
    source from = {1};
    bool places = strcmp(kind, "places") == 0;
    for (size_t i = 0; i < x->rows; i++) {
        double factor[FACTORS];
        for (size_t f = 0; f < FACTORS; f++) {
            factor[f] = normal(&from);
        }
        for (size_t j = 0; j < x->columns; j++) {
            double value = normal(&from);
            if (places) {
                value =
                    0.5 * value + factor[j % FACTORS] + 0.5 * factor[(j / 2) % FACTORS];
                value = j % 3 == 0 ? exp(0.7 * value) : value;
            }
            irm_matrix_row(x, i)[j] = value;
        }
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double processor(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The plain algorithm: each search looks at all clusters that are left. */
typedef struct plain {
    size_t p, left;
    double *centers, *weights;
    size_t *chain, length;
} plain;

static double ward_between(const plain *self, size_t a, size_t b) {
    double squares = 0;
    for (size_t j = 0; j < self->p; j++) {
        double apart = self->centers[a * self->p + j] - self->centers[b * self->p + j];
        squares += apart * apart;
    }
    double wa = self->weights[a], wb = self->weights[b];
    return 2 * wa * wb / (wa + wb) * squares;
}

/* The nearest to `top`; `former` (may be SIZE_MAX) before any at its distance. */
static size_t nearest_to(const plain *self, size_t top, size_t former, double *least) {
    size_t nearest = former;
    *least = former == SIZE_MAX ? INFINITY : ward_between(self, top, former);
    for (size_t i = 0; i < self->left; i++) {
        double distance = i == top ? INFINITY : ward_between(self, top, i);
        if (distance < *least) {
            *least = distance;
            nearest = i;
        }
    }
    return nearest;
}

/* The last cluster takes the place of the one that is gone. */
static void merge_plainly(plain *self, size_t one, size_t other) {
    size_t p = self->p, a = one < other ? one : other, b = one < other ? other : one;
    double share = self->weights[b] / (self->weights[a] + self->weights[b]);
    for (size_t j = 0; j < p; j++) {
        self->centers[a * p + j] +=
            share * (self->centers[b * p + j] - self->centers[a * p + j]);
    }
    self->weights[a] += self->weights[b];
    self->left--;
    memmove(self->centers + b * p, self->centers + self->left * p, p * sizeof(double));
    self->weights[b] = self->weights[self->left];
    self->length -= 2;
    for (size_t c = 0; c < self->length; c++) {
        self->chain[c] = self->chain[c] == self->left ? b : self->chain[c];
    }
}

/* Returns the sum of heights. */
static double naive(const irm_matrix *x) {
    size_t n = x->rows, p = x->columns;
    plain self = {.p = p,
                  .left = n,
                  .centers = malloc(n * p * sizeof(double)),
                  .weights = malloc(n * sizeof(double)),
                  .chain = malloc(n * sizeof(size_t))};
    if (self.centers == NULL || self.weights == NULL || self.chain == NULL) {
        abort();
    }
    memcpy(self.centers, x->data, n * p * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        self.weights[i] = 1;
    }
    double heights = 0;
    while (self.left > 1) {
        if (self.length == 0) {
            self.chain[self.length++] = 0;
        }
        double least;
        size_t top = self.chain[self.length - 1];
        size_t former = self.length > 1 ? self.chain[self.length - 2] : SIZE_MAX;
        size_t nearest = nearest_to(&self, top, former, &least);
        if (nearest == former) {
            merge_plainly(&self, top, nearest);
            heights += sqrt(least);
        } else {
            self.chain[self.length++] = nearest;
        }
    }
    free(self.centers);
    free(self.weights);
    free(self.chain);
    return heights;
}

static uint64_t digest(const irm_tree *tree) {
    uint64_t hash = 1469598103934665603U;
    for (size_t s = 0; s + 1 < tree->n; s++) {
        const unsigned char *bytes = (const unsigned char *)&tree->merges[s].height;
        for (size_t b = 0; b < sizeof(double); b++) {
            hash = (hash ^ bytes[b]) * 1099511628211U;
        }
        hash = (hash ^ (uint32_t)tree->merges[s].left) * 1099511628211U;
        hash = (hash ^ (uint32_t)tree->merges[s].right) * 1099511628211U;
    }
    return hash;
}

int main(int count, char **arguments) {
    if (count < 5) {
        fprintf(stderr, "usage: %s normal|places N P THREADS [naive | write FILE]\n",
                arguments[0]);
        return 2;
    }
    irm_matrix x;
    irm_error error = {0};
    size_t n = strtoull(arguments[2], NULL, 10), p = strtoull(arguments[3], NULL, 10);
    if (irm_matrix_init(&x, n, p, &error) != IRM_OK) {
        return 1;
    }
    fill(&x, arguments[1]);
    if (count > 6) {
        FILE *file = fopen(arguments[6], "wb");
        size_t written = file == NULL ? 0 : fwrite(x.data, sizeof(double), n * p, file);
        return file == NULL || fclose(file) != 0 || written != n * p;
    }
    double start = now(), spent = processor(), heights = 0;
    uint64_t tree_digest = 0;
    if (count > 5) {
        heights = naive(&x);
    } else {
        irm_tree tree;
        if (irm_tree_ward(&x, NULL, strtoull(arguments[4], NULL, 10), &tree, &error) !=
            IRM_OK) {
            fprintf(stderr, "%s\n", error.message);
            return 1;
        }
        for (size_t s = 0; s + 1 < n; s++) {
            heights += tree.merges[s].height;
        }
        tree_digest = digest(&tree);
        irm_tree_clear(&tree);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%s,%zu,%zu,%s,%.3f,%.3f,%.1f,%.10g,%016" PRIx64 "\n", arguments[1], n, p,
           count > 5 ? "naive" : arguments[4], now() - start, processor() - spent,
           (double)usage.ru_maxrss / 1024, heights, tree_digest);
    irm_matrix_clear(&x);
    return 0;
}
