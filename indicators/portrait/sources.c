#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "portrait/portraitist.h"

typedef struct table_list {
    const irm_table **items;
    size_t count, capacity;
} table_list;

static irm_status add_table(const irm_portrait *portrait, table_list *list, irm_view name,
                            irm_error *error) {
    char *text = irm_strndup(name.data, name.size);
    if (text == NULL) {
        return irm_fail_memory(error);
    }
    const irm_table *table = irm_store_find(portrait->store, text);
    irm_free(text);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == table) {
            return IRM_OK;
        }
    }
    if (table == NULL) {
        return IRM_OK;
    }
    IRM_TRY(irm_reserve((void **)&list->items, &list->capacity, list->count + 1,
                        sizeof *list->items, error));
    list->items[list->count++] = table;
    return IRM_OK;
}

/* Adds the tables of a space-separated list of names. */
static irm_status add_tables(const irm_portrait *portrait, table_list *list,
                             const char *names, irm_error *error) {
    while (names != NULL && *names != '\0') {
        size_t size = strcspn(names, " ");
        if (size > 0) {
            IRM_TRY(add_table(portrait, list, (irm_view){names, size}, error));
        }
        names += size + (names[size] == ' ');
    }
    return IRM_OK;
}

irm_status irm_portrait_tables(const irm_portrait *portrait, const irm_table ***tables,
                               size_t *count, irm_error *error) {
    table_list list = {0};
    irm_status status = add_tables(portrait, &list, portrait->pyramid.tables, error);
    for (size_t t = 0; t < portrait->n_themes; t++) {
        for (size_t i = 0; status == IRM_OK && i < portrait->themes[t].n_rows; i++) {
            status = add_tables(portrait, &list, portrait->themes[t].rows[i].tables, error);
        }
    }
    if (status != IRM_OK) {
        irm_free(list.items);
        return status;
    }
    *tables = list.items;
    *count = list.count;
    return IRM_OK;
}
