/* Published files, where they are at hand: what they hold comes out right. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/descriptor.h"
#include "irminon/memory.h"
#include "irminon/sum.h"
#include "support.h"

typedef struct hearing {
    char text[8192];
} hearing;

static void hear(void *context, const char *message) {
    hearing *heard = context;
    size_t used = strlen(heard->text);
    snprintf(heard->text + used, sizeof heard->text - used, "%s\n", message);
}

static void read_real(const char *name, const char *dataset, irm_table *table,
                      hearing *heard) {
    char *path = test_real_data(name);
    irm_registry *registry;
    if (path == NULL) {
        skip();
    }
    heard->text[0] = '\0';
    irm_ingest_options options = {.dataset = dataset};
    irm_reporter reporter = {.context = heard, .warn = hear};
    assert_ok(irm_registry_new(&registry, &test_error));
    assert_ok(irm_ingest_file(registry, path, &options, &reporter, table, &test_error));
    irm_registry_free(registry);
    irm_free(path);
}

static const char *attribute(const irm_table *table, const char *name) {
    const char *value = irm_attributes_get(&table->attributes, name);
    return value != NULL ? value : "";
}

/* Row of a key, or fails. */
static size_t row_of(const irm_table *table, const char *key, const char *code) {
    const irm_column *column = irm_table_column(table, key);
    assert_non_null(column);
    for (size_t row = 0; row < table->n_rows; row++) {
        if (strcmp(irm_column_label(column, row), code) == 0) {
            return row;
        }
    }
    fail_msg("no row %s", code);
    return 0;
}

static double value_of(const irm_table *table, const char *name, size_t row) {
    const irm_column *column = irm_table_column(table, name);
    assert_non_null(column);
    return column->values[row];
}

static bool is_arrondissement(const char *code) {
    return strncmp(code, "751", 3) == 0 || strncmp(code, "6938", 4) == 0 ||
           strncmp(code, "132", 3) == 0;
}

/* INSEE, base_cc_comparateur, RP 2018: 66,732,538 without Mayotte. */
static void the_comparateur_counts_france_once(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("1-rp-communes/base_cc_comparateur.CSV.gz", NULL, &table, &heard);
    assert_string_equal(table.name, "rp-comparateur@2018");
    assert_string_equal(attribute(&table, "geography"), "2021");
    assert_string_equal(attribute(&table, "source_file"), "base_cc_comparateur.CSV.gz");
    assert_memory_equal(attribute(&table, "source_sha256"), "5d9ebf51eae3", 12);
    const irm_column *key = irm_table_column(&table, "CODGEO");
    const irm_column *population = irm_table_column(&table, "P18_POP");
    irm_sum once = {0}, twice = {0};
    for (size_t row = 0; row < table.n_rows; row++) {
        if (isnan(population->values[row])) {
            continue;
        }
        irm_sum_add(is_arrondissement(irm_column_label(key, row)) ? &twice : &once,
                    population->values[row]);
    }
    assert_true(irm_sum_round(&once) == 66732538);
    assert_true(irm_sum_round(&twice) == 3562513);
    assert_string_equal(irm_attributes_get(&population->attributes, "variable"), "P_POP");
    assert_string_equal(irm_attributes_get(&population->attributes, "year"), "2018");
    irm_table_clear(&table);
}

static void lost_zeros_come_back(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("4-cog/EPCI_zeros_perdus.csv.gz", "epci-composition@2021", &table, &heard);
    size_t row = row_of(&table, "COM", "01001");
    assert_string_equal(irm_column_label(irm_table_column(&table, "DEP"), row), "01");
    assert_non_null(
        strstr(heard.text, "codes had lost their leading zeros (column COM)"));
    irm_table_clear(&table);
}

static void poverty_rates_of_five_per_cent_are_floors(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("5-filosofi-bpe/cc_filosofi_2021_COM.csv.gz", NULL, &table, &heard);
    irm_column *rate;
    assert_ok(irm_table_need(&table, "TP6021", &rate, &test_error));
    size_t floors = 0;
    for (size_t row = 0; row < table.n_rows; row++) {
        double lower, upper;
        bool five = rate->values[row] == 5;
        assert_true(five == (irm_column_state(rate, row) == IRM_STATE_FLOORED));
        irm_column_bounds(rate, row, &lower, &upper);
        assert_true(!five || (lower == 0 && upper == 5.5));
        assert_false(rate->values[row] < 5); /* which is what makes them floors */
        floors += five;
    }
    assert_int_equal(floors, 132);
    irm_table_clear(&table);
}

static void filosofi_blanks_are_secret(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("5-filosofi-bpe/FILO2019_DISP_COM.csv.gz", NULL, &table, &heard);
    assert_string_equal(table.name, "filosofi-disp.com@2019");
    size_t row = row_of(&table, "CODGEO", "01001");
    assert_true(value_of(&table, "Q219", row) == 23970);
    assert_true(value_of(&table, "NBUC19", row) == 542.7); /* decimal comma */
    const irm_column *first_decile = irm_table_column(&table, "D119");
    assert_int_equal(irm_column_state(first_decile, row), IRM_STATE_SECRET);
    irm_table_clear(&table);
}

static void caf_counts_stand_for_intervals(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("3-caf/s_ben_com_f_extract.csv", NULL, &table, &heard);
    assert_string_equal(attribute(&table, "vintage"), "2024");
    assert_string_equal(attribute(&table, "period"), "dtreffre");
    const irm_column *rsa = irm_table_column(&table, "indfoy_rsa");
    double lower, upper;
    irm_column_bounds(rsa, 0, &lower, &upper); /* Beaufort, 2020-12: 5 */
    assert_true(lower == 3 && upper == 7);
    irm_table_clear(&table);
}

static void a_melodi_extract_is_a_cube(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("7-melodi/DS_RP_TD_POPULATION_AGESEX_PRINC_2023_extract_data.csv", NULL,
              &table, &heard);
    assert_string_equal(attribute(&table, "shape"), "cube");
    assert_string_equal(attribute(&table, "level"), "mixed");
    assert_true(table.n_rows > 10000);
    const irm_column *level = irm_table_column(&table, "GEO_OBJECT");
    assert_non_null(strstr(irm_attributes_get(&level->attributes, "levels"), "COM=com"));
    const irm_column *measure = irm_table_column(&table, "RP_MEASURE");
    assert_string_equal(irm_attributes_get(&measure->attributes, "measures"),
                        "POP=count");
    irm_table_clear(&table);
}

static void windows_1252_names_are_read(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("4-cog/table-appartenance-geo-communes-2009.csv.gz", NULL, &table, &heard);
    size_t row = row_of(&table, "CODGEO", "01001");
    assert_string_equal(irm_column_label(irm_table_column(&table, "LIBGEO"), row),
                        "L'Abergement-Clémenciat");
    assert_non_null(strstr(heard.text, "converted from Windows-1252"));
    irm_table_clear(&table);
}

/* 191 columns of which 157 have no name, numbers grouped by narrow no-break spaces. */
static void spreadsheet_leftovers_are_dropped(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("3-caf/DEMO_2022.csv", "essai@2022", &table, &heard);
    assert_int_equal(table.n_rows, 1400);
    assert_int_equal(table.n_columns, 34);
    size_t row = row_of(&table, "CODGEO", "QP001001");
    assert_true(value_of(&table, "POP_MUN", row) == 6490);
    assert_true(value_of(&table, "TX_F", row) == 55.3);
    assert_non_null(strstr(heard.text, "numbers were written with thousands spaces"));
    irm_table_clear(&table);
}

static void a_thousand_columns_are_read(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("3-caf/REVN_2022.csv.gz", "essai@2022", &table, &heard);
    size_t row = row_of(&table, "CODGEO", "QP001001");
    assert_true(value_of(&table, "DISP_Q2", row) == 14180);
    assert_true(value_of(&table, "PIMPOT", row) == -10);
    irm_table_clear(&table);
}

/* INSEE, base-cc-logement-2021, commune 77288: P21_LOG, P21_RP, P21_LOGVAC. */
static void weighted_dwellings_of_melun_are_those_published(void **state) {
    (void)state;
    static const struct {
        const char *category; /* NULL: all */
        double published;
    } expected[] = {{NULL, 20478.8644774}, {"1", 18069.6392761}, {"4", 2156.8169469}};
    irm_table table;
    hearing heard;
    read_real("2-microdata/melun_2021.csv.gz", "detail-logemt@2021", &table, &heard);
    assert_string_equal(attribute(&table, "shape"), "detail");
    const irm_column *weight = irm_table_column(&table, "IPONDL");
    const irm_column *category = irm_table_column(&table, "CATL");
    assert_int_equal(irm_column_kind(weight), IRM_KIND_WEIGHT);
    for (size_t i = 0; i < 3; i++) {
        irm_sum sum = {0};
        for (size_t row = 0; row < table.n_rows; row++) {
            const char *code = irm_column_label(category, row);
            if (expected[i].category == NULL || strcmp(code, expected[i].category) == 0) {
                irm_sum_add(&sum, weight->values[row]);
            }
        }
        assert_true(fabs(irm_sum_round(&sum) - expected[i].published) < 1e-6);
    }
    irm_table_clear(&table);
}

/* A blank where the note says that the row is hidden: a secret count, not a zero. */
static void a_hidden_row_is_secret(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("3-caf/data_CAF_2019_IRIS.csv.gz", NULL, &table, &heard);
    assert_string_equal(table.name, "caf-iris@2019");
    const irm_column *note = irm_table_column(&table, "NOTE");
    const irm_column *households = irm_table_column(&table, "A");
    size_t hidden = 0;
    for (size_t row = 0; row < table.n_rows; row++) {
        if (strcmp(irm_column_label(note, row), "2") == 0) {
            double lower, upper;
            irm_column_bounds(households, row, &lower, &upper);
            assert_int_equal(irm_column_state(households, row), IRM_STATE_SECRET);
            assert_true(lower == 0);
            hidden++;
        }
    }
    assert_true(hidden > 0);
    irm_table_clear(&table);
}

/* Département 43 is there whole; of 31, 49 communes are. */
static void a_partial_extract_is_told_from_an_error(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("7-melodi/DS_RP_TD_POPULATION_AGESEX_PRINC_2023_extract_data.csv", NULL,
              &table, &heard);
    assert_non_null(strstr(heard.text, "the communes of département 31 add up to 4.2 %"));
    assert_non_null(strstr(heard.text, "40 published totals compared"));
    assert_null(strstr(heard.text, "differ"));
    irm_table_clear(&table);
}

static void a_million_rows_are_read_by_inference(void **state) {
    (void)state;
    irm_table table;
    hearing heard;
    read_real("5-filosofi-bpe/bpe_ens_2018.csv.xz", "essai@2018", &table, &heard);
    assert_int_equal(table.n_rows, 1035564);
    assert_int_equal(irm_table_column(&table, "NB_EQUIP")->type, IRM_COLUMN_NUMBER);
    irm_table_clear(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_comparateur_counts_france_once),
        cmocka_unit_test(lost_zeros_come_back),
        cmocka_unit_test(poverty_rates_of_five_per_cent_are_floors),
        cmocka_unit_test(filosofi_blanks_are_secret),
        cmocka_unit_test(caf_counts_stand_for_intervals),
        cmocka_unit_test(a_melodi_extract_is_a_cube),
        cmocka_unit_test(windows_1252_names_are_read),
        cmocka_unit_test(spreadsheet_leftovers_are_dropped),
        cmocka_unit_test(a_thousand_columns_are_read),
        cmocka_unit_test(weighted_dwellings_of_melun_are_those_published),
        cmocka_unit_test(a_hidden_row_is_secret),
        cmocka_unit_test(a_partial_extract_is_told_from_an_error),
        cmocka_unit_test(a_million_rows_are_read_by_inference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
