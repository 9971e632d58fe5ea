#include <stdbool.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "schema.h"

char *irm_name_escape(const char *name) {
    irm_buffer out = {0};
    if (*name == '\0') {
        irm_buffer_text(&out, "%00");
    }
    for (const char *p = name; *p != '\0'; p++) {
        unsigned char byte = (unsigned char)*p;
        bool special = byte == '/' || byte == '%' || byte < 0x20 || byte == 0x7f ||
                       (byte == '.' && p == name);
        if (special) {
            irm_buffer_format(&out, "%%%02X", byte);
        } else {
            irm_buffer_add(&out, p, 1);
        }
    }
    return irm_buffer_take(&out);
}

static int digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *irm_name_unescape(const char *text, size_t size) {
    irm_buffer out = {0};
    for (size_t i = 0; i < size; i++) {
        bool escape = text[i] == '%' && size - i > 2 && digit(text[i + 1]) >= 0 &&
                      digit(text[i + 2]) >= 0;
        char byte =
            escape ? (char)(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
        irm_buffer_add(&out, &byte, 1);
        i += escape ? 2 : 0;
    }
    return irm_buffer_take(&out);
}
