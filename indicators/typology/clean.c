#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "typology/inside.h"

static size_t count_active(const irm_typology_units *units) {
    size_t p = 0;
    for (size_t v = 0; v < units->n_variables; v++) {
        p += units->variables[v].active ? 1 : 0;
    }
    return p;
}

static irm_status list_absent(irm_typology_units *units, size_t unit, const char *reason,
                              irm_error *error) {
    IRM_TRY(irm_reserve((void **)&units->absent, &units->absent_capacity,
                        units->n_absent + 1, sizeof *units->absent, error));
    irm_typology_absent *made = &units->absent[units->n_absent++];
    *made = (irm_typology_absent){.id = irm_strdup(units->ids[unit]),
                                  .name = irm_strdup(units->names[unit]),
                                  .reason = reason};
    return made->id == NULL || made->name == NULL ? irm_fail_memory(error) : IRM_OK;
}

irm_status typology_leave_out(irm_typology_units *units, const bool *out,
                              const char *reason, irm_error *error) {
    bool *keep = irm_calloc(units->n, sizeof *keep);
    irm_status status = keep == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < units->n; i++) {
        keep[i] = !out[i];
        if (out[i]) {
            status = list_absent(units, i, reason, error);
        }
    }
    if (status == IRM_OK) {
        status = irm_typology_units_keep(units, keep, error);
    }
    irm_free(keep);
    return status;
}

static size_t missing_of(const irm_typology_units *units, size_t unit) {
    size_t missing = 0;
    for (size_t v = 0; v < units->n_variables; v++) {
        const irm_typology_variable *variable = &units->variables[v];
        missing += variable->active && isnan(variable->values[unit]) ? 1 : 0;
    }
    return missing;
}

/* A unit without any value has nothing to be classified by; one that misses more than
 * half of them would be classified by what others are. */
irm_status typology_leave_out_unknown(irm_typology_units *units, bool exclude,
                                      irm_error *error) {
    size_t p = count_active(units);
    if (p == 0) {
        return IRM_OK;
    }
    for (int pass = 0; pass < 2; pass++) {
        bool *out = irm_calloc(units->n, sizeof *out);
        if (out == NULL) {
            return irm_fail_memory(error);
        }
        for (size_t i = 0; i < units->n; i++) {
            size_t missing = missing_of(units, i);
            bool too_many = exclude ? missing > 0 : 2 * missing > p;
            out[i] = pass == 0 ? missing == p : too_many;
        }
        irm_status status =
            typology_leave_out(units, out, pass == 0 ? "no_value" : "missing", error);
        irm_free(out);
        IRM_TRY(status);
    }
    return IRM_OK;
}

static irm_status leave_out_weightless(irm_typology_units *units, irm_error *error) {
    if (units->weights == NULL) {
        return IRM_OK;
    }
    bool *out = irm_calloc(units->n, sizeof *out);
    if (out == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < units->n; i++) {
        out[i] = !(units->weights[i] > 0);
    }
    irm_status status = typology_leave_out(units, out, "no_weight", error);
    irm_free(out);
    return status;
}

static irm_status leave_out_shapeless(irm_typology *t, irm_error *error) {
    irm_typology_units *units = &t->units;
    if (t->options.space == IRM_SPACE_NONE || units->shapes == NULL ||
        t->options.distances != NULL) {
        return IRM_OK;
    }
    bool *out = irm_calloc(units->n, sizeof *out);
    if (out == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < units->n; i++) {
        out[i] = irm_shapes_get(units->shapes, i).n_rings == 0;
    }
    irm_status status = typology_leave_out(units, out, "no_shape", error);
    irm_free(out);
    return status;
}

typedef enum content { CONTENT_NONE = 0, CONTENT_CONSTANT, CONTENT_VARIES } content;

static content content_of(const irm_typology_variable *variable, size_t n) {
    double first = NAN;
    for (size_t i = 0; i < n; i++) {
        double value = variable->values[i];
        if (isnan(value)) {
            continue;
        }
        if (isnan(first)) {
            first = value;
        } else if (value != first) {
            return CONTENT_VARIES;
        }
    }
    return isnan(first) ? CONTENT_NONE : CONTENT_CONSTANT;
}

static void remove_variable(irm_typology_units *units, size_t v) {
    irm_typology_units gone = {.variables = irm_calloc(1, sizeof *gone.variables)};
    if (gone.variables != NULL) {
        gone.variables[0] = units->variables[v];
        gone.n_variables = 1;
        irm_typology_units_clear(&gone);
    }
    memmove(&units->variables[v], &units->variables[v + 1],
            (units->n_variables - v - 1) * sizeof *units->variables);
    units->n_variables--;
}

/* Variables that tell nothing apart are left out, and said to be. */
static irm_status leave_out_variables(irm_typology *t, irm_error *error) {
    irm_typology_units *units = &t->units;
    for (size_t v = 0; v < units->n_variables;) {
        irm_typology_variable *variable = &units->variables[v];
        content holds = content_of(variable, units->n);
        if (holds == CONTENT_VARIES) {
            v++;
            continue;
        }
        IRM_TRY(
            holds == CONTENT_NONE
                ? typology_note(t, error,
                                "La variable « %s » n’a aucune valeur pour ces "
                                "unités : elle est laissée de côté.",
                                "The variable '%s' has no value for these units: it is "
                                "left out.",
                                variable->id)
                : typology_note(t, error,
                                "La variable « %s » est constante : elle ne "
                                "distingue personne et est laissée de côté.",
                                "The variable '%s' is constant: it tells nobody apart "
                                "and is left out.",
                                variable->id));
        remove_variable(units, v);
    }
    return IRM_OK;
}

irm_status typology_matrix(const irm_typology_units *units, irm_matrix *x,
                           size_t **active, irm_error *error) {
    size_t p = count_active(units), j = 0;
    size_t *which = irm_calloc(p, sizeof *which);
    if (which == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t v = 0; v < units->n_variables; v++) {
        if (units->variables[v].active) {
            which[j++] = v;
        }
    }
    irm_status status = irm_matrix_init(x, units->n, p, error);
    if (status != IRM_OK) {
        irm_free(which);
        return status;
    }
    for (size_t i = 0; i < units->n; i++) {
        for (j = 0; j < p; j++) {
            irm_matrix_row(x, i)[j] = units->variables[which[j]].values[i];
        }
    }
    *active = which;
    return IRM_OK;
}

static void count_states(irm_typology_variable *variable, size_t n) {
    variable->n_secret = variable->n_missing = variable->n_bounded = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(variable->values[i])) {
            variable->n_secret += variable->states[i] == IRM_STATE_SECRET;
            variable->n_bounded += variable->states[i] == IRM_STATE_BOUNDED;
            variable->n_missing += variable->states[i] != IRM_STATE_SECRET &&
                                   variable->states[i] != IRM_STATE_BOUNDED;
        }
    }
}

/* What is imputed stays within what is certain. */
static void put_filled(irm_typology_variable *variable, const irm_matrix *x, size_t j) {
    for (size_t i = 0; i < x->rows; i++) {
        if (isnan(variable->values[i])) {
            double value = irm_matrix_row(x, i)[j];
            double lower = variable->lower[i], upper = variable->upper[i];
            value = !isnan(lower) ? fmax(value, lower) : value;
            value = !isnan(upper) ? fmin(value, upper) : value;
            variable->values[i] = value;
            variable->states[i] = IRM_STATE_IMPUTED;
            variable->n_filled++;
        }
    }
}

irm_status typology_fill(irm_typology_units *units, bool reduce, size_t *filled,
                         size_t *components, irm_error *error) {
    irm_matrix x = {0};
    size_t *active = NULL;
    *filled = *components = 0;
    for (size_t v = 0; v < units->n_variables; v++) {
        count_states(&units->variables[v], units->n);
    }
    IRM_TRY(typology_matrix(units, &x, &active, error));
    bool some = false;
    for (size_t i = 0; i < x.rows * x.columns; i++) {
        some = some || isnan(x.data[i]);
    }
    irm_status status = IRM_OK;
    if (some) {
        status = irm_impute_pca(&x, units->weights, reduce, 0, filled, components, error);
    }
    for (size_t j = 0; status == IRM_OK && j < x.columns; j++) {
        put_filled(&units->variables[active[j]], &x, j);
    }
    irm_matrix_clear(&x);
    irm_free(active);
    return status;
}

static irm_status note_absent(irm_typology *t, irm_error *error) {
    static const struct {
        const char *reason, *fr, *en;
    } kinds[] = {
        {"no_value",
         "%zu unités n’ont aucune valeur et sont laissées de côté (excluded.csv).",
         "%zu units have no value at all and are left out (excluded.csv)."},
        {"missing",
         "%zu unités ont trop de valeurs manquantes et sont laissées de côté "
         "(excluded.csv).",
         "%zu units have too many missing values and are left out (excluded.csv)."},
        {"no_weight",
         "%zu unités ont un poids nul ou inconnu et sont laissées de côté "
         "(excluded.csv).",
         "%zu units have no weight and are left out (excluded.csv)."},
        {"no_shape",
         "%zu unités n’ont pas de contour et sont laissées de côté (excluded.csv).",
         "%zu units have no shape and are left out (excluded.csv)."},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t count = 0;
        for (size_t i = 0; i < t->units.n_absent; i++) {
            count += strcmp(t->units.absent[i].reason, kinds[k].reason) == 0;
        }
        if (count > 0) {
            IRM_TRY(typology_note(t, error, kinds[k].fr, kinds[k].en, count));
        }
    }
    return IRM_OK;
}

static irm_status note_filled(irm_typology *t, irm_error *error) {
    if (t->n_filled == 0) {
        return IRM_OK;
    }
    double share = 100.0 * (double)t->n_filled / (double)(t->n * t->p);
    IRM_TRY(typology_note(
        t, error,
        "%zu valeurs secrètes, manquantes ou seulement encadrées (%.1f %% du tableau) "
        "sont imputées par l’ACP itérative régularisée (composantes : %zu).",
        "%zu secret, missing or only bounded values (%.1f%% of the table) are imputed by "
        "the regularised iterative PCA (components: %zu).",
        t->n_filled, share, t->components));
    for (size_t j = 0; j < t->p; j++) {
        const irm_typology_variable *variable = &t->units.variables[t->active[j]];
        double part = 100.0 * (double)variable->n_filled / (double)t->n;
        if (part >= 20) {
            IRM_TRY(typology_note(
                t, error,
                "La variable « %s » est imputée pour %.0f %% des unités : sa place dans "
                "les classes est à lire avec précaution.",
                "The variable '%s' is imputed for %.0f%% of the units: read its part in "
                "the classes with care.",
                variable->label_fr, part));
        }
    }
    return IRM_OK;
}

/* ---- categories ---- */

static irm_status fill_categories(irm_typology *t, irm_error *error) {
    irm_typology_units *units = &t->units;
    bool *out = irm_calloc(units->n, sizeof *out);
    irm_status status = out == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t c = 0; status == IRM_OK && c < units->n_categories; c++) {
        irm_typology_category *category = &units->categories[c];
        for (size_t i = 0; i < units->n && category->active; i++) {
            if (category->codes[i] >= 0) {
                continue;
            }
            out[i] = t->options.exclude;
            if (!t->options.exclude) {
                IRM_TRY(irm_dict_add(category->labels, irm_view_of("NA"),
                                     &category->codes[i], error));
            }
        }
    }
    if (status == IRM_OK) {
        status = typology_leave_out(units, out, "missing", error);
    }
    irm_free(out);
    return status;
}

static size_t active_categories(const irm_typology_units *units) {
    size_t q = 0;
    for (size_t c = 0; c < units->n_categories; c++) {
        q += units->categories[c].active ? 1 : 0;
    }
    return q;
}

static irm_status check_size(const irm_typology *t, irm_error *error) {
    size_t n = t->units.n;
    if (n < 3) {
        return irm_fail(
            error, IRM_STATUS_REFUSED,
            "a typology needs three units at least; there %s %zu%s",
            n == 1 ? "is" : "are", n,
            t->units.n_absent > 0 ? " once those without values are left out" : "");
    }
    if (t->options.classes > n) {
        return irm_fail(error, IRM_STATUS_USAGE,
                        "%zu classes are asked of %zu units: ask for %zu at most",
                        t->options.classes, n, n);
    }
    return IRM_OK;
}

static irm_status clean_numbers(irm_typology *t, irm_error *error) {
    IRM_TRY(leave_out_variables(t, error));
    if (count_active(&t->units) == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "no variable is left that tells these units apart: all are "
                        "constant or without values");
    }
    IRM_TRY(typology_leave_out_unknown(&t->units, t->options.exclude, error));
    IRM_TRY(leave_out_variables(t, error));
    IRM_TRY(check_size(t, error));
    if (count_active(&t->units) == 0) {
        return irm_fail(error, IRM_STATUS_REFUSED,
                        "no variable is left that tells these units apart: all are "
                        "constant or without values");
    }
    IRM_TRY(typology_fill(&t->units, !t->options.no_reduction, &t->n_filled,
                          &t->components, error));
    IRM_TRY(typology_matrix(&t->units, &t->x, &t->active, error));
    t->p = t->x.columns;
    return IRM_OK;
}

irm_status typology_clean(irm_typology *t, irm_error *error) {
    size_t q = active_categories(&t->units);
    if (q > 0 && count_active(&t->units) > 0) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "active variables are either numbers (principal components) or "
            "categories (multiple correspondences), not both: give one of the "
            "two as supplementary, which describes the classes all the same");
    }
    if (q == 0 && count_active(&t->units) == 0) {
        return irm_fail(error, IRM_STATUS_USAGE, "no variable to classify by");
    }
    t->multiple = q > 0;
    IRM_TRY(leave_out_weightless(&t->units, error));
    IRM_TRY(leave_out_shapeless(t, error));
    IRM_TRY(t->multiple ? fill_categories(t, error) : clean_numbers(t, error));
    IRM_TRY(check_size(t, error));
    t->n = t->units.n;
    IRM_TRY(note_absent(t, error));
    return note_filled(t, error);
}
