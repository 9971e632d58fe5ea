#include <stdarg.h>
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

char *irm_buffer_room(irm_buffer *buffer, size_t more) {
    return room(buffer, more) ? buffer->data + buffer->size : NULL;
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
