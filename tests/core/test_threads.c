#include <stdatomic.h>

#include "irminon/memory.h"
#include "irminon/threads.h"
#include "support.h"

enum { COUNT = 1003 };

typedef struct tally {
    atomic_int visits[COUNT];
    atomic_size_t widest;
    size_t fail_from; /* indices from here fail */
    size_t workers;
} tally;

static irm_status visit(void *context, size_t first, size_t last, size_t worker,
                        irm_error *error) {
    tally *t = context;
    if (worker >= t->workers) {
        return irm_fail(error, IRM_STATUS_INTERNAL, "worker %zu of %zu", worker,
                        t->workers);
    }
    for (size_t i = first; i < last; i++) {
        if (i >= t->fail_from) {
            return irm_fail(error, IRM_STATUS_DATA, "index %zu", i);
        }
        atomic_fetch_add(&t->visits[i], 1);
    }
    size_t width = last - first;
    size_t widest = atomic_load(&t->widest);
    while (width > widest && !atomic_compare_exchange_weak(&t->widest, &widest, width)) {
    }
    return IRM_OK;
}

static void every_index_is_visited_once(void **state) {
    (void)state;
    const size_t threads[] = {0, 1, 2, 7, 100}, grains[] = {0, 1, 10, 5000};
    for (size_t t = 0; t < 5; t++) {
        for (size_t g = 0; g < 4; g++) {
            tally *tallied = irm_calloc(1, sizeof *tallied);
            tallied->fail_from = SIZE_MAX;
            tallied->workers = irm_parallel_workers(COUNT, grains[g], threads[t]);
            assert_ok(irm_parallel_for(COUNT, grains[g], threads[t], visit, tallied,
                                       &test_error));
            for (size_t i = 0; i < COUNT; i++) {
                assert_int_equal(tallied->visits[i], 1);
            }
            assert_true(tallied->widest <= (grains[g] > 0 ? grains[g] : 1));
            irm_free(tallied);
        }
    }
    assert_ok(irm_parallel_for(0, 1, 4, visit, NULL, &test_error));
}

static void the_lowest_failure_is_told_whatever_the_threads(void **state) {
    (void)state;
    for (size_t threads = 1; threads < 9; threads++) {
        for (int round = 0; round < 20; round++) {
            tally *tallied = irm_calloc(1, sizeof *tallied);
            tallied->fail_from = 317;
            tallied->workers = 9;
            assert_int_equal(
                irm_parallel_for(COUNT, 1, threads, visit, tallied, &test_error),
                IRM_STATUS_DATA);
            assert_string_equal(test_error.message, "index 317");
            assert_int_equal(irm_parallel_for(COUNT, 1, threads, visit, tallied, NULL),
                             IRM_STATUS_DATA);
            irm_free(tallied);
        }
    }
}

typedef struct procession {
    size_t next;    /* index whose turn it is to be finished */
    size_t fail_at; /* finishing fails from here */
    size_t made[COUNT];
} procession;

static irm_status make(void *context, size_t first, size_t last, size_t worker,
                       irm_error *error) {
    procession *p = context;
    (void)worker;
    for (size_t i = first; i < last; i++) {
        if (i == p->fail_at + 7) {
            return irm_fail(error, IRM_STATUS_DATA, "made %zu", i);
        }
        p->made[i] = 2 * i;
    }
    return IRM_OK;
}

static irm_status pass(void *context, size_t first, size_t last, size_t worker,
                       irm_error *error) {
    procession *p = context;
    (void)worker;
    for (size_t i = first; i < last; i++) {
        if (i >= p->fail_at) {
            return irm_fail(error, IRM_STATUS_DATA, "finished %zu", i);
        }
        if (p->next != i || p->made[i] != 2 * i) {
            return irm_fail(error, IRM_STATUS_INTERNAL, "%zu after %zu", i, p->next);
        }
        p->next++;
    }
    return IRM_OK;
}

static void ranges_are_finished_in_their_order(void **state) {
    (void)state;
    for (size_t threads = 1; threads < 9; threads++) {
        procession *p = irm_calloc(1, sizeof *p);
        p->fail_at = SIZE_MAX / 2;
        assert_ok(irm_parallel_in_order(COUNT, 10, threads, make, pass, p, &test_error));
        assert_int_equal(p->next, COUNT);
        irm_free(p);
    }
}

static void the_first_failure_ends_the_procession(void **state) {
    (void)state;
    for (size_t threads = 1; threads < 9; threads++) {
        for (int round = 0; round < 20; round++) {
            procession *p = irm_calloc(1, sizeof *p);
            p->fail_at = 500;
            assert_int_equal(
                irm_parallel_in_order(COUNT, 5, threads, make, pass, p, &test_error),
                IRM_STATUS_DATA);
            assert_string_equal(test_error.message, "finished 500");
            assert_int_equal(p->next, 500);
            irm_free(p);
        }
    }
}

static void there_is_always_a_worker(void **state) {
    (void)state;
    assert_true(irm_threads_online() >= 1);
    assert_int_equal(irm_parallel_workers(0, 1, 8), 1);
    assert_int_equal(irm_parallel_workers(3, 1, 8), 3);
    assert_int_equal(irm_parallel_workers(100, 60, 8), 2);
    assert_int_equal(irm_parallel_workers(SIZE_MAX, 1, 8), 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_is_visited_once),
        cmocka_unit_test(the_lowest_failure_is_told_whatever_the_threads),
        cmocka_unit_test(ranges_are_finished_in_their_order),
        cmocka_unit_test(the_first_failure_ends_the_procession),
        cmocka_unit_test(there_is_always_a_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
