#include <math.h>

#include "irminon/disclosure.h"

static double sum_of_largest(const irm_disclosure_cell *cell, unsigned n) {
    double sum = 0;
    for (unsigned i = 0; i < n && i < IRM_DISCLOSURE_LARGEST && i < cell->contributors;
         i++) {
        sum += cell->largest[i];
    }
    return sum;
}

/* No one may be sure that the cell is under the threshold, nor of its least value. */
static bool under_threshold(const irm_disclosure_rules *rules,
                            const irm_disclosure_cell *cell, double *below,
                            double *above) {
    double size = cell->counted ? cell->value : cell->contributors;
    if (!(size < rules->threshold)) {
        return false;
    }
    *below = cell->counted ? fmax(0, fmin(1, cell->value - 1)) : 0.1 * cell->value;
    *above = cell->counted ? rules->threshold - cell->value : 0.1 * cell->value;
    return true;
}

/* Hundepool and others, table 4.3: 100/k times the n largest, less the cell. */
static bool dominated(const irm_disclosure_rules *rules, const irm_disclosure_cell *cell,
                      double *below, double *above) {
    double largest = rules->dominant > 0 ? sum_of_largest(cell, rules->dominant) : 0;
    if (rules->dominant == 0 || !(largest > rules->dominance / 100 * cell->value)) {
        return false;
    }
    *below = *above = 100 / rules->dominance * largest - cell->value;
    return true;
}

/* The same: p % of the largest, less what the two largest leave. */
static bool estimable(const irm_disclosure_rules *rules, const irm_disclosure_cell *cell,
                      double *below, double *above) {
    if (rules->p_percent <= 0) {
        return false;
    }
    double first = sum_of_largest(cell, 1), rest = cell->value - sum_of_largest(cell, 2);
    if (!(rest < rules->p_percent / 100 * first)) {
        return false;
    }
    *below = *above = rules->p_percent / 100 * first - rest;
    return true;
}

const char *irm_disclosure_sensitive(const irm_disclosure_rules *rules,
                                     const irm_disclosure_cell *cell, double *below,
                                     double *above) {
    static const struct {
        const char *name;
        bool (*finds)(const irm_disclosure_rules *, const irm_disclosure_cell *, double *,
                      double *);
    } all[] = {{"threshold", under_threshold},
               {"dominance", dominated},
               {"p_percent", estimable}};
    const char *first = NULL;
    *below = *above = 0;
    if (!(cell->value > 0)) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        double low = 0, high = 0;
        if (all[i].finds(rules, cell, &low, &high)) {
            first = first != NULL ? first : all[i].name;
            *below = fmax(*below, fmin(low, cell->value));
            *above = fmax(*above, high);
        }
    }
    return first;
}
