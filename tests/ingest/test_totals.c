/* Régions of a cube against their communes, where the store tells which départements make
 * them: the sample's cube of dwellings, as it is and with one figure of a région changed.
 */
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "support.h"

static char *bench;

#define run(out, err, command)                                             \
    test_run(out, err, "cd '%s'; export LC_ALL=C.UTF-8 I='%s'\n%s", bench, \
             IRMINON_PROGRAM, command)
#define CUBE "DS_RP_LOGEMENT_PRINC_2023"

static int begin(void **state) {
    (void)state;
    bench = test_folder();
    /* The archive's data, plain: a line of it can then be changed. */
    return run(NULL, NULL,
               "$I sample files -q && $I ingest geography -q files/v_*.csv && "
               "$I ingest plain -q files/" CUBE
               "_CSV_FR.zip && "
               "$I export plain ds-rp-logement-princ@2023 -o " CUBE "_data.csv");
}

static int finish(void **state) {
    (void)state;
    test_folder_remove(bench);
    return 0;
}

/* "N published totals compared with their communes: all agree" */
static long compared(const char *store) {
    irm_buffer err = {0}, command = {0};
    irm_buffer_format(&command,
                      "rm -rf s; cp -r %s s 2>/dev/null; $I ingest s " CUBE "_data.csv",
                      store);
    assert_int_equal(run(NULL, &err, command.data), 0);
    const char *words = strstr(err.data,
                               " published totals compared with their communes: "
                               "all agree");
    if (words == NULL) {
        fail_msg("%s", err.data);
    }
    while (words > err.data && words[-1] != ' ') {
        words--;
    }
    long count = strtol(words, NULL, 10);
    irm_buffer_clear(&err);
    irm_buffer_clear(&command);
    return count;
}

static void regions_are_compared_where_a_geography_tells_them(void **state) {
    (void)state;
    irm_buffer out = {0};
    long without = compared("nowhere"), with = compared("geography");
    /* As many figures a région as a département has: those of measures that add up. */
    assert_int_equal(run(&out, NULL,
                         "head -1 " CUBE "_data.csv | tr ',' '\n' | "
                         "grep -n '^GEO_OBJECT$' | cut -d: -f1"),
                     0);
    char command[200];
    snprintf(command, sizeof command, "cut -d, -f%d " CUBE "_data.csv | grep -c '^REG$'",
             atoi(out.data));
    assert_int_equal(run(&out, NULL, command), 0);
    assert_true(atol(out.data) > 0);
    assert_int_equal(with - without, atol(out.data));
    irm_buffer_clear(&out);
}

static void a_region_that_is_apart_is_told(void **state) {
    (void)state;
    irm_buffer err = {0};
    /* The first figure of a région gains 5,000. */
    assert_int_equal(run(NULL, NULL,
                         "mkdir -p changed; awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= "
                         "NF; i++) at[$i] = i } "
                         "NR > 1 && !done && $at[\"GEO_OBJECT\"] == \"REG\" "
                         "{ $at[\"OBS_VALUE\"] += 5000; done = 1 } { print }' " CUBE
                         "_data.csv > changed/" CUBE "_data.csv"),
                     0);
    assert_int_equal(run(NULL, &err,
                         "rm -rf s; cp -r geography s; "
                         "$I ingest s changed/" CUBE "_data.csv"),
                     0);
    assert_non_null(strstr(err.data, "1 of "));
    assert_non_null(strstr(err.data,
                           "published totals differ from what their communes add up "
                           "to; the worst: REG "));
    /* Without a geography, nothing is known of régions. */
    assert_int_equal(run(NULL, &err, "rm -rf s; $I ingest s changed/" CUBE "_data.csv"),
                     0);
    assert_non_null(strstr(err.data, "all agree"));
    irm_buffer_clear(&err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_are_compared_where_a_geography_tells_them),
        cmocka_unit_test(a_region_that_is_apart_is_told),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
