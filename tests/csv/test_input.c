#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "irminon/input.h"
#include "irminon/memory.h"
#include "support.h"

static char *folder;

static int make_folder(void **state) {
    (void)state;
    folder = test_folder();
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    test_folder_remove(folder);
    return 0;
}

/* Runs a command in the folder; false when it fails (a tool that is not installed). */
static bool in_folder(const char *command) {
    return test_run(NULL, NULL, "cd %s && %s", folder, command) == 0;
}

static irm_status read_path(const char *name, const char *member, irm_buffer *out,
                            irm_input **input) {
    char *path = strcmp(name, "-") == 0 ? irm_strdup("-") : irm_path_join(folder, name);
    irm_status status = irm_input_open(path, member, input, &test_error);
    free(path);
    char block[1000];
    size_t got = 1;
    while (status == IRM_OK && got > 0) {
        status = irm_input_read(*input, block, sizeof block, &got, &test_error);
        irm_buffer_add(out, block, got);
    }
    return status;
}

static void fails(const char *name, const char *member, irm_status code,
                  const char *words) {
    irm_buffer out = {0};
    irm_input *input = NULL;
    irm_status status = read_path(name, member, &out, &input);
    irm_input_free(input);
    irm_buffer_clear(&out);
    if (status != code || strstr(test_error.message, words) == NULL ||
        strstr(test_error.file, name) == NULL) {
        fail_msg("%s: %s: %s: %s", name, irm_status_name(status), test_error.file,
                 test_error.message);
    }
}

static void gives(const char *name, const char *member, const char *base,
                  const char *expected) {
    irm_buffer out = {0};
    irm_input *input = NULL;
    assert_ok(read_path(name, member, &out, &input));
    assert_string_equal(out.data, expected);
    assert_string_equal(irm_input_base(input), base);
    assert_true(irm_input_position(input) <= irm_input_size(input));
    assert_true(irm_input_position(input) > 0);
    irm_input_free(input);
    irm_buffer_clear(&out);
}

static void every_compression_gives_the_same_bytes_and_digest(void **state) {
    (void)state;
    assert_true(in_folder("printf 'abc' > t.csv && gzip -k t.csv"));
    static const char *const names[] = {"t.csv", "t.csv.gz", "t.csv.xz", "t.csv.bz2",
                                        "t.csv.zst"};
    static const char *const tools[] = {"true", "true", "xz -k t.csv", "bzip2 -k t.csv",
                                        "zstd -q t.csv"};
    for (size_t i = 0; i < 5; i++) {
        if (!in_folder(tools[i])) {
            continue;
        }
        gives(names[i], NULL, "t.csv", "abc");
        irm_buffer out = {0};
        irm_input *input;
        assert_ok(read_path(names[i], NULL, &out, &input));
        char digest[65];
        uint64_t size;
        irm_input_digest(input, digest, &size);
        /* FIPS 180-2, appendix B.1 */
        assert_string_equal(
            digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_int_equal(size, 3);
        irm_input_free(input);
        irm_buffer_clear(&out);
    }
}

static void concatenated_gzip_is_read_whole(void **state) {
    (void)state;
    assert_true(
        in_folder("printf 'one\n' | gzip > m.gz && printf 'two\n' | gzip >> m.gz"));
    gives("m.gz", NULL, "m", "one\ntwo\n");
}

static void what_cannot_be_read_is_told_apart(void **state) {
    (void)state;
    assert_true(
        in_folder("mkdir -p dir && : > empty.csv && printf '' | gzip > empty.gz"));
    fails("nothing.csv", NULL, IRM_STATUS_NOT_FOUND, "cannot open: No such file");
    fails("dir", NULL, IRM_STATUS_IO, "is a folder");
    fails("empty.csv", NULL, IRM_STATUS_DATA, "the file is empty");
    fails("t.csv/x", NULL, IRM_STATUS_IO, "cannot open");
    if (geteuid() != 0) {
        assert_true(in_folder("printf x > locked.csv && chmod 000 locked.csv"));
        fails("locked.csv", NULL, IRM_STATUS_IO, "cannot open: Permission denied");
    }
}

static void truncated_files_are_errors(void **state) {
    (void)state;
    assert_true(in_folder("seq 1 20000 > s.csv && gzip -c s.csv > s.csv.gz"));
    static const char *const cuts[] = {"20", "1000", "20000"};
    for (size_t i = 0; i < 3; i++) {
        char command[200];
        snprintf(command, sizeof command, "head -c %s s.csv.gz > cut.gz", cuts[i]);
        assert_true(in_folder(command));
        fails("cut.gz", NULL, IRM_STATUS_IO, "truncated");
    }
    if (in_folder("xz -c s.csv > s.csv.xz && head -c 1000 s.csv.xz > cut.xz")) {
        fails("cut.xz", NULL, IRM_STATUS_IO, "truncated");
    }
    assert_true(
        in_folder("s=$(stat -c %s s.csv.gz); head -c $((s - 6)) s.csv.gz > cut.gz"));
    fails("cut.gz", NULL, IRM_STATUS_IO, "truncated");
}

/* A byte changed in the data, in the checksum, in a block stored as it is (which inflates
 * without a word), in a second member. */
static void damaged_gzip_is_an_error(void **state) {
    (void)state;
    assert_true(
        in_folder("seq 1 20000 > d.csv && gzip -c d.csv > d.gz && "
                  "printf '\\377' | dd of=d.gz bs=1 seek=9000 conv=notrunc"));
    fails("d.gz", NULL, IRM_STATUS_IO, "damaged");
    assert_true(
        in_folder("gzip -c d.csv > d.gz && s=$(stat -c %s d.gz) && "
                  "printf 'ZZ' | dd of=d.gz bs=1 seek=$((s - 8)) conv=notrunc"));
    fails("d.gz", NULL, IRM_STATUS_IO, "incorrect data check");
    assert_true(
        in_folder("head -c 300 /dev/urandom > r && gzip -nc r > r.gz && "
                  "printf 'abcdefg' | dd of=r.gz bs=1 seek=100 conv=notrunc"));
    fails("r.gz", NULL, IRM_STATUS_IO, "incorrect data check");
    assert_true(
        in_folder("printf 'one\n' | gzip > m2.gz && head -c 12 m2.gz > h && "
                  "cat h >> m2.gz"));
    fails("m2.gz", NULL, IRM_STATUS_IO, "truncated");
    assert_true(in_folder("printf 'one\n' | gzip > m3.gz && printf 'rubbish' >> m3.gz"));
    fails("m3.gz", NULL, IRM_STATUS_IO, "damaged");
}

static void zeros_after_gzip_are_padding(void **state) {
    (void)state;
    assert_true(
        in_folder("printf 'one\n' | gzip > z.gz && head -c 600 /dev/zero >> z.gz"));
    gives("z.gz", NULL, "z", "one\n");
}

/* Archives are made by Python's zipfile, where it is installed. */
static bool zip(const char *name, const char *members) {
    char command[1000];
    snprintf(command, sizeof command,
             "python3 -c \"import zipfile\nz = zipfile.ZipFile('%s', 'w', 8)\n"
             "for n in '%s'.split(): z.writestr(n, 'in ' + n + chr(10))\nz.close()\"",
             name, members);
    return in_folder(command);
}

static void the_data_of_a_zip_is_chosen(void **state) {
    (void)state;
    if (!zip("m.zip", "DS_X_2023_metadata.csv DS_X_2023_data.csv")) {
        skip();
    }
    gives("m.zip", NULL, "DS_X_2023_data.csv", "in DS_X_2023_data.csv\n");
    gives("m.zip", "*_metadata.csv", "DS_X_2023_metadata.csv",
          "in DS_X_2023_metadata.csv\n");
    fails("m.zip", "*.txt", IRM_STATUS_NOT_FOUND,
          "no member '*.txt'; it holds DS_X_2023_metadata.csv, DS_X_2023_data.csv");
    assert_true(zip("one.zip", "meta_base.csv"));
    gives("one.zip", NULL, "meta_base.csv", "in meta_base.csv\n");
    assert_true(zip("two.zip", "meta_base.csv Varmod_x.csv"));
    fails("two.zip", NULL, IRM_STATUS_NOT_FOUND, "cannot tell which member");
    assert_true(zip("deep.zip", "__MACOSX/a.csv .hidden in/base.CSV"));
    gives("deep.zip", NULL, "base.CSV", "in in/base.CSV\n");
    gives("deep.zip", "base.*", "base.CSV", "in in/base.CSV\n");
    assert_true(zip("none.zip", ""));
    fails("none.zip", NULL, IRM_STATUS_DATA, "the archive holds no file");
    assert_true(zip("sheet.xlsx", "[Content_Types].xml xl/workbook.xml"));
    fails("sheet.xlsx", NULL, IRM_STATUS_DATA, "is a spreadsheet");
}

static void a_damaged_zip_is_an_error(void **state) {
    (void)state;
    if (!zip("whole.zip", "a.csv")) {
        skip();
    }
    assert_true(
        in_folder("head -c 38 whole.zip > cut.zip && cp whole.zip bad.zip && "
                  "printf 'ZZZZZ' | dd of=bad.zip bs=1 seek=37 conv=notrunc"));
    fails("cut.zip", NULL, IRM_STATUS_IO, "truncated or damaged");
    fails("bad.zip", NULL, IRM_STATUS_IO, "truncated or damaged");
}

static void standard_input_is_decompressed_too(void **state) {
    (void)state;
    assert_true(in_folder("printf 'from a pipe' | gzip > p.gz"));
    char command[600];
    snprintf(command, sizeof command, "cat %s/p.gz", folder);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    int saved = dup(STDIN_FILENO);
    assert_int_equal(dup2(fileno(pipe), STDIN_FILENO), STDIN_FILENO);
    irm_buffer out = {0};
    irm_input *input;
    assert_ok(read_path("-", NULL, &out, &input));
    assert_string_equal(out.data, "from a pipe");
    assert_string_equal(irm_input_name(input), "<stdin>");
    assert_string_equal(irm_input_base(input), "");
    assert_int_equal(irm_input_size(input), 0);
    irm_input_free(input);
    irm_buffer_clear(&out);
    dup2(saved, STDIN_FILENO);
    close(saved);
    pclose(pipe);
}

/* Each allocation of ours fails in turn. */
static void every_allocation_may_fail(void **state) {
    (void)state;
    assert_true(in_folder("printf 'abc' | gzip > f.gz"));
    irm_status status = IRM_STATUS_NO_MEMORY;
    char *path = irm_path_join(folder, "f.gz");
    size_t n = 1;
    for (; n < 1000 && status != IRM_OK; n++) {
        irm_input *input = NULL;
        irm_memory_fail_after(n);
        status = irm_input_open(path, NULL, &input, &test_error);
        irm_memory_fail_after(0);
        assert_true(status == IRM_OK || status == IRM_STATUS_NO_MEMORY);
        irm_input_free(input);
    }
    assert_true(n > 5 && n < 1000);
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_compression_gives_the_same_bytes_and_digest),
        cmocka_unit_test(concatenated_gzip_is_read_whole),
        cmocka_unit_test(what_cannot_be_read_is_told_apart),
        cmocka_unit_test(truncated_files_are_errors),
        cmocka_unit_test(damaged_gzip_is_an_error),
        cmocka_unit_test(zeros_after_gzip_are_padding),
        cmocka_unit_test(the_data_of_a_zip_is_chosen),
        cmocka_unit_test(a_damaged_zip_is_an_error),
        cmocka_unit_test(standard_input_is_decompressed_too),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
