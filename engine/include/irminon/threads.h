/* Threads: one loop over a range of indices, shared out, and nothing kept after it.
 *
 * There is no pool and no global state: threads are started by the call and joined before
 * it returns. What the work computes must not depend on which worker computes it, so that
 * the result is the same whatever the number of threads. */
#ifndef IRMINON_THREADS_H
#define IRMINON_THREADS_H

#include <stddef.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Processors that this process may run on (its affinity), or those online; at least 1. */
IRM_API size_t irm_threads_online(void);

/* How many workers irm_parallel_for uses for that work (0 `threads`: one a processor), so
 * that a caller can prepare what each of them needs. At least 1. */
IRM_API size_t irm_parallel_workers(size_t count, size_t grain, size_t threads);

/* Does the indices first … last - 1, as worker 0 … irm_parallel_workers - 1. */
typedef irm_status (*irm_range_work)(void *context, size_t first, size_t last,
                                     size_t worker, irm_error *error);

/* Calls `work` over 0 … count - 1 by ranges of `grain` indices (0 counts as 1), in up to
 * `threads` threads (0: one a processor), the caller's among them. A failure stops the
 * handing out of ranges; the error kept is that of the lowest failing range, as a plain
 * loop would have met it. With too few resources for a thread, the others do its share. */
IRM_API irm_status irm_parallel_for(size_t count, size_t grain, size_t threads,
                                    irm_range_work work, void *context,
                                    irm_error *error);

/* The same, then `finish` over each range, in the order of ranges and one at a time, by the
 * worker that did its work and while others do theirs: what is made in any order and written
 * in one. */
IRM_API irm_status irm_parallel_in_order(size_t count, size_t grain, size_t threads,
                                         irm_range_work work, irm_range_work finish,
                                         void *context, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
