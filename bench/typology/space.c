/* Times contiguity and autocorrelation on a layer of polygons.
 *
 *   bench_space write FILE.geojson SIDE   makes the layer: SIDE x SIDE squares with moved
 *                                         corners, and a value that is like its
 * neighbours' bench_space FILE.geojson THREADS PERMUTATIONS prints the milliseconds of
 * each step, then what spdep must find as well
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "irminon/geometry.h"
#include "irminon/spatial.h"

static double uniform(uint64_t *state) { /* Park & Miller */
    *state = *state * 16807 % 2147483647;
    return (double)*state / 2147483647;
}

static int write_layer(const char *path, size_t side) {
    FILE *file = fopen(path, "w");
    size_t corners = side + 1;
    double *x = calloc(corners * corners, sizeof *x);
    double *y = calloc(corners * corners, sizeof *y);
    uint64_t state = 1;
    if (file == NULL || x == NULL || y == NULL) {
        return 1;
    }
    for (size_t c = 0; c < corners * corners; c++) {
        x[c] = (double)(c % corners) + 0.6 * uniform(&state);
        y[c] = (double)(c / corners) + 0.6 * uniform(&state);
    }
    fputs("{\"type\":\"FeatureCollection\",\"features\":[", file);
    for (size_t i = 0; i < side * side; i++) {
        size_t c = i / side * corners + i % side;
        size_t ring[] = {c, c + 1, c + corners + 1, c + corners, c};
        double value = sin(x[c] / 9) + cos(y[c] / 7) + 2 * uniform(&state);
        fprintf(file,
                "%s\n{\"type\":\"Feature\",\"properties\":{\"value\":%.4f},\"geometry\":"
                "{\"type\":\"Polygon\",\"coordinates\":[[",
                i > 0 ? "," : "", value);
        for (size_t p = 0; p < 5; p++) {
            fprintf(file, "%s[%.4f,%.4f]", p > 0 ? "," : "", x[ring[p]], y[ring[p]]);
        }
        fputs("]]}}", file);
    }
    fputs("]}\n", file);
    free(x);
    free(y);
    return fclose(file) != 0;
}

static irm_error error;

static void check(irm_status status) {
    if (status != IRM_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
}

static double started;

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static void lap(const char *step) {
    double now = milliseconds();
    if (step != NULL) {
        printf("%s,%.3f\n", step, now - started);
    }
    started = milliseconds();
}

static int measure(const char *path, size_t threads, size_t permutations) {
    irm_table table = {0};
    irm_shapes *shapes = NULL;
    irm_neighbours queen = {0};
    irm_autocorrelation moran;
    check(irm_geometry_read(path, NULL, "layer", &table, &error));
    check(irm_shapes_new(irm_table_column(&table, "geometry"), table.n_rows, &shapes,
                         &error));
    const double *x = irm_table_column(&table, "value")->values;
    irm_local *local = calloc(table.n_rows, sizeof *local);
    if (local == NULL) {
        return 1;
    }
    lap(NULL);
    check(irm_neighbours_contiguous(shapes, IRM_CONTIGUITY_QUEEN, 0, threads, &queen,
                                    &error));
    lap("queen contiguity");
    irm_neighbours_standardise(&queen);
    lap(NULL);
    check(irm_moran(x, &queen, permutations, 1, threads, &moran, &error));
    lap("Moran");
    check(irm_local_moran(x, &queen, permutations, 1, threads, local, &error));
    lap("local Moran");
    double sum = 0;
    for (size_t i = 0; i < table.n_rows; i++) {
        sum += local[i].z * local[i].z;
    }
    printf("result,%zu,%.9g,%.9g,%.9g\n", queen.start[queen.n], moran.statistic, moran.z,
           sum);
    irm_neighbours_clear(&queen);
    irm_shapes_free(shapes);
    irm_table_clear(&table);
    free(local);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "write") == 0) {
        return write_layer(argv[2], strtoul(argv[3], NULL, 10));
    }
    if (argc != 4) {
        fputs("usage: bench_space write FILE SIDE | bench_space FILE THREADS DRAWS\n",
              stderr);
        return 2;
    }
    return measure(argv[1], strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
}
