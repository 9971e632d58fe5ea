/* Times irm_tree_ward beside a plain chain of nearest neighbours, on a matrix of doubles
 * made here: ward KIND N P THREADS [naive]. KIND is normal (independent normal variables,
 * the hardest of distributions for an index) or places (correlated, skewed variables, as
 * indicators of communes are). Prints seconds, peak memory in megabytes and a digest of
 * the tree. */
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

/* The plain algorithm: each search looks at all clusters. Returns the sum of heights. */
static double naive(const irm_matrix *x) {
    size_t n = x->rows, p = x->columns, left = n, length = 0;
    double *centers = malloc(n * p * sizeof *centers);
    double *weights = malloc(n * sizeof *weights);
    size_t *chain = malloc(n * sizeof *chain);
    if (centers == NULL || weights == NULL || chain == NULL) {
        abort();
    }
    memcpy(centers, x->data, n * p * sizeof *centers);
    for (size_t i = 0; i < n; i++) {
        weights[i] = 1;
    }
    double heights = 0;
    for (size_t merges = 0; merges + 1 < n;) {
        if (length == 0) {
            chain[length++] = 0;
        }
        size_t top = chain[length - 1], nearest = length > 1 ? chain[length - 2] : n;
        double least = INFINITY;
        for (size_t pass = 0; pass < 2; pass++) {
            for (size_t i = pass == 0 && nearest < n ? nearest : 0; i < left; i++) {
                if (i != top) {
                    double squares = 0;
                    for (size_t j = 0; j < p; j++) {
                        double d = centers[i * p + j] - centers[top * p + j];
                        squares += d * d;
                    }
                    double d = 2 * weights[i] * weights[top] /
                               (weights[i] + weights[top]) * squares;
                    if (d < least) {
                        least = d;
                        nearest = i;
                    }
                }
                if (pass == 0) {
                    break;
                }
            }
        }
        if (length > 1 && nearest == chain[length - 2]) {
            size_t a = nearest < top ? nearest : top, b = nearest < top ? top : nearest;
            double share = weights[b] / (weights[a] + weights[b]);
            for (size_t j = 0; j < p; j++) {
                centers[a * p + j] += share * (centers[b * p + j] - centers[a * p + j]);
            }
            weights[a] += weights[b];
            left--;
            memcpy(centers + b * p, centers + left * p, p * sizeof *centers);
            weights[b] = weights[left];
            length -= 2;
            for (size_t c = 0; c < length; c++) {
                chain[c] = chain[c] == left ? b : chain[c];
            }
            heights += sqrt(least);
            merges++;
        } else {
            chain[length++] = nearest;
        }
    }
    free(centers);
    free(weights);
    free(chain);
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
        fprintf(stderr, "usage: %s normal|places N P THREADS [naive|write FILE]\n",
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
