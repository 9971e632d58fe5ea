#include "geometry/fields.h"

#include <stdio.h>
#include <string.h>

#include "irminon/text.h"

static irm_column_type type_of(OGRFieldDefnH field) {
    switch (OGR_Fld_GetType(field)) {
        case OFTInteger:
        case OFTInteger64:
        case OFTReal:
            return IRM_COLUMN_NUMBER;
        default:
            return IRM_COLUMN_CATEGORY;
    }
}

/* `name`, or name_2, name_3… where it is taken. */
static void free_name(const irm_table *table, const char *name, char *out, size_t size) {
    snprintf(out, size, "%s", name);
    bool taken = strcmp(out, "geometry") == 0 || irm_table_column(table, out) != NULL;
    for (int n = 2; taken; n++) {
        snprintf(out, size, "%.200s_%d", name, n);
        taken = irm_table_column(table, out) != NULL;
    }
}

irm_status fields_add(OGRFeatureDefnH definition, irm_table *table, irm_error *error) {
    irm_column *column;
    for (int i = 0; i < OGR_FD_GetFieldCount(definition); i++) {
        OGRFieldDefnH field = OGR_FD_GetFieldDefn(definition, i);
        char name[256];
        free_name(table, OGR_Fld_GetNameRef(field), name, sizeof name);
        IRM_TRY(irm_table_add(table, name, type_of(field), &column, error));
    }
    return irm_table_add(table, "geometry", IRM_COLUMN_BYTES, &column, error);
}

/* Old shapefiles do not always tell their encoding: bytes that are not UTF-8 are taken for
 * Windows-1252. */
static irm_status write_text(irm_column *column, size_t row, const char *text,
                             irm_error *error) {
    size_t size = strlen(text);
    if (size == 0) {
        return IRM_OK;
    }
    if (irm_utf8_valid(text, size)) {
        return irm_dict_add(column->categories, irm_view_of(text), &column->codes[row],
                            error);
    }
    irm_buffer converted = {0};
    irm_utf8_from_windows1252(&converted, text, size);
    irm_status status =
        converted.failed ? irm_fail_memory(error)
                         : irm_dict_add(column->categories,
                                        (irm_view){converted.data, converted.size},
                                        &column->codes[row], error);
    irm_buffer_clear(&converted);
    return status;
}

irm_status fields_write(OGRFeatureH feature, irm_table *table, size_t row,
                        irm_error *error) {
    for (int i = 0; i < OGR_F_GetFieldCount(feature); i++) {
        irm_column *column = &table->columns[i];
        if (!OGR_F_IsFieldSetAndNotNull(feature, i)) {
            continue; /* stays NaN or -1: missing */
        }
        if (column->type == IRM_COLUMN_NUMBER) {
            column->values[row] = OGR_F_GetFieldAsDouble(feature, i);
        } else {
            const char *text = OGR_F_GetFieldAsString(feature, i);
            IRM_TRY(write_text(column, row, text, error));
        }
    }
    return IRM_OK;
}
