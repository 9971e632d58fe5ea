#include "starts.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

enum { WINDOW = 64 };

/* Of 64 bytes at `at`, which differ from the one before. */
#if defined(__x86_64__)
static uint64_t changes(const unsigned char *at) {
    uint64_t same = 0;
    for (int i = 0; i < 4; i++) {
        __m128i here = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
        __m128i there = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i - 1));
        same |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, there))
                << (16 * i);
    }
    return ~same;
}
#elif defined(__aarch64__)
static uint64_t changes(const unsigned char *at) {
    static const uint8_t powers[] = {1, 2, 4, 8, 16, 32, 64, 128,
                                     1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t each = vld1q_u8(powers), some[4];
    for (int i = 0; i < 4; i++) {
        uint8x16_t same = vceqq_u8(vld1q_u8(at + 16 * i), vld1q_u8(at + 16 * i - 1));
        some[i] = vbicq_u8(each, same);
    }
    uint8x16_t all = vpaddq_u8(vpaddq_u8(some[0], some[1]), vpaddq_u8(some[2], some[3]));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}
#else
static uint64_t changes(const unsigned char *at) {
    uint64_t changed = 0;
    for (int i = 0; i < WINDOW; i++) {
        changed |= (uint64_t)(at[i] != at[i - 1]) << i;
    }
    return changed;
}
#endif

void irm_starts(const unsigned char *bytes, size_t size, uint64_t *starts) {
    size_t words = (size + WINDOW - 1) / WINDOW;
    for (size_t word = 0; word < words; word++) {
        size_t first = word * WINDOW;
        if (word > 0 && size - first >= WINDOW) {
            starts[word] = changes(bytes + first);
            continue;
        }
        starts[word] = 0;
        for (size_t i = 0; i < WINDOW && first + i < size; i++) {
            size_t at = first + i;
            starts[word] |= (uint64_t)(at == 0 || bytes[at] != bytes[at - 1]) << i;
        }
    }
}
