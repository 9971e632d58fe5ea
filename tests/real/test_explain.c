/* The cells that `explain` names are those of the published file: line, column, value. */
#include "real.h"

static void the_lines_named_hold_the_values_told(void **state) {
    (void)state;
    char *file = test_real_data("1-rp-communes/base_cc_comparateur.CSV.gz");
    char *zones = test_real_data("4-cog/table-appartenance-geo-communes-22_COM.csv.gz");
    if (file == NULL || zones == NULL) {
        irm_free(file);
        irm_free(zones);
        skip();
    }
    char *folder = test_folder();
    irm_buffer out = {0};
    assert_int_equal(test_run(NULL, NULL, "%s ingest %s/store %s %s --quiet",
                              IRMINON_PROGRAM, folder, file, zones),
                     0);
    assert_int_equal(test_run(NULL, NULL, "gzip -dc %s | tr -d '\\r' > %s/published.csv",
                              file, folder),
                     0);
    /* table columns 7 (column), 8 (line), 10 (code), 16 (value) */
    assert_int_equal(
        test_run(&out, NULL,
                 "%s explain %s/store epci:244301131 dwelling_vacancy -o - | awk -F, '"
                 "FNR == NR { n = split($0, f, \";\"); "
                 "  if (FNR == 1) for (i = 1; i <= n; i++) at[f[i]] = i; "
                 "  lines[FNR] = $0; next } "
                 "FNR > 1 { split(lines[$8], f, \";\"); cells++; "
                 "  if (f[1] != $10 || f[at[$7]] + 0 != $16 + 0) "
                 "    { print \"line \" $8 \": \" lines[$8] \" is not \" $0; bad++ } } "
                 "END { print cells \" cells\"; exit bad > 0 }' %s/published.csv -",
                 IRMINON_PROGRAM, folder, folder),
        0);
    if (strcmp(out.data, "14 cells\n") != 0) { /* seven communes, two columns */
        fail_msg("%s", out.data);
    }
    irm_buffer_clear(&out);
    test_folder_remove(folder);
    irm_free(file);
    irm_free(zones);
}

/* What a mayor reads: flags in words, the cell of a cube by its modalities, and a
 * variable that a formula names twice told once. */
static void figures_are_told_in_words(void **state) {
    (void)state;
    static const real_file files[] = {
        {"1-rp-communes/base_cc_comparateur.CSV.gz", ""},
        {"4-cog/table-appartenance-geo-communes-22_COM.csv.gz", ""},
        {"7-melodi/DS_RP_TD_POPULATION_AGESEX_PRINC_2023_extract_data.csv", ""},
    };
    real_place place;
    real_open(&place, files, COUNT(files));
    real_need(&place);
    static const struct {
        const char *indicator, *told;
        int times;
    } cases[] = {
        {"natural_balance", "P_POP[previous] : Population municipale", 1},
        {"natural_balance", "effectifs estimés de plus de 500", 1},
        {"ageing_index", "SEX=F AGE=Y65T69", 7},
        {"agriculture_quotient", "sans 14666 Sannerville", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_buffer out = {0};
        assert_int_equal(test_run(&out, NULL, "%s explain %s epci:244301131 %s --all -q",
                                  IRMINON_PROGRAM, place.store, cases[i].indicator),
                         0);
        int times = 0;
        for (const char *p = out.data; (p = strstr(p, cases[i].told)) != NULL; p++) {
            times++;
        }
        if (times != cases[i].times) {
            fail_msg("%s: \"%s\" %d times", cases[i].indicator, cases[i].told, times);
        }
        irm_buffer_clear(&out);
    }
    real_close(&place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines_named_hold_the_values_told),
        cmocka_unit_test(figures_are_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
