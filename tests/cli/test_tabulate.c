#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static const char data[] =
    "CODGEO;SEXE;AGED;POIDS\n20001;1;3;1.5\n20001;2;7;2\n20001;2;12;0.25\n20002;1;8;1\n";
static const char recode[] = "modalite,groupe\n1,hommes\n2,femmes\n";

static char *folder;

static int make_store(void **state) {
    (void)state;
    folder = test_folder();
    char *path = irm_path_join(folder, "essai.csv"), *groups = irm_path_join(folder, "r.csv");
    assert_ok(irm_write_file(path, data, sizeof data - 1, &test_error));
    assert_ok(irm_write_file(groups, recode, sizeof recode - 1, &test_error));
    free(path);
    free(groups);
    return test_run(NULL, NULL, "%s ingest -q %s/store %s/essai.csv -d essai@2020",
                    IRMINON_PROGRAM, folder, folder);
}

static int drop_store(void **state) {
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static void check(const char *options, const char *expected) {
    irm_buffer out = {0}, err = {0};
    int code = test_run(&out, &err, "cd %s && %s tabulate store essai@2020 %s", folder,
                        IRMINON_PROGRAM, options);
    if (code != 0) {
        fail_msg("%s: %s", options, err.data);
    }
    assert_string_equal(out.data, expected);
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
}

static void check_refused(const char *options, int expected, const char *word) {
    irm_buffer err = {0};
    int code = test_run(NULL, &err, "cd %s && %s tabulate store essai@2020 --by SEXE %s",
                        folder, IRMINON_PROGRAM, options);
    assert_int_equal(code, expected);
    assert_non_null(strstr(err.data, word));
    irm_buffer_clear(&err);
}

static void modalities_are_grouped_by_a_file(void **state) {
    (void)state;
    check("--by SEXE --recode SEXE=r.csv --weight POIDS --totals",
          "SEXE,rows,value\nfemmes,2,2.25\nhommes,2,2.5\ntotal,4,4.75\n");
}

static void ages_make_bands_and_a_column_makes_columns(void **state) {
    (void)state;
    check("--by AGED:5 --cross SEXE --weight POIDS",
          "AGED,rows,SEXE=1,SEXE=2\n00-04,1,1.5,0\n05-09,2,1,2\n10-14,1,0,0.25\n");
}

static void means_are_weighted_or_not(void **state) {
    (void)state;
    check("--by SEXE --mean AGED", "SEXE,rows,value,mean_AGED\n1,2,2,5.5\n2,2,2,9.5\n");
    /* (3 × 1.5 + 8 × 1) / 2.5 and (7 × 2 + 12 × 0.25) / 2.25 */
    check("--by SEXE --mean AGED --weight POIDS",
          "SEXE,rows,value,mean_AGED\n1,2,2.5,5\n2,2,2.25,7.555555555555555\n");
}

static void a_bound_on_memory_changes_nothing_or_refuses(void **state) {
    (void)state;
    static const char *const forms[] = {"--totals", "--cross AGED", "--mean AGED",
                                        "--quantile AGED=0.5", "--precision"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        irm_buffer out = {0};
        char options[100];
        assert_int_equal(test_run(&out, NULL, "cd %s && %s tabulate store essai@2020 --by SEXE %s",
                                  folder, IRMINON_PROGRAM, forms[i]),
                         0);
        snprintf(options, sizeof options, "--by SEXE %s --memory 2K", forms[i]);
        check(options, out.data);
        irm_buffer_clear(&out);
    }
    check_refused("--totals --memory 100", 1, "--memory");
    check_refused("--cross AGED --memory 100", 1, "--memory");
    check_refused("--memory 2X", 2, "300M");
    check_refused("--memory -5", 2, "300M");
    check_refused("--memory 99999999999T", 2, "300M");
}

static void a_recode_of_an_unknown_column_is_told(void **state) {
    (void)state;
    irm_buffer err = {0};
    int code = test_run(NULL, &err,
                        "cd %s && %s tabulate store essai@2020 --by SEXE --recode AGE=r.csv",
                        folder, IRMINON_PROGRAM);
    assert_int_not_equal(code, 0);
    assert_non_null(strstr(err.data, "AGE"));
    irm_buffer_clear(&err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modalities_are_grouped_by_a_file),
        cmocka_unit_test(ages_make_bands_and_a_column_makes_columns),
        cmocka_unit_test(means_are_weighted_or_not),
        cmocka_unit_test(a_bound_on_memory_changes_nothing_or_refuses),
        cmocka_unit_test(a_recode_of_an_unknown_column_is_told),
    };
    return cmocka_run_group_tests(tests, make_store, drop_store);
}
