#include "array.h"

#include "irminon/memory.h"

enum { BATCH = 64, BATCH_BYTES = 64 << 20 };

static irm_status corrupt(irm_error *error, const char *what) {
    return irm_fail(error, IRM_STATUS_DATA, "corrupt: %s", what);
}

/* The stored type, or false when the chunks must go through HDF5's own conversion. */
static bool recognise_type(hid_t type, irm_cells *cells) {
    const struct {
        hid_t type;
        irm_element element;
    } known[] = {
        {H5T_STD_I8LE, IRM_ELEMENT_I8},    {H5T_STD_I16LE, IRM_ELEMENT_I16},
        {H5T_STD_I32LE, IRM_ELEMENT_I32},  {H5T_STD_I64LE, IRM_ELEMENT_I64},
        {H5T_IEEE_F32LE, IRM_ELEMENT_F32}, {H5T_IEEE_F64LE, IRM_ELEMENT_F64},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (H5Tequal(type, known[i].type) > 0) {
            cells->element = known[i].element;
            return cells->kind == IRM_MEMORY_DOUBLE ||
                   known[i].element <= IRM_ELEMENT_I32;
        }
    }
    return false;
}

static irm_status check_type(irm_array *array, size_t size, irm_error *error) {
    irm_cells *cells = &array->cells;
    hid_t type = H5Dget_type(array->dataset);
    H5T_class_t class = H5Tget_class(type);
    bool text = class == H5T_STRING;
    bool number = class == H5T_INTEGER || class == H5T_FLOAT;
    bool good = true;
    cells->size = H5Tget_size(type);
    array->by_chunks = true;
    if (cells->kind != IRM_MEMORY_RAW) {
        good = number && (cells->kind == IRM_MEMORY_DOUBLE || class == H5T_INTEGER);
        array->by_chunks = recognise_type(type, cells);
    } else if (size == 0) {
        good = text;
        array->loose = text && H5Tis_variable_str(type) > 0;
    } else {
        good = class == H5T_INTEGER;
        array->wanted = size;
        array->by_chunks =
            cells->size == size && (size == 1 || H5Tget_order(type) == H5T_ORDER_LE);
    }
    H5Tclose(type);
    return good && cells->size > 0 ? IRM_OK
                                   : corrupt(error, "a dataset is of another type");
}

static irm_status check_shape(irm_array *array, irm_error *error) {
    hid_t space = H5Dget_space(array->dataset);
    hsize_t count = 0;
    bool good = H5Sget_simple_extent_ndims(space) == 1 &&
                H5Sget_simple_extent_dims(space, &count, NULL) == 1 &&
                count <= SIZE_MAX / 16;
    H5Sclose(space);
    array->cells.count = (size_t)count;
    return good ? IRM_OK : corrupt(error, "a dataset has another shape");
}

/* Shuffle then deflate, either or none: what the codec undoes. */
static bool recognise_filters(hid_t creation, irm_array *array) {
    int n = H5Pget_nfilters(creation);
    for (int i = 0; i < n; i++) {
        unsigned flags, values[8];
        size_t n_values = 8;
        H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &n_values,
                                             values, 0, NULL, NULL);
        bool shuffle = filter == H5Z_FILTER_SHUFFLE && !array->shuffle && !array->deflate;
        bool deflate = filter == H5Z_FILTER_DEFLATE && !array->deflate;
        if (!shuffle && !deflate) {
            return false;
        }
        array->shuffle = array->shuffle || shuffle;
        array->deflate = array->deflate || deflate;
    }
    return n >= 0;
}

static void check_layout(irm_array *array) {
    hid_t creation = H5Dget_create_plist(array->dataset);
    hsize_t chunk = 0;
    bool chunked = H5Pget_layout(creation) == H5D_CHUNKED &&
                   H5Pget_chunk(creation, 1, &chunk) == 1 && chunk > 0;
    array->by_chunks = array->by_chunks && !array->loose && chunked &&
                       recognise_filters(creation, array);
    array->cells.chunk = (size_t)chunk;
    H5Pclose(creation);
}

/* Deflate makes no less than one byte of 1,032 (RFC 1951: 258 bytes in two bits). */
static irm_status check_size(const irm_array *array, irm_error *error) {
    const irm_cells *cells = &array->cells;
    uint64_t stored = H5Dget_storage_size(array->dataset);
    double most = array->deflate ? (double)stored * 1032.0 : (double)stored;
    double bytes = (double)cells->count * (double)cells->size;
    double chunk = (double)cells->chunk * (double)cells->size;
    if (!array->loose && array->by_chunks && (bytes > most || chunk > most)) {
        return corrupt(error, "a dataset lacks a part of its data");
    }
    return IRM_OK;
}

irm_status irm_array_open(hid_t parent, const char *name, irm_memory_kind kind,
                          size_t size, irm_array *array, irm_error *error) {
    *array = (irm_array){.cells.kind = kind};
    array->dataset = H5Dopen2(parent, name, H5P_DEFAULT);
    if (array->dataset < 0) {
        return irm_fail(error, IRM_STATUS_DATA, "corrupt: '%s' is missing", name);
    }
    irm_status status = check_type(array, size, error);
    if (status == IRM_OK) {
        status = check_shape(array, error);
    }
    if (status == IRM_OK && array->cells.count > 0) {
        check_layout(array);
        status = check_size(array, error);
    }
    if (status != IRM_OK) {
        irm_array_close(array);
    }
    return status;
}

void irm_array_close(irm_array *array) {
    if (array->dataset > 0) {
        H5Dclose(array->dataset);
    }
    array->dataset = 0;
}

static hid_t memory_type(const irm_array *array) {
    switch (array->cells.kind) {
        case IRM_MEMORY_DOUBLE:
            return H5Tcopy(H5T_NATIVE_DOUBLE);
        case IRM_MEMORY_CODE:
            return H5Tcopy(H5T_NATIVE_INT32);
        case IRM_MEMORY_RAW:
            break;
    }
    if (array->wanted > 0) {
        return H5Tcopy(array->wanted == 1 ? H5T_NATIVE_UINT8 : H5T_NATIVE_UINT64);
    }
    return H5Dget_type(array->dataset);
}

/* A dataset of another making: HDF5 reads and converts. */
static irm_status read_plainly(const irm_array *array, size_t begin, size_t end,
                               irm_error *error) {
    const irm_cells *cells = &array->cells;
    hid_t memory = memory_type(array);
    hid_t space = H5Dget_space(array->dataset);
    hsize_t start = begin, count = end - begin;
    hid_t here = H5Screate_simple(1, &count, NULL);
    bool done =
        H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
        H5Dread(array->dataset, memory, here, space, H5P_DEFAULT, cells->data) >= 0;
    H5Sclose(here);
    H5Sclose(space);
    H5Tclose(memory);
    return done ? IRM_OK : corrupt(error, "a dataset cannot be read");
}

static irm_status read_chunk(const irm_array *array, irm_chunk *chunk, irm_error *error) {
    hsize_t offset = chunk->first, size = 0;
    size_t bytes = irm_cells_chunk_bytes(&array->cells);
    if (H5Dget_chunk_storage_size(array->dataset, &offset, &size) < 0 || size == 0 ||
        size > bytes + bytes / 8 + 1024) {
        return corrupt(error, "a block of data is missing");
    }
    chunk->size = (size_t)size;
    chunk->bytes = irm_calloc(chunk->size, 1);
    if (chunk->bytes == NULL) {
        return irm_fail_memory(error);
    }
    uint32_t mask = 0;
    if (H5Dread_chunk(array->dataset, H5P_DEFAULT, &offset, &mask, chunk->bytes) < 0) {
        return corrupt(error, "a block of data cannot be read");
    }
    /* The mask has a bit set for each filter of the pipeline that the chunk skipped. */
    chunk->shuffled = array->shuffle && (mask & 1) == 0;
    chunk->deflated = array->deflate && (mask & (array->shuffle ? 2 : 1)) == 0;
    return IRM_OK;
}

irm_status irm_reader_add(irm_reader *reader, const irm_array *array, size_t begin,
                          size_t end, irm_error *error) {
    if (begin == end) {
        return IRM_OK;
    }
    if (!array->by_chunks) {
        return read_plainly(array, begin, end, error);
    }
    const irm_cells *cells = &array->cells;
    for (size_t first = begin - begin % cells->chunk; first < end;
         first += cells->chunk) {
        if (reader->n == BATCH || reader->bytes >= BATCH_BYTES) {
            IRM_TRY(irm_reader_flush(reader, error));
        }
        irm_chunk *chunk = &reader->chunks[reader->n++];
        *chunk = (irm_chunk){.cells = *cells, .first = first, .begin = begin, .end = end};
        reader->bytes += irm_cells_chunk_bytes(cells);
        IRM_TRY(read_chunk(array, chunk, error));
    }
    return IRM_OK;
}

irm_status irm_reader_flush(irm_reader *reader, irm_error *error) {
    irm_status status =
        irm_chunks_decompress(reader->chunks, reader->n, reader->threads, error);
    irm_reader_clear(reader);
    return status;
}

void irm_reader_clear(irm_reader *reader) {
    for (size_t i = 0; i < reader->n; i++) {
        irm_free(reader->chunks[i].bytes);
    }
    reader->n = 0;
    reader->bytes = 0;
}
