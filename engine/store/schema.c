#include "schema.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"

static const char *const type_names[] = {"number", "category", "bytes"};

/* Puts `value` (a reference it takes, NULL for failure) into `object`. */
static bool put(json_t *object, const char *key, json_t *value) {
    return json_object_set_new(object, key, value) == 0;
}

static bool put_text(json_t *object, const char *key, const char *text,
                     irm_error *error) {
    if (!irm_utf8_valid(text, strlen(text))) {
        irm_fail(error, IRM_STATUS_DATA, "'%s' is not UTF-8", text);
        return false;
    }
    if (!put(object, key, json_string(text))) {
        irm_fail_memory(error);
        return false;
    }
    return true;
}

/* JSON has no infinities: an absent bound is one. */
static bool put_bound(json_t *object, const char *key, double bound) {
    return !isfinite(bound) || put(object, key, json_real(bound));
}

static json_t *write_attributes(const irm_attributes *attributes, irm_error *error) {
    json_t *object = json_object();
    for (size_t i = 0; object != NULL && i < attributes->count; i++) {
        const irm_attribute *item = &attributes->items[i];
        if (!irm_utf8_valid(item->name, strlen(item->name)) ||
            !put_text(object, item->name, item->value, error)) {
            irm_error_prefix(error, "attribute %s: ", item->name);
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *write_markers(const irm_column *column, irm_error *error) {
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < column->n_markers; i++) {
        const irm_marker *marker = &column->markers[i];
        json_t *object = json_object();
        bool done = object != NULL && put_text(object, "text", marker->text, error) &&
                    put(object, "state", json_string(irm_state_name(marker->state))) &&
                    put_bound(object, "lower", marker->lower) &&
                    put_bound(object, "upper", marker->upper);
        if (!done) {
            json_decref(object);
        }
        if (!done || json_array_append_new(list, object) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *write_column(const irm_column *column, irm_error *error) {
    json_t *object = json_object();
    bool done = object != NULL && put_text(object, "name", column->name, error) &&
                put(object, "type", json_string(type_names[column->type]));
    if (done && column->round_below != 0.0) {
        done = put(object, "round_below", json_real(column->round_below));
    }
    if (done && column->round_above != 0.0) {
        done = put(object, "round_above", json_real(column->round_above));
    }
    if (done && column->n_markers > 0) {
        done = put(object, "markers", write_markers(column, error));
    }
    if (done && column->attributes.count > 0) {
        done = put(object, "attributes", write_attributes(&column->attributes, error));
    }
    if (!done) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *write_table(const irm_table *table, irm_error *error) {
    json_t *object = json_object();
    json_t *columns = json_array();
    bool done = object != NULL && columns != NULL &&
                put_text(object, "name", table->name, error) &&
                put(object, "rows", json_integer((json_int_t)table->n_rows)) &&
                put(object, "attributes", write_attributes(&table->attributes, error));
    for (size_t i = 0; done && i < table->n_columns; i++) {
        json_t *column = write_column(&table->columns[i], error);
        if (column == NULL) {
            irm_error_prefix(error, "column %s: ", table->columns[i].name);
        }
        done = column != NULL && json_array_append_new(columns, column) == 0;
    }
    done = done && json_object_set(object, "columns", columns) == 0;
    json_decref(columns);
    if (!done) {
        json_decref(object);
        return NULL;
    }
    return object;
}

irm_status irm_schema_write(const irm_table *table, char **json, irm_error *error) {
    irm_error inner = {0};
    json_t *root = write_table(table, &inner);
    char *text =
        root != NULL ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    *json = irm_strdup(text);
    free(text);
    if (*json != NULL) {
        return IRM_OK;
    }
    if (inner.status == IRM_STATUS_DATA) {
        return irm_fail(error, IRM_STATUS_DATA, "%s", inner.message);
    }
    return irm_fail_memory(error);
}

static irm_status broken(irm_error *error, const char *what) {
    return irm_fail(error, IRM_STATUS_DATA, "corrupt: its schema %s", what);
}

/* A copy of the text at `key`, which must be there. */
static irm_status take_text(const json_t *object, const char *key, char **text,
                            irm_error *error) {
    const char *value = json_string_value(json_object_get(object, key));
    if (value == NULL) {
        return irm_fail(error, IRM_STATUS_DATA, "corrupt: its schema has no text '%s'",
                        key);
    }
    *text = irm_strdup(value);
    return *text != NULL ? IRM_OK : irm_fail_memory(error);
}

static irm_status read_attributes(json_t *object, irm_attributes *attributes,
                                  irm_error *error) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (!json_is_string(value)) {
            return broken(error, "has an attribute that is not text");
        }
        IRM_TRY(irm_attributes_set(attributes, key, json_string_value(value), error));
    }
    return IRM_OK;
}

static double number_or(const json_t *object, const char *key, double otherwise) {
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

static irm_status read_markers(const json_t *list, irm_column *column, irm_error *error) {
    size_t count = json_array_size(list);
    if (count > UINT8_MAX) {
        return broken(error, "has over 255 markers in a column");
    }
    column->markers = irm_calloc(count, sizeof *column->markers);
    if (column->markers == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(list, i);
        irm_marker *marker = &column->markers[i];
        IRM_TRY(take_text(object, "text", &marker->text, error));
        column->n_markers = i + 1;
        const char *state = json_string_value(json_object_get(object, "state"));
        marker->state = state != NULL ? irm_state_parse(state) : IRM_STATE_END;
        marker->lower = number_or(object, "lower", -INFINITY);
        marker->upper = number_or(object, "upper", INFINITY);
        if (marker->state == IRM_STATE_END) {
            return broken(error, "has a marker of an unknown state");
        }
    }
    return IRM_OK;
}

static irm_status read_column(const json_t *object, irm_column *column,
                              irm_error *error) {
    IRM_TRY(take_text(object, "name", &column->name, error));
    const char *type = json_string_value(json_object_get(object, "type"));
    int kind = 0;
    while (kind < 3 && (type == NULL || strcmp(type, type_names[kind]) != 0)) {
        kind++;
    }
    if (kind == 3) {
        return broken(error, "has a column of an unknown type");
    }
    column->type = (irm_column_type)kind;
    column->round_below = number_or(object, "round_below", 0.0);
    column->round_above = number_or(object, "round_above", 0.0);
    IRM_TRY(read_markers(json_object_get(object, "markers"), column, error));
    return read_attributes(json_object_get(object, "attributes"), &column->attributes,
                           error);
}

static irm_status read_table(const json_t *root, irm_table *table, irm_error *error) {
    IRM_TRY(take_text(root, "name", &table->name, error));
    const json_t *rows = json_object_get(root, "rows");
    if (!json_is_integer(rows) || json_integer_value(rows) < 0) {
        return broken(error, "has no number of rows");
    }
    table->n_rows = (size_t)json_integer_value(rows);
    IRM_TRY(
        read_attributes(json_object_get(root, "attributes"), &table->attributes, error));
    const json_t *columns = json_object_get(root, "columns");
    if (!json_is_array(columns)) {
        return broken(error, "has no columns");
    }
    size_t count = json_array_size(columns);
    table->columns = irm_calloc(count, sizeof *table->columns);
    if (table->columns == NULL) {
        return irm_fail_memory(error);
    }
    table->n_columns = count;
    for (size_t i = 0; i < count; i++) {
        IRM_TRY(read_column(json_array_get(columns, i), &table->columns[i], error));
    }
    return IRM_OK;
}

irm_status irm_schema_read(const char *json, size_t size, irm_table *table,
                           irm_error *error) {
    *table = (irm_table){0};
    json_error_t at;
    json_t *root = json_loadb(json, size, JSON_REJECT_DUPLICATES, &at);
    if (root == NULL) {
        return irm_fail(error, IRM_STATUS_DATA, "corrupt: its schema is not JSON (%s)",
                        at.text);
    }
    irm_status status = read_table(root, table, error);
    json_decref(root);
    if (status != IRM_OK) {
        irm_table_clear(table);
    }
    return status;
}
