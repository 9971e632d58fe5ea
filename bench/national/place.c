#include "place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum { N_DEPARTMENTS = 100, CANTON_COMMUNES = 17, MAX_IN_DEPARTMENT = 900, PARIS = 75 };

typedef struct city {
    const char *code;
    double population;
    unsigned first_district, n_districts;
} city;

static const city cities[] = {{"13055", 870e3, 13201, 16},
                              {"69123", 520e3, 69381, 9},
                              {"75056", 2130e3, 75101, 20}};

static const char regions[][3] = {"11", "24", "27", "28", "32", "44",
                                  "52", "53", "75", "76", "84", "93"};

/* The code of the département of this rank: 01…19, 2A, 2B, 21…95, 971…974. */
static void department_code(size_t rank, char code[4]) {
    if (rank < 19) {
        snprintf(code, 4, "%02u", (unsigned)rank + 1);
    } else if (rank < 21) {
        snprintf(code, 4, "2%c", rank == 19 ? 'A' : 'B');
    } else if (rank < 96) {
        snprintf(code, 4, "%02u", (unsigned)rank);
    } else {
        snprintf(code, 4, "97%u", ((unsigned)rank - 95) % 10);
    }
}

/* Log-normal with a median of 450 inhabitants; the first of a département is its town. */
static double draw_population(bench_random *random, size_t rank) {
    double bell = 0;
    for (int i = 0; i < 12; i++) {
        bell += random_unit(random) - 0.5;
    }
    return 450 * exp(1.3 * bell) * (rank == 0 ? 60 : 1) + 10;
}

static void fill_commune(bench_commune *commune, size_t department, size_t rank,
                         bench_random *random) {
    department_code(department, commune->department);
    commune->overseas = department >= 96;
    snprintf(commune->code, sizeof commune->code, commune->overseas ? "%s%02u" : "%s%03u",
             commune->department, ((unsigned)rank + 1) % 1000);
    snprintf(commune->canton, sizeof commune->canton, "%s%02u", commune->department,
             ((unsigned)(rank / CANTON_COMMUNES) + 1) % 100);
    if (commune->overseas) {
        snprintf(commune->region, sizeof commune->region, "0%u",
                 ((unsigned)department - 95) % 10);
    } else {
        memcpy(commune->region, regions[department % 12], sizeof commune->region);
    }
    commune->population = draw_population(random, rank);
}

static void enlarge_city(bench_commune *commune) {
    for (size_t i = 0; i < sizeof cities / sizeof *cities; i++) {
        if (strcmp(commune->code, cities[i].code) == 0) {
            commune->population = cities[i].population;
            commune->first_district = cities[i].first_district;
            commune->n_districts = cities[i].n_districts;
        }
    }
}

static size_t communes_of(size_t department, size_t n_communes) {
    size_t each = n_communes / 96;
    each = each < 1 ? 1 : each > MAX_IN_DEPARTMENT ? MAX_IN_DEPARTMENT : each;
    return department == PARIS ? 1 : department >= 96 ? 1 + each / 15 : each;
}

static void make_department(bench_country *country, size_t department, size_t n_communes,
                            bench_random *random) {
    size_t count = communes_of(department, n_communes);
    for (size_t rank = 0; rank < count; rank++) {
        bench_commune *commune = &country->communes[country->n_communes++];
        fill_commune(commune, department, department == PARIS ? 55 : rank, random);
        enlarge_city(commune);
        country->population += commune->population;
    }
}

bool country_make(bench_country *country, size_t n_communes, uint64_t seed) {
    bench_random random = {.state = seed};
    *country = (bench_country){0};
    size_t capacity = 0;
    for (size_t i = 0; i < N_DEPARTMENTS; i++) {
        capacity += communes_of(i, n_communes);
    }
    country->communes = calloc(capacity, sizeof *country->communes);
    if (country->communes == NULL) {
        return false;
    }
    for (size_t i = 0; i < N_DEPARTMENTS; i++) {
        make_department(country, i, n_communes, &random);
    }
    return true;
}

void country_clear(bench_country *country) { free(country->communes); }
