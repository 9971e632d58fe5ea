/* The producer's words for codes: from dictionaries in archives, and from those of their
 * own. */
#include <string.h>
#include <sys/stat.h>

#include "irminon/descriptor.h"
#include "irminon/labels.h"
#include "irminon/memory.h"
#include "support.h"

static char *bench;
static irm_registry *registry;
static char warned[2048];

static void on_warning(void *context, const char *message) {
    (void)context;
    snprintf(warned, sizeof warned, "%s", message);
}
static const irm_reporter reporter = {.warn = on_warning};

static int begin(void **state) {
    (void)state;
    bench = test_folder();
    return irm_registry_new(&registry, &test_error) != IRM_OK;
}

static int finish(void **state) {
    (void)state;
    irm_registry_free(registry);
    test_folder_remove(bench);
    return 0;
}

#define run(out, err, command)                                             \
    test_run(out, err, "cd '%s'; export LC_ALL=C.UTF-8 I='%s'\n%s", bench, \
             IRMINON_PROGRAM, command)

static void write_in(const char *name, const char *text) {
    char *path = irm_path_join(bench, name);
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    irm_free(path);
}

/* What a dictionary is of, by its name, its columns, or what was asked. */
static const struct name_case {
    const char *file, *text, *asked;
    irm_status status;
    const char *said; /* the table's name, or words of the error */
} names[] = {
    {"Varmod_INDREG_2019.csv", "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\nSEXE;Sexe;1;Hommes\n",
     NULL, IRM_OK, "detail-indreg.labels@2019"},
    {"meta_base-cc-logement-2021.CSV",
     "COD_VAR;LIB_VAR;LIB_VAR_LONG;COD_MOD;LIB_MOD\nP21_LOG;Logements;Nombre;;\n", NULL,
     IRM_OK, "rp-logement.labels@2021"},
    {"DS_BPE_2024_metadata.csv",
     "\"COD_VAR\";\"LIB_VAR\";\"COD_MOD\";\"LIB_MOD\"\n\"GEO\";\"Zone\";\"01\";\"Ain\"\n",
     NULL, IRM_OK, "ds-bpe.labels@2024"},
    {"meta_base_cc_comparateur.CSV",
     "COD_VAR;LIB_VAR\nCODGEO;Code\nP18_POP;a\nP13_POP;a\nSUPERF;a\nETTOT18;a\nP18_LOG;"
     "a\n"
     "NAIS1318;a\nP18_MEN;a\nP18_RP;a\nMED18;a\nTP6018;a\nNBMENFISC18;a\nP18_EMPLT;a\n",
     NULL, IRM_OK, "rp-comparateur.labels@2018"},
    {"MOD_2015.txt",
     "VAR_CODE;VAR_LIB;MOD_CODE;MOD_LIB\nA;\"un A\"\nA;\"un A\";1;\"oui\"\n",
     "detail-logemt@2015", IRM_OK, "detail-logemt.labels@2015"},
    {"mine.csv", "COD_VAR;LIB_VAR\nA;un A\n", "mine@2020", IRM_OK, "mine.labels@2020"},
    {"mine.csv", "COD_VAR;LIB_VAR\nA;un A\n", NULL, IRM_STATUS_USAGE,
     "nothing tells of which files; give --dataset ID@YEAR"},
    {"mine.csv", "COD_VAR;LIB_VAR\nA;un A\n", "mine", IRM_STATUS_USAGE,
     "nothing in the file tells of which year"},
    {"mine.csv", "COD_VAR;LIB_VAR\nA;\"un A\n", "mine@2020", IRM_STATUS_DATA, "quote"},
};

static void a_dictionary_is_told_from_its_name_or_columns(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct name_case *c = &names[i];
        irm_ingest_options options = {.dataset = c->asked};
        irm_table table;
        write_in(c->file, c->text);
        char *path = irm_path_join(bench, c->file);
        assert_true(irm_dictionary_recognised(path));
        irm_status status =
            irm_ingest_file(registry, path, &options, &reporter, &table, &test_error);
        const char *said = status == IRM_OK ? table.name : test_error.message;
        if (status != c->status || strstr(said, c->said) == NULL) {
            fail_msg("%s: %s; expected %s", c->file, said, c->said);
        }
        irm_table_clear(&table);
        irm_free(path);
    }
}

static void what_is_no_dictionary_is_left_to_others(void **state) {
    (void)state;
    char *path = irm_path_join(bench, "pipe");
    irm_dictionary *dictionary = NULL;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(irm_dictionary_recognised(path)); /* and nobody waits for a writer */
    assert_false(irm_dictionary_recognised("-"));
    assert_false(irm_dictionary_recognised("nowhere.csv"));
    irm_free(path);
    write_in("data.csv", "CODGEO;P21_LOG\n01001;12\n");
    path = irm_path_join(bench, "data.csv");
    assert_false(irm_dictionary_recognised(path));
    assert_int_equal(irm_dictionary_read(path, NULL, &dictionary, &test_error),
                     IRM_STATUS_DATA);
    irm_free(path);
}

/* The first label of a code holds; zeros that a spreadsheet drops are found again. */
static void codes_are_found_with_and_without_their_zeros(void **state) {
    (void)state;
    static const struct {
        const char *column, *code, *label;
    } lookups[] = {{"A", NULL, "un A"},  {"A", "1", "un"},      {"A", "02", "deux"},
                   {"A", "2", "deux"},   {"A", "0002", "deux"}, {"A", "3", NULL},
                   {"A", "x", "lettre"}, {"B", "1", NULL},      {"B", NULL, "un B"},
                   {"C", NULL, NULL}};
    irm_dictionary *dictionary = NULL;
    write_in("d.csv",
             "\xEF\xBB\xBF"
             "COD_VAR,LIB_VAR,COD_MOD,LIB_MOD\r\nA,un A,1,un\r\n"
             "A,un A,1,autre\r\nA,un A,02,deux\r\nA,un A,x,lettre\r\nB,un B,,\r\n");
    char *path = irm_path_join(bench, "d.csv");
    assert_ok(irm_dictionary_read(path, NULL, &dictionary, &test_error));
    for (size_t i = 0; i < sizeof lookups / sizeof *lookups; i++) {
        const char *label =
            irm_dictionary_label(dictionary, lookups[i].column, lookups[i].code);
        if (lookups[i].label == NULL) {
            assert_null(label);
        } else {
            assert_non_null(label);
            assert_string_equal(label, lookups[i].label);
        }
    }
    irm_dictionary_free(dictionary);
    irm_free(path);
}

/* A family of ours, whose descriptor labels one code of two. */
#define CUBE                                                                      \
    "id: trial\nshape: cube\ngeography_offset: 0\nrecognise:\n"                   \
    "  - {headers: [GEO, SEX, TIME_PERIOD, OBS_VALUE], file: "                    \
    "\"TRIAL_{yyyy}\"}\ncolumns:\n"                                               \
    "  - {name: GEO, role: key, level: com}\n"                                    \
    "  - name: SEX\n    role: dimension\n    modalities:\n      - {code: F, fr: " \
    "Femmes}\n"                                                                   \
    "  - {name: TIME_PERIOD, role: period}\n  - {name: OBS_VALUE, role: value}\n"

static int make_zip(const char *metadata) {
    write_in("trial.yaml", CUBE);
    write_in("TRIAL_2023_data.csv",
             "GEO;SEX;TIME_PERIOD;OBS_VALUE\n01001;F;2023;5\n01001;M;2023;6\n01001;X;"
             "2023;1\n");
    write_in("TRIAL_2023_metadata.csv", metadata);
    return run(NULL, NULL,
               "rm -f t.zip; python3 -c \"import zipfile; "
               "z=zipfile.ZipFile('t.zip','w',8); "
               "[z.write('TRIAL_2023_'+n+'.csv') for n in ('data','metadata')]\"");
}

static void the_dictionary_of_an_archive_completes_the_descriptor(void **state) {
    (void)state;
    irm_buffer out = {0}, err = {0};
    if (make_zip(
            "\"COD_VAR\";\"LIB_VAR\";\"COD_MOD\";\"LIB_MOD\"\n"
            "\"GEO\";\"Commune\";\"01001\";\"Abergement\"\n"
            "\"SEX\";\"Sexe\";\"F\";\"Feminin\"\n\"SEX\";\"Sexe\";\"M\";\"Masculin\"\n"
            "\"SEX\";\"Sexe\";\"Z\";\"Absent\"\n\"OBS_VALUE\";\"Effectif\";;\n") != 0) {
        skip(); /* no python3 */
    }
    int code = run(&out, &err,
                   "$I ingest store t.zip --descriptor trial.yaml && "
                   "$I tabulate store trial@2023 --by SEX --labels");
    if (code != 0) {
        fail_msg("%s", err.data);
    }
    assert_string_equal(out.data,
                        "SEX,SEX_label,rows,value\nF,Femmes,1,1\nM,Masculin,1,1\n"
                        "X,,1,1\n");
    assert_int_equal(run(&out, NULL, "$I list store trial@2023 SEX"), 0);
    assert_string_equal(out.data,
                        "SEX: Sexe\n  F              Femmes\n  M              "
                        "Masculin\n  X              \n");
    assert_int_equal(run(&out, NULL, "$I list store trial@2023"), 0);
    assert_non_null(strstr(out.data, "Effectif"));
    assert_int_equal(
        run(&out, NULL, "$I export store trial@2023 --labels -o - | head -2"), 0);
    assert_string_equal(out.data,
                        "GEO,SEX,SEX_label,TIME_PERIOD,OBS_VALUE\n"
                        "01001,F,Femmes,2023,5\n");
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
}

static void a_broken_dictionary_costs_its_labels_only(void **state) {
    (void)state;
    irm_buffer out = {0}, err = {0};
    if (make_zip("\"COD_VAR\";\"LIB_VAR\"\n\"SEX\";\"Sexe\n") != 0) {
        skip(); /* no python3 */
    }
    assert_int_equal(run(&out, &err,
                         "$I ingest store t.zip --replace --descriptor trial.yaml "
                         "&& $I tabulate store trial@2023 --by SEX --labels"),
                     0);
    assert_non_null(strstr(err.data, "its dictionary is left out: "));
    assert_string_equal(out.data,
                        "SEX,SEX_label,rows,value\nF,Femmes,1,1\nM,,1,1\nX,,1,1\n");
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
}

/* Before or after the data, in every format; codes in groups have no label. */
static void a_dictionary_of_its_own_serves_the_table(void **state) {
    (void)state;
    irm_buffer out = {0}, err = {0};
    static const struct {
        const char *command, *shown;
    } cases[] = {
        {"--by SITE --labels", "SITE,SITE_label,rows,value\n1,Nord,2,2\n2,Sud,1,1\n"},
        {"--by SITE", "SITE,rows,value\n1,2,2\n2,1,1\n"},
        {"--by SITE --cross KIND --labels",
         "SITE,SITE_label,rows,KIND=a,KIND=b\n1,Nord,2,1,1\n2,Sud,1,1,0\n"},
        {"--by SITE --recode SITE=groups.csv --labels", "SITE,rows,value\n1,3,3\n"},
        {"--by KIND --totals --labels",
         "KIND,KIND_label,rows,value\na,un a,2,2\nb,,1,1\ntotal,,3,3\n"},
    };
    write_in("people.csv", "SITE;KIND\n1;a\n1;b\n2;a\n");
    write_in("groups.csv", "modality,group\n1,1\n2,1\n");
    write_in("words.csv",
             "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\nSITE;Le site;01;Nord\n"
             "SITE;Le site;02;Sud\nKIND;Le genre;a;un a\n");
    int code = run(NULL, &err, "$I ingest s words.csv people.csv -d people@2020");
    if (code != 0) {
        fail_msg("%s", err.data);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_buffer command = {0};
        irm_buffer_format(&command, "$I tabulate s people@2020 %s", cases[i].command);
        if (run(&out, &err, command.data) != 0 || strcmp(out.data, cases[i].shown) != 0) {
            fail_msg("%s: %s%s; expected %s", cases[i].command, out.data, err.data,
                     cases[i].shown);
        }
        irm_buffer_clear(&command);
    }
    assert_int_equal(run(&out, NULL, "$I list s people@2020 SITE"), 0);
    assert_non_null(strstr(out.data, "SITE: Le site\n"));
    /* Of another vintage, it says nothing. */
    assert_int_equal(run(&out, NULL,
                         "$I ingest s people.csv -d people@2021 -q && "
                         "$I tabulate s people@2021 --by SITE --labels"),
                     0);
    assert_string_equal(out.data, "SITE,rows,value\n1,2,2\n2,1,1\n");
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
}

/* INSEE's own, of the regional file of 2019 and of INDCVI 2017. */
static void the_dictionaries_of_detail_files_are_read(void **state) {
    (void)state;
    static const struct {
        const char *file, *column, *code, *label;
    } reals[] = {
        {"2-microdata/Varmod_INDREG_2019.csv", "SEXE", NULL, "Sexe"},
        {"2-microdata/Varmod_INDREG_2019.csv", "REGION", "84", "Auvergne-Rhône-Alpes"},
        {"2-microdata/Varmod_INDREG_2019.csv", "REGION", "1", "Guadeloupe"},
        {"2-microdata/varmod_INDCVI_2017.csv.gz", "CANTVILLE", "0102", "Attignat (0102)"},
        {"2-microdata/varmod_INDCVI_2017.csv.gz", "WC", "X",
         "Hors logement ordinaire (DOM et France métropolitaine)"},
        {"1-rp-communes/meta_base-cc-logement-2021.CSV.gz", "P21_LOGVAC", NULL,
         "Logements vacants en 2021 (princ)"},
        {"1-rp-communes/meta_base-cc-logement-2021.CSV.gz", "CODGEO", "97424", "Cilaos"},
    };
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        char *path = test_real_data(reals[i].file);
        irm_dictionary *dictionary = NULL;
        if (path == NULL) {
            skip();
        }
        assert_ok(irm_dictionary_read(path, NULL, &dictionary, &test_error));
        const char *label =
            irm_dictionary_label(dictionary, reals[i].column, reals[i].code);
        assert_non_null(label);
        assert_string_equal(label, reals[i].label);
        irm_dictionary_free(dictionary);
        irm_free(path);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dictionary_is_told_from_its_name_or_columns),
        cmocka_unit_test(what_is_no_dictionary_is_left_to_others),
        cmocka_unit_test(codes_are_found_with_and_without_their_zeros),
        cmocka_unit_test(the_dictionary_of_an_archive_completes_the_descriptor),
        cmocka_unit_test(a_broken_dictionary_costs_its_labels_only),
        cmocka_unit_test(a_dictionary_of_its_own_serves_the_table),
        cmocka_unit_test(the_dictionaries_of_detail_files_are_read),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
