/* Bits written one after the other, the lowest first, as deflate has them. Internal to
 * the store. */
#ifndef IRMINON_STORE_BITS_H
#define IRMINON_STORE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Up to 56 bits; those over `n` are 0. */
typedef struct irm_bits {
    uint64_t bits;
    unsigned n;
} irm_bits;

typedef struct irm_bit_writer {
    unsigned char *start, *at, *end;
    uint64_t bits; /* not yet at `at` */
    unsigned n;    /* under 8 */
} irm_bit_writer;

/* `second` after `first`, 56 bits at most together. */
static inline irm_bits irm_bits_join(irm_bits first, irm_bits second) {
    return (irm_bits){first.bits | second.bits << first.n, first.n + second.n};
}

/* Whether `bits` more bits have room, whatever else eight bytes are written over. */
static inline bool irm_bits_fit(const irm_bit_writer *to, uint64_t bits) {
    return (uint64_t)(to->end - to->at) >= (bits + to->n + 7) / 8 + sizeof to->bits;
}

static inline void irm_bits_write(irm_bit_writer *to, irm_bits some) {
    to->bits |= some.bits << to->n;
    to->n += some.n;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(to->at, &to->bits, sizeof to->bits);
#else
#error "the store is written as memory is, little-endian"
#endif
    to->at += to->n / 8;
    to->bits >>= to->n & ~7u;
    to->n &= 7;
}

/* Where the last byte, filled up with zeros, ends. */
static inline unsigned char *irm_bits_end(irm_bit_writer *to) {
    return to->at + (to->n > 0);
}

#endif
