/* The files of the sample promise to agree with each other, as real ones do. */
#include <ctype.h>
#include <math.h>

#include "irminon/sample.h"
#include "sheet.h"

static char *folder;

static int make_sample(void **state) {
    (void)state;
    folder = test_folder();
    return irm_sample_generate(folder, IRM_SAMPLE_SEED, NULL, &test_error) == IRM_OK ? 0
                                                                                     : -1;
}

static int drop_sample(void **state) {
    (void)state;
    test_folder_remove(folder);
    return 0;
}

/* Sum of a weight over the rows whose `column` is `key` (and `second` is `value`). */
static double weigh(const sheet *s, const char *weight, const char *column,
                    const char *key, const char *second, const char *value) {
    size_t w = sheet_column(s, weight), k = sheet_column(s, column);
    size_t v = second == NULL ? 0 : sheet_column(s, second);
    double sum = 0;
    for (size_t i = 1; i < s->rows; i++) {
        if (strcmp(sheet_cell(s, i, k), key) == 0 &&
            (second == NULL || strcmp(sheet_cell(s, i, v), value) == 0)) {
            sum += sheet_number(s, i, w);
        }
    }
    return sum;
}

static void weighted_dwellings_are_the_communal_base(void **state) {
    (void)state;
    static const char *const pairs[][3] = {{"CATL", "1", "P21_RP"},
                                           {"CATL", "4", "P21_LOGVAC"},
                                           {"STOCD", "10", "P21_RP_PROP"},
                                           {"STOCD", "22", "P21_RP_LOCHLMV"},
                                           {"VOIT", "1", "P21_RP_VOIT1"},
                                           {"NBPI", "03", "P21_RP_3P"},
                                           {"ANEMR", "00", "P21_MEN_ANEM0002"}};
    sheet detail = sheet_read(folder, "FD_LOGEMT_2021.csv", NULL, SIZE_MAX);
    sheet base = sheet_read(folder, "base-cc-logement-2021.CSV", NULL, SIZE_MAX);
    sheet members = sheet_read(folder, "EPCI_2023.csv", NULL, SIZE_MAX);
    int communes = 0;
    for (size_t i = 1; i < members.rows; i++) {
        if (strcmp(sheet_text(&members, i, "EPCI"), IRM_SAMPLE_EPCI) != 0) {
            continue;
        }
        communes++;
        const char *code = sheet_cell(&members, i, 0);
        size_t row = sheet_find(&base, code);
        assert_true(row > 0);
        assert_true(fabs(weigh(&detail, "IPONDL", "COMMUNE", code, NULL, NULL) -
                         sheet_number(&base, row, sheet_column(&base, "P21_LOG"))) <
                    1e-8);
        for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
            assert_true(
                fabs(weigh(&detail, "IPONDL", "COMMUNE", code, pairs[p][0], pairs[p][1]) -
                     sheet_number(&base, row, sheet_column(&base, pairs[p][2]))) < 1e-8);
        }
    }
    assert_int_equal(communes, 25);
    sheet_clear(&detail);
    sheet_clear(&base);
    sheet_clear(&members);
}

static void weighted_people_are_the_population(void **state) {
    (void)state;
    sheet detail = sheet_read(folder, "FD_INDCVI_2021.csv", NULL, SIZE_MAX);
    sheet base = sheet_read(folder, "base-cc-evol-struct-pop-2021.CSV", NULL, SIZE_MAX);
    sheet members = sheet_read(folder, "v_commune_2023.csv", NULL, SIZE_MAX);
    sheet groups = sheet_read(folder, "EPCI_2023.csv", NULL, SIZE_MAX);
    double total = 0, women = 0;
    size_t pop = sheet_column(&base, "P21_POP"), female = sheet_column(&base, "P21_POPF");
    for (size_t i = 1; i < groups.rows; i++) {
        if (strcmp(sheet_text(&groups, i, "EPCI"), IRM_SAMPLE_EPCI) == 0) {
            size_t row = sheet_find(&base, sheet_cell(&groups, i, 0));
            assert_true(row > 0);
            total += sheet_number(&base, row, pop);
            women += sheet_number(&base, row, female);
        }
    }
    assert_true(fabs(weigh(&detail, "IPONDI", "DEPT", "20", NULL, NULL) - total) < 1e-6);
    assert_true(fabs(weigh(&detail, "IPONDI", "DEPT", "20", "SEXE", "2") - women) < 1e-6);
    assert_true(total == floor(total));
    sheet_clear(&detail);
    sheet_clear(&base);
    sheet_clear(&members);
    sheet_clear(&groups);
}

/* The persons by commune (FD_MIGCOM) are the population of each; by household, the
 * communal base of households; by residence a year before, that of the movers. */
static void weighted_people_by_commune_are_the_communal_bases(void **state) {
    (void)state;
    static const struct {
        const char *base, *column, *by, *modality;
    } pairs[] = {
        {"base-cc-evol-struct-pop-2021.CSV", "P21_POP", NULL, NULL},
        {"base-cc-evol-struct-pop-2021.CSV", "P21_POPF", "SEXE", "2"},
        {"base-cc-evol-struct-pop-2021.CSV", "P21_POP01P_IRAN3", "IRAN", "3"},
    };
    sheet detail = sheet_read(folder, "FD_MIGCOM_2021.csv", NULL, SIZE_MAX);
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        sheet base = sheet_read(folder, pairs[p].base, NULL, SIZE_MAX);
        size_t column = sheet_column(&base, pairs[p].column), communes = 0;
        for (size_t i = 1; i < base.rows; i++) {
            const char *code = sheet_cell(&base, i, 0);
            double sum =
                weigh(&detail, "IPONDI", "COMMUNE", code, pairs[p].by, pairs[p].modality);
            assert_true(fabs(sum - sheet_number(&base, i, column)) < 1e-6);
            communes++;
        }
        assert_int_equal(communes, 120);
        sheet_clear(&base);
    }
    sheet_clear(&detail);
}

/* One who lived in another commune of the département did not live in their own. */
static void moves_are_those_that_they_say(void **state) {
    (void)state;
    sheet detail = sheet_read(folder, "FD_MIGCOM_2021.csv", NULL, SIZE_MAX);
    size_t now = sheet_column(&detail, "COMMUNE"), then = sheet_column(&detail, "DCRAN");
    size_t moved = sheet_column(&detail, "IRAN"), counts[10] = {0};
    for (size_t i = 1; i < detail.rows; i++) {
        const char *a = sheet_cell(&detail, i, now), *b = sheet_cell(&detail, i, then);
        char how = sheet_cell(&detail, i, moved)[0];
        bool department = strncmp(a, b, 2) == 0;
        assert_true(how == 'Z' || how == '1' || how == '2' ? strcmp(a, b) == 0
                    : how == '3' ? department && strcmp(a, b) != 0
                    : how == '4' ? !department && strcmp(b, "99999") != 0
                                 : strcmp(b, "99999") == 0);
        counts[how == 'Z' ? 0 : how - '0']++;
    }
    assert_true(counts[2] > 0 && counts[3] > 0 && counts[4] > 0 && counts[9] > 0);
    sheet_clear(&detail);
}

/* Every observation of a cube, at each level, is what its communes add up to. */
static void levels_add_up(const char *dataset) {
    char zip[128];
    snprintf(zip, sizeof zip, "%s_2023_CSV_FR.zip", dataset);
    sheet cube = sheet_read(folder, zip, "*_data.csv", SIZE_MAX);
    size_t object = sheet_column(&cube, "GEO_OBJECT"),
           value = sheet_column(&cube, "OBS_VALUE");
    size_t period = sheet_column(&cube, "TIME_PERIOD");
    double by_level[5] = {0};
    static const char *const levels[] = {"COM", "EPCI", "DEP", "REG", "FRANCE"};
    size_t seen = 0;
    for (size_t i = 1; i < cube.rows; i++) {
        for (int l = 0; l < 5; l++) {
            if (strcmp(sheet_cell(&cube, i, object), levels[l]) == 0 &&
                strcmp(sheet_cell(&cube, i, period), "2023") == 0) {
                by_level[l] += sheet_number(&cube, i, value);
                seen++;
            }
        }
    }
    assert_true(seen > 100);
    for (int l = 1; l < 5; l++) {
        assert_true(fabs(by_level[l] - by_level[0]) < 1e-6 * by_level[0]);
    }
    sheet_clear(&cube);
}

static void levels_of_every_cube_add_up(void **state) {
    (void)state;
    levels_add_up("DS_RP_TD_POPULATION_AGESEX_PRINC");
    levels_add_up("DS_RP_LOGEMENT_PRINC");
    levels_add_up("DS_RP_FAMILLE_COMP");
    levels_add_up("DS_RP_EMPLOI_LR_PRINC");
    levels_add_up("DS_RP_NAVETTES_PRINC");
    levels_add_up("DS_RP_DIPLOMES_PRINC");
    levels_add_up("DS_RP_MENAGES_PRINC");
    levels_add_up("DS_RP_SERIE_HISTORIQUE");
}

static void ages_of_a_cube_add_up_to_its_total(void **state) {
    (void)state;
    sheet cube = sheet_read(folder, "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip",
                            "*_data.csv", SIZE_MAX);
    size_t age = sheet_column(&cube, "AGE"), sex = sheet_column(&cube, "SEX");
    size_t value = sheet_column(&cube, "OBS_VALUE"),
           period = sheet_column(&cube, "TIME_PERIOD");
    double all = 0, ages = 0, both = 0;
    for (size_t i = 1; i < cube.rows; i++) {
        if (strcmp(sheet_cell(&cube, i, 0), IRM_SAMPLE_EPCI) != 0 ||
            strcmp(sheet_cell(&cube, i, period), "2017") != 0) {
            continue;
        }
        bool total_age = strcmp(sheet_cell(&cube, i, age), "_T") == 0;
        bool total_sex = strcmp(sheet_cell(&cube, i, sex), "_T") == 0;
        double v = sheet_number(&cube, i, value);
        all += total_age && total_sex ? v : 0;
        ages += !total_age && total_sex ? v : 0;
        both += !total_age && !total_sex ? v : 0;
    }
    assert_true(all > 10000);
    assert_true(fabs(all - ages) < 1e-6 && fabs(all - both) < 1e-6);
    sheet_clear(&cube);
}

static void communal_benefits_are_rounded_and_nested(void **state) {
    (void)state;
    sheet caf = sheet_read(folder, "s_ben_com_f.csv", NULL, SIZE_MAX);
    size_t any = sheet_column(&caf, "indfoy_ndur");
    assert_int_equal(caf.rows - 1, 5 * 121);
    for (size_t i = 1; i < caf.rows; i++) {
        for (size_t j = 3; j < caf.columns; j++) {
            long cell = strtol(sheet_cell(&caf, i, j), NULL, 10);
            bool euros = strncmp(sheet_cell(&caf, 0, j), "indmtt", 6) == 0;
            assert_int_equal(cell % (euros ? 100 : 5), 0);
            if (strncmp(sheet_cell(&caf, 0, j), "indfoy", 6) == 0) {
                assert_true(cell <= strtol(sheet_cell(&caf, i, any), NULL, 10));
            }
        }
    }
    sheet_clear(&caf);
}

/* No row under 100 households; no zero nor cell under 5; what is hidden of the family
 * types is two cells at least, whose sum passes 8. */
static void iris_rows_keep_their_secrets(void **state) {
    (void)state;
    sheet caf = sheet_read(folder, "data_CAF_2020_IRIS.csv", NULL, SIZE_MAX);
    size_t a = sheet_column(&caf, "A"), first = sheet_column(&caf, "AI");
    int blank_rows = 0;
    assert_true(caf.crlf);
    for (size_t i = 1; i < caf.rows; i++) {
        if (strcmp(sheet_text(&caf, i, "NOTE"), "0") != 0) {
            blank_rows++;
            for (size_t j = 2; j < caf.columns; j++) {
                assert_string_equal(sheet_cell(&caf, i, j), "");
            }
            continue;
        }
        long hidden = 0, seen = 0;
        for (size_t j = first; j < first + 4; j++) {
            hidden += sheet_cell(&caf, i, j)[0] == '\0';
            seen += strtol(sheet_cell(&caf, i, j), NULL, 10);
        }
        long total = strtol(sheet_cell(&caf, i, a), NULL, 10);
        assert_true(total >= 100);
        assert_true(hidden == 0 ? seen == total : hidden >= 2 && total - seen > 8);
        for (size_t j = 2; j < caf.columns; j++) {
            const char *cell = sheet_cell(&caf, i, j);
            assert_true(cell[0] == '\0' || strtol(cell, NULL, 10) >= 5);
        }
    }
    assert_true(blank_rows >= 1);
    sheet_clear(&caf);
}

static void small_communes_have_secret_incomes(void **state) {
    (void)state;
    sheet base = sheet_read(folder, "base_cc_comparateur.CSV", NULL, SIZE_MAX);
    sheet key = sheet_read(folder, "cc_filosofi_2021_COM.csv", NULL, SIZE_MAX);
    sheet wide = sheet_read(folder, "FILO2019_DISP_COM.csv", NULL, SIZE_MAX);
    size_t pop = sheet_column(&base, "P18_POP"), median = sheet_column(&base, "MED19");
    size_t poverty = sheet_column(&base, "TP6019");
    int secret = 0, poor = 0;
    for (size_t i = 1; i < base.rows; i++) {
        size_t row = sheet_find(&wide, sheet_cell(&base, i, 0));
        bool blank = sheet_cell(&base, i, median)[0] == '\0';
        secret += blank;
        poor += sheet_cell(&base, i, poverty)[0] != '\0';
        assert_int_equal(blank, row == 0);
        if (row > 0) {
            assert_string_equal(sheet_text(&wide, row, "Q219"),
                                sheet_cell(&base, i, median));
        }
        assert_true(!blank || sheet_number(&base, i, pop) < 400);
    }
    assert_true(secret >= 1 && poor >= 3);
    assert_true(wide.bom && wide.crlf && !key.bom && !key.crlf);
    assert_int_equal(key.rows, base.rows);
    sheet_clear(&base);
    sheet_clear(&key);
    sheet_clear(&wide);
}

static void births_of_the_years_are_those_of_the_comparateur(void **state) {
    (void)state;
    sheet base = sheet_read(folder, "base_cc_comparateur.CSV", NULL, SIZE_MAX);
    sheet births = sheet_read(folder, "DS_ETAT_CIVIL_NAIS_COMMUNES_2024_CSV_FR.zip",
                              "*_data.csv", SIZE_MAX);
    size_t in_2020 = sheet_column(&base, "NAISD20");
    size_t period = sheet_column(&births, "TIME_PERIOD");
    int checked = 0;
    for (size_t i = 1; i < births.rows; i++) {
        size_t row = sheet_find(&base, sheet_cell(&births, i, 0));
        if (row > 0 && strcmp(sheet_cell(&births, i, period), "2020") == 0) {
            assert_string_equal(sheet_text(&births, i, "OBS_VALUE"),
                                sheet_cell(&base, row, in_2020));
            checked++;
        }
    }
    assert_int_equal(checked, 120);
    sheet_clear(&base);
    sheet_clear(&births);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weighted_dwellings_are_the_communal_base),
        cmocka_unit_test(weighted_people_are_the_population),
        cmocka_unit_test(weighted_people_by_commune_are_the_communal_bases),
        cmocka_unit_test(moves_are_those_that_they_say),
        cmocka_unit_test(levels_of_every_cube_add_up),
        cmocka_unit_test(ages_of_a_cube_add_up_to_its_total),
        cmocka_unit_test(communal_benefits_are_rounded_and_nested),
        cmocka_unit_test(iris_rows_keep_their_secrets),
        cmocka_unit_test(small_communes_have_secret_incomes),
        cmocka_unit_test(births_of_the_years_are_those_of_the_comparateur),
    };
    return cmocka_run_group_tests(tests, make_sample, drop_sample);
}
