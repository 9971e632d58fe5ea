#include "descriptors/model.h"

#include <stdio.h>
#include <string.h>

#include "descriptors/pattern.h"

model_role model_column_role(const model_column *column) {
    return column == NULL || column->role == MODEL_ROLE_NONE ? MODEL_ROLE_VARIABLE
                                                             : column->role;
}

model_type model_column_type(const model_column *column) {
    if (column->type != MODEL_TYPE_NONE) {
        return column->type;
    }
    model_role role = model_column_role(column);
    bool number = role == MODEL_ROLE_VARIABLE || role == MODEL_ROLE_VALUE ||
                  role == MODEL_ROLE_WEIGHT;
    return number ? MODEL_TYPE_NUMBER : MODEL_TYPE_CATEGORY;
}

static irm_kind kind_of_category(const model_column *column) {
    switch (model_column_role(column)) {
        case MODEL_ROLE_KEY:
            return IRM_KIND_CODE;
        case MODEL_ROLE_NAME:
            return IRM_KIND_LABEL;
        case MODEL_ROLE_PERIOD:
            return IRM_KIND_YEAR;
        default:
            return column->level != NULL ? IRM_KIND_CODE : IRM_KIND_CATEGORY;
    }
}

irm_kind model_column_kind(const model *of, const model_column *column) {
    if (column->kind != NULL) {
        return *column->kind;
    }
    if (model_column_role(column) == MODEL_ROLE_WEIGHT) {
        return IRM_KIND_WEIGHT;
    }
    if (model_column_type(column) == MODEL_TYPE_CATEGORY) {
        return kind_of_category(column);
    }
    return of->defaults.kind != NULL ? *of->defaults.kind : IRM_KIND_COUNT;
}

irm_kind model_measure_kind(const model *of, const model_measure *measure) {
    if (measure->kind != NULL) {
        return *measure->kind;
    }
    return of->defaults.kind != NULL ? *of->defaults.kind : IRM_KIND_COUNT;
}

void model_column_id(const model_column *column, char *id, size_t size) {
    if (column->id != NULL) {
        snprintf(id, size, "%s", column->id);
    } else {
        pattern_strip(column->name, id, size);
    }
}

bool model_next_word(const char **cursor, irm_view *word) {
    const char *p = *cursor + strspn(*cursor, " \t\r\n");
    size_t length = strcspn(p, " \t\r\n");
    *cursor = p + length;
    *word = (irm_view){p, length};
    if (length == 2 && strncmp(p, "\"\"", 2) == 0) {
        word->size = 0;
    }
    return length > 0;
}

bool model_in_list(const char *list, irm_view word) {
    irm_view one;
    for (const char *cursor = list; list != NULL && model_next_word(&cursor, &one);) {
        if (one.size == word.size &&
            (one.size == 0 || memcmp(one.data, word.data, one.size) == 0)) {
            return true;
        }
    }
    return false;
}
