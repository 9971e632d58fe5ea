#include "irminon/sum.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* A finite double is mantissa × 2^(e − 1074) with a mantissa under 2^53 and 0 ≤ e ≤ 2045.
 * Chunk c counts multiples of 2^(32c − 1074); a mantissa shifted by e mod 32 spans three
 * chunks. 66 chunks reach the largest double, one more takes the carries. */
enum { CHUNK_BITS = 32, N_CHUNKS = 67 };

static void propagate(irm_sum *sum) {
    for (int i = 0; i < N_CHUNKS - 1; i++) {
        int64_t carry = sum->chunk[i] >> CHUNK_BITS; /* floor */
        sum->chunk[i] -= carry * (INT64_C(1) << CHUNK_BITS);
        sum->chunk[i + 1] += carry;
    }
    sum->pending = 0;
}

static void add_finite(irm_sum *sum, uint64_t bits) {
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    unsigned exponent = (unsigned)(bits >> 52) & 0x7FF;
    if (exponent > 0) {
        mantissa |= UINT64_C(1) << 52;
        exponent--;
    }
    unsigned first = exponent / CHUNK_BITS, shift = exponent % CHUNK_BITS;
    const uint64_t mask = (UINT64_C(1) << CHUNK_BITS) - 1;
    uint64_t low = (mantissa & mask) << shift;
    uint64_t high = (mantissa >> CHUNK_BITS) << shift;
    int64_t parts[3] = {(int64_t)(low & mask), (int64_t)((low >> CHUNK_BITS) + (high & mask)),
                        (int64_t)(high >> CHUNK_BITS)};
    int64_t sign = (bits >> 63) != 0 ? -1 : 1;
    for (unsigned k = 0; k < 3 && first + k < N_CHUNKS; k++) {
        sum->chunk[first + k] += sign * parts[k];
    }
}

void irm_sum_add(irm_sum *sum, double value) {
    if (isnan(value)) {
        sum->nans++;
    } else if (isinf(value)) {
        *(value > 0 ? &sum->positive_infinities : &sum->negative_infinities) += 1;
    } else {
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        add_finite(sum, bits);
        if (++sum->pending >= UINT64_C(1) << 28) {
            propagate(sum);
        }
    }
}

void irm_sum_merge(irm_sum *into, const irm_sum *from) {
    irm_sum other = *from;
    propagate(&other);
    propagate(into);
    for (int i = 0; i < N_CHUNKS; i++) {
        into->chunk[i] += other.chunk[i];
    }
    into->pending = 1;
    into->positive_infinities += other.positive_infinities;
    into->negative_infinities += other.negative_infinities;
    into->nans += other.nans;
}

/* Rounds a non-negative, propagated sum to the nearest double, ties to even: the top 64
 * bits with everything below folded into the last one, then one scaling. */
static double round_magnitude(const irm_sum *sum, int top) {
    uint64_t head = (uint64_t)sum->chunk[top];
    int exponent = top * CHUNK_BITS - 1074;
    int next = top - 1;
    int room = __builtin_clzll(head);
    while (room > 0 && next >= 0) {
        int take = room < CHUNK_BITS ? room : CHUNK_BITS;
        uint64_t chunk = (uint64_t)sum->chunk[next];
        head = (take == 64 ? 0 : head << take) | (chunk >> (CHUNK_BITS - take));
        exponent -= take;
        room -= take;
        if (take < CHUNK_BITS) {
            head |= (chunk & ((UINT64_C(1) << (CHUNK_BITS - take)) - 1)) != 0;
        }
        next--;
    }
    bool sticky = false;
    for (int i = next; i >= 0; i--) {
        sticky |= sum->chunk[i] != 0;
    }
    head |= sticky;
    /* Round 64 bits to 53 here, in integers, unless the result is subnormal (then it has
     * fewer bits and is exact already). */
    if (exponent >= -1074 && (head >> 53) != 0) {
        int drop = 64 - __builtin_clzll(head) - 53;
        uint64_t rest = head & ((UINT64_C(1) << drop) - 1);
        uint64_t half = UINT64_C(1) << (drop - 1);
        head >>= drop;
        head += rest > half || (rest == half && (head & 1) != 0);
        exponent += drop;
    }
    return ldexp((double)head, exponent);
}

double irm_sum_round(const irm_sum *sum) {
    if (sum->nans > 0 || (sum->positive_infinities > 0 && sum->negative_infinities > 0)) {
        return NAN;
    }
    if (sum->positive_infinities > 0 || sum->negative_infinities > 0) {
        return sum->positive_infinities > 0 ? INFINITY : -INFINITY;
    }
    irm_sum work = *sum;
    propagate(&work);
    bool negative = work.chunk[N_CHUNKS - 1] < 0;
    if (negative) {
        for (int i = 0; i < N_CHUNKS; i++) {
            work.chunk[i] = -work.chunk[i];
        }
        propagate(&work);
    }
    for (int top = N_CHUNKS - 1; top >= 0; top--) {
        if (work.chunk[top] != 0) {
            double magnitude = round_magnitude(&work, top);
            return negative ? -magnitude : magnitude;
        }
    }
    return 0.0;
}
