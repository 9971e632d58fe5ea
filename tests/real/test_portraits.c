/* Portraits of real territories: written, whole, and holding what a mayor would look up.
 * Skipped where the published files are absent. */
#include <ctype.h>
#include <jansson.h>

#include "real.h"

static real_place place;

static int fill_store(void **state) {
    static const real_file files[] = {
        {"4-cog/v_commune_2023.csv.gz", ""},
        {"4-cog/v_departement_2023.csv", ""},
        {"4-cog/region2021.csv", ""},
        {"4-cog/table-appartenance-geo-communes-22_COM.csv.gz", ""},
        {"1-rp-communes/base_cc_comparateur.CSV.gz", ""},
        {"7-melodi/DS_RP_TD_POPULATION_AGESEX_PRINC_2023_extract_data.csv", ""},
        {"5-filosofi-bpe/FILO2019_DISP_COM.csv.gz", ""},
        {"5-filosofi-bpe/FILO2019_DISP_EPCI.csv", ""},
        {"5-filosofi-bpe/FILO2019_DISP_DEP.csv", ""},
        {"5-filosofi-bpe/FILO2019_DISP_REG.csv", ""},
        {"5-filosofi-bpe/FILO2019_DISP_METROPOLE.csv", ""},
        {"3-caf/s_ben_com_f_extract.csv", ""},
        {"3-caf/txcouv_pe_com_EAJE_assmat.csv", ""},
        {"6-geometries/COMMUNES_CARTElette_COG2024.geojson.xz", ""},
    };
    *state = &place;
    real_open(&place, files, COUNT(files));
    return 0;
}

static void run(const char *command) {
    irm_buffer err = {0};
    if (test_run(NULL, &err, "cd '%s'; export I='%s'; %s", place.folder, IRMINON_PROGRAM,
                 command) != 0) {
        fail_msg("%s: %s", command, err.data);
    }
    irm_buffer_clear(&err);
}

static json_t *write_portrait(const char *territory, const char *name,
                              const char *options) {
    real_need(&place);
    char command[512], path[512];
    snprintf(command, sizeof command, "$I portrait store '%s' -o %s -q %s", territory,
             name, options);
    run(command);
    snprintf(path, sizeof path, "%s/%s/portrait.json", place.folder, name);
    json_t *portrait = json_load_file(path, 0, NULL);
    assert_non_null(portrait);
    return portrait;
}

/* ---- no number that is none ------------------------------------------------------- */

static bool in_word(char c) { return isalpha((unsigned char)c) || (c & 0x80) != 0; }

/* "nan" or "inf" standing alone in a text ("inf." is short for "inférieure"). */
static const char *stray_number(const char *text) {
    static const char *const names[] = {"nan", "inf", "NaN", "NAN", "Inf", "INF"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (const char *at = strstr(text, names[i]); at != NULL;
             at = strstr(at + 3, names[i])) {
            bool word = (at > text && in_word(at[-1])) || in_word(at[3]);
            if (!word && at[3] != '.') {
                return at;
            }
        }
    }
    return NULL;
}

static void holds_only_numbers(const char *name) {
    char command[512];
    snprintf(command, sizeof command,
             "{ cat %s/portrait.html %s/portrait.json %s/indicators.csv; "
             "command -v bsdtar >/dev/null && bsdtar -xOf %s/portrait.xlsx || "
             "python3 -c \"import zipfile as z; f = z.ZipFile('%s/portrait.xlsx'); "
             "[print(f.read(n).decode()) for n in f.namelist()]\" || true; } 2>/dev/null",
             name, name, name, name, name);
    irm_buffer out = {0};
    assert_int_equal(test_run(&out, NULL, "cd '%s'; %s", place.folder, command), 0);
    assert_true(out.size > 20000);
    assert_int_equal(strlen(out.data), out.size);
    const char *at = stray_number(out.data);
    if (at != NULL) {
        fail_msg("%s: %.60s", name, at > out.data + 30 ? at - 30 : at);
    }
    irm_buffer_clear(&out);
}

/* ---- reading a portrait ----------------------------------------------------------- */

static const json_t *indicator(const json_t *portrait, const char *id) {
    size_t t, i;
    const json_t *theme, *found;
    json_array_foreach(json_object_get(portrait, "themes"), t, theme) {
        json_array_foreach(json_object_get(theme, "indicators"), i, found) {
            if (strcmp(json_string_value(json_object_get(found, "id")), id) == 0) {
                return found;
            }
        }
    }
    fail_msg("no %s", id);
    return NULL;
}

static double number(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    if (!json_is_number(value)) {
        fail_msg("%s is no number", name);
    }
    return json_number_value(value);
}

static bool is_text(const json_t *object, const char *name, const char *text) {
    const char *value = json_string_value(json_object_get(object, name));
    return value != NULL && strcmp(value, text) == 0;
}

/* The true figure is within what rounding to 5 leaves. */
static void caf_figures_have_bounds(const json_t *portrait) {
    static const char *const ids[] = {"caf_households", "caf_rsa", "caf_activity_bonus",
                                      "caf_housing_aid"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const json_t *found = indicator(portrait, ids[i]);
        double value = number(found, "value");
        assert_true(number(found, "lower") < value && value < number(found, "upper"));
    }
}

static double pyramid_sum(const json_t *portrait, const char *men, const char *women) {
    const json_t *pyramid = json_object_get(portrait, "pyramid");
    const char *const sides[] = {men, women};
    double sum = 0;
    for (int s = 0; s < 2; s++) {
        const json_t *side = json_object_get(pyramid, sides[s]);
        assert_int_equal(json_array_size(side),
                         json_array_size(json_object_get(pyramid, "bands")));
        for (size_t i = 0; i < json_array_size(side); i++) {
            sum += json_number_value(json_array_get(side, i));
        }
    }
    return sum;
}

static void figure_exists(const char *name, const char *figure) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s/figures/%s", place.folder, name, figure);
    if (!irm_path_exists(path)) {
        fail_msg("%s: no %s", name, figure);
    }
}

/* ---- the territories -------------------------------------------------------------- */

static void loire_et_semene_stands_beside_its_departement(void **state) {
    (void)state;
    json_t *p = write_portrait("epci:244301131", "semene", "");
    assert_int_equal(json_integer_value(json_object_get(p, "communes")), 7);
    /* The store has no list of EPCI: their names come with their incomes. */
    assert_true(is_text(json_object_get(p, "territory"), "name", "CC Loire et Semène"));
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(p, "parts"), "territories")), 7);
    /* RP 2023, communes of the extract added up. */
    assert_true(fabs(number(p, "population") - 20496) < 0.5);
    assert_true(fabs(pyramid_sum(p, "men", "women") - 20496) < 0.5);
    assert_true(is_text(json_object_get(p, "pyramid"), "reference", "Haute-Loire"));
    assert_true(fabs(pyramid_sum(p, "reference_men", "reference_women") - 228653.8) < 1);
    caf_figures_have_bounds(p);
    const json_t *beside =
        json_array_get(json_object_get(indicator(p, "caf_rsa"), "references"), 0);
    assert_true(is_text(beside, "territory", "dep:43"));
    assert_true(number(beside, "lower") < number(beside, "upper"));
    const json_t *gap = json_object_get(beside, "gap");
    double own = number(indicator(p, "caf_rsa"), "value"),
           there = number(beside, "value");
    assert_true(fabs(number(gap, "value") - (own - there)) < 1e-9);
    /* Both sides share the rounded cells of the territory, which is in the département:
     * the gap is bounded more narrowly than by their intervals, which meet its own. */
    double least = number(indicator(p, "caf_rsa"), "lower") - number(beside, "upper"),
           most = number(indicator(p, "caf_rsa"), "upper") - number(beside, "lower");
    assert_true(number(gap, "lower") > least && number(gap, "upper") < most);
    assert_true(number(gap, "lower") < number(gap, "value") &&
                number(gap, "value") < number(gap, "upper"));
    holds_only_numbers("semene");
    static const char *const figures[] = {"age-pyramid.svg", "age-pyramid.png",
                                          "housing-bars.svg", "dwelling_vacancy-map.svg",
                                          "caf_households-evolution.svg"};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        figure_exists("semene", figures[i]);
    }
    json_decref(p);
}

static void coeur_de_garonne_has_its_pyramid_and_benefits(void **state) {
    (void)state;
    json_t *p = write_portrait("epci:200068815", "garonne", "--no-png");
    assert_int_equal(json_integer_value(json_object_get(p, "communes")), 48);
    assert_true(is_text(json_object_get(p, "pyramid"), "reference", "Haute-Garonne"));
    assert_true(pyramid_sum(p, "reference_men", "reference_women") > 1.3e6);
    caf_figures_have_bounds(p);
    holds_only_numbers("garonne");
    json_decref(p);
}

static void muret_has_incomes_childcare_and_benefits(void **state) {
    (void)state;
    json_t *p = write_portrait("com:31395", "muret", "--no-png");
    assert_true(is_text(json_object_get(p, "territory"), "name", "Muret"));
    assert_int_equal(json_integer_value(json_object_get(p, "communes")), 1);
    assert_true(number(indicator(p, "median_living_standard"), "value") > 15000);
    assert_true(number(indicator(p, "childcare_coverage"), "value") == 64.9);
    assert_true(number(indicator(p, "caf_households"), "value") == 5775);
    caf_figures_have_bounds(p);
    holds_only_numbers("muret");
    json_decref(p);
}

static void haute_loire_is_whole(void **state) {
    (void)state;
    json_t *p = write_portrait("dep:43", "haute-loire", "--no-png");
    assert_int_equal(json_integer_value(json_object_get(p, "communes")), 257);
    assert_true(fabs(pyramid_sum(p, "men", "women") - 228653.8) < 1);
    caf_figures_have_bounds(p);
    holds_only_numbers("haute-loire");
    json_decref(p);
}

static void the_same_command_writes_the_same_bytes(void **state) {
    (void)state;
    /* The first test wrote "semene" with as many threads as there are processors. */
    json_decref(write_portrait("epci:244301131", "again", "--threads 1"));
    run("diff -r semene again");
}

/* What the portraits of EPCI that the Observatoire des territoires published in 2019 hold
 * (tableau_portrait_201913_meta.csv). */
static void published_portraits_hold_nothing_that_ours_lacks(void **state) {
    (void)state;
    static const char *const ids[] = {
        "population", "population_growth", "share_under_15",        "share_65_over",
        "dwellings",  "dwelling_vacancy",  "second_homes",          "private_tenants",
        "jobs",       "activity_rate",     "industry_salaried_jobs"};
    irm_buffer out = {0};
    assert_int_equal(test_run(&out, NULL, "'%s' catalogue", IRMINON_PROGRAM), 0);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char word[64];
        snprintf(word, sizeof word, "\t%s\t", ids[i]);
        if (strstr(out.data, word) == NULL) {
            fail_msg("the catalogue has no %s", ids[i]);
        }
    }
    irm_buffer_clear(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loire_et_semene_stands_beside_its_departement),
        cmocka_unit_test(coeur_de_garonne_has_its_pyramid_and_benefits),
        cmocka_unit_test(muret_has_incomes_childcare_and_benefits),
        cmocka_unit_test(haute_loire_is_whole),
        cmocka_unit_test(the_same_command_writes_the_same_bytes),
        cmocka_unit_test(published_portraits_hold_nothing_that_ours_lacks),
    };
    return cmocka_run_group_tests(tests, fill_store, real_teardown);
}
