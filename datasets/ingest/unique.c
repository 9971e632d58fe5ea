#include <stdio.h>
#include <string.h>

#include "ingest/ingest.h"
#include "irminon/memory.h"

static uint64_t mix(uint64_t h, uint64_t value) {
    h = (h ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static uint64_t row_hash(const unique_rows *unique, size_t row) {
    uint64_t h = 0;
    for (size_t i = 0; i < unique->n_columns; i++) {
        h = mix(h, (uint32_t)unique->columns[i]->column.codes[row]);
    }
    return h ^ (h >> 32);
}

static bool same_row(const unique_rows *unique, size_t a, size_t b) {
    for (size_t i = 0; i < unique->n_columns; i++) {
        const int32_t *codes = unique->columns[i]->column.codes;
        if (codes[a] != codes[b]) {
            return false;
        }
    }
    return true;
}

static size_t slot_of(const unique_rows *unique, size_t row) {
    size_t mask = unique->n_slots - 1, slot = (size_t)row_hash(unique, row) & mask;
    while (unique->slots[slot] != 0 && !same_row(unique, unique->slots[slot] - 1, row)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static irm_status grow(unique_rows *unique, size_t rows, irm_error *error) {
    if (unique->n_slots > 0 && (rows + 1) * 3 < unique->n_slots * 2) {
        return IRM_OK;
    }
    uint32_t *old = unique->slots;
    size_t n_old = unique->n_slots, wanted = n_old == 0 ? 2048 : n_old * 2;
    uint32_t *slots = irm_calloc(wanted, sizeof *slots);
    size_t *lines = irm_realloc(unique->lines, wanted, sizeof *lines);
    if (slots == NULL || lines == NULL) {
        irm_free(slots);
        unique->lines = lines != NULL ? lines : unique->lines;
        return irm_fail_memory(error);
    }
    unique->slots = slots;
    unique->lines = lines;
    unique->n_slots = wanted;
    for (size_t i = 0; i < n_old; i++) {
        if (old[i] != 0) {
            unique->slots[slot_of(unique, old[i] - 1)] = old[i];
        }
    }
    irm_free(old);
    return IRM_OK;
}

/* Codes of no territory ("99999") may come back: they identify nothing. */
static bool unplaced(const ingest *in, size_t row) {
    if (in->key == NO_COLUMN) {
        return false;
    }
    const builder *key = &in->builders[in->key];
    if (key->entry == NULL || key->entry->unplaced == NULL) {
        return false;
    }
    return model_in_list(key->entry->unplaced,
                         irm_view_of(irm_column_label(&key->column, row)));
}

static irm_status duplicate(const ingest *in, size_t row, size_t first, size_t line,
                            irm_error *error) {
    const unique_rows *unique = &in->unique;
    char identity[400] = "";
    for (size_t i = 0, used = 0; i < unique->n_columns && used < 300; i++) {
        const irm_column *column = &unique->columns[i]->column;
        used += (size_t)snprintf(identity + used, sizeof identity - used, "%s%.40s %.40s",
                                 i > 0 ? ", " : "", column->name,
                                 irm_column_label(column, row));
    }
    const builder *named =
        in->key != NO_COLUMN ? &in->builders[in->key] : unique->columns[0];
    return irm_fail_at(error, IRM_STATUS_DATA, in->name, line,
                       (size_t)(named - in->builders) + 1, named->column.name,
                       "%s is given twice: line %zu has it already", identity,
                       unique->lines[first]);
}

irm_status unique_add(ingest *in, size_t row, size_t line, irm_error *error) {
    unique_rows *unique = &in->unique;
    if (unique->n_columns == 0 || unplaced(in, row)) {
        return IRM_OK;
    }
    IRM_TRY(grow(unique, row, error));
    size_t slot = slot_of(unique, row);
    if (unique->slots[slot] != 0) {
        return duplicate(in, row, unique->slots[slot] - 1, line, error);
    }
    unique->slots[slot] = (uint32_t)(row + 1);
    unique->lines[row] = line;
    return IRM_OK;
}

void unique_clear(unique_rows *unique) {
    irm_free(unique->columns);
    irm_free(unique->slots);
    irm_free(unique->lines);
    *unique = (unique_rows){0};
}
