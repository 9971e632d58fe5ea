#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "portrait/portraitist.h"

static const irm_quantity unknown = {NAN, -INFINITY, INFINITY, IRM_STATE_MISSING, 0};

/* A territory's figure for the very year of the row; MISSING where there is none. */
static irm_status reference_value(irm_portraitist *portraitist, size_t indicator,
                                  irm_place place, int year, irm_quantity *value,
                                  const irm_evaluation **used, irm_error *error) {
    const irm_evaluation *evaluation;
    IRM_TRY(portraitist_evaluate(portraitist, indicator, place.level, year, &evaluation,
                                 error));
    *value = unknown;
    *used = NULL;
    if (evaluation->unavailable == NULL && evaluation->year == year) {
        *value = evaluation->result[place.index];
        *used = evaluation;
    }
    return IRM_OK;
}

/* Census vintages pool the surveys of five years: two of them compare when they are at least
 * five years apart, six around the survey of 2021, which did not take place (INSEE, « Conseils
 * d'utilisation des résultats statistiques du recensement »). */
static int years_apart(int newer, int older) { return newer >= 2019 && older <= 2020 ? 6 : 5; }

/* True when an evaluation read census vintages, which pool several survey years. */
static bool pools_years(const irm_portraitist *portraitist, const irm_evaluation *evaluation) {
    char name[256];
    size_t size = strcspn(evaluation->tables != NULL ? evaluation->tables : "", " ");
    if (size == 0 || size >= sizeof name) {
        return false;
    }
    memcpy(name, evaluation->tables, size);
    name[size] = '\0';
    const irm_table *table = irm_store_find(portraitist->store, name);
    return table != NULL && irm_attributes_get(&table->attributes, "survey_years") != NULL;
}

/* Adds a year before those already there, unless its vintage overlaps the next one's. */
static void prepend_year(const irm_portraitist *portraitist, const irm_evaluation *used,
                         double value, irm_portrait_row *row) {
    if (row->n_series > 0 && pools_years(portraitist, used) &&
        row->series_years[0] - used->year < years_apart(row->series_years[0], used->year)) {
        return;
    }
    memmove(row->series_years + 1, row->series_years,
            row->n_series * sizeof *row->series_years);
    memmove(row->series_values + 1, row->series_values,
            row->n_series * sizeof *row->series_values);
    row->series_years[0] = used->year;
    row->series_values[0] = value;
    row->n_series++;
}

static irm_status fill_series(irm_portraitist *portraitist, size_t indicator,
                              irm_place place, irm_portrait_row *row, irm_error *error) {
    int *years = NULL;
    size_t count = 0;
    IRM_TRY(irm_evaluator_years(portraitist->evaluator, indicator, place.level, &years,
                                &count, error));
    irm_status status = IRM_OK;
    if (count > 1) {
        row->series_values = irm_calloc(count, sizeof *row->series_values);
        row->series_years = irm_calloc(count, sizeof *row->series_years);
        if (row->series_values == NULL || row->series_years == NULL) {
            status = irm_fail_memory(error);
        }
    }
    for (size_t i = count; status == IRM_OK && count > 1 && i-- > 0;) {
        irm_quantity value;
        const irm_evaluation *used;
        status = reference_value(portraitist, indicator, place, years[i], &value, &used,
                                 error);
        if (status == IRM_OK && used != NULL) {
            prepend_year(portraitist, used, value.value, row);
        }
    }
    irm_free(years);
    return status;
}

static irm_status fill_parts(irm_portraitist *portraitist, size_t indicator,
                             const irm_portrait *portrait, irm_portrait_row *row,
                             irm_error *error) {
    if (portrait->part_level == NULL) {
        return IRM_OK;
    }
    const irm_evaluation *evaluation;
    IRM_TRY(portraitist_evaluate(portraitist, indicator, portrait->part_level, row->year,
                                 &evaluation, error));
    if (evaluation->unavailable != NULL) {
        return IRM_OK;
    }
    row->parts = irm_calloc(portrait->n_parts, sizeof *row->parts);
    if (row->parts == NULL) {
        return irm_fail_memory(error);
    }
    row->parts_year = evaluation->year;
    for (size_t i = 0; i < portrait->n_parts; i++) {
        row->parts[i] = evaluation->result[portrait->parts[i]];
    }
    return IRM_OK;
}

static irm_status fill_own(const irm_evaluation *evaluation, irm_place place,
                           const peer_group *group, irm_portrait_row *row, irm_error *error) {
    row->values[0] = evaluation->result[place.index];
    row->years[0] = row->year = evaluation->year;
    row->evaluations[0] = evaluation;
    row->source = evaluation->source;
    row->geography = evaluation->geography;
    row->tables = irm_strdup(evaluation->tables != NULL ? evaluation->tables : "");
    if (evaluation->numerator != NULL) {
        row->numerator = evaluation->numerator[place.index];
    }
    if (evaluation->denominator != NULL) {
        row->denominator = evaluation->denominator[place.index];
    }
    peers_rank(evaluation, place, group, row);
    return row->tables == NULL ? irm_fail_memory(error) : IRM_OK;
}

static irm_status fill_row(irm_portraitist *portraitist, size_t indicator,
                           const irm_portrait *portrait, const peer_group *group,
                           irm_portrait_row *row, irm_error *error) {
    *row = (irm_portrait_row){.indicator = irm_catalogue_get(portraitist->catalogue, indicator),
                              .numerator = unknown,
                              .denominator = unknown};
    size_t n = 1 + portrait->n_references;
    row->values = irm_calloc(n, sizeof *row->values);
    row->years = irm_calloc(n, sizeof *row->years);
    row->evaluations = irm_calloc(n, sizeof *row->evaluations);
    if (row->values == NULL || row->years == NULL || row->evaluations == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        row->values[i] = unknown;
    }
    const irm_evaluation *evaluation;
    IRM_TRY(portraitist_evaluate(portraitist, indicator, portrait->place.level, 0,
                                 &evaluation, error));
    if (evaluation->unavailable != NULL) {
        row->unavailable = irm_strdup(evaluation->unavailable);
        return row->unavailable == NULL ? irm_fail_memory(error) : IRM_OK;
    }
    IRM_TRY(fill_own(evaluation, portrait->place, group, row, error));
    for (size_t i = 0; i < portrait->n_references; i++) {
        IRM_TRY(reference_value(portraitist, indicator, portrait->references[i], row->year,
                                &row->values[i + 1], &row->evaluations[i + 1], error));
        row->years[i + 1] = row->evaluations[i + 1] != NULL ? row->year : 0;
    }
    IRM_TRY(fill_series(portraitist, indicator, portrait->place, row, error));
    return fill_parts(portraitist, indicator, portrait, row, error);
}

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
            IRM_TRY(fill_row(portraitist, theme->theme->first + i, portrait, group, row,
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
    return warnings_collect(portrait, error);
}

irm_status irm_portrait_compute(irm_portraitist *portraitist, irm_place place,
                                const irm_place *references, size_t n_references,
                                irm_portrait *portrait, irm_error *error) {
    *portrait = (irm_portrait){.place = place,
                               .geography = portraitist->geography,
                               .store = portraitist->store,
                               .population = NAN,
                               .area = NAN};
    portrait->geography_year = irm_geography_year(portraitist->geography);
    irm_status status = compute(portraitist, references, n_references, portrait, error);
    if (status != IRM_OK) {
        irm_portrait_clear(portrait);
    }
    return status;
}

static void clear_row(irm_portrait_row *row) {
    irm_free(row->tables);
    irm_free(row->values);
    irm_free(row->years);
    irm_free(row->evaluations);
    irm_free(row->unavailable);
    irm_free(row->series_values);
    irm_free(row->series_years);
    irm_free(row->parts);
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
            clear_row(&portrait->themes[t].rows[i]);
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
