#include "ingest/pieces.h"

#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"

/* Whether numbers are markers too: those are looked at in their turn. */
static bool can_be_parted(const ingest *in) {
    bool parted = in->options == NULL || !in->options->in_turn;
    for (size_t i = 0; i < in->n_builders && parted; i++) {
        parted = !in->builders[i].floors;
    }
    return parted;
}

static bool refuses_blank(const builder *column) {
    return column->checked &&
           !(column->entry != NULL &&
             model_in_list(column->entry->unplaced, (irm_view){"", 0}));
}

static irm_status plan_piece(const ingest *in, passage *through, irm_error *error) {
    piece *part = &through->part;
    part->columns = irm_calloc(in->n_builders, sizeof *part->columns);
    through->mappings = irm_calloc(in->n_builders, sizeof *through->mappings);
    if (part->columns == NULL || through->mappings == NULL) {
        return irm_fail_memory(error);
    }
    part->n_columns = in->n_builders;
    part->least = ingest_least_fields(in);
    part->decimal = in->decimal;
    part->delimiter = irm_csv_repaired(in->csv).delimiter;
    part->encoding = irm_csv_encoding(in->csv);
    part->way = in->options != NULL ? in->options->scan_way : IRM_SCAN_BEST;
    for (size_t i = 0; i < in->n_builders; i++) {
        const builder *from = &in->builders[i];
        part->columns[i].fill = from->fill == FILL_DROP     ? PIECE_DROP
                                : from->fill == FILL_NUMBER ? PIECE_NUMBER
                                                            : PIECE_CATEGORY;
        part->columns[i].blank_refused = refuses_blank(from);
    }
    return IRM_OK;
}

static irm_status plan_set(ingest *in, piece_set *set, irm_error *error) {
    enum { EACH = 2 };
    set->in = in;
    set->joined = &set->rounds[0];
    set->parsed = &set->rounds[1];
    set->taken = &set->rounds[2];
    set->most = EACH * in->workers < ROUND ? EACH * in->workers : ROUND;
    set->unique = in->unique.n_columns > 0;
    set->fields = irm_calloc(in->n_builders + 1, sizeof *set->fields);
    set->quoted = irm_calloc(in->n_builders + 1, sizeof *set->quoted);
    set->by_row = irm_calloc(in->n_builders, sizeof *set->by_row);
    set->known = irm_calloc(in->n_builders, sizeof *set->known);
    set->n_columns = in->n_builders;
    if (set->known == NULL || set->fields == NULL || set->quoted == NULL ||
        set->by_row == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < in->n_builders; i++) {
        set->by_row[i] = in->builders[i].role == MODEL_ROLE_KEY &&
                         in->level != NO_COLUMN &&
                         strcmp(in->builders[i].level, "mixed") == 0;
    }
    return IRM_OK;
}

irm_status pieces_new(ingest *in, piece_set **set, irm_error *error) {
    *set = NULL;
    if (!can_be_parted(in)) {
        return IRM_OK;
    }
    *set = irm_calloc(1, sizeof **set);
    return *set == NULL ? irm_fail_memory(error) : plan_set(in, *set, error);
}

static void clear_passage(passage *through, size_t n_columns) {
    for (size_t i = 0; through->mappings != NULL && i < n_columns; i++) {
        irm_free(through->mappings[i].codes);
        irm_free(through->mappings[i].repaired);
    }
    irm_free(through->mappings);
    irm_free(through->keys);
    irm_free(through->hashes);
    piece_clear(&through->part);
}

void pieces_free(piece_set *set) {
    for (size_t i = 0; set != NULL && i < ROUND; i++) {
        clear_passage(&set->rounds[0].passages[i], set->n_columns);
        clear_passage(&set->rounds[1].passages[i], set->n_columns);
        clear_passage(&set->rounds[2].passages[i], set->n_columns);
    }
    for (size_t i = 0; set != NULL && set->known != NULL && i < set->n_columns; i++) {
        irm_free(set->known[i].slots);
    }
    if (set != NULL) {
        irm_free(set->known);
        irm_free(set->fields);
        irm_free(set->quoted);
        irm_free(set->by_row);
    }
    irm_free(set);
}

/* Every record again, in its turn. */
static irm_status read_records(ingest *in, irm_csv *records, irm_error *error) {
    for (;;) {
        const irm_csv_record *record = NULL;
        IRM_TRY(irm_csv_next(records, &record, error));
        if (record == NULL) {
            return IRM_OK;
        }
        IRM_TRY(ingest_record(in, record, error));
    }
}

static irm_status read_again(ingest *in, const piece *part, irm_error *error) {
    irm_csv *records = NULL;
    IRM_TRY(irm_csv_open_piece(in->csv, &part->bytes, part->line, &records, error));
    irm_status status = read_records(in, records, error);
    irm_csv_repairs repairs = irm_csv_repaired(records);
    irm_csv_add_repairs(in->csv, &repairs);
    irm_csv_free(records);
    return status;
}

/* The table's codes of a column's texts in a byte each, and of no text: false where they
 * do not fit. */
static bool small_codes(const passage *through, size_t at, int8_t table[UINT8_MAX + 1]) {
    const piece_column *column = &through->part.columns[at];
    const mapping *codes = &through->mappings[at];
    if (column->fill != PIECE_CATEGORY || column->wide) {
        return false;
    }
    for (size_t i = 0; i < codes->n; i++) {
        if (codes->codes[i] >= MOST_SMALL) {
            return false;
        }
        table[i] = (int8_t)codes->codes[i];
    }
    table[PIECE_NARROW] = -1;
    return true;
}

/* Rows `from` … of a piece's column into the block, from its row `first`, a byte each. */
static void copy_small(const passage *through, size_t at, const int8_t *table,
                       size_t from, int8_t *to, size_t n) {
    const unsigned char *own = through->part.columns[at].codes + from;
    if (through->mappings[at].same) { /* and what is no text is the same byte */
        memcpy(to, own, n);
        return;
    }
    for (size_t row = 0; row < n; row++) {
        to[row] = table[own[row]];
    }
}

/* The same in the general case. */
static void copy_cells(const piece_set *set, const passage *through, size_t at,
                       size_t from, size_t first, size_t n) {
    const piece_column *column = &through->part.columns[at];
    builder *to = &set->in->builders[at];
    if (column->fill == PIECE_NUMBER) {
        memcpy(to->column.values + first, column->values + from,
               n * sizeof *column->values);
        if (to->column.marks != NULL) {
            memset(to->column.marks + first, 0, n);
        }
    } else if (set->by_row[at]) {
        memcpy(to->column.codes + first, through->keys + from, n * sizeof *through->keys);
    } else if (column->fill == PIECE_CATEGORY) {
        const int32_t *codes = through->mappings[at].codes;
        int32_t *cells = to->column.codes + first;
        for (size_t row = 0; row < n; row++) {
            uint16_t own = piece_code(column, from + row);
            cells[row] = own == PIECE_BLANK ? -1 : codes[own];
        }
    }
}

/* A block is small as long as all its rows are. */
static irm_status copy_rows(const piece_set *set, const passage *through, size_t at,
                            const int8_t *small, size_t from, size_t first, size_t n,
                            irm_error *error) {
    enum { FEW = 256 }; /* rows read one by one: the first of a file, at least */
    builder *to = &set->in->builders[at];
    if (first == 0 && small != NULL) {
        IRM_TRY(ingest_start_small(to, error));
    } else if (!to->small && first <= FEW && small != NULL) {
        IRM_TRY(ingest_shrink(to, first, error));
    }
    if (to->small && small != NULL) {
        copy_small(through, at, small, from, to->bytes + first, n);
    } else {
        ingest_widen(to, first);
        copy_cells(set, through, at, from, first, n);
    }
    return IRM_OK;
}

static irm_status copy_marks(const ingest *in, const piece *part, size_t at, size_t from,
                             size_t first, size_t n, irm_error *error) {
    irm_column *to = &in->builders[at].column;
    for (size_t i = 0; i < part->n_cells; i++) {
        const piece_cell *cell = &part->cells[i];
        if (cell->field == at && cell->mark != 0 && cell->row >= from &&
            cell->row < from + n) {
            IRM_TRY(irm_column_mark(to, in->capacity, first + cell->row - from,
                                    cell->mark, error));
        }
    }
    return IRM_OK;
}

static void add_repairs(const piece_column *from, const mapping *codes, size_t n_rows,
                        builder *to) {
    to->spaces += from->spaces;
    to->marks += from->marks;
    to->held += from->held;
    for (size_t row = 0; codes->any_repaired && row < n_rows; row++) {
        uint16_t own = piece_code(from, row);
        to->zeros += own != PIECE_BLANK && codes->repaired[own];
    }
}

/* Into the block, which is sealed as often as it is full. */
static irm_status join_column(const piece_set *set, const passage *through, size_t at,
                              size_t worker, irm_error *error) {
    ingest *in = set->in;
    const piece_column *from = &through->part.columns[at];
    size_t n = through->part.n_rows;
    size_t block = through->first / IRM_BLOCK_ROWS;
    size_t first = through->first % IRM_BLOCK_ROWS;
    int8_t table[UINT8_MAX + 1];
    bool small = !set->by_row[at] && small_codes(through, at, table);
    for (size_t done = 0; done < n && from->fill != PIECE_DROP;) {
        size_t room = IRM_BLOCK_ROWS - first, left = n - done;
        size_t some = left < room ? left : room;
        IRM_TRY(
            copy_rows(set, through, at, small ? table : NULL, done, first, some, error));
        if (from->fill == PIECE_NUMBER) {
            IRM_TRY(copy_marks(in, &through->part, at, done, first, some, error));
        }
        done += some;
        first += some;
        if (first == IRM_BLOCK_ROWS) {
            IRM_TRY(ingest_seal_column(in, at, block++, IRM_BLOCK_ROWS, worker, error));
            first = 0;
        }
    }
    add_repairs(from, &through->mappings[at], n, &in->builders[at]);
    in->builders[at].zeros += set->by_row[at] ? through->key_zeros : 0;
    return IRM_OK;
}

/* Columns `first` … of all that waits. */
static irm_status join_columns(const piece_set *set, size_t first, size_t worker,
                               irm_error *error) {
    size_t last = first + COLUMNS_AT_ONCE;
    last = last < set->n_columns ? last : set->n_columns;
    for (size_t at = first; at < last; at++) {
        for (size_t i = set->from; i < set->to; i++) {
            IRM_TRY(join_column(set, &set->joined->passages[i], at, worker, error));
        }
    }
    return IRM_OK;
}

/* Groups of columns to be joined. */
static size_t n_joins(const piece_set *set) {
    size_t groups = (set->n_columns + COLUMNS_AT_ONCE - 1) / COLUMNS_AT_ONCE;
    return set->waiting > 0 ? groups : 0;
}

static irm_status prepare_join(ingest *in, const piece_set *set, irm_error *error) {
    enum { MANY = 8192 }; /* rows after which there are probably many more */
    size_t reached = in->at + set->waiting;
    reached = reached > MANY ? IRM_BLOCK_ROWS : reached;
    return ingest_reserve(in, reached < IRM_BLOCK_ROWS ? reached : IRM_BLOCK_ROWS, error);
}

static void end_join(ingest *in, piece_set *set) {
    in->any_small = in->any_small || set->waiting > 0;
    in->n_rows += set->waiting;
    in->at = in->n_rows % IRM_BLOCK_ROWS;
    set->waiting = 0;
    set->from = set->to;
}

static irm_status join_some(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    for (size_t i = first; i < last; i++) {
        IRM_TRY(join_columns(context, i * COLUMNS_AT_ONCE, worker, error));
    }
    return IRM_OK;
}

/* Joins what waits, now. */
static irm_status join_now(ingest *in, piece_set *set, irm_error *error) {
    IRM_TRY(prepare_join(in, set, error));
    IRM_TRY(irm_parallel_for(n_joins(set), 1, in->workers, join_some, set, error));
    end_join(in, set);
    return IRM_OK;
}

/* Gives the pieces of the round the table's codes, in order; they wait to be joined, but
 * for those before a piece whose records are read again. */
static irm_status map_round(ingest *in, piece_set *set, irm_error *error) {
    set->from = set->to = 0;
    for (size_t i = 0; i < set->joined->n; i++) {
        passage *through = &set->joined->passages[i];
        irm_csv_repairs repairs = {.crlf = through->part.crlf && !through->part.odd};
        bool again = false;
        IRM_TRY(ingest_reserve(in, in->at, error)); /* a place to try texts in */
        IRM_TRY(passage_map(in, set, through, &again, error));
        irm_csv_add_repairs(in->csv, &repairs);
        if (again) {
            IRM_TRY(join_now(in, set, error));
            IRM_TRY(read_again(in, &through->part, error));
            set->from = set->to = i + 1;
        } else {
            set->waiting += through->part.n_rows;
            set->to = i + 1;
        }
    }
    return IRM_OK;
}

static irm_status take_pieces(ingest *in, round *to, size_t most, irm_error *error) {
    for (to->n = 0; to->n < most; to->n++) {
        passage *through = &to->passages[to->n];
        if (through->mappings == NULL) {
            IRM_TRY(plan_piece(in, through, error));
        }
        piece *part = &through->part;
        IRM_TRY(irm_csv_take(in->csv, &part->bytes, &part->line, error));
        if (part->bytes.size == 0) {
            break;
        }
    }
    return IRM_OK;
}

/* Index 0 takes a round, where the one before was full; the next ones join columns of a
 * round, and the others parse a piece each. */
static irm_status work_some(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    piece_set *set = context;
    size_t joins = n_joins(set);
    for (size_t i = first; i < last; i++) {
        if (i == 0) {
            if (set->parsed->n == set->most) {
                set->taken->taken =
                    take_pieces(set->in, set->taken, set->most, &set->taken->error);
            }
        } else if (i <= joins) {
            IRM_TRY(join_columns(set, (i - 1) * COLUMNS_AT_ONCE, worker, error));
        } else {
            passage *through = &set->parsed->passages[i - 1 - joins];
            IRM_TRY(passage_adopt(set->in, set, through, error));
            IRM_TRY(piece_parse(&through->part, error));
        }
    }
    return IRM_OK;
}

static void turn(piece_set *set) {
    round *done = set->joined;
    set->joined = set->parsed;
    set->parsed = set->taken;
    set->taken = done;
    done->n = 0;
    done->taken = IRM_OK;
}

irm_status pieces_read(ingest *in, piece_set *set, bool *more, irm_error *error) {
    if (set->parsed->n == 0 && set->parsed->taken == IRM_OK) {
        set->parsed->taken = take_pieces(in, set->parsed, set->most, &set->parsed->error);
    }
    *more = false;
    if (set->parsed->n == 0 && set->parsed->taken == IRM_OK && set->waiting == 0) {
        return IRM_OK; /* of files that cannot be taken so, each record comes by here */
    }
    IRM_TRY(prepare_join(in, set, error));
    IRM_TRY(irm_parallel_for(1 + n_joins(set) + set->parsed->n, 1, in->workers, work_some,
                             set, error));
    end_join(in, set);
    turn(set);
    IRM_TRY(map_round(in, set, error));
    *more = set->parsed->n > 0 || set->parsed->taken != IRM_OK;
    if (!*more) {
        IRM_TRY(join_now(in, set, error));
    }
    irm_status taken = set->joined->taken;
    if (taken != IRM_OK) {
        IRM_TRY(join_now(in, set, error));
        if (error != NULL) {
            *error = set->joined->error;
        }
    }
    return taken;
}
