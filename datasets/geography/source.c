#include "geography/source.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "irminon/memory.h"

static const char *attribute(const irm_column *column, const char *name) {
    const char *value = irm_attributes_get(&column->attributes, name);
    return value != NULL ? value : "";
}

static bool is_level(const char *text) { return *text != '\0' && strcmp(text, "mixed") != 0; }

const irm_column *source_role(const irm_table *table, const char *role,
                              const char *level) {
    const char *own = irm_attributes_get(&table->attributes, "level");
    for (size_t i = 0; i < table->n_columns; i++) {
        const irm_column *column = &table->columns[i];
        const char *stated = attribute(column, "level");
        bool same = level == NULL ? !is_level(stated) ||
                                        (own != NULL && strcmp(stated, own) == 0)
                                  : strcmp(stated, level) == 0;
        if (strcmp(attribute(column, "role"), role) == 0 && same &&
            column->type == IRM_COLUMN_CATEGORY) {
            return column;
        }
    }
    return NULL;
}

const irm_column *source_key(const irm_table *table) {
    for (size_t i = 0; i < table->n_columns; i++) {
        if (strcmp(attribute(&table->columns[i], "role"), "key") == 0 &&
            table->columns[i].type == IRM_COLUMN_CATEGORY) {
            return &table->columns[i];
        }
    }
    return NULL;
}

const irm_column *source_variable(const irm_table *table, const char *id) {
    for (size_t i = 0; i < table->n_columns; i++) {
        const irm_column *column = &table->columns[i];
        if (column->type == IRM_COLUMN_CATEGORY &&
            (strcasecmp(column->name, id) == 0 ||
             strcasecmp(attribute(column, "variable"), id) == 0)) {
            return column;
        }
    }
    return NULL;
}

const char *source_membership(const irm_column *column) {
    const char *level = attribute(column, "level");
    bool places = column->type == IRM_COLUMN_CATEGORY &&
                  strcmp(attribute(column, "kind"), "code") == 0 &&
                  strcmp(attribute(column, "role"), "key") != 0;
    return places && is_level(level) && strcmp(level, "com") != 0 ? level : NULL;
}

bool source_unplaced(const irm_column *column, const char *code) {
    if (*code == '\0' || strspn(code, "Z") == strlen(code)) {
        return true; /* INSEE's ZZZZZZZZZ: in none */
    }
    const char *at = attribute(column, "unplaced");
    size_t size = strlen(code);
    while ((at = strstr(at, code)) != NULL) {
        bool starts = at == attribute(column, "unplaced") || at[-1] == ' ';
        if (starts && (at[size] == ' ' || at[size] == '\0')) {
            return true;
        }
        at += size;
    }
    return false;
}

bool source_gives(const irm_table *table, const char *level) {
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *given = source_membership(&table->columns[i]);
        if (given != NULL && strcmp(given, level) == 0) {
            return true;
        }
    }
    return false;
}

/* A year is read off "geography", else off the vintage, whose first four digits it is. */
static int year_of(const irm_table *table) {
    long long year = irm_attributes_integer(&table->attributes, "geography", 0);
    const char *vintage = irm_attributes_get(&table->attributes, "vintage");
    if (year == 0 && vintage != NULL) {
        year = atoi(vintage);
    }
    return year > 1900 && year < 2200 ? (int)year : 0;
}

irm_status sources_find(const irm_store *store, zoning_sources *sources,
                        irm_error *error) {
    *sources = (zoning_sources){0};
    for (size_t i = 0; i < irm_store_count(store); i++) {
        const irm_table *schema = irm_store_schema(store, i);
        const char *shape = irm_attributes_get(&schema->attributes, "shape");
        const irm_column *key = source_key(schema);
        if (shape == NULL || strcmp(shape, "zoning") != 0 || key == NULL) {
            continue;
        }
        const char *of_table = irm_attributes_get(&schema->attributes, "level");
        const char *level = attribute(key, "level");
        level = is_level(level) ? level : of_table != NULL ? of_table : "com";
        irm_status status =
            irm_reserve((void **)&sources->items, &sources->capacity, sources->count + 1,
                        sizeof *sources->items, error);
        if (status != IRM_OK) {
            sources_clear(sources);
            return status;
        }
        sources->items[sources->count++] = (zoning_source){schema, year_of(schema), level};
    }
    return IRM_OK;
}

/* Distances are kept in the items while they are sorted: qsort takes no context. */
typedef struct near {
    zoning_source source;
    int distance;
} near;

static int by_distance(const void *a, const void *b) {
    const near *x = a, *y = b;
    int order = (x->distance > y->distance) - (x->distance < y->distance);
    return order != 0 ? order : strcmp(x->source.schema->name, y->source.schema->name);
}

irm_status sources_sort(zoning_sources *sources, int year, irm_error *error) {
    near *sorted = irm_calloc(sources->count, sizeof *sorted);
    if (sorted == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < sources->count; i++) {
        int of = sources->items[i].year;
        int distance = of == 0 ? 1 << 16 : 2 * abs(of - year) + (of < year);
        sorted[i] = (near){sources->items[i], distance};
    }
    qsort(sorted, sources->count, sizeof *sorted, by_distance);
    for (size_t i = 0; i < sources->count; i++) {
        sources->items[i] = sorted[i].source;
    }
    irm_free(sorted);
    return IRM_OK;
}

void sources_clear(zoning_sources *sources) {
    irm_free(sources->items);
    *sources = (zoning_sources){0};
}

static bool is_needed(const irm_column *column) {
    static const char *const variables[] = {"TYPECOM", "COMPARENT", NULL};
    const char *role = attribute(column, "role");
    if (strcmp(role, "key") == 0 || strcmp(role, "name") == 0 ||
        source_membership(column) != NULL) {
        return true;
    }
    for (const char *const *v = variables; *v != NULL; v++) {
        if (strcasecmp(column->name, *v) == 0 ||
            strcasecmp(attribute(column, "variable"), *v) == 0) {
            return true;
        }
    }
    return false;
}

irm_status source_read(const irm_store *store, const irm_table *schema, irm_table *table,
                       irm_error *error) {
    const char **names = irm_calloc(schema->n_columns, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    size_t n = 0;
    for (size_t i = 0; i < schema->n_columns; i++) {
        if (is_needed(&schema->columns[i])) {
            names[n++] = schema->columns[i].name;
        }
    }
    irm_status status = irm_store_read(store, schema->name, names, n, table, error);
    irm_free(names);
    return status;
}
