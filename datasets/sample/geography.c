#include "sample/geography.h"

#include <stdio.h>
#include <string.h>

#include "irminon/sample.h"
#include "sample/random.h"

const sample_departement sample_departements[SAMPLE_DEPARTEMENTS] = {
    {IRM_SAMPLE_DEPARTEMENT, "Haute-Vaudelle (fictif)", "HAUTE VAUDELLE FICTIF"},
    {"96", "Orvance-Maritime (fictif)", "ORVANCE MARITIME FICTIF"}};

/* Where each group of communes lies on the grid of communes; the first that holds one
 * takes it. Populations are of the seat. */
static const struct {
    sample_epci epci;
    int left, right, top, bottom;
    int seat_column, seat_row, seat_population;
} groups[SAMPLE_EPCIS] = {
    {{IRM_SAMPLE_EPCI, "CC des Trois Vallons (fictive)", "CC", 0, 0},
     3,
     7,
     3,
     7,
     5,
     5,
     6240},
    {{"209900002", "CA du Grand Miral (fictive)", "CA", 0, 0}, 0, 6, 8, 9, 3, 8, 17850},
    {{"209900003", "CC de la Plaine d'Orvance (fictive)", "CC", 0, 0},
     7,
     9,
     6,
     9,
     8,
     8,
     3910},
    {{"209900004", "CC des Monts de Fable (fictive)", "CC", 0, 0},
     0,
     2,
     0,
     7,
     1,
     5,
     2480},
    {{"209900005", "CC du Lac d'Ysole (fictive)", "CC", 0, 0}, 3, 9, 0, 5, 6, 1, 3350},
    {{"209600001", "CA du Rivage Neuf (fictive)", "CA", 1, 0},
     10,
     11,
     4,
     9,
     11,
     6,
     14200},
    {{"209600002", "CC des Dunes Rêvées (fictive)", "CC", 1, 0},
     10,
     11,
     0,
     3,
     10,
     2,
     4100}};

/* The second town of the focus, its smallest commune, and where people ski and sail. */
enum { SECOND_TOWN = 4 * SAMPLE_COLUMNS + 4, SMALLEST = 3 * SAMPLE_COLUMNS + 3 };

static int group_of(int column, int row) {
    for (int e = 0; e < SAMPLE_EPCIS; e++) {
        if (column >= groups[e].left && column <= groups[e].right &&
            row >= groups[e].top && row <= groups[e].bottom) {
            return e;
        }
    }
    return SAMPLE_EPCIS - 1;
}

/* Chebyshev distance on the grid to the nearest seat, weighed by what the town weighs. */
static int remoteness(int column, int row) {
    int nearest = 99;
    for (int e = 0; e < SAMPLE_EPCIS; e++) {
        int dx = column - groups[e].seat_column, dy = row - groups[e].seat_row;
        dx = dx < 0 ? -dx : dx;
        dy = dy < 0 ? -dy : dy;
        int far = 2 * (dx > dy ? dx : dy) + (dx > dy ? dy : dx);
        far -= groups[e].seat_population > 10000  ? 2
               : groups[e].seat_population > 5000 ? 1
                                                  : 0;
        nearest = far < nearest ? far : nearest;
    }
    return nearest;
}

static sample_kind kind_of(sample_random *random, int c, int epci) {
    int far = remoteness(c % SAMPLE_COLUMNS, c / SAMPLE_COLUMNS);
    bool coast = c % SAMPLE_COLUMNS == SAMPLE_COLUMNS - 1;
    if ((coast && far > 1 && sample_chance(random, 700)) ||
        (epci == 4 && far <= 3 && far > 1)) {
        return KIND_TOURIST;
    }
    if (far <= 2) {
        return KIND_SUBURB;
    }
    return far >= 6 || (far >= 4 && sample_chance(random, 350)) ? KIND_REMOTE
                                                                : KIND_RURAL;
}

static int draw_population(sample_random *random, sample_kind kind) {
    static const int low[KIND_COUNT] = {4000, 430, 150, 70, 190};
    static const int high[KIND_COUNT] = {9000, 1850, 720, 290, 980};
    /* The product of two uniforms: many small communes, few large. */
    double skew = 0.15 + 0.85 * sample_unit(random) * sample_unit(random) * 1.25;
    skew = skew > 1 ? 1 : skew;
    return low[kind] + (int)((high[kind] - low[kind]) * skew);
}

static void place_commune(sample_geography *geography, int c) {
    sample_commune *commune = &geography->communes[c];
    sample_random random = sample_stream(geography->seed, FOR_COMMUNES, (uint64_t)c, 0);
    int epci = group_of(c % SAMPLE_COLUMNS, c / SAMPLE_COLUMNS);
    commune->epci = epci;
    commune->departement = geography->epcis[epci].departement;
    commune->kind = kind_of(&random, c, epci);
    commune->population = draw_population(&random, commune->kind);
    commune->drift = sample_between(&random, -45, 45);
    commune->wealth = sample_between(&random, 930, 1075);
    commune->canton = 2 * epci + 1 + (c / SAMPLE_COLUMNS + c) % 2;
    commune->arrondissement = commune->departement == 1 ? 1
                              : epci == 1 || epci == 2  ? 1
                                                        : 2;
    if (geography->epcis[epci].seat == c) {
        commune->kind = KIND_TOWN;
        commune->population = groups[epci].seat_population;
        commune->drift = 0;
    } else if (c == SECOND_TOWN) {
        commune->kind = KIND_TOWN;
        commune->population = 3127;
    } else if (c == SMALLEST) {
        commune->kind = KIND_REMOTE;
        commune->population = 58;
        commune->drift = 0;
    }
    if (commune->population > 5000) {
        commune->iris = commune->population / 2000;
    } else if (c == SECOND_TOWN) {
        commune->iris = 2;
    }
}

/* Communes are numbered by name within their département, as real ones first were. */
static void number_communes(sample_geography *geography) {
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        sample_commune *commune = &geography->communes[c];
        int rank = 1;
        for (int other = 0; other < SAMPLE_COMMUNES; other++) {
            const sample_commune *that = &geography->communes[other];
            int order = strcmp(that->capital, commune->capital);
            rank += that->departement == commune->departement &&
                    (order < 0 || (order == 0 && other < c));
        }
        snprintf(commune->code, sizeof commune->code, "%s%03d",
                 sample_departements[commune->departement].code, rank % 1000);
    }
}

static int by_code(const sample_commune *a, const sample_commune *b) {
    return strcmp(a->code, b->code);
}

/* Order of publication: by code. Seats and cells follow. */
static void sort_communes(sample_geography *geography) {
    int16_t rank[SAMPLE_COMMUNES];
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        rank[c] = 0;
        for (int other = 0; other < SAMPLE_COMMUNES; other++) {
            rank[c] = (int16_t)(rank[c] + (by_code(&geography->communes[other],
                                                   &geography->communes[c]) < 0));
        }
    }
    sample_commune sorted[SAMPLE_COMMUNES];
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        sorted[rank[c]] = geography->communes[c];
    }
    memcpy(geography->communes, sorted, sizeof sorted);
    for (int e = 0; e < SAMPLE_EPCIS; e++) {
        geography->epcis[e].seat = rank[geography->epcis[e].seat];
    }
    for (int i = 0; i < LATTICE_CELLS; i++) {
        geography->cell[i] = rank[geography->cell[i]];
    }
}

irm_status sample_geography_make(sample_geography *geography, uint64_t seed,
                                 irm_error *error) {
    memset(geography, 0, sizeof *geography);
    geography->seed = seed;
    for (int e = 0; e < SAMPLE_EPCIS; e++) {
        geography->epcis[e] = groups[e].epci;
        geography->epcis[e].seat =
            groups[e].seat_row * SAMPLE_COLUMNS + groups[e].seat_column;
    }
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        place_commune(geography, c);
    }
    sample_names_make(geography);
    sample_lattice_make(geography);
    number_communes(geography);
    sort_communes(geography);
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        geography->communes[c].hectares = sample_polygon_area(geography, c);
    }
    return geography->failed ? irm_fail_memory(error) : IRM_OK;
}

/* Population by kind, per thousand of 2021's: rural exodus, then suburbs. */
static const int milestones[] = {1968, 1975, 1982, 1990, 1999, 2009, 2015, 2021, 2027};
static const int courses[KIND_COUNT][9] = {
    {820, 900, 940, 960, 965, 985, 996, 1000, 1004},
    {430, 505, 640, 742, 803, 902, 958, 1000, 1037},
    {1180, 1082, 1021, 985, 961, 984, 998, 1000, 1003},
    {1740, 1510, 1352, 1231, 1122, 1061, 1026, 1000, 972},
    {905, 882, 880, 893, 904, 951, 984, 1000, 1016}};

int sample_population(const sample_commune *commune, int year) {
    int i = 0;
    while (i < 7 && year > milestones[i + 1]) {
        i++;
    }
    const int *course = courses[commune->kind];
    int span = milestones[i + 1] - milestones[i];
    /* In millionths, all in integers. */
    int64_t level = course[i] * 1000LL +
                    (course[i + 1] - course[i]) * 1000LL * (year - milestones[i]) / span;
    level = level * (10000 + commune->drift * (year - 2021)) / 10000;
    int population = (int)((level * commune->population + 500000) / 1000000);
    return population < 5 ? 5 : population;
}

/* A count around `expected_1000` thousandths: the spread of a Poisson, from a bell. */
static int events(sample_random *random, int64_t expected_1000) {
    double mean = (double)expected_1000 / 1000;
    double root = mean > 1 ? mean : 1;
    for (int i = 0; i < 20; i++) {
        root = (root + mean / root) / 2;
    }
    double value = mean + 0.8 * root * sample_bell(random) + 0.5;
    return value < 0 ? 0 : (int)value;
}

int sample_births(const sample_geography *geography, int commune, int year) {
    /* Per 10,000 inhabitants in 2021; France fell by a quarter from 1975, a tenth from
     * 2013. */
    static const int rate[KIND_COUNT] = {98, 118, 88, 66, 72};
    const sample_commune *c = &geography->communes[commune];
    sample_random random =
        sample_stream(geography->seed, FOR_EVENTS, (uint64_t)commune, (uint64_t)year);
    int fall = year < 2010 ? 1250 : 1000 + 18 * (2021 - year);
    return events(&random,
                  (int64_t)sample_population(c, year) * rate[c->kind] * fall / 10000);
}

int sample_deaths(const sample_geography *geography, int commune, int year) {
    static const int rate[KIND_COUNT] = {109, 67, 102, 148, 121};
    const sample_commune *c = &geography->communes[commune];
    sample_random random = sample_stream(geography->seed, FOR_EVENTS,
                                         (uint64_t)commune + 1000, (uint64_t)year);
    int rise = year == 2020 ? 1070 : 1000 + 4 * (year - 2021);
    return events(&random,
                  (int64_t)sample_population(c, year) * rate[c->kind] * rise / 10000);
}
