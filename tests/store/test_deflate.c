/* The store's own deflate: whatever the bytes, zlib gives them back; codes are as short
 * as can be; the cells of a census take less room than libdeflate's third level. */
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "irminon/memory.h"
#include "store/codec.h"
#include "store/huffman.h"
#include "store/repeats.h"
#include "store/runs.h"
#include "store/starts.h"
#include "support.h"

enum { MOST = 200000, ROOM = 2 * MOST + 1000 };

static uint64_t drawn = 829;

static uint32_t draw(uint32_t below) {
    drawn = drawn * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)((drawn >> 33) % below);
}

/* Shapes of columns, by number. */
static void fill(unsigned char *bytes, size_t n, int shape) {
    unsigned char now = 0;
    for (size_t i = 0; i < n; i++) {
        switch (shape) {
            case 0: /* one code */
                now = 7;
                break;
            case 1: /* any byte */
                now = (unsigned char)draw(256);
                break;
            case 2: /* two codes */
                now = (unsigned char)draw(2);
                break;
            case 3: /* households of a few codes */
                now = draw(3) == 0 ? (unsigned char)draw(6) : now;
                break;
            case 4: /* long runs */
                now = draw(700) == 0 ? (unsigned char)draw(256) : now;
                break;
            case 5: /* seldom anything else */
                now = draw(40) == 0 ? (unsigned char)(1 + draw(9)) : 0;
                break;
            case 6: /* each byte after the other */
                now = (unsigned char)i;
                break;
            default: /* very unequal: codes as long as may be */
                for (now = 0; now < 60 && draw(2) == 0;) {
                    now++;
                }
        }
        bytes[i] = now;
    }
}
enum { SHAPES = 8 };

static size_t deflated(irm_runs *runs, const unsigned char *bytes, size_t n, size_t part,
                       unsigned char *to, size_t room) {
    size_t written = 0;
    assert_ok(irm_runs_deflate(runs, bytes, n, part, to, room, &written, &test_error));
    return written;
}

static void assert_read_back(const unsigned char *stream, size_t size,
                             const unsigned char *bytes, size_t n) {
    unsigned char *back = calloc(n, 1);
    uLongf got = n;
    assert_int_equal(uncompress(back, &got, stream, size), Z_OK);
    assert_int_equal(got, n);
    assert_memory_equal(back, bytes, n);
    free(back);
}

static void zlib_reads_back_every_shape(void **state) {
    (void)state;
    static const size_t sizes[] = {1,   2,   3,   4,    31,    32,    33,   63,
                                   64,  65,  257, 258,  259,   260,   261,  262,
                                   517, 773, 999, 4096, 65535, 65536, MOST, 775};
    irm_runs *runs = NULL;
    assert_ok(irm_runs_new(&runs, &test_error));
    unsigned char *bytes = calloc(MOST, 1), *to = calloc(ROOM, 1);
    for (int shape = 0; shape < SHAPES; shape++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            size_t n = sizes[i];
            fill(bytes, n, shape);
            size_t size = deflated(runs, bytes, n, n, to, ROOM);
            assert_in_range(size, 1, ROOM);
            assert_read_back(to, size, bytes, n);
        }
    }
    free(bytes);
    free(to);
    irm_runs_free(runs);
}

static void planes_have_codes_of_their_own(void **state) {
    (void)state;
    enum { PLANE = 5000, PLANES = 8 };
    irm_runs *runs = NULL;
    assert_ok(irm_runs_new(&runs, &test_error));
    unsigned char *bytes = calloc(PLANE * PLANES, 1), *to = calloc(ROOM, 1);
    for (int plane = 0; plane < PLANES; plane++) {
        fill(bytes + plane * PLANE, PLANE, plane % SHAPES);
    }
    size_t apart = deflated(runs, bytes, PLANE * PLANES, PLANE, to, ROOM);
    assert_read_back(to, apart, bytes, PLANE * PLANES);
    size_t together = deflated(runs, bytes, PLANE * PLANES, PLANE * PLANES, to, ROOM);
    assert_read_back(to, together, bytes, PLANE * PLANES);
    assert_true(apart < together);
    free(bytes);
    free(to);
    irm_runs_free(runs);
}

static void without_room_nothing_is_written(void **state) {
    (void)state;
    enum { N = 3000 };
    irm_runs *runs = NULL;
    assert_ok(irm_runs_new(&runs, &test_error));
    unsigned char *bytes = calloc(N, 1), *to = calloc(ROOM, 1);
    for (int shape = 0; shape < SHAPES; shape++) {
        fill(bytes, N, shape);
        size_t size = deflated(runs, bytes, N, N / 3, to, ROOM);
        for (size_t room = 0; room < size + 20; room++) {
            memset(to, 0xA5, size + 40);
            size_t written = deflated(runs, bytes, N, N / 3, to, room);
            assert_true(written == 0 || (written == size && size <= room));
            for (size_t i = room; i < size + 40; i++) {
                assert_int_equal(to[i], 0xA5);
            }
        }
        assert_int_equal(deflated(runs, bytes, N, N / 3, to, size + 20), size);
    }
    free(bytes);
    free(to);
    irm_runs_free(runs);
}

/* The total of Huffman's construction: the sum of the two least counts, over and over. */
static uint64_t least_total(const uint32_t *counts, size_t n) {
    uint64_t left[HUFFMAN_SYMBOLS], total = 0;
    size_t many = 0;
    for (size_t i = 0; i < n; i++) {
        if (counts[i] > 0) {
            left[many++] = counts[i];
        }
    }
    if (many == 1) {
        return left[0];
    }
    while (many > 1) {
        for (int k = 0; k < 2; k++) { /* the two least, to the end */
            size_t end = many - 1 - (size_t)k, least = 0;
            for (size_t i = 1; i <= end; i++) {
                least = left[i] < left[least] ? i : least;
            }
            uint64_t one = left[least];
            left[least] = left[end];
            left[end] = one;
        }
        many--;
        left[many - 1] += left[many];
        total += left[many - 1];
    }
    return total;
}

static void codes_are_as_short_as_can_be(void **state) {
    (void)state;
    uint32_t counts[HUFFMAN_SYMBOLS];
    uint8_t lengths[HUFFMAN_SYMBOLS];
    for (int round = 0; round < 2000; round++) {
        size_t n = 1 + draw(HUFFMAN_SYMBOLS);
        uint32_t least = 4 + draw(50);
        for (size_t i = 0; i < n; i++) { /* none so seldom that its code is over 15 */
            counts[i] = draw(3) == 0 ? 0 : least + draw(1 + draw(2000));
        }
        irm_huffman_lengths(counts, n, 15, lengths);
        uint64_t total = 0, kraft = 0;
        size_t used = 0;
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(lengths[i] > 0, counts[i] > 0);
            total += (uint64_t)counts[i] * lengths[i];
            kraft += lengths[i] > 0 ? 32768u >> lengths[i] : 0;
            used += counts[i] > 0;
        }
        assert_int_equal(total, least_total(counts, n));
        assert_int_equal(kraft, used > 1 ? 32768 : used * 16384);
    }
}

static void no_code_is_over_its_limit(void **state) {
    (void)state;
    uint32_t counts[40];
    uint8_t lengths[40];
    uint16_t codes[40];
    for (unsigned longest = 6; longest <= 15; longest++) {
        counts[0] = counts[1] = 1; /* Fibonacci's numbers make the longest codes */
        for (size_t i = 2; i < 40; i++) {
            counts[i] = counts[i - 1] + counts[i - 2];
        }
        irm_huffman_lengths(counts, 40, longest, lengths);
        uint64_t kraft = 0;
        for (size_t i = 0; i < 40; i++) {
            assert_in_range(lengths[i], 1, longest);
            kraft += UINT64_C(1) << (15 - lengths[i]);
            assert_true(i == 0 || lengths[i] <= lengths[i - 1]);
        }
        assert_int_equal(kraft, 32768);
        irm_huffman_codes(lengths, 40, codes); /* none is the start of another */
        for (size_t i = 0; i < 40; i++) {
            for (size_t j = 0; j < 40; j++) {
                unsigned mask = (1u << lengths[i]) - 1;
                assert_true(i == j || lengths[j] < lengths[i] ||
                            (codes[j] & mask) != codes[i]);
            }
        }
    }
}

static void starts_are_where_bytes_change(void **state) {
    (void)state;
    unsigned char bytes[400];
    uint64_t starts[8];
    for (size_t n = 1; n < sizeof bytes; n++) {
        fill(bytes, n, (int)(n % SHAPES));
        memset(starts, 0xFF, sizeof starts);
        irm_starts(bytes, n, starts);
        for (size_t i = 0; i < (n + 63) / 64 * 64; i++) {
            bool wanted = i < n && (i == 0 || bytes[i] != bytes[i - 1]);
            assert_int_equal(starts[i / 64] >> i % 64 & 1, wanted);
        }
    }
}

/* Bytes of a chunk of one column of bytes. */
static size_t chunk_size(unsigned char *bytes, size_t n) {
    irm_coder *coder = NULL;
    irm_cells cells = {IRM_MEMORY_RAW, bytes, n, IRM_ELEMENT_I8, 1, n};
    irm_chunk chunk = {.cells = cells};
    assert_ok(irm_coder_new(n, &coder, &test_error));
    assert_ok(irm_chunk_compress(&chunk, coder, &test_error));
    assert_read_back(chunk.bytes, chunk.size, bytes, n);
    irm_free(chunk.bytes);
    irm_coder_free(coder);
    return chunk.size;
}

static void columns_take_less_room_than_by_repeats(void **state) {
    (void)state;
    enum { N = 65536, LEVEL = 3 };
    static const int shapes[] = {2, 3, 5};
    unsigned char *bytes = calloc(N, 1), *to = calloc(ROOM, 1);
    struct libdeflate_compressor *other = libdeflate_alloc_compressor(LEVEL);
    for (size_t i = 0; i < 3; i++) {
        fill(bytes, N, shapes[i]);
        size_t repeats = libdeflate_zlib_compress(other, bytes, N, to, ROOM);
        assert_true(chunk_size(bytes, N) * 100 < repeats * 106);
    }
    for (size_t i = 0; i < N; i++) { /* ages of a cube, sex after sex, town after town */
        bytes[i] = (unsigned char)(i % 102);
    }
    assert_true(chunk_size(bytes, N) < 1500);
    libdeflate_free_compressor(other);
    free(bytes);
    free(to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zlib_reads_back_every_shape),
        cmocka_unit_test(planes_have_codes_of_their_own),
        cmocka_unit_test(without_room_nothing_is_written),
        cmocka_unit_test(codes_are_as_short_as_can_be),
        cmocka_unit_test(no_code_is_over_its_limit),
        cmocka_unit_test(starts_are_where_bytes_change),
        cmocka_unit_test(columns_take_less_room_than_by_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
