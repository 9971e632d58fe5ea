/* Random numbers of the sample: one independent stream for each key, so that a household
 * draws the same luck in every year and no draw depends on the order of the others. */
#ifndef IRMINON_SAMPLE_RANDOM_H
#define IRMINON_SAMPLE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sample_random {
    uint64_t state[4];
} sample_random;

/* What a stream is for: part of its key. */
typedef enum sample_purpose {
    FOR_NAMES = 1,
    FOR_SITES,
    FOR_COMMUNES,
    FOR_HOUSEHOLDS,
    FOR_EMPTY_DWELLINGS,
    FOR_COMMUNITIES,
    FOR_BENEFITS,
    FOR_EVENTS,
    FOR_FACILITIES,
    FOR_DETAIL
} sample_purpose;

/* SplitMix64's finalizer: a hash of 64 bits. */
uint64_t sample_mix(uint64_t value);
/* The stream of (seed, purpose, a, b). */
sample_random sample_stream(uint64_t seed, sample_purpose purpose, uint64_t a,
                            uint64_t b);
uint64_t sample_next(sample_random *random);
/* Uniform on [0, 1), 53 bits. */
double sample_unit(sample_random *random);
/* Uniform on [low, high]. */
int sample_between(sample_random *random, int low, int high);
/* True with probability permille/1000. */
bool sample_chance(sample_random *random, int permille);
/* An index drawn by integer weights. */
int sample_pick(sample_random *random, const int *weights, size_t count);
/* Sum of four uniforms, centred and scaled to variance 1: a bell without libm. */
double sample_bell(sample_random *random);

#endif
