#include <math.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/typology.h"

static void clear_variable(irm_typology_variable *variable) {
    irm_free(variable->id);
    irm_free(variable->label_fr);
    irm_free(variable->label_en);
    irm_free(variable->unit_fr);
    irm_free(variable->unit_en);
    irm_free(variable->tables);
    irm_free(variable->values);
    irm_free(variable->lower);
    irm_free(variable->upper);
    irm_free(variable->states);
}

static void clear_texts(char **texts, size_t n) {
    for (size_t i = 0; texts != NULL && i < n; i++) {
        irm_free(texts[i]);
    }
    irm_free(texts);
}

void irm_typology_units_clear(irm_typology_units *units) {
    clear_texts(units->ids, units->n);
    clear_texts(units->names, units->n);
    for (size_t i = 0; i < units->n_variables; i++) {
        clear_variable(&units->variables[i]);
    }
    for (size_t i = 0; i < units->n_categories; i++) {
        irm_free(units->categories[i].id);
        irm_dict_free(units->categories[i].labels);
        irm_free(units->categories[i].codes);
    }
    for (size_t i = 0; i < units->n_absent; i++) {
        irm_free(units->absent[i].id);
        irm_free(units->absent[i].name);
    }
    irm_free(units->weights);
    irm_free(units->weight_id);
    irm_free(units->population);
    irm_free(units->items);
    irm_free(units->variables);
    irm_free(units->categories);
    irm_free(units->absent);
    irm_shapes_free(units->shapes);
    irm_free(units->level);
    irm_free(units->source_file);
    *units = (irm_typology_units){0};
}

static irm_status refuse_twins(const char *const *ids, size_t n, irm_error *error) {
    irm_dict *seen = NULL;
    IRM_TRY(irm_dict_new(&seen, error));
    irm_status status = IRM_OK;
    for (size_t i = 0; status == IRM_OK && i < n; i++) {
        int32_t code = 0;
        status = irm_dict_add(seen, irm_view_of(ids[i]), &code, error);
        if (status == IRM_OK && (size_t)code != i) {
            status =
                irm_fail(error, IRM_STATUS_DATA,
                         "the unit '%s' comes twice (rows %d and %zu): each needs an "
                         "identifier of its own",
                         ids[i], code + 1, i + 1);
        }
    }
    irm_dict_free(seen);
    return status;
}

irm_status irm_typology_units_init(irm_typology_units *units, size_t n,
                                   const char *const *ids, const char *const *names,
                                   irm_error *error) {
    *units = (irm_typology_units){0};
    IRM_TRY(refuse_twins(ids, n, error));
    units->ids = irm_calloc(n, sizeof *units->ids);
    units->names = irm_calloc(n, sizeof *units->names);
    if (units->ids == NULL || units->names == NULL) {
        return irm_fail_memory(error);
    }
    units->n = n;
    for (size_t i = 0; i < n; i++) {
        units->ids[i] = irm_strdup(ids[i]);
        units->names[i] = irm_strdup(names != NULL ? names[i] : ids[i]);
        if (units->ids[i] == NULL || units->names[i] == NULL) {
            return irm_fail_memory(error);
        }
    }
    return IRM_OK;
}

static irm_status make_cells(irm_typology_variable *made, size_t n, irm_error *error) {
    made->values = irm_calloc(n, sizeof *made->values);
    made->lower = irm_calloc(n, sizeof *made->lower);
    made->upper = irm_calloc(n, sizeof *made->upper);
    made->states = irm_calloc(n, sizeof *made->states);
    if (made->values == NULL || made->lower == NULL || made->upper == NULL ||
        made->states == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        made->values[i] = NAN;
        made->lower[i] = -INFINITY;
        made->upper[i] = INFINITY;
        made->states[i] = IRM_STATE_MISSING;
    }
    return IRM_OK;
}

irm_status irm_typology_add_variable(irm_typology_units *units, const char *id,
                                     bool active, irm_typology_variable **variable,
                                     irm_error *error) {
    for (size_t i = 0; i < units->n_variables; i++) {
        if (strcmp(units->variables[i].id, id) == 0) {
            return irm_fail(error, IRM_STATUS_USAGE, "the variable '%s' is asked twice",
                            id);
        }
    }
    irm_typology_variable *grown =
        irm_realloc(units->variables, units->n_variables + 1, sizeof *units->variables);
    if (grown == NULL) {
        return irm_fail_memory(error);
    }
    units->variables = grown;
    irm_typology_variable *made = &grown[units->n_variables++];
    *made = (irm_typology_variable){.active = active, .decimals = 1};
    made->id = irm_strdup(id);
    made->label_fr = irm_strdup(id);
    made->label_en = irm_strdup(id);
    made->unit_fr = irm_strdup("");
    made->unit_en = irm_strdup("");
    if (made->id == NULL || made->label_fr == NULL || made->label_en == NULL ||
        made->unit_fr == NULL || made->unit_en == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(make_cells(made, units->n, error));
    *variable = made;
    return IRM_OK;
}

static void keep_variable(irm_typology_variable *variable, const bool *keep, size_t n) {
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        if (keep[i]) {
            variable->values[to] = variable->values[i];
            variable->lower[to] = variable->lower[i];
            variable->upper[to] = variable->upper[i];
            variable->states[to++] = variable->states[i];
        }
    }
}

static irm_status keep_shapes(irm_typology_units *units, const bool *keep, size_t kept,
                              irm_error *error) {
    size_t *indices = irm_calloc(kept, sizeof *indices);
    if (indices == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0, to = 0; i < units->n; i++) {
        if (keep[i]) {
            indices[to++] = i;
        }
    }
    irm_shapes *some = NULL;
    irm_status status = irm_shapes_select(units->shapes, indices, kept, &some, error);
    irm_free(indices);
    if (status == IRM_OK) {
        irm_shapes_free(units->shapes);
        units->shapes = some;
    }
    return status;
}

irm_status irm_typology_units_keep(irm_typology_units *units, const bool *keep,
                                   irm_error *error) {
    size_t kept = 0;
    for (size_t i = 0; i < units->n; i++) {
        kept += keep[i];
    }
    if (kept == units->n) {
        return IRM_OK;
    }
    if (units->shapes != NULL) {
        IRM_TRY(keep_shapes(units, keep, kept, error));
    }
    for (size_t v = 0; v < units->n_variables; v++) {
        keep_variable(&units->variables[v], keep, units->n);
    }
    size_t to = 0;
    for (size_t i = 0; i < units->n; i++) {
        if (!keep[i]) {
            irm_free(units->ids[i]);
            irm_free(units->names[i]);
            continue;
        }
        units->ids[to] = units->ids[i];
        units->names[to] = units->names[i];
        if (units->weights != NULL) {
            units->weights[to] = units->weights[i];
        }
        if (units->population != NULL) {
            units->population[to] = units->population[i];
        }
        if (units->items != NULL) {
            units->items[to] = units->items[i];
        }
        for (size_t c = 0; c < units->n_categories; c++) {
            units->categories[c].codes[to] = units->categories[c].codes[i];
        }
        to++;
    }
    units->n = kept;
    return IRM_OK;
}
