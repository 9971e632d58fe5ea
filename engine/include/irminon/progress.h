/* Messages to the person: warnings, and progress on long work.
 *
 * The engine never prints. It reports to an irm_reporter that the program supplies; a NULL
 * reporter is silence. Callbacks may come from the calling thread only. */
#ifndef IRMINON_PROGRESS_H
#define IRMINON_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "irminon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct irm_reporter {
    void *context;
    /* Something was repaired, did not match or is to be known. May be NULL. */
    void (*warn)(void *context, const char *message);
    /* `done` of `total` bytes (total 0 when unknown) and rows so far, for `what`; where it is
     * no bytes that are counted but things done, `rows` equals `done`. May be NULL. */
    void (*progress)(void *context, const char *what, uint64_t done, uint64_t total,
                     uint64_t rows);
    /* Asked now and then; true stops the work with INTERRUPTED. May be NULL. */
    bool (*stop)(void *context);
} irm_reporter;

IRM_API void irm_warn(const irm_reporter *reporter, const char *format, ...)
    IRM_PRINTF(2, 3);
IRM_API void irm_progress(const irm_reporter *reporter, const char *what, uint64_t done,
                          uint64_t total, uint64_t rows);
IRM_API irm_status irm_check_stop(const irm_reporter *reporter, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
