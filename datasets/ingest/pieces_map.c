#include <string.h>

#include "ingest/piece_labels.h"
#include "ingest/pieces.h"
#include "irminon/memory.h"

/* The code that reading a text in its turn would have given it. The record has the text
 * in its field. */
static irm_status code_of(ingest *in, const irm_csv_record *record, size_t at,
                          int32_t *code, bool *repaired, irm_error *error) {
    builder *to = &in->builders[at];
    uint64_t zeros = to->zeros;
    IRM_TRY(ingest_cell(in, record, at, error));
    *code = to->column.codes[in->at];
    *repaired = to->zeros > zeros;
    to->zeros = zeros;
    return IRM_OK;
}

static size_t known_slot(const known_texts *of, uint64_t key) {
    return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> of->shift);
}

/* The slot of a text, free or its own. */
static known_text *find_known(const known_texts *of, uint64_t key) {
    size_t at = known_slot(of, key);
    while (of->slots[at].key != 0 && of->slots[at].key != key) {
        at = (at + 1) & (of->n_slots - 1);
    }
    return &of->slots[at];
}

static irm_status grow_known(known_texts *of, irm_error *error) {
    known_texts before = *of;
    size_t wanted = before.n_slots == 0 ? 64 : before.n_slots * 4;
    of->slots = irm_calloc(wanted, sizeof *of->slots);
    if (of->slots == NULL) {
        of->slots = before.slots;
        return irm_fail_memory(error);
    }
    of->n_slots = wanted;
    of->shift = 64 - (unsigned)__builtin_ctzll(wanted);
    for (size_t i = 0; i < before.n_slots; i++) {
        if (before.slots[i].key != 0) {
            *find_known(of, before.slots[i].key) = before.slots[i];
        }
    }
    irm_free(before.slots);
    return IRM_OK;
}

/* Whether a text is kept as it was read. */
static bool same_text(const irm_dict *labels, int32_t code, irm_view text) {
    const char *kept = irm_dict_text(labels, code);
    return strncmp(kept, text.data, text.size) == 0 && kept[text.size] == '\0';
}

/* What a text is in the table. Most were met by some other piece, and are short. */
static irm_status know(ingest *in, piece_set *set, const irm_csv_record *record,
                       size_t at, irm_view text, known_text *known, irm_error *error) {
    known_texts *of = &set->known[at];
    bool is_short = text.size <= PIECE_SHORT;
    char padded[sizeof(uint64_t)] = {0};
    memcpy(padded, text.data, is_short ? text.size : 0);
    uint64_t key = is_short ? short_key(padded, text.size) : 0;
    if (is_short && (of->n + 1) * 2 > of->n_slots) {
        IRM_TRY(grow_known(of, error));
    }
    known_text *place = is_short ? find_known(of, key) : NULL;
    if (place != NULL && place->key != 0) {
        *known = *place;
        return IRM_OK;
    }
    set->fields[at] = text;
    known->key = key;
    IRM_TRY(code_of(in, record, at, &known->code, &known->repaired, error));
    known->other = known->code < 0 ||
                   !same_text(in->builders[at].column.categories, known->code, text);
    if (place != NULL) {
        *place = *known;
        of->n++;
    }
    return IRM_OK;
}

/* Gives a column's new texts their codes in the table. */
static irm_status map_labels(ingest *in, piece_set *set, passage *through, size_t at,
                             irm_error *error) {
    const piece_column *from = &through->part.columns[at];
    mapping *codes = &through->mappings[at];
    irm_csv_record record = {.n_fields = in->n_builders,
                             .fields = set->fields,
                             .quoted = set->quoted,
                             .line = through->part.line};
    if (from->forgotten != codes->forgotten) {
        codes->forgotten = from->forgotten;
        codes->n = 0;
        codes->any_repaired = codes->any_other = false;
        codes->same = true;
    }
    IRM_TRY(irm_reserve((void **)&codes->codes, &codes->capacity, from->n_labels,
                        sizeof *codes->codes, error));
    IRM_TRY(irm_reserve((void **)&codes->repaired, &codes->repaired_capacity,
                        from->n_labels, sizeof *codes->repaired, error));
    for (; codes->n < from->n_labels; codes->n++) {
        size_t n = codes->n;
        known_text known;
        IRM_TRY(know(in, set, &record, at, piece_text(from, n), &known, error));
        codes->codes[n] = known.code;
        codes->repaired[n] = known.repaired;
        codes->any_repaired = codes->any_repaired || known.repaired;
        codes->any_other = codes->any_other || known.other;
        codes->same = codes->same && known.code == (int32_t)n;
    }
    return IRM_OK;
}

/* Codes of texts are given back: none is known any more. */
static void forget_known(const ingest *in, piece_set *set) {
    for (size_t at = 0; at < in->n_builders; at++) {
        known_texts *of = &set->known[at];
        if (of->n > 0) {
            memset(of->slots, 0, of->n_slots * sizeof *of->slots);
        }
        of->n = 0;
    }
}

/* Makes a column know the table's texts by the table's codes, where they are few and all
 * as they were read. */
static irm_status adopt(const ingest *in, piece_column *to, mapping *codes, size_t at,
                        irm_error *error) {
    const irm_dict *labels = in->builders[at].column.categories;
    size_t n = irm_dict_count(labels);
    if (codes->n == 0 || codes->same || codes->any_other || to->wide || n > MOST_SMALL ||
        irm_dict_find(labels, (irm_view){"", 0}) >= 0) {
        return IRM_OK;
    }
    IRM_TRY(piece_adopt(to, labels, error));
    IRM_TRY(irm_reserve((void **)&codes->codes, &codes->capacity, n, sizeof *codes->codes,
                        error));
    IRM_TRY(irm_reserve((void **)&codes->repaired, &codes->repaired_capacity, n,
                        sizeof *codes->repaired, error));
    for (size_t i = 0; i < n; i++) {
        codes->codes[i] = (int32_t)i;
        codes->repaired[i] = false;
    }
    codes->n = n;
    codes->forgotten = to->forgotten;
    codes->same = true;
    return IRM_OK;
}

irm_status passage_adopt(const ingest *in, const piece_set *set, passage *through,
                         irm_error *error) {
    for (size_t at = 0; at < in->n_builders; at++) {
        piece_column *to = &through->part.columns[at];
        if (to->fill == PIECE_CATEGORY && !set->by_row[at]) {
            IRM_TRY(adopt(in, to, &through->mappings[at], at, error));
        }
    }
    return IRM_OK;
}

/* The codes of a key whose level another column tells, row by row: one text may stand for
 * two codes. What a text was at a level is remembered until it is at another. */
static irm_status map_rows(ingest *in, piece_set *set, passage *through, size_t at,
                           irm_error *error) {
    typedef struct known {
        uint32_t level; /* + 1 */
        int32_t code;
        bool repaired;
    } known;
    piece *part = &through->part;
    const piece_column *from = &part->columns[at];
    const piece_column *level = &part->columns[in->level];
    irm_csv_record record = {.n_fields = in->n_builders,
                             .fields = set->fields,
                             .quoted = set->quoted,
                             .line = part->line};
    IRM_TRY(irm_reserve((void **)&through->keys, &through->keys_capacity, part->n_rows,
                        sizeof *through->keys, error));
    known *all = irm_calloc(from->n_labels, sizeof *all);
    irm_status status = all == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t row = 0; row < part->n_rows && status == IRM_OK; row++) {
        uint16_t text = piece_code(from, row), word = piece_code(level, row);
        if (text == PIECE_BLANK) {
            through->keys[row] = -1;
            continue;
        }
        known *one = &all[text];
        if (one->level != word + 1u) {
            one->level = word + 1u;
            set->fields[at] = piece_text(from, text);
            set->fields[in->level] =
                word == PIECE_BLANK ? (irm_view){"", 0} : piece_text(level, word);
            status = code_of(in, &record, at, &one->code, &one->repaired, error);
        }
        through->keys[row] = one->code;
        through->key_zeros += one->repaired;
    }
    irm_free(all);
    return status;
}

/* Marks of the cells that hold no number. */
static irm_status map_cells(ingest *in, piece_set *set, piece *part, irm_error *error) {
    for (size_t i = 0; i < part->n_cells; i++) {
        piece_cell *cell = &part->cells[i];
        irm_csv_record record = {.fields = set->fields, .quoted = set->quoted};
        record.n_fields = piece_split(part, cell, set->fields, in->n_builders);
        IRM_TRY(ingest_mark_of(in, &record, cell->field, &cell->mark, error));
    }
    return IRM_OK;
}

static int32_t code_at(const piece_set *set, const passage *through, size_t at,
                       size_t row) {
    if (set->by_row[at]) {
        return through->keys[row];
    }
    uint16_t own = piece_code(&through->part.columns[at], row);
    return own == PIECE_BLANK ? -1 : through->mappings[at].codes[own];
}

static irm_status hash_rows(const ingest *in, const piece_set *set, passage *through,
                            irm_error *error) {
    size_t n = through->part.n_rows;
    const builder *key = in->key != NO_COLUMN ? &in->builders[in->key] : NULL;
    bool exempt = key != NULL && key->entry != NULL && key->entry->unplaced != NULL;
    IRM_TRY(irm_reserve((void **)&through->hashes, &through->hashes_capacity, n,
                        sizeof *through->hashes, error));
    memset(through->hashes, 0, n * sizeof *through->hashes);
    for (size_t i = 0; i < in->unique.n_columns; i++) {
        size_t at = (size_t)(in->unique.columns[i] - in->builders);
        for (size_t row = 0; row < n; row++) {
            through->hashes[row] =
                unique_mix(through->hashes[row], code_at(set, through, at, row));
        }
    }
    for (size_t row = 0; row < n; row++) {
        bool skipped =
            exempt && unique_unplaced(in, code_at(set, through, (size_t)in->key, row));
        through->hashes[row] = skipped ? SKIP_HASH : unique_hash(through->hashes[row]);
    }
    return IRM_OK;
}

irm_status passage_map(ingest *in, piece_set *set, passage *through, bool *again,
                       irm_error *error) {
    const piece *part = &through->part;
    irm_status status = IRM_OK;
    through->first = in->n_rows + set->waiting;
    through->key_zeros = 0;
    ingest_keep_labels(in);
    *again = part->odd || through->first + part->n_rows >= UINT32_MAX - 1 ||
             (set->unique && !part->regular);
    for (size_t at = 0; at < in->n_builders && !*again && status == IRM_OK; at++) {
        if (part->columns[at].fill == PIECE_CATEGORY && part->n_rows > 0) {
            status = set->by_row[at] ? map_rows(in, set, through, at, error)
                                     : map_labels(in, set, through, at, error);
        }
    }
    if (!*again && status == IRM_OK) {
        status = map_cells(in, set, &through->part, error);
    }
    if (!*again && status == IRM_OK && set->unique && part->n_rows > 0) {
        status = hash_rows(in, set, through, error);
        if (status == IRM_OK) {
            status = unique_add_all(&in->unique, through->hashes, part->n_rows,
                                    through->first, part->line, again, error);
        }
    }
    if (status == IRM_STATUS_DATA || *again) {
        *again = true;
        ingest_drop_labels(in);
        forget_known(in, set);
        piece_forget_all(&through->part);
        return IRM_OK;
    }
    return status;
}
