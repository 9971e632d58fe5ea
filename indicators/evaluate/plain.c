#include "evaluate/plain.h"

#include <math.h>
#include <string.h>

__extension__ typedef __int128 wide;

/* Bits of a double's mantissa, of the widest sum in doubles and in whole numbers of 128
 * bits (one for the sign), and exponents that stay clear of subnormals and of overflow.
 */
enum { MANTISSA = 53, MOST_BITS = 126, EXTREME = 900 };

/* A finite double as mantissa × 2^exponent, the mantissa signed and under 2^53. */
static int64_t mantissa_of(double value, int *exponent) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int64_t mantissa = (int64_t)(bits & ((UINT64_C(1) << (MANTISSA - 1)) - 1));
    int biased = (int)(bits >> (MANTISSA - 1)) & 0x7FF;
    if (biased > 0) {
        mantissa |= INT64_C(1) << (MANTISSA - 1);
        biased--;
    }
    *exponent = biased - 1074;
    return (bits >> 63) != 0 ? -mantissa : mantissa;
}

irm_plain irm_plain_of(const irm_column *column, size_t n_rows) {
    if (column->round_below != 0 || column->round_above != 0) {
        return (irm_plain){IRM_PLAIN_NONE, 0};
    }
    int lowest = EXTREME, highest = -EXTREME, carries = 1;
    for (size_t r = 0; r < n_rows; r++) {
        double value = column->values[r];
        if (value == 0 || !irm_plain_cell(column, r)) {
            continue;
        }
        int exponent;
        int64_t mantissa = mantissa_of(value, &exponent);
        int low = exponent + __builtin_ctzll((uint64_t)mantissa);
        lowest = low < lowest ? low : lowest;
        highest = exponent > highest ? exponent : highest;
    }
    while (carries < 63 && n_rows >> carries != 0) {
        carries++;
    }
    if (highest + MANTISSA > EXTREME || lowest < -EXTREME) {
        return (irm_plain){IRM_PLAIN_NONE, 0};
    }
    int bits = lowest > highest + MANTISSA ? 0 : highest + MANTISSA - lowest + carries;
    return (irm_plain){bits <= MANTISSA   ? IRM_PLAIN_DOUBLES
                       : bits > MOST_BITS ? IRM_PLAIN_NONE
                                          : IRM_PLAIN_FIXED,
                       lowest};
}

static bool all_plain(const irm_column *column, const uint32_t *rows, const double *share,
                      size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!irm_plain_cell(column, rows[i]) || (share != NULL && share[i] != 1)) {
            return false;
        }
    }
    return true;
}

static double sum_doubles(const double *values, const uint32_t *rows, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[rows[i]];
    }
    return sum;
}

/* In whole multiples of 2^lowest; rounded once, by the conversion (to nearest, ties to
 * even). */
static double sum_fixed(const double *values, const uint32_t *rows, size_t count,
                        int lowest) {
    wide sum = 0;
    for (size_t i = 0; i < count; i++) {
        int exponent;
        int64_t mantissa = mantissa_of(values[rows[i]], &exponent);
        if (mantissa != 0) {
            sum += exponent >= lowest
                       ? (wide)mantissa * ((wide)1 << (exponent - lowest))
                       : (wide)(mantissa / (INT64_C(1) << (lowest - exponent)));
        }
    }
    return ldexp((double)sum, lowest);
}

bool irm_plain_sum(const irm_plain *plain, const irm_column *column, const uint32_t *rows,
                   const double *share, size_t count, double *sum) {
    if (plain->way <= IRM_PLAIN_NONE || !all_plain(column, rows, share, count)) {
        return false;
    }
    *sum = plain->way == IRM_PLAIN_DOUBLES
               ? sum_doubles(column->values, rows, count)
               : sum_fixed(column->values, rows, count, plain->lowest);
    return true;
}
