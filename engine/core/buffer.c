#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"

void irm_buffer_clear(irm_buffer *buffer) {
    irm_free(buffer->data);
    *buffer = (irm_buffer){0};
}

static bool room(irm_buffer *buffer, size_t more) {
    if (buffer->failed ||
        irm_reserve((void **)&buffer->data, &buffer->capacity, buffer->size + more + 1, 1,
                    NULL) != IRM_OK) {
        buffer->failed = true;
    }
    return !buffer->failed;
}

void irm_buffer_add(irm_buffer *buffer, const char *data, size_t size) {
    if (room(buffer, size)) {
        if (size > 0) {
            memcpy(buffer->data + buffer->size, data, size);
        }
        buffer->size += size;
        buffer->data[buffer->size] = '\0';
    }
}

void irm_buffer_text(irm_buffer *buffer, const char *text) {
    irm_buffer_add(buffer, text, strlen(text));
}

void irm_buffer_format(irm_buffer *buffer, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        buffer->failed = true;
    } else if (room(buffer, (size_t)length)) {
        vsnprintf(buffer->data + buffer->size, (size_t)length + 1, format, again);
        buffer->size += (size_t)length;
    }
    va_end(again);
}

/* Writes `digits` over 10^`scale` without trailing zeros. */
static void add_decimal(irm_buffer *buffer, bool negative, uint64_t digits, int scale) {
    char text[32];
    size_t at = sizeof text;
    while (scale > 0 && digits % 10 == 0) {
        digits /= 10;
        scale--;
    }
    for (int written = 0; digits > 0 || written <= scale; written++) {
        if (written == scale && scale > 0) {
            text[--at] = '.';
        }
        text[--at] = (char)('0' + digits % 10);
        digits /= 10;
    }
    if (negative) {
        text[--at] = '-';
    }
    irm_buffer_add(buffer, text + at, sizeof text - at);
}

/* Numbers of everyday size with at most 15 significant digits, which is what producers
 * publish: an integer under 2^53 over an exact power of ten divides correctly rounded
 * (Clinger, 1990), so that equality proves the decimals. */
static bool add_everyday(irm_buffer *buffer, double value) {
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    double magnitude = fabs(value);
    if (!(magnitude < 1e15) || (magnitude < 1e-4 && magnitude > 0)) {
        return false;
    }
    int whole_digits = 1;
    while (whole_digits < 15 && magnitude >= powers[whole_digits]) {
        whole_digits++;
    }
    int scale = 15 - whole_digits;
    double digits = nearbyint(magnitude * powers[scale]);
    if (digits >= 9007199254740992.0 || digits / powers[scale] != magnitude) {
        return false;
    }
    add_decimal(buffer, value < 0, (uint64_t)digits, scale);
    return true;
}

void irm_buffer_number(irm_buffer *buffer, double value) {
    if (isnan(value) || add_everyday(buffer, value)) {
        return;
    }
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    irm_buffer_text(buffer, text);
}

void irm_buffer_csv(irm_buffer *buffer, const char *text, char delimiter) {
    const char special[] = {delimiter, '"', '\n', '\r', '\0'};
    if (text[strcspn(text, special)] == '\0') {
        irm_buffer_text(buffer, text);
        return;
    }
    irm_buffer_text(buffer, "\"");
    for (const char *p = text; *p != '\0'; p++) {
        irm_buffer_add(buffer, p, 1);
        if (*p == '"') {
            irm_buffer_add(buffer, p, 1);
        }
    }
    irm_buffer_text(buffer, "\"");
}

void irm_buffer_xml(irm_buffer *buffer, const char *text) {
    for (const char *p = text; *p != '\0'; p++) {
        switch (*p) {
            case '&': irm_buffer_text(buffer, "&amp;"); break;
            case '<': irm_buffer_text(buffer, "&lt;"); break;
            case '>': irm_buffer_text(buffer, "&gt;"); break;
            case '"': irm_buffer_text(buffer, "&quot;"); break;
            default: irm_buffer_add(buffer, p, 1);
        }
    }
}

char *irm_buffer_take(irm_buffer *buffer) {
    if (buffer->data == NULL && !buffer->failed) {
        irm_buffer_add(buffer, "", 0);
    }
    if (buffer->failed) {
        irm_buffer_clear(buffer);
        return NULL;
    }
    char *text = buffer->data;
    *buffer = (irm_buffer){0};
    return text;
}
