/* Where the codes of one year lead at another. */
#include "small.h"

typedef struct expected {
    int from, to;
    const char *code;
    irm_passage_kind kind;
    const char *first; /* the first link, by code; NULL for none */
    double share;
    size_t count;
} expected;

static void check(const small *s, const expected *e) {
    irm_passage *passage;
    const irm_link *links;
    size_t n;
    irm_passage_kind kind;
    assert_ok(irm_passage_new(s->history, s->populations, e->from, e->to,
                              IRM_SHARE_UNKNOWN, &passage, &test_error));
    assert_ok(irm_passage_find(passage, e->code, &links, &n, &kind, &test_error));
    if (n != e->count || kind != e->kind ||
        (n > 0 && strcmp(links[0].to, e->first) != 0) ||
        (n > 0 && !(isnan(e->share) ? isnan(links[0].share)
                                    : fabs(links[0].share - e->share) < 1e-9))) {
        fail_msg("%s from %d to %d: %zu links, %s, first %s %g", e->code, e->from, e->to,
                 n, irm_passage_kind_name(kind), n > 0 ? links[0].to : "",
                 n > 0 ? links[0].share : 0);
    }
    irm_passage_free(passage);
}

static void each_code_leads_where_it_went(void **state) {
    (void)state;
    static const expected cases[] = {
        {2009, 2010, "01002", IRM_PASSAGE_MERGED, "01001", 1, 1},
        {2009, 2010, "01001", IRM_PASSAGE_MERGED, "01001", 1, 1},
        {2009, 2010, "01011", IRM_PASSAGE_SAME, "01011", 1, 1},
        {2010, 2009, "01001", IRM_PASSAGE_SPLIT, "01001", 0.75, 2},
        {2009, 2020, "01002", IRM_PASSAGE_MERGED, "01007", 1, 1},
        {2012, 2013, "01003", IRM_PASSAGE_SPLIT, "01003", 0.8, 2},
        {2013, 2012, "01004", IRM_PASSAGE_MERGED, "01003", 1, 1},
        {2011, 2012, "01003", IRM_PASSAGE_SAME, "01003", 1, 1},
        {2013, 2014, "44060", IRM_PASSAGE_MERGED, "49160", 1, 1},
        {2014, 2013, "49160", IRM_PASSAGE_SPLIT, "44060", NAN, 2},
        {2017, 2018, "01008", IRM_PASSAGE_SPLIT, "01009", NAN, 2},
        {2018, 2017, "01009", IRM_PASSAGE_SPLIT, "01008", NAN, 2},
        {2015, 2015, "01001", IRM_PASSAGE_SAME, "01001", 1, 1},
        {2017, 2020, "01002", IRM_PASSAGE_FORMER, "01007", 1, 1},
        {2011, 2020, "01004", IRM_PASSAGE_LATER, "01004", 1, 1},
        {2011, 2020, "99999", IRM_PASSAGE_UNKNOWN, NULL, 0, 0},
        {2011, 2020, "97701", IRM_PASSAGE_SAME, "97701", 1, 1},
        {2011, 2020, "75101", IRM_PASSAGE_FOLDED, "75056", 1, 1},
    };
    small s;
    small_open(&s, true);
    small_people(&s, 2009, "01001", 300, "01002", 100);
    small_people(&s, 2013, "01003", 80, "01004", 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(&s, &cases[i]);
    }
    small_close(&s);
}

/* Split, then merged again: what comes together is whole, whatever was estimated. */
static void what_comes_together_again_is_whole(void **state) {
    (void)state;
    small s;
    small_open(&s, true);
    irm_passage *there, *back;
    const irm_link *links;
    size_t n;
    irm_passage_kind kind;
    assert_ok(irm_passage_new(s.history, NULL, 2009, 2020, IRM_SHARE_UNKNOWN, &there,
                              &test_error));
    assert_ok(irm_passage_find(there, "01001", &links, &n, &kind, &test_error));
    assert_int_equal(n, 1);
    assert_true(links[0].share == 1 && links[0].by[0] == '\0');
    assert_ok(irm_passage_new(s.history, NULL, 2020, 2009, IRM_SHARE_EQUAL, &back,
                              &test_error));
    assert_ok(irm_passage_find(back, "01007", &links, &n, &kind, &test_error));
    double sum = 0;
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        sum += links[i].share;
        assert_string_equal(links[i].by, "equal shares");
    }
    assert_true(sum == 1);
    irm_passage_free(there);
    irm_passage_free(back);
    small_close(&s);
}

static void years_that_nothing_covers_are_refused(void **state) {
    (void)state;
    small s;
    small_open(&s, true);
    irm_passage *passage = NULL;
    assert_int_equal(irm_passage_new(s.history, NULL, 2010, 2021, IRM_SHARE_UNKNOWN,
                                     &passage, &test_error),
                     IRM_STATUS_REFUSED);
    assert_non_null(strstr(test_error.message, "2021"));
    assert_non_null(strstr(test_error.message, "cog-movements@2020"));
    assert_null(passage);
    assert_int_equal(irm_history_last(s.history), 2020);
    small_close(&s);
}

/* A passage table goes on where movements stop; one whose columns of codes are in the
 * other order is read by what it conserves. */
static void passage_tables_go_on_from_the_last_movement(void **state) {
    (void)state;
    static const char text[] =
        "annee_debut;annee_fin;insee;cod_debut;cod_fin;annee;typemodif;ratio\n"
        "2020;2021;0;01003;01003;2021-01-01;d;0.25\n"
        "2020;2021;0;01003;01012;2021-01-01;d;0.75\n"
        "2021;2022;0;01010;01009;2022-01-01;f;1\n"
        "2021;2022;0;01010;01010;2022-01-01;f;1\n"
        "2021;2022;1;01010;01009;2022-01-01;f;1\n"
        "2009;2010;0;01001;01001;2010-01-01;f;1\n"
        "2010;2009;0;01001;01001;2010-01-01;d;0.6\n"
        "2010;2009;0;01001;01002;2010-01-01;d;0.4\n";
    small s;
    small_open(&s, true);
    small_put(&s, "passage.csv", text, "passage-communes@2022");
    irm_history_free(s.history);
    assert_ok(irm_history_load(s.store, &s.history, &test_error));
    assert_int_equal(irm_history_last(s.history), 2022);
    static const expected cases[] = {
        {2020, 2021, "01003", IRM_PASSAGE_SPLIT, "01003", 0.25, 2},
        {2020, 2022, "01009", IRM_PASSAGE_MERGED, "01010", 1, 1},
        {2022, 2022, "01009", IRM_PASSAGE_FORMER, "01010", 1, 1},
        {2010, 2009, "01001", IRM_PASSAGE_SPLIT, "01001", 0.6, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(&s, &cases[i]);
    }
    assert_true(irm_history_has(s.history, "01012", 2021));
    assert_false(irm_history_has(s.history, "01012", 2020));
    assert_false(irm_history_has(s.history, "01009", 2022));
    small_close(&s);
}

/* Without the list of communes, every code is taken for one of its year. */
static void movements_alone_are_enough(void **state) {
    (void)state;
    small s;
    small_open(&s, false);
    static const expected cases[] = {
        {2009, 2010, "01002", IRM_PASSAGE_MERGED, "01001", 1, 1},
        {2013, 2014, "44060", IRM_PASSAGE_MERGED, "49160", 1, 1},
        {2009, 2020, "01011", IRM_PASSAGE_SAME, "01011", 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(&s, &cases[i]);
    }
    irm_candidate *found;
    size_t n;
    const char *code = "01001";
    assert_int_equal(irm_history_detect(s.history, &code, 1, &found, &n, &test_error),
                     IRM_STATUS_NOT_FOUND);
    small_close(&s);
}

static void hear(void *context, const char *message) {
    irm_buffer_format(context, "%s\n", message);
}

static void a_year_is_detected_from_codes(void **state) {
    (void)state;
    static const char *const codes[] = {"01001", "01003", "01004", "44060", "49160",
                                        "01007", "01008", "01009", "01010", "01011"};
    small s;
    irm_candidate *found;
    size_t n;
    small_open(&s, true);
    assert_ok(irm_history_detect(s.history, codes, 10, &found, &n, &test_error));
    assert_int_equal(n, 2020 - 1968 + 1);
    assert_int_equal(found[0].year, 2013);
    assert_true(found[0].score == 1);
    assert_int_equal(found[0].matched, 10);
    assert_true(found[1].score < 1);
    irm_free(found);
    small_close(&s);
}

static irm_status date(const small *s, const char *text, int *year, irm_error *error,
                       irm_buffer *heard) {
    irm_table table;
    irm_reporter reporter = {.context = heard, .warn = hear};
    small_table(s, "mine.csv", text, "mine@2012", 0, &table);
    irm_status status =
        irm_history_date(s->history, &table, "CODGEO", &reporter, year, error);
    irm_table_clear(&table);
    return status;
}

/* Before 2010, 01002 was a commune; since, it is in 01001, which has a row of its own. */
static void two_geographies_in_a_table_are_refused(void **state) {
    (void)state;
    small s;
    int year = 1;
    irm_error error = {0};
    irm_buffer heard = {0};
    small_open(&s, true);
    assert_int_equal(
        date(&s,
             "CODGEO,N\n01001,1\n01002,2\n01003,3\n01004,4\n44060,5\n49160,6\n"
             "01007,7\n01008,8\n01009,9\n01010,10\n01011,11\n",
             &year, &error, &heard),
        IRM_STATUS_DATA);
    assert_int_equal(year, 0);
    static const char *const told[] = {
        "mixes two geographies", "2013 (score 0.9",
        "01002 (row 2), a commune in 2009, is in 01001 (row 1)", "--from 2013"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (strstr(error.message, told[i]) == NULL) {
            fail_msg("\"%s\" is not in: %s", told[i], error.message);
        }
    }
    irm_buffer_clear(&heard);
    small_close(&s);
}

/* A commune restored in 2012, whose former whole has a row too, in a table of before. */
static void a_row_restored_later_is_named_with_its_row(void **state) {
    (void)state;
    small s;
    int year;
    irm_error error = {0};
    irm_buffer heard = {0};
    small_open(&s, true);
    assert_int_equal(
        date(&s,
             "CODGEO,N\n01001,1\n01002,2\n01003,3\n01004,4\n44060,5\n49160,6\n"
             "01007,7\n01008,8\n01009,9\n01010,10\n01011,11\n75056,12\n",
             &year, &error, &heard),
        IRM_STATUS_DATA);
    assert_non_null(strstr(error.message, "(row "));
    irm_buffer_clear(&heard);
    small_close(&s);
}

static void codes_of_other_years_and_of_none_are_told_with_their_rows(void **state) {
    (void)state;
    small s;
    int year;
    irm_buffer heard = {0};
    small_open(&s, true);
    assert_ok(date(&s,
                   "CODGEO,N\n01002,2\n01003,3\n01004,4\n44060,5\n49160,6\n01007,7\n"
                   "01008,8\n01009,9\n01010,10\n01011,11\n01999,12\n",
                   &year, &test_error, &heard));
    assert_int_equal(year, 2013);
    assert_non_null(strstr(heard.data, "by its codes it is that of 2013"));
    assert_non_null(strstr(heard.data, "01002 (row 1), a commune in 2009"));
    assert_non_null(strstr(heard.data, "1 code of communes of no year: 01999 (row 11)"));
    irm_buffer_clear(&heard);
    small_close(&s);
}

static void a_store_without_movements_says_what_to_ingest(void **state) {
    (void)state;
    irm_store *store;
    irm_history *history = NULL;
    char *folder = test_folder(), *path = irm_path_join(folder, "store");
    assert_ok(irm_store_open(path, true, &store, &test_error));
    assert_int_equal(irm_history_load(store, &history, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "v_mvtcommune"));
    assert_null(history);
    irm_store_free(store);
    irm_free(path);
    test_folder_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_leads_where_it_went),
        cmocka_unit_test(what_comes_together_again_is_whole),
        cmocka_unit_test(years_that_nothing_covers_are_refused),
        cmocka_unit_test(passage_tables_go_on_from_the_last_movement),
        cmocka_unit_test(movements_alone_are_enough),
        cmocka_unit_test(a_year_is_detected_from_codes),
        cmocka_unit_test(two_geographies_in_a_table_are_refused),
        cmocka_unit_test(a_row_restored_later_is_named_with_its_row),
        cmocka_unit_test(codes_of_other_years_and_of_none_are_told_with_their_rows),
        cmocka_unit_test(a_store_without_movements_says_what_to_ingest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
