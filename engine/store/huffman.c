#include "huffman.h"

#include <string.h>

enum { DEEPEST = 32, LONGEST = 15 };

/* By increasing count, then symbol: Shell's sort, with Ciura's gaps. */
static void sort(uint64_t *keys, size_t n) {
    static const size_t gaps[] = {132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        size_t gap = gaps[g];
        for (size_t i = gap; i < n; i++) {
            uint64_t key = keys[i];
            size_t at = i;
            for (; at >= gap && keys[at - gap] > key; at -= gap) {
                keys[at] = keys[at - gap];
            }
            keys[at] = key;
        }
    }
}

/* Counts by increasing order become, in their places, the depths of their leaves. Two or
 * more of them. */
static void depths(uint32_t *a, size_t n) {
    size_t root = 0, leaf = 2;
    a[0] += a[1];
    for (size_t next = 1; next < n - 1; next++) { /* parents, from left to right */
        if (leaf >= n || a[root] < a[leaf]) {
            a[next] = a[root];
            a[root++] = (uint32_t)next;
        } else {
            a[next] = a[leaf++];
        }
        if (leaf >= n || (root < next && a[root] < a[leaf])) {
            a[next] += a[root];
            a[root++] = (uint32_t)next;
        } else {
            a[next] += a[leaf++];
        }
    }
    a[n - 2] = 0;
    for (size_t next = n - 2; next-- > 0;) { /* depths of the nodes within */
        a[next] = a[a[next]] + 1;
    }
    size_t available = 1, next = n;
    uint32_t depth = 0;
    for (size_t node = n - 1; available > 0; depth++) {
        size_t used = 0;
        for (; node > 0 && a[node - 1] == depth; node--) {
            used++;
        }
        for (; available > used; available--) {
            a[--next] = depth;
        }
        available = 2 * used;
    }
}

/* How many codes have each length, none over `longest`: Kraft's sum is made 1 again by
 * lengthening the longest that can be. */
static void limit(uint32_t of_length[DEEPEST + 1], unsigned longest) {
    uint64_t sum = 0;
    for (unsigned length = longest + 1; length <= DEEPEST; length++) {
        of_length[longest] += of_length[length];
        of_length[length] = 0;
    }
    for (unsigned length = 1; length <= longest; length++) {
        sum += (uint64_t)of_length[length] << (longest - length);
    }
    for (; sum > UINT64_C(1) << longest; sum--) {
        unsigned shorter = longest - 1;
        while (of_length[shorter] == 0) {
            shorter--;
        }
        of_length[longest]--;
        of_length[shorter]--;
        of_length[shorter + 1] += 2;
    }
}

void irm_huffman_lengths(const uint32_t *counts, size_t n, unsigned longest,
                         uint8_t *lengths) {
    uint64_t keys[HUFFMAN_SYMBOLS];
    uint32_t a[HUFFMAN_SYMBOLS], of_length[DEEPEST + 1] = {0};
    size_t used = 0;
    memset(lengths, 0, n);
    for (size_t i = 0; i < n; i++) {
        if (counts[i] > 0) {
            keys[used++] = (uint64_t)counts[i] << 16 | i;
        }
    }
    if (used < 2) {
        if (used == 1) {
            lengths[keys[0] & 0xFFFF] = 1;
        }
        return;
    }
    sort(keys, used);
    for (size_t i = 0; i < used; i++) {
        a[i] = (uint32_t)(keys[i] >> 16);
    }
    depths(a, used);
    for (size_t i = 0; i < used; i++) {
        of_length[a[i] < DEEPEST ? a[i] : DEEPEST]++;
    }
    limit(of_length, longest);
    size_t at = used; /* the most frequent have the shortest */
    for (unsigned length = 1; length <= longest; length++) {
        for (uint32_t i = 0; i < of_length[length]; i++) {
            lengths[keys[--at] & 0xFFFF] = (uint8_t)length;
        }
    }
}

static uint16_t reversed(unsigned code, unsigned length) {
    unsigned turned = 0;
    for (; length > 0; length--) {
        turned = turned << 1 | (code & 1);
        code >>= 1;
    }
    return (uint16_t)turned;
}

void irm_huffman_codes(const uint8_t *lengths, size_t n, uint16_t *codes) {
    unsigned of_length[LONGEST + 2] = {0}, next[LONGEST + 2] = {0};
    for (size_t i = 0; i < n; i++) {
        of_length[lengths[i]]++;
    }
    of_length[0] = 0;
    for (unsigned length = 1; length <= LONGEST; length++) {
        next[length + 1] = (next[length] + of_length[length]) << 1;
    }
    for (size_t i = 0; i < n; i++) {
        codes[i] = reversed(next[lengths[i]], lengths[i]);
        next[lengths[i]] += lengths[i] > 0;
    }
}
