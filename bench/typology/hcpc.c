/* Times the French workflow on a table in memory: principal components, Ward's tree on
 * the first five, the proposed cut, consolidation, description of the classes.
 *
 *   bench_hcpc write FILE.csv N P   makes the table: six groups in correlated variables
 *   bench_hcpc FILE.csv THREADS     prints the milliseconds of each step, then the
 *                                   eigenvalues and the sizes of the classes */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "irminon/factor.h"
#include "irminon/partition.h"
#include "irminon/profile.h"
#include "irminon/tree.h"

enum { GROUPS = 6, AXES = 5, MOST_CLASSES = 10 };

/* Park & Miller. */
static double uniform(double *state) {
    *state = (double)(((uint64_t)*state * 16807) % 2147483647);
    return *state / 2147483647;
}

static int write_table(const char *path, size_t n, size_t p) {
    FILE *file = fopen(path, "w");
    double state = 1, centers[GROUPS][64];
    if (file == NULL || p > 64) {
        return 2;
    }
    for (size_t g = 0; g < GROUPS * 64; g++) {
        centers[g / 64][g % 64] = 1.5 * uniform(&state);
    }
    for (size_t i = 0; i < n; i++) {
        size_t group = (size_t)(uniform(&state) * GROUPS);
        double common = uniform(&state);
        for (size_t j = 0; j < p; j++) {
            double own = uniform(&state) + uniform(&state);
            fprintf(file, "%s%.17g", j > 0 ? "," : "",
                    (double)(j + 1) * (centers[group][j] + common + own));
        }
        fputc('\n', file);
    }
    return fclose(file) != 0;
}

static void fail(const irm_error *error) {
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static void check(irm_status status, const irm_error *error) {
    if (status != IRM_OK) {
        fail(error);
    }
}

static irm_matrix read_table(const char *path) {
    char line[4096];
    FILE *file = fopen(path, "r");
    irm_matrix x = {0};
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        size_t columns = 0;
        for (char *at = line; *at != '\0' && *at != '\n'; columns++) {
            if (x.rows == 0) {
                x.columns = columns + 1;
            }
            double *grown = realloc(x.data, (x.rows * x.columns + columns + 1) * 8);
            if (grown == NULL) {
                exit(1);
            }
            x.data = grown;
            x.data[x.rows * x.columns + columns] = strtod(at, &at);
            at += *at == ',';
        }
        x.rows++;
    }
    if (file != NULL) {
        fclose(file);
    }
    return x;
}

/* Milliseconds since the last call. */
static double lap(void) {
    static double last;
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    double now = 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec,
           spent = now - last;
    last = now;
    return spent;
}

typedef struct workflow {
    irm_factors factors;
    irm_tree tree;
    irm_partition partition;
    irm_profile_number *profiles;
    double *eta2, *p_values;
} workflow;

static void describe(const irm_matrix *x, workflow *self, irm_error *error) {
    size_t k = self->partition.k, p = x->columns;
    const int32_t *classes = self->partition.classes;
    check(irm_profile_numbers(x, NULL, classes, k, self->profiles, error), error);
    check(irm_profile_eta2(x, NULL, classes, k, self->eta2, self->p_values, error),
          error);
    check(irm_profile_numbers(&self->factors.individuals.coordinates, NULL, classes, k,
                              self->profiles + k * p, error),
          error);
}

static void run(const irm_matrix *x, size_t threads, workflow *self, irm_error *error) {
    irm_pca_options options = {.reduce = true, .axes = AXES, .threads = threads};
    const irm_matrix *plane = &self->factors.individuals.coordinates;
    int32_t *classes = malloc(x->rows * sizeof *classes);
    irm_partition cut;
    size_t k;
    lap();
    check(irm_pca(x, &options, &self->factors, error), error);
    printf("pca,%.3f\n", lap());
    check(irm_tree_ward(plane, NULL, threads, &self->tree, error), error);
    printf("tree,%.3f\n", lap());
    check(irm_tree_propose(&self->tree, 3, MOST_CLASSES, &k, error), error);
    check(irm_tree_cut(&self->tree, k, classes, error), error);
    check(irm_partition_of(plane, NULL, classes, k, &cut, error), error);
    check(irm_kmeans_from(plane, NULL, &cut.centers, 10, &self->partition, error), error);
    printf("classes,%.3f\n", lap());
    describe(x, self, error);
    printf("description,%.3f\n", lap());
    irm_partition_clear(&cut);
    free(classes);
}

static int by_size(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static void print_result(const workflow *self) {
    size_t sizes[MOST_CLASSES] = {0};
    for (size_t i = 0; i < self->partition.n; i++) {
        sizes[self->partition.classes[i]]++;
    }
    qsort(sizes, self->partition.k, sizeof *sizes, by_size);
    printf("result");
    for (size_t a = 0; a < AXES; a++) {
        printf(",%.9g", self->factors.eigenvalues[a]);
    }
    for (size_t c = 0; c < self->partition.k; c++) {
        printf(",%zu", sizes[c]);
    }
    printf("\n");
}

int main(int count, char **arguments) {
    if (count == 5 && strcmp(arguments[1], "write") == 0) {
        return write_table(arguments[2], strtoul(arguments[3], NULL, 10),
                           strtoul(arguments[4], NULL, 10));
    }
    if (count != 3) {
        fprintf(stderr, "usage: bench_hcpc write FILE.csv N P | FILE.csv THREADS\n");
        return 2;
    }
    irm_error error = {0};
    irm_matrix x = read_table(arguments[1]);
    workflow self = {
        .profiles = calloc(MOST_CLASSES * (x.columns + AXES), sizeof *self.profiles),
        .eta2 = calloc(x.columns, sizeof *self.eta2),
        .p_values = calloc(x.columns, sizeof *self.p_values),
    };
    if (self.profiles == NULL || self.eta2 == NULL || self.p_values == NULL) {
        return 1;
    }
    run(&x, strtoul(arguments[2], NULL, 10), &self, &error);
    print_result(&self);
    irm_factors_clear(&self.factors);
    irm_tree_clear(&self.tree);
    irm_partition_clear(&self.partition);
    irm_matrix_clear(&x);
    free(self.profiles);
    free(self.eta2);
    free(self.p_values);
    return 0;
}
