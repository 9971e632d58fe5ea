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
    return irm_spool_new(n_columns, in->folder, in->workers, &in->spool, error);
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

/* As the numbers that the labels look like. */
static irm_status seal_numbers(ingest *in, builder *column, size_t block, size_t n,
                               size_t worker, irm_error *error) {
    const int32_t *codes = column->column.codes;
    const double *values = column->guess.values;
    bool blank = false;
    for (size_t row = 0; row < n; row++) {
        blank |= codes[row] < 0;
    }
    bool small = column->guess.small && !blank;
    void *cells = irm_calloc(n, small ? 1 : sizeof(double));
    if (cells == NULL) {
        return irm_fail_memory(error);
    }
    int8_t *bytes = cells;
    double *numbers = cells;
    irm_block given = {.values = small ? NULL : numbers, .small = small ? bytes : NULL};
    if (small) {
        int8_t table[256] = {0};
        for (size_t i = 0; i < column->guess.n; i++) {
            table[i] = (int8_t)values[i];
        }
        for (size_t row = 0; row < n; row++) {
            bytes[row] = table[(uint8_t)codes[row]];
        }
    } else {
        for (size_t row = 0; row < n; row++) {
            numbers[row] = codes[row] < 0 ? (double)NAN : values[codes[row]];
        }
    }
    irm_status status =
        irm_spool_put(in->spool, column->slot, block, n, &given, worker, error);
    irm_free(cells);
    return status;
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
