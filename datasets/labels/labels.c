/* The labels of a table: its own, then those of the dictionary that the store has of it.
 */
#include "irminon/labels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "labels/dictionary.h"

struct irm_labels {
    const irm_table *schema;
    irm_dictionary *dictionary; /* NULL: the store has none */
};

static const char *attribute(const irm_attributes *attributes, const char *name) {
    const char *value = irm_attributes_get(attributes, name);
    return value != NULL ? value : "";
}

/* The table of labels of the same dataset and vintage. */
static const irm_table *find_table(const irm_store *store, const irm_table *schema) {
    const char *dataset = attribute(&schema->attributes, "dataset");
    const char *vintage = attribute(&schema->attributes, "vintage");
    for (size_t i = 0; i < irm_store_count(store); i++) {
        const irm_table *table = irm_store_schema(store, i);
        if (*dataset != '\0' &&
            strcmp(attribute(&table->attributes, "shape"), "labels") == 0 &&
            strcmp(attribute(&table->attributes, "labels_of"), dataset) == 0 &&
            strcmp(attribute(&table->attributes, "vintage"), vintage) == 0) {
            return table;
        }
    }
    return NULL;
}

static irm_status read_table(const irm_store *store, const char *name, irm_dictionary *to,
                             irm_error *error) {
    static const char *const names[] = {"column", "code", "label"};
    irm_table table;
    irm_status status = irm_store_read(store, name, names, 3, &table, error);
    for (size_t row = 0; row < table.n_rows && status == IRM_OK; row++) {
        status =
            dictionary_add(to, irm_view_of(irm_column_label(&table.columns[0], row)),
                           irm_view_of(irm_column_label(&table.columns[1], row)),
                           irm_view_of(irm_column_label(&table.columns[2], row)), error);
    }
    irm_table_clear(&table);
    return status;
}

irm_status irm_labels_open(const irm_store *store, const irm_table *schema,
                           irm_labels **labels, irm_error *error) {
    irm_labels *made = irm_calloc(1, sizeof *made);
    const irm_table *table = find_table(store, schema);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->schema = schema;
    irm_status status = IRM_OK;
    if (table != NULL) {
        status = dictionary_new(&made->dictionary, error);
    }
    if (table != NULL && status == IRM_OK) {
        status = read_table(store, table->name, made->dictionary, error);
    }
    if (status != IRM_OK) {
        irm_labels_free(made);
        return status;
    }
    *labels = made;
    return IRM_OK;
}

void irm_labels_free(irm_labels *labels) {
    if (labels != NULL) {
        irm_dictionary_free(labels->dictionary);
        irm_free(labels);
    }
}

bool labels_listed(const char *list, const char *code, char *text, size_t size) {
    size_t length = strlen(code);
    for (const char *p = list; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n') {
        if (strncmp(p, code, length) == 0 && p[length] == '=') {
            const char *label = p + length + 1;
            snprintf(text, size, "%.*s", (int)strcspn(label, "\n"), label);
            return true;
        }
    }
    return false;
}

const char *irm_labels_column(const irm_labels *labels, const char *column) {
    const irm_column *own = irm_table_column(labels->schema, column);
    const char *label =
        own != NULL ? irm_attributes_get(&own->attributes, "label_fr") : NULL;
    return label != NULL || labels->dictionary == NULL
               ? label
               : irm_dictionary_label(labels->dictionary, column, NULL);
}

bool irm_labels_code(const irm_labels *labels, const char *column, const char *code,
                     char *text, size_t size) {
    const irm_column *own = irm_table_column(labels->schema, column);
    if (own != NULL &&
        (labels_listed(attribute(&own->attributes, "modalities_fr"), code, text, size) ||
         labels_listed(attribute(&own->attributes, "measure_labels_fr"), code, text,
                       size))) {
        return true;
    }
    const char *label = labels->dictionary != NULL
                            ? irm_dictionary_label(labels->dictionary, column, code)
                            : NULL;
    if (label != NULL) {
        snprintf(text, size, "%s", label);
    }
    return label != NULL;
}

/* Of a column of categories: each of its codes is looked for once. */
static irm_status label_categories(const irm_labels *labels, const irm_column *from,
                                   size_t n_rows, irm_column *to, irm_error *error) {
    size_t n = irm_dict_count(from->categories);
    int32_t *label_of = irm_calloc(n, sizeof *label_of);
    irm_status status = label_of == NULL ? irm_fail_memory(error) : IRM_OK;
    for (size_t i = 0; i < n && status == IRM_OK; i++) {
        char text[512];
        label_of[i] = -1;
        if (irm_labels_code(labels, from->name,
                            irm_dict_text(from->categories, (int32_t)i), text,
                            sizeof text)) {
            status = irm_dict_add(to->categories, irm_view_of(text), &label_of[i], error);
        }
    }
    for (size_t row = 0; row < n_rows && status == IRM_OK; row++) {
        int32_t code = from->codes[row];
        to->codes[row] = code >= 0 ? label_of[code] : -1;
    }
    irm_free(label_of);
    return status;
}

/* Of a column of numbers: its whole ones. */
static irm_status label_numbers(const irm_labels *labels, const irm_column *from,
                                size_t n_rows, irm_column *to, irm_error *error) {
    char code[32], text[512];
    for (size_t row = 0; row < n_rows; row++) {
        double value = from->values[row];
        if (value != floor(value) || fabs(value) >= 1e9) {
            continue;
        }
        snprintf(code, sizeof code, "%.0f", value);
        if (irm_labels_code(labels, from->name, code, text, sizeof text)) {
            IRM_TRY(
                irm_dict_add(to->categories, irm_view_of(text), &to->codes[row], error));
        }
    }
    return IRM_OK;
}

static irm_status label_rows(const irm_labels *labels, const irm_column *from,
                             size_t n_rows, irm_column *to, irm_error *error) {
    return from->type == IRM_COLUMN_CATEGORY
               ? label_categories(labels, from, n_rows, to, error)
           : from->type == IRM_COLUMN_NUMBER
               ? label_numbers(labels, from, n_rows, to, error)
               : IRM_OK;
}

/* The last column of a table, moved to place `at`; or taken out. */
static void move_last(irm_table *table, size_t at) {
    irm_column last = table->columns[table->n_columns - 1];
    memmove(table->columns + at + 1, table->columns + at,
            (table->n_columns - 1 - at) * sizeof last);
    table->columns[at] = last;
}

static void drop_last(irm_table *table) {
    irm_column *last = &table->columns[--table->n_columns];
    irm_free(last->name);
    irm_free(last->codes);
    irm_dict_free(last->categories);
    irm_attributes_clear(&last->attributes);
    *last = (irm_column){0};
}

static irm_status add_column(const irm_labels *labels, irm_table *result, size_t at,
                             bool *added, irm_error *error) {
    char name[300];
    irm_column *column;
    *added = false;
    snprintf(name, sizeof name, "%.280s_label", result->columns[at].name);
    IRM_TRY(irm_table_add(result, name, IRM_COLUMN_CATEGORY, &column, error));
    IRM_TRY(label_rows(labels, &result->columns[at], result->n_rows, column, error));
    *added = irm_dict_count(column->categories) > 0;
    if (*added) {
        move_last(result, at + 1);
    } else {
        drop_last(result);
    }
    return IRM_OK;
}

static bool is_named(const char *name, const char *const *names, size_t n) {
    bool found = names == NULL;
    for (size_t i = 0; i < n && !found; i++) {
        found = strcmp(names[i], name) == 0;
    }
    return found;
}

irm_status irm_labels_add(const irm_labels *labels, irm_table *result,
                          const char *const *names, size_t n, irm_error *error) {
    for (size_t i = 0; i < result->n_columns; i++) {
        bool added = false;
        bool own = irm_table_column(labels->schema, result->columns[i].name) != NULL;
        if (own && is_named(result->columns[i].name, names, n)) {
            IRM_TRY(add_column(labels, result, i, &added, error));
        }
        i += added;
    }
    return IRM_OK;
}
