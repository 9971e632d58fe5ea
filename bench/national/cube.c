#include "cube.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum { N_AGES = 102, N_CELLS = 2 * N_AGES, EPCI_COMMUNES = 28, DECIMALS = 11 };
/* Figures are counted in 10^-11 persons: 64 bits hold a nation's, and sums are exact. */
static const int64_t unit = 100000000000;

typedef struct sums {
    int64_t cells[N_CELLS]; /* women by age, the last their total; then men */
} sums;

static const char *const sexes[] = {"F", "M", "_T"};

static char *write_number(char *out, int64_t value) {
    char digits[24];
    int length = 0, fraction = DECIMALS;
    int64_t whole = value / unit, rest = value % unit;
    do {
        digits[length++] = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole > 0);
    while (length > 0) {
        *out++ = digits[--length];
    }
    while (rest > 0 && rest % 10 == 0) {
        rest /= 10;
        fraction--;
    }
    if (rest > 0) {
        *out++ = '.';
        for (int i = fraction - 1; i >= 0; i--, rest /= 10) {
            out[i] = (char)('0' + rest % 10);
        }
        out += fraction;
    }
    return out;
}

static char *write_text(char *out, const char *text) {
    size_t length = strlen(text);
    memcpy(out, text, length);
    return out + length;
}

static void age_code(int age, char code[16]) {
    if (age == N_AGES - 1) {
        memcpy(code, "_T", 3);
    } else {
        snprintf(code, 16, age == N_AGES - 2 ? "Y_GE%d" : "Y%d", age);
    }
}

static void write_territory(const char *code, const char *level, const sums *all,
                            bench_output *output) {
    static char ages[N_AGES][16];
    if (ages[0][0] == '\0') {
        for (int age = 0; age < N_AGES; age++) {
            age_code(age, ages[age]);
        }
    }
    char start[64], *out;
    snprintf(start, sizeof start, "\"%s\";\"%s\";\"", code, level);
    for (int sex = 0; sex < 3; sex++) {
        for (int age = 0; age < N_AGES; age++) {
            out = write_text(output_room(output), start);
            out = write_text(out, sexes[sex]);
            out = write_text(out, "\";\"");
            out = write_text(out, ages[age]);
            out = write_text(out, "\";\"POP\";\"A\";2023;");
            out = write_number(out, sex < 2 ? all->cells[sex * N_AGES + age]
                                            : all->cells[age] + all->cells[N_AGES + age]);
            *out++ = '\n';
            output_advance(output, out);
        }
    }
}

static void add(sums *to, const sums *from) {
    for (int i = 0; i < N_CELLS; i++) {
        to->cells[i] += from->cells[i];
    }
}

static void draw_commune(bench_random *random, double population, sums *drawn) {
    memset(drawn, 0, sizeof *drawn);
    for (int i = 0; i < N_CELLS; i++) {
        int age = i % N_AGES;
        if (age < N_AGES - 1) {
            double share = age < 60 ? 1 : age < 100 ? (100 - age) / 40.0 : 0.01;
            double count = population / 160 * share * (0.6 + 0.8 * random_unit(random));
            drawn->cells[i] = (int64_t)(count * (double)unit);
            drawn->cells[i / N_AGES * N_AGES + N_AGES - 1] += drawn->cells[i];
        }
    }
}

typedef struct above {
    sums epci, department, france;
    sums *regions; /* by number */
    unsigned n_epci, in_epci;
} above;

static void write_commune(above *up, const bench_commune *commune,
                          bool last_of_department, bench_random *random,
                          bench_output *output) {
    sums drawn;
    char code[16];
    draw_commune(random, commune->population, &drawn);
    write_territory(commune->code, "COM", &drawn, output);
    add(&up->epci, &drawn);
    add(&up->department, &drawn);
    add(&up->regions[atoi(commune->region)], &drawn);
    add(&up->france, &drawn);
    if (++up->in_epci == EPCI_COMMUNES || last_of_department) {
        const char *digits = commune->department[1] > '9' ? "20" : commune->department;
        snprintf(code, sizeof code, "2%.2s%06u", digits, ++up->n_epci);
        write_territory(code, "EPCI", &up->epci, output);
        up->epci = (sums){0};
        up->in_epci = 0;
    }
    if (last_of_department) {
        write_territory(commune->department, "DEP", &up->department, output);
        up->department = (sums){0};
    }
}

bool cube_write(const bench_country *country, uint64_t seed, bench_output *output) {
    bench_random random = {.state = seed};
    above up = {.regions = calloc(100, sizeof(sums))};
    if (up.regions == NULL) {
        return false;
    }
    output_text(output,
                "\"GEO\";\"GEO_OBJECT\";\"SEX\";\"AGE\";\"RP_MEASURE\";\"OBS_STATUS\";"
                "TIME_PERIOD;OBS_VALUE\n");
    for (size_t i = 0; i < country->n_communes && !output->failed; i++) {
        const bench_commune *commune = &country->communes[i], *next = commune + 1;
        bool last = i + 1 == country->n_communes ||
                    strcmp(next->department, commune->department) != 0;
        write_commune(&up, commune, last, &random, output);
    }
    for (int i = 0; i < 100; i++) {
        char code[16];
        snprintf(code, sizeof code, "%02d", i);
        if (up.regions[i].cells[0] > 0) {
            write_territory(code, "REG", &up.regions[i], output);
        }
    }
    write_territory("F", "FRANCE", &up.france, output);
    free(up.regions);
    return true;
}
