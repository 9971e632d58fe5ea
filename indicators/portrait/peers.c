#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "portrait/portraitist.h"

/* Lower ends of the classes of communes, in inhabitants: the cuts of INSEE's tables of
 * communes by size. */
static const double sizes[] = {0, 500, 2000, 5000, 10000, 20000, 50000, 100000};

static size_t size_class(double population) {
    size_t k = sizeof sizes / sizeof *sizes - 1;
    while (k > 0 && population < sizes[k]) {
        k--;
    }
    return k;
}

/* Communes of the same class of size. */
static irm_status find_alike(irm_portraitist *portraitist, irm_place place, peer_group *group,
                             irm_error *error) {
    const double *population;
    group->n_alike = place.level->count;
    IRM_TRY(portraitist_population(portraitist, &population, error));
    if (population == NULL || strcmp(place.level->id, "com") != 0) {
        return IRM_OK;
    }
    group->alike = irm_calloc(place.level->count, sizeof *group->alike);
    if (group->alike == NULL) {
        return irm_fail_memory(error);
    }
    group->n_alike = 0;
    for (size_t i = 0; i < place.level->count; i++) {
        group->alike[i] =
            size_class(population[i]) == size_class(population[place.index]);
        group->n_alike += group->alike[i];
    }
    return IRM_OK;
}

/* Marks the items that have a commune in département `index`: few enough to be asked one by
 * one whether most of them is there. */
static void touch(const irm_level *level, const irm_level *departments, int32_t index,
                  size_t n_communes, bool *touched) {
    for (size_t c = 0; c < n_communes; c++) {
        int32_t item = level->of_commune[c];
        if (departments->of_commune[c] == index && item >= 0) {
            touched[item] = true;
        }
    }
}

static irm_status find_near(irm_portraitist *portraitist, irm_place place, peer_group *group,
                            irm_error *error) {
    const irm_geography *geography = portraitist->geography;
    const irm_level *departments = irm_geography_level(geography, "dep");
    const irm_level *communes = irm_geography_level(geography, "com");
    if (departments == NULL || communes == NULL || place.level->of_commune == NULL ||
        place.level->count <= departments->count) {
        return IRM_OK;
    }
    int32_t index = irm_geography_main(geography, place.level, place.index, departments,
                                       portraitist->population, NULL);
    if (index < 0) {
        return IRM_OK;
    }
    group->near = irm_calloc(place.level->count, sizeof *group->near);
    if (group->near == NULL) {
        return irm_fail_memory(error);
    }
    touch(place.level, departments, index, communes->count, group->near);
    for (size_t i = 0; i < place.level->count; i++) {
        group->near[i] =
            group->near[i] && (group->alike == NULL || group->alike[i]) &&
            irm_geography_main(geography, place.level, (int32_t)i, departments,
                               portraitist->population, NULL) == index;
        group->n_near += group->near[i];
    }
    group->near_name = departments->items[index].name;
    return IRM_OK;
}

irm_status peers_find(irm_portraitist *portraitist, irm_place place, peer_group *group,
                      irm_error *error) {
    *group = (peer_group){0};
    irm_status status = find_alike(portraitist, place, group, error);
    if (status == IRM_OK) {
        status = find_near(portraitist, place, group, error);
    }
    if (status != IRM_OK) {
        peers_clear(group);
    }
    return status;
}

void peers_clear(peer_group *group) {
    irm_free(group->alike);
    irm_free(group->near);
    *group = (peer_group){0};
}

static bool ranked(const irm_quantity *quantity) {
    return isfinite(quantity->lower) && isfinite(quantity->upper) &&
           quantity->state != IRM_STATE_NOT_APPLICABLE;
}

/* Ranks among the items for which `mask` holds (NULL: all). */
static void rank_among(const irm_evaluation *evaluation, int32_t index, const bool *mask,
                       irm_portrait_row *row) {
    const irm_quantity *own = &evaluation->result[index];
    size_t above = 0, maybe_above = 0;
    row->peers = 0;
    for (size_t i = 0; i < evaluation->count; i++) {
        const irm_quantity *other = &evaluation->result[i];
        bool in = (mask == NULL || mask[i] || (int32_t)i == index) && ranked(other);
        row->peers += in;
        if (in && (int32_t)i != index) {
            above += other->lower > own->upper;
            maybe_above += other->upper > own->lower;
        }
    }
    row->rank = above + 1;
    row->rank_last = maybe_above + 1;
}

/* A rank among fewer than nine peers in ten would be a rank among whoever is there. */
static bool covers(size_t peers, size_t all) { return peers >= 2 && peers * 10 >= all * 9; }

void peers_rank(const irm_evaluation *evaluation, irm_place place, const peer_group *group,
                irm_portrait_row *row) {
    if (ranked(&evaluation->result[place.index])) {
        rank_among(evaluation, place.index, group->alike, row);
        if (covers(row->peers, group->n_alike)) {
            return;
        }
        if (group->near != NULL) {
            rank_among(evaluation, place.index, group->near, row);
            row->peers_within = group->near_name;
            if (covers(row->peers, group->n_near)) {
                return;
            }
        }
    }
    row->rank = row->rank_last = row->peers = 0;
    row->peers_within = NULL;
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

/* One a class of `sizes`. */
static const struct {
    const char *fr, *en;
} size_labels[] = {
    {"communes de moins de 500 habitants", "communes under 500 inhabitants"},
    {"communes de 500 à 1 999 habitants", "communes of 500 to 1,999 inhabitants"},
    {"communes de 2 000 à 4 999 habitants", "communes of 2,000 to 4,999 inhabitants"},
    {"communes de 5 000 à 9 999 habitants", "communes of 5,000 to 9,999 inhabitants"},
    {"communes de 10 000 à 19 999 habitants", "communes of 10,000 to 19,999 inhabitants"},
    {"communes de 20 000 à 49 999 habitants", "communes of 20,000 to 49,999 inhabitants"},
    {"communes de 50 000 à 99 999 habitants", "communes of 50,000 to 99,999 inhabitants"},
    {"communes de 100 000 habitants ou plus", "communes of 100,000 inhabitants or more"},
};

irm_status peers_label(irm_place place, double population, char **fr, char **en,
                       irm_error *error) {
    if (strcmp(place.level->id, "com") == 0 && !isnan(population)) {
        size_t k = size_class(population);
        return text_pair(fr, en, size_labels[k].fr, size_labels[k].en, error);
    }
    for (size_t i = 0; i < sizeof plurals / sizeof *plurals; i++) {
        if (strcmp(plurals[i].level, place.level->id) == 0) {
            return text_pair(fr, en, plurals[i].fr, plurals[i].en, error);
        }
    }
    char french[256], english[256];
    snprintf(french, sizeof french, "%zu territoires du niveau « %s »", place.level->count,
             place.level->id);
    snprintf(english, sizeof english, "%zu territories of level '%s'", place.level->count,
             place.level->id);
    return text_pair(fr, en, french, english, error);
}
