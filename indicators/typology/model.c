#include <jansson.h>
#include <math.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "typology/inside.h"

static void clear_texts(char **texts, size_t n) {
    for (size_t i = 0; texts != NULL && i < n; i++) {
        irm_free(texts[i]);
    }
    irm_free(texts);
}

void irm_typology_model_clear(irm_typology_model *model) {
    clear_texts(model->variables, model->p);
    clear_texts(model->names_fr, model->k);
    clear_texts(model->names_en, model->k);
    irm_free(model->center);
    irm_free(model->scale);
    irm_matrix_clear(&model->loadings);
    irm_matrix_clear(&model->centers);
    irm_dict_free(model->ids);
    irm_free(model->classes);
    irm_free(model->level);
    *model = (irm_typology_model){0};
}

static irm_status broken(const char *path, const char *what, irm_error *error) {
    return irm_fail_at(error, IRM_STATUS_DATA, path, 0, 0, NULL,
                       "%s: expected the typology.json that 'irminon typology' writes",
                       what);
}

static bool read_texts(const json_t *array, size_t n, char **texts) {
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        texts[i] = text != NULL ? irm_strdup(text) : NULL;
        if (texts[i] == NULL) {
            return false;
        }
    }
    return true;
}

static bool read_numbers(const json_t *array, size_t n, double *numbers) {
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_number(item) || !isfinite(json_number_value(item))) {
            return false;
        }
        numbers[i] = json_number_value(item);
    }
    return json_array_size(array) == n;
}

static bool read_rows(const json_t *array, const irm_matrix *into) {
    if (json_array_size(array) != into->rows) {
        return false;
    }
    for (size_t i = 0; i < into->rows; i++) {
        if (!read_numbers(json_array_get(array, i), into->columns,
                          irm_matrix_row(into, i))) {
            return false;
        }
    }
    return true;
}

static irm_status make_room(irm_typology_model *model, irm_error *error) {
    model->variables = irm_calloc(model->p, sizeof *model->variables);
    model->names_fr = irm_calloc(model->k, sizeof *model->names_fr);
    model->names_en = irm_calloc(model->k, sizeof *model->names_en);
    model->center = irm_calloc(model->p, sizeof *model->center);
    model->scale = irm_calloc(model->p, sizeof *model->scale);
    if (model->variables == NULL || model->names_fr == NULL || model->names_en == NULL ||
        model->center == NULL || model->scale == NULL) {
        return irm_fail_memory(error);
    }
    IRM_TRY(irm_matrix_init(&model->loadings, model->p, model->axes, error));
    return irm_matrix_init(&model->centers, model->k,
                           model->axes > 0 ? model->axes : model->p, error);
}

static bool read_names(const json_t *classes, irm_typology_model *model) {
    for (size_t c = 0; c < model->k; c++) {
        const json_t *class = json_array_get(classes, c);
        const char *fr = json_string_value(json_object_get(class, "name_fr"));
        const char *en = json_string_value(json_object_get(class, "name_en"));
        model->names_fr[c] = irm_strdup(fr);
        model->names_en[c] = irm_strdup(en);
        if (model->names_fr[c] == NULL || model->names_en[c] == NULL) {
            return false;
        }
    }
    return true;
}

static irm_status read_model(const json_t *root, const char *path,
                             irm_typology_model *model, irm_error *error) {
    const json_t *frozen = json_object_get(root, "model");
    const json_t *variables = json_object_get(frozen, "variables");
    const json_t *centers = json_object_get(frozen, "centers");
    const json_t *classes = json_object_get(root, "classes");
    json_int_t axes = json_integer_value(json_object_get(frozen, "axes"));
    if (json_is_null(frozen)) {
        return irm_fail_at(
            error, IRM_STATUS_REFUSED, path, 0, 0, NULL,
            "this typology is of categories, or is itself a projection: only "
            "classes made from numbers can be frozen");
    }
    model->p = json_array_size(variables);
    model->k = json_array_size(centers);
    if (model->p == 0 || model->k == 0 || axes < 0 || (size_t)axes > model->p ||
        json_array_size(classes) != model->k) {
        return broken(path, "no frozen classes", error);
    }
    model->axes = (size_t)axes;
    IRM_TRY(make_room(model, error));
    bool read =
        read_texts(variables, model->p, model->variables) &&
        read_numbers(json_object_get(frozen, "center"), model->p, model->center) &&
        read_numbers(json_object_get(frozen, "scale"), model->p, model->scale) &&
        (model->axes == 0 ||
         read_rows(json_object_get(frozen, "loadings"), &model->loadings)) &&
        read_rows(centers, &model->centers) && read_names(classes, model);
    for (size_t j = 0; read && j < model->p; j++) {
        read = model->scale[j] > 0;
    }
    const char *level = json_string_value(json_object_get(root, "level"));
    model->level = irm_strdup(level);
    return read ? IRM_OK : broken(path, "the frozen classes cannot be read", error);
}

/* Who was in which class. */
static irm_status read_members(const char *folder, irm_typology_model *model,
                               irm_error *error) {
    static const char *const class_column[] = {"class"};
    irm_typology_columns columns = {
        .id = "id", .variables = class_column, .n_variables = 1};
    irm_typology_units units = {0};
    char *path = irm_path_join(folder, "classes.csv");
    irm_status status = path == NULL
                            ? irm_fail_memory(error)
                            : irm_typology_units_read(path, &columns, &units, error);
    if (status == IRM_OK) {
        status = irm_dict_new(&model->ids, error);
        model->classes = irm_calloc(units.n, sizeof *model->classes);
        if (model->classes == NULL && status == IRM_OK) {
            status = irm_fail_memory(error);
        }
    }
    for (size_t i = 0; status == IRM_OK && i < units.n; i++) {
        int32_t code = 0;
        double class_number = units.variables[0].values[i];
        status = irm_dict_add(model->ids, irm_view_of(units.ids[i]), &code, error);
        if (status == IRM_OK &&
            !(class_number >= 1 && class_number <= (double)model->k)) {
            status = broken(path, "a class that is not of the typology", error);
        } else if (status == IRM_OK) {
            model->classes[code] = (int32_t)class_number - 1;
        }
    }
    irm_typology_units_clear(&units);
    irm_free(path);
    return status;
}

irm_status irm_typology_model_read(const char *folder, irm_typology_model *model,
                                   irm_error *error) {
    *model = (irm_typology_model){0};
    char *path = irm_path_join(folder, "typology.json");
    if (path == NULL) {
        return irm_fail_memory(error);
    }
    irm_buffer text = {0};
    json_error_t mistake = {0};
    json_t *root = NULL;
    irm_status status = irm_read_file(path, &text, error);
    if (status == IRM_OK) {
        root = json_loadb(text.data != NULL ? text.data : "", text.size, 0, &mistake);
        status = root == NULL ? irm_fail_at(error, IRM_STATUS_DATA, path,
                                            (size_t)(mistake.line > 0 ? mistake.line : 0),
                                            0, NULL, "not JSON: %s", mistake.text)
                              : read_model(root, path, model, error);
    }
    if (status == IRM_OK) {
        status = read_members(folder, model, error);
    }
    json_decref(root);
    irm_buffer_clear(&text);
    irm_free(path);
    if (status != IRM_OK) {
        irm_typology_model_clear(model);
    }
    return status;
}
