#include <math.h>

#include "irminon/geography.h"

#include "zoning.h"

typedef struct fixture {
    char *folder;
    irm_store *store;
    irm_geography *geography;
} fixture;

static fixture begin(void) {
    fixture f = {.folder = test_folder()};
    char *path = irm_path_join(f.folder, "store");
    assert_ok(irm_store_open(path, true, &f.store, &test_error));
    irm_free(path);
    return f;
}

static void done(fixture *f) {
    irm_geography_free(f->geography);
    irm_store_free(f->store);
    test_folder_remove(f->folder);
}

/* Two départements, an EPCI across both, one commune in none; a later official code with
 * arrondissements, a delegated commune and a merger; names of EPCI two years before. */
static fixture small(void) {
    fixture f = begin();
    zoning_put_text(f.store,
                    "CODGEO,LIBGEO,DEP,REG,EPCI,CV,BV2012\n"
                    "69123,Lyon,69,84,200046977,6999,69123\n"
                    "43001,Agnat,43,84,200085728,4317,43001\n"
                    "43020,Le Puy,43,84,200085728,4317,43001\n"
                    "2A004,Ajaccio,2A,94,242010056,2A98,2A004\n"
                    "97101,Les Abymes,971,01,200018653,9701,97101\n"
                    "85113,L'Île-d'Yeu,85,52,ZZZZZZZZZ,8517,85113\n",
                    "membership.com@2022", "CODGEO", "com", 2022);
    zoning_put_text(f.store,
                    "TYPECOM,COM,REG,DEP,LIBELLE,COMPARENT\n"
                    "COM,43001,84,43,Agnat,\n"
                    "COM,69123,84,69,Lyon,\n"
                    "ARM,69381,84,69,Lyon 1er Arrondissement,69123\n"
                    "COMD,43002,84,43,Vieux-Bourg,43001\n",
                    "cog-communes.com@2023", "COM", "com", 2023);
    zoning_put_text(f.store,
                    "CODGEO,LIBGEO,EPCI,LIBEPCI,DEP,REG\n"
                    "43001,Agnat,200085728,CC des Rives,43,84\n",
                    "epci-composition.com@2020", "CODGEO", "com", 2020);
    zoning_put_text(f.store,
                    "DEP,REG,LIBELLE\n43,84,Haute-Loire\n69,84,Rhône\n2A,94,Corse-du-Sud\n"
                    "971,01,Guadeloupe\n85,52,Vendée\n",
                    "cog-departements.dep@2023", "DEP", "dep", 2023);
    zoning_put_text(f.store,
                    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TYPECOM_AP,COM_AP\n"
                    "32,2015-01-01,COM,43900,COM,43901\n"
                    "32,2019-01-01,COM,43901,COM,43001\n"
                    "32,2019-01-01,COM,43901,COMD,43901\n"
                    "41,2016-01-01,COM,42999,COM,43020\n"
                    "21,2024-01-01,COM,43020,COM,43950\n"
                    "50,2018-01-01,COM,43998,COM,43999\n",
                    "cog-movements@2023", "COM_AV", NULL, 2023);
    assert_ok(irm_geography_load(f.store, 0, &f.geography, &test_error));
    return f;
}

static const irm_level *level(const fixture *f, const char *id) {
    const irm_level *found = irm_geography_level(f->geography, id);
    assert_non_null(found);
    return found;
}

static void the_year_is_the_newest_that_gives_every_main_level(void **state) {
    (void)state;
    fixture f = small();
    assert_int_equal(irm_geography_year(f.geography), 2022);
    assert_int_equal(level(&f, "com")->count, 6);
    assert_int_equal(level(&f, "dep")->count, 5);
    assert_int_equal(level(&f, "epci")->count, 4); /* ZZZZZZZZZ is none */
    assert_int_equal(level(&f, "fr")->count, 1);
    irm_geography *other = NULL;
    assert_ok(irm_geography_load(f.store, 2023, &other, &test_error));
    assert_int_equal(irm_geography_level(other, "com")->count, 2);
    irm_geography_free(other);
    assert_int_equal(irm_geography_load(f.store, 1999, &other, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "2020, 2022, 2023"));
    done(&f);
}

static void memberships_follow_the_order_of_codes(void **state) {
    (void)state;
    fixture f = small();
    const irm_level *communes = level(&f, "com"), *epci = level(&f, "epci");
    for (size_t i = 1; i < communes->count; i++) {
        assert_true(strcmp(communes->items[i - 1].code, communes->items[i].code) < 0);
    }
    int32_t agnat = irm_level_find(communes, "43001"), yeu = irm_level_find(communes, "85113");
    int32_t rives = irm_level_find(epci, "200085728");
    assert_int_equal(epci->of_commune[agnat], rives);
    assert_int_equal(epci->of_commune[yeu], -1);
    assert_int_equal(communes->of_commune[agnat], agnat);
    int32_t abymes = irm_level_find(communes, "97101");
    assert_int_equal(level(&f, "fr")->of_commune[abymes], 0);
    assert_int_equal(level(&f, "frm")->of_commune[abymes], -1);
    assert_int_equal(irm_level_find(communes, "00000"), -1);
    done(&f);
}

static void names_come_from_other_years_where_the_year_lacks_them(void **state) {
    (void)state;
    fixture f = small();
    const irm_level *epci = level(&f, "epci"), *departments = level(&f, "dep");
    assert_string_equal(epci->items[irm_level_find(epci, "200085728")].name, "CC des Rives");
    assert_string_equal(epci->items[irm_level_find(epci, "200046977")].name, "200046977");
    assert_string_equal(departments->items[irm_level_find(departments, "2A")].name,
                        "Corse-du-Sud");
    const irm_level *communes = level(&f, "com");
    assert_string_equal(communes->items[irm_level_find(communes, "43020")].name, "Le Puy");
    assert_string_equal(communes->items[irm_level_find(communes, "43020")].sort, "puy");
    assert_string_equal(communes->items[irm_level_find(communes, "85113")].sort,
                        "ile d yeu");
    assert_string_equal(level(&f, "bv")->items[1].name, "Agnat");
    done(&f);
}

static void codes_of_every_year_are_placed(void **state) {
    (void)state;
    fixture f = small();
    const struct {
        const char *code, *commune;
        irm_placement how;
    } cases[] = {
        {"43001", "43001", IRM_PLACED_SAME},
        {"69381", "69123", IRM_PLACED_FOLDED},
        {"43002", "43001", IRM_PLACED_MERGED}, /* delegated in a later official code */
        {"43901", "43001", IRM_PLACED_MERGED},
        {"43900", "43001", IRM_PLACED_MERGED}, /* two mergers in a row */
        {"42999", "43020", IRM_PLACED_MERGED}, /* changed département */
        {"43950", "43020", IRM_PLACED_MERGED}, /* split off after 2022 */
        {"43998", NULL, IRM_PLACED_NOWHERE},
        {"XXXXX", NULL, IRM_PLACED_NOWHERE},
        {"75101", NULL, IRM_PLACED_NOWHERE}, /* Paris is not in this geography */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        irm_placement how;
        int32_t at = irm_geography_place(f.geography, cases[i].code, &how);
        const char *found = at < 0 ? "" : level(&f, "com")->items[at].code;
        assert_string_equal(found, cases[i].commune != NULL ? cases[i].commune : "");
        assert_int_equal(how, cases[i].how);
    }
    done(&f);
}

static void territories_are_parsed_or_the_nearest_suggested(void **state) {
    (void)state;
    fixture f = small();
    const struct {
        const char *text, *level, *code;
    } known[] = {
        {"com:43001", "com", "43001"}, {"43001", "com", "43001"}, {"fr", "fr", "fr"},
        {"frm", "frm", "frm"},         {"dep:2A", "dep", "2A"},   {"le puy", "com", "43020"},
        {"PUY", "com", "43020"},       {"com:agnat", "com", "43001"},
        {"l'ile d'yeu", "com", "85113"}, {"haute loire", "dep", "43"},
        {"epci:200085728", "epci", "200085728"}, {"6999", "can", "6999"},
    };
    const irm_level *found;
    int32_t index;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_ok(irm_geography_parse(f.geography, known[i].text, &found, &index,
                                      &test_error));
        assert_string_equal(found->id, known[i].level);
        assert_string_equal(found->items[index].code, known[i].code);
    }
    const struct {
        const char *text, *says;
    } wrong[] = {
        {"agnta", "com:43001 (Agnat)"},  {"com:69381", "com:69123 (Lyon)"},
        {"com:43900", "com:43001"},      {"commune:43001", "epci"},
        {"84", "no territory"},          {"", "no territory"},
        {"epci:", "no epci"},            {"com:43003", "com:43001 (Agnat)"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        irm_status status =
            irm_geography_parse(f.geography, wrong[i].text, &found, &index, &test_error);
        if (strcmp(wrong[i].text, "84") == 0) {
            assert_ok(status); /* only one région bears it */
            continue;
        }
        assert_int_equal(status, IRM_STATUS_NOT_FOUND);
        if (strstr(test_error.message, wrong[i].says) == NULL) {
            fail_msg("'%s': %s", wrong[i].text, test_error.message);
        }
    }
    done(&f);
}

static void searching_ranks_exact_before_prefix_before_words(void **state) {
    (void)state;
    fixture f = small();
    irm_match *matches;
    size_t count;
    assert_ok(irm_geography_search(f.geography, "LYON", &matches, &count, &test_error));
    assert_int_equal(count, 2); /* the commune, then the living area named after it */
    assert_string_equal(matches[0].level->items[matches[0].index].code, "69123");
    irm_free(matches);
    assert_ok(irm_geography_search(f.geography, "yeu", &matches, &count, &test_error));
    assert_int_equal(count, 2); /* the commune and the living area named after it */
    assert_string_equal(matches[0].level->id, "com");
    irm_free(matches);
    assert_ok(irm_geography_search(f.geography, "ajacio", &matches, &count, &test_error));
    assert_true(count > 0);
    assert_string_equal(matches[0].level->items[matches[0].index].name, "Ajaccio");
    irm_free(matches);
    assert_ok(irm_geography_search(f.geography, "-- ''", &matches, &count, &test_error));
    assert_int_equal(count, 0);
    irm_free(matches);
    done(&f);
}

static void an_epci_belongs_where_most_of_its_people_live(void **state) {
    (void)state;
    fixture f = begin();
    zoning_put_text(f.store,
                    "CODGEO,LIBGEO,DEP,REG,EPCI\n"
                    "01001,A,01,84,E\n01002,B,01,84,E\n02001,C,02,32,E\n02002,D,02,32,F\n",
                    "membership.com@2022", "CODGEO", "com", 2022);
    assert_ok(irm_geography_load(f.store, 2022, &f.geography, &test_error));
    const irm_level *epci = level(&f, "epci"), *departments = level(&f, "dep");
    size_t others;
    const double population[] = {10, 20, 100, 0};
    assert_int_equal(irm_geography_main(f.geography, epci, 0, departments, NULL, &others), 0);
    assert_int_equal(others, 1);
    assert_int_equal(
        irm_geography_main(f.geography, epci, 0, departments, population, &others), 1);
    assert_int_equal(
        irm_geography_main(f.geography, epci, 1, departments, population, &others), 1);
    assert_int_equal(others, 0);
    done(&f);
}

static size_t warnings;
static char warned[4][256];

static void count_warning(void *context, const char *message) {
    (void)context;
    snprintf(warned[warnings++ % 4], sizeof warned[0], "%s", message);
}

static irm_status add_zones(fixture *f, const char *text) {
    char *path = irm_path_join(f->folder, "zones.csv");
    const irm_reporter reporter = {.warn = count_warning};
    assert_ok(irm_write_file(path, text, strlen(text), &test_error));
    warnings = 0;
    irm_status status =
        irm_geography_add_zones(f->geography, "zones", path, &reporter, &test_error);
    irm_free(path);
    return status;
}

static void custom_zones_report_what_did_not_match(void **state) {
    (void)state;
    fixture f = small();
    assert_ok(add_zones(&f, "commune;zone\n43001;Ouest\n43020;Est\n69381;Est\n99001;Est\n"
                            "43001;Ouest\n"));
    const irm_level *zones = level(&f, "zones");
    assert_int_equal(zones->count, 2);
    assert_string_equal(zones->items[0].name, "Est");
    const irm_level *communes = level(&f, "com");
    assert_int_equal(zones->of_commune[irm_level_find(communes, "43001")], 1);
    assert_int_equal(zones->of_commune[irm_level_find(communes, "69123")], 0);
    assert_int_equal(zones->of_commune[irm_level_find(communes, "2A004")], -1);
    assert_int_equal(warnings, 3); /* what a zoning leaves out by choice is no news */
    assert_non_null(strstr(warned[0], "99001"));
    assert_int_equal(add_zones(&f, "43001;Ouest\n"), IRM_STATUS_EXISTS);
    done(&f);
}

/* One column is one zone; a third tells how much of a commune is in each. */
static void zones_are_a_list_or_tell_how_they_cut(void **state) {
    (void)state;
    fixture f = small();
    const irm_level *communes = level(&f, "com");
    size_t n;
    assert_ok(add_zones(&f, "43001\n43020\n"));
    const irm_level *zones = level(&f, "zones");
    assert_int_equal(zones->count, 1);
    assert_string_equal(zones->items[0].code, "zones");
    assert_int_equal(zones->of_commune[irm_level_find(communes, "43020")], 0);
    assert_int_equal(zones->of_commune[irm_level_find(communes, "2A004")], -1);
    assert_int_equal(zones->n_cuts, 0);
    done(&f);
    f = small();
    communes = level(&f, "com");
    assert_ok(add_zones(&f, "com;zone;population\n43020;B;300\n43020;A;100\n43001;A;12\n"
                            "69123;A;250\n69123;;750\n"));
    zones = level(&f, "zones");
    const irm_cut *cuts =
        irm_level_cuts(zones, irm_level_find(communes, "43020"), &n);
    assert_int_equal(n, 2);
    assert_true(cuts[0].item == 1 && cuts[0].share == 0.75); /* B, met first */
    assert_true(cuts[1].item == 0 && cuts[1].share == 0.25);
    assert_int_equal(zones->of_commune[irm_level_find(communes, "43020")], 1);
    cuts = irm_level_cuts(zones, irm_level_find(communes, "69123"), &n);
    assert_int_equal(n, 2);
    assert_true(cuts[0].item == -1 && cuts[0].share == 0.75);
    irm_level_cuts(zones, irm_level_find(communes, "43001"), &n);
    assert_int_equal(n, 0);
    assert_int_equal(warnings, 1);
    assert_non_null(strstr(warned[0], "2 communes are cut"));
    assert_int_equal(irm_geography_main(f.geography, zones, 0, communes, NULL, NULL),
                     irm_level_find(communes, "43001"));
    const irm_level *joined;
    assert_int_equal(irm_geography_add_union(f.geography, "zones:A+com:43001", &joined,
                                             &test_error),
                     IRM_STATUS_USAGE);
    assert_non_null(strstr(test_error.message, "43020"));
    done(&f);
    f = small();
    communes = level(&f, "com");
    assert_ok(add_zones(&f, "43020;A;0,4\n43001;A;1\n")); /* the rest is in no zone */
    zones = level(&f, "zones");
    cuts = irm_level_cuts(zones, irm_level_find(communes, "43020"), &n);
    assert_int_equal(n, 2);
    assert_true(cuts[0].item == 0 && cuts[0].share == 0.4);
    assert_true(cuts[1].item == -1 && fabs(cuts[1].share - 0.6) < 1e-12);
    done(&f);
}

/* Published figures list the neighbourhoods; their codes tell the département, those of
 * IRIS the commune. */
static void neighbourhoods_and_iris_are_placed_by_their_codes(void **state) {
    (void)state;
    fixture f = small();
    irm_table table;
    static const char *const rows[][2] = {{"QP043001", "Val Vert"}, {"Ensemble", "Tous"},
                                          {"QP02A001", "Les Salines"}};
    irm_column *key, *name;
    assert_ok(irm_table_init(&table, "caf-qpv@2022", 3, &test_error));
    assert_ok(irm_table_add(&table, "CODGEO", IRM_COLUMN_CATEGORY, &key, &test_error));
    assert_ok(irm_table_add(&table, "LIBGEO", IRM_COLUMN_CATEGORY, &name, &test_error));
    irm_table_need(&table, "CODGEO", &key, NULL);
    for (size_t r = 0; r < 3; r++) {
        assert_ok(irm_dict_add(key->categories, irm_view_of(rows[r][0]), &key->codes[r],
                               &test_error));
        assert_ok(irm_dict_add(name->categories, irm_view_of(rows[r][1]),
                               &name->codes[r], &test_error));
    }
    assert_ok(irm_attributes_set(&key->attributes, "role", "key", &test_error));
    assert_ok(irm_attributes_set(&key->attributes, "unplaced", "Ensemble", &test_error));
    assert_ok(irm_attributes_set(&name->attributes, "role", "name", &test_error));
    assert_ok(irm_attributes_set(&table.attributes, "shape", "wide", &test_error));
    assert_ok(irm_attributes_set(&table.attributes, "level", "qpv", &test_error));
    assert_ok(irm_store_put(f.store, &table, false, &test_error));
    irm_table_clear(&table);
    irm_geography_free(f.geography);
    assert_ok(irm_geography_load(f.store, 0, &f.geography, &test_error));
    const irm_level *qpv = level(&f, "qpv"), *departments = level(&f, "dep");
    assert_int_equal(qpv->count, 2);
    int32_t own = irm_level_find(qpv, "QP043001");
    assert_string_equal(qpv->items[own].name, "Val Vert");
    assert_int_equal(irm_geography_main(f.geography, qpv, own, departments, NULL, NULL),
                     irm_level_find(departments, "43"));
    own = irm_level_find(qpv, "QP02A001");
    assert_int_equal(irm_geography_main(f.geography, qpv, own, departments, NULL, NULL),
                     irm_level_find(departments, "2A"));
    assert_false(irm_level_tells(qpv, level(&f, "epci")));
    done(&f);
}

static void wrong_zones_name_their_line(void **state) {
    (void)state;
    const struct {
        const char *text, *says;
        size_t line;
    } cases[] = {
        {"43001;A\n43001;B\n", "two zones", 2},
        {"43001;A\n43002;B\n", "another zone", 2},
        {"commune;zone\n43001;A;x\n", "two are expected", 2},
        {"43001;A\nfoo;B\n", "'foo'", 2},
        {"43001;\n", "empty zone", 1},
        {"43001;A\n43020;A\n43020;B\n43001;B\n", "43020, 43001 are each put", 3},
        {"43001;A\n43001;B\n", "wants a third column", 2},
        {"43001\n43020;A\n", "one is expected", 2},
        {"43001;A;1;2\n", "one to three are expected", 1},
        {"43001;A;x\n", "'x' is neither a share", 1},
        {"43001;A;-2\n", "'-2' is neither a share", 1},
        {"43001;A;0.7\n43001;B;0.5\n", "add up to more than 1", 2},
        {"43020;A;9\n43001;A;0\n43001;B;0\n", "no inhabitant to share it by", 3},
        {"commune;zone\n99001;A\n", "no commune", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f = small();
        size_t before = irm_geography_level_count(f.geography);
        assert_int_equal(add_zones(&f, cases[i].text), IRM_STATUS_DATA);
        if (strstr(test_error.message, cases[i].says) == NULL) {
            fail_msg("%s", test_error.message);
        }
        assert_int_equal(test_error.line, cases[i].line);
        assert_int_equal(irm_geography_level_count(f.geography), before);
        done(&f);
    }
}

static void without_zonings_the_codes_make_do(void **state) {
    (void)state;
    fixture f = begin();
    assert_int_equal(irm_geography_load(f.store, 0, &f.geography, &test_error),
                     IRM_STATUS_NOT_FOUND);
    assert_non_null(strstr(test_error.message, "v_commune"));
    const char *codes[] = {"43001", "97101", "75101", "XXXXX", "75056", "2A004", "43001"};
    assert_ok(irm_geography_from_codes(codes, NULL, 7, 2020, &f.geography, &test_error));
    assert_int_equal(level(&f, "com")->count, 4);
    assert_int_equal(level(&f, "dep")->count, 4);
    assert_int_equal(irm_geography_place(f.geography, "75101", NULL),
                     irm_level_find(level(&f, "com"), "75056"));
    done(&f);
}

static void codes_tell_their_departement_and_projection(void **state) {
    (void)state;
    const struct {
        const char *code, *department, *projection;
        bool arrondissement;
    } cases[] = {
        {"31395", "31", "EPSG:2154", false}, {"2A004", "2A", "EPSG:2154", false},
        {"97101", "971", "EPSG:5490", false}, {"97608", "976", "EPSG:4471", false},
        {"97411", "974", "EPSG:2975", false}, {"97302", "973", "EPSG:2972", false},
        {"75101", "75", "EPSG:2154", true},   {"75120", "75", "EPSG:2154", true},
        {"75121", "75", "EPSG:2154", false},  {"69381", "69", "EPSG:2154", true},
        {"13216", "13", "EPSG:2154", true},   {"1", "1", "EPSG:2154", false},
        {"", "", "EPSG:2154", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char department[4];
        irm_code_department(cases[i].code, department);
        assert_string_equal(department, cases[i].department);
        assert_string_equal(irm_department_projection(department), cases[i].projection);
        assert_int_equal(irm_code_is_arrondissement(cases[i].code), cases[i].arrondissement);
    }
}

static void unions_are_one_territory(void **state) {
    (void)state;
    fixture f = small();
    const irm_level *level, *again;
    irm_geography_free(f.geography);
    assert_ok(irm_geography_load(f.store, 2022, &f.geography, &test_error));
    assert_ok(irm_geography_add_union(f.geography, "epci:200085728+com:2A004", &level,
                                      &test_error));
    assert_string_equal(level->id, "union");
    assert_string_equal(level->items[0].code, "epci:200085728+com:2A004");
    const irm_level *communes = irm_geography_level(f.geography, "com");
    size_t members = 0;
    for (size_t c = 0; c < communes->count; c++) {
        members += level->of_commune[c] == 0;
    }
    assert_int_equal(members, 3);
    assert_ok(irm_geography_add_union(f.geography, "epci:200085728 + com:2A004", &again,
                                      &test_error));
    assert_ptr_equal(again, level);
    assert_ok(irm_geography_add_union(f.geography, "com:43001+43020", &again, &test_error));
    assert_string_equal(again->id, "union2");
    static const char *const wrong[] = {"epci:200085728+", "+com:43001", "com:43001+99999",
                                        "arm:69381+com:43001"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_not_equal(irm_geography_add_union(f.geography, wrong[i], &level,
                                                     &test_error), IRM_OK);
        assert_null(level);
    }
    done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_year_is_the_newest_that_gives_every_main_level),
        cmocka_unit_test(memberships_follow_the_order_of_codes),
        cmocka_unit_test(names_come_from_other_years_where_the_year_lacks_them),
        cmocka_unit_test(codes_of_every_year_are_placed),
        cmocka_unit_test(territories_are_parsed_or_the_nearest_suggested),
        cmocka_unit_test(searching_ranks_exact_before_prefix_before_words),
        cmocka_unit_test(an_epci_belongs_where_most_of_its_people_live),
        cmocka_unit_test(custom_zones_report_what_did_not_match),
        cmocka_unit_test(zones_are_a_list_or_tell_how_they_cut),
        cmocka_unit_test(neighbourhoods_and_iris_are_placed_by_their_codes),
        cmocka_unit_test(wrong_zones_name_their_line),
        cmocka_unit_test(unions_are_one_territory),
        cmocka_unit_test(without_zonings_the_codes_make_do),
        cmocka_unit_test(codes_tell_their_departement_and_projection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
