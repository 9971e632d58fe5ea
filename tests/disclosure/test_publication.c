/* The command that publishes confidential figures, on its published tables. */
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "support.h"

typedef struct place {
    char *folder, *input, *zones, *output;
} place;

static void setup(place *p, const char *rows) {
    static const char zones[] = "code,zone\nA,N\nB,N\nC,S\nD,S\n";
    p->folder = test_folder();
    p->input = irm_path_join(p->folder, "in.csv");
    p->zones = irm_path_join(p->folder, "zones.csv");
    p->output = irm_path_join(p->folder, "out.csv");
    assert_ok(irm_write_file(p->input, rows, strlen(rows), &test_error));
    assert_ok(irm_write_file(p->zones, zones, strlen(zones), &test_error));
}

static void teardown(place *p) {
    test_folder_remove(p->folder);
    irm_free(p->input);
    irm_free(p->zones);
    irm_free(p->output);
}

static void read_text(const char *path, irm_buffer *text) {
    assert_ok(irm_read_file(path, text, &test_error));
    irm_buffer_add(text, "", 0);
}

static const char rows[] =
    "commune,epci,benefit,n\nA,E1,x,3\nA,E1,y,40\nB,E1,x,20\nB,E1,y,30\nC,E1,x,25\n"
    "C,E1,y,0\nD,E2,x,60\nD,E2,y,50\n";

static void zonings_that_do_not_nest_are_protected_together(void **state) {
    (void)state;
    place p;
    irm_buffer err = {0}, text = {0}, again = {0}, audit = {0};
    setup(&p, rows);
    const char *command =
        "'%s' protect '%s' --by commune,benefit --value n --threshold 5 "
        "--zonings 'epci,z=%s' -o '%s' --audit";
    assert_int_equal(
        test_run(NULL, &err, command, IRMINON_PROGRAM, p.input, p.zones, p.output), 0);
    read_text(p.output, &text);
    assert_non_null(strstr(text.data, "level,commune,benefit,value,state\n"));
    assert_non_null(strstr(text.data, "commune,A,x,s,secret\n"));
    assert_non_null(strstr(text.data, "commune,C,y,0,zero\n"));
    assert_non_null(strstr(text.data, "total,total,total,228,value\n"));
    char *path = irm_path_join(p.folder, "out.audit.csv");
    read_text(path, &audit);
    assert_non_null(strstr(audit.data, "commune,A,x,s,1,"));
    assert_null(strstr(audit.data, ",no,threshold"));
    /* The same bytes again. */
    assert_int_equal(
        test_run(NULL, NULL, command, IRMINON_PROGRAM, p.input, p.zones, p.output), 0);
    read_text(p.output, &again);
    assert_string_equal(text.data, again.data);
    irm_free(path);
    irm_buffer_clear(&text);
    irm_buffer_clear(&again);
    irm_buffer_clear(&audit);
    irm_buffer_clear(&err);
    teardown(&p);
}

static void fails(const char *input, const char *options, int status, const char *words) {
    place p;
    irm_buffer err = {0};
    setup(&p, input);
    int exit = test_run(NULL, &err, "'%s' protect '%s' --by commune,benefit -o '%s' %s",
                        IRMINON_PROGRAM, p.input, p.output, options);
    if (exit != status || strstr(err.data, words) == NULL) {
        fail_msg("exit %d: %s", exit, err.data);
    }
    assert_false(irm_path_exists(p.output));
    irm_buffer_clear(&err);
    teardown(&p);
}

static void what_cannot_be_protected_is_told_and_not_written(void **state) {
    (void)state;
    fails("commune,benefit,n\nA,x,3\n", "--value n --threshold 5 --keep total", 1,
          "asked to be shown");
}

static void bad_input_is_told_with_its_place(void **state) {
    (void)state;
    fails("commune,benefit,n\nA,x,3\nB,x,s\n", "--value n --threshold 5", 1,
          "in.csv:3:3");
    fails("commune,benefit,n\nA,x,-3\n", "--value n --threshold 5", 1, "0 or more");
    fails("commune,benefit,n\nA,x\n", "--value n --threshold 5", 1, "fields");
    fails("commune,benefit,n\n,x,3\n", "--value n --threshold 5", 1, "empty");
    fails("commune,benefit,n\n", "--value n --threshold 5", 1, "no row");
    fails(rows, "--value m --threshold 5", 1, "no column is called 'm'");
    fails(rows, "--value n", 2, "by what rule?");
    fails(rows, "--value n --threshold 1", 2, "--threshold wants");
    fails(rows, "--value n --dominance 3", 2, "--dominance wants n,k");
    fails(rows, "--threshold 5 --p-percent 10", 2, "give them with --value");
    fails(rows, "--value n --threshold 5 --keep nowhere", 2,
          "no level is called 'nowhere'");
    fails("commune,epci,benefit,n\nA,E1,x,3\nA,E2,y,3\n",
          "--value n --threshold 5 --zonings epci", 1, "two zones of epci");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zonings_that_do_not_nest_are_protected_together),
        cmocka_unit_test(what_cannot_be_protected_is_told_and_not_written),
        cmocka_unit_test(bad_input_is_told_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
