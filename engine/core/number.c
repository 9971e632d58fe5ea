/* Doubles as text: the shortest decimal of 15 to 17 digits that reads back as the same
 * one.
 *
 * For numbers of everyday size the search is exact integer arithmetic. A double is m /
 * 2^s; the decimal D / 10^k is nearest to it when 2 |D 2^s - m 10^k| < 10^k, and every
 * term fits in 128 bits for 1e-4 <= |value| < 1e15. The nearest decimals of 15 and 16
 * digits follow from that of 17 and what it leaves. Others go through printf and strtod.
 */
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/text.h"

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

static wide power_of_ten(int k) {
    static const uint64_t small[] = {
        UINT64_C(1),          UINT64_C(10),         UINT64_C(100),
        UINT64_C(1000),       UINT64_C(10000),      UINT64_C(100000),
        UINT64_C(1000000),    UINT64_C(10000000),   UINT64_C(100000000),
        UINT64_C(1000000000), UINT64_C(10000000000)};
    return k <= 10   ? small[k]
           : k <= 20 ? (wide)small[10] * small[k - 10]
                     : (wide)small[10] * small[10] * small[k - 20];
}

/* Two digits at a time, from the last to the first; returns where they begin. */
static char *put_digits(char *end, uint64_t digits) {
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
        "40414243"
        "44454647484950515253545556575859606162636465666768697071727374757677787980818283"
        "84858687"
        "888990919293949596979899";
    while (digits >= 100) {
        end -= 2;
        memcpy(end, pairs + 2 * (digits % 100), 2);
        digits /= 100;
    }
    if (digits >= 10) {
        end -= 2;
        memcpy(end, pairs + 2 * digits, 2);
    } else {
        *--end = (char)('0' + digits);
    }
    return end;
}

/* Writes digits / 10^scale without trailing zeros; returns its length. */
static size_t put_decimal(char *to, bool negative, uint64_t digits, int scale) {
    char text[40], *end = text + sizeof text, *at;
    while (scale > 0 && digits % 10 == 0) {
        digits /= 10;
        scale--;
    }
    at = put_digits(end, digits);
    while (end - at <= scale) { /* 0.0… */
        *--at = '0';
    }
    char *start = to;
    *to = '-';
    to += negative;
    size_t whole = (size_t)(end - at) - (size_t)scale;
    memcpy(to, at, whole);
    to += whole;
    if (scale > 0) {
        *to++ = '.';
        memcpy(to, at + whole, (size_t)scale);
        to += scale;
    }
    return (size_t)(to - start);
}

/* A value as D / 10^scale of 17 significant digits, the nearest, and how far that is:
 * m 10^scale = D 2^s + rest. */
typedef struct decimal {
    uint64_t digits;
    int scale, s;
    signed_wide rest;
    wide power; /* 10^scale */
} decimal;

static decimal nearest_decimal(uint64_t m, int s, int scale) {
    decimal d = {.scale = scale, .s = s, .power = power_of_ten(scale)};
    wide product = m * d.power, half = (wide)1 << (s - 1);
    d.digits = (uint64_t)((product + half) >> s);
    d.rest = (signed_wide)(product - ((wide)d.digits << s));
    return d;
}

/* The same to the nearest multiple of `unit` (10: one digit less; 100: two), when it
 * reads back as the same double: its distance is under half a unit of the last place,
 * which is power / 2. */
static bool shorten(decimal *d, uint64_t unit) {
    uint64_t left = d->digits % unit, below = d->digits - left;
    bool up = 2 * left > unit || (2 * left == unit && d->rest >= 0);
    int64_t moved = up ? (int64_t)(unit - left) : -(int64_t)left;
    signed_wide gap = (signed_wide)moved * ((signed_wide)1 << d->s) - d->rest;
    if (2 * (wide)(gap < 0 ? -gap : gap) >= d->power) {
        return false;
    }
    d->digits = below + (up ? unit : 0);
    return true;
}

/* The shortest decimal of a number of everyday size; its length, or 0 for another number.
 */
static size_t put_everyday(char *to, double value) {
    double magnitude = fabs(value);
    if (!(magnitude >= 1e-4 && magnitude < 1e15)) {
        return 0;
    }
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    uint64_t m = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    int s = 1075 - (int)(bits >> 52);
    if (m == UINT64_C(1) << 52) {
        return 0; /* a power of two: its lower neighbour is nearer */
    }
    int whole = 1; /* digits before the point; 0 and under for 0.0… */
    for (double limit = 10; magnitude >= limit; limit *= 10) {
        whole++;
    }
    for (double limit = 1; magnitude < limit && whole > -3; limit /= 10) {
        whole--;
    }
    decimal d = nearest_decimal(m, s, 17 - whole);
    if (!shorten(&d, 100) && !shorten(&d, 10) &&
        2 * (wide)(d.rest < 0 ? -d.rest : d.rest) >= d.power) {
        return 0;
    }
    return put_decimal(to, value < 0, d.digits, d.scale);
}

/* printf and strtod follow the process's locale; the text does not. */
static size_t put_printed(char *to, double value) {
    char text[IRM_NUMBER_ROOM];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    const char *mark = localeconv()->decimal_point;
    char *at = strcmp(mark, ".") != 0 ? strstr(text, mark) : NULL;
    if (at == NULL) {
        return (size_t)snprintf(to, IRM_NUMBER_ROOM, "%s", text);
    }
    return (size_t)snprintf(to, IRM_NUMBER_ROOM, "%.*s.%s", (int)(at - text), text,
                            at + strlen(mark));
}

size_t irm_number_write(double value, char *to) {
    if (isnan(value)) {
        return 0;
    }
    if (value == floor(value) && fabs(value) < 1e15) {
        return put_decimal(to, value < 0, (uint64_t)fabs(value), 0);
    }
    size_t size = put_everyday(to, value);
    return size > 0 ? size : put_printed(to, value);
}

void irm_buffer_number(irm_buffer *buffer, double value) {
    char *to = irm_buffer_room(buffer, IRM_NUMBER_ROOM);
    if (to != NULL) {
        buffer->size += irm_number_write(value, to);
        buffer->data[buffer->size] = '\0';
    }
}
