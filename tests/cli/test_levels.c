/* Every level of every kind of detail file: given with what is at hand, or refused with
 * the reason. */
#include <string.h>

#include "irminon/memory.h"
#include "support.h"

/* Two communes of a département, an arrondissement of Paris, an overseas département; of
 * deaths, one abroad and one in Polynesia too. */
static const char *const files[][2] = {
    {"FD_MIGCOM_2021.csv",
     "COMMUNE;ARM;DCRAN;AGEREVQ;IPONDI;IRAN\n"
     "01001;ZZZZZ;01001;020;1.5;1\n01002;ZZZZZ;01002;020;2;1\n"
     "75056;75101;75101;025;4;1\n97411;ZZZZZ;97411;030;8;1\n"},
    {"FD_INDCVI_2021.csv",
     "CANTVILLE;NUMMI;ARM;IRIS;DEPT;REGION;AGED;SEXE;IPONDI\n"
     "0101;1;ZZZZZ;ZZZZZZZZZ;01;84;020;1;3.5\n7599;2;75101;751010101;75;11;025;2;4\n"
     "9799;3;ZZZZZ;974110101;974;04;030;2;8\n"},
    {"FD_LOGEMT_2021.csv",
     "COMMUNE;ARM;IRIS;CATL;TYPL;STOCD;IPONDL\n"
     "01001;ZZZZZ;ZZZZZZZZZ;1;1;10;1.5\n01002;ZZZZZ;ZZZZZZZZZ;1;1;10;2\n"
     "75056;75101;751010101;1;2;21;4\n97411;ZZZZZ;974110101;1;1;10;8\n"},
    {"DC19.csv",
     "ADEC;MDEC;JDEC;DEPDEC;SEXE;ANAIS;DEPDOM;COMDOM;ETAMAT\n"
     "2019;01;01;01;1;1940;01;01001;1\n2019;01;02;75;2;1941;75;75101;1\n"
     "2019;01;03;974;2;1942;974;97411;1\n2019;01;04;75;1;1943;99;;1\n"
     "2019;01;05;75;1;1943;987;98735;1\n"},
    {"bpe_ens_2018.csv",
     "REG;DEP;DEPCOM;DCIRIS;AN;TYPEQU;NB_EQUIP\n"
     "84;01;01001;01001;2018;A401;2\n11;75;75101;751010101;2018;A401;3\n"
     "04;974;97411;974110101;2018;A401;5\n"},
};

static const char *const geography[][2] = {
    {"v_commune_2021.csv",
     "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n"
     "COM,01001,84,01,01D,012,0,A,A,A,0101,\nCOM,01002,84,01,01D,012,0,B,B,B,0101,\n"
     "COM,75056,11,75,75D,751,0,P,P,P,7599,\nCOM,97411,04,974,974D,9741,0,S,S,S,97401,\n"
     "ARM,75101,,,,,0,P1,P1,P1,,75056\n"},
    {"EPCI_2021.csv",
     "CODGEO;LIBGEO;EPCI;LIBEPCI;DEP;REG\n"
     "01001;A;200000001;CC;01;84\n01002;B;200000001;CC;01;84\n"
     "75056;P;200000002;MGP;75;11\n97411;S;200000003;CA;974;04\n"},
};

#define MIGCOM "detail-migcom@2021 --weight IPONDI"
#define INDCVI "detail-indcvi@2021 --weight IPONDI"
#define LOGEMT "detail-logemt@2021 --weight IPONDL"
#define DEATHS "detail-deaths@2019"
#define PLACES "bpe@2018 --sum NB_EQUIP"

enum { WITHOUT = 1, WITH = 2, BOTH = 3 };

/* What is given (code=value of each line), with a geography, without one, or both. */
static const struct {
    const char *table, *level;
    int store;
    const char *lines;
} given[] = {
    {MIGCOM, "com", BOTH, "01001=1.5 01002=2 75056=4 97411=8"},
    {MIGCOM, "arm", BOTH, "75101=4 ZZZZZ=11.5"},
    {MIGCOM, "dep", BOTH, "01=3.5 75=4 974=8"},
    {MIGCOM, "frm", BOTH, "=8 frm=7.5"},
    {MIGCOM, "fr", BOTH, "fr=15.5"},
    {MIGCOM, "epci", WITH, "200000001=3.5 200000002=4 200000003=8"},
    {MIGCOM, "reg", WITH, "04=8 11=4 84=3.5"},
    {INDCVI, "can", BOTH, "0101=3.5 7599=4 9799=8"},
    {INDCVI, "iris", BOTH, "751010101=4 974110101=8 ZZZZZZZZZ=3.5"},
    {INDCVI, "arm", BOTH, "75101=4 ZZZZZ=11.5"},
    {INDCVI, "dep", BOTH, "01=3.5 75=4 974=8"},
    {INDCVI, "reg", BOTH, "04=8 11=4 84=3.5"},
    {INDCVI, "frm", BOTH, "=8 frm=7.5"},
    {INDCVI, "fr", BOTH, "fr=15.5"},
    {INDCVI, "com", WITH, "=3.5 75056=4 97411=8"},
    {LOGEMT, "com", BOTH, "01001=1.5 01002=2 75056=4 97411=8"},
    {LOGEMT, "iris", BOTH, "751010101=4 974110101=8 ZZZZZZZZZ=3.5"},
    {LOGEMT, "dep", BOTH, "01=3.5 75=4 974=8"},
    {LOGEMT, "fr", BOTH, "fr=15.5"},
    {LOGEMT, "epci", WITH, "200000001=3.5 200000002=4 200000003=8"},
    {DEATHS, "com", BOTH, "=1 01001=1 75101=1 97411=1 98735=1"},
    {DEATHS, "dep", BOTH, "01=1 75=1 974=1 987=1 99=1"},
    {DEATHS, "frm", BOTH, "=3 frm=2"},
    {DEATHS, "fr", BOTH, "=2 fr=3"},
    {DEATHS, "epci", WITH, "=2 200000001=1 200000002=1 200000003=1"},
    {PLACES, "com", BOTH, "01001=2 75101=3 97411=5"},
    {PLACES, "dep", BOTH, "01=2 75=3 974=5"},
    {PLACES, "reg", BOTH, "04=5 11=3 84=2"},
    {PLACES, "fr", BOTH, "fr=10"},
};

/* What is refused, and words of the reason. */
static const struct {
    const char *table, *level;
    int store;
    const char *why;
} refused[] = {
    {MIGCOM, "iris", BOTH, "cannot be tabulated by iris: no column of it tells"},
    {MIGCOM, "epci", WITHOUT, "ingest the official geographic code"},
    {MIGCOM, "reg", WITHOUT, "ingest the official geographic code"},
    {MIGCOM, "ze", WITH, "no level 'ze' in the geography of 2021"},
    {INDCVI, "epci", BOTH,
     "it has CANTVILLE (level can), ARM (level arm), IRIS (level iris)"},
    {INDCVI, "ze", BOTH, "cannot be tabulated by ze: no column of it tells"},
    {INDCVI, "com", WITHOUT, "ingest the official geographic code"},
    {LOGEMT, "epci", WITHOUT, "ingest the official geographic code"},
    {LOGEMT, "bv", WITH, "no level 'bv' in the geography of 2021"},
    {DEATHS, "iris", BOTH, "it has DEPDOM (level dep), COMDOM (level com)"},
    {DEATHS, "arm", BOTH, "cannot be tabulated by arm: no column of it tells"},
    {DEATHS, "reg", WITHOUT, "ingest the official geographic code"},
    {PLACES, "iris", BOTH, "it has REG (level reg), DEP (level dep), DEPCOM (level com)"},
    {PLACES, "aav", WITH, "no level 'aav' in the geography of 2021"},
};

static const char *const stores[] = {"without", "with"};
static char *folder;

static void write_all(const char *const pairs[][2], size_t count) {
    for (size_t i = 0; i < count; i++) {
        char *path = irm_path_join(folder, pairs[i][0]);
        assert_ok(irm_write_file(path, pairs[i][1], strlen(pairs[i][1]), &test_error));
        irm_free(path);
    }
}

#define COUNT(array) (sizeof array / sizeof *array)

static int make_stores(void **state) {
    (void)state;
    irm_buffer err = {0};
    folder = test_folder();
    write_all(files, COUNT(files));
    write_all(geography, COUNT(geography));
    int status =
        test_run(NULL, &err,
                 "cd '%s'; for s in without with; do '%s' ingest $s -q FD_* DC19* "
                 "bpe* || exit 1; done; '%s' ingest with -q v_* EPCI*",
                 folder, IRMINON_PROGRAM, IRMINON_PROGRAM);
    if (status != 0) {
        print_error("%s", err.data);
    }
    irm_buffer_clear(&err);
    return status;
}

static int drop_stores(void **state) {
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static int tabulate(const char *store, const char *table, const char *level,
                    irm_buffer *out, irm_buffer *err) {
    return test_run(out, err, "cd '%s' && '%s' tabulate %s %s --by %s -q", folder,
                    IRMINON_PROGRAM, store, table, level);
}

/* "code=value" of each line but the header, from "code,rows,value". */
static void fold(char *text, irm_buffer *into) {
    for (char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
         line = strchr(line + 1, '\n')) {
        char *end = strchr(line + 1, '\n'), *comma = strchr(line + 1, ',');
        char *value = strchr(comma + 1, ',') + 1;
        irm_buffer_format(into, "%s%.*s=%.*s", into->size > 0 ? " " : "",
                          (int)(comma - line - 1), line + 1, (int)(end - value), value);
    }
}

static void levels_that_a_file_can_give_are_given(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(given); i++) {
        for (int s = 0; s < 2; s++) {
            irm_buffer out = {0}, err = {0}, lines = {0};
            if ((given[i].store & (1 << s)) == 0) {
                continue;
            }
            if (tabulate(stores[s], given[i].table, given[i].level, &out, &err) != 0) {
                fail_msg("%s by %s: %s", given[i].table, given[i].level, err.data);
            }
            fold(out.data, &lines);
            if (strcmp(lines.data, given[i].lines) != 0) {
                fail_msg("%s by %s, %s geography: %s", given[i].table, given[i].level,
                         stores[s], lines.data);
            }
            irm_buffer_clear(&out);
            irm_buffer_clear(&err);
            irm_buffer_clear(&lines);
        }
    }
}

static void others_are_refused_with_the_reason(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        for (int s = 0; s < 2; s++) {
            irm_buffer err = {0};
            if ((refused[i].store & (1 << s)) == 0) {
                continue;
            }
            int status =
                tabulate(stores[s], refused[i].table, refused[i].level, NULL, &err);
            if (status != 1 || strstr(err.data, refused[i].why) == NULL) {
                fail_msg("%s by %s, %s geography: %d, %s", refused[i].table,
                         refused[i].level, stores[s], status, err.data);
            }
            irm_buffer_clear(&err);
        }
    }
}

/* Two of the 96 départements are not the country: it is said. */
static void a_part_of_france_is_not_given_for_france(void **state) {
    (void)state;
    irm_buffer err = {0};
    assert_int_equal(test_run(NULL, &err, "cd '%s' && '%s' tabulate without %s --by fr",
                              folder, IRMINON_PROGRAM, INDCVI),
                     0);
    assert_non_null(strstr(err.data, "records of 2 of the 96 départements"));
    irm_buffer_clear(&err);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_that_a_file_can_give_are_given),
        cmocka_unit_test(others_are_refused_with_the_reason),
        cmocka_unit_test(a_part_of_france_is_not_given_for_france),
    };
    return cmocka_run_group_tests(tests, make_stores, drop_stores);
}
