#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "portrait/portraitist.h"

/* Lower ends of the classes of communes, in inhabitants: the cuts of INSEE's tables of
 * communes by size. */
static const double sizes[] = {0, 500, 2000, 5000, 10000, 20000, 50000, 100000};

void peers_size_class(double population, double *first, double *last) {
    size_t n = sizeof sizes / sizeof *sizes;
    size_t k = n - 1;
    while (k > 0 && population < sizes[k]) {
        k--;
    }
    *first = sizes[k];
    *last = k + 1 < n ? sizes[k + 1] - 1 : 0;
}

static bool ranked(const irm_quantity *quantity) {
    return isfinite(quantity->lower) && isfinite(quantity->upper) &&
           quantity->state != IRM_STATE_NOT_APPLICABLE;
}

void peers_rank(const irm_evaluation *evaluation, int32_t index, const bool *mask,
                size_t *rank, size_t *rank_last, size_t *peers) {
    const irm_quantity *own = &evaluation->result[index];
    *rank = *rank_last = *peers = 0;
    if (!ranked(own)) {
        return;
    }
    size_t above = 0, maybe_above = 0;
    for (size_t i = 0; i < evaluation->count; i++) {
        const irm_quantity *other = &evaluation->result[i];
        bool in = (mask == NULL || mask[i] || (int32_t)i == index) && ranked(other);
        *peers += in;
        if (in && (int32_t)i != index) {
            above += other->lower > own->upper;
            maybe_above += other->upper > own->lower;
        }
    }
    *rank = above + 1;
    *rank_last = maybe_above + 1;
}

static irm_status text_pair(char **fr, char **en, const char *in_french,
                            const char *in_english, irm_error *error) {
    *fr = irm_strdup(in_french);
    *en = irm_strdup(in_english);
    return *fr != NULL && *en != NULL ? IRM_OK : irm_fail_memory(error);
}

static const struct {
    const char *level, *fr, *en;
} plurals[] = {
    {"epci", "EPCI à fiscalité propre de France", "French intercommunalities (EPCI)"},
    {"dep", "départements", "départements"},
    {"reg", "régions", "régions"},
    {"can", "cantons", "cantons"},
    {"arr", "arrondissements", "arrondissements"},
    {"bv", "bassins de vie", "living areas"},
    {"ze", "zones d’emploi", "employment zones"},
    {"aav", "aires d’attraction des villes", "functional urban areas"},
};

static void size_label(double population, char *fr, char *en, size_t size) {
    double first, last;
    peers_size_class(population, &first, &last);
    if (last == 0) {
        snprintf(fr, size, "communes de %.0f habitants ou plus", first);
        snprintf(en, size, "communes of %.0f inhabitants or more", first);
    } else if (first == 0) {
        snprintf(fr, size, "communes de moins de %.0f habitants", last + 1);
        snprintf(en, size, "communes under %.0f inhabitants", last + 1);
    } else {
        snprintf(fr, size, "communes de %.0f à %.0f habitants", first, last);
        snprintf(en, size, "communes of %.0f to %.0f inhabitants", first, last);
    }
}

irm_status peers_label(const irm_portraitist *portraitist, irm_place place,
                       double population, size_t count, char **fr, char **en,
                       irm_error *error) {
    (void)portraitist;
    char french[256] = "", english[256] = "";
    if (strcmp(place.level->id, "com") == 0 && !isnan(population)) {
        size_label(population, french, english, sizeof french);
        return text_pair(fr, en, french, english, error);
    }
    for (size_t i = 0; i < sizeof plurals / sizeof *plurals; i++) {
        if (strcmp(plurals[i].level, place.level->id) == 0) {
            return text_pair(fr, en, plurals[i].fr, plurals[i].en, error);
        }
    }
    snprintf(french, sizeof french, "%zu territoires du niveau « %s »", count,
             place.level->id);
    snprintf(english, sizeof english, "%zu territories of level '%s'", count,
             place.level->id);
    return text_pair(fr, en, french, english, error);
}
