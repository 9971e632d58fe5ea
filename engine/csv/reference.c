#include <stddef.h>
#include <string.h>

#include "csv/records.h"
#include "irminon/memory.h"

/* libcsv asks for a little more room at a time: a field of megabytes, which a quote that
 * is never closed makes, would be copied thousands of times. Its room doubles instead;
 * how much there is stands before the block, which keeps its alignment. */
typedef union room {
    size_t capacity;
    max_align_t aligned;
} room;

static void *resize(void *block, size_t size) {
    room *old = block != NULL ? (room *)block - 1 : NULL;
    size_t capacity = old != NULL ? old->capacity : 0;
    if (size <= capacity) {
        return block;
    }
    capacity = size > capacity * 2 ? size : capacity * 2;
    room *made = irm_realloc(old, sizeof *made + capacity, 1);
    if (made == NULL) {
        return NULL;
    }
    made->capacity = capacity;
    return made + 1;
}

static void release(void *block) {
    if (block != NULL) {
        irm_free((room *)block - 1);
    }
}

/* Spaces belong to their field (RFC 4180, section 2.4), where libcsv would trim them. */
static int never_space(unsigned char byte) {
    (void)byte;
    return 0;
}

irm_status irm_csv_reference_init(csv_reference *reference, char delimiter,
                                  csv_fields *fields, irm_error *error) {
    *reference = (struct csv_reference){.fields = fields};
    if (csv_init(&reference->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        return irm_fail(error, IRM_STATUS_INTERNAL, "libcsv did not start");
    }
    csv_set_delim(&reference->parser, (unsigned char)delimiter);
    csv_set_space_func(&reference->parser, never_space);
    csv_set_realloc_func(&reference->parser, resize);
    csv_set_free_func(&reference->parser, release);
    csv_set_blk_size(&reference->parser, 4096);
    return IRM_OK;
}

void irm_csv_reference_clear(csv_reference *reference) {
    csv_free(&reference->parser);
    irm_buffer_clear(&reference->bytes);
    irm_free(reference->ends);
}

void irm_csv_reference_start(csv_reference *reference) {
    reference->bytes.size = 0;
    reference->fields->count = 0;
    reference->row = false;
    reference->inner_lines = 0;
}

/* LF, CR LF and CR each end one line. */
size_t irm_csv_count_lines(const char *data, size_t size) {
    size_t lines = 0;
    for (size_t i = 0; i < size; i++) {
        lines += data[i] == '\n' ? i == 0 || data[i - 1] != '\r' : data[i] == '\r';
    }
    return lines;
}

static void on_field(void *bytes, size_t size, void *context) {
    csv_reference *reference = context;
    irm_buffer_add(&reference->bytes, bytes, size);
    if (reference->next_quoted) {
        reference->inner_lines += irm_csv_count_lines(bytes, size);
    }
    size_t n = reference->fields->count;
    /* The view is set when the record is whole: until then `bytes` may move. */
    if (reference->bytes.failed ||
        irm_reserve((void **)&reference->ends, &reference->ends_capacity, n + 1,
                    sizeof *reference->ends, NULL) != IRM_OK ||
        irm_csv_fields_add(reference->fields, NULL, 0, reference->next_quoted, NULL) !=
            IRM_OK) {
        reference->no_memory = true;
        return;
    }
    reference->ends[n] = reference->bytes.size;
}

static void on_row(int end, void *context) {
    (void)end;
    csv_reference *reference = context;
    reference->row = true;
    size_t start = 0;
    for (size_t i = 0; i < reference->fields->count; i++) {
        reference->fields->views[i] =
            (irm_view){reference->bytes.data + start, reference->ends[i] - start};
        start = reference->ends[i];
    }
}

static irm_status parse(csv_reference *reference, const char *data, size_t size,
                        size_t *used, irm_error *error) {
    size_t done = csv_parse(&reference->parser, data, size, on_field, on_row, reference);
    *used += done;
    if (reference->no_memory ||
        (done < size && csv_error(&reference->parser) == CSV_ENOMEM)) {
        return irm_fail_memory(error);
    }
    return done < size ? irm_fail(error, IRM_STATUS_DATA, "a quote astray") : IRM_OK;
}

irm_status irm_csv_reference_feed(csv_reference *reference, const char *data, size_t size,
                                  size_t *used, irm_error *error) {
    char delimiter = (char)csv_get_delim(&reference->parser);
    *used = 0;
    while (*used < size && !reference->row) {
        /* libcsv forgets that a field was quoted as it hands it over, so it is asked just
         * before each byte that may end one. */
        size_t plain = *used;
        while (plain < size && data[plain] != delimiter && data[plain] != '\n' &&
               data[plain] != '\r') {
            plain++;
        }
        if (plain > *used) {
            IRM_TRY(parse(reference, data + *used, plain - *used, used, error));
        }
        reference->next_quoted = reference->parser.quoted != 0;
        if (plain < size) {
            IRM_TRY(parse(reference, data + plain, 1, used, error));
        }
    }
    return IRM_OK;
}

irm_status irm_csv_reference_finish(csv_reference *reference, irm_error *error) {
    reference->next_quoted = reference->parser.quoted != 0;
    if (csv_fini(&reference->parser, on_field, on_row, reference) != 0) {
        return irm_fail(error, IRM_STATUS_DATA, "a quote left open");
    }
    return reference->no_memory ? irm_fail_memory(error) : IRM_OK;
}

irm_view irm_csv_reference_partial(const csv_reference *reference) {
    return (irm_view){(const char *)reference->parser.entry_buf,
                      reference->parser.entry_pos};
}
