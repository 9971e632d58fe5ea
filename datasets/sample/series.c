/* Historical series: population since 1968, dwellings, births and deaths between
 * censuses. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "sample/measure.h"
#include "sample/melodi.h"

enum { ALL, MAIN, SECOND, VACANT, PEOPLE, STOCKS };
static const char *const who[STOCKS] = {"dwellings", "dwellings CATEGORY=1",
                                        "dwellings CATEGORY=2-3", "dwellings CATEGORY=4",
                                        "dwellings CATEGORY=1 xSIZE"};

/* Before the first simulated year, households were larger and empty dwellings fewer: mean
 * size in hundredths, second homes and vacant ones per thousand of 2013's by inhabitant.
 */
static const struct {
    int year, size, second, vacant;
} past[] = {{1968, 302, 380, 640},        {1975, 285, 540, 760}, {1982, 270, 720, 790},
            {1990, 257, 880, 770},        {1999, 240, 960, 740}, {2006, 232, 980, 760},
            {2009, 229, 990, 840},        {2010, 228, 990, 870}, {2012, 226, 1000, 950},
            {FIRST_YEAR, 225, 1000, 1000}};

static irm_status count_stocks(sample_country *country, int year,
                               int64_t (*sums)[SAMPLE_COMMUNES], irm_error *error) {
    const sample_world *world;
    IRM_TRY(sample_country_year(country, year < FIRST_YEAR ? FIRST_YEAR : year, &world,
                                error));
    for (int i = 0; i < STOCKS; i++) {
        IRM_TRY(sample_tally(world, who[i], sums[i], error));
    }
    if (year >= FIRST_YEAR) {
        return IRM_OK;
    }
    size_t then = 0, base = sizeof past / sizeof *past - 1;
    while (then < base && past[then].year < year) {
        then++;
    }
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        const sample_commune *commune = &country->geography.communes[c];
        int64_t people = sample_population(commune, year);
        int64_t before = sample_population(commune, FIRST_YEAR);
        sums[MAIN][c] =
            sums[MAIN][c] / before * people / past[then].size * past[base].size;
        sums[SECOND][c] = sums[SECOND][c] / 1000 * past[then].second;
        sums[VACANT][c] = sums[VACANT][c] / before / 1000 * people * past[then].vacant;
        sums[PEOPLE][c] = sums[PEOPLE][c] / before * people;
        sums[ALL][c] = sums[MAIN][c] + sums[SECOND][c] + sums[VACANT][c];
    }
    return IRM_OK;
}

/* Births or deaths from one census to the year before the next. */
static int between(const sample_geography *g, int c, bool births, int first, int next) {
    int total = 0;
    for (int year = first; year < next; year++) {
        total += births ? sample_births(g, c, year) : sample_deaths(g, c, year);
    }
    return total;
}

/* The cube: one territory and year after the other. */
static const int censuses[] = {1968, 1975, 1982, 1990, 1999, 2006, 2012, 2017, 2023};
enum { CENSUSES = sizeof censuses / sizeof *censuses };

typedef struct figures {
    int64_t population, area, births, deaths, stocks[STOCKS];
} figures;

static void put_line(const sample_country *country, sample_level level, int i, int year,
                     const char *category, const char *measure, int64_t units,
                     irm_buffer *out) {
    irm_buffer_format(out, "\"%s\";\"%s\";\"%s\";\"%s\";\"A\";%d;",
                      sample_level_code(&country->geography, level, i),
                      sample_level_object(level), category, measure, year);
    sample_put_weight(out, units);
    irm_buffer_text(out, "\n");
}

static void put_figures(const sample_country *country, sample_level level, int i,
                        int census, const figures *f, irm_buffer *out) {
    static const char *const category[STOCKS] = {"_T", "DW_MAIN", "DW_SEC_DW_OCC",
                                                 "DW_VAC", "DW_MAIN"};
    int year = censuses[census];
    put_line(country, level, i, year, "_T", "POP", f->population * SAMPLE_UNIT, out);
    put_line(country, level, i, year, "_T", "SUP", f->area * (SAMPLE_UNIT / 100), out);
    if (census > 0) {
        put_line(country, level, i, year, "_T", "BRTH", f->births * SAMPLE_UNIT, out);
        put_line(country, level, i, year, "_T", "DEATH", f->deaths * SAMPLE_UNIT, out);
    }
    for (int s = 0; s < STOCKS; s++) {
        put_line(country, level, i, year, category[s],
                 s == PEOPLE ? "DWELLINGS_POPSIZE" : "DWELLINGS", f->stocks[s], out);
    }
}

static void add_up(const sample_country *country, sample_level level, int census,
                   int64_t (*sums)[SAMPLE_COMMUNES], figures *to) {
    const sample_geography *g = &country->geography;
    memset(to, 0, SAMPLE_COMMUNES * sizeof *to);
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        figures *f = &to[sample_level_of(g, level, c)];
        f->population += sample_population(&g->communes[c], censuses[census]);
        f->area += g->communes[c].hectares;
        if (census > 0) {
            f->births += between(g, c, true, censuses[census - 1], censuses[census]);
            f->deaths += between(g, c, false, censuses[census - 1], censuses[census]);
        }
        for (int s = 0; s < STOCKS; s++) {
            f->stocks[s] += sums[s][c];
        }
    }
}

static irm_status put_cube(sample_country *country, irm_buffer *data, irm_error *error) {
    int64_t sums[STOCKS][SAMPLE_COMMUNES];
    figures totals[SAMPLE_COMMUNES];
    irm_buffer_text(data,
                    "\"GEO\";\"GEO_OBJECT\";\"OCS\";\"RP_MEASURE\";\"OBS_STATUS\";"
                    "TIME_PERIOD;OBS_VALUE\n");
    for (int census = 0; census < CENSUSES; census++) {
        IRM_TRY(count_stocks(country, censuses[census], sums, error));
        for (int level = 0; level < LEVELS; level++) {
            add_up(country, (sample_level)level, census, sums, totals);
            for (int i = 0; i < sample_level_size((sample_level)level); i++) {
                put_figures(country, (sample_level)level, i, census, &totals[i], data);
            }
        }
    }
    return IRM_OK;
}

static irm_status write_cube(sample_country *country, irm_error *error) {
    irm_buffer data = {0}, metadata = {0};
    irm_status status = put_cube(country, &data, error);
    if (status != IRM_OK) {
        irm_buffer_clear(&data);
        return status;
    }
    irm_buffer_text(
        &metadata,
        "\"COD_VAR\";\"LIB_VAR\";\"COD_MOD\";\"LIB_MOD\"\n"
        "\"OCS\";\"Catégorie de logement\";\"_T\";\"Ensemble\"\n"
        "\"OCS\";\"Catégorie de logement\";\"DW_MAIN\";\"Résidences principales\"\n"
        "\"OCS\";\"Catégorie de logement\";\"DW_SEC_DW_OCC\";"
        "\"Résidences secondaires et logements occasionnels\"\n"
        "\"OCS\";\"Catégorie de logement\";\"DW_VAC\";\"Logements vacants\"\n"
        "\"RP_MEASURE\";\"Mesure\";\"POP\";\"Population\"\n"
        "\"RP_MEASURE\";\"Mesure\";\"SUP\";\"Superficie (km²)\"\n"
        "\"RP_MEASURE\";\"Mesure\";\"BRTH\";\"Naissances domiciliées\"\n"
        "\"RP_MEASURE\";\"Mesure\";\"DEATH\";\"Décès domiciliés\"\n"
        "\"RP_MEASURE\";\"Mesure\";\"DWELLINGS\";\"Nombre de logements\"\n"
        "\"RP_MEASURE\";\"Mesure\";\"DWELLINGS_POPSIZE\";"
        "\"Population des ménages\"\n");
    sample_put_metadata(country, &metadata, censuses, CENSUSES);
    return sample_write_melodi(country, "DS_RP_SERIE_HISTORIQUE", 2023, &data, &metadata,
                               error);
}

/* The wide base: newest vintage first, as its dictionary lists them. */
static const struct {
    int year;
    const char *prefix, *people;
} vintages[] = {{2021, "P21", "P21_PMEN"},    {2015, "P15", "P15_PMEN"},
                {2010, "P10", "P10_PMEN"},    {1999, "D99", "D99_PMEN"},
                {1990, "D90", "D90_NPER_RP"}, {1982, "D82", "D82_NPER_RP"},
                {1975, "D75", "D75_NPER_RP"}, {1968, "D68", "D68_NPER_RP"}};
static const struct {
    const char *name;
    int first, next;
} periods[] = {{"1520", 2015, 2021}, {"1014", 2010, 2015}, {"9909", 1999, 2010},
               {"9099", 1990, 1999}, {"8290", 1982, 1990}, {"7582", 1975, 1982},
               {"6875", 1968, 1975}};
enum {
    VINTAGES = sizeof vintages / sizeof *vintages,
    PERIODS = sizeof periods / sizeof *periods
};

static void put_header(irm_buffer *out) {
    static const char *const stocks[] = {"LOG", "RP", "RSECOCC", "LOGVAC"};
    irm_buffer_text(out, "CODGEO");
    for (int v = 0; v < VINTAGES; v++) {
        irm_buffer_format(out, ";%s_POP", vintages[v].prefix);
    }
    irm_buffer_text(out, ";SUPERF");
    for (int births = 1; births >= 0; births--) {
        for (int p = 0; p < PERIODS; p++) {
            irm_buffer_format(out, ";%s%s", births ? "NAIS" : "DECE", periods[p].name);
        }
    }
    for (int s = 0; s < PEOPLE; s++) {
        for (int v = 0; v < VINTAGES; v++) {
            irm_buffer_format(out, ";%s_%s", vintages[v].prefix, stocks[s]);
        }
    }
    for (int v = 0; v < VINTAGES; v++) {
        irm_buffer_format(out, ";%s", vintages[v].people);
    }
    irm_buffer_text(out, "\r\n");
}

static void put_commune(const sample_country *country, int c,
                        int64_t (*sums)[STOCKS][SAMPLE_COMMUNES], irm_buffer *out) {
    const sample_geography *g = &country->geography;
    irm_buffer_text(out, g->communes[c].code);
    for (int v = 0; v < VINTAGES; v++) {
        irm_buffer_format(out, ";%d",
                          sample_population(&g->communes[c], vintages[v].year));
    }
    irm_buffer_text(out, ";");
    sample_put_fixed(out, g->communes[c].hectares, 2, '.');
    for (int births = 1; births >= 0; births--) {
        for (int p = 0; p < PERIODS; p++) {
            irm_buffer_format(out, ";%d",
                              between(g, c, births, periods[p].first, periods[p].next));
        }
    }
    for (int s = 0; s < STOCKS; s++) {
        for (int v = 0; v < VINTAGES; v++) {
            irm_buffer_text(out, ";");
            sample_put_weight(out, sums[v][s][c]);
        }
    }
    irm_buffer_text(out, "\r\n");
}

static irm_status write_wide(sample_country *country, irm_error *error) {
    int64_t(*sums)[STOCKS][SAMPLE_COMMUNES] = irm_calloc(VINTAGES, sizeof *sums);
    if (sums == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = IRM_OK;
    for (int v = 0; v < VINTAGES && status == IRM_OK; v++) {
        status = count_stocks(country, vintages[v].year, sums[v], error);
    }
    irm_buffer out = {0};
    put_header(&out);
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        put_commune(country, c, sums, &out);
    }
    irm_free(sums);
    if (status != IRM_OK) {
        irm_buffer_clear(&out);
        return status;
    }
    return sample_write(country, "base-cc-serie-historique-2021.CSV", &out, error);
}

irm_status sample_write_series(sample_country *country, irm_error *error) {
    IRM_TRY(write_wide(country, error));
    return write_cube(country, error);
}
