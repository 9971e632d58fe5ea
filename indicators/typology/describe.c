#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/inside.h"

enum {
    MEMBERS_SHOWN = 5,
    SILHOUETTE_LIMIT = 6000,
    /* The draws of a default stability: fewer where each takes longer. */
    DRAWS_MOST = 100,
    DRAWS_LEAST = 10
};
/* A draw takes about n^1.5: what two processors do in some two seconds, ten draws of the
 * communes of France. */
static const double DRAWS_BUDGET = 6.6e7;

const char *irm_typology_reading(double jaccard) {
    if (isnan(jaccard)) {
        return "";
    }
    return jaccard >= 0.75 ? "stable" : jaccard >= 0.6 ? "care" : "unstable";
}

/* ---- profiles ---- */

static irm_status gather_numbers(const irm_typology *t, irm_matrix *all,
                                 irm_error *error) {
    IRM_TRY(irm_matrix_init(all, t->n, t->units.n_variables, error));
    for (size_t i = 0; i < t->n; i++) {
        for (size_t v = 0; v < t->units.n_variables; v++) {
            irm_matrix_row(all, i)[v] = t->units.variables[v].values[i];
        }
    }
    return IRM_OK;
}

static irm_status profile_numbers(irm_typology *t, irm_error *error) {
    size_t m = t->units.n_variables;
    if (m == 0) {
        return IRM_OK;
    }
    irm_matrix all = {0};
    t->profiles = irm_calloc(t->k * m, sizeof *t->profiles);
    t->eta2 = irm_calloc(m, sizeof *t->eta2);
    t->eta2_p = irm_calloc(m, sizeof *t->eta2_p);
    irm_status status = t->profiles == NULL || t->eta2 == NULL || t->eta2_p == NULL
                            ? irm_fail_memory(error)
                            : gather_numbers(t, &all, error);
    if (status == IRM_OK) {
        status = irm_profile_numbers(&all, t->units.weights, t->partition.classes, t->k,
                                     t->profiles, error);
    }
    if (status == IRM_OK) {
        status = irm_profile_eta2(&all, t->units.weights, t->partition.classes, t->k,
                                  t->eta2, t->eta2_p, error);
    }
    irm_matrix_clear(&all);
    return status;
}

static irm_status profile_categories(irm_typology *t, irm_error *error) {
    size_t q = t->units.n_categories;
    if (q == 0) {
        return IRM_OK;
    }
    t->modality_profiles = irm_calloc(q, sizeof *t->modality_profiles);
    if (t->modality_profiles == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t c = 0; c < q; c++) {
        const irm_typology_category *category = &t->units.categories[c];
        size_t m = irm_dict_count(category->labels);
        t->modality_profiles[c] = irm_calloc(t->k * m, sizeof **t->modality_profiles);
        if (t->modality_profiles[c] == NULL) {
            return irm_fail_memory(error);
        }
        IRM_TRY(irm_profile_categories(category->codes, t->n, m, t->units.weights,
                                       t->partition.classes, t->k,
                                       t->modality_profiles[c], error));
    }
    return IRM_OK;
}

/* ---- members ---- */

static double squared_distance(const irm_typology *t, size_t unit, size_t class_index) {
    const double *a = irm_matrix_row(&t->points, unit);
    const double *b = irm_matrix_row(&t->partition.centers, class_index);
    double sum = 0;
    for (size_t j = 0; j < t->points.columns; j++) {
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sum;
}

typedef struct ranked {
    double key;
    uint32_t unit;
} ranked;

static int by_key(const void *a, const void *b) {
    const ranked *p = a, *q = b;
    if (p->key != q->key) {
        return p->key < q->key ? -1 : 1;
    }
    return p->unit < q->unit ? -1 : p->unit > q->unit;
}

/* The first few by key, of one class. */
static irm_status first_few(const irm_typology *t, size_t class_index, const double *keys,
                            uint32_t **few, size_t *n_few, irm_error *error) {
    size_t n = 0, size = t->classes[class_index].size;
    ranked *all = irm_calloc(size, sizeof *all);
    *few = irm_calloc(MEMBERS_SHOWN, sizeof **few);
    if (all == NULL || *few == NULL) {
        irm_free(all);
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < t->n; i++) {
        if ((size_t)t->partition.classes[i] == class_index) {
            all[n++] = (ranked){keys[i], (uint32_t)i};
        }
    }
    qsort(all, n, sizeof *all, by_key);
    *n_few = n < MEMBERS_SHOWN ? n : MEMBERS_SHOWN;
    for (size_t i = 0; i < *n_few; i++) {
        (*few)[i] = all[i].unit;
    }
    irm_free(all);
    return IRM_OK;
}

/* HCPC's `para` (nearest to the own centre) and `dist` (farthest from the nearest of the
 * others' centres). */
static irm_status find_members(irm_typology *t, irm_error *error) {
    double *apart = irm_calloc(t->n, sizeof *apart);
    t->distances = irm_calloc(t->n, sizeof *t->distances);
    irm_status status =
        apart == NULL || t->distances == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < t->n; i++) {
        size_t own = (size_t)t->partition.classes[i];
        double nearest = INFINITY;
        for (size_t c = 0; c < t->k; c++) {
            nearest = c == own ? nearest : fmin(nearest, squared_distance(t, i, c));
        }
        t->distances[i] = sqrt(squared_distance(t, i, own));
        apart[i] = -nearest;
    }
    for (size_t c = 0; status == IRM_OK && c < t->k; c++) {
        irm_typology_class *class = &t->classes[c];
        status =
            first_few(t, c, t->distances, &class->parangons, &class->n_parangons, error);
        if (status == IRM_OK && t->k > 1) {
            status = first_few(t, c, apart, &class->specific, &class->n_specific, error);
        }
    }
    irm_free(apart);
    return status;
}

static irm_status count_members(irm_typology *t, irm_error *error) {
    t->classes = irm_calloc(t->k, sizeof *t->classes);
    if (t->classes == NULL) {
        return irm_fail_memory(error);
    }
    double total = 0;
    for (size_t c = 0; c < t->k; c++) {
        t->classes[c].jaccard = t->classes[c].silhouette = NAN;
        t->classes[c].population = t->units.population != NULL ? 0 : NAN;
    }
    for (size_t i = 0; i < t->n; i++) {
        irm_typology_class *class = &t->classes[t->partition.classes[i]];
        double weight = t->units.weights != NULL ? t->units.weights[i] : 1;
        class->size++;
        class->weight_share += weight;
        total += weight;
        if (t->units.population != NULL && !isnan(t->units.population[i])) {
            class->population += t->units.population[i];
        }
    }
    for (size_t c = 0; c < t->k; c++) {
        t->classes[c].weight_share /= total;
    }
    return IRM_OK;
}

static void share_within(irm_typology *t) {
    double sum = 0;
    for (size_t i = 0; i < t->n; i++) {
        double weight = t->units.weights != NULL ? t->units.weights[i] : 1;
        double part = weight * t->distances[i] * t->distances[i];
        t->classes[t->partition.classes[i]].within += part;
        sum += part;
    }
    for (size_t c = 0; c < t->k && sum > 0; c++) {
        t->classes[c].within /= sum;
    }
}

/* ---- quality ---- */

static irm_status measure_quality(irm_typology *t, irm_error *error) {
    t->silhouettes = irm_calloc(t->n, sizeof *t->silhouettes);
    if (t->silhouettes == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < t->n; i++) {
        t->silhouettes[i] = NAN;
    }
    t->quality = (irm_quality){NAN, NAN, 0, false};
    if (t->k < 2 || t->k >= t->n) {
        return IRM_OK;
    }
    IRM_TRY(irm_partition_quality(&t->points, t->units.weights, &t->partition,
                                  SILHOUETTE_LIMIT, t->options.seed, t->options.threads,
                                  t->silhouettes, &t->quality, error));
    for (size_t c = 0; c < t->k; c++) {
        double sum = 0;
        size_t known = 0;
        for (size_t i = 0; i < t->n; i++) {
            if ((size_t)t->partition.classes[i] == c && !isnan(t->silhouettes[i])) {
                sum += t->silhouettes[i];
                known++;
            }
        }
        t->classes[c].silhouette = known > 0 ? sum / (double)known : NAN;
    }
    return IRM_OK;
}

/* Only the procedure that draws can repeat: Ward's tree, cut and consolidated. */
static bool can_be_drawn(const irm_typology *t) {
    return t->options.method == IRM_TYPOLOGY_WARD && t->tree.n > 0 &&
           t->options.space == IRM_SPACE_NONE && t->k > 1 && t->k < t->n;
}

static size_t draws_wanted(const irm_typology *t) {
    if (!can_be_drawn(t)) {
        return 0;
    }
    if (t->options.stability >= 0) {
        return (size_t)t->options.stability;
    }
    double affordable = floor(DRAWS_BUDGET / pow((double)t->n, 1.5));
    return affordable >= DRAWS_MOST   ? DRAWS_MOST
           : affordable < DRAWS_LEAST ? 0
                                      : (size_t)affordable;
}

static irm_status measure_stability(irm_typology *t, irm_error *error) {
    t->rand = NAN;
    t->draws = draws_wanted(t);
    if (t->draws == 0) {
        bool asked = t->options.stability > 0, large = can_be_drawn(t);
        if (asked) {
            return typology_note(
                t, error,
                "La stabilité ne se mesure que pour une classification de "
                "Ward sans contrainte, de deux classes au moins.",
                "Stability is only measured for Ward's method without "
                "constraint, and two classes at least.");
        }
        return !large || t->options.stability == 0
                   ? IRM_OK
                   : typology_note(
                         t, error,
                         "La stabilité des classes n’a pas été mesurée : il y a trop "
                         "d’unités pour le faire en quelques secondes (--stability "
                         "20 le fait).",
                         "The stability of the classes was not measured: there are "
                         "too many units to do so in seconds (--stability 20 does).");
    }
    double *jaccard = irm_calloc(t->k, sizeof *jaccard);
    irm_status status = jaccard == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK) {
        status = irm_stability(&t->points, t->units.weights, &t->partition,
                               t->options.consolidate >= 0, t->draws, t->options.seed,
                               t->options.threads, jaccard, &t->rand, error);
    }
    for (size_t c = 0; status == IRM_OK && c < t->k; c++) {
        t->classes[c].jaccard = jaccard[c];
    }
    irm_free(jaccard);
    return status;
}

irm_status typology_describe(irm_typology *t, const irm_reporter *reporter,
                             irm_error *error) {
    IRM_TRY(count_members(t, error));
    IRM_TRY(find_members(t, error));
    share_within(t);
    IRM_TRY(profile_numbers(t, error));
    IRM_TRY(profile_categories(t, error));
    IRM_TRY(irm_check_stop(reporter, error));
    IRM_TRY(measure_quality(t, error));
    IRM_TRY(irm_check_stop(reporter, error));
    IRM_TRY(measure_stability(t, error));
    IRM_TRY(irm_check_stop(reporter, error));
    return typology_measure_gap(t, error);
}
