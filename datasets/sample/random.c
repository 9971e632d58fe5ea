#include "sample/random.h"

uint64_t sample_mix(uint64_t value) {
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

sample_random sample_stream(uint64_t seed, sample_purpose purpose, uint64_t a,
                            uint64_t b) {
    uint64_t key = sample_mix(seed);
    key = sample_mix(key ^ (uint64_t)purpose);
    key = sample_mix(key ^ a);
    key = sample_mix(key ^ b);
    sample_random random;
    for (int i = 0; i < 4; i++) {
        key = sample_mix(key);
        random.state[i] = key;
    }
    return random;
}

static uint64_t rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

uint64_t sample_next(sample_random *random) {
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double sample_unit(sample_random *random) {
    return (double)(sample_next(random) >> 11) * 0x1.0p-53;
}

int sample_between(sample_random *random, int low, int high) {
    uint64_t span = (uint64_t)(high - low + 1);
    /* 32 bits times a small span: the bias is below 2^-20, far under what is drawn here.
     */
    return low + (int)(((sample_next(random) >> 32) * span) >> 32);
}

bool sample_chance(sample_random *random, int permille) {
    return sample_between(random, 0, 999) < permille;
}

int sample_pick(sample_random *random, const int *weights, size_t count) {
    int total = 0;
    for (size_t i = 0; i < count; i++) {
        total += weights[i];
    }
    int drawn = sample_between(random, 0, total - 1);
    for (size_t i = 0; i + 1 < count; i++) {
        drawn -= weights[i];
        if (drawn < 0) {
            return (int)i;
        }
    }
    return (int)count - 1;
}

double sample_bell(sample_random *random) {
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        sum += sample_unit(random);
    }
    /* The variance of four uniforms is 1/3. */
    return (sum - 2) * 1.7320508075688772;
}
