#include <string.h>

#include "irminon/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

enum { WINDOW = 64 };

/* Which of 64 bytes are what. */
typedef struct window {
    uint64_t delimiters, feeds, quotes, returns, accents;
} window;

typedef window (*window_look)(const char *bytes, char delimiter);

static window look_plain(const char *bytes, char delimiter) {
    window seen = {0};
    for (int i = 0; i < WINDOW; i++) {
        seen.delimiters |= (uint64_t)(bytes[i] == delimiter) << i;
        seen.feeds |= (uint64_t)(bytes[i] == '\n') << i;
        seen.quotes |= (uint64_t)(bytes[i] == '"') << i;
        seen.returns |= (uint64_t)(bytes[i] == '\r') << i;
        seen.accents |= (uint64_t)((unsigned char)bytes[i] > 127) << i;
    }
    return seen;
}

#if defined(__x86_64__)
static inline uint64_t bits16(__m128i met, int at) {
    return (uint64_t)(uint32_t)_mm_movemask_epi8(met) << (16 * at);
}

static inline window look_vector(const char *bytes, char delimiter) {
    window seen = {0};
    for (int i = 0; i < 4; i++) {
        __m128i some = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
        seen.delimiters |= bits16(_mm_cmpeq_epi8(some, _mm_set1_epi8(delimiter)), i);
        seen.feeds |= bits16(_mm_cmpeq_epi8(some, _mm_set1_epi8('\n')), i);
        seen.quotes |= bits16(_mm_cmpeq_epi8(some, _mm_set1_epi8('"')), i);
        seen.returns |= bits16(_mm_cmpeq_epi8(some, _mm_set1_epi8('\r')), i);
        seen.accents |= bits16(some, i);
    }
    return seen;
}

__attribute__((target("avx2"))) static inline uint64_t bits32(__m256i met, int at) {
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(met) << (32 * at);
}

__attribute__((target("avx2"))) static inline window look_avx2(const char *bytes,
                                                               char delimiter) {
    window seen = {0};
    for (int i = 0; i < 2; i++) {
        __m256i some =
            _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32 * i));
        seen.delimiters |=
            bits32(_mm256_cmpeq_epi8(some, _mm256_set1_epi8(delimiter)), i);
        seen.feeds |= bits32(_mm256_cmpeq_epi8(some, _mm256_set1_epi8('\n')), i);
        seen.quotes |= bits32(_mm256_cmpeq_epi8(some, _mm256_set1_epi8('"')), i);
        seen.returns |= bits32(_mm256_cmpeq_epi8(some, _mm256_set1_epi8('\r')), i);
        seen.accents |= bits32(some, i);
    }
    return seen;
}
#elif defined(__aarch64__)
/* One bit a byte: each byte's own power of two, added by pairs three times. */
static inline uint64_t bits64(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    static const uint8_t powers[] = {1, 2, 4, 8, 16, 32, 64, 128,
                                     1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t each = vld1q_u8(powers);
    uint8x16_t low = vpaddq_u8(vandq_u8(a, each), vandq_u8(b, each));
    uint8x16_t high = vpaddq_u8(vandq_u8(c, each), vandq_u8(d, each));
    uint8x16_t all = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static inline uint64_t equal64(const uint8x16_t some[4], char wanted) {
    uint8x16_t each = vdupq_n_u8((uint8_t)wanted);
    return bits64(vceqq_u8(some[0], each), vceqq_u8(some[1], each),
                  vceqq_u8(some[2], each), vceqq_u8(some[3], each));
}

static inline window look_vector(const char *bytes, char delimiter) {
    uint8x16_t some[4], last = vdupq_n_u8(127);
    for (int i = 0; i < 4; i++) {
        some[i] = vld1q_u8((const uint8_t *)bytes + 16 * i);
    }
    return (window){equal64(some, delimiter), equal64(some, '\n'), equal64(some, '"'),
                    equal64(some, '\r'),
                    bits64(vcgtq_u8(some[0], last), vcgtq_u8(some[1], last),
                           vcgtq_u8(some[2], last), vcgtq_u8(some[3], last))};
}
#endif

/* Bit i: an odd number of quotes among bits 0 … i. */
static inline uint64_t inside(uint64_t quotes) {
    for (int shift = 1; shift < WINDOW; shift *= 2) {
        quotes ^= quotes << shift;
    }
    return quotes;
}

/* Made once for each way of looking, which is inlined into it. */
static inline __attribute__((always_inline)) irm_scan scan_with(
    window_look look, const char *bytes, size_t size, char delimiter, uint64_t *stops,
    uint64_t *quotes) {
    uint64_t open = 0, any_quote = 0, any_return = 0, any_accent = 0;
    size_t lines = 0, inner = 0;
    for (size_t at = 0; at < size; at += WINDOW) {
        size_t left = size - at;
        uint64_t kept = left < WINDOW ? (UINT64_C(1) << left) - 1 : UINT64_MAX;
        window seen = look(bytes + at, delimiter);
        uint64_t quoted = open;
        if ((seen.quotes & kept) != 0) {
            quoted ^= inside(seen.quotes & kept);
            open = (uint64_t)((int64_t)quoted >> (WINDOW - 1));
        }
        uint64_t outside = kept & ~quoted;
        stops[at / WINDOW] = (seen.delimiters | seen.feeds) & outside;
        quotes[at / WINDOW] = seen.quotes & kept;
        lines += (size_t)__builtin_popcountll(seen.feeds & outside);
        inner += (size_t)__builtin_popcountll(seen.feeds & kept & quoted);
        any_quote |= seen.quotes & kept;
        any_return |= seen.returns & kept;
        any_accent |= seen.accents & kept;
    }
    return (irm_scan){any_quote != 0, any_return != 0, any_accent != 0, lines, inner};
}

static irm_scan scan_plain(const char *bytes, size_t size, char delimiter,
                           uint64_t *stops, uint64_t *quotes) {
    return scan_with(look_plain, bytes, size, delimiter, stops, quotes);
}

#if defined(__x86_64__) || defined(__aarch64__)
static irm_scan scan_vector(const char *bytes, size_t size, char delimiter,
                            uint64_t *stops, uint64_t *quotes) {
    return scan_with(look_vector, bytes, size, delimiter, stops, quotes);
}
#endif

#if defined(__x86_64__)
__attribute__((target("avx2,popcnt"))) static irm_scan scan_avx2(
    const char *bytes, size_t size, char delimiter, uint64_t *stops, uint64_t *quotes) {
    return scan_with(look_avx2, bytes, size, delimiter, stops, quotes);
}
#endif

bool irm_scan_can(irm_scan_way way) {
    switch (way) {
        case IRM_SCAN_BEST:
        case IRM_SCAN_PLAIN:
            return true;
#if defined(__x86_64__)
        case IRM_SCAN_VECTOR:
            return true;
        case IRM_SCAN_AVX2:
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
#elif defined(__aarch64__)
        case IRM_SCAN_VECTOR:
            return true;
#endif
        default:
            return false;
    }
}

irm_scan irm_scan_bytes(irm_scan_way way, const char *bytes, size_t size, char delimiter,
                        uint64_t *stops, uint64_t *quotes) {
    if (way == IRM_SCAN_BEST) {
        way = irm_scan_can(IRM_SCAN_AVX2)     ? IRM_SCAN_AVX2
              : irm_scan_can(IRM_SCAN_VECTOR) ? IRM_SCAN_VECTOR
                                              : IRM_SCAN_PLAIN;
    }
    switch (way) {
#if defined(__x86_64__)
        case IRM_SCAN_AVX2:
            return scan_avx2(bytes, size, delimiter, stops, quotes);
#endif
#if defined(__x86_64__) || defined(__aarch64__)
        case IRM_SCAN_VECTOR:
            return scan_vector(bytes, size, delimiter, stops, quotes);
#endif
        default:
            return scan_plain(bytes, size, delimiter, stops, quotes);
    }
}
