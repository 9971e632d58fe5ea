/* Names that no French commune bears, in the forms that French communes have. */
#include <stdio.h>
#include <string.h>

#include "sample/geography.h"
#include "sample/random.h"

static const char *const roots[] = {
    "Arbel",   "Brévau", "Corvel", "Damerin", "Esclav", "Fréval",  "Gourdanc", "Hautebr",
    "Isemb",   "Jaluz",  "Kervil", "Lormaz",  "Mirand", "Noirvel", "Orvanc",   "Pérauz",
    "Quincel", "Ronsav", "Sauvel", "Tréblan", "Urvaz",  "Valmor",  "Vernanc",  "Ysol"};
static const char *const endings[] = {"euse",  "ignan",  "ières", "oux",
                                      "anges", "icourt", "eval",  "onnet"};
static const char *const rivers[] = {"Vaudelle", "Orvance", "Mirelle", "Ysole"};
/* Article (TNCC) and name: 2 Le, 3 La, 4 Les, 5 L'. */
static const struct {
    int article;
    const char *name;
} places[] = {
    {5, "Épinaie-Haute"},      {3, "Fougeraie-Basse"}, {2, "Clos-Doré"},
    {4, "Étangs-Dormants"},    {4, "Roches-Mauves"},   {2, "Moulin-Rêveur"},
    {5, "Ormelle-aux-Brumes"}, {3, "Combe-Songère"},   {4, "Aubépines-Grises"},
    {2, "Val-Pensif"},         {5, "Hermitage-Perdu"}, {3, "Croix-des-Nuages"},
    {4, "Vallons-Clairs"},     {2, "Bourg-Inventé"},   {3, "Chapelle-aux-Fables"}};
static const char *const saints[] = {"Orbain", "Fabulien",   "Mirande-la-Douce",
                                     "Yvrain", "Légendaire", "Conteloup"};
static const char *const articles[] = {"", "", "Le ", "La ", "Les ", "L'"};

enum {
    ROOTS = sizeof roots / sizeof *roots,
    ENDINGS = sizeof endings / sizeof *endings,
    PLACES = sizeof places / sizeof *places,
    SAINTS = sizeof saints / sizeof *saints
};

/* "EPINAIE HAUTE" of "Épinaie-Haute", as the official geographic code writes NCC. */
static bool capitals(char *to, size_t size, const char *name) {
    irm_buffer folded = {0};
    irm_text_fold(&folded, name, strlen(name));
    size_t n = 0;
    for (; n + 1 < size && n < folded.size; n++) {
        char c = folded.data[n];
        to[n] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    to[n] = '\0';
    bool done = !folded.failed;
    irm_buffer_clear(&folded);
    return done;
}

static void set_name(sample_geography *geography, int c, int article, const char *bare) {
    sample_commune *commune = &geography->communes[c];
    commune->article = article;
    snprintf(commune->bare, sizeof commune->bare, "%.70s", bare);
    snprintf(commune->name, sizeof commune->name, "%s%.70s", articles[article], bare);
    if (!capitals(commune->capital, sizeof commune->capital, bare)) {
        geography->failed = true;
    }
}

/* TNCC of a name without article: 1 before a vowel, 0 otherwise. */
static int plain_article(const char *name) {
    return strchr("AEIOUY", name[0]) != NULL || strncmp(name, "É", 2) == 0;
}

static void shuffle(sample_random *random, int *items, int count) {
    for (int i = count - 1; i > 0; i--) {
        int j = sample_between(random, 0, i);
        int kept = items[i];
        items[i] = items[j];
        items[j] = kept;
    }
}

/* A name of the form root + ending, dressed by what surrounds it. */
static void compound(char *to, size_t size, int number, int dress, const char *town) {
    char base[48];
    snprintf(base, sizeof base, "%s%s", roots[number % ROOTS], endings[number / ROOTS]);
    if (dress < 12) {
        snprintf(to, size, "%s-sur-%s", base, rivers[dress % 4]);
    } else if (dress < 17 && town != NULL) {
        snprintf(to, size, "%s-lès-%.40s", base, town);
    } else if (dress < 21) {
        snprintf(to, size, "Saint-%s-%s%s", saints[dress % SAINTS],
                 strchr("AEIOUY", base[0]) ? "d'" : "de-", base);
    } else {
        snprintf(to, size, "%s", base);
    }
}

void sample_names_make(sample_geography *geography) {
    sample_random random = sample_stream(geography->seed, FOR_NAMES, 0, 0);
    int order[ROOTS * ENDINGS];
    for (int i = 0; i < ROOTS * ENDINGS; i++) {
        order[i] = i;
    }
    shuffle(&random, order, ROOTS * ENDINGS);
    int used = 0, place = 0;
    char bare[160];
    for (int e = 0; e < SAMPLE_EPCIS; e++) {
        compound(bare, sizeof bare, order[used++], 99, NULL);
        set_name(geography, geography->epcis[e].seat, plain_article(bare), bare);
    }
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        sample_commune *commune = &geography->communes[c];
        const sample_epci *epci = &geography->epcis[commune->epci];
        if (epci->seat == c) {
            continue;
        }
        if (place < PLACES && c % 7 == 3) {
            set_name(geography, c, places[place].article, places[place].name);
            place++;
            continue;
        }
        const char *town =
            commune->kind == KIND_SUBURB ? geography->communes[epci->seat].bare : NULL;
        compound(bare, sizeof bare, order[used++], sample_between(&random, 0, 45), town);
        set_name(geography, c, plain_article(bare), bare);
    }
}
