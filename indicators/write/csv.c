#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "write/format.h"

void write_number(irm_buffer *buffer, double value, write_locale locale) {
    size_t start = buffer->size;
    irm_buffer_number(buffer, value);
    if (locale.decimal != '.' && !buffer->failed && buffer->size > start) {
        char *dot = memchr(buffer->data + start, '.', buffer->size - start);
        if (dot != NULL) {
            *dot = locale.decimal;
        }
    }
}

/* Bytes as hexadecimal digits: what WKB looks like in a CSV file. */
static void write_bytes(irm_buffer *buffer, const irm_column *column, size_t row) {
    static const char digits[] = "0123456789ABCDEF";
    for (uint64_t i = column->offsets[row]; i < column->offsets[row + 1]; i++) {
        char pair[2] = {digits[column->bytes[i] >> 4], digits[column->bytes[i] & 15]};
        irm_buffer_add(buffer, pair, 2);
    }
}

void write_cell(irm_buffer *buffer, const irm_column *column, size_t row,
                write_locale locale) {
    if (column->type == IRM_COLUMN_BYTES) {
        write_bytes(buffer, column, row);
    } else if (column->marks != NULL && column->marks[row] != 0 &&
               (column->type != IRM_COLUMN_NUMBER || isnan(column->values[row]))) {
        irm_buffer_csv(buffer, column->markers[column->marks[row] - 1].text,
                       locale.delimiter);
    } else if (column->type == IRM_COLUMN_NUMBER) {
        write_number(buffer, column->values[row], locale);
    } else {
        irm_buffer_csv(buffer, irm_column_label(column, row), locale.delimiter);
    }
}

irm_status write_drain(irm_output *output, irm_buffer *buffer, bool all,
                       irm_error *error) {
    enum { LARGE = 1 << 20 };
    if (buffer->failed) {
        return irm_fail_memory(error);
    }
    if (!all && buffer->size < LARGE) {
        return IRM_OK;
    }
    irm_status status = irm_output_write(output, buffer->data, buffer->size, error);
    buffer->size = 0;
    return status;
}

/* --- tables --- */

/* What a column's cells are written from. Labels are quoted where they must be, each in
 * `width` bytes of `text`; a multiple of 8, so that short ones are copied by words. */
typedef struct csv_field {
    char *text;
    uint32_t *sizes; /* of each label; NULL: the column is not written by labels */
    size_t width;
    bool number; /* plain numbers */
} csv_field;

struct csv_form {
    write_locale locale;
    size_t n_columns;
    csv_field *fields; /* one a column */
    size_t row_room;   /* bytes of a row of labels and numbers, at most */
};

typedef struct csv_job {
    const irm_table *table;
    const csv_form *form;
    irm_output *output;
    irm_buffer *buffers; /* one a worker */
    size_t n_buffers;
} csv_job;

/* Quoted labels one after the other, and where each ends. */
static irm_status quote_labels(const irm_column *column, char delimiter, irm_buffer *text,
                               size_t *ends, irm_error *error) {
    size_t count = irm_dict_count(column->categories);
    for (size_t i = 0; i < count; i++) {
        irm_buffer_csv(text, irm_dict_text(column->categories, (int32_t)i), delimiter);
        ends[i] = text->size;
    }
    return text->failed ? irm_fail_memory(error) : IRM_OK;
}

static irm_status space_labels(const irm_buffer *text, const size_t *ends, size_t count,
                               csv_field *field, irm_error *error) {
    size_t longest = 1;
    for (size_t i = 0; i < count; i++) {
        size_t size = ends[i] - (i > 0 ? ends[i - 1] : 0);
        longest = size > longest ? size : longest;
    }
    field->width = (longest + 7) / 8 * 8;
    if (field->width * count > 4 * text->size + 65536) {
        return IRM_OK; /* a few long ones among many: as they come */
    }
    field->text = irm_calloc(count, field->width);
    field->sizes = irm_calloc(count, sizeof *field->sizes);
    if (field->text == NULL || field->sizes == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        size_t start = i > 0 ? ends[i - 1] : 0;
        field->sizes[i] = (uint32_t)(ends[i] - start);
        memcpy(field->text + i * field->width, text->data + start, ends[i] - start);
    }
    return IRM_OK;
}

static irm_status make_field(const irm_column *column, size_t n_rows, char delimiter,
                             csv_field *field, irm_error *error) {
    field->number = column->type == IRM_COLUMN_NUMBER && column->marks == NULL;
    size_t count =
        column->type == IRM_COLUMN_CATEGORY ? irm_dict_count(column->categories) : 0;
    if (count == 0 || count > n_rows || column->marks != NULL) {
        return IRM_OK;
    }
    irm_buffer text = {0};
    size_t *ends = irm_calloc(count, sizeof *ends);
    irm_status status = ends == NULL
                            ? irm_fail_memory(error)
                            : quote_labels(column, delimiter, &text, ends, error);
    if (status == IRM_OK) {
        status = space_labels(&text, ends, count, field, error);
    }
    irm_buffer_clear(&text);
    irm_free(ends);
    return status;
}

static char *put_label(char *to, const csv_field *field, int32_t code) {
    if (code < 0) {
        return to;
    }
    const char *from = field->text + (size_t)code * field->width;
    for (size_t i = 0; i < field->width; i += 8) {
        memcpy(to + i, from + i, 8);
    }
    return to + field->sizes[code];
}

/* Counts are small and whole. */
static char *put_number(char *to, double value, char decimal) {
    if (value >= 0 && value < 10 && value == (double)(int)value) {
        *to = (char)('0' + (int)value);
        return to + 1;
    }
    size_t size = irm_number_write(value, to);
    char *dot = decimal != '.' ? memchr(to, '.', size) : NULL;
    if (dot != NULL) {
        *dot = decimal;
    }
    return to + size;
}

static void add_row(const csv_form *form, const irm_table *table, size_t row,
                    irm_buffer *buffer) {
    char *to = irm_buffer_room(buffer, form->row_room);
    for (size_t i = 0; to != NULL && i < table->n_columns; i++) {
        const irm_column *column = &table->columns[i];
        const csv_field *field = &form->fields[i];
        *to = form->locale.delimiter;
        to += i > 0;
        if (field->sizes != NULL) {
            to = put_label(to, field, column->codes[row]);
        } else if (field->number) {
            to = put_number(to, column->values[row], form->locale.decimal);
        } else {
            buffer->size = (size_t)(to - buffer->data);
            write_cell(buffer, column, row, form->locale);
            to = irm_buffer_room(buffer, form->row_room);
        }
    }
    if (to != NULL) {
        *to++ = '\n';
        buffer->size = (size_t)(to - buffer->data);
    }
}

void csv_form_add(const csv_form *form, const irm_table *table, size_t first, size_t last,
                  irm_buffer *buffer) {
    for (size_t row = first; row < last; row++) {
        add_row(form, table, row, buffer);
    }
}

void csv_form_add_header(const csv_form *form, const irm_table *table,
                         irm_buffer *buffer) {
    for (size_t i = 0; i < table->n_columns; i++) {
        irm_buffer_add(buffer, &form->locale.delimiter, i > 0);
        irm_buffer_csv(buffer, table->columns[i].name, form->locale.delimiter);
    }
    irm_buffer_text(buffer, "\n");
}

void csv_form_free(csv_form *form) {
    for (size_t i = 0; form != NULL && form->fields != NULL && i < form->n_columns; i++) {
        irm_free(form->fields[i].text);
        irm_free(form->fields[i].sizes);
    }
    irm_free(form != NULL ? form->fields : NULL);
    irm_free(form);
}

irm_status csv_form_new(const irm_table *columns, size_t n_rows, write_locale locale,
                        csv_form **form, irm_error *error) {
    csv_form *made = irm_calloc(1, sizeof *made);
    *form = made;
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    *made = (csv_form){.locale = locale, .n_columns = columns->n_columns, .row_room = 1};
    made->fields = irm_calloc(made->n_columns, sizeof *made->fields);
    if (made->fields == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < made->n_columns; i++) {
        csv_field *field = &made->fields[i];
        IRM_TRY(
            make_field(&columns->columns[i], n_rows, locale.delimiter, field, error));
        made->row_room +=
            1 + (field->sizes != NULL ? field->width : (size_t)IRM_NUMBER_ROOM);
    }
    return IRM_OK;
}

static irm_status make_rows(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    csv_job *job = context;
    irm_buffer *buffer = &job->buffers[worker];
    buffer->size = 0;
    csv_form_add(job->form, job->table, first, last, buffer);
    return buffer->failed ? irm_fail_memory(error) : IRM_OK;
}

static irm_status put_rows(void *context, size_t first, size_t last, size_t worker,
                           irm_error *error) {
    csv_job *job = context;
    (void)first;
    (void)last;
    return irm_output_write(job->output, job->buffers[worker].data,
                            job->buffers[worker].size, error);
}

static irm_status write_header(csv_job *job, irm_error *error) {
    irm_buffer *buffer = &job->buffers[0];
    csv_form_add_header(job->form, job->table, buffer);
    return buffer->failed
               ? irm_fail_memory(error)
               : irm_output_write(job->output, buffer->data, buffer->size, error);
}

static irm_status write_rows(csv_job *job, size_t threads, irm_error *error) {
    enum { GRAIN = 8192 }; /* rows: some hundreds of kilobytes */
    const irm_table *table = job->table;
    job->n_buffers = irm_parallel_workers(table->n_rows, GRAIN, threads);
    job->buffers = irm_calloc(job->n_buffers, sizeof *job->buffers);
    if (job->buffers == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(write_header(job, error));
    return irm_parallel_in_order(table->n_rows, GRAIN, job->n_buffers, make_rows,
                                 put_rows, job, error);
}

irm_status write_csv(const irm_table *table, const char *path, write_locale locale,
                     size_t threads, irm_error *error) {
    irm_output output;
    IRM_TRY(irm_output_open(&output, path, error));
    csv_form *form;
    csv_job job = {.table = table, .output = &output};
    irm_status status = csv_form_new(table, table->n_rows, locale, &form, error);
    job.form = form;
    if (status == IRM_OK) {
        status = write_rows(&job, threads, error);
    }
    for (size_t i = 0; job.buffers != NULL && i < job.n_buffers; i++) {
        irm_buffer_clear(&job.buffers[i]);
    }
    irm_free(job.buffers);
    csv_form_free(form);
    if (status != IRM_OK) {
        irm_output_abort(&output);
        return status;
    }
    return irm_output_finish(&output, error);
}
