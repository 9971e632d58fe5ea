#include <string.h>

#include "evaluate/frame_inside.h"
#include "irminon/memory.h"
#include "irminon/text.h"

static void measure_clear(irm_measure *measure, size_t n_dimensions) {
    for (size_t d = 0; measure->present != NULL && d < n_dimensions; d++) {
        irm_free(measure->present[d]);
    }
    irm_free(measure->present);
    irm_free(measure->levels);
    irm_free(measure->start);
    irm_free(measure->by_code);
    irm_free(measure->rows);
    irm_free(measure->name);
}

void frame_clear_cube(irm_frame *frame) {
    for (size_t i = 0; frame->measures != NULL && i < frame->n_measures; i++) {
        measure_clear(&frame->measures[i], frame->n_dimensions);
    }
    irm_free(frame->measures);
    irm_free(frame->dimensions);
}

static irm_kind kind_named(const char *text) {
    irm_view name = {text, strcspn(text, " \n\t")};
    for (int kind = 0; kind < IRM_KIND_END; kind++) {
        if (irm_view_equals(name, irm_kind_name((irm_kind)kind))) {
            return (irm_kind)kind;
        }
    }
    return IRM_KIND_RATIO;
}

/* What follows "POP=" in "POP=count SUP=area"; "" where nothing does. */
static const char *entry_of(const char *map, const char *measure) {
    size_t size = strlen(measure);
    for (const char *p = map; *p != '\0';) {
        p += strspn(p, " \n\t");
        size_t length = strcspn(p, " \n\t");
        if (length > size && memcmp(p, measure, size) == 0 && p[size] == '=') {
            return p + size + 1;
        }
        p += length;
    }
    return "";
}

static irm_status measures_name(irm_frame *frame, const irm_column *column,
                                const irm_column *values, irm_error *error) {
    size_t n = column != NULL ? irm_dict_count(column->categories) : 1;
    frame->measures = irm_calloc(n, sizeof *frame->measures);
    if (frame->measures == NULL) {
        return irm_fail_memory(error);
    }
    frame->n_measures = n;
    for (size_t m = 0; m < n; m++) {
        irm_measure *measure = &frame->measures[m];
        const char *name = column != NULL
                               ? irm_dict_text(column->categories, (int32_t)m)
                               : frame_attribute(&values->attributes, "variable");
        name = name[0] == '\0' ? values->name : name;
        measure->name = irm_strdup(name);
        measure->kind = irm_column_kind(values);
        measure->exploitation = frame_attribute(&values->attributes, "exploitation");
        if (column != NULL) {
            const irm_attributes *told = &column->attributes;
            measure->kind = kind_named(entry_of(frame_attribute(told, "measures"), name));
            measure->exploitation =
                entry_of(frame_attribute(told, "measure_exploitations"), name);
        }
        measure->present = irm_calloc(frame->n_dimensions, sizeof *measure->present);
        if (measure->name == NULL || measure->present == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static irm_status measures_rows(irm_frame *frame, const irm_column *column,
                                irm_error *error) {
    for (size_t r = 0; r < frame->schema->n_rows; r++) {
        int32_t m = column != NULL ? column->codes[r] : 0;
        if (m >= 0) {
            frame->measures[m].n_rows++;
        }
    }
    for (size_t m = 0; m < frame->n_measures; m++) {
        irm_measure *measure = &frame->measures[m];
        measure->rows = irm_calloc(measure->n_rows, sizeof *measure->rows);
        if (measure->rows == NULL) {
            return irm_fail_memory(error);
        }
        measure->levels = irm_calloc(frame->n_years + 1, sizeof *measure->levels);
        if (measure->levels == NULL) {
            return irm_fail_memory(error);
        }
        measure->n_rows = 0;
    }
    for (size_t r = 0; r < frame->schema->n_rows; r++) {
        int32_t m = column != NULL ? column->codes[r] : 0;
        if (m >= 0) {
            irm_measure *measure = &frame->measures[m];
            measure->rows[measure->n_rows++] = (uint32_t)r;
            frame_note_level(frame, r, measure->levels);
        }
    }
    return IRM_OK;
}

static irm_status measures_presence(irm_frame *frame, const irm_store *store, size_t d,
                                    irm_error *error) {
    irm_column *dimension;
    IRM_TRY(irm_frame_column(frame, store, frame->dimensions[d], &dimension, error));
    size_t n = irm_dict_count(dimension->categories);
    for (size_t m = 0; m < frame->n_measures; m++) {
        irm_measure *measure = &frame->measures[m];
        measure->present[d] = irm_calloc(n, 1);
        if (measure->present[d] == NULL) {
            return irm_fail_memory(error);
        }
        for (size_t i = 0; i < measure->n_rows; i++) {
            int32_t code = dimension->codes[measure->rows[i]];
            if (code >= 0) {
                measure->present[d][code] = 1;
            }
        }
    }
    return IRM_OK;
}

irm_status frame_open_cube(irm_frame *frame, const irm_store *store, irm_error *error) {
    const irm_table *schema = frame->schema;
    frame->dimensions = irm_calloc(schema->n_columns, sizeof *frame->dimensions);
    if (frame->dimensions == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < schema->n_columns; i++) {
        if (frame_has_role(&schema->columns[i], "dimension")) {
            frame->dimensions[frame->n_dimensions++] = i;
        }
    }
    frame->value = frame_role_column(schema, "value");
    if (frame->value == schema->n_columns || schema->n_rows > UINT32_MAX) {
        return irm_fail(error, IRM_STATUS_DATA, "table %s: a cube without a value column",
                        schema->name);
    }
    irm_column *measure = NULL;
    size_t index = frame_role_column(schema, "measure");
    if (index < schema->n_columns) {
        IRM_TRY(irm_frame_column(frame, store, index, &measure, error));
    }
    IRM_TRY(measures_name(frame, measure, &schema->columns[frame->value], error));
    IRM_TRY(measures_rows(frame, measure, error));
    for (size_t d = 0; d < frame->n_dimensions; d++) {
        IRM_TRY(measures_presence(frame, store, d, error));
    }
    return IRM_OK;
}

static const irm_column *dimension_of(const irm_frame *frame, size_t d) {
    return &frame->columns[frame->dimensions[d]].columns[0];
}

irm_status irm_frame_order_measure(const irm_frame *frame, irm_measure *measure,
                                   irm_error *error) {
    if (measure->start != NULL || frame->n_dimensions == 0) {
        return IRM_OK;
    }
    size_t n = 0;
    for (size_t d = 0; d < frame->n_dimensions; d++) {
        size_t codes = irm_dict_count(dimension_of(frame, d)->categories);
        measure->fine = codes > n ? d : measure->fine;
        n = codes > n ? codes : n;
    }
    const int32_t *codes = dimension_of(frame, measure->fine)->codes;
    size_t *start = irm_calloc(n + 2, sizeof *start);
    uint32_t *by_code = irm_calloc(measure->n_rows, sizeof *by_code);
    if (start == NULL || by_code == NULL) {
        irm_free(start);
        irm_free(by_code);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < measure->n_rows; i++) {
        int32_t code = codes[measure->rows[i]];
        start[code >= 0 ? code + 2 : 0] += code >= 0;
    }
    for (size_t c = 2; c < n + 2; c++) {
        start[c] += start[c - 1];
    }
    for (size_t i = 0; i < measure->n_rows; i++) {
        int32_t code = codes[measure->rows[i]];
        if (code >= 0) {
            by_code[start[code + 1]++] = measure->rows[i];
        }
    }
    measure->start = start;
    measure->by_code = by_code;
    return IRM_OK;
}
