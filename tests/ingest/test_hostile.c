/* Damaged files and descriptors, made by a seeded generator: whatever they hold, the
 * answer is a table or one error, never a crash. Worth most under the asan preset. */
#include <stdlib.h>
#include <string.h>

#include "irminon/descriptor.h"
#include "irminon/memory.h"
#include "support.h"

enum { ROUNDS = 300, LONGEST = 2048 };

/* Knuth's MMIX generator: D. E. Knuth, The Art of Computer Programming 2, 3.3.4. */
static unsigned draw(uint64_t *state, unsigned below) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 33) % below;
}

static size_t damage(char *text, size_t size, uint64_t *state) {
    static const char odd[] = ";,\"\n\r\t{}[]:-#&*!|'\0%@\xE9\xFF";
    for (unsigned left = 1 + draw(state, 4); left > 0 && size > 4; left--) {
        size_t at = draw(state, (unsigned)size - 2);
        size_t cut = 1 + draw(state, 12);
        switch (draw(state, 4)) {
            case 0:
                text[at] = (char)draw(state, 256);
                break;
            case 1:
                text[at] = odd[draw(state, sizeof odd)];
                break;
            case 2:
                cut = at + cut < size ? cut : 1;
                memmove(text + at, text + at + cut, size - at - cut);
                size -= cut;
                break;
            default:
                size = draw(state, 8) == 0 ? at + 1 : size;
        }
    }
    return size;
}

static const char *const files[] = {
    "CODGEO;P18_POP;P13_POP;SUPERF;NAIS1318;NAISD20;ETTOT18;P18_EMPLT\n"
    "01001;771;767;15.95;44;10;13;93.1\n1002;253;\"236\";9,15;23;1;3;17.4\n97105;;;;;;;"
    "\n",
    "\"GEO\";\"GEO_OBJECT\";\"SEX\";\"AGE\";\"RP_MEASURE\";\"OBS_STATUS\";TIME_PERIOD;"
    "OBS_VALUE\n"
    "\"01001\";\"COM\";\"F\";\"Y0T4\";\"POP\";\"A\";2023;22.5\n"
    "\"01\";\"DEP\";\"F\";\"Y0T4\";\"POP\";\"A\";2023;22.5\n"
    "\"F\";\"FRANCE\";\"F\";\"Y0T4\";\"POP\";\"A\";2023;22.5\n",
    "dtreffre;numcomdo;nomcom;indfoy_ndur\n2020-12;31051;BEAUFORT;75\n2020-12;;X;s\n",
};

static void a_damaged_file_is_read_or_refused(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "given.csv");
    char *inferred = irm_path_join(folder, "inferred.yaml");
    char *rejects = irm_path_join(folder, "rejects.csv");
    irm_registry *registry;
    assert_ok(irm_registry_new(&registry, &test_error));
    uint64_t seed = 829;
    for (int round = 0; round < ROUNDS; round++) {
        char text[LONGEST];
        const char *whole = files[round % 3];
        size_t size = strlen(whole);
        memcpy(text, whole, size);
        size = damage(text, size, &seed);
        irm_table table = {0};
        irm_error error = {0};
        irm_ingest_options options = {.dataset = round % 2 != 0 ? "own@2018" : NULL,
                                      .skip_errors = round % 5 == 0,
                                      .rejects = rejects,
                                      .inferred = inferred};
        assert_ok(irm_write_file(path, text, size, &test_error));
        irm_status status =
            irm_ingest_file(registry, path, &options, NULL, &table, &error);
        assert_true(status != IRM_STATUS_INTERNAL && status != IRM_STATUS_NO_MEMORY);
        assert_true(status == IRM_OK || error.message[0] != '\0');
        if (status == IRM_OK && options.dataset != NULL) {
            irm_registry *own;
            assert_ok(irm_registry_new(&own, &test_error));
            assert_ok(irm_registry_add_file(own, inferred, &test_error));
            irm_registry_free(own);
        }
        irm_table_clear(&table);
    }
    irm_registry_free(registry);
    irm_free(path);
    irm_free(inferred);
    irm_free(rejects);
    test_folder_remove(folder);
}

static void a_damaged_descriptor_is_read_or_refused(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "own.yaml");
    char *source = test_source_path("datasets/descriptors/filosofi-disp.yaml");
    irm_buffer whole = {0};
    irm_registry *registry;
    assert_ok(irm_read_file(source, &whole, &test_error));
    assert_ok(irm_registry_new(&registry, &test_error));
    uint64_t seed = 829;
    for (int round = 0; round < ROUNDS; round++) {
        char text[LONGEST];
        size_t size = whole.size < LONGEST ? whole.size : LONGEST;
        memcpy(text, whole.data, size);
        size = damage(text, size, &seed);
        irm_error error = {0};
        assert_ok(irm_write_file(path, text, size, &test_error));
        irm_status status = irm_registry_add_file(registry, path, &error);
        if (status == IRM_OK) {
            irm_registry_free(registry); /* one descriptor of that id at a time */
            assert_ok(irm_registry_new(&registry, &test_error));
        } else {
            assert_int_equal(status, IRM_STATUS_SCHEMA);
            assert_true(error.message[0] != '\0' && error.file[0] != '\0');
        }
    }
    irm_registry_free(registry);
    irm_buffer_clear(&whole);
    irm_free(source);
    irm_free(path);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_file_is_read_or_refused),
        cmocka_unit_test(a_damaged_descriptor_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
