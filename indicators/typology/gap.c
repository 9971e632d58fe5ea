/* The gap of each number of classes: how much tighter they are than those of points
 * without any structure. */
#include "irminon/memory.h"
#include "typology/inside.h"

enum {
    CLASSES_MOST = 10,
    /* By default the references of a small table only: each is a tree of all units. */
    DEFAULT_REFERENCES = 20,
    DEFAULT_UNITS = 2000
};

static bool has_ward(const irm_typology *t) {
    return t->options.method == IRM_TYPOLOGY_WARD && t->options.space == IRM_SPACE_NONE &&
           t->n > 2;
}

static size_t references_of(const irm_typology *t) {
    if (t->options.gap >= 0) {
        return (size_t)t->options.gap;
    }
    return has_ward(t) && t->n <= DEFAULT_UNITS ? DEFAULT_REFERENCES : 0;
}

/* The least k whose gap is not under that of k + 1 less its standard error (Tibshirani,
 * Walther, Hastie 2001, section 4); 0 where none is. */
static size_t first_not_bettered(const irm_typology *t) {
    for (size_t i = 0; i + 1 < t->n_gaps; i++) {
        if (t->gaps[i] >= t->gaps[i + 1] - t->gap_errors[i + 1]) {
            return i + 1;
        }
    }
    return 0;
}

static irm_status measure(irm_typology *t, size_t most, irm_error *error) {
    t->gaps = irm_calloc(most, sizeof *t->gaps);
    t->gap_errors = irm_calloc(most, sizeof *t->gap_errors);
    if (t->gaps == NULL || t->gap_errors == NULL) {
        return irm_fail_memory(error);
    }
    irm_error refusal = {0};
    irm_status status =
        irm_gap(&t->points, t->units.weights, most, t->gap_references, t->options.seed,
                t->options.threads, t->gaps, t->gap_errors, &refusal);
    if (status == IRM_STATUS_REFUSED) {
        t->gap_references = 0;
        return typology_note(
            t, error,
            "L’écart à l’absence de structure (gap) n’a pas été mesuré : moins de %zu "
            "unités diffèrent les unes des autres.",
            "The gap statistic was not measured: fewer than %zu units differ from each "
            "other.",
            most + 1);
    }
    if (status != IRM_OK) {
        return irm_fail(error, status, "%s", refusal.message);
    }
    t->n_gaps = most;
    t->gap_classes = first_not_bettered(t);
    return IRM_OK;
}

irm_status typology_measure_gap(irm_typology *t, irm_error *error) {
    size_t references = references_of(t);
    if (references == 0) {
        return IRM_OK;
    }
    if (!has_ward(t)) {
        return typology_note(
            t, error,
            "L’écart à l’absence de structure (gap) ne se mesure que pour une "
            "classification de Ward sans contrainte, de trois unités au moins.",
            "The gap statistic is only measured for Ward's method without constraint, "
            "and three units at least.");
    }
    size_t most = t->k > CLASSES_MOST ? t->k : CLASSES_MOST;
    t->gap_references = references;
    return measure(t, most < t->n - 1 ? most : t->n - 1, error);
}
