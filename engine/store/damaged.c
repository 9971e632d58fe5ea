/* Table files that cannot be read: the others serve all the same, and what was met is
 * told to whoever asks for one of these. */
#include <string.h>

#include "folder.h"
#include "irminon/memory.h"
#include "schema.h"

static void damage_free(irm_damage *damage) {
    if (damage != NULL) {
        irm_free(damage->file);
        irm_free(damage->name);
        irm_free(damage);
    }
}

bool irm_damage_of(irm_status status) {
    return status == IRM_STATUS_DATA || status == IRM_STATUS_IO ||
           status == IRM_STATUS_REFUSED;
}

irm_status irm_damage_note(irm_store *store, const char *file, const irm_error *met,
                           irm_error *error) {
    irm_damage **grown =
        irm_realloc(store->damaged, store->n_damaged + 1, sizeof(irm_damage *));
    if (grown == NULL) {
        return irm_fail_memory(error);
    }
    store->damaged = grown;
    irm_damage *made = irm_calloc(1, sizeof *made);
    if (made == NULL) {
        return irm_fail_memory(error);
    }
    made->file = irm_strdup(file);
    made->name = irm_name_unescape(file, strlen(file));
    made->error = *met;
    if (made->file == NULL || made->name == NULL) {
        damage_free(made);
        return irm_fail_memory(error);
    }
    store->damaged[store->n_damaged++] = made;
    return IRM_OK;
}

void irm_damage_forget(irm_store *store, const char *file) {
    size_t kept = 0;
    for (size_t i = 0; i < store->n_damaged; i++) {
        if (file == NULL || strcmp(store->damaged[i]->file, file) == 0) {
            damage_free(store->damaged[i]);
        } else {
            store->damaged[kept++] = store->damaged[i];
        }
    }
    store->n_damaged = kept;
}

const irm_damage *irm_damage_find(const irm_store *store, const char *name) {
    for (size_t i = 0; i < store->n_damaged; i++) {
        if (strcmp(store->damaged[i]->name, name) == 0) {
            return store->damaged[i];
        }
    }
    return NULL;
}

size_t irm_store_damaged_count(const irm_store *store) { return store->n_damaged; }

const irm_error *irm_store_damaged(const irm_store *store, size_t index,
                                   const char **name) {
    *name = store->damaged[index]->name;
    return &store->damaged[index]->error;
}
