#include "repeats.h"

#include <stdint.h>
#include <string.h>

enum {
    SAMPLE = 4096,
    WINDOW = 8, /* bytes that are looked for */
    SLOT_BITS = 10,
    MATCH_BITS = 20, /* of a match: its length, its distance and their extra bits */
    GAIN = 5         /* a fifth less at least */
};

static uint64_t window_at(const unsigned char *bytes) {
    uint64_t window;
    memcpy(&window, bytes, sizeof window);
    return window;
}

static size_t slot_of(uint64_t window) {
    return (size_t)(window * UINT64_C(0x9E3779B97F4A7C15) >> (64 - SLOT_BITS));
}

static size_t same_bytes(const unsigned char *a, const unsigned char *b, size_t most) {
    size_t n = 0;
    while (n < most && a[n] == b[n]) {
        n++;
    }
    return n;
}

bool irm_repeats_pay(const unsigned char *bytes, size_t size, size_t written) {
    size_t n = size < SAMPLE ? size : SAMPLE;
    const unsigned char *some = bytes + (size - n) / 2;
    uint16_t last[1 << SLOT_BITS] = {0}; /* place of a window, plus 1 */
    double a_byte = 8.0 * (double)written / (double)(size > 0 ? size : 1), bits = 0;
    for (size_t at = 0; at < n;) {
        size_t length = 0;
        if (at + WINDOW <= n) {
            uint64_t window = window_at(some + at);
            uint16_t *place = &last[slot_of(window)];
            if (*place > 0 && window_at(some + *place - 1) == window) {
                length = same_bytes(some + *place - 1, some + at, n - at);
            }
            *place = (uint16_t)(at + 1);
        }
        bits += length > 0 ? MATCH_BITS : a_byte;
        at += length > 0 ? length : 1;
    }
    return bits * GAIN < a_byte * (double)n * (GAIN - 1);
}
