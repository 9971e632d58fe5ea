/* max-p regions: growth from random units, then a local search. */
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "irminon/memory.h"
#include "irminon/threads.h"
#include "spatial/neighbours.h"
#include "spatial/regions.h"
#include "spatial/units.h"

/* One a worker: a partition, and what growing it needs. */
typedef struct grower {
    regions parts;
    uint32_t *order;    /* n: units, shuffled */
    uint32_t *frontier; /* n: units beside the region that grows */
    uint32_t *members;  /* n: of that region */
    bool *waiting;      /* n: is in `frontier` */
    double *scratch;    /* n */
} grower;

typedef struct attempt {
    size_t count; /* regions; 0 where the start failed */
    double within;
} attempt;

typedef struct attempts {
    const region_rules *rules;
    uint64_t seed;
    grower *growers;
    attempt *results; /* by start */
} attempts;

static irm_status grower_init(grower *g, const region_rules *rules, irm_error *error) {
    size_t n = rules->graph->n;
    g->order = irm_calloc(n, sizeof *g->order);
    g->frontier = irm_calloc(n, sizeof *g->frontier);
    g->members = irm_calloc(n, sizeof *g->members);
    g->waiting = irm_calloc(n, sizeof *g->waiting);
    g->scratch = irm_calloc(n, sizeof *g->scratch);
    if (!g->order || !g->frontier || !g->members || !g->waiting || !g->scratch) {
        return irm_fail_memory(error);
    }
    return regions_init(&g->parts, rules, error);
}

static void grower_clear(grower *g) {
    regions_clear(&g->parts);
    irm_free(g->order);
    irm_free(g->frontier);
    irm_free(g->members);
    irm_free(g->waiting);
    irm_free(g->scratch);
}

static void shuffle_units(uint32_t *order, size_t n, uint64_t *state) {
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    for (size_t i = n - 1; i > 0; i--) {
        uint32_t j = random_below(state, (uint32_t)i + 1);
        uint32_t moved = order[i];
        order[i] = order[j];
        order[j] = moved;
    }
}

/* The unit enters the region, and its free neighbours the frontier; how many there are.
 */
static size_t take_in(grower *g, uint32_t unit, int32_t region, size_t frontier) {
    const irm_neighbours *graph = g->parts.rules->graph;
    regions_add(&g->parts, unit, region);
    for (size_t at = graph->start[unit]; at < graph->start[unit + 1]; at++) {
        uint32_t beside = graph->index[at];
        if (g->parts.of[beside] < 0 && !g->waiting[beside]) {
            g->waiting[beside] = true;
            g->frontier[frontier++] = beside;
        }
    }
    return frontier;
}

/* Grows a region from a unit, each time by the one beside it that costs least, until the
 * floor is met; gives all back when nothing is left to take. */
static void grow(grower *g, uint32_t seed) {
    regions *parts = &g->parts;
    int32_t region = (int32_t)parts->count;
    size_t members = 0;
    size_t frontier = take_in(g, seed, region, 0);
    g->members[members++] = seed;
    while (parts->people[region] < parts->rules->floor && frontier > 0) {
        size_t best = 0;
        double least = INFINITY;
        for (size_t i = 0; i < frontier; i++) {
            double cost = regions_cost(parts, g->frontier[i], region);
            if (cost < least || (cost <= least && g->frontier[i] < g->frontier[best])) {
                best = i;
                least = cost;
            }
        }
        uint32_t unit = g->frontier[best];
        g->frontier[best] = g->frontier[--frontier];
        g->waiting[unit] = false;
        frontier = take_in(g, unit, region, frontier);
        g->members[members++] = unit;
    }
    for (size_t i = 0; i < frontier; i++) {
        g->waiting[g->frontier[i]] = false;
    }
    if (parts->people[region] >= parts->rules->floor) {
        parts->count++;
        return;
    }
    while (members > 0) {
        regions_remove(parts, g->members[--members]);
    }
    memset(irm_matrix_row(&parts->sums, (size_t)region), 0,
           parts->sums.columns * sizeof *parts->sums.data);
    parts->people[region] = 0.0;
}

/* Gives each unit that is left to the region beside it where it costs least. */
static void take_leftovers(grower *g, size_t n) {
    regions *parts = &g->parts;
    const irm_neighbours *graph = parts->rules->graph;
    for (bool moved = true; moved;) {
        moved = false;
        for (uint32_t unit = 0; unit < n; unit++) {
            int32_t best = -1;
            double least = INFINITY;
            for (size_t at = graph->start[unit];
                 parts->of[unit] < 0 && at < graph->start[unit + 1]; at++) {
                int32_t region = parts->of[graph->index[at]];
                double cost = region < 0 ? INFINITY : regions_cost(parts, unit, region);
                if (cost < least || (cost <= least && region >= 0 && region < best)) {
                    best = region;
                    least = cost;
                }
            }
            if (best >= 0) {
                regions_add(parts, unit, best);
                moved = true;
            }
        }
    }
}

static void build(grower *g, uint64_t seed, size_t start) {
    size_t n = g->parts.rules->graph->n;
    uint64_t state = random_stream(seed, start);
    shuffle_units(g->order, n, &state);
    regions_empty(&g->parts);
    for (size_t i = 0; i < n; i++) {
        if (g->parts.of[g->order[i]] < 0) {
            grow(g, g->order[i]);
        }
    }
    take_leftovers(g, n);
}

static irm_status try_starts(void *context, size_t first, size_t last, size_t worker,
                             irm_error *error) {
    (void)error;
    attempts *all = context;
    grower *g = &all->growers[worker];
    for (size_t start = first; start < last; start++) {
        build(g, all->seed, start);
        all->results[start] =
            (attempt){g->parts.count, regions_within(&g->parts, g->scratch)};
    }
    return IRM_OK;
}

/* A move that keeps floors and pieces and lessens the within sum of squares by more than
 * `least`; -1 where there is none. */
static int32_t better_region(regions *parts, uint32_t unit, double least) {
    const region_rules *rules = parts->rules;
    int32_t own = parts->of[unit];
    double left = parts->people[own] - regions_people(rules, unit);
    int32_t best = -1;
    if (parts->size[own] < 2 || left < rules->floor) {
        return -1;
    }
    double best_gain = least;
    double relief = regions_relief(parts, unit);
    for (size_t at = rules->graph->start[unit]; at < rules->graph->start[unit + 1];
         at++) {
        int32_t region = parts->of[rules->graph->index[at]];
        if (region == own) {
            continue;
        }
        double gain = relief - regions_cost(parts, unit, region);
        if (gain > best_gain || (gain >= best_gain && best >= 0 && region < best)) {
            best = region;
            best_gain = gain;
        }
    }
    return best >= 0 && regions_can_leave(parts, unit) ? best : -1;
}

/* Sums from scratch: those that moves left behind carry their rounding. */
static void refresh(regions *parts) {
    size_t n = parts->rules->graph->n;
    memset(parts->sums.data, 0, n * parts->sums.columns * sizeof *parts->sums.data);
    for (size_t i = 0; i < n; i++) {
        parts->size[i] = 0;
        parts->people[i] = 0.0;
    }
    for (size_t i = 0; i < n; i++) {
        regions_add(parts, (uint32_t)i, parts->of[i]);
    }
}

enum { MOST_PASSES = 100 };

static void search(regions *parts, double within) {
    for (size_t pass = 0, moved = 1; pass < MOST_PASSES && moved > 0; pass++) {
        moved = 0;
        for (uint32_t unit = 0; unit < parts->rules->graph->n; unit++) {
            int32_t region = better_region(parts, unit, 1e-12 * within);
            if (region >= 0) {
                regions_remove(parts, unit);
                regions_add(parts, unit, region);
                moved++;
            }
        }
        refresh(parts);
    }
}

/* Every separate part must reach the floor by itself. */
static irm_status check_floor(const region_rules *rules, irm_error *error) {
    size_t n = rules->graph->n;
    size_t count = 0;
    unit_list small = {0};
    int32_t *of = irm_calloc(n, sizeof *of);
    double *people = irm_calloc(n, sizeof *people);
    irm_status status = of == NULL || people == NULL
                            ? irm_fail_memory(error)
                            : irm_neighbours_components(rules->graph, of, &count, error);
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        people[of[i]] += regions_people(rules, (uint32_t)i);
    }
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        if (people[of[i]] < rules->floor) {
            unit_list_add(&small, i);
        }
    }
    if (status == IRM_OK && small.count > 0) {
        status =
            irm_fail(error, IRM_STATUS_DATA,
                     "%s can reach no floor of %g with those they are joined to: join "
                     "them to their nearest, leave them out, or lower the floor",
                     unit_list_text(&small), rules->floor);
    }
    irm_free(of);
    irm_free(people);
    return status;
}

static irm_status check_max_p(const irm_matrix *x, const irm_neighbours *neighbours,
                              const double *population, double floor, size_t starts,
                              irm_error *error) {
    IRM_TRY(units_check_matrix(x, neighbours->n, error));
    IRM_TRY(units_check_population(population, neighbours->n, error));
    if (!(floor > 0.0) || isinf(floor)) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a floor of %g: expected a finite number over 0", floor);
    }
    if (starts == 0) {
        return irm_fail(error, IRM_STATUS_USAGE, "no starts: expected 1 or more");
    }
    return IRM_OK;
}

/* The start with the most regions, then the least within; the first of equals. */
static size_t best_start(const attempt *results, size_t starts) {
    size_t best = 0;
    for (size_t s = 1; s < starts; s++) {
        bool more = results[s].count > results[best].count;
        bool tighter = results[s].count == results[best].count &&
                       results[s].within < results[best].within;
        best = more || tighter ? s : best;
    }
    return best;
}

static irm_status run(const region_rules *rules, size_t starts, uint64_t seed,
                      size_t threads, int32_t *classes, size_t *k, irm_error *error) {
    size_t workers = irm_parallel_workers(starts, 1, threads);
    size_t n = rules->graph->n;
    attempts all = {.rules = rules,
                    .seed = seed,
                    .growers = irm_calloc(workers, sizeof *all.growers),
                    .results = irm_calloc(starts, sizeof *all.results)};
    irm_status status =
        all.growers == NULL || all.results == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t w = 0; status == IRM_OK && w < workers; w++) {
        status = grower_init(&all.growers[w], rules, error);
    }
    if (status == IRM_OK) {
        status = irm_parallel_for(starts, 1, threads, try_starts, &all, error);
    }
    if (status == IRM_OK) {
        size_t best = best_start(all.results, starts);
        regions *parts = &all.growers[0].parts;
        build(&all.growers[0], seed, best);
        search(parts, all.results[best].within);
        *k = parts->count;
        memcpy(classes, parts->of, n * sizeof *classes);
        status = units_number_classes(classes, n, *k, error);
    }
    for (size_t w = 0; all.growers != NULL && w < workers; w++) {
        grower_clear(&all.growers[w]);
    }
    irm_free(all.growers);
    irm_free(all.results);
    return status;
}

irm_status irm_max_p(const irm_matrix *x, const irm_neighbours *neighbours,
                     const double *population, double floor, size_t starts, uint64_t seed,
                     size_t threads, int32_t *classes, size_t *k, irm_error *error) {
    *k = 0;
    IRM_TRY(check_max_p(x, neighbours, population, floor, starts, error));
    irm_neighbours graph = {0};
    region_rules rules = {
        .x = x, .graph = &graph, .population = population, .floor = floor};
    irm_status status = neighbours_both_ways(neighbours, &graph, error);
    if (status == IRM_OK) {
        status = check_floor(&rules, error);
    }
    if (status == IRM_OK) {
        status = run(&rules, starts, seed, threads, classes, k, error);
    }
    irm_neighbours_clear(&graph);
    return status;
}
