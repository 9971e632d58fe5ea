/* Tables moved from year to year: counts, ratios, categories, states, and the account. */
#include "small.h"

static irm_column *column(const irm_table *table, const char *name) {
    irm_column *found;
    assert_ok(irm_table_need(table, name, &found, &test_error));
    return found;
}

static size_t row_of(const irm_table *table, const char *code) {
    const irm_column *key = column(table, "CODGEO");
    for (size_t r = 0; r < table->n_rows; r++) {
        if (strcmp(irm_column_label(key, r), code) == 0) {
            return r;
        }
    }
    fail_msg("no row %s", code);
    return 0;
}

static double value(const irm_table *table, const char *code, const char *name) {
    return column(table, name)->values[row_of(table, code)];
}

static irm_state state_of(const irm_table *table, const char *code, const char *name) {
    return irm_column_state(column(table, name), row_of(table, code));
}

static const char *label(const irm_table *table, const char *code, const char *name) {
    return irm_column_label(column(table, name), row_of(table, code));
}

/* A commune a line: a count, a median, a ratio with its parts, a class. */
static const char *const lines =
    "CODGEO,LIBGEO,N,MED,NUM,DEN,TAUX,CLASSE\n"
    "01001,Aville,300,20000,30,100,30,x\n"
    "01002,Bville,100,24000,10,50,20,y\n"
    "01003,Cville,90,18000,9,30,30,z\n"
    "01007,Gville,50,19000,5,20,25,y\n"
    "01011,Kville,7,21000,1,4,25,x\n";

typedef struct asked {
    irm_convert_column columns[6];
    irm_convert_options options;
} asked;

static asked ask(int from, int to) {
    asked a = {.columns = {{.name = "N", .kind = IRM_KIND_COUNT},
                           {.name = "NUM", .kind = IRM_KIND_COUNT},
                           {.name = "DEN", .kind = IRM_KIND_COUNT},
                           {.name = "MED", .kind = IRM_KIND_MEDIAN},
                           {.name = "TAUX",
                            .kind = IRM_KIND_RATIO,
                            .numerator = "NUM",
                            .denominator = "DEN",
                            .factor = 100},
                           {.name = "CLASSE", .kind = IRM_KIND_CATEGORY}}};
    a.options =
        (irm_convert_options){.from = from, .to = to, .key = "CODGEO", .n_columns = 6};
    return a;
}

static irm_status convert(const small *s, const char *text, asked *a,
                          irm_conversion *result) {
    irm_table table;
    small_table(s, "mine.csv", text, "mine@2009", 2009, &table);
    a->options.columns = a->columns;
    irm_status status = irm_convert_table(&table, s->history, s->populations, &a->options,
                                          NULL, result, &test_error);
    irm_table_clear(&table);
    return status;
}

static void counts_add_and_ratios_are_recomputed(void **state) {
    (void)state;
    small s;
    irm_conversion c;
    small_open(&s, true);
    small_people(&s, 2009, "01001", 300, "01002", 100);
    small_people(&s, 2013, "01003", 80, "01004", 20);
    asked a = ask(2009, 2020);
    a.columns[5].rule = IRM_CATEGORY_MAJORITY;
    assert_ok(convert(&s, lines, &a, &c));
    const irm_table *t = &c.table;
    assert_int_equal(t->n_rows, 4); /* G, C, D, K */
    assert_true(value(t, "01007", "N") == 450);
    assert_int_equal(state_of(t, "01007", "N"), IRM_STATE_VALUE);
    assert_true(value(t, "01011", "N") == 7 && value(t, "01011", "MED") == 21000);
    assert_true(fabs(value(t, "01007", "TAUX") - 100 * 45.0 / 170) < 1e-12);
    assert_true(isnan(value(t, "01007", "MED")));
    assert_int_equal(state_of(t, "01007", "MED"), IRM_STATE_BOUNDED);
    double lower, upper;
    irm_column_bounds(column(t, "MED"), row_of(t, "01007"), &lower, &upper);
    assert_true(lower == 19000 && upper == 24000);
    assert_string_equal(label(t, "01007", "CLASSE"), "x"); /* 300 against 100 */
    assert_true(fabs(value(t, "01003", "N") - 72) < 1e-6);
    assert_int_equal(state_of(t, "01003", "N"), IRM_STATE_ESTIMATED);
    irm_column_bounds(column(t, "N"), row_of(t, "01003"), &lower, &upper);
    assert_true(lower == 0 && upper == 90);
    irm_column_bounds(column(t, "TAUX"), row_of(t, "01003"), &lower, &upper);
    assert_int_equal(state_of(t, "01003", "TAUX"), IRM_STATE_ESTIMATED);
    assert_true(lower == 0 && isinf(upper)); /* 9 of 30: all or none of either */
    assert_int_equal(state_of(t, "01003", "MED"), IRM_STATE_MISSING);
    assert_true(value(t, "01003", "N") + value(t, "01004", "N") == 90);
    assert_true(c.totals[2].before == 547 && c.totals[2].after == 547);
    assert_int_equal(c.merged, 3);
    assert_int_equal(c.split, 1);
    assert_int_equal(irm_attributes_integer(&t->attributes, "geography", 0), 2020);
    assert_int_equal(irm_attributes_integer(&t->attributes, "converted_from", 0), 2009);
    irm_conversion_clear(&c);
    small_close(&s);
}

static void categories_follow_their_rule(void **state) {
    (void)state;
    static const struct {
        irm_category_rule rule;
        const char *expected;
    } cases[] = {{IRM_CATEGORY_MIXED, "several"},
                 {IRM_CATEGORY_MAJORITY, "x"},
                 {IRM_CATEGORY_ABSORBING, "y"}}; /* G keeps its code */
    small s;
    small_open(&s, true);
    small_people(&s, 2009, "01001", 300, "01002", 100);
    small_people(&s, 2013, "01003", 80, "01004", 20);
    for (size_t i = 0; i < 3; i++) {
        irm_conversion c;
        asked a = ask(2009, 2020);
        a.columns[5].rule = cases[i].rule;
        a.options.mixed = "several";
        assert_ok(convert(&s, lines, &a, &c));
        assert_string_equal(label(&c.table, "01007", "CLASSE"), cases[i].expected);
        irm_conversion_clear(&c);
    }
    small_close(&s);
}

static void what_cannot_be_shared_is_refused_or_told(void **state) {
    (void)state;
    small s;
    irm_conversion c;
    small_open(&s, true);
    asked a = ask(2009, 2020);
    assert_int_equal(convert(&s, lines, &a, &c), IRM_STATUS_REFUSED);
    assert_non_null(strstr(test_error.message, "01003, 01004"));
    irm_conversion_clear(&c);
    a.options.unknown = IRM_SHARE_EQUAL;
    assert_ok(convert(&s, lines, &a, &c));
    assert_true(value(&c.table, "01004", "N") == 45);
    bool told = false;
    for (size_t i = 0; i < c.n_changes; i++) {
        told |= strcmp(c.changes[i].to, "01004") == 0 && c.changes[i].share == 0.5 &&
                strcmp(c.changes[i].by, "equal shares") == 0;
    }
    assert_true(told);
    irm_conversion_clear(&c);
    small_close(&s);
}

static void codes_of_no_year_and_of_others_are_listed(void **state) {
    (void)state;
    small s;
    irm_conversion c;
    small_open(&s, true);
    asked a = ask(2015, 2016);
    a.options.n_columns = 1;
    assert_ok(convert(&s, "CODGEO,N\n01001,5\n01002,3\n99998,2\n01007,1\n", &a, &c));
    assert_int_equal(c.unmatched, 1);
    assert_int_equal(c.n_others, 1);
    assert_true(value(&c.table, "01007", "N") == 9);
    assert_true(c.totals[1].before == 11 && c.totals[1].after == 9);
    irm_table changes;
    assert_ok(irm_conversion_changes(&c, &changes, &test_error));
    assert_int_equal(changes.n_rows, 4);
    assert_string_equal(irm_column_label(&changes.columns[2], 1), "former");
    assert_string_equal(irm_column_label(&changes.columns[2], 2), "unmatched");
    irm_table_clear(&changes);
    irm_conversion_clear(&c);
    small_close(&s);
}

/* Of Paris and its arrondissements, one is counted. */
static void arrondissements_fold_or_stand_alone(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool keep;
        size_t rows;
        double total;
    } cases[] = {
        {"CODGEO,N\n75101,5\n75102,3\n01011,1\n", false, 2, 9},
        {"CODGEO,N\n75101,5\n75102,3\n01011,1\n", true, 3, 9},
        {"CODGEO,N\n75056,8\n75101,5\n75102,3\n01011,1\n", false, 2, 9},
        {"CODGEO,N\n75056,8\n75101,5\n75102,3\n01011,1\n", true, 3, 9},
    };
    small s;
    small_open(&s, true);
    for (size_t i = 0; i < 4; i++) {
        irm_conversion c;
        asked a = ask(2009, 2020);
        a.options.n_columns = 1;
        a.options.keep_arrondissements = cases[i].keep;
        assert_ok(convert(&s, cases[i].text, &a, &c));
        if (c.table.n_rows != cases[i].rows) {
            fail_msg("case %zu: %zu rows", i, c.table.n_rows);
        }
        assert_true(c.totals[1].after == cases[i].total);
        irm_conversion_clear(&c);
    }
    small_close(&s);
}

/* Hidden cells are neither dropped nor zero. */
static void states_and_bounds_are_carried(void **state) {
    (void)state;
    small s;
    irm_conversion c = {0};
    irm_table table;
    irm_column *key, *n;
    uint8_t secret, nothing;
    static const char *const codes[] = {"01001", "01002", "01007", "01011"};
    small_open(&s, true);
    assert_ok(irm_table_init(&table, "made@2009", 4, &test_error));
    table.loaded = true;
    assert_ok(irm_table_add(&table, "CODGEO", IRM_COLUMN_CATEGORY, &key, &test_error));
    assert_ok(irm_table_add(&table, "N", IRM_COLUMN_NUMBER, &n, &test_error));
    key = column(&table, "CODGEO");
    for (size_t i = 0; i < 4; i++) {
        assert_ok(irm_dict_add(key->categories, irm_view_of(codes[i]), &key->codes[i],
                               &test_error));
        n->values[i] = 10 * (double)(i + 1);
    }
    assert_ok(irm_column_marker(n, "s", IRM_STATE_SECRET, 1, 4, &secret, &test_error));
    assert_ok(irm_column_marker(n, "", IRM_STATE_MISSING, -INFINITY, INFINITY, &nothing,
                                &test_error));
    asked a = ask(2009, 2020);
    a.options.columns = a.columns;
    a.options.n_columns = 1;
    n->values[1] = NAN;
    assert_ok(irm_column_mark(n, 4, 1, secret, &test_error));
    assert_ok(irm_column_mark(n, 4, 3, secret, &test_error));
    assert_ok(
        irm_convert_table(&table, s.history, NULL, &a.options, NULL, &c, &test_error));
    double lower, upper;
    irm_column_bounds(column(&c.table, "N"), row_of(&c.table, "01007"), &lower, &upper);
    assert_int_equal(state_of(&c.table, "01007", "N"), IRM_STATE_BOUNDED);
    assert_true(lower == 41 && upper == 44);
    assert_int_equal(state_of(&c.table, "01011", "N"), IRM_STATE_SECRET);
    irm_conversion_clear(&c);
    assert_ok(irm_column_mark(n, 4, 1, nothing, &test_error));
    assert_ok(
        irm_convert_table(&table, s.history, NULL, &a.options, NULL, &c, &test_error));
    assert_int_equal(state_of(&c.table, "01007", "N"), IRM_STATE_MISSING);
    irm_conversion_clear(&c);
    irm_table_clear(&table);
    small_close(&s);
}

/* A table that states no geography is dated by its codes as it is taken into a store that
 * knows the communes of each year. */
static void undated_tables_are_dated_at_ingest(void **state) {
    (void)state;
    static const char text[] = "CODGEO,N\n01001,1\n01003,2\n01004,3\n44060,4\n49160,5\n"
                               "01007,6\n01008,7\n01009,8\n01010,9\n01011,10\n75056,11\n";
    small s;
    irm_table table;
    small_open(&s, true);
    char *path = irm_path_join(s.folder, "undated.csv");
    irm_ingest_options options = {.dataset = "undated@2015"};
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    assert_ok(irm_ingest_into(s.registry, path, &options, NULL, s.store, false, &table,
                              &test_error));
    irm_table_clear(&table);
    const irm_table *schema = irm_store_find(s.store, "undated@2015");
    assert_non_null(schema);
    assert_int_equal(irm_attributes_integer(&schema->attributes, "geography", 0), 2013);
    irm_free(path);
    small_close(&s);
}

/* A detail file: its records move under the new code, and are shared by weight alone. */
static void records_move_with_their_commune(void **state) {
    (void)state;
    static const char text[] = "CODGEO,N\n01001,1\n01002,2\n01002,3\n";
    small s;
    irm_table table;
    irm_conversion c;
    small_open(&s, true);
    small_table(&s, "records.csv", text, "records@2009", 2009, &table);
    assert_ok(irm_attributes_set(&table.attributes, "shape", "detail", &test_error));
    irm_convert_options options = {.from = 2009, .to = 2020, .key = "CODGEO"};
    assert_ok(irm_convert_table(&table, s.history, NULL, &options, NULL, &c, &test_error));
    assert_int_equal(c.table.n_rows, 3);
    for (size_t r = 0; r < 3; r++) {
        assert_string_equal(irm_column_label(&c.table.columns[0], r), "01007");
        assert_true(c.table.columns[1].values[r] == (double)(r + 1));
    }
    irm_conversion_clear(&c);
    options = (irm_convert_options){.from = 2010, .to = 2009, .key = "CODGEO",
                                    .unknown = IRM_SHARE_EQUAL};
    assert_int_equal(irm_convert_table(&table, s.history, NULL, &options, NULL, &c,
                                       &test_error), IRM_STATUS_REFUSED);
    assert_non_null(strstr(test_error.message, "split (01001)"));
    assert_non_null(strstr(test_error.message, "no weight"));
    irm_conversion_clear(&c);
    irm_table_clear(&table);
    small_close(&s);
}

/* A made-up country of pairs of communes that merge, more than a column has markers. */
static void more_intervals_than_markers_are_told_by_wider_ones(void **state) {
    (void)state;
    enum { PAIRS = 400 };
    small s;
    irm_conversion c;
    irm_table table;
    irm_column *key, *n;
    irm_buffer text = {0};
    small_open(&s, false);
    irm_buffer_text(&text, "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TYPECOM_AP,COM_AP\n");
    for (int i = 0; i < PAIRS; i++) {
        irm_buffer_format(&text, "32,2015-01-01,COM,50%03d,COM,50%03d\n", i, i);
        irm_buffer_format(&text, "32,2015-01-01,COM,51%03d,COM,50%03d\n", i, i);
    }
    small_put(&s, "v_mvtcommune_2022.csv", text.data, NULL);
    irm_buffer_clear(&text);
    irm_history *history;
    assert_ok(irm_history_load(s.store, &history, &test_error));
    assert_ok(irm_table_init(&table, "made@2009", 2 * PAIRS, &test_error));
    table.loaded = true;
    assert_ok(irm_table_add(&table, "CODGEO", IRM_COLUMN_CATEGORY, &key, &test_error));
    assert_ok(irm_table_add(&table, "N", IRM_COLUMN_NUMBER, &n, &test_error));
    key = column(&table, "CODGEO");
    n->round_below = n->round_above = 2;
    for (int r = 0; r < 2 * PAIRS; r++) {
        char code[8];
        snprintf(code, sizeof code, "5%d%03d", r % 2, r / 2);
        assert_ok(irm_dict_add(key->categories, irm_view_of(code), &key->codes[r],
                               &test_error));
        n->values[r] = 5 * (r / 2 + 1);
    }
    asked a = ask(2014, 2016);
    a.options.columns = a.columns;
    a.options.n_columns = 1;
    assert_ok(
        irm_convert_table(&table, history, NULL, &a.options, NULL, &c, &test_error));
    assert_int_equal(c.table.n_rows, PAIRS);
    for (int i = 0; i < PAIRS; i++) {
        double lower, upper, sum = 10 * (i + 1);
        irm_column_bounds(column(&c.table, "N"), (size_t)i, &lower, &upper);
        assert_true(column(&c.table, "N")->values[i] == sum);
        assert_true(lower <= sum - 4 && upper >= sum + 4);
        assert_true(lower >= sum / 2.1 - 4 && upper <= 2.1 * sum + 4);
    }
    irm_conversion_clear(&c);
    irm_table_clear(&table);
    irm_history_free(history);
    small_close(&s);
}

/* Descriptors tell what columns are; here, by hand. */
static void describe(irm_table *table, const char *name, const char *attribute,
                     const char *text) {
    assert_ok(irm_attributes_set(&column(table, name)->attributes, attribute, text,
                                 &test_error));
}

/* A cube: communes are converted cell by cell, the other levels are left out, and told. */
static void cubes_are_converted_cell_by_cell(void **state) {
    (void)state;
    static const char text[] = "CODGEO,LEVEL,SEX,MEASURE,N\n"
                               "01001,COM,F,POP,10\n01001,COM,M,POP,20\n"
                               "01002,COM,F,POP,3\n01002,COM,M,POP,4\n"
                               "01001,COM,F,AGE,40\n01002,COM,F,AGE,44\n"
                               "01003,COM,F,POP,8\n01003,COM,M,POP,8\n"
                               "01,DEP,F,POP,21\n01,DEP,M,POP,32\n";
    small s;
    irm_table table;
    irm_conversion c;
    small_open(&s, true);
    small_people(&s, 2013, "01003", 75, "01004", 25);
    small_table(&s, "cube.csv", text, "cube@2009", 2009, &table);
    assert_ok(irm_attributes_set(&table.attributes, "shape", "cube", &test_error));
    describe(&table, "CODGEO", "role", "key");
    describe(&table, "LEVEL", "role", "level");
    describe(&table, "LEVEL", "levels", "COM=com DEP=dep");
    describe(&table, "SEX", "role", "dimension");
    describe(&table, "MEASURE", "role", "measure");
    describe(&table, "MEASURE", "measures", "POP=count AGE=mean");
    describe(&table, "N", "role", "value");
    irm_convert_options options = {.from = 2009, .to = 2020};
    assert_ok(irm_convert_table(&table, s.history, s.populations, &options, NULL, &c,
                                &test_error));
    assert_int_equal(c.n_rows_left, 2);
    assert_int_equal(c.table.n_rows, 7); /* 3 of 01007, 2 of 01003, 2 of 01004 */
    const irm_column *key = column(&c.table, "CODGEO"), *n = column(&c.table, "N");
    size_t seen = 0;
    for (size_t r = 0; r < c.table.n_rows; r++) {
        const char *code = irm_column_label(key, r),
                   *sex = irm_column_label(column(&c.table, "SEX"), r),
                   *measure = irm_column_label(column(&c.table, "MEASURE"), r);
        double lower, upper;
        irm_column_bounds(n, r, &lower, &upper);
        if (strcmp(measure, "AGE") == 0) {
            assert_string_equal(code, "01007");
            assert_int_equal(irm_column_state(n, r), IRM_STATE_BOUNDED);
            assert_true(lower == 40 && upper == 44);
            seen++;
        } else if (strcmp(code, "01007") == 0) {
            assert_true(n->values[r] == (sex[0] == 'F' ? 13 : 24));
            seen++;
        } else {
            assert_int_equal(irm_column_state(n, r), IRM_STATE_ESTIMATED);
            assert_true(fabs(n->values[r] - (strcmp(code, "01003") == 0 ? 6 : 2)) < 1e-6);
            assert_true(lower == 0 && upper == 8);
            seen++;
        }
    }
    assert_int_equal(seen, 7);
    irm_conversion_clear(&c);
    irm_table_clear(&table);
    small_close(&s);
}

/* Records of a split commune share their weight; what describes them does not change. */
static void records_of_a_split_commune_share_their_weight(void **state) {
    (void)state;
    static const char text[] = "CODGEO,AGE,W\n01003,40,2\n01003,7,6\n01011,30,1\n";
    small s;
    irm_table table;
    irm_conversion c;
    small_open(&s, true);
    small_people(&s, 2013, "01003", 75, "01004", 25);
    small_table(&s, "weighted.csv", text, "weighted@2009", 2009, &table);
    assert_ok(irm_attributes_set(&table.attributes, "shape", "detail", &test_error));
    describe(&table, "CODGEO", "role", "key");
    describe(&table, "AGE", "kind", "count"); /* of years: it is not to be shared */
    describe(&table, "W", "role", "weight");
    describe(&table, "W", "kind", "weight");
    irm_convert_options options = {.from = 2009, .to = 2020};
    assert_ok(irm_convert_table(&table, s.history, s.populations, &options, NULL, &c,
                                &test_error));
    const irm_column *key = column(&c.table, "CODGEO"), *w = column(&c.table, "W"),
                     *age = column(&c.table, "AGE");
    assert_int_equal(c.table.n_rows, 5);
    double sum = 0;
    for (size_t r = 0; r < c.table.n_rows; r++) {
        bool split = strcmp(irm_column_label(key, r), "01011") != 0;
        double whole = age->values[r] == 40 ? 2 : age->values[r] == 7 ? 6 : 1;
        double share = !split                                             ? 1
                       : strcmp(irm_column_label(key, r), "01003") == 0 ? 0.75
                                                                          : 0.25;
        assert_int_equal(irm_column_state(age, r), IRM_STATE_VALUE);
        assert_true(fabs(w->values[r] - share * whole) < 1e-6);
        assert_int_equal(irm_column_state(w, r),
                         split ? IRM_STATE_ESTIMATED : IRM_STATE_VALUE);
        sum += w->values[r];
    }
    assert_true(sum == 9);
    assert_true(isnan(c.totals[1].before) && c.totals[2].before == 9 &&
                c.totals[2].after == 9);
    irm_conversion_clear(&c);
    irm_table_clear(&table);
    small_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_add_and_ratios_are_recomputed),
        cmocka_unit_test(categories_follow_their_rule),
        cmocka_unit_test(what_cannot_be_shared_is_refused_or_told),
        cmocka_unit_test(codes_of_no_year_and_of_others_are_listed),
        cmocka_unit_test(arrondissements_fold_or_stand_alone),
        cmocka_unit_test(states_and_bounds_are_carried),
        cmocka_unit_test(undated_tables_are_dated_at_ingest),
        cmocka_unit_test(records_move_with_their_commune),
        cmocka_unit_test(records_of_a_split_commune_share_their_weight),
        cmocka_unit_test(cubes_are_converted_cell_by_cell),
        cmocka_unit_test(more_intervals_than_markers_are_told_by_wider_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
