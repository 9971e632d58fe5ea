#include "spatial/regions.h"

#include <string.h>

#include "irminon/memory.h"

irm_status regions_init(regions *r, const region_rules *rules, irm_error *error) {
    size_t n = rules->graph->n;
    *r = (regions){.rules = rules,
                   .of = irm_calloc(n, sizeof *r->of),
                   .size = irm_calloc(n, sizeof *r->size),
                   .people = irm_calloc(n, sizeof *r->people),
                   .list = irm_calloc(n, sizeof *r->list),
                   .stamp = irm_calloc(n, sizeof *r->stamp)};
    if (!r->of || !r->size || !r->people || !r->list || !r->stamp) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_matrix_init(&r->sums, n, rules->x->columns, error));
    regions_empty(r);
    return IRM_OK;
}

void regions_clear(regions *r) {
    irm_free(r->of);
    irm_free(r->size);
    irm_free(r->people);
    irm_free(r->list);
    irm_free(r->stamp);
    irm_matrix_clear(&r->sums);
    *r = (regions){0};
}

void regions_empty(regions *r) {
    size_t n = r->rules->graph->n;
    for (size_t i = 0; i < n; i++) {
        r->of[i] = -1;
        r->size[i] = 0;
        r->people[i] = 0.0;
    }
    memset(r->sums.data, 0, n * r->sums.columns * sizeof *r->sums.data);
    r->count = 0;
}

double regions_people(const region_rules *rules, uint32_t unit) {
    return rules->population == NULL ? 1.0 : rules->population[unit];
}

static void move_sums(regions *r, uint32_t unit, int32_t region, double sign) {
    const double *row = irm_matrix_row(r->rules->x, unit);
    double *sums = irm_matrix_row(&r->sums, (size_t)region);
    for (size_t j = 0; j < r->sums.columns; j++) {
        sums[j] += sign * row[j];
    }
    r->people[region] += sign * regions_people(r->rules, unit);
}

void regions_add(regions *r, uint32_t unit, int32_t region) {
    move_sums(r, unit, region, 1.0);
    r->size[region]++;
    r->of[unit] = region;
}

void regions_remove(regions *r, uint32_t unit) {
    move_sums(r, unit, r->of[unit], -1.0);
    r->size[r->of[unit]]--;
    r->of[unit] = -1;
}

static double squared_to_mean(const regions *r, uint32_t unit, int32_t region) {
    const double *row = irm_matrix_row(r->rules->x, unit);
    const double *sums = irm_matrix_row(&r->sums, (size_t)region);
    double squared = 0.0;
    for (size_t j = 0; j < r->sums.columns; j++) {
        double difference = row[j] - sums[j] / (double)r->size[region];
        squared += difference * difference;
    }
    return squared;
}

double regions_cost(const regions *r, uint32_t unit, int32_t region) {
    double size = (double)r->size[region];
    return size > 0.0 ? size / (size + 1.0) * squared_to_mean(r, unit, region) : 0.0;
}

double regions_relief(const regions *r, uint32_t unit) {
    double size = (double)r->size[r->of[unit]];
    return size > 1.0 ? size / (size - 1.0) * squared_to_mean(r, unit, r->of[unit]) : 0.0;
}

/* From one of the unit's neighbours in the region, walks the region until all of them are
 * met. */
bool regions_can_leave(regions *r, uint32_t unit) {
    const irm_neighbours *graph = r->rules->graph;
    int32_t region = r->of[unit];
    size_t wanted = 0;
    size_t count = 0;
    for (size_t at = graph->start[unit]; at < graph->start[unit + 1]; at++) {
        if (r->of[graph->index[at]] == region) {
            r->list[0] = graph->index[at];
            r->stamp[graph->index[at]] = 1; /* to be met */
            wanted++;
        }
    }
    if (wanted > 0) {
        r->stamp[r->list[count++]] = 2;
        wanted--;
    }
    r->stamp[unit] = 2;
    for (size_t next = 0; next < count && wanted > 0; next++) {
        uint32_t from = r->list[next];
        for (size_t at = graph->start[from]; at < graph->start[from + 1]; at++) {
            uint32_t to = graph->index[at];
            if (r->of[to] == region && r->stamp[to] != 2) {
                wanted -= r->stamp[to] == 1;
                r->stamp[to] = 2;
                r->list[count++] = to;
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        r->stamp[r->list[i]] = 0;
    }
    r->stamp[unit] = 0;
    for (size_t at = graph->start[unit]; at < graph->start[unit + 1]; at++) {
        r->stamp[graph->index[at]] = 0;
    }
    return wanted == 0;
}

double regions_within(const regions *r, double *scratch) {
    size_t columns = r->sums.columns;
    size_t n = r->rules->graph->n;
    double sum = 0.0;
    for (size_t j = 0; j < columns; j++) {
        for (size_t g = 0; g < r->count; g++) {
            scratch[g] = 0.0;
        }
        for (size_t i = 0; i < n; i++) {
            scratch[r->of[i]] += irm_matrix_row(r->rules->x, i)[j];
        }
        for (size_t i = 0; i < n; i++) {
            double mean = scratch[r->of[i]] / (double)r->size[r->of[i]];
            double difference = irm_matrix_row(r->rules->x, i)[j] - mean;
            sum += difference * difference;
        }
    }
    return sum;
}
