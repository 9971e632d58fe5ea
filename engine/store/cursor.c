#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "decode.h"
#include "files.h"
#include "folder.h"
#include "irminon/memory.h"
#include "irminon/store.h"
#include "part.h"

/* Where a chunk lies in the file. */
typedef struct place {
    uint64_t address, size;
    bool shuffled, deflated;
} place;

/* One dataset: its chunks, to be read as they are asked for, or all of it in memory where
 * it is not laid out as Irminon writes. */
typedef struct source {
    irm_cells cells;
    place *places; /* one a block; NULL: in `whole` */
    void *whole;
} source;

struct irm_cursor {
    char *path;
    int file;
    irm_table schema;
    size_t n_rows, block_rows;
    source *cells, *marks; /* one a column; marks[i].cells.count is 0 without marks */
    irm_code_range *
        *ranges; /* one a column, of a range a block; NULL: the file tells none */
};

struct irm_cursor_buffer {
    irm_decoder *decoder;
    size_t n_columns;
    void **cells;
    uint8_t **marks;
};

/* Where the chunks of an array lie. */
static irm_status find_chunks(const irm_array *array, source *from, irm_error *error) {
    const irm_cells *cells = &array->cells;
    size_t count = (cells->count - 1) / cells->chunk + 1;
    from->places = irm_calloc(count, sizeof *from->places);
    if (from->places == NULL) {
        return irm_fail_memory(error);
    }
    size_t bytes = irm_cells_chunk_bytes(cells);
    for (size_t i = 0; i < count; i++) {
        hsize_t offset = i * cells->chunk, size = 0;
        unsigned mask = 0;
        haddr_t address = HADDR_UNDEF;
        if (H5Dget_chunk_info_by_coord(array->dataset, &offset, &mask, &address, &size) <
                0 ||
            address == HADDR_UNDEF || size == 0 || size > bytes + bytes / 8 + 1024) {
            return irm_fail(error, IRM_STATUS_DATA,
                            "corrupt: a block of data is missing");
        }
        from->places[i] =
            (place){.address = address,
                    .size = size,
                    .shuffled = array->shuffle && (mask & 1) == 0,
                    .deflated = array->deflate && (mask & (array->shuffle ? 2 : 1)) == 0};
    }
    return IRM_OK;
}

static irm_status load_whole(irm_array *array, source *from, irm_error *error) {
    from->whole = irm_calloc(array->cells.count, irm_cells_stride(&array->cells));
    irm_reader *reader = irm_calloc(1, sizeof *reader);
    irm_status status =
        from->whole == NULL || reader == NULL ? irm_fail_memory(error) : IRM_OK;
    array->cells.data = from->whole;
    if (status == IRM_OK) {
        status = irm_reader_add(reader, array, 0, array->cells.count, error);
    }
    if (status == IRM_OK) {
        status = irm_reader_flush(reader, error);
    }
    if (reader != NULL) {
        irm_reader_clear(reader);
    }
    irm_free(reader);
    if (array->cells.kind != IRM_MEMORY_RAW) {
        bool number = array->cells.kind == IRM_MEMORY_DOUBLE;
        from->cells.element = number ? IRM_ELEMENT_F64 : IRM_ELEMENT_I32;
        from->cells.size = number ? sizeof(double) : sizeof(int32_t);
    }
    return status;
}

/* Takes an open array as a source, and closes it. */
static irm_status take_array(irm_cursor *cursor, irm_array *array, bool direct,
                             source *from, irm_error *error) {
    from->cells = array->cells;
    irm_status status = IRM_OK;
    if (array->cells.count > 0 && array->by_chunks && direct &&
        (cursor->block_rows == 0 || cursor->block_rows == array->cells.chunk)) {
        cursor->block_rows = array->cells.chunk;
        status = find_chunks(array, from, error);
    } else if (array->cells.count > 0) {
        status = load_whole(array, from, error);
    }
    irm_array_close(array);
    return status;
}

/* The ranges of the codes of each block, where the file has them. */
static irm_status read_ranges(irm_cursor *cursor, hid_t file, const char *name, size_t at,
                              irm_error *error) {
    bool told = false;
    IRM_TRY(irm_part_exists(file, "columns", name, "ranges", &told, error));
    if (!told || cursor->cells[at].places == NULL) {
        return IRM_OK;
    }
    size_t blocks = (cursor->n_rows - 1) / cursor->block_rows + 1;
    irm_array array;
    IRM_TRY(irm_part_open(file, "columns", name, "ranges", IRM_MEMORY_RAW,
                          sizeof(int32_t), 2 * blocks, &array, error));
    irm_status status = IRM_OK;
    irm_reader *reader = irm_calloc(1, sizeof *reader);
    array.cells.data = cursor->ranges[at] =
        irm_calloc(blocks, sizeof *cursor->ranges[at]);
    if (reader == NULL || cursor->ranges[at] == NULL) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        reader->threads = 1;
        status = irm_reader_add(reader, &array, 0, 2 * blocks, error);
    }
    if (status == IRM_OK) {
        status = irm_reader_flush(reader, error);
    }
    if (reader != NULL) {
        irm_reader_clear(reader);
    }
    irm_free(reader);
    irm_array_close(&array);
    return status;
}

static irm_status add_column(irm_cursor *cursor, hid_t file, bool direct,
                             const irm_column *schema, size_t at, irm_error *error) {
    bool number = schema->type == IRM_COLUMN_NUMBER;
    if (schema->type == IRM_COLUMN_BYTES) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "column %s holds bytes; expected numbers or categories",
                        schema->name);
    }
    irm_column *column;
    irm_array array;
    IRM_TRY(irm_table_add(&cursor->schema, schema->name, schema->type, &column, error));
    IRM_TRY(irm_column_copy_schema(schema, column, error));
    IRM_TRY(irm_part_open(file, "columns", schema->name, number ? NULL : "codes",
                          number ? IRM_MEMORY_DOUBLE : IRM_MEMORY_CODE, 0, cursor->n_rows,
                          &array, error));
    IRM_TRY(take_array(cursor, &array, direct, &cursor->cells[at], error));
    if (!number) {
        IRM_TRY(read_ranges(cursor, file, schema->name, at, error));
        IRM_TRY(irm_part_read_labels(file, column, error));
    }
    bool marked = false;
    IRM_TRY(irm_part_exists(file, "marks", schema->name, NULL, &marked, error));
    if (marked) {
        IRM_TRY(irm_part_open(file, "marks", schema->name, NULL, IRM_MEMORY_RAW, 1,
                              cursor->n_rows, &array, error));
        IRM_TRY(take_array(cursor, &array, direct, &cursor->marks[at], error));
    }
    return IRM_OK;
}

/* Addresses in a file are those of its bytes when nothing comes before it. */
static bool starts_at_zero(hid_t file) {
    hid_t creation = H5Fget_create_plist(file);
    hsize_t before = 0;
    bool done = H5Pget_userblock(creation, &before) >= 0 && before == 0;
    H5Pclose(creation);
    return done;
}

static irm_status add_columns(irm_cursor *cursor, const irm_table *schema,
                              const char *const *names, size_t count, irm_error *error) {
    hid_t file;
    IRM_TRY(irm_part_open_file(cursor->path, &file, error));
    bool direct = starts_at_zero(file);
    irm_status status = IRM_OK;
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        irm_column *column;
        status = irm_table_need(schema, names[i], &column, error);
        if (status == IRM_OK) {
            status = add_column(cursor, file, direct, column, i, error);
        }
    }
    H5Fclose(file);
    return status;
}

static irm_status fill(irm_cursor *cursor, const irm_table *schema,
                       const char *const *names, size_t count, irm_error *error) {
    cursor->n_rows = schema->n_rows;
    cursor->cells = irm_calloc(count, sizeof *cursor->cells);
    cursor->marks = irm_calloc(count, sizeof *cursor->marks);
    cursor->ranges = irm_calloc(count, sizeof *cursor->ranges);
    if (cursor->path == NULL || cursor->cells == NULL || cursor->marks == NULL ||
        cursor->ranges == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_table_init(&cursor->schema, schema->name, 0, error));
    IRM_TRY(irm_attributes_copy(&schema->attributes, &cursor->schema.attributes, error));
    cursor->file = open(cursor->path, O_RDONLY | O_CLOEXEC);
    if (cursor->file < 0) {
        return irm_fail_at(error, IRM_STATUS_IO, cursor->path, 0, 0, NULL,
                           "cannot open: %s", strerror(errno));
    }
    irm_h5_silence silence = irm_h5_silence_begin();
    irm_status status = add_columns(cursor, schema, names, count, error);
    irm_h5_silence_end(silence);
    if (cursor->block_rows == 0) {
        cursor->block_rows = 65536;
    }
    return irm_part_at_file(status, cursor->path, error);
}

irm_status irm_cursor_open(const irm_store *store, const char *name,
                           const char *const *columns, size_t n_columns,
                           irm_cursor **cursor, irm_error *error) {
    *cursor = NULL;
    irm_entry *e = NULL, *fresh = NULL;
    IRM_TRY(irm_entries_need(store, name, &e, error));
    if (!irm_entry_is_current(store, e)) {
        IRM_TRY(irm_entry_read_file(store, e->file, &fresh, error));
    }
    const irm_table *schema = fresh != NULL ? &fresh->schema : &e->schema;
    irm_cursor *made = irm_calloc(1, sizeof *made);
    irm_status status = made == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        made->file = -1;
        made->path = irm_store_table_path(store, e->file);
        status = fill(made, schema, columns, n_columns, error);
    }
    irm_entry_free(fresh);
    if (status != IRM_OK) {
        irm_cursor_free(made);
        return status;
    }
    *cursor = made;
    return IRM_OK;
}

void irm_cursor_free(irm_cursor *cursor) {
    if (cursor == NULL) {
        return;
    }
    /* A column that failed to open may be in the schema, or not yet: both have a source.
     */
    for (size_t i = 0; i < cursor->schema.n_columns; i++) {
        irm_free(cursor->cells[i].places);
        irm_free(cursor->cells[i].whole);
        irm_free(cursor->marks[i].places);
        irm_free(cursor->marks[i].whole);
        irm_free(cursor->ranges[i]);
    }
    if (cursor->file >= 0) {
        close(cursor->file);
    }
    irm_free(cursor->cells);
    irm_free(cursor->marks);
    irm_free(cursor->ranges);
    irm_table_clear(&cursor->schema);
    irm_free(cursor->path);
    irm_free(cursor);
}

const irm_table *irm_cursor_schema(const irm_cursor *cursor) { return &cursor->schema; }

size_t irm_cursor_rows(const irm_cursor *cursor) { return cursor->n_rows; }

size_t irm_cursor_block_rows(const irm_cursor *cursor) { return cursor->block_rows; }

size_t irm_cursor_blocks(const irm_cursor *cursor) {
    return cursor->n_rows / cursor->block_rows +
           (cursor->n_rows % cursor->block_rows != 0);
}

irm_cell_type irm_cursor_type(const irm_cursor *cursor, size_t column) {
    static const irm_cell_type types[] = {IRM_CELL_I8,  IRM_CELL_I8,  IRM_CELL_I16,
                                          IRM_CELL_I32, IRM_CELL_I64, IRM_CELL_F32,
                                          IRM_CELL_F64};
    return types[cursor->cells[column].cells.element];
}

bool irm_cursor_range(const irm_cursor *cursor, size_t block, size_t column, int64_t *low,
                      int64_t *high) {
    const irm_code_range *ranges = cursor->ranges[column];
    if (ranges == NULL) {
        return false;
    }
    *low = ranges[block].low;
    *high = ranges[block].high;
    return true;
}

irm_status irm_cursor_buffer_new(const irm_cursor *cursor, irm_cursor_buffer **buffer,
                                 irm_error *error) {
    irm_cursor_buffer *made = irm_calloc(1, sizeof *made);
    *buffer = made;
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->n_columns = cursor->schema.n_columns;
    made->cells = irm_calloc(made->n_columns, sizeof *made->cells);
    made->marks = irm_calloc(made->n_columns, sizeof *made->marks);
    irm_status status = made->cells == NULL || made->marks == NULL
                            ? irm_fail_memory(error)
                            : irm_decoder_new(&made->decoder, error);
    if (status != IRM_OK) {
        irm_cursor_buffer_free(made);
        *buffer = NULL;
    }
    return status;
}

void irm_cursor_buffer_free(irm_cursor_buffer *buffer) {
    if (buffer == NULL) {
        return;
    }
    for (size_t i = 0; i < buffer->n_columns; i++) {
        irm_free(buffer->cells != NULL ? buffer->cells[i] : NULL);
        irm_free(buffer->marks != NULL ? buffer->marks[i] : NULL);
    }
    irm_free(buffer->cells);
    irm_free(buffer->marks);
    irm_decoder_free(buffer->decoder);
    irm_free(buffer);
}

static irm_status read_bytes(int file, const place *at, unsigned char *to,
                             irm_error *error) {
    size_t done = 0;
    while (done < at->size) {
        ssize_t got =
            pread(file, to + done, (size_t)at->size - done, (off_t)(at->address + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return irm_fail(error, IRM_STATUS_DATA,
                            "corrupt: a block of data cannot be read");
        }
        done += (size_t)got;
    }
    return IRM_OK;
}

/* A chunk of `from`, in `*room`, which is made when it is first needed. */
static irm_status read_chunk(const irm_cursor *cursor, const source *from, size_t block,
                             irm_decoder *decoder, void **room, const void **cells,
                             irm_error *error) {
    if (from->places == NULL) {
        *cells =
            (const char *)from->whole + block * cursor->block_rows * from->cells.size;
        return IRM_OK;
    }
    const place *at = &from->places[block];
    size_t bytes = irm_cells_chunk_bytes(&from->cells);
    if (*room == NULL) {
        *room = irm_calloc(bytes, 1);
    }
    unsigned char *packed = irm_decoder_room(decoder, (size_t)at->size);
    if (*room == NULL || packed == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(read_bytes(cursor->file, at, packed, error));
    irm_chunk chunk = {.bytes = packed,
                       .size = (size_t)at->size,
                       .shuffled = at->shuffled,
                       .deflated = at->deflated};
    *cells = *room;
    return irm_decode(decoder, &chunk, bytes, from->cells.size, *room, error);
}

#define RANGE(type)                                \
    do {                                           \
        const type *cell_ = block->cells;          \
        type low_ = cell_[0], high_ = cell_[0];    \
        for (size_t i_ = 1; i_ < block->n; i_++) { \
            type v_ = cell_[i_];                   \
            low_ = v_ < low_ ? v_ : low_;          \
            high_ = v_ > high_ ? v_ : high_;       \
        }                                          \
        block->low = low_;                         \
        block->high = high_;                       \
    } while (0)

static void find_range(irm_cell_block *block) {
    block->low = block->high = 0;
    if (block->n == 0) {
        return;
    }
    if (block->type == IRM_CELL_I8) {
        RANGE(int8_t);
    } else if (block->type == IRM_CELL_I16) {
        RANGE(int16_t);
    } else if (block->type == IRM_CELL_I32) {
        RANGE(int32_t);
    }
}

/* A range that is not that of the cells would hide rows. */
static irm_status check_told_range(const irm_cursor *cursor, size_t block, size_t column,
                                   const irm_cell_block *cells, irm_error *error) {
    int64_t low, high;
    bool good = !irm_cursor_range(cursor, block, column, &low, &high) ||
                (low == cells->low && high == cells->high);
    return good ? IRM_OK
                : irm_fail(error, IRM_STATUS_DATA,
                           "corrupt: column %s has codes out of their range",
                           cursor->schema.columns[column].name);
}

/* Codes and marks index other arrays: none may lead outside. */
static irm_status check(const irm_column *column, const irm_cell_block *block,
                        irm_error *error) {
    bool good =
        column->type != IRM_COLUMN_CATEGORY ||
        (block->low >= -1 && block->high < (int64_t)irm_dict_count(column->categories));
    for (size_t i = 0; block->marks != NULL && i < block->n; i++) {
        good = good && block->marks[i] <= column->n_markers;
    }
    return good ? IRM_OK
                : irm_fail(error, IRM_STATUS_DATA,
                           "corrupt: column %s has codes that stand for nothing",
                           column->name);
}

irm_status irm_cursor_read(const irm_cursor *cursor, size_t block, size_t column,
                           irm_cursor_buffer *buffer, irm_cell_block *cells,
                           irm_error *error) {
    size_t first = block * cursor->block_rows, left = cursor->n_rows - first;
    *cells = (irm_cell_block){
        .type = irm_cursor_type(cursor, column),
        .n = left < cursor->block_rows ? left : cursor->block_rows,
    };
    irm_status status = read_chunk(cursor, &cursor->cells[column], block, buffer->decoder,
                                   &buffer->cells[column], &cells->cells, error);
    if (status == IRM_OK && cursor->marks[column].cells.count > 0) {
        void *room = buffer->marks[column];
        const void *marks = NULL;
        status = read_chunk(cursor, &cursor->marks[column], block, buffer->decoder, &room,
                            &marks, error);
        buffer->marks[column] = room;
        cells->marks = marks;
    }
    if (status == IRM_OK) {
        find_range(cells);
        status = check(&cursor->schema.columns[column], cells, error);
    }
    if (status == IRM_OK) {
        status = check_told_range(cursor, block, column, cells, error);
    }
    return irm_part_at_file(status, cursor->path, error);
}
