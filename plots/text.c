#include "text.h"

#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"

/* One character of UTF-8; bytes that are not any count as one character each. */
static size_t decode(const char *text, unsigned long *character) {
    const unsigned char *p = (const unsigned char *)text;
    size_t more = p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : p[0] >= 0xC0 ? 1 : 0;
    unsigned long c = more == 0 ? p[0] : p[0] & (0x3Fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *character = '?';
            return 1;
        }
        c = c << 6 | (p[i] & 0x3Fu);
    }
    *character = c;
    return more + 1;
}

static double span_width(const char *text, size_t size, font face) {
    double width = 0;
    for (size_t i = 0; i < size;) {
        unsigned long c = 0;
        i += decode(text + i, &c);
        width += metrics_advance(c, face.bold) * face.size;
    }
    return width;
}

double text_width(const char *text, font face) {
    return text == NULL ? 0 : span_width(text, strlen(text), face);
}

void lines_clear(lines *these) {
    for (size_t i = 0; i < these->count; i++) {
        irm_free(these->text[i]);
    }
    irm_free(these->text);
    *these = (lines){0};
}

static bool add_line(lines *these, const char *text, size_t size) {
    while (size > 0 && text[size - 1] == ' ') {
        size--;
    }
    char **grown = irm_realloc(these->text, these->count + 1, sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    these->text = grown;
    these->text[these->count] = irm_strndup(text, size);
    return these->text[these->count] != NULL && ++these->count > 0;
}

/* Bytes of `text` that fit: up to the last place to break, or to the last character when
 * there is none. */
static size_t fitting(const char *text, font face, double width) {
    double used = 0;
    size_t break_at = 0, at = 0;
    while (text[at] != '\0') {
        unsigned long c = 0;
        size_t length = decode(text + at, &c);
        if (c == '\n') {
            return at;
        }
        if (c == ' ') {
            break_at = at;
        }
        used += metrics_advance(c, face.bold) * face.size;
        if (used > width && at > 0 && c != ' ') {
            return break_at > 0 ? break_at : at;
        }
        at += length;
        if (c == '-') {
            break_at = at;
        }
    }
    return at;
}

char *text_fit(const char *text, font face, double width) {
    if (text_width(text, face) <= width) {
        return irm_strdup(text);
    }
    double room = width - metrics_advance(0x2026, face.bold) * face.size;
    size_t at = 0;
    for (double used = 0; text[at] != '\0';) {
        unsigned long c = 0;
        size_t length = decode(text + at, &c);
        used += metrics_advance(c, face.bold) * face.size;
        if (used > room) {
            break;
        }
        at += length;
    }
    while (at > 0 && text[at - 1] == ' ') {
        at--;
    }
    irm_buffer cut = {0};
    irm_buffer_add(&cut, text, at);
    irm_buffer_text(&cut, "…");
    return irm_buffer_take(&cut);
}

static bool add_last_line(lines *these, const char *text, font face, double width) {
    char *cut = text_fit(text, face, width);
    bool done = cut != NULL && add_line(these, cut, strlen(cut));
    irm_free(cut);
    return done;
}

lines text_wrap(const char *text, font face, double width, size_t most) {
    lines these = {0};
    bool ok = true;
    while (ok && text != NULL && *text != '\0') {
        size_t size = fitting(text, face, width);
        if (most > 0 && these.count + 1 == most && text[size] != '\0') {
            ok = add_last_line(&these, text, face, width);
            break;
        }
        ok = add_line(&these, text, size);
        text += size;
        while (*text == ' ' || *text == '\n') {
            text++;
        }
    }
    if (!ok) {
        lines_clear(&these);
        these.failed = true;
    }
    return these;
}
