#include "irminon/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[IRM_STATUS_END] = {
    [IRM_OK] = "done",
    [IRM_STATUS_NO_MEMORY] = "no memory",
    [IRM_STATUS_IO] = "input/output",
    [IRM_STATUS_DATA] = "bad data",
    [IRM_STATUS_SCHEMA] = "bad schema",
    [IRM_STATUS_NOT_FOUND] = "not found",
    [IRM_STATUS_EXISTS] = "exists",
    [IRM_STATUS_USAGE] = "bad usage",
    [IRM_STATUS_REFUSED] = "refused",
    [IRM_STATUS_INTERRUPTED] = "interrupted",
    [IRM_STATUS_INTERNAL] = "internal error",
};

const char *irm_status_name(irm_status status) {
    if ((int)status < 0 || status >= IRM_STATUS_END) {
        return "unknown status";
    }
    return names[status];
}

static void copy(char *to, size_t size, const char *from) {
    snprintf(to, size, "%s", from != NULL ? from : "");
}

irm_status irm_fail(irm_error *error, irm_status status, const char *format, ...) {
    if (error != NULL) {
        /* Made aside: what it quotes may be the error's own message. */
        irm_error made = {.status = status};
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(made.message, sizeof made.message, format, arguments);
        va_end(arguments);
        *error = made;
    }
    return status;
}

irm_status irm_fail_at(irm_error *error, irm_status status, const char *file, size_t line,
                       size_t column, const char *field, const char *format, ...) {
    if (error != NULL) {
        irm_error made = {.status = status, .line = line, .column = column};
        copy(made.file, sizeof made.file, file);
        copy(made.field, sizeof made.field, field);
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(made.message, sizeof made.message, format, arguments);
        va_end(arguments);
        *error = made;
    }
    return status;
}

irm_status irm_fail_memory(irm_error *error) {
    return irm_fail(error, IRM_STATUS_NO_MEMORY, "not enough memory");
}

void irm_error_prefix(irm_error *error, const char *format, ...) {
    if (error == NULL) {
        return;
    }
    char before[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(before, sizeof before, format, arguments);
    va_end(arguments);
    if (length < 0) {
        return;
    }
    size_t used = strlen(before);
    snprintf(before + used, sizeof before - used, "%s", error->message);
    memcpy(error->message, before, sizeof before);
}

void irm_error_format(const irm_error *error, char *text, size_t size) {
    char place[sizeof error->file + 64] = "";
    size_t used = 0;
    if (error->file[0] != '\0') {
        used = (size_t)snprintf(place, sizeof place, "%s:", error->file);
    }
    if (error->line > 0) {
        used += (size_t)snprintf(place + used, sizeof place - used, "%zu:", error->line);
    }
    if (error->column > 0) {
        used +=
            (size_t)snprintf(place + used, sizeof place - used, "%zu:", error->column);
    }
    const char *space = used > 0 ? " " : "";
    if (error->field[0] != '\0') {
        snprintf(text, size, "%s%scolumn %s: %s", place, space, error->field,
                 error->message);
    } else {
        snprintf(text, size, "%s%s%s", place, space, error->message);
    }
}
