#include "spatial/neighbours.h"

#include <stdlib.h>

#include "irminon/memory.h"
#include "spatial/units.h"

void irm_neighbours_clear(irm_neighbours *neighbours) {
    if (neighbours == NULL) {
        return;
    }
    irm_free(neighbours->start);
    irm_free(neighbours->index);
    irm_free(neighbours->weights);
    *neighbours = (irm_neighbours){0};
}

irm_status neighbours_make(irm_neighbours *neighbours, size_t n, size_t count,
                           irm_error *error) {
    irm_neighbours made = {.n = n,
                           .start = irm_calloc(n + 1, sizeof *made.start),
                           .index = irm_calloc(count, sizeof *made.index),
                           .weights = irm_calloc(count, sizeof *made.weights)};
    if (made.start == NULL || made.index == NULL || made.weights == NULL) {
        irm_neighbours_clear(&made);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        made.weights[i] = 1.0;
    }
    *neighbours = made;
    return IRM_OK;
}

/* Rows come out sorted: that of r takes its smaller partners while their rows are read,
 * then its larger ones from its own. */
irm_status neighbours_from_rows(const pair_rows *rows, irm_neighbours *neighbours,
                                irm_error *error) {
    IRM_TRY(neighbours_make(neighbours, rows->n, 2 * rows->start[rows->n], error));
    size_t *next = irm_calloc(rows->n + 1, sizeof *next);
    if (next == NULL) {
        irm_neighbours_clear(neighbours);
        return irm_fail_memory(error);
    }
    size_t *start = neighbours->start;
    for (size_t a = 0; a < rows->n; a++) {
        start[a + 1] += rows->start[a + 1] - rows->start[a];
        for (size_t at = rows->start[a]; at < rows->start[a + 1]; at++) {
            start[rows->partner[at] + 1]++;
        }
    }
    for (size_t a = 0; a < rows->n; a++) {
        start[a + 1] += start[a];
        next[a] = start[a];
    }
    for (size_t a = 0; a < rows->n; a++) {
        for (size_t at = rows->start[a]; at < rows->start[a + 1]; at++) {
            uint32_t b = rows->partner[at];
            neighbours->index[next[a]++] = b;
            neighbours->index[next[b]++] = (uint32_t)a;
        }
    }
    irm_free(next);
    return IRM_OK;
}

static int by_number(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Sorts each row and takes repeats out; `start` is rewritten. */
static void tidy_rows(size_t *start, uint32_t *partner, size_t n) {
    size_t kept = 0;
    size_t first = start[0];
    for (size_t a = 0; a < n; a++) {
        size_t last = start[a + 1];
        qsort(partner + first, last - first, sizeof *partner, by_number);
        size_t row = kept;
        for (size_t at = first; at < last; at++) {
            if (kept == row || partner[kept - 1] != partner[at]) {
                partner[kept++] = partner[at];
            }
        }
        first = last;
        start[a + 1] = kept;
    }
}

static irm_status check_pairs(const uint32_t *a, const uint32_t *b, size_t count,
                              size_t n, irm_error *error) {
    IRM_TRY(units_check_count(n, error));
    for (size_t i = 0; i < count; i++) {
        if (a[i] >= n || b[i] >= n) {
            return irm_fail(error, IRM_STATUS_DATA,
                            "pair %zu joins units %zu and %zu, but there are %zu units",
                            i + 1, (size_t)a[i] + 1, (size_t)b[i] + 1, n);
        }
        if (a[i] == b[i]) {
            return irm_fail(error, IRM_STATUS_DATA, "pair %zu joins unit %zu to itself",
                            i + 1, (size_t)a[i] + 1);
        }
    }
    return IRM_OK;
}

irm_status irm_neighbours_pairs(const uint32_t *a, const uint32_t *b, size_t count,
                                size_t n, irm_neighbours *neighbours, irm_error *error) {
    *neighbours = (irm_neighbours){0};
    IRM_TRY(check_pairs(a, b, count, n, error));
    irm_status status = IRM_OK;
    size_t *start = irm_calloc(n + 2, sizeof *start);
    uint32_t *partner = irm_calloc(count, sizeof *partner);
    if (start == NULL || partner == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    /* Counted two rows further, so that filling leaves each start where it belongs. */
    for (size_t i = 0; i < count; i++) {
        start[(a[i] < b[i] ? a[i] : b[i]) + 2]++;
    }
    for (size_t row = 0; row < n; row++) {
        start[row + 2] += start[row + 1];
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t low = a[i] < b[i] ? a[i] : b[i];
        partner[start[low + 1]++] = a[i] < b[i] ? b[i] : a[i];
    }
    tidy_rows(start, partner, n);
    status = neighbours_from_rows(&(pair_rows){n, start, partner}, neighbours, error);
cleanup:
    irm_free(start);
    irm_free(partner);
    return status;
}

irm_status neighbours_both_ways(const irm_neighbours *neighbours, irm_neighbours *both,
                                irm_error *error) {
    size_t count = neighbours->start[neighbours->n];
    uint32_t *from = irm_calloc(count, sizeof *from);
    if (from == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < neighbours->n; i++) {
        for (size_t at = neighbours->start[i]; at < neighbours->start[i + 1]; at++) {
            from[at] = (uint32_t)i;
        }
    }
    irm_status status =
        irm_neighbours_pairs(from, neighbours->index, count, neighbours->n, both, error);
    irm_free(from);
    return status;
}

uint32_t *sets_new(size_t n) {
    uint32_t *parent = irm_calloc(n, sizeof *parent);
    for (size_t i = 0; parent != NULL && i < n; i++) {
        parent[i] = (uint32_t)i;
    }
    return parent;
}

uint32_t sets_find(uint32_t *parent, uint32_t unit) {
    while (parent[unit] != unit) {
        parent[unit] = parent[parent[unit]];
        unit = parent[unit];
    }
    return unit;
}

bool sets_join(uint32_t *parent, uint32_t a, uint32_t b) {
    uint32_t left = sets_find(parent, a);
    uint32_t right = sets_find(parent, b);
    if (left == right) {
        return false;
    }
    parent[left < right ? right : left] = left < right ? left : right;
    return true;
}

irm_status irm_neighbours_components(const irm_neighbours *neighbours, int32_t *of,
                                     size_t *count, irm_error *error) {
    uint32_t *parent = sets_new(neighbours->n);
    if (parent == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < neighbours->n; i++) {
        for (size_t at = neighbours->start[i]; at < neighbours->start[i + 1]; at++) {
            sets_join(parent, (uint32_t)i, neighbours->index[at]);
        }
    }
    *count = 0;
    for (size_t i = 0; i < neighbours->n; i++) {
        uint32_t first = sets_find(parent, (uint32_t)i);
        of[i] = first == i ? (int32_t)(*count)++ : of[first];
    }
    irm_free(parent);
    return IRM_OK;
}

void irm_neighbours_standardise(irm_neighbours *neighbours) {
    for (size_t i = 0; i < neighbours->n; i++) {
        double sum = 0.0;
        for (size_t at = neighbours->start[i]; at < neighbours->start[i + 1]; at++) {
            sum += neighbours->weights[at];
        }
        for (size_t at = neighbours->start[i]; at < neighbours->start[i + 1]; at++) {
            neighbours->weights[at] = sum > 0.0 ? neighbours->weights[at] / sum : 0.0;
        }
    }
}

double neighbours_weight(const irm_neighbours *neighbours, size_t i, uint32_t j) {
    size_t low = neighbours->start[i];
    size_t high = neighbours->start[i + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (neighbours->index[middle] < j) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < neighbours->start[i + 1] && neighbours->index[low] == j;
    return found ? neighbours->weights[low] : 0.0;
}

/* The component with the most units; the first of equals. */
static int32_t largest(const int32_t *of, size_t n, size_t *sizes) {
    int32_t best = 0;
    for (size_t i = 0; i < n; i++) {
        sizes[of[i]]++;
    }
    for (size_t i = 0; i < n; i++) {
        best = sizes[of[i]] > sizes[best] ? of[i] : best;
    }
    return best;
}

irm_status neighbours_need_connected(const irm_neighbours *neighbours, const char *what,
                                     irm_error *error) {
    size_t count = 0;
    irm_status status = IRM_OK;
    int32_t *of = irm_calloc(neighbours->n, sizeof *of);
    size_t *sizes = irm_calloc(neighbours->n, sizeof *sizes);
    if (of == NULL || sizes == NULL) {
        status = irm_fail_memory(error);
        goto cleanup;
    }
    status = irm_neighbours_components(neighbours, of, &count, error);
    if (status == IRM_OK && count > 1) {
        unit_list apart = {0};
        int32_t main_part = largest(of, neighbours->n, sizes);
        for (size_t i = 0; i < neighbours->n; i++) {
            if (of[i] != main_part) {
                unit_list_add(&apart, i);
            }
        }
        status = irm_fail(error, IRM_STATUS_DATA,
                          "%s needs units that are all joined: these are in %zu separate "
                          "parts; outside the largest: %s. Join them to their nearest "
                          "first, or leave them out",
                          what, count, unit_list_text(&apart));
    }
cleanup:
    irm_free(of);
    irm_free(sizes);
    return status;
}
