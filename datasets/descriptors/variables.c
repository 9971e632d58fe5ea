#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "descriptors/model.h"

enum { ID_SIZE = 128, FAR = 4 };

static bool is_number(const model_column *column) {
    model_role role = model_column_role(column);
    return (role == MODEL_ROLE_VARIABLE || role == MODEL_ROLE_VALUE) &&
           model_column_type(column) == MODEL_TYPE_NUMBER;
}

/* What formulas may name of a detail table: its weight, and "rows", its records. */
static bool counts_records(const model *whole, const char *id) {
    if (whole->shape != IRM_TABLE_DETAIL) {
        return false;
    }
    for (unsigned i = 0; i < whole->columns_count; i++) {
        char own[ID_SIZE];
        model_column_id(&whole->columns[i], own, sizeof own);
        if (model_column_role(&whole->columns[i]) == MODEL_ROLE_WEIGHT &&
            strcmp(own, id) == 0) {
            return true;
        }
    }
    return strcmp(id, "rows") == 0;
}

irm_kind irm_descriptor_variable_kind(const irm_descriptor *descriptor, const char *id) {
    const model *whole;
    if (descriptor_whole(descriptor, &whole, NULL) != IRM_OK) {
        return IRM_KIND_END;
    }
    if (counts_records(whole, id)) {
        return IRM_KIND_COUNT;
    }
    for (unsigned i = 0; i < whole->measures_count; i++) {
        if (strcmp(whole->measures[i].name, id) == 0) {
            return model_measure_kind(whole, &whole->measures[i]);
        }
    }
    for (unsigned i = 0; i < whole->columns_count; i++) {
        char own[ID_SIZE];
        model_column_id(&whole->columns[i], own, sizeof own);
        if (strcmp(own, id) == 0 && is_number(&whole->columns[i])) {
            return model_column_kind(whole, &whole->columns[i]);
        }
    }
    return IRM_KIND_END;
}

static bool give_unit(const model *whole, const char *own, char *unit, size_t size) {
    const char *text = own != NULL ? own : whole->defaults.unit;
    snprintf(unit, size, "%s", text != NULL ? text : "");
    return true;
}

bool irm_descriptor_variable_unit(const irm_descriptor *descriptor, const char *id,
                                  char *unit, size_t size) {
    const model *whole;
    if (descriptor_whole(descriptor, &whole, NULL) != IRM_OK) {
        return false;
    }
    if (counts_records(whole, id)) {
        return give_unit(whole, NULL, unit, size);
    }
    for (unsigned i = 0; i < whole->measures_count; i++) {
        if (strcmp(whole->measures[i].name, id) == 0) {
            return give_unit(whole, whole->measures[i].unit, unit, size);
        }
    }
    for (unsigned i = 0; i < whole->columns_count; i++) {
        char own[ID_SIZE];
        model_column_id(&whole->columns[i], own, sizeof own);
        if (strcmp(own, id) == 0 && is_number(&whole->columns[i])) {
            return give_unit(whole, whole->columns[i].unit, unit, size);
        }
    }
    return false;
}

static bool concerns(const model_break *change, const char *id,
                     const char *const *dimensions, size_t count) {
    const char *cursor = change->variables;
    irm_view pattern;
    bool named = false, fixed = change->dimension == NULL;
    char text[ID_SIZE];
    while (!named && model_next_word(&cursor, &pattern)) {
        snprintf(text, sizeof text, "%.*s", (int)pattern.size, pattern.data);
        named = fnmatch(text, id, 0) == 0;
    }
    for (size_t i = 0; i < count && !fixed; i++) {
        fixed = strcmp(dimensions[i], change->dimension) == 0;
    }
    return named && fixed;
}

bool irm_descriptor_break(const irm_descriptor *descriptor, const char *id,
                          const char *const *dimensions, size_t count, int from, int to,
                          irm_break *found) {
    const model *whole;
    bool any = false;
    if (descriptor_whole(descriptor, &whole, NULL) != IRM_OK) {
        return false;
    }
    for (unsigned i = 0; i < whole->breaks_count; i++) {
        const model_break *change = &whole->breaks[i];
        bool between = change->year > from && change->year <= to;
        if (between && (!any || change->year > found->year) &&
            concerns(change, id, dimensions, count)) {
            *found = (irm_break){change->year, change->fr, change->en};
            any = true;
        }
    }
    return any;
}

/* The rows of a detail table are chosen by any column but those that place and weigh them. */
static bool is_dimension(const model *whole, const model_column *column) {
    model_role role = model_column_role(column);
    return role == MODEL_ROLE_DIMENSION ||
           (whole->shape == IRM_TABLE_DETAIL && role == MODEL_ROLE_VARIABLE);
}

bool irm_descriptor_has_dimension(const irm_descriptor *descriptor, const char *id) {
    const model *whole;
    if (descriptor_whole(descriptor, &whole, NULL) != IRM_OK) {
        return false;
    }
    for (unsigned i = 0; i < whole->columns_count; i++) {
        char own[ID_SIZE];
        model_column_id(&whole->columns[i], own, sizeof own);
        if (strcmp(own, id) == 0 && is_dimension(whole, &whole->columns[i])) {
            return true;
        }
    }
    return false;
}

static void nearer(const char *candidate, const char *id, size_t *best, char *nearest,
                   size_t size) {
    size_t distance = irm_text_distance(candidate, id);
    if (distance < *best) {
        *best = distance;
        snprintf(nearest, size, "%s", candidate);
    }
}

bool irm_descriptor_suggest(const irm_descriptor *descriptor, const char *id,
                            char *nearest, size_t size) {
    const model *whole;
    size_t best = FAR;
    if (descriptor_whole(descriptor, &whole, NULL) != IRM_OK) {
        return false;
    }
    for (unsigned i = 0; i < whole->measures_count; i++) {
        nearer(whole->measures[i].name, id, &best, nearest, size);
    }
    for (unsigned i = 0; i < whole->columns_count; i++) {
        char own[ID_SIZE];
        model_column_id(&whole->columns[i], own, sizeof own);
        if (is_number(&whole->columns[i])) {
            nearer(own, id, &best, nearest, size);
        }
    }
    return best < FAR;
}
