/* The fast path and libcsv give the same fields, whatever the bytes and the instructions.
 */
#include "../fuzz/fuzz_pieces.c"
#include "support.h"

static uint64_t draw(uint64_t *seed, uint64_t n) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % n;
}

/* Bytes that CSV is made of, in any order: most of it is wrong. */
static void any_bytes_are_read_as_libcsv_reads_them(void **state) {
    (void)state;
    static const char *const parts[] = {
        ";",   ";",        "\"",   "\"\"",  "\n",
        "\n",  "\r",       "\r\n", " ",     "a",
        "bc",  "\xC3\xA9", "\xE9", "\";\"", "longer than eight",
        "\"\n"};
    uint64_t seed = 17;
    for (int i = 0; i < 20000; i++) {
        irm_buffer text = {0};
        for (uint64_t n = 1 + draw(&seed, 60); n > 0; n--) {
            irm_buffer_text(&text, parts[draw(&seed, sizeof parts / sizeof *parts)]);
        }
        LLVMFuzzerTestOneInput((const uint8_t *)text.data, text.size);
        irm_buffer_clear(&text);
    }
}

/* Records as they should be, of three fields of every kind, and once in a while a fault.
 */
static void add_record(irm_buffer *to, uint64_t *seed) {
    static const char *const fields[] = {"a",
                                         "bc",
                                         "\"a\"",
                                         "\"01001\"",
                                         "\"a;b\"",
                                         "\"\"",
                                         "",
                                         "12.5",
                                         " x ",
                                         "\"\xC3\xA9t\xC3\xA9\"",
                                         "a longer text",
                                         "\"a longer one, quoted\"",
                                         "\"COM\""};
    static const char *const rare[] = {"\"two\nlines\"", "\"q\"\"q\"", "\xE9", "\"a\"b",
                                       "\"cr\r\nlf\"",   "a\"",        "\"",   "\n\n"};
    for (int i = 0; i < 3; i++) {
        bool odd = draw(seed, 60) == 0;
        irm_buffer_text(to, i > 0 ? ";" : "");
        irm_buffer_text(to, odd ? rare[draw(seed, 8)] : fields[draw(seed, 13)]);
    }
    irm_buffer_text(to, draw(seed, 8) == 0 ? "\r\n" : "\n");
}

static void records_are_read_as_libcsv_reads_them(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 2000; i++) {
        irm_buffer text = {0};
        irm_buffer_text(&text, "a;b;c\n");
        for (uint64_t n = draw(&seed, 30); n > 0; n--) {
            add_record(&text, &seed);
        }
        text.size -= draw(&seed, 4) == 0; /* no end to the last line */
        LLVMFuzzerTestOneInput((const uint8_t *)text.data, text.size);
        irm_buffer_clear(&text);
    }
}

static void every_way_finds_the_same_bits(void **state) {
    (void)state;
    enum { MOST = 300, WORDS = (MOST + 63) / 64 };
    static const char bytes[] = ";;\n\r\"aZ\xC3 ";
    uint64_t seed = 29;
    for (int i = 0; i < 5000; i++) {
        char text[MOST + IRM_CSV_PADDING];
        size_t size = 1 + draw(&seed, MOST);
        for (size_t k = 0; k < sizeof text; k++) {
            text[k] = bytes[draw(&seed, sizeof bytes - 1)];
        }
        uint64_t stops[2][WORDS] = {{0}}, quotes[2][WORDS] = {{0}};
        irm_scan wanted =
            irm_scan_bytes(IRM_SCAN_PLAIN, text, size, ';', stops[0], quotes[0]);
        for (int way = 0; way < IRM_SCAN_END; way++) {
            if (!irm_scan_can((irm_scan_way)way)) {
                continue;
            }
            irm_scan got =
                irm_scan_bytes((irm_scan_way)way, text, size, ';', stops[1], quotes[1]);
            assert_memory_equal(stops[0], stops[1], sizeof stops[0]);
            assert_memory_equal(quotes[0], quotes[1], sizeof quotes[0]);
            assert_int_equal(wanted.lines, got.lines);
            assert_int_equal(wanted.inner_lines, got.inner_lines);
            assert_true(wanted.quotes == got.quotes && wanted.returns == got.returns &&
                        wanted.accents == got.accents);
        }
    }
}

/* The plain way is what others are held to: here it is held to its own definition. */
static void a_stop_is_a_delimiter_or_a_line_end_outside_quotes(void **state) {
    (void)state;
    char text[96] = "a;\"b;\n\";c\n";
    uint64_t stops[1], quotes[1];
    irm_scan seen = irm_scan_bytes(IRM_SCAN_PLAIN, text, 10, ';', stops, quotes);
    assert_int_equal(stops[0], 1u << 1 | 1u << 7 | 1u << 9);
    assert_int_equal(quotes[0], 1u << 2 | 1u << 6);
    assert_int_equal(seen.lines, 1);
    assert_int_equal(seen.inner_lines, 1);
    assert_false(seen.returns || seen.accents);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_are_read_as_libcsv_reads_them),
        cmocka_unit_test(records_are_read_as_libcsv_reads_them),
        cmocka_unit_test(every_way_finds_the_same_bits),
        cmocka_unit_test(a_stop_is_a_delimiter_or_a_line_end_outside_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
