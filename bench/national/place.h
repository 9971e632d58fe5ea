/* A made-up country with the shape of France: départements, communes of very unequal
 * size, three cities cut into arrondissements. Codes look like the official ones. */
#ifndef BENCH_PLACE_H
#define BENCH_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bench_commune {
    char code[6], department[4], region[3], canton[6];
    double population;
    unsigned first_district, n_districts; /* arrondissements, 0 for most */
    bool overseas;
} bench_commune;

typedef struct bench_country {
    bench_commune *communes;
    size_t n_communes;
    double population;
} bench_country;

/* About `n_communes` communes, in the order of their codes. False without memory. */
bool country_make(bench_country *country, size_t n_communes, uint64_t seed);
void country_clear(bench_country *country);

#endif
