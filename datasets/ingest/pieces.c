#include <string.h>

#include "ingest/ingest.h"
#include "ingest/piece.h"
#include "irminon/memory.h"
#include "irminon/threads.h"

enum { ROUND = 8 }; /* pieces in hand: a megabyte each, and about two of cells */

/* The codes that a piece's labels have in the table. */
typedef struct mapping {
    int32_t *codes;
    size_t capacity;
} mapping;

/* Pieces parsed together, and how the taking of them ended. */
typedef struct round {
    piece pieces[ROUND];
    size_t n;
    irm_status taken;
    irm_error error; /* of bytes that follow them */
} round;

struct piece_set {
    ingest *in;
    round rounds[2]; /* one is taken as the other is parsed */
    round *now, *next;
    irm_view *fields;  /* of a record read again, and of a new text */
    bool *quoted;      /* none is */
    mapping *mappings; /* one a column */
    size_t n_columns;
};

/* Rows that name each other, or that may be put aside, are read in their turn. */
static bool can_be_parted(const ingest *in) {
    const irm_ingest_options *options = in->options;
    bool parted = in->unique.n_columns == 0 &&
                  (options == NULL || (!options->skip_errors && !options->in_turn));
    for (size_t i = 0; i < in->n_builders && parted; i++) {
        parted = !in->builders[i].floors && strcmp(in->builders[i].level, "mixed") != 0;
    }
    return parted;
}

static bool refuses_blank(const builder *column) {
    return column->checked &&
           !(column->entry != NULL &&
             model_in_list(column->entry->unplaced, (irm_view){"", 0}));
}

static irm_status plan_piece(const ingest *in, piece *part, irm_error *error) {
    part->columns = irm_calloc(in->n_builders, sizeof *part->columns);
    if (part->columns == NULL) {
        return irm_fail_memory(error);
    }
    part->n_columns = in->n_builders;
    part->least = ingest_least_fields(in);
    part->decimal = in->decimal;
    part->delimiter = irm_csv_repaired(in->csv).delimiter;
    for (size_t i = 0; i < in->n_builders; i++) {
        const builder *from = &in->builders[i];
        part->columns[i].fill = from->fill == FILL_DROP     ? PIECE_DROP
                                : from->fill == FILL_NUMBER ? PIECE_NUMBER
                                                            : PIECE_CATEGORY;
        part->columns[i].blank_refused = refuses_blank(from);
    }
    return IRM_OK;
}

irm_status pieces_new(ingest *in, piece_set **set, irm_error *error) {
    *set = NULL;
    if (!can_be_parted(in)) {
        return IRM_OK;
    }
    piece_set *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    *set = made;
    made->in = in;
    made->now = &made->rounds[0];
    made->next = &made->rounds[1];
    made->fields = irm_calloc(in->n_builders + 1, sizeof *made->fields);
    made->quoted = irm_calloc(in->n_builders + 1, sizeof *made->quoted);
    made->mappings = irm_calloc(in->n_builders, sizeof *made->mappings);
    made->n_columns = in->n_builders;
    bool room = made->fields != NULL && made->quoted != NULL && made->mappings != NULL;
    return room ? IRM_OK : irm_fail_memory(error);
}

void pieces_free(piece_set *set) {
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < ROUND; i++) {
        piece_clear(&set->rounds[0].pieces[i]);
        piece_clear(&set->rounds[1].pieces[i]);
    }
    for (size_t i = 0; set->mappings != NULL && i < set->n_columns; i++) {
        irm_free(set->mappings[i].codes);
    }
    irm_free(set->mappings);
    irm_free(set->fields);
    irm_free(set->quoted);
    irm_free(set);
}

/* Every record again, as if it came from irm_csv_next. */
static irm_status read_again(ingest *in, piece_set *set, const piece *part,
                             irm_error *error) {
    size_t position = 0, lines = 0;
    irm_view line;
    while (piece_line(part, &position, &lines, &line)) {
        irm_csv_record record = {
            .fields = set->fields, .quoted = set->quoted, .line = part->line + lines - 1};
        const char *start = line.data, *end = line.data + line.size;
        while (start != NULL) {
            const char *stop = memchr(start, part->delimiter, (size_t)(end - start));
            size_t size = (size_t)((stop != NULL ? stop : end) - start);
            if (record.n_fields <= in->n_builders) { /* one too many shows as such */
                set->fields[record.n_fields] = (irm_view){start, size};
            }
            record.n_fields++;
            start = stop != NULL ? stop + 1 : NULL;
        }
        IRM_TRY(ingest_record(in, &record, error));
    }
    return IRM_OK;
}

static uint64_t count_code(const piece *part, const piece_column *column, int32_t code) {
    uint64_t count = 0;
    for (size_t row = 0; row < part->n_rows; row++) {
        count += column->codes[row] == code;
    }
    return count;
}

/* Gives a piece's new texts the codes that reading them in turn would have given. */
static irm_status map_labels(ingest *in, piece_set *set, const piece *part, size_t at,
                             irm_error *error) {
    const piece_column *from = &part->columns[at];
    builder *to = &in->builders[at];
    mapping *codes = &set->mappings[at];
    IRM_TRY(irm_reserve((void **)&codes->codes, &codes->capacity, from->n_labels,
                        sizeof *codes->codes, error));
    irm_csv_record record = {.n_fields = in->n_builders,
                             .fields = set->fields,
                             .quoted = set->quoted,
                             .line = part->line};
    for (size_t i = 0; i < from->n_labels; i++) {
        uint64_t zeros = to->zeros;
        set->fields[at] = from->labels[i].text;
        IRM_TRY(ingest_cell(in, &record, at, error));
        codes->codes[i] = to->column.codes[in->at];
        if (to->zeros > zeros) {
            to->zeros = zeros + count_code(part, from, (int32_t)i);
        }
    }
    return IRM_OK;
}

typedef struct joining {
    ingest *in;
    const piece_set *set;
    const piece *part;
} joining;

/* Rows `from` … of the piece's column into the block, from its row `first`. */
static void copy_cells(const joining *join, size_t at, size_t from, size_t first,
                       size_t n) {
    const piece_column *column = &join->part->columns[at];
    builder *to = &join->in->builders[at];
    if (column->fill == PIECE_NUMBER) {
        memcpy(to->column.values + first, column->values + from,
               n * sizeof *column->values);
        if (to->column.marks != NULL) {
            memset(to->column.marks + first, 0, n);
        }
    } else if (column->fill == PIECE_CATEGORY) {
        const int32_t *codes = join->set->mappings[at].codes;
        int32_t *cells = to->column.codes + first;
        const int32_t *own = column->codes + from;
        for (size_t row = 0; row < n; row++) {
            cells[row] = own[row] == PIECE_BLANK ? -1 : codes[own[row]];
        }
    }
}

/* Into the block, which is sealed as often as it is full. */
static irm_status join_column(const joining *join, size_t at, size_t worker,
                              irm_error *error) {
    const piece_column *from = &join->part->columns[at];
    builder *to = &join->in->builders[at];
    size_t n = join->part->n_rows, first = join->in->at;
    size_t block = join->in->n_rows / IRM_BLOCK_ROWS;
    for (size_t done = 0; done < n;) {
        size_t room = IRM_BLOCK_ROWS - first, left = n - done;
        size_t some = left < room ? left : room;
        copy_cells(join, at, done, first, some);
        done += some;
        first += some;
        if (first == IRM_BLOCK_ROWS) {
            IRM_TRY(
                ingest_seal_column(join->in, at, block++, IRM_BLOCK_ROWS, worker, error));
            first = 0;
        }
    }
    to->spaces += from->spaces;
    to->marks += from->marks;
    to->held += from->held;
    return IRM_OK;
}

static irm_status join_some(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    for (size_t at = first; at < last; at++) {
        IRM_TRY(join_column(context, at, worker, error));
    }
    return IRM_OK;
}

/* Puts a piece's rows after those read so far. */
static irm_status join(ingest *in, piece_set *set, const piece *part, irm_error *error) {
    enum { COLUMNS_AT_ONCE = 8 };
    if (part->odd || in->n_rows + part->n_rows >= UINT32_MAX - 1) {
        return read_again(in, set, part, error);
    }
    if (part->n_rows == 0) {
        return IRM_OK;
    }
    size_t reached = in->at + part->n_rows;
    IRM_TRY(
        ingest_reserve(in, reached < IRM_BLOCK_ROWS ? reached : IRM_BLOCK_ROWS, error));
    for (size_t at = 0; at < in->n_builders; at++) {
        if (part->columns[at].fill != PIECE_CATEGORY) {
            continue;
        }
        irm_status status = map_labels(in, set, part, at, error);
        if (status == IRM_STATUS_DATA) { /* told of the first row that has it */
            return read_again(in, set, part, error);
        }
        IRM_TRY(status);
    }
    joining all = {in, set, part};
    IRM_TRY(irm_parallel_for(in->n_builders, COLUMNS_AT_ONCE, in->workers, join_some,
                             &all, error));
    in->n_rows += part->n_rows;
    in->at = in->n_rows % IRM_BLOCK_ROWS;
    return IRM_OK;
}

static irm_status take_pieces(ingest *in, round *to, irm_error *error) {
    for (to->n = 0; to->n < ROUND; to->n++) {
        piece *part = &to->pieces[to->n];
        if (part->columns == NULL) {
            IRM_TRY(plan_piece(in, part, error));
        }
        IRM_TRY(irm_csv_take(in->csv, &part->bytes, &part->line, error));
        if (part->bytes.size == 0) {
            break;
        }
    }
    return IRM_OK;
}

/* Index 0 takes the next round, where this one was full; the others parse a piece each.
 */
static irm_status work_some(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    piece_set *set = context;
    (void)worker;
    for (size_t i = first; i < last; i++) {
        if (i > 0) {
            IRM_TRY(piece_parse(&set->now->pieces[i - 1], error));
        } else if (set->now->n == ROUND) {
            set->next->taken = take_pieces(set->in, set->next, &set->next->error);
        }
    }
    return IRM_OK;
}

static void turn(piece_set *set) {
    round *done = set->now;
    set->now = set->next;
    set->next = done;
    done->n = 0;
    done->taken = IRM_OK;
}

irm_status pieces_read(ingest *in, piece_set *set, bool *more, irm_error *error) {
    if (set->now->n == 0 && set->now->taken == IRM_OK) {
        set->now->taken = take_pieces(in, set->now, &set->now->error);
    }
    bool full = set->now->n == ROUND;
    *more = false;
    if (set->now->n == 0 && set->now->taken == IRM_OK) {
        return IRM_OK; /* of quoted files, each record comes by here */
    }
    IRM_TRY(irm_parallel_for(set->now->n + 1, 1, 0, work_some, set, error));
    for (size_t i = 0; i < set->now->n; i++) {
        IRM_TRY(join(in, set, &set->now->pieces[i], error));
    }
    *more = full && (set->next->n > 0 || set->next->taken != IRM_OK);
    irm_status taken = set->now->taken;
    if (taken != IRM_OK && error != NULL) {
        *error = set->now->error;
    }
    turn(set);
    return taken;
}
