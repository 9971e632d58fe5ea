#include <math.h>

#include "irminon/geography.h"
#include "irminon/memory.h"

static double weight_of(const double *population, size_t commune) {
    if (population == NULL) {
        return 1;
    }
    return isfinite(population[commune]) ? population[commune] : 0;
}

/* How much of a commune is in a territory. */
static double share_in(const irm_level *level, int32_t index, int32_t commune) {
    size_t n = 0;
    const irm_cut *cuts = level->n_cuts > 0 ? irm_level_cuts(level, commune, &n) : NULL;
    double share = 0;
    for (size_t i = 0; i < n; i++) {
        share += cuts[i].item == index ? cuts[i].share : 0;
    }
    return n > 0 ? share : level->of_commune[commune] == index ? 1 : 0;
}

int32_t irm_geography_main(const irm_geography *geography, const irm_level *of,
                           int32_t index, const irm_level *level,
                           const double *population, size_t *others) {
    if (others != NULL) {
        *others = 0;
    }
    const irm_level *communes = irm_geography_level(geography, "com");
    if (of->of_commune == NULL || level->of_commune == NULL || communes == NULL) {
        return -1;
    }
    /* A shade over zero for each commune: a territory without inhabitants is still met. */
    double *held = irm_calloc(level->count, sizeof *held);
    if (held == NULL) {
        return -1;
    }
    int32_t best = -1;
    size_t met = 0;
    for (size_t c = 0; c < communes->count; c++) {
        int32_t there = level->of_commune[c];
        double share = share_in(of, index, (int32_t)c);
        if (share > 0 && there >= 0) {
            met += held[there] == 0;
            held[there] += share * (weight_of(population, c) + 1e-9);
        }
    }
    for (size_t i = 0; i < level->count; i++) {
        if (held[i] > 0 && (best < 0 || held[i] > held[best])) {
            best = (int32_t)i;
        }
    }
    irm_free(held);
    if (others != NULL && met > 0) {
        *others = met - 1;
    }
    return best;
}
