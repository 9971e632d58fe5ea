#include <string.h>

#include "codec.h"
#include "files.h"
#include "hdf5.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "schema.h"
#include "sink.h"
#include "spooled.h"

enum {
    CHUNK_ROWS = 65536,   /* of every column of a table */
    CHUNK_BYTES = 262144, /* of byte strings and of labels */
    BATCH = 64            /* chunks compressed together */
};

/* A chunk waiting to be compressed, with the dataset it goes to. */
typedef struct pending {
    hid_t dataset;  /* a reference of its own */
    hsize_t offset; /* of its first element */
    void *owned;    /* freed once written: data made for the file alone */
} pending;

typedef struct writer {
    hid_t file, columns, marks;
    irm_spool *spool; /* of the cells; NULL: the table has them */
    size_t chunk;     /* rows */
    size_t threads;
    irm_chunk chunks[BATCH];
    pending targets[BATCH];
    size_t n;
} writer;

static irm_status refused(irm_error *error, const char *what) {
    return irm_fail(error, IRM_STATUS_INTERNAL, "HDF5 could not write %s", what);
}

static void forget_batch(writer *w) {
    for (size_t i = 0; i < w->n; i++) {
        irm_free(w->chunks[i].bytes);
        irm_free(w->targets[i].owned);
        H5Dclose(w->targets[i].dataset);
    }
    w->n = 0;
}

static irm_status flush_batch(writer *w, irm_error *error) {
    irm_status status = irm_chunks_compress(w->chunks, w->n, w->threads, error);
    for (size_t i = 0; i < w->n && status == IRM_OK; i++) {
        const irm_chunk *chunk = &w->chunks[i];
        /* Bit 0 of the mask: the first filter, the shuffle, is skipped. */
        bool two = chunk->cells.size > 1;
        uint32_t mask = two && !chunk->shuffled ? 1 : 0;
        if (H5Dwrite_chunk(w->targets[i].dataset, H5P_DEFAULT, mask,
                           &w->targets[i].offset, chunk->size, chunk->bytes) < 0) {
            status = refused(error, "a block of data");
        }
    }
    forget_batch(w);
    return status;
}

/* A dataset for `cells`: chunked, shuffled (where an element has several bytes) and
 * deflated; plain when there is nothing in it. */
static hid_t create_dataset(hid_t parent, const char *name, hid_t type,
                            const irm_cells *cells) {
    enum { DEFLATE_LEVEL = 6 }; /* told in the file; readers do without it */
    hid_t creation = irm_h5_properties(H5P_DATASET_CREATE);
    hsize_t count = cells->count, chunk = cells->chunk;
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
    if (count > 0) {
        H5Pset_chunk(creation, 1, &chunk);
        if (cells->size > 1) {
            H5Pset_shuffle(creation);
        }
        H5Pset_deflate(creation, DEFLATE_LEVEL);
    }
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t dataset =
        H5Dcreate2(parent, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    H5Sclose(space);
    H5Pclose(creation);
    return dataset;
}

/* Queues an array for writing. Takes `owned` in every case; `*dataset` (may be NULL)
 * receives the dataset, for its attributes, which the caller then closes. */
static irm_status put_cells(writer *w, hid_t parent, const char *name, hid_t type,
                            irm_cells cells, void *owned, hid_t *dataset,
                            irm_error *error) {
    cells.chunk = cells.chunk < cells.count ? cells.chunk : cells.count;
    hid_t made = create_dataset(parent, name, type, &cells);
    irm_status status = made < 0 ? refused(error, name) : IRM_OK;
    for (size_t first = 0; first < cells.count && status == IRM_OK;
         first += cells.chunk) {
        if (w->n == BATCH) {
            status = flush_batch(w, error);
        }
        if (status == IRM_OK) {
            bool last = cells.count - first <= cells.chunk;
            w->chunks[w->n] = (irm_chunk){.cells = cells, .first = first};
            w->targets[w->n++] = (pending){made, first, last ? owned : NULL};
            H5Iinc_ref(made);
            owned = last ? NULL : owned;
        }
    }
    irm_free(owned);
    if (status != IRM_OK || dataset == NULL) {
        H5Dclose(made);
    } else {
        *dataset = made;
    }
    return status;
}

static hid_t number_type(irm_element element) {
    switch (element) {
        case IRM_ELEMENT_I8:
            return H5T_STD_I8LE;
        case IRM_ELEMENT_I16:
            return H5T_STD_I16LE;
        case IRM_ELEMENT_I32:
            return H5T_STD_I32LE;
        case IRM_ELEMENT_I64:
            return H5T_STD_I64LE;
        case IRM_ELEMENT_F32:
            return H5T_IEEE_F32LE;
        case IRM_ELEMENT_F64:
            return H5T_IEEE_F64LE;
        case IRM_ELEMENT_RAW:
            break;
    }
    return H5T_STD_U8LE;
}

/* The chunks of an array that is in the spool: `column` of it, or its marks. */
static irm_status queue_spooled(writer *w, hid_t dataset, const irm_cells *cells,
                                size_t column, bool marks, irm_error *error) {
    for (size_t first = 0, at = 0; first < cells->count; first += cells->chunk, at++) {
        if (w->n == BATCH) {
            IRM_TRY(flush_batch(w, error));
        }
        size_t left = cells->count - first;
        size_t n = left < cells->chunk ? left : cells->chunk;
        void *owned = NULL;
        irm_status status = (marks ? irm_spool_mark_chunk : irm_spool_chunk)(
            w->spool, column, at, n, cells, &w->chunks[w->n], &owned, error);
        w->targets[w->n++] = (pending){dataset, first, owned};
        H5Iinc_ref(dataset);
        IRM_TRY(status);
    }
    return IRM_OK;
}

static irm_status put_spooled(writer *w, hid_t parent, const char *name, hid_t type,
                              irm_cells cells, size_t column, bool marks, hid_t *dataset,
                              irm_error *error) {
    cells.chunk = cells.chunk < cells.count ? cells.chunk : cells.count;
    hid_t made = create_dataset(parent, name, type, &cells);
    irm_status status = made < 0 ? refused(error, name)
                                 : queue_spooled(w, made, &cells, column, marks, error);
    if (status != IRM_OK || dataset == NULL) {
        H5Dclose(made);
    } else {
        *dataset = made;
    }
    return status;
}

/* The cells of column `at`, or its marks, from where they are. */
static irm_status put_column_cells(writer *w, hid_t parent, const char *name,
                                   irm_cells cells, size_t at, bool marks, hid_t *dataset,
                                   irm_error *error) {
    hid_t type = number_type(cells.element);
    return w->spool != NULL
               ? put_spooled(w, parent, name, type, cells, at, marks, dataset, error)
               : put_cells(w, parent, name, type, cells, NULL, dataset, error);
}

static size_t rows_of_bytes(size_t size) {
    return size < CHUNK_BYTES ? CHUNK_BYTES / size : 1;
}

/* Texts one after the other, each padded with NULs to `size`. */
static char *pad_texts(const char *const *texts, size_t count, size_t size) {
    char *padded = count <= SIZE_MAX / size ? irm_calloc(count * size, 1) : NULL;
    for (size_t i = 0; padded != NULL && i < count; i++) {
        memcpy(padded + i * size, texts[i], strlen(texts[i]));
    }
    return padded;
}

/* Texts of variable length, which HDF5 keeps uncompressed in its own heap. */
static irm_status put_loose_texts(hid_t parent, const char *name,
                                  const char *const *texts, size_t count, hid_t *dataset,
                                  irm_error *error) {
    hid_t type = irm_h5_text_type(0);
    hid_t creation = irm_h5_properties(H5P_DATASET_CREATE);
    hsize_t size = count;
    hid_t space = H5Screate_simple(1, &size, NULL);
    *dataset = H5Dcreate2(parent, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    bool done = *dataset >= 0 &&
                H5Dwrite(*dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts) >= 0;
    H5Sclose(space);
    H5Pclose(creation);
    H5Tclose(type);
    if (!done) {
        H5Dclose(*dataset);
        return refused(error, name);
    }
    return IRM_OK;
}

/* A dataset of texts: of fixed length, unless one long text among many short ones would
 * make that wasteful. */
static irm_status put_texts(writer *w, hid_t parent, const char *name,
                            const char *const *texts, size_t count, hid_t *dataset,
                            irm_error *error) {
    size_t longest = 1, total = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(texts[i]);
        longest = length > longest ? length : longest;
        total += length + 1;
    }
    bool wasteful = longest > CHUNK_BYTES || count > (CHUNK_BYTES + 8 * total) / longest;
    if (wasteful && count > 1) {
        return put_loose_texts(parent, name, texts, count, dataset, error);
    }
    char *padded = pad_texts(texts, count, longest);
    if (padded == NULL) {
        return irm_fail_memory(error);
    }
    hid_t type = irm_h5_text_type(longest);
    irm_cells cells = {
        .data = padded, .count = count, .size = longest, .chunk = rows_of_bytes(longest)};
    irm_status status = put_cells(w, parent, name, type, cells, padded, dataset, error);
    H5Tclose(type);
    return status;
}

static irm_status put_labels(writer *w, hid_t group, const irm_dict *labels,
                             irm_error *error) {
    size_t count = irm_dict_count(labels);
    const char **texts = irm_calloc(count, sizeof *texts);
    if (texts == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        texts[i] = irm_dict_text(labels, (int32_t)i);
        if (!irm_utf8_valid(texts[i], strlen(texts[i]))) {
            status =
                irm_fail(error, IRM_STATUS_DATA, "label '%s' is not UTF-8", texts[i]);
        }
    }
    hid_t dataset = H5I_INVALID_HID;
    if (status == IRM_OK) {
        status = put_texts(w, group, "categories", texts, count, &dataset, error);
    }
    irm_free(texts);
    if (status == IRM_OK) {
        bool done = irm_h5_put_text(dataset, "encoding-type", "string-array") &&
                    irm_h5_put_text(dataset, "encoding-version", "0.2.0");
        H5Dclose(dataset);
        status = done ? IRM_OK : refused(error, "the labels");
    }
    return status;
}

/* Whether ranges would spare reading: in chunks of a column in no order they are all
 * codes. */
static bool ranges_tell(const irm_code_range *ranges, size_t blocks, size_t n_labels) {
    double spanned = 0;
    for (size_t i = 0; i < blocks; i++) {
        spanned += (double)ranges[i].high - (double)ranges[i].low + 1;
    }
    return spanned <= 0.75 * (double)blocks * (double)n_labels;
}

/* The lowest and the highest code of each chunk, so that chunks where a code cannot be
 * are passed over unread. A table of one chunk does without. */
static irm_status put_ranges(writer *w, hid_t group, const irm_column *column, size_t at,
                             size_t n_rows, irm_error *error) {
    if (n_rows <= w->chunk) {
        return IRM_OK;
    }
    size_t blocks = (n_rows - 1) / w->chunk + 1;
    irm_code_range *ranges = irm_calloc(blocks, sizeof *ranges);
    if (ranges == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < blocks; i++) {
        size_t first = i * w->chunk, left = n_rows - first;
        ranges[i] = w->spool != NULL
                        ? irm_spool_code_range(w->spool, at, i)
                        : irm_code_range_of(column->codes + first,
                                            left < w->chunk ? left : w->chunk);
    }
    if (!ranges_tell(ranges, blocks, irm_dict_count(column->categories))) {
        irm_free(ranges);
        return IRM_OK;
    }
    irm_cells cells = {.data = ranges,
                       .count = 2 * blocks,
                       .size = sizeof(int32_t),
                       .chunk = CHUNK_ROWS};
    return put_cells(w, group, "ranges", H5T_STD_I32LE, cells, ranges, NULL, error);
}

static irm_status put_category(writer *w, const char *name, const irm_column *column,
                               size_t at, size_t n_rows, hid_t *object,
                               irm_error *error) {
    *object = irm_h5_group(w->columns, name);
    if (*object < 0 || !irm_h5_put_text(*object, "encoding-type", "categorical") ||
        !irm_h5_put_text(*object, "encoding-version", "0.2.0") ||
        !irm_h5_put_false(*object, "ordered")) {
        return refused(error, name);
    }
    irm_element element = irm_element_of_codes(irm_dict_count(column->categories));
    irm_cells cells = {IRM_MEMORY_CODE,           column->codes, n_rows, element,
                       irm_element_size(element), w->chunk};
    IRM_TRY(put_column_cells(w, *object, "codes", cells, at, false, NULL, error));
    IRM_TRY(put_ranges(w, *object, column, at, n_rows, error));
    return put_labels(w, *object, column->categories, error);
}

static irm_status put_byte_strings(writer *w, const char *name, const irm_column *column,
                                   size_t n_rows, hid_t *object, irm_error *error) {
    *object = irm_h5_group(w->columns, name);
    if (*object < 0) {
        return refused(error, name);
    }
    irm_cells offsets = {.data = column->offsets,
                         .count = n_rows + 1,
                         .size = sizeof *column->offsets,
                         .chunk = CHUNK_ROWS};
    IRM_TRY(put_cells(w, *object, "offsets", H5T_STD_U64LE, offsets, NULL, NULL, error));
    irm_cells bytes = {.data = column->bytes,
                       .count = (size_t)column->offsets[n_rows],
                       .size = 1,
                       .chunk = CHUNK_BYTES};
    return put_cells(w, *object, "bytes", H5T_STD_U8LE, bytes, NULL, NULL, error);
}

static irm_status put_number(writer *w, const char *name, const irm_column *column,
                             size_t at, size_t n_rows, hid_t *object, irm_error *error) {
    irm_extent extent =
        w->spool != NULL
            ? irm_spool_extent(w->spool, at, (n_rows + CHUNK_ROWS - 1) / CHUNK_ROWS)
            : irm_extent_of_doubles(column->values, n_rows);
    irm_element element = irm_extent_element(&extent);
    irm_cells cells = {IRM_MEMORY_DOUBLE,         column->values, n_rows, element,
                       irm_element_size(element), w->chunk};
    return put_column_cells(w, w->columns, name, cells, at, false, object, error);
}

/* Attributes as texts. A name that HDF5 or the format uses itself is left to the schema.
 */
static bool put_attributes(hid_t object, const irm_attributes *attributes) {
    for (size_t i = 0; i < attributes->count; i++) {
        const irm_attribute *item = &attributes->items[i];
        bool free = item->name[0] != '\0' && H5Aexists(object, item->name) == 0;
        if (free && !irm_h5_put_text(object, item->name, item->value)) {
            return false;
        }
    }
    return true;
}

static bool put_markers(hid_t object, const irm_column *column) {
    const char *texts[UINT8_MAX], *states[UINT8_MAX];
    double lower[UINT8_MAX], upper[UINT8_MAX];
    for (size_t i = 0; i < column->n_markers; i++) {
        texts[i] = column->markers[i].text;
        states[i] = irm_state_name(column->markers[i].state);
        lower[i] = column->markers[i].lower;
        upper[i] = column->markers[i].upper;
    }
    size_t n = column->n_markers;
    return n == 0 || (irm_h5_put_texts(object, "marker-text", texts, n) &&
                      irm_h5_put_texts(object, "marker-state", states, n) &&
                      irm_h5_put_doubles(object, "marker-lower", lower, n) &&
                      irm_h5_put_doubles(object, "marker-upper", upper, n));
}

static bool describe_column(hid_t object, const irm_column *column) {
    bool done = put_markers(object, column);
    if (done && (column->round_below != 0.0 || column->round_above != 0.0)) {
        done = irm_h5_put_doubles(object, "round-below", &column->round_below, 0) &&
               irm_h5_put_doubles(object, "round-above", &column->round_above, 0);
    }
    return done && put_attributes(object, &column->attributes);
}

static irm_status put_column(writer *w, const irm_table *table, size_t at,
                             irm_error *error) {
    const irm_column *column = &table->columns[at];
    size_t n_rows = table->n_rows;
    char *name = irm_name_escape(column->name);
    if (name == NULL) {
        return irm_fail_memory(error);
    }
    hid_t object = H5I_INVALID_HID;
    irm_status status = IRM_OK;
    switch (column->type) {
        case IRM_COLUMN_NUMBER:
            status = put_number(w, name, column, at, n_rows, &object, error);
            break;
        case IRM_COLUMN_CATEGORY:
            status = put_category(w, name, column, at, n_rows, &object, error);
            break;
        case IRM_COLUMN_BYTES:
            status = put_byte_strings(w, name, column, n_rows, &object, error);
            break;
    }
    if (status == IRM_OK && !describe_column(object, column)) {
        status = refused(error, column->name);
    }
    if (object >= 0) {
        H5Oclose(object);
    }
    bool marked =
        w->spool != NULL ? irm_spool_is_marked(w->spool, at) : column->marks != NULL;
    if (status == IRM_OK && marked) {
        irm_cells marks = {
            .data = column->marks, .count = n_rows, .size = 1, .chunk = w->chunk};
        status = put_column_cells(w, w->marks, name, marks, at, true, NULL, error);
    }
    irm_free(name);
    return status;
}

static irm_status put_order(writer *w, const irm_table *table, irm_error *error) {
    const char **names = irm_calloc(table->n_columns, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        names[i] = table->columns[i].name;
    }
    hid_t dataset;
    irm_status status =
        put_texts(w, w->file, "column-order", names, table->n_columns, &dataset, error);
    irm_free(names);
    if (status == IRM_OK) {
        H5Dclose(dataset);
    }
    return status;
}

static irm_status put_schema(writer *w, const irm_table *table, irm_error *error) {
    char *json = NULL;
    IRM_TRY(irm_schema_write(table, &json, error));
    size_t size = strlen(json);
    hid_t type = irm_h5_text_type(size);
    irm_cells cells = {.data = json, .count = 1, .size = size, .chunk = 1};
    irm_status status = put_cells(w, w->file, "schema", type, cells, json, NULL, error);
    H5Tclose(type);
    return status;
}

static irm_status put_table(writer *w, const irm_table *table, irm_error *error) {
    w->columns = irm_h5_group(w->file, "columns");
    w->marks = irm_h5_group(w->file, "marks");
    if (w->columns < 0 || w->marks < 0 ||
        !irm_h5_put_text(w->file, "format", "irminon-table") ||
        !irm_h5_put_integer(w->file, "format-version", IRM_STORE_FORMAT) ||
        !irm_h5_put_text(w->file, "name", table->name) ||
        !irm_h5_put_integer(w->file, "rows", (long long)table->n_rows) ||
        !put_attributes(w->file, &table->attributes)) {
        return refused(error, "the table's header");
    }
    IRM_TRY(put_schema(w, table, error));
    IRM_TRY(put_order(w, table, error));
    for (size_t i = 0; i < table->n_columns; i++) {
        IRM_TRY(put_column(w, table, i, error));
    }
    return flush_batch(w, error);
}

/* Writes the table into w->file, which is open. */
static irm_status write_all(writer *w, const irm_table *table, size_t threads,
                            irm_error *error) {
    w->threads = threads;
    w->chunk = CHUNK_ROWS;
    w->columns = w->marks = H5I_INVALID_HID;
    irm_status status = put_table(w, table, error);
    forget_batch(w);
    H5Gclose(w->columns);
    H5Gclose(w->marks);
    return status;
}

/* Each table in a group of its own, which stands for its file. */
static irm_status write_groups(writer *w, hid_t file, const irm_table *const *tables,
                               size_t count, irm_error *error) {
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < count; i++) {
        w->file = irm_h5_group(file, tables[i]->name);
        status = w->file < 0 ? refused(error, tables[i]->name)
                             : write_all(w, tables[i], 0, error);
        if (w->file >= 0) {
            H5Gclose(w->file);
        }
    }
    return status;
}

/* A file in memory: of one table, or of several in groups where `grouped`. */
static irm_status make_image(const irm_table *const *tables, size_t count, bool grouped,
                             size_t threads, unsigned char **bytes, size_t *size,
                             irm_error *error) {
    writer *w = irm_calloc(1, sizeof *w);
    if (w == NULL) {
        return irm_fail_memory(error);
    }
    irm_h5_silence silence = irm_h5_silence_begin();
    irm_h5_image image;
    irm_status status = irm_fail_memory(error);
    if (irm_h5_image_begin(&image)) {
        w->file = image.file;
        status = grouped ? write_groups(w, image.file, tables, count, error)
                         : write_all(w, tables[0], threads, error);
    }
    if (status == IRM_OK) {
        status = irm_h5_image_end(&image, bytes, size, error);
    } else {
        irm_h5_image_drop(&image);
    }
    irm_h5_silence_end(silence);
    irm_free(w);
    return status;
}

irm_status irm_table_image(const irm_table *table, size_t threads, unsigned char **bytes,
                           size_t *size, irm_error *error) {
    if (!table->loaded) {
        return irm_fail(error, IRM_STATUS_USAGE, "table %s is a schema without data",
                        table->name);
    }
    return make_image(&table, 1, false, threads, bytes, size, error);
}

irm_status irm_tables_image(const irm_table *const *tables, size_t count,
                            unsigned char **bytes, size_t *size, irm_error *error) {
    return make_image(tables, count, true, 0, bytes, size, error);
}

irm_status irm_table_stream(const irm_table *table, irm_spool *spool, size_t threads,
                            int descriptor, int *problem, irm_error *error) {
    writer *w = irm_calloc(1, sizeof *w);
    if (w == NULL) {
        return irm_fail_memory(error);
    }
    irm_h5_silence silence = irm_h5_silence_begin();
    irm_h5_sink sink;
    irm_status status = irm_fail_memory(error);
    if (irm_h5_sink_begin(&sink, descriptor)) {
        w->file = sink.file;
        w->spool = spool;
        status = write_all(w, table, threads, error);
        bool done = irm_h5_sink_end(&sink);
        status = status == IRM_OK && !done ? refused(error, "the file") : status;
    }
    *problem = sink.problem;
    irm_h5_silence_end(silence);
    irm_free(w);
    return status;
}
