#include <math.h>
#include <string.h>

#include "disclosure/witness.h"
#include "irminon/memory.h"

/* Nodes after which the exact search is given up. */
enum { USUAL_NODES = 20000 };

irm_status irm_release_new(irm_release **release, irm_error *error) {
    *release = irm_calloc(1, sizeof **release);
    if (*release == NULL) {
        return irm_fail_memory(error);
    }
    (*release)->whole = true;
    (*release)->nodes = USUAL_NODES;
    return IRM_OK;
}

void irm_release_free(irm_release *release) {
    if (release != NULL) {
        irm_free(release->cells);
        irm_free(release->sums);
        irm_free(release->parts);
        irm_free(release->of_start);
        irm_free(release->of);
        if (release->proofs != NULL) {
            release_witnesses_clear(release->proofs);
            irm_free(release->proofs);
        }
        irm_free(release);
    }
}

irm_status irm_release_cell(irm_release *release, double value, double cost,
                            irm_error *error) {
    if (!(value > 0) || !isfinite(value)) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "a cell of %g: values above 0 are protected", value);
    }
    IRM_TRY(irm_reserve((void **)&release->cells, &release->cell_capacity,
                        release->n_cells + 1, sizeof *release->cells, error));
    release->cells[release->n_cells++] = (release_cell){.value = value, .cost = cost};
    release->whole = release->whole && value == floor(value);
    return IRM_OK;
}

irm_status irm_release_sum(irm_release *release, size_t axis, size_t total,
                           const size_t *parts, size_t n_parts, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&release->sums, &release->sum_capacity,
                        release->n_sums + 1, sizeof *release->sums, error));
    IRM_TRY(irm_reserve((void **)&release->parts, &release->part_capacity,
                        release->n_parts + n_parts, sizeof *release->parts, error));
    if (n_parts > 0) {
        memcpy(release->parts + release->n_parts, parts, n_parts * sizeof *parts);
    }
    release->sums[release->n_sums++] =
        (release_sum){total, release->n_parts, n_parts, axis};
    release->n_parts += n_parts;
    release->indexed = false;
    return IRM_OK;
}

void irm_release_keep(irm_release *release, size_t cell) {
    release->cells[cell].kept = true;
}

void irm_release_hide(irm_release *release, size_t cell, double below, double above) {
    release_cell *one = &release->cells[cell];
    one->hiding = IRM_HIDDEN_SENSITIVE;
    one->below = below;
    one->above = above;
}

void irm_release_search_nodes(irm_release *release, size_t nodes) {
    release->nodes = nodes;
}

irm_hiding irm_release_hiding(const irm_release *release, size_t cell) {
    return release->cells[cell].hiding;
}

/* A whole number that is not a shown zero is 1 or more, and a sum no less than what its
 * parts may be: of two parts, 2. Sums of sums settle after as many rounds as they nest.
 */
static void set_floors(irm_release *release) {
    for (size_t c = 0; c < release->n_cells; c++) {
        release->cells[c].floor = release->whole ? 1 : 0;
    }
    for (bool moved = release->whole; moved;) {
        moved = false;
        for (size_t s = 0; s < release->n_sums; s++) {
            const release_sum *sum = &release->sums[s];
            release_cell *total = &release->cells[sum->total];
            double least = 0;
            for (size_t p = sum->first; p < sum->first + sum->count; p++) {
                least += release->cells[release->parts[p]].floor;
            }
            least = fmin(least, total->value);
            moved = moved || least > total->floor;
            total->floor = fmax(least, total->floor);
        }
    }
}

irm_status release_index(irm_release *release, irm_error *error) {
    if (release->indexed) {
        return IRM_OK;
    }
    irm_free(release->of_start);
    irm_free(release->of);
    release->of_start = irm_calloc(release->n_cells + 2, sizeof *release->of_start);
    release->of = irm_calloc(release->n_parts + release->n_sums, sizeof *release->of);
    if (release->of_start == NULL || release->of == NULL) {
        return irm_fail_memory(error);
    }
    size_t *start = release->of_start;
    for (size_t s = 0; s < release->n_sums; s++) {
        start[release->sums[s].total + 2]++;
    }
    for (size_t p = 0; p < release->n_parts; p++) {
        start[release->parts[p] + 2]++;
    }
    for (size_t c = 2; c < release->n_cells + 2; c++) {
        start[c] += start[c - 1];
    }
    for (size_t s = 0; s < release->n_sums; s++) {
        const release_sum *sum = &release->sums[s];
        release->of[start[sum->total + 1]++] = s;
        for (size_t p = sum->first; p < sum->first + sum->count; p++) {
            release->of[start[release->parts[p] + 1]++] = s;
        }
    }
    set_floors(release);
    release->indexed = true;
    return IRM_OK;
}
