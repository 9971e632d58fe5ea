#include <stdbool.h>
#include <string.h>

#include "irminon/text.h"

/* After the string that starts at `at`. */
static const char *after_string(const char *at) {
    at++;
    while (*at != '"' && *at != '\0') {
        at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
    }
    return at + (*at == '"');
}

/* The number at `from`, of `size` bytes, at `to`: never longer than it was. */
static size_t put_number(const char *from, size_t size, char *to) {
    char text[IRM_NUMBER_ROOM];
    double value;
    if (memchr(from, '.', size) != NULL || memchr(from, 'e', size) != NULL ||
        memchr(from, 'E', size) != NULL) {
        irm_view view = {from, size};
        size_t length = irm_text_number(view, '.', &value, NULL)
                            ? irm_number_write(value, text)
                            : size + 1;
        if (length <= size) {
            memcpy(to, text, length);
            return length;
        }
    }
    memmove(to, from, size);
    return size;
}

void irm_json_shorten(char *json) {
    const char *from = json;
    char *to = json;
    while (*from != '\0') {
        size_t size = 1;
        if (*from == '"') {
            size = (size_t)(after_string(from) - from);
        } else if (*from == '-' || (*from >= '0' && *from <= '9')) {
            size = strspn(from, "+-.0123456789eE");
            to += put_number(from, size, to);
            from += size;
            continue;
        }
        memmove(to, from, size);
        to += size;
        from += size;
    }
    *to = '\0';
}
