#include <string.h>

#include "ingest/ingest.h"

/* Bytes of a character that YAML wants escaped (its c-printable, YAML 1.2, 5.1), and its
 * code point; 0 for any other. */
static size_t unprintable(const char *text, unsigned *code) {
    const unsigned char *p = (const unsigned char *)text;
    if (p[0] < 0x20 || p[0] == 0x7f) {
        *code = p[0];
        return 1;
    }
    if (p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0) {
        *code = p[1];
        return 2;
    }
    if (p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE) {
        *code = 0xFFC0u + (p[2] & 0x3Fu);
        return 3;
    }
    return 0;
}

/* A YAML string in double quotes. */
static void quoted(irm_buffer *buffer, const char *text) {
    irm_buffer_text(buffer, "\"");
    for (const char *p = text; *p != '\0';) {
        unsigned code;
        size_t escaped = unprintable(p, &code);
        if (escaped > 0) {
            irm_buffer_format(buffer, "\\u%04x", code);
            p += escaped;
            continue;
        }
        irm_buffer_text(buffer, *p == '"' || *p == '\\' ? "\\" : "");
        irm_buffer_add(buffer, p++, 1);
    }
    irm_buffer_text(buffer, "\"");
}

/* A header that would read as a pattern cannot be named in a descriptor. */
static bool can_name(const builder *column) {
    return column->fill != FILL_DROP && strpbrk(column->column.name, "{}*") == NULL;
}

static void write_head(const ingest *in, irm_shape_kind shape, irm_buffer *to) {
    irm_buffer_text(to, "# Inferred from ");
    quoted(to, irm_input_base(in->input));
    irm_buffer_text(
        to,
        ". Correct it, then ingest with --descriptor and this file: give each\n"
        "# number its kind (count, amount, area, ratio, median…), unit and "
        "label.\n");
    irm_buffer_format(to, "id: %s\nshape: %s\ndelimiter: ", in->dataset,
                      shape == IRM_TABLE_WIDE ? "wide" : "detail");
    char delimiter[2] = {irm_csv_repaired(in->csv).delimiter, '\0'};
    quoted(to, delimiter);
    irm_buffer_text(to, "\ndecimal: auto\nrecognise:\n  - headers: [");
    size_t told = 0;
    for (size_t i = 0; i < in->n_builders && told < 8; i++) {
        if (can_name(&in->builders[i])) {
            irm_buffer_text(to, told++ > 0 ? ", " : "");
            quoted(to, in->builders[i].column.name);
        }
    }
    irm_buffer_format(to, "]\n    vintage: %d\ncolumns:\n", in->vintage);
}

static void write_column(const builder *column, irm_buffer *to) {
    irm_buffer_text(to, "  - {name: ");
    quoted(to, column->column.name);
    if (column->role != MODEL_ROLE_VARIABLE) {
        irm_buffer_format(to, ", role: %s", model_role_name(column->role));
    }
    if (column->role == MODEL_ROLE_VARIABLE) {
        irm_buffer_format(
            to, ", type: %s, kind: %s",
            column->column.type == IRM_COLUMN_NUMBER ? "number" : "category",
            irm_kind_name(column->kind));
    }
    if (column->level[0] != '\0') {
        irm_buffer_format(to, ", level: %s", column->level);
    }
    irm_buffer_text(to, "}\n");
}

static bool marker_used(const ingest *in, const char *text) {
    for (size_t i = 0; i < in->n_builders; i++) {
        for (size_t k = 0; k < in->builders[i].column.n_markers; k++) {
            if (strcmp(in->builders[i].column.markers[k].text, text) == 0) {
                return true;
            }
        }
    }
    return false;
}

irm_status infer_write(const ingest *in, irm_shape_kind shape, const char *path,
                       irm_error *error) {
    irm_buffer text = {0};
    write_head(in, shape, &text);
    for (size_t i = 0; i < in->n_builders; i++) {
        if (can_name(&in->builders[i])) {
            write_column(&in->builders[i], &text);
        }
    }
    irm_buffer_text(&text, "markers:\n  - {text: \"\", state: missing}\n");
    for (int i = 0; usual_markers[i].text != NULL; i++) {
        if (marker_used(in, usual_markers[i].text)) {
            irm_buffer_text(&text, "  - {text: ");
            quoted(&text, usual_markers[i].text);
            irm_buffer_format(&text, ", state: %s}\n",
                              irm_state_name(usual_markers[i].state));
        }
    }
    irm_status status = text.failed ? irm_fail_memory(error)
                                    : irm_write_file(path, text.data, text.size, error);
    irm_buffer_clear(&text);
    return status;
}
