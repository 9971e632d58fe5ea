/* Communes moved from year to year on INSEE's own movements, held against COGugaison. */
#include "irminon/conversion.h"
#include "irminon/evaluate.h"
#include "irminon/store.h"
#include "real.h"

typedef struct official {
    real_place place;
    char *example;
} official;

static int setup(void **state) {
    static const real_file files[] = {
        {"4-cog/v_mvtcommune_2023.csv.gz", ""},
        {"4-cog/v_commune_depuis_1943.csv.gz", "-d cog-communes-history@2023"},
        {"4-cog/COGugaison_tables_passage.csv.gz", ""},
    };
    static official o;
    bool there = real_open(&o.place, files, COUNT(files));
    o.example = there ? test_real_data("8-verite-terrain/exemple_popcom.csv.gz") : NULL;
    *state = &o;
    return 0;
}

static int teardown(void **state) {
    official *o = *state;
    real_close(&o->place);
    irm_free(o->example);
    return 0;
}

static const official *need(void **state) {
    const official *o = *state;
    if (o->example == NULL) {
        skip();
    }
    return o;
}

/* The expected table is INSEE's by COGugaison, `;` and quotes. */
static sheet read_expected(const char *name) {
    char *path = test_real_data(name);
    sheet s = {0};
    assert_non_null(path);
    assert_int_equal(
        test_run(&s.text, NULL, "gzip -dc '%s' | tr -d '\"' | tr ';' ','", path), 0);
    irm_free(path);
    sheet_parse(&s);
    sheet_index(&s, "CODGEO");
    return s;
}

static void the_example_of_2014_is_that_of_2017_row_for_row(void **state) {
    const official *o = need(state);
    sheet expected = read_expected("8-verite-terrain/exemple_popcom_COG2017_num.csv.gz");
    sheet ours = real_ask("CODGEO",
                          "convert '%s' '%s' --id CODGEO --counts P12_POP,SUPERF -g 2017 "
                          "-o - -q",
                          o->place.store, o->example);
    assert_int_equal(expected.n_rows, 35399);
    assert_int_equal(ours.n_rows, expected.n_rows);
    double total = 0;
    for (size_t r = 0; r < expected.n_rows; r++) {
        static const char *const columns[] = {"P12_POP", "SUPERF"};
        long row = sheet_find(&ours, sheet_cell(&expected, r, 0));
        assert_true(row >= 0);
        for (size_t c = 0; c < 2; c++) {
            double a = sheet_number(&ours, (size_t)row, columns[c]);
            double b = sheet_number(&expected, r, columns[c]);
            if (fabs(a - b) > 1e-6) {
                fail_msg("%s %s: %.9g, not %.9g", sheet_cell(&expected, r, 0), columns[c],
                         a, b);
            }
        }
        total += sheet_number(&ours, (size_t)row, "P12_POP");
    }
    assert_true(total == 65241241);
    sheet_clear(&expected);
    sheet_clear(&ours);
}

static void the_total_is_conserved_to_every_year(void **state) {
    const official *o = need(state);
    for (int year = 1968; year <= 2024; year += year < 1996 ? 7 : 1) {
        sheet report = real_ask("column",
                                "convert '%s' '%s' --id CODGEO --counts P12_POP -g %d -o "
                                "'%s/out.csv' --report - --equal-shares -q",
                                o->place.store, o->example, year, o->place.folder);
        long row = sheet_find(&report, "P12_POP");
        assert_true(row >= 0);
        if (sheet_number(&report, (size_t)row, "total_after") != 65241241 ||
            sheet_number(&report, (size_t)row, "unmatched") != 0) {
            fail_msg("%d: %s after, %s unmatched", year,
                     sheet_cell(&report, (size_t)row, 2),
                     sheet_cell(&report, (size_t)row, 5));
        }
        sheet_clear(&report);
    }
}

static void the_year_of_the_example_is_found(void **state) {
    const official *o = need(state);
    sheet found = real_ask("year", "convert '%s' '%s' --id CODGEO --detect",
                           o->place.store, o->example);
    assert_string_equal(sheet_cell(&found, 0, 0), "2014");
    assert_true(sheet_number(&found, 0, "score") > 0.9999);
    assert_true(sheet_number(&found, 1, "score") < sheet_number(&found, 0, "score"));
    assert_int_equal(found.n_rows, 2024 - 1968 + 1);
    sheet_clear(&found);
}

/* Years of the tables of membership, none of which is told. */
static void membership_tables_are_dated_by_their_codes(void **state) {
    const official *o = need(state);
    static const struct {
        const char *file, *id;
        int first, last; /* years whose communes are the same: any is right */
    } cases[] = {
        {"4-cog/table-appartenance-geo-communes-2009.csv.gz", "CODGEO", 2009, 2010},
        {"4-cog/table-appartenance-geo-communes-2015.csv.gz", "CODGEO", 2015, 2015},
        {"4-cog/table-appartenance-geo-communes-2017.csv.gz", "CODGEO", 2017, 2017},
        {"4-cog/EPCI_2020.csv.gz", "CODGEO", 2020, 2020}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = test_real_data(cases[i].file);
        if (path == NULL) {
            skip();
        }
        sheet found = real_ask("year", "convert '%s' '%s' --id %s --detect -q",
                               o->place.store, path, cases[i].id);
        int year = (int)sheet_number(&found, 0, "year");
        if (year < cases[i].first || year > cases[i].last) {
            fail_msg("%s: %d (%s)", cases[i].file, year, sheet_cell(&found, 0, 1));
        }
        sheet_clear(&found);
        irm_free(path);
    }
}

/* ---- step by step ------------------------------------------------------------------ */

typedef struct pairs {
    irm_buffer *lines; /* "1968,1975,08203,08203", one a pair */
    size_t count, capacity;
} pairs;

static void add_pair(pairs *p, int from, int to, const char *code, const char *leads_to) {
    assert_ok(irm_reserve((void **)&p->lines, &p->capacity, p->count + 1,
                          sizeof *p->lines, &test_error));
    p->lines[p->count] = (irm_buffer){0};
    irm_buffer_format(&p->lines[p->count++], "%d,%d,%s,%s", from, to, code, leads_to);
}

static int by_line(const void *a, const void *b) {
    return strcmp(((const irm_buffer *)a)->data, ((const irm_buffer *)b)->data);
}

static void sort_pairs(pairs *p) { qsort(p->lines, p->count, sizeof *p->lines, by_line); }

static bool has_pair(const pairs *p, const irm_buffer *line) {
    return bsearch(line, p->lines, p->count, sizeof *p->lines, by_line) != NULL;
}

static void clear_pairs(pairs *p) {
    for (size_t i = 0; i < p->count; i++) {
        irm_buffer_clear(&p->lines[i]);
    }
    irm_free(p->lines);
}

/* Years of the steps of COGugaison that movements tell too. */
static const int step_years[] = {1968, 1975, 1982, 1990, 1999, 2008, 2009,
                                 2010, 2011, 2012, 2013, 2014, 2015, 2016,
                                 2017, 2018, 2019, 2020, 2021, 2022, 2023};
enum { N_STEPS = sizeof step_years / sizeof *step_years - 1 };

/* Codes that change, or that others come to: what a passage table lists. */
static void movements_of_step(const irm_history *history, int from, int to, pairs *p) {
    irm_passage *passage;
    const irm_link *links;
    size_t n;
    assert_ok(irm_passage_new(history, NULL, from, to, IRM_SHARE_UNKNOWN, &passage,
                              &test_error));
    for (size_t i = 0; i < irm_passage_count(passage); i++) {
        const char *code = irm_passage_at(passage, i, &links, &n);
        irm_passage_kind kind;
        const irm_link *again;
        size_t count;
        if (n == 0 || !irm_history_has(history, code, from)) {
            continue;
        }
        assert_ok(irm_passage_find(passage, code, &again, &count, &kind, &test_error));
        for (size_t k = 0; k < count && kind != IRM_PASSAGE_SAME; k++) {
            add_pair(p, from, to, code, again[k].to);
        }
    }
    irm_passage_free(passage);
}

static bool is_step(int from, int to) {
    for (size_t i = 0; i < N_STEPS; i++) {
        if (step_years[i] == from && step_years[i + 1] == to) {
            return true;
        }
    }
    return false;
}

/* The table's own steps, forward, first edition; 2022 to 2023 has its codes in the other
 * order (what leaves a code would add up to more than it). */
static void steps_of_table(const irm_store *store, pairs *p) {
    static const char *const names[] = {"annee_debut", "annee_fin", "insee", "cod_debut",
                                        "cod_fin"};
    irm_table table;
    assert_ok(
        irm_store_read(store, "passage-communes@2024", names, 5, &table, &test_error));
    for (size_t r = 0; r < table.n_rows; r++) {
        const char *cells[5];
        for (size_t c = 0; c < 5; c++) {
            cells[c] = irm_column_label(&table.columns[c], r);
        }
        int from = atoi(cells[0]), to = atoi(cells[1]);
        bool turned = from == 2022;
        if (is_step(from, to) && strcmp(cells[2], "0") == 0) {
            add_pair(p, from, to, cells[turned ? 4 : 3], cells[turned ? 3 : 4]);
        }
    }
    irm_table_clear(&table);
}

/* Each disagreement, with its reason, is a line of tests/reference. */
static void steps_agree_with_cogugaison_but_for_those_explained(void **state) {
    const official *o = need(state);
    irm_store *store;
    irm_history *history;
    irm_buffer known = {0};
    pairs ours = {0}, theirs = {0};
    char *path = test_source_path("tests/reference/passage_disagreements.csv");
    assert_ok(irm_read_file(path, &known, &test_error));
    assert_ok(irm_store_open(o->place.store, false, &store, &test_error));
    assert_ok(irm_history_load(store, &history, &test_error));
    for (size_t i = 0; i < N_STEPS; i++) {
        movements_of_step(history, step_years[i], step_years[i + 1], &ours);
    }
    steps_of_table(store, &theirs);
    sort_pairs(&ours);
    sort_pairs(&theirs);
    size_t alone[2] = {0};
    for (int side = 0; side < 2; side++) {
        const pairs *one = side == 0 ? &ours : &theirs,
                    *other = side == 0 ? &theirs : &ours;
        for (size_t i = 0; i < one->count; i++) {
            if (has_pair(other, &one->lines[i])) {
                continue;
            }
            irm_buffer line = {0};
            irm_buffer_format(&line, "\n%s,%s,", one->lines[i].data,
                              side == 0 ? "movements" : "table");
            if (strstr(known.data, line.data) == NULL) {
                fail_msg("not explained: %s", line.data + 1);
            }
            irm_buffer_clear(&line);
            alone[side]++;
        }
    }
    assert_int_equal(theirs.count, 5759);
    assert_int_equal(alone[0], 35);
    assert_int_equal(alone[1], 7);
    clear_pairs(&ours);
    clear_pairs(&theirs);
    irm_history_free(history);
    irm_store_free(store);
    irm_buffer_clear(&known);
    irm_free(path);
}

/* The older list of movements, which stops in 2017, says the same. */
static void historiq_gives_what_the_newer_list_gives(void **state) {
    const official *o = need(state);
    static const real_file files[] = {
        {"4-cog/historiq2017.txt.gz", ""},
        {"4-cog/v_commune_depuis_1943.csv.gz", "-d cog-communes-history@2023"},
        {"4-cog/COGugaison_tables_passage.csv.gz", ""},
    };
    real_place before;
    real_open(&before, files, COUNT(files));
    real_need(&before);
    static const int years[] = {1999, 2009, 2017};
    for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
        irm_buffer older = {0}, newer = {0};
        static const char ask[] =
            "'%s' convert '%s' '%s' --id CODGEO --counts P12_POP,SUPERF --from 2014 "
            "-g %d -o - -q";
        assert_int_equal(test_run(&older, NULL, ask, IRMINON_PROGRAM, before.store,
                                  o->example, years[i]),
                         0);
        assert_int_equal(test_run(&newer, NULL, ask, IRMINON_PROGRAM, o->place.store,
                                  o->example, years[i]),
                         0);
        assert_true(newer.size > 1000000);
        assert_string_equal(older.data, newer.data);
        irm_buffer_clear(&older);
        irm_buffer_clear(&newer);
    }
    real_close(&before);
}

/* ---- perimeters of another date --------------------------------------------------- */

static const char example_descriptor[] =
    "id: example\ntitle: {fr: Exemple, en: Example}\nproducer: INSEE\nlicence: ODbL\n"
    "url: https://www.insee.fr\nshape: wide\nencoding: auto\ngeography_offset: 2\n"
    "recognise:\n  - headers: [CODGEO, P12_POP, typoA]\n    level: com\n"
    "defaults: {kind: count, unit: \"\"}\ncolumns:\n"
    "  - {name: CODGEO, role: key, level: com}\n  - {name: LIBGEO, role: name}\n"
    "  - {name: \"P{yy}_POP\"}\n  - {name: SUPERF, kind: area}\n"
    "  - {name: typoA, type: category, kind: category}\n"
    "  - {name: typoB, type: category, kind: category}\n";

/* The EPCI of 2017, CC Coeur de Garonne too, have the figures of communes of 2014. */
static void perimeters_of_2017_are_summed_from_communes_of_2014(void **state) {
    const official *o = need(state);
    char *descriptor = irm_path_join(o->place.folder, "example.yaml"), options[512];
    char *expected = test_real_data("8-verite-terrain/exemple_popcom_COG2017_EPCI.csv");
    assert_ok(irm_write_file(descriptor, example_descriptor, strlen(example_descriptor),
                             &test_error));
    snprintf(options, sizeof options, "-d example@2012 --descriptor '%s'", descriptor);
    if (expected == NULL ||
        !real_ingest(o->place.store, "4-cog/table-appartenance-geo-communes-2017.csv.gz",
                     "") ||
        !real_ingest(o->place.store, "8-verite-terrain/exemple_popcom.csv.gz", options)) {
        skip();
    }
    irm_store *store;
    irm_geography *geography;
    irm_catalogue *catalogue;
    irm_registry *registry;
    irm_evaluator *evaluator;
    irm_evaluation out;
    assert_ok(irm_store_open(o->place.store, false, &store, &test_error));
    assert_ok(irm_geography_load(store, 2017, &geography, &test_error));
    assert_ok(irm_catalogue_new(&catalogue, &test_error));
    assert_ok(irm_registry_new(&registry, &test_error));
    assert_ok(irm_evaluator_new(store, geography, catalogue, registry, NULL, &evaluator,
                                &test_error));
    const irm_level *level = irm_geography_level(geography, "epci");
    assert_ok(irm_evaluate_formula(evaluator, "example", "P_POP", level, 2012, &out,
                                   &test_error));
    sheet known = {0};
    assert_int_equal(
        test_run(&known.text, NULL, "tr -d '\"' < '%s' | tr ',;' ' ,'", expected), 0);
    sheet_parse(&known);
    size_t compared = 0;
    for (size_t r = 0; r < known.n_rows; r++) {
        int32_t at = irm_level_find(level, sheet_cell(&known, r, 0));
        double population = sheet_number(&known, r, "P12_POP");
        if (at < 0 || isnan(population)) {
            continue;
        }
        if (fabs(out.result[at].value - population) > 0.5) {
            fail_msg("%s: %g, not %g", sheet_cell(&known, r, 0), out.result[at].value,
                     population);
        }
        compared++;
    }
    assert_true(compared >= 1260);
    assert_true(out.result[irm_level_find(level, "200068815")].value == 33453);
    irm_evaluation_clear(&out);
    irm_evaluator_free(evaluator);
    irm_registry_free(registry);
    irm_catalogue_free(catalogue);
    irm_geography_free(geography);
    irm_store_free(store);
    sheet_clear(&known);
    irm_free(descriptor);
    irm_free(expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_2014_is_that_of_2017_row_for_row),
        cmocka_unit_test(the_total_is_conserved_to_every_year),
        cmocka_unit_test(steps_agree_with_cogugaison_but_for_those_explained),
        cmocka_unit_test(the_year_of_the_example_is_found),
        cmocka_unit_test(historiq_gives_what_the_newer_list_gives),
        cmocka_unit_test(perimeters_of_2017_are_summed_from_communes_of_2014),
        cmocka_unit_test(membership_tables_are_dated_by_their_codes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
