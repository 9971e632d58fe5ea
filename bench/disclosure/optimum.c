/* What the heuristic hides beside the least there is: bench_optimum [TABLES]
 *
 * Small random tables (places by families, a total, two zonings that do not nest,
 * threshold 5, cells of the cost that `irminon protect` gives them), each protected
 * twice: by the heuristic alone, and with the exact search. Tables that the exact search
 * does not settle are left out, and counted. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "irminon/disclosure.h"

enum { PLACES = 8, FAMILIES = 2, ITEMS = PLACES + 2 + 2 + 1, COLUMNS = FAMILIES + 1 };

static unsigned draw(unsigned long long *seed, unsigned below) {
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)((*seed >> 33) % below);
}

static int in_item(size_t item, size_t place) {
    size_t zone = place < 4 ? 0 : 1, other = place < 3 ? 0 : 1;
    return item == place || item == PLACES + zone || item == PLACES + 2 + other ||
           item + 1 == ITEMS;
}

/* 0 where the table cannot be used. */
static int build(unsigned long long seed, irm_release **release, double *cost) {
    double value[ITEMS][COLUMNS] = {{0}};
    size_t parts[ITEMS * COLUMNS];
    for (size_t p = 0; p < PLACES; p++) {
        for (size_t f = 0; f < FAMILIES; f++) {
            double v = 1 + draw(&seed, draw(&seed, 4) == 0 ? 6 : 60);
            for (size_t item = 0; item < ITEMS; item++) {
                value[item][f] += in_item(item, p) ? v : 0;
                value[item][FAMILIES] += in_item(item, p) ? v : 0;
            }
        }
    }
    if (irm_release_new(release, NULL) != IRM_OK) {
        return 0;
    }
    for (size_t c = 0; c < ITEMS * COLUMNS; c++) {
        double v = value[c / COLUMNS][c % COLUMNS];
        cost[c] = 1 + log2(1 + v);
        irm_release_cell(*release, v, cost[c], NULL);
        if (v < 5) {
            irm_release_hide(*release, c, v > 1 ? 1 : 0, 5 - v);
        }
    }
    for (size_t item = 0; item < ITEMS; item++) {
        for (size_t f = 0; f < FAMILIES; f++) {
            parts[f] = item * COLUMNS + f;
        }
        irm_release_sum(*release, 1, item * COLUMNS + FAMILIES, parts, FAMILIES, NULL);
        for (size_t f = 0; item >= PLACES && f < COLUMNS; f++) {
            size_t n = 0;
            for (size_t p = 0; p < PLACES; p++) {
                if (in_item(item, p)) {
                    parts[n++] = p * COLUMNS + f;
                }
            }
            irm_release_sum(*release, 0, item * COLUMNS + f, parts, n, NULL);
        }
    }
    return 1;
}

typedef struct outcome {
    double cost;
    size_t beside;
    int exact, possible;
} outcome;

static outcome protect(unsigned long long seed, size_t nodes) {
    irm_release *release;
    irm_protection protection;
    double cost[ITEMS * COLUMNS];
    outcome of = {0};
    if (!build(seed, &release, cost)) {
        return of;
    }
    irm_release_search_nodes(release, nodes);
    of.possible = irm_release_protect(release, NULL, &protection, NULL) == IRM_OK;
    of.exact = protection.exact;
    of.beside = protection.beside;
    for (size_t c = 0; c < ITEMS * COLUMNS; c++) {
        of.cost += irm_release_hiding(release, c) == IRM_HIDDEN_BESIDE ? cost[c] : 0;
    }
    irm_release_free(release);
    return of;
}

int main(int argc, char **argv) {
    unsigned long tables = argc > 1 ? strtoul(argv[1], NULL, 10) : 200, compared = 0;
    unsigned long equal = 0, left_out = 0, beside[2] = {0};
    double cost[2] = {0}, worst = 1;
    for (unsigned long t = 1; t <= tables; t++) {
        outcome heuristic = protect(t, 0), exact = protect(t, 200000);
        if (!heuristic.possible || !exact.exact || exact.cost <= 0) {
            left_out++;
            continue;
        }
        compared++;
        equal += heuristic.cost <= exact.cost * (1 + 1e-9);
        worst = fmax(worst, heuristic.cost / exact.cost);
        cost[0] += heuristic.cost;
        cost[1] += exact.cost;
        beside[0] += heuristic.beside;
        beside[1] += exact.beside;
    }
    printf(
        "tables,compared,left_out,equal,beside_heuristic,beside_exact,cost_ratio,worst\n"
        "%lu,%lu,%lu,%lu,%lu,%lu,%.4f,%.4f\n",
        tables, compared, left_out, equal, beside[0], beside[1],
        compared > 0 ? cost[0] / cost[1] : 0, worst);
    return 0;
}
