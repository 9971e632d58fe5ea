#include "irminon/progress.h"

#include <stdarg.h>
#include <stdio.h>

void irm_warn(const irm_reporter *reporter, const char *format, ...) {
    if (reporter == NULL || reporter->warn == NULL) {
        return;
    }
    char message[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    reporter->warn(reporter->context, message);
}

void irm_progress(const irm_reporter *reporter, const char *what, uint64_t done,
                  uint64_t total, uint64_t rows) {
    if (reporter != NULL && reporter->progress != NULL) {
        reporter->progress(reporter->context, what, done, total, rows);
    }
}

irm_status irm_check_stop(const irm_reporter *reporter, irm_error *error) {
    if (reporter != NULL && reporter->stop != NULL && reporter->stop(reporter->context)) {
        return irm_fail(error, IRM_STATUS_INTERRUPTED, "interrupted");
    }
    return IRM_OK;
}
