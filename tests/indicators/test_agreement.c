/* The indicators of every EPCI, computed again from the published files in another language
 * (agree.py), where that language and those files are at hand. */
#include <stdlib.h>

#include "irminon/memory.h"
#include "support.h"

enum { N_FILES = 4 };

static const char *const names[N_FILES] = {
    "1-rp-communes/base_cc_comparateur.CSV.gz",
    "4-cog/table-appartenance-geo-communes-22_COM.csv.gz",
    "4-cog/v_mvtcommune_2023.csv.gz",
    "4-cog/v_commune_2023.csv.gz",
};

static void every_epci_agrees_with_an_independent_computation(void **state) {
    (void)state;
    if (system("python3 -c 'import csv, gzip, math' 2>/dev/null") != 0) {
        skip();
    }
    char *paths[N_FILES];
    for (size_t i = 0; i < N_FILES; i++) {
        paths[i] = test_real_data(names[i]);
        if (paths[i] == NULL) {
            while (i-- > 0) {
                irm_free(paths[i]);
            }
            skip();
        }
    }
    char *folder = test_folder();
    char *script = test_source_path("tests/indicators/agree.py");
    irm_buffer out = {0}, err = {0};
    for (size_t i = 0; i < N_FILES; i++) {
        assert_int_equal(test_run(NULL, NULL, "'%s' ingest '%s/store' '%s'", IRMINON_PROGRAM,
                                  folder, paths[i]),
                         0);
    }
    assert_int_equal(
        test_run(NULL, NULL,
                 "'%s' indicators '%s/store' --level epci --year 2018 --indicator "
                 "population,dwellings,jobs,dwelling_vacancy,second_homes,home_owners,"
                 "census_unemployment_rate,activity_rate -o '%s/out.csv'",
                 IRMINON_PROGRAM, folder, folder),
        0);
    int status = test_run(&out, &err, "python3 '%s' '%s' '%s' '%s' '%s/out.csv'", script,
                          paths[0], paths[1], paths[2], folder);
    if (status != 0) {
        fail_msg("%s", err.data);
    }
    assert_int_equal(atoi(out.data), 1255 * 8);
    for (size_t i = 0; i < N_FILES; i++) {
        irm_free(paths[i]);
    }
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
    irm_free(script);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_epci_agrees_with_an_independent_computation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
