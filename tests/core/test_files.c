#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "support.h"

static void paths_are_taken_apart_and_joined(void **state) {
    (void)state;
    const struct {
        const char *folder, *name, *joined;
    } cases[] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}};
    for (size_t i = 0; i < 4; i++) {
        char *path = irm_path_join(cases[i].folder, cases[i].name);
        assert_string_equal(path, cases[i].joined);
        irm_free(path);
    }
    assert_string_equal(irm_path_base("a/b.csv"), "b.csv");
    assert_string_equal(irm_path_base("b"), "b");
    assert_string_equal(irm_path_base("a/"), "");
    assert_string_equal(irm_path_extension("a.b/c.tar.gz"), ".gz");
    assert_string_equal(irm_path_extension("a.b/c"), "");
    assert_string_equal(irm_path_extension(".hidden"), "");
}

static size_t count_in(const char *folder) {
    char **names;
    size_t count;
    assert_ok(irm_list_directory(folder, &names, &count, &test_error));
    for (size_t i = 0; i < count; i++) {
        irm_free(names[i]);
    }
    irm_free(names);
    return count;
}

static void an_output_appears_whole_or_not_at_all(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "out.csv");
    irm_output output;
    irm_buffer text = {0};
    assert_ok(irm_output_open(&output, path, &test_error));
    assert_ok(irm_output_write(&output, "half", 4, &test_error));
    assert_false(irm_path_exists(path));
    irm_output_abort(&output);
    assert_int_equal(count_in(folder), 0);
    assert_ok(irm_output_open(&output, path, &test_error));
    assert_ok(irm_output_write(&output, "whole", 5, &test_error));
    assert_ok(irm_output_commit(&output, &test_error));
    assert_int_equal(count_in(folder), 1);
    assert_ok(irm_write_file(path, "again", 5, &test_error));
    assert_ok(irm_read_file(path, &text, &test_error));
    assert_string_equal(text.data, "again");
    irm_buffer_clear(&text);
    irm_free(path);
    test_folder_remove(folder);
}

static void an_output_that_cannot_be_put_in_place_leaves_nothing(void **state) {
    (void)state;
    char *folder = test_folder(), *taken = irm_path_join(folder, "taken");
    assert_ok(irm_make_directory(taken, &test_error));
    assert_int_equal(irm_write_file(taken, "x", 1, &test_error), IRM_STATUS_IO);
    assert_string_equal(test_error.file, taken);
    char *nowhere = irm_path_join(folder, "no/where.csv");
    assert_int_equal(irm_write_file(nowhere, "x", 1, &test_error), IRM_STATUS_IO);
    assert_int_equal(count_in(folder), 1);
    irm_free(nowhere);
    irm_free(taken);
    test_folder_remove(folder);
}

/* A pipe of our own stands for /dev/null, which a failure of this test would destroy. */
static void a_device_is_written_to_and_not_replaced(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(10);
        FILE *stream = fopen(path, "rb");
        char text[8] = "";
        size_t got = stream != NULL ? fread(text, 1, sizeof text, stream) : 0;
        _exit(got == 2 && memcmp(text, "ok", 2) == 0 ? 0 : 1);
    }
    assert_ok(irm_write_file(path, "ok", 2, &test_error));
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    assert_int_equal(count_in(folder), 1);
    irm_free(path);
    test_folder_remove(folder);
}

static void a_full_disk_is_told_at_the_commit_at_the_latest(void **state) {
    (void)state;
    if (!irm_path_exists("/dev/full")) {
        skip();
    }
    assert_int_equal(irm_write_file("/dev/full", "x", 1, &test_error), IRM_STATUS_IO);
    assert_string_equal(test_error.file, "/dev/full");
    assert_non_null(strstr(test_error.message, "cannot write"));
}

static void folders_are_made_with_their_parents(void **state) {
    (void)state;
    char *folder = test_folder();
    char *deep = irm_path_join(folder, "a/b/c/"), *file = irm_path_join(folder, "f");
    char *under = irm_path_join(folder, "f/g");
    assert_ok(irm_make_directory(deep, &test_error));
    assert_ok(irm_make_directory(deep, &test_error));
    assert_true(irm_path_is_directory(deep));
    assert_ok(irm_write_file(file, "", 0, &test_error));
    assert_int_equal(irm_make_directory(file, &test_error), IRM_STATUS_IO);
    assert_non_null(strstr(test_error.message, "exists"));
    assert_int_equal(irm_make_directory(under, &test_error), IRM_STATUS_IO);
    assert_int_equal(irm_make_directory("", &test_error), IRM_STATUS_USAGE);
    assert_ok(irm_make_directory("/", &test_error));
    irm_free(deep);
    irm_free(file);
    irm_free(under);
    test_folder_remove(folder);
}

static void a_folder_is_listed_in_the_order_of_bytes(void **state) {
    (void)state;
    char *folder = test_folder();
    const char *made[] = {"b", "é", "a", ".c", "B"},
               *sorted[] = {".c", "B", "a", "b", "é"};
    for (size_t i = 0; i < 5; i++) {
        char *path = irm_path_join(folder, made[i]);
        assert_ok(irm_write_file(path, "", 0, &test_error));
        irm_free(path);
    }
    char **names;
    size_t count;
    assert_ok(irm_list_directory(folder, &names, &count, &test_error));
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(names[i], sorted[i]);
        irm_free(names[i]);
    }
    irm_free(names);
    test_folder_remove(folder);
}

static void what_cannot_be_read_is_named(void **state) {
    (void)state;
    char *folder = test_folder(), *absent = irm_path_join(folder, "absent");
    irm_buffer text = {0};
    char **names;
    size_t count;
    assert_int_equal(irm_read_file(absent, &text, &test_error), IRM_STATUS_IO);
    assert_string_equal(test_error.file, absent);
    assert_int_equal(irm_read_file(folder, &text, &test_error), IRM_STATUS_IO);
    assert_int_equal(irm_list_directory(absent, &names, &count, &test_error),
                     IRM_STATUS_IO);
    irm_buffer_clear(&text);
    assert_ok(irm_write_file(absent, "", 0, &test_error));
    assert_ok(irm_read_file(absent, &text, &test_error));
    assert_string_equal(text.data, "");
    irm_buffer_clear(&text);
    irm_free(absent);
    test_folder_remove(folder);
}

static void a_lock_is_held_by_one_at_a_time(void **state) {
    (void)state;
    char *folder = test_folder(), *path = irm_path_join(folder, "lock");
    char *held = irm_path_join(folder, "held");
    irm_lock lock;
    assert_ok(irm_lock_take(&lock, path, &test_error));
    pid_t child = fork();
    if (child == 0) {
        alarm(10);
        irm_lock mine;
        irm_status status = irm_lock_take(&mine, path, NULL);
        _exit(status == IRM_OK && irm_path_exists(held) ? 0 : 1);
    }
    usleep(20000);
    assert_ok(irm_write_file(held, "", 0, &test_error));
    irm_lock_release(&lock);
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    irm_lock_release(&lock);
    irm_free(held);
    irm_free(path);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_taken_apart_and_joined),
        cmocka_unit_test(an_output_appears_whole_or_not_at_all),
        cmocka_unit_test(an_output_that_cannot_be_put_in_place_leaves_nothing),
        cmocka_unit_test(a_device_is_written_to_and_not_replaced),
        cmocka_unit_test(a_full_disk_is_told_at_the_commit_at_the_latest),
        cmocka_unit_test(folders_are_made_with_their_parents),
        cmocka_unit_test(a_folder_is_listed_in_the_order_of_bytes),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(a_lock_is_held_by_one_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
