/* What the program fetches from a server of the loopback (server.py). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "irminon/download.h"
#include "irminon/memory.h"
#include "support.h"

static char *bench; /* served/ what the server has, got/ what is fetched */
static int port;
static pid_t server;
static FILE *server_input, *server_output;

/* Runs a command line in the folder; $I is the program, $F fetches by the server. */
static int run(irm_buffer *out, irm_buffer *err, const char *command) {
    return test_run(
        out, err,
        "cd '%s'; unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy "
        "ALL_PROXY no_proxy NO_PROXY; export LC_ALL=C.UTF-8 I='%s' P=%d; "
        "F=\"$I fetch --base-url http://127.0.0.1:$P --wait 0 --timeout 2 "
        "--descriptor trial.yaml -o got\"\n%s",
        bench, IRMINON_PROGRAM, port, command);
}

static void start_server(void) {
    int to[2], from[2];
    char *script = test_source_path("tests/download/server.py");
    char *served = irm_path_join(bench, "served");
    assert_int_equal(pipe(to) + pipe(from), 0);
    server = fork();
    if (server == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[1]);
        close(from[0]);
        execlp("python3", "python3", script, served, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    server_input = fdopen(to[1], "w");
    server_output = fdopen(from[0], "r");
    if (fscanf(server_output, "%d", &port) != 1) {
        port = 0;
    }
    irm_free(script);
    irm_free(served);
}

static int begin(void **state) {
    (void)state;
    irm_buffer err = {0};
    bench = test_folder();
    int status = run(NULL, &err,
                     "$I sample files -q && mkdir served && cp files/v_region_2023.csv "
                     "files/DS_FILOSOFI_CC_2021_CSV_FR.zip served/ && "
                     "cp files/v_commune_2023.csv served/big.csv");
    if (status != 0) {
        print_error("%s", err.data);
    }
    irm_buffer_clear(&err);
    irm_buffer yaml = {0};
    /* One family a manner; {yyyy} is there so that one of them has years. */
    static const char *const manners[] = {
        "ok",      "absent",  "forbidden", "loop",      "local",    "redirect",
        "busy",    "down",    "page",      "disguised", "json",     "empty",
        "damaged", "tail",    "drip",      "chunked",   "nameless", "changed",
        "cut",     "shifted", "stall",     "held"};
    irm_buffer_text(&yaml,
                    "id: trial\ntitle: {fr: Essai}\nshape: detail\nproducer: Nobody\n"
                    "licence: None\nfetch:\n");
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        bool zip = strcmp(manners[i], "damaged") == 0 || strcmp(manners[i], "tail") == 0;
        irm_buffer_format(&yaml,
                          "  - {url: \"http://files.test/%s/%s\", file: \"%s.%s\", "
                          "vintages: \"%zu\"}\n",
                          manners[i], zip ? "DS_FILOSOFI_CC_2021_CSV_FR.zip" : "big.csv",
                          manners[i], zip ? "zip" : "csv", 2000 + i);
    }
    irm_buffer_text(&yaml, "columns:\n  - {name: A}\n");
    char *path = irm_path_join(bench, "trial.yaml");
    assert_ok(irm_write_file(path, yaml.data, yaml.size, &test_error));
    irm_free(path);
    irm_buffer_clear(&yaml);
    start_server();
    return status;
}

static int finish(void **state) {
    (void)state;
    fclose(server_input);
    fclose(server_output);
    waitpid(server, NULL, 0);
    test_folder_remove(bench);
    return 0;
}

static void need_server(void) {
    if (port == 0) {
        print_message("no python3: the server cannot start\n");
        skip();
    }
}

typedef struct fetch_case {
    const char *name, *command;
    int code;
    const char *words; /* on standard error */
} fetch_case;

/* Whatever fails leaves nothing that has the file's name, nor a line in sources.json. */
static const fetch_case failures[] = {
    {"no such file", "$F trial@2001", 1,
     "/files.test/absent/big.csv: the server has no such file (HTTP 404)"},
    {"refused", "$F trial@2002", 1, "the server refuses it (some do to programs"},
    {"redirected without end", "$F trial@2003", 1, "it is redirected without an end"},
    {"redirected to a file of ours", "$F trial@2004", 1,
     "leads to what is not, an address of the web"},
    {"always busy", "$F trial@2007 --retries 2", 1,
     "after 3 attempts: the server failed (HTTP 503)"},
    {"a page instead of a table", "$F trial@2008", 1,
     "the server sent a web page instead of a table: Maintenance"},
    {"a page that says it is a table", "$F trial@2009", 1,
     "the server sent a web page instead of a table: <HTML><BODY>Erreur interne"},
    {"an error as JSON", "$F trial@2010", 1,
     "the server sent something else instead of a"},
    {"an empty file", "$F trial@2011", 1, "the server sent an empty file"},
    {"a damaged archive", "$F trial@2012", 1, "the archive that came is damaged"},
    {"an archive without its end", "$F trial@2013", 1,
     "the archive that came is damaged"},
    {"cut short each time", "$F trial@2016 --retries 1", 1,
     "after 2 attempts: the file was cut short"},
    {"nobody listens", "$F trial@2000 --base-url http://127.0.0.1:1 --retries 0", 1,
     "its host does not answer"},
    {"no such host", "$F trial@2000 --base-url http://nowhere.invalid", 1,
     "its host is not found: is there a network?"},
    {"no TLS there", "$F trial@2000 --base-url https://127.0.0.1:$P --retries 0", 1,
     "the connection is not safe (TLS)"},
    {"a full disk", "ulimit -f 4; $F trial@2000", 1, "got/ok.csv: cannot write: "},
    {"an unknown family", "$F cog-comunes", 1, "did you mean 'cog-communes'?"},
    {"an unknown vintage", "$F cog-communes@2010", 1,
     "no address is known of cog-communes@2010; known: 2023 2024 2025 2026"},
    {"a family without an address", "$F detail-deaths", 1,
     "no address is known of the files of detail-deaths; look at https://www.insee.fr"},
    {"no folder", "$I fetch caf-communal", 2, "where to put the files? (-o FOLDER)"},
    {"no year", "$F caf-communal@x", 2, "expected ID or ID@YEAR"},
};

static void what_fails_is_told_and_leaves_nothing(void **state) {
    (void)state;
    need_server();
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        const fetch_case *c = &failures[i];
        irm_buffer err = {0}, left = {0};
        run(NULL, NULL, "rm -rf got");
        int code = run(NULL, &err, c->command);
        if (code != c->code || strstr(err.data, c->words) == NULL) {
            fail_msg("%s: exit code %d, expected %d with \"%s\": %s", c->name, code,
                     c->code, c->words, err.data);
        }
        run(&left, NULL, "find got -type f ! -name .lock 2>/dev/null");
        if (left.size > 1) {
            fail_msg("%s: left behind: %s", c->name, left.data);
        }
        irm_buffer_clear(&err);
        irm_buffer_clear(&left);
    }
}

/* The file is got whole, whatever befell it. */
static const fetch_case successes[] = {
    {"at once", "$F trial@2000", 0, "ok.csv: fetched, "},
    {"with its date", "$F trial@2000", 0, "published 2026-06-30"},
    {"redirected", "$F trial@2005", 0, "redirect.csv: fetched"},
    {"busy twice", "$F trial@2006", 0, "the server failed (HTTP 503); trying again"},
    {"slowly", "$F trial@2014", 0, "drip.csv: fetched"},
    {"without a length", "$F trial@2015", 0, "chunked.csv: fetched"},
    {"cut once", "$F trial@2018", 0, "the file was cut short"},
    {"another part than asked", "$F trial@2019", 0,
     "the server sent another part than the one asked for; trying again"},
    {"stalled once", "$F trial@2020 --timeout 1", 0, "nothing comes any more"},
    {"by a proxy",
     "$I fetch trial@2000 --descriptor trial.yaml -o got --proxy "
     "http://127.0.0.1:$P --pause 0",
     0, "ok.csv: fetched"},
};

static void what_can_pass_is_got_whole(void **state) {
    (void)state;
    need_server();
    for (size_t i = 0; i < sizeof successes / sizeof *successes; i++) {
        const fetch_case *c = &successes[i];
        irm_buffer out = {0}, err = {0};
        run(NULL, NULL, "rm -rf got");
        int code = run(&out, &err, c->command);
        if (code != 0 || strstr(err.data, c->words) == NULL) {
            fail_msg("%s: exit code %d, expected \"%s\": %s", c->name, code, c->words,
                     err.data);
        }
        /* Its line is what sha256sum -c reads; nothing else is left. */
        char *sums = irm_path_join(bench, "sums");
        assert_ok(irm_write_file(sums, out.data, out.size - 1, &test_error));
        irm_free(sums);
        if (run(&out, &err,
                "cd got && sha256sum -c ../sums >/dev/null && cmp *.csv "
                "../served/big.csv && "
                "test \"$(ls -A | wc -l)\" = 3 -a -e sources.json -a -e .lock") != 0) {
            fail_msg("%s: %s%s", c->name, out.data, err.data);
        }
        irm_buffer_clear(&out);
        irm_buffer_clear(&err);
    }
}

static void a_part_is_gone_on_with_if_the_file_is_the_same(void **state) {
    (void)state;
    need_server();
    irm_buffer out = {0};
    run(NULL, NULL, "rm -rf got; : > served/requests.log");
    assert_int_equal(run(NULL, NULL, "$F trial@2017"), 0);
    /* It changed on the server after a first half: the new one, from its start. */
    assert_int_equal(run(NULL, NULL,
                         "python3 -c \"a=open('served/big.csv','rb').read(); "
                         "b=open('got/changed.csv','rb').read(); "
                         "assert a[::-1] == b\""),
                     0);
    run(&out, NULL, "cat served/requests.log");
    assert_non_null(strstr(out.data, "changed - irminon/"));
    assert_non_null(strstr(out.data, "changed bytes="));
    irm_buffer_clear(&out);
}

static void an_interrupted_fetch_is_resumed_by_the_next(void **state) {
    (void)state;
    need_server();
    irm_buffer out = {0}, err = {0};
    int code =
        run(NULL, &err,
            "rm -rf got; : > served/requests.log; $F --timeout 60 trial@2021 & pid=$!; "
            "for i in $(seq 200); do test -s got/.held.csv.part && break; sleep 0.05; "
            "done; kill -INT $pid; wait $pid");
    assert_int_equal(code, 1);
    assert_non_null(strstr(err.data, "interrupted"));
    assert_int_equal(run(NULL, NULL, "test -s got/.held.csv.part -a ! -e got/held.csv"),
                     0);
    assert_int_equal(run(NULL, NULL, "$F trial@2021 && cmp got/held.csv served/big.csv"),
                     0);
    run(&out, NULL, "grep -c 'held bytes=[1-9]' served/requests.log");
    assert_string_equal(out.data, "1\n");
    assert_int_equal(
        run(NULL, NULL, "test ! -e got/.held.csv.part -a ! -e got/.held.csv.tag"), 0);
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
}

static void what_is_there_is_left_alone(void **state) {
    (void)state;
    need_server();
    irm_buffer err = {0}, out = {0};
    run(NULL, NULL, "rm -rf got");
    assert_int_equal(run(NULL, NULL, "$F trial@2000 && : > served/requests.log"), 0);
    assert_int_equal(run(NULL, &err, "$F trial@2000"), 0);
    assert_non_null(strstr(err.data, "there already, unchanged"));
    run(&out, NULL, "cat served/requests.log");
    assert_int_equal(strlen(out.data), 0);
    assert_int_equal(run(NULL, &err, "echo mine >> got/ok.csv; $F trial@2000"), 1);
    assert_non_null(strstr(err.data, "--refresh replaces it"));
    assert_int_equal(run(NULL, NULL, "grep -q mine got/ok.csv"), 0);
    assert_int_equal(
        run(NULL, NULL, "$F trial@2000 --refresh && cmp got/ok.csv served/big.csv"), 0);
    irm_buffer_clear(&err);
    irm_buffer_clear(&out);
}

/* From the addresses of the descriptors to the lineage of the tables. */
static void what_was_fetched_is_ingested_with_where_it_comes_from(void **state) {
    (void)state;
    need_server();
    irm_buffer out = {0}, err = {0};
    /* The server has the paths of the addresses, in a manner it does not know. */
    assert_int_equal(
        run(NULL, NULL,
            "rm -rf got store; cd served; mkdir -p statistiques/fichier/6800675 "
            "file/DS_FILOSOFI_CC; cp v_region_2023.csv statistiques/fichier/6800675/; "
            "cp DS_FILOSOFI_CC_2021_CSV_FR.zip "
            "file/DS_FILOSOFI_CC/DS_FILOSOFI_CC_2021_CSV_FR"),
        0);
    int code = run(&out, &err,
                   "$F cog-regions@2023 ds-filosofi-cc@2021 && cat got/sources.json");
    if (code != 0) {
        fail_msg("%s", err.data);
    }
    assert_non_null(
        strstr(out.data, "\"dataset\": \"ds-filosofi-cc\",\n      \"vintage\": 2021"));
    assert_non_null(strstr(out.data, "\"licence\": \"Licence Ouverte / Etalab 2.0\""));
    code = run(&out, &err, "$I ingest store got && $I list store ds-filosofi-cc@2021");
    if (code != 0) {
        fail_msg("%s", err.data);
    }
    assert_non_null(strstr(err.data, "cog-regions@2023: "));
    assert_non_null(strstr(out.data, "source_date    2026-06-30"));
    assert_non_null(
        strstr(out.data, "/melodi/file/DS_FILOSOFI_CC/DS_FILOSOFI_CC_2021_CSV_FR"));
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
}

static void the_list_tells_vintages_licences_and_addresses(void **state) {
    (void)state;
    irm_buffer out = {0};
    assert_int_equal(run(&out, NULL, "$I fetch --list"), 0);
    assert_non_null(strstr(out.data,
                           " 2023    Licence Ouverte / Etalab 2.0 https://api.insee.fr/"
                           "melodi/file/DS_RP_LOGEMENT_PRINC/DS_RP_LOGEMENT_PRINC_2023_"
                           "CSV_FR\n"));
    assert_int_equal(run(&out, NULL, "$I fetch --list 'cog-r*' | wc -l"), 0);
    assert_int_equal(atoi(out.data), 5);
    irm_buffer_clear(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fails_is_told_and_leaves_nothing),
        cmocka_unit_test(what_can_pass_is_got_whole),
        cmocka_unit_test(a_part_is_gone_on_with_if_the_file_is_the_same),
        cmocka_unit_test(an_interrupted_fetch_is_resumed_by_the_next),
        cmocka_unit_test(what_is_there_is_left_alone),
        cmocka_unit_test(what_was_fetched_is_ingested_with_where_it_comes_from),
        cmocka_unit_test(the_list_tells_vintages_licences_and_addresses),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
