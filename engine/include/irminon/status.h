/* Status codes and error details.
 *
 * Every function that can fail returns an irm_status and takes an irm_error last, which may
 * be NULL. There is no global error and no thread-local one: the details travel with the
 * call. Messages are written for the person at the keyboard: they name the file, line,
 * column and value at fault, and say what was expected. */
#ifndef IRMINON_STATUS_H
#define IRMINON_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define IRM_API __attribute__((visibility("default")))
#define IRM_PRINTF(string, first) __attribute__((format(printf, string, first)))
#else
#define IRM_API
#define IRM_PRINTF(string, first)
#endif

typedef enum irm_status {
    IRM_OK = 0,
    IRM_STATUS_NO_MEMORY,   /* an allocation failed */
    IRM_STATUS_IO,          /* the operating system refused: unreadable, full, missing */
    IRM_STATUS_DATA,        /* a data file breaks its own rules */
    IRM_STATUS_SCHEMA,      /* a descriptor or catalogue has a mistake */
    IRM_STATUS_NOT_FOUND,   /* a name that nothing bears */
    IRM_STATUS_EXISTS,      /* would overwrite */
    IRM_STATUS_USAGE,       /* asked in a way that means nothing */
    IRM_STATUS_REFUSED,     /* would give a figure that cannot be defended */
    IRM_STATUS_INTERRUPTED, /* stopped on request */
    IRM_STATUS_INTERNAL,    /* a bug of ours */
    IRM_STATUS_END          /* sentinel, never returned */
} irm_status;

/* What went wrong. `file` is empty and `line`, `column` are 0 where they do not apply;
 * both count from 1. `field` names a CSV column where one is at fault. */
typedef struct irm_error {
    irm_status status;
    char file[512];
    size_t line;
    size_t column;
    char field[128];
    char message[1024];
} irm_error;

/* Short English name of a status ("no memory", "bad data", …); never NULL. */
IRM_API const char *irm_status_name(irm_status status);

/* Fills `error` (may be NULL) and returns `status`, so that a caller writes
 * `return irm_fail(error, IRM_STATUS_IO, "…")`. */
IRM_API irm_status irm_fail(irm_error *error, irm_status status, const char *format, ...)
    IRM_PRINTF(3, 4);

/* The same, with a place in a file; `field` may be NULL. */
IRM_API irm_status irm_fail_at(irm_error *error, irm_status status, const char *file,
                               size_t line, size_t column, const char *field,
                               const char *format, ...) IRM_PRINTF(7, 8);

IRM_API irm_status irm_fail_memory(irm_error *error);

/* Puts words before the message already there: context added on the way up. */
IRM_API void irm_error_prefix(irm_error *error, const char *format, ...) IRM_PRINTF(2, 3);

/* "file:line:column: message" into `text`, as much of it as there is. */
IRM_API void irm_error_format(const irm_error *error, char *text, size_t size);

/* Returns from a function that owns nothing. Where something is owned: `cleanup:`. */
#define IRM_TRY(call)                          \
    do {                                       \
        irm_status irm_try_status_ = (call);   \
        if (irm_try_status_ != IRM_OK) {       \
            return irm_try_status_;            \
        }                                      \
    } while (0)

#ifdef __cplusplus
}
#endif
#endif
