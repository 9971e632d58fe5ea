/* Reading by pieces in threads gives what reading record by record gives: the same bytes
 * of the table, the same repairs told, the same error at the same place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/descriptor.h"
#include "irminon/memory.h"
#include "irminon/store.h"
#include "support.h"

static const char family[] =
    "id: t-detail\n"
    "shape: detail\n"
    "delimiter: ';'\n"
    "decimal: auto\n"
    "recognise:\n"
    "  - headers: [COM, SEX, W]\n"
    "    level: com\n"
    "columns:\n"
    "  - {name: COM, role: key, level: com}\n"
    "  - {name: SEX, type: category, closed: true, modalities: [{code: 1}, {code: 2}]}\n"
    "  - {name: W, role: weight}\n"
    "  - {name: TEXT, type: category}\n"
    "  - {name: GONE, role: ignore}\n"
    "markers:\n"
    "  - {text: s, state: secret}\n"
    "  - {text: '', state: missing}\n";

/* A key whose level is the row's, rows that must differ, markers that hold when another
 * column says so. */
static const char cube_family[] =
    "id: t-cube\n"
    "shape: cube\n"
    "delimiter: ';'\n"
    "recognise:\n"
    "  - headers: [GEO, OBJ, SEX, V, WHY]\n"
    "columns:\n"
    "  - name: GEO\n"
    "    role: key\n"
    "    level: mixed\n"
    "    unplaced: '99999'\n"
    "  - name: OBJ\n"
    "    role: level\n"
    "    levels: [{code: COM, level: com}, {code: DEP, level: dep}]\n"
    "  - {name: SEX, role: dimension}\n"
    "  - {name: V, role: value, kind: count}\n"
    "  - {name: WHY, role: status}\n"
    "markers:\n"
    "  - {text: '', state: secret, when: {column: WHY, values: 'C'}}\n"
    "  - {text: 'nd', state: missing}\n";

typedef struct outcome {
    irm_status status;
    irm_buffer table; /* the file's bytes */
    char error[2048];
    char heard[4096];
} outcome;

typedef struct bench {
    char *folder, *csv, *h5;
    const char *dataset;
    bool skip;
    irm_registry *registry;
} bench;

static void add_family(const bench *on, const char *name, const char *text) {
    char *path = irm_path_join(on->folder, name);
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    assert_ok(irm_registry_add_file(on->registry, path, &test_error));
    irm_free(path);
}

static int set_up(void **state) {
    bench *on = calloc(1, sizeof *on);
    on->folder = test_folder();
    on->csv = irm_path_join(on->folder, "detail.csv");
    on->h5 = irm_path_join(on->folder, "detail.h5");
    assert_ok(irm_registry_new(&on->registry, &test_error));
    on->dataset = "t-detail@2020";
    add_family(on, "own.yaml", family);
    add_family(on, "cube.yaml", cube_family);
    *state = on;
    return 0;
}

static int tear_down(void **state) {
    bench *on = *state;
    irm_registry_free(on->registry);
    test_folder_remove(on->folder);
    irm_free(on->csv);
    irm_free(on->h5);
    free(on);
    return 0;
}

static void hear(void *context, const char *message) {
    outcome *to = context;
    size_t used = strlen(to->heard);
    snprintf(to->heard + used, sizeof to->heard - used, "%s\n", message);
}

static outcome ingest(const bench *on, bool in_turn, size_t block_size,
                      irm_scan_way way) {
    outcome got = {.status = IRM_OK};
    irm_reporter reporter = {.context = &got, .warn = hear};
    irm_ingest_options options = {
        .dataset = on->dataset, .in_turn = in_turn, .block_size = block_size};
    options.scan_way = way;
    options.skip_errors = on->skip;
    irm_table table = {0};
    irm_error error = {0};
    got.status =
        irm_ingest_file(on->registry, on->csv, &options, &reporter, &table, &error);
    if (got.status == IRM_OK) {
        assert_ok(irm_table_write_hdf5(&table, on->h5, &test_error));
        assert_ok(irm_read_file(on->h5, &got.table, &test_error));
    } else {
        irm_error_format(&error, got.error, sizeof got.error);
    }
    irm_table_clear(&table);
    return got;
}

static const size_t block_sizes[] = {40, 200, 3000, 0};

/* Ingests `text` in all ways, which must agree. Returns the status. */
static irm_status agree(const bench *on, const char *text, size_t size) {
    assert_ok(irm_write_file(on->csv, text, size, &test_error));
    outcome wanted = ingest(on, true, 0, IRM_SCAN_BEST);
    for (size_t i = 0; i < sizeof block_sizes / sizeof *block_sizes; i++) {
        outcome got = ingest(on, false, block_sizes[i],
                             i % 2 == 0 ? IRM_SCAN_BEST : IRM_SCAN_PLAIN);
        assert_int_equal(got.status, wanted.status);
        assert_string_equal(got.error, wanted.error);
        assert_string_equal(got.heard, wanted.heard);
        assert_int_equal(got.table.size, wanted.table.size);
        if (wanted.table.size > 0) {
            assert_memory_equal(got.table.data, wanted.table.data, wanted.table.size);
        }
        irm_buffer_clear(&got.table);
    }
    irm_buffer_clear(&wanted.table);
    return wanted.status;
}

static uint32_t draw(uint32_t *seed, uint32_t n) {
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static const char header[] = "COM;SEX;W;TEXT;GONE;MORE;";

/* One in `odd` cells is unusual. */
static void add_row(irm_buffer *out, uint32_t *seed, uint32_t odd, const char *end) {
    static const char *const weights[] = {
        "1,5", "2 345", "s", "", "1e3", "-.25", "2.3010917666102891234"};
    static const char *const texts[] = {
        "\"a;b\"",   "\"two\nlines\"", "\"q\"\"q\"",
        "  padded ", "caf\xC3\xA9",    "caf\xE9",
        "",          "\"\"",           "a text longer than eight"};
    unsigned com = 1000 + draw(seed, 60);
    irm_buffer_format(out, draw(seed, odd) == 0 ? "%u;" : "%05u;", com);
    irm_buffer_format(out, "%u;", 1 + draw(seed, 2));
    if (draw(seed, odd) == 0) {
        irm_buffer_text(out, weights[draw(seed, 7)]);
    } else {
        irm_buffer_format(out, "%u.%09u", draw(seed, 5), draw(seed, 1000000000));
    }
    if (draw(seed, odd) == 0) {
        irm_buffer_format(out, ";%s;;", texts[draw(seed, 9)]);
    } else {
        irm_buffer_format(out, ";T%u;x;", draw(seed, 300));
    }
    irm_buffer_format(out, "%u%s%s", draw(seed, 9), draw(seed, 4) == 0 ? "" : ";",
                      draw(seed, odd) == 0 ? "\n\n" : end);
}

static void add_rows(irm_buffer *out, uint32_t *seed, size_t rows, uint32_t odd,
                     const char *end) {
    irm_buffer_format(out, "%s%s", header, end);
    for (size_t i = 0; i < rows; i++) {
        add_row(out, seed, odd, end);
    }
}

static void pieces_give_the_table_that_records_give(void **state) {
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    static const uint32_t odds[] = {1000000, 400, 8};
    uint32_t seed = 7;
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            irm_buffer text = {0};
            add_rows(&text, &seed, 400, odds[k], ends[i]);
            assert_int_equal(agree(*state, text.data, text.size), IRM_OK);
            /* No end to the last line. */
            assert_int_equal(agree(*state, text.data, text.size - strlen(ends[i])),
                             IRM_OK);
            irm_buffer_clear(&text);
        }
    }
}

static void a_bad_row_is_told_as_records_tell_it(void **state) {
    static const char *const bad[] = {"01001;1;x;T;;\n",    "01001;3;1;T;;\n",
                                      ";1;1;T;;\n",         "01001;1;1e999;T;\n",
                                      "01001;1\n",          "01001;1;1;T;;;;\n",
                                      "01001;1;1;a\"b;;\n", "01001;1;1;\"a\"b;;\n",
                                      "01001;1;1;\"a;;\n"};
    uint32_t seed = 11;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        irm_buffer text = {0};
        add_rows(&text, &seed, 300, 1000000, "\n");
        irm_buffer_text(&text, bad[i]);
        for (int row = 0; row < 300; row++) {
            add_row(&text, &seed, 1000000, "\n");
        }
        irm_status status = agree(*state, text.data, text.size);
        assert_true(status == IRM_STATUS_DATA || i == 2);
        irm_buffer_clear(&text);
    }
}

/* Several pieces of the usual size, so that threads have some to share. */
static void a_file_of_several_pieces_is_the_same(void **state) {
    const bench *on = *state;
    uint32_t seed = 3;
    irm_buffer text = {0};
    add_rows(&text, &seed, 100000, 50000, "\n");
    assert_true(text.size > 2 << 20);
    assert_ok(irm_write_file(on->csv, text.data, text.size, &test_error));
    irm_buffer_clear(&text);
    outcome wanted = ingest(on, true, 0, IRM_SCAN_BEST),
            got = ingest(on, false, 0, IRM_SCAN_BEST);
    assert_int_equal(wanted.status, IRM_OK);
    assert_int_equal(got.table.size, wanted.table.size);
    assert_memory_equal(got.table.data, wanted.table.data, wanted.table.size);
    assert_string_equal(got.heard, wanted.heard);
    irm_buffer_clear(&wanted.table);
    irm_buffer_clear(&got.table);
}

/* Codes that take a byte, until texts come that they are too few for; records that only
 * the record reader understands in the middle of a block; numbers of one byte and of two,
 * and what no longer is one. */
static void columns_outgrow_a_byte_in_the_middle(void **state) {
    const bench *on = *state;
    enum { ROWS = 150000, GROWN = 100000, ODD = 90000 };
    uint32_t seed = 41;
    irm_buffer text = {0};
    irm_buffer_text(&text, "COM;SEX;W;TEXT;GONE;SMALL;YEAR;TURNS;LATE\n");
    for (int row = 0; row < ROWS; row++) {
        unsigned texts = row < GROWN ? 120 : 900;
        irm_buffer_format(&text, "%05u;%u;1.5;", 1000 + draw(&seed, 60),
                          1 + draw(&seed, 2));
        if (row == ODD) {
            irm_buffer_text(&text, "\"a \"\"quote\"\"\";;");
        } else if (draw(&seed, 50) == 0) {
            irm_buffer_text(&text, ";;");
        } else {
            irm_buffer_format(&text, "T%u;;", draw(&seed, texts));
        }
        irm_buffer_format(&text, "%u;%u;", draw(&seed, 9), 1900 + draw(&seed, 120));
        irm_buffer_text(&text, row > GROWN && draw(&seed, 9) == 0 ? "nd" : "12");
        irm_buffer_format(&text, ";%u\n", row < GROWN ? 1 : draw(&seed, 5000));
    }
    assert_ok(irm_write_file(on->csv, text.data, text.size, &test_error));
    irm_buffer_clear(&text);
    outcome wanted = ingest(on, true, 0, IRM_SCAN_BEST);
    assert_int_equal(wanted.status, IRM_OK);
    static const size_t sizes[] = {0, 70000};
    for (size_t i = 0; i < 2; i++) {
        outcome got = ingest(on, false, sizes[i], IRM_SCAN_BEST);
        assert_int_equal(got.status, IRM_OK);
        assert_int_equal(got.table.size, wanted.table.size);
        assert_memory_equal(got.table.data, wanted.table.data, wanted.table.size);
        assert_string_equal(got.heard, wanted.heard);
        irm_buffer_clear(&got.table);
    }
    irm_buffer_clear(&wanted.table);
}

/* As published: quoted, and one code in `odd` unusual. `again`: rows come twice. */
static void add_cube(irm_buffer *out, uint32_t *seed, size_t rows, uint32_t odd,
                     bool again) {
    static const char *const values[] = {"", "nd", "1 234", "3.5", "\"7\"", "x"};
    irm_buffer_text(out, "\"GEO\";\"OBJ\";\"SEX\";\"V\";\"WHY\"\n");
    for (size_t i = 0; i < rows; i++) {
        bool department = draw(seed, 10) == 0, short_code = draw(seed, 5) == 0;
        unsigned code = department ? (unsigned)(i % 9 + 1) : (unsigned)(1001 + i % 900);
        const char *form = short_code ? "\"%u\"" : department ? "\"%02u\"" : "\"%05u\"";
        irm_buffer_format(out, draw(seed, odd) == 0 ? "99999" : form, code);
        irm_buffer_format(out, ";\"%s\";", department ? "DEP" : "COM");
        irm_buffer_format(out, "\"S%zu\";", again && draw(seed, odd) == 0 ? 1 : i);
        if (draw(seed, odd) == 0) {
            irm_buffer_format(out, "%s;C\n", values[draw(seed, odd < 100 ? 6 : 5)]);
        } else {
            irm_buffer_format(out, "%u.25;A\n", draw(seed, 1000));
        }
    }
}

static void cubes_are_read_as_records_read_them(void **state) {
    bench *on = *state;
    static const uint32_t odds[] = {1000000, 300, 20};
    uint32_t seed = 23;
    size_t refused = 0;
    on->dataset = "t-cube@2020";
    for (int i = 0; i < 12; i++) {
        irm_buffer text = {0};
        add_cube(&text, &seed, 900, odds[i % 3], i % 2 == 1);
        on->skip = i >= 6;
        irm_status status = agree(on, text.data, text.size);
        assert_true(status == IRM_OK || (status == IRM_STATUS_DATA && !on->skip));
        refused += status != IRM_OK;
        irm_buffer_clear(&text);
    }
    assert_true(refused > 0 && refused < 6);
}

/* Bad rows left out do not leave their labels, nor change what the others are. */
static void skipping_by_pieces_leaves_out_the_same_rows(void **state) {
    bench *on = *state;
    uint32_t seed = 31;
    on->skip = true;
    irm_buffer text = {0};
    add_rows(&text, &seed, 300, 20, "\n");
    irm_buffer_text(&text, "01001;3;1;Only here;;\n01001;1;x;T;;\n");
    for (int row = 0; row < 300; row++) {
        add_row(&text, &seed, 1000000, "\n");
    }
    assert_int_equal(agree(on, text.data, text.size), IRM_OK);
    irm_buffer_clear(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_give_the_table_that_records_give, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_bad_row_is_told_as_records_tell_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_of_several_pieces_is_the_same, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(columns_outgrow_a_byte_in_the_middle, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(cubes_are_read_as_records_read_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(skipping_by_pieces_leaves_out_the_same_rows,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
