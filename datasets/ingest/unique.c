#include <stdio.h>
#include <string.h>

#include "ingest/ingest.h"
#include "irminon/memory.h"

uint64_t unique_mix(uint64_t hash, int32_t code) {
    hash = (hash ^ (uint32_t)code) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 29);
}

uint64_t unique_hash(uint64_t mixed) {
    uint64_t hash = mixed ^ (mixed >> 32);
    return hash == SKIP_HASH ? 0 : hash;
}

/* Of the row at `at` in the block. */
static uint64_t row_hash(const unique_rows *unique, size_t at) {
    uint64_t h = 0;
    for (size_t i = 0; i < unique->n_columns; i++) {
        h = unique_mix(h, unique->columns[i]->column.codes[at]);
    }
    return unique_hash(h);
}

/* The codes of an earlier block, which has gone to the spool. */
static irm_status recall(ingest *in, size_t block, irm_error *error) {
    unique_rows *unique = &in->unique;
    if (unique->n_block == block + 1) {
        return IRM_OK;
    }
    if (unique->block == NULL) {
        unique->block =
            irm_calloc(unique->n_columns, IRM_BLOCK_ROWS * sizeof *unique->block);
        if (unique->block == NULL) {
            return irm_fail_memory(error);
        }
    }
    unique->n_block = 0;
    for (size_t i = 0; i < unique->n_columns; i++) {
        IRM_TRY(irm_spool_codes(in->spool, unique->columns[i]->slot, block,
                                unique->block + i * IRM_BLOCK_ROWS, 0, error));
    }
    unique->n_block = block + 1;
    return IRM_OK;
}

/* Whether `row` has the identity of the one at `at` in the block. Two rows of one hash
 * are nearly always the same. */
static irm_status same_row(ingest *in, size_t row, size_t at, bool *same,
                           irm_error *error) {
    unique_rows *unique = &in->unique;
    size_t start = in->n_rows - in->at;
    if (row < start) {
        IRM_TRY(recall(in, row / IRM_BLOCK_ROWS, error));
    }
    *same = true;
    for (size_t i = 0; i < unique->n_columns && *same; i++) {
        const int32_t *codes = unique->columns[i]->column.codes;
        const int32_t *other =
            row < start ? unique->block + i * IRM_BLOCK_ROWS + row % IRM_BLOCK_ROWS
                        : codes + (row - start);
        *same = *other == codes[at];
    }
    return IRM_OK;
}

static size_t empty_slot(const uint32_t *rows, size_t n_slots, uint64_t hash) {
    size_t slot = (size_t)hash & (n_slots - 1);
    while (rows[slot] != 0) {
        slot = (slot + 1) & (n_slots - 1);
    }
    return slot;
}

/* Room for `more` rows. */
static irm_status grow(unique_rows *unique, size_t more, irm_error *error) {
    if ((unique->n_used + more) * 3 < unique->n_slots * 2) {
        return IRM_OK;
    }
    size_t wanted = unique->n_slots == 0 ? 2048 : unique->n_slots * 2;
    while ((unique->n_used + more) * 3 >= wanted * 2) {
        wanted *= 2;
    }
    uint32_t *rows = irm_calloc(wanted, sizeof *rows);
    uint64_t *hashes = irm_calloc(wanted, sizeof *hashes);
    if (rows == NULL || hashes == NULL) {
        irm_free(rows);
        irm_free(hashes);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < unique->n_slots; i++) {
        if (unique->rows[i] != 0) {
            size_t slot = empty_slot(rows, wanted, unique->hashes[i]);
            rows[slot] = unique->rows[i];
            hashes[slot] = unique->hashes[i];
        }
    }
    irm_free(unique->rows);
    irm_free(unique->hashes);
    unique->rows = rows;
    unique->hashes = hashes;
    unique->n_slots = wanted;
    return IRM_OK;
}

/* Codes of no territory ("99999") may come back: they identify nothing. */
bool unique_unplaced(const ingest *in, int32_t code) {
    const builder *key = in->key != NO_COLUMN ? &in->builders[in->key] : NULL;
    if (key == NULL || key->entry == NULL || key->entry->unplaced == NULL) {
        return false;
    }
    const char *text = code >= 0 ? irm_dict_text(key->column.categories, code) : "";
    return model_in_list(key->entry->unplaced, irm_view_of(text));
}

static bool unplaced(const ingest *in, size_t at) {
    return in->key != NO_COLUMN && in->builders[in->key].column.codes != NULL &&
           unique_unplaced(in, in->builders[in->key].column.codes[at]);
}

static irm_status note_line(unique_rows *unique, size_t row, size_t line,
                            irm_error *error) {
    const line_run *last = unique->n_runs > 0 ? &unique->runs[unique->n_runs - 1] : NULL;
    if (last != NULL && last->line + (row - last->row) == line) {
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&unique->runs, &unique->runs_capacity,
                        unique->n_runs + 1, sizeof *unique->runs, error));
    unique->runs[unique->n_runs++] = (line_run){row, line};
    return IRM_OK;
}

static size_t line_of(const unique_rows *unique, size_t row) {
    size_t low = 0, high = unique->n_runs; /* the last run that starts by `row` */
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (unique->runs[middle].row <= row) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return unique->runs[low].line + (row - unique->runs[low].row);
}

static irm_status duplicate(const ingest *in, size_t first, size_t line,
                            irm_error *error) {
    const unique_rows *unique = &in->unique;
    char identity[400] = "";
    for (size_t i = 0, used = 0; i < unique->n_columns && used < 300; i++) {
        const irm_column *column = &unique->columns[i]->column;
        used += (size_t)snprintf(identity + used, sizeof identity - used, "%s%.40s %.40s",
                                 i > 0 ? ", " : "", column->name,
                                 irm_column_label(column, in->at));
    }
    const builder *named =
        in->key != NO_COLUMN ? &in->builders[in->key] : unique->columns[0];
    return irm_fail_at(error, IRM_STATUS_DATA, in->name, line,
                       (size_t)(named - in->builders) + 1, named->column.name,
                       "%s is given twice: line %zu has it already", identity,
                       line_of(unique, first));
}

/* The slot for the row at `in->at`; *first is the row that has its identity, SIZE_MAX for
 * none. */
static irm_status find(ingest *in, uint64_t hash, size_t *slot, size_t *first,
                       irm_error *error) {
    const unique_rows *unique = &in->unique;
    *first = SIZE_MAX;
    for (*slot = (size_t)hash & (unique->n_slots - 1); unique->rows[*slot] != 0;
         *slot = (*slot + 1) & (unique->n_slots - 1)) {
        bool same = false;
        size_t row = unique->rows[*slot] - 1;
        if (unique->hashes[*slot] == hash) {
            IRM_TRY(same_row(in, row, in->at, &same, error));
        }
        if (same) {
            *first = row;
            return IRM_OK;
        }
    }
    return IRM_OK;
}

irm_status unique_add(ingest *in, size_t line, irm_error *error) {
    unique_rows *unique = &in->unique;
    if (unique->n_columns == 0 || unplaced(in, in->at)) {
        return IRM_OK;
    }
    size_t slot, first;
    uint64_t hash = row_hash(unique, in->at);
    IRM_TRY(grow(unique, 1, error));
    IRM_TRY(find(in, hash, &slot, &first, error));
    if (first != SIZE_MAX) {
        return duplicate(in, first, line, error);
    }
    unique->rows[slot] = (uint32_t)(in->n_rows + 1);
    unique->hashes[slot] = hash;
    unique->n_used++;
    return note_line(unique, in->n_rows, line, error);
}

/* The last row added ends every probe that meets it. */
static void take_back(unique_rows *unique, const uint64_t *hashes, size_t n,
                      size_t first) {
    while (n-- > 0) {
        if (hashes[n] == SKIP_HASH) {
            continue;
        }
        size_t slot = (size_t)hashes[n] & (unique->n_slots - 1);
        while (unique->rows[slot] != first + n + 1) {
            slot = (slot + 1) & (unique->n_slots - 1);
        }
        unique->rows[slot] = 0;
        unique->n_used--;
    }
}

irm_status unique_add_all(unique_rows *unique, const uint64_t *hashes, size_t n,
                          size_t first, size_t line, bool *met, irm_error *error) {
    enum { AHEAD = 12 }; /* memory is slower than what is done with it */
    *met = false;
    IRM_TRY(grow(unique, n, error));
    size_t mask = unique->n_slots - 1;
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n) {
            __builtin_prefetch(&unique->rows[hashes[i + AHEAD] & mask], 1);
            __builtin_prefetch(&unique->hashes[hashes[i + AHEAD] & mask], 1);
        }
        if (hashes[i] == SKIP_HASH) {
            continue;
        }
        size_t slot = (size_t)hashes[i] & mask;
        while (unique->rows[slot] != 0 && unique->hashes[slot] != hashes[i]) {
            slot = (slot + 1) & mask;
        }
        if (unique->rows[slot] != 0) {
            *met = true;
            take_back(unique, hashes, i, first);
            return IRM_OK;
        }
        unique->rows[slot] = (uint32_t)(first + i + 1);
        unique->hashes[slot] = hashes[i];
        unique->n_used++;
    }
    return note_line(unique, first, line, error);
}

/* As if the rows came again, in their turn. */
static irm_status add_again(ingest *in, size_t block, bool *twice, irm_error *error) {
    unique_rows *unique = &in->unique;
    size_t n = in->n_rows - block * IRM_BLOCK_ROWS;
    in->n_rows = block * IRM_BLOCK_ROWS;
    n = n < IRM_BLOCK_ROWS ? n : IRM_BLOCK_ROWS;
    for (size_t i = 0; i < unique->n_columns; i++) {
        const builder *column = unique->columns[i];
        IRM_TRY(irm_spool_codes(in->spool, column->slot, block, column->column.codes, 0,
                                error));
    }
    for (in->at = 0; in->at < n && !*twice; in->at++, in->n_rows++) {
        irm_error met;
        irm_status status = unique_add(in, in->n_rows + 1, &met);
        *twice = status == IRM_STATUS_DATA;
        if (status != IRM_OK && !*twice) {
            *error = met;
            return status;
        }
    }
    return IRM_OK;
}

irm_status unique_examine(ingest *in, bool *twice, irm_error *error) {
    size_t n_rows = in->n_rows;
    irm_status status = IRM_OK;
    irm_error met;
    for (size_t block = 0; block * IRM_BLOCK_ROWS < n_rows && status == IRM_OK && !*twice;
         block++) {
        in->n_rows = n_rows;
        status = add_again(in, block, twice, &met);
    }
    in->n_rows = n_rows;
    in->at = 0;
    in->unique.n_runs = 0; /* rows were numbered: their lines are not known any more */
    if (status != IRM_OK && error != NULL) {
        *error = met;
    }
    return status;
}

void unique_clear(unique_rows *unique) {
    irm_free(unique->columns);
    irm_free(unique->rows);
    irm_free(unique->hashes);
    irm_free(unique->runs);
    irm_free(unique->block);
    *unique = (unique_rows){0};
}
