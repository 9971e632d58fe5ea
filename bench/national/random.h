/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): one multiplication chain a draw, any
 * seed. */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

typedef struct bench_random {
    uint64_t state;
    uint64_t bits; /* drawn and not used yet */
    int n_bits;
} bench_random;

static inline uint64_t random_next(bench_random *random) {
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Uniform on 0..1023. */
static inline unsigned random_ten(bench_random *random) {
    if (random->n_bits < 10) {
        random->bits = random_next(random);
        random->n_bits = 64;
    }
    unsigned drawn = (unsigned)(random->bits & 1023);
    random->bits >>= 10;
    random->n_bits -= 10;
    return drawn;
}

/* Uniform on [0, 1), 53 bits. */
static inline double random_unit(bench_random *random) {
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

/* Uniform on 0..below-1, by multiplication (the bias is under below / 2^32). */
static inline uint32_t random_below(bench_random *random, uint32_t below) {
    return (uint32_t)(((random_next(random) >> 32) * below) >> 32);
}

#endif
