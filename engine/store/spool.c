#include "irminon/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/threads.h"
#include "spooled.h"

enum { IN_MEMORY = 64 << 20 }; /* bytes of chunks that need no file */

/* One compressed chunk. */
typedef struct kept_chunk {
    unsigned char *bytes; /* NULL: in the file, or nowhere */
    uint64_t at;          /* in the file */
    size_t size;          /* 0: nothing was put */
    size_t n;             /* rows */
    irm_memory_kind kind;
    irm_element element;
    irm_extent extent; /* of numbers, or of codes */
    bool shuffled;
} kept_chunk;

typedef struct kept_chunks {
    kept_chunk *chunks;
    size_t count, capacity;
} kept_chunks;

struct irm_spool {
    kept_chunks *cells, *marks; /* a list a column */
    size_t n_columns;
    char *folder;   /* NULL: no file */
    int descriptor; /* of the file, -1 until it is needed */
    pthread_mutex_t opening;
    _Atomic uint64_t end;     /* of the file */
    _Atomic size_t in_memory; /* bytes of chunks */
    irm_coder **coders;       /* one a worker */
    size_t n_coders;
};

static irm_status fill_new(irm_spool *spool, const char *folder, irm_error *error) {
    enum { LONGEST = IRM_BLOCK_ROWS * sizeof(double) };
    spool->cells = irm_calloc(spool->n_columns, sizeof *spool->cells);
    spool->marks = irm_calloc(spool->n_columns, sizeof *spool->marks);
    spool->coders = irm_calloc(spool->n_coders, sizeof *spool->coders);
    spool->folder = folder != NULL ? irm_strdup(folder) : NULL;
    if (spool->cells == NULL || spool->marks == NULL || spool->coders == NULL ||
        (folder != NULL && spool->folder == NULL)) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < spool->n_coders; i++) {
        IRM_TRY(irm_coder_new(LONGEST, &spool->coders[i], error));
    }
    return IRM_OK;
}

irm_status irm_spool_new(size_t n_columns, const char *folder, size_t workers,
                         irm_spool **spool, irm_error *error) {
    irm_spool *made = irm_calloc(1, sizeof *made);
    *spool = NULL;
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->n_columns = n_columns;
    made->n_coders = workers > 0 ? workers : 1;
    made->descriptor = -1;
    pthread_mutex_init(&made->opening, NULL);
    irm_status status = fill_new(made, folder, error);
    if (status != IRM_OK) {
        irm_spool_free(made);
        return status;
    }
    *spool = made;
    return IRM_OK;
}

static void clear_chunks(kept_chunks *list) {
    for (size_t i = 0; i < list->count; i++) {
        irm_free(list->chunks[i].bytes);
    }
    irm_free(list->chunks);
}

void irm_spool_free(irm_spool *spool) {
    if (spool == NULL) {
        return;
    }
    for (size_t i = 0; i < spool->n_columns; i++) {
        if (spool->cells != NULL) {
            clear_chunks(&spool->cells[i]);
        }
        if (spool->marks != NULL) {
            clear_chunks(&spool->marks[i]);
        }
    }
    for (size_t i = 0; spool->coders != NULL && i < spool->n_coders; i++) {
        irm_coder_free(spool->coders[i]);
    }
    if (spool->descriptor >= 0) {
        close(spool->descriptor);
    }
    irm_free(spool->cells);
    irm_free(spool->marks);
    irm_free(spool->coders);
    irm_free(spool->folder);
    pthread_mutex_destroy(&spool->opening);
    irm_free(spool);
}

static irm_status fail_io(const irm_spool *spool, const char *doing, irm_error *error) {
    return irm_fail_at(error, IRM_STATUS_IO, spool->folder, 0, 0, NULL,
                       "cannot %s a temporary file there: %s", doing, strerror(errno));
}

/* A file that has lost its name when this returns. */
static irm_status make_file(irm_spool *spool, irm_error *error) {
    char *name = irm_path_join(spool->folder, ".spool-XXXXXX.tmp");
    if (name == NULL) {
        return irm_fail_memory(error);
    }
    spool->descriptor = mkstemps(name, 4);
    irm_status status = spool->descriptor < 0 ? fail_io(spool, "make", error) : IRM_OK;
    if (status == IRM_OK) {
        fcntl(spool->descriptor, F_SETFD, FD_CLOEXEC);
        unlink(name);
    }
    irm_free(name);
    return status;
}

/* The first thread to need the file makes it. */
static irm_status open_file(irm_spool *spool, irm_error *error) {
    pthread_mutex_lock(&spool->opening);
    irm_status status = spool->descriptor < 0 ? make_file(spool, error) : IRM_OK;
    pthread_mutex_unlock(&spool->opening);
    return status;
}

static irm_status write_at(const irm_spool *spool, const unsigned char *bytes,
                           size_t size, uint64_t at, irm_error *error) {
    while (size > 0) {
        ssize_t put = pwrite(spool->descriptor, bytes, size, (off_t)at);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            errno = put < 0 ? errno : ENOSPC;
            return fail_io(spool, "write", error);
        }
        bytes += put;
        at += (uint64_t)put;
        size -= (size_t)put;
    }
    return IRM_OK;
}

static irm_status read_at(const irm_spool *spool, unsigned char *bytes, size_t size,
                          uint64_t at, irm_error *error) {
    while (size > 0) {
        ssize_t got = pread(spool->descriptor, bytes, size, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            errno = got < 0 ? errno : EIO;
            return fail_io(spool, "read", error);
        }
        bytes += got;
        at += (uint64_t)got;
        size -= (size_t)got;
    }
    return IRM_OK;
}

/* Gives the compressed bytes a place: in memory while there is room for it. */
static irm_status settle(irm_spool *spool, const irm_chunk *made,
                         const unsigned char *packed, kept_chunk *to, irm_error *error) {
    size_t before = atomic_fetch_add(&spool->in_memory, made->size);
    to->size = made->size;
    to->shuffled = made->shuffled;
    if (spool->folder == NULL || before + made->size <= IN_MEMORY) {
        to->bytes = irm_calloc(made->size, 1);
        if (to->bytes == NULL) {
            return irm_fail_memory(error);
        }
        memcpy(to->bytes, packed, made->size);
        return IRM_OK;
    }
    atomic_fetch_sub(&spool->in_memory, made->size);
    IRM_TRY(open_file(spool, error));
    to->at = atomic_fetch_add(&spool->end, made->size);
    return write_at(spool, packed, made->size, to->at, error);
}

static irm_status make_places(kept_chunks *list, size_t count, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&list->chunks, &list->capacity, count,
                        sizeof *list->chunks, error));
    while (list->count < count) {
        list->chunks[list->count++] = (kept_chunk){0};
    }
    return IRM_OK;
}

irm_status irm_spool_prepare(irm_spool *spool, size_t column, size_t blocks,
                             irm_error *error) {
    IRM_TRY(make_places(&spool->cells[column], blocks, error));
    return make_places(&spool->marks[column], blocks, error);
}

/* The place of block `at` in its list, emptied. */
static irm_status make_place(irm_spool *spool, kept_chunks *list, size_t at,
                             kept_chunk **place, irm_error *error) {
    if (list->count <= at) {
        IRM_TRY(make_places(list, at + 1, error));
    }
    *place = &list->chunks[at];
    if ((*place)->bytes != NULL) {
        atomic_fetch_sub(&spool->in_memory, (*place)->size);
        irm_free((*place)->bytes);
    }
    **place = (kept_chunk){0};
    return IRM_OK;
}

static irm_status put_cells(irm_spool *spool, kept_chunks *list, size_t at,
                            irm_cells cells, const irm_extent *extent, size_t worker,
                            irm_error *error) {
    kept_chunk *place = NULL;
    IRM_TRY(make_place(spool, list, at, &place, error));
    cells.size = irm_element_size(cells.element);
    cells.chunk = at == 0 ? cells.count : IRM_BLOCK_ROWS;
    irm_chunk chunk = {.cells = cells};
    const unsigned char *packed = NULL;
    IRM_TRY(irm_chunk_pack(&chunk, spool->coders[worker], &packed, error));
    kept_chunk made = {.n = cells.count, .kind = cells.kind, .element = cells.element};
    made.extent = extent != NULL ? *extent : IRM_EXTENT_NONE;
    IRM_TRY(settle(spool, &chunk, packed, &made, error));
    *place = made;
    return IRM_OK;
}

/* Casts away a constness that compressing respects. */
static void *as_data(const void *cells) {
    union {
        const void *from;
        void *to;
    } both = {cells};
    return both.to;
}

static irm_extent extent_of_codes(const int32_t *codes, size_t n) {
    irm_code_range range = irm_code_range_of(codes, n);
    return (irm_extent){true, true, range.low, range.high};
}

static irm_extent extent_of_small(const int8_t *cells, size_t n) {
    int8_t lowest = n > 0 ? cells[0] : 0, highest = lowest;
    for (size_t i = 0; i < n; i++) {
        lowest = cells[i] < lowest ? cells[i] : lowest;
        highest = cells[i] > highest ? cells[i] : highest;
    }
    return (irm_extent){true, true, lowest, highest};
}

static irm_extent extent_of_halves(const int16_t *cells, size_t n) {
    int16_t lowest = n > 0 ? cells[0] : 0, highest = lowest;
    for (size_t i = 0; i < n; i++) {
        lowest = cells[i] < lowest ? cells[i] : lowest;
        highest = cells[i] > highest ? cells[i] : highest;
    }
    return (irm_extent){true, true, lowest, highest};
}

static bool is_marked(const uint8_t *marks, size_t n) {
    uint8_t any = 0;
    for (size_t i = 0; marks != NULL && i < n; i++) {
        any |= marks[i];
    }
    return any != 0;
}

static irm_status put_marks(irm_spool *spool, size_t column, size_t at, size_t n,
                            const uint8_t *marks, size_t worker, irm_error *error) {
    kept_chunks *list = &spool->marks[column];
    kept_chunk *place = NULL;
    if (!is_marked(marks, n)) {
        return list->count > at ? make_place(spool, list, at, &place, error) : IRM_OK;
    }
    irm_cells cells = {.kind = IRM_MEMORY_RAW, .data = as_data(marks), .count = n};
    return put_cells(spool, list, at, cells, NULL, worker, error);
}

/* What a block holds, how it lies in memory, and what it asks of its type. */
static irm_cells cells_of(const irm_block *block, size_t n, irm_extent *extent) {
    irm_cells cells = {.count = n, .kind = IRM_MEMORY_RAW};
    if (block->codes != NULL) {
        *extent = extent_of_codes(block->codes, n);
        cells.kind = IRM_MEMORY_CODE;
        cells.data = as_data(block->codes);
        cells.element = irm_element_of_codes((size_t)(extent->highest + 1));
    } else if (block->values != NULL) {
        *extent = irm_extent_of_doubles(block->values, n);
        cells.kind = IRM_MEMORY_DOUBLE;
        cells.data = as_data(block->values);
        cells.element = irm_extent_element(extent);
    } else if (block->halves != NULL) {
        *extent = extent_of_halves(block->halves, n);
        cells.data = as_data(block->halves);
        cells.element = IRM_ELEMENT_I16;
    } else {
        const int8_t *bytes = block->bytes != NULL ? block->bytes : block->small;
        *extent = extent_of_small(bytes, n);
        cells.data = as_data(bytes);
        cells.element = IRM_ELEMENT_I8;
    }
    return cells;
}

irm_status irm_spool_put(irm_spool *spool, size_t column, size_t at, size_t n,
                         const irm_block *block, size_t worker, irm_error *error) {
    irm_extent extent;
    irm_cells cells = cells_of(block, n, &extent);
    kept_chunks *list = &spool->cells[column];
    IRM_TRY(put_cells(spool, list, at, cells, &extent, worker, error));
    if (cells.kind == IRM_MEMORY_RAW) { /* read back as what it stands for */
        list->chunks[at].kind =
            block->bytes != NULL ? IRM_MEMORY_CODE : IRM_MEMORY_DOUBLE;
    }
    return put_marks(spool, column, at, n, block->marks, worker, error);
}

/* Its bytes, to be freed. */
static irm_status fetch(const irm_spool *spool, const kept_chunk *kept,
                        unsigned char **bytes, irm_error *error) {
    *bytes = irm_calloc(kept->size, 1);
    if (*bytes == NULL) {
        return irm_fail_memory(error);
    }
    if (kept->bytes != NULL) {
        memcpy(*bytes, kept->bytes, kept->size);
        return IRM_OK;
    }
    irm_status status = read_at(spool, *bytes, kept->size, kept->at, error);
    if (status != IRM_OK) {
        irm_free(*bytes);
        *bytes = NULL;
    }
    return status;
}

/* Its cells, as memory holds that kind, into `data`. */
static irm_status unpack_chunk(irm_spool *spool, const kept_chunk *kept, size_t at,
                               void *data, size_t worker, irm_error *error) {
    irm_chunk chunk = {.cells = {.kind = kept->kind,
                                 .data = data,
                                 .count = kept->n,
                                 .element = kept->element,
                                 .size = irm_element_size(kept->element),
                                 .chunk = at == 0 ? kept->n : IRM_BLOCK_ROWS},
                       .size = kept->size,
                       .shuffled = kept->shuffled,
                       .deflated = true,
                       .end = kept->n};
    IRM_TRY(fetch(spool, kept, &chunk.bytes, error));
    irm_status status = irm_chunk_decompress(&chunk, spool->coders[worker], error);
    irm_free(chunk.bytes);
    return status;
}

bool irm_spool_is_codes(const irm_spool *spool, size_t column, size_t at) {
    return spool->cells[column].chunks[at].kind == IRM_MEMORY_CODE;
}

irm_status irm_spool_codes(irm_spool *spool, size_t column, size_t at, int32_t *codes,
                           size_t worker, irm_error *error) {
    const kept_chunk *kept = &spool->cells[column].chunks[at];
    return unpack_chunk(spool, kept, at, codes, worker, error);
}

static irm_status unpack_marks(irm_spool *spool, size_t column, size_t at, uint8_t *marks,
                               size_t worker, irm_error *error) {
    const kept_chunks *list = &spool->marks[column];
    if (list->count <= at || list->chunks[at].size == 0) {
        memset(marks, 0, spool->cells[column].chunks[at].n);
        return IRM_OK;
    }
    return unpack_chunk(spool, &list->chunks[at], at, marks, worker, error);
}

irm_status irm_spool_values(irm_spool *spool, size_t column, size_t at, double *values,
                            uint8_t *marks, size_t worker, irm_error *error) {
    const kept_chunk *kept = &spool->cells[column].chunks[at];
    IRM_TRY(unpack_chunk(spool, kept, at, values, worker, error));
    return marks != NULL ? unpack_marks(spool, column, at, marks, worker, error) : IRM_OK;
}

bool irm_spool_is_marked(const irm_spool *spool, size_t column) {
    const kept_chunks *list = &spool->marks[column];
    for (size_t i = 0; i < list->count; i++) {
        if (list->chunks[i].size > 0) {
            return true;
        }
    }
    return false;
}

irm_extent irm_spool_extent(const irm_spool *spool, size_t column, size_t n_blocks) {
    irm_extent all = IRM_EXTENT_NONE;
    for (size_t at = 0; at < n_blocks; at++) {
        irm_extent_add(&all, &spool->cells[column].chunks[at].extent);
    }
    return all;
}

irm_code_range irm_spool_code_range(const irm_spool *spool, size_t column, size_t at) {
    const irm_extent *extent = &spool->cells[column].chunks[at].extent;
    return (irm_code_range){(int32_t)extent->lowest, (int32_t)extent->highest};
}

/* The kept chunk as it is, or unpacked. */
static irm_status give_chunk(irm_spool *spool, const kept_chunk *kept, size_t at,
                             const irm_cells *cells, irm_chunk *chunk, void **owned,
                             irm_error *error) {
    *chunk = (irm_chunk){.cells = *cells, .shuffled = kept->shuffled};
    chunk->cells.count = kept->n;
    if (kept->element == cells->element && kept->kind == cells->kind) {
        chunk->size = kept->size;
        chunk->deflated = true;
        return fetch(spool, kept, &chunk->bytes, error);
    }
    *owned = irm_calloc(kept->n, irm_cells_stride(cells));
    if (*owned == NULL) {
        return irm_fail_memory(error);
    }
    chunk->cells.data = *owned;
    return unpack_chunk(spool, kept, at, *owned, 0, error);
}

irm_status irm_spool_chunk(irm_spool *spool, size_t column, size_t at, size_t n,
                           const irm_cells *cells, irm_chunk *chunk, void **owned,
                           irm_error *error) {
    const kept_chunks *list = &spool->cells[column];
    *owned = NULL;
    if (at >= list->count || list->chunks[at].n != n ||
        list->chunks[at].kind != cells->kind) {
        return irm_fail(error, IRM_STATUS_INTERNAL, "a block of a table is missing");
    }
    return give_chunk(spool, &list->chunks[at], at, cells, chunk, owned, error);
}

irm_status irm_spool_mark_chunk(irm_spool *spool, size_t column, size_t at, size_t n,
                                const irm_cells *cells, irm_chunk *chunk, void **owned,
                                irm_error *error) {
    const kept_chunks *list = &spool->marks[column];
    *owned = NULL;
    if (at < list->count && list->chunks[at].size > 0) {
        return give_chunk(spool, &list->chunks[at], at, cells, chunk, owned, error);
    }
    *chunk = (irm_chunk){.cells = *cells};
    *owned = irm_calloc(n, 1);
    chunk->cells.data = *owned;
    chunk->cells.count = n;
    return *owned != NULL ? IRM_OK : irm_fail_memory(error);
}

typedef struct loading {
    irm_spool *spool;
    irm_table *table;
} loading;

static irm_status load_column(const loading *load, size_t at, size_t worker,
                              irm_error *error) {
    irm_column *column = &load->table->columns[at];
    size_t n_rows = load->table->n_rows;
    bool number = column->type == IRM_COLUMN_NUMBER;
    column->values = number ? irm_calloc(n_rows, sizeof(double)) : NULL;
    column->codes = number ? NULL : irm_calloc(n_rows, sizeof(int32_t));
    bool marked = irm_spool_is_marked(load->spool, at);
    column->marks = marked ? irm_calloc(n_rows, 1) : NULL;
    if ((number ? (void *)column->values : (void *)column->codes) == NULL ||
        (marked && column->marks == NULL)) {
        return irm_fail_memory(error);
    }
    for (size_t first = 0; first < n_rows; first += IRM_BLOCK_ROWS) {
        size_t block = first / IRM_BLOCK_ROWS;
        if (irm_spool_is_codes(load->spool, at, block) == number) {
            return irm_fail(error, IRM_STATUS_INTERNAL, "a block is of another kind");
        }
        IRM_TRY(number ? irm_spool_values(load->spool, at, block, column->values + first,
                                          marked ? column->marks + first : NULL, worker,
                                          error)
                       : irm_spool_codes(load->spool, at, block, column->codes + first,
                                         worker, error));
    }
    return IRM_OK;
}

static irm_status load_some(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    for (size_t at = first; at < last; at++) {
        IRM_TRY(load_column(context, at, worker, error));
    }
    return IRM_OK;
}

irm_status irm_spool_load(irm_spool *spool, irm_table *table, size_t threads,
                          irm_error *error) {
    enum { FEW_CELLS = 65536 }; /* for threads to pay */
    loading all = {spool, table};
    threads = threads == 0 || threads > spool->n_coders ? spool->n_coders : threads;
    threads = table->n_rows * table->n_columns < FEW_CELLS ? 1 : threads;
    IRM_TRY(irm_parallel_for(table->n_columns, 1, threads, load_some, &all, error));
    table->loaded = true;
    return IRM_OK;
}
