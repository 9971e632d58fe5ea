/* The search of a ward_index, for the instructions of common processors. */
#include <float.h>

#include "multivariate/ward_index.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static double squares_between(const double *x, const double *y, size_t p) {
    double squares = 0;
    for (size_t j = 0; j < p; j++) {
        squares += (x[j] - y[j]) * (x[j] - y[j]);
    }
    return squares;
}

double ward_distance(const ward_clusters *clusters, uint32_t a, uint32_t b) {
    double squares =
        squares_between(ward_center(clusters, a), ward_center(clusters, b), clusters->p);
    double wa = clusters->weights[a], wb = clusters->weights[b];
    return 2 * (wa * wb) / (wa + wb) * squares;
}

/* Coordinates of the cluster as those of the index. */
static inline void scale_center(const ward_search *self, uint32_t cluster) {
    const double *center = ward_center(self->clusters, cluster);
    for (size_t j = 0; j < self->clusters->p; j++) {
        self->center[j] = ward_scaled(self->index, center[j]);
    }
}

/* A distance d is d²/(ra + rb): squares over this times (ra + rb) are farther. Infinite,
 * or not a number when multiplied, it excludes nobody. */
static inline float limit_of(const ward_index *index, double distance) {
    return (float)(distance * index->scale * index->scale) * index->widen;
}

/* 0, 1, 2… with `first` before all. */
static inline size_t in_turn(size_t turn, size_t first) {
    return turn == 0 ? first : turn <= first ? turn - 1 : turn;
}

/* A bit for each of those of `count` that are in a sixteen. */
static inline uint32_t lanes_of(size_t count, size_t sixteen) {
    size_t left = count - sixteen * WARD_LANES;
    return left >= WARD_LANES ? (1u << WARD_LANES) - 1 : (1u << left) - 1;
}

/* A lane of the bits: that of `home`, when it is in this sixteen and among them. */
static inline uint32_t first_lane(uint32_t bits, size_t sixteen, size_t home) {
    if (home / WARD_LANES == sixteen && (bits >> home % WARD_LANES & 1) != 0) {
        return (uint32_t)(home % WARD_LANES);
    }
    return (uint32_t)__builtin_ctz(bits);
}

/* The nearest among lanes of a leaf and the best so far. */
static ward_neighbor compare(const ward_search *self, uint32_t cluster, size_t leaf,
                             uint32_t bits, ward_neighbor best) {
    for (; bits != 0; bits &= bits - 1) {
        uint32_t other =
            self->index->clusters[leaf * WARD_LANES + (size_t)__builtin_ctz(bits)];
        if (other == WARD_NONE || other == cluster) {
            continue;
        }
        ward_neighbor found = {ward_distance(self->clusters, cluster, other), other};
        best = ward_nearer(found, best) ? found : best;
    }
    return best;
}

#define KERNEL search_by_1
#define TARGET
#define VECTOR float
#define GREATEST(a, b) ((a) > (b) ? (a) : (b))
#define ABOVE(a, b) ((a) > (b))
#include "multivariate/ward_kernel.h"

#if defined(__x86_64__)

#define KERNEL search_by_4
#define TARGET
#define VECTOR __m128
#define GREATEST(a, b) _mm_max_ps(a, b)
#define ABOVE(a, b) _mm_movemask_ps(_mm_cmpgt_ps(a, b))
#include "multivariate/ward_kernel.h"

#define KERNEL search_by_8
#define TARGET __attribute__((target("avx2")))
#define VECTOR __m256
#define GREATEST(a, b) _mm256_max_ps(a, b)
#define ABOVE(a, b) _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ))
#include "multivariate/ward_kernel.h"

#define KERNEL search_by_16
#define TARGET __attribute__((target("avx512f")))
#define VECTOR __m512
#define GREATEST(a, b) _mm512_max_ps(a, b)
#define ABOVE(a, b) _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ)
#include "multivariate/ward_kernel.h"

ward_kernel *ward_search_kernel(size_t floats) {
    if (__builtin_cpu_supports("avx512f") && (floats == 0 || floats == 16)) {
        return search_by_16;
    }
    if (__builtin_cpu_supports("avx2") && (floats == 0 || floats == 8)) {
        return search_by_8;
    }
    return floats == 0 || floats == 4 ? search_by_4 : floats == 1 ? search_by_1 : NULL;
}

#else

ward_kernel *ward_search_kernel(size_t floats) {
    return floats <= 1 ? search_by_1 : NULL;
}

#endif
