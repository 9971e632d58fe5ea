/* Indicators of published files, where they are at hand. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "irminon/csv.h"
#include "irminon/evaluate.h"
#include "irminon/memory.h"
#include "support.h"

typedef struct france {
    char *folder;
    irm_store *store;
    irm_geography *geography;
    irm_catalogue *catalogue;
    irm_registry *registry;
    irm_evaluator *evaluator;
} france;

static bool ingest(france *f, const char *name) {
    char *path = test_real_data(name);
    if (path == NULL) {
        return false;
    }
    irm_table table = {0};
    irm_ingest_options options = {0};
    assert_ok(irm_ingest_file(f->registry, path, &options, NULL, &table, &test_error));
    assert_ok(irm_store_put(f->store, &table, true, &test_error));
    irm_table_clear(&table);
    irm_free(path);
    return true;
}

static int setup(void **state) {
    static france f;
    f = (france){.folder = test_folder()};
    char *path = irm_path_join(f.folder, "store");
    assert_ok(irm_store_open(path, true, &f.store, &test_error));
    irm_free(path);
    assert_ok(irm_registry_new(&f.registry, &test_error));
    assert_ok(irm_catalogue_new(&f.catalogue, &test_error));
    *state = &f;
    if (ingest(&f, "1-rp-communes/base_cc_comparateur.CSV.gz") &&
        ingest(&f, "4-cog/table-appartenance-geo-communes-22_COM.csv.gz") &&
        ingest(&f, "4-cog/v_commune_2023.csv.gz")) {
        assert_ok(irm_geography_load(f.store, 0, &f.geography, &test_error));
        assert_ok(irm_evaluator_new(f.store, f.geography, f.catalogue, f.registry, NULL,
                                    &f.evaluator, &test_error));
    }
    return 0;
}

static int teardown(void **state) {
    france *f = *state;
    irm_evaluator_free(f->evaluator);
    irm_geography_free(f->geography);
    irm_catalogue_free(f->catalogue);
    irm_registry_free(f->registry);
    irm_store_free(f->store);
    test_folder_remove(f->folder);
    return 0;
}

static france *need(void **state) {
    france *f = *state;
    if (f->evaluator == NULL) {
        skip();
    }
    return f;
}

static irm_evaluation indicator(france *f, const char *id, const char *level) {
    size_t index = 0;
    irm_evaluation out;
    assert_ok(irm_catalogue_need(f->catalogue, id, &index, &test_error));
    assert_ok(irm_evaluate(f->evaluator, index, irm_geography_level(f->geography, level),
                           0, &out, &test_error));
    if (out.unavailable != NULL) {
        fail_msg("%s at %s: %s", id, level, out.unavailable);
    }
    return out;
}

/* INSEE, comparateur de territoires: P18_POP of France without Mayotte. */
static void the_population_of_france_is_counted_once(void **state) {
    france *f = need(state);
    irm_evaluation out = indicator(f, "population", "fr");
    assert_int_equal(out.year, 2018);
    assert_true(out.result[0].value == 66732538);
    assert_int_equal(out.result[0].state, IRM_STATE_VALUE);
    assert_true(out.result[0].flags & IRM_FLAG_PARTIAL_COVERAGE);
    irm_evaluation_clear(&out);
    double sum = 0;
    out = indicator(f, "population", "epci");
    for (size_t i = 0; i < out.count; i++) {
        sum += isnan(out.result[i].value) ? 0 : out.result[i].value;
    }
    assert_true(sum > 66000000 && sum < 66732538); /* four islands are in no EPCI */
    irm_evaluation_clear(&out);
}

/* rp2018.csv was made apart, from the same census: its unemployment rates are ours. */
static void published_ratios_are_rebuilt_to_the_last_digits(void **state) {
    france *f = need(state);
    char *path = test_real_data("1-rp-communes/rp2018.csv.gz");
    if (path == NULL) {
        skip();
    }
    const irm_level *communes = irm_geography_level(f->geography, "com");
    irm_evaluation rate, owners;
    assert_ok(irm_evaluate_formula(f->evaluator, "rp-comparateur",
                                   "100 * P_CHOM1564 / P_ACT1564", communes, 2018, &rate,
                                   &test_error));
    assert_ok(irm_evaluate_formula(f->evaluator, "rp-comparateur",
                                   "100 * P_RP_PROP / P_RP", communes, 2018, &owners,
                                   &test_error));
    irm_input *input;
    irm_csv *csv;
    const irm_csv_record *record;
    assert_ok(irm_input_open(path, NULL, &input, &test_error));
    assert_ok(irm_csv_open(input, NULL, &csv, &test_error));
    assert_ok(irm_csv_next(csv, &record, &test_error));
    size_t code = 0, chom = 0, proprio = 0, compared = 0;
    for (size_t i = 0; i < record->n_fields; i++) {
        code = irm_view_equals(record->fields[i], "code_insee") ? i : code;
        chom = irm_view_equals(record->fields[i], "chom") ? i : chom;
        proprio = irm_view_equals(record->fields[i], "proprio") ? i : proprio;
    }
    for (;;) {
        assert_ok(irm_csv_next(csv, &record, &test_error));
        if (record == NULL) {
            break;
        }
        char *text = irm_strndup(record->fields[code].data, record->fields[code].size);
        int32_t index = irm_level_find(communes, text);
        double published = 0, owned = 0;
        assert_true(irm_text_number(record->fields[chom], '.', &published, NULL));
        assert_true(irm_text_number(record->fields[proprio], '.', &owned, NULL));
        /* Arrondissements are no communes; those merged since are of another extent. */
        if (index >= 0 && !(rate.result[index].flags & IRM_FLAG_CONVERTED_GEOGRAPHY)) {
            if (fabs(rate.result[index].value - published) > 1e-10 ||
                fabs(owners.result[index].value - owned) > 1e-10) {
                fail_msg("%s: %.12f, published %.12f", text, rate.result[index].value,
                         published);
            }
            compared++;
        }
        irm_free(text);
    }
    assert_true(compared > 5360);
    irm_csv_free(csv);
    irm_input_free(input);
    irm_evaluation_clear(&rate);
    irm_evaluation_clear(&owners);
    irm_free(path);
}

static void what_can_be_computed_is_for_every_commune(void **state) {
    france *f = need(state);
    const irm_level *communes = irm_geography_level(f->geography, "com");
    size_t available = 0;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (size_t i = 0; i < irm_catalogue_count(f->catalogue); i++) {
        irm_evaluation out;
        assert_ok(irm_evaluate(f->evaluator, i, communes, 0, &out, &test_error));
        available += out.unavailable == NULL;
        irm_evaluation_clear(&out);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    print_message(
        "%zu indicators of %zu in %.3f s\n", available, irm_catalogue_count(f->catalogue),
        (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    assert_true(available >= 15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_population_of_france_is_counted_once),
        cmocka_unit_test(published_ratios_are_rebuilt_to_the_last_digits),
        cmocka_unit_test(what_can_be_computed_is_for_every_commune),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
