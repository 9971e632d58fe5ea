/* Doubles as text: the shortest decimal of 15 to 17 digits that reads back as the same one.
 *
 * For numbers of everyday size the search is exact integer arithmetic. A double is m / 2^s;
 * the decimal D / 10^k is nearest to it when 2 |D 2^s - m 10^k| < 10^k, and every term fits
 * in 128 bits for 1e-4 <= |value| < 1e15. Others go through printf and strtod. */
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/text.h"

__extension__ typedef unsigned __int128 wide;

static wide power_of_ten(int k) {
    static const uint64_t small[] = {UINT64_C(1),
                                     UINT64_C(10),
                                     UINT64_C(100),
                                     UINT64_C(1000),
                                     UINT64_C(10000),
                                     UINT64_C(100000),
                                     UINT64_C(1000000),
                                     UINT64_C(10000000),
                                     UINT64_C(100000000),
                                     UINT64_C(1000000000),
                                     UINT64_C(10000000000)};
    return k <= 10 ? small[k] : k <= 20 ? (wide)small[10] * small[k - 10]
                                        : (wide)small[10] * small[10] * small[k - 20];
}

/* Writes digits / 10^scale without trailing zeros. */
static void add_decimal(irm_buffer *buffer, bool negative, uint64_t digits, int scale) {
    char text[40];
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

/* The decimal of `count` significant digits nearest to m / 2^s, or false when it does not
 * read back as it. */
static bool nearest_decimal(uint64_t m, int s, int scale, uint64_t *digits) {
    wide power = power_of_ten(scale), product = m * power, half = (wide)1 << (s - 1);
    wide rounded = (product + half) >> s;
    wide back = rounded << s;
    wide gap = back > product ? back - product : product - back;
    *digits = (uint64_t)rounded;
    return 2 * gap < power;
}

static bool add_everyday(irm_buffer *buffer, double value) {
    double magnitude = fabs(value);
    if (!(magnitude >= 1e-4 && magnitude < 1e15)) {
        return false;
    }
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    uint64_t m = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    int s = 1075 - (int)(bits >> 52);
    if (m == UINT64_C(1) << 52) {
        return false; /* a power of two: its lower neighbour is nearer */
    }
    int whole = 1; /* digits before the point; 0 and under for 0.0… */
    for (double limit = 10; magnitude >= limit; limit *= 10) {
        whole++;
    }
    for (double limit = 1; magnitude < limit && whole > -3; limit /= 10) {
        whole--;
    }
    for (int count = 15; count <= 17; count++) {
        uint64_t digits;
        if (nearest_decimal(m, s, count - whole, &digits)) {
            add_decimal(buffer, value < 0, digits, count - whole);
            return true;
        }
    }
    return false;
}

/* printf and strtod follow the process's locale; the text does not. */
static void add_printed(irm_buffer *buffer, double value) {
    char text[48];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    const char *mark = localeconv()->decimal_point;
    char *at = strcmp(mark, ".") != 0 ? strstr(text, mark) : NULL;
    if (at == NULL) {
        irm_buffer_text(buffer, text);
        return;
    }
    irm_buffer_add(buffer, text, (size_t)(at - text));
    irm_buffer_text(buffer, ".");
    irm_buffer_text(buffer, at + strlen(mark));
}

void irm_buffer_number(irm_buffer *buffer, double value) {
    if (isnan(value)) {
        return;
    }
    if (value == floor(value) && fabs(value) < 1e15) {
        add_decimal(buffer, value < 0, (uint64_t)fabs(value), 0);
        return;
    }
    if (add_everyday(buffer, value)) {
        return;
    }
    add_printed(buffer, value);
}
