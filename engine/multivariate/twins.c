#include "multivariate/twins.h"

#include <stdbool.h>
#include <string.h>

#include "irminon/memory.h"

#define EMPTY UINT32_MAX

/* Mixes the bits of each coordinate (the finisher of SplitMix64). 0.0 and -0.0 are one.
 */
static uint64_t hash_row(const double *row, size_t columns) {
    uint64_t hash = 0;
    for (size_t j = 0; j < columns; j++) {
        double value = row[j] + 0.0;
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        hash = (hash ^ bits) + 0x9e3779b97f4a7c15U;
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
        hash ^= hash >> 31;
    }
    return hash;
}

static bool same(const irm_matrix *x, size_t a, size_t b) {
    const double *one = irm_matrix_row(x, a), *other = irm_matrix_row(x, b);
    for (size_t j = 0; j < x->columns; j++) {
        if (one[j] != other[j]) {
            return false;
        }
    }
    return true;
}

irm_status twins_find(const irm_matrix *x, uint32_t *first, irm_error *error) {
    size_t slots = 4;
    while (slots < 2 * x->rows) {
        slots *= 2;
    }
    uint32_t *table = irm_calloc(slots, sizeof *table);
    if (table == NULL) {
        return irm_fail_memory(error);
    }
    memset(table, 0xff, slots * sizeof *table);
    for (size_t i = 0; i < x->rows; i++) {
        size_t at = hash_row(irm_matrix_row(x, i), x->columns) & (slots - 1);
        while (table[at] != EMPTY && !same(x, table[at], i)) {
            at = (at + 1) & (slots - 1);
        }
        if (table[at] == EMPTY) {
            table[at] = (uint32_t)i;
        }
        first[i] = table[at];
    }
    irm_free(table);
    return IRM_OK;
}
