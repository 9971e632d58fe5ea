/* The sample promises the same bytes for the same seed, and others for another. */
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/sample.h"
#include "support.h"

/* Names and contents of a folder, one after the other. */
static void gather(const char *folder, irm_buffer *all) {
    char **names;
    size_t count;
    assert_ok(irm_list_directory(folder, &names, &count, &test_error));
    assert_true(count > 10);
    for (size_t i = 0; i < count; i++) {
        char *path = irm_path_join(folder, names[i]);
        irm_buffer_format(all, "== %s\n", names[i]);
        assert_ok(irm_read_file(path, all, &test_error));
        irm_free(path);
        irm_free(names[i]);
    }
    irm_free(names);
}

static void generate(uint64_t seed, irm_buffer *all) {
    char *folder = test_folder();
    assert_ok(irm_sample_generate(folder, seed, NULL, &test_error));
    gather(folder, all);
    test_folder_remove(folder);
}

static void a_seed_gives_its_bytes_and_another_gives_others(void **state) {
    (void)state;
    irm_buffer once = {0}, again = {0}, other = {0};
    generate(IRM_SAMPLE_SEED, &once);
    generate(IRM_SAMPLE_SEED, &again);
    generate(2, &other);
    assert_int_equal(once.size, again.size);
    assert_memory_equal(once.data, again.data, once.size);
    assert_false(once.size == other.size &&
                 memcmp(once.data, other.data, once.size) == 0);
    irm_buffer_clear(&once);
    irm_buffer_clear(&again);
    irm_buffer_clear(&other);
}

static void a_folder_that_cannot_be_written_is_one_clear_error(void **state) {
    (void)state;
    irm_error error = {0};
    assert_int_equal(irm_sample_generate("/proc/none", 1, NULL, &error), IRM_STATUS_IO);
    assert_true(strlen(error.message) > 0);
}

static bool at_once(void *context) {
    (void)context;
    return true;
}

static void it_stops_when_asked(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_reporter reporter = {.stop = at_once};
    assert_int_equal(irm_sample_generate(folder, 1, &reporter, NULL),
                     IRM_STATUS_INTERRUPTED);
    test_folder_remove(folder);
}

/* Memory that runs out anywhere is told, and nothing crashes. */
static void every_allocation_may_fail(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_memory_fail_after(0);
    assert_ok(irm_sample_generate(folder, 3, NULL, &test_error));
    size_t allocations = irm_memory_fail_after(0);
    assert_true(allocations > 100);
    for (size_t n = 1; n < allocations; n += 1 + allocations / 4 + n % 7) {
        irm_memory_fail_after(n);
        irm_status status = irm_sample_generate(folder, 3, NULL, NULL);
        irm_memory_fail_after(0);
        assert_int_equal(status, IRM_STATUS_NO_MEMORY);
    }
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_gives_its_bytes_and_another_gives_others),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_one_clear_error),
        cmocka_unit_test(it_stops_when_asked),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
