#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ingest/totals.h"
#include "irminon/memory.h"

static uint64_t mix(uint64_t h, int32_t code) {
    h = (h ^ (uint32_t)code) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static uint64_t row_hash(const totals *of, size_t row, int32_t territory) {
    uint64_t h = (uint32_t)territory;
    for (size_t i = 0; i < of->n_fixed; i++) {
        h = mix(h, of->fixed[i]->codes[row]);
    }
    return h ^ (h >> 32);
}

static uint64_t figure_hash(const totals *of, size_t at) {
    uint64_t h = (uint32_t)of->figures[at].territory;
    for (size_t i = 0; i < of->n_fixed; i++) {
        h = mix(h, of->fixed_codes[at * of->n_fixed + i]);
    }
    return h ^ (h >> 32);
}

static bool same_figure(const totals *of, const figure *one, size_t row,
                        int32_t territory) {
    const int32_t *codes = of->fixed_codes + (size_t)(one - of->figures) * of->n_fixed;
    for (size_t i = 0; i < of->n_fixed; i++) {
        if (codes[i] != of->fixed[i]->codes[row]) {
            return false;
        }
    }
    return one->territory == territory;
}

static size_t figure_slot(const totals *of, size_t row, int32_t territory) {
    size_t mask = of->n_slots - 1, slot = (size_t)row_hash(of, row, territory) & mask;
    while (of->slots[slot] != 0 &&
           !same_figure(of, &of->figures[of->slots[slot] - 1], row, territory)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

irm_status totals_add_figure(totals *of, size_t row, place where, irm_error *error) {
    int32_t territory;
    char code[64];
    snprintf(code, sizeof code, "%s%.60s", where == PLACE_REGION ? "R" : "",
             where == PLACE_FRANCE ? "" : irm_column_label(of->key, row));
    IRM_TRY(irm_dict_add(of->territories, irm_view_of(code), &territory, error));
    IRM_TRY(irm_reserve((void **)&of->figures, &of->capacity, of->n_figures + 1,
                        sizeof *of->figures, error));
    IRM_TRY(irm_reserve((void **)&of->fixed_codes, &of->codes_capacity,
                        (of->n_figures + 1) * of->n_fixed, sizeof *of->fixed_codes,
                        error));
    for (size_t i = 0; i < of->n_fixed; i++) {
        of->fixed_codes[of->n_figures * of->n_fixed + i] = of->fixed[i]->codes[row];
    }
    of->figures[of->n_figures++] = (figure){.territory = territory,
                                            .level = of->level->codes[row],
                                            .key = of->key->codes[row],
                                            .published = of->value->values[row]};
    return IRM_OK;
}

/* Of one territory and the same codes: two figures of France, under two names. */
static bool same_published(const totals *of, size_t a, size_t b) {
    size_t size = of->n_fixed * sizeof *of->fixed_codes;
    return of->figures[a].territory == of->figures[b].territory &&
           (size == 0 || memcmp(of->fixed_codes + a * of->n_fixed,
                                of->fixed_codes + b * of->n_fixed, size) == 0);
}

irm_status totals_index(totals *of, irm_error *error) {
    of->n_slots = 16;
    while (of->n_slots < of->n_figures * 2) {
        of->n_slots *= 2;
    }
    of->slots = irm_calloc(of->n_slots, sizeof *of->slots);
    if (of->slots == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < of->n_figures; i++) {
        size_t slot = (size_t)figure_hash(of, i) & (of->n_slots - 1);
        while (of->slots[slot] != 0 && !same_published(of, of->slots[slot] - 1, i)) {
            slot = (slot + 1) & (of->n_slots - 1);
        }
        of->slots[slot] = (uint32_t)(i + 1);
    }
    return IRM_OK;
}

void totals_add_commune(totals *of, size_t row, int32_t territory) {
    if (territory < 0) {
        return;
    }
    uint32_t found = of->slots[figure_slot(of, row, territory)];
    if (found == 0) {
        return;
    }
    figure *one = &of->figures[found - 1];
    one->communes++;
    if (isnan(of->value->values[row])) {
        one->hidden = true;
    } else {
        one->sum += of->value->values[row];
    }
}
