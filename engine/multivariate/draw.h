/* Draws from the seeded streams of core/random.h. */
#ifndef IRMINON_MULTIVARIATE_DRAW_H
#define IRMINON_MULTIVARIATE_DRAW_H

#include <stddef.h>

#include "core/random.h"

/* Uniform in [0, 1[. */
static inline double draw_unit(uint64_t *state) {
    return (double)(random_next(state) >> 11) * 0x1p-53;
}

/* An index drawn in proportion of n numbers that are not negative and add up to `sum`. */
static inline size_t draw_by(uint64_t *state, const double *shares, size_t n,
                             double sum) {
    double left = draw_unit(state) * sum;
    size_t last = 0;
    for (size_t i = 0; i < n; i++) {
        if (shares[i] > 0) {
            last = i;
            if (left < shares[i]) {
                break;
            }
            left -= shares[i];
        }
    }
    return last;
}

#endif
