#include <errno.h>
#include <string.h>

#include "files.h"
#include "folder.h"
#include "irminon/files.h"
#include "irminon/memory.h"
#include "schema.h"

static void clear_entry(irm_entry *e) {
    irm_free(e->file);
    irm_table_clear(&e->schema);
    *e = (irm_entry){0};
}

void irm_entry_free(irm_entry *e) {
    if (e != NULL) {
        clear_entry(e);
        irm_free(e);
    }
}

void irm_names_free(char **names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        irm_free(names[i]);
    }
    irm_free(names);
}

bool irm_ends_with(const char *text, const char *end) {
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* "FOLDER/NAME.h5", allocated, or NULL. */
char *irm_store_table_path(const irm_store *store, const char *file) {
    irm_buffer path = {0};
    irm_buffer_format(&path, "%s/%s.h5", store->tables, file);
    return irm_buffer_take(&path);
}

/* Names of the table files, without ".h5", sorted by byte. */
irm_status irm_store_list_files(const irm_store *store, char ***names, size_t *count,
                                irm_error *error) {
    *names = NULL;
    *count = 0;
    if (!irm_path_exists(store->tables)) {
        return IRM_OK;
    }
    IRM_TRY(irm_list_directory(store->tables, names, count, error));
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        char *name = (*names)[i];
        if (name[0] != '.' && irm_ends_with(name, ".h5")) {
            name[strlen(name) - 3] = '\0';
            (*names)[kept++] = name;
        } else {
            irm_free(name);
        }
    }
    *count = kept;
    return IRM_OK;
}

static bool same_file(const struct stat *a, const struct stat *b) {
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static irm_status fill_entry(const char *path, const char *file, irm_entry *made,
                             irm_error *error) {
    if (stat(path, &made->info) != 0) {
        return irm_fail_at(error, IRM_STATUS_IO, path, 0, 0, NULL, "cannot read: %s",
                           strerror(errno));
    }
    IRM_TRY(irm_table_file_schema(path, &made->schema, error));
    made->file = irm_strdup(file);
    irm_free(made->schema.name); /* a file that was renamed is a table renamed */
    made->schema.name = irm_name_unescape(file, strlen(file));
    return made->file != NULL && made->schema.name != NULL ? IRM_OK
                                                           : irm_fail_memory(error);
}

/* The entry of the table file at `path`, which is (or will be) tables/FILE.h5. */
irm_status irm_entry_read(const char *path, const char *file, irm_entry **made,
                          irm_error *error) {
    *made = irm_calloc(1, sizeof **made);
    if (*made == NULL) {
        return irm_fail_memory(error);
    }
    irm_status status = fill_entry(path, file, *made, error);
    if (status != IRM_OK) {
        irm_entry_free(*made);
        *made = NULL;
    }
    return status;
}

irm_status irm_entry_read_file(const irm_store *store, const char *file, irm_entry **made,
                               irm_error *error) {
    *made = NULL;
    char *path = irm_store_table_path(store, file);
    irm_status status =
        path == NULL ? irm_fail_memory(error) : irm_entry_read(path, file, made, error);
    irm_free(path);
    return status;
}

/* Index of the entry of that file, or `count`. */
size_t irm_entries_index(const irm_store *store, const char *file) {
    size_t i = 0;
    while (i < store->count && strcmp(store->entries[i]->file, file) != 0) {
        i++;
    }
    return i;
}

/* True when the table's file is still the one that was read. */
bool irm_entry_is_current(const irm_store *store, const irm_entry *e) {
    struct stat info;
    char *path = irm_store_table_path(store, e->file);
    bool same = path != NULL && stat(path, &info) == 0 && same_file(&info, &e->info);
    irm_free(path);
    return same;
}

/* Makes room for one more entry, so that keep_entry cannot fail. */
irm_status irm_entries_reserve(irm_store *store, irm_error *error) {
    irm_entry **grown = irm_realloc(store->entries, store->count + 1, sizeof *grown);
    if (grown == NULL) {
        return irm_fail_memory(error);
    }
    store->entries = grown;
    return IRM_OK;
}

/* Puts an entry where it belongs, in place of the one it replaces. */
void irm_entries_keep(irm_store *store, irm_entry *added) {
    size_t at = 0;
    while (at < store->count && strcmp(store->entries[at]->file, added->file) < 0) {
        at++;
    }
    irm_entry **place = &store->entries[at];
    if (at < store->count && strcmp((*place)->file, added->file) == 0) {
        irm_entry_free(*place);
    } else {
        memmove(place + 1, place, (store->count - at) * sizeof *place);
        store->count++;
    }
    *place = added;
}

void irm_entries_drop(irm_store *store, size_t at) {
    irm_entry_free(store->entries[at]);
    store->count--;
    memmove(store->entries + at, store->entries + at + 1,
            (store->count - at) * sizeof *store->entries);
}

/* Forgets the tables whose files are gone (`files` is sorted by byte). */
static void drop_absent(irm_store *store, char *const *files, size_t count) {
    for (size_t i = store->count; i-- > 0;) {
        size_t f = 0;
        while (f < count && strcmp(files[f], store->entries[i]->file) != 0) {
            f++;
        }
        if (f == count) {
            irm_entries_drop(store, i);
        }
    }
}

/* Reads a file that is new or has changed. */
static irm_status refresh_one(irm_store *store, const char *file, irm_error *error) {
    irm_error met = {0};
    irm_entry *fresh = NULL;
    IRM_TRY(irm_entries_reserve(store, error));
    irm_status status = irm_entry_read_file(store, file, &fresh, &met);
    if (status == IRM_OK) {
        irm_entries_keep(store, fresh);
        return IRM_OK;
    }
    if (!irm_damage_of(status)) {
        if (error != NULL) {
            *error = met;
        }
        return status;
    }
    size_t at = irm_entries_index(store, file);
    if (at < store->count) {
        irm_entries_drop(store, at);
    }
    return irm_damage_note(store, file, &met, error);
}

irm_status irm_entries_refresh(irm_store *store, irm_error *error) {
    char **files = NULL;
    size_t count = 0;
    IRM_TRY(irm_store_list_files(store, &files, &count, error));
    irm_status status = IRM_OK;
    irm_damage_forget(store, NULL);
    for (size_t i = 0; i < count && status == IRM_OK; i++) {
        size_t at = irm_entries_index(store, files[i]);
        if (at == store->count || !irm_entry_is_current(store, store->entries[at])) {
            status = refresh_one(store, files[i], error);
        }
    }
    if (status == IRM_OK) {
        drop_absent(store, files, count);
    }
    irm_names_free(files, count);
    return status;
}

irm_entry *irm_entries_find(const irm_store *store, const char *name) {
    for (size_t i = 0; i < store->count; i++) {
        if (strcmp(store->entries[i]->schema.name, name) == 0) {
            return store->entries[i];
        }
    }
    return NULL;
}

const irm_table *irm_store_find(const irm_store *store, const char *name) {
    irm_entry *e = irm_entries_find(store, name);
    return e != NULL ? &e->schema : NULL;
}

irm_status irm_entries_need(const irm_store *store, const char *name, irm_entry **found,
                            irm_error *error) {
    *found = irm_entries_find(store, name);
    if (*found != NULL) {
        return IRM_OK;
    }
    const irm_damage *damage = irm_damage_find(store, name);
    if (damage != NULL) {
        if (error != NULL) {
            *error = damage->error;
        }
        return damage->error.status;
    }
    const char **names = irm_calloc(store->count, sizeof *names);
    if (names == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t i = 0; i < store->count; i++) {
        names[i] = store->entries[i]->schema.name;
    }
    const char *near = irm_text_suggest(name, names, store->count);
    irm_fail(error, IRM_STATUS_NOT_FOUND, "store %s has no table '%s'%s%s%s", store->path,
             name, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
             near != NULL ? "'?" : "");
    irm_free(names);
    return IRM_STATUS_NOT_FOUND;
}
