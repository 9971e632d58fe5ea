#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "portrait/portraitist.h"

/* One way to read an age pyramid: a family, the words for the sexes in its formulas, and
 * how band k of `n_bands` is written. */
typedef struct pyramid_source {
    const char *dataset;
    const char *men, *women;
    size_t n_bands;
    /* Writes the formula of band k and its name. */
    void (*band)(const char *sex, size_t k, char *formula, size_t size, int *first, int *last);
} pyramid_source;

enum { LAST_OPEN = -1, FORMULA_SIZE = 160 };

static void five_year_codes(const char *sex, size_t k, char *formula, size_t size, int *first,
                            int *last) {
    *first = (int)k * 5;
    *last = k == 19 ? LAST_OPEN : *first + 4;
    if (k == 19) {
        snprintf(formula, size, "POP{SEX=%s,AGE=Y_GE95}", sex);
    } else {
        snprintf(formula, size, "POP{SEX=%s,AGE=Y%dT%d}", sex, *first, *last);
    }
}

static void single_years(const char *sex, size_t k, char *formula, size_t size, int *first,
                         int *last) {
    *first = (int)k * 5;
    *last = k == 19 ? LAST_OPEN : *first + 4;
    if (k == 19) {
        snprintf(formula, size, "POP{SEX=%s,AGE=Y95..Y99} + POP{SEX=%s,AGE=Y_GE100}", sex,
                 sex);
    } else {
        snprintf(formula, size, "POP{SEX=%s,AGE=Y%d..Y%d}", sex, *first, *last);
    }
}

static void fifteen_years(const char *sex, size_t k, char *formula, size_t size, int *first,
                          int *last) {
    *first = (int)k * 15;
    *last = k == 6 ? LAST_OPEN : *first + 14;
    if (k == 6) {
        snprintf(formula, size, "P_%s90P", sex);
    } else {
        snprintf(formula, size, "P_%s%02d%02d", sex, *first, *last);
    }
}

/* In order of preference: the finest first. */
static const pyramid_source sources[] = {
    {"ds-rp-td-population-agesex-princ", "M", "F", 20, single_years},
    {"ds-rp-td-population-agesex-princ", "M", "F", 20, five_year_codes},
    {"rp-evol-struct-pop", "H", "F", 7, fifteen_years},
    {"rp-dossier-complet", "H", "F", 7, fifteen_years},
};

/* Detail tables, which have every age. */
typedef struct detail_source {
    const char *dataset, *men, *women, *age;
} detail_source;

static const detail_source detail_sources[] = {
    {"detail-migcom", "IPONDI{SEXE=1}", "IPONDI{SEXE=2}", "AGEREV"},
    {"detail-indcvi", "IPONDI{SEXE=1}", "IPONDI{SEXE=2}", "AGEREV"},
};

/* Ages last birthday, 100 and over together; in fives under SMALL inhabitants, where years of
 * age are mostly chance. */
enum { AGES = 101, FIVES = 20, SMALL = 2000 };

static irm_status band_name(int first, int last, char **name, irm_error *error) {
    char text[48];
    if (last == LAST_OPEN) {
        snprintf(text, sizeof text, "%d+", first);
    } else {
        snprintf(text, sizeof text, "%d–%d", first, last);
    }
    *name = irm_strdup(text);
    return *name == NULL ? irm_fail_memory(error) : IRM_OK;
}

static irm_status make_room(irm_portrait_pyramid *pyramid, size_t n, bool reference,
                            irm_error *error) {
    pyramid->bands = irm_calloc(n, sizeof *pyramid->bands);
    pyramid->men = irm_calloc(n, sizeof *pyramid->men);
    pyramid->women = irm_calloc(n, sizeof *pyramid->women);
    bool whole = pyramid->bands != NULL && pyramid->men != NULL && pyramid->women != NULL;
    if (reference) {
        pyramid->reference_men = irm_calloc(n, sizeof *pyramid->reference_men);
        pyramid->reference_women = irm_calloc(n, sizeof *pyramid->reference_women);
        whole = whole && pyramid->reference_men != NULL && pyramid->reference_women != NULL;
    }
    return whole ? IRM_OK : irm_fail_memory(error);
}

/* One band of one sex, for a territory. *found is false when the source cannot give it. */
static irm_status read_band(irm_portraitist *portraitist, const pyramid_source *source,
                            const char *formula, irm_place place, double *value,
                            irm_portrait_pyramid *pyramid, bool *found, irm_error *error) {
    irm_evaluation evaluation = {0};
    *value = NAN;
    IRM_TRY(irm_evaluate_formula(portraitist->evaluator, source->dataset, formula,
                                 place.level, pyramid->year, &evaluation, error));
    *found = evaluation.unavailable == NULL;
    irm_status status = IRM_OK;
    if (*found) {
        *value = evaluation.result[place.index].value;
        pyramid->year = evaluation.year;
        if (pyramid->tables == NULL) {
            pyramid->tables = irm_strdup(evaluation.tables != NULL ? evaluation.tables : "");
            status = pyramid->tables == NULL ? irm_fail_memory(error) : IRM_OK;
        }
    }
    irm_evaluation_clear(&evaluation);
    return status;
}

/* Both sexes of every band, for a territory; stops with *found false at the first band that
 * the source cannot give. */
static irm_status read_place(irm_portraitist *portraitist, const pyramid_source *source,
                             irm_place place, double *men, double *women,
                             irm_portrait_pyramid *pyramid, bool *found, irm_error *error) {
    *found = true;
    for (size_t k = 0; *found && k < source->n_bands; k++) {
        char formula[FORMULA_SIZE];
        int first, last;
        source->band(source->men, k, formula, sizeof formula, &first, &last);
        IRM_TRY(read_band(portraitist, source, formula, place, &men[k], pyramid, found,
                          error));
        if (*found) {
            source->band(source->women, k, formula, sizeof formula, &first, &last);
            IRM_TRY(read_band(portraitist, source, formula, place, &women[k], pyramid, found,
                              error));
        }
        if (*found && k == 0) { /* now that the whole level told which year is the newest */
            IRM_TRY(portraitist_alone(portraitist, &place, error));
        }
        if (*found && pyramid->bands[k] == NULL) {
            IRM_TRY(band_name(first, last, &pyramid->bands[k], error));
        }
    }
    return IRM_OK;
}

static bool any_value(const double *values, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!isnan(values[i])) {
            return true;
        }
    }
    return false;
}

static void drop(irm_portrait_pyramid *pyramid, size_t n) {
    for (size_t i = 0; pyramid->bands != NULL && i < n; i++) {
        irm_free(pyramid->bands[i]);
    }
    irm_free(pyramid->bands);
    irm_free(pyramid->men);
    irm_free(pyramid->women);
    irm_free(pyramid->reference_men);
    irm_free(pyramid->reference_women);
    irm_free(pyramid->tables);
    *pyramid = (irm_portrait_pyramid){0};
}

static void drop_reference(irm_portrait_pyramid *pyramid) {
    irm_free(pyramid->reference_men);
    irm_free(pyramid->reference_women);
    pyramid->reference_men = pyramid->reference_women = NULL;
}

static irm_status try_source(irm_portraitist *portraitist, const pyramid_source *source,
                             irm_place place, const irm_place *references,
                             size_t n_references, irm_portrait_pyramid *pyramid, bool *found,
                             irm_error *error) {
    IRM_TRY(make_room(pyramid, source->n_bands, n_references > 0, error));
    IRM_TRY(read_place(portraitist, source, place, pyramid->men, pyramid->women, pyramid,
                       found, error));
    *found = *found && any_value(pyramid->men, source->n_bands);
    for (size_t i = 0; *found && pyramid->reference == NULL && i < n_references; i++) {
        bool reference_found;
        IRM_TRY(read_place(portraitist, source, references[i], pyramid->reference_men,
                           pyramid->reference_women, pyramid, &reference_found, error));
        if (reference_found && any_value(pyramid->reference_men, source->n_bands)) {
            pyramid->reference = references[i].name;
        }
    }
    if (pyramid->reference == NULL) {
        drop_reference(pyramid);
    }
    return IRM_OK;
}

/* ---- by records -------------------------------------------------------------------- */

static irm_status ages_of(irm_portraitist *portraitist, const detail_source *source,
                          irm_place place, int *year, double *men, double *women,
                          const char **table, bool *found, irm_error *error) {
    IRM_TRY(irm_evaluate_ages(portraitist->evaluator, source->dataset, source->men,
                              source->age, place.level, place.index, year, men, AGES,
                              table, found, error));
    return *found ? irm_evaluate_ages(portraitist->evaluator, source->dataset,
                                      source->women, source->age, place.level,
                                      place.index, year, women, AGES, table, found, error)
                  : IRM_OK;
}

static double sum_of(const double *counts) {
    double sum = 0;
    for (size_t k = 0; k < AGES; k++) {
        sum += counts[k];
    }
    return sum;
}

/* Five years in a band, 95 and over in the last. */
static void to_fives(double *counts) {
    for (size_t k = 0; k < AGES; k++) {
        size_t band = k / 5 < FIVES ? k / 5 : FIVES - 1;
        double own = counts[k];
        counts[k] = 0;
        counts[band] += own;
    }
}

static irm_status age_names(irm_portrait_pyramid *pyramid, bool fives, irm_error *error) {
    char text[16];
    for (size_t k = 0; k < pyramid->n_bands; k++) {
        bool last = k + 1 == pyramid->n_bands;
        if (fives) {
            IRM_TRY(band_name((int)k * 5, last ? LAST_OPEN : (int)k * 5 + 4,
                              &pyramid->bands[k], error));
            continue;
        }
        snprintf(text, sizeof text, last ? "%zu+" : "%zu", k);
        pyramid->bands[k] = irm_strdup(text);
        if (pyramid->bands[k] == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static irm_status add_reference(irm_portraitist *portraitist, const detail_source *source,
                                const irm_place *references, size_t n,
                                irm_portrait_pyramid *pyramid, irm_error *error) {
    for (size_t i = 0; i < n && pyramid->reference == NULL; i++) {
        bool found = false;
        const char *table;
        IRM_TRY(ages_of(portraitist, source, references[i], &pyramid->year,
                        pyramid->reference_men, pyramid->reference_women, &table, &found,
                        error));
        pyramid->reference = found ? references[i].name : NULL;
    }
    if (pyramid->reference == NULL) {
        drop_reference(pyramid);
    }
    return IRM_OK;
}

static irm_status try_detail(irm_portraitist *portraitist, const detail_source *source,
                             irm_place place, const irm_place *references,
                             size_t n_references, bool small, irm_portrait_pyramid *pyramid,
                             bool *found, irm_error *error) {
    const char *table = NULL;
    IRM_TRY(make_room(pyramid, AGES, n_references > 0, error));
    IRM_TRY(ages_of(portraitist, source, place, &pyramid->year, pyramid->men,
                    pyramid->women, &table, found, error));
    bool fives = *found && sum_of(pyramid->men) + sum_of(pyramid->women) < SMALL;
    *found = *found && (small || !fives) && sum_of(pyramid->men) > 0;
    if (!*found) {
        return IRM_OK;
    }
    pyramid->tables = irm_strdup(table);
    if (pyramid->tables == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(add_reference(portraitist, source, references, n_references, pyramid, error));
    pyramid->n_bands = fives ? FIVES : AGES;
    double *const all[] = {pyramid->men, pyramid->women, pyramid->reference_men,
                           pyramid->reference_women};
    for (size_t i = 0; fives && i < 4; i++) {
        if (all[i] != NULL) {
            to_fives(all[i]);
        }
    }
    return age_names(pyramid, fives, error);
}

/* The first detail table that tells the territory; of small ones too when `small`. */
static irm_status by_records(irm_portraitist *portraitist, irm_place place,
                             const irm_place *references, size_t n_references, bool small,
                             irm_portrait_pyramid *pyramid, bool *found,
                             irm_error *error) {
    *found = false;
    for (size_t i = 0; i < sizeof detail_sources / sizeof *detail_sources; i++) {
        irm_status status =
            try_detail(portraitist, &detail_sources[i], place, references, n_references,
                       small, pyramid, found, error);
        if (status == IRM_OK && *found) {
            return IRM_OK;
        }
        drop(pyramid, AGES);
        IRM_TRY(status);
    }
    return IRM_OK;
}

irm_status pyramid_compute(irm_portraitist *portraitist, irm_place place,
                           const irm_place *references, size_t n_references,
                           irm_portrait_pyramid *pyramid, irm_error *error) {
    bool found = false;
    *pyramid = (irm_portrait_pyramid){0};
    IRM_TRY(by_records(portraitist, place, references, n_references, false, pyramid, &found,
                       error));
    for (size_t i = 0; !found && i < sizeof sources / sizeof *sources; i++) {
        irm_status status =
            try_source(portraitist, &sources[i], place, references, n_references, pyramid,
                       &found, error);
        if (status == IRM_OK && found) {
            pyramid->n_bands = sources[i].n_bands;
            return IRM_OK;
        }
        drop(pyramid, sources[i].n_bands);
        IRM_TRY(status);
    }
    return found ? IRM_OK
                 : by_records(portraitist, place, references, n_references, true, pyramid,
                              &found, error);
}
