/* A published typology found again: sizes of the classes and share of inertia. */
#include "irminon/memory.h"
#include "support.h"

/* Chavent et al. (2018), communes of the Gironde estuary, five classes by Ward's
 * criterion on the data alone. */
static void the_estuary_has_its_published_classes(void **state) {
    (void)state;
    char *table = test_real_data("8-verite-terrain/estuary_dat.csv");
    if (table == NULL) {
        skip();
    }
    irm_buffer out = {0}, err = {0};
    char *folder = test_folder();
    int code =
        test_run(&out, &err,
                 "'%s' typology '%s' -q --id CODGEO --variables "
                 "employ.rate.city,graduate.rate,housing.appart,agri.land --scale none "
                 "--consolidate no --stability 0 --classes 5 -o '%s/out' && awk -F, "
                 "'$1 == \"explained\" {printf \"%%.7f\", $2}' '%s/out/quality.csv' && "
                 "tail -n +2 '%s/out/classes.csv' | cut -d, -f4 | sort | uniq -c | awk "
                 "'{printf \" %%d\", $1}'",
                 IRMINON_PROGRAM, table, folder, folder, folder);
    if (code != 0) {
        fail_msg("%s", err.data);
    }
    assert_string_equal(out.data, "0.8134914 17 75 33 75 103");
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
    test_folder_remove(folder);
    irm_free(table);
}

/* The same with the published distances, alpha 0.2. */
static void the_estuary_has_its_published_classes_in_space(void **state) {
    (void)state;
    char *table = test_real_data("8-verite-terrain/estuary_dat.csv");
    char *distances = test_real_data("8-verite-terrain/estuary_D.geo.csv.gz");
    if (table == NULL || distances == NULL) {
        irm_free(table);
        irm_free(distances);
        skip();
    }
    irm_buffer out = {0}, err = {0};
    char *folder = test_folder();
    int code =
        test_run(&out, &err,
                 "'%s' typology '%s' -q --id CODGEO --variables "
                 "employ.rate.city,graduate.rate,housing.appart,agri.land --scale none "
                 "--space clustgeo --alpha 0.2 --distances '%s' --classes 5 -o '%s/out' "
                 "&& tail -n +2 '%s/out/classes.csv' | cut -d, -f4 | sort | uniq -c | "
                 "awk '{print $1}' | sort -rn | xargs",
                 IRMINON_PROGRAM, table, distances, folder, folder);
    if (code != 0) {
        fail_msg("%s", err.data);
    }
    assert_string_equal(out.data, "96 74 67 44 22\n");
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
    test_folder_remove(folder);
    irm_free(table);
    irm_free(distances);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_estuary_has_its_published_classes),
        cmocka_unit_test(the_estuary_has_its_published_classes_in_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
