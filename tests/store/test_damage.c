/* Files that are cut, altered, or not what they seem: an error each time, never a crash.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "irminon/memory.h"
#include "irminon/store.h"
#include "support.h"

/* HDF5 1.10 loses memory of its own when it gives up on a damaged file: what the leak
 * sanitizer, where it is on, is told to pass over. */
IRM_API const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libhdf5"; }
IRM_API const char *__lsan_default_options(void);
const char *__lsan_default_options(void) { return "print_suppressions=0"; }

typedef struct scene {
    char *folder, *path;
    irm_buffer bytes; /* of the sound file */
} scene;

static void build_table(irm_table *table) {
    enum { N = 500 };
    assert_ok(irm_table_init(table, "t", N, &test_error));
    irm_column *number, *category, *bytes;
    uint8_t mark;
    assert_ok(irm_table_add(table, "number", IRM_COLUMN_NUMBER, &number, &test_error));
    assert_ok(irm_column_marker(number, "s", IRM_STATE_SECRET, 0, 5, &mark, &test_error));
    assert_ok(irm_column_mark(number, N, 3, mark, &test_error));
    assert_ok(
        irm_table_add(table, "category", IRM_COLUMN_CATEGORY, &category, &test_error));
    number = irm_table_column(table, "number");
    for (int i = 0; i < N; i++) {
        number->values[i] = i == 3 ? NAN : i / 3.0;
        const char *labels[] = {"un", "deux", "trois"};
        assert_ok(irm_dict_add(category->categories, irm_view_of(labels[i % 3]),
                               &category->codes[i], &test_error));
    }
    assert_ok(irm_table_add(table, "bytes", IRM_COLUMN_BYTES, &bytes, &test_error));
    bytes->bytes = irm_calloc(N, 1);
    for (size_t i = 0; i <= N; i++) {
        bytes->offsets[i] = i;
    }
}

static scene begin(void) {
    scene s = {.folder = test_folder()};
    irm_table table;
    irm_store *store;
    build_table(&table);
    assert_ok(irm_store_open(s.folder, true, &store, &test_error));
    assert_ok(irm_store_put(store, &table, false, &test_error));
    irm_store_free(store);
    irm_table_clear(&table);
    s.path = irm_path_join(s.folder, "tables/t.h5");
    assert_ok(irm_read_file(s.path, &s.bytes, &test_error));
    return s;
}

static void end(scene *s) {
    test_folder_remove(s->folder);
    irm_free(s->path);
    irm_buffer_clear(&s->bytes);
}

/* Plain stdio: thousands of files need no flush to the disk. */
static void write_bytes(const char *path, const char *bytes, size_t size) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

/* Opens the store and reads the whole table. */
static irm_status read_all(const scene *s, double *sum) {
    irm_store *store = NULL;
    irm_table table = {0};
    irm_status status = irm_store_open(s->folder, false, &store, &test_error);
    if (status == IRM_OK) {
        status = irm_store_read(store, "t", NULL, 0, &table, &test_error);
    }
    if (status == IRM_OK && sum != NULL) {
        *sum = table.columns[0].values[499];
    }
    irm_table_clear(&table);
    irm_store_free(store);
    return status;
}

static void a_file_cut_anywhere_is_told_by_its_name(void **state) {
    (void)state;
    scene s = begin();
    size_t step = s.bytes.size / 400 + 1;
    for (size_t size = 0; size < s.bytes.size; size += step) {
        write_bytes(s.path, s.bytes.data, size);
        assert_int_equal(read_all(&s, NULL), IRM_STATUS_DATA);
        assert_string_equal(test_error.file, s.path);
        assert_non_null(strstr(test_error.message, "ingest the table again"));
    }
    write_bytes(s.path, s.bytes.data, s.bytes.size - 1);
    assert_int_equal(read_all(&s, NULL), IRM_STATUS_DATA);
    end(&s);
}

/* HDF5 has no checksum on every byte: an altered file may read well. It must not crash,
 * and an error must name the file. */
static void a_file_altered_anywhere_never_crashes(void **state) {
    (void)state;
    scene s = begin();
    char *altered = irm_calloc(s.bytes.size, 1);
    uint64_t seed = 7;
    for (int round = 0; round < 1500; round++) {
        memcpy(altered, s.bytes.data, s.bytes.size);
        for (int k = 0; k < 1 + round % 3; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            altered[(seed >> 20) % s.bytes.size] ^= (char)(1 << (seed >> 60) % 8);
        }
        write_bytes(s.path, altered, s.bytes.size);
        irm_status status = read_all(&s, NULL);
        if (status != IRM_OK && status != IRM_STATUS_NO_MEMORY) {
            assert_string_equal(test_error.file, s.path);
        }
    }
    irm_free(altered);
    end(&s);
}

static void a_damaged_block_fails_its_checksum(void **state) {
    (void)state;
    scene s = begin();
    irm_buffer out = {0};
    /* The end of the largest zlib stream (78 5E at levels 2 to 5): where its bytes are. */
    size_t at = 0;
    for (size_t i = 0; i + 1 < s.bytes.size; i++) {
        if ((unsigned char)s.bytes.data[i] == 0x78 &&
            (unsigned char)s.bytes.data[i + 1] == 0x5E) {
            at = i;
        }
    }
    assert_true(at > 0);
    s.bytes.data[at + 4] ^= 0x10;
    write_bytes(s.path, s.bytes.data, s.bytes.size);
    assert_int_equal(read_all(&s, NULL), IRM_STATUS_DATA);
    assert_non_null(strstr(test_error.message, "checksum"));
    irm_buffer_clear(&out);
    end(&s);
}

static void what_is_no_table_is_told(void **state) {
    (void)state;
    scene s = begin();
    const char *texts[] = {"", "a;b\n1;2\n", "\x89HDF\r\n\x1a\n"};
    for (size_t i = 0; i < 3; i++) {
        write_bytes(s.path, texts[i], strlen(texts[i]));
        assert_int_equal(read_all(&s, NULL), IRM_STATUS_DATA);
        assert_string_equal(test_error.file, s.path);
    }
    /* HDF5, but of another format: the file of links itself. */
    assert_int_equal(test_run(NULL, NULL, "cp '%s/store.h5' '%s'", s.folder, s.path), 0);
    assert_int_equal(read_all(&s, NULL), IRM_STATUS_DATA);
    assert_int_equal(test_run(NULL, NULL, "rm '%s'; mkdir '%s'", s.path, s.path), 0);
    assert_int_not_equal(read_all(&s, NULL), IRM_OK);
    end(&s);
}

/* What this program does when the test below runs it. */
static int read_quietly(const char *folder) {
    scene s = {.folder = (char *)(uintptr_t)folder};
    read_all(&s, NULL);
    return 0;
}

/* Neither while reading nor when the program ends. */
static void nothing_is_printed(void **state) {
    (void)state;
    scene s = begin();
    irm_buffer out = {0}, err = {0};
    char *altered = irm_calloc(s.bytes.size, 1);
    for (size_t at = 1; at < 48; at++) {
        memcpy(altered, s.bytes.data, s.bytes.size);
        altered[at * s.bytes.size / 48] ^= 0x21;
        write_bytes(s.path, altered, at == 1 ? s.bytes.size / 2 : s.bytes.size);
        int status = test_run(&out, &err, "/proc/%ld/exe '%s'", (long)getpid(), s.folder);
        assert_int_equal(status, 0);
        assert_int_equal(out.size + err.size, 0);
    }
    irm_free(altered);
    irm_buffer_clear(&out);
    irm_buffer_clear(&err);
    end(&s);
}

int main(int count, char **arguments) {
    if (count == 2) {
        return read_quietly(arguments[1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_cut_anywhere_is_told_by_its_name),
        cmocka_unit_test(a_file_altered_anywhere_never_crashes),
        cmocka_unit_test(a_damaged_block_fails_its_checksum),
        cmocka_unit_test(what_is_no_table_is_told),
        cmocka_unit_test(nothing_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
