/* National detail files as published (deaths, births, facilities, New Caledonia): they
 * give the totals that their producer published, by `tabulate` and by the catalogue
 * alike, and `export` gives their fields back. Skipped where the files are absent. */
#include "records.h"

static real_place place;

static const published_file details[] = {
    {"2-microdata/DC19.csv.xz", "detail-deaths@2019", true},
    {"2-microdata/FD_NAIS_2021BDR.csv.gz", "detail-births@2021", false},
    {"2-microdata/rp19_ind.csv.xz", "nc-persons@2019", true},
    {"2-microdata/rp19_log.csv.xz", "nc-dwellings@2019", false},
    {"5-filosofi-bpe/bpe_ens_2018.csv.xz", "bpe@2018", true},
    {"5-filosofi-bpe/bpe2019_94.csv.gz", "bpe-detail@2019", false},
};

static const real_file others[] = {
    {"4-cog/commune_2021.csv.gz", ""},
    {"4-cog/departement2021.csv", ""},
    {"4-cog/region2021.csv", ""},
    {"8-verite-terrain/insee_pages_data_naissance_deces.csv", "-d printed@2023"},
};

/* The dwellings of New Caledonia, in words: persons (NBI) add up, persons a room do not.
 */
static const char descriptor[] =
    "id: nc-dwellings\n"
    "title: {fr: \"Logements\", en: \"Dwellings\"}\n"
    "producer: ISEE-NC\n"
    "shape: detail\n"
    "delimiter: \";\"\n"
    "decimal: \",\"\n"
    "recognise:\n"
    "  - headers: [IDLOG, NBI, PROV, CATL]\n"
    "defaults: {kind: category}\n"
    "columns:\n"
    "  - {name: NBI, type: number, kind: count}\n"
    "  - {name: PIEPERS, type: number, kind: ratio}\n"
    "markers:\n"
    "  - {text: \"\", state: missing}\n";

/* The descriptor in a file; its option. */
static const char *write_descriptor(void) {
    static char option[600];
    char path[560];
    snprintf(path, sizeof path, "%s/nc.yaml", place.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(descriptor, file);
    fclose(file);
    snprintf(option, sizeof option, "--descriptor '%s'", path);
    return option;
}

static int fill_store(void **state) {
    *state = &place;
    if (real_open(&place, others, COUNT(others))) {
        records_add(&place, details, COUNT(details), write_descriptor());
    }
    return 0;
}

/* INSEE-ISEE, Recensements de la population de Nouvelle-Calédonie, "Évolution de la
 * population aux différents recensements", 2019: provinces; sexes; ages of both. */
static void new_caledonia_is_the_published_one(void **state) {
    (void)state;
    real_need(&place);
    static const struct {
        const char *by, *modality;
        double persons;
    } published[] = {
        {"PROV", "Sud", 203144},       {"PROV", "Nord", 49910},
        {"PROV", "Iles", 18353},       {"GENRE", "Homme", 135794},
        {"GENRE", "Femme", 135613},    {"GAD", "0 à 9 ans", 19290 + 20614},
        {"GAD", "10 à 19 ans", 41912}, {"GAD", "20 à 29 ans", 18067 + 19511},
        {"GAD", "30 à 39 ans", 40723}, {"GAD", "40 à 49 ans", 19146 + 20038},
        {"GAD", "50 à 59 ans", 32756}, {"GAD", "60 à 69 ans", 11928 + 9092},
        {"GAD", "70 à 79 ans", 12678}, {"GAD", "80 à 89 ans", 5652 - 770},
        {"GAD", "90 ans ou", 770},
    };
    for (size_t i = 0; i < COUNT(published); i++) {
        sheet s = real_ask(published[i].by, "tabulate %s nc-persons@2019 --by %s",
                           place.store, published[i].by);
        assert_true(value_at(&s, published[i].modality, NULL) == published[i].persons);
        sheet_clear(&s);
    }
}

/* The persons of its dwellings, added up from one file, are those that the other counts.
 */
static void dwellings_of_new_caledonia_hold_its_persons(void **state) {
    (void)state;
    real_need(&place);
    sheet persons =
        real_ask("PROV",
                 "tabulate %s nc-persons@2019 --by PROV --where 'TYP = \"Logement "
                 "ordinaire\"'",
                 place.store);
    sheet dwellings = real_ask(
        "PROV", "tabulate %s nc-dwellings@2019 --by PROV --sum NBI", place.store);
    assert_int_equal(dwellings.n_rows, 3);
    for (size_t r = 0; r < dwellings.n_rows; r++) {
        near(sheet_number(&dwellings, r, "value"),
             value_at(&persons, sheet_cell(&dwellings, r, 0), NULL), 0);
    }
    sheet_clear(&persons);
    sheet_clear(&dwellings);
}

/* INSEE, deaths of 2019: 613,243, of which 2,145 of persons who lived abroad and 75 in
 * overseas places that are no département. */
static void deaths_of_2019_are_the_published_ones(void **state) {
    (void)state;
    real_need(&place);
    sheet sexes =
        real_ask("SEXE", "tabulate %s detail-deaths@2019 --by SEXE", place.store);
    near(value_at(&sexes, "1", NULL) + value_at(&sexes, "2", NULL), 613243, 0);
    sheet places =
        real_ask("DEPDOM", "tabulate %s detail-deaths@2019 --by DEPDOM", place.store);
    double elsewhere = value_at(&places, "99", NULL);
    near(elsewhere, 2145, 0);
    for (const char *const *code =
             (const char *const[]){"975", "977", "978", "986", "987", "988", NULL};
         *code != NULL; code++) {
        elsewhere += value_at(&places, *code, NULL);
    }
    sheet france = real_ask(
        "territory", "indicators %s --level fr --indicator deaths --year 2019 -q -o -",
        place.store);
    near(sheet_number(&france, 0, "value"), 613243 - elsewhere, 0);
    sheet departements = real_ask(
        "territory", "indicators %s --level dep --indicator deaths --year 2019 -q -o -",
        place.store);
    for (size_t r = 0; r < departements.n_rows; r++) {
        const char *code =
            sheet_cell(&departements, r, sheet_column(&departements, "territory"));
        near(sheet_number(&departements, r, "value"), value_at(&places, code, NULL), 0);
    }
    assert_int_equal(departements.n_rows, 101);
    sheet_clear(&sexes);
    sheet_clear(&places);
    sheet_clear(&france);
    sheet_clear(&departements);
}

/* Births registered in the Bouches-du-Rhône: those of its own mothers by the catalogue;
 * the communes over 20,000 inhabitants that INSEE prints are two thirds and more of them.
 */
static void births_of_2021_are_those_of_the_pages(void **state) {
    (void)state;
    real_need(&place);
    sheet own = real_ask("territory",
                         "indicators %s --level dep --within dep:13 --indicator births "
                         "--year 2021 -q -o -",
                         place.store);
    sheet detail =
        real_ask("DEPDOM", "tabulate %s detail-births@2021 --by DEPDOM", place.store);
    sheet pages = real_ask("code_insee", "export %s printed@2023 -o -", place.store);
    double births = sheet_number(&own, 0, "value"), printed = 0;
    near(births, value_at(&detail, "13", NULL), 0);
    near(births, 23305, 0);
    size_t code = sheet_column(&pages, "code_insee");
    for (size_t r = 1; r < pages.n_rows; r += 2) { /* deaths, then births */
        if (strncmp(sheet_cell(&pages, r, code), "13", 2) == 0) {
            printed += sheet_number(&pages, r, "2021");
        }
    }
    assert_true(printed < births && printed > births * 2 / 3);
    sheet_clear(&own);
    sheet_clear(&detail);
    sheet_clear(&pages);
}

/* BPE 2018: sums by Python of the file's own cells; D201 general practitioners, B203
 * bakeries, C101 nursery schools. */
static void facilities_of_2018_add_up(void **state) {
    (void)state;
    real_need(&place);
    sheet types = real_ask("TYPEQU", "tabulate %s bpe@2018 --by TYPEQU --sum NB_EQUIP",
                           place.store);
    double sum = 0;
    for (size_t r = 0; r < types.n_rows; r++) {
        sum += sheet_number(&types, r, "value");
    }
    near(sum, 2504782, 0);
    near(value_at(&types, "D201", NULL), 61594, 0);
    near(value_at(&types, "B203", NULL), 48568, 0);
    near(value_at(&types, "C101", NULL), 13039, 0);
    sheet places =
        real_ask("DEP", "tabulate %s bpe@2018 --by DEP --sum NB_EQUIP", place.store);
    sheet ours =
        real_ask("territory",
                 "indicators %s --level dep --indicator facilities --year 2018 -q -o -",
                 place.store);
    double total = 0;
    for (size_t r = 0; r < ours.n_rows; r++) {
        const char *code = sheet_cell(&ours, r, sheet_column(&ours, "territory"));
        near(sheet_number(&ours, r, "value"), value_at(&places, code, NULL), 0);
        total += sheet_number(&ours, r, "value");
    }
    near(total, 2504782, 0);
    sheet located =
        real_ask("TYPEQU", "tabulate %s bpe-detail@2019 --by TYPEQU", place.store);
    near(value_at(&located, "D201", NULL), 928, 0);
    sheet_clear(&types);
    sheet_clear(&places);
    sheet_clear(&ours);
    sheet_clear(&located);
}

static void every_field_is_given_back(void **state) {
    (void)state;
    real_need(&place);
    for (size_t i = 0; i < COUNT(details); i++) {
        export_gives_back(place.store, details[i].file, details[i].table);
    }
}

/* The first rows of zone A are of the first arrondissement of Paris: the file's own name
 * and header tell all that is needed. */
static void dwellings_of_a_zone_are_recognised(void **state) {
    (void)state;
    real_need(&place);
    static const real_file file = {"2-microdata/FD_LOGEMTZA_2015_small.csv", ""};
    real_place zone;
    assert_true(real_open(&zone, &file, 1));
    export_gives_back(zone.store, file.name, "detail-logemt@2015");
    sheet s =
        real_ask("ARM", "tabulate %s detail-logemt@2015 --by COMMUNE,ARM --weight IPONDL",
                 zone.store);
    real_close(&zone);
    assert_int_equal(s.n_rows, 1);
    assert_string_equal(sheet_cell(&s, 0, 0), "75056");
    assert_string_equal(sheet_cell(&s, 0, 1), "75101");
    assert_true(sheet_number(&s, 0, "rows") == 104);
    sheet_clear(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_caledonia_is_the_published_one),
        cmocka_unit_test(dwellings_of_new_caledonia_hold_its_persons),
        cmocka_unit_test(deaths_of_2019_are_the_published_ones),
        cmocka_unit_test(births_of_2021_are_those_of_the_pages),
        cmocka_unit_test(facilities_of_2018_add_up),
        cmocka_unit_test(every_field_is_given_back),
        cmocka_unit_test(dwellings_of_a_zone_are_recognised),
    };
    return cmocka_run_group_tests(tests, fill_store, real_teardown);
}
