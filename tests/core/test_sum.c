#include "irminon/sum.h"

#include <math.h>

#include "support.h"

static double sum_of(const double *values, size_t n) {
    irm_sum sum = {0};
    for (size_t i = 0; i < n; i++) {
        irm_sum_add(&sum, values[i]);
    }
    return irm_sum_round(&sum);
}

/* Expected values: Python 3.11 math.fsum on the same doubles. */
static void sums_are_correctly_rounded(void **state) {
    (void)state;
    const double cancel[] = {1e308, 1.0, -1e308};
    assert_true(sum_of(cancel, 3) == 1.0);
    const double tenths[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    assert_true(sum_of(tenths, 10) == 1.0);
    const double tie[] = {9007199254740992.0, 1.0};
    assert_true(sum_of(tie, 2) == 9007199254740992.0);
    const double above[] = {9007199254740992.0, 1.0, 0x1p-1074};
    assert_true(sum_of(above, 3) == 9007199254740994.0);
    const double tiny[] = {0x1p-1074, 0x1p-1074, 0x1p-1074};
    assert_true(sum_of(tiny, 3) == 0x1.8p-1073);
    const double negative[] = {-0.5, -0.25, 0.125};
    assert_true(sum_of(negative, 3) == -0.625);
    assert_true(sum_of(NULL, 0) == 0.0);
    const double infinite[] = {1.0, INFINITY, 2.0};
    assert_true(isinf(sum_of(infinite, 3)));
}

static void merging_in_any_order_gives_the_same_double(void **state) {
    (void)state;
    enum { N = 20000 };
    double *values = test_calloc(N, sizeof *values);
    uint64_t seed = 42;
    for (size_t i = 0; i < N; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        values[i] = ldexp((double)(int64_t)seed, (int)(seed >> 58) * 4 - 128);
    }
    double whole = sum_of(values, N);
    for (size_t cut = 1; cut < N; cut = cut * 3 + 1) {
        irm_sum head = {0}, tail = {0};
        for (size_t i = N; i-- > 0;) {
            irm_sum_add(i < cut ? &head : &tail, values[i]);
        }
        irm_sum_merge(&tail, &head);
        assert_true(irm_sum_round(&tail) == whole);
    }
    test_free(values);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_correctly_rounded),
        cmocka_unit_test(merging_in_any_order_gives_the_same_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
