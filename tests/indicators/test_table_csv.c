#include <math.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/write.h"
#include "support.h"

enum { ROWS = 30011 };

static const char *const labels[] = {"01001",     "Sainte-Marie", "a,b",
                                     "c;d \"e\"", "é\nf",         ""};
static const double numbers[] = {
    0, 7, 10, -3, 0.1, 2.6319217551, 1e300, 123456789012345, -0.5, 1.0 / 3};

/* A text, a number, and a number of which some cells bear what was published. */
static irm_table made(void) {
    irm_table table;
    irm_column *text, *number, *hidden;
    uint8_t secret = 0;
    assert_ok(irm_table_init(&table, "t", ROWS, &test_error));
    assert_ok(irm_table_add(&table, "te,xt", IRM_COLUMN_CATEGORY, &text, &test_error));
    assert_ok(irm_table_add(&table, "number", IRM_COLUMN_NUMBER, &number, &test_error));
    assert_ok(irm_table_add(&table, "hidden", IRM_COLUMN_NUMBER, &hidden, &test_error));
    text = &table.columns[0];
    number = &table.columns[1];
    assert_ok(irm_column_marker(hidden, "s", IRM_STATE_SECRET, 0, INFINITY, &secret,
                                &test_error));
    for (size_t row = 0; row < ROWS; row++) {
        if (row % 11 != 0) {
            assert_ok(irm_dict_add(text->categories, irm_view_of(labels[row % 6]),
                                   &text->codes[row], &test_error));
        }
        number->values[row] =
            row % 13 == 0 ? NAN : numbers[row % 10] * (double)(row / 500);
        hidden->values[row] = (double)row;
        if (row % 17 == 0) {
            hidden->values[row] = NAN;
            assert_ok(irm_column_mark(hidden, ROWS, row, secret, &test_error));
        }
    }
    return table;
}

/* The same file, cell after cell. */
static void expect(const irm_table *table, char delimiter, char decimal, irm_buffer *to) {
    irm_buffer_csv(to, "te,xt", delimiter);
    irm_buffer_format(to, "%cnumber%chidden\n", delimiter, delimiter);
    for (size_t row = 0; row < ROWS; row++) {
        irm_buffer number = {0};
        irm_buffer_number(&number, table->columns[1].values[row]);
        char *dot = number.data != NULL ? strchr(number.data, '.') : NULL;
        if (dot != NULL) {
            *dot = decimal;
        }
        irm_buffer_csv(to, row % 11 == 0 ? "" : labels[row % 6], delimiter);
        irm_buffer_format(to, "%c%s%c", delimiter, number.data != NULL ? number.data : "",
                          delimiter);
        row % 17 == 0 ? irm_buffer_text(to, "s") : irm_buffer_format(to, "%zu", row);
        irm_buffer_text(to, "\n");
        irm_buffer_clear(&number);
    }
}

static void csv_is_the_same_cell_by_cell_and_in_threads(void **state) {
    (void)state;
    irm_table table = made();
    char *folder = test_folder(), *path = irm_path_join(folder, "t.csv");
    for (int french = 0; french < 2; french++) {
        irm_buffer expected = {0};
        expect(&table, french ? ';' : ',', french ? ',' : '.', &expected);
        for (size_t threads = 1; threads < 6; threads++) {
            irm_buffer written = {0};
            assert_ok(irm_table_write_in(&table, path, french ? "fr" : NULL, threads,
                                         &test_error));
            assert_ok(irm_read_file(path, &written, &test_error));
            assert_string_equal(written.data, expected.data);
            irm_buffer_clear(&written);
        }
        irm_buffer_clear(&expected);
    }
    irm_free(path);
    irm_table_clear(&table);
    test_folder_remove(folder);
}

/* The state of an empty cell, in a spreadsheet too: its code, in the style of the hidden. */
static void a_spreadsheet_bears_the_codes_of_states(void **state) {
    (void)state;
    static const irm_state states[] = {IRM_STATE_VALUE, IRM_STATE_SECRET,
                                       IRM_STATE_MISSING, IRM_STATE_NOT_APPLICABLE,
                                       IRM_STATE_BOUNDED};
    char *folder = test_folder(), *path = irm_path_join(folder, "t.xlsx");
    irm_table table;
    irm_column *column;
    irm_buffer out = {0};
    assert_ok(irm_table_init(&table, "t", 5, &test_error));
    assert_ok(irm_table_add(&table, "value", IRM_COLUMN_NUMBER, &column, &test_error));
    assert_ok(irm_table_add(&table, "state", IRM_COLUMN_CATEGORY, &column, &test_error));
    for (size_t row = 0; row < 5; row++) {
        table.columns[0].values[row] = row == 0 ? 12 : NAN;
        assert_ok(irm_dict_add(table.columns[1].categories,
                               irm_view_of(irm_state_name(states[row])),
                               &table.columns[1].codes[row], &test_error));
    }
    assert_ok(irm_table_write(&table, path, NULL, &test_error));
    int exit = test_run(&out, NULL,
                        "python3 -c \"import zipfile as z; f = z.ZipFile('%s'); "
                        "[print(f.read('xl/' + n).decode()) for n in "
                        "('sharedStrings.xml', 'worksheets/sheet1.xml')]\"",
                        path);
    test_folder_remove(folder);
    irm_free(path);
    irm_table_clear(&table);
    if (exit != 0) {
        irm_buffer_clear(&out);
        skip(); /* no Python here */
    }
    static const char *const codes[] = {"<t>s</t>", "<t>nd</t>", "<t>–</t>", "<t>[…]</t>"};
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(strstr(out.data, codes[i]));
    }
    assert_non_null(strstr(out.data, "<c r=\"A2\"><v>12</v></c>"));
    assert_non_null(strstr(out.data, "<c r=\"A3\" s=\""));
    irm_buffer_clear(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spreadsheet_bears_the_codes_of_states),
        cmocka_unit_test(csv_is_the_same_cell_by_cell_and_in_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
