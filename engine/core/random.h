/* Random numbers: SplitMix64 (Steele, Lea, Flood 2014), a stream for each pair of a seed
 * and a number, so that what a unit draws depends neither on threads nor on others. */
#ifndef IRMINON_CORE_RANDOM_H
#define IRMINON_CORE_RANDOM_H

#include <stdint.h>

static inline uint64_t random_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline uint64_t random_next(uint64_t *state) {
    *state += UINT64_C(0x9E3779B97F4A7C15);
    return random_mix(*state);
}

static inline uint64_t random_stream(uint64_t seed, uint64_t number) {
    uint64_t mixed = random_mix(seed + UINT64_C(0x9E3779B97F4A7C15));
    return random_mix(mixed ^ ((number + 1) * UINT64_C(0xD1342543DE82EF95)));
}

/* Uniform in 0 … range - 1, by multiplication with rejection (Lemire 2019): exactly
 * uniform. `range` is from 1 to 2^32 - 1. */
static inline uint32_t random_below(uint64_t *state, uint32_t range) {
    uint64_t product = (random_next(state) >> 32) * range;
    if ((uint32_t)product < range) {
        uint32_t least = (0u - range) % range;
        while ((uint32_t)product < least) {
            product = (random_next(state) >> 32) * range;
        }
    }
    return (uint32_t)(product >> 32);
}

#endif
