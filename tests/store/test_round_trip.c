#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/store.h"
#include "support.h"

/* A table with every type, marker and attribute; `n` rows. */
static void fill(irm_table *table, const char *name, size_t n) {
    assert_ok(irm_table_init(table, name, n, &test_error));
    assert_ok(irm_attributes_set(&table->attributes, "title_fr", "Évolution et structure",
                                 &test_error));
    assert_ok(irm_attributes_set(&table->attributes, "empty", "", &test_error));
    const char *names[] = {"small",   "P20 POP/é", "large", "huge", "decimal", "secret",
                           "%2F.odd", ".hidden",   "",      "neg0", "inf",     "single"};
    for (size_t c = 0; c < sizeof names / sizeof *names; c++) {
        irm_column *column;
        assert_ok(
            irm_table_add(table, names[c], IRM_COLUMN_NUMBER, &column, &test_error));
        for (size_t i = 0; i < n; i++) {
            double v = (double)i;
            const double values[] = {fmod(v, 200) - 100,
                                     v * 3,
                                     v * 70000,
                                     v * 0x1p40,
                                     v / 10,
                                     v,
                                     -v,
                                     v + 1e-9,
                                     v * 300,
                                     i % 3 == 0 ? -0.0 : v,
                                     i % 2 ? INFINITY : -INFINITY,
                                     v / 4};
            column->values[i] = values[c];
        }
    }
    irm_column *secret = irm_table_column(table, "secret");
    uint8_t hidden, blank;
    assert_ok(
        irm_column_marker(secret, "s", IRM_STATE_SECRET, 0, 10.5, &hidden, &test_error));
    assert_ok(irm_column_marker(secret, "", IRM_STATE_MISSING, -INFINITY, INFINITY,
                                &blank, &test_error));
    for (size_t i = 0; i < n; i += 7) {
        assert_ok(irm_column_mark(secret, n, i, i % 2 ? hidden : blank, &test_error));
        secret->values[i] = NAN;
    }
    secret->round_below = 2;
    secret->round_above = 2.5;
    assert_ok(irm_attributes_set(&secret->attributes, "label_fr",
                                 "Allocataires à l'étranger", &test_error));
    assert_ok(
        irm_attributes_set(&secret->attributes, "marker-text", "taken", &test_error));
    assert_ok(irm_attributes_set(&secret->attributes, "unit", "", &test_error));
    const size_t labels[] = {3, 129, 40000};
    for (size_t c = 0; c < 3; c++) {
        irm_column *column;
        char text[64];
        snprintf(text, sizeof text, "category %zu", labels[c]);
        assert_ok(irm_table_add(table, text, IRM_COLUMN_CATEGORY, &column, &test_error));
        for (size_t k = 0; k < labels[c]; k++) {
            int32_t code;
            text[0] = '\0';
            if (k != 1) {
                snprintf(text, sizeof text, "libellé n°%zu", k);
            }
            assert_ok(
                irm_dict_add(column->categories, irm_view_of(text), &code, &test_error));
        }
        for (size_t i = 0; i < n; i++) {
            column->codes[i] = (int32_t)(i * 7 % (labels[c] + 1)) - 1;
        }
    }
    irm_column *bytes;
    assert_ok(irm_table_add(table, "geometry", IRM_COLUMN_BYTES, &bytes, &test_error));
    bytes->bytes = irm_calloc(n * 8, 1);
    assert_non_null(bytes->bytes);
    uint64_t used = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i % 9; k++) {
            bytes->bytes[used++] = (unsigned char)(i + k);
        }
        bytes->offsets[i + 1] = used;
    }
}

static void assert_same_attributes(const irm_attributes *a, const irm_attributes *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->items[i].name, b->items[i].name);
        assert_string_equal(a->items[i].value, b->items[i].value);
    }
}

static void assert_same_description(const irm_column *a, const irm_column *b) {
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->type, b->type);
    assert_true(a->round_below == b->round_below && a->round_above == b->round_above);
    assert_int_equal(a->n_markers, b->n_markers);
    for (size_t i = 0; i < a->n_markers; i++) {
        assert_string_equal(a->markers[i].text, b->markers[i].text);
        assert_int_equal(a->markers[i].state, b->markers[i].state);
        assert_true(a->markers[i].lower == b->markers[i].lower);
        assert_true(a->markers[i].upper == b->markers[i].upper);
    }
    assert_same_attributes(&a->attributes, &b->attributes);
}

static void assert_same_number(double a, double b) {
    assert_true(isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b));
}

/* Row i of `b` is row first + i of `a`. */
static void assert_same_cells(const irm_column *a, const irm_column *b, size_t first,
                              size_t n) {
    assert_int_equal(a->marks != NULL, b->marks != NULL);
    if (a->type == IRM_COLUMN_CATEGORY) {
        assert_int_equal(irm_dict_count(a->categories), irm_dict_count(b->categories));
    }
    for (size_t i = 0; i < n; i++) {
        size_t row = first + i;
        if (a->marks != NULL) {
            assert_int_equal(a->marks[row], b->marks[i]);
        }
        if (a->type == IRM_COLUMN_NUMBER) {
            assert_same_number(a->values[row], b->values[i]);
        } else if (a->type == IRM_COLUMN_CATEGORY) {
            assert_int_equal(a->codes[row], b->codes[i]);
            assert_string_equal(irm_column_label(a, row), irm_column_label(b, i));
        } else {
            uint64_t size = a->offsets[row + 1] - a->offsets[row];
            assert_int_equal(size, b->offsets[i + 1] - b->offsets[i]);
            if (size > 0) {
                assert_memory_equal(a->bytes + a->offsets[row], b->bytes + b->offsets[i],
                                    size);
            }
        }
    }
}

static void every_type_marker_and_attribute_comes_back(void **state) {
    (void)state;
    const size_t sizes[] = {0, 1, 100, 150000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        char *folder = test_folder();
        irm_table table, read;
        irm_store *store;
        fill(&table, "all/types.com@2020", sizes[s]);
        assert_ok(irm_store_open(folder, true, &store, &test_error));
        assert_ok(irm_store_put(store, &table, false, &test_error));
        irm_store_free(store);
        assert_ok(irm_store_open(folder, false, &store, &test_error));
        assert_int_equal(irm_store_count(store), 1);
        const irm_table *schema = irm_store_schema(store, 0);
        assert_string_equal(schema->name, table.name);
        assert_false(schema->loaded);
        assert_int_equal(schema->n_rows, sizes[s]);
        assert_same_attributes(&table.attributes, &schema->attributes);
        assert_ok(irm_store_read(store, table.name, NULL, 0, &read, &test_error));
        assert_true(read.loaded);
        assert_int_equal(read.n_columns, table.n_columns);
        assert_same_attributes(&table.attributes, &read.attributes);
        for (size_t c = 0; c < table.n_columns; c++) {
            assert_same_description(&table.columns[c], &schema->columns[c]);
            assert_same_description(&table.columns[c], &read.columns[c]);
            assert_same_cells(&table.columns[c], &read.columns[c], 0, sizes[s]);
        }
        irm_table_clear(&read);
        irm_table_clear(&table);
        irm_store_free(store);
        test_folder_remove(folder);
    }
}

static void any_rows_of_any_columns_can_be_read(void **state) {
    (void)state;
    enum { N = 140000 };
    char *folder = test_folder();
    irm_table table, read;
    irm_store *store;
    fill(&table, "t", N);
    assert_ok(irm_store_open(folder, true, &store, &test_error));
    assert_ok(irm_store_put(store, &table, false, &test_error));
    const char *const columns[] = {"geometry", "secret", "category 129", "P20 POP/é"};
    const size_t ranges[][2] = {{0, 0},     {0, 1}, {65535, 2},     {65536, 65536},
                                {N - 1, 1}, {N, 0}, {1000, 138000}, {131072, 8928}};
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
        assert_ok(irm_store_read_rows(store, "t", columns, 4, ranges[r][0], ranges[r][1],
                                      &read, &test_error));
        assert_int_equal(read.n_columns, 4);
        assert_int_equal(read.n_rows, ranges[r][1]);
        for (size_t c = 0; c < 4; c++) {
            assert_string_equal(read.columns[c].name, columns[c]);
            assert_same_cells(irm_table_column(&table, columns[c]), &read.columns[c],
                              ranges[r][0], ranges[r][1]);
        }
        irm_table_clear(&read);
    }
    assert_int_equal(irm_store_read_rows(store, "t", NULL, 0, N, 1, &read, &test_error),
                     IRM_STATUS_USAGE);
    const char *unknown[] = {"secrt"};
    assert_int_equal(irm_store_read(store, "t", unknown, 1, &read, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "did you mean 'secret'"));
    irm_table_clear(&table);
    irm_store_free(store);
    test_folder_remove(folder);
}

static void read_bytes_of(const char *folder, const char *name, irm_buffer *bytes) {
    char *path = irm_path_join(folder, name);
    irm_buffer_clear(bytes);
    assert_ok(irm_read_file(path, bytes, &test_error));
    irm_free(path);
}

static void the_same_table_is_the_same_bytes_whatever_the_threads(void **state) {
    (void)state;
    irm_buffer first = {0}, links = {0}, again = {0};
    const size_t threads[] = {1, 2, 5, 0};
    for (size_t t = 0; t < 4; t++) {
        /* Blocks of memory that are reused hold other bytes than fresh ones. */
        void *noise = malloc(5000000);
        memset(noise, (int)t + 1, 5000000);
        free(noise);
        char *folder = test_folder();
        irm_table table;
        irm_store *store;
        fill(&table, "t", 70000);
        assert_ok(irm_store_open(folder, true, &store, &test_error));
        irm_store_set_threads(store, threads[t]);
        assert_ok(irm_store_put(store, &table, false, &test_error));
        read_bytes_of(folder, "tables/t.h5", t == 0 ? &first : &again);
        if (t > 0) {
            assert_int_equal(first.size, again.size);
            assert_memory_equal(first.data, again.data, first.size);
        }
        read_bytes_of(folder, "store.h5", t == 0 ? &links : &again);
        if (t > 0) {
            assert_int_equal(links.size, again.size);
            assert_memory_equal(links.data, again.data, links.size);
        }
        irm_table_clear(&table);
        irm_store_free(store);
        test_folder_remove(folder);
    }
    irm_buffer_clear(&first);
    irm_buffer_clear(&links);
    irm_buffer_clear(&again);
}

static void a_long_label_among_short_ones_wastes_nothing(void **state) {
    (void)state;
    char *folder = test_folder();
    irm_table table, read;
    irm_store *store;
    irm_column *column;
    assert_ok(irm_table_init(&table, "t", 3000, &test_error));
    assert_ok(irm_table_add(&table, "c", IRM_COLUMN_CATEGORY, &column, &test_error));
    char *longest = irm_calloc(1000001, 1);
    memset(longest, 'x', 1000000);
    for (int32_t i = 0; i < 3000; i++) {
        char text[32];
        snprintf(text, sizeof text, "%d", i);
        assert_ok(irm_dict_add(column->categories, irm_view_of(i == 5 ? longest : text),
                               &column->codes[i], &test_error));
    }
    assert_ok(irm_attributes_set(&column->attributes, "note", longest, &test_error));
    assert_ok(irm_store_open(folder, true, &store, &test_error));
    assert_ok(irm_store_put(store, &table, false, &test_error));
    assert_ok(irm_store_read(store, "t", NULL, 0, &read, &test_error));
    assert_same_description(column, &read.columns[0]);
    assert_same_cells(column, &read.columns[0], 0, 3000);
    irm_table_clear(&read);
    irm_table_clear(&table);
    irm_free(longest);
    irm_store_free(store);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_marker_and_attribute_comes_back),
        cmocka_unit_test(any_rows_of_any_columns_can_be_read),
        cmocka_unit_test(the_same_table_is_the_same_bytes_whatever_the_threads),
        cmocka_unit_test(a_long_label_among_short_ones_wastes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
