/* Bad input, through the program: one clear error, the right exit code, the store as it
 * was, and nothing left behind. A case is a row. */
#include <unistd.h>

#include "bench.h"

typedef struct bad_case {
    const char *name;
    const char *before;  /* prepares it; may be NULL */
    const char *command; /* $I is the program */
    int code;
    const char *words; /* of the error */
} bad_case;

#define INGEST "$I ingest store "
#define AS " -d x@2020"
#define COMMUNES "files/v_commune_2023.csv"
#define HEADER "CODGEO;N;M\\n"

/* Six megabytes of dwellings whose line 150,000 is another: beyond the pieces that are
 * parsed side by side, the line is told all the same. */
#define FAR(line)                                                                       \
    "awk 'BEGIN{print \"COMMUNE;IRIS;CATL;TYPL;STOCD;IPONDL\"; for(i=2;i<=200000;i++) " \
    "print i==150000 ? \"" line "\" : \"01001;ZZZZZZZZZ;1;1;10;1.25\"}' > far.csv"
#define DWELLINGS " -d detail-logemt@2021"

static const bad_case files[] = {
    {"a broken number far in a file", FAR("01001;ZZZZZZZZZ;1;1;10;1x2"),
     INGEST "far.csv" DWELLINGS, 1,
     "far.csv:150000:6: column IPONDL: '1x2' is not a number"},
    {"a cut line far in a file", FAR("01001;ZZZZZZZZZ;1;1;10"),
     INGEST "far.csv" DWELLINGS, 1,
     "far.csv:150000:6: this line has 5 fields, the header has 6"},
    {"a quote left open far in a file", FAR("01001;ZZZZZZZZZ;1;1;\\\"10;1"),
     INGEST "far.csv" DWELLINGS, 1,
     "far.csv:150000: the quote opened on this line (field 5) is never closed"},
    {"a pipe that ends within a line", FAR("01001;ZZZZZZZZZ;1;1;10;1"),
     "head -c 3000000 far.csv | " INGEST "-" DWELLINGS, 1,
     "<stdin>:107143:4: this line has 3 fields, the header has 6"},
    {"a truncated xz through a pipe", NULL,
     "xz -c " COMMUNES " | head -c 1500 | xz -dc 2>/dev/null | " INGEST "-" AS, 1,
     "irminon: error: <stdin>"},
    {"truncated gz", "gzip -c " COMMUNES " | head -c 2000 > t.csv.gz",
     INGEST "t.csv.gz" AS, 1, "t.csv.gz: cannot read: truncated or damaged file"},
    {"truncated xz", "xz -c " COMMUNES " | head -c 1500 > t.csv.xz", INGEST "t.csv.xz" AS,
     1, "t.csv.xz: cannot read: truncated or damaged file"},
    {"truncated zip", "head -c 3000 files/DS_FILOSOFI_CC_2021_CSV_FR.zip > t.zip",
     INGEST "t.zip", 1, "t.zip"},
    {"an open quote", "printf '" HEADER "01001;\"1;2\\n01002;1;2\\n' > q.csv",
     INGEST "q.csv" AS, 1,
     "q.csv:2: the quote opened on this line (field 2) is never closed"},
    {"a cut line", "printf '" HEADER "01001;1;2\\n01002;1' > c.csv", INGEST "c.csv" AS, 1,
     "c.csv:3:3: this line has 2 fields, the header has 3"},
    {"an empty file", ": > e.csv", INGEST "e.csv" AS, 1, "e.csv: the file is empty"},
    {"an empty gz", ": | gzip > e.csv.gz", INGEST "e.csv.gz" AS, 1,
     "e.csv.gz: the file is empty"},
    {"empty standard input", NULL, INGEST "-" AS " < /dev/null", 1, "the file is empty"},
    {"a binary file", "printf '\\001\\002\\000\\003%1000s' x > b.csv", INGEST "b.csv" AS,
     1, "b.csv"},
    {"the program itself", NULL, INGEST "$I" AS, 1, "not a text file"},
    {"a wrong delimiter", "printf 'CODGEO:N\\n01001:1\\n' > d.csv", INGEST "d.csv" AS, 1,
     "d.csv:1: one column, 'CODGEO:N': no delimiter was found"},
    {"a header alone", "printf '" HEADER "' > h.csv", INGEST "h.csv" AS, 1,
     "h.csv:1: the file holds a header and no row"},
    {"an unknown header", "printf 'A;B\\n1;2\\n' > u.csv", INGEST "u.csv", 1,
     "u.csv:1: no known dataset has this header; name it with --dataset ID@VINTAGE"},
    {"a family without its year", "cp files/EPCI_2023.csv epci.csv", INGEST "epci.csv", 2,
     "--dataset epci-composition@"},
    {"text in a number",
     "sed '2s/;[0-9]*;/;many;/' files/base_cc_comparateur.CSV > base_cc_comparateur.CSV",
     INGEST "base_cc_comparateur.CSV --replace", 1, "base_cc_comparateur.CSV:2:2"},
    {"a key twice",
     "{ cat files/base_cc_comparateur.CSV; sed -n 2p files/base_cc_comparateur.CSV; } > "
     "base_cc_comparateur.CSV",
     INGEST "base_cc_comparateur.CSV --replace", 1, "base_cc_comparateur.CSV:122"},
    {"a directory", "mkdir -p folder", INGEST "folder" AS, 1, "folder: is a folder"},
    {"no such file", NULL, INGEST "nowhere.csv" AS, 1,
     "nowhere.csv: cannot open: No such file or directory"},
    {"a layer that is none", "echo '{}' > l.geojson", INGEST "l.geojson" AS, 1,
     "l.geojson"},
    {"a table that exists", NULL, INGEST COMMUNES, 1,
     "already has the table 'cog-communes@2023'"},
    {"a bad name", "printf '" HEADER "01001;1;2\\n' > n.csv",
     INGEST "n.csv -d 'a/b@2020'", 2, "expected NAME@YEAR"},
    {"a good file, then a bad one", "printf '" HEADER "01001;1\\n' > c.csv",
     INGEST "c.csv" AS, 1, "c.csv:2"},
};

static const bad_case stores[] = {
    {"no store", NULL, "$I list nowhere", 1, "nowhere: no such store"},
    {"a folder that is no store", "mkdir -p other && echo hello > other/a",
     "$I list other", 1, "other: not a store"},
    {"ingest into another's folder", NULL, "$I ingest other " COMMUNES, 2,
     "other: this folder is not a store and is not empty"},
    {"a file as a store", "echo a > file", "$I list file", 1, "file: not a store"},
    {"a truncated table",
     "rm -rf broken; cp -r store broken; t=broken/tables/rp-comparateur@2018.h5; "
     "head -c 9000 $t > half; mv half $t",
     "$I describe broken rp-comparateur@2018", 1,
     "rp-comparateur@2018.h5: truncated, corrupt, or not an HDF5 file"},
    {"a store with a truncated table, checked", NULL, "$I check broken", 1,
     "rp-comparateur@2018.h5: truncated, corrupt"},
    {"an empty table file", ": > broken/tables/rp-comparateur@2018.h5",
     "$I export broken rp-comparateur@2018 -o -", 1, "rp-comparateur@2018.h5"},
};

/* What a damaged table does not prevent. */
#define DAMAGE \
    "rm -rf broken; cp -r store broken; : > broken/tables/rp-comparateur@2018.h5"
static const bad_case around_damage[] = {
    {"the tables listed", DAMAGE, "$I list broken", 0,
     "warning: broken/tables/rp-comparateur@2018.h5: truncated, corrupt, or not an HDF5 "
     "file; remove the table, or ingest the table again with --replace; the store is "
     "read "
     "without 'rp-comparateur@2018'"},
    {"a territory found", NULL, "$I find broken vallons-clairs | grep -q com:20091", 0,
     "rp-comparateur@2018.h5"},
    {"the table ingested over", NULL,
     "$I ingest broken files/base_cc_comparateur.CSV --replace && $I check broken", 0,
     "all readable"},
    {"the table removed", DAMAGE,
     "$I remove broken rp-comparateur@2018 && $I check broken", 0, "all readable"},
};

static const bad_case yaml[] = {
    {"a descriptor with a mistake", "printf 'id: mine\\nshape: square\\n' > mine.yaml",
     "$I check mine.yaml", 1, "mine.yaml:2:8"},
    {"a descriptor given to ingest", NULL,
     INGEST "files/iris_2023.csv --descriptor mine.yaml", 1, "mine.yaml:2:8"},
    {"a descriptor that is not YAML", "printf 'id: [\\n' > torn.yaml",
     "$I check torn.yaml", 1, "torn.yaml:"},
    {"a catalogue with a mistake",
     "printf 'theme: t\\nlabel: {fr: a, en: a}\\nindicators:\\n  - id: i\\n    kind: "
     "cont\\n' > "
     "cat.yaml",
     "$I check cat.yaml", 1, "cat.yaml:5:11"},
    {"a catalogue given to indicators", NULL,
     "$I indicators store --level com --catalogue cat.yaml -o -", 1, "cat.yaml:5:11"},
    {"no such catalogue", NULL,
     "$I indicators store --level com --catalogue no.yaml -o -", 1, "no.yaml"},
};

static const bad_case names[] = {
    {"an unknown territory", NULL, "$I portrait store 'Vallons-Clair' -o p", 1,
     "did you mean com:20091 (Les Vallons-Clairs)"},
    {"an unknown code", NULL, "$I portrait store com:20999 -o p", 1, "'20999'"},
    {"an unknown level", NULL, "$I indicators store --level commune -o -", 1,
     "no level 'commune'"},
    {"an unknown indicator", NULL,
     "$I indicators store --level com --indicator populatoin -o -", 1,
     "did you mean \"population\"?"},
    {"an unknown theme", NULL, "$I indicators store --level com --theme housin -o -", 1,
     "did you mean 'housing'?"},
    {"an unknown theme of the catalogue", NULL, "$I catalogue --theme housin", 1,
     "did you mean 'housing'?"},
    {"an unknown table", NULL, "$I describe store rp-comparateur@2019", 1,
     "did you mean 'rp-comparateur@2018'?"},
    {"removing an unknown table", NULL, "$I remove store rp@2018", 1,
     "has no table 'rp@2018'"},
    {"an unknown column", NULL, "$I tabulate store rp-comparateur@2018 --by CODGE", 1,
     "did you mean 'CODGEO'?"},
    {"a bad expression", NULL,
     "$I tabulate store rp-comparateur@2018 --by CODGEO --where 'P18_POP >'", 2,
     "character 10: expected a value, found the end"},
    {"a ratio summed", NULL,
     "$I tabulate store rp-comparateur@2018 --by CODGEO --sum TP6019", 1,
     "TP6019 is of kind ratio: it does not add up"},
    {"a map without outlines", NULL, "$I map store population -o m.svg", 1,
     "ingest a layer of communes"},
};

static const bad_case outputs[] = {
    {"no such folder", NULL, "$I indicators store --level com -o no/such.csv", 1,
     "no/such.csv: cannot write"},
    {"an unknown extension", NULL, "$I indicators store --level com -o x.foo", 2,
     "the extension says the format"},
    {"a folder as output", "mkdir -p a.csv",
     "$I export store rp-comparateur@2018 -o a.csv", 1, "a.csv"},
    {"a file as a folder", "echo a > file", "$I portrait store com:20091 -o file", 1,
     "file: "},
    {"a full device", NULL, "$I export store rp-comparateur@2018 -o - > /dev/full", 1,
     "cannot write: No space left on device"},
    {"a full disk, at export", NULL,
     "ulimit -f 8; $I export store rp-comparateur@2018 -o x.csv", 1,
     "x.csv: cannot write"},
    {"a full disk, as a spreadsheet", NULL,
     "ulimit -f 8; $I export store rp-comparateur@2018 -o x.xlsx", 1, "x.xlsx"},
    {"a full disk, as HDF5", NULL,
     "ulimit -f 8; $I export store rp-comparateur@2018 -o x.h5", 1, "x.h5"},
    {"a full disk, at ingest", NULL,
     "ulimit -f 8; $I ingest store files/FD_LOGEMT_2021.csv", 1,
     "detail-logemt@2021.h5: cannot write"},
    {"a full disk, at a portrait", NULL, "ulimit -f 8; $I portrait store com:20091 -o p",
     1, "p/"},
};

static const bad_case usage[] = {
    {"an unknown command", NULL, "$I ingets store", 2, "did you mean 'ingest'?"},
    {"too few words", NULL, "$I ingest store", 2, "too few words after 'ingest'"},
    {"an unknown option", NULL, "$I list store --foo", 2, "unknown option '--foo'"},
    {"an option without its value", NULL, "$I find store --limit", 2,
     "--limit wants a value"},
    {"text for a number", NULL, "$I find store x --limit abc", 2,
     "--limit wants a whole number from 1 to 100000, not 'abc'"},
    {"a bad year", NULL, "$I indicators store --level com --year 18x -o -", 2,
     "--year wants a whole number"},
    {"no output", NULL, "$I indicators store --level com", 2, "where to write? (-o FILE"},
    {"no level", NULL, "$I indicators store -o -", 2, "--level"},
    {"a bad language", NULL, "$I catalogue store --lang de", 2,
     "--lang is fr or en, not 'de'"},
    {"neither territory nor level", NULL, "$I portrait store -o p", 2,
     "name a TERRITORY"},
};

/* One line tells the error; after bad usage, two more how to do better. */
static void one_error(const bad_case *c, const char *text) {
    size_t errors = 0;
    for (const char *line = text; line != NULL && *line != '\0';) {
        errors += strncmp(line, "irminon: error: ", 16) == 0 ? 1 : 0;
        /* libxlsxwriter tells what it meets by itself. */
        bool library = strncmp(line, "[ERROR]", 7) == 0;
        bool hint = c->code == 2 &&
                    (strncmp(line, "usage: ", 7) == 0 || strncmp(line, "See ", 4) == 0);
        if (strncmp(line, "irminon: ", 9) != 0 && !hint && !library) {
            fail_msg("%s: a stray line: %s", c->name, text);
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (errors != 1) {
        fail_msg("%s: %zu errors: %s", c->name, errors, text);
    }
}

static void run_case(const bad_case *c, const char *digest) {
    irm_buffer err = {0};
    if (c->before != NULL && bench_run(NULL, &err, c->before) != 0) {
        fail_msg("%s: %s", c->name, err.data);
    }
    int code = bench_run(NULL, &err, c->command);
    if (code != c->code || strstr(err.data, c->words) == NULL) {
        fail_msg("%s: exit code %d, expected %d with \"%s\": %s", c->name, code, c->code,
                 c->words, err.data);
    }
    one_error(c, err.data);
    irm_buffer_clear(&err);
    char *now = bench_digest();
    if (strcmp(now, digest) != 0) {
        fail_msg("%s: the store changed\n%s%s", c->name, digest, now);
    }
    irm_free(now);
    bench_is_clean(c->name);
}

static void run_cases(const bad_case *cases, size_t count) {
    char *digest = bench_digest();
    for (size_t i = 0; i < count; i++) {
        run_case(&cases[i], digest);
    }
    irm_free(digest);
}

#define RUN(cases) run_cases(cases, sizeof cases / sizeof *cases)

static void bad_files_are_refused(void **state) {
    (void)state;
    RUN(files);
}

static void what_is_no_store_is_refused(void **state) {
    (void)state;
    RUN(stores);
}

static void a_damaged_table_keeps_no_other_away(void **state) {
    (void)state;
    irm_buffer err = {0};
    for (size_t i = 0; i < sizeof around_damage / sizeof *around_damage; i++) {
        const bad_case *c = &around_damage[i];
        if ((c->before != NULL && bench_run(NULL, NULL, c->before) != 0) ||
            bench_run(NULL, &err, c->command) != c->code ||
            strstr(err.data, c->words) == NULL) {
            fail_msg("%s: expected \"%s\": %s", c->name, c->words, err.data);
        }
    }
    irm_buffer_clear(&err);
}

static void mistakes_of_yaml_are_told_with_their_place(void **state) {
    (void)state;
    RUN(yaml);
}

static void unknown_names_are_told_with_the_nearest(void **state) {
    (void)state;
    RUN(names);
}

static void outputs_that_fail_leave_nothing(void **state) {
    (void)state;
    RUN(outputs);
}

static void bad_usage_is_told_apart(void **state) {
    (void)state;
    RUN(usage);
}

static void a_path_that_cannot_be_read_is_refused(void **state) {
    (void)state;
    static const bad_case cases[] = {
        {"no right to read", "cp " COMMUNES " r.csv; chmod 000 r.csv", INGEST "r.csv" AS,
         1, "r.csv: cannot open: Permission denied"},
    };
    if (geteuid() == 0) {
        skip(); /* root reads all */
    }
    RUN(cases);
}

/* An endless input, so that the signal always comes while it is being read. */
static void an_interrupted_ingest_leaves_the_store(void **state) {
    (void)state;
    static const struct {
        const char *signal;
        int code;
    } signals[] = {{"INT", 1}, {"TERM", 1}, {"KILL", 137}};
    char *digest = bench_digest();
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        char command[512];
        snprintf(command, sizeof command,
                 "{ printf 'A;B\\n'; yes '1;2'; } 2>/dev/null | timeout "
                 "--preserve-status -s %s "
                 "0.3 $I ingest store - -d big@2020",
                 signals[i].signal);
        irm_buffer err = {0};
        int code = bench_run(NULL, &err, command);
        if (code != signals[i].code ||
            (code == 1 && strstr(err.data, "interrupted") == NULL)) {
            fail_msg("%s: %d %s", signals[i].signal, code, err.data);
        }
        irm_buffer_clear(&err);
        char *now = bench_digest();
        assert_string_equal(now, digest);
        irm_free(now);
        bench_is_clean(signals[i].signal);
    }
    assert_int_equal(bench_run(NULL, NULL, "$I list store"), 0);
    irm_free(digest);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(what_is_no_store_is_refused),
        cmocka_unit_test(a_damaged_table_keeps_no_other_away),
        cmocka_unit_test(mistakes_of_yaml_are_told_with_their_place),
        cmocka_unit_test(unknown_names_are_told_with_the_nearest),
        cmocka_unit_test(outputs_that_fail_leave_nothing),
        cmocka_unit_test(bad_usage_is_told_apart),
        cmocka_unit_test(a_path_that_cannot_be_read_is_refused),
        cmocka_unit_test(an_interrupted_ingest_leaves_the_store),
    };
    return cmocka_run_group_tests(tests, bench_begin, bench_end);
}
