#include "ingest/piece.h"

#include <math.h>
#include <string.h>

#include "ingest/piece_labels.h"
#include "irminon/memory.h"

enum { MOST_KEPT = 6000 }; /* texts that a column keeps from piece to piece */

/* Where a record stands as its fields are met. */
typedef struct cursor {
    const char *start; /* of the field under way */
    const char *line;  /* of the record */
    size_t at;         /* its column */
} cursor;

/* Both bytes are written whatever the column's width: the second of a narrow one's is the
 * next row's to overwrite. */
static inline void put_code(const piece_column *column, size_t row, uint16_t code) {
    memcpy(column->codes + (row << column->wide), &code, sizeof code);
}

static irm_status reserve_codes(piece_column *column, size_t rows, irm_error *error) {
    return irm_reserve((void **)&column->codes, &column->codes_capacity,
                       (rows << column->wide) + 1, 1, error);
}

/* Two bytes a code from now on, those of the rows before too. */
static irm_status widen(piece *part, piece_column *column, irm_error *error) {
    column->wide = 1;
    IRM_TRY(reserve_codes(column, part->n_lines, error));
    for (size_t row = part->n_rows; row-- > 0;) {
        uint8_t code = column->codes[row];
        put_code(column, row, code == PIECE_NARROW ? PIECE_BLANK : code);
    }
    return IRM_OK;
}

static irm_status category(piece *part, piece_column *column, irm_view text,
                           irm_error *error) {
    uint16_t code = PIECE_BLANK;
    if (text.size == 0) {
        part->odd = part->odd || column->blank_refused;
    } else {
        IRM_TRY(piece_label_code(column, text, &code, &part->odd, error));
        if (code >= PIECE_NARROW && !column->wide) {
            IRM_TRY(widen(part, column, error));
        }
    }
    put_code(column, part->n_rows, code);
    return IRM_OK;
}

static bool same_as_last(const piece_column *column, irm_view text) {
    return text.size == column->last_size && text.size > 0 &&
           memcmp(text.data, column->last, text.size) == 0;
}

static bool read_number(const piece *part, piece_column *column, irm_view text) {
    char other = part->decimal == '.' ? ',' : '.';
    double value = 0;
    bool spaces = false, other_mark = false;
    if (!irm_text_number(text, part->decimal, &value, &spaces)) {
        other_mark = true;
        if (!irm_text_number(text, other, &value, &spaces)) {
            return false;
        }
    }
    column->last_size = text.size <= sizeof column->last ? text.size : 0;
    memcpy(column->last, text.data, column->last_size);
    column->last_value = value;
    column->last_spaced = spaces;
    column->last_other_mark = other_mark;
    return true;
}

/* A marker, a blank, or an error to tell. */
static irm_status no_number(piece *part, const cursor *here, const char *stop,
                            irm_error *error) {
    IRM_TRY(irm_reserve((void **)&part->cells, &part->cells_capacity, part->n_cells + 1,
                        sizeof *part->cells, error));
    part->columns[here->at].values[part->n_rows] = NAN;
    part->cells[part->n_cells++] =
        (piece_cell){.row = (uint32_t)part->n_rows,
                     .field = (uint32_t)here->at,
                     .line = (size_t)(here->line - part->bytes.data),
                     .stop = (size_t)(stop - part->bytes.data)};
    return IRM_OK;
}

static irm_status number(piece *part, const cursor *here, irm_view text, const char *stop,
                         irm_error *error) {
    piece_column *column = &part->columns[here->at];
    if (!same_as_last(column, text) && !read_number(part, column, text)) {
        return no_number(part, here, stop, error);
    }
    column->values[part->n_rows] = column->last_value;
    column->spaces += column->last_spaced;
    column->marks += column->last_other_mark;
    part->odd = part->odd || !isfinite(column->last_value);
    return IRM_OK;
}

static irm_status field(piece *part, const cursor *here, irm_view text, const char *stop,
                        irm_error *error) {
    piece_column *column = &part->columns[here->at];
    if (column->fill == PIECE_DROP) {
        column->held += text.size > 0;
        return IRM_OK;
    }
    /* A space, or a control byte, is at or under ' '. */
    if (text.size > 0 && ((unsigned char)text.data[0] <= ' ' ||
                          (unsigned char)text.data[text.size - 1] <= ' ')) {
        text = irm_view_trim(text);
    }
    return column->fill == PIECE_NUMBER ? number(part, here, text, stop, error)
                                        : category(part, column, text, error);
}

/* A field's text without its quotes: two, at its ends, or none at all. */
static bool unquote(irm_view *text, size_t quotes) {
    if (quotes == 0) {
        return true;
    }
    if (quotes != 2 || text->size < 2 || text->data[0] != '"' ||
        text->data[text->size - 1] != '"') {
        return false;
    }
    text->data++;
    text->size -= 2;
    return true;
}

/* The field that the byte at `stop` ends, in general. `quotes`: those in it. */
static irm_status end_field(piece *part, cursor *here, const char *stop, size_t quotes,
                            irm_error *error) {
    bool last = *stop == '\n';
    irm_view text = {here->start, (size_t)(stop - here->start)};
    if (last && text.size > 0 && stop[-1] == '\r') {
        text.size--;
        part->crlf = true;
    }
    if (last && here->at == 0 && text.size == 0) {
        here->start = here->line = stop + 1; /* an empty line */
        part->regular = false;
        return IRM_OK;
    }
    if (here->at == part->n_columns || (last && here->at + 1 < part->least) ||
        !unquote(&text, quotes)) {
        part->odd = true;
        return IRM_OK;
    }
    IRM_TRY(field(part, here, text, stop, error));
    here->start = stop + 1;
    here->at++;
    if (last) {
        /* Fields that are missing at the end are those of columns without a name. */
        part->n_rows++;
        here->line = here->start;
        here->at = 0;
    }
    return IRM_OK;
}

/* Puts the code of what nearly all fields are: a short text seen before, which starts
 * with no space. */
static inline bool put_known(const piece_column *column, size_t row, const char *start,
                             size_t size) {
    if (size - 1 < PIECE_QUICK) {
        uint32_t key = quick_key(start, size);
        uint32_t slot = column->quick[quick_slot(column, key)];
        if (quick_holds(slot, key)) {
            put_code(column, row, (uint16_t)(slot >> QUICK_BITS));
            return true;
        }
    }
    if (size - 1 >= PIECE_SHORT) {
        return false;
    }
    uint64_t key = short_key(start, size);
    uint64_t slot = column->slots[short_slot(column, key)];
    if (!slot_holds(slot, key)) {
        return false;
    }
    put_code(column, row, (uint16_t)(slot >> SHORT_BITS));
    return true;
}

static irm_status parse_plain(piece *part, irm_error *error) {
    const char *bytes = part->bytes.data, *start = bytes;
    const piece_column *column = part->columns, *last = column + part->n_columns - 1;
    cursor here = {.start = bytes, .line = bytes};
    size_t n_words = (part->bytes.size + 63) / 64, row = 0;
    for (size_t word = 0; word < n_words; word++) {
        for (uint64_t stops = part->stops[word]; stops != 0; stops &= stops - 1) {
            const char *stop = bytes + 64 * word + __builtin_ctzll(stops);
            if (column < last && *stop != '\n' &&
                put_known(column, row, start, (size_t)(stop - start))) {
                start = stop + 1;
                column++;
                continue;
            }
            here.start = start;
            here.at = (size_t)(column - part->columns);
            IRM_TRY(end_field(part, &here, stop, 0, error));
            if (part->odd) {
                return IRM_OK;
            }
            start = here.start;
            column = part->columns + here.at;
            row = part->n_rows;
        }
    }
    return IRM_OK;
}

/* What stands between two quotes, or what has none. */
static inline bool put_quoted(const piece_column *column, size_t row, const char *start,
                              const char *stop, size_t quotes) {
    if (quotes == 0) {
        return put_known(column, row, start, (size_t)(stop - start));
    }
    return quotes == 2 && stop - start > 2 && *start == '"' && stop[-1] == '"' &&
           put_known(column, row, start + 1, (size_t)(stop - start) - 2);
}

static irm_status parse_quoted(piece *part, irm_error *error) {
    const char *bytes = part->bytes.data, *start = bytes;
    const piece_column *column = part->columns, *last = column + part->n_columns - 1;
    cursor here = {.start = bytes, .line = bytes};
    size_t n_words = (part->bytes.size + 63) / 64, row = 0, quotes = 0;
    for (size_t word = 0; word < n_words; word++) {
        uint64_t marks = part->quotes[word];
        for (uint64_t stops = part->stops[word]; stops != 0; stops &= stops - 1) {
            const char *stop = bytes + 64 * word + __builtin_ctzll(stops);
            /* Those of the field: two at most, nearly always. */
            for (; (marks & ((stops & -stops) - 1)) != 0; marks &= marks - 1) {
                quotes++;
            }
            if (column < last && *stop != '\n' &&
                put_quoted(column, row, start, stop, quotes)) {
                start = stop + 1;
                column++;
                quotes = 0;
                continue;
            }
            here.start = start;
            here.at = (size_t)(column - part->columns);
            IRM_TRY(end_field(part, &here, stop, quotes, error));
            if (part->odd) {
                return IRM_OK;
            }
            start = here.start;
            column = part->columns + here.at;
            row = part->n_rows;
            quotes = 0;
        }
        for (; marks != 0; marks &= marks - 1) {
            quotes++;
        }
    }
    return IRM_OK;
}

/* CRs that end a line alone are for the record reader; those inside quotes, to be sure,
 * too. */
static bool lone_return(const piece *part) {
    const char *at = part->bytes.data, *end = at + part->bytes.size;
    while ((at = memchr(at, '\r', (size_t)(end - at))) != NULL) {
        if (++at == end || *at != '\n') {
            return true;
        }
    }
    return false;
}

static irm_status reserve_column(piece_column *column, size_t rows, irm_error *error) {
    column->spaces = column->marks = column->held = 0;
    IRM_TRY(piece_ready(column, error));
    if (column->n_labels > MOST_KEPT) {
        piece_forget(column);
    }
    if (column->fill == PIECE_NUMBER) {
        return irm_reserve((void **)&column->values, &column->values_capacity, rows,
                           sizeof *column->values, error);
    }
    return column->fill == PIECE_CATEGORY ? reserve_codes(column, rows, error) : IRM_OK;
}

irm_status piece_parse(piece *part, irm_error *error) {
    size_t words = (part->bytes.size + 63) / 64;
    IRM_TRY(irm_reserve((void **)&part->stops, &part->stops_capacity, words,
                        sizeof *part->stops, error));
    IRM_TRY(irm_reserve((void **)&part->quotes, &part->quotes_capacity, words,
                        sizeof *part->quotes, error));
    irm_scan seen = irm_scan_bytes(part->way, part->bytes.data, part->bytes.size,
                                   part->delimiter, part->stops, part->quotes);
    part->n_lines = seen.lines;
    for (size_t i = 0; i < part->n_columns; i++) {
        IRM_TRY(reserve_column(&part->columns[i], seen.lines, error));
    }
    part->n_rows = part->n_cells = 0;
    part->crlf = false;
    part->regular = seen.inner_lines == 0;
    part->odd = (seen.returns && lone_return(part)) ||
                (seen.accents && (part->encoding == IRM_ENCODING_WINDOWS_1252 ||
                                  !irm_utf8_valid(part->bytes.data, part->bytes.size)));
    if (part->odd) {
        return IRM_OK;
    }
    IRM_TRY(seen.quotes ? parse_quoted(part, error) : parse_plain(part, error));
    if (part->odd) {
        piece_forget_all(part);
    }
    return IRM_OK;
}

/* Where the record ends that has a field end at `stop`. */
static size_t record_end(const piece *part, size_t stop) {
    const char *bytes = part->bytes.data;
    while (bytes[stop] != '\n') {
        size_t word = ++stop / 64;
        uint64_t left = part->stops[word] & (UINT64_MAX << stop % 64);
        while (left == 0) {
            left = part->stops[++word];
        }
        stop = 64 * word + (size_t)__builtin_ctzll(left);
    }
    return stop > 0 && bytes[stop - 1] == '\r' ? stop - 1 : stop;
}

size_t piece_split(const piece *part, const piece_cell *cell, irm_view *fields,
                   size_t most) {
    const char *bytes = part->bytes.data;
    size_t n = 0, end = record_end(part, cell->stop);
    for (size_t at = cell->line; at <= end; at++) {
        bool quoted = at < end && bytes[at] == '"';
        size_t first = at + quoted;
        char until = quoted ? '"' : part->delimiter;
        for (at = first; at < end && bytes[at] != until;) {
            at++;
        }
        if (n < most) {
            fields[n] = (irm_view){bytes + first, at - first};
        }
        n++;
        at += quoted;
    }
    return n;
}

void piece_forget_all(piece *part) {
    for (size_t i = 0; i < part->n_columns; i++) {
        piece_forget(&part->columns[i]);
    }
}

static void clear_column(piece_column *column) {
    irm_free(column->codes);
    irm_free(column->values);
    irm_free(column->labels);
    irm_free(column->slots);
    irm_free(column->quick);
    irm_free(column->long_slots);
    irm_buffer_clear(&column->texts);
}

void piece_clear(piece *part) {
    for (size_t i = 0; part->columns != NULL && i < part->n_columns; i++) {
        clear_column(&part->columns[i]);
    }
    irm_free(part->columns);
    irm_free(part->stops);
    irm_free(part->quotes);
    irm_free(part->cells);
    irm_buffer_clear(&part->bytes);
}
