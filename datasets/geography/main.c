#include <math.h>
#include <string.h>

#include "geography/inside.h"
#include "irminon/memory.h"

static double weight_of(const double *population, size_t commune) {
    if (population == NULL) {
        return 1;
    }
    return isfinite(population[commune]) ? population[commune] : 0;
}

/* How much of a commune is in a territory. */
static double share_in(const irm_level *level, int32_t index, int32_t commune) {
    size_t n = 0;
    const irm_cut *cuts = level->n_cuts > 0 ? irm_level_cuts(level, commune, &n) : NULL;
    double share = 0;
    for (size_t i = 0; i < n; i++) {
        share += cuts[i].item == index ? cuts[i].share : 0;
    }
    return n > 0 ? share : level->of_commune[commune] == index ? 1 : 0;
}

/* IRIS and municipal arrondissements: their code begins with that of their commune, or is
 * one. */
static int32_t main_of_iris(const irm_geography *geography, const char *code,
                            const irm_level *level) {
    char commune[6] = "";
    irm_placement how;
    strncpy(commune, code, 5);
    int32_t place = irm_geography_place(geography, commune, &how);
    return place < 0 ? -1 : level->of_commune[place];
}

/* Priority neighbourhoods: "QP", the département in three characters, a number. */
static int32_t main_of_neighbourhood(const irm_level *communes, const char *code,
                                     const irm_level *level) {
    char wanted[4] = "", own[4];
    if (strlen(code) < 5 || !irm_level_of_departments(level)) {
        return -1;
    }
    const char *department = code + (code[2] == '0' ? 3 : 2);
    strncpy(wanted, department, code[2] == '0' ? 2 : 3);
    for (size_t c = 0; c < communes->count; c++) {
        irm_code_department(communes->items[c].code, own);
        if (strcmp(own, wanted) == 0) {
            return level->of_commune[c];
        }
    }
    return -1;
}

bool irm_level_of_departments(const irm_level *level) {
    static const char *const whole[] = {"dep", "reg", "fr", "frm"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        if (strcmp(level->id, whole[i]) == 0) {
            return level->of_commune != NULL;
        }
    }
    return false;
}

bool irm_level_tells(const irm_level *of, const irm_level *level) {
    bool iris = strcmp(of->id, "iris") == 0 || strcmp(of->id, "arm") == 0;
    return level->of_commune != NULL &&
           (of->of_commune != NULL || iris ||
            (strcmp(of->id, "qpv") == 0 && irm_level_of_departments(level)));
}

int32_t irm_geography_main(const irm_geography *geography, const irm_level *of,
                           int32_t index, const irm_level *level,
                           const double *population, size_t *others) {
    if (others != NULL) {
        *others = 0;
    }
    const irm_level *communes = irm_geography_level(geography, "com");
    if (communes == NULL || !irm_level_tells(of, level)) {
        return -1;
    }
    if (of->of_commune == NULL) {
        const char *code = of->items[index].code;
        return strcmp(of->id, "qpv") == 0 ? main_of_neighbourhood(communes, code, level)
                                          : main_of_iris(geography, code, level);
    }
    if (of == communes && of->n_cuts == 0) { /* a commune is all in one place */
        return level->of_commune[index];
    }
    /* A shade over zero for each commune: a territory without inhabitants is still met.
     */
    double *held = irm_calloc(level->count, sizeof *held);
    if (held == NULL) {
        return -1;
    }
    int32_t best = -1;
    size_t met = 0;
    for (size_t c = 0; c < communes->count; c++) {
        int32_t there = level->of_commune[c];
        double share = share_in(of, index, (int32_t)c);
        if (share > 0 && there >= 0) {
            met += held[there] == 0;
            held[there] += share * (weight_of(population, c) + 1e-9);
        }
    }
    for (size_t i = 0; i < level->count; i++) {
        if (held[i] > 0 && (best < 0 || held[i] > held[best])) {
            best = (int32_t)i;
        }
    }
    irm_free(held);
    if (others != NULL && met > 0) {
        *others = met - 1;
    }
    return best;
}
