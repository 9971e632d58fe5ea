/* The sample promises the producers' own layouts, and names that nothing real bears. */
#include <ctype.h>

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

/* The same header as the real file, byte-order mark and line ends too. */
static const char *const same[][2] = {
    {"base_cc_comparateur.CSV", "1-rp-communes/base_cc_comparateur.CSV.gz"},
    {"FD_LOGEMT_2021.csv", "2-microdata/melun_2021.csv.gz"},
    {"data_CAF_2020_IRIS.csv", "3-caf/data_CAF_2020_IRIS.csv.gz"},
    {"txcouv_pe_com.csv", "3-caf/txcouv_pe_com_EAJE_assmat.csv"},
    {"v_commune_2023.csv", "4-cog/v_commune_2023.csv.gz"},
    {"v_departement_2023.csv", "4-cog/v_departement_2023.csv"},
    {"v_canton_2023.csv", "4-cog/v_canton_2023.csv"},
    {"v_arrondissement_2023.csv", "4-cog/v_arrondissement_2023.csv"},
    {"EPCI_2023.csv", "4-cog/EPCI_2020.csv.gz"},
    {"iris_2023.csv", "4-cog/iris_2021.csv.gz"},
    {"table-appartenance-geo-communes-22_COM.csv",
     "4-cog/table-appartenance-geo-communes-22_COM.csv.gz"},
    {"FILO2019_DISP_COM.csv", "5-filosofi-bpe/FILO2019_DISP_COM.csv.gz"},
    {"FILO2019_DISP_EPCI.csv", "5-filosofi-bpe/FILO2019_DISP_EPCI.csv"},
    {"FILO2019_DISP_DEP.csv", "5-filosofi-bpe/FILO2019_DISP_DEP.csv"},
    {"FILO2019_DISP_REG.csv", "5-filosofi-bpe/FILO2019_DISP_REG.csv"},
    {"FILO2019_DISP_METROPOLE.csv", "5-filosofi-bpe/FILO2019_DISP_METROPOLE.csv"},
    {"cc_filosofi_2021_COM.csv", "5-filosofi-bpe/cc_filosofi_2021_COM.csv.gz"},
    {"bpe_ens_2021.csv", "5-filosofi-bpe/bpe_ens_2018.csv.xz"}};

static void headers_are_those_of_the_real_files(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char *real = test_real_data(same[i][1]);
        if (real == NULL) {
            skip();
        }
        sheet theirs = sheet_read(NULL, real, NULL, 2);
        sheet ours = sheet_read(folder, same[i][0], NULL, 2);
        assert_int_equal(ours.columns, theirs.columns);
        for (size_t c = 0; c < ours.columns; c++) {
            assert_string_equal(sheet_cell(&ours, 0, c), sheet_cell(&theirs, 0, c));
        }
        assert_int_equal(ours.bom, theirs.bom);
        assert_int_equal(ours.crlf, theirs.crlf);
        sheet_clear(&theirs);
        sheet_clear(&ours);
        irm_free(real);
    }
}

/* Each column of a communal base is a variable of INSEE's dictionary. */
static void wide_columns_are_in_the_dictionary(void **state) {
    (void)state;
    static const char *const bases[] = {
        "base-cc-evol-struct-pop-2021.CSV",   "base-cc-coupl-fam-men-2021.CSV",
        "base-cc-logement-2021.CSV",          "base-cc-diplomes-formation-2021.CSV",
        "base-cc-emploi-pop-active-2021.CSV", "base-cc-caract-emp-2021.CSV"};
    char *real = test_real_data("1-rp-communes/meta_dossier_complet.csv.gz");
    if (real == NULL) {
        skip();
    }
    irm_buffer names = {0};
    assert_int_equal(test_run(&names, NULL,
                              "zcat '%s' | cut -d';' -f1 | sort -u | tr '\\n' ' '", real),
                     0);
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        sheet base = sheet_read(folder, bases[b], NULL, 2);
        for (size_t c = 1; c < base.columns; c++) {
            char word[80];
            snprintf(word, sizeof word, " %s ", sheet_cell(&base, 0, c));
            if (strstr(names.data, word) == NULL) {
                fail_msg("%s: %s is no variable of INSEE", bases[b], word);
            }
        }
        sheet_clear(&base);
    }
    irm_buffer_clear(&names);
    irm_free(real);
}

static void cubes_are_quoted_as_insee_does(void **state) {
    (void)state;
    irm_buffer zip = {0};
    char *path = irm_path_join(folder, "DS_RP_LOGEMENT_PRINC_2023_CSV_FR.zip");
    assert_ok(irm_read_file(path, &zip, &test_error));
    irm_free(path);
    /* Members are stored, so their text can be read in the archive itself. */
    irm_view bytes = {zip.data, zip.size};
    static const char expected[] =
        "\"GEO\";\"GEO_OBJECT\";\"OCS\";\"TDW\";\"TSH\";\"NOR\";\"L_STAY\";\"BUILD_END\";"
        "\"CARS\";\"CARPARK\";\"NRG_SRC\";\"RP_MEASURE\";\"OBS_STATUS\";TIME_PERIOD;OBS_"
        "VALUE\n"
        "\"20001\";\"COM\";\"_T\";\"_T\";";
    bool found = false;
    for (size_t i = 0; i + sizeof expected < bytes.size && !found; i++) {
        found = memcmp(bytes.data + i, expected, sizeof expected - 1) == 0;
    }
    assert_true(found);
    irm_buffer_clear(&zip);
}

static void no_name_is_that_of_a_real_commune(void **state) {
    (void)state;
    char *real = test_real_data("4-cog/v_commune_2023.csv.gz");
    if (real == NULL) {
        skip();
    }
    sheet theirs = sheet_read(NULL, real, NULL, SIZE_MAX);
    sheet ours = sheet_read(folder, "v_commune_2023.csv", NULL, SIZE_MAX);
    size_t name = sheet_column(&ours, "NCC"), code = sheet_column(&ours, "COM");
    assert_int_equal(ours.rows - 1, 120);
    for (size_t i = 1; i < ours.rows; i++) {
        for (size_t j = 1; j < theirs.rows; j++) {
            assert_string_not_equal(sheet_cell(&ours, i, name),
                                    sheet_cell(&theirs, j, name));
            assert_string_not_equal(sheet_cell(&ours, i, code),
                                    sheet_cell(&theirs, j, code));
        }
        for (size_t j = 1; j < i; j++) {
            assert_string_not_equal(sheet_cell(&ours, i, name),
                                    sheet_cell(&ours, j, name));
        }
    }
    sheet_clear(&theirs);
    sheet_clear(&ours);
    irm_free(real);
}

static void names_of_groups_say_that_they_are_fictional(void **state) {
    (void)state;
    sheet groups = sheet_read(folder, "EPCI_2023.csv", NULL, SIZE_MAX);
    sheet departements = sheet_read(folder, "v_departement_2023.csv", NULL, SIZE_MAX);
    sheet regions = sheet_read(folder, "v_region_2023.csv", NULL, SIZE_MAX);
    for (size_t i = 1; i < groups.rows; i++) {
        assert_non_null(strstr(sheet_text(&groups, i, "LIBEPCI"), "fictive"));
    }
    for (size_t i = 1; i < departements.rows; i++) {
        assert_non_null(strstr(sheet_text(&departements, i, "LIBELLE"), "fictif"));
    }
    assert_non_null(strstr(sheet_text(&regions, 1, "LIBELLE"), "fictive"));
    sheet_clear(&groups);
    sheet_clear(&departements);
    sheet_clear(&regions);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_those_of_the_real_files),
        cmocka_unit_test(wide_columns_are_in_the_dictionary),
        cmocka_unit_test(cubes_are_quoted_as_insee_does),
        cmocka_unit_test(no_name_is_that_of_a_real_commune),
        cmocka_unit_test(names_of_groups_say_that_they_are_fictional),
    };
    return cmocka_run_group_tests(tests, make_sample, drop_sample);
}
