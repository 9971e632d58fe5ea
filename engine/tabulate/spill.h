/* Private to engine/tabulate/: sorted cells put aside in a temporary file, where memory
 * is bounded. */
#ifndef IRMINON_TABULATE_SPILL_H
#define IRMINON_TABULATE_SPILL_H

#include <pthread.h>

#include "tabulate/cells.h"

/* A file without a name, made when it is first needed; several threads write to it. */
typedef struct cell_spill {
    int descriptor; /* -1: not yet */
    uint64_t end;
    pthread_mutex_t lock;
} cell_spill;

enum { SPILL_STEP = 512 };

/* A list as it was when it was put aside, sorted. */
typedef struct spilled_run {
    const cell_spill *in;
    uint64_t at; /* in the file */
    size_t count, stride;
    uint64_t *keys; /* of every SPILL_STEP-th cell, and of the last; owned */
    int *exponents; /* of the measures' units; owned */
} spilled_run;

void spill_init(cell_spill *spill);
void spill_clear(cell_spill *spill);

/* Writes a sorted list (not empty); the caller clears the run. */
irm_status spill_write(cell_spill *spill, const cell_list *list, const int *exponents,
                       size_t n_measures, spilled_run *run, irm_error *error);
void spilled_run_clear(spilled_run *run);
/* Reads the cells of keys from `low` to `high` (left out) into `list`, whose stride is
 * set and whose cells are replaced, in units of `exponents`. */
irm_status spilled_run_read(const spilled_run *run, uint64_t low, uint64_t high,
                            const int *exponents, size_t n_measures, cell_list *list,
                            irm_error *error);

#endif
