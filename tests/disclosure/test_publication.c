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

/* A total beside its parts gives what a row a part gives, the group named as the total.
 */
static void a_total_and_its_parts_are_one_more_group(void **state) {
    (void)state;
    place p;
    irm_buffer err = {0}, text = {0};
    setup(&p,
          "commune,epci,A,AI,AM\nA,E1,43,3,40\nB,E1,50,20,30\nC,E1,25,25,0\n"
          "D,E2,110,60,50\n");
    assert_int_equal(
        test_run(NULL, &err,
                 "'%s' protect '%s' --by commune --value A=AI+AM --threshold "
                 "5 --zonings epci -o '%s' --audit",
                 IRMINON_PROGRAM, p.input, p.output),
        0);
    read_text(p.output, &text);
    assert_non_null(strstr(text.data, "level,commune,A,value,state\n"));
    assert_non_null(strstr(text.data, "commune,A,AI,s,secret\n"));
    assert_non_null(strstr(text.data, "commune,C,AM,0,zero\n"));
    assert_non_null(strstr(text.data, "total,total,total,228,value\n"));
    assert_non_null(strstr(err.data, "audit: each sensitive cell is as far as its rule"));
    irm_buffer_clear(&err);
    irm_buffer_clear(&text);
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
    fails("commune,benefit,n\nA,x,2\nA,y,1\nB,x,40\nB,y,50\n",
          "--value n --threshold 3 --keep total,commune", 1,
          "commune A, benefit y (1, under the rule 'threshold'): a sensitive cell cannot "
          "be protected: zeros, and what is asked to be shown, prove that it is from 1 to "
          "2; its rule asks for 1 to 3");
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

static void totals_that_contradict_their_parts_are_told_where(void **state) {
    (void)state;
    static const char wrong[] =
        "commune,benefit,A,AI,AM\nA,x,43,3,40\nB,x,51,20,30\nC,x,26,25,0\n";
    fails(wrong, "--value A=AI+AM --threshold 5", 1,
          "row 2 (B): A is 51, and its parts add up to 50 (and so on in 1 more rows)");
    fails(wrong, "--value A=AI+ --threshold 5", 2, "TOTAL=PART+PART");
    fails(wrong, "--value A=AI+XX --threshold 5", 1, "no column is called 'XX'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zonings_that_do_not_nest_are_protected_together),
        cmocka_unit_test(a_total_and_its_parts_are_one_more_group),
        cmocka_unit_test(totals_that_contradict_their_parts_are_told_where),
        cmocka_unit_test(what_cannot_be_protected_is_told_and_not_written),
        cmocka_unit_test(bad_input_is_told_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
