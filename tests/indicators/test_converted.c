/* Tables of other geographies than the one asked: mergers, splits, both ways. */
#include <math.h>

#include "figures.h"
#include "support.h"

static const char movements[] =
    "MOD;DATE_EFF;TYPECOM_AV;COM_AV;TYPECOM_AP;COM_AP\n"
    "32;2019-01-01;COM;43001;COM;43001\n"
    "32;2019-01-01;COM;43002;COM;43001\n"
    "30;2015-01-01;COM;43050;COM;43020\n"
    "30;2015-01-01;COM;43050;COM;43030\n"
    "41;2018-01-01;COM;42700;COM;97101\n"
    "32;2023-01-01;COM;43020;COM;43020\n"
    "32;2023-01-01;COM;43030;COM;43020\n";

static const char old_attributes[] =
    "dataset=old|shape=wide|level=com|vintage=2014|geography=2014";
static const char old[] =
    "CODGEO|role=key|level=com;N|variable=N|kind=count;M|variable=M|kind=median\n"
    "43001;100;7\n43002;50;8\n43020;10;9\n43030;20;10\n43050;300;11\n69123;1000;12\n"
    "42700;5;13\n";
static const char late_attributes[] =
    "dataset=late|shape=wide|level=com|vintage=2023|geography=2023";
static const char late[] =
    "CODGEO|role=key|level=com;N|variable=N|kind=count\n"
    "43001;1\n43020;900\n69123;2\n97101;3\n";
static const char census_attributes[] =
    "dataset=census|shape=wide|level=com|vintage=2016|geography=2016";
static const char census[] =
    "CODGEO|role=key|level=com;P16_POP|variable=P_POP|year=2016|kind=count\n"
    "43020;2000\n43030;1000\n";

static void begin(figures *f, bool peopled) {
    figures_begin(f);
    figures_put(f->store, "cog-movements@2023",
                "dataset=cog-movements|shape=detail|vintage=2023", movements);
    figures_put(f->store, "old@2014", old_attributes, old);
    figures_put(f->store, "late@2023", late_attributes, late);
    if (peopled) {
        figures_put(f->store, "census@2016", census_attributes, census);
    }
    figures_open(f);
}

static irm_quantity ask(figures *f, const char *dataset, const char *formula,
                        const char *level, const char *code) {
    return figures_ask(f, dataset, formula, level, code, 0);
}

static void mergers_add_and_changes_of_code_follow(void **state) {
    (void)state;
    figures f;
    begin(&f, true);
    irm_quantity merged = ask(&f, "old", "N", "com", "43001");
    assert_true(merged.value == 150 && merged.state == IRM_STATE_VALUE);
    assert_true(merged.flags & IRM_FLAG_CONVERTED_GEOGRAPHY);
    assert_int_equal(ask(&f, "old", "M", "com", "43001").state, IRM_STATE_MISSING);
    assert_true(ask(&f, "old", "N", "com", "97101").value == 5);
    assert_true(ask(&f, "old", "M", "com", "97101").value == 13);
    assert_true(ask(&f, "old", "M", "com", "69123").value == 12);
    figures_end(&f);
}

/* 43050 went to two communes of two EPCI: estimated there, exact in the département. */
static void splits_are_estimated_where_they_cut_and_whole_elsewhere(void **state) {
    (void)state;
    figures f;
    begin(&f, true);
    irm_quantity piece = ask(&f, "old", "N", "com", "43020");
    assert_int_equal(piece.state, IRM_STATE_ESTIMATED);
    assert_true(fabs(piece.value - 210) < 1e-6);
    assert_true(piece.lower == 10 && piece.upper == 310);
    assert_true(piece.flags & IRM_FLAG_CONVERTED_GEOGRAPHY);
    assert_true(fabs(ask(&f, "old", "N", "epci", "200000002").value - 120) < 1e-6);
    irm_quantity whole = ask(&f, "old", "N", "dep", "43");
    assert_true(whole.state == IRM_STATE_VALUE && whole.value == 480);
    assert_true(whole.lower == 480 && whole.upper == 480);
    assert_int_equal(ask(&f, "old", "M", "com", "43020").state, IRM_STATE_MISSING);
    figures_end(&f);
}

static void later_tables_are_split_back(void **state) {
    (void)state;
    figures f;
    begin(&f, true);
    irm_quantity back = ask(&f, "late", "N", "com", "43030");
    assert_int_equal(back.state, IRM_STATE_ESTIMATED);
    assert_true(fabs(back.value - 300) < 1e-6 && back.upper == 900);
    irm_quantity whole = ask(&f, "late", "N", "dep", "43");
    assert_true(whole.state == IRM_STATE_VALUE && whole.value == 901);
    assert_null(f.heard.data);
    figures_end(&f);
}

static void without_a_population_pieces_are_bounded_and_told(void **state) {
    (void)state;
    figures f;
    begin(&f, false);
    irm_quantity piece = ask(&f, "old", "N", "com", "43020");
    assert_int_equal(piece.state, IRM_STATE_BOUNDED);
    assert_true(isnan(piece.value) && piece.lower == 10 && piece.upper == 310);
    assert_true(ask(&f, "old", "N", "dep", "43").value == 480);
    assert_non_null(strstr(f.heard.data, "no population tells how to share"));
    figures_end(&f);
}

/* 43020 is in two zones, of which one has all of 43001 too. */
static void zones_that_cut_communes_are_estimated(void **state) {
    (void)state;
    static const char text[] = "43001;A;40\n43020;A;300\n43020;B;100\n97101;B;7\n";
    figures f;
    begin(&f, true);
    char *path = irm_path_join(f.folder, "zones.csv");
    assert_ok(irm_write_file(path, text, sizeof text - 1, &test_error));
    assert_ok(irm_geography_add_zones(f.geography, "zones", path, NULL, &test_error));
    irm_free(path);
    irm_quantity a = ask(&f, "late", "N", "zones", "A"), b;
    b = ask(&f, "late", "N", "zones", "B");
    /* late: 43020 holds 43030 (share 1/3 of 900, which is in no zone) */
    assert_true(fabs(a.value - (1 + 600 * 0.75)) < 1e-6);
    assert_int_equal(a.state, IRM_STATE_ESTIMATED);
    assert_true(a.lower == 1 && a.upper == 901);
    assert_true(a.flags & IRM_FLAG_CUT_COMMUNES);
    assert_true(fabs(b.value - (3 + 600 * 0.25)) < 1e-6);
    assert_true(b.lower == 3 && b.upper == 903);
    irm_quantity absent = ask(&f, "census", "P_POP", "zones", "B");
    assert_true(isnan(absent.value) && absent.lower == 0); /* 97101 has no row */
    assert_true(absent.flags & IRM_FLAG_PARTIAL_COVERAGE);
    irm_quantity plain = ask(&f, "late", "N", "epci", "200000001");
    assert_false(plain.flags & IRM_FLAG_CUT_COMMUNES);
    figures_end(&f);
}

/* A page says which tables were of another year, and what became of their communes. */
static void what_was_brought_from_other_years_is_told(void **state) {
    (void)state;
    figures f;
    begin(&f, true);
    char *fr, *en;
    bool in[5] = {true, true, false, false, false}; /* 43001, 43020 */
    assert_ok(irm_evaluator_moved(f.evaluator, NULL, &fr, &en, &test_error));
    assert_null(fr); /* nothing was read */
    ask(&f, "old", "N", "com", "43020");
    assert_ok(irm_evaluator_moved(f.evaluator, in, &fr, &en, &test_error));
    assert_string_equal(en, "Tables of other years were brought to the communes of 2022: "
                            "old@2014 (communes of 2014: 1 merged, 1 shared among several "
                            "by population, estimated).");
    assert_non_null(strstr(fr, "1 rattachée à une autre, 1 partagée entre plusieurs"));
    irm_free(fr);
    irm_free(en);
    in[0] = in[1] = false;
    in[3] = true; /* Lyon has not changed */
    assert_ok(irm_evaluator_moved(f.evaluator, in, &fr, &en, &test_error));
    assert_null(fr);
    assert_null(en);
    figures_end(&f);
}

/* A commune parted on 1 January 2014, a table of that year that has all the communes of
 * the département but the one restored: the row that it left is of before. */
static void communes_restored_that_very_day_are_parted(void **state) {
    (void)state;
    static const char late_movements[] =
        "MOD;DATE_EFF;TYPECOM_AV;COM_AV;TYPECOM_AP;COM_AP\n"
        "21;2014-01-01;COM;43001;COM;43001\n21;2014-01-01;COM;43001;COM;43020\n";
    static const char lives[] = "COM;LIBELLE;DATE_DEBUT;DATE_FIN\n"
                                "43001;A;1943-01-01;\n43020;B;2014-01-01;\n"
                                "43030;C;1943-01-01;\n69123;D;1943-01-01;\n";
    figures f;
    figures_begin(&f);
    irm_buffer all = {0}, rows = {0};
    irm_buffer_text(&all, lives);
    irm_buffer_text(&rows, "CODGEO|role=key|level=com;N|variable=N|kind=count\n"
                           "43001;100\n43030;20\n69123;5\n");
    for (int i = 100; i < 140; i++) { /* the rest of the département */
        irm_buffer_format(&all, "43%d;E;1943-01-01;\n", i);
        irm_buffer_format(&rows, "43%d;1\n", i);
    }
    figures_put(f.store, "cog-movements@2023",
                "dataset=cog-movements|shape=detail|vintage=2023", late_movements);
    figures_put(f.store, "cog-communes-history@2023",
                "dataset=cog-communes-history|shape=detail|vintage=2023", all.data);
    figures_put(f.store, "old@2014", old_attributes, rows.data);
    figures_put(f.store, "census@2016", census_attributes,
                "CODGEO|role=key|level=com;P16_POP|variable=P_POP|year=2016|kind=count\n"
                "43001;300\n43020;100\n");
    figures_open(&f);
    irm_quantity restored = ask(&f, "old", "N", "com", "43020");
    assert_int_equal(restored.state, IRM_STATE_ESTIMATED);
    assert_true(fabs(restored.value - 25) < 1e-6);
    assert_true(fabs(ask(&f, "old", "N", "com", "43001").value - 75) < 1e-6);
    assert_non_null(strstr(f.heard.data, "restored on 1 January 2014"));
    irm_buffer_clear(&all);
    irm_buffer_clear(&rows);
    figures_end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mergers_add_and_changes_of_code_follow),
        cmocka_unit_test(splits_are_estimated_where_they_cut_and_whole_elsewhere),
        cmocka_unit_test(later_tables_are_split_back),
        cmocka_unit_test(zones_that_cut_communes_are_estimated),
        cmocka_unit_test(what_was_brought_from_other_years_is_told),
        cmocka_unit_test(communes_restored_that_very_day_are_parted),
        cmocka_unit_test(without_a_population_pieces_are_bounded_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
