/* Times the data part of a portrait: from an open store to the model, before any ink.
 *   bench_portrait STORE TERRITORY [RUNS]
 * Prints, in milliseconds, medians over RUNS (each opens the store anew), as CSV. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <irminon.h>

enum { OPEN, GEOGRAPHY, COMPUTE, AGAIN, N_STEPS, MOST_RUNS = 101 };
static const char *const step_names[N_STEPS] = {"open", "geography", "compute", "again"};

typedef struct session {
    irm_store *store;
    irm_registry *registry;
    irm_catalogue *catalogue;
    irm_geography *geography;
    irm_evaluator *evaluator;
    irm_portraitist *portraitist;
    irm_reporter silent;
} session;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void session_clear(session *s) {
    irm_portraitist_free(s->portraitist);
    irm_evaluator_free(s->evaluator);
    irm_geography_free(s->geography);
    irm_catalogue_free(s->catalogue);
    irm_registry_free(s->registry);
    irm_store_free(s->store);
    *s = (session){0};
}

static irm_status compute(session *s, const char *territory, irm_error *error) {
    irm_place place;
    irm_portrait portrait;
    IRM_TRY(irm_geography_parse(s->geography, territory, &place.level, &place.index, error));
    place.code = place.level->items[place.index].code;
    place.name = place.level->items[place.index].name;
    IRM_TRY(irm_portrait_compute(s->portraitist, place, NULL, 0, &portrait, error));
    irm_portrait_clear(&portrait);
    return IRM_OK;
}

/* One run; `step` receives the milliseconds of each step. */
static irm_status run(session *s, const char *store, const char *territory,
                      double step[N_STEPS], irm_error *error) {
    double start = now();
    IRM_TRY(irm_store_open(store, false, &s->store, error));
    IRM_TRY(irm_registry_new(&s->registry, error));
    IRM_TRY(irm_catalogue_new(&s->catalogue, error));
    step[OPEN] = now() - start, start += step[OPEN];
    IRM_TRY(irm_geography_load(s->store, 0, &s->geography, error));
    step[GEOGRAPHY] = now() - start, start += step[GEOGRAPHY];
    IRM_TRY(irm_evaluator_new(s->store, s->geography, s->catalogue, s->registry, &s->silent,
                              &s->evaluator, error));
    IRM_TRY(irm_portraitist_new(s->evaluator, s->store, s->geography, s->catalogue,
                                &s->silent, &s->portraitist, error));
    IRM_TRY(compute(s, territory, error));
    step[COMPUTE] = now() - start, start += step[COMPUTE];
    IRM_TRY(compute(s, territory, error));
    step[AGAIN] = now() - start;
    return IRM_OK;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static double times[N_STEPS][MOST_RUNS];
    int runs = argc > 3 ? atoi(argv[3]) : 5;
    if (argc < 3 || runs < 1 || runs > MOST_RUNS) {
        fputs("usage: bench_portrait STORE TERRITORY [RUNS]\n", stderr);
        return 2;
    }
    for (int r = 0; r < runs; r++) {
        session s = {0};
        irm_error error;
        double step[N_STEPS];
        irm_status status = run(&s, argv[1], argv[2], step, &error);
        session_clear(&s);
        if (status != IRM_OK) {
            fprintf(stderr, "bench_portrait: %s\n", error.message);
            return 1;
        }
        for (int i = 0; i < N_STEPS; i++) {
            times[i][r] = step[i];
        }
    }
    puts("step,milliseconds");
    for (int i = 0; i < N_STEPS; i++) {
        qsort(times[i], (size_t)runs, sizeof times[i][0], ascending);
        printf("%s,%.2f\n", step_names[i], times[i][runs / 2]);
    }
    return 0;
}
