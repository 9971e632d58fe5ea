#include "irminon/csv.h"

#include <string.h>

#include "csv/records.h"
#include "irminon/memory.h"

/* A record longer than this is a quote that was never closed, or not a CSV file. */
static const size_t longest_record = (size_t)64 << 20;
static const size_t default_block = (size_t)1 << 20;

struct irm_csv {
    irm_input *input;
    irm_encoding encoding;
    char delimiter;
    char *block;
    bool borrowed; /* the block is somebody's */
    size_t capacity, size, position;
    bool last_block;
    ptrdiff_t before; /* bytes of the block's first line that came before the block; less
                         those of a byte-order mark, which are not counted */
    size_t line;      /* of the byte at `position` */
    bool after_cr;    /* the byte before it was a CR that ended a line */
    bool ended;
    csv_stops stops;
    csv_fields fields;
    csv_reference reference;
    irm_buffer converted;
    irm_csv_record record;
    irm_csv_repairs repairs;
};

static irm_status fail_data(irm_csv *csv, size_t line, size_t column, irm_error *error,
                            const char *message) {
    return irm_fail_at(error, IRM_STATUS_DATA, irm_input_name(csv->input), line, column,
                       NULL, "%s", message);
}

/* Where the line of block[position] starts in the block, 0 at the least. */
static size_t line_start(const irm_csv *csv, size_t position) {
    while (position > 0 && csv->block[position - 1] != '\n' &&
           csv->block[position - 1] != '\r') {
        position--;
    }
    return position;
}

/* Reads on: the bytes not yet consumed move to the start of the block. */
static irm_status fill(irm_csv *csv, irm_error *error) {
    if (csv->block == NULL) {
        csv->block = irm_calloc(csv->capacity + IRM_CSV_PADDING, 1);
        if (csv->block == NULL) {
            return irm_fail_memory(error);
        }
    }
    size_t start = line_start(csv, csv->position);
    csv->before = (ptrdiff_t)(csv->position - start) + (start == 0 ? csv->before : 0);
    csv->size -= csv->position;
    memmove(csv->block, csv->block + csv->position, csv->size);
    csv->position = 0;
    while (csv->size < csv->capacity && !csv->last_block) {
        size_t got;
        IRM_TRY(irm_input_read(csv->input, csv->block + csv->size,
                               csv->capacity - csv->size, &got, error));
        csv->size += got;
        csv->last_block = got == 0;
    }
    return IRM_OK;
}

/* `line`: that of the block's first byte. */
static irm_status refuse_nul(irm_csv *csv, size_t line, irm_error *error) {
    const char *nul = csv->size > 0 ? memchr(csv->block, 0, csv->size) : NULL;
    if (nul == NULL) {
        return IRM_OK;
    }
    line += irm_csv_count_lines(csv->block, (size_t)(nul - csv->block));
    return fail_data(csv, line, 0, error, "not a text file: a NUL byte; expected CSV");
}

/* Looks at the first block: is it text, with a byte-order mark, and which delimiter? */
static irm_status begin(irm_csv *csv, const irm_csv_options *options, irm_error *error) {
    IRM_TRY(fill(csv, error));
    const char *not_text = irm_csv_detect_not_text(csv->block, csv->size);
    if (not_text != NULL) {
        return fail_data(csv, 0, 0, error, not_text);
    }
    IRM_TRY(refuse_nul(csv, 1, error));
    if (csv->size >= 3 && memcmp(csv->block, "\xEF\xBB\xBF", 3) == 0) {
        csv->position = 3;
        csv->before = -3;
        csv->repairs.bom = true;
    }
    csv->delimiter = options->delimiter != 0
                         ? options->delimiter
                         : irm_csv_detect_delimiter(csv->block + csv->position,
                                                    csv->size - csv->position);
    csv->repairs.delimiter = csv->delimiter;
    irm_csv_stops_init(&csv->stops, csv->delimiter);
    return irm_csv_reference_init(&csv->reference, csv->delimiter, &csv->fields, error);
}

irm_status irm_csv_open(irm_input *input, const irm_csv_options *options, irm_csv **csv,
                        irm_error *error) {
    irm_csv_options chosen = options != NULL ? *options : (irm_csv_options){0};
    if (chosen.delimiter == '"' || chosen.delimiter == '\n' || chosen.delimiter == '\r') {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "a quote or a line end cannot be the delimiter");
    }
    irm_csv *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->input = input;
    made->encoding = chosen.encoding;
    made->capacity = chosen.block_size > 0 ? chosen.block_size : default_block;
    made->capacity = made->capacity < 3 ? 3 : made->capacity; /* a byte-order mark's */
    made->line = 1;
    irm_status status = begin(made, &chosen, error);
    if (status != IRM_OK) {
        irm_csv_free(made);
        return status;
    }
    *csv = made;
    return IRM_OK;
}

void irm_csv_free(irm_csv *csv) {
    if (csv == NULL) {
        return;
    }
    irm_csv_reference_clear(&csv->reference);
    irm_free(csv->fields.views);
    irm_free(csv->fields.quoted);
    irm_buffer_clear(&csv->converted);
    if (!csv->borrowed) {
        irm_free(csv->block);
    }
    irm_free(csv);
}

/* Byte column of block[position], from 1. */
static size_t column_at(const irm_csv *csv, size_t position) {
    size_t start = line_start(csv, position);
    return (size_t)((ptrdiff_t)(position - start) + (start == 0 ? csv->before : 0)) + 1;
}

static irm_status fail_astray(irm_csv *csv, irm_error *error) {
    irm_view text = irm_csv_reference_partial(&csv->reference);
    bool quoted = csv->reference.parser.quoted != 0;
    size_t lines = csv->reference.inner_lines +
                   (quoted ? irm_csv_count_lines(text.data, text.size) : 0);
    int shown = text.size < 40 ? (int)text.size : 40;
    return irm_fail_at(
        error, IRM_STATUS_DATA, irm_input_name(csv->input), csv->line + lines,
        column_at(csv, csv->position), NULL,
        quoted ? "in field %zu, text after the closing quote of \"%.*s; expected "
                 "the delimiter or the line's end (a quote inside a quoted "
                 "field is doubled)"
               : "in field %zu, a quote after the text '%.*s'; a field that "
                 "holds quotes must be quoted whole, with each quote doubled",
        csv->fields.count + 1, shown, text.data);
}

/* `cut`: the reading stopped at the limit rather than at the end of the file. */
static irm_status fail_unclosed(irm_csv *csv, bool cut, irm_error *error) {
    if (cut && csv->reference.parser.quoted == 0) {
        return fail_data(csv, csv->line, 0, error, "a line of over 64 MiB; expected CSV");
    }
    return irm_fail_at(error, IRM_STATUS_DATA, irm_input_name(csv->input),
                       csv->line + csv->reference.inner_lines, 0, NULL,
                       "the quote opened on this line (field %zu) is never closed%s",
                       csv->fields.count + 1, cut ? " (not within 64 MiB)" : "");
}

/* One line end was consumed. */
static void end_line(irm_csv *csv, char end) {
    csv->line++;
    csv->after_cr = end == '\r';
}

/* Reads a record that irm_csv_scan left to libcsv, over as many blocks as it takes. */
static irm_status read_odd(irm_csv *csv, irm_error *error) {
    csv_reference *reference = &csv->reference;
    irm_csv_reference_start(reference);
    size_t total = 0;
    for (;;) {
        size_t used;
        irm_status status =
            irm_csv_reference_feed(reference, csv->block + csv->position,
                                   csv->size - csv->position, &used, error);
        csv->position += used;
        total += used;
        if (status == IRM_STATUS_DATA) {
            return fail_astray(csv, error);
        }
        IRM_TRY(status);
        if (reference->row) {
            csv->line += reference->inner_lines;
            end_line(csv, csv->block[csv->position - 1]);
            return IRM_OK;
        }
        if (total > longest_record) {
            return fail_unclosed(csv, true, error);
        }
        if (csv->last_block) {
            status = irm_csv_reference_finish(reference, error);
            return status == IRM_STATUS_DATA ? fail_unclosed(csv, false, error) : status;
        }
        IRM_TRY(fill(csv, error));
        IRM_TRY(refuse_nul(csv, csv->line + reference->inner_lines, error));
    }
}

/* Line ends between records, among them the LF of a CR LF. */
static void skip_line_ends(irm_csv *csv) {
    for (; csv->position < csv->size; csv->position++) {
        char byte = csv->block[csv->position];
        if (byte == '\n' && csv->after_cr) {
            csv->repairs.crlf = true;
            csv->after_cr = false;
        } else if (byte == '\n' || byte == '\r') {
            end_line(csv, byte);
        } else {
            return;
        }
    }
}

static bool is_ascii(const char *data, size_t size) {
    unsigned char all = 0;
    for (size_t i = 0; i < size; i++) {
        all |= (unsigned char)data[i];
    }
    return all < 0x80;
}

static size_t first_invalid(const csv_fields *fields) {
    size_t i = 0;
    while (i < fields->count &&
           irm_utf8_valid(fields->views[i].data, fields->views[i].size)) {
        i++;
    }
    return i;
}

/* Every field of the record from Windows-1252: an accented letter is one byte in it, and
 * two such bytes in a row may look like UTF-8, so a line is taken as a whole. */
static irm_status convert(irm_csv *csv, irm_error *error) {
    csv_fields *fields = &csv->fields;
    csv->converted.size = 0;
    for (size_t i = 0; i < fields->count; i++) {
        irm_view *view = &fields->views[i];
        if (is_ascii(view->data, view->size)) {
            continue;
        }
        size_t start = csv->converted.size;
        irm_utf8_from_windows1252(&csv->converted, view->data, view->size);
        *view = (irm_view){NULL, csv->converted.size - start};
        csv->repairs.windows_1252 += csv->encoding == IRM_ENCODING_AUTO;
    }
    if (csv->converted.failed) {
        return irm_fail_memory(error);
    }
    size_t start = 0; /* the buffer no longer moves */
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->views[i].data == NULL) {
            fields->views[i].data = csv->converted.data + start;
            start += fields->views[i].size;
        }
    }
    return IRM_OK;
}

static irm_status to_utf8(irm_csv *csv, irm_error *error) {
    if (csv->encoding == IRM_ENCODING_WINDOWS_1252) {
        return convert(csv, error);
    }
    size_t invalid = first_invalid(&csv->fields);
    if (invalid == csv->fields.count) {
        return IRM_OK;
    }
    if (csv->encoding == IRM_ENCODING_UTF8) {
        return irm_fail_at(error, IRM_STATUS_DATA, irm_input_name(csv->input),
                           csv->record.line, 0, NULL,
                           "field %zu is not UTF-8, which was asked for", invalid + 1);
    }
    return convert(csv, error);
}

/* The record that starts at the current byte. */
static irm_status read_record(irm_csv *csv, irm_error *error) {
    const char *start = csv->block + csv->position;
    size_t used;
    bool ascii;
    csv->record.line = csv->line;
    csv->after_cr = false;
    switch (irm_csv_scan(start, csv->block + csv->size, &csv->stops, csv->delimiter,
                         &csv->fields, &used)) {
        case SCAN_DONE:
            csv->position += used;
            end_line(csv, start[used - 1]);
            ascii = is_ascii(start, used);
            break;
        case SCAN_ODD:
            IRM_TRY(read_odd(csv, error));
            ascii = is_ascii(csv->reference.bytes.data, csv->reference.bytes.size);
            break;
        default:
            return irm_fail_memory(error);
    }
    return ascii ? IRM_OK : to_utf8(csv, error);
}

/* To the first byte of the next record; false in *found at the end of the input. */
static irm_status seek_record(irm_csv *csv, bool *found, irm_error *error) {
    skip_line_ends(csv);
    while (csv->position == csv->size && !csv->last_block) {
        IRM_TRY(fill(csv, error));
        IRM_TRY(refuse_nul(csv, csv->line, error));
        skip_line_ends(csv);
    }
    *found = csv->position < csv->size;
    return IRM_OK;
}

irm_status irm_csv_next(irm_csv *csv, const irm_csv_record **record, irm_error *error) {
    *record = NULL;
    if (csv->ended) {
        return IRM_OK;
    }
    bool found = false;
    irm_status status = seek_record(csv, &found, error);
    if (status == IRM_OK && found) {
        status = read_record(csv, error);
    }
    csv->ended = status != IRM_OK || !found;
    if (csv->ended) {
        return status;
    }
    csv->record.n_fields = csv->fields.count;
    csv->record.fields = csv->fields.views;
    csv->record.quoted = csv->fields.quoted;
    *record = &csv->record;
    return IRM_OK;
}

/* By runs that a byte can count, which compilers make vectors of. */
static size_t count_byte(const char *data, size_t size, char wanted) {
    enum { RUN = 240 };
    size_t count = 0;
    while (size > 0) {
        size_t n = size < RUN ? size : RUN;
        uint8_t some = 0;
        for (size_t i = 0; i < n; i++) {
            some = (uint8_t)(some + (data[i] == wanted));
        }
        count += some;
        data += n;
        size -= n;
    }
    return count;
}

/* Bytes of the whole lines that follow the current byte: up to the last LF with an even
 * number of quotes before it. */
static size_t whole_lines(const irm_csv *csv) {
    const char *start = csv->block + csv->position;
    size_t end = csv->size - csv->position;
    bool inside = memchr(start, '"', end) != NULL && count_byte(start, end, '"') % 2 == 1;
    for (; end > 0 && (inside || start[end - 1] != '\n'); end--) {
        inside ^= start[end - 1] == '"';
    }
    return end;
}

/* Bytes of the whole records that follow the current byte, at the start of the block once
 * it is full. */
static irm_status find_whole(irm_csv *csv, size_t *size, irm_error *error) {
    if (csv->position > 0 || (csv->size < csv->capacity && !csv->last_block)) {
        IRM_TRY(fill(csv, error));
        IRM_TRY(refuse_nul(csv, csv->line, error));
    }
    *size = whole_lines(csv);
    return IRM_OK;
}

/* The first `size` bytes of the block become the piece: the two change their memory, and
 * only the bytes that follow are copied. */
static irm_status give_block(irm_csv *csv, size_t size, irm_buffer *piece,
                             irm_error *error) {
    size_t left = csv->size - size;
    size_t room = csv->last_block ? left : csv->capacity; /* nothing more is to be read */
    IRM_TRY(irm_reserve((void **)&piece->data, &piece->capacity, room + IRM_CSV_PADDING,
                        1, error));
    char *given = csv->block;
    memcpy(piece->data, given + size, left);
    memset(given + size, 0, IRM_CSV_PADDING);
    csv->block = piece->data;
    csv->size = left;
    csv->before = 0;
    piece->data = given;
    piece->capacity = csv->capacity + IRM_CSV_PADDING;
    piece->size = size;
    return IRM_OK;
}

irm_status irm_csv_take(irm_csv *csv, irm_buffer *piece, size_t *line, irm_error *error) {
    size_t size = 0;
    bool found = false;
    piece->size = 0;
    if (csv->ended) {
        return IRM_OK;
    }
    irm_status status = seek_record(csv, &found, error);
    if (status == IRM_OK && found) {
        status = find_whole(csv, &size, error);
    }
    csv->ended = status != IRM_OK || !found;
    if (csv->ended || size == 0) {
        return status;
    }
    IRM_TRY(give_block(csv, size, piece, error));
    *line = csv->line;
    csv->line += memchr(piece->data, '\r', size) == NULL
                     ? count_byte(piece->data, size, '\n')
                     : irm_csv_count_lines(piece->data, size);
    csv->after_cr = false;
    return IRM_OK;
}

irm_status irm_csv_open_piece(const irm_csv *whole, const irm_buffer *piece, size_t line,
                              irm_csv **csv, irm_error *error) {
    irm_csv *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->input = whole->input;
    made->encoding = whole->encoding;
    made->delimiter = made->repairs.delimiter = whole->delimiter;
    made->stops = whole->stops;
    made->block = piece->data;
    made->borrowed = made->last_block = true;
    made->capacity = made->size = piece->size;
    made->line = line;
    irm_status status =
        irm_csv_reference_init(&made->reference, made->delimiter, &made->fields, error);
    if (status != IRM_OK) {
        irm_csv_free(made);
        return status;
    }
    *csv = made;
    return IRM_OK;
}

void irm_csv_add_repairs(irm_csv *csv, const irm_csv_repairs *repairs) {
    csv->repairs.crlf = csv->repairs.crlf || repairs->crlf;
    csv->repairs.windows_1252 += repairs->windows_1252;
}

irm_encoding irm_csv_encoding(const irm_csv *csv) { return csv->encoding; }

irm_csv_repairs irm_csv_repaired(const irm_csv *csv) { return csv->repairs; }
