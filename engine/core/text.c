#include "irminon/text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"

irm_view irm_view_of(const char *text) {
    return (irm_view){text, text != NULL ? strlen(text) : 0};
}

bool irm_view_equals(irm_view view, const char *text) {
    return strlen(text) == view.size &&
           (view.size == 0 || memcmp(view.data, text, view.size) == 0);
}

irm_view irm_view_trim(irm_view view) {
    while (view.size > 0 && isspace((unsigned char)view.data[0])) {
        view.data++;
        view.size--;
    }
    while (view.size > 0 && isspace((unsigned char)view.data[view.size - 1])) {
        view.size--;
    }
    return view;
}

/* Length of the space that starts at `p`: plain, no-break (C2 A0), narrow no-break
 * (E2 80 AF) or thin (E2 80 89); 0 for anything else. */
static size_t space_at(const char *p, size_t left) {
    if (*p == ' ') {
        return 1;
    }
    if (left >= 2 && memcmp(p, "\xC2\xA0", 2) == 0) {
        return 2;
    }
    if (left >= 3 &&
        (memcmp(p, "\xE2\x80\xAF", 3) == 0 || memcmp(p, "\xE2\x80\x89", 3) == 0)) {
        return 3;
    }
    return 0;
}

/* Powers of ten that a double holds exactly. */
static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Short decimals: an integer under 2^53 over an exact power of ten divides correctly
 * rounded (Clinger, 1990). */
static bool short_decimal(irm_view text, char decimal, double *value) {
    const char *p = text.data, *end = text.data + text.size;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) {
        p++;
    }
    uint64_t digits = 0;
    size_t seen = 0, after = 0;
    bool point = false;
    for (; p < end; p++) {
        if (*p >= '0' && *p <= '9') {
            digits = digits * 10 + (uint64_t)(*p - '0');
            seen++;
            after += point;
        } else if (*p == decimal && !point) {
            point = true;
        } else {
            return false;
        }
    }
    if (seen == 0 || seen > 18 || after > 22 || digits > (UINT64_C(1) << 53)) {
        return false;
    }
    double number = (double)digits / exact_powers[after];
    *value = negative ? -number : number;
    return true;
}

/* True when three digits and no fourth start at `i`: a group after a space. */
static bool group_of_three(irm_view text, size_t i) {
    size_t n = 0;
    while (i + n < text.size && n < 4 && isdigit((unsigned char)text.data[i + n])) {
        n++;
    }
    return n == 3;
}

/* The text without grouping spaces and with a decimal dot, or false when another byte is
 * in it. A space stands before a group of three digits; the first group has up to three,
 * and none comes after the decimal mark: "1 5" is no number. */
static bool normalise(irm_view text, char decimal, char *out, size_t size, bool *spaced) {
    size_t used = 0, group = 0; /* digits since the start or the last space */
    bool whole = true;          /* in the integer part */
    for (size_t i = 0; i < text.size;) {
        char c = text.data[i];
        size_t space = space_at(text.data + i, text.size - i);
        if (space > 0) {
            if (!whole || group == 0 || group > 3 || !group_of_three(text, i + space)) {
                return false;
            }
            *spaced = true;
            group = 0;
            i += space;
            continue;
        }
        bool digit = isdigit((unsigned char)c);
        if (c == decimal) {
            c = '.';
        } else if (!digit && c != '+' && c != '-' && c != 'e' && c != 'E') {
            return false;
        }
        group += digit;
        whole = whole && (digit || (i == 0 && (c == '+' || c == '-')));
        if (used + 1 >= size) {
            return false;
        }
        out[used++] = c;
        i++;
    }
    out[used] = '\0';
    return used > 0;
}

/* strtod of a text with a decimal dot, whatever the locale of the process: its decimal
 * mark, where it is another, takes the dot's place. False when a byte is left. */
static bool read_plain(char *plain, size_t size, double *value) {
    const char *mark = localeconv()->decimal_point;
    char *dot = strchr(plain, '.');
    if (dot != NULL && strcmp(mark, ".") != 0) {
        size_t length = strlen(mark), after = strlen(dot + 1) + 1;
        if ((size_t)(dot - plain) + length + after > size) {
            return false;
        }
        memmove(dot + length, dot + 1, after);
        memcpy(dot, mark, length);
    }
    char *end;
    double number = strtod(plain, &end);
    if (*end != '\0' || end == plain) {
        return false;
    }
    *value = number;
    return true;
}

bool irm_text_number(irm_view text, char decimal, double *value, bool *spaces) {
    if (spaces != NULL) {
        *spaces = false;
    }
    if (short_decimal(text, decimal, value)) {
        return true;
    }
    char plain[512];
    bool spaced = false;
    if (!normalise(text, decimal, plain, sizeof plain, &spaced) ||
        !read_plain(plain, sizeof plain, value)) {
        return false;
    }
    if (spaces != NULL) {
        *spaces = spaced;
    }
    return true;
}

bool irm_text_integer(irm_view text, long long *value) {
    char plain[32];
    if (text.size == 0 || text.size >= sizeof plain ||
        isspace((unsigned char)text.data[0])) {
        return false;
    }
    memcpy(plain, text.data, text.size);
    plain[text.size] = '\0';
    char *end;
    errno = 0;
    long long number = strtoll(plain, &end, 10);
    if (end != plain + text.size || errno != 0) {
        return false;
    }
    *value = number;
    return true;
}

static size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

size_t irm_text_distance(const char *a, const char *b) {
    enum { LONGEST = 64 };
    size_t n = min_size(strlen(a), LONGEST), m = min_size(strlen(b), LONGEST);
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= m; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            now[j] = min_size(min_size(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = min_size(now[j], before[j - 2] + 1);
            }
        }
    }
    return rows[n % 3][m];
}

const char *irm_text_suggest(const char *wanted, const char *const *names, size_t count) {
    const char *best = NULL;
    size_t best_distance = strlen(wanted) / 3 + 2;
    for (size_t i = 0; i < count; i++) {
        size_t distance = irm_text_distance(wanted, names[i]);
        if (distance < best_distance) {
            best_distance = distance;
            best = names[i];
        }
    }
    return best;
}
