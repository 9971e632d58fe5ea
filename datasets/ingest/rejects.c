#include <string.h>

#include "ingest/ingest.h"

static irm_status open_file(reject_file *rejects, irm_error *error) {
    static const char header[] = "line,column,reason,record\n";
    IRM_TRY(irm_output_open(&rejects->output, rejects->path, error));
    rejects->open = true;
    return irm_output_write(&rejects->output, header, strlen(header), error);
}

/* The record as it would be written again, in one piece. */
static void rebuild(irm_buffer *buffer, const ingest *in, const irm_csv_record *record) {
    char delimiter = irm_csv_repaired(in->csv).delimiter;
    irm_buffer field = {0};
    for (size_t i = 0; i < record->n_fields; i++) {
        field.size = 0;
        irm_buffer_add(&field,
                       record->fields[i].data != NULL ? record->fields[i].data : "",
                       record->fields[i].size);
        irm_buffer_add(buffer, &delimiter, i > 0);
        irm_buffer_csv(buffer, field.size > 0 ? field.data : "", delimiter);
    }
    buffer->failed = buffer->failed || field.failed;
    irm_buffer_clear(&field);
}

irm_status reject_row(ingest *in, const irm_csv_record *record, const irm_error *reason,
                      irm_error *error) {
    reject_file *rejects = &in->rejects;
    if (rejects->count++ == 0) {
        rejects->first = *reason;
    }
    if (rejects->path == NULL) {
        return IRM_OK;
    }
    if (!rejects->open) {
        IRM_TRY(open_file(rejects, error));
    }
    irm_buffer line = {0}, whole = {0};
    rebuild(&whole, in, record);
    irm_buffer_format(&line, "%zu,", reason->line);
    irm_buffer_csv(&line, reason->field, ',');
    irm_buffer_text(&line, ",");
    irm_buffer_csv(&line, reason->message, ',');
    irm_buffer_text(&line, ",");
    irm_buffer_csv(&line, whole.data != NULL ? whole.data : "", ',');
    irm_buffer_text(&line, "\n");
    irm_status status =
        line.failed || whole.failed
            ? irm_fail_memory(error)
            : irm_output_write(&rejects->output, line.data, line.size, error);
    irm_buffer_clear(&line);
    irm_buffer_clear(&whole);
    return status;
}

irm_status reject_close(ingest *in, irm_error *error) {
    reject_file *rejects = &in->rejects;
    if (!rejects->open) {
        return IRM_OK;
    }
    rejects->open = false;
    return irm_output_commit(&rejects->output, error);
}
