#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "irminon/memory.h"
#include "irminon/write.h"
#include "write/format.h"

struct irm_row_writer {
    irm_output output;
    bool waits; /* what is written is not to be shown before it is whole: it is kept */
    irm_buffer few; /* here, */
    FILE *many;     /* then there; NULL: not yet */
    bool json;
    write_locale locale;
    csv_form *form;
    bool some; /* a row was written */
};

bool irm_row_writer_can(const char *path) {
    write_kind kind = write_kind_of(path);
    return kind == WRITE_CSV || kind == WRITE_JSON;
}

static irm_status failed(const irm_row_writer *writer, irm_error *error) {
    return irm_fail_at(error, IRM_STATUS_IO, writer->output.path, 0, 0, NULL,
                       "cannot write: %s", strerror(errno));
}

/* What waits goes on in a file. */
static irm_status open_file(irm_row_writer *writer, irm_error *error) {
    int descriptor;
    IRM_TRY(irm_temporary_file(&descriptor, error));
    writer->many = fdopen(descriptor, "w+b");
    if (writer->many == NULL) {
        close(descriptor);
        return failed(writer, error);
    }
    size_t size = writer->few.size;
    return fwrite(writer->few.data, 1, size, writer->many) == size
               ? IRM_OK
               : failed(writer, error);
}

irm_status irm_row_writer_open(const char *path, const char *locale,
                               irm_row_writer **writer, irm_error *error) {
    write_locale marks;
    *writer = NULL;
    IRM_TRY(irm_write_check(path, locale, error));
    IRM_TRY(write_locale_parse(locale, &marks, error));
    irm_row_writer *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->locale = marks;
    made->json = write_kind_of(path) == WRITE_JSON;
    irm_status status = irm_output_open(&made->output, path, error);
    made->waits = made->output.temporary == NULL;
    if (status != IRM_OK) {
        return irm_row_writer_close(made, status, error);
    }
    *writer = made;
    return IRM_OK;
}

static irm_status put(irm_row_writer *writer, const char *data, size_t size,
                      irm_error *error) {
    enum { FEW = 4 << 20 };
    if (writer->waits && writer->many == NULL) {
        if (writer->few.size + size <= FEW) {
            irm_buffer_add(&writer->few, data, size);
            return writer->few.failed ? irm_fail_memory(error) : IRM_OK;
        }
        IRM_TRY(open_file(writer, error));
    }
    FILE *stream = writer->waits ? writer->many : writer->output.stream;
    return size > 0 && fwrite(data, 1, size, stream) != size ? failed(writer, error)
                                                             : IRM_OK;
}

/* Forgets what was written. */
static irm_status empty(irm_row_writer *writer, irm_error *error) {
    FILE *stream = writer->waits ? writer->many : writer->output.stream;
    writer->few.size = 0;
    if (stream == NULL) {
        return IRM_OK;
    }
    if (fflush(stream) != 0 || ftruncate(fileno(stream), 0) != 0) {
        return failed(writer, error);
    }
    rewind(stream);
    return IRM_OK;
}

static irm_status begin(void *context, const irm_table *columns, irm_error *error) {
    irm_row_writer *writer = context;
    IRM_TRY(empty(writer, error));
    writer->some = false;
    if (writer->json) {
        return put(writer, "[\n", 2, error);
    }
    irm_buffer header = {0};
    csv_form_free(writer->form);
    irm_status status =
        csv_form_new(columns, SIZE_MAX, writer->locale, &writer->form, error);
    if (status == IRM_OK) {
        csv_form_add_header(writer->form, columns, &header);
        status = header.failed ? irm_fail_memory(error)
                               : put(writer, header.data, header.size, error);
    }
    irm_buffer_clear(&header);
    return status;
}

static irm_status format(void *context, const irm_table *rows, irm_buffer *text,
                         irm_error *error) {
    const irm_row_writer *writer = context;
    if (!writer->json) {
        csv_form_add(writer->form, rows, 0, rows->n_rows, text);
        return text->failed ? irm_fail_memory(error) : IRM_OK;
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        irm_buffer_text(text, ",\n");
        IRM_TRY(write_json_row(rows, row, text, error));
    }
    return text->failed ? irm_fail_memory(error) : IRM_OK;
}

static irm_status write_text(void *context, const irm_buffer *text, irm_error *error) {
    irm_row_writer *writer = context;
    size_t skipped = writer->json && !writer->some && text->size > 0 ? 2 : 0;
    writer->some = writer->some || text->size > 0;
    return put(writer, text->data + skipped, text->size - skipped, error);
}

irm_row_sink irm_row_writer_sink(irm_row_writer *writer) {
    return (irm_row_sink){begin, format, write_text, writer};
}

static irm_status show_file(irm_row_writer *writer, irm_error *error) {
    enum { BLOCK = 1 << 20 };
    char *block = irm_calloc(1, BLOCK);
    irm_status status = block == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && fflush(writer->many) != 0) {
        status = failed(writer, error);
    }
    rewind(writer->many);
    for (size_t got = 1; status == IRM_OK && got > 0;) {
        got = fread(block, 1, BLOCK, writer->many);
        status = irm_output_write(&writer->output, block, got, error);
    }
    if (status == IRM_OK && ferror(writer->many)) {
        status = failed(writer, error);
    }
    irm_free(block);
    return status;
}

/* Shows what has waited. */
static irm_status show(irm_row_writer *writer, irm_error *error) {
    return writer->many != NULL ? show_file(writer, error)
                                : irm_output_write(&writer->output, writer->few.data,
                                                   writer->few.size, error);
}

irm_status irm_row_writer_close(irm_row_writer *writer, irm_status status,
                                irm_error *error) {
    if (writer == NULL) {
        return status;
    }
    if (status == IRM_OK && writer->json) {
        status = put(writer, "\n]\n", 3, error);
    }
    if (status == IRM_OK && writer->waits) {
        status = show(writer, error);
    }
    if (writer->many != NULL) {
        fclose(writer->many);
    }
    if (status == IRM_OK) {
        status = irm_output_finish(&writer->output, error);
    } else {
        irm_output_abort(&writer->output);
    }
    irm_buffer_clear(&writer->few);
    csv_form_free(writer->form);
    irm_free(writer);
    return status;
}
