/* Births and deaths, facilities, childcare. */
#include <inttypes.h>
#include <stdio.h>

#include "irminon/sample.h"
#include "sample/measure.h"
#include "sample/melodi.h"
#include "sample/random.h"

enum { FIRST_EVENTS = 2014, LAST_EVENTS = 2024, FACILITIES_YEAR = 2021 };

static void put_events(const sample_country *country, bool births, irm_buffer *data) {
    const sample_geography *g = &country->geography;
    for (int year = FIRST_EVENTS; year <= LAST_EVENTS; year++) {
        for (int level = 0; level < LEVELS; level++) {
            int totals[SAMPLE_COMMUNES] = {0};
            for (int c = 0; c < SAMPLE_COMMUNES; c++) {
                totals[sample_level_of(g, (sample_level)level, c)] +=
                    births ? sample_births(g, c, year) : sample_deaths(g, c, year);
            }
            for (int i = 0; i < sample_level_size((sample_level)level); i++) {
                irm_buffer_format(data, "\"%s\";\"%s\";\"%s\";\"A\";%d;%d\n",
                                  sample_level_code(g, (sample_level)level, i),
                                  sample_level_object((sample_level)level),
                                  births ? "LVB" : "DTH", year, totals[i]);
            }
        }
    }
}

static irm_status write_events(const sample_country *country, bool births,
                               irm_error *error) {
    irm_buffer data = {0}, metadata = {0};
    int years[LAST_EVENTS - FIRST_EVENTS + 1];
    for (int i = 0; i <= LAST_EVENTS - FIRST_EVENTS; i++) {
        years[i] = FIRST_EVENTS + i;
    }
    irm_buffer_text(&data,
                    "\"GEO\";\"GEO_OBJECT\";\"EC_MEASURE\";\"OBS_STATUS\";TIME_PERIOD;"
                    "OBS_VALUE\n");
    put_events(country, births, &data);
    irm_buffer_format(&metadata,
                      "\"COD_VAR\";\"LIB_VAR\";\"COD_MOD\";\"LIB_MOD\"\n"
                      "\"EC_MEASURE\";\"Mesure\";\"%s\";\"%s\"\n",
                      births ? "LVB" : "DTH",
                      births ? "Naissances domiciliées" : "Décès domiciliés");
    sample_put_metadata(country, &metadata, years, LAST_EVENTS - FIRST_EVENTS + 1);
    return sample_write_melodi(
        country, births ? "DS_ETAT_CIVIL_NAIS_COMMUNES" : "DS_ETAT_CIVIL_DECES_COMMUNES",
        LAST_EVENTS, &data, &metadata, error);
}

/* Facilities: type, population from which one is likely, inhabitants for one more. */
static const struct {
    const char *type;
    int from, each;
} facilities[] = {{"A101", 4000, 30000}, {"A206", 1500, 6000},  {"A203", 2000, 4000},
                  {"A301", 300, 900},    {"A401", 120, 420},    {"A402", 200, 700},
                  {"A403", 150, 480},    {"A404", 180, 520},    {"A405", 150, 650},
                  {"A501", 250, 620},    {"A504", 180, 450},    {"A507", 600, 800},
                  {"B102", 3000, 9000},  {"B201", 900, 5000},   {"B203", 500, 1500},
                  {"B204", 900, 3200},   {"B302", 1500, 1300},  {"B316", 900, 3500},
                  {"C101", 900, 2600},   {"C104", 220, 1700},   {"C201", 3000, 7000},
                  {"C301", 6000, 15000}, {"D101", 9000, 40000}, {"D201", 900, 1150},
                  {"D221", 2200, 1900},  {"D232", 500, 800},    {"D233", 700, 950},
                  {"D301", 1200, 2900},  {"D401", 1800, 5200},  {"D502", 1400, 4200},
                  {"E101", 400, 1600},   {"F102", 500, 2600},   {"F111", 350, 1900},
                  {"F121", 600, 3500},   {"G102", 800, 5000}};

static irm_status write_facilities(const sample_country *country, irm_error *error) {
    const sample_geography *g = &country->geography;
    irm_buffer out = {0};
    irm_buffer_text(
        &out, "\"REG\";\"DEP\";\"DEPCOM\";\"DCIRIS\";\"AN\";\"TYPEQU\";\"NB_EQUIP\"\n");
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &g->communes[c];
        sample_random random = sample_stream(g->seed, FOR_FACILITIES, (uint64_t)c, 0);
        char iris[16];
        snprintf(iris, sizeof iris, commune->iris > 0 ? "%s_0101" : "%s", commune->code);
        for (size_t i = 0; i < sizeof facilities / sizeof *facilities; i++) {
            int people = commune->population + (commune->kind == KIND_TOURIST ? 600 : 0);
            int near = people * sample_between(&random, 60, 140) / 100;
            if (near >= facilities[i].from) {
                irm_buffer_format(
                    &out, "\"%s\";\"%s\";\"%s\";\"%s\";%d;\"%s\";%d\n", IRM_SAMPLE_REGION,
                    sample_departements[commune->departement].code, commune->code, iris,
                    FACILITIES_YEAR, facilities[i].type, 1 + near / facilities[i].each);
            }
        }
    }
    return sample_write(country, "bpe_ens_2021.csv", &out, error);
}

/* Places for 100 children under 3, in tenths: crèches, other centres, early school,
 * childminders, at home. */
static void put_coverage(const sample_geography *g, int c, int year, irm_buffer *out) {
    const sample_commune *commune = &g->communes[c];
    const sample_epci *epci = &g->epcis[commune->epci];
    sample_random random = sample_stream(g->seed, FOR_BENEFITS, (uint64_t)c, 7);
    bool town = commune->kind == KIND_TOWN;
    int centre = (town ? 190 : 60) + sample_between(&random, 0, town ? 120 : 130);
    int other = sample_between(&random, 0, 24);
    int school = sample_between(&random, 0, town ? 30 : 62);
    int minders =
        (town ? 210 : 360) + sample_between(&random, 0, 170) - 9 * (year - 2017);
    int home = sample_between(&random, 2, 22);
    centre += 5 * (year - 2017);
    irm_buffer_format(out, "%d;%s;%s;%s;%s;%s;%s", year, commune->code, commune->capital,
                      epci->code, epci->name,
                      sample_departements[commune->departement].code,
                      sample_departements[commune->departement].capital);
    const int columns[] = {
        centre,  other, centre + other, school,
        minders, home,  minders + home, centre + other + school + minders + home};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        irm_buffer_text(out, ";");
        sample_put_fixed(out, columns[i], 1, '.');
    }
    irm_buffer_text(out, "\n");
}

static irm_status write_coverage(const sample_country *country, irm_error *error) {
    irm_buffer out = {0};
    irm_buffer_text(&out,
                    "\xEF\xBB\xBF"
                    "Date référence;Numéro commune;Nom commune;Numéro EPCI;Nom EPCI;"
                    "Numéro Département;Nom Département;Taux de couv EAJE PSU;"
                    "Taux de couv hors EAJE PSU;Taux de couv EAJE - ensemble;"
                    "Taux de couv préscolarisation;Taux de couv assistantes maternelles;"
                    "Taux de couv salarié à domicile;"
                    "Taux de couv accueil individuel - ensemble;Taux de couv global\n");
    for (int year = 2017; year <= 2021; year++) {
        for (int c = 0; c < SAMPLE_COMMUNES; c++) {
            /* Only communes with enough young children are published. */
            if (country->geography.communes[c].population >= 900) {
                put_coverage(&country->geography, c, year, &out);
            }
        }
    }
    return sample_write(country, "txcouv_pe_com.csv", &out, error);
}

irm_status sample_write_life(sample_country *country, irm_error *error) {
    IRM_TRY(write_events(country, true, error));
    IRM_TRY(write_events(country, false, error));
    IRM_TRY(write_facilities(country, error));
    return write_coverage(country, error);
}
