#include <string.h>

#include "irminon/text.h"

static size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        return 3;
    }
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

bool irm_utf8_valid(const char *data, size_t size) {
    const unsigned char *p = (const unsigned char *)data;
    for (size_t i = 0; i < size;) {
        size_t length = sequence_length(p[i]);
        if (length == 0 || length > size - i) {
            return false;
        }
        for (size_t k = 1; k < length; k++) {
            if ((p[i + k] & 0xC0) != 0x80) {
                return false;
            }
        }
        /* Overlong forms, surrogates, and beyond U+10FFFF (Unicode 15, table 3-7). */
        if ((p[i] == 0xE0 && p[i + 1] < 0xA0) || (p[i] == 0xED && p[i + 1] > 0x9F) ||
            (p[i] == 0xF0 && p[i + 1] < 0x90) || (p[i] == 0xF4 && p[i + 1] > 0x8F)) {
            return false;
        }
        i += length;
    }
    return true;
}

static void add_code_point(irm_buffer *buffer, unsigned code) {
    char bytes[4];
    size_t size = 0;
    if (code < 0x80) {
        bytes[size++] = (char)code;
    } else if (code < 0x800) {
        bytes[size++] = (char)(0xC0 | (code >> 6));
        bytes[size++] = (char)(0x80 | (code & 0x3F));
    } else {
        bytes[size++] = (char)(0xE0 | (code >> 12));
        bytes[size++] = (char)(0x80 | ((code >> 6) & 0x3F));
        bytes[size++] = (char)(0x80 | (code & 0x3F));
    }
    irm_buffer_add(buffer, bytes, size);
}

void irm_utf8_from_windows1252(irm_buffer *buffer, const char *data, size_t size) {
    /* 0x80 to 0x9F, as the Unicode consortium's CP1252 table; undefined ones as C1. */
    static const unsigned high[32] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
        0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)data[i];
        add_code_point(buffer, byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80] : byte);
    }
}

/* What each letter of Latin-1 Supplement (U+00C0 to U+00FF) folds to. */
static const char *const folded[64] = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "y"};

void irm_text_fold(irm_buffer *buffer, const char *text, size_t size) {
    const unsigned char *p = (const unsigned char *)text;
    size_t start = buffer->size;
    bool space = true; /* no leading space, no two in a row */
    for (size_t i = 0; i < size;) {
        size_t length = sequence_length(p[i]);
        length = length == 0 || length > size - i ? 1 : length;
        char letter = 0;
        const char *out = NULL;
        if (length == 1) {
            letter = (char)p[i];
            letter = (char)(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
            bool kept = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
            letter = kept ? letter : ' ';
        } else if ((p[i] == 0xCC && p[i + 1] >= 0x80) || (p[i] == 0xCD && p[i + 1] <= 0xAF)) {
            i += length; /* an accent on the letter before (U+0300 to U+036F) */
            continue;
        } else if (p[i] == 0xC3 && p[i + 1] >= 0x80 && p[i + 1] <= 0xBF) {
            out = folded[p[i + 1] - 0x80];
        } else if (p[i] == 0xC5 && (p[i + 1] == 0x92 || p[i + 1] == 0x93)) {
            out = "oe";
        } else if (p[i] == 0xC5 && p[i + 1] == 0xB8) {
            out = "y";
        } else {
            letter = ' ';
        }
        if (out != NULL && *out != ' ') {
            irm_buffer_text(buffer, out);
            space = false;
        } else if (letter != 0 && letter != ' ') {
            irm_buffer_add(buffer, &letter, 1);
            space = false;
        } else if (!space) {
            irm_buffer_text(buffer, " ");
            space = true;
        }
        i += length;
    }
    if (buffer->size > start && space) {
        buffer->data[--buffer->size] = '\0';
    }
}
