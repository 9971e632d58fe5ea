#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/text.h"
#include "support.h"

/* The shortest of 15 to 17 digits, by the C library. */
static size_t shortest_digits(double value) {
    char text[40];
    for (int digits = 15; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            return (size_t)digits;
        }
    }
    return 17;
}

static size_t count_digits(const char *text) {
    size_t digits = 0;
    bool leading = true;
    for (const char *p = text; *p != '\0' && *p != 'e'; p++) {
        leading = leading && (*p == '0' || *p == '.' || *p == '-');
        digits += !leading && *p >= '0' && *p <= '9';
    }
    return digits;
}

static void check(double value) {
    irm_buffer buffer = {0};
    irm_buffer_number(&buffer, value);
    assert_non_null(buffer.data);
    double back = strtod(buffer.data, NULL);
    if (back != value) {
        fail_msg("%.17g was written %s", value, buffer.data);
    }
    if (count_digits(buffer.data) > shortest_digits(value)) {
        fail_msg("%.17g was written %s, longer than needed", value, buffer.data);
    }
    irm_buffer_clear(&buffer);
}

static void every_double_reads_back_as_itself(void **state) {
    (void)state;
    uint64_t seed = 825;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = seed ^ (seed >> 29);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            check(value);
        }
        double share = (double)(seed >> 11) / 9007199254740992.0;
        check(share * 1000);
        check(share / 500);
        check(-share * 1e14);
        check(ldexp(1.0, (int)(seed >> 58) - 40));
    }
}

static void published_numbers_keep_their_digits(void **state) {
    (void)state;
    static const char *const texts[] = {"353.730434782608", "0.1",    "-0.5",  "66732538",
                                        "0.0001",           "1250.5", "1e+30", "5e-324",
                                        "0",                "23970",  "99999999999999.9"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        irm_buffer buffer = {0};
        irm_buffer_number(&buffer, strtod(texts[i], NULL));
        if (i == 7) { /* subnormal: 15 digits of it */
            assert_true(strtod(buffer.data, NULL) == strtod(texts[i], NULL));
        } else {
            assert_string_equal(buffer.data, texts[i]);
        }
        irm_buffer_clear(&buffer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_double_reads_back_as_itself),
        cmocka_unit_test(published_numbers_keep_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
