/* libFuzzer entry over the pieces that ingest parses in threads: whatever the input, the
 * size of the blocks and the instructions, the fields are those that libcsv gives, on the
 * same lines, and the error is the same at the same place. Not built by default, but the
 * test ingest.piece calls it with inputs it draws:
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -Iengine/include -Iengine -Idatasets
 *       -D_DEFAULT_SOURCE tests/fuzz/fuzz_pieces.c datasets/ingest/piece*.c
 * engine/csv/X.c engine/core/X.c (X: each file; not pieces.c) -lcsv -larchive -lz
 * -lnettle -lm -o fuzz_pieces
 *   ./fuzz_pieces tests/fuzz/corpus/csv
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/piece.h"
#include "irminon/csv.h"
#include "irminon/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct told {
    irm_buffer words, lines; /* the fields of each record; their lines */
    char error[1024];
    size_t n_fields; /* of the first record */
} told;

static void tell_field(told *to, irm_view text) {
    text = irm_view_trim(text);
    irm_buffer_format(&to->words, " %zu:", text.size);
    irm_buffer_add(&to->words, text.size > 0 ? text.data : "", text.size);
}

static void tell_line(told *to, size_t line) {
    irm_buffer_text(&to->words, "\n");
    irm_buffer_format(&to->lines, "%zu ", line);
}

static void tell_record(told *to, const irm_csv_record *record) {
    tell_line(to, record->line);
    to->n_fields = to->n_fields == 0 ? record->n_fields : to->n_fields;
    for (size_t i = 0; i < record->n_fields; i++) {
        tell_field(to, record->fields[i]);
    }
}

static irm_status tell_all(told *to, irm_csv *csv, irm_error *error) {
    const irm_csv_record *record = NULL;
    irm_status status = IRM_OK;
    while ((status = irm_csv_next(csv, &record, error)) == IRM_OK && record != NULL) {
        tell_record(to, record);
    }
    return status;
}

static void tell_rows(told *to, const piece *part) {
    for (size_t row = 0; row < part->n_rows; row++) {
        tell_line(to, part->line + row);
        for (size_t i = 0; i < part->n_columns; i++) {
            uint16_t code = piece_code(&part->columns[i], row);
            tell_field(to, code == PIECE_BLANK ? (irm_view){"", 0}
                                               : piece_text(&part->columns[i], code));
        }
    }
}

static bool same_bytes(const irm_buffer *a, const irm_buffer *b) {
    return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

static void add_told(told *to, told *more) {
    irm_buffer_add(&to->words, more->words.size > 0 ? more->words.data : "",
                   more->words.size);
    irm_buffer_add(&to->lines, more->lines.size > 0 ? more->lines.data : "",
                   more->lines.size);
    irm_buffer_clear(&more->words);
    irm_buffer_clear(&more->lines);
}

/* As ingest does: an odd piece is read again by records. Of one whose rows are not its
 * lines, the fields are held to the records', and the lines are theirs. */
static irm_status tell_piece(told *to, irm_csv *csv, piece *part, irm_error *error) {
    told parsed = {0}, read = {.n_fields = to->n_fields};
    irm_csv *records = NULL;
    irm_status status = piece_parse(part, error);
    if (status == IRM_OK && !part->odd) {
        tell_rows(&parsed, part);
    }
    if (status == IRM_OK && (part->odd || !part->regular)) {
        status = irm_csv_open_piece(csv, &part->bytes, part->line, &records, error);
        if (status == IRM_OK) {
            status = tell_all(&read, records, error);
        }
        if (!part->odd && (status != IRM_OK || !same_bytes(&parsed.words, &read.words))) {
            abort();
        }
        add_told(to, &read);
    } else {
        add_told(to, &parsed);
    }
    irm_buffer_clear(&parsed.words);
    irm_buffer_clear(&parsed.lines);
    irm_csv_free(records);
    return status;
}

static irm_status tell_pieces(told *to, irm_csv *csv, piece *part, irm_error *error) {
    for (;;) {
        irm_status status = irm_csv_take(csv, &part->bytes, &part->line, error);
        if (status == IRM_OK && part->bytes.size > 0) {
            status = tell_piece(to, csv, part, error);
        } else if (status == IRM_OK) {
            const irm_csv_record *record = NULL;
            status = irm_csv_next(csv, &record, error);
            if (status == IRM_OK && record == NULL) {
                return IRM_OK;
            }
            if (status == IRM_OK) {
                tell_record(to, record);
            }
        }
        if (status != IRM_OK) {
            return status;
        }
    }
}

/* Reads the data by pieces of that many columns, or by records when there are none. */
static told read_data(const uint8_t *data, size_t size, size_t block_size,
                      size_t n_columns, irm_scan_way way) {
    told to = {.n_fields = n_columns};
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    irm_error error = {0};
    irm_csv_options options = {.delimiter = ';', .block_size = block_size};
    piece part = {.delimiter = ';', .decimal = '.', .way = way, .n_columns = n_columns};
    part.least = n_columns;
    part.columns = irm_calloc(n_columns, sizeof *part.columns);
    for (size_t i = 0; i < n_columns; i++) {
        part.columns[i].fill = PIECE_CATEGORY;
    }
    irm_status status = irm_input_open_memory(data, size, "fuzz", NULL, &input, &error);
    if (status == IRM_OK) {
        status = irm_csv_open(input, &options, &csv, &error);
    }
    if (status == IRM_OK) {
        status = n_columns > 0 ? tell_pieces(&to, csv, &part, &error)
                               : tell_all(&to, csv, &error);
    }
    if (status != IRM_OK) {
        irm_error_format(&error, to.error, sizeof to.error);
    }
    piece_clear(&part);
    irm_csv_free(csv);
    irm_input_free(input);
    return to;
}

static void agree(const told *wanted, const told *got) {
    if (!same_bytes(&wanted->words, &got->words) ||
        !same_bytes(&wanted->lines, &got->lines) ||
        strcmp(wanted->error, got->error) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const size_t blocks[] = {3, 64, 0};
    /* What is no text at all is told on the first block, whose size matters then. */
    for (size_t i = 0; i < size; i++) {
        if (data[i] == 0 || (data[i] < 32 && data[i] != '\n' && data[i] != '\r')) {
            return 0;
        }
    }
    if (size == 0 || data[0] == '<' || data[0] == '%' || data[0] >= 0xEF) {
        return 0;
    }
    told wanted = read_data(data, size, 0, 0, IRM_SCAN_BEST);
    for (int way = 0; way < IRM_SCAN_END && wanted.n_fields > 0; way++) {
        for (int i = 0; i < 3 && irm_scan_can((irm_scan_way)way); i++) {
            told got =
                read_data(data, size, blocks[i], wanted.n_fields, (irm_scan_way)way);
            agree(&wanted, &got);
            irm_buffer_clear(&got.words);
            irm_buffer_clear(&got.lines);
        }
    }
    irm_buffer_clear(&wanted.words);
    irm_buffer_clear(&wanted.lines);
    return 0;
}
