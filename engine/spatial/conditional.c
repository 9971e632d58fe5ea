#include "spatial/conditional.h"

#include <math.h>

#include "core/random.h"
#include "irminon/memory.h"
#include "irminon/threads.h"

/* Up to this many neighbours, repeats are rejected; beyond, a shuffle begun and undone.
 */
enum { FEW = 16, GRAIN = 32 };

typedef struct row { /* the neighbours of a unit, itself left out */
    size_t k;
    double *weight;
    double observed, slack;
} row;

typedef struct drawer { /* one a worker */
    double *weight;     /* room for the longest row */
    uint32_t *order;    /* n: a permutation, always put back; NULL until needed */
    uint32_t *taken;
} drawer;

typedef struct drawing {
    const double *values;
    const irm_neighbours *weights;
    size_t permutations, longest;
    uint64_t seed;
    double largest; /* of the absolute values */
    drawer *drawers;
    tail_counts *counts;
} drawing;

static row read_row(const drawing *d, size_t unit, drawer *mine) {
    const irm_neighbours *w = d->weights;
    row r = {.weight = mine->weight};
    double absolute = 0.0;
    for (size_t at = w->start[unit]; at < w->start[unit + 1]; at++) {
        if (w->index[at] != unit) {
            r.weight[r.k++] = w->weights[at];
            r.observed += w->weights[at] * d->values[w->index[at]];
            absolute += fabs(w->weights[at]);
        }
    }
    r.slack = 1e-12 * absolute * d->largest;
    return r;
}

/* Units but `unit`, by a number from 0 to n - 2. */
static inline uint32_t other_than(uint32_t unit, uint32_t number) {
    return number + (number >= unit);
}

static double draw_few(const drawing *d, const row *r, uint32_t unit, uint64_t *state) {
    uint32_t others = (uint32_t)d->weights->n - 1;
    uint32_t drawn[FEW];
    double sum = 0.0;
    for (size_t j = 0; j < r->k; j++) {
        uint32_t number;
        bool repeated;
        do {
            number = random_below(state, others);
            repeated = false;
            for (size_t before = 0; before < j; before++) {
                repeated |= drawn[before] == number;
            }
        } while (repeated);
        drawn[j] = number;
        sum += r->weight[j] * d->values[other_than(unit, number)];
    }
    return sum;
}

/* The first k steps of a Fisher–Yates shuffle, undone afterwards. */
static double draw_many(const drawing *d, const row *r, uint32_t unit, uint64_t *state,
                        drawer *mine) {
    uint32_t others = (uint32_t)d->weights->n - 1;
    uint32_t *order = mine->order;
    double sum = 0.0;
    for (uint32_t j = 0; j < r->k; j++) {
        uint32_t at = j + random_below(state, others - j);
        uint32_t number = order[at];
        order[at] = order[j];
        order[j] = number;
        mine->taken[j] = at;
        sum += r->weight[j] * d->values[other_than(unit, number)];
    }
    for (size_t j = r->k; j-- > 0;) {
        uint32_t number = order[j];
        order[j] = order[mine->taken[j]];
        order[mine->taken[j]] = number;
    }
    return sum;
}

static irm_status prepare_many(const drawing *d, drawer *mine, irm_error *error) {
    if (mine->order != NULL) {
        return IRM_OK;
    }
    mine->taken = irm_calloc(d->longest, sizeof *mine->taken);
    uint32_t *order = irm_calloc(d->weights->n, sizeof *order);
    if (mine->taken == NULL || order == NULL) {
        irm_free(order);
        irm_free(mine->taken);
        mine->taken = NULL;
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < d->weights->n; i++) {
        order[i] = (uint32_t)i;
    }
    mine->order = order;
    return IRM_OK;
}

static irm_status draw_units(void *context, size_t first, size_t last, size_t worker,
                             irm_error *error) {
    drawing *d = context;
    drawer *mine = &d->drawers[worker];
    for (size_t unit = first; unit < last; unit++) {
        row r = read_row(d, unit, mine);
        uint64_t state = random_stream(d->seed, unit);
        bool few = r.k <= FEW && 2 * r.k < d->weights->n;
        tail_counts counts = {0};
        if (!few) {
            IRM_TRY(prepare_many(d, mine, error));
        }
        for (size_t p = 0; p < d->permutations && r.k > 0; p++) {
            double sum = few ? draw_few(d, &r, (uint32_t)unit, &state)
                             : draw_many(d, &r, (uint32_t)unit, &state, mine);
            counts.at_least += sum >= r.observed - r.slack;
            counts.at_most += sum <= r.observed + r.slack;
        }
        d->counts[unit] = counts;
    }
    return IRM_OK;
}

irm_status conditional_counts(const double *values, const irm_neighbours *weights,
                              size_t permutations, uint64_t seed, size_t threads,
                              tail_counts *counts, irm_error *error) {
    drawing d = {.values = values,
                 .weights = weights,
                 .permutations = permutations,
                 .seed = seed,
                 .counts = counts};
    for (size_t i = 0; i < weights->n; i++) {
        size_t k = weights->start[i + 1] - weights->start[i];
        d.longest = k > d.longest ? k : d.longest;
        d.largest = fmax(d.largest, fabs(values[i]));
    }
    size_t workers = irm_parallel_workers(weights->n, GRAIN, threads);
    d.drawers = irm_calloc(workers, sizeof *d.drawers);
    bool ready = d.drawers != NULL;
    for (size_t w = 0; ready && w < workers; w++) {
        d.drawers[w].weight = irm_calloc(d.longest, sizeof *d.drawers[w].weight);
        ready = d.drawers[w].weight != NULL;
    }
    irm_status status =
        ready ? irm_parallel_for(weights->n, GRAIN, threads, draw_units, &d, error)
              : irm_fail_memory(error);
    for (size_t w = 0; d.drawers != NULL && w < workers; w++) {
        irm_free(d.drawers[w].weight);
        irm_free(d.drawers[w].order);
        irm_free(d.drawers[w].taken);
    }
    irm_free(d.drawers);
    return status;
}
