#include <math.h>
#include <string.h>

#include "ingest/ingest.h"
#include "irminon/memory.h"
#include "irminon/threads.h"

irm_status ingest_open_spool(ingest *in, irm_error *error) {
    size_t n_columns = 0;
    for (size_t i = 0; i < in->n_builders; i++) {
        in->builders[i].slot = n_columns;
        n_columns += in->builders[i].fill != FILL_DROP;
    }
    in->workers = irm_threads_online();
    in->scratch = irm_calloc(in->workers, sizeof *in->scratch);
    if (in->scratch == NULL) {
        return irm_fail_memory(error);
    }
    return irm_spool_new(n_columns, in->folder, in->workers, &in->spool, error);
}

irm_status ingest_start_small(builder *column, irm_error *error) {
    if (column->bytes == NULL) {
        column->bytes = irm_calloc(IRM_BLOCK_ROWS, sizeof *column->bytes);
    }
    column->small = column->bytes != NULL;
    return column->small ? IRM_OK : irm_fail_memory(error);
}

irm_status ingest_shrink(builder *column, size_t n, irm_error *error) {
    int32_t over = 0;
    for (size_t row = 0; row < n; row++) {
        over |= column->column.codes[row] > INT8_MAX;
    }
    if (over) {
        return IRM_OK;
    }
    IRM_TRY(ingest_start_small(column, error));
    for (size_t row = 0; row < n; row++) {
        column->bytes[row] = (int8_t)column->column.codes[row];
    }
    return IRM_OK;
}

void ingest_widen(builder *column, size_t n) {
    for (size_t row = 0; column->small && row < n; row++) {
        column->column.codes[row] = column->bytes[row];
    }
    column->small = false;
}

static irm_status grow_column(builder *column, size_t before, size_t capacity,
                              irm_error *error) {
    irm_column *to = &column->column;
    if (column->fill == FILL_DROP) {
        return IRM_OK;
    }
    bool number = column->fill == FILL_NUMBER;
    void *cells = number ? irm_realloc(to->values, capacity, sizeof *to->values)
                         : irm_realloc(to->codes, capacity, sizeof *to->codes);
    if (cells == NULL) {
        return irm_fail_memory(error);
    }
    to->values = number ? cells : NULL;
    to->codes = number ? NULL : cells;
    if (to->marks != NULL) {
        uint8_t *marks = irm_realloc(to->marks, capacity, 1);
        if (marks == NULL) {
            return irm_fail_memory(error);
        }
        memset(marks + before, 0, capacity - before);
        to->marks = marks;
    }
    return IRM_OK;
}

irm_status ingest_reserve(ingest *in, size_t wanted, irm_error *error) {
    enum { FEW = 1024, MOST = IRM_BLOCK_ROWS + 1 };
    if (wanted < in->capacity) {
        return IRM_OK;
    }
    size_t capacity = in->capacity < FEW ? FEW : in->capacity * 2;
    capacity = capacity < wanted + 1 ? wanted + 1 : capacity;
    capacity = capacity > MOST ? MOST : capacity;
    for (size_t i = 0; i < in->n_builders; i++) {
        IRM_TRY(grow_column(&in->builders[i], in->capacity, capacity, error));
    }
    in->capacity = capacity;
    return IRM_OK;
}

static bool has_blank(const builder *column, size_t n) {
    bool blank = false;
    for (size_t row = 0; row < n; row++) {
        blank |= column->small ? column->bytes[row] < 0 : column->column.codes[row] < 0;
    }
    return blank;
}

/* Room for a block of numbers, a worker's own. */
static irm_status get_scratch(ingest *in, size_t worker, void **cells, irm_error *error) {
    if (in->scratch[worker] == NULL) {
        in->scratch[worker] = irm_calloc(IRM_BLOCK_ROWS, sizeof(double));
    }
    *cells = in->scratch[worker];
    return *cells != NULL ? IRM_OK : irm_fail_memory(error);
}

static irm_status put_doubles(ingest *in, const builder *column, size_t block, size_t n,
                              size_t worker, irm_error *error) {
    const double *values = column->guess.values;
    void *room = NULL;
    IRM_TRY(get_scratch(in, worker, &room, error));
    double *cells = room;
    for (size_t row = 0; row < n; row++) {
        int32_t code = column->small ? column->bytes[row] : column->column.codes[row];
        cells[row] = code < 0 ? (double)NAN : values[code];
    }
    irm_block given = {.values = cells};
    return irm_spool_put(in->spool, column->slot, block, n, &given, worker, error);
}

/* Whole numbers of a byte or two; no code is over 127, nor is any row without. */
static irm_status put_whole(ingest *in, const builder *column, size_t block, size_t n,
                            size_t worker, irm_error *error) {
    const guess *of = &column->guess;
    int16_t table[INT8_MAX + 1] = {0};
    void *room = NULL;
    IRM_TRY(get_scratch(in, worker, &room, error));
    for (size_t i = 0; i < of->n; i++) {
        table[i] = (int16_t)of->values[i];
    }
    int8_t *bytes = room;
    int16_t *halves = room;
    for (size_t row = 0; row < n; row++) {
        int32_t code = column->small ? column->bytes[row] : column->column.codes[row];
        if (of->small) {
            bytes[row] = (int8_t)table[code & INT8_MAX];
        } else {
            halves[row] = table[code & INT8_MAX];
        }
    }
    irm_block given = {.small = of->small ? bytes : NULL,
                       .halves = of->small ? NULL : halves};
    return irm_spool_put(in->spool, column->slot, block, n, &given, worker, error);
}

/* As the numbers that the labels look like. */
static irm_status seal_numbers(ingest *in, const builder *column, size_t block, size_t n,
                               size_t worker, irm_error *error) {
    const guess *of = &column->guess;
    bool whole = of->whole && of->n <= INT8_MAX + 1 && !has_blank(column, n);
    return whole ? put_whole(in, column, block, n, worker, error)
                 : put_doubles(in, column, block, n, worker, error);
}

irm_status ingest_seal_column(ingest *in, size_t field, size_t block, size_t n,
                              size_t worker, irm_error *error) {
    builder *column = &in->builders[field];
    irm_column *from = &column->column;
    if (column->fill == FILL_DROP) {
        return IRM_OK;
    }
    if (column->fill == FILL_INFER && guess_look(column)) {
        return seal_numbers(in, column, block, n, worker, error);
    }
    irm_block given = {.marks = from->marks};
    if (column->fill == FILL_NUMBER) {
        given.values = from->values;
    } else if (column->small) {
        given.bytes = column->bytes;
    } else {
        given.codes = from->codes;
    }
    IRM_TRY(irm_spool_put(in->spool, column->slot, block, n, &given, worker, error));
    if (from->marks != NULL) {
        memset(from->marks, 0, n);
    }
    return IRM_OK;
}

typedef struct sealing {
    ingest *in;
    size_t block;
} sealing;

static irm_status seal_some(void *context, size_t first, size_t last, size_t worker,
                            irm_error *error) {
    const sealing *seal = context;
    for (size_t i = first; i < last; i++) {
        IRM_TRY(
            ingest_seal_column(seal->in, i, seal->block, seal->in->at, worker, error));
    }
    return IRM_OK;
}

static irm_status seal(ingest *in, irm_error *error) {
    enum { FEW_CELLS = 65536 }; /* for threads to pay */
    sealing all = {in, (in->n_rows - 1) / IRM_BLOCK_ROWS};
    size_t threads = in->at * in->n_builders < FEW_CELLS ? 1 : in->workers;
    IRM_TRY(irm_parallel_for(in->n_builders, 1, threads, seal_some, &all, error));
    in->at = 0;
    return IRM_OK;
}

irm_status ingest_next_row(ingest *in, irm_error *error) {
    in->n_rows++;
    in->at++;
    return in->at == IRM_BLOCK_ROWS ? seal(in, error) : IRM_OK;
}

irm_status ingest_seal_last(ingest *in, irm_error *error) {
    return in->at > 0 ? seal(in, error) : IRM_OK;
}

size_t ingest_blocks(const ingest *in) {
    return (in->n_rows + IRM_BLOCK_ROWS - 1) / IRM_BLOCK_ROWS;
}

size_t ingest_block_rows(const ingest *in, size_t block) {
    size_t left = in->n_rows - block * IRM_BLOCK_ROWS;
    return left < IRM_BLOCK_ROWS ? left : IRM_BLOCK_ROWS;
}
