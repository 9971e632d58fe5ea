#include <stdio.h>
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

void irm_source_sentence(const irm_store *store, const char *tables, const char *lang,
                         char *text, size_t size) {
    bool french = strcmp(lang, "en") != 0;
    size_t used = 0;
    text[0] = '\0';
    for (const char *p = tables; p != NULL && *p != '\0' && used + 1 < size;) {
        size_t length = strcspn(p, " ");
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)length, p);
        const irm_table *table = irm_store_find(store, name);
        p += length + (p[length] == ' ');
        if (table == NULL) {
            continue;
        }
        const char *title =
            irm_attributes_get(&table->attributes, french ? "title_fr" : "title_en");
        const char *producer = irm_attributes_get(&table->attributes, "producer");
        const char *vintage = irm_attributes_get(&table->attributes, "vintage");
        int wrote = snprintf(text + used, size - used, "%s%s, %s, %s", used > 0 ? " ; " : "",
                             producer != NULL ? producer : "", title != NULL ? title : name,
                             vintage != NULL ? vintage : "");
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}
