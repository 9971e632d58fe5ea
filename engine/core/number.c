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

static const uint64_t powers[] = {UINT64_C(1),
                                  UINT64_C(10),
                                  UINT64_C(100),
                                  UINT64_C(1000),
                                  UINT64_C(10000),
                                  UINT64_C(100000),
                                  UINT64_C(1000000),
                                  UINT64_C(10000000),
                                  UINT64_C(100000000),
                                  UINT64_C(1000000000),
                                  UINT64_C(10000000000),
                                  UINT64_C(100000000000),
                                  UINT64_C(1000000000000),
                                  UINT64_C(10000000000000),
                                  UINT64_C(100000000000000),
                                  UINT64_C(1000000000000000),
                                  UINT64_C(10000000000000000),
                                  UINT64_C(100000000000000000),
                                  UINT64_C(1000000000000000000),
                                  UINT64_C(10000000000000000000)};

static wide power_of_ten(int k) {
    return k < 20 ? powers[k] : (wide)powers[19] * powers[k - 19];
}

/* The eight digits of a number under 10^8, the first in the lowest byte: its halves,
 * their halves and those of these are divided side by side in one word. */
static uint64_t eight_digits(uint32_t number) {
    uint64_t four = number / 10000 | (uint64_t)(number % 10000) << 32;
    uint64_t hundreds = (four * 10486 >> 20) & UINT64_C(0x0000007F0000007F);
    uint64_t two = hundreds | (four - 100 * hundreds) << 16;
    uint64_t tens = (two * 103 >> 10) & UINT64_C(0x000F000F000F000F);
    return tens | (two - 10 * tens) << 8;
}

static void put_eight(char *to, uint64_t digits) {
    uint64_t text = digits + UINT64_C(0x3030303030303030);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(to, &text, sizeof text);
#else
    for (int i = 0; i < 8; i++) {
        to[i] = (char)(text >> 8 * i);
    }
#endif
}

/* How many of eight digits are left without the zeros at their end. */
static size_t shown_digits(uint64_t digits) {
    size_t n = 8;
    while (n > 0 && digits >> (8 * n - 8) == 0) {
        n--;
    }
    return n;
}

/* Its length. */
static size_t put_whole(char *to, uint64_t number) {
    char text[24];
    size_t n = sizeof text;
    if (number < 10) {
        *to = (char)('0' + number);
        return 1;
    }
    while (number > 0) {
        text[--n] = (char)('0' + number % 10);
        number /= 10;
    }
    for (size_t i = n; i < sizeof text; i++) {
        to[i - n] = text[i];
    }
    return sizeof text - n;
}

/* Writes a number of 16 digits after a point, without trailing zeros nor a point alone;
 * returns where it ends. */
static char *put_sixteen(char *at, uint64_t digits) {
    uint64_t high = eight_digits((uint32_t)(digits / powers[8]));
    uint64_t low = eight_digits((uint32_t)(digits % powers[8]));
    if (digits == 0) {
        return at;
    }
    *at++ = '.';
    put_eight(at, high);
    put_eight(at + 8, low);
    return at + (low != 0 ? 8 + shown_digits(low) : shown_digits(high));
}

/* --- numbers of 1 and over --- */

/* What comes after the point: fraction / 2^s as digits / 10^scale, the nearest, and how
 * far that is: fraction 10^scale = digits 2^s + rest. Less than 1, with a scale up to 16
 * and an s under 53, everything but the product fits in 64 bits. */
typedef struct decimals {
    uint64_t digits, power;
    int64_t rest;
    int s;
} decimals;

/* The same to the nearest multiple of `unit` (10: one digit less; 100: two), when it
 * reads back as the same double: its distance is under half a unit of the last place,
 * which is power / 2. */
static inline bool shorten_decimals(decimals *d, uint64_t unit) {
    uint64_t left = d->digits % unit;
    bool up = 2 * left > unit || (2 * left == unit && d->rest >= 0);
    int64_t moved = up ? (int64_t)(unit - left) : -(int64_t)left;
    int64_t gap = moved * (INT64_C(1) << d->s) - d->rest;
    if (2 * (uint64_t)(gap < 0 ? -gap : gap) >= d->power) {
        return false;
    }
    d->digits += (uint64_t)moved;
    return true;
}

/* The shortest decimal of a number from 1 to 10^15 that is not whole; its length, or 0
 * where 17 digits do not do. */
static size_t put_over_one(char *to, uint64_t m, int s) {
    uint64_t whole = m >> s, fraction = m & ((UINT64_C(1) << s) - 1);
    int n = 1;
    while (whole >= powers[n]) {
        n++;
    }
    int scale = 17 - n;
    decimals d = {.power = powers[scale], .s = s};
    wide product = (wide)fraction * d.power;
    d.digits = (uint64_t)((product + (UINT64_C(1) << (s - 1))) >> s);
    d.rest = (int64_t)((uint64_t)product - (d.digits << s));
    if (!shorten_decimals(&d, 100) && !shorten_decimals(&d, 10) &&
        2 * (uint64_t)(d.rest < 0 ? -d.rest : d.rest) >= d.power) {
        return 0;
    }
    if (d.digits == d.power) {
        whole++;
        d.digits = 0;
    }
    char *end = to + put_whole(to, whole);
    return (size_t)(put_sixteen(end, d.digits * powers[16 - scale]) - to);
}

/* --- numbers under 1 --- */

/* Writes digits / 10^scale, under 1 or 1, of a scale from 17 to 20; returns its length.
 */
static size_t put_under_one(char *to, uint64_t digits, int scale) {
    char *at = to + 2 + (scale - 16);
    bool one = scale < 20 && digits == powers[scale];
    memcpy(to, one ? "1" : "0.000000", one ? 1 : 8);
    if (one) {
        return 1;
    }
    uint64_t before = digits / powers[16], low = digits % powers[16];
    for (int i = 1; i <= scale - 16; i++, before /= 10) {
        at[-i] = (char)('0' + before % 10);
    }
    put_eight(at, eight_digits((uint32_t)(low / powers[8])));
    put_eight(at + 8, eight_digits((uint32_t)(low % powers[8])));
    for (at += 16; at[-1] == '0';) {
        at--;
    }
    return (size_t)(at - to);
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
static inline bool shorten(decimal *d, uint64_t unit) {
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

/* The shortest decimal of a number of everyday size, not whole; its length, or 0 for
 * another number. */
static size_t put_everyday(char *to, double magnitude) {
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
    if (magnitude >= 1) {
        return put_over_one(to, m, s);
    }
    int zeros = 0; /* after the point */
    for (double limit = 0.1; magnitude < limit && zeros < 3; limit /= 10) {
        zeros++;
    }
    decimal d = nearest_decimal(m, s, 17 + zeros);
    if (!shorten(&d, 100) && !shorten(&d, 10) &&
        2 * (wide)(d.rest < 0 ? -d.rest : d.rest) >= d.power) {
        return 0;
    }
    return put_under_one(to, d.digits, d.scale);
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
    double magnitude = fabs(value);
    size_t sign = value < 0;
    *to = '-';
    if (magnitude < 1e15 && magnitude == floor(magnitude)) {
        return sign + put_whole(to + sign, (uint64_t)magnitude);
    }
    size_t size = put_everyday(to + sign, magnitude);
    return size > 0 ? sign + size : put_printed(to, value);
}

void irm_buffer_number(irm_buffer *buffer, double value) {
    char *to = irm_buffer_room(buffer, IRM_NUMBER_ROOM);
    if (to != NULL) {
        buffer->size += irm_number_write(value, to);
        buffer->data[buffer->size] = '\0';
    }
}
