/* The official geographic code and the tables of membership, as INSEE publishes them. */
#include <time.h>

#include "irminon/csv.h"
#include "irminon/descriptor.h"
#include "irminon/geography.h"
#include "irminon/memory.h"
#include "support.h"

typedef struct official {
    char *folder;
    irm_store *store;
    irm_geography *geography;
} official;

/* As `irminon ingest` does; false when the file is absent. */
static bool put(official *o, const irm_registry *registry, const char *file) {
    char *path = test_real_data(file);
    if (path == NULL) {
        return false;
    }
    irm_table table;
    assert_ok(irm_ingest_file(registry, path, NULL, NULL, &table, &test_error));
    assert_ok(irm_store_put(o->store, &table, false, &test_error));
    irm_table_clear(&table);
    irm_free(path);
    return true;
}

static int setup(void **state) {
    static official o;
    o = (official){.folder = test_folder()};
    char *path = irm_path_join(o.folder, "store");
    assert_ok(irm_store_open(path, true, &o.store, &test_error));
    irm_free(path);
    static const char *const files[] = {
        "4-cog/table-appartenance-geo-communes-22_COM.csv.gz",
        "4-cog/table-appartenance-geo-communes-22_ARM.csv",
        "4-cog/v_commune_2023.csv.gz",
        "4-cog/EPCI_2020.csv.gz",
        "4-cog/v_departement_2023.csv",
        "4-cog/region2021.csv",
        "4-cog/v_canton_2023.csv",
        "4-cog/v_arrondissement_2023.csv",
        "4-cog/v_commune_comer_2023.csv",
        "4-cog/v_mvtcommune_2023.csv.gz",
    };
    irm_registry *registry = NULL;
    assert_ok(irm_registry_new(&registry, &test_error));
    bool there = true;
    for (size_t i = 0; i < sizeof files / sizeof *files && there; i++) {
        there = put(&o, registry, files[i]);
    }
    irm_registry_free(registry);
    if (there) {
        assert_ok(irm_geography_load(o.store, 0, &o.geography, &test_error));
    }
    *state = &o;
    return 0;
}

static int teardown(void **state) {
    official *o = *state;
    irm_geography_free(o->geography);
    irm_store_free(o->store);
    test_folder_remove(o->folder);
    return 0;
}

static const official *need(void **state) {
    const official *o = *state;
    if (o->geography == NULL) {
        skip();
    }
    return o;
}

static const irm_level *level(const official *o, const char *id) {
    const irm_level *found = irm_geography_level(o->geography, id);
    assert_non_null(found);
    return found;
}

static void the_geography_of_2022_has_its_published_numbers(void **state) {
    const official *o = need(state);
    assert_int_equal(irm_geography_year(o->geography), 2022);
    assert_int_equal(level(o, "com")->count, 34955);
    assert_int_equal(level(o, "epci")->count, 1255);
    assert_int_equal(level(o, "dep")->count, 101);
    assert_int_equal(level(o, "reg")->count, 18);
    assert_int_equal(level(o, "arm")->count, 45);
    const irm_level *departments = level(o, "dep");
    for (size_t c = 0; c < level(o, "com")->count; c++) {
        char code[4];
        irm_code_department(level(o, "com")->items[c].code, code);
        assert_string_equal(departments->items[departments->of_commune[c]].code, code);
    }
}

/* The seven communes of the CC Loire et Semène and its name: EPCI_2020.csv. */
static void loire_et_semene_is_named_and_in_haute_loire(void **state) {
    const official *o = need(state);
    const irm_level *found;
    int32_t index;
    assert_ok(irm_geography_parse(o->geography, "epci:244301131", &found, &index,
                                  &test_error));
    assert_string_equal(found->items[index].name, "CC Loire et Semène");
    size_t communes = 0, others = 0;
    for (size_t c = 0; c < level(o, "com")->count; c++) {
        communes += found->of_commune[c] == index;
    }
    assert_int_equal(communes, 7);
    int32_t department = irm_geography_main(o->geography, found, index, level(o, "dep"),
                                            NULL, &others);
    assert_string_equal(level(o, "dep")->items[department].name, "Haute-Loire");
    assert_int_equal(others, 0);
}

static void names_bear_their_article(void **state) {
    const official *o = need(state);
    const irm_level *communes = level(o, "com");
    assert_string_equal(communes->items[irm_level_find(communes, "43157")].name,
                        "Le Puy-en-Velay");
    assert_string_equal(communes->items[irm_level_find(communes, "43157")].sort,
                        "puy en velay");
    const irm_level *arrondissements = level(o, "arr");
    assert_string_equal(arrondissements->items[irm_level_find(arrondissements, "433")].name,
                        "Yssingeaux");
    const irm_level *regions = level(o, "reg");
    assert_string_equal(regions->items[irm_level_find(regions, "94")].name, "Corse");
}

/* The communes of 2014 and the later layer of 2024 are all somewhere in 2022. */
static size_t nowhere(const official *o, const char *file, const char *header,
                      size_t *placed) {
    char *path = test_real_data(file);
    irm_input *input = NULL;
    irm_csv *csv = NULL;
    const irm_csv_record *record = NULL;
    size_t lost = 0, at = 0;
    assert_non_null(path);
    assert_ok(irm_input_open(path, NULL, &input, &test_error));
    assert_ok(irm_csv_open(input, NULL, &csv, &test_error));
    assert_ok(irm_csv_next(csv, &record, &test_error));
    while (at < record->n_fields && !irm_view_equals(record->fields[at], header)) {
        at++;
    }
    assert_true(at < record->n_fields);
    for (;;) {
        assert_ok(irm_csv_next(csv, &record, &test_error));
        if (record == NULL) {
            break;
        }
        char *code = irm_strndup(record->fields[at].data, record->fields[at].size);
        if (irm_geography_place(o->geography, code, NULL) < 0) {
            lost++;
            print_message("nowhere: %s\n", code);
        } else {
            ++*placed;
        }
        irm_free(code);
    }
    irm_csv_free(csv);
    irm_input_free(input);
    irm_free(path);
    return lost;
}

static void every_commune_of_earlier_years_is_placed(void **state) {
    const official *o = need(state);
    const struct {
        const char *file;
        size_t rows;
    } cases[] = {
        {"4-cog/table-appartenance-geo-communes-2009.csv.gz", 36682},
        {"4-cog/table-appartenance-geo-communes-2014.csv.gz", 36681},
        {"4-cog/table-appartenance-geo-communes-2017.csv.gz", 35416},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t placed = 0;
        assert_int_equal(nowhere(o, cases[i].file, "CODGEO", &placed), 0);
        assert_int_equal(placed, cases[i].rows);
    }
}

static void placing_the_nation_is_quick(void **state) {
    const official *o = need(state);
    const irm_level *communes = level(o, "com");
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (size_t i = 0; i < communes->count; i++) {
        irm_placement how;
        assert_int_equal(irm_geography_place(o->geography, communes->items[i].code, &how), i);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) +
                     (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
    print_message("%zu codes in %.4f s\n", communes->count, seconds);
    assert_true(seconds < 0.5); /* some 10 ms; room for a busy machine and sanitizers */
}

static void mistyped_names_are_found(void **state) {
    const official *o = need(state);
    irm_match *matches;
    size_t count;
    assert_ok(irm_geography_search(o->geography, "muuret", &matches, &count, &test_error));
    assert_true(count > 0);
    assert_string_equal(matches[0].level->items[matches[0].index].name, "Muret");
    irm_free(matches);
    assert_ok(irm_geography_search(o->geography, "coeur de garonne", &matches, &count,
                                   &test_error));
    assert_string_equal(matches[0].level->items[matches[0].index].code, "200068815");
    irm_free(matches);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_geography_of_2022_has_its_published_numbers),
        cmocka_unit_test(loire_et_semene_is_named_and_in_haute_loire),
        cmocka_unit_test(names_bear_their_article),
        cmocka_unit_test(every_commune_of_earlier_years_is_placed),
        cmocka_unit_test(placing_the_nation_is_quick),
        cmocka_unit_test(mistyped_names_are_found),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
