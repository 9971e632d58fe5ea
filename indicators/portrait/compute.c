#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "portrait/portraitist.h"

static irm_status fill_themes(irm_portraitist *portraitist, irm_portrait *portrait,
                              const peer_group *group, irm_error *error) {
    size_t n = irm_catalogue_theme_count(portraitist->catalogue);
    portrait->themes = irm_calloc(n, sizeof *portrait->themes);
    if (portrait->themes == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t t = 0; t < n; t++) {
        irm_portrait_theme *theme = &portrait->themes[portrait->n_themes++];
        theme->theme = irm_catalogue_theme(portraitist->catalogue, t);
        theme->rows = irm_calloc(theme->theme->count, sizeof *theme->rows);
        if (theme->rows == NULL) {
            return irm_fail_memory(error);
        }
        for (size_t i = 0; i < theme->theme->count; i++) {
            irm_portrait_row *row = &theme->rows[theme->n_rows++];
            IRM_TRY(portrait_row_fill(portraitist, theme->theme->first + i, portrait, group, row,
                             error));
            theme->n_available += row->unavailable == NULL;
        }
        portrait->n_available += theme->n_available;
    }
    return IRM_OK;
}

typedef struct named_part {
    const char *sort;
    int32_t index;
} named_part;

static int by_name(const void *a, const void *b) {
    const named_part *x = a, *y = b;
    int order = strcmp(x->sort, y->sort);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* Lists the items of `part` that lie in `whole`, by name. */
static irm_status list_parts(irm_portraitist *portraitist, irm_portrait *portrait,
                             const irm_level *part, irm_error *error) {
    const irm_level *whole = portrait->whole.level;
    named_part *named = irm_calloc(part->count, sizeof *named);
    portrait->parts = irm_calloc(part->count, sizeof *portrait->parts);
    if (named == NULL || portrait->parts == NULL) {
        irm_free(named);
        return irm_fail_memory(error);
    }
    size_t n = 0;
    for (size_t i = 0; i < part->count; i++) {
        int32_t in = strcmp(part->id, "com") == 0
                         ? whole->of_commune[i]
                         : irm_geography_main(portraitist->geography, part, (int32_t)i, whole,
                                              portraitist->population, NULL);
        if (in == portrait->whole.index) {
            named[n++] = (named_part){part->items[i].sort, (int32_t)i};
        }
    }
    qsort(named, n, sizeof *named, by_name);
    for (size_t i = 0; i < n; i++) {
        portrait->parts[i] = named[i].index;
    }
    portrait->n_parts = n;
    portrait->part_level = part;
    irm_free(named);
    return IRM_OK;
}

/* A commune is shown among those of its EPCI; a région and a country by département. */
static irm_status choose_parts(irm_portraitist *portraitist, irm_portrait *portrait,
                               irm_error *error) {
    const irm_geography *geography = portraitist->geography;
    const irm_level *communes = irm_geography_level(geography, "com");
    const irm_level *departments = irm_geography_level(geography, "dep");
    portrait->whole = portrait->place;
    const irm_level *part = communes;
    if (portrait->place.level == communes) {
        portrait->n_communes = 1;
        for (size_t i = 0; i < portrait->n_references; i++) {
            if (strcmp(portrait->references[i].level->id, "epci") == 0) {
                portrait->whole = portrait->references[i];
            }
        }
    }
    if (portrait->whole.level->of_commune == NULL || portrait->whole.level == communes) {
        return IRM_OK;
    }
    for (size_t i = 0; portrait->place.level != communes && i < communes->count; i++) {
        portrait->n_communes +=
            portrait->place.level->of_commune[i] == portrait->place.index;
    }
    enum { MOST_COMMUNES = 1000 };
    if (portrait->n_communes > MOST_COMMUNES && departments != NULL) {
        part = departments;
    }
    return list_parts(portraitist, portrait, part, error);
}

/* Value of an indicator by id over the territory, NaN when it has none. */
static double headline(const irm_portrait *portrait, const char *id, int *year) {
    for (size_t t = 0; t < portrait->n_themes; t++) {
        for (size_t i = 0; i < portrait->themes[t].n_rows; i++) {
            const irm_portrait_row *row = &portrait->themes[t].rows[i];
            if (strcmp(row->indicator->id, id) == 0) {
                if (year != NULL) {
                    *year = row->year;
                }
                return row->values[0].value;
            }
        }
    }
    return NAN;
}

static bool says_fictional(const char *name) {
    return strstr(name, "fictif") != NULL || strstr(name, "fictive") != NULL;
}

static bool is_fictional(const irm_portrait *portrait) {
    bool fictional = says_fictional(portrait->place.name);
    for (size_t i = 0; i < portrait->n_references; i++) {
        fictional = fictional || says_fictional(portrait->references[i].name);
    }
    return fictional;
}

static irm_status copy_references(irm_portraitist *portraitist, const irm_place *references,
                                  size_t n_references, irm_portrait *portrait,
                                  irm_error *error) {
    if (references == NULL) {
        return irm_portrait_references(portraitist, portrait->place, &portrait->references,
                                       &portrait->n_references, error);
    }
    portrait->references = irm_calloc(n_references, sizeof *portrait->references);
    if (portrait->references == NULL) {
        return irm_fail_memory(error);
    }
    memcpy(portrait->references, references, n_references * sizeof *references);
    portrait->n_references = n_references;
    return IRM_OK;
}

static irm_status compute(irm_portraitist *portraitist, const irm_place *references,
                          size_t n_references, irm_portrait *portrait, irm_error *error) {
    IRM_TRY(copy_references(portraitist, references, n_references, portrait, error));
    IRM_TRY(choose_parts(portraitist, portrait, error));
    peer_group group;
    IRM_TRY(peers_find(portraitist, portrait->place, &group, error));
    irm_status status = fill_themes(portraitist, portrait, &group, error);
    peers_clear(&group);
    IRM_TRY(status);
    portrait->population = headline(portrait, "population", &portrait->population_year);
    portrait->area = headline(portrait, "area", NULL);
    portrait->fictional = is_fictional(portrait);
    IRM_TRY(peers_label(portrait->place, portrait->population, &portrait->peer_group_fr,
                        &portrait->peer_group_en, error));
    IRM_TRY(pyramid_compute(portraitist, portrait->place, portrait->references,
                            portrait->n_references, &portrait->pyramid, error));
    return warnings_collect(portraitist, portrait, error);
}

irm_status irm_portrait_compute(irm_portraitist *portraitist, irm_place place,
                                const irm_place *references, size_t n_references,
                                irm_portrait *portrait, irm_error *error) {
    *portrait = (irm_portrait){.place = place,
                               .geography = portraitist->geography,
                               .store = portraitist->store,
                               .registry = irm_evaluator_registry(portraitist->evaluator),
                               .population = NAN,
                               .area = NAN};
    portrait->geography_year = irm_geography_year(portraitist->geography);
    irm_status status = compute(portraitist, references, n_references, portrait, error);
    if (status != IRM_OK) {
        irm_portrait_clear(portrait);
    }
    return status;
}

static void clear_pyramid(irm_portrait_pyramid *pyramid) {
    for (size_t i = 0; i < pyramid->n_bands; i++) {
        irm_free(pyramid->bands[i]);
    }
    irm_free(pyramid->bands);
    irm_free(pyramid->men);
    irm_free(pyramid->women);
    irm_free(pyramid->reference_men);
    irm_free(pyramid->reference_women);
    irm_free(pyramid->tables);
}

void irm_portrait_clear(irm_portrait *portrait) {
    for (size_t t = 0; t < portrait->n_themes; t++) {
        for (size_t i = 0; i < portrait->themes[t].n_rows; i++) {
            portrait_row_clear(&portrait->themes[t].rows[i]);
        }
        irm_free(portrait->themes[t].rows);
    }
    irm_free(portrait->themes);
    clear_pyramid(&portrait->pyramid);
    for (size_t i = 0; i < portrait->n_warnings; i++) {
        irm_free(portrait->warnings_fr[i]);
        irm_free(portrait->warnings_en[i]);
    }
    irm_free(portrait->warnings_fr);
    irm_free(portrait->warnings_en);
    irm_free(portrait->references);
    irm_free(portrait->parts);
    irm_free(portrait->peer_group_fr);
    irm_free(portrait->peer_group_en);
    *portrait = (irm_portrait){0};
}
