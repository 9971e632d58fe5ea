#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "files.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "part.h"
#include "schema.h"

irm_status irm_part_at_file(irm_status status, const char *path, irm_error *error) {
    if (status == IRM_STATUS_DATA && error != NULL) {
        irm_error inner = *error;
        irm_fail_at(error, status, path, 0, 0, NULL,
                    "%s; remove the table, or ingest the table again with --replace",
                    inner.message);
    }
    return status;
}

/* The integer attribute `name`, or -1. */
static long long integer_attribute(hid_t file, const char *name) {
    long long value = -1;
    if (H5Aexists(file, name) > 0) {
        hid_t attribute = H5Aopen(file, name, H5P_DEFAULT);
        hid_t type = H5Aget_type(attribute);
        hid_t space = H5Aget_space(attribute);
        if (H5Tget_class(type) == H5T_INTEGER &&
            H5Sget_simple_extent_npoints(space) == 1) {
            H5Aread(attribute, H5T_NATIVE_LLONG, &value);
        }
        H5Sclose(space);
        H5Tclose(type);
        H5Aclose(attribute);
    }
    return value;
}

static irm_status check_format(hid_t file, const char *path, irm_error *error) {
    long long version = integer_attribute(file, "format-version");
    if (version > IRM_STORE_FORMAT) {
        return irm_fail_at(error, IRM_STATUS_REFUSED, path, 0, 0, NULL,
                           "written by a newer version of Irminon (format %lld; this one "
                           "reads up to %d): update Irminon",
                           version, IRM_STORE_FORMAT);
    }
    if (version < 1) {
        return irm_fail(error, IRM_STATUS_DATA,
                        "an HDF5 file, but not a table of Irminon's");
    }
    return IRM_OK;
}

irm_status irm_part_open_file(const char *path, hid_t *file, irm_error *error) {
    *file = irm_h5_open(path);
    if (*file >= 0) {
        irm_status status = check_format(*file, path, error);
        if (status != IRM_OK) {
            H5Fclose(*file);
        }
        return status;
    }
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot open: %s",
                           strerror(errno));
    }
    fclose(stream);
    return irm_fail(error, IRM_STATUS_DATA, "truncated, corrupt, or not an HDF5 file");
}

static irm_status read_schema(hid_t file, irm_table *schema, irm_error *error) {
    irm_array array;
    irm_reader reader = {.threads = 1};
    IRM_TRY(irm_array_open(file, "schema", IRM_MEMORY_RAW, 0, &array, error));
    char *json = NULL;
    irm_status status = IRM_OK;
    if (array.loose || array.cells.count != 1) {
        status = irm_fail(error, IRM_STATUS_DATA, "corrupt: its schema is not one text");
    } else {
        json = irm_calloc(array.cells.size, 1);
        array.cells.data = json;
        status = json == NULL ? irm_fail_memory(error)
                              : irm_reader_add(&reader, &array, 0, 1, error);
    }
    if (status == IRM_OK) {
        status = irm_reader_flush(&reader, error);
    }
    irm_reader_clear(&reader);
    if (status == IRM_OK) {
        status = irm_schema_read(json, strnlen(json, array.cells.size), schema, error);
    }
    irm_array_close(&array);
    irm_free(json);
    return status;
}

irm_status irm_table_file_schema(const char *path, irm_table *schema, irm_error *error) {
    *schema = (irm_table){0};
    irm_h5_silence silence = irm_h5_silence_begin();
    hid_t file;
    irm_status status = irm_part_open_file(path, &file, error);
    if (status == IRM_OK) {
        status = read_schema(file, schema, error);
        H5Fclose(file);
    }
    irm_h5_silence_end(silence);
    return irm_part_at_file(status, path, error);
}

/* One table being read. */
typedef struct job {
    hid_t file;
    const irm_table *schema;
    size_t first, count;
    irm_reader reader;
    irm_table *table;
} job;

/* GROUP/COLUMN/PART; false when there is no memory. */
static bool part_path(irm_buffer *path, const char *group, const char *column,
                      const char *part) {
    char *name = irm_name_escape(column);
    irm_buffer_format(path, "%s/%s%s%s", group, name != NULL ? name : "",
                      part != NULL ? "/" : "", part != NULL ? part : "");
    bool done = name != NULL && !path->failed;
    irm_free(name);
    return done;
}

irm_status irm_part_exists(hid_t file, const char *group, const char *column,
                           const char *part, bool *exists, irm_error *error) {
    irm_buffer path = {0};
    bool done = part_path(&path, group, column, part);
    *exists = done && H5Lexists(file, path.data, H5P_DEFAULT) > 0;
    irm_buffer_clear(&path);
    return done ? IRM_OK : irm_fail_memory(error);
}

irm_status irm_part_open(hid_t file, const char *group, const char *column,
                         const char *part, irm_memory_kind kind, size_t size,
                         size_t expected, irm_array *array, irm_error *error) {
    irm_buffer path = {0};
    irm_status status = part_path(&path, group, column, part)
                            ? irm_array_open(file, path.data, kind, size, array, error)
                            : irm_fail_memory(error);
    irm_buffer_clear(&path);
    if (status == IRM_OK && expected != SIZE_MAX && array->cells.count != expected) {
        irm_array_close(array);
        return irm_fail(error, IRM_STATUS_DATA, "corrupt: column %s has another length",
                        column);
    }
    return status;
}

static irm_status add_column(job *j, const irm_column *schema, irm_column **column,
                             irm_error *error) {
    IRM_TRY(irm_table_add(j->table, schema->name, schema->type, column, error));
    return irm_column_copy_schema(schema, *column, error);
}

static irm_status read_number(job *j, const irm_column *schema, irm_column **column,
                              irm_error *error) {
    irm_array array;
    IRM_TRY(irm_part_open(j->file, "columns", schema->name, NULL, IRM_MEMORY_DOUBLE, 0,
                      j->schema->n_rows, &array, error));
    irm_status status = add_column(j, schema, column, error);
    if (status == IRM_OK) {
        array.cells.data = (*column)->values;
        status = irm_reader_add(&j->reader, &array, j->first, j->first + j->count, error);
    }
    irm_array_close(&array);
    return status;
}

static irm_status add_label(irm_column *column, irm_view label, size_t number,
                            irm_error *error) {
    int32_t code = -1;
    if (!irm_utf8_valid(label.data, label.size)) {
        return irm_fail(error, IRM_STATUS_DATA, "corrupt: a label of %s is not UTF-8",
                        column->name);
    }
    IRM_TRY(irm_dict_add(column->categories, label, &code, error));
    return (size_t)code == number
               ? IRM_OK
               : irm_fail(error, IRM_STATUS_DATA,
                          "corrupt: two labels of %s are the same", column->name);
}

static irm_status read_fixed_labels(irm_array *array, irm_column *column,
                                    irm_error *error) {
    size_t size = array->cells.size, count = array->cells.count;
    irm_reader reader = {.threads = 1};
    char *texts = irm_calloc(count, size);
    array->cells.data = texts;
    irm_status status = texts == NULL ? irm_fail_memory(error)
                                      : irm_reader_add(&reader, array, 0, count, error);
    if (status == IRM_OK) {
        status = irm_reader_flush(&reader, error);
    }
    irm_reader_clear(&reader);
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        const char *text = texts + i * size;
        status = add_label(column, (irm_view){text, strnlen(text, size)}, i, error);
    }
    irm_free(texts);
    return status;
}

static irm_status read_loose_labels(irm_array *array, irm_column *column,
                                    irm_error *error) {
    size_t count = array->cells.count;
    char **texts = irm_calloc(count, sizeof *texts);
    if (texts == NULL) {
        return irm_fail_memory(error);
    }
    hid_t type = H5Dget_type(array->dataset);
    hid_t space = H5Dget_space(array->dataset);
    irm_status status = IRM_OK;
    if (H5Dread(array->dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) < 0) {
        status = irm_fail(error, IRM_STATUS_DATA,
                          "corrupt: the labels of %s cannot be read", column->name);
    }
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        status =
            add_label(column, irm_view_of(texts[i] != NULL ? texts[i] : ""), i, error);
    }
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
    H5Sclose(space);
    H5Tclose(type);
    irm_free(texts);
    return status;
}

irm_status irm_part_read_labels(hid_t file, irm_column *column, irm_error *error) {
    irm_array array;
    IRM_TRY(irm_part_open(file, "columns", column->name, "categories", IRM_MEMORY_RAW, 0,
                      SIZE_MAX, &array, error));
    irm_status status = array.loose ? read_loose_labels(&array, column, error)
                                    : read_fixed_labels(&array, column, error);
    irm_array_close(&array);
    return status;
}

static irm_status read_category(job *j, const irm_column *schema, irm_column **column,
                                irm_error *error) {
    irm_array array;
    IRM_TRY(irm_part_open(j->file, "columns", schema->name, "codes", IRM_MEMORY_CODE, 0,
                      j->schema->n_rows, &array, error));
    irm_status status = add_column(j, schema, column, error);
    if (status == IRM_OK) {
        array.cells.data = (*column)->codes;
        status = irm_reader_add(&j->reader, &array, j->first, j->first + j->count, error);
    }
    irm_array_close(&array);
    return status == IRM_OK ? irm_part_read_labels(j->file, *column, error) : status;
}

/* The offsets of the rows, checked, then counted from the first row's. */
static irm_status read_offsets(job *j, const irm_column *schema, irm_column **column,
                               uint64_t *from, uint64_t *to, irm_error *error) {
    irm_array array;
    IRM_TRY(irm_part_open(j->file, "columns", schema->name, "offsets", IRM_MEMORY_RAW,
                      sizeof(uint64_t), j->schema->n_rows + 1, &array, error));
    irm_status status = add_column(j, schema, column, error);
    if (status == IRM_OK) {
        array.cells.data = (*column)->offsets;
        status =
            irm_reader_add(&j->reader, &array, j->first, j->first + j->count + 1, error);
    }
    irm_array_close(&array);
    if (status == IRM_OK) {
        status = irm_reader_flush(&j->reader, error);
    }
    if (status != IRM_OK) {
        return status;
    }
    uint64_t *offsets = (*column)->offsets;
    *from = offsets[0];
    *to = offsets[j->count];
    for (size_t i = 0; i < j->count; i++) {
        if (offsets[i] > offsets[i + 1]) {
            return irm_fail(error, IRM_STATUS_DATA, "corrupt: offsets out of order");
        }
    }
    return IRM_OK;
}

static irm_status read_bytes(job *j, const irm_column *schema, irm_column **column,
                             irm_error *error) {
    uint64_t from = 0, to = 0;
    IRM_TRY(read_offsets(j, schema, column, &from, &to, error));
    irm_array array;
    IRM_TRY(irm_part_open(j->file, "columns", schema->name, "bytes", IRM_MEMORY_RAW, 1, SIZE_MAX,
                      &array, error));
    irm_status status = IRM_OK;
    if (to > array.cells.count) {
        status = irm_fail(error, IRM_STATUS_DATA, "corrupt: offsets past the end");
    } else {
        (*column)->bytes = irm_calloc((size_t)(to - from), 1);
        array.cells.data = (*column)->bytes;
        status =
            (*column)->bytes == NULL
                ? irm_fail_memory(error)
                : irm_reader_add(&j->reader, &array, (size_t)from, (size_t)to, error);
    }
    irm_array_close(&array);
    for (size_t i = 0; i <= j->count; i++) {
        (*column)->offsets[i] -= from;
    }
    return status;
}

static irm_status read_marks(job *j, irm_column *column, irm_error *error) {
    bool marked;
    IRM_TRY(irm_part_exists(j->file, "marks", column->name, NULL, &marked, error));
    if (!marked) {
        return IRM_OK;
    }
    irm_array array;
    IRM_TRY(irm_part_open(j->file, "marks", column->name, NULL, IRM_MEMORY_RAW, 1,
                      j->schema->n_rows, &array, error));
    irm_status status = IRM_OK;
    column->marks = irm_calloc(j->count, 1);
    array.cells.data = column->marks;
    status = column->marks == NULL ? irm_fail_memory(error)
                                   : irm_reader_add(&j->reader, &array, j->first,
                                                    j->first + j->count, error);
    irm_array_close(&array);
    return status;
}

static irm_status read_column(job *j, const irm_column *schema, irm_error *error) {
    irm_column *column = NULL;
    switch (schema->type) {
        case IRM_COLUMN_NUMBER:
            IRM_TRY(read_number(j, schema, &column, error));
            break;
        case IRM_COLUMN_CATEGORY:
            IRM_TRY(read_category(j, schema, &column, error));
            break;
        case IRM_COLUMN_BYTES:
            IRM_TRY(read_bytes(j, schema, &column, error));
            break;
    }
    return read_marks(j, column, error);
}

/* Codes and marks index other arrays: none may lead outside. */
static irm_status check_indices(const irm_table *table, irm_error *error) {
    for (size_t c = 0; c < table->n_columns; c++) {
        const irm_column *column = &table->columns[c];
        size_t labels =
            column->type == IRM_COLUMN_CATEGORY ? irm_dict_count(column->categories) : 0;
        bool good = true;
        for (size_t i = 0; i < table->n_rows && column->codes != NULL; i++) {
            good = good && column->codes[i] >= -1 && column->codes[i] < (int64_t)labels;
        }
        for (size_t i = 0; i < table->n_rows && column->marks != NULL; i++) {
            good = good && column->marks[i] <= column->n_markers;
        }
        if (!good) {
            return irm_fail(error, IRM_STATUS_DATA,
                            "corrupt: column %s has codes that stand for nothing",
                            column->name);
        }
    }
    return IRM_OK;
}

static irm_status read_selection(job *j, const irm_selection *selection,
                                 irm_error *error) {
    size_t n = selection->columns != NULL ? selection->n_columns : j->schema->n_columns;
    for (size_t i = 0; i < n; i++) {
        irm_column *column = &j->schema->columns[i];
        if (selection->columns != NULL) {
            IRM_TRY(irm_table_need(j->schema, selection->columns[i], &column, error));
        }
        IRM_TRY(read_column(j, column, error));
    }
    IRM_TRY(irm_reader_flush(&j->reader, error));
    return check_indices(j->table, error);
}

irm_status irm_table_file_read(const char *path, const irm_table *schema,
                               const irm_selection *selection, size_t threads,
                               irm_table *table, irm_error *error) {
    irm_status status = irm_table_init(table, schema->name, selection->count, error);
    if (status == IRM_OK) {
        status = irm_attributes_copy(&schema->attributes, &table->attributes, error);
    }
    job *j = irm_calloc(1, sizeof *j);
    if (j == NULL && status == IRM_OK) {
        status = irm_fail_memory(error);
    }
    irm_h5_silence silence = irm_h5_silence_begin();
    if (status == IRM_OK) {
        *j = (job){.schema = schema,
                   .first = selection->first,
                   .count = selection->count,
                   .reader.threads = threads,
                   .table = table};
        status = irm_part_open_file(path, &j->file, error);
    }
    if (status == IRM_OK) {
        status = read_selection(j, selection, error);
        irm_reader_clear(&j->reader);
        H5Fclose(j->file);
    }
    irm_h5_silence_end(silence);
    irm_free(j);
    if (status != IRM_OK) {
        irm_table_clear(table);
    }
    return irm_part_at_file(status, path, error);
}
